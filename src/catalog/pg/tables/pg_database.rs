//! `pg_database`: the one database. And `pg_tablespace`, without which `\l+` finds none.

use crate::catalog::pg::oid;
use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::seed;

/// Tablespace `pg_default`.
const DEFAULT_TABLESPACE: u32 = 1663;
/// `pg_char_to_encoding('UTF8')`.
pub const UTF8: i32 = 6;

pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    vec![vec![
        ("oid", scan.snapshot.database_oid.into()),
        ("datname", scan.snapshot.names.database.as_str().into()),
        ("datdba", oid::OWNER.into()),
        ("encoding", UTF8.into()),
        ("datlocprovider", "c".into()),
        ("datallowconn", true.into()),
        ("datconnlimit", (-1).into()),
        ("dattablespace", DEFAULT_TABLESPACE.into()),
        // Text is compared byte by byte.
        ("datcollate", "C.UTF-8".into()),
        ("datctype", "C.UTF-8".into()),
    ]]
}

pub fn tablespaces(_: &Scan<'_>) -> Vec<Row> {
    let mut rows = seed::rows("pg_tablespace");
    for row in &mut rows {
        row.push(("spcowner", Value::from(oid::OWNER)));
    }
    rows
}
