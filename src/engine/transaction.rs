//! Transactions: all reading, so that they hold only what SET has changed, and whether a statement has failed.

use super::session::Session;
use super::settings::{REPORTED, Settings};
use super::statement::Request;
use crate::error::{Error, Result, SqlState};

pub(super) struct Transaction {
    failed: bool,
    savepoints: Vec<String>,
    /// What ROLLBACK goes back to.
    before: Settings,
    /// What COMMIT goes back to for SET LOCAL.
    local: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionStatus {
    Idle,
    Open,
    Failed,
}

impl Transaction {
    /// What SET LOCAL has changed, with the value before.
    pub(super) fn restore_at_end(&mut self, name: String, before: String) {
        self.local.push((name, before));
    }
}

impl Session {
    /// BEGIN, COMMIT, ROLLBACK and savepoints; the result is the command tag.
    pub(super) fn transaction_control(&mut self, request: Request) -> Result<&'static str> {
        Ok(match request {
            Request::Begin => {
                match &self.transaction {
                    Some(_) => self.notice("25001", "there is already a transaction in progress"),
                    None => self.begin(),
                }
                "BEGIN"
            }
            Request::Commit => self.end(true)?,
            Request::Rollback => self.end(false)?,
            Request::Savepoint(name) => {
                self.open_transaction("SAVEPOINT")?.savepoints.push(name);
                "SAVEPOINT"
            }
            Request::Release(name) => {
                let transaction = self.open_transaction("RELEASE SAVEPOINT")?;
                let at = find_savepoint(transaction, &name)?;
                transaction.savepoints.truncate(at);
                "RELEASE"
            }
            Request::RollbackTo(name) => {
                let transaction = self.open_transaction("ROLLBACK TO SAVEPOINT")?;
                let at = find_savepoint(transaction, &name)?;
                transaction.savepoints.truncate(at + 1);
                transaction.failed = false;
                "ROLLBACK"
            }
            _ => return Err(Error::internal("the statement is not one of settings or transactions")),
        })
    }

    fn begin(&mut self) {
        let before = self.settings.clone();
        self.transaction = Some(Transaction { failed: false, savepoints: vec![], before, local: vec![] });
    }

    fn end(&mut self, commit: bool) -> Result<&'static str> {
        let Some(transaction) = self.transaction.take() else {
            self.notice("25P01", "there is no transaction in progress");
            return Ok(if commit { "COMMIT" } else { "ROLLBACK" });
        };
        let commit = commit && !transaction.failed;
        if commit {
            for (name, value) in transaction.local.into_iter().rev() {
                self.settings.set(&name, &value)?;
                self.setting_changed(name)?;
            }
            return Ok("COMMIT");
        }
        self.settings = transaction.before;
        REPORTED.iter().try_for_each(|name| self.setting_changed(name.to_string()))?;
        Ok("ROLLBACK")
    }

    fn open_transaction(&mut self, command: &str) -> Result<&mut Transaction> {
        self.transaction
            .as_mut()
            .ok_or_else(|| Error::new(SqlState("25P01"), format!("{command} can only be used in transaction blocks")))
    }

    pub(super) fn refuse_if_failed(&self, request: &Request) -> Result<()> {
        let ends = matches!(request, Request::Commit | Request::Rollback | Request::RollbackTo(_));
        match &self.transaction {
            Some(Transaction { failed: true, .. }) if !ends => Err(Error::new(
                SqlState::IN_FAILED_SQL_TRANSACTION,
                "current transaction is aborted, commands ignored until end of transaction block",
            )),
            _ => Ok(()),
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

fn find_savepoint(transaction: &Transaction, name: &str) -> Result<usize> {
    let missing = || Error::new(SqlState("3B001"), format!("savepoint \"{name}\" does not exist"));
    transaction.savepoints.iter().rposition(|s| s == name).ok_or_else(missing)
}
