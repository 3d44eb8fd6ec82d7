//! One client's session: its settings, its transaction, and its temporary tables.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::execution::context::SessionState;
use datafusion::execution::{FunctionRegistry, SessionStateBuilder};
use datafusion_functions_customer::notice::Notices;

use super::Shared;
use super::activity::Registered;
use super::audit::Named;
use super::cursor::Cursors;
use super::execution::Execution;
use super::identity::Identity;
use super::outcome::Deallocated;
use super::postgres::{self, Facts};
use super::prepared::PreparedStatements;
use super::settings::Settings;
use super::statement::{Statement, parse};
use super::temporary::Temporary;
use super::transaction::Transaction;
use crate::catalog::pg::PgCatalog;
use crate::catalog::{Changes, View};
use crate::error::{Error, Result, SqlState};

pub struct Session {
    pub(super) shared: Arc<Shared>,
    pub(super) state: SessionState,
    pub(super) settings: Settings,
    /// PostgreSQL's catalogs, and what they know of this session.
    pub(super) facts: Arc<Facts>,
    pub(super) catalogs: Arc<PgCatalog>,
    pub(super) temporary: HashMap<String, Arc<Temporary>>,
    pub(super) temporary_views: HashMap<String, Arc<TemporaryView>>,
    /// What the open transaction has changed of the catalog.
    pub(super) changes: Arc<Changes>,
    pub(super) transaction: Option<Transaction>,
    pub(super) prepared: PreparedStatements,
    pub(super) cursors: Cursors,
    /// The number of the statement at work, and what has begun and not ended.
    pub(super) statement: u64,
    /// Statements other than queries, and changes of settings, so far.
    pub(super) alterations: u64,
    pub(super) executions: HashMap<u64, Execution>,
    pub(super) registered: Option<Registered>,
    pub(super) identity: Identity,
    /// The tables that the statement at hand names, for the audit log.
    pub(super) named: Named,
    /// The session's part of the memory, if its role has one, in bytes.
    pub(super) memory_limit: Option<usize>,
    pub(super) changed: Vec<String>,
    notices: Vec<Error>,
    /// What functions say while they run.
    said: Notices,
    pub(super) deallocated: Vec<Deallocated>,
    process_id: i32,
}

/// A temporary view, and the columns that it had when it was made.
pub(super) struct TemporaryView {
    pub view: Arc<View>,
    pub schema: SchemaRef,
}

impl Session {
    pub(super) fn new(shared: Arc<Shared>, identity: Identity) -> Self {
        let mut state = SessionStateBuilder::new_from_existing(shared.template.clone()).build();
        let settings = Settings::new(identity.user());
        let said = Notices::default();
        // A state that takes no function does not exist: registering replaces what has the name.
        if let Err(error) = datafusion_functions_customer::report_to(&mut state, &said) {
            tracing::error!(%error, "functions cannot report to the session");
        }
        if let Err(error) = state.register_udf(Arc::new(super::sleep::function())) {
            tracing::error!(%error, "pg_sleep cannot be registered");
        }
        let (facts, catalogs) = postgres::catalogs(&shared, &settings, &identity, &mut state);
        let mut session = Self {
            shared,
            state,
            settings,
            facts,
            catalogs,
            temporary: HashMap::new(),
            temporary_views: HashMap::new(),
            changes: Arc::default(),
            transaction: None,
            prepared: PreparedStatements::default(),
            cursors: Cursors::new(),
            statement: 0,
            alterations: 0,
            executions: HashMap::new(),
            registered: None,
            identity,
            named: Named::default(),
            memory_limit: None,
            changed: vec![],
            notices: vec![],
            said,
            deallocated: vec![],
            process_id: 0,
        };
        session.follow_role();
        session
    }

    /// The number by which clients know this session; 0 without a client.
    pub fn set_process_id(&mut self, process_id: i32) {
        self.process_id = process_id;
    }

    pub fn process_id(&self) -> i32 {
        self.process_id
    }

    pub fn parse(&self, text: &str) -> Result<Vec<Statement>> {
        parse(text, self.shared.config.engine.statement_bytes_max)
    }

    pub(super) fn notice(&mut self, state: &'static str, message: &str) {
        self.notices.push(Error::new(SqlState(state), message));
    }

    pub(super) fn notice_with_detail(&mut self, message: &str, detail: String) {
        self.notices.push(Error::new(SqlState("00000"), message).detail(detail));
    }

    pub fn take_notices(&mut self) -> Vec<Error> {
        let said = self.said.take().into_iter().map(|text| Error::new(SqlState("00000"), text));
        std::mem::take(&mut self.notices).into_iter().chain(said).collect()
    }

    /// Prepared statements that the client asked to forget since the last call.
    pub fn take_deallocated(&mut self) -> Vec<Deallocated> {
        std::mem::take(&mut self.deallocated)
    }

    /// Settings that changed since the last call and that clients want to know of.
    pub fn take_changes(&mut self) -> Vec<(String, String)> {
        let mut names = std::mem::take(&mut self.changed);
        names.sort_unstable();
        names.dedup();
        let reported = names.into_iter().filter(|name| super::settings::REPORTED.contains(&name.as_str()));
        reported.filter_map(|name| self.settings.get(&name).map(|v| v.to_string()).map(|value| (name, value))).collect()
    }
}
