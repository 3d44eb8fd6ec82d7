//! An aggregate that nobody reads is not computed.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::tree_node::Transformed;
use datafusion::logical_expr::{Extension, LogicalPlan, Projection};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

use super::AggregateOver;

/// Removes aggregates of an [`AggregateOver`] whose columns the projection above does not take; the operator too, without any.
#[derive(Debug)]
pub struct PruneAggregates;

impl OptimizerRule for PruneAggregates {
    fn name(&self) -> &str {
        "prune_aggregates"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn rewrite(&self, plan: LogicalPlan, _config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let LogicalPlan::Projection(projection) = &plan else { return Ok(Transformed::no(plan)) };
        let LogicalPlan::Extension(Extension { node }) = projection.input.as_ref() else { return Ok(Transformed::no(plan)) };
        let Some(node) = node.as_any().downcast_ref::<AggregateOver>() else { return Ok(Transformed::no(plan)) };
        let read: HashSet<&str> =
            projection.expr.iter().flat_map(|expr| expr.column_refs()).map(|column| column.name.as_str()).collect();
        match node.with_aggregates_of(&read)? {
            Some(input) => {
                let expressions = projection.expr.clone();
                Ok(Transformed::yes(LogicalPlan::Projection(Projection::try_new(expressions, Arc::new(input))?)))
            }
            None => Ok(Transformed::no(plan)),
        }
    }
}
