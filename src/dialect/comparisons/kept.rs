//! What casts keep of values.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::expr::{Between, Cast, InList};
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator};

use crate::dialect::functions::same::hidden;
use crate::dialect::numbers::quotient::digits;

/// Whether every value of a type has one of the other.
pub fn is_total(from: &DataType, to: &DataType) -> bool {
    let is_exact = |data_type: &DataType| digits(data_type).is_some();
    let is_moment = |data_type: &DataType| matches!(data_type, DataType::Date32 | DataType::Timestamp(..));
    from == to
        || from.is_null()
        || to.is_string()
        || keeps_numbers(from, to)
        || (is_exact(from) && to.is_floating())
        || (*from == DataType::Float32 && *to == DataType::Float64)
        || (is_moment(from) && is_moment(to))
}

/// Whether a type of exact numbers has all numbers of another, with all their digits.
fn keeps_numbers(from: &DataType, to: &DataType) -> bool {
    let (Some((precision, scale)), Some((other_precision, other_scale))) = (digits(from), digits(to)) else { return false };
    let whole = |precision: u8, scale: i8| i16::from(precision) - i16::from(scale);
    let has_room = other_scale >= scale && whole(other_precision, other_scale) >= whole(precision, scale);
    has_room && (from.is_integer() || !to.is_integer())
}

/// Comparisons of casts that round numbers, or may refuse them: the engine would compare what is cast instead.
pub fn compared(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if is_comparison(op) => {
            let (left, right) = (closed(*left, schema)?, closed(*right, schema)?);
            let changed = left.transformed || right.transformed;
            let compared = BinaryExpr { left: Box::new(left.data), op, right: Box::new(right.data) };
            Ok(Transformed::new_transformed(Expr::BinaryExpr(compared), changed))
        }
        Expr::InList(InList { expr, list, negated }) => {
            Ok(closed(*expr, schema)?.update_data(|expr| Expr::InList(InList { expr: Box::new(expr), list, negated })))
        }
        Expr::Between(Between { expr, negated, low, high }) => {
            Ok(closed(*expr, schema)?.update_data(|expr| Expr::Between(Between { expr: Box::new(expr), negated, low, high })))
        }
        other => Ok(Transformed::no(other)),
    })
}

fn is_comparison(operator: Operator) -> bool {
    use Operator::{Eq, Gt, GtEq, IsDistinctFrom, IsNotDistinctFrom, Lt, LtEq, NotEq};
    matches!(operator, Eq | NotEq | Lt | LtEq | Gt | GtEq | IsDistinctFrom | IsNotDistinctFrom)
}

/// The operand with the first such cast behind a function.
fn closed(operand: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let Expr::Cast(Cast { expr, field }) = operand else { return Ok(Transformed::no(operand)) };
    let (of, target) = (expr.get_type(schema)?, field.data_type().clone());
    let is_number = digits(&of).is_some() && digits(&target).is_some();
    if is_number && !keeps_numbers(&of, &target) {
        return Ok(Transformed::yes(hidden(Expr::Cast(Cast { expr, field }))));
    }
    Ok(closed(*expr, schema)?.update_data(|expr| Expr::Cast(Cast { expr: Box::new(expr), field })))
}
