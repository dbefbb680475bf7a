//! Prepaid working capital: a receivable, never payment (spec §3.5).

use std::collections::BTreeMap;

use yibao_kernel::{Fen, Overflow};

use super::{EntryRefused, outcome};
use crate::plan::Plan;
use crate::plan::entries::AdvanceEntry;
use crate::settle::Period;
use crate::settled::entries::{EntryOutcome, EntryStatus, Receivable};

/// The receivables of a period, and what became of every advance known.
///
/// # Errors
/// Sums beyond what an amount can hold.
pub(super) fn advances(plan: &Plan, period: &Period) -> Result<(Vec<Receivable>, Vec<EntryOutcome>), Overflow> {
    let mut entries: Vec<&AdvanceEntry> = plan.entries.advances.iter().collect();
    entries.sort_by_key(|entry| (entry.mark.known, entry.mark.file, entry.mark.line));
    let mut all: BTreeMap<(u32, u16), Receivable> = BTreeMap::new();
    let mut told = Vec::new();
    for entry in entries {
        let status = match take(plan, entry, period, &mut all) {
            Ok(status) => Ok(status),
            Err(Refusal::Entry(refused)) => Err(refused),
            Err(Refusal::Overflow(overflow)) => return Err(overflow),
        };
        let step = if entry.amount.is_negative() { "repaid" } else { "given" };
        told.push(outcome(plan, entry.mark, &entry.institution, step, Some(entry.amount), status));
    }
    for one in all.values() {
        let closing = one.opening.checked_add(one.given)?.checked_sub(one.repaid)?;
        assert!(closing == one.closing, "closing = opening + given − repaid");
        assert!(!closing.is_negative(), "a receivable never closes below zero");
    }
    Ok((all.into_values().collect(), told))
}

enum Refusal {
    Entry(EntryRefused),
    Overflow(Overflow),
}

impl From<Overflow> for Refusal {
    fn from(overflow: Overflow) -> Self {
        Self::Overflow(overflow)
    }
}

fn take(
    plan: &Plan,
    entry: &AdvanceEntry,
    period: &Period,
    all: &mut BTreeMap<(u32, u16), Receivable>,
) -> Result<EntryStatus, Refusal> {
    let refuse = |refused| Err(Refusal::Entry(refused));
    if let Some(misplaced) = entry.mark.misplaced {
        return refuse(EntryRefused::Misplaced(misplaced));
    }
    let institution = plan.institutions.iter().position(|one| one.view.id == entry.institution);
    let Some(institution) = institution.and_then(|at| u32::try_from(at).ok()) else {
        return refuse(EntryRefused::Unknown("institution", entry.institution.clone()));
    };
    let insurance = plan.insurances.iter().position(|one| one.named.id == entry.insurance);
    let Some(insurance) = insurance.and_then(|at| u16::try_from(at).ok()) else {
        return refuse(EntryRefused::Unknown("insurance", entry.insurance.clone()));
    };
    if period.window.until.is_some_and(|until| entry.mark.on >= until) {
        return Ok(EntryStatus::Elsewhere);
    }
    let now = entry.mark.on >= period.window.from;
    let before = all.get(&(institution, insurance)).map_or(Fen::ZERO, |one| one.closing);
    let closing = before.checked_add(entry.amount)?;
    if closing.is_negative() {
        return refuse(EntryRefused::RepaidTooMuch(entry.amount.abs()?, before));
    }
    if !entry.amount.is_negative() {
        reserve_test(plan, &entry.insurance).map_err(Refusal::Entry)?;
    }
    let one =
        all.entry((institution, insurance)).or_insert(Receivable { institution, insurance, ..Receivable::default() });
    one.closing = closing;
    match (now, entry.amount.is_negative()) {
        (false, _) => one.opening = closing,
        (true, false) => one.given = one.given.checked_add(entry.amount)?,
        (true, true) => one.repaid = one.repaid.checked_sub(entry.amount)?,
    }
    Ok(EntryStatus::Used)
}

/// The fund's cumulative reserve must cover so many months of spending before money is given in advance.
fn reserve_test(plan: &Plan, insurance: &str) -> Result<(), EntryRefused> {
    let tests = &plan.entries.tests;
    let own = tests.iter().find(|test| test.insurance.as_deref() == Some(insurance));
    let test = own.or_else(|| tests.iter().find(|test| test.insurance.is_none()));
    let test = test.ok_or_else(|| EntryRefused::NoTest(insurance.to_owned()))?;
    if test.reserve_months < test.months {
        return Err(EntryRefused::ReserveTest(insurance.to_owned(), test.reserve_months, test.months));
    }
    Ok(())
}
