//! What the cost and the time index share. Two definitions are in use, and they differ (spec §5):
//!
//! * mean of ratios: `Σ_g n_g × (own mean_g ÷ region mean_g) ÷ Σ_g n_g`;
//! * total over expected: `Σ_g own total_g ÷ Σ_g n_g × region mean_g`.
//!
//! Both are sums of fractions with as many denominators as there are groups; they are added exactly, whatever the size.

use yibao_kernel::Mode;

use super::measure::{Measure, TooLarge, Unit, View, number};
use super::sums::Sums;
use crate::weigh::exact::Exact;

/// Own and region's figures of one group.
struct Pair {
    cases: i128,
    own: i128,
    region_cases: i128,
    region: i128,
}

/// Pairs of the groups the slice has; groups where the region's total is not positive say nothing.
fn pairs(view: &View<'_>, of: fn(&Sums) -> i128) -> Vec<Pair> {
    let groups = view.slice.groups.iter();
    let pairs = groups.filter_map(|(group, own)| {
        let region = view.region.groups.get(group)?;
        let pair = Pair {
            cases: i128::from(own.grouped),
            own: of(own),
            region_cases: i128::from(region.grouped),
            region: of(region),
        };
        (pair.region > 0 && pair.region_cases > 0).then_some(pair)
    });
    pairs.collect()
}

/// The mean of ratios; the numerator shown is rounded to six places, the value is not computed from it.
pub(super) fn mean_of_ratios(view: &View<'_>, of: fn(&Sums) -> i128) -> Result<Option<Measure>, TooLarge> {
    let pairs = pairs(view, of);
    let cases: i128 = pairs.iter().map(|pair| pair.cases).sum();
    if cases == 0 {
        return Ok(None);
    }
    // n_g × (own total ÷ n_g) ÷ (region total ÷ region n): the own number of cases cancels.
    let terms: Option<Vec<Exact>> =
        pairs.iter().map(|pair| Exact::new(pair.own.checked_mul(pair.region_cases)?, pair.region)).collect();
    let sum = Exact::sum(&terms.ok_or(TooLarge)?);
    let exact = sum.over(&Exact::from_int(cases)).ok_or(TooLarge)?;
    let shown = sum.round(6, Mode::HalfUp).ok_or(TooLarge)?;
    let sample = u64::try_from(cases).map_err(|_| TooLarge)?;
    Measure::of_exact(&exact, shown, number(cases, 0)?, Unit::Index, sample).map(Some)
}

/// Own total over what the same cases would have had at the region's means.
pub(super) fn total_over_expected(
    view: &View<'_>,
    of: fn(&Sums) -> i128,
    places: u8,
) -> Result<Option<Measure>, TooLarge> {
    let pairs = pairs(view, of);
    let cases: i128 = pairs.iter().map(|pair| pair.cases).sum();
    let own: i128 = pairs.iter().map(|pair| pair.own).sum();
    let terms: Option<Vec<Exact>> =
        pairs.iter().map(|pair| Exact::new(pair.region.checked_mul(pair.cases)?, pair.region_cases)).collect();
    let expected = Exact::sum(&terms.ok_or(TooLarge)?);
    if cases == 0 || !expected.is_positive() {
        return Ok(None);
    }
    let exact = Exact::from_int(own).over(&expected).ok_or(TooLarge)?;
    // Printed in the unit of the sums: yuan or days.
    let scale = Exact::from_int(10_i128.pow(u32::from(places)));
    let shown = expected.over(&scale).ok_or(TooLarge)?.round(places.max(2), Mode::HalfUp).ok_or(TooLarge)?;
    let sample = u64::try_from(cases).map_err(|_| TooLarge)?;
    Measure::of_exact(&exact, number(own, places)?, shown, Unit::Index, sample).map(Some)
}
