//! Numbers computed from quotients and means, `coalesce(avg(n), 0) * 2`: they are shown as those are, not with all decimals for which their
//! type has room.

use cilake_wire::types::quotient_decimals;
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator};

use super::quotient::{SCALE, digits};
use crate::dialect::functions::same;

/// The expression marked, if it is one of quotients and does not say so itself.
pub fn meant(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let may_lose = match &expr {
        Expr::BinaryExpr(binary) => matches!(binary.op, Operator::Plus | Operator::Minus | Operator::Multiply),
        Expr::Case(_) | Expr::Negative(_) | Expr::ScalarFunction(_) => true,
        _ => false,
    };
    if !may_lose {
        return Ok(Transformed::no(expr));
    }
    let (mut least, mut has_quotient) = (0, false);
    let is_product = matches!(&expr, Expr::BinaryExpr(BinaryExpr { op: Operator::Multiply, .. }));
    expr.apply_children(|operand| {
        let Ok((_, field)) = operand.to_field(schema) else { return Ok(TreeNodeRecursion::Continue) };
        let of_quotient = quotient_decimals(&field);
        has_quotient |= of_quotient.is_some();
        let decimals = of_quotient.or(digits(field.data_type()).map(|(_, scale)| scale)).unwrap_or(0);
        least = if is_product { decimals.saturating_add(least) } else { decimals.max(least) };
        Ok(TreeNodeRecursion::Continue)
    })?;
    if !has_quotient {
        return Ok(Transformed::no(expr));
    }
    let (_, field) = expr.to_field(schema)?;
    let is_long = digits(field.data_type()).is_some_and(|(_, scale)| scale >= SCALE && field.data_type().is_decimal());
    if !is_long || quotient_decimals(&field).is_some() {
        return Ok(Transformed::no(expr));
    }
    Ok(Transformed::yes(same::quotients(expr, least)))
}
