//! `pg_settings`: the session's settings.

use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::session::Setting;

pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    let settings = scan.catalog.session.settings();
    settings.iter().map(row).collect()
}

fn row(setting: &Setting) -> Row {
    let value = setting.value.as_str();
    vec![
        ("name", setting.name.as_str().into()),
        ("setting", value.into()),
        ("unit", setting.unit.as_deref().into()),
        ("category", "Client Connection Defaults".into()),
        ("short_desc", setting.description.as_str().into()),
        ("context", "user".into()),
        ("vartype", "string".into()),
        ("source", "default".into()),
        ("boot_val", value.into()),
        ("reset_val", value.into()),
        ("pending_restart", Value::Bool(false)),
    ]
}
