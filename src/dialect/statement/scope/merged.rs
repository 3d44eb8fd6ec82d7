//! USING and NATURAL: the columns that both sides have are one. It is the left side's, the right one's behind RIGHT JOIN, and behind
//! FULL JOIN whichever is there; `*` shows such columns first.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, JoinConstraint, JoinOperator, OrderBy, OrderByKind, Select, SelectItem, TableFactor, TableWithJoins,
};

use super::columns::{Source, Star};
use crate::catalog::pg::build::{boolean, call, folded, quoted};
use crate::dialect::statement::level;
use crate::error::{Error, Result, SqlState};

/// Whose a merged column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merging {
    Left,
    Right,
    Either,
}

/// The columns that both sides have.
pub fn common(left: &Source, right: &Source) -> Result<Vec<String>> {
    let (Some(left), Some(right)) = (&left.star, &right.star) else {
        let error = Error::unsupported("NATURAL JOIN of a function is not supported");
        return Err(error.hint("Write JOIN … USING with the names of the columns"));
    };
    Ok(left.iter().map(|(name, _)| name).filter(|name| right.iter().any(|(other, _)| other == *name)).cloned().collect())
}

/// Both sides together, with the columns of these names merged.
pub fn joined(left: Source, right: Source, names: Option<Vec<String>>, merging: Merging) -> Result<Source> {
    let mut relations = left.relations;
    relations.extend(right.relations);
    let (mut merged, mut conditions) = (left.merged, left.conditions);
    let Some(names) = names else {
        conditions.push(None);
        merged.extend(right.merged);
        let star = left.star.zip(right.star).map(|(left, right)| [left, right].concat());
        return Ok(Source { relations, star, merged, conditions });
    };
    let (Some(left), Some(right)) = (left.star, right.star) else {
        if merging == Merging::Left {
            // The engine reads the left side's, too.
            conditions.push(None);
            merged.extend(right.merged);
            return Ok(Source { relations, star: None, merged, conditions });
        }
        let error = Error::unsupported("RIGHT and FULL JOIN with USING beside a function in FROM are not supported");
        return Err(error.hint("Write JOIN … ON with the names of the tables"));
    };
    let (mut shown, mut equal) = (vec![], vec![]);
    for name in &names {
        let (of_left, of_right) = (only(&left, name, "left")?, only(&right, name, "right")?);
        equal.push(Expr::BinaryOp { left: Box::new(of_left.clone()), op: BinaryOperator::Eq, right: Box::new(of_right.clone()) });
        let column = match merging {
            Merging::Left => of_left,
            Merging::Right => of_right,
            Merging::Either => call("coalesce", vec![of_left, of_right]),
        };
        shown.push((name.clone(), column));
    }
    merged.retain(|(name, _)| !names.contains(name));
    merged.extend(shown.iter().cloned());
    let rest = |star: Star| star.into_iter().filter(|(name, _)| !names.contains(name)).collect::<Vec<_>>();
    let condition = equal.into_iter().reduce(|one, other| Expr::BinaryOp {
        left: Box::new(one),
        op: BinaryOperator::And,
        right: Box::new(other),
    });
    conditions.push(Some(condition.unwrap_or_else(|| boolean(true))));
    Ok(Source { relations, star: Some([shown, rest(left), rest(right)].concat()), merged, conditions })
}

fn only(star: &Star, name: &str, side: &str) -> Result<Expr> {
    let mut found = star.iter().filter(|(known, _)| known == name);
    match (found.next(), found.next()) {
        (Some((_, column)), None) => Ok(column.clone()),
        (None, _) => {
            let message = format!("column \"{name}\" specified in USING clause does not exist in {side} table");
            Err(Error::new(SqlState::UNDEFINED_COLUMN, message))
        }
        _ => {
            let message = format!("common column name \"{name}\" appears more than once in {side} table");
            Err(Error::new(SqlState("42702"), message))
        }
    }
}

/// Says what USING and NATURAL mean in a SELECT.
pub fn replaced(select: &mut Select, order_by: Option<&mut OrderBy>, sources: Vec<Source>) -> Result<()> {
    if sources.iter().all(|source| source.conditions.iter().all(Option::is_none) && source.merged.is_empty()) {
        return Ok(());
    }
    expand(&mut select.projection, &sources)?;
    let merged: Star = sources.iter().flat_map(|source| source.merged.clone()).collect();
    for item in &mut select.projection {
        // The name of the column stays.
        if let SelectItem::UnnamedExpr(Expr::Identifier(name)) = item
            && let Some(column) = column(&merged, &folded(name))
        {
            *item = SelectItem::ExprWithAlias { expr: column, alias: quoted(&folded(name)) };
        }
    }
    let replace = |expr: &mut Expr| {
        if let Expr::Identifier(name) = expr
            && let Some(column) = column(&merged, &folded(name))
        {
            *expr = column;
        }
        Ok(())
    };
    level::each(select, replace)?;
    if let Some(OrderBy { kind: OrderByKind::Expressions(sorts), .. }) = order_by {
        let is_named = |name: &str| {
            let names = |item: &SelectItem| matches!(item, SelectItem::ExprWithAlias { alias, .. } if folded(alias) == name);
            select.projection.iter().any(names)
        };
        let is_column = |name: &str| {
            let shows = |item: &SelectItem| match item {
                SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) => names.last().is_some_and(|last| folded(last) == name),
                _ => false,
            };
            select.projection.iter().any(shows)
        };
        for sort in sorts {
            // A name alone is that of a result first.
            if matches!(&sort.expr, Expr::Identifier(name) if is_column(&folded(name))) {
                continue;
            }
            level::each(&mut sort.expr, |expr| match expr {
                Expr::Identifier(name) if is_named(&folded(name)) => Ok(()),
                other => replace(other),
            })?;
        }
    }
    for (from, source) in select.from.iter_mut().zip(sources) {
        spell_out(from, source.conditions)?;
    }
    Ok(())
}

fn column(merged: &Star, name: &str) -> Option<Expr> {
    merged.iter().find(|(known, _)| known == name).map(|(_, column)| column.clone())
}

fn merges(from: &TableWithJoins) -> bool {
    let nested =
        |factor: &TableFactor| matches!(factor, TableFactor::NestedJoin { table_with_joins, .. } if merges(table_with_joins));
    let uses = |operator: &JoinOperator| matches!(constraint(operator), Some(JoinConstraint::Using(_) | JoinConstraint::Natural));
    nested(&from.relation) || from.joins.iter().any(|join| nested(&join.relation) || uses(&join.join_operator))
}

fn constraint(operator: &JoinOperator) -> Option<&JoinConstraint> {
    match operator {
        JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::Left(constraint)
        | JoinOperator::LeftOuter(constraint)
        | JoinOperator::Right(constraint)
        | JoinOperator::RightOuter(constraint)
        | JoinOperator::FullOuter(constraint) => Some(constraint),
        _ => None,
    }
}

/// `*` as the list of its columns.
fn expand(items: &mut Vec<SelectItem>, sources: &[Source]) -> Result<()> {
    let mut expanded = Vec::with_capacity(items.len());
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for item in items.drain(..) {
        if !matches!(item, SelectItem::Wildcard(_)) {
            expanded.push(item);
            continue;
        }
        for source in sources {
            let Some(star) = &source.star else {
                return Err(Error::unsupported("* of a function beside USING is not supported").hint("Name the columns"));
            };
            for (name, column) in star {
                let count = seen.entry(name.clone()).or_default();
                *count += 1;
                let alias = crate::catalog::pg::repeated_name(name, *count);
                expanded.push(SelectItem::ExprWithAlias { expr: column.clone(), alias: quoted(&alias) });
            }
        }
    }
    *items = expanded;
    Ok(())
}

/// Puts ON in the place of USING.
fn spell_out(from: &mut TableWithJoins, conditions: Vec<Option<Expr>>) -> Result<()> {
    if std::iter::once(&from.relation)
        .chain(from.joins.iter().map(|join| &join.relation))
        .any(|factor| matches!(factor, TableFactor::NestedJoin { table_with_joins, .. } if merges(table_with_joins)))
    {
        return Err(Error::unsupported("USING within parentheses is not supported")
            .hint("Write the joins without parentheses, or as a sub-query"));
    }
    for (join, condition) in from.joins.iter_mut().zip(conditions) {
        if let Some(condition) = condition
            && let JoinOperator::Join(constraint)
            | JoinOperator::Inner(constraint)
            | JoinOperator::Left(constraint)
            | JoinOperator::LeftOuter(constraint)
            | JoinOperator::Right(constraint)
            | JoinOperator::RightOuter(constraint)
            | JoinOperator::FullOuter(constraint) = &mut join.join_operator
        {
            *constraint = JoinConstraint::On(condition);
        }
    }
    Ok(())
}
