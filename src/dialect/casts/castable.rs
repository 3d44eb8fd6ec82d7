//! Which types PostgreSQL casts to which: the engine has casts of days to numbers and of numbers to bytes.

use cilake_wire::types::{oid, pg_type};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::logical_expr::Expr;

use crate::dialect::texts::operators::field;

/// Whether there is a cast of the expression, whose type is known, to the field's type. Literals and NULL become anything.
pub fn has_cast(expr: &Expr, of: &DataType, to: &Field, schema: &DFSchema) -> bool {
    if of == to.data_type() || of.is_null() || to.data_type().is_null() {
        return true;
    }
    // A small number in a statement is an `integer`.
    if matches!(expr, Expr::Literal(ScalarValue::Int64(Some(number)), _) if i32::try_from(*number).is_ok()) {
        return between(&Field::new("", DataType::Int32, true), to);
    }
    // Only texts and their arrays hold values of other types, and no operator gives one.
    let source = match expr {
        Expr::BinaryExpr(_) => None,
        _ if of.is_string() || of.is_nested() => field(expr, schema),
        _ => None,
    };
    let plain = || Field::new("", of.clone(), true);
    source.map_or_else(|| between(&plain(), to), |source| between(&source, to))
}

fn between(from: &Field, to: &Field) -> bool {
    let element = |field: &Field| match field.data_type() {
        DataType::List(element) | DataType::LargeList(element) | DataType::FixedSizeList(element, _) => Some(element.clone()),
        _ => None,
    };
    match (element(from), element(to)) {
        // Arrays of several dimensions have the type of their innermost elements.
        (Some(from), Some(to)) if to.data_type().is_list() => between(&from, &to),
        (Some(from), Some(_)) if from.data_type().is_list() => between(&from, to),
        (Some(from), Some(to)) => from.data_type().is_null() || between(&from, &to),
        (None, None) => has_one(pg_type(from).oid, pg_type(to).oid),
        (Some(_), None) => is_text(pg_type(to).oid) || !is_judged(pg_type(to).oid),
        (None, Some(_)) => is_text(pg_type(from).oid) || !is_judged(pg_type(from).oid),
    }
}

/// PostgreSQL 15: `SELECT castsource::regtype, casttarget::regtype FROM pg_cast`; and every type is read from a text and written as one.
fn has_one(from: u32, to: u32) -> bool {
    if from == to || is_text(from) || is_text(to) || !is_judged(from) || !is_judged(to) {
        return true;
    }
    match (from, to) {
        (from, to) if is_number(from) && is_number(to) => true,
        (oid::INT4, oid::BOOL) | (oid::BOOL, oid::INT4) | (oid::JSON, oid::JSONB) | (oid::JSONB, oid::JSON | oid::BOOL) => true,
        (oid::JSONB, to) => is_number(to),
        (oid::DATE | oid::TIMESTAMP | oid::TIMESTAMPTZ, oid::DATE | oid::TIMESTAMP | oid::TIMESTAMPTZ) => true,
        (oid::TIMESTAMP | oid::TIMESTAMPTZ, oid::TIME) | (oid::TIME, oid::INTERVAL) | (oid::INTERVAL, oid::TIME) => true,
        _ => false,
    }
}

fn is_number(of: u32) -> bool {
    matches!(of, oid::INT2 | oid::INT4 | oid::INT8 | oid::FLOAT4 | oid::FLOAT8 | oid::NUMERIC)
}

fn is_text(of: u32) -> bool {
    matches!(of, oid::TEXT | oid::VARCHAR | oid::BPCHAR | oid::NAME)
}

fn is_judged(of: u32) -> bool {
    let is_moment = matches!(of, oid::DATE | oid::TIME | oid::TIMESTAMP | oid::TIMESTAMPTZ | oid::INTERVAL);
    is_moment || is_number(of) || is_text(of) || matches!(of, oid::BOOL | oid::BYTEA | oid::JSON | oid::JSONB | oid::UUID)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_are_those_of_postgres() {
        for (from, to, exists) in [
            (oid::INT4, oid::BOOL, true),
            (oid::INT8, oid::BOOL, false),
            (oid::DATE, oid::INT8, false),
            (oid::TIMESTAMP, oid::DATE, true),
            (oid::DATE, oid::TIME, false),
            (oid::INT4, oid::BYTEA, false),
            (oid::JSON, oid::INT4, false),
            (oid::JSONB, oid::INT4, true),
            (oid::BYTEA, oid::TEXT, true),
            (oid::INTERVAL, oid::INT4, false),
            (oid::UUID, oid::BYTEA, false),
            (oid::INT4, oid::REGCLASS, true),
        ] {
            assert_eq!(has_one(from, to), exists, "{from} to {to}");
        }
    }
}
