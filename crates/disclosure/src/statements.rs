//! Statements as a spreadsheet: an overview, then a sheet for every institution that has a clearing row.
//!
//! The book is bounded whatever the region's size: the lists of groups and of single cases share a number of rows per
//! book, and a sheet that leaves rows out says so and names the file that has them all. Same result, same bytes: the
//! creation time is the first settled day.

use crate::error::DisclosureError;
use crate::summary::{Summary, is_special};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};
use rustc_hash::FxHashMap;
use yibao_payment::settled::{ClearingRow, MonthRow, Refusal, Settled};
use yibao_record::stays::{Stays, Symbols};

pub(crate) mod cells;
mod inner;
mod institution;
mod lists;
mod names;
mod overview;

pub use names::SheetNames;

/// Most case rows on a sheet.
pub const CASES_ON_A_SHEET: usize = 500;
/// Case rows of the whole book, shared by its sheets; a sheet has at least [`LEAST_ON_A_SHEET`].
pub const CASES_IN_THE_BOOK: usize = 40_000;
/// Group rows of the whole book, shared likewise.
pub const GROUPS_IN_THE_BOOK: usize = 60_000;
/// What a sheet may list however many sheets there are.
pub const LEAST_ON_A_SHEET: usize = 20;

/// What the sheets are made from.
struct Source<'a> {
    settled: &'a Settled,
    stays: &'a Stays,
    symbols: &'a Symbols,
    summary: &'a Summary,
    limits: Limits,
    /// Refused stays by id.
    refusals: FxHashMap<(u16, &'a str), &'a Refusal>,
}

/// How long the lists of a sheet may be.
#[derive(Clone, Copy, Debug)]
struct Limits {
    groups: usize,
    cases: usize,
}

/// What belongs to one institution.
#[derive(Default)]
struct Account<'a> {
    rows: Vec<(u32, &'a ClearingRow)>,
    months: Vec<&'a MonthRow>,
    /// Special and refused cases: the first of them, by index.
    cases: Vec<usize>,
    /// How many there are.
    case_count: u64,
}

/// The statements.
///
/// # Errors
/// [`DisclosureError::Misaligned`] when the stays are of another run, `Overflow` for absurd sums, `Explanation` when
/// stored reasons cannot be read, `Spreadsheet` when the writer refuses.
pub fn statements_xlsx(settled: &Settled, stays: &Stays, symbols: &Symbols) -> Result<Vec<u8>, DisclosureError> {
    let summary = Summary::of(settled, stays)?;
    statements_of(settled, stays, symbols, &summary)
}

/// The statements from a [`Summary`] already made.
///
/// # Errors
/// As [`statements_xlsx`].
pub fn statements_of(
    settled: &Settled,
    stays: &Stays,
    symbols: &Symbols,
    summary: &Summary,
) -> Result<Vec<u8>, DisclosureError> {
    let sheets = settled.rows.iter().map(|row| row.institution).collect::<std::collections::BTreeSet<_>>().len().max(1);
    let limits = Limits {
        groups: (GROUPS_IN_THE_BOOK / sheets).clamp(LEAST_ON_A_SHEET, GROUPS_IN_THE_BOOK),
        cases: (CASES_IN_THE_BOOK / sheets).clamp(LEAST_ON_A_SHEET, CASES_ON_A_SHEET),
    };
    let refusals =
        settled.refused.iter().map(|refusal| ((refusal.source, refusal.case_id.as_str()), refusal)).collect();
    let source = Source { settled, stays, symbols, summary, limits, refusals };
    let accounts = accounts(&source);
    let mut names = SheetNames::default();
    let overview_name = names.unique("总览 Overview");
    let sheet_names: Vec<Option<String>> = settled
        .institutions
        .iter()
        .zip(&accounts)
        .map(|(view, account)| (!account.rows.is_empty()).then(|| names.unique(&format!("{} {}", view.id, view.name))))
        .collect();

    let mut book = Workbook::new();
    book.set_properties(&properties(settled)?);
    let formats = cells::Formats::new();
    let mut sheet = overview::sheet(&source, &formats, &accounts, &sheet_names)?;
    sheet.set_name(overview_name)?;
    book.push_worksheet(sheet);
    for (index, (account, name)) in (0..).zip(accounts.iter().zip(&sheet_names)) {
        let Some(name) = name else { continue };
        let mut sheet = institution::sheet(&source, &formats, index, account)?;
        sheet.set_name(name)?;
        book.push_worksheet(sheet);
    }
    Ok(book.save_to_buffer()?)
}

/// A fixed creation time, so that the same result gives the same file.
fn properties(settled: &Settled) -> Result<DocProperties, DisclosureError> {
    let (year, month, day) = settled.window.from.parts();
    let year = u16::try_from(year).unwrap_or(2000).clamp(1900, 9999);
    let created = ExcelDateTime::from_ymd(year, month, day)?;
    let title = format!("{} {}", settled.pack.region.zh, settled.period);
    Ok(DocProperties::new().set_title(title).set_author("yibao").set_creation_datetime(&created))
}

/// Divides rows, months and special cases by institution, each in its own order.
fn accounts<'a>(source: &Source<'a>) -> Vec<Account<'a>> {
    let settled = source.settled;
    let mut accounts: Vec<Account<'a>> = Vec::new();
    accounts.resize_with(settled.institutions.len(), Account::default);
    for (at, row) in (0..).zip(&settled.rows) {
        if let Some(account) = accounts.get_mut(row.institution as usize) {
            account.rows.push((at, row));
        }
    }
    for month in &settled.monthly {
        let institution = settled.rows.get(month.row as usize).map(|row| row.institution as usize);
        if let Some(account) = institution.and_then(|at| accounts.get_mut(at)) {
            account.months.push(month);
        }
    }
    let by_id: FxHashMap<&str, usize> =
        settled.institutions.iter().enumerate().map(|(at, view)| (view.id.as_str(), at)).collect();
    for (case, (outcome, row)) in settled.cases.outcome.iter().zip(&settled.cases.row).enumerate() {
        let institution = match settled.rows.get(*row as usize) {
            Some(row) if is_special(outcome.route) => Some(row.institution as usize),
            Some(_) => continue,
            // A refused case belongs to no row; the stay says where it was.
            None => source.stays.institution.get(case).and_then(|name| by_id.get(source.symbols.text(*name)).copied()),
        };
        if let Some(account) = institution.and_then(|at| accounts.get_mut(at)) {
            account.case_count += 1;
            if account.cases.len() < source.limits.cases {
                account.cases.push(case);
            }
        }
    }
    accounts
}
