//! Indicators as a workbook: a sheet per dimension, institutions by group, definitions.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet};
use yibao_payment::indicator::Unit;
use yibao_payment::indicator::facts::Facts;

use super::{Figure, Row, Tables, words};
use crate::error::DisclosureError;
use crate::page::{ILLUSTRATIVE_EN, ILLUSTRATIVE_ZH};
use crate::statements::cells::{Formats, Paper};

/// Rows of a sheet of groups at most; the CSV has all.
const GROUP_ROWS_MAX: usize = 50_000;

/// The workbook.
///
/// # Errors
/// The writer refuses.
pub fn indicators_xlsx(facts: &Facts, tables: &Tables) -> Result<Vec<u8>, DisclosureError> {
    let mut book = Workbook::new();
    book.set_properties(&properties(facts)?);
    let formats = Formats::new();
    let region = std::slice::from_ref(&tables.region);
    book.push_worksheet(named(cut_sheet(facts, tables, ("全区", "Region"), region, &formats)?, "全区 Region")?);
    for cut in &tables.cuts {
        let (zh, en) = cut.by.title();
        let sheet = cut_sheet(facts, tables, (zh, en), &cut.rows, &formats)?;
        book.push_worksheet(named(sheet, &format!("{zh} {en}"))?);
    }
    book.push_worksheet(named(groups_sheet(facts, tables, &formats)?, "同组比较 Same group")?);
    book.push_worksheet(named(definitions_sheet(tables, &formats)?, "定义 Definitions")?);
    Ok(book.save_to_buffer()?)
}

/// A fixed creation time, so that the same facts give the same file.
pub(crate) fn properties(facts: &Facts) -> Result<DocProperties, DisclosureError> {
    let year = u16::try_from(facts.year).unwrap_or(2000).clamp(1900, 9999);
    let created = ExcelDateTime::from_ymd(year, 1, 1)?;
    let title = format!("{} {}", facts.region.zh, facts.period);
    Ok(DocProperties::new().set_title(title).set_author("yibao").set_creation_datetime(&created))
}

pub(crate) fn named(mut sheet: Worksheet, name: &str) -> Result<Worksheet, DisclosureError> {
    sheet.set_name(name)?;
    Ok(sheet)
}

pub(crate) fn head(paper: &mut Paper, facts: &Facts, title: &str, formats: &Formats) -> Result<(), DisclosureError> {
    paper.line(title, &formats.title)?;
    let line =
        format!("{} {}　期间 period {}　政策包 pack {}", facts.region.zh, facts.region.en, facts.period, facts.pack);
    paper.line(&line, &formats.note)?;
    if facts.illustrative {
        paper.line(&format!("{ILLUSTRATIVE_ZH} {ILLUSTRATIVE_EN}"), &formats.mark)?;
    }
    paper.row += 1;
    Ok(())
}

/// One row per slice, one column per indicator.
pub(crate) fn cut_sheet(
    facts: &Facts,
    tables: &Tables,
    (zh, en): (&str, &str),
    rows: &[Row],
    formats: &Formats,
) -> Result<Worksheet, DisclosureError> {
    let used = tables.used();
    let mut widths = vec![16, 26, 10];
    widths.extend(std::iter::repeat_n(16, used.len()));
    let mut paper = Paper::new(&widths)?;
    head(&mut paper, facts, &format!("指标 {zh} Indicators {en}"), formats)?;
    paper.line(&hidden_note(tables.rule.below), &formats.note)?;
    let mut heads = vec![("代码", "id"), (zh, en), ("病例", "cases")];
    let definitions: Vec<_> =
        used.iter().filter_map(|at| tables.indicators.get(*at)).map(|one| &one.definition).collect();
    heads.extend(definitions.iter().map(|one| (one.title.zh.as_str(), one.title.en.as_str())));
    paper.heads(&heads, 2, formats)?;
    for row in rows {
        paper.text(0, &row.key, &formats.text)?;
        paper.text(1, &row.name.zh, &formats.text)?;
        match row.cases_shown.is_hidden() {
            true => paper.text(2, "·", &formats.text)?,
            false => paper.count(2, row.cases, &formats.count)?,
        }
        for ((column, at), definition) in (3..).zip(&used).zip(&definitions) {
            if let Some(figure) = row.figures.get(*at) {
                write(&mut paper, column, figure, definition.unit, formats)?;
            }
        }
        paper.row += 1;
    }
    Ok(paper.sheet)
}

fn write(
    paper: &mut Paper,
    column: u16,
    figure: &Figure,
    unit: Unit,
    formats: &Formats,
) -> Result<(), DisclosureError> {
    let Some(measure) = figure.open() else {
        return paper.text(column, &words::printed(figure, unit), &formats.text);
    };
    let format = match unit {
        Unit::Count => &formats.count,
        Unit::Share => &formats.share,
        Unit::Yuan | Unit::Days => &formats.money,
        Unit::Weight | Unit::Index | Unit::PerHead => &formats.units,
    };
    paper.decimal(column, &measure.value.to_string(), format)
}

/// What the hidden mark means.
pub(crate) fn hidden_note(below: u64) -> String {
    format!(
        "· 少于 {below} 例，或为防止由合计推算而隐去 fewer than {below} cases, or hidden so that such a figure cannot be derived"
    )
}

fn groups_sheet(facts: &Facts, tables: &Tables, formats: &Formats) -> Result<Worksheet, DisclosureError> {
    let mut paper = Paper::new(&[12, 16, 26, 10, 16, 12, 14, 16])?;
    head(&mut paper, facts, "同一病组各机构比较 Institutions side by side in the same group", formats)?;
    paper.line(&hidden_note(tables.rule.below), &formats.note)?;
    let heads = [
        ("病组", "group"),
        ("机构", "institution"),
        ("名称", "name"),
        ("病例", "cases"),
        ("例均费用", "mean cost"),
        ("平均住院日", "mean stay"),
        ("÷ 全区", "÷ region"),
        ("全区例均", "region mean"),
    ];
    paper.heads(&heads, 3, formats)?;
    for cell in tables.groups.cells.iter().filter(|cell| !cell.shown.is_hidden()).take(GROUP_ROWS_MAX) {
        let name = facts.institution(&cell.institution).map_or("", |one| one.name.as_str());
        paper.text(0, &cell.group, &formats.text)?;
        paper.text(1, &cell.institution, &formats.text)?;
        paper.text(2, name, &formats.text)?;
        paper.count(3, cell.cases, &formats.count)?;
        paper.decimal(4, &crate::tables::fixed(i128::from(cell.mean_cost()), 2), &formats.money)?;
        paper.decimal(5, &crate::tables::fixed(i128::from(cell.mean_stay()), 2), &formats.money)?;
        if let Some(region) = tables.groups.of_region(&cell.group).filter(|region| !region.shown.is_hidden()) {
            if let Some(ratio) = cell.against(region) {
                paper.units(6, i128::from(ratio), &formats.units)?;
            }
            paper.decimal(7, &crate::tables::fixed(i128::from(region.mean_cost()), 2), &formats.money)?;
        }
        paper.row += 1;
    }
    Ok(paper.sheet)
}

/// One row per indicator: what is divided by what, and who says so.
pub(crate) fn definitions_sheet(tables: &Tables, formats: &Formats) -> Result<Worksheet, DisclosureError> {
    let mut paper = Paper::new(&[28, 30, 34, 60, 60, 70])?;
    paper.line("定义 Definitions", &formats.title)?;
    let heads = [
        ("代码", "id"),
        ("指标", "indicator"),
        ("英文", "English"),
        ("口径", "formula"),
        ("英文口径", "formula, English"),
        ("来源", "source"),
    ];
    paper.heads(&heads, 6, formats)?;
    for at in tables.used() {
        let Some(one) = tables.indicators.get(at).map(|one| &one.definition) else { continue };
        let texts = [&one.id, &one.title.zh, &one.title.en, &one.formula.zh, &one.formula.en, &one.source];
        for (column, text) in (0..).zip(texts) {
            paper.text(column, text, &formats.wrapped)?;
        }
        paper.row += 1;
    }
    Ok(paper.sheet)
}
