//! `pg_description`: comments on schemas, relations, columns and functions.

use crate::catalog::pg::columns::RelationColumns;
use crate::catalog::pg::oid;
use crate::catalog::pg::rows::Row;
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::wanted::Keys;

pub const KEYS: Keys = Keys { oid: Some("objoid"), column_number: Some("objsubid"), ..Keys::NONE };

pub fn own(scan: &Scan<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    let snapshot = scan.snapshot;
    for schema in &snapshot.names.schemas {
        let object = snapshot.schema_oid(&schema.name).unwrap_or_default();
        rows.extend(schema.comment.as_deref().map(|text| comment(object, oid::PG_NAMESPACE, 0, text)));
    }
    for (relation, oids) in snapshot.relations() {
        rows.extend(relation.comment.as_deref().map(|text| comment(oids.relation, oid::PG_CLASS, 0, text)));
    }
    for (function, object) in snapshot.functions() {
        rows.extend(function.comment.as_deref().map(|text| comment(object, oid::PG_PROC, 0, text)));
    }
    rows
}

pub fn rows(_: &Scan<'_>, relation: &RelationColumns<'_>) -> Vec<Row> {
    let numbered = (1_i64..).zip(&relation.columns);
    let commented = numbered.filter_map(|(number, column)| Some((number, column.comment.as_deref()?)));
    commented.map(|(number, text)| comment(relation.oids.relation, oid::PG_CLASS, number, text)).collect()
}

fn comment(object: u32, class: u32, column: i64, text: &str) -> Row {
    vec![("objoid", object.into()), ("classoid", class.into()), ("objsubid", column.into()), ("description", text.into())]
}
