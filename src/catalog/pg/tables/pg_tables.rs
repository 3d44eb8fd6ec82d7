//! `pg_tables`: tables with the names of their schema and owner.

use crate::catalog::pg::rows::Row;
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::snapshot::RelationKind;
use crate::catalog::pg::{OWNER, definitions};
use crate::lake::TableName;

pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    let own = definitions::all().iter().filter(|definition| definition.kind == "r").map(|d| row(d.schema, d.name, OWNER));
    let rights = scan.catalog.session.rights();
    let lake = scan.snapshot.relations().filter(|(relation, _)| relation.kind != RelationKind::View);
    let lake = lake.map(|(relation, oids)| {
        let known = rights.state().relation(&TableName::new(&relation.schema, &relation.name));
        let mut row = row(&relation.schema, &relation.name, &relation.owner);
        row.extend([
            ("hasindexes", scan.snapshot.has_index(oids.relation).into()),
            ("hastriggers", scan.snapshot.has_foreign_key(oids.relation).into()),
            ("rowsecurity", known.is_some_and(|known| known.row_security).into()),
        ]);
        row
    });
    own.chain(lake).collect()
}

fn row(schema: &str, name: &str, owner: &str) -> Row {
    vec![("schemaname", schema.into()), ("tablename", name.into()), ("tableowner", owner.into())]
}
