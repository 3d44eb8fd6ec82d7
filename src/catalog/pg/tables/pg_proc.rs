//! `pg_proc`: the functions that this server has, its own and PostgreSQL's, and those that read and write the built-in types.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::snapshot::{Function, FunctionKind};
use crate::catalog::pg::{oid, seed, types};

/// Language `internal` and `c` of `pg_language`.
const INTERNAL: u32 = 12;
const C: u32 = 13;
/// Pseudo-types for what has no type of its own.
const RECORD: u32 = 2249;
const ANYELEMENT: u32 = 2283;

pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    let mut rows = seed::rows("pg_proc");
    for row in &mut rows {
        row.push(("prolang", INTERNAL.into()));
        row.extend(common(oid::PG_CATALOG_SCHEMA, "f"));
    }
    let mut functions = seed::rows("pg_proc_functions");
    for row in &mut functions {
        row.extend(cell(row, "proname").cloned().map(|name| ("prosrc", name)));
        row.push(("prolang", INTERNAL.into()));
        row.extend(common(oid::PG_CATALOG_SCHEMA, "f"));
    }
    rows.extend(functions);
    rows.extend(scan.snapshot.functions().map(|(function, oid)| function_row(scan, function, oid)));
    rows
}

fn function_row(scan: &Scan<'_>, function: &Function, oid: u32) -> Row {
    let kind = match function.kind {
        FunctionKind::Scalar | FunctionKind::Table => "f",
        FunctionKind::Aggregate => "a",
        FunctionKind::Window => "w",
    };
    let types: Vec<Value> = function.arguments.iter().map(|argument| type_oid(&argument.type_name).into()).collect();
    let named = function.arguments.iter().any(|argument| !argument.name.is_empty());
    let names = named.then(|| Value::List(function.arguments.iter().map(|argument| argument.name.as_str().into()).collect()));
    let defaults = i64::try_from(function.arguments.iter().filter(|argument| argument.default.is_some()).count()).unwrap_or(0);
    let returns_rows = function.kind == FunctionKind::Table;
    let schema = scan.snapshot.schema_oid(&function.schema).unwrap_or(oid::PG_CATALOG_SCHEMA);
    let mut row = common(schema, kind);
    row.extend([
        ("oid", oid.into()),
        ("proname", function.name.as_str().into()),
        ("prolang", C.into()),
        ("prosrc", function.name.as_str().into()),
        ("proretset", returns_rows.into()),
        ("prorettype", if returns_rows { RECORD } else { type_oid(&function.result) }.into()),
        ("pronargs", i64::try_from(types.len()).unwrap_or(0).into()),
        ("pronargdefaults", defaults.into()),
        ("proargtypes", Value::List(types)),
        ("proargnames", names.unwrap_or(Value::Null)),
    ]);
    row
}

/// PostgreSQL's functions by OID, as `regprocout` writes them: with the schema where arguments tell functions of one name apart.
static WRITTEN: LazyLock<BTreeMap<u32, String>> = LazyLock::new(|| {
    let rows: Vec<Row> = ["pg_proc", "pg_proc_functions"].into_iter().flat_map(seed::rows).collect();
    let named = |row: &Row| Some((cell(row, "oid")?.as_oid()?, cell(row, "proname")?.as_text()?.to_owned()));
    let names: BTreeMap<u32, String> = rows.iter().filter_map(named).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    names.values().for_each(|name| *counts.entry(name).or_default() += 1);
    let written = |name: &str| if counts.get(name) == Some(&1) { name.to_owned() } else { format!("pg_catalog.{name}") };
    names.iter().map(|(oid, name)| (*oid, written(name))).collect()
});

/// One of PostgreSQL's functions as `regprocout` writes it.
pub fn builtin_function(oid: u32) -> Option<String> {
    WRITTEN.get(&oid).cloned()
}

/// The OID of one of them.
pub fn builtin_function_oid(name: &str) -> Option<u32> {
    let rows = seed::rows("pg_proc");
    let row = rows.iter().find(|row| cell(row, "proname").and_then(Value::as_text) == Some(name))?;
    cell(row, "oid")?.as_oid()
}

fn cell<'a>(row: &'a Row, column: &str) -> Option<&'a Value> {
    row.iter().find(|(name, _)| *name == column).map(|(_, value)| value)
}

fn type_oid(name: &str) -> u32 {
    types::parse_type(name).map_or(ANYELEMENT, |entry| entry.oid)
}

fn common(schema: u32, kind: &str) -> Row {
    vec![
        ("pronamespace", schema.into()),
        ("proowner", oid::OWNER.into()),
        ("procost", Value::Float(1.0)),
        ("prokind", kind.into()),
        // Equal inputs give equal outputs: no function reads the clock or a table.
        ("provolatile", "i".into()),
        ("proparallel", "s".into()),
    ]
}
