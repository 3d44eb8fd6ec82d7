//! What the client says: bytes to messages. Every length and count is checked against the bytes that are there, before anything is
//! allocated and without ever reading past a message's end, because before authentication the bytes may come from anyone.

use bytes::{Buf, Bytes, BytesMut};

use crate::backend::SqlError;

/// Longest message before a session exists, in bytes; as in PostgreSQL.
pub const STARTUP_BYTES_MAX: usize = 10_000;

/// Longest message of a login, in bytes; as in PostgreSQL.
pub const LOGIN_BYTES_MAX: usize = 1_024;

const SSL_REQUEST: u32 = 80_877_103;
const GSS_ENCRYPTION_REQUEST: u32 = 80_877_104;
const CANCEL_REQUEST: u32 = 80_877_102;

/// The first messages of a connection, which have no type byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartupMessage {
    SslRequest,
    GssEncryptionRequest,
    Cancel { process_id: i32, secret: Bytes },
    Startup { major: u16, minor: u16, parameters: Vec<(String, String)> },
}

/// All further messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    Query {
        sql: String,
    },
    Parse {
        statement: String,
        sql: String,
        parameter_types: Vec<u32>,
    },
    Bind(Bind),
    Describe(Target),
    Execute {
        portal: String,
        rows_max: u32,
    },
    Close(Target),
    Flush,
    Sync,
    Terminate,
    FunctionCall,
    /// A piece of the rows of COPY … FROM STDIN.
    CopyData(Bytes),
    CopyDone,
    /// The client cannot go on with COPY, and why.
    CopyFail(String),
}

/// Values for a prepared statement's parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bind {
    pub portal: String,
    pub statement: String,
    pub parameter_formats: Vec<u16>,
    /// `None` is NULL.
    pub parameters: Vec<Option<Bytes>>,
    pub result_formats: Vec<u16>,
}

/// What Describe and Close are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Statement(String),
    Portal(String),
}

/// How a client begins to prove who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaslInitial {
    pub mechanism: String,
    /// `None` if the client waits for an empty challenge first.
    pub response: Option<Bytes>,
}

/// Splits the first start-up message off the buffer; `None` while it is incomplete.
///
/// # Errors
/// FATAL 08P01 for a length or content that no start-up message has.
pub fn read_startup(buffer: &mut BytesMut) -> Result<Option<StartupMessage>, SqlError> {
    let Some(length) = peek_u32(buffer, 0) else { return Ok(None) };
    let length = length as usize;
    if !(8..=STARTUP_BYTES_MAX).contains(&length) {
        return Err(SqlError::fatal("08P01", "invalid length of startup packet"));
    }
    if buffer.len() < length {
        return Ok(None);
    }
    let mut body = buffer.split_to(length).freeze();
    body.advance(4);
    let mut reader = Reader { body };
    let message = parse_startup(&mut reader).map_err(|error| SqlError { fatal: true, ..error })?;
    Ok(Some(message))
}

fn parse_startup(reader: &mut Reader) -> Result<StartupMessage, SqlError> {
    let message = match reader.u32()? {
        SSL_REQUEST => StartupMessage::SslRequest,
        GSS_ENCRYPTION_REQUEST => StartupMessage::GssEncryptionRequest,
        CANCEL_REQUEST => {
            let process_id = reader.u32()? as i32;
            return Ok(StartupMessage::Cancel { process_id, secret: reader.rest() });
        }
        version => {
            let (major, minor) = ((version >> 16) as u16, version as u16);
            let mut parameters = Vec::new();
            // Another major version may lay out the rest in another way.
            if major == 3 {
                loop {
                    let name = reader.string()?;
                    if name.is_empty() {
                        break;
                    }
                    parameters.push((name, reader.string()?));
                }
            } else {
                reader.rest();
            }
            StartupMessage::Startup { major, minor, parameters }
        }
    };
    reader.end()?;
    Ok(message)
}

/// Splits the next message of a login off the buffer, and gives its body; `None` while it is incomplete.
///
/// # Errors
/// FATAL 08P01 for any other message, and for one that is too long.
pub fn read_login(buffer: &mut BytesMut) -> Result<Option<Bytes>, SqlError> {
    let Some(kind) = buffer.first().copied() else { return Ok(None) };
    if kind != b'p' {
        return Err(SqlError::fatal("08P01", format!("expected SASL response, got message type {kind}")));
    }
    let Some(length) = peek_u32(buffer, 1) else { return Ok(None) };
    let length = length as usize;
    if !(4..=LOGIN_BYTES_MAX).contains(&length) {
        return Err(SqlError::fatal("08P01", "invalid message length"));
    }
    if buffer.len() <= length {
        return Ok(None);
    }
    let mut body = buffer.split_to(1 + length).freeze();
    body.advance(5);
    Ok(Some(body))
}

impl SaslInitial {
    /// Reads the body of the first message of a login.
    ///
    /// # Errors
    /// FATAL 08P01 for a body that is shorter or longer than its contents, FATAL 22021 for a name that is not UTF-8.
    pub fn parse(body: Bytes) -> Result<Self, SqlError> {
        let mut reader = Reader { body };
        let mut read = || {
            let initial = Self { mechanism: reader.string()?, response: reader.value()? };
            reader.end()?;
            Ok(initial)
        };
        read().map_err(|error: SqlError| SqlError { fatal: true, ..error })
    }
}

/// A message that has arrived as a whole: its type and its body.
#[derive(Debug)]
pub struct Frame {
    kind: u8,
    body: Bytes,
}

/// Splits the first message off the buffer; `None` while it is incomplete.
///
/// # Errors
/// FATAL 08P01 for an unknown type or an impossible length, FATAL 54000 for a message longer than `message_bytes_max`: after these the
/// place where the next message begins is unknown.
pub fn read_frame(buffer: &mut BytesMut, message_bytes_max: usize) -> Result<Option<Frame>, SqlError> {
    let Some(kind) = buffer.first().copied() else { return Ok(None) };
    if !matches!(kind, b'Q' | b'P' | b'B' | b'D' | b'E' | b'C' | b'H' | b'S' | b'X' | b'F' | b'd' | b'c' | b'f') {
        return Err(SqlError::fatal("08P01", format!("invalid frontend message type {kind}")));
    }
    let Some(length) = peek_u32(buffer, 1) else { return Ok(None) };
    let length = length as usize;
    if length < 4 || length > i32::MAX as usize {
        return Err(SqlError::fatal("08P01", "invalid message length"));
    }
    if length > message_bytes_max {
        let message = format!("message of {length} bytes exceeds the limit of {message_bytes_max} bytes");
        return Err(SqlError::fatal("54000", message));
    }
    if buffer.len() <= length {
        return Ok(None);
    }
    let mut body = buffer.split_to(1 + length).freeze();
    body.advance(5);
    Ok(Some(Frame { kind, body }))
}

impl Frame {
    /// Whether an error in this message, or in what it asks for, makes the server ignore everything up to Sync.
    pub fn is_extended(&self) -> bool {
        matches!(self.kind, b'P' | b'B' | b'D' | b'E' | b'C' | b'H')
    }

    pub fn is_sync(&self) -> bool {
        self.kind == b'S'
    }

    pub fn is_terminate(&self) -> bool {
        self.kind == b'X'
    }

    /// The message itself.
    ///
    /// # Errors
    /// 08P01 for a body that is shorter or longer than its contents, 22021 for text that is not UTF-8.
    pub fn parse(self) -> Result<Message, SqlError> {
        let mut reader = Reader { body: self.body };
        let message = match self.kind {
            b'Q' => Message::Query { sql: reader.string()? },
            b'P' => {
                let (statement, sql) = (reader.string()?, reader.string()?);
                let parameter_types = reader.counted(4, Reader::u32)?;
                Message::Parse { statement, sql, parameter_types }
            }
            b'B' => Message::Bind(Bind {
                portal: reader.string()?,
                statement: reader.string()?,
                parameter_formats: reader.counted(2, Reader::u16)?,
                parameters: reader.counted(4, Reader::value)?,
                result_formats: reader.counted(2, Reader::u16)?,
            }),
            b'D' => Message::Describe(reader.target("DESCRIBE")?),
            b'C' => Message::Close(reader.target("CLOSE")?),
            b'E' => {
                let (portal, rows_max) = (reader.string()?, reader.u32()?);
                // Zero and less mean all rows.
                Message::Execute { portal, rows_max: i32::try_from(rows_max).map_or(0, |_| rows_max) }
            }
            b'H' => Message::Flush,
            b'S' => Message::Sync,
            b'X' => Message::Terminate,
            b'F' => {
                reader.rest();
                Message::FunctionCall
            }
            b'd' => Message::CopyData(reader.rest()),
            b'f' => Message::CopyFail(reader.string()?),
            _ => {
                reader.rest();
                Message::CopyDone
            }
        };
        reader.end()?;
        Ok(message)
    }
}

fn peek_u32(buffer: &BytesMut, offset: usize) -> Option<u32> {
    let bytes = buffer.get(offset..offset + 4)?;
    bytes.try_into().ok().map(u32::from_be_bytes)
}

/// Takes values off the front of one message's body.
struct Reader {
    body: Bytes,
}

impl Reader {
    fn take(&mut self, length: usize) -> Result<Bytes, SqlError> {
        if length > self.body.len() {
            return Err(SqlError::new("08P01", "insufficient data left in message"));
        }
        Ok(self.body.split_to(length))
    }

    fn rest(&mut self) -> Bytes {
        std::mem::take(&mut self.body)
    }

    fn end(&self) -> Result<(), SqlError> {
        if self.body.is_empty() { Ok(()) } else { Err(SqlError::new("08P01", "invalid message format")) }
    }

    fn u8(&mut self) -> Result<u8, SqlError> {
        Ok(self.take(1)?.get_u8())
    }

    fn u16(&mut self) -> Result<u16, SqlError> {
        Ok(self.take(2)?.get_u16())
    }

    fn u32(&mut self) -> Result<u32, SqlError> {
        Ok(self.take(4)?.get_u32())
    }

    fn string(&mut self) -> Result<String, SqlError> {
        let Some(end) = self.body.iter().position(|byte| *byte == 0) else {
            return Err(SqlError::new("08P01", "invalid string in message"));
        };
        let text = self.take(end)?;
        self.take(1)?;
        match std::str::from_utf8(&text) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(SqlError::new("22021", "invalid byte sequence for encoding \"UTF8\"")),
        }
    }

    /// A count of two bytes and that many items of at least `item_bytes_min` bytes each.
    fn counted<T>(&mut self, item_bytes_min: usize, item: fn(&mut Self) -> Result<T, SqlError>) -> Result<Vec<T>, SqlError> {
        let count = usize::from(self.u16()?);
        if count * item_bytes_min > self.body.len() {
            return Err(SqlError::new("08P01", "insufficient data left in message"));
        }
        (0..count).map(|_| item(self)).collect()
    }

    fn value(&mut self) -> Result<Option<Bytes>, SqlError> {
        match self.u32()? as i32 {
            -1 => Ok(None),
            // A negative length is longer than any message.
            length => self.take(usize::try_from(length).unwrap_or(usize::MAX)).map(Some),
        }
    }

    fn target(&mut self, message: &str) -> Result<Target, SqlError> {
        match self.u8()? {
            b'S' => Ok(Target::Statement(self.string()?)),
            b'P' => Ok(Target::Portal(self.string()?)),
            other => Err(SqlError::new("08P01", format!("invalid {message} message subtype {other}"))),
        }
    }
}
