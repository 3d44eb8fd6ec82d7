//! The audit log: who did what, when and from where, as lines of JSON. It holds no values: texts come without their literals.
//!
//! A statement is over when its last row is out, or when nobody waits for its rows any more; [`Session::audited`] is the one place that
//! learns of both.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use datafusion::arrow::array::RecordBatch;
use futures::StreamExt;
use futures::stream::BoxStream;
use serde::Serialize;

use super::identity::current_user;
use super::outcome::Outcome;
use super::session::Session;
use super::statement::{Request, Statement};
use super::{Engine, Shared};
use crate::config::EngineConfig;
use crate::error::{Error, Result};
use crate::state::StateDir;
use crate::syntax;

/// In the state's folder, unless the configuration names a file.
const FILE: &str = "audit.jsonl";
/// Lines that wait for the disk; who has more to say waits with them, so that none is lost.
const WAITING_MAX: usize = 10_000;
/// SQLSTATE of what went well, and of a statement whose rows nobody read to the end.
const SUCCESS: &str = "00000";
const UNREAD: &str = "57014";

/// One line.
#[derive(Debug, Serialize)]
struct Entry {
    at: String,
    user: String,
    /// The role that SET ROLE has taken, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<SocketAddr>,
    /// `SELECT`, `GRANT`, …; `LOGIN`; `SESSION` for what concerns the session alone.
    class: &'static str,
    /// Tables and views that the statement names, also through views.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    tables: BTreeSet<String>,
    rows: u64,
    milliseconds: f64,
    sqlstate: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
}

enum Message {
    Line(Box<Entry>),
    /// Answered when everything before it is in the file.
    Flush(SyncSender<()>),
}

/// The log, written by a thread of its own.
#[derive(Debug)]
pub(crate) struct Audit {
    lines: Option<SyncSender<Message>>,
    writer: Option<JoinHandle<()>>,
}

impl Audit {
    /// The log that the configuration asks for: none without a folder and without a file.
    ///
    /// # Errors
    /// 58030 if the file cannot be opened.
    pub fn open(config: &EngineConfig, state: &StateDir) -> Result<Option<Self>> {
        let in_folder = || state.folder().map(|folder| folder.join(FILE));
        let Some(path) = config.audit_file.clone().or_else(in_folder) else { return Ok(None) };
        let failed = |error: std::io::Error| {
            Error::new(crate::error::SqlState::IO_ERROR, format!("the audit log {} cannot be written: {error}", path.display()))
        };
        let log = Log::open(&path, config.audit_bytes_max, config.audit_files_max).map_err(failed)?;
        let (lines, waiting) = sync_channel(WAITING_MAX);
        let writer = std::thread::Builder::new().name("audit".into()).spawn(move || write(log, &waiting)).map_err(failed)?;
        Ok(Some(Self { lines: Some(lines), writer: Some(writer) }))
    }

    fn send(&self, entry: Entry) {
        if let Some(lines) = &self.lines
            && lines.send(Message::Line(Box::new(entry))).is_err()
        {
            tracing::error!("the audit log is closed");
        }
    }

    /// Waits until all lines so far are written.
    pub fn flush(&self) {
        let (done, wait) = sync_channel(1);
        if self.lines.as_ref().is_some_and(|lines| lines.send(Message::Flush(done)).is_ok()) {
            let _ = wait.recv();
        }
    }
}

impl Drop for Audit {
    fn drop(&mut self) {
        drop(self.lines.take());
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn write(mut log: Log, waiting: &Receiver<Message>) {
    for message in waiting {
        match message {
            Message::Line(entry) => {
                if let Err(error) = log.append(&entry) {
                    tracing::error!(%error, "a line of the audit log was not written");
                }
            }
            Message::Flush(done) => drop(done.send(())),
        }
    }
}

/// A file and those before it, `audit.jsonl.1` the latest.
struct Log {
    path: PathBuf,
    file: File,
    bytes: u64,
    bytes_max: u64,
    files_max: usize,
}

impl Log {
    fn open(path: &Path, bytes_max: u64, files_max: usize) -> std::io::Result<Self> {
        let mut options = File::options();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let bytes = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, bytes, bytes_max, files_max })
    }

    fn append(&mut self, entry: &Entry) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        if self.bytes > 0 && self.bytes + line.len() as u64 > self.bytes_max {
            self.rotate()?;
        }
        self.file.write_all(&line)?;
        self.bytes += line.len() as u64;
        Ok(())
    }

    fn rotate(&mut self) -> std::io::Result<()> {
        let numbered = |number: usize| PathBuf::from(format!("{}.{number}", self.path.display()));
        for number in (1..self.files_max.max(1)).rev() {
            if numbered(number).exists() {
                fs::rename(numbered(number), numbered(number + 1))?;
            }
        }
        fs::rename(&self.path, numbered(1))?;
        *self = Self::open(&self.path, self.bytes_max, self.files_max)?;
        Ok(())
    }
}

impl Engine {
    /// Notes a login, or that one was refused.
    pub fn audit_login(&self, user: &str, from: SocketAddr, sqlstate: Option<&str>) {
        if let Some(audit) = &self.shared.audit {
            audit.send(Entry {
                at: now(),
                user: user.to_string(),
                role: None,
                from: Some(from),
                class: "LOGIN",
                tables: BTreeSet::new(),
                rows: 0,
                milliseconds: 0.0,
                sqlstate: sqlstate.unwrap_or(SUCCESS).to_string(),
                text: String::new(),
            });
        }
    }

    /// Waits until the audit log is written.
    pub fn flush_audit(&self) {
        self.shared.audit.iter().for_each(Audit::flush);
    }
}

/// A statement that is going on; its line is written when this is dropped.
pub(super) struct Audited {
    shared: Arc<Shared>,
    entry: Option<Entry>,
    started: Instant,
}

impl Audited {
    fn ended(&mut self, sqlstate: &str) {
        if let Some(entry) = &mut self.entry {
            entry.sqlstate = sqlstate.to_string();
        }
    }

    fn read(&mut self, rows: usize) {
        if let Some(entry) = &mut self.entry {
            entry.rows += rows as u64;
        }
    }
}

impl Drop for Audited {
    fn drop(&mut self) {
        if let (Some(mut entry), Some(audit)) = (self.entry.take(), &self.shared.audit) {
            entry.milliseconds = self.started.elapsed().as_secs_f64() * 1e3;
            audit.send(entry);
        }
    }
}

/// The tables that a statement names, while it is planned.
#[derive(Debug, Default)]
pub(super) struct Named(Mutex<BTreeSet<String>>);

impl Named {
    pub fn note(&self, name: &crate::lake::TableName) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_string());
    }

    pub fn take(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn put(&self, names: BTreeSet<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = names;
    }
}

impl Session {
    /// Begins the line of a statement; None without a log.
    pub(super) fn begin_audit(&self, statement: &Statement) -> Option<Audited> {
        self.shared.audit.as_ref()?;
        let user = self.settings.get("session_authorization").unwrap_or_default();
        let role = current_user(&self.settings);
        let entry = Entry {
            at: now(),
            user: user.to_string(),
            role: (role != user).then(|| role.to_string()),
            from: self.identity.from(),
            class: class(&statement.request),
            tables: BTreeSet::new(),
            rows: 0,
            milliseconds: 0.0,
            sqlstate: UNREAD.to_string(),
            text: syntax::redacted(&statement.text),
        };
        Some(Audited { shared: Arc::clone(&self.shared), entry: Some(entry), started: Instant::now() })
    }

    /// Ends the line of a statement: now, or with its rows.
    pub(super) fn audited(&self, audited: Option<Audited>, outcome: Result<Outcome>) -> Result<Outcome> {
        let Some(mut audited) = audited else { return outcome };
        if let Some(entry) = &mut audited.entry {
            entry.tables = self.named.take();
        }
        match outcome {
            Ok(Outcome::Rows { schema, batches, tag }) => Ok(Outcome::Rows { schema, batches: read(batches, audited), tag }),
            Ok(Outcome::CopyOut { schema, batches, settings }) => {
                Ok(Outcome::CopyOut { schema, batches: read(batches, audited), settings })
            }
            other => {
                audited.ended(other.as_ref().err().map_or(SUCCESS, Error::sqlstate));
                other
            }
        }
    }
}

fn read(batches: BoxStream<'static, Result<RecordBatch>>, audited: Audited) -> BoxStream<'static, Result<RecordBatch>> {
    let with_end = futures::stream::unfold(Some((batches, audited)), |state| async move {
        let (mut batches, mut audited) = state?;
        match batches.next().await {
            Some(Ok(batch)) => {
                audited.read(batch.num_rows());
                Some((Ok(batch), Some((batches, audited))))
            }
            Some(Err(error)) => {
                audited.ended(error.sqlstate());
                Some((Err(error), None))
            }
            None => {
                audited.ended(SUCCESS);
                None
            }
        }
    });
    with_end.boxed()
}

fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

fn class(request: &Request) -> &'static str {
    match request {
        Request::Query(_) => "SELECT",
        Request::Explain { .. } => "EXPLAIN",
        Request::Set { .. } => "SET",
        Request::Show(_) => "SHOW",
        Request::CreateView { .. } => "CREATE VIEW",
        Request::CreateTableAs { .. } => "CREATE TABLE AS",
        Request::CreateTable { .. } => "CREATE TABLE",
        Request::Drop { kind, .. } => kind.drop_command(),
        Request::Define(define) => define.command(),
        Request::Copy(_) => "COPY",
        Request::Modify(modification) => modification.command(),
        Request::Declare(_) => "DECLARE CURSOR",
        Request::Fetch(_) => "FETCH",
        Request::Prepare { .. } => "PREPARE",
        Request::Execute { .. } => "EXECUTE",
        Request::Access(statement) => statement.tag(),
        _ => "SESSION",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_lines_go_to_files_of_their_own_and_the_oldest_are_gone() {
        let folder = tempfile::tempdir().unwrap();
        let config = EngineConfig {
            audit_file: Some(folder.path().join("log")),
            audit_bytes_max: 300,
            audit_files_max: 2,
            ..EngineConfig::default()
        };
        let audit = Audit::open(&config, &StateDir::default()).unwrap().unwrap();
        for number in 0..20 {
            audit.send(Entry {
                at: now(),
                user: format!("user{number}"),
                role: None,
                from: None,
                class: "LOGIN",
                tables: BTreeSet::new(),
                rows: 0,
                milliseconds: 0.0,
                sqlstate: SUCCESS.into(),
                text: String::new(),
            });
        }
        drop(audit);
        let mut files: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        assert_eq!(files, ["log", "log.1", "log.2"]);
        let lines: String = ["log.2", "log.1", "log"].map(|file| fs::read_to_string(folder.path().join(file)).unwrap()).concat();
        let users: Vec<_> =
            lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["user"].clone()).collect();
        assert_eq!(users.last().unwrap(), "user19");
        assert!(users.len() >= 3 && users.len() < 20, "{users:?}");
        assert!(fs::metadata(folder.path().join("log.1")).unwrap().len() <= 300);
    }
}
