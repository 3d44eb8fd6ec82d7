//! Selects that can have no row, because they read a catalog of things that a lake has not: indexes, defaults, policies.
//!
//! A scalar sub-query over such a table is NULL, and EXISTS is false. In the select list of such a query a sub-query is never evaluated,
//! so NULL stands for it too. This is what lets the planner take the many correlated sub-queries that describe a table's extras.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArguments, GroupByExpr, JoinOperator, Query, Select, SelectItem, SetExpr, SetOperator, TableFactor,
    TableWithJoins, Visit, VisitMut, Visitor, VisitorMut,
};

use super::build::{boolean, call, cast, function_name, null, number, parts};
use super::scope::Scope;
use crate::catalog::pg::tables::always_empty;

pub struct EmptySelects;

impl VisitorMut for EmptySelects {
    type Break = ();

    /// A recursive term that reads nothing adds nothing to the first rows.
    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        for table in query.with.iter_mut().filter(|with| with.recursive).flat_map(|with| &mut with.cte_tables) {
            if let SetExpr::SetOperation { op: SetOperator::Union, left, right, .. } = table.query.body.as_mut()
                && matches!(left.as_ref(), SetExpr::Select(first) if first.from.is_empty())
                && body_is_empty(right)
            {
                *table.query.body = left.as_ref().clone();
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        let replaced = match expression {
            Expr::Subquery(query) if query_is_empty(query) => Some(null(&Scope::default().guess(expression))),
            Expr::Subquery(query) => aggregate_of_nothing(query),
            Expr::InSubquery { subquery, negated, .. } if query_is_empty(subquery) => Some(boolean(*negated)),
            Expr::Exists { subquery, negated } if query_is_empty(subquery) => Some(boolean(*negated)),
            Expr::Function(function) if function_name(function) == "array" => match &function.args {
                FunctionArguments::Subquery(query) if query_is_empty(query) => {
                    let type_name = Scope::default().known(expression).unwrap_or_else(|| "_text".to_owned());
                    Some(cast(call("make_array", Vec::new()), &type_name))
                }
                _ => None,
            },
            _ => None,
        };
        if let Some(replaced) = replaced {
            *expression = replaced;
        }
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        if select_is_empty(select) {
            let scope = Scope::of(select);
            for item in &mut select.projection {
                if let SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. } = item {
                    let _ = expression.visit(&mut NeverEvaluated(&scope));
                }
            }
        }
        ControlFlow::Continue(())
    }
}

/// Puts NULL for each sub-query.
struct NeverEvaluated<'a>(&'a Scope);

impl VisitorMut for NeverEvaluated<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        let is_subquery = match expression {
            Expr::Subquery(_) => true,
            Expr::Function(function) => matches!(function.args, FunctionArguments::Subquery(_)),
            _ => false,
        };
        if is_subquery {
            let is_array = matches!(expression, Expr::Function(function) if function_name(function) == "array");
            let unknown = if is_array { "_text" } else { "text" };
            *expression = null(&self.0.known(expression).unwrap_or_else(|| unknown.to_owned()));
        }
        ControlFlow::Continue(())
    }
}

fn query_is_empty(query: &Query) -> bool {
    query.with.is_none() && body_is_empty(&query.body)
}

/// What `(SELECT count(*) FROM …)` and its like give where there are no rows, whatever the rows would have to be.
fn aggregate_of_nothing(query: &Query) -> Option<Expr> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let one_row = match &query.limit_clause {
        None => true,
        Some(limit) => limit.to_string().trim() == "LIMIT 1",
    };
    let plain = matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty()) && select.having.is_none();
    let [SelectItem::UnnamedExpr(Expr::Function(function)) | SelectItem::ExprWithAlias { expr: Expr::Function(function), .. }] =
        select.projection.as_slice()
    else {
        return None;
    };
    let nothing = one_row && plain && query.with.is_none() && select.from.iter().any(joined_is_empty) && function.over.is_none();
    match function_name(function).as_str() {
        "count" if nothing => Some(cast(number(0), "int8")),
        "array_agg" if nothing => {
            Some(null(&Scope::of(select).known(&Expr::Function(function.clone())).unwrap_or_else(|| "_text".to_owned())))
        }
        _ => None,
    }
}

fn body_is_empty(body: &SetExpr) -> bool {
    match body {
        SetExpr::Select(select) => select_is_empty(select),
        SetExpr::Query(query) => query_is_empty(query),
        SetExpr::SetOperation { op: SetOperator::Union, left, right, .. } => body_is_empty(left) && body_is_empty(right),
        _ => false,
    }
}

fn select_is_empty(select: &Select) -> bool {
    select.from.iter().any(joined_is_empty) && !aggregates(select)
}

/// Inner and left joins with nothing on the left have no row; nor have inner joins with nothing on the right.
fn joined_is_empty(from: &TableWithJoins) -> bool {
    from.joins.iter().fold(factor_is_empty(&from.relation), |left, join| {
        let right = factor_is_empty(&join.relation);
        match &join.join_operator {
            JoinOperator::Join(_) | JoinOperator::Inner(_) | JoinOperator::CrossJoin(_) => left || right,
            JoinOperator::Left(_) | JoinOperator::LeftOuter(_) => left,
            JoinOperator::Right(_) | JoinOperator::RightOuter(_) => right,
            _ => left && right,
        }
    })
}

fn factor_is_empty(factor: &TableFactor) -> bool {
    match factor {
        TableFactor::Table { name, args: None, .. } => match parts(name).as_slice() {
            [.., schema, table] => crate::catalog::pg::definitions::find(schema, table).is_some() && always_empty(schema, table),
            _ => false,
        },
        TableFactor::Derived { subquery, .. } => query_is_empty(subquery),
        TableFactor::NestedJoin { table_with_joins, .. } => joined_is_empty(table_with_joins),
        _ => false,
    }
}

/// Whether the select list has an aggregate, of which a select without rows has one row. Any function that might be one counts.
fn aggregates(select: &Select) -> bool {
    let mut search = Aggregates { depth: 0, found: false };
    for item in &select.projection {
        let _ = item.visit(&mut search);
    }
    search.found || select.having.is_some()
}

/// Looks for aggregates outside of sub-queries, whose aggregates are their own.
struct Aggregates {
    depth: usize,
    found: bool,
}

impl Visitor for Aggregates {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        if let Expr::Function(function) = expression {
            let name = function_name(function);
            self.found |= self.depth == 0 && function.over.is_none() && !never_aggregates(&name);
        }
        ControlFlow::Continue(())
    }
}

/// System functions of one row, by the prefixes that PostgreSQL gives them.
fn never_aggregates(name: &str) -> bool {
    [
        "pg_",
        "_pg_",
        "acl",
        "has_",
        "reg",
        "format_",
        "quote_",
        "json_build_",
        "array_to_",
        "current_",
        "obj_",
        "col_",
        "unnest",
        "generate_",
    ]
    .iter()
    .any(|prefix| name.starts_with(prefix))
        || matches!(
            name,
            "coalesce" | "nullif" | "array" | "array_upper" | "array_lower" | "array_length" | "concat" | "lower" | "upper"
        )
}
