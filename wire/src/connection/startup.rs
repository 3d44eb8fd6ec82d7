//! The first messages: refusing encryption, agreeing on the protocol version, learning who connects.

use std::net::SocketAddr;

use pgwire::messages::response::SslResponse;
use pgwire::messages::startup::{Authentication, BackendKeyData, NegotiateProtocolVersion, SecretKey};

use crate::backend::{ClientInfo, Session, SqlError};
use crate::cancel::{CancelKey, CancelRegistry};
use crate::channel::{Channel, Failure};
use crate::frontend::StartupMessage;

/// Version 3.0, the one that PostgreSQL 15 speaks.
const PROTOCOL_VERSION: i32 = 3 << 16;

/// What a start-up message says.
pub(crate) struct Introduction {
    user: String,
    database: String,
    parameters: Vec<(String, String)>,
}

/// Reads up to the start-up message. A cancel request is carried out here; its connection ends without an answer, as in PostgreSQL.
pub(crate) async fn introduce(channel: &mut Channel, registry: &CancelRegistry) -> Result<Introduction, Failure> {
    // A client asks for each of TLS and GSSAPI once at most.
    let mut requests = 0;
    loop {
        match channel.next_startup().await? {
            StartupMessage::SslRequest | StartupMessage::GssEncryptionRequest if requests < 2 => {
                requests += 1;
                channel.push(&SslResponse::Refuse)?;
                channel.flush().await?;
            }
            StartupMessage::SslRequest | StartupMessage::GssEncryptionRequest => {
                return Err(SqlError::fatal("08P01", "encryption was requested again after it had been refused").into());
            }
            StartupMessage::Cancel { process_id, secret } => {
                registry.cancel(process_id, &secret);
                return Err(Failure::Gone);
            }
            StartupMessage::Startup { major, minor, parameters } => return read_introduction(channel, major, minor, parameters),
        }
    }
}

fn read_introduction(
    channel: &mut Channel,
    major: u16,
    minor: u16,
    parameters: Vec<(String, String)>,
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
    Ok(Introduction { user, database, parameters })
}

impl Introduction {
    pub(crate) fn into_client(self, key: &CancelKey, address: SocketAddr) -> ClientInfo {
        let Self { user, database, parameters } = self;
        ClientInfo { process_id: key.process_id, user, database, parameters, address }
    }
}

/// Tells the client that it is in. This version asks for no password.
pub(crate) async fn welcome(channel: &mut Channel, session: &mut impl Session, key: &CancelKey) -> Result<(), Failure> {
    channel.push(&Authentication::Ok)?;
    channel.push_parameter_changes(session)?;
    channel.push(&BackendKeyData::new(key.process_id, SecretKey::I32(key.secret)))?;
    channel.push_ready(session)?;
    channel.flush().await
}
