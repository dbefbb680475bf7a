//! Dated entries applied to the stays before they are settled: panel decisions and upheld disputes change what a case
//! is, differences and advances are booked beside the cases. What was known later is not seen (`--known`).

mod advance;
mod difference;
mod dispute;
mod refusal;
mod review;
mod view;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use yibao_kernel::explain::RuleId;
use yibao_kernel::{Day, Fen};
use yibao_record::column::Column;
use yibao_record::stays::{GroupStatus, Stays, Symbol, Symbols};

pub use self::difference::{Booked, BookedLine, BookedRow, differences};
pub use self::dispute::DisputeState;
pub use self::refusal::EntryRefused;
pub use self::review::ReviewState;
pub use self::view::entries_view;

use self::dispute::Court;
use self::review::review;
use crate::plan::entries::{DisputeEntry, DisputeStep, EntryKind, Mark, ReviewEntry, ReviewStep};
use crate::plan::{CompiledVerb, FieldRef, Plan};
use crate::settled::entries::{EntryOutcome, EntryStatus};

/// The entries of one case.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CaseEntries {
    /// Its special-case review.
    pub review: Option<ReviewState>,
    /// Its dispute.
    pub dispute: Option<DisputeState>,
}

impl CaseEntries {
    /// Writes them into the explanation of the case.
    pub fn tell(&self, explanation: &mut Vec<u8>) {
        if let Some(dispute) = &self.dispute {
            dispute.tell(explanation);
        }
        if let Some(review) = &self.review {
            review.tell(explanation);
        }
    }
}

/// Entries applied to stays.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    cases: FxHashMap<u32, CaseEntries>,
    /// What became of every entry known, with the row of its case.
    pub(super) outcomes: Vec<(EntryOutcome, Option<u32>)>,
}

impl Applied {
    /// The entries of the case of a row.
    #[must_use]
    pub fn of(&self, row: u32) -> Option<&CaseEntries> {
        if self.cases.is_empty() { None } else { self.cases.get(&row) }
    }

    /// The group of a case before an upheld dispute changed it.
    #[must_use]
    pub fn group_before(&self, row: u32) -> Option<&str> {
        let dispute = self.of(row)?.dispute.as_ref()?;
        dispute.regrouped.as_ref().map(|_| dispute.from.as_str())
    }
}

/// Applies the plan's entries to the stays: upheld disputes regroup their cases, decided reviews set `special`. The
/// result goes into [`super::Options::entries`].
pub fn apply(plan: &Plan, stays: &mut Stays, symbols: &mut Symbols) -> Applied {
    let entries = &plan.entries;
    let mut applied = Applied::default();
    if entries.reviews.is_empty() && entries.disputes.is_empty() && entries.audits.is_empty() {
        return applied;
    }
    let ids = entries.reviews.iter().map(|entry| entry.case_id.as_str());
    let ids = ids.chain(entries.disputes.iter().map(|entry| entry.case_id.as_str()));
    let rows = rows_of(stays, ids);
    disputes(plan, stays, symbols, &rows, &mut applied);
    reviews(plan, stays, symbols, &rows, &mut applied);
    for entry in &entries.audits {
        // An audit finding is about a closed period; the open one need not know the case.
        let status = match entry.mark.misplaced {
            Some(misplaced) => Err(EntryRefused::Misplaced(misplaced)),
            None => Ok(EntryStatus::Elsewhere),
        };
        let told = outcome(plan, entry.mark, &entry.case_id, "audit", entry.amount, status);
        applied.outcomes.push((told, None));
    }
    applied
}

/// The rows of some cases. Ids are unique in their feed; one that two feeds use means no case.
fn rows_of<'e>(stays: &Stays, ids: impl Iterator<Item = &'e str>) -> Rows<'e> {
    let mut rows: FxHashMap<&str, (u32, bool)> = ids.map(|id| (id, (u32::MAX, false))).collect();
    for (row, number) in (0..stays.len()).zip(0_u32..) {
        if let Some((slot, twice)) = rows.get_mut(stays.case_id.get(row)) {
            *twice = *slot != u32::MAX;
            *slot = number;
        }
    }
    Rows(rows)
}

/// Rows by the ids of their cases.
struct Rows<'e>(FxHashMap<&'e str, (u32, bool)>);

impl Rows<'_> {
    fn find(&self, id: &str) -> Result<u32, EntryRefused> {
        match self.0.get(id) {
            Some((_, true)) => Err(EntryRefused::TwoCases(id.to_owned())),
            Some((row, false)) if *row != u32::MAX => Ok(*row),
            _ => Err(EntryRefused::UnknownCase(id.to_owned())),
        }
    }
}

/// What became of an entry, as reported.
pub(super) fn outcome(
    plan: &Plan,
    mark: Mark,
    subject: &str,
    step: &str,
    amount: Option<Fen>,
    status: Result<EntryStatus, EntryRefused>,
) -> EntryOutcome {
    let file = plan.entries.files.get(usize::from(mark.file));
    let (status, code, reason) = match status {
        Ok(status) => (status, "", Default::default()),
        Err(refused) => (EntryStatus::Refused, refused.code(), refused.reason()),
    };
    EntryOutcome {
        file: file.map_or_else(String::new, |file| file.file.clone()),
        line: mark.line,
        kind: file.map_or("", |file| file.kind.word()),
        subject: subject.to_owned(),
        step: step.to_owned(),
        on: mark.on,
        known: mark.known,
        amount,
        status,
        code,
        reason,
    }
}

fn rules_of(plan: &Plan, mark: &Mark) -> (RuleId, RuleId) {
    let file = plan.entries.files.get(usize::from(mark.file));
    file.map_or((RuleId(0), RuleId(0)), |file| (file.rule, file.rule_waits))
}

/// Entries by case, each in the order in which they were known.
fn by_case<T>(entries: &[T], of: impl Fn(&T) -> (&str, Mark)) -> BTreeMap<String, Vec<&T>> {
    let mut cases: BTreeMap<String, Vec<&T>> = BTreeMap::new();
    for entry in entries {
        cases.entry(of(entry).0.to_owned()).or_default().push(entry);
    }
    for entries in cases.values_mut() {
        entries.sort_by_key(|entry| {
            let mark = of(entry).1;
            (mark.known, mark.file, mark.line)
        });
    }
    cases
}

fn reviews(plan: &Plan, stays: &mut Stays, symbols: &mut Symbols, rows: &Rows<'_>, applied: &mut Applied) {
    let step = |entry: &ReviewEntry| match (entry.step, entry.decision) {
        (ReviewStep::Applied, _) => "applied",
        (ReviewStep::Panel, _) => "panel",
        (ReviewStep::Decided, decision) => decision.map_or("decided", |decision| decision.word()),
    };
    for (case_id, entries) in by_case(&plan.entries.reviews, |entry| (&entry.case_id, entry.mark)) {
        let found = rows.find(&case_id);
        let row = found.clone().ok();
        let (state, became) = review(&entries, |mark| rules_of(plan, mark));
        for (entry, status) in entries.iter().zip(became) {
            let status = found.clone().and(status);
            let told = outcome(plan, entry.mark, &case_id, step(entry), entry.amount, status);
            applied.outcomes.push((told, row));
        }
        let (Some(row), Some(state)) = (row, state) else { continue };
        // Conditions on `special` see the decision; a case that waits has none.
        let word = state.decision.map_or("none", |decision| decision.word());
        let symbol = symbols.intern(word);
        stays.special.set(row as usize, symbol);
        applied.cases.entry(row).or_default().review = Some(state);
    }
}

fn disputes(plan: &Plan, stays: &mut Stays, symbols: &mut Symbols, rows: &Rows<'_>, applied: &mut Applied) {
    let step = |entry: &DisputeEntry| match entry.step {
        DisputeStep::Raised => "raised",
        DisputeStep::Upheld => "upheld",
        DisputeStep::Refused => "refused",
    };
    for (case_id, entries) in by_case(&plan.entries.disputes, |entry| (&entry.case_id, entry.mark)) {
        let found = rows.find(&case_id);
        let row = found.clone().ok();
        let at = row.map_or(usize::MAX, |row| row as usize);
        let discharge = stays.discharge.get(at).copied().unwrap_or(Day::MIN);
        let month = format!("{:04}-{:02}", discharge.year(), discharge.month());
        let court = Court { window: plan.entries.window.as_ref(), month };
        let knows = |group: &[String; 3]| has_weight(plan, stays, symbols, at, group);
        let (state, became) = court.judge(&entries, knows, |mark| rules_of(plan, mark));
        for (entry, status) in entries.iter().zip(became) {
            let status = found.clone().and(status);
            applied.outcomes.push((outcome(plan, entry.mark, &case_id, step(entry), None, status), row));
        }
        let (Some(row), Some(mut state)) = (row, state) else { continue };
        let before = stays.group.get(at).copied().unwrap_or(Symbol::NONE);
        state.from = if before.is_some() { symbols.text(before).to_owned() } else { "—".to_owned() };
        if let Some(group) = &state.regrouped {
            regroup(stays, symbols, at, group);
        }
        applied.cases.entry(row).or_default().dispute = Some(state);
    }
}

/// Sets group, ADRG and MDC of a stay; what the decision does not state is not given.
fn regroup(stays: &mut Stays, symbols: &mut Symbols, at: usize, group: &[String; 3]) {
    let [group, adrg, mdc] =
        group.each_ref().map(|text| if text.is_empty() { Symbol::NONE } else { symbols.intern(text) });
    for (column, symbol) in [(&mut stays.group, group), (&mut stays.adrg, adrg), (&mut stays.mdc, mdc)] {
        column.set(at, symbol);
    }
    stays.group_status.set(at, GroupStatus::Grouped);
}

/// Whether a table of weights or points of a method in force has the group, for the case of a row. Methods without
/// such a table know every group.
fn has_weight(plan: &Plan, stays: &Stays, symbols: &Symbols, at: usize, group: &[String; 3]) -> bool {
    let [group, adrg, mdc] = group.each_ref().map(|text| symbols.find(text).unwrap_or(Symbol::NONE));
    let of = |column: &Column<Symbol>| column.get(at).copied().unwrap_or(Symbol::NONE);
    let institution = of(&stays.institution);
    let level = plan.institution_of(institution).and_then(|rank| plan.institutions.get(rank as usize));
    let discharge = stays.discharge.get(at).copied().unwrap_or(Day::MIN);
    let mut tables = 0;
    for step in plan.methods.iter().flat_map(|method| &method.case_steps) {
        let (CompiledVerb::Weight { table, .. }
        | CompiledVerb::BasePoints {
            from: crate::plan::BasePointsFrom::Table(table) | crate::plan::BasePointsFrom::Means(table),
            ..
        }) = &step.verb
        else {
            continue;
        };
        let Some(table) = plan.table(*table) else { continue };
        let key: Option<Vec<Symbol>> = table
            .key
            .iter()
            .map(|field| match field {
                FieldRef::Group => Some(group),
                FieldRef::Adrg => Some(adrg),
                FieldRef::Mdc => Some(mdc),
                FieldRef::Institution => Some(institution),
                FieldRef::Level => level.map(|one| one.level),
                FieldRef::Insurance => Some(of(&stays.insurance)),
                FieldRef::District => Some(of(&stays.district)),
                _ => None,
            })
            .collect();
        tables += 1;
        // A key of other fields is left to the evaluation of the case.
        let Some(key) = key else { return true };
        if table.get(discharge, &key).is_some() {
            return true;
        }
    }
    tables == 0
}

/// Whether a pack has entries of a kind that settle reads.
#[must_use]
pub fn has(plan: &Plan, kind: EntryKind) -> bool {
    plan.entries.files.iter().any(|file| file.kind == kind)
}
