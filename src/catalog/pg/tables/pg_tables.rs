//! `pg_tables`: tables with the names of their schema and owner.

use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::snapshot::RelationKind;
use crate::catalog::pg::table::Scan;
use crate::catalog::pg::{OWNER, definitions};
use crate::lake::TableName;

pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    let own = definitions::all().iter().filter(|definition| definition.kind == "r").map(|d| row(d.schema, d.name, OWNER, false));
    let rights = scan.catalog.session.rights();
    let lake = scan.snapshot.names.relations.iter().filter(|relation| relation.kind != RelationKind::View);
    let lake = lake.map(|relation| {
        let known = rights.state().relation(&TableName::new(&relation.schema, &relation.name));
        row(&relation.schema, &relation.name, &relation.owner, known.is_some_and(|known| known.row_security))
    });
    own.chain(lake).collect()
}

fn row(schema: &str, name: &str, owner: &str, row_security: bool) -> Row {
    let mut row: Row = vec![("schemaname", schema.into()), ("tablename", name.into()), ("tableowner", owner.into())];
    row.extend(["hasindexes", "hasrules", "hastriggers"].map(|column| (column, Value::Bool(false))));
    row.push(("rowsecurity", row_security.into()));
    row
}
