//! `EXISTS (SELECT …)` in a select list, which the planner takes in WHERE only: it is `(SELECT count(*) …) > 0`.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, GroupByExpr, Query, Select, SelectItem, SetExpr, VisitMut, VisitorMut,
};

use super::build::{count_rows, number};

/// Rewrites the select lists of a statement.
pub struct InSelectLists;

impl VisitorMut for InSelectLists {
    type Break = ();

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        for item in &mut select.projection {
            if let SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. } = item {
                let _ = expression.visit(&mut Counted { depth: 0 });
            }
        }
        ControlFlow::Continue(())
    }
}

/// Puts a count for each EXISTS outside of sub-queries; those have select lists and conditions of their own.
struct Counted {
    depth: usize,
}

impl VisitorMut for Counted {
    type Break = ();

    fn pre_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if self.depth == 0
            && let Expr::Exists { subquery, negated } = expression
            && let Some(counting) = counting(subquery)
        {
            let op = if *negated { BinaryOperator::Eq } else { BinaryOperator::Gt };
            let compared = Expr::BinaryOp { left: Box::new(Expr::Subquery(Box::new(counting))), op, right: Box::new(number(0)) };
            *expression = Expr::Nested(Box::new(compared));
        }
        ControlFlow::Continue(())
    }
}

/// The query that counts the rows of a plain select; grouping and limits would change what is counted.
fn counting(query: &Query) -> Option<Query> {
    let plain = query.with.is_none() && query.limit_clause.is_none() && query.fetch.is_none();
    let mut query = query.clone();
    let SetExpr::Select(select) = query.body.as_mut() else { return None };
    let ungrouped = matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
    if !plain || !ungrouped || select.having.is_some() || select.distinct.is_some() {
        return None;
    }
    select.projection = vec![SelectItem::UnnamedExpr(count_rows())];
    query.order_by = None;
    Some(query)
}
