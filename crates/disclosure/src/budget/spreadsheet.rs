//! `budget.xlsx`: a sheet per budget, then decisions, changes and reserves. The same budget gives the same bytes.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use yibao_kernel::Fen;
use yibao_kernel::explain::Lang;
use yibao_payment::budget::{Cell, Waterfall};
use yibao_payment::pack::Pack;
use yibao_payment::pack::words::source_words;
use yibao_payment::settled::Bilingual;

use super::BudgetPublication;
use super::rows::{RowKind, cell_text, column_words, rows};
use crate::error::DisclosureError;
use crate::page::{ILLUSTRATIVE_EN, ILLUSTRATIVE_ZH};

pub(crate) struct Formats {
    pub(crate) title: Format,
    heading: Format,
    pub(crate) text: Format,
    strong: Format,
    pub(crate) money: Format,
    strong_money: Format,
}

impl Formats {
    pub(crate) fn new() -> Self {
        let money = "#,##0.00;[Color9]-#,##0.00";
        Self {
            title: Format::new().set_bold().set_font_size(14),
            heading: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color("EEF3F6")
                .set_border_bottom(FormatBorder::Thin),
            text: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            strong: Format::new().set_bold().set_border_top(FormatBorder::Hair),
            money: Format::new().set_num_format(money).set_align(FormatAlign::Top),
            strong_money: Format::new().set_num_format(money).set_bold().set_border_top(FormatBorder::Hair),
        }
    }
}

/// The workbook's bytes.
///
/// # Errors
/// [`DisclosureError::Spreadsheet`].
pub fn budget_xlsx(
    pack: &Pack,
    waterfalls: &[Waterfall<'_>],
    publication: &BudgetPublication,
) -> Result<Vec<u8>, DisclosureError> {
    let formats = Formats::new();
    let mut book = Workbook::new();
    // The stamp of making would differ at every run.
    let stamp = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&stamp));
    for (number, waterfall) in (1..).zip(waterfalls) {
        let name = if waterfalls.len() == 1 { "预算 Budget".to_owned() } else { format!("预算 Budget {number}") };
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        budget_sheet(sheet, pack, waterfall, publication, &formats)?;
    }
    decisions(book.add_worksheet(), pack, waterfalls, &formats)?;
    changes(book.add_worksheet(), pack, waterfalls, &formats)?;
    reserves(book.add_worksheet(), waterfalls, &formats)?;
    Ok(book.save_to_buffer()?)
}

/// An amount as a spreadsheet holds it; yuan to 15 digits survive.
pub(crate) fn yuan(amount: Fen) -> f64 {
    amount.to_string().parse().unwrap_or(0.0)
}

fn both(text: &Bilingual) -> String {
    if text.zh == text.en { text.zh.clone() } else { format!("{}\n{}", text.zh, text.en) }
}

pub(crate) fn heads(
    sheet: &mut Worksheet,
    row: u32,
    columns: &[(String, u16)],
    formats: &Formats,
) -> Result<(), XlsxError> {
    for (column, (name, width)) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(row, column, name, &formats.heading)?;
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_row_height(row, 34)?;
    Ok(())
}

fn budget_sheet(
    sheet: &mut Worksheet,
    pack: &Pack,
    waterfall: &Waterfall<'_>,
    publication: &BudgetPublication,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let (budget, header) = (waterfall.budget, &publication.pack);
    let title = format!("{} {} {}", header.region.zh, budget.year, budget.title.zh);
    sheet.write_string_with_format(0, 0, title, &formats.title)?;
    let known = publication.known.as_ref().map(|day| format!(" · 截至 known {day}")).unwrap_or_default();
    let about = format!("{} · {} · sha256 {}{known}", budget.title.en, header.id, publication.pack_hash);
    sheet.write_string(1, 0, about)?;
    if header.illustrative {
        sheet.write_string(2, 0, format!("{ILLUSTRATIVE_ZH} {ILLUSTRATIVE_EN}"))?;
    }
    let mut columns: Vec<(String, u16)> =
        vec![("项目\nitem".to_owned(), 44), ("口径\nbasis".to_owned(), 40), ("去向\ngoes to".to_owned(), 28)];
    columns.extend(waterfall.columns.iter().map(|column| {
        let name = column_words(column);
        (format!("{}\n{}", name.zh, name.en), 20)
    }));
    columns.extend([
        ("年中调整\nchanges".to_owned(), 16),
        ("现行\nin force".to_owned(), 20),
        ("来源\nsource".to_owned(), 48),
    ]);
    heads(sheet, 3, &columns, formats)?;
    sheet.set_freeze_panes(4, 1)?;
    for (line, row) in (4_u32..).zip(rows(pack, waterfall)) {
        let sum = matches!(row.kind, RowKind::IncomeTotal | RowKind::Budget);
        let (text, money) =
            if sum { (&formats.strong, &formats.strong_money) } else { (&formats.text, &formats.money) };
        let indent = "  ".repeat(row.depth);
        sheet.write_string_with_format(line, 0, format!("{indent}{}  {}", row.title.zh, row.title.en), text)?;
        let pair = |words: &crate::page::Words| match words.zh.is_empty() {
            true => String::new(),
            false => format!("{}  {}", words.zh, words.en),
        };
        sheet.write_string_with_format(line, 1, pair(&row.basis), text)?;
        sheet.write_string_with_format(line, 2, pair(&row.to), text)?;
        let mut column = 3_u16;
        for cell in &row.cells {
            match cell {
                Cell::Amount(amount) => sheet.write_number_with_format(line, column, yuan(*amount), money)?,
                other => sheet.write_string_with_format(line, column, cell_text(other), text)?,
            };
            column += 1;
        }
        for amount in [row.changed.filter(|amount| !amount.is_zero()), row.in_force] {
            if let Some(amount) = amount {
                sheet.write_number_with_format(line, column, yuan(amount), money)?;
            }
            column += 1;
        }
        sheet.write_string_with_format(line, column, &row.source, text)?;
    }
    Ok(())
}

fn decisions(
    sheet: &mut Worksheet,
    pack: &Pack,
    waterfalls: &[Waterfall<'_>],
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.set_name("版本 Versions")?;
    let names = [
        ("日期\non", 12),
        ("公布\nknown from", 12),
        ("预算\nbudget", 28),
        ("阶段\nstage", 12),
        ("单位\noffice", 30),
        ("内容\nwhat it says", 60),
        ("来源\nsource", 40),
    ];
    heads(sheet, 0, &names.map(|(name, width)| (name.to_owned(), width)), formats)?;
    let mut line = 0;
    for waterfall in waterfalls {
        for column in &waterfall.columns {
            line += 1;
            let version = column.version;
            let (zh, en) = version.stage.words();
            let cells = [
                version.on.to_string(),
                version.known().to_string(),
                both(&waterfall.budget.title),
                format!("{zh} {en}"),
                both(&version.by),
                version.text.as_ref().map(both).unwrap_or_default(),
                source_words(pack, &version.source, Lang::Zh),
            ];
            for (column, cell) in (0_u16..).zip(cells) {
                sheet.write_string_with_format(line, column, cell, &formats.text)?;
            }
        }
    }
    Ok(())
}

fn changes(
    sheet: &mut Worksheet,
    pack: &Pack,
    waterfalls: &[Waterfall<'_>],
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.set_name("调整 Changes")?;
    let names = [
        ("生效\nfrom", 12),
        ("公布\nknown from", 12),
        ("项目\nline", 30),
        ("金额\namount", 18),
        ("资金来自\npaid by", 30),
        ("原因\nreason", 50),
        ("程序\nprocedure", 40),
        ("来源\nsource", 40),
    ];
    heads(sheet, 0, &names.map(|(name, width)| (name.to_owned(), width)), formats)?;
    let mut line = 0;
    for waterfall in waterfalls {
        let title = |id: &str| waterfall.budget.line(id).map(|(_, line)| both(&line.title)).unwrap_or_default();
        for change in &waterfall.changes {
            line += 1;
            let from =
                change.from.as_ref().map_or_else(|| "预算总额\nthe budget as a whole".to_owned(), |from| title(from));
            let cells = [
                (0_u16, change.on.to_string()),
                (1, change.known().to_string()),
                (2, title(&change.line)),
                (4, from),
                (5, both(&change.words())),
                (6, both(&change.procedure)),
                (7, source_words(pack, &change.source, Lang::Zh)),
            ];
            for (column, cell) in cells {
                sheet.write_string_with_format(line, column, cell, &formats.text)?;
            }
            sheet.write_number_with_format(line, 3, yuan(change.amount), &formats.money)?;
        }
    }
    Ok(())
}

fn reserves(sheet: &mut Worksheet, waterfalls: &[Waterfall<'_>], formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name("储备 Reserves")?;
    let names = [
        ("储备\nreserve", 30),
        ("期初\nopening", 18),
        ("预算划入\nput in", 18),
        ("年中调整\nchanges", 18),
        ("可用\navailable", 18),
    ];
    heads(sheet, 0, &names.map(|(name, width)| (name.to_owned(), width)), formats)?;
    for (line, view) in (1_u32..).zip(waterfalls.iter().flat_map(|waterfall| &waterfall.reserves)) {
        sheet.write_string_with_format(line, 0, both(&view.reserve.title), &formats.text)?;
        let amounts = [view.reserve.opening, view.put_in, view.changed, view.available];
        for (column, amount) in (1_u16..).zip(amounts) {
            sheet.write_number_with_format(line, column, yuan(amount), &formats.money)?;
        }
    }
    Ok(())
}
