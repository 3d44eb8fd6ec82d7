//! Columns of grouping sets, which are not what they were below them.
//!
//! A column that is constant, or that rows come in the order of, is NULL in the groups of those sets that leave it out. The engine carries
//! what it knows of the column through the aggregate all the same: rows of one group, taken to be sorted, are given out in pieces
//! (`WHERE channel = 'web' GROUP BY ROLLUP (channel, city)` has cities twice), and an ORDER BY may be left out. Behind such an aggregate each of these columns is
//! asked for once more in a way of which nothing is known.

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::physical_expr::expressions::{CaseExpr, Column, IsNotNullExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::{ExecutionPlan, PhysicalExpr};

/// Comes before the rules that look at orders.
#[derive(Debug)]
pub struct GroupingSets;

impl PhysicalOptimizerRule for GroupingSets {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let is_changed = |node: &Arc<dyn ExecutionPlan>| {
            Ok(node.downcast_ref::<AggregateExec>().is_some_and(|aggregate| !changed(aggregate).is_empty()))
        };
        if !plan.exists(is_changed)? {
            return Ok(plan);
        }
        let forgotten = plan.transform_up(|node| match node.downcast_ref::<AggregateExec>().map(changed) {
            Some(columns) if !columns.is_empty() => Ok(Transformed::yes(forgetting(&node, &columns)?)),
            _ => Ok(Transformed::no(node)),
        });
        forgotten.map(|plan| plan.data)
    }

    fn name(&self) -> &str {
        "grouping_sets"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The columns that some sets of an aggregate leave out.
fn changed(aggregate: &AggregateExec) -> Vec<usize> {
    let groups = aggregate.group_expr().groups();
    let is_left_out = |column: &usize| groups.iter().any(|set| set.get(*column) == Some(&true));
    (0..aggregate.group_expr().expr().len()).filter(is_left_out).collect()
}

/// The same rows: a column becomes `CASE WHEN __grouping_id IS NOT NULL THEN column END`, for that is as little known as the id.
fn forgetting(aggregate: &Arc<dyn ExecutionPlan>, columns: &[usize]) -> Result<Arc<dyn ExecutionPlan>> {
    let schema = aggregate.schema();
    let Some((id, _)) = schema.column_with_name(datafusion::logical_expr::Aggregate::INTERNAL_GROUPING_ID) else {
        return Ok(Arc::clone(aggregate));
    };
    let column = |at: usize| Arc::new(Column::new(schema.field(at).name(), at)) as Arc<dyn PhysicalExpr>;
    let expression = |at: usize| -> Result<(Arc<dyn PhysicalExpr>, String)> {
        let name = schema.field(at).name().clone();
        if !columns.contains(&at) {
            return Ok((column(at), name));
        }
        let is_there = Arc::new(IsNotNullExpr::new(column(id)));
        Ok((Arc::new(CaseExpr::try_new(None, vec![(is_there, column(at))], None)?), name))
    };
    let expressions = (0..schema.fields().len()).map(expression).collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(ProjectionExec::try_new(expressions, Arc::clone(aggregate))?))
}
