//! What PostgreSQL does not compare or unite, and the engine does after a cast that nobody asked for: texts with numbers and dates.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    BinaryExpr, Expr, ExprSchemable, LogicalPlan, Operator, Projection, WindowFrameBound, WindowFrameUnits,
};
use datafusion_functions_customer::type_name::type_name;

use crate::error::{Error, SqlState};

const COMPARISONS: [Operator; 6] = [Operator::Eq, Operator::NotEq, Operator::Lt, Operator::LtEq, Operator::Gt, Operator::GtEq];

/// Types that become each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Category {
    Number,
    Text,
    Moment,
    Time,
    Interval,
    Boolean,
}

fn category(data_type: &DataType) -> Option<Category> {
    Some(match data_type {
        DataType::Boolean => Category::Boolean,
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => Category::Moment,
        DataType::Time32(_) | DataType::Time64(_) => Category::Time,
        DataType::Interval(_) | DataType::Duration(_) => Category::Interval,
        number if number.is_numeric() => Category::Number,
        text if text.is_string() => Category::Text,
        _ => return None,
    })
}

/// 42883 where two columns are compared that are of different kinds. Of literals, parameters and what functions give the types may
/// follow the other side.
///
/// # Errors
/// That one.
pub fn refuse(expr: &Expr, schema: &DFSchema) -> Result<()> {
    let Expr::BinaryExpr(BinaryExpr { left, op, right }) = expr else { return Ok(()) };
    let (Expr::Column(_), Expr::Column(_)) = (left.as_ref(), right.as_ref()) else { return Ok(()) };
    if !COMPARISONS.contains(op) {
        return Ok(());
    }
    let (Ok(of_left), Ok(of_right)) = (left.get_type(schema), right.get_type(schema)) else { return Ok(()) };
    match (category(&of_left), category(&of_right)) {
        (Some(one), Some(other)) if one != other => {
            let message = format!("operator does not exist: {} {op} {}", type_name(&of_left), type_name(&of_right));
            let hint = "No operator matches the given name and argument types. You might need to add explicit type casts.";
            Err(external(Error::new(SqlState::UNDEFINED_FUNCTION, message).hint(hint)))
        }
        _ => Ok(()),
    }
}

/// 42804 where the queries of a set operation have columns of different kinds, and 0A000 for the frames of windows that PostgreSQL
/// has not.
///
/// # Errors
/// Those two.
pub fn check(node: &LogicalPlan) -> Result<()> {
    match node {
        LogicalPlan::Union(union) => {
            let Some(first) = union.inputs.first() else { return Ok(()) };
            union.inputs.iter().skip(1).try_for_each(|next| united(first, next, "UNION"))
        }
        LogicalPlan::Window(window) => window.window_expr.iter().try_for_each(|expr| framed(expr, window.input.schema())),
        _ => Ok(()),
    }
}

fn united(first: &LogicalPlan, next: &LogicalPlan, operation: &str) -> Result<()> {
    let columns = first.schema().fields().iter().zip(next.schema().fields()).enumerate();
    for (index, (one, other)) in columns {
        let (Some(kind), Some(of_other)) = (category(one.data_type()), category(other.data_type())) else { continue };
        if kind != of_other && !is_literal(first, index) && !is_literal(next, index) {
            let (one, other) = (type_name(one.data_type()), type_name(other.data_type()));
            let message = format!("{operation} types {one} and {other} cannot be matched");
            return Err(external(Error::new(SqlState::DATATYPE_MISMATCH, message)));
        }
    }
    Ok(())
}

/// Whether a column is a literal in quotes, whose type follows the others.
fn is_literal(plan: &LogicalPlan, index: usize) -> bool {
    match plan {
        LogicalPlan::Projection(Projection { expr, .. }) => expr
            .get(index)
            .is_some_and(|expr| matches!(expr.clone().unalias(), Expr::Literal(value, _) if value.data_type().is_string())),
        LogicalPlan::Union(union) => union.inputs.iter().any(|input| is_literal(input, index)),
        LogicalPlan::Distinct(distinct) => is_literal(distinct.input(), index),
        _ => false,
    }
}

fn framed(expr: &Expr, schema: &DFSchema) -> Result<()> {
    let Expr::WindowFunction(function) = expr.clone().unalias() else { return Ok(()) };
    let frame = &function.params.window_frame;
    let is_offset = |bound: &WindowFrameBound| match bound {
        WindowFrameBound::Preceding(value) | WindowFrameBound::Following(value) => !value.is_null(),
        WindowFrameBound::CurrentRow => false,
    };
    if frame.units != WindowFrameUnits::Range || !(is_offset(&frame.start_bound) || is_offset(&frame.end_bound)) {
        return Ok(());
    }
    let Some(sorted) = function.params.order_by.first() else { return Ok(()) };
    let data_type = sorted.expr.get_type(schema)?;
    if matches!(category(&data_type), Some(Category::Text | Category::Boolean)) {
        let name = type_name(&data_type);
        let message = format!("RANGE with offset PRECEDING/FOLLOWING is not supported for column type {name}");
        return Err(external(Error::unsupported(message)));
    }
    Ok(())
}

fn external(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
