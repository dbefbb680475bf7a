//! Ranked quotas: how many cases may take a special route, and which.

use std::cmp::Ordering;

use thiserror::Error;

use crate::ranked::mark_largest;
use crate::ratio::{Ratio, RatioError};
use crate::rounding::Mode;

/// Why there is no limit.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Error)]
pub enum QuotaError {
    /// A share below 0 or above 1.
    #[error("a quota of {share} is not a share\n  hint: write a number from 0 to 1, like \"5%\"")]
    NotAShare {
        /// The share stated.
        share: Ratio,
    },
    /// The count is too large to take a share of.
    #[error(transparent)]
    Ratio(#[from] RatioError),
}

/// How many of `count` a share admits: `share * count` rounded, usually down
/// ("at most 5% of the discharges").
///
/// # Errors
/// [`QuotaError::NotAShare`].
pub fn limit(count: u64, share: Ratio, mode: Mode) -> Result<u64, QuotaError> {
    if share.is_negative() || share > Ratio::ONE {
        return Err(QuotaError::NotAShare { share });
    }
    let limit = Ratio::new(i128::from(count), 1)?.checked_mul(share)?.round(0, mode)?;
    // At most `count`, which is an integer and fits.
    Ok(u64::try_from(limit).unwrap_or(count))
}

/// Which entries are among the first `limit` by descending key, ties by `rank` (`Less` comes first)
/// and then by index. One flag per key, in the order of the keys.
#[must_use]
pub fn accept(keys: &[i128], rank: impl Fn(usize, usize) -> Ordering, limit: u64) -> Vec<bool> {
    let mut accepted = vec![false; keys.len()];
    let count = usize::try_from(limit).unwrap_or(usize::MAX);
    mark_largest(keys, count, rank, |index| {
        if let Some(flag) = accepted.get_mut(index) {
            *flag = true;
        }
    });
    accepted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn five_percent_of_the_discharges_rounded_down() {
        let share = Ratio::parse("5%").unwrap();
        assert_eq!(limit(119, share, Mode::Floor), Ok(5));
        assert_eq!(limit(119, share, Mode::HalfUp), Ok(6));
        assert_eq!(limit(u64::MAX, Ratio::ONE, Mode::Floor), Ok(u64::MAX));
    }

    #[test]
    fn more_than_everybody_is_refused() {
        let error = limit(10, Ratio::parse("1.05").unwrap(), Mode::Floor).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a quota of 1.05 is not a share\n  hint: write a number from 0 to 1, like \"5%\""
        );
        assert!(limit(10, Ratio::parse("-5%").unwrap(), Mode::Floor).is_err());
    }

    #[test]
    fn the_dearest_cases_are_accepted_and_ties_go_by_rank() {
        let excess = [500, 900, 500, 100, 500];
        let by_case_id = |a: usize, b: usize| ["e", "d", "c", "b", "a"][a].cmp(["e", "d", "c", "b", "a"][b]);
        assert_eq!(accept(&excess, by_case_id, 3), [false, true, true, false, true]);
        assert_eq!(accept(&excess, |_, _| Ordering::Equal, 3), [true, true, true, false, false]);
        assert_eq!(accept(&excess, by_case_id, 0), [false; 5]);
        assert_eq!(accept(&excess, by_case_id, 9), [true; 5]);
        assert_eq!(accept(&[], by_case_id, 1), [false; 0]);
    }

    proptest! {
        #[test]
        fn selection_equals_a_full_sort(keys in proptest::collection::vec(-4_i128..4, 0..60), limit in 0_u64..70) {
            let accepted = accept(&keys, |a, b| b.cmp(&a), limit);
            let mut order: Vec<usize> = (0..keys.len()).collect();
            order.sort_by(|a, b| keys[*b].cmp(&keys[*a]).then(b.cmp(a)));
            let count = usize::try_from(limit).unwrap().min(keys.len());
            let mut expected = vec![false; keys.len()];
            order[..count].iter().for_each(|index| expected[*index] = true);
            prop_assert_eq!(accepted, expected);
        }
    }
}
