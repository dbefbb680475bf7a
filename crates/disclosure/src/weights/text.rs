//! `weights.csv`: what a later year's pack reads; `unweighted.csv`: the groups it does not find there.

use yibao_payment::weigh::{WeightRow, WeightTable};

/// Heading of `weights.csv`.
pub const WEIGHTS: [&str; 13] = [
    "group",
    "weight",
    "cases",
    "cases_kept",
    "trimmed_low",
    "trimmed_high",
    "mean",
    "median",
    "cv",
    "stable",
    "basis",
    "adjust",
    "note",
];

/// One row per group with a published weight, by code. Amounts are yuan with two decimals.
///
/// Groups without a weight stand in [`unweighted_csv`]: a table that a pack reads has no empty values.
pub fn weights_csv(table: &WeightTable) -> Vec<u8> {
    written(table.rows.iter().filter(|row| row.weight.is_some()))
}

/// The groups whose stays go to special review or get points from their own cost, with the same columns.
pub fn unweighted_csv(table: &WeightTable) -> Vec<u8> {
    written(table.rows.iter().filter(|row| row.weight.is_none()))
}

fn written<'a>(rows: impl Iterator<Item = &'a WeightRow>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing rows of one width into memory does not fail.
    let _ = writer.write_record(WEIGHTS);
    for row in rows {
        let _ = writer.write_record(cells(row));
    }
    writer.into_inner().unwrap_or_default()
}

/// The cells of a group's row, in the order of [`WEIGHTS`].
fn cells(row: &WeightRow) -> [String; 13] {
    let text = |value: Option<String>| value.unwrap_or_default();
    [
        row.group.clone(),
        text(row.weight.map(|weight| weight.to_string())),
        row.cases.to_string(),
        row.cases_kept.to_string(),
        row.trimmed_low.to_string(),
        row.trimmed_high.to_string(),
        text(row.mean.map(|mean| mean.to_string())),
        text(row.median.map(|median| median.to_string())),
        text(row.cv.map(|cv| cv.to_string())),
        row.stable.to_string(),
        row.basis.word().to_owned(),
        text(row.adjust.map(|factor| factor.to_string())),
        remark(row),
    ]
}

/// The short remark of a group, `frozen` included.
pub(super) fn remark(row: &WeightRow) -> String {
    match (row.note.is_empty(), row.frozen) {
        (_, false) => row.note.clone(),
        (true, true) => "frozen".to_owned(),
        (false, true) => format!("{}; frozen", row.note),
    }
}
