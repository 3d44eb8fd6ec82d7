//! Connections that have not logged in yet. Anybody can open them, so there is a bound, and one more ends the oldest: whoever opens
//! thousands and says nothing pushes out his own, while a client that logs in at once is through before its turn comes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

#[derive(Debug)]
pub(crate) struct Starting {
    max: usize,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    last: u64,
    /// The oldest first.
    by_number: BTreeMap<u64, CancellationToken>,
}

impl Starting {
    pub(crate) fn new(max: usize) -> Arc<Self> {
        Arc::new(Self { max: max.max(1), waiting: Mutex::default() })
    }

    /// Admits one more, in place of the oldest if there are too many.
    pub(crate) fn admit(self: &Arc<Self>) -> Entrant {
        if self.lock().by_number.len() >= self.max {
            self.end_oldest(1);
        }
        let mut waiting = self.lock();
        waiting.last += 1;
        let (number, ended) = (waiting.last, CancellationToken::new());
        waiting.by_number.insert(number, ended.clone());
        Entrant { starting: Arc::clone(self), number, ended }
    }

    /// Ends some, the oldest first.
    pub(crate) fn end_oldest(&self, count: usize) {
        let mut waiting = self.lock();
        for _ in 0..count {
            let Some((_, oldest)) = waiting.by_number.pop_first() else { return };
            oldest.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing below the lock can panic half-way.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one connection, until this is dropped.
#[derive(Debug)]
pub(crate) struct Entrant {
    starting: Arc<Starting>,
    number: u64,
    /// Cancelled when another one takes the place.
    pub(crate) ended: CancellationToken,
}

impl Drop for Entrant {
    fn drop(&mut self) {
        self.starting.lock().by_number.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_room() {
        let starting = Starting::new(2);
        let (first, second) = (starting.admit(), starting.admit());
        drop(second);
        let third = starting.admit();
        assert!(!first.ended.is_cancelled());
        let fourth = starting.admit();
        assert!(first.ended.is_cancelled() && !third.ended.is_cancelled() && !fourth.ended.is_cancelled());
        starting.end_oldest(10);
        assert!(third.ended.is_cancelled() && fourth.ended.is_cancelled());
        assert!(starting.lock().by_number.is_empty());
    }
}
