//! When statements and silences end: their timeouts, and who is told of a statement's end.

use std::time::Duration;

use tokio::time::Instant;

use super::extended::Portal;
use super::{Connection, Running};
use crate::backend::{Session, SqlError, StatementEnd, TransactionStatus};
use crate::channel::{Failure, Stop};

impl<S: Session> Connection<S> {
    /// Until when the client may be silent, and what it is told then.
    pub(super) fn patience(&self) -> (Option<Instant>, SqlError) {
        let timeouts = self.session.timeouts();
        let (limit, code, what) = match self.session.transaction_status() {
            TransactionStatus::Idle => (timeouts.idle, "57P05", "idle-session"),
            _ => (timeouts.idle_in_transaction, "25P03", "idle-in-transaction"),
        };
        let error = SqlError::fatal(code, format!("terminating connection due to {what} timeout"));
        (self.silent_since.zip(limit).and_then(|(since, limit)| since.checked_add(limit)), error)
    }

    /// A statement of a simple query, which has its time from now on.
    pub(super) fn begin_statement(&self) -> Running {
        self.running(after(self.session.timeouts().statement))
    }

    /// A message of an extended query: the time of all its messages, up to the end of Execute, is that of one statement.
    pub(super) fn begin_message(&mut self) -> Running {
        if self.deadline.is_none() {
            self.deadline = after(self.session.timeouts().statement);
        }
        self.running(self.deadline)
    }

    fn running(&self, deadline: Option<Instant>) -> Running {
        let registered = self.key.begin_statement();
        let statement = registered.token.clone();
        let (session, server) = (self.key.terminate.clone(), self.shutdown.forced.clone());
        let held = std::sync::Arc::clone(&self.key.held);
        Running { stop: Stop { statement, session, server, deadline, held }, _registered: registered }
    }

    /// The number of a statement that begins.
    pub(super) fn start_statement(&mut self) -> u64 {
        self.last_number += 1;
        self.session.statement_starts(self.last_number);
        self.last_number
    }

    pub(super) fn end_statement(&mut self, number: u64, rows: u64, failure: Option<&Failure>) {
        let code = failure.map(|failure| match failure {
            Failure::Sql(error) => error.code.as_str(),
            Failure::Gone => "08006",
        });
        self.session.statement_ended(StatementEnd { number, rows, code });
    }

    /// Drops portals; the statements of those that were running are over.
    pub(super) fn close_portals(&mut self, closes: impl Fn(&str, &Portal<S>) -> bool) {
        let Self { portals, session, .. } = self;
        portals.retain(|name, portal| {
            let close = closes(name, portal);
            if close && let Some((number, rows)) = portal.running() {
                session.statement_ended(StatementEnd { number, rows, code: None });
            }
            !close
        });
    }
}

fn after(limit: Option<Duration>) -> Option<Instant> {
    limit.and_then(|limit| Instant::now().checked_add(limit))
}
