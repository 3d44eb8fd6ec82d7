//! What needs the columns of the tables that a query names: USING and NATURAL joins, lists of aliases that name some columns only, stars
//! that show a column twice, whole rows, ORDER BY and HAVING that say a name, EXCEPT ALL, WITH TIES. A step over the syntax tree, when names are resolved.

mod columns;
mod merged;
mod multisets;
mod sorted;
mod stars;
mod ties;
mod whole_rows;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, Ident, ObjectName, OrderBy, Query, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, Statement, TableAlias,
    TableAliasColumnDef, TableFactor, TableWithJoins, VisitMut, VisitorMut,
};

use crate::catalog::pg::build::{folded, parts, quoted};
use crate::catalog::pg::{output_name, repeated_name};
use crate::error::{Error, Result, SqlState};

/// The columns of a table by its name.
pub type Tables<'a> = &'a dyn Fn(&ObjectName) -> Option<Vec<String>>;

/// Says a statement in words that need no scope.
///
/// # Errors
/// Names that PostgreSQL finds ambiguous or does not find, and 0A000 for what cannot be said otherwise.
pub fn scoped(statement: &mut Statement, tables: Tables<'_>) -> Result<()> {
    let mut scopes = Scopes { tables, with: vec![] };
    match statement.visit(&mut scopes) {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => Ok(()),
    }
}

/// The tables of WITH around the query at hand, innermost last, and all others.
struct Scopes<'a> {
    tables: Tables<'a>,
    with: Vec<BTreeMap<String, Option<Vec<String>>>>,
}

impl VisitorMut for Scopes<'_> {
    type Break = Error;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Error> {
        self.enter(query);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<Error> {
        let done = self.query(query);
        self.with.pop();
        match done {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        }
    }
}

impl Scopes<'_> {
    fn query(&mut self, query: &mut Query) -> Result<()> {
        for table in query.with.iter_mut().flat_map(|with| &mut with.cte_tables) {
            let columns = self.of_query(&table.query);
            name_all(&mut table.alias, columns, "WITH query")?;
        }
        self.body(&mut query.body)?;
        if let SetExpr::Select(select) = query.body.as_mut() {
            self.select(select, query.order_by.as_mut())?;
        } else if let Some(order_by) = &query.order_by {
            sorted::of_set(&query.body, order_by)?;
        }
        if query.fetch.as_ref().is_some_and(|fetch| fetch.with_ties) {
            let columns = self.of_query(query);
            ties::without(query, columns)?;
        }
        Ok(())
    }

    /// The SELECTs of set operations, which are no queries of their own.
    fn body(&mut self, body: &mut SetExpr) -> Result<()> {
        let SetExpr::SetOperation { left, right, .. } = body else { return Ok(()) };
        for side in [left, right] {
            match side.as_mut() {
                SetExpr::Select(select) => self.select(select, None)?,
                other => self.body(other)?,
            }
        }
        let columns = self.of_body(body);
        multisets::without(body, columns)
    }

    fn select(&mut self, select: &mut Select, order_by: Option<&mut OrderBy>) -> Result<()> {
        select.from.iter_mut().try_for_each(|from| self.name_columns(from))?;
        let mut order_by = order_by;
        let sources: Vec<_> = select.from.iter().map(|from| self.of_joined(from)).collect::<Result<_>>()?;
        sorted::unambiguous_columns(select, &sources)?;
        without_schemas(select);
        self.unmark(select);
        name_outer(select, &sources);
        stars::told_apart(&mut select.projection, &sources);
        whole_rows::replaced(select, order_by.as_deref_mut(), &sources)?;
        merged::replaced(select, order_by.as_deref_mut(), sources.clone())?;
        sorted::checked(select, order_by, &sources, self.with.len() == 1)
    }

    /// Columns beside `*` that it does not repeat have their own names, by which the query around this one calls them.
    fn unmark(&mut self, select: &mut Select) {
        let is_marked = |item: &SelectItem| columns::marked_column(item).is_some();
        let Some(columns) = select.projection.iter().any(is_marked).then(|| self.of_select(select)).flatten() else { return };
        for item in &mut select.projection {
            if let Some(marked) = columns::marked_column(item)
                && !columns.contains(&marked)
                && let SelectItem::ExprWithAlias { alias, .. } = item
            {
                *alias = quoted(output_name(&marked));
            }
        }
    }

    /// Gives lists of aliases their missing names.
    fn name_columns(&mut self, from: &mut TableWithJoins) -> Result<()> {
        let factors = std::iter::once(&mut from.relation).chain(from.joins.iter_mut().map(|join| &mut join.relation));
        for factor in factors {
            if let TableFactor::NestedJoin { table_with_joins, .. } = factor {
                self.name_columns(table_with_joins)?;
            }
            let columns = self.of_unnamed(factor);
            if let TableFactor::Table { alias: Some(alias), args: None, .. } | TableFactor::Derived { alias: Some(alias), .. } =
                factor
            {
                name_all(alias, columns, "table")?;
            }
        }
        Ok(())
    }
}

/// Gives columns of the queries around this one their names: the planner has others for them.
fn name_outer(select: &mut Select, sources: &[columns::Source]) {
    let relations = || sources.iter().flat_map(|source| &source.relations);
    let is_here =
        |table: &Ident| relations().any(|relation| relation.name.as_ref().is_some_and(|name| folded(name) == folded(table)));
    let has = |column: &Ident| {
        relations().any(|relation| relation.columns.as_ref().is_none_or(|columns| columns.contains(&folded(column))))
    };
    for item in &mut select.projection {
        let SelectItem::UnnamedExpr(expr) = &*item else { continue };
        let column = match expr {
            Expr::Identifier(column) if !has(column) => column,
            Expr::CompoundIdentifier(names) => match names.as_slice() {
                [.., table, column] if !is_here(table) => column,
                _ => continue,
            },
            _ => continue,
        };
        let alias = quoted(&folded(column));
        *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias };
    }
}

/// `schema.table.*` of a table that FROM names without its schema.
fn without_schemas(select: &mut Select) {
    let factors =
        select.from.iter().flat_map(|from| std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation)));
    let bare = factors.filter_map(|factor| match factor {
        TableFactor::Table { name, alias: None, .. } if name.0.len() == 1 => parts(name).pop(),
        _ => None,
    });
    let bare: Vec<String> = bare.collect();
    for item in &mut select.projection {
        if let SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) = item
            && let [_, .., last] = name.0.as_slice()
            && parts(name).pop().is_some_and(|name| bare.contains(&name))
        {
            *name = ObjectName(vec![last.clone()]);
        }
    }
}

fn name_all(alias: &mut TableAlias, columns: Option<Vec<String>>, kind: &str) -> Result<()> {
    let Some(mut columns) = columns else { return Ok(()) };
    let mut seen = BTreeMap::<String, usize>::new();
    let mut has_twice = false;
    for column in &mut columns {
        let count = seen.entry(column.clone()).or_default();
        *count += 1;
        has_twice |= *count > 1;
        *column = repeated_name(column, *count);
    }
    // The planner has names of its own for what it has twice.
    if alias.columns.is_empty() && !has_twice {
        return Ok(());
    }
    let (available, specified) = (columns.len(), alias.columns.len());
    if specified > available {
        let name = &alias.name.value;
        let message = format!("{kind} \"{name}\" has {available} columns available but {specified} columns specified");
        return Err(Error::new(SqlState("42P10"), message));
    }
    let missing = columns.into_iter().skip(specified);
    alias.columns.extend(missing.map(|name| TableAliasColumnDef { name: quoted(&name), data_type: None }));
    Ok(())
}
