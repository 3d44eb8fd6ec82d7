//! The first messages: agreeing on encryption and on the protocol version, learning who connects.

use std::net::SocketAddr;
use std::time::Instant;

use pgwire::messages::response::SslResponse;
use pgwire::messages::startup::{Authentication, BackendKeyData, NegotiateProtocolVersion, SecretKey};
use tracing::debug;

use crate::auth::certificate;
use crate::backend::{ClientInfo, Peer, Session, SqlError};
use crate::cancel::{CancelKey, CancelRegistry};
use crate::channel::{Channel, Failure};
use crate::frontend::StartupMessage;
use crate::tls::{PROTOCOL, Tls};

/// Version 3.0, the one that PostgreSQL 15 speaks.
const PROTOCOL_VERSION: i32 = 3 << 16;

/// What a start-up message says, and how it came.
pub(crate) struct Introduction {
    pub(crate) user: String,
    database: String,
    parameters: Vec<(String, String)>,
    pub(crate) peer: Peer,
    /// What the client can bind its password to, under TLS.
    pub(crate) end_point: Option<Vec<u8>>,
}

/// What has been agreed on so far.
struct Encryption<'a> {
    tls: Option<&'a Tls>,
    peer: Peer,
    end_point: Option<Vec<u8>>,
    /// A client asks for each of TLS and GSSAPI once at most.
    tls_asked: bool,
    gss_asked: bool,
}

/// Reads up to the start-up message. A cancel request is carried out here; its connection ends without an answer, as in PostgreSQL.
pub(crate) async fn introduce(
    channel: &mut Channel,
    registry: &CancelRegistry,
    tls: Option<&Tls>,
    address: SocketAddr,
) -> Result<Introduction, Failure> {
    let peer = Peer { address, encrypted: false, certificate: None };
    let mut encryption = Encryption { tls, peer, end_point: None, tls_asked: false, gss_asked: false };
    if tls.is_some() && channel.begins_with_tls().await? {
        encryption.begin_at_once(channel).await?;
    }
    loop {
        match channel.next_startup().await? {
            StartupMessage::SslRequest if !encryption.tls_asked => encryption.answer_tls(channel).await?,
            StartupMessage::GssEncryptionRequest if !encryption.gss_asked => encryption.refuse_gss(channel).await?,
            StartupMessage::SslRequest | StartupMessage::GssEncryptionRequest => {
                return Err(SqlError::fatal("08P01", "encryption was requested again after it had been answered").into());
            }
            StartupMessage::Cancel { process_id, secret } => {
                registry.cancel(process_id, &secret);
                return Err(Failure::Gone);
            }
            StartupMessage::Startup { major, minor, parameters } => {
                let introduction = read_introduction(channel, major, minor, parameters, encryption)?;
                return Ok(introduction);
            }
        }
    }
}

impl Encryption<'_> {
    /// TLS from the first byte, as of PostgreSQL 17. Only a client that names the protocol may do so: one that was made to speak by
    /// somebody else's web page cannot.
    async fn begin_at_once(&mut self, channel: &mut Channel) -> Result<(), Failure> {
        self.tls_asked = true;
        let protocol = self.begin(channel).await?;
        if protocol.as_deref() != Some(PROTOCOL) {
            debug!("direct TLS without the protocol's name was refused");
            return Err(Failure::Gone);
        }
        Ok(())
    }

    async fn answer_tls(&mut self, channel: &mut Channel) -> Result<(), Failure> {
        self.tls_asked = true;
        refuse_early_bytes(channel, "SSL request")?;
        channel.push(if self.tls.is_some() { &SslResponse::Accept } else { &SslResponse::Refuse })?;
        channel.flush().await?;
        self.begin(channel).await.map(|_| ())
    }

    async fn refuse_gss(&mut self, channel: &mut Channel) -> Result<(), Failure> {
        self.gss_asked = true;
        refuse_early_bytes(channel, "GSSAPI encryption request")?;
        channel.push(&SslResponse::Refuse)?;
        channel.flush().await
    }

    /// The handshake, where there is TLS; gives the protocol that the client has named.
    async fn begin(&mut self, channel: &mut Channel) -> Result<Option<Vec<u8>>, Failure> {
        let Some(tls) = self.tls else { return Ok(None) };
        let identity = tls.identity(Instant::now());
        let agreed = channel.encrypt(&identity.acceptor).await?;
        self.peer.encrypted = true;
        self.peer.certificate = agreed.certificate.as_deref().and_then(certificate::common_name);
        self.end_point = identity.end_point;
        Ok(agreed.protocol)
    }
}

/// A client waits for the answer before it goes on; who sends more may be somebody in between, whose bytes would pass for protected
/// ones (CVE-2021-23214).
fn refuse_early_bytes(channel: &Channel, request: &str) -> Result<(), SqlError> {
    if !channel.has_unread() {
        return Ok(());
    }
    let detail = "This could be either a client-software bug or evidence of an attempted man-in-the-middle attack.";
    let message = format!("received unencrypted data after {request}");
    Err(SqlError { detail: Some(detail.into()), ..SqlError::fatal("08P01", message) })
}

fn read_introduction(
    channel: &mut Channel,
    major: u16,
    minor: u16,
    parameters: Vec<(String, String)>,
    encryption: Encryption<'_>,
) -> Result<Introduction, Failure> {
    if major != 3 {
        let message = format!("unsupported frontend protocol {major}.{minor}: server supports 3.0 to 3.0");
        return Err(SqlError::fatal("0A000", message).into());
    }
    let (extensions, mut parameters): (Vec<_>, Vec<_>) = parameters.into_iter().partition(|(name, _)| name.starts_with("_pq_."));
    if minor > 0 || !extensions.is_empty() {
        let names = extensions.into_iter().map(|(name, _)| name).collect();
        channel.push(&NegotiateProtocolVersion::new(PROTOCOL_VERSION, names))?;
    }
    let mut take = |wanted: &str| {
        let index = parameters.iter().position(|(name, value)| name == wanted && !value.is_empty())?;
        Some(parameters.swap_remove(index).1)
    };
    let Some(user) = take("user") else {
        return Err(SqlError::fatal("28000", "no PostgreSQL user name specified in startup packet").into());
    };
    let database = take("database").unwrap_or_else(|| user.clone());
    let Encryption { tls, peer, end_point, .. } = encryption;
    if !peer.encrypted && tls.is_some_and(|tls| tls.policy.required) {
        let hint = Some("Connect with sslmode=require, or better verify-full".into());
        return Err(SqlError { hint, ..SqlError::fatal("28000", "connections without TLS are refused") }.into());
    }
    Ok(Introduction { user, database, parameters, peer, end_point })
}

impl Introduction {
    pub(crate) fn into_client(self, key: &CancelKey) -> ClientInfo {
        let Self { user, database, parameters, peer, .. } = self;
        ClientInfo { process_id: key.process_id, user, database, parameters, peer, interrupt: key.interrupt() }
    }
}

/// Tells the client that it is in.
pub(crate) async fn welcome(channel: &mut Channel, session: &mut impl Session, key: &CancelKey) -> Result<(), Failure> {
    channel.push(&Authentication::Ok)?;
    channel.push_parameter_changes(session)?;
    channel.push(&BackendKeyData::new(key.process_id, SecretKey::I32(key.secret)))?;
    channel.push_ready(session)?;
    channel.flush().await
}
