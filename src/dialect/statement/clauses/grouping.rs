//! ROLLUP and CUBE of several columns at once and of positions in the select list, as GROUPING SETS; `GROUP BY ()`;
//! `DISTINCT ON (1)`; HAVING of all rows as one group.

use datafusion::sql::sqlparser::ast::{Distinct, Expr, GroupByExpr, Select, SelectItem, Value};

use crate::catalog::pg::build::{function_name, is_aggregate};
use crate::dialect::statement::level;

/// Sets that CUBE may become.
const SETS_MAX: usize = 4_096;

pub fn spelled_out(select: &mut Select) {
    as_one_group(select);
    if let Some(Distinct::On(keys)) = &mut select.distinct {
        keys.iter_mut().for_each(|key| at_position(key, &select.projection));
    }
    let GroupByExpr::Expressions(groups, _) = &mut select.group_by else { return };
    let items = &select.projection;
    for group in groups.iter_mut() {
        match group {
            Expr::Rollup(sets) | Expr::Cube(sets) | Expr::GroupingSets(sets) => {
                sets.iter_mut().flatten().for_each(|expr| at_position(expr, items));
            }
            Expr::Tuple(members) if members.is_empty() => *group = Expr::GroupingSets(vec![vec![]]),
            _ => {}
        }
        let sets = match group {
            Expr::Rollup(sets) if sets.iter().any(|set| set.len() != 1) => {
                Some((0..=sets.len()).rev().map(|length| sets.iter().take(length).flatten().cloned().collect()).collect())
            }
            Expr::Cube(sets) if sets.iter().any(|set| set.len() != 1) => subsets(sets),
            _ => None,
        };
        if let Some(sets) = sets {
            *group = Expr::GroupingSets(sets);
        }
    }
}

/// Without groups and aggregates, HAVING is of all rows.
fn as_one_group(select: &mut Select) {
    let mut aggregates = false;
    let mut note = |expr: &mut Expr| {
        aggregates |= matches!(expr, Expr::Function(function) if is_aggregate(&function_name(function)));
        Ok(())
    };
    if select.having.is_none() || level::each(&mut select.projection, &mut note).is_err() {
        return;
    }
    let _ = level::each(&mut select.having, &mut note);
    if let GroupByExpr::Expressions(groups, _) = &mut select.group_by
        && groups.is_empty()
        && !aggregates
    {
        groups.push(Expr::GroupingSets(vec![vec![]]));
    }
}

fn subsets(sets: &[Vec<Expr>]) -> Option<Vec<Vec<Expr>>> {
    let count = 1_usize.checked_shl(u32::try_from(sets.len()).ok()?).filter(|count| *count <= SETS_MAX)?;
    let chosen = |choice: usize| {
        let within = sets.iter().enumerate().filter(|(index, _)| choice & (1 << index) == 0);
        within.flat_map(|(_, set)| set.clone()).collect()
    };
    Some((0..count).map(chosen).collect())
}

/// `ROLLUP (1)` is by the first column of the result.
fn at_position(expr: &mut Expr, items: &[SelectItem]) {
    let Expr::Value(value) = &*expr else { return };
    let Value::Number(position, _) = &value.value else { return };
    let item = position.parse::<usize>().ok().and_then(|position| items.get(position.checked_sub(1)?));
    if let Some(SelectItem::UnnamedExpr(named) | SelectItem::ExprWithAlias { expr: named, .. }) = item {
        *expr = named.clone();
    }
}
