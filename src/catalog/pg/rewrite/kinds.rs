//! Kinds of types that no lake has: nothing here defines a domain, so `CASE WHEN typtype = 'd' THEN …` never takes that branch. Clients
//! look up there what a domain is made of, by queries that refer to themselves.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, Select, SelectItem, VisitMut, VisitorMut};

use super::build::{folded, literal, null};
use super::scope::Scope;

/// `pg_type.typtype` of a domain.
const DOMAIN: &str = "d";

pub struct Kinds;

impl VisitorMut for Kinds {
    type Break = ();

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        let scope = Scope::of(select);
        for item in &mut select.projection {
            if let SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. } = item {
                let _ = expression.visit(&mut Branches(&scope));
            }
        }
        ControlFlow::Continue(())
    }
}

/// Removes the branches of CASE that are never taken.
struct Branches<'a>(&'a Scope);

impl VisitorMut for Branches<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        let replaced = match expression {
            Expr::Case { operand: None, conditions, else_result, .. } => {
                let guess = conditions.first().map(|when| self.0.guess(&when.result)).unwrap_or_default();
                conditions.retain(|when| !self.is_of_domain(&when.condition));
                let mut otherwise = || else_result.take().map(|other| *other).filter(|other| !is_null(other));
                conditions.is_empty().then(|| otherwise().unwrap_or_else(|| null(&guess)))
            }
            _ => None,
        };
        if let Some(replaced) = replaced {
            *expression = replaced;
        }
        ControlFlow::Continue(())
    }
}

impl Branches<'_> {
    fn is_of_domain(&self, condition: &Expr) -> bool {
        let Expr::BinaryOp { left, op: BinaryOperator::Eq, right } = condition else { return false };
        let column = match left.as_ref() {
            Expr::Identifier(column) => Some(column),
            Expr::CompoundIdentifier(names) => names.last(),
            _ => None,
        };
        column.is_some_and(|column| folded(column) == "typtype") && self.0.known(left).is_some() && literal(right) == Some(DOMAIN)
    }
}

fn is_null(expression: &Expr) -> bool {
    matches!(expression, Expr::Value(value) if matches!(value.value, datafusion::sql::sqlparser::ast::Value::Null))
}
