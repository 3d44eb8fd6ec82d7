//! `information_schema.columns`: columns in the words of the SQL standard.

use super::information_schema::database;
use crate::catalog::pg::columns::RelationColumns;
use crate::catalog::pg::definitions;
use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::types;
use crate::catalog::pg::wanted::Keys;

pub const KEYS: Keys = Keys { schema: Some("table_schema"), name: Some("table_name"), ..Keys::NONE };

/// Bytes of the longest text, as PostgreSQL reports it for a type without a limit.
const TEXT_BYTES_MAX: i32 = 1 << 30;

struct Described<'a> {
    schema: &'a str,
    table: &'a str,
    name: &'a str,
    number: i64,
    type_oid: u32,
    modifier: i32,
    nullable: bool,
}

pub fn own(scan: &Scan<'_>) -> Vec<Row> {
    let own = definitions::all().iter().filter(|definition| scan.wanted.names_are(definition.schema, definition.name));
    let columns = own.flat_map(|definition| {
        let numbered = (1_i64..).zip(&definition.columns);
        numbered.map(|(number, column)| Described {
            schema: definition.schema,
            table: definition.name,
            name: column.name,
            number,
            type_oid: types::by_name(column.type_name).map_or(0, |entry| entry.oid),
            modifier: -1,
            nullable: column.nullable,
        })
    });
    columns.map(|column| row(scan, &column)).collect()
}

pub fn rows(scan: &Scan<'_>, relation: &RelationColumns<'_>) -> Vec<Row> {
    let numbered = (1_i64..).zip(&relation.columns);
    let described = numbered.map(|(number, column)| {
        let (type_oid, modifier) = types::of_field(&column.field);
        let (schema, table) = (relation.relation.schema.as_str(), relation.relation.name.as_str());
        let name = column.field.name();
        let nullable = !scan.snapshot.is_in_primary_key(relation.oids.relation, name);
        Described { schema, table, name, number, type_oid, modifier, nullable }
    });
    described.map(|column| row(scan, &column)).collect()
}

fn row(scan: &Scan<'_>, column: &Described<'_>) -> Row {
    let mut row: Row = vec![
        ("table_catalog", database(scan)),
        ("table_schema", column.schema.into()),
        ("table_name", column.table.into()),
        ("column_name", column.name.into()),
        ("ordinal_position", column.number.into()),
        ("is_nullable", if column.nullable { "YES" } else { "NO" }.into()),
        ("dtd_identifier", column.number.to_string().into()),
        ("is_self_referencing", "NO".into()),
        ("is_identity", "NO".into()),
        ("identity_cycle", "NO".into()),
        ("is_generated", "NEVER".into()),
        ("is_updatable", "NO".into()),
    ];
    row.extend(type_columns(scan, column.type_oid, column.modifier));
    row
}

/// The columns that tell of a type, in `columns`, `parameters` and elsewhere.
pub fn type_columns(scan: &Scan<'_>, oid: u32, modifier: i32) -> Row {
    let entry = types::by_oid(oid);
    let name = entry.map_or("text", |entry| entry.name);
    let is_array = entry.is_some_and(|entry| entry.element != 0 && entry.length == -1 && name.starts_with('_'));
    let data_type = if is_array { "ARRAY".to_owned() } else { types::format_type(oid, None).unwrap_or_default() };
    let mut row: Row = vec![
        ("data_type", data_type.into()),
        ("udt_catalog", database(scan)),
        ("udt_schema", "pg_catalog".into()),
        ("udt_name", name.into()),
    ];
    if let Some((precision, radix, scale)) = numeric(name, modifier) {
        row.extend([("numeric_precision", precision), ("numeric_precision_radix", Value::from(radix)), ("numeric_scale", scale)]);
    }
    match name {
        "text" | "varchar" | "bpchar" => row.push(("character_octet_length", TEXT_BYTES_MAX.into())),
        "date" => row.push(("datetime_precision", 0.into())),
        "time" | "timetz" | "timestamp" | "timestamptz" | "interval" => row.push(("datetime_precision", 6.into())),
        _ => {}
    }
    row
}

/// Precision, its radix, and scale; a numeric without a modifier has neither.
fn numeric(name: &str, modifier: i32) -> Option<(Value, i32, Value)> {
    let zero = Value::from(0);
    match name {
        "int2" => Some((16.into(), 2, zero)),
        "int4" => Some((32.into(), 2, zero)),
        "int8" => Some((64.into(), 2, zero)),
        "float4" => Some((24.into(), 2, Value::Null)),
        "float8" => Some((53.into(), 2, Value::Null)),
        "numeric" if modifier >= 4 => {
            let (precision, scale) = types::precision_and_scale(modifier);
            Some((precision.into(), 10, scale.into()))
        }
        "numeric" => Some((Value::Null, 10, Value::Null)),
        _ => None,
    }
}
