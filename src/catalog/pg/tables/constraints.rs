//! Keys in `information_schema`: what the lake declares, and how tables belong together.

use super::information_schema::database;
use crate::catalog::pg::keys::{KeyConstraint, KeyKind};
use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;

pub fn table_constraints(scan: &Scan<'_>) -> Vec<Row> {
    let row = |key: &KeyConstraint| {
        let mut row = named(scan, key);
        row.extend(table(scan, &key.schema, &key.relation));
        row.extend([
            ("constraint_type", Value::text(key.kind.name())),
            ("is_deferrable", "NO".into()),
            ("initially_deferred", "NO".into()),
            // Nothing checks the files of a lake.
            ("enforced", "NO".into()),
            ("nulls_distinct", if key.kind == KeyKind::Unique { "YES".into() } else { Value::Null }),
        ]);
        row
    };
    scan.snapshot.names.keys.iter().map(row).collect()
}

pub fn key_column_usage(scan: &Scan<'_>) -> Vec<Row> {
    let rows = |key: &KeyConstraint| -> Vec<Row> {
        let numbered = (1_i64..).zip(&key.columns);
        let row = |(number, column): (i64, &String)| {
            let mut row = named(scan, key);
            row.extend(table(scan, &key.schema, &key.relation));
            row.extend([("column_name", column.as_str().into()), ("ordinal_position", number.into())]);
            row.extend(position_in_unique(scan, key, number).map(|number| ("position_in_unique_constraint", number.into())));
            row
        };
        numbered.map(row).collect()
    };
    scan.snapshot.names.keys.iter().flat_map(rows).collect()
}

/// Where in the key that it refers to a column of a foreign key stands.
fn position_in_unique(scan: &Scan<'_>, key: &KeyConstraint, number: i64) -> Option<i64> {
    let reference = key.references.as_ref()?;
    let column = reference.columns.get(usize::try_from(number - 1).ok()?)?;
    let at = referred(scan, key)?.columns.iter().position(|own| own == column)?;
    i64::try_from(at + 1).ok()
}

/// The primary or unique key that a foreign key refers to, if it is declared.
fn referred<'a>(scan: &'a Scan<'_>, key: &KeyConstraint) -> Option<&'a KeyConstraint> {
    key.references.as_ref()?.key(&scan.snapshot.names.keys)
}

pub fn referential_constraints(scan: &Scan<'_>) -> Vec<Row> {
    let foreign = scan.snapshot.names.keys.iter().filter(|key| key.kind == KeyKind::Foreign);
    let row = |key: &KeyConstraint| {
        let mut row = named(scan, key);
        if let Some(unique) = referred(scan, key) {
            row.extend([
                ("unique_constraint_catalog", database(scan)),
                ("unique_constraint_schema", unique.schema.as_str().into()),
                ("unique_constraint_name", unique.name.as_str().into()),
            ]);
        }
        row.extend(
            [("match_option", "NONE"), ("update_rule", "NO ACTION"), ("delete_rule", "NO ACTION")].map(|(c, v)| (c, v.into())),
        );
        row
    };
    foreign.map(row).collect()
}

/// The columns that a key needs: those of another table for a foreign key, its own otherwise.
pub fn constraint_column_usage(scan: &Scan<'_>) -> Vec<Row> {
    let rows = |key: &KeyConstraint| -> Vec<Row> {
        let (schema, relation, columns) = used(key);
        let row = |column: &String| {
            let mut row = table(scan, schema, relation);
            row.push(("column_name", column.as_str().into()));
            row.extend(named(scan, key));
            row
        };
        columns.iter().map(row).collect()
    };
    scan.snapshot.names.keys.iter().flat_map(rows).collect()
}

pub fn constraint_table_usage(scan: &Scan<'_>) -> Vec<Row> {
    let row = |key: &KeyConstraint| {
        let (schema, relation, _) = used(key);
        let mut row = table(scan, schema, relation);
        row.extend(named(scan, key));
        row
    };
    scan.snapshot.names.keys.iter().map(row).collect()
}

fn used(key: &KeyConstraint) -> (&str, &str, &[String]) {
    match &key.references {
        Some(reference) => (&reference.schema, &reference.relation, &reference.columns),
        None => (&key.schema, &key.relation, &key.columns),
    }
}

fn named(scan: &Scan<'_>, key: &KeyConstraint) -> Row {
    vec![
        ("constraint_catalog", database(scan)),
        ("constraint_schema", key.schema.as_str().into()),
        ("constraint_name", key.name.as_str().into()),
    ]
}

fn table(scan: &Scan<'_>, schema: &str, relation: &str) -> Row {
    vec![("table_catalog", database(scan)), ("table_schema", schema.into()), ("table_name", relation.into())]
}
