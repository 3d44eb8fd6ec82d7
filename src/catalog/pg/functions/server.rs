//! Functions about the server and its one database.

use datafusion::error::{DataFusionError, Result};

use super::{Caller, SystemFunction, oid, text};
use crate::catalog::pg::rows::Value;
use crate::catalog::pg::tables::{UTF8, role_name};
use crate::error::{Error, SqlState};

pub const FUNCTIONS: &[SystemFunction] = &[
    SystemFunction::new("version", 0..=0, "text", version),
    SystemFunction::new("pg_get_userbyid", 1..=1, "name", |catalog, arguments| {
        let role = oid(arguments, 0);
        Ok(role_name(catalog, role).unwrap_or_else(|| format!("unknown (OID={role})")).into())
    }),
    SystemFunction::new("pg_encoding_to_char", 1..=1, "name", |_, arguments| {
        // Every text is UTF-8; PostgreSQL gives the empty name for a number that it does not know.
        Ok(if arguments.first().and_then(Value::as_integer) == Some(i64::from(UTF8)) { "UTF8" } else { "" }.into())
    }),
    SystemFunction::new("pg_char_to_encoding", 1..=1, "int4", |_, arguments| {
        let name = text(arguments, 0).to_uppercase();
        Ok(if matches!(name.as_str(), "UTF8" | "UTF-8" | "UNICODE") { UTF8 } else { -1 }.into())
    }),
    SystemFunction::new("getdatabaseencoding", 0..=0, "name", |_, _| Ok("UTF8".into())),
    SystemFunction::new("pg_client_encoding", 0..=0, "name", |_, _| Ok("UTF8".into())),
    SystemFunction::new("pg_is_in_recovery", 0..=0, "bool", |_, _| Ok(false.into())),
    SystemFunction::new("pg_is_wal_replay_paused", 0..=0, "bool", |_, _| {
        let error = Error::new(SqlState("55000"), "recovery is not in progress");
        Err(DataFusionError::External(Box::new(
            error.hint("Recovery control functions can only be executed during recovery.".to_owned()),
        )))
    })
    .volatile(),
    SystemFunction::new("pg_jit_available", 0..=0, "bool", |_, _| Ok(false.into())),
    SystemFunction::new("pg_postmaster_start_time", 0..=0, "timestamptz", started_at),
    SystemFunction::new("pg_conf_load_time", 0..=0, "timestamptz", started_at),
    SystemFunction::new("pg_my_temp_schema", 0..=0, "oid", |_, _| Ok(0_u32.into())),
    SystemFunction::new("pg_is_other_temp_schema", 1..=1, "bool", |_, _| Ok(false.into())),
    // Nothing is written in transactions: there is one number, and it is never used up.
    SystemFunction::new("txid_current", 0..=0, "int8", |_, _| Ok(1_i64.into())),
    SystemFunction::new("pg_tablespace_location", 1..=1, "text", |_, _| Ok("".into())),
    SystemFunction::new("pg_stat_get_numscans", 1..=1, "int8", |_, _| Ok(0_i64.into())),
];

fn version(catalog: &Caller<'_>, _: &[Value]) -> Result<Value> {
    let compatible = catalog.session.setting("server_version").unwrap_or_else(|| "15.0".to_owned());
    Ok(format!("PostgreSQL {compatible} (cilake {})", env!("CARGO_PKG_VERSION")).into())
}

fn started_at(catalog: &Caller<'_>, _: &[Value]) -> Result<Value> {
    Ok(catalog.session.server_started_at().into())
}
