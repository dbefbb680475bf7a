//! One table in three forms: what stands on the page stands in the sheet and in the CSV, and nothing else does.

use maud::{Markup, html};
use rust_xlsxwriter::Worksheet;
use yibao_kernel::{Decimal, Fen};
use yibao_payment::indicator::Unit;

use crate::error::DisclosureError;
use crate::page::{Column, Table, Words, count, decimal, money, words};
use crate::statements::cells::{Formats, Paper};
use crate::tables::{fixed, units, written};

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// Nothing to say.
    Blank,
    /// There is something, and it may not be shown.
    Hidden,
    /// A text.
    Text(String),
    /// A text in both languages; the CSV has its id.
    Titled(String, Words),
    /// A count.
    Count(u64),
    /// An amount.
    Money(Fen),
    /// Points or weights, ten-thousandths.
    Units(i128),
    /// An indicator's value.
    Indicator(Decimal, Unit),
    /// A printed number.
    Printed(String),
}

impl Value {
    fn plain(&self) -> String {
        match self {
            Value::Blank | Value::Hidden => String::new(),
            Value::Text(text) | Value::Printed(text) | Value::Titled(text, _) => text.clone(),
            Value::Count(number) => number.to_string(),
            Value::Money(amount) => amount.to_string(),
            Value::Units(number) => units(*number),
            Value::Indicator(number, _) => fixed(i128::from(number.units()), u32::from(number.dp())),
        }
    }

    fn cell(&self) -> Markup {
        match self {
            Value::Blank => html! { td {} },
            Value::Hidden => html! { td.n { "·" } },
            Value::Text(text) => html! { td { (text) } },
            Value::Titled(_, title) => html! { td.name { (title) } },
            Value::Count(number) => html! { td.n { (count(*number)) } },
            Value::Money(amount) => html! { td.n.neg[amount.is_negative()] { (money(*amount)) } },
            Value::Units(number) => html! { td.n { (decimal(*number, 4)) } },
            Value::Printed(text) => html! { td.n { (text) } },
            Value::Indicator(number, unit) => {
                html! { td.n { (crate::indicators::value_words(*number, *unit)) } }
            }
        }
    }

    fn write(&self, paper: &mut Paper, column: u16, formats: &Formats) -> Result<(), DisclosureError> {
        match self {
            Value::Blank => Ok(()),
            Value::Hidden => paper.text(column, "·", &formats.text),
            Value::Text(text) => paper.text(column, text, &formats.text),
            Value::Titled(_, title) => paper.text(column, &title.zh, &formats.text),
            Value::Count(number) => paper.count(column, *number, &formats.count),
            Value::Money(amount) => paper.money(column, *amount, &formats.money),
            Value::Units(number) => paper.units(column, *number, &formats.units),
            Value::Printed(text) => paper.text(column, text, &formats.text),
            Value::Indicator(number, unit) => {
                let format = match unit {
                    Unit::Count => &formats.count,
                    Unit::Share => &formats.share,
                    Unit::Yuan | Unit::Days => &formats.money,
                    Unit::Weight | Unit::Index | Unit::PerHead => &formats.units,
                };
                paper.decimal(column, &number.to_string(), format)
            }
        }
    }
}

/// A column: its name in files, its titles, whether it is of numbers.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub name: String,
    pub title: Words,
    pub number: bool,
}

pub(crate) fn text_head(name: &str, zh: &str, en: &str) -> Head {
    Head { name: name.to_owned(), title: words(zh, en), number: false }
}

pub(crate) fn number_head(name: &str, zh: &str, en: &str) -> Head {
    Head { name: name.to_owned(), title: words(zh, en), number: true }
}

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    /// Anchor of its table on the page.
    pub id: &'static str,
    /// Title of its sheet.
    pub title: Words,
    /// Columns.
    pub heads: Vec<Head>,
    /// Rows.
    pub rows: Vec<Vec<Value>>,
}

impl Grid {
    /// As CSV. Hidden values are empty.
    pub fn csv(&self) -> Vec<u8> {
        let heading: Vec<&str> = self.heads.iter().map(|head| head.name.as_str()).collect();
        written(&heading, self.rows.iter().map(|row| row.iter().map(Value::plain).collect()))
    }

    /// As a table of a page.
    pub fn table(&self, first: usize) -> Markup {
        let columns = self.heads.iter().map(|head| Column { name: head.title.clone(), number: head.number }).collect();
        let rows: Vec<Markup> =
            self.rows.iter().map(|row| html! { tr { @for value in row { (value.cell()) } } }).collect();
        let table = Table {
            id: self.id,
            columns,
            filter: rows.len() > first,
            rows,
            totals: None,
            first,
            dense: self.heads.len() > 9,
        };
        table.render()
    }

    /// As a sheet below what already stands on the paper.
    pub fn sheet(&self, paper: &mut Paper, formats: &Formats) -> Result<(), DisclosureError> {
        for (column, head) in (0..).zip(&self.heads) {
            let format = if head.number { &formats.head_number } else { &formats.head };
            paper.text(column, &format!("{}\n{}", head.title.zh, head.title.en), format)?;
        }
        paper.sheet.set_row_height(paper.row, 32)?;
        paper.row += 1;
        for row in &self.rows {
            for (column, value) in (0..).zip(row) {
                value.write(paper, column, formats)?;
            }
            paper.row += 1;
        }
        Ok(())
    }

    /// A sheet of its own with these first lines.
    pub fn own_sheet(
        &self,
        lines: &[String],
        mark: Option<&str>,
        formats: &Formats,
    ) -> Result<Worksheet, DisclosureError> {
        let widths: Vec<u16> = self.heads.iter().map(|head| if head.number { 17 } else { 24 }).collect();
        let mut paper = Paper::new(&widths)?;
        paper.line(&format!("{} {}", self.title.zh, self.title.en), &formats.title)?;
        for line in lines {
            paper.line(line, &formats.note)?;
        }
        if let Some(mark) = mark {
            paper.line(mark, &formats.mark)?;
        }
        paper.row += 1;
        self.sheet(&mut paper, formats)?;
        Ok(paper.sheet)
    }
}
