//! `pg_table_is_visible` and its kind: whether the search path finds an object by its name alone.

use datafusion::error::Result;

use super::{Caller, SystemFunction, oid};
use crate::catalog::pg::rows::Value;
use crate::catalog::pg::types;

pub const FUNCTIONS: &[SystemFunction] = &[
    SystemFunction::new("pg_table_is_visible", 1..=1, "bool", table),
    SystemFunction::new("pg_type_is_visible", 1..=1, "bool", type_),
    SystemFunction::new("pg_function_is_visible", 1..=1, "bool", function),
    SystemFunction::new("pg_collation_is_visible", 1..=1, "bool", system),
    SystemFunction::new("pg_conversion_is_visible", 1..=1, "bool", system),
    SystemFunction::new("pg_opclass_is_visible", 1..=1, "bool", system),
    SystemFunction::new("pg_operator_is_visible", 1..=1, "bool", system),
    SystemFunction::new("pg_opfamily_is_visible", 1..=1, "bool", system),
    SystemFunction::new("pg_statistics_obj_is_visible", 1..=1, "bool", system),
    SystemFunction::new("pg_ts_config_is_visible", 1..=1, "bool", system),
    SystemFunction::new("pg_ts_dict_is_visible", 1..=1, "bool", system),
    SystemFunction::new("pg_ts_parser_is_visible", 1..=1, "bool", system),
    SystemFunction::new("pg_ts_template_is_visible", 1..=1, "bool", system),
];

fn table(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let oid = oid(arguments, 0);
    let snapshot = catalog.current();
    let path = catalog.search_path();
    let visible = snapshot.relation_name(oid).map(|(_, name)| snapshot.find_relation(None, name, path) == Some(oid));
    Ok(visible.into())
}

fn type_(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let oid = oid(arguments, 0);
    if types::by_oid(oid).is_some() {
        return Ok(true.into());
    }
    let snapshot = catalog.current();
    let path = catalog.search_path();
    let row = snapshot.relation_of_type(oid);
    Ok(row.map(|(relation, oids)| snapshot.find_relation(None, &relation.name, path) == Some(oids.relation)).into())
}

fn function(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let oid = oid(arguments, 0);
    let snapshot = catalog.current();
    let path = catalog.search_path();
    match snapshot.function(oid) {
        Some(function) => Ok(path.contains(&function.schema).into()),
        None => Ok(crate::catalog::pg::tables::builtin_function(oid).map(|_| true).into()),
    }
}

/// Objects of these kinds exist in `pg_catalog` only, which is always searched.
fn system(_: &Caller<'_>, _: &[Value]) -> Result<Value> {
    Ok(true.into())
}
