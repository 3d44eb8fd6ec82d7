//! The settings of one session, as SET and SHOW know them.

use std::collections::BTreeMap;

use crate::error::{Error, Result, SqlState};

/// What a session starts with. Clients read some of these before their first query.
const DEFAULTS: &[(&str, &str)] = &[
    ("application_name", ""),
    ("bytea_output", "hex"),
    ("client_encoding", "UTF8"),
    ("client_min_messages", "notice"),
    ("DateStyle", "ISO, MDY"),
    ("default_table_access_method", "heap"),
    ("default_tablespace", ""),
    ("default_transaction_isolation", "read committed"),
    ("default_transaction_read_only", "off"),
    ("extra_float_digits", "1"),
    ("idle_in_transaction_session_timeout", "0"),
    ("in_hot_standby", "off"),
    ("integer_datetimes", "on"),
    ("IntervalStyle", "postgres"),
    ("is_superuser", "off"),
    ("jit", "off"),
    ("lc_collate", "C"),
    ("lc_ctype", "C"),
    ("lock_timeout", "0"),
    ("max_identifier_length", "63"),
    ("row_security", "on"),
    ("search_path", "\"$user\", public"),
    ("server_encoding", "UTF8"),
    ("server_version", "15.0"),
    ("server_version_num", "150000"),
    ("session_authorization", ""),
    ("standard_conforming_strings", "on"),
    ("statement_timeout", "0"),
    ("TimeZone", "UTC"),
    ("transaction_isolation", "read committed"),
    ("transaction_read_only", "on"),
];

/// Cannot be set by a client.
const FIXED: &[&str] = &[
    "in_hot_standby",
    "integer_datetimes",
    "is_superuser",
    "lc_collate",
    "lc_ctype",
    "max_identifier_length",
    "server_encoding",
    "server_version",
    "server_version_num",
    "session_authorization",
];

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
    values: BTreeMap<String, String>,
    initial: BTreeMap<String, String>,
}

impl Settings {
    pub fn new(user: &str) -> Self {
        let mut values: BTreeMap<String, String> = DEFAULTS.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        values.insert("session_authorization".into(), user.into());
        Self { initial: values.clone(), values }
    }

    /// The name in its canonical spelling: names are not case-sensitive.
    fn canonical(&self, name: &str) -> Option<String> {
        self.values.keys().find(|known| known.eq_ignore_ascii_case(name)).cloned()
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(&self.canonical(name)?).map(String::as_str)
    }

    /// The value, or 42704.
    pub fn show(&self, name: &str) -> Result<(String, &str)> {
        let unknown = || Error::new(SqlState::UNDEFINED_OBJECT, format!("unrecognized configuration parameter \"{name}\""));
        let name = self.canonical(name).ok_or_else(unknown)?;
        let value = self.values.get(&name).ok_or_else(unknown)?;
        Ok((name, value))
    }

    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// Sets a value and gives the canonical name. Settings with a dot in their name belong to clients and may be anything.
    pub fn set(&mut self, name: &str, value: &str) -> Result<String> {
        let canonical = match self.canonical(name) {
            Some(name) => name,
            // These are settings of the engine, which clients must not believe to have changed.
            None if name.contains('.') && !name.to_lowercase().starts_with("datafusion.") => name.to_lowercase(),
            None => return self.show(name).map(|_| String::new()),
        };
        if FIXED.contains(&canonical.as_str()) {
            return Err(Error::new(SqlState("55P02"), format!("parameter \"{canonical}\" cannot be changed")));
        }
        let value = checked(&canonical, value)?;
        self.values.insert(canonical.clone(), value);
        Ok(canonical)
    }

    pub fn reset(&mut self, name: &str) -> Result<String> {
        let (name, _) = self.show(name)?;
        match self.initial.get(&name).cloned() {
            Some(initial) => self.values.insert(name.clone(), initial),
            None => self.values.remove(&name),
        };
        Ok(name)
    }

    pub fn reset_all(&mut self) {
        self.values = self.initial.clone();
    }

    /// The values that RESET goes back to: what the client asked for at start-up.
    pub fn keep_as_initial(&mut self) {
        self.initial = self.values.clone();
    }

    /// Schemas in which unqualified names are looked for.
    pub fn search_path(&self) -> Vec<String> {
        let path = self.get("search_path").unwrap_or("public");
        // The database's own schema is no user's.
        let user = self.get("session_authorization").filter(|user| *user != super::system::SCHEMA).unwrap_or_default();
        let names = path.split(',').map(|name| name.trim().trim_matches('"'));
        names.map(|name| if name == "$user" { user } else { name }).filter(|n| !n.is_empty()).map(str::to_string).collect()
    }
}

fn checked(name: &str, value: &str) -> Result<String> {
    let invalid =
        || Error::new(SqlState::INVALID_PARAMETER_VALUE, format!("invalid value for parameter \"{name}\": \"{value}\""));
    match name {
        "TimeZone" => time_zone(value).ok_or_else(invalid),
        "client_encoding" if !matches!(value.to_uppercase().replace('-', "").as_str(), "UTF8" | "UNICODE") => {
            Err(invalid().hint("cilake speaks UTF8"))
        }
        "client_encoding" => Ok("UTF8".into()),
        "standard_conforming_strings" if !matches!(value, "on" | "true" | "1") => Err(invalid()),
        "DateStyle" if !value.to_uppercase().starts_with("ISO") => Err(invalid().hint("cilake prints dates in ISO style")),
        "DateStyle" => Ok("ISO, MDY".into()),
        "IntervalStyle" if value != "postgres" => Err(invalid()),
        _ => Ok(value.into()),
    }
}

/// A zone's name, or hours from UTC, in the form that the engine knows.
fn time_zone(value: &str) -> Option<String> {
    if value.eq_ignore_ascii_case("default") || value.eq_ignore_ascii_case("local") {
        return Some("UTC".into());
    }
    if let Ok(hours) = value.parse::<i8>() {
        return (-15..=15).contains(&hours).then(|| format!("{hours:+03}:00"));
    }
    let parsed = value.parse::<datafusion::arrow::array::timezone::Tz>().is_ok();
    parsed.then(|| value.to_string())
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
    fn the_search_path_knows_the_user() {
        let mut settings = Settings::new("ann");
        assert_eq!(settings.search_path(), ["ann", "public"]);
        settings.set("search_path", "sales, \"Web\"").unwrap();
        assert_eq!(settings.search_path(), ["sales", "Web"]);
    }
}
