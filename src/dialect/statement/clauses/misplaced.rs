//! Aggregates and windows where PostgreSQL takes none: in conditions of joins, in GROUP BY also by their position, and windows within windows.

use datafusion::sql::sqlparser::ast::{Expr, Function, GroupByExpr, JoinConstraint, JoinOperator, Select, WindowType};

use super::grouping::at_position;
use crate::catalog::pg::build::{function_name, is_aggregate};
use crate::dialect::statement::level;
use crate::error::{Error, Result, SqlState};

/// # Errors
/// 42803 for an aggregate, 42P20 for a window.
pub fn check(select: &mut Select) -> Result<()> {
    let joins = select.from.iter_mut().flat_map(|from| &mut from.joins);
    for condition in joins.filter_map(|join| condition(&mut join.join_operator)) {
        none_in(condition, "JOIN conditions", true)?;
    }
    let items = &select.projection;
    if let GroupByExpr::Expressions(groups, _) = &select.group_by {
        for group in groups {
            let mut group = group.clone();
            at_position(&mut group, items);
            none_in(&mut group, "GROUP BY", true)?;
        }
    }
    level::each(&mut select.projection, |expr| match expr {
        Expr::Function(Function { over: Some(WindowType::WindowSpec(over)), args, .. }) => {
            let within = over.partition_by.iter_mut().chain(over.order_by.iter_mut().map(|sort| &mut sort.expr));
            for expr in within {
                none_in(expr, "window definitions", false)?;
            }
            level::each(args, |expr| match is_window(expr) {
                true => Err(Error::new(SqlState("42P20"), "window function calls cannot be nested")),
                false => Ok(()),
            })
        }
        _ => Ok(()),
    })
}

fn condition(operator: &mut JoinOperator) -> Option<&mut Expr> {
    match operator {
        JoinOperator::Join(JoinConstraint::On(on))
        | JoinOperator::Inner(JoinConstraint::On(on))
        | JoinOperator::Left(JoinConstraint::On(on))
        | JoinOperator::LeftOuter(JoinConstraint::On(on))
        | JoinOperator::Right(JoinConstraint::On(on))
        | JoinOperator::RightOuter(JoinConstraint::On(on))
        | JoinOperator::FullOuter(JoinConstraint::On(on)) => Some(on),
        _ => None,
    }
}

fn is_window(expr: &Expr) -> bool {
    matches!(expr, Expr::Function(Function { over: Some(_), .. }))
}

/// Refuses windows, and aggregates where there may be none either.
fn none_in(part: &mut Expr, place: &str, nor_aggregates: bool) -> Result<()> {
    level::each(part, |expr| match expr {
        expr if is_window(expr) => Err(Error::new(SqlState("42P20"), format!("window functions are not allowed in {place}"))),
        Expr::Function(call) if nor_aggregates && is_aggregate(&function_name(call)) => {
            Err(Error::new(SqlState("42803"), format!("aggregate functions are not allowed in {place}")))
        }
        _ => Ok(()),
    })
}
