//! The audit log: who did what, when and from where, as lines of JSON. It holds no values: texts come without their literals.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::Engine;
use super::statement::Request;
use crate::config::EngineConfig;
use crate::error::{Error, Result};
use crate::state::StateDir;

/// In the state's folder, unless the configuration names a file.
const FILE: &str = "audit.jsonl";
/// Lines that wait for the disk; who has more to say waits with them, so that none is lost.
const WAITING_MAX: usize = 10_000;
/// SQLSTATE of what went well.
pub(super) const SUCCESS: &str = "00000";

/// One line.
#[derive(Debug, Default, Serialize)]
pub(super) struct Entry {
    pub at: String,
    pub user: String,
    /// The role that SET ROLE has taken, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<SocketAddr>,
    /// `SELECT`, `GRANT`, …; `LOGIN`; `SESSION` for what concerns the session alone.
    pub class: &'static str,
    /// Tables and views that the statement names, also through views.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub tables: BTreeSet<String>,
    pub rows: u64,
    pub milliseconds: f64,
    pub sqlstate: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
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

    pub(super) fn send(&self, entry: Entry) {
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
                at: time(Utc::now()),
                user: user.to_string(),
                from: Some(from),
                class: "LOGIN",
                sqlstate: sqlstate.unwrap_or(SUCCESS).to_string(),
                ..Entry::default()
            });
        }
    }

    /// Waits until the audit log is written.
    pub fn flush_audit(&self) {
        self.shared.audit.iter().for_each(Audit::flush);
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

pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// What kind of statement it is, for readers of the log.
pub(super) fn class(request: &Request) -> &'static str {
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
            let (at, user, sqlstate) = (time(Utc::now()), format!("user{number}"), SUCCESS.into());
            audit.send(Entry { at, user, class: "LOGIN", sqlstate, ..Entry::default() });
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
