//! What the protocol needs from a database: sessions that parse, prepare and execute statements, and answer with Arrow batches.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::time::Duration;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, SchemaRef};
use async_trait::async_trait;
use futures::stream::BoxStream;

use crate::auth::Verifier;
use crate::cancel::Interrupt;
use crate::copy::CopyFormat;
use crate::encode::Format;

/// An error, or a notice, as a client sees it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct SqlError {
    /// Ends the connection.
    pub fatal: bool,
    /// SQLSTATE, five characters; for a notice `00000`, for a warning `01…` or `25…`.
    pub code: String,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    /// 1-based, in characters of the statement's text.
    pub position: Option<usize>,
    /// Where in the input the error is, as in `COPY t, line 3, column b`.
    pub context: Option<String>,
}

impl SqlError {
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { fatal: false, code: code.into(), message: message.into(), detail: None, hint: None, position: None, context: None }
    }

    /// An error that ends the connection.
    pub fn fatal(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { fatal: true, ..Self::new(code, message) }
    }
}

/// The other end of a connection.
#[derive(Clone, Debug)]
pub struct Peer {
    pub address: SocketAddr,
    /// Whether TLS protects the connection.
    pub encrypted: bool,
    /// The common name of a certificate that the client has shown and that was verified.
    pub certificate: Option<String>,
}

/// What a client must prove before [`Backend::connect`].
#[derive(Clone, Debug)]
pub enum Challenge {
    /// Nothing.
    Trust,
    /// That it knows the password.
    Password(Verifier),
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
    pub peer: Peer,
    /// Stops what this client does, for `pg_cancel_backend` and `pg_terminate_backend`.
    pub interrupt: Interrupt,
}

/// A database that clients connect to.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    type Session: Session;

    /// What a user must prove. For a name that nobody has it must look like any other ([`Verifier::of_nobody`]).
    ///
    /// # Errors
    /// A refusal, for example after too many failed logins; it is sent as FATAL and ends the connection.
    async fn challenge(&self, user: &str, peer: &Peer) -> Result<Challenge, SqlError>;

    /// Told of every password that was wrong.
    fn login_failed(&self, user: &str, peer: &Peer);

    /// Opens a session for a client that has proved what was asked.
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

    /// Called before each statement of a simple query that has several: they are one transaction, unless a block is open or they begin
    /// one.
    fn begin_block(&mut self) {}

    /// Ends what [`Session::begin_block`] began: after the last statement, or after `statement_failed`.
    async fn end_block(&mut self) -> Result<(), SqlError> {
        Ok(())
    }

    /// Called after every error that the client is told of, so that a transaction block becomes a failed one.
    fn statement_failed(&mut self);

    /// What to send as NoticeResponse before the statement completes.
    fn take_notices(&mut self) -> Vec<SqlError>;

    /// What to send as ParameterStatus: all reported settings after `connect`, later those that a statement changed.
    fn take_parameter_changes(&mut self) -> Vec<(String, String)>;

    /// The timeouts in force now: the first for the next statement, the others while the client is silent.
    fn timeouts(&self) -> Timeouts {
        Timeouts::default()
    }

    /// A statement begins. The calls of `prepare` and `execute` that follow, up to the next call of this, belong to it. Numbers are not
    /// used twice in a session.
    fn statement_starts(&mut self, _number: u64) {}

    /// A statement is over. Called once for each statement that was executed or that could not be prepared, whatever ended it: its last
    /// row, an error, a cancel request, a timeout, a client that went away, a portal that was closed before its last row. It is called
    /// before `statement_failed`. A statement that was only prepared, without an error, gets no call.
    fn statement_ended(&mut self, _ended: StatementEnd<'_>) {}

    /// Everything that the client asked for is done, and it is told that the server waits.
    fn waits(&mut self) {}

    /// The columns of a cursor that a statement has declared, which clients describe as they do portals.
    fn cursor_columns(&self, _name: &str) -> Option<SchemaRef> {
        None
    }

    /// The form of a statement's rows where the client asks for none, as in a simple query.
    fn format(&self, _plan: &Self::Plan) -> Format {
        Format::Text
    }

    /// The client closes the cursor of this name by message, if there is one.
    fn cursor_closed(&mut self, _name: &str) {}

    /// The client has prepared a statement of this name by message.
    fn statement_named(&mut self, _name: &str) {}

    /// The client has closed the statement of this name by message.
    fn statement_closed(&mut self, _name: &str) {}

    /// Prepared statements that the last statement removed (`DEALLOCATE`, `DISCARD ALL`): those of the protocol have the same names.
    fn take_deallocated(&mut self) -> Deallocated {
        Deallocated::Nothing
    }
}

/// How long things may last; `None` is as long as they like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// One statement, from its message to its last row.
    pub statement: Option<Duration>,
    /// Silence of a client outside a transaction.
    pub idle: Option<Duration>,
    /// Silence of a client within a transaction.
    pub idle_in_transaction: Option<Duration>,
}

/// How a statement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementEnd<'a> {
    /// As in [`Session::statement_starts`].
    pub number: u64,
    /// Rows sent to the client, or taken from it.
    pub rows: u64,
    /// The SQLSTATE of the error that ended it.
    pub code: Option<&'a str>,
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
    /// Rows for COPY … TO STDOUT.
    CopyOut {
        schema: SchemaRef,
        batches: BoxStream<'static, Result<RecordBatch, SqlError>>,
        format: CopyFormat,
    },
    /// Waits for rows, for COPY … FROM STDIN.
    CopyIn {
        /// The columns that the client sends, and of which the batches for the sink are made.
        schema: SchemaRef,
        format: CopyFormat,
        /// What the rows go into, for messages.
        table: String,
        sink: Box<dyn CopySink>,
    },
    /// A statement without any content.
    Empty,
}

/// Takes the rows of COPY … FROM STDIN. Rows count only once it is finished; dropped before, it must leave nothing.
#[async_trait]
pub trait CopySink: Send {
    async fn write(&mut self, batch: RecordBatch) -> Result<(), SqlError>;

    async fn finish(&mut self) -> Result<(), SqlError>;
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
