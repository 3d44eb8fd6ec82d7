//! The settings that a session has: names, kinds and first values, as PostgreSQL 15 has them.
//!
//! Those that mean something here are in [`DEFINITIONS`]. Those that PostgreSQL has, clients set and nothing here depends on are in
//! `postgres15.tsv`, rows of its `pg_settings`: they are checked, kept and shown as PostgreSQL does.

use std::sync::LazyLock;

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Bool,
    /// A whole number within bounds, kept in this unit: `ms`, `s`, `kB`, `8kB`, `B`, or none.
    Integer(i32, i32, &'static str),
    /// A number within bounds, as PostgreSQL writes them.
    Real(&'static str, &'static str),
    /// One of these words, with commas between them.
    Choice(&'static str),
    /// Cannot be set by a client; the text is the end of the sentence that says so.
    Fixed(&'static str),
    TimeZone,
    DateStyle,
    ClientEncoding,
    /// A number of digits, of which only those beyond what is exact have an effect here.
    FloatDigits,
    /// A truth value that can only be true here.
    AlwaysOn,
}

const ISOLATION: Kind = Kind::Choice("serializable, repeatable read, read committed, read uncommitted");
const MESSAGES: Kind = Kind::Choice("debug5, debug4, debug3, debug2, debug1, log, notice, warning, error");
/// A time limit, 0 for none.
const LIMIT: Kind = Kind::Integer(0, i32::MAX, "ms");

/// What a session starts with. Clients read some of these before their first query.
pub const DEFINITIONS: &[(&str, &str, Kind)] = &[
    ("application_name", "", Kind::Text),
    ("bytea_output", "hex", Kind::Choice("hex")),
    ("cilake.memory_limit", "0", Kind::Integer(0, i32::MAX, "kB")),
    ("cilake.rows_max", "0", Kind::Integer(0, i32::MAX, "")),
    ("cilake.statement_time_max", "0", LIMIT),
    ("client_encoding", "UTF8", Kind::ClientEncoding),
    ("client_min_messages", "notice", MESSAGES),
    ("DateStyle", "ISO, MDY", Kind::DateStyle),
    ("default_table_access_method", "heap", Kind::Text),
    ("default_tablespace", "", Kind::Text),
    ("default_transaction_deferrable", "off", Kind::Bool),
    ("default_transaction_isolation", "read committed", ISOLATION),
    ("default_transaction_read_only", "off", Kind::Bool),
    ("extra_float_digits", "1", Kind::FloatDigits),
    ("idle_in_transaction_session_timeout", "0", LIMIT),
    ("idle_session_timeout", "0", LIMIT),
    ("in_hot_standby", "off", Kind::Fixed("")),
    ("integer_datetimes", "on", Kind::Fixed("")),
    ("IntervalStyle", "postgres", Kind::Choice("postgres")),
    ("is_superuser", "off", Kind::Fixed("")),
    ("jit", "off", Kind::Bool),
    ("lc_collate", "C.UTF-8", Kind::Fixed("")),
    ("lc_ctype", "C.UTF-8", Kind::Fixed("")),
    ("lock_timeout", "0", LIMIT),
    ("max_identifier_length", "63", Kind::Fixed("")),
    ("role", "none", Kind::Text),
    ("row_security", "on", Kind::Bool),
    ("search_path", "\"$user\", public", Kind::Text),
    ("server_encoding", "UTF8", Kind::Fixed("")),
    ("server_version", "15.0", Kind::Fixed("")),
    ("server_version_num", "150000", Kind::Fixed("")),
    ("session_authorization", "", Kind::Fixed("")),
    ("standard_conforming_strings", "on", Kind::AlwaysOn),
    ("statement_timeout", "0", LIMIT),
    ("TimeZone", "UTC", Kind::TimeZone),
    ("transaction_deferrable", "off", Kind::Bool),
    ("transaction_isolation", "read committed", ISOLATION),
    ("transaction_read_only", "off", Kind::Bool),
];

/// A row of `postgres15.tsv`.
pub struct Known {
    pub name: &'static str,
    pub value: &'static str,
    pub kind: Kind,
    unit: &'static str,
}

/// The settings without a meaning here, in the order of their names.
pub static KNOWN: LazyLock<Vec<Known>> =
    LazyLock::new(|| include_str!("postgres15.tsv").lines().skip(1).filter_map(known).collect());

fn known(line: &'static str) -> Option<Known> {
    let mut cells = line.split('\t');
    let mut cell = || cells.next();
    let (name, value, unit, vartype) = (cell()?, cell()?, cell()?, cell()?);
    let (least, most, words, context) = (cell()?, cell()?, cell()?, cell()?);
    let kind = match (context, vartype) {
        ("internal", _) => Kind::Fixed(""),
        ("postmaster", _) => Kind::Fixed(" without restarting the server"),
        ("sighup", _) => Kind::Fixed(" now"),
        (_, "bool") => Kind::Bool,
        (_, "integer") => Kind::Integer(least.parse().ok()?, most.parse().ok()?, unit),
        (_, "real") => Kind::Real(least, most),
        (_, "enum") => Kind::Choice(words),
        _ => Kind::Text,
    };
    Some(Known { name, value, kind, unit })
}

/// The unit in which a setting's value is kept; empty for none.
pub fn unit(name: &str) -> &'static str {
    match kind(name) {
        Kind::Integer(_, _, unit) => unit,
        _ => KNOWN.iter().find(|known| known.name == name).map_or("", |known| known.unit),
    }
}

/// The kind of a setting; those with a dot in their name are text.
pub fn kind(name: &str) -> Kind {
    let own = DEFINITIONS.iter().find(|(own, ..)| *own == name).map(|(_, _, kind)| *kind);
    own.or_else(|| KNOWN.iter().find(|known| known.name == name).map(|known| known.kind)).unwrap_or(Kind::Text)
}
