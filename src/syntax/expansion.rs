//! How large a statement becomes when the planner puts the queries of WITH in the place of their names.
//!
//! `WITH b AS (SELECT … FROM a, a), c AS (SELECT … FROM b, b), …` doubles with each name.

use std::collections::HashMap;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{ObjectName, Query, Statement, Visit, Visitor};

use crate::error::{Error, Result, SqlState};

/// Tables and queries in a statement, each as often as it is planned.
const RELATIONS_MAX: usize = 4_000;

/// Refuses what would be too large: 54001.
pub fn check(statement: &Statement) -> Result<()> {
    match statement.visit(&mut Relations { open: vec![0], ..Relations::default() }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => {
            let message = format!("the statement has more than {RELATIONS_MAX} tables, with those that WITH repeats");
            let error = Error::new(SqlState::STATEMENT_TOO_COMPLEX, message);
            Err(error.hint("Keep a part of it with CREATE TEMP TABLE … AS SELECT"))
        }
    }
}

#[derive(Default)]
struct Relations {
    /// What was counted so far in each query around this place.
    open: Vec<usize>,
    /// The queries of WITH by their place in memory, which a visit does not change.
    definitions: HashMap<usize, String>,
    sizes: HashMap<String, usize>,
}

impl Relations {
    fn add(&mut self, relations: usize) -> ControlFlow<()> {
        let Some(count) = self.open.last_mut() else { return ControlFlow::Continue(()) };
        *count = count.saturating_add(relations);
        if *count > RELATIONS_MAX { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

fn place(query: &Query) -> usize {
    std::ptr::from_ref(query).addr()
}

impl Visitor for Relations {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.open.push(1);
        for defined in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.definitions.insert(place(&defined.query), defined.alias.name.value.to_lowercase());
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<()> {
        let name = match name.0.as_slice() {
            [name] => name.as_ident().map(|name| name.value.to_lowercase()),
            _ => None,
        };
        let size = name.and_then(|name| self.sizes.get(&name).copied());
        self.add(size.unwrap_or(1))
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let size = self.open.pop().unwrap_or_default();
        match self.definitions.remove(&place(query)) {
            Some(name) => {
                self.sizes.insert(name, size);
                ControlFlow::Continue(())
            }
            None => self.add(size),
        }
    }
}
