//! Sizes of relations and of the database.

use datafusion::error::Result;

use super::{Caller, SystemFunction, oid, text};
use crate::catalog::pg::rows::Value;
use crate::catalog::pg::snapshot::Relation;

pub const FUNCTIONS: &[SystemFunction] = &[
    SystemFunction::new("pg_table_size", 1..=1, "int8", relation),
    SystemFunction::new("pg_total_relation_size", 1..=1, "int8", relation),
    SystemFunction::new("pg_relation_size", 1..=2, "int8", |catalog, arguments| match text(arguments, 1) {
        "" | "main" => relation(catalog, arguments),
        _ => Ok(0_i64.into()),
    }),
    SystemFunction::new("pg_indexes_size", 1..=1, "int8", |_, _| Ok(0_i64.into())),
    SystemFunction::new("pg_tablespace_size", 1..=1, "int8", |catalog, _| Ok(total(catalog))),
    SystemFunction::new("pg_database_size", 1..=1, "int8", |catalog, _| Ok(total(catalog))),
    SystemFunction::new("pg_size_pretty", 1..=1, "text", |_, arguments| {
        Ok(arguments.first().and_then(Value::as_integer).map(pretty).into())
    }),
];

fn relation(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let snapshot = catalog.current();
    let oid = oid(arguments, 0);
    if snapshot.relation_name(oid).is_none() {
        return Ok(Value::Null);
    }
    let bytes = snapshot.relation(oid).map_or(0, |relation| known(catalog, relation));
    Ok(i64::try_from(bytes).unwrap_or(i64::MAX).into())
}

/// Bytes of the files that an earlier query has listed.
fn known(catalog: &Caller<'_>, relation: &Relation) -> u64 {
    catalog.source.known_size(&relation.schema, &relation.name).map_or(0, |size| size.bytes)
}

fn total(catalog: &Caller<'_>) -> Value {
    let bytes: u64 = catalog.current().names.relations.iter().map(|relation| known(catalog, relation)).sum();
    i64::try_from(bytes).unwrap_or(i64::MAX).into()
}

/// A size as people read it: the largest unit of which there are at least ten, rounded half up, as PostgreSQL does.
fn pretty(bytes: i64) -> String {
    let mut size = bytes;
    if size.unsigned_abs() < 10 * 1024 {
        return format!("{size} bytes");
    }
    // One bit more than the unit is kept until the end, for rounding.
    size /= 512;
    let units = ["kB", "MB", "GB", "TB", "PB"];
    for (index, unit) in units.iter().enumerate() {
        if size.unsigned_abs() < 20 * 1024 - 1 || index + 1 == units.len() {
            return format!("{} {unit}", (size + size.signum()) / 2);
        }
        size /= 1024;
    }
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests {
    use super::pretty;

    /// PostgreSQL 15: `SELECT pg_size_pretty(bytes::bigint)`.
    #[test]
    fn sizes_are_written_as_postgres_writes_them() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (10_239, "10239 bytes"),
            (10_240, "10 kB"),
            (1_048_576, "1024 kB"),
            (10_485_248, "10 MB"),
            (1_234_567_890, "1177 MB"),
            (123_456_789_012, "115 GB"),
            (-20_480, "-20 kB"),
            (-5_000_000_000, "-4768 MB"),
            (i64::MIN, "-8192 PB"),
        ] {
            assert_eq!(pretty(bytes), text);
        }
    }
}
