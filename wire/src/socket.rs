//! The two halves of a client's socket, in the clear or under TLS.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Where the client's bytes come from.
pub(crate) enum Reader {
    Plain(OwnedReadHalf),
    Encrypted(ReadHalf<TlsStream<TcpStream>>),
    /// While TLS is agreed on, and after that has failed.
    Closed,
}

/// Where the server's bytes go to.
pub(crate) enum Writer {
    Plain(OwnedWriteHalf),
    Encrypted(WriteHalf<TlsStream<TcpStream>>),
    /// While TLS is agreed on, and after that has failed.
    Closed,
}

/// What TLS has agreed on with one client.
pub(crate) struct Agreed {
    /// The protocol that the client has named (ALPN).
    pub(crate) protocol: Option<Vec<u8>>,
    /// The client's own certificate, verified.
    pub(crate) certificate: Option<Vec<u8>>,
}

/// Puts TLS between the socket and its halves.
///
/// # Errors
/// Those of the handshake, and `NotConnected` for halves that are not plain. The socket is closed.
pub(crate) async fn encrypt(reader: &mut Reader, writer: &mut Writer, acceptor: &TlsAcceptor) -> io::Result<Agreed> {
    let halves = (std::mem::replace(reader, Reader::Closed), std::mem::replace(writer, Writer::Closed));
    let (Reader::Plain(read), Writer::Plain(write)) = halves else { return Err(io::ErrorKind::NotConnected.into()) };
    let socket = read.reunite(write).map_err(io::Error::other)?;
    let stream = acceptor.accept(socket).await?;
    let (_, connection) = stream.get_ref();
    let protocol = connection.alpn_protocol().map(<[u8]>::to_vec);
    let certificate = connection.peer_certificates().and_then(|chain| chain.first()).map(|certificate| certificate.to_vec());
    let (read, write) = tokio::io::split(stream);
    (*reader, *writer) = (Reader::Encrypted(read), Writer::Encrypted(write));
    Ok(Agreed { protocol, certificate })
}

impl AsyncRead for Reader {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(half) => Pin::new(half).poll_read(context, buffer),
            Self::Encrypted(half) => Pin::new(half).poll_read(context, buffer),
            Self::Closed => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncWrite for Writer {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(half) => Pin::new(half).poll_write(context, bytes),
            Self::Encrypted(half) => Pin::new(half).poll_write(context, bytes),
            Self::Closed => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(half) => Pin::new(half).poll_flush(context),
            Self::Encrypted(half) => Pin::new(half).poll_flush(context),
            Self::Closed => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(half) => Pin::new(half).poll_shutdown(context),
            Self::Encrypted(half) => Pin::new(half).poll_shutdown(context),
            Self::Closed => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}
