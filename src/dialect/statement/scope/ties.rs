//! FETCH FIRST … WITH TIES: rows are numbered and ranked in the query's order; those up to the rank of the last row are taken.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Ident, LimitClause, OrderByExpr, OrderByKind, OrderByOptions, Query, SelectItem, SetExpr,
    TableWithJoins, Value, WindowSpec,
};

use super::multisets::numbering;
use crate::catalog::pg::build::{derived, folded, number, quoted, select};
use crate::error::{Error, Result, SqlState};

pub fn without(query: &mut Query, columns: Option<Vec<String>>) -> Result<()> {
    let Some(fetch) = query.fetch.take() else { return Ok(()) };
    let Some(order_by) = query.order_by.take() else {
        return Err(Error::new(SqlState::SYNTAX_ERROR, "WITH TIES cannot be specified without ORDER BY clause"));
    };
    let unsupported = || {
        let error = Error::unsupported("WITH TIES of such a query is not supported");
        error.hint("Write rank() OVER (ORDER BY …) in a sub-query, and compare it")
    };
    let (OrderByKind::Expressions(sorts), Some(columns)) = (order_by.kind, columns) else { return Err(unsupported()) };
    let SetExpr::Select(inner) = query.body.as_mut() else { return Err(unsupported()) };
    if inner.distinct.is_some() {
        return Err(unsupported());
    }
    let sorts: Vec<OrderByExpr> = sorts.into_iter().map(|sort| shown(sort, &inner.projection)).collect();
    for (function, name) in [("rank", "__rank"), ("row_number", "__row")] {
        let window = WindowSpec { window_name: None, partition_by: vec![], order_by: sorts.clone(), window_frame: None };
        inner.projection.push(SelectItem::ExprWithAlias { expr: numbering(function, window), alias: Ident::new(name) });
    }
    let offset = match query.limit_clause.take() {
        Some(LimitClause::LimitOffset { offset: Some(offset), .. }) => offset.value,
        _ => number(0),
    };
    let compare =
        |left: Expr, op: BinaryOperator, right: Expr| Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) };
    let name = |name: &str| Expr::Identifier(Ident::new(name));
    let last = compare(offset.clone(), BinaryOperator::Plus, fetch.quantity.unwrap_or_else(|| number(1)));
    let wanted = compare(
        compare(name("__row"), BinaryOperator::Gt, offset),
        BinaryOperator::And,
        compare(name("__rank"), BinaryOperator::LtEq, Expr::Nested(Box::new(last))),
    );
    let rows = Query { body: query.body.clone(), ..select(vec![], vec![]) };
    let relation = derived(rows, Ident::new("__rows"));
    let items = columns.iter().map(|column| SelectItem::UnnamedExpr(Expr::Identifier(quoted(column)))).collect();
    let mut outer = select(items, vec![TableWithJoins { relation, joins: vec![] }]);
    if let SetExpr::Select(outer) = outer.body.as_mut() {
        outer.selection = Some(wanted);
    }
    query.body = outer.body;
    let in_order = OrderByExpr { expr: name("__row"), options: OrderByOptions::default(), with_fill: None };
    query.order_by =
        Some(datafusion::sql::sqlparser::ast::OrderBy { kind: OrderByKind::Expressions(vec![in_order]), interpolate: None });
    Ok(())
}

/// What a name or a position in ORDER BY stands for.
fn shown(mut sort: OrderByExpr, items: &[SelectItem]) -> OrderByExpr {
    let item = match &sort.expr {
        Expr::Identifier(name) => {
            items.iter().find(|item| matches!(item, SelectItem::ExprWithAlias { alias, .. } if folded(alias) == folded(name)))
        }
        Expr::Value(value) => match &value.value {
            Value::Number(position, _) => position.parse::<usize>().ok().and_then(|position| items.get(position.checked_sub(1)?)),
            _ => None,
        },
        _ => None,
    };
    if let Some(SelectItem::ExprWithAlias { expr, .. } | SelectItem::UnnamedExpr(expr)) = item {
        sort.expr = expr.clone();
    }
    sort
}
