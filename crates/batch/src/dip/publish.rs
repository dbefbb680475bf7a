//! The numbers of a built catalogue: the weight run over the matched stays, and the rows it gives.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use yibao_grouping::dip::{ProcedureTypes, Row};
use yibao_kernel::statistics::Spread;
use yibao_kernel::{Decimal, Fen, Mode, Ratio, Rounding};
use yibao_payment::pack::weigh::{Fallback, Stable};
use yibao_payment::weigh::plan::trim_of;
use yibao_payment::weigh::{WeighInput, WeighPlan, WeightRow};
use yibao_record::stays::{Symbol, Symbols};

use super::build::{BuildError, Built, counts_year, header};
use super::gather::Gathered;
use super::plan::BuildPlan;

/// Runs the weights and fills the rows; rows that no stay of the data years is left in are dropped.
pub(super) fn publish(
    plan: &BuildPlan,
    gathered: &Gathered,
    rows: Vec<Row>,
    matched: &[Option<u32>],
    threads: NonZeroUsize,
) -> Result<Built, BuildError> {
    let mut names = Symbols::default();
    let symbols: Vec<Symbol> = rows.iter().map(|row| names.intern(&row.code)).collect();
    let symbol = |pair: u32| {
        let row = matched.get(pair as usize).copied().flatten()?;
        symbols.get(row as usize).copied()
    };
    let group: Vec<Symbol> = gathered.stays.iter().map(|stay| symbol(stay.pair).unwrap_or(Symbol::NONE)).collect();
    let year: Vec<i32> = gathered.stays.iter().map(|stay| stay.year).collect();
    let amount: Vec<Fen> = gathered.stays.iter().map(|stay| stay.cost).collect();
    let input = WeighInput {
        names: &names,
        group: Cow::Borrowed(&group),
        year: Cow::Borrowed(&year),
        amount: Cow::Borrowed(&amount),
        classes: Vec::new(),
    };
    let weights = yibao_payment::weigh::publish(&weigh_plan(plan), &input, threads)?;
    let days = mean_days(plan, gathered, matched, rows.len());
    let by_code: BTreeMap<&str, &WeightRow> = weights.rows.iter().map(|row| (row.group.as_str(), row)).collect();
    let mut numbered = Vec::with_capacity(rows.len());
    for (row, days) in rows.into_iter().zip(days) {
        let Some(weight) = by_code.get(row.code.as_str()) else { continue };
        numbered.push(Row {
            points: weight.weight,
            mean: weight.mean.map(|mean| Decimal::new(mean.get(), 2)),
            cases: Some(weight.cases),
            cv: weight.cv,
            los_days: days,
            line: 0,
            ..row
        });
    }
    let mean = Decimal::new(weights.reference.amount.get(), 2);
    let mut header = header(plan, mean);
    // The blank row without a stay is no row: then the rest is refused.
    if let Some(blank) = &plan.blank_row
        && !numbered.iter().any(|row| row.code == *blank)
    {
        header.fallback = yibao_grouping::dip::Fallback::Refuse {};
    }
    Ok(Built {
        rows: numbered,
        header,
        types: ProcedureTypes::new(),
        weights,
        untyped: Vec::new(),
        stays: 0,
        outside_years: 0,
        without_group: 0,
        ties: 0,
        rounds: 0,
    })
}

fn weigh_plan(plan: &BuildPlan) -> WeighPlan {
    WeighPlan {
        year: plan.from.year(),
        years: plan.years.clone(),
        weighting_of: plan.weighting_of,
        trim: trim_of(&plan.trim),
        trim_scope: plan.trim_scope,
        // A group of a catalogue has enough cases by its own bound; no further test.
        stable: Stable { min_cases: 1, cv: Ratio::from_int(1_000_000), inclusive: true, spread: Spread::Sample },
        unstable: vec![Fallback::Own],
        parent: None,
        reference: plan.reference.clone(),
        scale: plan.scale,
        five_class: None,
        adjust: BTreeMap::new(),
        frozen: std::collections::BTreeSet::new(),
        rounding: Rounding { dp: plan.dp, mode: Mode::HalfUp },
        previous: None,
        source: None,
    }
}

/// Mean days of the stays of each row in the data years, 6 places.
fn mean_days(plan: &BuildPlan, gathered: &Gathered, matched: &[Option<u32>], rows: usize) -> Vec<Option<Decimal>> {
    let mut sums = vec![(0_i128, 0_i128); rows];
    for stay in gathered.stays.iter().filter(|stay| counts_year(plan, stay.year)) {
        let Some(days) = stay.los_days else { continue };
        let row = matched.get(stay.pair as usize).copied().flatten();
        if let Some(sum) = row.and_then(|row| sums.get_mut(row as usize)) {
            *sum = (sum.0 + i128::from(days), sum.1 + 1);
        }
    }
    let mean = |(days, cases): &(i128, i128)| Ratio::new(*days, *cases).ok()?.to_decimal(6, Mode::HalfUp).ok();
    sums.iter().map(mean).collect()
}
