//! WITH RECURSIVE: its queries in the order in which they read each other, and [`well_formed`]. The planner casts what the recursive term
//! gives to the types of the first rows, and PostgreSQL refuses other types: around each column of both terms goes a call that
//! [`crate::dialect::subqueries::recursion`] knows.

mod well_formed;

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    DataType, ExactNumberInfo, Expr, Query, SelectItem, SetExpr, TableFactor, Visit, Visitor, With,
};

use crate::catalog::pg::build::{call, folded, parts, quoted};
use crate::error::{Error, Result};

/// The call around each column.
pub const NAME: &str = "__recursive";

/// # Errors
/// Those of PostgreSQL for queries that refer to themselves or each other otherwise than the standard allows.
pub fn rewrite(query: &mut Query) -> Result<()> {
    let Some(with) = query.with.as_mut().filter(|with| with.recursive) else { return Ok(()) };
    order(with)?;
    for table in &mut with.cte_tables {
        let name = folded(&table.alias.name);
        well_formed::check(&name, &table.query)?;
        if mentions(table.query.as_ref(), &name)
            && let SetExpr::SetOperation { left, right, .. } = table.query.body.as_mut()
        {
            each(left, &|item| {
                if !is_declared(item) {
                    mark(item)
                }
            });
            each(right, &mark);
        }
    }
    Ok(())
}

/// Puts each query behind those that it reads, as the planner wants them.
fn order(with: &mut With) -> Result<()> {
    let mut left = std::mem::take(&mut with.cte_tables);
    while !left.is_empty() {
        let names: Vec<String> = left.iter().map(|table| folded(&table.alias.name)).collect();
        let is_free = |place: usize| {
            let others = names.iter().enumerate().filter(|(other, _)| *other != place);
            left.get(place).is_some_and(|table| others.into_iter().all(|(_, name)| !mentions(table.query.as_ref(), name)))
        };
        let Some(place) = (0..left.len()).find(|place| is_free(*place)) else {
            return Err(Error::unsupported("mutual recursion between WITH items is not implemented"));
        };
        with.cte_tables.push(left.remove(place));
    }
    Ok(())
}

/// Whether a part of a statement reads what this name stands for, if no query within it has another one of the name.
fn mentions(part: &impl Visit, name: &str) -> bool {
    part.visit(&mut Mention { name, hidden: 0 }).is_break()
}

struct Mention<'a> {
    name: &'a str,
    /// How many of the queries around have one of their own.
    hidden: usize,
}

impl Visitor for Mention<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.hidden += usize::from(defines(query, self.name));
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.hidden -= usize::from(defines(query, self.name));
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        match self.hidden == 0 && is_named(factor, self.name) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}

fn defines(query: &Query, name: &str) -> bool {
    query.with.iter().flat_map(|with| &with.cte_tables).any(|table| folded(&table.alias.name) == name)
}

fn is_named(factor: &TableFactor, name: &str) -> bool {
    matches!(factor, TableFactor::Table { name: table, args: None, .. } if parts(table).as_slice() == [name])
}

/// Changes the results of a term.
fn each(term: &mut SetExpr, change: &impl Fn(&mut SelectItem)) {
    match term {
        SetExpr::Select(select) => select.projection.iter_mut().for_each(change),
        SetExpr::Query(query) => each(&mut query.body, change),
        SetExpr::SetOperation { left, right, .. } => {
            each(left, change);
            each(right, change);
        }
        _ => {}
    }
}

/// Whether a result is cast to a `numeric` of so many digits, which it keeps.
fn is_declared(item: &SelectItem) -> bool {
    let mut expr = match item {
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => expr,
        _ => return false,
    };
    while let Expr::Nested(inner) = expr {
        expr = inner;
    }
    let Expr::Cast { data_type, .. } = expr else { return false };
    matches!(data_type, DataType::Numeric(digits) | DataType::Decimal(digits) | DataType::Dec(digits)
        if *digits != ExactNumberInfo::None)
}

fn mark(item: &mut SelectItem) {
    let (expr, alias) = match &*item {
        SelectItem::ExprWithAlias { expr, alias } => (expr.clone(), alias.clone()),
        SelectItem::UnnamedExpr(expr @ Expr::Identifier(name)) => (expr.clone(), quoted(&folded(name))),
        SelectItem::UnnamedExpr(expr @ Expr::CompoundIdentifier(names)) => {
            let Some(name) = names.last() else { return };
            (expr.clone(), quoted(&folded(name)))
        }
        _ => return,
    };
    *item = SelectItem::ExprWithAlias { expr: call(NAME, vec![expr]), alias };
}
