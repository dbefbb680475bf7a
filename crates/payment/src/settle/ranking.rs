//! Ranked quotas (spec §1.8, §1.14): who gets a place, and which place in the ranking.

use std::cmp::Ordering;

/// The place of every key in the ranking, from 1: by descending key, ties by `tie`. Those up to the limit are accepted.
pub fn places(keys: &[i128], tie: impl Fn(usize, usize) -> Ordering) -> Vec<u64> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_unstable_by(|a, b| keys.get(*b).cmp(&keys.get(*a)).then_with(|| tie(*a, *b)).then(a.cmp(b)));
    let mut places = vec![0; keys.len()];
    for (place, index) in (1_u64..).zip(order) {
        if let Some(slot) = places.get_mut(index) {
            *slot = place;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use yibao_kernel::quota;

    #[test]
    fn the_ranking_agrees_with_the_quota_of_the_kernel() {
        let keys = [5, 9, 5, 1, 9];
        let backwards = |a: usize, b: usize| b.cmp(&a);
        let places = places(&keys, backwards);
        assert_eq!(places, [4, 2, 3, 5, 1]);
        for limit in 0..=5 {
            let accepted: Vec<bool> = places.iter().map(|place| *place <= limit).collect();
            assert_eq!(accepted, quota::accept(&keys, backwards, limit));
        }
    }
}
