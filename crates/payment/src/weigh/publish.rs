//! The run from end to end: describe, draft, adjust, round, state.

use std::num::NonZeroUsize;

use yibao_kernel::explain::RuleBook;
use yibao_kernel::{Decimal, Fen, Mode, Ratio};

use super::adjustment::{Adjustable, rebalance, total_weight};
use super::changes::compare;
use super::draft::{Draft, Drafting, reference, shown, shown_cv, shown_weight};
use super::error::WeighError;
use super::exact::Exact;
use super::input::WeighInput;
use super::mean::Means;
use super::plan::{Reference, WeighPlan};
use super::population::{Described, Population};
use super::reasons::{Rules, Said, say};
use super::stability::Stability;
use super::table::{ReferenceLine, Totals, WeightRow, WeightTable, YearLine};

/// Publishes the weight table of a plan over the cases.
///
/// The same cases give the same table in any order, on any number of threads.
///
/// # Errors
/// [`WeighError`]: nothing is published.
pub fn publish(plan: &WeighPlan, input: &WeighInput<'_>, threads: NonZeroUsize) -> Result<WeightTable, WeighError> {
    plan.check()?;
    let population = Population::describe(plan, input, threads)?;
    let reference = reference(plan, &population)?;
    let mut book = RuleBook::default();
    let rules = Rules::word(&mut book, plan)?;
    let drafting = Drafting { plan, population: &population, reference: &reference, rules };
    let mut drafts = Vec::with_capacity(population.names.len());
    for (name, group) in population.names.iter().zip(&population.groups) {
        drafts.push(drafting.draft(name, group)?);
    }
    check_adjustments(plan, &population, &drafts)?;
    let adjusted = adjust(plan, &population, &mut drafts, &rules)?;
    let mut rows = Vec::with_capacity(drafts.len());
    for ((name, group), (draft, weight)) in
        population.names.iter().zip(&population.groups).zip(drafts.into_iter().zip(&adjusted.weights))
    {
        rows.push(row(plan, name, group, draft, weight.as_ref(), &rules)?);
    }
    let totals = totals(plan, &population, &adjusted, &rows)?;
    let changes = plan.previous.as_ref().map(|previous| compare(&rows, previous)).transpose()?;
    Ok(WeightTable {
        year: plan.year,
        years: year_lines(&population)?,
        reference: reference_line(plan, &reference)?,
        scale: plan.scale,
        rows,
        totals,
        changes,
        book,
    })
}

/// Refuses adjustments of groups that have no weight to adjust.
fn check_adjustments(plan: &WeighPlan, population: &Population, drafts: &[Draft]) -> Result<(), WeighError> {
    for group in plan.adjust.keys() {
        let at = population.names.binary_search(group);
        let draft = at.ok().and_then(|at| drafts.get(at));
        let Some(draft) = draft else {
            return Err(WeighError::AdjustUnknown { group: group.clone() });
        };
        if draft.weight.is_none() {
            return Err(WeighError::AdjustWithoutWeight { group: group.clone(), basis: draft.basis.word() });
        }
    }
    Ok(())
}

/// Weights after adjustment, aligned with the groups, and the sums they keep.
struct AfterAdjustment {
    weights: Vec<Option<Exact>>,
    total_before: Exact,
    lambda: Option<Exact>,
}

fn adjust(
    plan: &WeighPlan,
    population: &Population,
    drafts: &mut [Draft],
    rules: &Rules,
) -> Result<AfterAdjustment, WeighError> {
    let counted = || {
        let rows = population.groups.iter().zip(drafts.iter());
        rows.filter_map(|(group, draft)| draft.weight.as_ref().map(|weight| (group.sample.cases, weight)))
    };
    let total_before = total_weight(counted());
    if plan.adjust.is_empty() {
        let weights = drafts.iter().map(|draft| draft.weight.clone()).collect();
        return Ok(AfterAdjustment { weights, total_before, lambda: None });
    }
    let mut groups = Vec::new();
    for ((group, name), draft) in population.groups.iter().zip(&population.names).zip(drafts.iter()) {
        let Some(weight) = &draft.weight else { continue };
        groups.push(Adjustable {
            cases: group.sample.cases,
            weight: weight.clone(),
            factor: plan.adjust.get(name).copied().unwrap_or(Ratio::ONE),
            frozen: plan.frozen.contains(name),
        });
    }
    let adjusted = rebalance(&groups);
    let mut after = adjusted.weights.into_iter();
    let mut weights = Vec::with_capacity(drafts.len());
    let lambda = published_lambda(&adjusted.lambda)?;
    for (name, draft) in population.names.iter().zip(drafts.iter_mut()) {
        let weight = draft.weight.as_ref().and_then(|_| after.next());
        if let Some(weight) = &weight {
            say_adjustment(plan, name, draft, weight, lambda, rules)?;
        }
        weights.push(weight);
    }
    Ok(AfterAdjustment { weights, total_before, lambda: Some(adjusted.lambda) })
}

fn published_lambda(lambda: &Exact) -> Result<Decimal, WeighError> {
    let too_large = || WeighError::TooLarge { what: "λ", group: "*".to_owned() };
    lambda.round(9, Mode::HalfUp).ok_or_else(too_large)
}

fn say_adjustment(
    plan: &WeighPlan,
    name: &str,
    draft: &mut Draft,
    weight: &Exact,
    lambda: Decimal,
    rules: &Rules,
) -> Result<(), WeighError> {
    let after = Said::Published(shown_weight(weight, name)?);
    match plan.adjust.get(name) {
        _ if plan.frozen.contains(name) => say(&mut draft.explanation, rules.frozen, &[]),
        Some(factor) => {
            say(&mut draft.explanation, rules.adjust, &[Said::Exactly(*factor), Said::Published(lambda), after]);
        }
        None => say(&mut draft.explanation, rules.rebalance, &[Said::Published(lambda), after]),
    }
    Ok(())
}

fn row(
    plan: &WeighPlan,
    name: &str,
    group: &Described,
    draft: Draft,
    weight: Option<&Exact>,
    rules: &Rules,
) -> Result<WeightRow, WeighError> {
    let sample = &group.sample;
    let mut explanation = draft.explanation;
    let too_large = || WeighError::TooLarge { what: "weight", group: name.to_owned() };
    let weight =
        weight.map(|weight| weight.round(plan.rounding.dp, plan.rounding.mode).ok_or_else(too_large)).transpose()?;
    if let Some(weight) = weight {
        let places = Said::Count(u64::from(plan.rounding.dp));
        say(&mut explanation, rules.round, &[places, Said::Published(weight)]);
    }
    let money = |ratio: Ratio| shown(&Exact::from(ratio), "quantile", name);
    let quantiles = match sample.quantiles {
        Some([a, b, c, d, e]) => Some([money(a)?, money(b)?, money(c)?, money(d)?, money(e)?]),
        None => None,
    };
    Ok(WeightRow {
        group: name.to_owned(),
        weight,
        cases: sample.cases,
        cases_kept: sample.kept.n(),
        trimmed_low: sample.trimmed_low,
        trimmed_high: sample.trimmed_high,
        mean: group.means.as_ref().map(|means| shown(&means.amount, "mean", name)).transpose()?,
        median: sample.median.map(|median| shown(&Exact::from(median), "median", name)).transpose()?,
        cv: shown_cv(&sample.kept, plan),
        stable: group.stability == Stability::Stable,
        basis: draft.basis,
        parent: draft.parent,
        adjust: plan.adjust.get(name).copied(),
        frozen: plan.frozen.contains(name),
        quantiles,
        kept_range: sample.kept_range.map(|(low, high)| (Fen::new(low), Fen::new(high))),
        note: draft.note,
        explanation,
    })
}

fn totals(
    plan: &WeighPlan,
    population: &Population,
    adjusted: &AfterAdjustment,
    rows: &[WeightRow],
) -> Result<Totals, WeighError> {
    let dp = plan.rounding.dp;
    let too_large = |what| move || WeighError::TooLarge { what, group: "*".to_owned() };
    let published: Vec<(u64, Exact)> =
        rows.iter().filter_map(|row| row.weight.map(|weight| (row.cases, Exact::from(weight)))).collect();
    let after = total_weight(published.iter().map(|(cases, weight)| (*cases, weight)));
    let drift = after.minus(&adjusted.total_before);
    let sum = |count: fn(&WeightRow) -> u64| rows.iter().map(count).sum();
    Ok(Totals {
        groups: rows.len() as u64,
        stable: rows.iter().filter(|row| row.stable).count() as u64,
        weighted: published.len() as u64,
        cases: sum(|row| row.cases),
        cases_kept: sum(|row| row.cases_kept),
        trimmed_low: sum(|row| row.trimmed_low),
        trimmed_high: sum(|row| row.trimmed_high),
        outside_years: population.outside_years,
        without_group: population.without_group,
        weight_before: adjusted.total_before.round(dp, Mode::HalfUp).ok_or_else(too_large("total weight"))?,
        weight_after: after.round(dp, Mode::HalfUp).ok_or_else(too_large("total weight"))?,
        drift: drift.round(dp.saturating_add(4), Mode::HalfUp).ok_or_else(too_large("drift"))?,
        lambda: adjusted.lambda.as_ref().map(published_lambda).transpose()?,
    })
}

fn year_lines(population: &Population) -> Result<Vec<YearLine>, WeighError> {
    let line = |(year, share): (&super::sample::YearSample, &super::plan::DataYear)| {
        let mean = year.kept.mean().map(|mean| shown(&Exact::from(mean), "mean", "*")).transpose()?;
        Ok(YearLine { year: share.year, weight: share.weight, cases: year.cases, kept: year.kept.n(), mean })
    };
    population.all.iter().zip(&population.shares).map(line).collect()
}

fn reference_line(plan: &WeighPlan, reference: &Means) -> Result<ReferenceLine, WeighError> {
    let (to, group) = match &plan.reference {
        Reference::Mean {} => ("mean", None),
        Reference::Benchmark { group } => ("benchmark", Some(group.clone())),
        Reference::Quota { .. } => ("quota", None),
    };
    let names = plan.five_class.as_ref().map_or(&[][..], |five| five.classes.as_slice());
    let classes = names
        .iter()
        .zip(&reference.classes)
        .map(|(class, mean)| Ok((class.clone(), shown(mean, "class mean", "*")?)))
        .collect::<Result<Vec<_>, WeighError>>()?;
    Ok(ReferenceLine { to, group, amount: shown(&reference.amount, "reference", "*")?, classes })
}
