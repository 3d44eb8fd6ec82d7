//! `pg_attribute`: columns.

use crate::catalog::pg::definitions::{self, Definition};
use crate::catalog::pg::rows::Row;
use crate::catalog::pg::table::{RelationColumns, Scan};
use crate::catalog::pg::types;
use crate::catalog::pg::wanted::Keys;

pub const KEYS: Keys = Keys { oid: Some("attrelid"), ..Keys::NONE };

pub fn own(scan: &Scan<'_>) -> Vec<Row> {
    let wanted = definitions::all().iter().filter(|definition| scan.wanted.oid_is(definition.oid));
    wanted.flat_map(system_columns).collect()
}

fn system_columns(definition: &'static Definition) -> Vec<Row> {
    let numbered = (1_i64..).zip(&definition.columns);
    numbered
        .map(|(number, column)| {
            let oid = types::by_name(column.type_name).map_or(0, |entry| entry.oid);
            attribute(definition.oid, column.name, number, oid, -1, !column.nullable)
        })
        .collect()
}

pub fn rows(_: &Scan<'_>, relation: &RelationColumns<'_>) -> Vec<Row> {
    let numbered = (1_i64..).zip(&relation.columns);
    numbered
        .map(|(number, column)| {
            let (oid, modifier) = types::of_field(&column.field);
            // A file's schema says that a column may be NULL far more often than it is; NOT NULL is a constraint, which a lake has not.
            attribute(relation.oids.relation, column.field.name(), number, oid, modifier, false)
        })
        .collect()
}

fn attribute(relation: u32, name: &str, number: i64, type_oid: u32, modifier: i32, not_null: bool) -> Row {
    let builtin = types::by_oid(type_oid);
    let length = builtin.map_or(-1, |entry| entry.length);
    let is_array = builtin.is_some_and(|entry| entry.element != 0 && entry.length == -1);
    vec![
        ("attrelid", relation.into()),
        ("attname", name.into()),
        ("atttypid", type_oid.into()),
        ("attstattarget", (-1).into()),
        ("attlen", length.into()),
        ("attnum", number.into()),
        ("attndims", i32::from(is_array).into()),
        ("attcacheoff", (-1).into()),
        ("atttypmod", modifier.into()),
        ("attbyval", builtin.is_some_and(|entry| entry.by_value).into()),
        ("attalign", builtin.map_or("i", |entry| entry.alignment).into()),
        ("attstorage", builtin.map_or("x", |entry| entry.storage).into()),
        ("attnotnull", not_null.into()),
        ("attislocal", true.into()),
        ("attcollation", builtin.map_or(0, |entry| entry.collation).into()),
    ]
}
