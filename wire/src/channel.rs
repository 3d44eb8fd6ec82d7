//! One client's socket with its two buffers. Answers collect in the output buffer and leave in pieces of about 64 KB, or when the client
//! asks for them; while a statement runs, the socket is watched, so that a client that goes away stops its statement.

use std::future::pending;
use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use pgwire::messages::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::backend::SqlError;
use crate::cancel::Hold;
use crate::frontend::{Frame, StartupMessage, read_frame, read_login, read_startup};
use crate::socket::{Agreed, Reader, Writer, encrypt};
use crate::traffic::Traffic;

/// The output leaves when it is larger than this, in bytes.
pub(crate) const FLUSH_BYTES: usize = 64 << 10;
/// How far to read ahead of a running statement, in bytes; a client that sends more waits until the statement is done.
const READ_AHEAD_BYTES: usize = 256 << 10;
/// Read at least this much at a time, in bytes.
const READ_BYTES: usize = 8 << 10;
/// Buffers that grew beyond this for one large message or row are given back, in bytes.
const BUFFER_KEEP_BYTES: usize = 1 << 20;
/// What a client may still send after the last error message before the connection is reset, in bytes.
const LINGER_BYTES: u64 = 4 << 20;
/// The first byte of a TLS handshake; no start-up message begins with it, because it would be too long.
const TLS_HANDSHAKE: u8 = 0x16;

/// Why a statement, or a whole connection, cannot go on.
#[derive(Debug)]
pub(crate) enum Failure {
    /// To be told to the client; if it is fatal, the last thing told.
    Sql(SqlError),
    /// The client is no longer there.
    Gone,
}

impl From<SqlError> for Failure {
    fn from(error: SqlError) -> Self {
        Self::Sql(error)
    }
}

impl From<io::Error> for Failure {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

/// What ends a statement early: a cancel request, the end of its time, of its session, or of the server's grace period.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    pub(crate) statement: CancellationToken,
    pub(crate) session: CancellationToken,
    pub(crate) server: CancellationToken,
    /// When its time is over.
    pub(crate) deadline: Option<Instant>,
    /// Free where the statement may be stopped.
    pub(crate) held: Arc<Hold>,
}

impl Stop {
    /// Waits until one of them happens.
    async fn stopped(&self) -> Failure {
        tokio::select! {
            () = self.statement.cancelled() => (),
            () = self.session.cancelled() => (),
            () = self.server.cancelled() => (),
            () = until(self.deadline) => (),
        }
        drop(self.held.lock().await);
        self.reason()
    }

    pub(crate) fn check(&self) -> Result<(), Failure> {
        let stopped = self.statement.is_cancelled() || self.session.is_cancelled() || self.server.is_cancelled();
        let late = self.deadline.is_some_and(|deadline| deadline <= Instant::now());
        if stopped || late { Err(self.reason()) } else { Ok(()) }
    }

    fn reason(&self) -> Failure {
        if self.server.is_cancelled() || self.session.is_cancelled() {
            return Failure::Sql(shutdown_error());
        }
        let why = if self.statement.is_cancelled() { "user request" } else { "statement timeout" };
        Failure::Sql(SqlError::new("57014", format!("canceling statement due to {why}")))
    }
}

/// Waits until then; for ever if there is no such time.
pub(crate) async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => pending().await,
    }
}

pub(crate) fn shutdown_error() -> SqlError {
    SqlError::fatal("57P01", "terminating connection due to administrator command")
}

/// A client's socket and buffers.
pub(crate) struct Channel {
    reader: Reader,
    writer: Writer,
    input: BytesMut,
    /// Messages for the client; the hot path appends to it directly.
    pub(crate) output: Vec<u8>,
    /// Bytes of the output that have already left.
    sent: usize,
    /// Where pgwire encodes its messages before they join the output.
    scratch: BytesMut,
    message_bytes_max: usize,
    traffic: Arc<Traffic>,
}

impl Channel {
    pub(crate) fn new(socket: TcpStream, message_bytes_max: usize, traffic: Arc<Traffic>) -> Self {
        let (reader, writer) = socket.into_split();
        Self {
            reader: Reader::Plain(reader),
            writer: Writer::Plain(writer),
            input: BytesMut::new(),
            output: Vec::new(),
            sent: 0,
            scratch: BytesMut::new(),
            message_bytes_max,
            traffic,
        }
    }

    /// Waits for the first byte, and says whether it begins a TLS handshake; it is left where it is.
    pub(crate) async fn begins_with_tls(&mut self) -> Result<bool, Failure> {
        let mut first = [0];
        match &mut self.reader {
            Reader::Plain(half) => match half.peek(&mut first).await? {
                0 => Err(Failure::Gone),
                _ => Ok(first == [TLS_HANDSHAKE]),
            },
            _ => Ok(false),
        }
    }

    /// Puts TLS under everything that follows. What the client has sent before must have been read.
    pub(crate) async fn encrypt(&mut self, acceptor: &TlsAcceptor) -> Result<Agreed, Failure> {
        encrypt(&mut self.reader, &mut self.writer, acceptor).await.map_err(|error| {
            debug!(%error, "the TLS handshake failed");
            Failure::Gone
        })
    }

    /// Whether the client has sent more than what has been read of it.
    pub(crate) fn has_unread(&self) -> bool {
        !self.input.is_empty()
    }

    /// Waits for the next message of a login, and gives its body.
    pub(crate) async fn next_login(&mut self) -> Result<Bytes, Failure> {
        loop {
            if let Some(body) = read_login(&mut self.input)? {
                return Ok(body);
            }
            self.read_more().await?;
        }
    }

    /// Waits for the next start-up message.
    pub(crate) async fn next_startup(&mut self) -> Result<StartupMessage, Failure> {
        loop {
            if let Some(message) = read_startup(&mut self.input)? {
                return Ok(message);
            }
            self.read_more().await?;
        }
    }

    /// Waits for the next message.
    pub(crate) async fn next_frame(&mut self) -> Result<Frame, Failure> {
        loop {
            if let Some(frame) = read_frame(&mut self.input, self.message_bytes_max)? {
                return Ok(frame);
            }
            self.read_more().await?;
        }
    }

    /// Reads what has arrived. May be dropped half-way: bytes are either in the buffer or still in the socket.
    async fn read_more(&mut self) -> Result<(), Failure> {
        if self.input.is_empty() && self.input.capacity() > BUFFER_KEEP_BYTES {
            self.input = BytesMut::new();
        }
        self.input.reserve(READ_BYTES);
        match self.reader.read_buf(&mut self.input).await? {
            0 => Err(Failure::Gone),
            _ => Ok(()),
        }
    }

    /// Appends a message to the output.
    ///
    /// # Errors
    /// XX000 if the message is too long for the protocol.
    pub(crate) fn push(&mut self, message: &impl Message) -> Result<(), SqlError> {
        self.scratch.clear();
        message.encode(&mut self.scratch).map_err(|error| SqlError::new("XX000", error.to_string()))?;
        self.output.extend_from_slice(&self.scratch);
        Ok(())
    }

    /// Sends everything.
    pub(crate) async fn flush(&mut self) -> Result<(), Failure> {
        while let Some(rest @ [_, ..]) = self.output.get(self.sent..) {
            match self.writer.write(rest).await? {
                0 => return Err(Failure::Gone),
                written => self.sent += written,
            }
        }
        // TLS keeps what the socket has not taken.
        self.writer.flush().await?;
        self.traffic.bytes_sent.add(self.sent as u64);
        self.sent = 0;
        self.output.clear();
        self.output.shrink_to(BUFFER_KEEP_BYTES);
        Ok(())
    }

    /// Sends everything, unless the statement is stopped before the client has taken it; the rest then stays in the output, because a
    /// message must not be cut.
    pub(crate) async fn flush_while(&mut self, stop: &Stop) -> Result<(), Failure> {
        while let Some(rest @ [_, ..]) = self.output.get(self.sent..) {
            tokio::select! {
                biased;
                failure = stop.stopped() => return Err(failure),
                written = self.writer.write(rest) => match written? {
                    0 => return Err(Failure::Gone),
                    written => self.sent += written,
                },
                () = vanished(&mut self.reader, &mut self.input) => return Err(Failure::Gone),
            }
        }
        tokio::select! {
            biased;
            failure = stop.stopped() => return Err(failure),
            flushed = self.writer.flush() => flushed?,
            () = vanished(&mut self.reader, &mut self.input) => return Err(Failure::Gone),
        }
        self.traffic.bytes_sent.add(self.sent as u64);
        self.sent = 0;
        self.output.clear();
        Ok(())
    }

    /// Does the work, unless the statement is stopped or the client goes away; the work is then dropped.
    pub(crate) async fn run<T>(&mut self, stop: &Stop, work: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::select! {
            biased;
            failure = stop.stopped() => Err(failure),
            result = work => Ok(result),
            () = vanished(&mut self.reader, &mut self.input) => Err(Failure::Gone),
        }
    }

    /// Waits for the next message of a running statement, unless it is stopped.
    pub(crate) async fn next_frame_while(&mut self, stop: &Stop) -> Result<Frame, Failure> {
        tokio::select! {
            biased;
            failure = stop.stopped() => Err(failure),
            frame = self.next_frame() => frame,
        }
    }

    /// Ends the connection after a last message: waits, within bounds, until the client has stopped sending, because closing a socket
    /// with unread input resets the connection and may destroy the message before the client has read it.
    pub(crate) async fn close(mut self) {
        if self.flush().await.is_ok() && self.writer.shutdown().await.is_ok() {
            let mut rest = self.reader.take(LINGER_BYTES);
            // Whatever comes, and however it ends, means nothing any more.
            let _ = tokio::io::copy(&mut rest, &mut tokio::io::sink()).await;
        }
    }
}

/// Completes when the client has closed its side. What it sends meanwhile is kept, up to a bound.
async fn vanished(reader: &mut Reader, input: &mut BytesMut) {
    while input.len() < READ_AHEAD_BYTES {
        input.reserve(READ_BYTES);
        match reader.read_buf(input).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
    pending().await
}
