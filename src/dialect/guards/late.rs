//! What is done when the optimiser has moved all conditions: those that may fail stand behind those that they met. Some had nothing that
//! may fail where they were written, and have it now, in the place of a column of a sub-query.

use datafusion::common::DFSchema;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Expr, LogicalPlan, Operator};

use super::raising::{is_volatile, raises};
use super::truth::waited;
use super::{chained, flattened};

/// The optimised plan, in which conditions that may fail are computed for the rows that the others of their place leave.
pub fn after_all(plan: LogicalPlan) -> Result<LogicalPlan> {
    let plan = plan.transform_down_with_subqueries(|node| match node {
        LogicalPlan::Filter(mut filter) => {
            let placed = behind(std::mem::take(&mut filter.predicate), filter.input.schema())?;
            Ok(placed.update_data(|predicate| {
                filter.predicate = predicate;
                LogicalPlan::Filter(filter)
            }))
        }
        LogicalPlan::Join(mut join) => {
            let Some(condition) = join.filter.take() else { return Ok(Transformed::no(LogicalPlan::Join(join))) };
            let schema = merge_schema(&[&join.left, &join.right]);
            Ok(behind(condition, &schema)?.update_data(|condition| {
                join.filter = Some(condition);
                LogicalPlan::Join(join)
            }))
        }
        node => Ok(Transformed::no(node)),
    })?;
    Ok(plan.data)
}

fn behind(condition: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    // As it is, a condition may be a tree that is no deeper than it must be.
    if !raises(&condition, schema) && !condition.exists(|expr| Ok(waited(expr).is_some()))? {
        return Ok(Transformed::no(condition));
    }
    let members = flattened(condition, Operator::And);
    let waits = |member: &Expr| waited(member).is_some() || (raises(member, schema) && !is_volatile(member));
    let (waiting, others): (Vec<_>, Vec<_>) = members.into_iter().partition(waits);
    if waiting.is_empty() {
        return Ok(Transformed::no(others.into_iter().reduce(Expr::and).unwrap_or_default()));
    }
    let guards = others.iter().filter(|guard| !is_volatile(guard)).cloned().reduce(Expr::and);
    let waiting = waiting.into_iter().map(|member| waited(&member).cloned().unwrap_or(member));
    let parts = guards.into_iter().chain(waiting).collect::<Vec<_>>();
    let chain = match parts.as_slice() {
        [only] => only.clone(),
        _ => chained(parts, Operator::And)?,
    };
    Ok(Transformed::yes(others.into_iter().chain([chain]).reduce(Expr::and).unwrap_or_default()))
}

/// The names of columns that are computed below of what may fail, and that the optimiser puts in the place of their names.
pub fn computed(plan: &LogicalPlan) -> Vec<String> {
    match plan {
        LogicalPlan::SubqueryAlias(alias) => computed(&alias.input),
        LogicalPlan::Projection(projection) => {
            let (own, schema) = (projection.schema.fields(), projection.input.schema());
            let fails = projection.expr.iter().zip(own).filter(|(expr, _)| raises(expr, schema));
            fails.map(|(_, field)| field.name().clone()).collect()
        }
        LogicalPlan::Join(join) => [computed(&join.left), computed(&join.right)].concat(),
        _ => vec![],
    }
}
