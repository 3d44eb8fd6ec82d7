//! `pg_views` and `pg_rewrite`: the lake's views, and the rules that make them. PostgreSQL's own are tables here, and have no definition
//! to show.

use crate::catalog::pg::rows::Row;
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::snapshot::{Relation, RelationKind};

pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    scan.snapshot.names.relations.iter().filter(|relation| relation.kind == RelationKind::View).map(row).collect()
}

/// What a view is to PostgreSQL: a rule that reads from it in the place of a table.
pub fn rules(scan: &Scan<'_>) -> Vec<Row> {
    let views = scan.snapshot.relations().filter(|(relation, _)| relation.kind == RelationKind::View);
    let rule = views.map(|(_, oids)| {
        vec![
            // No other rule has it: it is that of the view's rows in another catalog.
            ("oid", oids.row_type.into()),
            ("rulename", "_RETURN".into()),
            ("ev_class", oids.relation.into()),
            ("ev_type", "1".into()),
            ("ev_enabled", "O".into()),
            ("is_instead", true.into()),
            ("ev_qual", "<>".into()),
            ("ev_action", "<>".into()),
        ]
    });
    rule.collect()
}

fn row(view: &Relation) -> Row {
    vec![
        ("schemaname", view.schema.as_str().into()),
        ("viewname", view.name.as_str().into()),
        ("viewowner", view.owner.as_str().into()),
        ("definition", view.definition.as_deref().into()),
    ]
}
