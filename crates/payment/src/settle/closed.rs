//! Cases of a closed year at its published prices: a late list, a regrouped appeal. Nothing closed is settled again: the
//! printed point value (or the rate) is taken as it was published.

use std::collections::BTreeMap;

use yibao_kernel::{Decimal, Fen, Mode, Ratio};
use yibao_record::stays::Stays;

use super::claims::claim;
use super::decide::Deciding;
use super::error::SettleError;
use super::key::{KeySpace, NO_ROW, RowKey};
use super::options::{Options, Period};
use super::payer::AfterCase;
use super::rules::YearRules;
use super::sums::is_point_paid;
use super::waves::Evaluating;
use crate::case::{CaseRules, Evaluator};
use crate::plan::{Basis, CompiledVerb, Plan, PriceKind};
use crate::settled::{Bilingual, CaseOutcome, Refusal, Route};

/// A case of a closed year at its published prices.
#[derive(Clone, Debug)]
pub struct Priced {
    /// Row of the stay.
    pub row: u32,
    /// Institution, insurance, method, district.
    pub key: RowKey,
    /// What the case steps decide.
    pub outcome: CaseOutcome,
    /// Fund money at the published price, less the patient part under the `cost` basis.
    pub paid: Fen,
    /// The published point value, where it was used.
    pub price: Option<Decimal>,
}

/// Cases priced, and those that cannot be paid.
#[derive(Clone, Debug, Default)]
pub struct Repriced {
    /// Priced cases, in row order.
    pub cases: Vec<Priced>,
    /// Refused ones.
    pub refused: Vec<Refusal>,
}

/// Prices the wanted rows. Readmissions and ranked quotas are decided over all stays given, as if the wanted had been
/// among them from the start. `prices`: the printed point value by pool.
///
/// # Errors
/// [`SettleError`]; [`SettleError::NoClosedPrice`] when a pool has none.
pub fn price(
    plan: &Plan,
    stays: &Stays,
    options: &Options<'_>,
    wanted: &[bool],
    prices: &BTreeMap<String, Decimal>,
) -> Result<Repriced, SettleError> {
    if !wanted.contains(&true) {
        return Ok(Repriced::default());
    }
    let period = Period::of(plan, &Options { month: None, ..*options })?;
    let parts = (plan.institutions.len(), plan.insurances.len(), plan.methods.len(), plan.districts.len());
    let too_many = SettleError::TooMany { stays: stays.len() };
    let space = KeySpace::new(parts.0, parts.1, parts.2, parts.3).ok_or(too_many)?;
    let mut book = plan.book.clone();
    let case_rules = CaseRules::add(&mut book)?;
    YearRules::add(&mut book)?;
    let after = AfterCase::new(plan, stays, &mut book)?;
    let evaluator = Evaluator::new(plan, stays, options.symbols, case_rules)?.with_entries(options.entries);
    let selected = (period.name.as_str(), period.window);
    let mut claims = claim(&evaluator, plan, stays, options.symbols, &space, selected)?;
    let decisions = Deciding { evaluator: &evaluator, plan, stays, space: &space, keys: &claims.keys }.decide()?;
    let is_wanted = |row: usize| wanted.get(row).copied().unwrap_or(false);
    for (row, key) in claims.keys.iter_mut().enumerate() {
        if !is_wanted(row) {
            *key = NO_ROW;
        }
    }
    let evaluating = Evaluating {
        evaluator: &evaluator,
        plan,
        stays,
        space: &space,
        decisions: &decisions,
        after: &after,
        progress: options.progress,
    };
    let evaluation = evaluating.run(&mut claims.keys, None)?;
    let mut priced = Repriced::default();
    for (row, number) in (0..stays.len()).zip(0_u32..) {
        let Some(key) = claims.keys.get(row).copied().filter(|key| *key != NO_ROW) else { continue };
        let key = space.key(key);
        let outcome = evaluation.outcome.get(row).unwrap_or_default();
        if let Some(refused) = under_a_total(plan, stays, row, key) {
            priced.refused.push(refused);
            continue;
        }
        let (paid, price) = paid(plan, stays, row, key, &outcome, prices)?;
        priced.cases.push(Priced { row: number, key, outcome, paid, price });
    }
    let refused = claims.refused.iter().filter(|(row, ..)| is_wanted(*row as usize)).chain(&evaluation.refused);
    let report = refused.map(|(row, method, why)| why.report(plan, *method, stays, options.symbols, *row as usize));
    priced.refused.extend(report);
    priced.refused.sort_by(|a, b| (a.source_row, &a.case_id).cmp(&(b.source_row, &b.case_id)));
    Ok(priced)
}

/// Claims scaled to a total have no published price: what the closed year paid of a claim depends on all of them.
fn under_a_total(plan: &Plan, stays: &Stays, row: usize, key: RowKey) -> Option<Refusal> {
    let method = plan.methods.get(usize::from(key.method))?;
    let scaled = |step: &crate::plan::CompiledStep| matches!(step.verb, CompiledVerb::Clear { pro_rata: Some(_), .. });
    method.year_steps.iter().any(scaled).then(|| Refusal {
        source: stays.source_of(row),
        source_row: stays.source_row.get(row).copied().unwrap_or_default(),
        case_id: stays.case_id.get(row).to_owned(),
        code: "under_a_total".to_owned(),
        reason: Bilingual {
            zh: format!("“{}”按总额比例支付，已关账年度没有可用的公布价格；提示：由经办机构决定金额", method.id),
            en: format!(
                "\"{}\" pays claims under a total: the closed year publishes no price for one more; hint: let the agency decide the amount and enter it",
                method.id
            ),
        },
    })
}

/// Points × printed point value, less the patient part under the `cost` basis; or the amount by rate or by item.
fn paid(
    plan: &Plan,
    stays: &Stays,
    row: usize,
    key: RowKey,
    outcome: &CaseOutcome,
    prices: &BTreeMap<String, Decimal>,
) -> Result<(Fen, Option<Decimal>), SettleError> {
    let method = plan.methods.get(usize::from(key.method));
    let by_points = method.is_some_and(|method| method.price == PriceKind::Points);
    if !by_points || !is_point_paid(outcome) || outcome.route == Route::Held {
        return Ok((outcome.amount, None));
    }
    let pool = plan.pool_of(key.method, key.insurance, key.district);
    let pool = pool.and_then(|at| plan.pools.get(usize::from(at))).map_or("", |pool| pool.id.as_str());
    let price = prices.get(pool).copied().ok_or_else(|| SettleError::NoClosedPrice { pool: pool.to_owned() })?;
    // Yuan per point × points of ten-thousandths = fen / 100.
    let points = Ratio::new(i128::from(outcome.points), 10_000)?;
    let gross = points.checked_mul(price.ratio())?.checked_mul(Ratio::from_int(100))?.to_fen(Mode::HalfUp)?;
    let cost_basis = method.is_some_and(|method| method.basis == Basis::Cost);
    let patient = stays.patient.get(row).copied().filter(|_| cost_basis).unwrap_or(Fen::ZERO);
    Ok((gross.checked_sub(patient)?, Some(price)))
}
