//! `information_schema.routines` and `parameters`: functions in the words of the SQL standard.

use super::columns::type_columns;
use super::information_schema::database;
use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::snapshot::{Function, FunctionKind};
use crate::catalog::pg::types;

pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    let standard = scan.snapshot.functions().filter(|(function, _)| listed(function));
    standard
        .map(|(function, oid)| {
            let mut row = specific(scan, function, oid);
            row.extend([
                ("routine_catalog", database(scan)),
                ("routine_schema", function.schema.as_str().into()),
                ("routine_name", function.name.as_str().into()),
                ("routine_type", "FUNCTION".into()),
                ("routine_body", "EXTERNAL".into()),
                ("external_language", "C".into()),
                ("is_deterministic", "YES".into()),
                ("schema_level_routine", "YES".into()),
                ("security_type", "INVOKER".into()),
            ]);
            match types::parse_type(&function.result) {
                Some(entry) => row.push(("data_type", types::format_type(entry.oid, None).into())),
                None => row.push(("data_type", "record".into())),
            }
            row
        })
        .collect()
}

pub fn parameters(scan: &Scan<'_>) -> Vec<Row> {
    let standard = scan.snapshot.functions().filter(|(function, _)| listed(function));
    standard
        .flat_map(|(function, oid)| {
            let numbered = (1_i64..).zip(&function.arguments);
            numbered.map(move |(number, argument)| {
                let mut row = specific(scan, function, oid);
                row.extend([
                    ("ordinal_position", number.into()),
                    ("parameter_mode", "IN".into()),
                    ("is_result", "NO".into()),
                    ("parameter_name", (!argument.name.is_empty()).then_some(argument.name.as_str()).into()),
                    ("dtd_identifier", number.to_string().into()),
                    ("parameter_default", argument.default.as_deref().into()),
                ]);
                match types::parse_type(&argument.type_name) {
                    Some(entry) => row.extend(type_columns(scan, entry.oid, -1)),
                    None => row.push(("data_type", Value::from(argument.type_name.as_str()))),
                }
                row
            })
        })
        .collect()
}

/// The standard knows neither aggregates nor window functions, and PostgreSQL leaves them out.
fn listed(function: &Function) -> bool {
    matches!(function.kind, FunctionKind::Scalar | FunctionKind::Table)
}

fn specific(scan: &Scan<'_>, function: &Function, oid: u32) -> Row {
    vec![
        ("specific_catalog", database(scan)),
        ("specific_schema", function.schema.as_str().into()),
        ("specific_name", format!("{}_{oid}", function.name).into()),
    ]
}
