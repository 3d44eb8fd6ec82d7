//! `pg_stat_user_tables` and `pg_stat_all_tables`: the tables, and how many rows they have. Reads are not counted by table.

use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::snapshot::RelationKind;

pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    let tables = scan.snapshot.relations().filter(|(relation, _)| relation.kind != RelationKind::View);
    let row = tables.map(|(relation, oids)| {
        let size = scan.catalog.source.known_size(&relation.schema, &relation.name);
        let live = size.and_then(|size| size.rows).and_then(|rows| i64::try_from(rows).ok()).unwrap_or(0);
        let mut row: Row = vec![
            ("relid", oids.relation.into()),
            ("schemaname", relation.schema.as_str().into()),
            ("relname", relation.name.as_str().into()),
            ("n_live_tup", live.into()),
        ];
        row.extend(COUNTS.iter().map(|count| (*count, Value::Integer(0))));
        row
    });
    row.collect()
}

/// `pg_statio_all_tables`: blocks are read by the file, and not counted by table.
pub fn blocks(scan: &Scan<'_>) -> Vec<Row> {
    let tables = scan.snapshot.relations().filter(|(relation, _)| relation.kind != RelationKind::View);
    let row = tables.map(|(relation, oids)| -> Row {
        vec![
            ("relid", oids.relation.into()),
            ("schemaname", relation.schema.as_str().into()),
            ("relname", relation.name.as_str().into()),
            ("heap_blks_read", 0.into()),
            ("heap_blks_hit", 0.into()),
        ]
    });
    row.collect()
}

const COUNTS: [&str; 14] = [
    "seq_scan",
    "seq_tup_read",
    "idx_scan",
    "idx_tup_fetch",
    "n_tup_ins",
    "n_tup_upd",
    "n_tup_del",
    "n_tup_hot_upd",
    "n_dead_tup",
    "n_mod_since_analyze",
    "n_ins_since_vacuum",
    "vacuum_count",
    "autovacuum_count",
    "analyze_count",
];
