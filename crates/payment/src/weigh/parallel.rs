//! The same function over many items on a few threads: results stand in item order, whatever the number of threads.

use std::num::NonZeroUsize;
use std::thread;

/// `work` on every number below `count`; the results in order, or the refusal of the smallest number that has one.
pub(super) fn map<T, E, F>(threads: NonZeroUsize, count: usize, work: F) -> Result<Vec<T>, E>
where
    T: Send,
    E: Send,
    F: Fn(usize) -> Result<T, E> + Sync,
{
    if threads.get() == 1 || count < 2 {
        return (0..count).map(work).collect();
    }
    let size = count.div_ceil(threads.get());
    let work = &work;
    let parts = thread::scope(|scope| {
        let workers: Vec<_> = (0..count)
            .step_by(size)
            .map(|start| {
                let end = start.saturating_add(size).min(count);
                scope.spawn(move || (start..end).map(work).collect::<Result<Vec<T>, E>>())
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)))
            .collect::<Result<Vec<Vec<T>>, E>>()
    })?;
    Ok(parts.into_iter().flatten().collect())
}

/// Sorts each of the cells that lie end to end in `values`; `ends` are their ends.
pub(super) fn sort_cells(threads: NonZeroUsize, values: &mut [i64], ends: &[usize]) {
    let share = values.len().div_ceil(threads.get()).max(1);
    thread::scope(|scope| {
        let (mut rest, mut begin) = (values, 0);
        let (mut lengths, mut held) = (Vec::new(), 0);
        for (place, &end) in ends.iter().enumerate() {
            lengths.push(end - begin);
            held += end - begin;
            begin = end;
            if held >= share || place + 1 == ends.len() {
                let (part, later) = rest.split_at_mut(held);
                rest = later;
                let lengths = std::mem::take(&mut lengths);
                held = 0;
                if threads.get() == 1 {
                    sort_part(part, &lengths);
                } else {
                    scope.spawn(move || sort_part(part, &lengths));
                }
            }
        }
    });
}

fn sort_part(part: &mut [i64], lengths: &[usize]) {
    let mut rest = part;
    for &length in lengths {
        let (cell, later) = rest.split_at_mut(length);
        cell.sort_unstable();
        rest = later;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_first_refusal_do_not_depend_on_threads() {
        for threads in [1, 2, 3, 7, 100] {
            let threads = NonZeroUsize::new(threads).unwrap();
            let doubled: Result<Vec<usize>, ()> = map(threads, 10, |item| Ok(item * 2));
            assert_eq!(doubled.unwrap(), [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
            let refused: Result<Vec<usize>, usize> =
                map(threads, 10, |item| if item % 4 == 3 { Err(item) } else { Ok(item) });
            assert_eq!(refused, Err(3));
            let mut values = [3, 1, 2, 9, 8, 5, 4];
            sort_cells(threads, &mut values, &[3, 3, 5, 7]);
            assert_eq!(values, [1, 2, 3, 8, 9, 4, 5]);
        }
    }
}
