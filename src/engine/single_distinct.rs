//! Aggregates of one DISTINCT column become two steps of grouping, and the sums beside it sums of sums. A sum of decimals has more digits
//! than they have, so a sum of sums is of another type than the plan above was made for: each gets its own type back.

use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::error::Result;
use datafusion::logical_expr::expr::Alias;
use datafusion::logical_expr::{Expr, LogicalPlan, Projection, cast};
use datafusion::optimizer::single_distinct_to_groupby::SingleDistinctToGroupBy;
use datafusion::optimizer::{ApplyOrder, Optimizer, OptimizerConfig, OptimizerRule};

use super::computed_keys::ComputedKeys;

/// The engine's own rules, of which this one keeps types, and the one for keys.
pub fn rules() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    let keeps_types = |rule: Arc<dyn OptimizerRule + Send + Sync>| match rule.name() == SingleDistinctToGroupBy::new().name() {
        true => Arc::new(SameTypes { rule }) as Arc<dyn OptimizerRule + Send + Sync>,
        false => rule,
    };
    let keys: Arc<dyn OptimizerRule + Send + Sync> = Arc::new(ComputedKeys);
    Optimizer::new().rules.into_iter().map(keeps_types).chain([keys]).collect()
}

#[derive(Debug)]
struct SameTypes {
    rule: Arc<dyn OptimizerRule + Send + Sync>,
}

impl OptimizerRule for SameTypes {
    fn name(&self) -> &str {
        self.rule.name()
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        self.rule.apply_order()
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let schema = Arc::clone(plan.schema());
        self.rule.rewrite(plan, config)?.map_data(|plan| match plan {
            LogicalPlan::Projection(Projection { expr, input, schema: found, .. }) if found != schema => {
                let types =
                    schema.fields().iter().zip(found.fields()).map(|(wanted, found)| (wanted.data_type(), found.data_type()));
                let expr = expr.into_iter().zip(types).map(|(expr, (wanted, found))| match expr {
                    Expr::Alias(Alias { expr, relation, name, metadata }) if wanted != found => {
                        Expr::Alias(Alias { expr: Box::new(cast(*expr, wanted.clone())), relation, name, metadata })
                    }
                    expr => expr,
                });
                Projection::try_new(expr.collect(), input).map(LogicalPlan::Projection)
            }
            plan => Ok(plan),
        })
    }
}
