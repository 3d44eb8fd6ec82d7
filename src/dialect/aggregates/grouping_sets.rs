//! `GROUP BY ROLLUP (coalesce(city, '?'), year + 1)`: what is grouped by in sets is computed below, as columns. The engine finds the groups
//! again by the words of their expressions, which other steps change.

use std::sync::Arc;

use datafusion::common::Column;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::utils::grouping_set_to_exprlist;
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, LogicalPlanBuilder};

use crate::dialect::failure::failed;

/// The node, if it groups by sets of columns alone.
///
/// # Errors
/// 42803 for aggregates in GROUP BY.
pub fn of_columns(node: LogicalPlan) -> Result<LogicalPlan> {
    let LogicalPlan::Aggregate(Aggregate { input, group_expr, aggr_expr, .. }) = node else { return Ok(node) };
    let is_aggregate = |expr: &Expr| Ok(matches!(expr, Expr::AggregateFunction(_)));
    for group in &group_expr {
        if group.exists(is_aggregate)? {
            return Err(failed("42803", "aggregate functions are not allowed in GROUP BY"));
        }
    }
    // Constants stay: a column that is one would not be sorted by, and where a set lacks it it is NULL.
    let is_computed = |expr: &&Expr| expr.try_as_col().is_none() && !expr.column_refs().is_empty();
    let computed: Vec<Expr> = match group_expr.iter().any(|group| matches!(group, Expr::GroupingSet(_))) {
        true => grouping_set_to_exprlist(&group_expr)?.into_iter().filter(is_computed).cloned().collect(),
        false => vec![],
    };
    if computed.is_empty() {
        return Aggregate::try_new(input, group_expr, aggr_expr).map(LogicalPlan::Aggregate);
    }
    let name = |expr: &Expr| expr.schema_name().to_string();
    let columns = input.schema().columns().into_iter().map(Expr::Column);
    let columns: Vec<Expr> = columns.chain(computed.iter().map(|expr| expr.clone().alias(name(expr)))).collect();
    let input = LogicalPlanBuilder::from(Arc::unwrap_or_clone(input)).project(columns)?.build()?;
    let as_columns = |expr: Expr| {
        let found = expr.transform_down(|expr| match computed.contains(&expr) {
            true => Ok(Transformed::yes(Expr::Column(Column::new_unqualified(name(&expr))))),
            false => Ok(Transformed::no(expr)),
        });
        found.map(|found| found.data)
    };
    let group_expr = group_expr.into_iter().map(as_columns).collect::<Result<Vec<_>>>()?;
    let aggr_expr = aggr_expr.into_iter().map(as_columns).collect::<Result<Vec<_>>>()?;
    Aggregate::try_new(Arc::new(input), group_expr, aggr_expr).map(LogicalPlan::Aggregate)
}
