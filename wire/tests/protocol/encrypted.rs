//! Clients that speak TLS: one that sends any bytes, and tokio-postgres with channel binding.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_postgres::Socket;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::keys::Keys;

pub const SSL_REQUEST: &[u8] = &[0, 0, 0, 8, 4, 210, 22, 47];
pub const GSS_REQUEST: &[u8] = &[0, 0, 0, 8, 4, 210, 22, 48];

/// Trusts the authority of the keys, shows the certificate of that name.
pub fn connector(keys: &Keys, protocols: &[&str], certificate: Option<(&Keys, &str)>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(keys.path("ca.crt")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots);
    let mut config = match certificate {
        None => config.with_no_client_auth(),
        Some((keys, name)) => {
            let chain = vec![CertificateDer::from_pem_file(keys.path(&format!("{name}.crt"))).unwrap()];
            let key = PrivateKeyDer::from_pem_file(keys.path(&format!("{name}.key"))).unwrap();
            config.with_client_auth_cert(chain, key).unwrap()
        }
    };
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

/// A handshake on a socket that is ready for it.
pub async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(socket: S, connector: &TlsConnector) -> io::Result<TlsStream<S>> {
    connector.connect("localhost".try_into().unwrap(), socket).await
}

/// Asks for TLS as PostgreSQL's clients do.
pub async fn request(address: SocketAddr, connector: &TlsConnector) -> io::Result<TlsStream<TcpStream>> {
    let mut socket = TcpStream::connect(address).await?;
    socket.write_all(SSL_REQUEST).await?;
    assert_eq!(socket.read_u8().await?, b'S');
    handshake(socket, connector).await
}

/// Sends a start-up message and gives the types of the answers up to ReadyForQuery or the end.
pub async fn greet(stream: &mut TlsStream<TcpStream>, user: &str) -> String {
    stream.write_all(&crate::raw::startup(3 << 16, &[("user", user)])).await.unwrap();
    kinds(stream).await
}

pub async fn kinds(stream: &mut TlsStream<TcpStream>) -> String {
    let mut kinds = String::new();
    loop {
        let mut head = [0; 5];
        if stream.read_exact(&mut head).await.is_err() {
            return kinds;
        }
        kinds.push(head[0] as char);
        let mut body = vec![0; u32::from_be_bytes(head[1..].try_into().unwrap()) as usize - 4];
        stream.read_exact(&mut body).await.unwrap();
        if head[0] == b'Z' {
            return kinds;
        }
    }
}

/// TLS for tokio-postgres.
#[derive(Clone)]
pub struct Tokio(pub TlsConnector);

pub struct Bound(TlsStream<Socket>);

impl MakeTlsConnect<Socket> for Tokio {
    type Stream = Bound;
    type TlsConnect = Self;
    type Error = io::Error;

    fn make_tls_connect(&mut self, _: &str) -> io::Result<Self> {
        Ok(self.clone())
    }
}

impl TlsConnect<Socket> for Tokio {
    type Stream = Bound;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Bound>> + Send>>;

    fn connect(self, stream: Socket) -> Self::Future {
        Box::pin(async move { handshake(stream, &self.0).await.map(Bound) })
    }
}

impl tokio_postgres::tls::TlsStream for Bound {
    fn channel_binding(&self) -> ChannelBinding {
        // The certificates of these tests are signed with SHA-256.
        let certificate = &self.0.get_ref().1.peer_certificates().unwrap()[0];
        ChannelBinding::tls_server_end_point(Sha256::digest(certificate).to_vec())
    }
}

impl AsyncRead for Bound {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Bound {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
