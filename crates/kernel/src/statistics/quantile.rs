//! Quantiles by linear interpolation, definition R-7 (Hyndman and Fan 1996): the one of R and of
//! the spreadsheets.

use crate::ratio::Ratio;

/// The quantile of ascending values at `p` from 0 to 1: with h = (n - 1) p, the value at floor(h)
/// plus the fraction of h times the step to the next value. `None` without values, for a p outside
/// 0 to 1, or when the exact result does not fit 128 bits.
#[must_use]
pub fn quantile_r7(sorted: &[i64], p: Ratio) -> Option<Ratio> {
    if p.is_negative() || p > Ratio::ONE {
        return None;
    }
    let steps = i128::try_from(sorted.len().checked_sub(1)?).ok()?;
    let place = Ratio::new(steps, 1).ok()?.checked_mul(p).ok()?;
    let index = place.num() / place.den();
    let fraction = Ratio::new(place.num() % place.den(), place.den()).ok()?;
    let index = usize::try_from(index).ok()?;
    let value = *sorted.get(index)?;
    // At p = 1 there is no next value, and no fraction of a step.
    let next = sorted.get(index + 1).copied().unwrap_or(value);
    let step = Ratio::new(i128::from(next) - i128::from(value), 1).ok()?;
    step.checked_mul(fraction).ok()?.checked_add(Ratio::from_int(value)).ok()
}

/// The median of ascending values: the middle one, or the mean of the middle two.
#[must_use]
pub fn median(sorted: &[i64]) -> Option<Ratio> {
    quantile_r7(sorted, Ratio::new(1, 2).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ratio(text: &str) -> Ratio {
        Ratio::parse(text).unwrap()
    }

    #[test]
    fn quartiles_of_six_costs() {
        let costs = [8_000, 9_000, 10_000, 11_000, 12_000, 60_000];
        assert_eq!(quantile_r7(&costs, ratio("0.25")), Some(ratio("9250")));
        assert_eq!(quantile_r7(&costs, ratio("0.75")), Some(ratio("11750")));
        assert_eq!(median(&costs), Some(ratio("10500")));
        assert_eq!(quantile_r7(&costs, ratio("1")), Some(ratio("60000")));
        assert_eq!(quantile_r7(&costs, ratio("1/3")), Some(ratio("29000/3")));
    }

    #[test]
    fn no_quantile_of_nothing_or_beyond_the_ends() {
        assert_eq!(median(&[]), None);
        assert_eq!(quantile_r7(&[1, 2], ratio("1.01")), None);
        assert_eq!(quantile_r7(&[1, 2], ratio("-0.01")), None);
    }

    proptest! {
        #[test]
        fn a_quantile_lies_between_its_neighbours_and_rises_with_p(
            mut values in proptest::collection::vec(any::<i64>(), 1..40), a in 0_i128..=1000, b in 0_i128..=1000,
        ) {
            values.sort_unstable();
            let at = |p| quantile_r7(&values, Ratio::new(p, 1000).unwrap()).unwrap();
            let (low, high) = (at(a.min(b)), at(a.max(b)));
            prop_assert!(low <= high);
            prop_assert!(at(0) == Ratio::from_int(values[0]) && at(0) <= low);
            prop_assert!(high <= at(1000) && at(1000) == Ratio::from_int(*values.last().unwrap()));
        }
    }
}
