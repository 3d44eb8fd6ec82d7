//! Functions about the session: its user, its schemas, its settings, its connection.

use datafusion::error::Result;

use super::{Caller, SystemFunction, text};
use crate::catalog::pg::rows::Value;
use crate::catalog::pg::session::Signal;
use crate::error::{Error, SqlState};

pub const FUNCTIONS: &[SystemFunction] = &[
    SystemFunction::new("current_user", 0..=0, "name", user),
    SystemFunction::new("session_user", 0..=0, "name", |catalog, _| Ok(catalog.session.session_user().into())),
    SystemFunction::new("current_role", 0..=0, "name", user),
    SystemFunction::new("user", 0..=0, "name", user),
    SystemFunction::new("current_database", 0..=0, "name", database),
    SystemFunction::new("current_catalog", 0..=0, "name", database),
    SystemFunction::new("current_schema", 0..=0, "name", current_schema),
    SystemFunction::new("current_schemas", 1..=1, "_name", current_schemas),
    SystemFunction::new("current_setting", 1..=2, "text", current_setting),
    SystemFunction::new("set_config", 3..=3, "text", set_config).with_nulls().volatile(),
    SystemFunction::new("pg_backend_pid", 0..=0, "int4", |catalog, _| Ok(catalog.session.process_id().into())),
    SystemFunction::new("pg_cancel_backend", 1..=1, "bool", |catalog, arguments| signal(catalog, arguments, Signal::Cancel))
        .volatile(),
    SystemFunction::new("pg_terminate_backend", 1..=2, "bool", |catalog, arguments| {
        signal(catalog, arguments, Signal::Terminate)
    })
    .volatile(),
    SystemFunction::new("inet_client_addr", 0..=0, "inet", |catalog, _| Ok(address(catalog.session.client_address()))),
    SystemFunction::new("inet_client_port", 0..=0, "int4", |catalog, _| Ok(port(catalog.session.client_address()))),
    SystemFunction::new("inet_server_addr", 0..=0, "inet", |catalog, _| Ok(address(catalog.session.server_address()))),
    SystemFunction::new("inet_server_port", 0..=0, "int4", |catalog, _| Ok(port(catalog.session.server_address()))),
];

fn user(catalog: &Caller<'_>, _: &[Value]) -> Result<Value> {
    Ok(catalog.session.user().into())
}

fn database(catalog: &Caller<'_>, _: &[Value]) -> Result<Value> {
    Ok(catalog.current().names.database.as_str().into())
}

/// The schemas of the search path that exist.
fn existing(catalog: &Caller<'_>) -> Vec<String> {
    let snapshot = catalog.current();
    catalog.search_path().iter().filter(|schema| snapshot.schema_oid(schema).is_some()).cloned().collect()
}

fn current_schema(catalog: &Caller<'_>, _: &[Value]) -> Result<Value> {
    let named = catalog.session.search_path();
    let explicit = |schema: &String| schema != "pg_catalog" || named.contains(schema);
    Ok(existing(catalog).into_iter().find(explicit).into())
}

fn current_schemas(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let implicit = arguments.first().and_then(Value::as_bool).unwrap_or(false);
    let named = catalog.session.search_path();
    let listed = existing(catalog).into_iter().filter(|schema| implicit || schema != "pg_catalog" || named.contains(schema));
    Ok(Value::List(listed.map(Value::from).collect()))
}

fn current_setting(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let name = text(arguments, 0);
    let value = catalog.session.setting(name);
    if value.is_none() {
        catalog.session.lacks_setting(name);
    }
    let missing_ok = arguments.get(1).and_then(Value::as_bool).unwrap_or(false);
    match value {
        Some(value) => Ok(value.into()),
        None if missing_ok => Ok(Value::Null),
        None => {
            let error = Error::new(SqlState::UNDEFINED_OBJECT, format!("unrecognized configuration parameter \"{name}\""));
            Err(error.into())
        }
    }
}

fn set_config(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let local = arguments.get(2).and_then(Value::as_bool).unwrap_or(false);
    Ok(catalog.session.set(text(arguments, 0), text(arguments, 1), local)?.into())
}

fn signal(catalog: &Caller<'_>, arguments: &[Value], signal: Signal) -> Result<Value> {
    let process_id = arguments.first().and_then(Value::as_integer).and_then(|number| i32::try_from(number).ok());
    Ok(catalog.session.signal(process_id.unwrap_or(0), signal)?.into())
}

fn address(address: Option<std::net::SocketAddr>) -> Value {
    address.map(|address| address.ip().to_string()).into()
}

fn port(address: Option<std::net::SocketAddr>) -> Value {
    address.map(|address| i32::from(address.port())).into()
}
