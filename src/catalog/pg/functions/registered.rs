//! The types `regclass`, `regtype`, `regproc`, `regnamespace` and `regrole`: an OID that is written as a name.
//!
//! A value of them is held as its number, so that it compares and joins with OIDs; the functions here are PostgreSQL's own names for
//! reading (`regclassin`) and writing (`regclassout`) it.

use datafusion::error::Result;

use super::{Caller, SystemFunction, names, oid, text};
use crate::catalog::pg::rows::Value;
use crate::catalog::pg::snapshot::quoted;
use crate::catalog::pg::tables::{builtin_function, role_name, role_oid};
use crate::catalog::pg::{PgCatalog, types};
use crate::error::{Error, SqlState};

/// Types that are an OID and are written as a name.
pub const REGISTERED: &[&str] = &["regclass", "regtype", "regproc", "regnamespace", "regrole"];

pub const FUNCTIONS: &[SystemFunction] = &[
    SystemFunction::new("regclassin", 1..=1, "regclass", |catalog, arguments| {
        read(arguments, || relation_oid(catalog, text(arguments, 0)), SqlState::UNDEFINED_TABLE, "relation")
    }),
    SystemFunction::new("regtypein", 1..=1, "regtype", |catalog, arguments| {
        read(arguments, || type_oid(catalog, text(arguments, 0)), SqlState::UNDEFINED_OBJECT, "type")
    }),
    SystemFunction::new("regprocin", 1..=1, "regproc", |catalog, arguments| {
        read(arguments, || function_oid(catalog, text(arguments, 0)), SqlState::UNDEFINED_FUNCTION, "function")
    }),
    SystemFunction::new("regnamespacein", 1..=1, "regnamespace", |catalog, arguments| {
        read(arguments, || schema_oid(catalog, text(arguments, 0)), SqlState::INVALID_SCHEMA_NAME, "schema")
    }),
    SystemFunction::new("regrolein", 1..=1, "regrole", |_, arguments| {
        read(arguments, || Some(role_oid(&unquoted(text(arguments, 0)))), SqlState::UNDEFINED_OBJECT, "role")
    }),
    SystemFunction::new("to_regclass", 1..=1, "regclass", |catalog, arguments| {
        Ok(relation_oid(catalog, text(arguments, 0)).into())
    }),
    SystemFunction::new("to_regtype", 1..=1, "regtype", |catalog, arguments| Ok(type_oid(catalog, text(arguments, 0)).into())),
    SystemFunction::new(
        "to_regproc",
        1..=1,
        "regproc",
        |catalog, arguments| Ok(function_oid(catalog, text(arguments, 0)).into()),
    ),
    SystemFunction::new("to_regnamespace", 1..=1, "regnamespace", |catalog, arguments| {
        Ok(schema_oid(catalog, text(arguments, 0)).into())
    }),
    SystemFunction::new("to_regrole", 1..=1, "regrole", |_, arguments| Ok(role_oid(&unquoted(text(arguments, 0))).into())),
    SystemFunction::new("regclassout", 1..=1, "text", class_name),
    SystemFunction::new("regtypeout", 1..=1, "text", type_name),
    SystemFunction::new("regprocout", 1..=1, "text", function_name),
    SystemFunction::new("regnamespaceout", 1..=1, "text", schema_name),
    SystemFunction::new("regroleout", 1..=1, "text", role),
];

/// A number stands for itself, and so does its text; anything else is a name that must exist.
fn read(arguments: &[Value], find: impl FnOnce() -> Option<u32>, state: SqlState, what: &str) -> Result<Value> {
    if let Some(number) = arguments.first().and_then(Value::as_integer) {
        return Ok(Value::Integer(number));
    }
    match (text(arguments, 0), find()) {
        ("-", _) => Ok(0_u32.into()),
        (_, Some(oid)) => Ok(oid.into()),
        (name, None) => {
            let error = Error::new(state, format!("{what} \"{name}\" does not exist"));
            Err(error.into())
        }
    }
}

/// The names of objects of one of these types, as clients read them.
pub fn registered_names(
    catalog: &PgCatalog,
    type_name: &str,
    oids: impl Iterator<Item = Option<u32>>,
) -> impl Iterator<Item = Option<String>> {
    let name = match type_name {
        "regclass" => class_name,
        "regtype" => self::type_name,
        "regproc" => function_name,
        "regnamespace" => schema_name,
        _ => role,
    };
    let caller = Caller::new(catalog);
    oids.map(move |oid| name(&caller, &[oid?.into()]).ok()?.to_display())
}

fn class_name(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let snapshot = catalog.current();
    let name = |oid| snapshot.relation_name(oid).map(|(schema, name)| qualified(catalog, schema, name));
    Ok(write(oid(arguments, 0), name))
}

fn type_name(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let row_type = |oid| Some(names::row_type_name(catalog, oid)).filter(|name| name != "???");
    Ok(write(oid(arguments, 0), |oid| types::format_type(oid, None).or_else(|| row_type(oid))))
}

fn function_name(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let own = |oid| catalog.current().function(oid).map(|function| function.name.clone());
    Ok(write(oid(arguments, 0), |oid| own(oid).or_else(|| builtin_function(oid))))
}

fn schema_name(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    Ok(write(oid(arguments, 0), |oid| catalog.current().schema_name(oid).map(quoted)))
}

fn role(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    Ok(write(oid(arguments, 0), |oid| role_name(catalog, oid).map(|name| quoted(&name))))
}

/// The name of an object, or its number if nothing has it; `-` for none.
fn write(oid: u32, name: impl FnOnce(u32) -> Option<String>) -> Value {
    match oid {
        0 => "-".into(),
        oid => name(oid).unwrap_or_else(|| oid.to_string()).into(),
    }
}

/// The parts of a name, `"Sales".orders` → `Sales`, `orders`; unquoted parts in small letters.
pub fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    let mut characters = name.trim().chars().peekable();
    while let Some(character) = characters.next() {
        let Some(last) = parts.last_mut() else { break };
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                last.push('"');
            }
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            character if quoted => last.push(character),
            character => last.extend(character.to_lowercase()),
        }
    }
    parts
}

fn unquoted(name: &str) -> String {
    parts(name).join(".")
}

pub fn relation_oid(catalog: &Caller<'_>, name: &str) -> Option<u32> {
    let parts = parts(name);
    let path = catalog.search_path();
    let snapshot = catalog.current();
    match parts.as_slice() {
        [relation] => snapshot.find_relation(None, relation, path),
        [.., schema, relation] => snapshot.find_relation(Some(schema), relation, path),
        [] => None,
    }
}

fn type_oid(catalog: &Caller<'_>, name: &str) -> Option<u32> {
    let builtin = types::parse_type(name).map(|entry| entry.oid);
    builtin.or_else(|| {
        let relation = relation_oid(catalog, name)?;
        let snapshot = catalog.current();
        snapshot.relation_with_oids(relation).map(|(_, oids)| oids.row_type)
    })
}

fn function_oid(catalog: &Caller<'_>, name: &str) -> Option<u32> {
    let parts = parts(name);
    let function = parts.last()?;
    let own = catalog.current().functions().find(|(candidate, _)| candidate.name == *function).map(|(_, oid)| oid);
    own.or_else(|| crate::catalog::pg::tables::builtin_function_oid(function))
}

pub fn schema_oid(catalog: &Caller<'_>, name: &str) -> Option<u32> {
    catalog.current().schema_oid(&unquoted(name))
}

/// The relation's name, with its schema unless the search path finds it without.
pub fn qualified(catalog: &Caller<'_>, schema: &str, name: &str) -> String {
    let path = catalog.search_path();
    let snapshot = catalog.current();
    let found = snapshot.find_relation(None, name, path);
    let visible = found.is_some() && found == snapshot.find_relation(Some(schema), name, path);
    if visible { quoted(name) } else { format!("{}.{}", quoted(schema), quoted(name)) }
}

#[cfg(test)]
mod tests {
    use super::parts;

    /// PostgreSQL 15: `SELECT parse_ident(name)`.
    #[test]
    fn names_are_cut_at_dots_outside_quotes() {
        assert_eq!(parts("Sales.Orders"), ["sales", "orders"]);
        assert_eq!(parts("\"Sales.1\".\"a\"\"b\""), ["Sales.1", "a\"b"]);
    }
}
