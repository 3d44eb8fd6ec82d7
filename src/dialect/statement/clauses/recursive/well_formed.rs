//! Where a recursive query may read itself: once in its recursive term, in FROM, where no join fills it up with NULLs and no set takes its
//! rows away (the standard, and PostgreSQL's `checkWellFormedRecursion`).

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, JoinOperator, LimitClause, Query, Select, SetExpr, SetOperator, SetQuantifier, TableFactor, TableWithJoins, Visit,
    Visitor,
};

use super::{defines, is_named, mentions};
use crate::catalog::pg::build::{function_name, is_aggregate};
use crate::error::{Error, Result, SqlState};

const INVALID_RECURSION: SqlState = SqlState("42P19");

/// # Errors
/// 42P19, and 0A000 for a recursive query that is sorted or cut.
pub fn check(name: &str, query: &Query) -> Result<()> {
    if !mentions(query, name) {
        return Ok(());
    }
    let mut within = Within { name, references: 0 };
    let mut body = query.body.as_ref();
    while let SetExpr::Query(inner) = body
        && inner.with.is_none()
    {
        body = inner.body.as_ref();
    }
    let SetExpr::SetOperation { op: SetOperator::Union, left, right, .. } = body else {
        let message = format!("recursive query \"{name}\" does not have the form non-recursive-term UNION [ALL] recursive-term");
        return Err(Error::new(INVALID_RECURSION, message));
    };
    within.set(left, Place::First)?;
    within.set(right, Place::Recursive)?;
    let (limited, skipped) = match &query.limit_clause {
        Some(LimitClause::LimitOffset { limit, offset, .. }) => (limit.is_some(), offset.is_some()),
        Some(LimitClause::OffsetCommaLimit { .. }) => (true, true),
        None => (false, false),
    };
    for (is_there, clause) in [
        (query.order_by.is_some(), "ORDER BY"),
        (skipped, "OFFSET"),
        (limited || query.fetch.is_some(), "LIMIT"),
        (!query.locks.is_empty(), "FOR UPDATE/SHARE"),
    ] {
        if is_there {
            return Err(Error::unsupported(format!("{clause} in a recursive query is not implemented")));
        }
    }
    summarised(right, name)
}

/// Where a reference stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Recursive,
    First,
    Asked,
    Joined,
    Intersected,
    Taken,
}

struct Within<'a> {
    name: &'a str,
    references: usize,
}

impl Within<'_> {
    fn found(&mut self, place: Place) -> Result<()> {
        self.references += 1;
        let not = match place {
            Place::Recursive if self.references == 1 => return Ok(()),
            Place::Recursive => "appear more than once",
            Place::First => "appear within its non-recursive term",
            Place::Asked => "appear within a subquery",
            Place::Joined => "appear within an outer join",
            Place::Intersected => "appear within INTERSECT",
            Place::Taken => "appear within EXCEPT",
        };
        let message = format!("recursive reference to query \"{}\" must not {not}", self.name);
        Err(Error::new(INVALID_RECURSION, message))
    }

    fn query(&mut self, query: &Query, place: Place) -> Result<()> {
        if defines(query, self.name) {
            return Ok(());
        }
        for table in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.query(&table.query, place)?;
        }
        self.set(&query.body, place)?;
        self.asked(&query.order_by, place)?;
        self.asked(&query.limit_clause, place)
    }

    fn set(&mut self, set: &SetExpr, place: Place) -> Result<()> {
        match set {
            SetExpr::Select(select) => self.select(select, place),
            SetExpr::Query(query) => self.query(query, place),
            SetExpr::SetOperation { op, set_quantifier, left, right } => {
                let keeps_all = *set_quantifier == SetQuantifier::All;
                let (of_left, of_right) = match op {
                    SetOperator::Intersect if keeps_all => (Place::Intersected, Place::Intersected),
                    SetOperator::Except | SetOperator::Minus if keeps_all => (Place::Taken, Place::Taken),
                    SetOperator::Except | SetOperator::Minus => (place, Place::Taken),
                    _ => (place, place),
                };
                self.set(left, of_left)?;
                self.set(right, of_right)
            }
            other => self.asked(other, place),
        }
    }

    fn select(&mut self, select: &Select, place: Place) -> Result<()> {
        select.from.iter().try_for_each(|tables| self.joined(tables, place))?;
        self.asked(&select.projection, place)?;
        self.asked(&select.selection, place)?;
        self.asked(&select.group_by, place)?;
        self.asked(&select.having, place)
    }

    fn joined(&mut self, tables: &TableWithJoins, place: Place) -> Result<()> {
        use JoinOperator::{FullOuter, Left, LeftOuter, Right, RightOuter};
        let fills_left = |join: &JoinOperator| matches!(join, Right(_) | RightOuter(_) | FullOuter(_));
        let fills_right = |join: &JoinOperator| matches!(join, Left(_) | LeftOuter(_) | FullOuter(_));
        let of = |fills: bool| if fills { Place::Joined } else { place };
        let later = |from: usize| tables.joins.iter().skip(from).any(|join| fills_left(&join.join_operator));
        self.factor(&tables.relation, of(later(0)))?;
        for (nth, join) in tables.joins.iter().enumerate() {
            self.factor(&join.relation, of(fills_right(&join.join_operator) || later(nth + 1)))?;
        }
        Ok(())
    }

    fn factor(&mut self, factor: &TableFactor, place: Place) -> Result<()> {
        match factor {
            TableFactor::Derived { subquery, .. } => self.query(subquery, place),
            TableFactor::NestedJoin { table_with_joins, .. } => self.joined(table_with_joins, place),
            named if is_named(named, self.name) => self.found(place),
            other => self.asked(other, place),
        }
    }

    /// What expressions ask of queries.
    fn asked(&mut self, part: &impl Visit, place: Place) -> Result<()> {
        match mentions(part, self.name) {
            true => self.found(if place == Place::First { place } else { Place::Asked }),
            false => Ok(()),
        }
    }
}

/// The rows of a recursive term are not summarised where they are read.
fn summarised(set: &SetExpr, name: &str) -> Result<()> {
    match set {
        SetExpr::SetOperation { left, right, .. } => summarised(left, name).and_then(|()| summarised(right, name)),
        SetExpr::Query(query) => summarised(&query.body, name),
        SetExpr::Select(select) => {
            let reads = |tables: &TableWithJoins| {
                is_named(&tables.relation, name) || tables.joins.iter().any(|join| is_named(&join.relation, name))
            };
            let mut aggregates = Aggregates { depth: 0 };
            let summarises =
                select.projection.visit(&mut aggregates).is_break() || select.having.visit(&mut aggregates).is_break();
            if summarises && select.from.iter().any(reads) {
                let message = "aggregate functions are not allowed in a recursive query's recursive term";
                return Err(Error::new(INVALID_RECURSION, message));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Looks for aggregates of one query.
struct Aggregates {
    depth: usize,
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

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Function(function) if self.depth == 0 && function.over.is_none() && is_aggregate(&function_name(function)) => {
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        }
    }
}
