//! Clauses that the planner does not know, or takes for less than they say, in its words: [`windows`] that build on others, [`grouping`]
//! by sets, [`samples`] of tables, functions as tables ([`returned`]), sub-queries in VALUES ([`values`]). A step over the syntax tree.

mod grouping;
mod returned;
mod samples;
mod values;
mod windows;

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Query, Select, Statement, TableFactor, VisitMut, VisitorMut};

use crate::error::{Error, Result};

/// Rewrites the clauses of a statement.
///
/// # Errors
/// Those of PostgreSQL, and 0A000 for what cannot be said otherwise.
pub fn rewrite(statement: &mut Statement) -> Result<()> {
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
        values::spelled_out(query);
        if let datafusion::sql::sqlparser::ast::SetExpr::Select(select) = query.body.as_mut() {
            return flow(windows::complete(select, query.order_by.as_mut()));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<Error> {
        grouping::spelled_out(select);
        flow(windows::complete(select, None))
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<Error> {
        returned::spelled_out(factor);
        flow(samples::filtered(factor))
    }
}
