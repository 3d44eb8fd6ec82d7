//! Limits of the server, each with its unit.

use std::time::Duration;

use crate::auth::LockoutPolicy;

/// What one server and one connection may use.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Sessions at one time; one more is refused with FATAL 53300. Cancel requests need none.
    pub connections_max: usize,
    /// Connections that have not logged in yet; one more ends the oldest of them.
    pub starting_max: usize,
    /// From accepting a connection to the end of its login, encryption included.
    pub startup_timeout: Duration,
    /// Longest message of a client, in bytes; a longer one ends the connection before anything is allocated for it.
    pub message_bytes_max: usize,
    /// Prepared statements of one session, and portals of one session.
    pub statements_max: usize,
    /// How long running statements may go on after the signal to stop.
    pub grace: Duration,
    /// When logins are refused because too many before were wrong.
    pub lockout: LockoutPolicy,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 1_000,
            starting_max: 1_024,
            startup_timeout: Duration::from_secs(10),
            message_bytes_max: 64 << 20,
            statements_max: 10_000,
            grace: Duration::from_secs(10),
            lockout: LockoutPolicy::default(),
        }
    }
}
