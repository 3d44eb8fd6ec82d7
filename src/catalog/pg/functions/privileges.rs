//! `has_table_privilege` and its kind: who may do what.
//!
//! Each takes an optional user, an object by name or OID, and the privileges, of which one that is granted is enough.

use std::sync::Arc;

use datafusion::error::{DataFusionError, Result};

use super::registered::{parts, relation_oid, schema_oid};
use super::{Caller, SystemFunction, oid, text};
use crate::access::privileges::Privilege;
use crate::access::rights::Rights;
use crate::access::roles::undefined;
use crate::catalog::pg::OWNER;
use crate::catalog::pg::rows::Value;
use crate::catalog::pg::snapshot::RelationKind;
use crate::catalog::pg::tables::role_name;
use crate::error::{Error, SqlState};
use crate::lake::TableName;

pub const FUNCTIONS: &[SystemFunction] = &[
    SystemFunction::new("has_table_privilege", 2..=3, "bool", table),
    SystemFunction::new("has_any_column_privilege", 2..=3, "bool", table),
    SystemFunction::new("has_column_privilege", 3..=4, "bool", column),
    SystemFunction::new("has_schema_privilege", 2..=3, "bool", schema),
    SystemFunction::new("has_database_privilege", 2..=3, "bool", database),
    SystemFunction::new("has_function_privilege", 2..=3, "bool", granted),
    SystemFunction::new("has_type_privilege", 2..=3, "bool", granted),
    SystemFunction::new("has_language_privilege", 2..=3, "bool", granted),
    SystemFunction::new("has_tablespace_privilege", 2..=3, "bool", granted),
    SystemFunction::new("has_sequence_privilege", 2..=3, "bool", granted),
    SystemFunction::new("pg_has_role", 2..=3, "bool", has_role),
    SystemFunction::new("pg_role_memberships", 1..=1, "_text", memberships),
    SystemFunction::new("row_security_active", 1..=1, "bool", row_security_active),
];

/// The privileges that are asked for, in capitals.
fn asked(arguments: &[Value]) -> Vec<String> {
    let privileges = arguments.last().and_then(Value::as_text).unwrap_or("").to_uppercase();
    privileges.split(',').map(|privilege| privilege.trim().trim_end_matches(" WITH GRANT OPTION").to_owned()).collect()
}

/// What everybody has on what has no privileges here.
fn granted(_: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let reads = |privilege: &String| ["USAGE", "CONNECT", "EXECUTE", "TEMP", "TEMPORARY", "SELECT"].contains(&privilege.as_str());
    Ok(asked(arguments).iter().any(reads).into())
}

/// The rights of the user among the arguments, if there is one, else of the session's; and the rest of the arguments.
fn rights_and_rest<'a>(catalog: &Caller<'_>, arguments: &'a [Value], with_user: usize) -> Result<(Arc<Rights>, &'a [Value])> {
    let own = catalog.session.rights();
    let Some((user, rest)) = arguments.split_first().filter(|_| arguments.len() == with_user) else {
        return Ok((own, arguments));
    };
    let name = role_of(catalog, user)?;
    Ok((Arc::new(if name == own.user() { own.as_ref().clone() } else { own.of_owner(&name) }), rest))
}

/// A role by name or OID: 42704 if there is none.
fn role_of(catalog: &Caller<'_>, value: &Value) -> Result<String> {
    let rights = catalog.session.rights();
    let name = match value.as_text() {
        Some(name) => parts(name).join("."),
        None => value.as_oid().and_then(|oid| role_name(catalog, oid)).unwrap_or_default(),
    };
    if name == OWNER || name == rights.user() || name == "public" || rights.state().roles.contains_key(&name) {
        return Ok(name);
    }
    Err(DataFusionError::External(Box::new(undefined(&name))))
}

/// The relation of an argument by name or OID. One that the user must not know is not there: 42P01, or NULL for an OID.
fn relation(catalog: &Caller<'_>, value: Option<&Value>) -> Result<Option<u32>> {
    match value.and_then(Value::as_text).filter(|name| name.parse::<u32>().is_err()) {
        None => Ok(value.and_then(Value::as_oid).filter(|oid| catalog.current().relation_name(*oid).is_some())),
        Some(name) => relation_oid(catalog, name).map(Some).ok_or_else(|| {
            let message = format!("relation \"{name}\" does not exist");
            Error::new(SqlState::UNDEFINED_TABLE, message).into()
        }),
    }
}

fn table(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let (rights, rest) = rights_and_rest(catalog, arguments, 3)?;
    let Some(oid) = relation(catalog, rest.first())? else { return Ok(Value::Null) };
    Ok((asked(arguments).contains(&"SELECT".to_owned()) && may_select(catalog, &rights, oid)).into())
}

/// As PostgreSQL, without regard to the schema of the relation.
fn may_select(catalog: &Caller<'_>, rights: &Rights, oid: u32) -> bool {
    let snapshot = catalog.current();
    // PostgreSQL's own catalogs are for everybody, and a temporary table is the session's.
    let Some(relation) = snapshot.relation(oid).filter(|relation| relation.kind != RelationKind::Temporary) else { return true };
    relation.schema == OWNER || rights.has_select(&TableName::new(&relation.schema, &relation.name), &relation.owner)
}

fn column(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let (rights, rest) = rights_and_rest(catalog, arguments, 4)?;
    let Some(oid) = relation(catalog, rest.first())? else { return Ok(Value::Null) };
    Ok((asked(arguments).contains(&"SELECT".to_owned()) && may_select(catalog, &rights, oid)).into())
}

fn schema(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let (rights, rest) = rights_and_rest(catalog, arguments, 3)?;
    let snapshot = catalog.current();
    let oid = match rest.first().and_then(Value::as_text).filter(|name| name.parse::<u32>().is_err()) {
        Some(name) => schema_oid(catalog, name).ok_or_else(|| {
            let message = format!("schema \"{name}\" does not exist");
            DataFusionError::from(Error::new(SqlState::INVALID_SCHEMA_NAME, message))
        })?,
        None => rest.first().and_then(Value::as_oid).unwrap_or_default(),
    };
    let Some(name) = snapshot.schema_name(oid) else { return Ok(Value::Null) };
    let may = |privilege: &String| match privilege.as_str() {
        "USAGE" => rights.may_use(name),
        "CREATE" => !["pg_catalog", "information_schema", OWNER].contains(&name) && rights.may(name, Privilege::Create),
        _ => false,
    };
    Ok(asked(arguments).iter().any(may).into())
}

/// Schemas are for superusers to create.
fn database(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let (rights, _) = rights_and_rest(catalog, arguments, 3)?;
    let creates = rights.is_superuser() && asked(arguments).iter().any(|privilege| privilege == "CREATE");
    if creates { Ok(true.into()) } else { granted(catalog, arguments) }
}

/// The names of a role and of those that it is a member of.
fn memberships(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let Some(name) = role_name(catalog, oid(arguments, 0)) else { return Ok(Value::List(Vec::new())) };
    let mut names = catalog.session.rights().state().memberships(&name);
    names.insert(name);
    Ok(Value::List(names.into_iter().map(Value::from).collect()))
}

fn has_role(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let (rights, rest) = rights_and_rest(catalog, arguments, 3)?;
    let role = rest.first().map_or(Ok(String::new()), |role| role_of(catalog, role))?;
    let is_member = rights.is_superuser() || rights.state().memberships(rights.user()).contains(&role);
    let may = |privilege: &String| match privilege.as_str() {
        "USAGE" => rights.is(&role),
        "MEMBER" => is_member,
        _ => false,
    };
    Ok(asked(arguments).iter().any(may).into())
}

fn row_security_active(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let Some(oid) = relation(catalog, arguments.first())? else { return Ok(Value::Null) };
    let snapshot = catalog.current();
    let Some(relation) = snapshot.relation(oid) else { return Ok(false.into()) };
    let name = TableName::new(&relation.schema, text(&[Value::from(relation.name.as_str())], 0));
    Ok(catalog.session.rights().hides_rows(&name).into())
}
