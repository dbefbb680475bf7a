//! The tables beside a settled result, as CSV: UTF-8, comma, a heading line, `\n` line ends, quoted where needed.
//! Amounts are yuan with two decimals, units have four decimals; both are printed from whole numbers.

use crate::page;
use yibao_kernel::Fen;
use yibao_payment::settled::{ClearingRow, MonthRow, Named, Settled};

/// Heading of `clearing.csv`.
pub const CLEARING: [&str; 17] = [
    "institution",
    "insurance",
    "method",
    "district",
    "period",
    "cases",
    "units",
    "accounted",
    "patient",
    "cleared",
    "charged",
    "assessed",
    "shared",
    "difference",
    "withheld",
    "prepaid",
    "due",
];
/// Heading of `pools.csv`.
pub const POOLS: [&str; 16] = [
    "pool",
    "budget",
    "deducted",
    "drawn",
    "reserve_in",
    "reserve_out",
    "distributable",
    "cleared",
    "charged",
    "residual",
    "borne_by",
    "difference",
    "carried",
    "reserve_opening",
    "reserve_saved",
    "reserve_closing",
];
/// Heading of `inner.csv`.
pub const INNER: [&str; 11] = [
    "institution",
    "insurance",
    "method",
    "district",
    "period",
    "member",
    "tier",
    "cases",
    "used",
    "surplus",
    "amount",
];
/// Heading of `identity.csv`.
pub const IDENTITY: [&str; 5] = ["line", "side", "zh", "en", "amount"];
/// Heading of `monthly.csv`.
pub const MONTHLY: [&str; 10] =
    ["institution", "insurance", "method", "district", "period", "cases", "units", "accounted", "patient", "prepaid"];
/// Heading of `refused.csv`.
pub const REFUSED: [&str; 7] = ["source_row", "case_id", "code", "reason_zh", "reason_en", "feed", "file"];
/// Heading of `institutions.csv`.
pub const INSTITUTIONS: [&str; 15] = [
    "institution",
    "name",
    "level",
    "district",
    "cases",
    "accounted",
    "patient",
    "cleared",
    "charged",
    "assessed",
    "shared",
    "difference",
    "withheld",
    "prepaid",
    "due",
];

/// The amounts of a clearing row in the order of [`CLEARING`].
pub(crate) fn amounts_of(row: &ClearingRow) -> [Fen; 10] {
    [
        row.accounted,
        row.patient,
        row.cleared,
        row.charged,
        row.assessed,
        row.shared,
        row.difference,
        row.withheld,
        row.prepaid,
        row.due,
    ]
}

/// One row per clearing key, in rank order.
pub fn clearing_csv(settled: &Settled) -> Vec<u8> {
    let rows = settled.rows.iter().map(|row| {
        let mut cells = key_cells(settled, row.institution, row.insurance, row.method, row.district);
        cells.extend([row.period.clone(), row.cases.to_string(), units(row.units)]);
        cells.extend(amounts_of(row).iter().map(Fen::to_string));
        cells
    });
    written(&CLEARING, rows)
}

/// One row per pool.
pub fn pools_csv(settled: &Settled) -> Vec<u8> {
    let rows = settled.pools.iter().map(|pool| {
        let amounts = [
            pool.budget,
            pool.deducted,
            pool.drawn,
            pool.reserve_in,
            pool.reserve_out,
            pool.distributable,
            pool.cleared,
            pool.charged,
            pool.residual,
        ];
        let after = [pool.difference, pool.carried, pool.reserve_opening, pool.reserve_saved, pool.reserve_closing];
        let mut cells = vec![pool.id.clone()];
        cells.extend(amounts.iter().map(Fen::to_string));
        cells.push(pool.borne_by.clone());
        cells.extend(after.iter().map(Fen::to_string));
        cells
    });
    written(&POOLS, rows)
}

/// One row per member of a lead institution, in the order of the clearing.
pub fn inner_csv(settled: &Settled) -> Vec<u8> {
    let rows = settled.inner.iter().map(|inner| {
        let row = settled.rows.get(inner.row as usize);
        let mut cells = match row {
            Some(row) => key_cells(settled, row.institution, row.insurance, row.method, row.district),
            None => vec![String::new(); 4],
        };
        let member = settled.institutions.get(inner.member as usize).map_or("", |view| view.id.as_str());
        cells.extend([row.map_or_else(String::new, |row| row.period.clone()), member.to_owned(), inner.tier.clone()]);
        cells.push(inner.cases.to_string());
        cells.extend([inner.used, inner.surplus, inner.amount].iter().map(Fen::to_string));
        cells
    });
    written(&INNER, rows)
}

/// The region's identity: sources, then uses; both add up to the same amount.
pub fn identity_csv(settled: &Settled) -> Vec<u8> {
    let rows = settled.identity.iter().map(|line| {
        let side = if line.is_source { "source" } else { "use" };
        let (zh, en) = (line.title.zh.clone(), line.title.en.clone());
        vec![line.id.clone(), side.to_owned(), zh, en, line.amount.to_string()]
    });
    written(&IDENTITY, rows)
}

/// One row per clearing key and month.
pub fn monthly_csv(settled: &Settled) -> Vec<u8> {
    let rows = settled.monthly.iter().map(|month| {
        let mut cells = month_key(settled, month);
        cells.extend([month.period.clone(), month.cases.to_string(), units(month.units)]);
        cells.extend([month.accounted, month.patient, month.prepaid].iter().map(Fen::to_string));
        cells
    });
    written(&MONTHLY, rows)
}

/// One row per refused stay, in source order.
pub fn refused_csv(settled: &Settled) -> Vec<u8> {
    let rows = settled.refused.iter().map(|refusal| {
        let reason = &refusal.reason;
        let (feed, file) = settled.source(refusal.source);
        vec![
            refusal.source_row.to_string(),
            refusal.case_id.clone(),
            refusal.code.clone(),
            reason.zh.clone(),
            reason.en.clone(),
            feed.to_owned(),
            file.to_owned(),
        ]
    });
    written(&REFUSED, rows)
}

/// One row per institution with a clearing row: its clearing rows added up.
pub fn institutions_csv(settled: &Settled) -> Vec<u8> {
    let mut sums = vec![(0u64, 0u64, [0i128; 10]); settled.institutions.len()];
    for row in &settled.rows {
        let Some((rows, cases, amounts)) = sums.get_mut(row.institution as usize) else { continue };
        *rows += 1;
        *cases += row.cases;
        amounts.iter_mut().zip(amounts_of(row)).for_each(|(sum, part)| *sum += i128::from(part.get()));
    }
    let cleared = settled.institutions.iter().zip(&sums).filter(|(_, (rows, ..))| *rows > 0);
    let rows = cleared.map(|(view, (_, cases, amounts))| {
        let mut cells =
            vec![view.id.clone(), view.name.clone(), view.level.clone(), view.district.clone(), cases.to_string()];
        cells.extend(amounts.iter().map(|amount| fixed(*amount, 2)));
        cells
    });
    written(&INSTITUTIONS, rows)
}

/// The id of an entry; empty when the index is of another result.
pub(crate) fn id_of(names: &[Named], index: u16) -> &str {
    names.get(usize::from(index)).map_or("", |named| named.id.as_str())
}

/// Units as printed: four decimals, no grouping.
pub(crate) fn units(units: i128) -> String {
    fixed(units, 4)
}

pub(crate) fn fixed(number: i128, places: u32) -> String {
    page::decimal(number, places).replace(',', "").replace('\u{2212}', "-")
}

fn key_cells(settled: &Settled, institution: u32, insurance: u16, method: u16, district: u16) -> Vec<String> {
    let institution = settled.institutions.get(institution as usize).map_or("", |view| view.id.as_str());
    [
        institution,
        id_of(&settled.insurances, insurance),
        id_of(&settled.methods, method),
        id_of(&settled.districts, district),
    ]
    .map(str::to_owned)
    .to_vec()
}

fn month_key(settled: &Settled, month: &MonthRow) -> Vec<String> {
    match settled.rows.get(month.row as usize) {
        Some(row) => key_cells(settled, row.institution, row.insurance, row.method, row.district),
        None => vec![String::new(); 4],
    }
}

pub(crate) fn written(heading: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Writing into memory does not fail, and rows are as wide as they are.
    let _ = writer.write_record(heading);
    for row in rows {
        let _ = writer.write_record(&row);
    }
    writer.into_inner().unwrap_or_default()
}
