//! The server: accepts connections, gives each a task and, if there is one left, a slot, and ends them all in order.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, warn};

use crate::backend::{Backend, SqlError};
use crate::cancel::CancelRegistry;
use crate::channel::{Channel, Failure, Stop, shutdown_error};
use crate::connection::{Connection, Shutdown, startup};
use crate::limits::Limits;

/// Sockets beyond the sessions that may be open, for start-up messages and cancel requests; further ones are closed at once.
const STARTING_MAX: usize = 1_024;
/// How long to wait after accepting failed, for example because the process has no file descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long a client may take to read a last message.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

struct Server<B> {
    backend: Arc<B>,
    limits: Limits,
    slots: Arc<Semaphore>,
    registry: Arc<CancelRegistry>,
    shutdown: Shutdown,
}

/// Serves clients on the listener until `shutdown` is cancelled; then takes no new ones, lets running statements go on for
/// `limits.grace`, and ends every connection with FATAL 57P01. Returns when all have ended.
///
/// # Errors
/// None at present: a failure of one connection, or in accepting one, never ends the server.
pub async fn serve<B: Backend>(
    listener: TcpListener,
    backend: Arc<B>,
    limits: Limits,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let tasks_max = limits.connections_max.saturating_add(STARTING_MAX);
    let grace = limits.grace;
    let server = Arc::new(Server {
        backend,
        slots: Arc::new(Semaphore::new(limits.connections_max.min(Semaphore::MAX_PERMITS))),
        limits,
        registry: Arc::new(CancelRegistry::default()),
        shutdown: Shutdown { requested: shutdown, forced: CancellationToken::new() },
    });
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = server.shutdown.requested.cancelled() => break,
            Some(ended) = connections.join_next() => report(ended),
            accepted = listener.accept() => match accepted {
                Ok((socket, address)) if connections.len() < tasks_max => {
                    connections.spawn(Arc::clone(&server).converse(socket, address));
                }
                Ok(_) => warn!("connection closed at once: {tasks_max} are open"),
                Err(error) => {
                    warn!(%error, "accepting a connection failed");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    if timeout(grace, finish(&mut connections)).await.is_err() {
        server.shutdown.forced.cancel();
        if timeout(2 * CLOSE_TIMEOUT, finish(&mut connections)).await.is_err() {
            warn!("{} connections did not end by themselves", connections.len());
            connections.shutdown().await;
        }
    }
    Ok(())
}

async fn finish(connections: &mut JoinSet<()>) {
    while let Some(ended) = connections.join_next().await {
        report(ended);
    }
}

/// A panic ends its own connection only; it is logged here, where it surfaces.
fn report(ended: Result<(), JoinError>) {
    if let Err(failure) = ended {
        error!(%failure, "a connection ended abnormally");
    }
}

impl<B: Backend> Server<B> {
    /// One connection from its first byte to its last.
    async fn converse(self: Arc<Self>, socket: TcpStream, address: SocketAddr) {
        // Answers are written in one piece; waiting for more to send would only delay them.
        if let Err(error) = socket.set_nodelay(true) {
            debug!(%address, %error, "TCP_NODELAY");
        }
        let channel = Channel::new(socket, self.limits.message_bytes_max);
        let (mut channel, failure) = self.run(channel, address).await;
        if let Failure::Sql(error) = failure {
            debug!(%address, code = error.code, message = error.message, "connection ended");
            let error = SqlError { fatal: true, ..error };
            if channel.push_error(&error).is_ok() {
                // A client that does not read its last message has no claim to it.
                let _ = timeout(CLOSE_TIMEOUT, channel.close()).await;
            }
        }
    }

    async fn run(&self, mut channel: Channel, address: SocketAddr) -> (Channel, Failure) {
        let introduction = tokio::select! {
            biased;
            () = self.shutdown.requested.cancelled() => return (channel, shutdown_error().into()),
            read = timeout(self.limits.startup_timeout, startup::introduce(&mut channel, &self.registry)) => match read {
                Ok(Ok(introduction)) => introduction,
                Ok(Err(failure)) => return (channel, failure),
                Err(_) => {
                    let seconds = self.limits.startup_timeout.as_secs_f32();
                    let message = format!("start-up messages were not complete after {seconds} seconds");
                    return (channel, SqlError::fatal("08006", message).into());
                }
            },
        };
        // Held to the end of the connection.
        let Ok(_slot) = Arc::clone(&self.slots).try_acquire_owned() else {
            return (channel, SqlError::fatal("53300", "sorry, too many clients already").into());
        };
        let key = self.registry.register();
        let stop = Stop { statement: CancellationToken::new(), server: self.shutdown.forced.clone() };
        let connecting = self.backend.connect(introduction.into_client(&key, address));
        let mut session = match channel.run(&stop, connecting).await {
            Ok(Ok(session)) => session,
            Ok(Err(error)) => return (channel, error.into()),
            Err(failure) => return (channel, failure),
        };
        if let Err(failure) = startup::welcome(&mut channel, &mut session, &key).await {
            return (channel, failure);
        }
        Connection::new(channel, session, key, self.shutdown.clone(), self.limits.statements_max).serve().await
    }
}
