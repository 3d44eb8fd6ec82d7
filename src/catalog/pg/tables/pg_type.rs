//! `pg_type`: PostgreSQL's own types, and of each relation the type of its rows and of their arrays.

use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::snapshot::{Relation, RelationOids};
use crate::catalog::pg::{oid, seed};

/// `array_in`, `array_out`, `array_recv`, `array_send`, `array_typanalyze`, `array_subscript_handler` of `pg_proc`.
const ARRAY_FUNCTIONS: [u32; 6] = [750, 751, 2400, 2401, 3816, 6179];
/// `record_in`, `record_out`, `record_recv`, `record_send`.
const RECORD_FUNCTIONS: [u32; 4] = [2290, 2291, 2402, 2403];

pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    let mut rows = seed::rows("pg_type");
    for row in &mut rows {
        row.extend([
            ("typnamespace", Value::from(oid::PG_CATALOG_SCHEMA)),
            ("typowner", Value::from(oid::OWNER)),
            ("typisdefined", Value::Bool(true)),
            ("typtypmod", Value::from(-1)),
        ]);
    }
    for (relation, oids) in scan.snapshot.relations() {
        let schema = scan.snapshot.schema_oid(&relation.schema).unwrap_or_default();
        rows.push(row_type(relation, oids, schema));
        rows.push(array_type(relation, oids, schema));
    }
    rows
}

fn row_type(relation: &Relation, oids: RelationOids, schema: u32) -> Row {
    let mut row = common(oids.row_type, relation.name.clone(), schema, "c", "C");
    row.extend([("typrelid", oids.relation.into()), ("typarray", oids.array_type.into())]);
    row.extend(["typinput", "typoutput", "typreceive", "typsend"].into_iter().zip(RECORD_FUNCTIONS.map(Value::from)));
    row
}

fn array_type(relation: &Relation, oids: RelationOids, schema: u32) -> Row {
    let mut row = common(oids.array_type, format!("_{}", relation.name), schema, "b", "A");
    row.push(("typelem", oids.row_type.into()));
    let columns = ["typinput", "typoutput", "typreceive", "typsend", "typanalyze", "typsubscript"];
    row.extend(columns.into_iter().zip(ARRAY_FUNCTIONS.map(Value::from)));
    row
}

fn common(oid: u32, name: String, schema: u32, kind: &str, category: &str) -> Row {
    vec![
        ("oid", oid.into()),
        ("typname", name.into()),
        ("typnamespace", schema.into()),
        ("typowner", oid::OWNER.into()),
        ("typlen", (-1).into()),
        ("typtype", kind.into()),
        ("typcategory", category.into()),
        ("typisdefined", true.into()),
        ("typdelim", ",".into()),
        ("typalign", "d".into()),
        ("typstorage", "x".into()),
        ("typtypmod", (-1).into()),
    ]
}
