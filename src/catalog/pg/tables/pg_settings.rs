//! `pg_settings`: the session's settings.

use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::table::Scan;

/// Limits of PostgreSQL that drivers ask for and that nobody can set.
const LIMITS: &[(&str, &str, &str)] = &[
    ("max_index_keys", "32", "Shows the maximum number of index keys."),
    ("max_identifier_length", "63", "Shows the maximum identifier length."),
    ("block_size", "8192", "Shows the size of a disk block."),
    ("integer_datetimes", "on", "Shows whether datetimes are integer based."),
];

pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    let settings = scan.catalog.session.settings();
    let limits = LIMITS.iter().filter(|(name, ..)| !settings.iter().any(|setting| setting.name == *name));
    let fixed = limits.map(|(name, value, text)| row(name, value, text, None, "internal"));
    let mut rows: Vec<Row> = fixed.collect();
    rows.extend(settings.iter().map(|s| row(&s.name, &s.value, &s.description, s.unit.as_deref(), "user")));
    rows
}

/// The value of a setting that is not the session's to change.
pub fn limit(name: &str) -> Option<&'static str> {
    LIMITS.iter().find(|(limit, ..)| limit.eq_ignore_ascii_case(name)).map(|(_, value, _)| *value)
}

fn row(name: &str, value: &str, description: &str, unit: Option<&str>, context: &str) -> Row {
    vec![
        ("name", name.into()),
        ("setting", value.into()),
        ("unit", unit.into()),
        ("category", "Client Connection Defaults".into()),
        ("short_desc", description.into()),
        ("context", context.into()),
        ("vartype", "string".into()),
        ("source", "default".into()),
        ("boot_val", value.into()),
        ("reset_val", value.into()),
        ("pending_restart", Value::Bool(false)),
    ]
}
