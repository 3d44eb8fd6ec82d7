//! A WITH within a query may have the name of one around it, which it hides; the planner wants each name once. The inner one gets another
//! name, and so does what reads it.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Ident, ObjectName, Query, Statement, TableAlias, TableFactor, VisitMut, VisitorMut};

use crate::catalog::pg::build::{folded, parts, quoted};

/// Renames the queries of WITH that hide others.
pub fn renamed(statement: &mut Statement) {
    let _ = statement.visit(&mut Shadowed::default());
}

#[derive(Default)]
struct Shadowed {
    /// The names of each query around.
    around: Vec<Vec<String>>,
    count: usize,
}

impl VisitorMut for Shadowed {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        let tables = query.with.iter().flat_map(|with| &with.cte_tables);
        self.around.push(tables.map(|table| folded(&table.alias.name)).collect());
        ControlFlow::Continue(())
    }

    /// The inner queries come first, so that what is renamed here is hidden nowhere below.
    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        let names = self.around.pop().unwrap_or_default();
        for (place, name) in names.iter().enumerate() {
            // Two of one query are an error, which the planner tells.
            let is_one = names.iter().filter(|other| *other == name).count() == 1;
            if is_one && self.around.iter().flatten().any(|other| other == name) {
                self.count += 1;
                rename(query, place, name, &format!("{name}:{}", self.count));
            }
        }
        ControlFlow::Continue(())
    }
}

fn rename(query: &mut Query, place: usize, from: &str, to: &str) {
    let Some(mut with) = query.with.take() else { return };
    let mut references = References { from, to: quoted(to) };
    if let Some(table) = with.cte_tables.get_mut(place) {
        table.alias.name = quoted(to);
    }
    // Those before it read the one that is hidden.
    let first = if with.recursive { 0 } else { place + 1 };
    for table in with.cte_tables.iter_mut().skip(first) {
        let _ = table.query.visit(&mut references);
    }
    let _ = query.visit(&mut references);
    query.with = Some(with);
}

struct References<'a> {
    from: &'a str,
    to: Ident,
}

impl VisitorMut for References<'_> {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, alias, args: None, .. } = factor
            && parts(name).as_slice() == [self.from]
        {
            alias.get_or_insert_with(|| TableAlias { explicit: true, name: quoted(self.from), columns: vec![], at: None });
            *name = ObjectName::from(vec![self.to.clone()]);
        }
        ControlFlow::Continue(())
    }
}
