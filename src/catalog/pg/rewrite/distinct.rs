//! `SELECT DISTINCT ON (a) a, (SELECT …) FROM …`: the planner makes an aggregate of it, where it takes no sub-query. So the distinct rows
//! are taken of a query of their own: `SELECT DISTINCT ON (a) * FROM (SELECT a, (SELECT …) FROM …)`.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Distinct, Expr, Ident, OrderByKind, Query, SelectItem, SetExpr, TableWithJoins, Visit, Visitor, VisitorMut,
};

use super::build::{all, derived, select};

pub struct Distincts;

impl VisitorMut for Distincts {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        if let Some(body) = taken_apart(query) {
            *query = body;
        }
        ControlFlow::Continue(())
    }
}

/// The query as two; None if it needs not be, or if what it sorts by is no column of its result.
fn taken_apart(query: &Query) -> Option<Query> {
    let SetExpr::Select(inner) = query.body.as_ref() else { return None };
    let Some(Distinct::On(keys)) = &inner.distinct else { return None };
    let mut subqueries = Subqueries(false);
    let _ = inner.projection.visit(&mut subqueries);
    if !subqueries.0 {
        return None;
    }
    let keys = keys.iter().map(|key| shown(&inner.projection, key)).collect::<Option<Vec<_>>>()?;
    let mut order_by = query.order_by.clone();
    if let Some(order_by) = &mut order_by {
        let OrderByKind::Expressions(sorted) = &mut order_by.kind else { return None };
        for by in sorted {
            by.expr = shown(&inner.projection, &by.expr)?;
        }
    }
    let mut inner = inner.as_ref().clone();
    inner.distinct = None;
    let mut rows = select(Vec::new(), Vec::new());
    rows.body = Box::new(SetExpr::Select(Box::new(inner)));
    let relation = derived(rows, Ident::new("rows"));
    let mut outer = select(vec![all()], vec![TableWithJoins { relation, joins: Vec::new() }]);
    if let SetExpr::Select(select) = outer.body.as_mut() {
        select.distinct = Some(Distinct::On(keys));
    }
    Some(Query { body: outer.body, order_by, ..query.clone() })
}

/// The name that a select list shows an expression under.
fn shown(items: &[SelectItem], expression: &Expr) -> Option<Expr> {
    let name = |item: &SelectItem| match item {
        SelectItem::UnnamedExpr(Expr::Identifier(name)) if matches!(expression, Expr::Identifier(known) if known == name) => {
            Some(name.clone())
        }
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) if matches!(expression, Expr::CompoundIdentifier(known) if known == names) => {
            names.last().cloned()
        }
        SelectItem::ExprWithAlias { expr, alias } if expr == expression => Some(alias.clone()),
        _ => None,
    };
    items.iter().find_map(name).map(Expr::Identifier)
}

struct Subqueries(bool);

impl Visitor for Subqueries {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.0 = true;
        ControlFlow::Break(())
    }
}
