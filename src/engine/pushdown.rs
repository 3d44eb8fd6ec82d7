//! Filters on their way down a plan that runs. The engine finds their columns again by name, and of several columns of one name takes the
//! first: `WHERE a.id IS NULL` above a join of two tables with a column `id` would skip files by the other one. A plan in which that may
//! happen keeps its filters where they are: those that the optimiser pushed down before know their tables.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::datatypes::Schema;
use datafusion::common::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::physical_plan::ExecutionPlan;

use super::grouping_sets::GroupingSets;
use crate::dialect::SharedWorkTables;

/// The engine's own rules, of which those that push filters down ask for names first, behind one for recursive queries and one for grouping sets.
pub fn rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let careful = |rule: Arc<dyn PhysicalOptimizerRule + Send + Sync>| match rule.name().starts_with("FilterPushdown") {
        true => Arc::new(ByName { rule }) as Arc<dyn PhysicalOptimizerRule + Send + Sync>,
        false => rule,
    };
    let shared: Arc<dyn PhysicalOptimizerRule + Send + Sync> = Arc::new(SharedWorkTables);
    let grouping: Arc<dyn PhysicalOptimizerRule + Send + Sync> = Arc::new(GroupingSets);
    [shared, grouping].into_iter().chain(PhysicalOptimizer::new().rules.into_iter().map(careful)).collect()
}

#[derive(Debug)]
struct ByName {
    rule: Arc<dyn PhysicalOptimizerRule + Send + Sync>,
}

impl PhysicalOptimizerRule for ByName {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        match may_mistake(&plan).1 {
            true => Ok(plan),
            false => self.rule.optimize(plan, config),
        }
    }

    fn name(&self) -> &str {
        self.rule.name()
    }

    fn schema_check(&self) -> bool {
        self.rule.schema_check()
    }
}

/// Whether a name repeats in the columns of the plan or below it, and whether that is below a filter.
fn may_mistake(plan: &Arc<dyn ExecutionPlan>) -> (bool, bool) {
    let below = plan.children().into_iter().map(may_mistake);
    let (repeats, mistaken) = below.fold((false, false), |(a, b), (c, d)| (a || c, b || d));
    (repeats || repeated(&plan.schema()), mistaken || (repeats && filters(plan.name())))
}

fn repeated(schema: &Schema) -> bool {
    let mut names = HashSet::new();
    !schema.fields().iter().all(|field| names.insert(field.name()))
}

/// Whether such a node filters what is below it; some do while they run.
fn filters(name: &str) -> bool {
    matches!(name, "FilterExec" | "SortExec" | "AggregateExec" | "HashJoinExec")
}
