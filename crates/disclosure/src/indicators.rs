//! Indicators as tables, page and workbook: each figure with its numerator, denominator and sample, small samples hidden.

use std::collections::BTreeMap;

use yibao_payment::indicator::facts::{By, Cells, Facts, Sliced};
use yibao_payment::indicator::suppression::{Cell, Shown, protect};
use yibao_payment::indicator::{Indicator, Measure, Slice, TooLarge, View, catalogue};
use yibao_payment::settled::Bilingual;

mod csv;
mod groups;
mod page;
mod words;
mod workbook;

pub use csv::{definitions_csv, groups_csv, indicators_csv};
pub use groups::{GroupCell, GroupTable};
pub(crate) use page::definitions_section;
pub use page::indicators_html;
pub(crate) use words::value as value_words;
pub use workbook::indicators_xlsx;
pub(crate) use workbook::{definitions_sheet, hidden_note, properties};

/// What may not be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Figures from fewer cases are hidden.
    pub below: u64,
    /// Whether a rate is hidden too when so few persons are its events (deaths, readmissions): for the public.
    pub events: bool,
}

/// A figure of a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What the indicator says; `None` where the slice has nothing to say it of.
    pub measure: Option<Measure>,
    /// Whether it may be shown.
    pub shown: Shown,
}

impl Figure {
    /// The measure, when it may be shown.
    #[must_use]
    pub fn open(&self) -> Option<&Measure> {
        self.measure.as_ref().filter(|_| !self.shown.is_hidden())
    }
}

/// A slice with its figures, in the order of the indicators.
#[derive(Clone, Debug)]
pub struct Row {
    /// Id.
    pub key: String,
    /// Name.
    pub name: Bilingual,
    /// Cases of all kinds.
    pub cases: u64,
    /// Whether their number may be shown.
    pub cases_shown: Shown,
    /// Figures.
    pub figures: Vec<Figure>,
}

/// A dimension's slices.
#[derive(Clone, Debug)]
pub struct Cut {
    /// The dimension.
    pub by: By,
    /// Slices.
    pub rows: Vec<Row>,
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Tables {
    /// The indicators.
    pub indicators: Vec<Indicator>,
    /// The whole region.
    pub region: Row,
    /// The dimensions asked for.
    pub cuts: Vec<Cut>,
    /// Institutions side by side in the same group.
    pub groups: GroupTable,
    /// The rule applied.
    pub rule: Rule,
}

impl Tables {
    /// Computes every indicator over every slice.
    ///
    /// # Errors
    /// A figure that does not fit.
    pub fn of(facts: &Facts, cells: &Cells, by: &[By], rule: Rule) -> Result<Self, TooLarge> {
        let indicators = catalogue(&facts.spec);
        let region = facts.region(cells);
        let whole = Sliced { key: String::new(), name: facts.region.clone(), slice: region.clone() };
        let measuring = Measuring { facts, indicators: &indicators, region: &region };
        let mut rows = measuring.rows(std::slice::from_ref(&whole), true)?;
        hide(&mut rows, rule, |_| (0, Cell::OPEN));
        let region_row = rows.pop().unwrap_or_else(|| measuring.empty());
        // Institutions and levels are hidden together: a level is the sum of its institutions.
        let institutions = measuring.rows(&facts.slices(cells, By::Institution), false)?;
        let levels = measuring.rows(&facts.slices(cells, By::Level), false)?;
        let (institutions, levels) = together(facts, institutions, levels, rule);
        let mut cuts = Vec::new();
        for by in by {
            let rows = match by {
                By::Region => continue,
                By::Institution => institutions.clone(),
                By::Level => levels.clone(),
                other => {
                    let mut rows = measuring.rows(&facts.slices(cells, *other), false)?;
                    hide(&mut rows, rule, |_| (0, Cell::OPEN));
                    rows
                }
            };
            cuts.push(Cut { by: *by, rows });
        }
        let groups = GroupTable::of(facts, cells, &region, rule);
        Ok(Tables { indicators, region: region_row, cuts, groups, rule })
    }

    /// The rows of a dimension.
    #[must_use]
    pub fn cut(&self, by: By) -> &[Row] {
        self.cuts.iter().find(|cut| cut.by == by).map_or(&[], |cut| cut.rows.as_slice())
    }

    /// Positions of indicators that some row of some cut, or the region, has a value of.
    #[must_use]
    pub fn used(&self) -> Vec<usize> {
        let rows = || self.cuts.iter().flat_map(|cut| &cut.rows).chain(std::iter::once(&self.region));
        let has = |at: &usize| rows().any(|row| row.figures.get(*at).is_some_and(|figure| figure.measure.is_some()));
        (0..self.indicators.len()).filter(has).collect()
    }

    /// Position of an indicator by id.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.indicators.iter().position(|one| one.definition.id == id)
    }
}

struct Measuring<'a> {
    facts: &'a Facts,
    indicators: &'a [Indicator],
    region: &'a Slice,
}

impl Measuring<'_> {
    fn rows(&self, slices: &[Sliced], whole: bool) -> Result<Vec<Row>, TooLarge> {
        slices
            .iter()
            .map(|one| {
                let view = View { slice: &one.slice, region: self.region, spec: &self.facts.spec, whole };
                let figures = self
                    .indicators
                    .iter()
                    .map(|indicator| indicator.measure(&view).map(|measure| Figure { measure, shown: Shown::Yes }));
                Ok(Row {
                    key: one.key.clone(),
                    name: one.name.clone(),
                    cases: one.slice.rows(),
                    cases_shown: Shown::Yes,
                    figures: figures.collect::<Result<_, _>>()?,
                })
            })
            .collect()
    }

    fn empty(&self) -> Row {
        let figures = self.indicators.iter().map(|_| Figure { measure: None, shown: Shown::Yes }).collect();
        Row { key: String::new(), name: self.facts.region.clone(), cases: 0, cases_shown: Shown::Yes, figures }
    }
}

/// Hides what is small in a list of slices, and what would give it away; `sums` names the two sums of a slice.
fn hide(rows: &mut [Row], rule: Rule, sums: impl Fn(usize) -> (u32, u32)) {
    let figures = rows.first().map_or(0, |row| row.figures.len());
    let cells = |cases: &dyn Fn(&Row) -> u64, rows: &[Row]| -> Vec<Cell> {
        let cell = |(at, row): (usize, &Row)| {
            let (first, second) = sums(at);
            Cell { row: first, column: second, cases: cases(row) }
        };
        rows.iter().enumerate().map(cell).collect()
    };
    let shown = protect(&cells(&|row| row.cases, rows), rule.below);
    rows.iter_mut().zip(shown).for_each(|(row, shown)| row.cases_shown = shown);
    for at in 0..figures {
        let measure = |row: &Row| row.figures.get(at).and_then(|figure| figure.measure.clone());
        let mut all = vec![protect(&cells(&|row| measure(row).map_or(0, |one| one.sample), rows), rule.below)];
        if rule.events {
            let events = |row: &Row| measure(row).and_then(|one| one.events).unwrap_or(0);
            all.push(protect(&cells(&events, rows), rule.below));
        }
        for shown in all {
            for (row, shown) in rows.iter_mut().zip(shown).filter(|(_, shown)| shown.is_hidden()) {
                if let Some(figure) = row.figures.get_mut(at).filter(|figure| !figure.shown.is_hidden()) {
                    figure.shown = shown;
                }
            }
        }
    }
}

/// Institutions and levels in one graph of sums: node 0 is the region, the others are levels.
fn together(facts: &Facts, institutions: Vec<Row>, levels: Vec<Row>, rule: Rule) -> (Vec<Row>, Vec<Row>) {
    let number: BTreeMap<&str, u32> = levels.iter().zip(1_u32..).map(|(row, at)| (row.key.as_str(), at)).collect();
    let level = |id: &str| {
        let level = facts.institution(id).map_or("", |one| one.level.as_str());
        number.get(level).copied().unwrap_or(0)
    };
    let mut ends: Vec<(u32, u32)> = institutions.iter().map(|row| (level(&row.key), Cell::OPEN)).collect();
    ends.extend(levels.iter().zip(1_u32..).map(|(_, at)| (at, 0)));
    let count = institutions.len();
    let mut rows = institutions;
    rows.extend(levels);
    hide(&mut rows, rule, |at| ends.get(at).copied().unwrap_or((0, Cell::OPEN)));
    let levels = rows.split_off(count);
    (rows, levels)
}
