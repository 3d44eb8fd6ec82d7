//! What can go wrong between the lake and the bytes of a file, told by what the caller can do about it. A message names
//! files, columns and types; it never holds keys, tokens or values of rows.

use std::error::Error as StdError;
use std::fmt::{self, Display};

use datafusion::arrow::datatypes::DataType;
use datafusion::error::DataFusionError;
use datafusion::parquet::errors::ParquetError;
use object_store::client::{HttpError, HttpErrorKind};

use crate::error::SqlState;

/// An error of the lake. It can be cloned, so that everyone who waits for one listing or footer is told the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LakeError {
    /// The URL of the lake or a setting beside it cannot be used.
    #[error("{what}")]
    Configuration { what: String },
    /// The folder, the bucket, a file or a published table does not exist.
    #[error("{what} does not exist")]
    NotFound { what: String },
    /// The store knows the caller and says no, or does not know the caller.
    #[error("access to {what} was denied: {reason}")]
    Denied { what: String, reason: String },
    /// No answer from the store within the configured times.
    #[error("{what} could not be reached: {reason}")]
    Unreachable { what: String, reason: String },
    /// The store kept asking to slow down until the retries were used up.
    #[error("the store asked to slow down while reading {what}, and the retries are used up")]
    Throttled { what: String },
    /// A file whose content is not what its name promises.
    #[error("file \"{file}\" is corrupt: {reason}")]
    Corrupt { file: String, reason: String },
    /// One column has types in two files that no common type holds without loss.
    #[error("column \"{column}\" is {first_type} in \"{first_file}\" but {second_type} in \"{second_file}\"")]
    Clash { column: String, first_type: String, first_file: String, second_type: String, second_file: String },
    /// Files spell one column in ways that differ in case only, so that a query would see NULL where there is a value.
    #[error("column \"{first_name}\" of \"{first_file}\" and column \"{second_name}\" of \"{second_file}\" differ in case only")]
    Spelling { first_name: String, first_file: String, second_name: String, second_file: String },
    /// A file was replaced or deleted after its table was listed.
    #[error("file \"{file}\" was changed or deleted while it was read")]
    Changed { file: String },
    /// One name belongs to two things in the lake.
    #[error("table \"{table}\" exists twice: as {first} and as {second}")]
    Ambiguous { table: String, first: String, second: String },
    /// `CREATE TABLE` of a name that is taken.
    #[error("relation \"{table}\" already exists")]
    Exists { table: String },
    /// `DROP TABLE` or `CREATE OR REPLACE TABLE` of a table that this program did not write.
    #[error("\"{table}\" belongs to the files of the lake and was not made by CREATE TABLE")]
    NotPublished { table: String },
    /// The lake was opened for reading only.
    #[error("the lake is read-only: writing has to be allowed when the program starts")]
    ReadOnly,
    /// More files in one table than the configured limit.
    #[error("table \"{table}\" has more than {limit} files (table_files_max)")]
    TooManyFiles { table: String, limit: usize },
    /// A file with more in it than memory is given for.
    #[error("file \"{file}\" is too large: it has {reason}")]
    TooLarge { file: String, reason: String },
    /// Something that the lake recognises and does not read.
    #[error("{what}")]
    Unsupported { what: String },
    /// Anything else of the store or the disk.
    #[error("could not read or write {what}: {reason}")]
    Io { what: String, reason: String },
}

/// What the layers of the lake return.
pub type Result<T, E = LakeError> = std::result::Result<T, E>;

impl LakeError {
    /// The SQLSTATE of appendix A of the PostgreSQL manual.
    pub fn sqlstate(&self) -> SqlState {
        match self {
            Self::Configuration { .. } => SqlState::CONFIG_FILE_ERROR,
            Self::NotFound { .. } | Self::Changed { .. } => SqlState::UNDEFINED_FILE,
            Self::Denied { .. } => SqlState::INSUFFICIENT_PRIVILEGE,
            Self::Unreachable { .. } | Self::Io { .. } => SqlState::IO_ERROR,
            Self::Throttled { .. } => SqlState::INSUFFICIENT_RESOURCES,
            Self::Corrupt { .. } => SqlState::DATA_CORRUPTED,
            Self::Clash { .. } => SqlState::DATATYPE_MISMATCH,
            Self::Spelling { .. } => SqlState::AMBIGUOUS_COLUMN,
            Self::Ambiguous { .. } | Self::Exists { .. } => SqlState::DUPLICATE_TABLE,
            Self::NotPublished { .. } => SqlState::WRONG_OBJECT_TYPE,
            Self::ReadOnly => SqlState::READ_ONLY_SQL_TRANSACTION,
            // program_limit_exceeded
            Self::TooManyFiles { .. } | Self::TooLarge { .. } => SqlState("54000"),
            Self::Unsupported { .. } => SqlState::FEATURE_NOT_SUPPORTED,
        }
    }

    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Changed { .. } => Some("Run the query again: it will see the files as they are now."),
            Self::Corrupt { .. } => Some("Replace or remove the file; the next query will see it."),
            Self::Clash { .. } => Some("Rewrite one of the files with the type of the other."),
            Self::Spelling { .. } => Some("Rewrite one of the files with the other's spelling."),
            Self::TooLarge { .. } => Some("Write the file again with smaller pages, or raise lake.page_bytes_max."),
            Self::Throttled { .. } => Some("Try again later, or raise retries_max and retry_timeout_ms."),
            _ => None,
        }
    }

    /// Reads an error of the store: `what` says what was being done, as in `bucket "b"` or `file "f"`.
    pub(crate) fn from_store(error: &object_store::Error, what: impl Display) -> Self {
        let what = what.to_string();
        if let Some(answer) = answer_of(error) {
            return Self::from_answer(answer, what);
        }
        match error {
            object_store::Error::NotFound { .. } => Self::NotFound { what },
            object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
                Self::Denied { what, reason: "no reason was given".into() }
            }
            _ => Self::from_generic(error, what),
        }
    }

    /// Reads the code and the status of an answer. A listing that fails arrives without any other sign of what went wrong.
    fn from_answer(answer: Answer, what: String) -> Self {
        match (answer.code.as_deref(), answer.status) {
            (Some("NoSuchBucket"), _) => Self::NotFound { what: "the bucket of the lake".into() },
            (Some("SlowDown" | "RequestLimitExceeded" | "Throttling"), _) | (_, Some(429 | 503)) => Self::Throttled { what },
            (Some("PermanentRedirect" | "AuthorizationHeaderMalformed"), _) | (_, Some(301 | 307)) => {
                Self::Configuration { what: format!("{what} lies in another region than the configured one ({answer})") }
            }
            // Requests with a wrong clock or an old token are answered by 400.
            (Some("ExpiredToken" | "InvalidToken" | "RequestTimeTooSkewed"), _) | (_, Some(401 | 403)) => {
                Self::Denied { what, reason: answer.to_string() }
            }
            (_, Some(404)) => Self::NotFound { what },
            _ => Self::Io { what, reason: answer.to_string() },
        }
    }

    /// Reads an error of the store about a file that was listed: if it is not there any more, or not the same, it was changed.
    pub(crate) fn from_file(error: &object_store::Error, file: &str) -> Self {
        match error {
            object_store::Error::NotFound { .. } | object_store::Error::Precondition { .. } => {
                Self::Changed { file: file.to_owned() }
            }
            _ => Self::from_store(error, format_args!("file \"{file}\"")),
        }
    }

    fn from_generic(error: &object_store::Error, what: String) -> Self {
        if let Some(http) = source_of::<HttpError>(error) {
            let reason = match http.kind() {
                HttpErrorKind::Timeout => "no answer within the time allowed (request_timeout_ms)",
                HttpErrorKind::Connect => "no connection to the endpoint",
                _ => "the connection broke off",
            };
            return Self::Unreachable { what, reason: reason.into() };
        }
        if let Some(io) = source_of::<std::io::Error>(error) {
            return match io.kind() {
                std::io::ErrorKind::PermissionDenied => Self::Denied { what, reason: "the operating system says no".into() },
                std::io::ErrorKind::NotFound => Self::NotFound { what },
                kind => Self::Io { what, reason: kind.to_string() },
            };
        }
        if error.to_string().contains("redirect without LOCATION") {
            return Self::Configuration { what: format!("{what} lies in another region than the configured one") };
        }
        Self::Io { what, reason: "the store gave an answer that could not be read".into() }
    }

    /// Finds the lake's own error below one of DataFusion, Parquet or Arrow, if there is one.
    pub fn find(error: &DataFusionError) -> Option<Self> {
        let mut current: Option<&(dyn StdError + 'static)> = Some(error);
        while let Some(this) = current {
            if let Some(found) = this.downcast_ref::<Self>() {
                return Some(found.clone());
            }
            if let Some(store) = this.downcast_ref::<object_store::Error>() {
                return Some(Self::from_file(store, file_of(store)));
            }
            current = this.source();
        }
        None
    }
}

/// What a server said. Its body is not repeated: that of a wrong signature holds the key's id and the text that was signed.
struct Answer {
    code: Option<String>,
    status: Option<u16>,
}

impl Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.code, self.status) {
            (Some(code), Some(status)) => write!(f, "{code}, status {status}"),
            (Some(code), None) => f.write_str(code),
            (None, Some(status)) => write!(f, "status {status}"),
            (None, None) => f.write_str("no reason was given"),
        }
    }
}

/// The answer in an error of the store. Its type is private to the store, so this reads the text.
fn answer_of(error: &object_store::Error) -> Option<Answer> {
    let text = error.to_string();
    let after = |sign: &str| text.find(sign).and_then(|start| text.get(start + sign.len()..));
    let code = after("<Code>").and_then(|rest| rest.split_once("</Code>")).map(|(code, _)| code.to_owned());
    let status = after("status code: ").and_then(|rest| rest.get(..3)).and_then(|digits| digits.parse().ok());
    if code.is_none() && status.is_none() { None } else { Some(Answer { code, status }) }
}

/// The path in an error of the store, for errors that reach us without our own context.
fn file_of(error: &object_store::Error) -> &str {
    match error {
        object_store::Error::NotFound { path, .. }
        | object_store::Error::Precondition { path, .. }
        | object_store::Error::PermissionDenied { path, .. }
        | object_store::Error::Unauthenticated { path, .. } => path,
        _ => "a file of the lake",
    }
}

fn source_of<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut current = Some(error);
    while let Some(this) = current {
        if let Some(found) = this.downcast_ref::<T>() {
            return Some(found);
        }
        current = this.source();
    }
    None
}

/// The name of a type as errors show it: Arrow's, without the clutter of defaults.
pub(crate) fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".into(),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => "binary".into(),
        other => other.to_string(),
    }
}

impl From<LakeError> for crate::error::Error {
    fn from(error: LakeError) -> Self {
        let converted = Self::new(error.sqlstate(), error.to_string());
        match error.hint() {
            Some(hint) => converted.hint(hint),
            None => converted,
        }
    }
}

impl From<LakeError> for DataFusionError {
    fn from(error: LakeError) -> Self {
        Self::External(Box::new(error))
    }
}

impl From<LakeError> for ParquetError {
    fn from(error: LakeError) -> Self {
        Self::External(Box::new(error))
    }
}
