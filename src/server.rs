//! The wire's view of the engine: sessions for connections, types for parameters, errors for clients.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cilake_wire::backend::{self, Backend, ClientInfo, PgParameter, RowsTag, SqlError};
use cilake_wire::{Limits, types};
use datafusion::arrow::array::ArrayRef;
use datafusion::common::ScalarValue;
use futures::{StreamExt, TryStreamExt};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::ServerConfig;
use crate::engine::{self, DATABASE, Engine, Statement};
use crate::error::Error;

/// Serves an engine until the token is cancelled; then running statements have the configured time to finish.
pub async fn serve(engine: Engine, listener: TcpListener, shutdown: CancellationToken) -> std::io::Result<()> {
    let limits = limits(&engine.config().server);
    cilake_wire::serve(listener, Arc::new(Server { engine }), limits, shutdown).await
}

fn limits(config: &ServerConfig) -> Limits {
    Limits {
        connections_max: config.connections_max,
        startup_timeout: Duration::from_millis(config.startup_timeout_ms),
        message_bytes_max: config.message_bytes_max,
        grace: Duration::from_millis(config.grace_ms),
        ..Limits::default()
    }
}

struct Server {
    engine: Engine,
}

#[async_trait]
impl Backend for Server {
    type Session = Connection;

    async fn connect(&self, client: ClientInfo) -> Result<Connection, SqlError> {
        // A client that names no database asks for one called like its user.
        if client.database != DATABASE && client.database != client.user {
            let message = format!("database \"{}\" does not exist", client.database);
            return Err(SqlError {
                hint: Some(format!("The database is called \"{DATABASE}\"")),
                ..SqlError::fatal("3D000", message)
            });
        }
        let mut session = self.engine.session(&client.user);
        session.set_process_id(client.process_id);
        for (name, value) in &client.parameters {
            match name.as_str() {
                "options" => start_options(&mut session, value)?,
                name if name.starts_with("_pq_.") || name == "replication" => {}
                name => session.set(name, Some(value), false).map_err(refuse)?,
            }
        }
        session.started();
        Ok(Connection { session })
    }
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
    }
}

struct Connection {
    session: engine::Session,
}

#[async_trait]
impl backend::Session for Connection {
    type Statement = Statement;
    type Plan = engine::Prepared;

    fn parse(&mut self, sql: &str) -> Result<Vec<Statement>, SqlError> {
        self.session.parse(sql).map_err(to_client)
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
                    engine::RowsTag::Fixed(tag) => RowsTag::Fixed(tag.into()),
                };
                backend::Outcome::Rows { schema, batches: batches.map_err(to_client).boxed(), tag }
            }
        })
    }

    fn transaction_status(&self) -> backend::TransactionStatus {
        match self.session.transaction_status() {
            engine::TransactionStatus::Idle => backend::TransactionStatus::Idle,
            engine::TransactionStatus::Open => backend::TransactionStatus::InTransaction,
            engine::TransactionStatus::Failed => backend::TransactionStatus::Failed,
        }
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
