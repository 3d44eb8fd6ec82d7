//! What the protocol needs from a database: sessions that parse, prepare and execute statements, and answer with Arrow batches.

use std::borrow::Cow;
use std::net::SocketAddr;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, SchemaRef};
use async_trait::async_trait;
use futures::stream::BoxStream;

/// An error, or a notice, as a client sees it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct SqlError {
    /// Ends the connection.
    pub fatal: bool,
    /// SQLSTATE, five characters; for a notice `00000`, for a warning `01…`.
    pub code: String,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    /// 1-based, in characters of the statement's text.
    pub position: Option<usize>,
}

impl SqlError {
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { fatal: false, code: code.into(), message: message.into(), detail: None, hint: None, position: None }
    }

    /// An error that ends the connection.
    pub fn fatal(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { fatal: true, ..Self::new(code, message) }
    }
}

/// Who connects, from the start-up message.
#[derive(Clone, Debug)]
pub struct ClientInfo {
    /// The number that `pg_backend_pid()` returns and that a cancel request names.
    pub process_id: i32,
    pub user: String,
    /// The user's name where the client names no database.
    pub database: String,
    /// Everything else: `application_name`, `client_encoding`, `options`, …
    pub parameters: Vec<(String, String)>,
    pub address: SocketAddr,
}

/// A database that clients connect to.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    type Session: Session;

    /// Opens a session.
    ///
    /// # Errors
    /// A refusal, for example of an unknown database (3D000); it is sent as FATAL and ends the connection.
    async fn connect(&self, client: ClientInfo) -> Result<Self::Session, SqlError>;
}

/// One connection's state. Calls never overlap; a future that is dropped half-way (cancel, vanished client) must leave the session usable.
#[async_trait]
pub trait Session: Send + 'static {
    /// One parsed statement.
    type Statement: Clone + Send + Sync + 'static;
    /// A prepared (planned) statement.
    type Plan: Send + Sync + 'static;

    /// Splits a text into its statements; a text without any gives an empty list.
    fn parse(&mut self, sql: &str) -> Result<Vec<Self::Statement>, SqlError>;

    /// Plans a statement. `parameter_types` are the type oids given by the client, 0 where it leaves the type open; there may be fewer
    /// of them than the statement has parameters.
    async fn prepare(&mut self, statement: &Self::Statement, parameter_types: &[u32]) -> Result<Prepared<Self::Plan>, SqlError>;

    /// Starts a plan. Each parameter is an array of one row, of the type that `Prepared::parameters` says.
    /// Dropping the returned stream stops the plan.
    async fn execute(&mut self, plan: &Self::Plan, parameters: Vec<ArrayRef>) -> Result<Outcome, SqlError>;

    /// For ReadyForQuery.
    fn transaction_status(&self) -> TransactionStatus;

    /// Called after every error that the client is told of, so that a transaction block becomes a failed one.
    fn statement_failed(&mut self);

    /// What to send as NoticeResponse before the statement completes.
    fn take_notices(&mut self) -> Vec<SqlError>;

    /// What to send as ParameterStatus: all reported settings after `connect`, later those that a statement changed.
    fn take_parameter_changes(&mut self) -> Vec<(String, String)>;

    /// Prepared statements that the last statement removed (`DEALLOCATE`, `DISCARD ALL`): those of the protocol have the same names.
    fn take_deallocated(&mut self) -> Deallocated {
        Deallocated::Nothing
    }
}

/// Which prepared statements are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deallocated {
    Nothing,
    Named(Vec<String>),
    All,
}

/// A planned statement and what the client is told about it.
#[derive(Debug)]
pub struct Prepared<P> {
    pub plan: P,
    pub parameters: Vec<PgParameter>,
    /// `None` for a statement without a result set.
    pub columns: Option<SchemaRef>,
}

/// The type of one parameter: as the client sends it, and as the plan takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PgParameter {
    pub oid: u32,
    pub data_type: DataType,
}

/// What a statement gives.
pub enum Outcome {
    Rows {
        schema: SchemaRef,
        batches: BoxStream<'static, Result<RecordBatch, SqlError>>,
        tag: RowsTag,
    },
    Command {
        tag: String,
    },
    /// A statement without any content.
    Empty,
}

/// The command tag after rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowsTag {
    /// Followed by the number of rows: `SELECT 5`, `FETCH 5`.
    Counted(Cow<'static, str>),
    /// As it stands: `SHOW`, `EXPLAIN`.
    Fixed(Cow<'static, str>),
}

impl RowsTag {
    pub const SELECT: Self = Self::Counted(Cow::Borrowed("SELECT"));

    pub(crate) fn text(&self, rows: u64) -> String {
        match self {
            Self::Counted(word) => format!("{word} {rows}"),
            Self::Fixed(text) => text.clone().into_owned(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionStatus {
    Idle,
    InTransaction,
    Failed,
}
