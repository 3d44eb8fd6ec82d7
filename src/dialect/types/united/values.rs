//! Columns of VALUES: what is in quotes has their type, and exact numbers have the decimals that all of them need.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DECIMAL128_MAX_PRECISION, DECIMAL256_MAX_PRECISION, DataType, Field};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::expr::Cast;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, Values};

use crate::dialect::casts::literals::DateOrder;
use crate::dialect::functions::beside;
use crate::dialect::numbers::quotient::digits;
use crate::dialect::numbers::unconstrained::UNCONSTRAINED;
use crate::dialect::types::agreement::take_type;

/// Literals of VALUES as of the type of their column.
///
/// # Errors
/// Those of literals.
pub fn literals(node: LogicalPlan, order: DateOrder) -> Result<Transformed<LogicalPlan>> {
    let LogicalPlan::Values(mut values) = node else { return Ok(Transformed::no(node)) };
    let fields = values.schema.fields().clone();
    let mut changed = false;
    for (place, field) in fields.iter().enumerate() {
        let floating = match field.data_type().is_decimal() {
            true => values.values.iter().filter_map(|row| row.get(place)).any(is_floating),
            false => false,
        };
        for cell in values.values.iter_mut().filter_map(|row| row.get_mut(place)) {
            let Some(literal) = marked(cell).cloned() else { continue };
            *cell = typed(literal, field, floating, order)?;
            changed = true;
        }
    }
    let node = LogicalPlan::Values(values);
    Ok(if changed { Transformed::yes(node) } else { Transformed::no(node) })
}

/// The literal within a call that marks it; the planner may have cast that to the type of the column.
fn marked(cell: &Expr) -> Option<&Expr> {
    match cell {
        Expr::Cast(cast) => beside::literal(&cast.expr),
        other => beside::literal(other),
    }
}

fn is_floating(cell: &Expr) -> bool {
    let value = match cell {
        Expr::Cast(cast) => cast.expr.as_ref(),
        other => other,
    };
    value.get_type(&DFSchema::empty()).is_ok_and(|data_type| data_type.is_floating())
}

fn typed(mut literal: Expr, field: &Field, floating: bool, order: DateOrder) -> Result<Expr> {
    if let Expr::Literal(ScalarValue::Null, _) = literal {
        return Ok(Expr::Literal(ScalarValue::try_from(field.data_type())?, None));
    }
    if floating {
        take_type(&mut literal, &Field::new("", DataType::Float64, true), order)?;
    } else if field.data_type().is_decimal() {
        // With the decimals that are written.
        literal = Expr::Cast(Cast::new(Box::new(literal), UNCONSTRAINED));
    } else {
        take_type(&mut literal, field, order)?;
    }
    Ok(literal)
}

/// VALUES whose columns of exact numbers have one type, when the types of their members are known.
pub fn with_decimals(node: LogicalPlan) -> Result<LogicalPlan> {
    let LogicalPlan::Values(Values { schema, mut values }) = node else { return Ok(node) };
    let empty = DFSchema::empty();
    let mut fields = schema.iter().map(|(qualifier, field)| (qualifier.cloned(), Arc::clone(field))).collect::<Vec<_>>();
    let mut changed = false;
    for (place, (_, field)) in fields.iter_mut().enumerate().filter(|(_, (_, field))| field.data_type().is_decimal()) {
        let types = values.iter().filter_map(|row| row.get(place)).map(|cell| cell.get_type(&empty));
        let types = types.collect::<Result<Vec<_>>>()?;
        if types.iter().all(|data_type| data_type == field.data_type()) {
            continue;
        }
        let typed = values.iter().zip(&types).filter(|(row, _)| !row.get(place).is_some_and(is_null));
        let target = of_all(typed.map(|(_, data_type)| data_type), field.data_type());
        changed = true;
        for (row, _) in values.iter_mut().zip(types).filter(|(_, data_type)| *data_type != target) {
            if let Some(cell) = row.get_mut(place) {
                *cell = match is_null(cell) {
                    true => Expr::Literal(ScalarValue::try_from(&target)?, None),
                    false => std::mem::take(cell).cast_to(&target, &empty)?,
                };
            }
        }
        *field = Arc::new(Field::clone(field).with_data_type(target));
    }
    let schema = match changed {
        true => Arc::new(DFSchema::new_with_metadata(fields, schema.metadata().clone())?),
        false => schema,
    };
    Ok(LogicalPlan::Values(Values { schema, values }))
}

fn is_null(cell: &Expr) -> bool {
    matches!(cell, Expr::Literal(value, _) if value.is_null())
}

/// The type that holds all these numbers. Of numbers with fewer decimals and more, one that shows none that a number does not need, where
/// the planner has that.
fn of_all<'a>(types: impl Iterator<Item = &'a DataType>, planned: &DataType) -> DataType {
    let sizes = types.map(|data_type| digits(data_type).filter(|(_, scale)| *scale >= 0)).collect::<Option<Vec<_>>>();
    let Some(sizes) = sizes.filter(|sizes| !sizes.is_empty()) else { return planned.clone() };
    let scale = sizes.iter().map(|(_, scale)| *scale).max().unwrap_or_default();
    let differ = sizes.iter().any(|(_, other)| *other != scale);
    let whole = sizes.iter().map(|(precision, scale)| i16::from(*precision) - i16::from(*scale)).max().unwrap_or_default();
    match u8::try_from(whole + i16::from(scale)) {
        _ if differ && *planned == UNCONSTRAINED => UNCONSTRAINED,
        Ok(precision) if precision <= DECIMAL128_MAX_PRECISION => DataType::Decimal128(precision.max(1), scale),
        Ok(precision) if precision <= DECIMAL256_MAX_PRECISION => DataType::Decimal256(precision, scale),
        _ => UNCONSTRAINED,
    }
}
