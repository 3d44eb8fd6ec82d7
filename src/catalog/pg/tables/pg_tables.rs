//! `pg_tables`: tables with the names of their schema and owner.

use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::snapshot::RelationKind;
use crate::catalog::pg::table::Scan;
use crate::catalog::pg::{OWNER, definitions};

pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    let own = definitions::all().iter().filter(|definition| definition.kind == "r").map(|d| (d.schema, d.name));
    let lake = scan.snapshot.names.relations.iter().filter(|relation| relation.kind != RelationKind::View);
    own.chain(lake.map(|relation| (relation.schema.as_str(), relation.name.as_str()))).map(row).collect()
}

fn row((schema, name): (&str, &str)) -> Row {
    let mut row: Row = vec![("schemaname", schema.into()), ("tablename", name.into()), ("tableowner", OWNER.into())];
    row.extend(["hasindexes", "hasrules", "hastriggers", "rowsecurity"].map(|column| (column, Value::Bool(false))));
    row
}
