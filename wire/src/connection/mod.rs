//! One client's connection: start-up, then messages one after another, each answered before the next is looked at.

mod copy;
mod ending;
mod extended;
pub(crate) mod login;
mod rows;
mod simple;
pub(crate) mod startup;

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::backend::{Session, SqlError, TransactionStatus};
use crate::cancel::{CancelKey, RunningStatement};
use crate::channel::{Channel, FLUSH_BYTES, Failure, Stop, shutdown_error, until};
use crate::frontend::{Frame, Message};
use extended::{Portal, Statement};

/// The two steps of the server's end.
#[derive(Clone, Debug)]
pub(crate) struct Shutdown {
    /// No new statements.
    pub(crate) requested: CancellationToken,
    /// The grace period is over: running statements stop.
    pub(crate) forced: CancellationToken,
}

/// A client after its start-up.
pub(crate) struct Connection<S: Session> {
    pub(crate) channel: Channel,
    pub(crate) session: S,
    key: CancelKey,
    shutdown: Shutdown,
    statements_max: usize,
    statements: HashMap<String, Arc<Statement<S>>>,
    portals: HashMap<String, Portal<S>>,
    /// After an error in an extended query everything up to Sync is ignored, because the client sent it before it knew.
    skip_to_sync: bool,
    /// Of the last statement that began.
    last_number: u64,
    /// When the time of the extended query under way is over: it began with its first message.
    deadline: Option<Instant>,
    /// Since when the client may speak and has not.
    silent_since: Option<Instant>,
}

/// A statement that can be stopped, until this is dropped.
struct Running {
    stop: Stop,
    _registered: RunningStatement,
}

impl<S: Session> Connection<S> {
    pub(crate) fn new(channel: Channel, session: S, key: CancelKey, shutdown: Shutdown, statements_max: usize) -> Self {
        Self {
            channel,
            session,
            key,
            shutdown,
            statements_max,
            statements: HashMap::new(),
            portals: HashMap::new(),
            skip_to_sync: false,
            last_number: 0,
            deadline: None,
            silent_since: Some(Instant::now()),
        }
    }

    /// Serves the client until it leaves, breaks the protocol, or the server ends.
    pub(crate) async fn serve(mut self) -> (Channel, Failure) {
        let failure = loop {
            if let Err(failure) = self.step().await {
                break failure;
            }
        };
        self.close_portals(|_, _| true);
        (self.channel, failure)
    }

    /// Waits for one message and answers it.
    async fn step(&mut self) -> Result<(), Failure> {
        let (patience, impatient) = self.patience();
        let frame = tokio::select! {
            biased;
            () = self.shutdown.requested.cancelled() => return Err(shutdown_error().into()),
            () = self.key.terminate.cancelled() => return Err(shutdown_error().into()),
            frame = self.channel.next_frame() => frame?,
            () = until(patience) => return Err(impatient.into()),
        };
        self.silent_since = None;
        if frame.is_sync() {
            self.skip_to_sync = false;
        }
        if frame.is_terminate() {
            return Err(Failure::Gone);
        }
        if self.skip_to_sync {
            return Ok(());
        }
        let extended = frame.is_extended();
        match self.answer(frame).await {
            Ok(()) => {}
            Err(Failure::Sql(error)) if !error.fatal => {
                self.deadline = None;
                self.fail(&error)?;
                if extended {
                    self.skip_to_sync = true;
                    // A client may wait for the error before it sends Sync.
                    self.channel.flush().await?;
                } else {
                    self.ready().await?;
                }
            }
            Err(failure) => return Err(failure),
        }
        if self.channel.output.len() > FLUSH_BYTES {
            self.channel.flush().await?;
        }
        Ok(())
    }

    async fn answer(&mut self, frame: Frame) -> Result<(), Failure> {
        match frame.parse()? {
            Message::Query { sql } => self.query(&sql).await,
            Message::Parse { statement, sql, parameter_types } => self.parse(statement, &sql, &parameter_types).await,
            Message::Bind(bind) => self.bind(bind),
            Message::Describe(target) => self.describe(&target),
            Message::Execute { portal, rows_max } => self.execute(portal, rows_max).await,
            Message::Close(target) => self.close(&target),
            Message::Flush => self.channel.flush().await,
            Message::Sync => self.ready().await,
            Message::FunctionCall => Err(SqlError::new("0A000", "function calls by message are not supported").into()),
            // Left over from a COPY that the server has already ended.
            Message::CopyData(_) | Message::CopyDone | Message::CopyFail(_) => Ok(()),
            Message::Terminate => Err(Failure::Gone),
        }
    }

    /// Tells the client of an error that leaves the connection usable.
    fn fail(&mut self, error: &SqlError) -> Result<(), SqlError> {
        self.session.statement_failed();
        self.channel.push_notices(&mut self.session)?;
        self.channel.push_error(error)
    }

    /// The end of a query cycle: everything leaves, and the client may speak again.
    async fn ready(&mut self) -> Result<(), Failure> {
        if self.session.transaction_status() == TransactionStatus::Idle {
            // Portals live as long as their transaction.
            self.close_portals(|_, _| true);
        }
        self.deadline = None;
        self.channel.push_ready(&mut self.session)?;
        self.channel.flush().await?;
        self.silent_since = Some(Instant::now());
        Ok(())
    }
}
