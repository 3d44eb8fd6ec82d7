//! `pg_namespace`: schemas. And `pg_collation`, whose rows differ from a new database's by their schema and owner only.

use super::pg_class::privileges;
use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::{OWNER, oid, seed};

pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    let rights = scan.catalog.session.rights();
    let row = |(name, oid): (&str, u32)| {
        let owner = if oid == oid::PUBLIC_SCHEMA { oid::PG_DATABASE_OWNER } else { oid::OWNER };
        let acl = privileges(rights.state().schemas.get(name).map(|schema| &schema.acl), OWNER, "UC");
        vec![("oid", oid.into()), ("nspname", name.into()), ("nspowner", owner.into()), ("nspacl", acl)]
    };
    scan.snapshot.schemas().map(row).collect()
}

pub fn collations(_: &Scan<'_>) -> Vec<Row> {
    let mut rows = seed::rows("pg_collation");
    for row in &mut rows {
        row.push(("collnamespace", Value::from(oid::PG_CATALOG_SCHEMA)));
        row.push(("collowner", Value::from(oid::OWNER)));
    }
    rows
}
