//! What all sessions do at the moment, how to stop them, and figures of what they have done.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use chrono::{DateTime, Utc};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_functions_customer::operator::progress;

use super::session::Session;
use super::transaction::TransactionStatus;
use crate::access::rights::Rights;
use crate::syntax::redacted;

/// No more of a statement's text is shown, in bytes; as `track_activity_query_size` of PostgreSQL.
const QUERY_BYTES_MAX: usize = 1_024;
/// Statements of which figures are kept; beyond it the one that ran least often goes.
const STATEMENTS_MAX: usize = 1_000;

/// Stops a session from outside.
pub trait Interrupt: Send + Sync {
    /// Stops the running statement.
    fn cancel(&self);
    /// Ends the session.
    fn terminate(&self);
    /// Has either wait until what it returns is dropped.
    fn hold(&self) -> Box<dyn Send>;
}

/// The client of a session.
pub struct Client {
    pub process_id: i32,
    pub address: Option<SocketAddr>,
    pub interrupt: Arc<dyn Interrupt>,
}

/// All sessions that have a client, and figures of the statements of all.
#[derive(Default)]
pub struct Activity {
    backends: Mutex<BTreeMap<i32, Arc<Backend>>>,
    statements: Mutex<HashMap<(String, String), Figures>>,
}

/// One session with a client.
pub struct Backend {
    pub client: Client,
    pub user: String,
    pub started_at: DateTime<Utc>,
    now: Mutex<Now>,
}

/// What a session does.
#[derive(Clone, Default)]
pub struct Now {
    pub application_name: String,
    /// The text of the running statement, or of the last one.
    pub query: String,
    /// As in `pg_stat_activity`; `None` before the first statement.
    pub state: Option<&'static str>,
    pub transaction_started_at: Option<DateTime<Utc>>,
    pub query_started_at: Option<DateTime<Utc>>,
    pub changed_at: Option<DateTime<Utc>>,
    plan: Option<Weak<dyn ExecutionPlan>>,
}

/// Figures of one statement of one user, without regard to its literals. Times are in milliseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    pub calls: u64,
    pub rows: u64,
    pub total: f64,
    pub least: f64,
    pub most: f64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Activity {
    pub fn backends(&self) -> Vec<Arc<Backend>> {
        lock(&self.backends).values().cloned().collect()
    }

    pub fn find(&self, process_id: i32) -> Option<Arc<Backend>> {
        lock(&self.backends).get(&process_id).cloned()
    }

    /// Figures by user and text.
    pub fn statements(&self) -> Vec<((String, String), Figures)> {
        let mut statements: Vec<_> = lock(&self.statements).iter().map(|(key, figures)| (key.clone(), figures.clone())).collect();
        statements.sort_by(|(a, _), (b, _)| a.cmp(b));
        statements
    }

    pub(super) fn record(&self, user: &str, text: &str, rows: u64, duration: Duration) {
        let milliseconds = duration.as_secs_f64() * 1_000.0;
        let mut statements = lock(&self.statements);
        let key = (user.to_string(), redacted(text));
        if statements.len() >= STATEMENTS_MAX && !statements.contains_key(&key) {
            let rarest = statements.iter().min_by_key(|(_, figures)| figures.calls).map(|(key, _)| key.clone());
            rarest.map(|key| statements.remove(&key));
        }
        let figures = statements.entry(key).or_default();
        figures.least = if figures.calls == 0 { milliseconds } else { figures.least.min(milliseconds) };
        figures.most = figures.most.max(milliseconds);
        figures.calls += 1;
        figures.rows += rows;
        figures.total += milliseconds;
    }
}

impl Backend {
    pub fn now(&self) -> Now {
        lock(&self.now).clone()
    }
}

impl Now {
    /// Rows that the running statement has read from its tables so far.
    pub fn rows_read(&self) -> Option<u64> {
        let plan = self.plan.as_ref()?.upgrade()?;
        Some(rows_of_leaves(&plan))
    }

    /// What the running statement is at, where that is known.
    pub fn progress(&self) -> Option<String> {
        progress(&self.plan.as_ref()?.upgrade()?)
    }
}

fn rows_of_leaves(plan: &Arc<dyn ExecutionPlan>) -> u64 {
    let children = plan.children();
    if children.is_empty() {
        let rows = plan.metrics().and_then(|metrics| metrics.output_rows()).unwrap_or(0);
        return rows as u64;
    }
    children.into_iter().map(rows_of_leaves).sum()
}

/// A session's place among all; it is given up when this is dropped.
pub(super) struct Registered {
    activity: Arc<Activity>,
    backend: Arc<Backend>,
}

impl Drop for Registered {
    fn drop(&mut self) {
        lock(&self.activity.backends).remove(&self.backend.client.process_id);
    }
}

/// Whether somebody with these rights may see, and stop, what that user does: his own, that of roles that he is a member of, and a
/// superuser everything.
pub(super) fn may_see(rights: &Rights, owner: &str) -> bool {
    rights.is_superuser() || rights.user() == owner || rights.is(owner)
}

impl Session {
    /// Says which client the session is of.
    pub fn attach(&mut self, client: Client) {
        self.set_process_id(client.process_id);
        let user = self.settings.get("session_authorization").unwrap_or_default().to_string();
        let process_id = client.process_id;
        let backend = Arc::new(Backend { client, user, started_at: Utc::now(), now: Mutex::default() });
        let activity = Arc::clone(&self.shared.activity);
        lock(&activity.backends).insert(process_id, Arc::clone(&backend));
        self.registered = Some(Registered { activity, backend });
    }

    pub(super) fn client_address(&self) -> Option<SocketAddr> {
        self.registered.as_ref().and_then(|registered| registered.backend.client.address)
    }

    /// Until the result is dropped the statement is not stopped.
    pub(super) fn hold_interrupts(&self) -> Option<Box<dyn Send>> {
        self.registered.as_ref().map(|registered| registered.backend.client.interrupt.hold())
    }

    fn shows(&self, change: impl FnOnce(&mut Now)) {
        let Some(registered) = &self.registered else { return };
        let mut now = lock(&registered.backend.now);
        now.changed_at = Some(Utc::now());
        change(&mut now);
    }

    /// The session works on a statement: what it shows of itself.
    pub(super) fn shows_work(&self, text: &str) {
        let (query, name) = (beginning(text), self.settings.get("application_name").unwrap_or_default().to_string());
        let begun = self.transaction.as_ref().map(super::transaction::Transaction::started_at);
        self.shows(|now| {
            let started = Utc::now();
            if now.state != Some("active") || now.query != query {
                now.query_started_at = Some(started);
            }
            now.state = Some("active");
            now.query = query;
            now.application_name = name;
            now.transaction_started_at = Some(begun.unwrap_or(started));
            now.plan = None;
        });
    }

    /// The plan of the running statement.
    pub(super) fn runs(&self, plan: &Arc<dyn ExecutionPlan>) {
        self.shows(|now| now.plan = Some(Arc::downgrade(plan)));
    }

    /// The session waits for its client.
    pub fn waits(&mut self) {
        let status = self.transaction_status();
        let begun = self.transaction.as_ref().map(super::transaction::Transaction::started_at);
        let name = self.settings.get("application_name").unwrap_or_default().to_string();
        self.shows(|now| {
            now.state = Some(match status {
                TransactionStatus::Idle => "idle",
                TransactionStatus::Open => "idle in transaction",
                TransactionStatus::Failed => "idle in transaction (aborted)",
            });
            now.transaction_started_at = begun;
            now.application_name = name;
            now.plan = None;
        });
    }
}

/// As much of a text as is shown.
fn beginning(text: &str) -> String {
    let mut end = text.len().min(QUERY_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_string()
}
