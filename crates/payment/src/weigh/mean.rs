//! Yearly weighting (spec §1.4): the mean of a group over the data years.

use yibao_kernel::Ratio;

use super::exact::Exact;
use super::plan::{DataYear, WeightingOf};
use super::sample::YearSample;

/// Σ w·m / Σ w over the years that have a mean; a year without one drops out and the weights renormalise.
/// `None` when no year has a mean.
pub fn mean_of_means(years: &[(Ratio, Option<Exact>)]) -> Option<Exact> {
    let mut weighted = Exact::zero();
    let mut weights = Exact::zero();
    for (weight, mean) in years {
        let Some(mean) = mean else { continue };
        let weight = Exact::from(*weight);
        weighted = weighted.plus(&weight.times(mean)).reduced();
        weights = weights.plus(&weight).reduced();
    }
    weighted.over(&weights).map(|mean| mean.reduced())
}

/// Σ w·T / Σ w·n: yearly totals and counts are weighted. `None` without cases.
pub fn mean_of_totals(years: &[(Ratio, i128, u64)]) -> Option<Exact> {
    let mut totals = Exact::zero();
    let mut counts = Exact::zero();
    for (weight, total, cases) in years {
        let weight = Exact::from(*weight);
        totals = totals.plus(&weight.times(&Exact::from_int(*total)));
        counts = counts.plus(&weight.times(&Exact::from_int(i128::from(*cases))));
    }
    totals.over(&counts).map(|mean| mean.reduced())
}

/// What is a ratio to what: the mean amount and the mean of each fee class, fen.
#[derive(Clone, Debug)]
pub struct Means {
    /// Mean amount.
    pub amount: Exact,
    /// Mean of each fee class.
    pub classes: Vec<Exact>,
}

/// The means of a group (or of all) over the data years; `None` when nothing was kept.
pub fn means(years: &[YearSample], shares: &[DataYear], of: WeightingOf) -> Option<Means> {
    let over_years = |total: &dyn Fn(&YearSample) -> i128| {
        let rows = years.iter().zip(shares);
        match of {
            WeightingOf::Means => mean_of_means(
                &rows
                    .map(|(year, share)| (share.weight, Exact::new(total(year), i128::from(year.kept.n()))))
                    .collect::<Vec<_>>(),
            ),
            WeightingOf::Totals => mean_of_totals(
                &rows.map(|(year, share)| (share.weight, total(year), year.kept.n())).collect::<Vec<_>>(),
            ),
        }
    };
    let classes = years.first().map_or(0, |year| year.classes.len());
    Some(Means {
        amount: over_years(&|year| year.kept.sum())?,
        classes: (0..classes)
            .map(|class| over_years(&|year| year.classes.get(class).copied().unwrap_or(0)))
            .collect::<Option<Vec<Exact>>>()?,
    })
}

/// The years of all groups together.
pub fn merge_years<'a>(
    groups: impl Iterator<Item = &'a [YearSample]>,
) -> Result<Vec<YearSample>, yibao_kernel::Overflow> {
    let mut all: Vec<YearSample> = Vec::new();
    for years in groups {
        all.resize_with(years.len().max(all.len()), YearSample::default);
        for (sum, year) in all.iter_mut().zip(years) {
            sum.cases += year.cases;
            sum.kept.merge(&year.kept)?;
            sum.classes.resize(year.classes.len().max(sum.classes.len()), 0);
            for (total, class) in sum.classes.iter_mut().zip(&year.classes) {
                *total += class;
            }
        }
    }
    Ok(all)
}
