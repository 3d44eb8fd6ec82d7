//! The settings of one session, as SET and SHOW know them.

mod definitions;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::dialect::{DateOrder, zones};
use crate::error::{Error, Result, SqlState};
use definitions::{DEFINITIONS, KNOWN, Kind};

/// Most settings of one session, with those that clients name themselves.
const VALUES_MAX: usize = 1_000;

/// Sent to the client at start-up and whenever they change.
pub const REPORTED: &[&str] = &[
    "application_name",
    "client_encoding",
    "DateStyle",
    "default_transaction_read_only",
    "in_hot_standby",
    "integer_datetimes",
    "IntervalStyle",
    "is_superuser",
    "server_encoding",
    "server_version",
    "session_authorization",
    "standard_conforming_strings",
    "TimeZone",
];

#[derive(Clone, Debug)]
pub struct Settings {
    /// Without those of [`KNOWN`] that nobody has set.
    values: Values,
    initial: Values,
}

/// Shared with the transactions and savepoints that may go back to them.
type Values = Arc<BTreeMap<String, String>>;

impl Settings {
    pub fn new(user: &str) -> Self {
        let mut values: BTreeMap<String, String> =
            DEFINITIONS.iter().map(|(name, value, _)| (name.to_string(), value.to_string())).collect();
        values.insert("session_authorization".into(), user.into());
        let values = Arc::new(values);
        Self { initial: Arc::clone(&values), values }
    }

    /// The name in its canonical spelling: names are not case-sensitive.
    fn canonical(&self, name: &str) -> Option<String> {
        let own = self.values.keys().find(|known| known.eq_ignore_ascii_case(name)).cloned();
        own.or_else(|| KNOWN.iter().find(|known| known.name.eq_ignore_ascii_case(name)).map(|known| known.name.to_string()))
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        // Those who ask for each statement spell it as it is kept.
        self.values.get(name).map(String::as_str).or_else(|| self.value(&self.canonical(name)?))
    }

    /// Of a name in its canonical spelling.
    fn value(&self, name: &str) -> Option<&str> {
        let first = || KNOWN.iter().find(|known| known.name == name).map(|known| known.value);
        self.values.get(name).map(String::as_str).or_else(first)
    }

    /// Every setting that there is, by name.
    fn every(&self) -> impl Iterator<Item = (&str, &str)> {
        let unset = KNOWN.iter().map(|known| (known.name, known.value));
        let set = self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        unset.chain(set).collect::<BTreeMap<_, _>>().into_iter()
    }

    /// The value as SHOW gives it, or 42704.
    pub fn show(&self, name: &str) -> Result<(String, String)> {
        let unknown = || Error::new(SqlState::UNDEFINED_OBJECT, format!("unrecognized configuration parameter \"{name}\""));
        let name = self.canonical(name).ok_or_else(unknown)?;
        let value = self.value(&name).ok_or_else(unknown)?;
        let shown = values::shown(&name, value);
        Ok((name, shown))
    }

    /// All settings as SHOW gives them.
    pub fn all(&self) -> impl Iterator<Item = (&str, String)> {
        self.every().map(|(name, value)| (name, values::shown(name, value)))
    }

    /// All settings as numbers and words, each with its unit.
    pub fn all_with_units(&self) -> impl Iterator<Item = (&str, &str, Option<String>)> {
        self.every().map(|(name, value)| (name, value, values::unit(name)))
    }

    /// A time limit; `None` is none.
    pub fn limit(&self, name: &str) -> Option<Duration> {
        let milliseconds = self.get(name)?.parse().ok().filter(|number| *number > 0)?;
        Some(Duration::from_millis(milliseconds))
    }

    /// The session's time zone by the name that the engine knows.
    pub fn zone(&self) -> String {
        self.get("TimeZone").and_then(zones::label).unwrap_or_else(|| "UTC".into())
    }

    /// How literals of dates are read.
    pub fn date_order(&self) -> DateOrder {
        match self.get("DateStyle") {
            Some("ISO, DMY") => DateOrder::DayMonthYear,
            Some("ISO, YMD") => DateOrder::YearMonthDay,
            _ => DateOrder::MonthDayYear,
        }
    }

    /// Sets a value and gives the canonical name. Settings with a dot in their name belong to clients and may be anything.
    pub fn set(&mut self, name: &str, value: &str) -> Result<String> {
        let canonical = match self.canonical(name) {
            Some(name) => name,
            // These are settings of the engine, which clients must not believe to have changed.
            None if name.contains('.') && !name.to_lowercase().starts_with("datafusion.") => name.to_lowercase(),
            None => return self.show(name).map(|_| String::new()),
        };
        let value = values::checked(&canonical, value)?;
        if !self.values.contains_key(&canonical) && self.values.len() >= VALUES_MAX {
            return Err(Error::new(SqlState("53400"), format!("a session can have at most {VALUES_MAX} settings")));
        }
        Arc::make_mut(&mut self.values).insert(canonical.clone(), value);
        Ok(canonical)
    }

    /// Whether the current user is a superuser, which no client sets.
    pub fn note_superuser(&mut self, superuser: bool) {
        let value = if superuser { "on" } else { "off" };
        if self.values.get("is_superuser").is_none_or(|known| known != value) {
            Arc::make_mut(&mut self.values).insert("is_superuser".into(), value.into());
        }
    }

    pub fn reset(&mut self, name: &str) -> Result<String> {
        let (name, _) = self.show(name)?;
        if let Kind::Fixed(reason) = definitions::kind(&name) {
            return Err(values::fixed(&name, reason));
        }
        match self.initial.get(&name).cloned() {
            Some(initial) => Arc::make_mut(&mut self.values).insert(name.clone(), initial),
            None => Arc::make_mut(&mut self.values).remove(&name),
        };
        Ok(name)
    }

    pub fn reset_all(&mut self) {
        self.values = Arc::clone(&self.initial);
    }

    /// The values that RESET goes back to: what the client asked for at start-up.
    pub fn keep_as_initial(&mut self) {
        self.initial = Arc::clone(&self.values);
    }

    /// Schemas in which unqualified names are looked for.
    pub fn search_path(&self) -> Vec<String> {
        let path = self.get("search_path").unwrap_or("public");
        // The database's own schema is no user's.
        let user = Some(super::identity::current_user(self)).filter(|user| *user != super::system::SCHEMA).unwrap_or_default();
        let names = path.split(',').map(|name| name.trim().trim_matches('"'));
        names.map(|name| if name == "$user" { user } else { name }).filter(|n| !n.is_empty()).map(str::to_string).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_not_case_sensitive_and_unknown_ones_are_errors() {
        let mut settings = Settings::new("ann");
        assert_eq!(settings.set("timezone", "Europe/Berlin").unwrap(), "TimeZone");
        assert_eq!(settings.get("TIMEZONE"), Some("Europe/Berlin"));
        assert_eq!(settings.set("no_such", "1").unwrap_err().sqlstate(), "42704");
        assert_eq!(settings.set("my.own", "1").unwrap(), "my.own");
        assert_eq!(settings.set("DataFusion.execution.target_partitions", "4").unwrap_err().sqlstate(), "42704");
        assert_eq!(settings.set("server_version", "16").unwrap_err().sqlstate(), "55P02");
        assert_eq!(settings.set("TimeZone", "Mars/Olympus").unwrap_err().sqlstate(), "22023");
        settings.reset("timezone").unwrap();
        assert_eq!(settings.get("TimeZone"), Some("UTC"));
    }

    #[test]
    fn settings_without_a_meaning_are_kept_and_reset() {
        let mut settings = Settings::new("ann");
        let shown = |settings: &Settings| settings.show("Work_Mem").unwrap();
        assert_eq!(shown(&settings), ("work_mem".to_string(), "4MB".to_string()));
        assert_eq!(settings.set("WORK_MEM", "64MB").unwrap(), "work_mem");
        assert_eq!(shown(&settings).1, "64MB");
        settings.reset("work_mem").unwrap();
        assert_eq!(shown(&settings).1, "4MB");
        assert_eq!(settings.set("work_mem", "1 kB").unwrap_err().sqlstate(), "22023");
        assert_eq!(settings.all().filter(|(name, _)| *name == "work_mem").count(), 1);
    }

    /// A client may set as many savepoints as it likes.
    #[test]
    fn savepoints_share_the_settings() {
        let mut settings = Settings::new("ann");
        let savepoint = settings.clone();
        settings.note_superuser(false);
        assert!(Arc::ptr_eq(&settings.values, &savepoint.values));
        settings.set("work_mem", "64MB").unwrap();
        assert_eq!(savepoint.get("work_mem"), Some("4096"));
    }

    #[test]
    fn the_search_path_knows_the_user() {
        let mut settings = Settings::new("ann");
        assert_eq!(settings.search_path(), ["ann", "public"]);
        settings.set("search_path", "sales, \"Web\"").unwrap();
        assert_eq!(settings.search_path(), ["sales", "Web"]);
    }
}
