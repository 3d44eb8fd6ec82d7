//! What is computed once: a query of WITH that gives other rows each time. The planner puts its text in each place where it is named.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, ObjectName, Query, TableFactor, Visit, Visitor};

use crate::catalog::pg::build::{folded, function_name, parts};
use crate::error::{Error, Result};

/// Functions that give another value with each call.
const VOLATILE: [&str; 6] = ["clock_timestamp", "gen_random_uuid", "nextval", "random", "timeofday", "uuid"];

/// # Errors
/// 0A000 where such a query is named twice.
pub fn check(query: &Query) -> Result<()> {
    let Some(with) = &query.with else { return Ok(()) };
    let mut changing: Vec<String> = vec![];
    let whole = Named::of(query);
    for cte in &with.cte_tables {
        let own = Named::of(cte.query.as_ref());
        if !own.changes && !own.relations.iter().any(|name| changing.contains(name)) {
            continue;
        }
        let name = folded(&cte.alias.name);
        let count = |named: &Named| named.relations.iter().filter(|other| **other == name).count();
        if count(&whole) > count(&own) + 1 {
            let message = format!("WITH query \"{name}\" is named several times and gives other rows each time");
            let error = Error::unsupported(message);
            return Err(error.hint("CREATE TEMPORARY TABLE … AS its query, and read that"));
        }
        changing.push(name);
    }
    Ok(())
}

/// The relations that a query names, and whether it gives other rows each time.
#[derive(Default)]
struct Named {
    relations: Vec<String>,
    changes: bool,
}

impl Named {
    fn of(query: &Query) -> Self {
        let mut named = Self::default();
        // It never breaks.
        let _ = query.visit(&mut named);
        named
    }
}

impl Visitor for Named {
    type Break = ();

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        if let [name] = parts(relation).as_slice() {
            self.relations.push(name.clone());
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        self.changes |= matches!(factor, TableFactor::Table { sample: Some(_), .. });
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if let Expr::Function(function) = expr {
            self.changes |= VOLATILE.contains(&function_name(function).as_str());
        }
        ControlFlow::Continue(())
    }
}
