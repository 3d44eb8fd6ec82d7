//! Numbers computed from quotients, means, roots and the like, `coalesce(avg(n), 0) * 2`: they are shown as those are, not with all decimals
//! for which their type has room.

use cilake_wire::types::{Rule, Shown};
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::logical_expr::expr::Cast;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator};

use super::decimals::FACTOR_SCALE;
use super::quotient::{SCALE, digits, shown_decimals};
use super::unconstrained::{self, UNCONSTRAINED};
use crate::dialect::functions::same;
use crate::dialect::statement::clauses::RECURSIVE;

/// The expression marked, if it is one of such numbers and does not say so itself.
pub fn meant(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let may_lose = match &expr {
        Expr::BinaryExpr(binary) => {
            matches!(binary.op, Operator::Plus | Operator::Minus | Operator::Multiply | Operator::Modulo)
        }
        // What a step of a recursive query gives has the type of its column, and no mark beside it.
        Expr::ScalarFunction(call) => !matches!(call.name(), "trim_scale" | RECURSIVE),
        Expr::Case(_) | Expr::Negative(_) => true,
        _ => false,
    };
    if !may_lose {
        return Ok(Transformed::no(expr));
    }
    let (mut least, mut rule) = (0, None);
    let is_product = matches!(&expr, Expr::BinaryExpr(BinaryExpr { op: Operator::Multiply, .. }));
    let is_binary = matches!(&expr, Expr::BinaryExpr(_));
    expr.apply_children(|operand| {
        // A factor that was cut to have room for the product.
        let operand = match operand {
            Expr::Cast(cast) if digits(cast.field.data_type()).is_some_and(|(_, scale)| scale == FACTOR_SCALE) => &cast.expr,
            other => other,
        };
        let Ok((_, field)) = operand.to_field(schema) else { return Ok(TreeNodeRecursion::Continue) };
        let shown = Shown::of(&field);
        // That of a root or a logarithm rather than that of a quotient.
        rule = rule.filter(|rule| *rule != Rule::Quotient).or(shown.map(|shown| shown.rule)).or(rule);
        // Of what has no scale there are as many decimals as are needed.
        if is_binary && *field.data_type() == UNCONSTRAINED {
            rule = rule.or(Some(Rule::WholePower));
        }
        let decimals = shown_decimals(&field).unwrap_or(0);
        least = if is_product { decimals.saturating_add(least) } else { decimals.max(least) };
        Ok(TreeNodeRecursion::Continue)
    })?;
    let Some(rule) = rule else { return Ok(Transformed::no(expr)) };
    let (_, field) = expr.to_field(schema)?;
    let is_long = digits(field.data_type()).is_some_and(|(_, scale)| scale >= SCALE && field.data_type().is_decimal());
    if !is_long || Shown::of(&field).is_some() {
        return Ok(Transformed::no(expr));
    }
    // Decimals beyond those of a number without a scale would be shown by its sum.
    let is_beyond = rule != Rule::Quotient && digits(field.data_type()).is_some_and(|(_, scale)| scale > unconstrained::SCALE);
    let expr = if is_beyond { Expr::Cast(Cast::new(Box::new(expr), UNCONSTRAINED)) } else { expr };
    Ok(Transformed::yes(same::shown(expr, Shown { rule, least })))
}
