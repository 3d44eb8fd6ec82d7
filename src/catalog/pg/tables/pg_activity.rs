//! `pg_stat_activity`, `pg_prepared_statements` and `pg_cursors`: what sessions do, and what this one keeps.

use datafusion::arrow::datatypes::{DataType, Field};

use super::pg_roles::role_oid;
use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::session::{NamedStatement, OpenCursor, ServerProcess};
use crate::catalog::pg::types;

pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    let row = |process: ServerProcess| {
        vec![
            ("datid", scan.snapshot.database_oid.into()),
            ("datname", scan.snapshot.names.database.as_str().into()),
            ("pid", process.process_id.into()),
            ("usesysid", role_oid(&process.user).into()),
            ("usename", process.user.into()),
            ("application_name", process.application_name.into()),
            ("client_addr", process.address.map(|address| address.ip().to_string()).into()),
            ("client_port", process.address.map(|address| i32::from(address.port())).into()),
            ("backend_start", process.started_at.into()),
            ("xact_start", process.transaction_started_at.into()),
            ("query_start", process.query_started_at.into()),
            ("state_change", process.changed_at.into()),
            ("wait_event_type", process.progress.as_ref().map(|_| "Extension".to_string()).into()),
            ("wait_event", process.progress.into()),
            ("state", process.state.into()),
            ("query", process.query.into()),
            ("backend_type", "client backend".into()),
        ]
    };
    scan.catalog.session.backends().into_iter().map(row).collect()
}

/// `pg_stat_gssapi`: nobody logs in that way.
pub fn gssapi(scan: &Scan<'_>) -> Vec<Row> {
    let row = |process: ServerProcess| -> Row {
        vec![("pid", process.process_id.into()), ("gss_authenticated", false.into()), ("encrypted", false.into())]
    };
    scan.catalog.session.backends().into_iter().map(row).collect()
}

pub fn prepared_statements(scan: &Scan<'_>) -> Vec<Row> {
    let row = |kept: NamedStatement| {
        let oid = |data_type: &DataType| Value::from(types::of_field(&Field::new("", data_type.clone(), true)).0);
        let types = kept.parameter_types.iter().map(oid).collect();
        vec![
            ("name", kept.name.into()),
            ("statement", kept.statement.into()),
            ("prepare_time", kept.prepared_at.into()),
            ("parameter_types", Value::List(types)),
            ("from_sql", true.into()),
        ]
    };
    scan.catalog.session.prepared_statements().into_iter().map(row).collect()
}

pub fn cursors(scan: &Scan<'_>) -> Vec<Row> {
    let row = |cursor: OpenCursor| {
        vec![
            ("name", cursor.name.into()),
            ("statement", cursor.statement.into()),
            ("is_holdable", cursor.holdable.into()),
            ("is_binary", cursor.binary.into()),
            ("is_scrollable", cursor.scrollable.into()),
            ("creation_time", cursor.created_at.into()),
        ]
    };
    scan.catalog.session.cursors().into_iter().map(row).collect()
}
