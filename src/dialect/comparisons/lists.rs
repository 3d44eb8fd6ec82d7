//! `x IN (a, b)` of expressions. The engine takes CASE for a constant where it makes a set of the list, and finds NULL in it; here such a
//! list becomes comparisons with each of its members.

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::utils::{conjunction, disjunction};
use datafusion::logical_expr::{Expr, Operator, binary_expr};

/// The expression with such lists within it replaced.
pub fn compared(expr: Expr) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| {
        let Expr::InList(InList { expr, list, negated }) = expr else { return Ok(Transformed::no(expr)) };
        if expr.is_volatile() || list.iter().all(is_constant) {
            return Ok(Transformed::no(Expr::InList(InList { expr, list, negated })));
        }
        let operator = if negated { Operator::NotEq } else { Operator::Eq };
        let members = list.into_iter().map(|member| binary_expr(expr.as_ref().clone(), operator, member));
        let compared = if negated { conjunction(members) } else { disjunction(members) };
        Ok(Transformed::yes(compared.unwrap_or(Expr::Literal(negated.into(), None))))
    })
}

fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(..) | Expr::Placeholder(_) => true,
        Expr::Cast(cast) => is_constant(&cast.expr),
        Expr::Negative(inner) => is_constant(inner),
        _ => false,
    }
}
