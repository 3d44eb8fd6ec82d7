//! ROLLUP and CUBE of several columns at once, within GROUPING SETS, of a column twice and of positions in the select list, as GROUPING SETS;
//! `GROUP BY ()`; `DISTINCT ON (1)`; HAVING of all rows as one group.

use datafusion::sql::sqlparser::ast::{
    Distinct, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr, Select, SelectItem, Value,
};

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
            Expr::Rollup(sets) if !are_columns(sets) => Some(prefixes(sets)),
            Expr::Cube(sets) if !are_columns(sets) => subsets(sets),
            Expr::GroupingSets(sets) if sets.iter().any(|set| nested(set).is_some()) => {
                Some(sets.iter().flat_map(|set| nested(set).unwrap_or_else(|| vec![set.clone()])).collect())
            }
            _ => None,
        };
        if let Some(sets) = sets {
            *group = Expr::GroupingSets(sets);
        }
        if let Expr::GroupingSets(sets) = group {
            sets.iter_mut().for_each(each_once);
        }
    }
}

/// The sets of a ROLLUP or CUBE within GROUPING SETS, which the parser takes for a call.
fn nested(set: &[Expr]) -> Option<Vec<Vec<Expr>>> {
    let [Expr::Function(call)] = set else { return None };
    let FunctionArguments::List(list) = &call.args else { return None };
    let members = |argument: &FunctionArg| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Tuple(members))) => Some(members.clone()),
        FunctionArg::Unnamed(FunctionArgExpr::Expr(member)) => Some(vec![member.clone()]),
        _ => None,
    };
    let sets = list.args.iter().map(members).collect::<Option<Vec<_>>>()?;
    match function_name(call).as_str() {
        "rollup" => Some(prefixes(&sets)),
        "cube" => subsets(&sets),
        _ => None,
    }
}

fn prefixes(sets: &[Vec<Expr>]) -> Vec<Vec<Expr>> {
    (0..=sets.len()).rev().map(|length| sets.iter().take(length).flatten().cloned().collect()).collect()
}

/// Whether each set is one expression, and no other set is the same.
fn are_columns(sets: &[Vec<Expr>]) -> bool {
    sets.iter().enumerate().all(|(place, set)| set.len() == 1 && !sets.iter().take(place).any(|other| other == set))
}

fn each_once(set: &mut Vec<Expr>) {
    let mut once: Vec<Expr> = Vec::with_capacity(set.len());
    for member in set.drain(..) {
        if !once.contains(&member) {
            once.push(member);
        }
    }
    *set = once;
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
pub fn at_position(expr: &mut Expr, items: &[SelectItem]) {
    let Expr::Value(value) = &*expr else { return };
    let Value::Number(position, _) = &value.value else { return };
    let item = position.parse::<usize>().ok().and_then(|position| items.get(position.checked_sub(1)?));
    if let Some(SelectItem::UnnamedExpr(named) | SelectItem::ExprWithAlias { expr: named, .. }) = item {
        *expr = named.clone();
    }
}
