//! What the system functions need to know of the connection that calls them.

use std::fmt::Debug;
use std::net::SocketAddr;

use datafusion::error::Result;

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
    /// The name that the client has given; `current_user` and `session_user`.
    fn user(&self) -> String;

    /// The number that the client needs to cancel.
    fn process_id(&self) -> i32;

    /// Schemas in the order in which an unqualified name is looked for, as set by the client; `pg_catalog` is added where PostgreSQL adds it.
    fn search_path(&self) -> Vec<String>;

    /// All settings, those of PostgreSQL that clients ask for included.
    fn settings(&self) -> Vec<Setting>;

    /// One setting, by its name in any case.
    fn setting(&self, name: &str) -> Option<String>;

    /// `set_config`: sets and returns the new value; `local` ends with the transaction.
    fn set(&self, name: &str, value: &str, local: bool) -> Result<String>;

    /// When the server started, in microseconds since 1970.
    fn server_started_at(&self) -> i64;

    fn client_address(&self) -> Option<SocketAddr>;

    fn server_address(&self) -> Option<SocketAddr>;
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
