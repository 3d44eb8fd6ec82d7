//! `information_schema`: schemata, tables, views and what else needs only names.

use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::snapshot::RelationKind;
use crate::catalog::pg::{OWNER, definitions};

pub fn catalog_name(scan: &Scan<'_>) -> Vec<Row> {
    vec![vec![("catalog_name", database(scan))]]
}

pub fn schemata(scan: &Scan<'_>) -> Vec<Row> {
    let row = |(name, _): (&str, u32)| {
        vec![("catalog_name", database(scan)), ("schema_name", name.into()), ("schema_owner", OWNER.into())]
    };
    scan.snapshot.schemas().map(row).collect()
}

pub fn tables(scan: &Scan<'_>) -> Vec<Row> {
    let own = definitions::all().iter().map(|d| (d.schema, d.name, if d.kind == "r" { "BASE TABLE" } else { "VIEW" }));
    let lake = scan.snapshot.names.relations.iter().map(|relation| {
        let kind = match relation.kind {
            RelationKind::Table => "BASE TABLE",
            RelationKind::View => "VIEW",
            RelationKind::Temporary => "LOCAL TEMPORARY",
        };
        (relation.schema.as_str(), relation.name.as_str(), kind)
    });
    let row = |(schema, name, kind): (&str, &str, &str)| {
        vec![
            ("table_catalog", database(scan)),
            ("table_schema", schema.into()),
            ("table_name", name.into()),
            ("table_type", kind.into()),
            // A lake is read; what may be created replaces a table as a whole.
            ("is_insertable_into", "NO".into()),
            ("is_typed", "NO".into()),
        ]
    };
    own.chain(lake).map(row).collect()
}

pub fn views(scan: &Scan<'_>) -> Vec<Row> {
    let views = scan.snapshot.names.relations.iter().filter(|relation| relation.kind == RelationKind::View);
    let row = |schema: &str, name: &str, definition: Option<&str>| {
        let mut row: Row = vec![
            ("table_catalog", database(scan)),
            ("table_schema", schema.into()),
            ("table_name", name.into()),
            ("view_definition", definition.into()),
            ("check_option", "NONE".into()),
        ];
        let may_not =
            ["is_updatable", "is_insertable_into", "is_trigger_updatable", "is_trigger_deletable", "is_trigger_insertable_into"];
        row.extend(may_not.map(|column| (column, Value::from("NO"))));
        row
    };
    views.map(|view| row(&view.schema, &view.name, view.definition.as_deref())).collect()
}

pub fn character_sets(scan: &Scan<'_>) -> Vec<Row> {
    vec![vec![
        ("character_set_name", "UTF8".into()),
        ("character_repertoire", "UCS".into()),
        ("form_of_use", "UTF8".into()),
        ("default_collate_catalog", database(scan)),
    ]]
}

/// The name of the one database, as a column's value.
pub fn database(scan: &Scan<'_>) -> Value {
    scan.snapshot.names.database.as_str().into()
}
