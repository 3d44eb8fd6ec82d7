//! What SQL means to PostgreSQL and not to the planner: the step between the names of a statement and its plan.
//!
//! | module | when | what |
//! |---|---|---|
//! | [`forms`] | on the syntax tree | clauses and types that have another word in the planner's grammar |
//! | [`operators`] | while expressions are planned | operators of dates and intervals; literals that take the other side's type |
//! | [`parameters`] | on the plan | of which type each parameter is |
//! | [`at_time_zone`], [`bounded`] | while rows are computed | the clock of a zone; results that are too large |
//! | [`casts`], [`subqueries`] | on the plan | casts that round or read dates as PostgreSQL does; EXISTS and IN outside of WHERE |
//!
//! At last [`settled`] brings all types of a plan together, as the engine would before it runs: only then does a plan tell its columns.

mod at_time_zone;
mod bounded;
mod casts;
mod forms;
mod intervals;
mod literals;
mod operators;
mod parameters;
mod rounding;
mod subqueries;
pub mod zones;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::Transformed;
use datafusion::error::Result;
use datafusion::logical_expr::LogicalPlan;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::optimizer::AnalyzerRule;
use datafusion::optimizer::analyzer::type_coercion::TypeCoercion;
use datafusion::optimizer::utils::NamePreserver;

pub use at_time_zone::AtTimeZone;
pub use bounded::bound;
pub use forms::rewrite;
pub use literals::DateOrder;
pub use operators::Operators;
pub use parameters::{typed, wanted};

/// The plan that runs, with the types that it will have: those of CASE and UNION are only known when all their branches are.
/// Parameters must have values or types before.
pub fn settled(plan: LogicalPlan, options: &ConfigOptions, order: DateOrder) -> Result<LogicalPlan> {
    let plan = plan.transform_up_with_subqueries(|node| meant(node, order))?.data;
    TypeCoercion::new().analyze(plan, options)
}

fn meant(node: LogicalPlan, order: DateOrder) -> Result<Transformed<LogicalPlan>> {
    let node = subqueries::counted(node)?;
    let schema = merge_schema(&node.data.inputs());
    let names = NamePreserver::new(&node.data);
    let changed = node.data.map_expressions(|expr| {
        let name = names.save(&expr);
        Ok(casts::meant(expr, &schema, order)?.update_data(|expr| name.restore(expr)))
    })?;
    if changed.transformed {
        return changed.map_data(LogicalPlan::recompute_schema);
    }
    Ok(Transformed::new_transformed(changed.data, node.transformed))
}
