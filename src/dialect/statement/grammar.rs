//! What the parser and the planner take and PostgreSQL does not: a step over the syntax tree as it was written, which changes nothing.

use std::ops::ControlFlow;

use datafusion::common::{Diagnostic, Span, plan_datafusion_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::sql::sqlparser::ast::{
    AccessExpr, CastKind, Expr, Function, FunctionArguments, ObjectName, Query, Select, SetExpr, Spanned, Statement, TableFactor,
    Visit, Visitor,
};

use super::{collations, foreign, reserved};
use crate::catalog::pg::build::{function_name, parts};
use crate::dialect::functions::callable::{is_callable, is_for_windows};
use crate::error::{Error, SqlState};

/// Refuses what is not PostgreSQL's.
///
/// # Errors
/// Those of PostgreSQL: 42601, 42883, 42809 and 42P18.
pub fn check(statement: &Statement) -> Result<()> {
    match statement.visit(&mut Grammar::default()) {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => Ok(()),
    }
}

/// What `generate_series` becomes, and the engine's own.
const SERIES: [&str; 3] = ["bigint_series", "integer_series", "range"];

#[derive(Default)]
struct Grammar {
    /// Empty arrays to come whose type a cast tells.
    typed_arrays: usize,
    /// Arrays to come within others, which have no word before them.
    brackets: usize,
}

fn judged(judged: crate::error::Result<()>) -> ControlFlow<DataFusionError> {
    judged.map_or_else(|error| ControlFlow::Break(error.into()), ControlFlow::Continue)
}

fn refused(state: SqlState, message: impl Into<String>, hint: &str) -> ControlFlow<DataFusionError> {
    ControlFlow::Break(Error::new(state, message).hint(hint).into())
}

impl Visitor for Grammar {
    type Break = DataFusionError;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<DataFusionError> {
        judged(reserved::query(query).and_then(|()| foreign::query(query)))
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<DataFusionError> {
        judged(foreign::select(select))
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<DataFusionError> {
        judged(reserved::expression(expr).and_then(|()| foreign::expression(expr, &mut self.brackets)))?;
        match expr {
            Expr::Collate { collation, .. } => judged(collations::known(collation)),
            Expr::Function(function) => called(function),
            Expr::Cast { kind: CastKind::TryCast | CastKind::SafeCast, .. } => refused(
                SqlState::SYNTAX_ERROR,
                "syntax error: a cast that gives NULL for what cannot be cast",
                "Write CAST(… AS …)",
            ),
            Expr::Cast { expr, .. } => {
                self.typed_arrays += empty_arrays(expr);
                ControlFlow::Continue(())
            }
            Expr::CompoundFieldAccess { root, access_chain }
                if matches!(root.as_ref(), Expr::Function(_) | Expr::Array(_))
                    && matches!(access_chain.first(), Some(AccessExpr::Subscript(_))) =>
            {
                refused(SqlState::SYNTAX_ERROR, "syntax error at or near \"[\"", "Write parentheses around what is before it")
            }
            Expr::Array(array) if array.elem.is_empty() => match self.typed_arrays.checked_sub(1) {
                Some(left) => {
                    self.typed_arrays = left;
                    ControlFlow::Continue(())
                }
                None => refused(
                    SqlState::INDETERMINATE_DATATYPE,
                    "cannot determine type of empty array",
                    "Explicitly cast to the desired type, for example ARRAY[]::integer[].",
                ),
            },
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<DataFusionError> {
        judged(reserved::factor(factor).and_then(|()| foreign::factor(factor)))?;
        match factor {
            TableFactor::Derived { alias: None, subquery, .. } => match subquery.body.as_ref() {
                SetExpr::Values(_) => refused(
                    SqlState::SYNTAX_ERROR,
                    "VALUES in FROM must have an alias",
                    "For example, FROM (VALUES ...) [AS] foo.",
                ),
                _ => refused(
                    SqlState::SYNTAX_ERROR,
                    "subquery in FROM must have an alias",
                    "For example, FROM (SELECT ...) [AS] foo.",
                ),
            },
            // Others that are unknown are named with those that FROM has.
            TableFactor::Table { name, args: Some(_), .. } | TableFactor::Function { name, .. }
                if parts(name).last().is_some_and(|name| SERIES.contains(&name.as_str())) =>
            {
                known(name)
            }
            _ => ControlFlow::Continue(()),
        }
    }
}

/// The empty arrays in an array, which is cast as a whole.
fn empty_arrays(expr: &Expr) -> usize {
    match expr {
        Expr::Nested(inner) => empty_arrays(inner),
        Expr::Array(array) if array.elem.is_empty() => 1,
        Expr::Array(array) => array.elem.iter().map(empty_arrays).sum(),
        _ => 0,
    }
}

fn called(function: &Function) -> ControlFlow<DataFusionError> {
    known(&function.name)?;
    let name = function_name(function);
    if function.null_treatment.is_some() {
        let message = "syntax error: IGNORE NULLS and RESPECT NULLS are not implemented";
        return refused(SqlState::SYNTAX_ERROR, message, "Leave NULLs out in a sub-query");
    }
    if function.over.is_none() && is_for_windows(&name) {
        let error = Error::new(SqlState::WRONG_OBJECT_TYPE, format!("window function {name} requires an OVER clause"));
        return ControlFlow::Break(error.into());
    }
    let FunctionArguments::List(list) = &function.args else { return ControlFlow::Continue(()) };
    match list.args.as_slice() {
        [] if name == "count" => {
            let message = "count(*) must be used to call a parameterless aggregate function";
            ControlFlow::Break(Error::new(SqlState::WRONG_OBJECT_TYPE, message).into())
        }
        _ => ControlFlow::Continue(()),
    }
}

/// The planner's own error for a function that it does not know, at the same place.
fn known(name: &ObjectName) -> ControlFlow<DataFusionError> {
    let parts = parts(name);
    let written = match parts.as_slice() {
        [schema, name] if schema == "pg_catalog" || schema == "cilake" => name.clone(),
        _ => parts.join("."),
    };
    // Sets of groups within GROUPING SETS look like calls. Elsewhere the planner refuses them.
    if is_callable(&written) || matches!(written.as_str(), "rollup" | "cube") {
        return ControlFlow::Continue(());
    }
    let message = format!("Invalid function '{written}'");
    let place = Span::try_from_sqlparser_span(name.span());
    ControlFlow::Break(plan_datafusion_err!("{message}").with_diagnostic(Diagnostic::new_error(message, place)))
}
