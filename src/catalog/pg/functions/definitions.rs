//! `pg_get_…def`: how objects were defined. A lake has tables, views, functions and declared keys, and no rules or triggers.

use datafusion::error::Result;

use super::registered::{parts, qualified};
use super::{Caller, SystemFunction, oid};
use crate::catalog::pg::keys::listed;
use crate::catalog::pg::rows::Value;
use crate::catalog::pg::snapshot::quoted;
use crate::catalog::pg::types;

pub const FUNCTIONS: &[SystemFunction] = &[
    SystemFunction::new("pg_get_viewdef", 1..=2, "text", view),
    SystemFunction::new("pg_get_function_result", 1..=1, "text", |catalog, arguments| {
        Ok(catalog.current().function(oid(arguments, 0)).map(|function| function.result.as_str()).into())
    }),
    SystemFunction::new("pg_get_function_arguments", 1..=1, "text", |catalog, arguments| {
        Ok(arguments_of(catalog, oid(arguments, 0), true))
    }),
    SystemFunction::new("pg_get_function_identity_arguments", 1..=1, "text", |catalog, arguments| {
        Ok(arguments_of(catalog, oid(arguments, 0), false))
    }),
    SystemFunction::new("pg_get_functiondef", 1..=1, "text", nothing),
    SystemFunction::new("pg_get_function_sqlbody", 1..=1, "text", nothing),
    SystemFunction::new("pg_get_function_arg_default", 2..=2, "text", nothing),
    // The only expressions that are kept are conditions of policies, as text.
    SystemFunction::new("pg_get_expr", 2..=3, "text", |_, arguments| Ok(arguments.first().cloned().unwrap_or(Value::Null))),
    SystemFunction::new("pg_get_indexdef", 1..=3, "text", index),
    SystemFunction::new("pg_get_constraintdef", 1..=2, "text", constraint),
    SystemFunction::new("constraint_columns", 2..=2, "_name", constraint_columns),
    SystemFunction::new("pg_get_ruledef", 1..=2, "text", nothing),
    SystemFunction::new("pg_get_triggerdef", 1..=2, "text", nothing),
    SystemFunction::new("pg_get_partkeydef", 1..=1, "text", nothing),
    SystemFunction::new("pg_get_partition_constraintdef", 1..=1, "text", nothing),
    SystemFunction::new("pg_get_serial_sequence", 2..=2, "text", nothing),
    SystemFunction::new("pg_get_statisticsobjdef", 1..=1, "text", nothing),
    SystemFunction::new("pg_get_statisticsobjdef_columns", 1..=1, "text", nothing),
    SystemFunction::new("pg_relation_is_publishable", 1..=1, "bool", |_, _| Ok(false.into())),
    SystemFunction::new("pg_relation_filenode", 1..=1, "oid", nothing),
    SystemFunction::new("pg_index_column_has_property", 3..=3, "bool", nothing),
    SystemFunction::new("oidvectortypes", 1..=1, "text", |_, arguments| {
        let Some(Value::List(oids)) = arguments.first() else { return Ok(Value::Null) };
        let names =
            oids.iter().filter_map(Value::as_oid).map(|oid| types::format_type(oid, None).unwrap_or_else(|| "???".to_owned()));
        Ok(names.collect::<Vec<_>>().join(", ").into())
    }),
];

fn nothing(_: &Caller<'_>, _: &[Value]) -> Result<Value> {
    Ok(Value::Null)
}

/// A view's query, by its OID or its name.
fn view(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let snapshot = catalog.current();
    let oid = match arguments.first() {
        Some(Value::Text(name)) if arguments.first().and_then(Value::as_integer).is_none() => {
            let path = catalog.search_path();
            match parts(name).as_slice() {
                [relation] => snapshot.find_relation(None, relation, path),
                [.., schema, relation] => snapshot.find_relation(Some(schema), relation, path),
                [] => None,
            }
        }
        _ => Some(oid(arguments, 0)),
    };
    Ok(oid.and_then(|oid| snapshot.relation(oid)?.definition.as_deref().map(|query| format!(" {}", query.trim()))).into())
}

/// The statement that would make the index of a key, with the table's schema unless it is asked for in short; or one of its columns.
fn index(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let Some((key, _)) = catalog.current().index(oid(arguments, 0)) else { return Ok(Value::Null) };
    match arguments.get(1).and_then(Value::as_integer).unwrap_or(0) {
        0 => {
            let short = arguments.get(2).and_then(Value::as_bool).unwrap_or(false);
            let table = match short {
                true => qualified(catalog, &key.schema, &key.relation),
                false => format!("{}.{}", quoted(&key.schema), quoted(&key.relation)),
            };
            Ok(key.index_definition(&table).into())
        }
        number => {
            let column = usize::try_from(number - 1).ok().and_then(|index| key.columns.get(index));
            Ok(column.map_or(String::new(), |column| quoted(column)).into())
        }
    }
}

fn constraint(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let Some((key, _)) = catalog.current().constraint(oid(arguments, 0)) else { return Ok(Value::Null) };
    let declared = format!("{} ({})", key.kind.name(), listed(&key.columns));
    let Some(reference) = &key.references else { return Ok(declared.into()) };
    let table = qualified(catalog, &reference.schema, &reference.relation);
    Ok(format!("{declared} REFERENCES {table}({})", listed(&reference.columns)).into())
}

/// The names of a key's columns, or of those that it refers to. Not a function of PostgreSQL: sub-queries that say this become calls of it.
fn constraint_columns(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let Some((key, _)) = catalog.current().constraint(oid(arguments, 0)) else { return Ok(Value::Null) };
    let columns = match arguments.get(1).and_then(Value::as_bool) {
        Some(true) => key.references.as_ref().map(|reference| &reference.columns),
        _ => Some(&key.columns),
    };
    Ok(columns.map_or(Value::Null, |columns| Value::List(columns.iter().map(|column| column.as_str().into()).collect())))
}

fn arguments_of(catalog: &Caller<'_>, function: u32, with_defaults: bool) -> Value {
    let snapshot = catalog.current();
    let Some(function) = snapshot.function(function) else { return Value::Null };
    let written = function.arguments.iter().map(|argument| {
        let named = format!("{} {}", argument.name, argument.type_name);
        match argument.default.as_deref().filter(|_| with_defaults) {
            Some(default) => format!("{} DEFAULT {default}", named.trim_start()),
            None => named.trim_start().to_owned(),
        }
    });
    written.collect::<Vec<_>>().join(", ").into()
}
