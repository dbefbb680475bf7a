//! The entries of a settled period as its outputs show them.

use yibao_kernel::Overflow;

use super::advance::advances;
use super::{Applied, Booked, EntryRefused};
use crate::plan::{CompiledVerb, Method, Plan};
use crate::settle::Period;
use crate::settled::entries::{EntriesView, EntryOutcome, EntryStatus, IndicatorRow};

/// Everything that became of the entries, now that every case has its method. `method_of` answers with the index of the
/// method of a row; `None`: the case is refused or of another period.
///
/// # Errors
/// Sums beyond what an amount can hold.
pub fn entries_view(
    plan: &Plan,
    period: &Period,
    applied: &Applied,
    booked: Booked,
    method_of: impl Fn(u32) -> Option<u16>,
) -> Result<EntriesView, Overflow> {
    let mut entries: Vec<EntryOutcome> = Vec::new();
    for (outcome, row) in &applied.outcomes {
        let mut outcome = outcome.clone();
        if let Some(row) = row.filter(|_| outcome.status != EntryStatus::Refused) {
            match method_of(row).and_then(|at| plan.methods.get(usize::from(at))) {
                None => outcome.status = EntryStatus::Elsewhere,
                Some(method) if outcome.kind == "review" && !has_review(method) => {
                    let refused = EntryRefused::NoReviewStep(method.id.clone());
                    outcome.status = EntryStatus::Refused;
                    (outcome.code, outcome.reason) = (refused.code(), refused.reason());
                }
                Some(_) => {}
            }
        }
        entries.push(outcome);
    }
    let (receivables, advances) = advances(plan, period)?;
    entries.extend(booked.outcomes);
    entries.extend(advances);
    entries.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Ok(EntriesView { declared: !plan.entries.is_empty(), entries, receivables, assessments: assessments(plan) })
}

fn has_review(method: &Method) -> bool {
    method.case_steps.iter().any(|step| matches!(step.verb, CompiledVerb::SpecialReview { .. }))
}

fn assessments(plan: &Plan) -> Vec<IndicatorRow> {
    let mut rows = Vec::new();
    for assessed in &plan.assessments {
        for (institution, (parts, total)) in (0_u32..).zip(&assessed.scores) {
            for ((id, title, _), part) in assessed.indicators.iter().zip(parts) {
                let Some(part) = part else { continue };
                rows.push(IndicatorRow {
                    assessment: assessed.id.clone(),
                    institution,
                    indicator: id.clone(),
                    title: title.clone(),
                    value: part.value,
                    score: part.score,
                    weight: part.weight,
                    total: *total,
                });
            }
        }
    }
    rows
}
