//! Whether anybody still waits for what this thread computes. What searches for long looks now and then, and ends early where nobody does: what it
//! returns then is never read.

use std::cell::RefCell;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

thread_local! {
    static FLAG: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
}

/// Runs something that is stopped once the flag is set.
pub fn scoped<T>(flag: &Arc<AtomicBool>, work: impl FnOnce() -> T) -> T {
    let _before = Before(FLAG.replace(Some(Arc::clone(flag))));
    work()
}

/// Whether what this thread does is stopped.
#[must_use]
pub fn is_stopped() -> bool {
    FLAG.with_borrow(|flag| flag.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)))
}

/// Two computations at once, on this thread and another, which stop together.
pub fn side_by_side<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    let flag = FLAG.with_borrow(Clone::clone);
    thread::scope(|scope| {
        let one = scope.spawn(move || match &flag {
            Some(flag) => scoped(flag, one),
            None => one(),
        });
        let other = other();
        (one.join().unwrap_or_else(|panic| resume_unwind(panic)), other)
    })
}

/// A computation for each of a few things, all at once; they stop together.
pub fn each_at_once<T: Sync, R: Send>(things: &[T], work: &(impl Fn(&T) -> R + Sync)) -> Vec<R> {
    let Some((last, others)) = things.split_last() else { return vec![] };
    let (mut results, result) = match others {
        [] => (vec![], work(last)),
        others => side_by_side(|| each_at_once(others, work), || work(last)),
    };
    results.push(result);
    results
}

/// Puts the flag back that there was, after a panic too.
struct Before(Option<Arc<AtomicBool>>);

impl Drop for Before {
    fn drop(&mut self) {
        FLAG.set(self.0.take());
    }
}

/// Sets its flag when it is dropped.
#[derive(Debug, Default)]
pub struct StopOnDrop(pub Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_counts_inside_its_scope_only() {
        let (outer, inner) = (StopOnDrop::default(), StopOnDrop::default());
        let (outer_flag, inner_flag) = (Arc::clone(&outer.0), Arc::clone(&inner.0));
        scoped(&outer_flag, || {
            scoped(&inner_flag, || {
                assert!(!is_stopped());
                drop(inner);
                assert!(is_stopped());
            });
            assert!(!is_stopped());
            drop(outer);
            assert!(is_stopped());
        });
        assert!(!is_stopped());
    }

    #[test]
    fn two_at_once_stop_together() {
        let stop = StopOnDrop::default();
        let flag = Arc::clone(&stop.0);
        drop(stop);
        assert_eq!(scoped(&flag, || side_by_side(is_stopped, is_stopped)), (true, true));
        assert_eq!(side_by_side(is_stopped, is_stopped), (false, false));
        assert_eq!(scoped(&flag, || each_at_once(&[1, 2, 3], &|n| (*n, is_stopped()))), [(1, true), (2, true), (3, true)]);
        assert_eq!(each_at_once(&[], &|n: &i32| *n), Vec::<i32>::new());
    }
}
