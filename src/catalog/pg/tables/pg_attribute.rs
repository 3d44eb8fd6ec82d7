//! `pg_attribute`: columns of relations, and of the indexes of keys.

use crate::catalog::pg::columns::{self, RelationColumns};
use crate::catalog::pg::definitions::{self, Definition};
use crate::catalog::pg::keys::KeyKind;
use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::snapshot::Column;
use crate::catalog::pg::types;
use crate::catalog::pg::wanted::Keys;

pub const KEYS: Keys = Keys { oid: Some("attrelid"), ..Keys::NONE };

/// The columns that are not at their default.
const COLUMNS: [&str; 15] = [
    "attrelid",
    "attname",
    "atttypid",
    "attstattarget",
    "attlen",
    "attnum",
    "attndims",
    "attcacheoff",
    "atttypmod",
    "attbyval",
    "attalign",
    "attstorage",
    "attnotnull",
    "attislocal",
    "attcollation",
];

pub fn own(scan: &Scan<'_>) -> Vec<Row> {
    let wanted = definitions::all().iter().filter(|definition| scan.wanted.oid_is(definition.oid));
    wanted.flat_map(|definition| system_columns(scan, definition)).collect()
}

fn system_columns(scan: &Scan<'_>, definition: &'static Definition) -> Vec<Row> {
    let numbered = (1_i64..).zip(&definition.columns);
    numbered
        .map(|(number, column)| {
            let oid = types::by_name(column.type_name).map_or(0, |entry| entry.oid);
            attribute(scan, definition.oid, column.name, number, oid, -1, !column.nullable)
        })
        .collect()
}

/// Of a relation, and of the indexes of its keys.
pub fn rows(scan: &Scan<'_>, relation: &RelationColumns<'_>) -> Vec<Row> {
    let keys: Vec<_> = scan.snapshot.keys_of(relation.oids.relation).filter(|(key, _)| key.kind != KeyKind::Foreign).collect();
    // A file's schema says that a column may be NULL far more often than it is; a primary key says that it is not.
    let primary = |name: &str| scan.snapshot.is_in_primary_key(relation.oids.relation, name);
    let of = |owner: u32, number: i64, column: &Column, not_null: bool| {
        let (oid, modifier) = types::of_field(&column.field);
        attribute(scan, owner, column.field.name(), number, oid, modifier, not_null)
    };
    let numbered = (1_i64..).zip(&relation.columns);
    let own = numbered.map(|(number, column)| of(relation.oids.relation, number, column, primary(column.field.name())));
    let mut rows: Vec<Row> = own.collect();
    for (key, oids) in &keys {
        for (number, column) in (1_i64..).zip(columns::key_columns(relation, &key.columns).unwrap_or_default()) {
            let column = usize::try_from(column.number - 1).ok().and_then(|index| relation.columns.get(index));
            rows.extend(column.map(|column| of(oids.index, number, column, false)));
        }
    }
    rows
}

/// One row, with no more than the plan needs: there may be hundreds of thousands.
fn attribute(scan: &Scan<'_>, relation: u32, name: &str, number: i64, type_oid: u32, modifier: i32, not_null: bool) -> Row {
    let builtin = types::by_oid(type_oid);
    let is_array = builtin.is_some_and(|entry| entry.element != 0 && entry.length == -1);
    let value = |column: &str| -> Value {
        match column {
            "attrelid" => relation.into(),
            "attname" => name.into(),
            "atttypid" => type_oid.into(),
            "attlen" => builtin.map_or(-1, |entry| entry.length).into(),
            "attnum" => number.into(),
            "attndims" => i32::from(is_array).into(),
            "attstattarget" | "attcacheoff" => (-1).into(),
            "atttypmod" => modifier.into(),
            "attbyval" => builtin.is_some_and(|entry| entry.by_value).into(),
            "attalign" => builtin.map_or("i", |entry| entry.alignment).into(),
            "attstorage" => builtin.map_or("x", |entry| entry.storage).into(),
            "attnotnull" => not_null.into(),
            "attislocal" => true.into(),
            _ => builtin.map_or(0, |entry| entry.collation).into(),
        }
    };
    COLUMNS.iter().filter(|column| scan.needs(column)).map(|column| (*column, value(column))).collect()
}
