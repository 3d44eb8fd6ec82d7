//! Statements from beginning to end. This is the one place that learns of both, and everything that is kept of a statement comes from
//! here: its figures, its line of the audit log, and the numbers of the server.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use datafusion::arrow::array::RecordBatch;
use futures::StreamExt;
use futures::stream::BoxStream;

use super::Shared;
use super::audit::{self, Entry};
use super::identity::current_user;
use super::outcome::Outcome;
use super::session::Session;
use super::statement::{Statement, StatementClass};
use crate::error::Result;
use crate::syntax;

/// SQLSTATE of a statement whose rows nobody read to the end.
const UNREAD: &str = "57014";

/// A statement of a session that has begun and not ended.
pub(super) struct Execution {
    shared: Arc<Shared>,
    /// The text that it came with, literals included.
    text: Arc<str>,
    class: StatementClass,
    audited_as: &'static str,
    user: String,
    role: String,
    from: Option<SocketAddr>,
    /// The tables that it names.
    tables: BTreeSet<String>,
    at: DateTime<Utc>,
    started: Instant,
    executed: bool,
}

/// A statement that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    pub class: StatementClass,
    pub duration: Duration,
}

impl Execution {
    fn end(self, rows: u64, code: Option<&str>) -> Ended {
        let duration = self.started.elapsed();
        if code.is_none() {
            self.shared.activity.record(&self.user, &self.text, rows, duration);
        }
        if let Some(log) = &self.shared.audit {
            log.send(Entry {
                at: audit::time(self.at),
                role: (self.role != self.user).then_some(self.role),
                user: self.user,
                from: self.from,
                class: self.audited_as,
                tables: self.tables,
                rows,
                milliseconds: duration.as_secs_f64() * 1e3,
                sqlstate: code.unwrap_or(audit::SUCCESS).to_string(),
                text: syntax::redacted(&self.text),
            });
        }
        Ended { class: self.class, duration }
    }
}

impl Session {
    /// A statement begins; what is prepared and executed up to the next call of this belongs to it.
    pub fn statement_starts(&mut self, number: u64) {
        // What was only prepared has no end.
        if self.executions.get(&self.statement).is_some_and(|execution| !execution.executed) {
            self.executions.remove(&self.statement);
        }
        self.statement = number;
    }

    /// It is known what the statement is: it is being prepared, or executed.
    pub(super) fn works_on(&mut self, statement: &Statement, executed: bool) {
        let Self { executions, settings, identity, shared, .. } = self;
        let user = settings.get("session_authorization").unwrap_or_default();
        let execution = executions.entry(self.statement).or_insert_with(|| Execution {
            shared: Arc::clone(shared),
            text: Arc::clone(&statement.text),
            class: statement.class(),
            audited_as: audit::class(&statement.request),
            user: user.to_string(),
            role: current_user(settings).to_string(),
            from: identity.from(),
            tables: BTreeSet::new(),
            at: Utc::now(),
            started: Instant::now(),
            executed,
        });
        execution.executed |= executed;
        self.shows_work(&statement.text);
    }

    /// The tables that have been named are those of the statement.
    pub(super) fn keep_named(&mut self) {
        let named = self.named.take();
        if let Some(execution) = self.executions.get_mut(&self.statement) {
            execution.tables.extend(named);
        }
    }

    /// A statement is over: its last row was sent, it failed, was cancelled, or its client gave it up. Called once for each statement
    /// that was executed or that could not be prepared, with the rows sent to the client or taken from it, and the SQLSTATE of the error
    /// that ended it.
    pub fn statement_ended(&mut self, number: u64, rows: u64, code: Option<&str>) -> Option<Ended> {
        // A setting that fails here was refused when it was set.
        let _ = self.take_over_settings();
        self.executions.remove(&number).map(|execution| execution.end(rows, code))
    }

    /// Ends the statement at work, without a wire that would: now, or with its rows.
    pub(super) fn ended(&mut self, outcome: Result<Outcome>) -> Result<Outcome> {
        match outcome {
            Ok(Outcome::Rows { schema, batches, tag }) => {
                let execution = self.executions.remove(&self.statement);
                Ok(Outcome::Rows { schema, batches: until_end(batches, execution), tag })
            }
            outcome => {
                let code = outcome.as_ref().err().map(|error| error.sqlstate());
                self.statement_ended(self.statement, 0, code);
                outcome
            }
        }
    }
}

/// A statement that ends when its rows have been read, or when nobody waits for them any more.
struct Reading {
    execution: Option<Execution>,
    rows: u64,
    code: Option<&'static str>,
}

impl Reading {
    fn sees(&mut self, next: Option<&Result<RecordBatch>>) {
        match next {
            Some(Ok(batch)) => self.rows += batch.num_rows() as u64,
            Some(Err(error)) => self.code = Some(error.sqlstate()),
            None if self.code == Some(UNREAD) => self.code = None,
            None => {}
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let Some(execution) = self.execution.take() {
            execution.end(self.rows, self.code);
        }
    }
}

fn until_end(
    batches: BoxStream<'static, Result<RecordBatch>>,
    execution: Option<Execution>,
) -> BoxStream<'static, Result<RecordBatch>> {
    let mut reading = Reading { execution, rows: 0, code: Some(UNREAD) };
    let end = futures::stream::once(async { None });
    let batches = batches.map(Some).chain(end);
    let read = batches.filter_map(move |next| {
        reading.sees(next.as_ref());
        std::future::ready(next)
    });
    read.boxed()
}
