//! The tables of the year beside the clearing: entries and what became of them, prepaid working capital, assessment
//! scores, final accounts. CSV as in [`crate::tables`].

use yibao_kernel::{Fen, Mode, Ratio};
use yibao_payment::settled::Settled;
use yibao_payment::settled::accounts::AccountOf;

use crate::tables::{fixed, id_of, written};

/// Heading of `entries.csv`.
pub const ENTRIES: [&str; 12] =
    ["file", "line", "kind", "subject", "step", "on", "known", "amount", "status", "code", "reason_zh", "reason_en"];
/// Heading of `receivables.csv`.
pub const RECEIVABLES: [&str; 7] = ["institution", "insurance", "period", "opening", "given", "repaid", "closing"];
/// Heading of `assessment.csv`.
pub const ASSESSMENT: [&str; 8] =
    ["assessment", "institution", "level", "indicator", "value", "score", "weight", "total"];
/// Heading of `final.csv`.
pub const FINAL: [&str; 18] = [
    "account",
    "id",
    "period",
    "budget",
    "deducted",
    "cleared",
    "charged",
    "assessed",
    "shared",
    "difference",
    "withheld",
    "prepaid",
    "due",
    "owed",
    "receivable",
    "carried",
    "reserve_opening",
    "reserve_closing",
];

/// Every entry known, in the order of files and lines.
pub fn entries_csv(settled: &Settled) -> Vec<u8> {
    let rows = settled.entries.entries.iter().map(|entry| {
        vec![
            entry.file.clone(),
            entry.line.to_string(),
            entry.kind.to_owned(),
            entry.subject.clone(),
            entry.step.clone(),
            entry.on.to_string(),
            entry.known.to_string(),
            entry.amount.as_ref().map(Fen::to_string).unwrap_or_default(),
            entry.status.word().to_owned(),
            entry.code.to_owned(),
            entry.reason.zh.clone(),
            entry.reason.en.clone(),
        ]
    });
    written(&ENTRIES, rows)
}

/// One row per institution and insurance scheme with prepaid working capital, in rank order.
pub fn receivables_csv(settled: &Settled) -> Vec<u8> {
    let rows = settled.entries.receivables.iter().map(|one| {
        let institution = settled.institutions.get(one.institution as usize).map_or("", |view| view.id.as_str());
        let mut cells =
            vec![institution.to_owned(), id_of(&settled.insurances, one.insurance).to_owned(), settled.period.clone()];
        cells.extend([one.opening, one.given, one.repaid, one.closing].iter().map(Fen::to_string));
        cells
    });
    written(&RECEIVABLES, rows)
}

/// One row per assessed institution and indicator.
pub fn assessment_csv(settled: &Settled) -> Vec<u8> {
    let rows = settled.entries.assessments.iter().map(|row| {
        let view = settled.institutions.get(row.institution as usize);
        vec![
            row.assessment.clone(),
            view.map_or_else(String::new, |view| view.id.clone()),
            view.map_or_else(String::new, |view| view.level.clone()),
            row.indicator.clone(),
            short(row.value),
            short(row.score),
            short(row.weight),
            row.total.to_string(),
        ]
    });
    written(&ASSESSMENT, rows)
}

/// An exact ratio as a decimal number where it is one, with six places and a `~` before it where it is not.
fn short(ratio: Ratio) -> String {
    match ratio.to_decimal(6, Mode::HalfUp) {
        Ok(number) if number.ratio() == ratio => {
            let text = number.to_string();
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        Ok(number) => format!("~{number}"),
        Err(_) => ratio.to_string(),
    }
}

/// Institutions, pools, the region.
pub fn final_csv(settled: &Settled) -> Vec<u8> {
    let rows = settled.accounts.iter().map(|line| {
        let (account, id) = match line.of {
            AccountOf::Institution(at) => {
                ("institution", settled.institutions.get(at as usize).map_or("", |view| view.id.as_str()))
            }
            AccountOf::Pool(at) => ("pool", settled.pools.get(at as usize).map_or("", |pool| pool.id.as_str())),
            AccountOf::Region => ("region", ""),
        };
        let mut cells = vec![account.to_owned(), id.to_owned(), settled.period.clone()];
        cells.extend(line.amounts().map(|amount| amount.map_or_else(String::new, |amount| fixed(amount, 2))));
        cells
    });
    written(&FINAL, rows)
}
