//! The wire's view of the engine: sessions for connections, types for parameters, errors for clients.

mod copy;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use cilake_wire::auth::LockoutPolicy;
use cilake_wire::backend::{self, Backend, Challenge, ClientInfo, Peer, PgParameter, RowsTag, SqlError, StatementEnd, Timeouts};
use cilake_wire::encode::Format;
use cilake_wire::{Limits, Options, Tls, TlsFiles, TlsPolicy, types};
use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::ScalarValue;
use futures::{StreamExt, TryStreamExt};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::{ClientCertificate, ServerConfig, TlsMode};
use crate::engine::{self, DATABASE, Engine, Statement};
use crate::error::{self, Error, SqlState};
use crate::metrics::Metrics;

/// Serves an engine until the token is cancelled; then running statements have the configured time to finish.
pub async fn serve(engine: Engine, listener: TcpListener, shutdown: CancellationToken) -> std::io::Result<()> {
    Service::new(engine).map_err(std::io::Error::other)?.run(listener, shutdown).await
}

/// An engine with everything that it takes to serve it.
pub struct Service {
    server: Server,
    tls: Option<Arc<Tls>>,
}

impl Service {
    /// Reads certificates and keys.
    ///
    /// # Errors
    /// F0000 with the setting, or the file, that is wrong.
    pub fn new(engine: Engine) -> error::Result<Self> {
        let tls = tls(&engine.config().server)?.map(Arc::new);
        Ok(Self { server: Server { engine, metrics: Arc::default(), let_in: Mutex::default() }, tls })
    }

    /// What is counted while it runs.
    pub fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.server.metrics)
    }

    /// Serves clients until the token is cancelled, and then until running statements have finished or their time is over.
    pub async fn run(self, listener: TcpListener, shutdown: CancellationToken) -> std::io::Result<()> {
        let limits = limits(&self.server.engine.config().server);
        let traffic = Arc::clone(&self.server.metrics.traffic);
        let engine = self.server.engine.clone();
        let served =
            cilake_wire::serve(listener, Arc::new(self.server), Options { limits, tls: self.tls, traffic }, shutdown).await;
        engine.flush_audit();
        served
    }
}

fn tls(config: &ServerConfig) -> error::Result<Option<Tls>> {
    let wrong = |message: String| Error::new(SqlState::CONFIG_FILE_ERROR, message);
    let files = match (&config.tls_cert, &config.tls_key) {
        (Some(certificate), Some(key)) => {
            Some(TlsFiles { certificate: certificate.clone(), key: key.clone(), client_ca: config.tls_client_ca.clone() })
        }
        (None, None) => None,
        (Some(_), None) => return Err(wrong("server.tls_cert needs server.tls_key".into())),
        (None, Some(_)) => return Err(wrong("server.tls_key needs server.tls_cert".into())),
    };
    let client_certificate_required = config.tls_client_cert != ClientCertificate::Optional;
    if config.tls_client_ca.is_none() && client_certificate_required {
        return Err(wrong("server.tls_client_cert needs server.tls_client_ca".into()));
    }
    let files = match (config.tls, files) {
        (Some(TlsMode::Off), _) => None,
        (Some(TlsMode::Allow | TlsMode::Required), None) => {
            return Err(wrong("server.tls needs server.tls_cert and server.tls_key".into()));
        }
        (_, files) => files,
    };
    if files.is_none() && config.tls_client_ca.is_some() {
        return Err(wrong("server.tls_client_ca needs TLS".into()));
    }
    // Who must show a certificate cannot do so in the clear.
    let required = config.tls == Some(TlsMode::Required) || client_certificate_required;
    let policy = TlsPolicy { required, client_certificate_required };
    files.map(|files| Tls::load(files, policy)).transpose().map_err(|error| wrong(error.to_string()))
}

fn limits(config: &ServerConfig) -> Limits {
    Limits {
        connections_max: config.connections_max,
        startup_timeout: Duration::from_millis(config.startup_timeout_ms),
        starting_max: config.starting_max,
        message_bytes_max: config.message_bytes_max,
        grace: Duration::from_millis(config.grace_ms),
        lockout: LockoutPolicy {
            failures_max: config.login_failures_max,
            refusal: Duration::from_millis(config.login_refusal_ms),
            refusal_max: Duration::from_millis(config.login_refusal_max_ms),
        },
        ..Limits::default()
    }
}

struct Server {
    engine: Engine,
    metrics: Arc<Metrics>,
    /// Clients that were not asked for a password, until they are in: the first user may be created meanwhile.
    let_in: Mutex<HashSet<SocketAddr>>,
}

impl Server {
    fn let_in(&self) -> MutexGuard<'_, HashSet<SocketAddr>> {
        self.let_in.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Backend for Server {
    type Session = Connection;

    async fn challenge(&self, user: &str, peer: &Peer) -> Result<Challenge, SqlError> {
        let config = &self.engine.config().server;
        if config.tls_client_cert == ClientCertificate::Login {
            return by_certificate(user, peer);
        }
        // Asked again for each client, because the last user may go while the server runs.
        if let Some(verifier) = self.engine.verifier(user) {
            return Ok(Challenge::Password(verifier));
        }
        if !peer.address.ip().to_canonical().is_loopback() && !config.unsafe_listen_without_authentication {
            let hint = Some("Connect from the server's own machine and CREATE USER".into());
            return Err(SqlError {
                hint,
                ..SqlError::fatal("28000", "the server has no users and takes no connections from elsewhere")
            });
        }
        self.let_in().insert(peer.address);
        Ok(Challenge::Trust)
    }

    fn login_failed(&self, user: &str, peer: &Peer) {
        self.engine.audit_login(user, peer.address, Some("28P01"));
    }

    async fn connect(&self, client: ClientInfo) -> Result<Connection, SqlError> {
        let asked = !self.let_in().remove(&client.peer.address);
        // A client that names no database asks for one called like its user.
        if client.database != DATABASE && client.database != client.user {
            let message = format!("database \"{}\" does not exist", client.database);
            return Err(SqlError {
                hint: Some(format!("The database is called \"{DATABASE}\"")),
                ..SqlError::fatal("3D000", message)
            });
        }
        let mut session = self.engine.log_in(&client.user, client.peer.address, asked).map_err(refuse)?;
        session.attach(engine::Client {
            process_id: client.process_id,
            address: Some(client.peer.address),
            interrupt: Arc::new(Connected(client.interrupt)),
        });
        for (name, value) in &client.parameters {
            match name.as_str() {
                "options" => start_options(&mut session, value)?,
                name if name.starts_with("_pq_.") || name == "replication" => {}
                name => session.set(name, Some(value), false).map_err(refuse)?,
            }
        }
        session.started();
        Ok(Connection { session, metrics: Arc::clone(&self.metrics) })
    }
}

/// The certificate in place of a password.
fn by_certificate(user: &str, peer: &Peer) -> Result<Challenge, SqlError> {
    if peer.certificate.as_deref() == Some(user) {
        return Ok(Challenge::Trust);
    }
    let detail = Some("The certificate's common name must be the name of the user.".into());
    let message = format!("certificate authentication failed for user \"{user}\"");
    Err(SqlError { detail, ..SqlError::fatal("28000", message) })
}

/// `-c name=value` and `--name=value`, as libpq sends them; a backslash keeps a space.
fn start_options(session: &mut engine::Session, options: &str) -> Result<(), SqlError> {
    let joined = options.replace("\\ ", "\u{1}");
    let words: Vec<String> = joined.split_whitespace().map(|word| word.replace('\u{1}', " ")).collect();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let setting = match word.strip_prefix("-c") {
            Some("") => words.next().map(String::as_str),
            Some(rest) => Some(rest),
            None => word.strip_prefix("--"),
        };
        let Some((name, value)) = setting.and_then(|s| s.split_once('=')) else {
            return Err(SqlError::fatal("42601", "invalid command-line argument for server process"));
        };
        session.set(&name.replace('-', "_"), Some(value), false).map_err(refuse)?;
    }
    Ok(())
}

fn refuse(error: Error) -> SqlError {
    SqlError { fatal: true, ..to_client(error) }
}

fn to_client(error: Error) -> SqlError {
    SqlError {
        fatal: false,
        code: error.sqlstate().to_string(),
        message: error.message,
        detail: error.detail,
        hint: error.hint,
        position: error.position,
        context: None,
    }
}

/// The wire's way to stop a session, as the engine takes it.
struct Connected(cilake_wire::Interrupt);

impl engine::Interrupt for Connected {
    fn cancel(&self) {
        self.0.cancel();
    }

    fn terminate(&self) {
        self.0.terminate();
    }

    fn hold(&self) -> Box<dyn Send> {
        Box::new(self.0.hold())
    }
}

struct Connection {
    session: engine::Session,
    metrics: Arc<Metrics>,
}

#[async_trait]
impl backend::Session for Connection {
    type Statement = Statement;
    type Plan = engine::Prepared;

    fn parse(&mut self, sql: &str) -> Result<Vec<Statement>, SqlError> {
        self.session.parse(sql).inspect_err(|_| self.metrics.unparsed()).map_err(to_client)
    }

    async fn prepare(&mut self, statement: &Statement, oids: &[u32]) -> Result<backend::Prepared<engine::Prepared>, SqlError> {
        let given: Vec<_> = oids.iter().map(|oid| types::arrow_type(*oid)).collect();
        let prepared = self.session.prepare(statement, &given).await.map_err(to_client)?;
        let parameters = prepared.parameters.iter().enumerate().map(|(i, parameter)| {
            let oid = match oids.get(i) {
                Some(oid) if *oid != 0 && given.get(i).is_some_and(Option::is_some) => *oid,
                _ => types::parameter_oid(&parameter.data_type),
            };
            PgParameter { oid, data_type: parameter.data_type.clone() }
        });
        let (parameters, columns) = (parameters.collect(), prepared.columns.clone());
        Ok(backend::Prepared { plan: prepared, parameters, columns })
    }

    async fn execute(&mut self, plan: &engine::Prepared, parameters: Vec<ArrayRef>) -> Result<backend::Outcome, SqlError> {
        let values = parameters.iter().map(|array| ScalarValue::try_from_array(array, 0));
        let values = values.collect::<Result<Vec<_>, _>>().map_err(|e| SqlError::new("22P02", e.to_string()))?;
        Ok(match self.session.execute(plan, values).await.map_err(to_client)? {
            engine::Outcome::Done(tag) => backend::Outcome::Command { tag },
            engine::Outcome::Rows { schema, batches, tag } => {
                let tag = match tag {
                    engine::RowsTag::Select => RowsTag::SELECT,
                    engine::RowsTag::Counted(word) => RowsTag::Counted(word.into()),
                    engine::RowsTag::Fixed(tag) => RowsTag::Fixed(tag.into()),
                };
                backend::Outcome::Rows { schema, batches: batches.map_err(to_client).boxed(), tag }
            }
            engine::Outcome::CopyOut { schema, batches, settings } => {
                let format = copy::format(&settings, &schema);
                backend::Outcome::CopyOut { schema, batches: batches.map_err(to_client).boxed(), format }
            }
            engine::Outcome::CopyIn { schema, settings, table, sink } => {
                let format = copy::format(&settings, &schema);
                backend::Outcome::CopyIn { schema, format, table, sink: Box::new(copy::Sink(sink)) }
            }
        })
    }

    fn timeouts(&self) -> Timeouts {
        Timeouts {
            statement: self.session.statement_timeout(),
            idle: self.session.limit("idle_session_timeout"),
            idle_in_transaction: self.session.limit("idle_in_transaction_session_timeout"),
        }
    }

    fn statement_starts(&mut self, number: u64) {
        self.session.statement_starts(number);
    }

    fn statement_ended(&mut self, ended: StatementEnd<'_>) {
        if let Some(measured) = self.session.statement_ended(ended.number, ended.rows, ended.code) {
            self.metrics.ended(&measured, ended.rows, ended.code);
        }
    }

    fn waits(&mut self) {
        self.session.waits();
    }

    fn cursor_columns(&self, name: &str) -> Option<SchemaRef> {
        self.session.cursor_columns(name)
    }

    fn format(&self, plan: &engine::Prepared) -> Format {
        if self.session.is_binary(plan) { Format::Binary } else { Format::Text }
    }

    fn cursor_closed(&mut self, name: &str) {
        self.session.cursor_closed(name);
    }

    fn statement_named(&mut self, name: &str) {
        self.session.statement_named(name);
    }

    fn statement_closed(&mut self, name: &str) {
        self.session.statement_closed(name);
    }

    fn transaction_status(&self) -> backend::TransactionStatus {
        match self.session.transaction_status() {
            engine::TransactionStatus::Idle => backend::TransactionStatus::Idle,
            engine::TransactionStatus::Open => backend::TransactionStatus::InTransaction,
            engine::TransactionStatus::Failed => backend::TransactionStatus::Failed,
        }
    }

    fn begin_block(&mut self) {
        self.session.begin_block();
    }

    async fn end_block(&mut self) -> Result<(), SqlError> {
        self.session.end_block().await.map_err(to_client)
    }

    fn statement_failed(&mut self) {
        self.session.statement_failed();
    }

    fn take_notices(&mut self) -> Vec<SqlError> {
        self.session.take_notices().into_iter().map(to_client).collect()
    }

    fn take_deallocated(&mut self) -> backend::Deallocated {
        use engine::Deallocated::{All, One};
        let mut names = vec![];
        for deallocated in self.session.take_deallocated() {
            match deallocated {
                All => return backend::Deallocated::All,
                One(name) => names.push(name),
            }
        }
        if names.is_empty() { backend::Deallocated::Nothing } else { backend::Deallocated::Named(names) }
    }

    fn take_parameter_changes(&mut self) -> Vec<(String, String)> {
        self.session.take_changes()
    }
}
