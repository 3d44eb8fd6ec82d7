//! `x IN (q)` where it matters whether it is false or NULL: behind NOT, IS NULL, CASE and functions. The engine's joins know that of
//! conditions of WHERE themselves only: `x IN (q)`, and `x NOT IN (q)` of a sub-query that reads no outer column.

use datafusion::common::DFSchema;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::logical_expr::expr::InSubquery;
use datafusion::logical_expr::utils::split_conjunction_owned;
use datafusion::logical_expr::{BinaryExpr, Expr, Filter, Operator};

use super::domain::outer_columns;
use super::{subqueries, unsupported};

/// The filter with all other such tests as counts.
pub fn counted(mut filter: Filter) -> Result<Filter> {
    let is_test = |expr: &Expr| Ok(matches!(expr, Expr::InSubquery(_)));
    if !filter.predicate.exists(is_test)? {
        return Ok(filter);
    }
    let schema = filter.input.schema();
    let predicate = std::mem::take(&mut filter.predicate).transform_up(|expr| Ok(turned(expr)))?.data;
    let members = split_conjunction_owned(predicate).into_iter().map(|member| match member {
        Expr::InSubquery(within) if outer_columns(&within.subquery.subquery)?.is_empty() => Ok(Expr::InSubquery(within)),
        member => known(member, schema),
    });
    let members = members.collect::<Result<Vec<_>>>()?;
    filter.predicate = members.into_iter().reduce(Expr::and).unwrap_or_default();
    Ok(filter)
}

/// `NOT (x IN (q))` as `x NOT IN (q)`, which is the same, NULLs included.
fn turned(expr: Expr) -> Transformed<Expr> {
    match expr {
        Expr::Not(inner) => match *inner {
            Expr::InSubquery(InSubquery { expr, subquery, negated }) => {
                Transformed::yes(Expr::InSubquery(InSubquery { expr, subquery, negated: !negated }))
            }
            other => Transformed::no(Expr::Not(Box::new(other))),
        },
        other => Transformed::no(other),
    }
}

/// A condition in which a test that is not known to be true may be taken for false.
fn known(condition: Expr, schema: &DFSchema) -> Result<Expr> {
    let known = condition.transform_down(|expr| match expr {
        Expr::BinaryExpr(BinaryExpr { op: Operator::And | Operator::Or, .. }) => Ok(Transformed::no(expr)),
        Expr::InSubquery(within) if !within.negated => {
            Ok(Transformed::new(Expr::InSubquery(within), false, TreeNodeRecursion::Jump))
        }
        value => {
            let value = value.transform_up(|expr| match expr {
                Expr::InSubquery(within) => match subqueries::member(within, schema)? {
                    Ok(value) => Ok(Transformed::yes(value)),
                    Err(_) => Err(unsupported("a sub-query at the left of its IN")),
                },
                other => Ok(Transformed::no(other)),
            })?;
            Ok(Transformed::new(value.data, value.transformed, TreeNodeRecursion::Jump))
        }
    })?;
    Ok(known.data)
}
