//! Names in ORDER BY, GROUP BY and HAVING. ORDER BY knows the names of the result where it is nothing but a name, and the columns of the
//! tables in expressions; HAVING knows the columns only.

use datafusion::sql::sqlparser::ast::{Expr, GroupByExpr, Ident, OrderBy, OrderByKind, Select, SelectItem, SetExpr, Value};

use super::columns::Source;
use crate::catalog::pg::build::{folded, quoted};
use crate::catalog::pg::{output_name, repeated_name};
use crate::dialect::statement::level;
use crate::error::{Error, Result, SqlState};

/// The number of a result that gives its name up; no list is so long.
const MARKED: usize = 100_000;

/// Refuses what PostgreSQL does, and says of columns that share their name with a result which they are.
pub fn checked(select: &mut Select, order_by: Option<&mut OrderBy>, sources: &[Source], is_outermost: bool) -> Result<()> {
    if let GroupByExpr::Expressions(groups, _) = &select.group_by {
        for group in groups {
            match group {
                Expr::Rollup(sets) | Expr::Cube(sets) | Expr::GroupingSets(sets) => {
                    sets.iter().flatten().try_for_each(|member| constant(member, "GROUP BY"))?;
                }
                group => constant(group, "GROUP BY")?,
            }
        }
    }
    let results: Vec<(String, Expr)> = select.projection.iter().filter_map(result).collect();
    let computed = |name: &str| {
        let is_computed = |(known, expr): &&(String, Expr)| known == name && !reads(expr, name);
        results.iter().find(is_computed).is_some()
    };
    let columns = |name: &str| {
        let relations = || sources.iter().flat_map(|source| &source.relations);
        if relations().any(|relation| relation.columns.is_none()) {
            return None;
        }
        let has = |columns: &Option<Vec<String>>| columns.iter().flatten().any(|column| column == name);
        Some(relations().filter(|relation| has(&relation.columns)).map(|relation| relation.name.clone()).collect::<Vec<_>>())
    };
    let missing = |name: &Ident| Error::new(SqlState::UNDEFINED_COLUMN, format!("column \"{}\" does not exist", folded(name)));
    let mut qualified = vec![];
    let mut column_only = |expr: &mut Expr| {
        let Expr::Identifier(name) = expr else { return Ok(()) };
        let written = folded(name);
        if !computed(&written) {
            return Ok(());
        }
        match columns(&written).as_deref() {
            Some([]) if is_outermost => Err(missing(name)),
            Some([Some(relation)]) => {
                *expr = Expr::CompoundIdentifier(vec![relation.clone(), quoted(&written)]);
                qualified.push(written);
                Ok(())
            }
            _ => Ok(()),
        }
    };
    if let Some(having) = &mut select.having {
        level::each(having, &mut column_only)?;
    }
    let Some(OrderBy { kind: OrderByKind::Expressions(sorts), .. }) = order_by else { return Ok(()) };
    for sort in sorts.iter_mut() {
        constant(&sort.expr, "ORDER BY")?;
        match &sort.expr {
            Expr::Identifier(name) => unambiguous(name, &results)?,
            _ => level::each(&mut sort.expr, &mut column_only)?,
        }
    }
    // The planner cannot tell such a column from the result of the same name, and no query around this one names the result.
    let is_sorted_by = |name: &str| sorts.iter().any(|sort| matches!(&sort.expr, Expr::Identifier(by) if folded(by) == name));
    for name in qualified.into_iter().filter(|name| is_outermost && !is_sorted_by(name)) {
        for item in &mut select.projection {
            if let SelectItem::ExprWithAlias { alias, .. } = item
                && folded(alias) == name
            {
                *alias = quoted(&repeated_name(&name, MARKED));
            }
        }
    }
    Ok(())
}

/// Refuses names that a table of FROM has twice.
pub fn unambiguous_columns(select: &mut Select, sources: &[Source]) -> Result<()> {
    let mut twice = std::collections::BTreeSet::new();
    for relation in sources.iter().flat_map(|source| &source.relations) {
        let mut seen = std::collections::BTreeSet::new();
        let columns = relation.columns.iter().flatten().map(|column| output_name(column));
        twice.extend(columns.filter(|column| !seen.insert(*column)).map(str::to_owned));
    }
    if twice.is_empty() {
        return Ok(());
    }
    level::each(select, |expr| {
        let name = match expr {
            Expr::Identifier(name) => folded(name),
            Expr::CompoundIdentifier(names) => names.last().map(folded).unwrap_or_default(),
            _ => return Ok(()),
        };
        if !twice.contains(&name) {
            return Ok(());
        }
        Err(Error::new(SqlState("42702"), format!("column reference \"{name}\" is ambiguous")))
    })
}

/// What a UNION is sorted by: names of its result and positions.
pub fn of_set(body: &SetExpr, order_by: &OrderBy) -> Result<()> {
    if !matches!(body, SetExpr::SetOperation { .. }) {
        return Ok(());
    }
    let OrderByKind::Expressions(sorts) = &order_by.kind else { return Ok(()) };
    let names = names(body);
    for sort in sorts {
        constant(&sort.expr, "ORDER BY")?;
        if let (Expr::Identifier(name), Some(names)) = (&sort.expr, &names)
            && !names.contains(&folded(name))
        {
            return Err(Error::new(SqlState::UNDEFINED_COLUMN, format!("column \"{}\" does not exist", folded(name))));
        }
        if let Expr::CompoundIdentifier(names) = &sort.expr
            && let [table, _] = names.as_slice()
        {
            let message = format!("missing FROM-clause entry for table \"{}\"", folded(table));
            return Err(Error::new(SqlState("42P01"), message));
        }
        if !matches!(sort.expr, Expr::Identifier(_) | Expr::Value(_)) {
            let error = Error::unsupported("invalid UNION/INTERSECT/EXCEPT ORDER BY clause");
            return Err(error.hint("Add the expression/function to every SELECT, or move the UNION into a FROM clause."));
        }
    }
    Ok(())
}

/// The names of a UNION's columns, which are those of its first query, if they are written there.
fn names(body: &SetExpr) -> Option<Vec<String>> {
    match body {
        SetExpr::SetOperation { left, .. } => names(left),
        SetExpr::Query(query) => names(&query.body),
        SetExpr::Select(select) => select.projection.iter().map(|item| result(item).map(|(name, _)| name)).collect(),
        _ => None,
    }
}

fn result(item: &SelectItem) -> Option<(String, Expr)> {
    match item {
        SelectItem::ExprWithAlias { expr, alias } => Some((output_name(&folded(alias)).to_string(), expr.clone())),
        SelectItem::UnnamedExpr(expr @ Expr::Identifier(name)) => Some((folded(name), expr.clone())),
        SelectItem::UnnamedExpr(expr @ Expr::CompoundIdentifier(names)) => Some((folded(names.last()?), expr.clone())),
        _ => None,
    }
}

/// Whether an expression is nothing but the column of this name.
fn reads(expr: &Expr, name: &str) -> bool {
    match expr {
        Expr::Identifier(column) => folded(column) == name,
        Expr::CompoundIdentifier(names) => names.last().is_some_and(|column| folded(column) == name),
        _ => false,
    }
}

fn unambiguous(name: &Ident, results: &[(String, Expr)]) -> Result<()> {
    let written = folded(name);
    let mut named = results.iter().filter(|(known, _)| *known == written).map(|(_, expr)| expr);
    let Some(first) = named.next() else { return Ok(()) };
    if named.all(|other| other == first) {
        return Ok(());
    }
    Err(Error::new(SqlState("42702"), format!("ORDER BY \"{written}\" is ambiguous")))
}

/// A constant that is no position.
fn constant(expr: &Expr, clause: &str) -> Result<()> {
    let Expr::Value(value) = expr else { return Ok(()) };
    match &value.value {
        Value::Number(..) | Value::Placeholder(_) => Ok(()),
        _ => Err(Error::new(SqlState::SYNTAX_ERROR, format!("non-integer constant in {clause}"))),
    }
}
