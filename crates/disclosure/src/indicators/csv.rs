//! Indicators as CSV: one row per slice and indicator; definitions; institutions side by side by group.

use yibao_payment::indicator::facts::By;

use super::{Row, Tables};
use crate::tables::{fixed, written};

/// Heading of `indicators.csv`.
const INDICATORS: [&str; 12] = [
    "by",
    "key",
    "name",
    "indicator",
    "value",
    "unit",
    "numerator",
    "denominator",
    "sample",
    "target",
    "met",
    "hidden",
];

/// One row per slice and indicator that says something. What is hidden has no figure at all, only why.
pub fn indicators_csv(tables: &Tables) -> Vec<u8> {
    let cuts = tables.cuts.iter().flat_map(|cut| cut.rows.iter().map(|row| (cut.by, row)));
    let all = std::iter::once((By::Region, &tables.region)).chain(cuts);
    written(&INDICATORS, all.flat_map(|(by, row)| rows_of(tables, by, row)))
}

fn rows_of(tables: &Tables, by: By, row: &Row) -> Vec<Vec<String>> {
    let figures = tables.indicators.iter().zip(&row.figures);
    let lines = figures.filter_map(|(indicator, figure)| {
        let found = figure.measure.as_ref()?;
        let definition = &indicator.definition;
        let mut cells = vec![by.word().to_owned(), row.key.clone(), row.name.zh.clone(), definition.id.clone()];
        let unit = definition.unit.word().to_owned();
        if figure.shown.is_hidden() {
            cells.extend([String::new(), unit]);
            cells.extend(std::iter::repeat_n(String::new(), 5));
        } else {
            let (target, met) = match found.target {
                Some((target, met)) => (target.to_string(), met.to_string()),
                None => (String::new(), String::new()),
            };
            cells.extend([found.value.to_string(), unit]);
            cells.extend([found.numerator.to_string(), found.denominator.to_string(), found.sample.to_string()]);
            cells.extend([target, met]);
        }
        cells.push(figure.shown.word().to_owned());
        Some(cells)
    });
    lines.collect()
}

/// One row per indicator.
pub fn definitions_csv(tables: &Tables) -> Vec<u8> {
    let heading = ["indicator", "title_zh", "title_en", "formula_zh", "formula_en", "unit", "source"];
    let rows = tables.indicators.iter().map(|indicator| {
        let one = &indicator.definition;
        vec![
            one.id.clone(),
            one.title.zh.clone(),
            one.title.en.clone(),
            one.formula.zh.clone(),
            one.formula.en.clone(),
            one.unit.word().to_owned(),
            one.source.clone(),
        ]
    });
    written(&heading, rows)
}

/// One row per group and institution, the region's row of a group first with an empty institution.
pub fn groups_csv(tables: &Tables) -> Vec<u8> {
    let heading = ["group", "institution", "cases", "mean_cost", "mean_stay", "cost_against_region", "hidden"];
    let table = &tables.groups;
    let mut cells = table.cells.iter().peekable();
    let mut rows = Vec::new();
    for region in &table.region {
        let mut of_group = vec![region];
        while let Some(cell) = cells.next_if(|cell| cell.group == region.group) {
            of_group.push(cell);
        }
        for cell in of_group {
            let mut line = vec![cell.group.clone(), cell.institution.clone()];
            if cell.shown.is_hidden() {
                line.extend(std::iter::repeat_n(String::new(), 4));
            } else {
                let against = if region.shown.is_hidden() { None } else { cell.against(region) };
                line.push(cell.cases.to_string());
                line.push(fixed(i128::from(cell.mean_cost()), 2));
                line.push(fixed(i128::from(cell.mean_stay()), 2));
                line.push(against.map(|ratio| fixed(i128::from(ratio), 4)).unwrap_or_default());
            }
            line.push(cell.shown.word().to_owned());
            rows.push(line);
        }
    }
    written(&heading, rows.into_iter())
}
