//! Transactions: all see the lake's tables as they were when the block first used them, whatever the isolation level, and hold what
//! SET has changed, what was created and dropped, cursors, and whether a statement has failed. Several statements of one text are one
//! transaction too, as in PostgreSQL.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::modify::Modification;
use super::requests::Modes;
use super::session::{Session, TemporaryView};
use super::settings::{REPORTED, Settings};
use super::statement::Request;
use super::temporary::Temporary;
use crate::catalog::{Changes, Found};
use crate::error::{Error, Result, SqlState};
use crate::lake::TableName;

pub(super) struct Transaction {
    failed: bool,
    /// Made by several statements of one text, without BEGIN: it ends with the last of them, or with COMMIT or ROLLBACK among them.
    implicit: bool,
    savepoints: Vec<Savepoint>,
    started_at: DateTime<Utc>,
    /// What ROLLBACK goes back to.
    created: Undo,
    /// What ROLLBACK goes back to.
    before: Settings,
    /// What COMMIT goes back to for SET LOCAL.
    local: Vec<(String, String)>,
    /// A query has run.
    queried: bool,
    /// The tables of the lake that the block has used, with the files that they had then.
    tables: Mutex<HashMap<TableName, Found>>,
}

struct Savepoint {
    name: String,
    settings: Settings,
    local: Vec<(String, String)>,
    /// Names of the cursors that were open.
    cursors: Vec<String>,
    created: Undo,
}

/// What was created and dropped up to some moment.
#[derive(Clone)]
struct Undo {
    changes: Arc<Changes>,
    temporary: HashMap<String, Arc<Temporary>>,
    temporary_views: HashMap<String, Arc<TemporaryView>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionStatus {
    Idle,
    Open,
    Failed,
}

impl Transaction {
    pub(super) fn started_at(&self) -> DateTime<Utc> {
        self.started_at
    }

    /// What SET LOCAL has changed, with the value before.
    pub(super) fn restore_at_end(&mut self, name: String, before: String) {
        self.local.push((name, before));
    }

    /// SET has given a value that stays.
    pub(super) fn keep_at_end(&mut self, name: &str) {
        self.local.retain(|(local, _)| local != name);
    }
}

impl Session {
    /// BEGIN, COMMIT, ROLLBACK and savepoints; the result is the command tag.
    pub(super) fn transaction_control(&mut self, request: Request) -> Result<&'static str> {
        Ok(match request {
            Request::Begin { modes, tag } => {
                match &mut self.transaction {
                    // What came before in the same text belongs to it.
                    Some(transaction) if transaction.implicit => transaction.implicit = false,
                    Some(_) => self.notice("25001", "there is already a transaction in progress"),
                    None => self.begin(),
                }
                self.set_modes(modes)?;
                tag
            }
            Request::Commit { chain } => self.end_as_told(true, chain)?,
            Request::Rollback { chain } => self.end_as_told(false, chain)?,
            Request::SetTransaction { modes, session: true } => {
                self.set_characteristics(modes)?;
                "SET"
            }
            Request::SetTransaction { modes, session: false } => {
                match &self.transaction {
                    Some(_) => self.set_modes(modes)?,
                    None => self.notice("25P01", "SET TRANSACTION can only be used in transaction blocks"),
                }
                "SET"
            }
            Request::Savepoint(name) => {
                let settings = self.settings.clone();
                let cursors = self.cursors.keys().cloned().collect();
                let created = self.created_so_far();
                let transaction = self.open_transaction("SAVEPOINT")?;
                let local = transaction.local.clone();
                transaction.savepoints.push(Savepoint { name, settings, local, cursors, created });
                "SAVEPOINT"
            }
            Request::Release(name) => {
                let transaction = self.open_transaction("RELEASE SAVEPOINT")?;
                let at = find_savepoint(transaction, &name)?;
                transaction.savepoints.truncate(at);
                "RELEASE"
            }
            Request::RollbackTo(name) => {
                self.roll_back_to(&name)?;
                "ROLLBACK"
            }
            _ => return Err(Error::internal("the statement is not one of settings or transactions")),
        })
    }

    /// Statements of one text follow, which are one transaction unless they say otherwise. Called before each of them.
    pub fn begin_block(&mut self) {
        if self.transaction.is_none() {
            self.begin();
            self.transaction.iter_mut().for_each(|transaction| transaction.implicit = true);
        }
    }

    /// The last statement of a text has run, or one of them has failed: what they changed stays, or none of it.
    ///
    /// # Errors
    /// Those of COMMIT; nothing has changed then.
    pub async fn end_block(&mut self) -> Result<()> {
        let Some(Transaction { implicit: true, failed, .. }) = self.transaction else { return Ok(()) };
        let request = if failed { Request::Rollback { chain: false } } else { Request::Commit { chain: false } };
        self.end_changes(&request).await?;
        self.end(!failed, false).map(|_| ())
    }

    fn begin(&mut self) {
        let (before, created, tables) = (self.settings.clone(), self.created_so_far(), Mutex::default());
        let (savepoints, local) = (vec![], vec![]);
        let started_at = Utc::now();
        let (failed, implicit, queried) = (false, false, false);
        self.transaction =
            Some(Transaction { failed, implicit, savepoints, started_at, created, before, local, queried, tables });
    }

    fn created_so_far(&self) -> Undo {
        let (temporary, temporary_views) = (self.temporary.clone(), self.temporary_views.clone());
        Undo { changes: Arc::clone(&self.changes), temporary, temporary_views }
    }

    fn go_back_to(&mut self, before: Undo) {
        self.changes = before.changes;
        self.temporary = before.temporary;
        self.temporary_views = before.temporary_views;
        self.forget_tables();
    }

    /// The changes that stay after COMMIT, ROLLBACK or ROLLBACK TO SAVEPOINT, for those to come.
    pub(super) fn savepoint_changes(&self, request: &Request) -> Arc<Changes> {
        let Request::RollbackTo(name) = request else { return Arc::default() };
        let transaction = self.transaction.as_ref();
        let at = transaction.and_then(|transaction| find_savepoint(transaction, name).ok());
        let savepoint = transaction.zip(at).and_then(|(transaction, at)| transaction.savepoints.get(at));
        savepoint.map_or_else(|| Arc::clone(&self.changes), |savepoint| Arc::clone(&savepoint.created.changes))
    }

    pub(super) fn transaction_failed(&self) -> bool {
        matches!(self.transaction, Some(Transaction { failed: true, .. }))
    }

    /// Ends the open transaction as ROLLBACK does.
    pub(super) fn roll_back(&mut self) -> Result<()> {
        self.end(false, false).map(|_| ())
    }

    fn is_in_block(&self) -> bool {
        matches!(self.transaction, Some(Transaction { implicit: false, .. }))
    }

    /// 25P01 for AND CHAIN without BEGIN.
    pub(super) fn refuse_chain(&self, request: &Request) -> Result<()> {
        let command = match request {
            Request::Commit { chain: true } => "COMMIT",
            Request::Rollback { chain: true } => "ROLLBACK",
            _ => return Ok(()),
        };
        let message = format!("{command} AND CHAIN can only be used in transaction blocks");
        if self.is_in_block() { Ok(()) } else { Err(Error::new(SqlState("25P01"), message)) }
    }

    /// COMMIT and ROLLBACK as statements.
    fn end_as_told(&mut self, commit: bool, chain: bool) -> Result<&'static str> {
        if !self.is_in_block() {
            self.notice("25P01", "there is no transaction in progress");
        }
        self.end(commit, chain)
    }

    fn end(&mut self, commit: bool, chain: bool) -> Result<&'static str> {
        let Some(transaction) = self.transaction.take() else { return Ok(if commit { "COMMIT" } else { "ROLLBACK" }) };
        let modes = MODES.map(|(name, _)| (name, self.settings.get(name).unwrap_or_default().to_string()));
        let committed = commit && !transaction.failed;
        self.close_cursors(committed);
        if committed {
            for (name, value) in transaction.local.into_iter().rev() {
                self.settings.set(&name, &value)?;
                self.setting_changed(name)?;
            }
        } else {
            self.settings = transaction.before;
            self.go_back_to(transaction.created);
            REPORTED.iter().try_for_each(|name| self.setting_changed(name.to_string()))?;
        }
        self.modes_of_defaults()?;
        if chain {
            self.begin();
            modes.into_iter().try_for_each(|(name, value)| self.settings.set(name, &value).map(|_| ()))?;
        }
        Ok(if committed { "COMMIT" } else { "ROLLBACK" })
    }

    /// A transaction begins with the modes that are the session's defaults.
    fn modes_of_defaults(&mut self) -> Result<()> {
        for (name, default) in MODES {
            let value = self.settings.get(default).unwrap_or_default().to_string();
            self.settings.set(name, &value)?;
        }
        Ok(())
    }

    fn set_modes(&mut self, modes: Modes) -> Result<()> {
        if let Some(level) = modes.isolation {
            self.set("transaction_isolation", Some(level), false)?;
        }
        if let Some(read_only) = modes.read_only {
            self.set("transaction_read_only", Some(if read_only { "on" } else { "off" }), false)?;
        }
        Ok(())
    }

    fn set_characteristics(&mut self, modes: Modes) -> Result<()> {
        if let Some(level) = modes.isolation {
            self.set("default_transaction_isolation", Some(level), false)?;
        }
        if let Some(read_only) = modes.read_only {
            self.set("default_transaction_read_only", Some(if read_only { "on" } else { "off" }), false)?;
        }
        Ok(())
    }

    /// Whether a setting is one of the transaction, and may be set now.
    pub(super) fn check_mode(&self, name: &str, value: &str) -> Result<()> {
        if !self.transaction.as_ref().is_some_and(|transaction| transaction.queried) {
            return Ok(());
        }
        let is = |now: &str| self.settings.get(name).is_some_and(|value| value == now);
        let late = |message: &str| Err(Error::new(SqlState("25001"), message));
        match name.to_lowercase().as_str() {
            "transaction_isolation" if !is(&value.to_lowercase()) => {
                late("SET TRANSACTION ISOLATION LEVEL must be called before any query")
            }
            "transaction_read_only" if is("on") && !matches!(value, "on" | "true" | "1") => {
                late("transaction read-write mode must be set before any query")
            }
            _ => Ok(()),
        }
    }

    /// After a change of the settings: outside of a block the modes are those of the next statement's transaction.
    pub(super) fn follow_defaults(&mut self) -> Result<()> {
        if self.transaction.is_none() { self.modes_of_defaults() } else { Ok(()) }
    }

    fn roll_back_to(&mut self, name: &str) -> Result<()> {
        let transaction = self.open_transaction("ROLLBACK TO SAVEPOINT")?;
        let at = find_savepoint(transaction, name)?;
        transaction.savepoints.truncate(at + 1);
        transaction.failed = false;
        let Some(savepoint) = transaction.savepoints.last() else { return Ok(()) };
        let (settings, cursors) = (savepoint.settings.clone(), savepoint.cursors.clone());
        let created = savepoint.created.clone();
        transaction.local = savepoint.local.clone();
        self.settings = settings;
        self.go_back_to(created);
        self.cursors.retain(|name, _| cursors.contains(name));
        REPORTED.iter().try_for_each(|name| self.setting_changed(name.to_string()))
    }

    fn open_transaction(&mut self, command: &str) -> Result<&mut Transaction> {
        self.transaction
            .as_mut()
            .filter(|transaction| !transaction.implicit)
            .ok_or_else(|| Error::new(SqlState("25P01"), format!("{command} can only be used in transaction blocks")))
    }

    pub(super) fn refuse_if_failed(&self, request: &Request) -> Result<()> {
        let ends = matches!(request, Request::Commit { .. } | Request::Rollback { .. } | Request::RollbackTo(_));
        match &self.transaction {
            Some(Transaction { failed: true, .. }) if !ends => Err(Error::new(
                SqlState::IN_FAILED_SQL_TRANSACTION,
                "current transaction is aborted, commands ignored until end of transaction block",
            )),
            _ => Ok(()),
        }
    }

    /// 25006 for what changes names that others see, in a transaction that only reads.
    pub(super) fn refuse_if_read_only(&mut self, request: &Request) -> Result<()> {
        if let Some(transaction) = &mut self.transaction
            && request.reads()
        {
            transaction.queried = true;
        }
        let command = match request {
            Request::CreateView { .. } => "CREATE VIEW",
            Request::Drop { kind, .. } => kind.drop_command(),
            Request::Define(define) => define.command(),
            Request::CreateTableAs { temporary: false, .. } => "CREATE TABLE AS",
            Request::Modify(modification) if matches!(**modification, Modification::Truncate(_)) => "TRUNCATE TABLE",
            _ => return Ok(()),
        };
        match self.settings.get("transaction_read_only") {
            Some("on") => {
                let message = format!("cannot execute {command} in a read-only transaction");
                Err(Error::new(SqlState::READ_ONLY_SQL_TRANSACTION, message))
            }
            _ => Ok(()),
        }
    }

    /// What a name of the lake stands for: within a block, a table with the files that it had when the block first used it.
    pub(super) async fn found(&self, name: &TableName) -> Result<Option<Found>> {
        let Some(transaction) = &self.transaction else { return self.catalog().find(name).await };
        let known = transaction.tables.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let found = self.catalog().find(name).await?;
        if let Some(table @ Found::Table(_)) = &found {
            let mut tables = transaction.tables.lock().unwrap_or_else(PoisonError::into_inner);
            return Ok(Some(tables.entry(name.clone()).or_insert_with(|| table.clone()).clone()));
        }
        Ok(found)
    }

    /// A table was made or dropped: the block sees its own work.
    pub(super) fn forget_tables(&mut self) {
        if let Some(transaction) = &self.transaction {
            transaction.tables.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    pub fn transaction_status(&self) -> TransactionStatus {
        match &self.transaction {
            None => TransactionStatus::Idle,
            Some(Transaction { failed: false, .. }) => TransactionStatus::Open,
            Some(_) => TransactionStatus::Failed,
        }
    }

    /// An error of any statement, also one that shows only while its rows are sent, ends the use of an open transaction.
    pub fn statement_failed(&mut self) {
        if let Some(transaction) = &mut self.transaction {
            transaction.failed = true;
        }
    }
}

/// The modes of a transaction, and the settings that they begin with.
const MODES: [(&str, &str); 3] = [
    ("transaction_isolation", "default_transaction_isolation"),
    ("transaction_read_only", "default_transaction_read_only"),
    ("transaction_deferrable", "default_transaction_deferrable"),
];

fn find_savepoint(transaction: &Transaction, name: &str) -> Result<usize> {
    let missing = || Error::new(SqlState("3B001"), format!("savepoint \"{name}\" does not exist"));
    transaction.savepoints.iter().rposition(|savepoint| savepoint.name == name).ok_or_else(missing)
}
