//! Care elsewhere, charged to the rows of those who answer for it. What the cases of a method are cleared is added up by
//! the row that pays; the clearing of the pool turns points into money and takes it off (spec §4.2, §4.4, §4.7).

use std::collections::BTreeMap;

use rayon::prelude::*;
use yibao_kernel::explain::{RuleId, Writer};
use yibao_kernel::{Decimal, Fen, Mode, Ratio, sum};
use yibao_record::stays::Stays;

use super::claims::CHUNK;
use super::clearing::ChargedClaim;
use super::error::SettleError;
use super::key::{KeySpace, NO_ROW, RowKey};
use super::payer::{payer_of, terms};
use super::sums::{is_point_paid, money};
use crate::case::Evaluator;
use crate::plan::{Basis, Plan, PriceKind};
use crate::settled::{CaseOutcome, Outcomes, Route};

/// What the cases of one method bring to one paying row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ChargeSums {
    /// Cases.
    pub cases: u64,
    /// Amounts fixed by the case steps, fen.
    pub amount: i128,
    /// Points of point-paid cases, ten-thousandths.
    pub points: i128,
    /// Their patient part under the `cost` basis, fen.
    pub patient: i128,
}

/// Charges of one method to one row.
#[derive(Clone, Copy, Debug)]
pub struct Charge {
    /// Rule of the step.
    pub rule: RuleId,
    /// Multiplier.
    pub times: Ratio,
    /// The sums.
    pub sums: ChargeSums,
}

/// By paying key and charged method.
pub type Charges = BTreeMap<(u32, u16), ChargeSums>;

/// Adds up what is charged, before the keys become rows.
pub fn gather(
    evaluator: &Evaluator<'_>,
    plan: &Plan,
    stays: &Stays,
    (outcome, keys): (&Outcomes, &[u32]),
    space: &KeySpace,
) -> Charges {
    if plan.payers.iter().all(Option::is_none) {
        return Charges::new();
    }
    let parts: Vec<Charges> = keys
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, keys)| {
            let mut charges = Charges::new();
            for (row, key) in (chunk * CHUNK..).zip(keys).filter(|(_, key)| **key != NO_ROW) {
                let key = space.key(*key);
                // Unknown payers were refused when the stays were claimed.
                let Ok(Some(payer)) = payer_of(plan, stays, evaluator, row, key) else { continue };
                let Some(outcome) = outcome.get(row) else { continue };
                if matches!(outcome.route, Route::Nothing | Route::Held) {
                    continue;
                }
                let sums = charges.entry((space.number(payer), key.method)).or_default();
                add_case(plan, stays, row, key, &outcome, sums);
            }
            charges
        })
        .collect();
    let mut all = Charges::new();
    for (key, part) in parts.into_iter().flatten() {
        let sums = all.entry(key).or_default();
        sums.cases += part.cases;
        sums.amount += part.amount;
        sums.points += part.points;
        sums.patient += part.patient;
    }
    all
}

fn add_case(plan: &Plan, stays: &Stays, row: usize, key: RowKey, outcome: &CaseOutcome, sums: &mut ChargeSums) {
    let method = plan.methods.get(usize::from(key.method));
    sums.cases += 1;
    sums.amount += i128::from(outcome.amount.get());
    if method.is_some_and(|method| method.price == PriceKind::Points) && is_point_paid(outcome) {
        sums.points += i128::from(outcome.points);
        if method.is_some_and(|method| method.basis == Basis::Cost) {
            sums.patient += stays.patient.get(row).map_or(0, |amount| i128::from(amount.get()));
        }
    }
}

/// The charges of each row, in the order of methods.
pub fn by_row(plan: &Plan, charges: &Charges, space: &KeySpace, rows: &[RowKey]) -> Vec<Vec<Charge>> {
    let mut of_rows = vec![Vec::new(); rows.len()];
    for ((key, method), sums) in charges {
        let at = rows.binary_search_by_key(key, |row| space.number(*row));
        let slot = at.ok().and_then(|at| of_rows.get_mut(at));
        if let (Some(slot), Some(payer)) = (slot, terms(plan, *method)) {
            slot.push(Charge { rule: payer.rule, times: payer.times, sums: *sums });
        }
    }
    of_rows
}

impl Charge {
    /// The fixed part, to the fen.
    fn amount(&self) -> Result<Fen, SettleError> {
        Ok(money(self.sums.amount)?.ratio().checked_mul(self.times)?.to_fen(Mode::HalfUp)?)
    }
}

/// What the charges of a row ask of its pool.
///
/// # Errors
/// Overflow.
pub fn claim_of(charges: &[Charge]) -> Result<ChargedClaim, SettleError> {
    let mut claim = ChargedClaim::default();
    for charge in charges {
        claim.amount = claim.amount.checked_add(charge.amount()?)?;
        claim.points = claim.points.checked_add(Ratio::new(charge.sums.points, 1)?.checked_mul(charge.times)?)?;
        let patient = money(charge.sums.patient)?.ratio().checked_mul(charge.times)?.to_fen(Mode::HalfUp)?;
        claim.patient = claim.patient.checked_add(patient)?;
    }
    Ok(claim)
}

/// Writes the charges of a row: cases, amounts and points by step, then what is booked.
///
/// # Errors
/// Overflow.
pub fn explain(charges: &[Charge], booked: Fen, total: RuleId, to: &mut Vec<u8>) -> Result<(), SettleError> {
    let mut steps: Vec<(RuleId, u64, Vec<Fen>, i128)> = Vec::new();
    for charge in charges {
        match steps.last_mut().filter(|(rule, ..)| *rule == charge.rule) {
            Some((_, cases, amounts, points)) => {
                *cases += charge.sums.cases;
                amounts.push(charge.amount()?);
                *points += charge.sums.points;
            }
            None => steps.push((charge.rule, charge.sums.cases, vec![charge.amount()?], charge.sums.points)),
        }
    }
    let mut writer = Writer::new(to);
    for (rule, cases, amounts, points) in steps {
        let points = Decimal::new(i64::try_from(points).unwrap_or(i64::MAX), 4);
        let cases = i64::try_from(cases).unwrap_or(i64::MAX);
        writer.step(rule).int(cases).fen(sum(amounts)?).decimal(points);
    }
    if !charges.is_empty() {
        writer.step(total).fen(booked);
    }
    Ok(())
}
