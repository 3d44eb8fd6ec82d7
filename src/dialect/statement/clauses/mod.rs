//! Clauses that the planner does not know, or takes for less than they say, in its words: [`windows`] that build on others, [`grouping`]
//! by sets, [`samples`] of tables, functions as tables ([`returned`], [`records`], [`rows_from`]), sub-queries in VALUES ([`values`]),
//! rows that are [`asked`] of sub-queries, joins that have a name ([`nested`]), [`limits`], what is computed [`once`], aggregates
//! [`of_outer`] queries, aggregates and windows that are [`misplaced`], what DISTINCT is sorted by ([`distinct`]), sub-queries in ORDER BY ([`sorted`]), names of [`tables`], queries of WITH
//! that are [`recursive`] or [`shadowed`], and aggregates and groups whose names are [`repeated`]. A step over the syntax tree.

mod asked;
mod distinct;
mod grouping;
mod limits;
mod misplaced;
mod nested;
mod of_outer;
mod once;
mod records;
mod recursive;
mod repeated;
mod returned;
mod rows_from;
mod samples;
mod shadowed;
mod sorted;
mod tables;
mod values;
mod windows;

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, Query, Select, SelectItem, SetExpr, Statement, TableFactor, VisitMut, VisitorMut};

use crate::error::{Error, Result, SqlState};

pub use recursive::NAME as RECURSIVE;

/// Rewrites the clauses of a statement.
///
/// # Errors
/// Those of PostgreSQL, and 0A000 for what cannot be said otherwise.
pub fn rewrite(statement: &mut Statement) -> Result<()> {
    shadowed::renamed(statement);
    match statement.visit(&mut Clauses) {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => Ok(()),
    }
}

struct Clauses;

fn flow(result: Result<()>) -> ControlFlow<Error> {
    match result {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => ControlFlow::Break(error),
    }
}

impl VisitorMut for Clauses {
    type Break = Error;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Error> {
        if let Err(error) = once::check(query) {
            return ControlFlow::Break(error);
        }
        values::spelled_out(query);
        limits::rounded(query);
        if let Err(error) = recursive::rewrite(query) {
            return ControlFlow::Break(error);
        }
        if let SetExpr::Select(select) = query.body.as_mut() {
            let completed = windows::complete(select, query.order_by.as_mut());
            let told = completed.and_then(|()| repeated::told_apart(select, query.order_by.as_mut()));
            distinct::sorted_by_position(select, query.order_by.as_mut());
            sorted::with_columns(select, query.order_by.as_mut());
            return flow(told);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<Error> {
        grouping::spelled_out(select);
        flow(
            misplaced::check(select)
                .and_then(|()| tables::named_once(select))
                .and_then(|()| names_quoted(select))
                .and_then(|()| conditions_given(select))
                .and_then(|()| windows::complete(select, None)),
        )
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Error> {
        of_outer::moved(expr);
        flow(asked::compared(expr).and_then(|()| of_one_length(expr)))
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<Error> {
        nested::spelled_out(factor);
        flow(rows_from::spelled_out(factor).and_then(|()| {
            returned::spelled_out(factor);
            records::spelled_out(factor)?;
            samples::filtered(factor)
        }))
    }
}

/// Rows that are compared have as many members.
fn of_one_length(expr: &Expr) -> Result<()> {
    let members = |expr: &Expr| match expr {
        Expr::Tuple(members) => Some(members.len()),
        _ => None,
    };
    match expr {
        Expr::BinaryOp { left, right, .. } => match (members(left), members(right)) {
            (Some(left), Some(right)) if left != right => {
                Err(Error::new(SqlState::SYNTAX_ERROR, "unequal number of entries in row expressions"))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// A string in quotes names no column.
fn names_quoted(select: &Select) -> Result<()> {
    let is_string =
        |item: &&SelectItem| matches!(item, SelectItem::ExprWithAlias { alias, .. } if alias.quote_style == Some('\''));
    match select.projection.iter().find(is_string) {
        Some(_) => Err(Error::new(SqlState::SYNTAX_ERROR, "syntax error: a string behind an expression")
            .hint("Write a name, in double quotes")),
        None => Ok(()),
    }
}

/// Every join but CROSS JOIN has a condition.
fn conditions_given(select: &Select) -> Result<()> {
    use datafusion::sql::sqlparser::ast::{JoinConstraint, JoinOperator};
    let lacks = |operator: &JoinOperator| {
        matches!(
            operator,
            JoinOperator::Join(JoinConstraint::None)
                | JoinOperator::Inner(JoinConstraint::None)
                | JoinOperator::Left(JoinConstraint::None)
                | JoinOperator::LeftOuter(JoinConstraint::None)
                | JoinOperator::Right(JoinConstraint::None)
                | JoinOperator::RightOuter(JoinConstraint::None)
                | JoinOperator::FullOuter(JoinConstraint::None)
        )
    };
    match select.from.iter().flat_map(|from| &from.joins).any(|join| lacks(&join.join_operator)) {
        true => {
            Err(Error::new(SqlState::SYNTAX_ERROR, "syntax error: JOIN without ON or USING")
                .hint("Write CROSS JOIN for all pairs"))
        }
        false => Ok(()),
    }
}
