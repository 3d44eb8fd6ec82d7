//! Floating-point columns where NaN counts. Parquet's statistics leave NaN out, so a group of rows whose greatest number is 5 may hold a
//! NaN, which is greater than all: what asks for large numbers must not skip it. The engine skips by what it finds compared with a column;
//! a function of one is none.

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, LogicalPlan, Operator};

use crate::dialect::functions::same::hidden;

/// Comparisons that a NaN in the column may satisfy.
pub fn compared(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| {
        let Expr::BinaryExpr(BinaryExpr { left, op, right }) = expr else { return Ok(Transformed::no(expr)) };
        let (of_left, of_right) = match op {
            Operator::Gt | Operator::GtEq => (true, false),
            Operator::Lt | Operator::LtEq => (false, true),
            Operator::Eq | Operator::NotEq | Operator::IsDistinctFrom | Operator::IsNotDistinctFrom => (true, true),
            _ => return Ok(Transformed::no(Expr::BinaryExpr(BinaryExpr { left, op, right }))),
        };
        // Of a number that is known, only NaN is equal to NaN.
        let is_number = |expr: &Expr| op == Operator::Eq && matches!(expr, Expr::Literal(value, _) if !is_nan(value));
        let hides_left = of_left && is_floating_column(&left, schema) && !is_number(&right);
        let hides_right = of_right && is_floating_column(&right, schema) && !is_number(&left);
        let left = if hides_left { Box::new(hidden(*left)) } else { left };
        let right = if hides_right { Box::new(hidden(*right)) } else { right };
        let compared = Expr::BinaryExpr(BinaryExpr { left, op, right });
        Ok(if hides_left || hides_right { Transformed::yes(compared) } else { Transformed::no(compared) })
    })
}

/// An order from the greatest, of which the engine skips what is smaller than the rows it has.
pub fn sorted(node: LogicalPlan) -> LogicalPlan {
    let LogicalPlan::Sort(mut sort) = node else { return node };
    let schema = sort.input.schema();
    for key in sort.expr.iter_mut().filter(|key| !key.asc && is_floating_column(&key.expr, schema)) {
        key.expr = hidden(std::mem::take(&mut key.expr));
    }
    LogicalPlan::Sort(sort)
}

/// Pairs of columns that INTERSECT and EXCEPT compare, where the engine skips by the numbers that it finds on one side.
pub fn joined(node: LogicalPlan) -> Result<LogicalPlan> {
    let LogicalPlan::Join(mut join) = node else { return Ok(node) };
    for (left, right) in &mut join.on {
        if is_floating_column(left, join.left.schema()) && is_floating_column(right, join.right.schema()) {
            *left = hidden(std::mem::take(left));
            *right = hidden(std::mem::take(right));
        }
    }
    Ok(LogicalPlan::Join(join))
}

fn is_nan(value: &ScalarValue) -> bool {
    use ScalarValue::{Float32, Float64};
    matches!(value, Float64(Some(number)) if number.is_nan()) || matches!(value, Float32(Some(number)) if number.is_nan())
}

fn is_floating_column(expr: &Expr, schema: &DFSchema) -> bool {
    matches!(expr, Expr::Column(_)) && expr.get_type(schema).is_ok_and(|data_type| data_type.is_floating())
}
