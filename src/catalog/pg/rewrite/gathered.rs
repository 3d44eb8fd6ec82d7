//! `ARRAY(SELECT …)` of a query that is more than its rows: those that LIMIT, DISTINCT or GROUP BY leave are gathered from a sub-query of
//! FROM, with what it is ordered by beside them.

use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArgumentClause, FunctionArgumentList, FunctionArguments, GroupByExpr, Ident, OrderByExpr,
    OrderByKind, Query, Select, SelectItem, SetExpr, TableWithJoins, Value,
};

use super::build::{call, derived, select};

/// What is gathered.
const ELEMENT: &str = "__element";

/// Whether the rows of a query are those of its FROM and WHERE.
pub fn is_plain(query: &Query, select: &Select) -> bool {
    let is_ungrouped = matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
    let is_whole = query.with.is_none() && query.limit_clause.is_none() && query.fetch.is_none();
    is_whole && is_ungrouped && select.distinct.is_none() && select.having.is_none() && select.named_window.is_empty()
}

/// `SELECT array_agg(element ORDER BY key) FROM (SELECT item AS element, key … LIMIT …)`.
pub fn from_rows(query: &Query, select_of: &Select, item: &SelectItem) -> Option<Query> {
    let (element, name) = match item {
        SelectItem::UnnamedExpr(element) => (element, None),
        SelectItem::ExprWithAlias { expr, alias } => (expr, Some(alias)),
        _ => return None,
    };
    let is_element = |key: &Expr| {
        let is_named = |key: &Expr| matches!(key, Expr::Identifier(ident) if Some(&ident.value) == name.map(|name| &name.value));
        let is_first = |key: &Expr| matches!(key, Expr::Value(value) if matches!(&value.value, Value::Number(..)));
        key == element || is_named(key) || is_first(key)
    };
    let mut rows = query.clone();
    let mut items = vec![named(element.clone(), ELEMENT)];
    let mut keys: Vec<OrderByExpr> = vec![];
    if let Some(order_by) = &mut rows.order_by {
        let OrderByKind::Expressions(own) = &mut order_by.kind else { return None };
        for (place, key) in own.iter_mut().enumerate() {
            let column = match is_element(&key.expr) {
                true => ELEMENT.to_owned(),
                // Of equal rows there is no other key.
                false if select_of.distinct.is_some() => return None,
                false => {
                    let column = format!("__key_{}", place + 1);
                    items.push(named(key.expr.clone(), &column));
                    column
                }
            };
            let column = Expr::Identifier(Ident::new(column));
            keys.push(OrderByExpr { expr: column.clone(), ..key.clone() });
            key.expr = column;
        }
    }
    if let SetExpr::Select(select) = rows.body.as_mut() {
        select.projection = items;
    }
    let mut gathered = call("array_agg", vec![Expr::Identifier(Ident::new(ELEMENT))]);
    if let Expr::Function(Function { args: FunctionArguments::List(FunctionArgumentList { clauses, .. }), .. }) = &mut gathered
        && !keys.is_empty()
    {
        clauses.push(FunctionArgumentClause::OrderBy(keys));
    }
    let relation = derived(rows, Ident::new("__rows"));
    Some(select(vec![SelectItem::UnnamedExpr(gathered)], vec![TableWithJoins { relation, joins: vec![] }]))
}

fn named(expr: Expr, name: &str) -> SelectItem {
    SelectItem::ExprWithAlias { expr, alias: Ident::new(name) }
}
