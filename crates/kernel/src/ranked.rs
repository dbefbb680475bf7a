//! The first few of a ranking, without sorting all of it.

use std::cmp::Ordering;

/// Marks the `count` largest keys; equal keys at the edge are taken in the order of `rank`, and in
/// index order where `rank` says equal. Calls `mark` once per chosen index, in no particular order.
///
/// Expected time linear in the number of keys: the edge key is found by selection, and only the
/// keys equal to it are ever ranked.
pub(crate) fn mark_largest<K: Ord + Copy>(
    keys: &[K],
    count: usize,
    rank: impl Fn(usize, usize) -> Ordering,
    mut mark: impl FnMut(usize),
) {
    if count == 0 {
        return;
    }
    if count >= keys.len() {
        (0..keys.len()).for_each(mark);
        return;
    }
    let mut ordered = keys.to_vec();
    let (_, edge, _) = ordered.select_nth_unstable_by(count - 1, |a, b| b.cmp(a));
    let edge = *edge;
    drop(ordered);
    let mut left = count;
    let mut ties = Vec::new();
    for (index, key) in keys.iter().enumerate() {
        match key.cmp(&edge) {
            Ordering::Greater => {
                mark(index);
                left -= 1;
            }
            Ordering::Equal => ties.push(index),
            Ordering::Less => {}
        }
    }
    assert!((1..=ties.len()).contains(&left), "the edge key is the last one taken");
    let by_rank = |a: &usize, b: &usize| rank(*a, *b).then(a.cmp(b));
    let (before, last, _) = ties.select_nth_unstable_by(left - 1, by_rank);
    before.iter().for_each(|index| mark(*index));
    mark(*last);
}
