//! `(SELECT max(o.x))`: without a FROM of its own a sub-query aggregates the rows of the query around it, and is what it selects.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, GroupByExpr, Query, Select, SelectItem, SetExpr, Visit, Visitor, visit_expressions};

use crate::catalog::pg::build::{function_name, is_aggregate};

/// Puts what such a sub-query selects in its place.
pub fn moved(expr: &mut Expr) {
    if let Expr::Subquery(query) = expr
        && let Some(selected) = selected(query)
    {
        *expr = Expr::Nested(Box::new(selected));
    }
}

fn selected(query: &Query) -> Option<Expr> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let Select { projection, from, selection: None, having: None, distinct: None, .. } = select.as_ref() else { return None };
    let is_plain = from.is_empty()
        && query.with.is_none()
        && query.limit_clause.is_none()
        && query.fetch.is_none()
        && matches!(&select.group_by, GroupByExpr::Expressions(groups, _) if groups.is_empty());
    let [SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }] = projection.as_slice() else { return None };
    let mut aggregates = Aggregates::default();
    let _ = expr.visit(&mut aggregates);
    (is_plain && aggregates.of_columns > 0 && aggregates.of_none == 0).then(|| expr.clone())
}

/// How many aggregates read columns, and how many do not: those are of the sub-query.
#[derive(Default)]
struct Aggregates {
    of_columns: usize,
    of_none: usize,
}

impl Visitor for Aggregates {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.of_none += 1;
        ControlFlow::Break(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        let Expr::Function(function) = expr else { return ControlFlow::Continue(()) };
        if function.over.is_some() {
            self.of_none += 1;
        } else if is_aggregate(&function_name(function)) {
            let is_column = |expr: &Expr| match expr {
                Expr::Identifier(_) | Expr::CompoundIdentifier(_) => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            };
            match visit_expressions(&function.args, is_column) {
                ControlFlow::Break(()) => self.of_columns += 1,
                ControlFlow::Continue(()) => self.of_none += 1,
            }
        }
        ControlFlow::Continue(())
    }
}
