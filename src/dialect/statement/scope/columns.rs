//! The columns of queries and of the tables in FROM, by name; `None` where they are not known.

use std::collections::BTreeMap;

use datafusion::sql::sqlparser::ast::{
    Expr, Ident, JoinConstraint, JoinOperator, ObjectName, ObjectNamePart, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, TableAlias, TableFactor, TableWithJoins,
};

use super::Scopes;
use super::merged::{self, Merging};
use crate::catalog::pg::build::{folded, parts, quoted};
use crate::catalog::pg::output_name;
use crate::error::Result;

/// A table of FROM under its name.
#[derive(Clone, Debug)]
pub struct Relation {
    pub name: Option<Ident>,
    pub columns: Option<Vec<String>>,
    /// It may have no row beside a row of another.
    pub is_outer: bool,
}

/// What `*` shows, with how each column is read.
pub type Star = Vec<(String, Expr)>;

/// Tables that are joined, and what USING has merged.
#[derive(Clone, Debug, Default)]
pub struct Source {
    pub relations: Vec<Relation>,
    pub star: Option<Star>,
    pub merged: Star,
    /// For each join that has USING or is NATURAL, what it means.
    pub conditions: Vec<Option<Expr>>,
}

/// The name of a column that has a mark, lest `*` repeats it.
pub fn marked_column(item: &SelectItem) -> Option<String> {
    match item {
        SelectItem::ExprWithAlias { expr: Expr::Identifier(_) | Expr::CompoundIdentifier(_), alias } => {
            Some(folded(alias)).filter(|name| output_name(name) != name)
        }
        _ => None,
    }
}

impl Scopes<'_> {
    /// Takes over the tables of a query's WITH.
    pub fn enter(&mut self, query: &Query) {
        self.with.push(BTreeMap::new());
        for table in query.with.iter().flat_map(|with| &with.cte_tables) {
            let columns = aliased(self.of_query(&table.query), Some(&table.alias));
            if let Some(known) = self.with.last_mut() {
                known.insert(folded(&table.alias.name), columns);
            }
        }
    }

    pub fn of_query(&mut self, query: &Query) -> Option<Vec<String>> {
        self.enter(query);
        let columns = self.of_body(&query.body);
        self.with.pop();
        columns
    }

    pub fn of_body(&mut self, body: &SetExpr) -> Option<Vec<String>> {
        match body {
            SetExpr::Select(select) => self.of_select(select),
            SetExpr::Query(query) => self.of_query(query),
            SetExpr::SetOperation { left, .. } => self.of_body(left),
            SetExpr::Values(values) => Some((1..=values.rows.first()?.len()).map(|number| format!("column{number}")).collect()),
            _ => None,
        }
    }

    /// A column beside `*` that was marked as repeated, and is not, has no mark.
    pub fn of_select(&mut self, select: &Select) -> Option<Vec<String>> {
        let mut columns = self.of_items(select)?;
        for item in &select.projection {
            if let Some(alias) = marked_column(item)
                && let bare = output_name(&alias)
                && !columns.iter().any(|column| column == bare)
                && let Some(column) = columns.iter_mut().find(|column| **column == alias)
            {
                *column = bare.to_owned();
            }
        }
        Some(columns)
    }

    fn of_items(&mut self, select: &Select) -> Option<Vec<String>> {
        let mut columns = vec![];
        let mut sources: Option<Vec<Source>> = None;
        for item in &select.projection {
            match item {
                SelectItem::UnnamedExpr(Expr::Identifier(name)) => columns.push(folded(name)),
                SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) => columns.push(folded(names.last()?)),
                SelectItem::ExprWithAlias { alias, .. } => columns.push(folded(alias)),
                SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(_), _) => {
                    if sources.is_none() {
                        sources = select.from.iter().map(|from| self.of_joined(from).ok()).collect();
                    }
                    let sources = sources.as_ref()?;
                    match item {
                        SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                            columns.extend(relation(sources, name)?.columns.clone()?);
                        }
                        _ => {
                            for source in sources {
                                columns.extend(source.star.as_ref()?.iter().map(|(name, _)| name.clone()));
                            }
                        }
                    }
                }
                _ => return None,
            }
        }
        Some(columns)
    }

    /// The tables of FROM that stand in one list of joins.
    pub fn of_joined(&mut self, from: &TableWithJoins) -> Result<Source> {
        let mut source = self.of_factor(&from.relation)?;
        source.conditions.clear();
        for join in &from.joins {
            let right = self.of_factor(&join.relation)?;
            source = joined(source, right, &join.join_operator)?;
        }
        Ok(source)
    }

    fn of_factor(&mut self, factor: &TableFactor) -> Result<Source> {
        if let TableFactor::NestedJoin { table_with_joins, alias } = factor {
            let source = self.of_joined(table_with_joins)?;
            let Some(alias) = alias else { return Ok(source) };
            let names = source.star.map(|star| star.into_iter().map(|(name, _)| name).collect());
            return Ok(of_relation(Some(alias.name.clone()), aliased(names, Some(alias))));
        }
        let alias = alias_of(factor);
        let name = alias.map(|alias| alias.name.clone()).or_else(|| match factor {
            TableFactor::Table { name, .. } => name.0.last().and_then(ObjectNamePart::as_ident).cloned(),
            _ => None,
        });
        let columns = self.of_unnamed(factor);
        Ok(of_relation(name, aliased(columns, alias)))
    }

    /// The columns as they are without a list of aliases.
    pub fn of_unnamed(&mut self, factor: &TableFactor) -> Option<Vec<String>> {
        match factor {
            TableFactor::Table { name, args: None, .. } => {
                let written = parts(name);
                let with = match written.as_slice() {
                    [name] => self.with.iter().rev().find_map(|frame| frame.get(name)),
                    _ => None,
                };
                match with {
                    Some(columns) => columns.clone(),
                    None => (self.tables)(name),
                }
            }
            TableFactor::Derived { subquery, .. } => self.of_query(subquery),
            _ => None,
        }
    }
}

fn alias_of(factor: &TableFactor) -> Option<&TableAlias> {
    match factor {
        TableFactor::Table { alias, .. }
        | TableFactor::Derived { alias, .. }
        | TableFactor::TableFunction { alias, .. }
        | TableFactor::Function { alias, .. }
        | TableFactor::UNNEST { alias, .. } => alias.as_ref(),
        _ => None,
    }
}

/// Columns under the names that a list of aliases gives them.
fn aliased(columns: Option<Vec<String>>, alias: Option<&TableAlias>) -> Option<Vec<String>> {
    let named: Vec<String> = alias.iter().flat_map(|alias| &alias.columns).map(|column| folded(&column.name)).collect();
    match columns {
        None => Some(named).filter(|named| !named.is_empty()),
        Some(columns) => Some(named.iter().cloned().chain(columns.into_iter().skip(named.len())).collect()),
    }
}

fn of_relation(name: Option<Ident>, columns: Option<Vec<String>>) -> Source {
    let star = columns.as_ref().map(|columns| {
        let read = |column: &String| match &name {
            Some(name) => Expr::CompoundIdentifier(vec![name.clone(), quoted(column)]),
            None => Expr::Identifier(quoted(column)),
        };
        columns.iter().map(|column| (column.clone(), read(column))).collect()
    });
    Source { relations: vec![Relation { name, columns, is_outer: false }], star, ..Source::default() }
}

/// The relation that a qualified name stands for.
pub fn relation<'a>(sources: &'a [Source], name: &ObjectName) -> Option<&'a Relation> {
    let wanted = parts(name).pop()?;
    let relations = sources.iter().flat_map(|source| &source.relations);
    relations.into_iter().find(|relation| relation.name.as_ref().is_some_and(|name| folded(name) == wanted))
}

fn joined(mut left: Source, mut right: Source, operator: &JoinOperator) -> Result<Source> {
    let (merging, constraint) = match operator {
        JoinOperator::Join(constraint) | JoinOperator::Inner(constraint) => (Merging::Left, constraint),
        JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) => {
            right.relations.iter_mut().for_each(|relation| relation.is_outer = true);
            (Merging::Left, constraint)
        }
        JoinOperator::Right(constraint) | JoinOperator::RightOuter(constraint) => {
            left.relations.iter_mut().for_each(|relation| relation.is_outer = true);
            (Merging::Right, constraint)
        }
        JoinOperator::FullOuter(constraint) => {
            left.relations.iter_mut().chain(&mut right.relations).for_each(|relation| relation.is_outer = true);
            (Merging::Either, constraint)
        }
        _ => (Merging::Left, &JoinConstraint::None),
    };
    let names = match constraint {
        JoinConstraint::Using(names) => Some(names.iter().filter_map(|name| parts(name).pop()).collect()),
        JoinConstraint::Natural => Some(merged::common(&left, &right)?),
        _ => None,
    };
    merged::joined(left, right, names, merging)
}
