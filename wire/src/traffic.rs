//! What a server has done so far, counted for whoever wants to watch it.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that is added to from many threads.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The counters of one server.
#[derive(Debug, Default)]
pub struct Traffic {
    /// Sockets accepted.
    pub connections: Counter,
    /// Sessions begun.
    pub sessions_begun: Counter,
    /// Sessions ended.
    pub sessions_ended: Counter,
    /// Connections that ended before their session began, cancel requests left out.
    pub refused: Counter,
    /// Wrong passwords.
    pub logins_failed: Counter,
    /// Bytes sent to clients, before TLS.
    pub bytes_sent: Counter,
}
