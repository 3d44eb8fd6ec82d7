//! `pg_index` and `pg_indexes`: the indexes that PostgreSQL would have for the declared primary and unique keys. A lake has none of
//! them; clients find there which columns identify a row.

use crate::catalog::pg::columns::{KeyColumn, KeyColumns};
use crate::catalog::pg::keys::{KeyConstraint, KeyKind};
use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::snapshot::quoted;
use crate::catalog::pg::types;
use crate::catalog::pg::wanted::Keys;

pub const KEYS: Keys = Keys { oid: Some("indrelid"), ..Keys::NONE };

pub fn rows(keys: &[KeyColumns<'_>]) -> Vec<Row> {
    keys.iter().filter(|found| found.key.kind != KeyKind::Foreign).map(row).collect()
}

fn row(found: &KeyColumns<'_>) -> Row {
    let count = Value::from(i64::try_from(found.own.len()).unwrap_or(0));
    let vector = |of: &dyn Fn(&KeyColumn) -> Value| Value::List(found.own.iter().map(of).collect());
    vec![
        ("indexrelid", found.oids.index.into()),
        ("indrelid", found.oids.table.into()),
        ("indnatts", count.clone()),
        ("indnkeyatts", count),
        ("indisunique", true.into()),
        ("indisprimary", (found.key.kind == KeyKind::Primary).into()),
        ("indimmediate", true.into()),
        ("indisvalid", true.into()),
        ("indisready", true.into()),
        ("indislive", true.into()),
        ("indkey", vector(&|column| column.number.into())),
        ("indcollation", vector(&|column| types::by_oid(column.type_oid).map_or(0, |entry| entry.collation).into())),
        ("indclass", vector(&|column| operator_class(column.type_oid).into())),
        ("indoption", vector(&|_| 0.into())),
    ]
}

/// The default operator class of a B-tree for a type, from PostgreSQL 15's `pg_opclass`; 0 for a type that is not in a key.
fn operator_class(type_oid: u32) -> u32 {
    match types::by_oid(type_oid).map_or("", |entry| entry.name) {
        "bool" => 10_003,
        "bytea" => 10_006,
        "date" => 3122,
        "float4" => 10_012,
        "float8" => 3123,
        "int2" => 1979,
        "int4" => 1978,
        "int8" => 3124,
        "interval" => 10_022,
        "numeric" => 3125,
        "text" => 3126,
        "time" => 10_038,
        "timestamp" => 3128,
        "timestamptz" => 3127,
        "uuid" => 10_065,
        _ => 0,
    }
}

pub fn indexes(scan: &Scan<'_>) -> Vec<Row> {
    let row = |key: &KeyConstraint| -> Row {
        let table = format!("{}.{}", quoted(&key.schema), quoted(&key.relation));
        vec![
            ("schemaname", key.schema.as_str().into()),
            ("tablename", key.relation.as_str().into()),
            ("indexname", key.name.as_str().into()),
            ("indexdef", key.index_definition(&table).into()),
        ]
    };
    scan.snapshot.keys().map(|(key, _)| key).filter(|key| key.kind != KeyKind::Foreign).map(row).collect()
}
