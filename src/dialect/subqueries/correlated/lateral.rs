//! LATERAL: a table of FROM that reads columns of those before it.

use std::sync::Arc;

use datafusion::common::{Column, JoinConstraint, NullEquality, TableReference};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, Join, JoinType, LogicalPlan, LogicalPlanBuilder, Subquery, SubqueryAlias};

use super::domain::Domain;
use super::unsupported;

pub fn is_lateral(join: &Join) -> bool {
    subquery_of(&join.right).is_some()
}

fn subquery_of(plan: &LogicalPlan) -> Option<(&Subquery, Option<&TableReference>)> {
    match plan {
        LogicalPlan::Subquery(subquery) => Some((subquery, None)),
        LogicalPlan::SubqueryAlias(SubqueryAlias { input, alias, .. }) => match input.as_ref() {
            LogicalPlan::Subquery(subquery) => Some((subquery, Some(alias))),
            _ => None,
        },
        _ => None,
    }
}

/// The join with its right side as an ordinary table.
pub fn joined(join: Join, number: &mut usize) -> Result<LogicalPlan> {
    let Join { left, right, on, filter, join_type, schema, .. } = join;
    let Some((subquery, alias)) = subquery_of(&right) else { return Err(unsupported("such a place in FROM")) };
    if !matches!(join_type, JoinType::Inner | JoinType::Left) {
        return Err(unsupported("RIGHT or FULL JOIN before it"));
    }
    *number += 1;
    let inner = subquery.subquery.as_ref().clone();
    let (rows, keys) = match Domain::new(&left, &inner, *number)? {
        Some(domain) => {
            let rows = domain.carry(inner)?;
            let rows = match alias {
                Some(alias) => domain.aliased(rows, alias)?,
                None => rows,
            };
            (rows, domain.keys())
        }
        None => match alias {
            Some(alias) => (LogicalPlanBuilder::from(inner).alias(alias.clone())?.build()?, vec![]),
            None => (inner, vec![]),
        },
    };
    let keys = keys.into_iter().map(|(outer, name)| (Expr::Column(outer), Expr::Column(Column::new_unqualified(name))));
    let condition = on.into_iter().map(|(one, other)| one.eq(other)).chain(filter).reduce(Expr::and);
    let kind = JoinConstraint::On;
    let equality = NullEquality::NullEqualsNull;
    let joined = Join::try_new(left, Arc::new(rows), keys.collect(), condition, join_type, kind, equality, false)?;
    let columns = schema.columns().into_iter().map(Expr::Column).collect::<Vec<_>>();
    LogicalPlanBuilder::from(LogicalPlan::Join(joined)).project(columns)?.build()
}
