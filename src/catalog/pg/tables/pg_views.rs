//! `pg_views`: the lake's views. PostgreSQL's own are tables here, and have no definition to show.

use crate::catalog::pg::rows::Row;
use crate::catalog::pg::snapshot::{Relation, RelationKind};
use crate::catalog::pg::table::Scan;

pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    scan.snapshot.names.relations.iter().filter(|relation| relation.kind == RelationKind::View).map(row).collect()
}

fn row(view: &Relation) -> Row {
    vec![
        ("schemaname", view.schema.as_str().into()),
        ("viewname", view.name.as_str().into()),
        ("viewowner", view.owner.as_str().into()),
        ("definition", view.definition.as_deref().into()),
    ]
}
