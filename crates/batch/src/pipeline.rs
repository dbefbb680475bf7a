//! A parallel map over blocks whose results leave in the order the blocks came, with bounded memory.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many results a worker may be ahead of the one that leaves next.
const AHEAD_MAX: u64 = 16;

struct Feed<F> {
    source: F,
    next: u64,
    done: bool,
}

struct Exit<T> {
    next: u64,
    waiting: BTreeMap<u64, T>,
    /// Whether a worker stands at the sink.
    draining: bool,
}

/// Runs `work` over everything `source` gives, on `threads` threads, and hands the results to `sink` in source order.
///
/// `source` and `sink` are called under a lock each, one caller at a time; `work` has a state of its own per thread.
/// With one thread nothing is spawned. Returns the states.
///
/// # Errors
/// The first error in source order among those met before everything stopped.
pub fn in_order<B, T, S, E>(
    threads: usize,
    source: impl FnMut() -> Result<Option<B>, E> + Send,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, B) -> Result<T, E> + Sync,
    sink: impl FnMut(T) -> Result<(), E> + Send,
) -> Result<Vec<S>, E>
where
    T: Send,
    S: Send,
    E: Send,
{
    if threads <= 1 {
        return one_thread(source, state(), work, sink);
    }
    let feed = Mutex::new(Feed { source, next: 0, done: false });
    let exit = Mutex::new(Exit { next: 0, waiting: BTreeMap::new(), draining: false });
    let sink = Mutex::new(sink);
    let turn = Condvar::new();
    let stop = AtomicBool::new(false);
    let failure: Mutex<Option<(u64, E)>> = Mutex::new(None);
    let fail = |at: u64, error: E| {
        let mut failure = lock(&failure);
        if failure.as_ref().is_none_or(|(earlier, _)| at < *earlier) {
            *failure = Some((at, error));
        }
        stop.store(true, Ordering::SeqCst);
        drop(lock(&exit));
        turn.notify_all();
    };
    let run = || {
        let mut state = state();
        while !stop.load(Ordering::SeqCst) {
            let (at, block) = match take(&feed) {
                Ok(Some(taken)) => taken,
                Ok(None) => break,
                Err((at, error)) => {
                    fail(at, error);
                    break;
                }
            };
            let leaving = work(&mut state, block).and_then(|result| leave(&exit, &sink, &turn, &stop, at, result));
            if let Err(error) = leaving {
                fail(at, error);
                break;
            }
        }
        state
    };
    let states = std::thread::scope(|scope| {
        let workers: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
        let mut states = vec![run()];
        for worker in workers {
            match worker.join() {
                Ok(state) => states.push(state),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        states
    });
    match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some((_, error)) => Err(error),
        None => Ok(states),
    }
}

fn one_thread<B, T, S, E>(
    mut source: impl FnMut() -> Result<Option<B>, E>,
    mut state: S,
    work: impl Fn(&mut S, B) -> Result<T, E>,
    mut sink: impl FnMut(T) -> Result<(), E>,
) -> Result<Vec<S>, E> {
    while let Some(block) = source()? {
        let result = work(&mut state, block)?;
        sink(result)?;
    }
    Ok(vec![state])
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Taken<B, E> = Result<Option<(u64, B)>, (u64, E)>;

fn take<B, E, F: FnMut() -> Result<Option<B>, E>>(feed: &Mutex<Feed<F>>) -> Taken<B, E> {
    let mut feed = lock(feed);
    if feed.done {
        return Ok(None);
    }
    let at = feed.next;
    match (feed.source)() {
        Ok(Some(block)) => {
            feed.next += 1;
            Ok(Some((at, block)))
        }
        Ok(None) => {
            feed.done = true;
            Ok(None)
        }
        Err(error) => {
            feed.done = true;
            Err((at, error))
        }
    }
}

/// Hands a result over. Whoever finds nobody at the sink stands there until no result is due; the others go on working.
fn leave<T, E, K: FnMut(T) -> Result<(), E>>(
    exit: &Mutex<Exit<T>>,
    sink: &Mutex<K>,
    turn: &Condvar,
    stop: &AtomicBool,
    at: u64,
    result: T,
) -> Result<(), E> {
    let mut state = lock(exit);
    while at > state.next + AHEAD_MAX && !stop.load(Ordering::SeqCst) {
        state = turn.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    state.waiting.insert(at, result);
    if state.draining {
        return Ok(());
    }
    // after a failure of the sink nobody stands there again: what follows must not leave
    state.draining = true;
    loop {
        let next = state.next;
        let Some(result) = state.waiting.remove(&next) else { break };
        drop(state);
        let mut open = lock(sink);
        (*open)(result)?;
        drop(open);
        state = lock(exit);
        state.next += 1;
        turn.notify_all();
    }
    state.draining = false;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(threads: usize) -> Vec<u64> {
        let mut next = 0;
        let mut out = Vec::new();
        let source = || {
            next += 1;
            Ok::<_, String>((next <= 500).then_some(next))
        };
        let work = |_: &mut (), number: u64| {
            if number.is_multiple_of(7) {
                std::thread::yield_now();
            }
            Ok(number * number)
        };
        in_order(
            threads,
            source,
            || (),
            work,
            |square| {
                out.push(square);
                Ok(())
            },
        )
        .unwrap();
        out
    }

    #[test]
    fn results_leave_in_the_order_of_the_blocks_at_any_thread_count() {
        let expected: Vec<u64> = (1..=500).map(|number| number * number).collect();
        for threads in [1, 2, 5] {
            assert_eq!(squares(threads), expected);
        }
    }

    #[test]
    fn an_error_stops_everything() {
        for threads in [1, 3] {
            let mut next = 0_u64;
            let source = || {
                next += 1;
                Ok(Some(next))
            };
            let work = |_: &mut (), number| if number == 40 { Err("block 40") } else { Ok(number) };
            assert_eq!(in_order(threads, source, || (), work, |_| Ok(())).map(|states| states.len()), Err("block 40"));
        }
    }
}
