//! `ORDER BY (SELECT … WHERE o.customer = p.id)`: the columns of this query that a sub-query reads there are behind it in ORDER BY, too,
//! where they order what would have no order. So the planner keeps them for the sort.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, OrderBy, OrderByExpr, OrderByKind, OrderByOptions, Query, Select, TableFactor, Visit, Visitor,
};

use crate::catalog::pg::build::{folded, is_aggregate, parts};

/// Adds the columns that sub-queries of ORDER BY read.
pub fn with_columns(select: &Select, order_by: Option<&mut OrderBy>) {
    let Some(OrderBy { kind: OrderByKind::Expressions(sorts), .. }) = order_by else { return };
    let is_plain = matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
    if !is_plain || select.distinct.is_some() || select.having.is_some() {
        return;
    }
    let mut read = Read::default();
    for sort in sorts.iter() {
        let _ = sort.expr.visit(&mut read);
    }
    // Of an aggregate there is one row.
    let mut of_results = Read::default();
    let _ = select.projection.visit(&mut of_results);
    if read.columns.is_empty() || of_results.aggregates {
        return;
    }
    let joined = select.from.iter().flat_map(|from| from.joins.iter().map(|join| &join.relation));
    let tables = select.from.iter().map(|from| &from.relation).chain(joined).filter_map(name).collect::<BTreeSet<_>>();
    let mut added = BTreeSet::new();
    for column in read.columns {
        let Expr::CompoundIdentifier(names) = &column else { continue };
        let Some(table) = names.first().map(folded) else { continue };
        if names.len() == 2 && tables.contains(&table) && !read.tables.contains(&table) && added.insert(column.to_string()) {
            let options = OrderByOptions { asc: None, nulls_first: None };
            sorts.push(OrderByExpr { expr: column, options, with_fill: None });
        }
    }
}

/// What a table of FROM is called.
fn name(factor: &TableFactor) -> Option<String> {
    match factor {
        TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. } => {
            Some(folded(&alias.name))
        }
        TableFactor::Table { name, .. } => parts(name).pop(),
        _ => None,
    }
}

/// What the sub-queries of an expression read.
#[derive(Default)]
struct Read {
    depth: usize,
    columns: Vec<Expr>,
    /// Their own tables.
    tables: BTreeSet<String>,
    /// Whether the expression itself aggregates.
    aggregates: bool,
}

impl Visitor for Read {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        self.tables.extend(name(factor));
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::CompoundIdentifier(_) if self.depth > 0 => self.columns.push(expr.clone()),
            Expr::Function(function) if self.depth == 0 && function.over.is_none() => {
                self.aggregates |= is_aggregate(&crate::catalog::pg::build::function_name(function));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
