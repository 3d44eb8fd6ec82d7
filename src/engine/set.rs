//! `SET`, `RESET` and `SHOW`, and what follows a setting.

use std::sync::Arc;
use std::time::Duration;

use datafusion::arrow::array::StringArray;

use super::explain::{rows_of, settings_schema, text_rows};
use super::outcome::{Outcome, RowsTag};
use super::probe::Probe;
use super::session::Session;
use crate::error::{Error, Result, SqlState};

impl Session {
    pub(super) fn show(&self, name: &str) -> Result<Outcome> {
        if !name.eq_ignore_ascii_case("all") {
            let (name, value) = self.settings.show(name)?;
            return text_rows(&name, vec![value], RowsTag::Fixed("SHOW"));
        }
        let (names, values): (Vec<&str>, Vec<String>) = self.settings.all().unzip();
        let empty = StringArray::from(vec![""; names.len()]);
        let columns: Vec<Arc<dyn datafusion::arrow::array::Array>> =
            vec![Arc::new(StringArray::from(names)), Arc::new(StringArray::from(values)), Arc::new(empty)];
        rows_of(settings_schema(), columns, RowsTag::Fixed("SHOW"))
    }

    /// What `set_config` has set in a statement before this one.
    pub(super) fn take_over_settings(&mut self) -> Result<()> {
        for (name, value, local) in self.facts.take_pending() {
            self.set(&name, Some(&value), local)?;
        }
        Ok(())
    }

    /// Sets one setting, as SET does and as a client's start-up message may.
    pub fn set(&mut self, name: &str, value: Option<&str>, local: bool) -> Result<()> {
        if name.eq_ignore_ascii_case("session_authorization") {
            return self.set_session_authorization(value);
        }
        self.check_setting(name, value)?;
        let before = self.settings.get(name).map(str::to_string);
        if let Some(value) = value {
            self.check_mode(name, value)?;
        }
        if self.transaction.is_none() && (local || name.to_lowercase().starts_with("transaction_")) {
            // It would end with the transaction of this statement: only whether it could be set is of interest.
            value.map_or(Ok(()), |value| self.settings.clone().set(name, value).map(|_| ()))?;
            if local {
                self.notice("25P01", "SET LOCAL can only be used in transaction blocks");
            }
            return Ok(());
        }
        let set = match value {
            Some(value) => self.settings.set(name, value),
            None => self.settings.reset(name),
        };
        let name = set.inspect_err(|error| self.probe_setting(name, error))?;
        if let Some(transaction) = &mut self.transaction {
            match before {
                Some(before) if local => transaction.restore_at_end(name.clone(), before),
                _ => transaction.keep_at_end(&name),
            }
        }
        self.setting_changed(name)?;
        self.follow_defaults()
    }

    pub(super) fn probe_setting(&self, name: &str, error: &Error) {
        if error.state == SqlState::UNDEFINED_OBJECT {
            self.shared.probes.lacks(Probe::Setting, name);
        }
    }

    pub(super) fn setting_changed(&mut self, name: String) -> Result<()> {
        self.alterations += 1;
        self.follow_zone();
        self.follow_role();
        self.limit_memory();
        self.changed.push(name);
        Ok(())
    }

    pub(super) fn reset_all(&mut self) -> Result<()> {
        self.settings.reset_all();
        super::settings::REPORTED.iter().try_for_each(|name| self.setting_changed(name.to_string()))?;
        self.follow_defaults()
    }

    /// What the client set at start-up is what RESET goes back to.
    pub fn started(&mut self) {
        self.settings.keep_as_initial();
        self.changed = super::settings::REPORTED.iter().map(|name| name.to_string()).collect();
    }

    /// The timeouts in force.
    pub fn limit(&self, name: &str) -> Option<Duration> {
        self.settings.limit(name)
    }
}
