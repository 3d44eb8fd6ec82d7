//! Rows that every PostgreSQL 15 database has, as text: types, their casts, the functions that read, write
//! and cast them, access methods, collations.

use super::rows::{Row, Value};

const SEEDS: &[(&str, &str)] = &[
    ("pg_aggregate", include_str!("postgres15/pg_aggregate.tsv")),
    ("pg_am", include_str!("postgres15/pg_am.tsv")),
    // Of types that this server has.
    ("pg_cast", include_str!("postgres15/pg_cast.tsv")),
    ("pg_collation", include_str!("postgres15/pg_collation.tsv")),
    ("pg_get_keywords", include_str!("postgres15/pg_get_keywords.tsv")),
    ("pg_language", include_str!("postgres15/pg_language.tsv")),
    ("pg_proc", include_str!("postgres15/pg_proc.tsv")),
    // Of the functions that clients call, those that this server has.
    ("pg_proc_functions", include_str!("postgres15/pg_proc_functions.tsv")),
    ("pg_range", include_str!("postgres15/pg_range.tsv")),
    ("pg_tablespace", include_str!("postgres15/pg_tablespace.tsv")),
    ("pg_type", include_str!("postgres15/pg_type.tsv")),
];

/// The rows of a catalog table; none if it is empty in a new database. The values are text: the table's column types read them.
pub fn rows(table: &str) -> Vec<Row> {
    let text = SEEDS.iter().find(|(name, _)| *name == table).map_or("", |(_, text)| text);
    let mut lines = text.lines();
    let Some(head) = lines.next() else { return Vec::new() };
    let columns: Vec<&'static str> = head.split('\t').collect();
    lines.map(|line| columns.iter().copied().zip(line.split('\t').map(value)).collect()).collect()
}

/// `\N` is how COPY writes NULL.
fn value(cell: &'static str) -> Value {
    match cell {
        "\\N" => Value::Null,
        text => Value::text(text),
    }
}
