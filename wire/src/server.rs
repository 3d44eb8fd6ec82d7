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
use tracing::{debug, error, info, warn};

use crate::auth::lockout::Lockout;
use crate::backend::{Backend, Peer, SqlError};
use crate::cancel::CancelRegistry;
use crate::channel::{Channel, Failure, Stop, shutdown_error};
use crate::connection::login::Door;
use crate::connection::startup::Introduction;
use crate::connection::{Connection, Shutdown, startup};
use crate::limits::Limits;
use crate::starting::{Entrant, Starting};
use crate::tls::Tls;
use crate::traffic::Traffic;

/// How long to wait after accepting failed, for example because the process has no file descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How many of those who have not logged in make room then.
const ACCEPT_ROOM: usize = 64;
/// How long a client may take to read a last message.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// How a server serves.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub limits: Limits,
    /// Without it everything travels in the clear.
    pub tls: Option<Arc<Tls>>,
    /// Counted here.
    pub traffic: Arc<Traffic>,
}

impl From<Limits> for Options {
    fn from(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }
}

struct Server<B> {
    backend: Arc<B>,
    limits: Limits,
    tls: Option<Arc<Tls>>,
    traffic: Arc<Traffic>,
    lockout: Lockout,
    starting: Arc<Starting>,
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
    options: impl Into<Options>,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let Options { limits, tls, traffic } = options.into();
    let grace = limits.grace;
    let server = Arc::new(Server {
        backend,
        slots: Arc::new(Semaphore::new(limits.connections_max.min(Semaphore::MAX_PERMITS))),
        starting: Starting::new(limits.starting_max),
        lockout: Lockout::new(limits.lockout.clone()),
        limits,
        tls,
        traffic,
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
                Ok((socket, address)) => {
                    let entrant = server.starting.admit();
                    connections.spawn(Arc::clone(&server).converse(socket, address, entrant));
                }
                Err(error) => {
                    warn!(%error, "accepting a connection failed");
                    server.starting.end_oldest(ACCEPT_ROOM);
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

/// A session that is counted and logged as long as it lasts.
struct Counted<'a> {
    traffic: &'a Traffic,
    process_id: i32,
    address: SocketAddr,
}

impl<'a> Counted<'a> {
    fn begin(traffic: &'a Traffic, process_id: i32, who: &Introduction) -> Self {
        traffic.sessions_begun.add(1);
        let Peer { address, encrypted, .. } = who.peer;
        info!(process_id, %address, user = who.user, encrypted, "session begins");
        Self { traffic, process_id, address }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.traffic.sessions_ended.add(1);
        info!(process_id = self.process_id, address = %self.address, "session ends");
    }
}

impl<B: Backend> Server<B> {
    /// One connection from its first byte to its last.
    async fn converse(self: Arc<Self>, socket: TcpStream, address: SocketAddr, entrant: Entrant) {
        self.traffic.connections.add(1);
        // Answers are written in one piece; waiting for more to send would only delay them.
        if let Err(error) = socket.set_nodelay(true) {
            debug!(%address, %error, "TCP_NODELAY");
        }
        let mut channel = Channel::new(socket, self.limits.message_bytes_max, Arc::clone(&self.traffic));
        match self.enter(&mut channel, address, &entrant).await {
            Ok(who) => {
                let (channel, failure) = self.session(channel, who, entrant).await;
                self.end(channel, failure, address).await;
            }
            Err(failure) => {
                if let Failure::Sql(_) = failure {
                    self.traffic.refused.add(1);
                }
                // Its place among those who start is held until it has been told.
                tokio::select! {
                    () = entrant.ended.cancelled() => {}
                    () = self.end(channel, failure, address) => {}
                }
            }
        }
    }

    /// Tells the client why it ends.
    async fn end(&self, mut channel: Channel, failure: Failure, address: SocketAddr) {
        if let Failure::Sql(error) = failure {
            debug!(%address, code = error.code, message = error.message, "connection ended");
            let error = SqlError { fatal: true, ..error };
            if channel.push_error(&error).is_ok() {
                // A client that does not read its last message has no claim to it.
                let _ = timeout(CLOSE_TIMEOUT, channel.close()).await;
            }
        }
    }

    /// Start-up messages, encryption and login, in the time that there is for them.
    async fn enter(&self, channel: &mut Channel, address: SocketAddr, entrant: &Entrant) -> Result<Introduction, Failure> {
        let entering = async {
            let mut who = startup::introduce(channel, &self.registry, self.tls.as_deref(), address).await?;
            let door = Door { backend: self.backend.as_ref(), lockout: &self.lockout, traffic: &self.traffic };
            door.pass(channel, &mut who).await?;
            Ok(who)
        };
        tokio::select! {
            biased;
            () = self.shutdown.requested.cancelled() => Err(shutdown_error().into()),
            () = entrant.ended.cancelled() => {
                self.traffic.refused.add(1);
                debug!(%address, "closed for a newer connection before its login");
                Err(Failure::Gone)
            }
            entered = timeout(self.limits.startup_timeout, entering) => entered.unwrap_or_else(|_| {
                let seconds = self.limits.startup_timeout.as_secs_f32();
                Err(SqlError::fatal("08006", format!("the login was not complete after {seconds} seconds")).into())
            }),
        }
    }

    /// The session of a client that has logged in.
    async fn session(&self, mut channel: Channel, who: Introduction, entrant: Entrant) -> (Channel, Failure) {
        // Held to the end of the connection.
        let Ok(_slot) = Arc::clone(&self.slots).try_acquire_owned() else {
            self.traffic.refused.add(1);
            return (channel, SqlError::fatal("53300", "sorry, too many clients already").into());
        };
        drop(entrant);
        let key = self.registry.register();
        let counted = Counted::begin(&self.traffic, key.process_id, &who);
        let stop = Stop {
            statement: CancellationToken::new(),
            session: key.terminate.clone(),
            server: self.shutdown.forced.clone(),
            deadline: None,
            held: Arc::clone(&key.held),
        };
        let connecting = self.backend.connect(who.into_client(&key));
        let mut session = match channel.run(&stop, connecting).await {
            Ok(Ok(session)) => session,
            Ok(Err(error)) => return (channel, error.into()),
            Err(failure) => return (channel, failure),
        };
        if let Err(failure) = startup::welcome(&mut channel, &mut session, &key).await {
            return (channel, failure);
        }
        let ended = Connection::new(channel, session, key, self.shutdown.clone(), self.limits.statements_max).serve().await;
        drop(counted);
        ended
    }
}
