//! What the system functions need to know of the connection that calls them.

use std::fmt::Debug;
use std::net::SocketAddr;
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;

use crate::access::rights::Rights;

/// A setting as `pg_settings` shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    pub name: String,
    pub value: String,
    pub description: String,
    /// `ms`, `8kB`, … or None.
    pub unit: Option<String>,
}

/// One connection. The engine's session implements it; every connection registers its own functions.
pub trait PgSession: Debug + Send + Sync {
    /// `current_user`: whose rights count.
    fn user(&self) -> String;

    /// `session_user`: who has logged in.
    fn session_user(&self) -> String;

    /// What the current user may do, as of now.
    fn rights(&self) -> Arc<Rights>;

    /// The number that the client needs to cancel.
    fn process_id(&self) -> i32;

    /// Schemas in the order in which an unqualified name is looked for, as set by the client; `pg_catalog` is added where PostgreSQL adds it.
    fn search_path(&self) -> Vec<String>;

    /// All settings, those of PostgreSQL that clients ask for included.
    fn settings(&self) -> Vec<Setting>;

    /// One setting, by its name in any case.
    fn setting(&self, name: &str) -> Option<String>;

    /// A setting that was asked for is not there.
    fn lacks_setting(&self, _name: &str) {}

    /// `set_config`: sets and returns the new value; `local` ends with the transaction.
    fn set(&self, name: &str, value: &str, local: bool) -> Result<String>;

    /// When the server started, in microseconds since 1970.
    fn server_started_at(&self) -> i64;

    fn client_address(&self) -> Option<SocketAddr>;

    fn server_address(&self) -> Option<SocketAddr>;

    /// All sessions of the server that have a client, as far as this one may see them.
    fn backends(&self) -> Vec<ServerProcess> {
        Vec::new()
    }

    /// Stops what another session does; `false` if there is no such session.
    fn signal(&self, _process_id: i32, _signal: Signal) -> Result<bool> {
        Ok(false)
    }

    fn prepared_statements(&self) -> Vec<NamedStatement> {
        Vec::new()
    }

    fn cursors(&self) -> Vec<OpenCursor> {
        Vec::new()
    }
}

/// What `pg_cancel_backend` and `pg_terminate_backend` do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Cancel,
    Terminate,
}

/// A row of `pg_stat_activity`. Times are in microseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerProcess {
    pub process_id: i32,
    pub user: String,
    pub application_name: String,
    pub address: Option<SocketAddr>,
    pub started_at: Option<i64>,
    pub transaction_started_at: Option<i64>,
    pub query_started_at: Option<i64>,
    pub changed_at: Option<i64>,
    pub state: Option<&'static str>,
    pub query: String,
    /// Rows that the running statement has read from its tables so far.
    pub rows_read: Option<u64>,
    /// What it is at, as `wait_event`: `unify_profiles: comparing pairs, 3 of 9 done`.
    pub progress: Option<String>,
}

/// A row of `pg_prepared_statements`.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedStatement {
    pub name: String,
    pub statement: String,
    pub parameter_types: Vec<DataType>,
    /// Microseconds since 1970.
    pub prepared_at: i64,
}

/// A row of `pg_cursors`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCursor {
    pub name: String,
    pub statement: String,
    pub holdable: bool,
    pub scrollable: bool,
    pub binary: bool,
    /// Microseconds since 1970.
    pub created_at: i64,
}

/// The search path as PostgreSQL uses it: the system catalogs come first unless the client has put them elsewhere.
pub fn effective_search_path(session: &dyn PgSession) -> Vec<String> {
    let user = session.user();
    let mut path: Vec<String> =
        session.search_path().into_iter().map(|schema| if schema == "$user" { user.clone() } else { schema }).collect();
    if !path.iter().any(|schema| schema == "pg_catalog") {
        path.insert(0, "pg_catalog".to_owned());
    }
    path
}
