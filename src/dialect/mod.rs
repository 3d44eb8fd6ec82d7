//! What SQL means to PostgreSQL and not to the planner: the step between the names of a statement and its plan.
//!
//! | module | when | what |
//! |---|---|---|
//! | [`forms`], [`rows`] | on the syntax tree | clauses and types that have another word in the planner's grammar |
//! | [`calls`], [`returned`] | on the syntax tree | functions that take names of tables, or return rows |
//! | [`whole_rows`] | on the syntax tree, when tables are known | names of tables as arguments |
//! | [`functions`] | while expressions are planned, and while rows are computed | texts, patterns, formats, JSON |
//! | [`operators`] | while expressions are planned | operators of dates and intervals; literals that take the other side's type |
//! | [`parameters`] | on the plan | of which type each parameter is |
//! | [`at_time_zone`], [`to_char`], [`bounded`] | while rows are computed | the clock of a zone; patterns of dates; results that are too large |
//! | [`integers`] | on the syntax tree, at last | which whole numbers are `integer` |
//! | [`casts`], [`quotient`], [`decimals`], [`aggregates`], [`subqueries`] | on the plan | casts that round or read dates as PostgreSQL does; EXISTS and IN outside of WHERE |
//! | [`outer`] | on the plan | types of outer columns in sub-queries |
//! | [`checked`], [`floats`] | on the plan, when all types are known | arithmetic of integers that is out of range; long decimals as doubles |
//!
//! At last [`settled`] brings all types of a plan together, as the engine would before it runs: only then does a plan tell its columns.

mod aggregates;
mod at_time_zone;
mod bounded;
mod calls;
mod casts;
mod checked;
mod decimals;
mod floats;
mod forms;
mod functions;
mod integers;
mod intervals;
mod literals;
mod operators;
mod outer;
mod parameters;
mod quotient;
mod returned;
mod rounding;
mod rows;
mod subqueries;
mod to_char;
mod whole_rows;
pub mod zones;

use datafusion::common::DFSchema;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::Transformed;
use datafusion::error::Result;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::optimizer::AnalyzerRule;
use datafusion::optimizer::analyzer::type_coercion::TypeCoercion;
use datafusion::optimizer::utils::NamePreserver;

pub use at_time_zone::AtTimeZone;
pub use bounded::bound;
pub use forms::rewrite;
pub use functions::operators::TextOperators;
pub use functions::register;
pub use integers::typed as with_integers;
pub use literals::DateOrder;
pub use operators::Operators;
pub use parameters::{typed, wanted};
pub use to_char::ToChar;
pub use whole_rows::expand;

/// The plan that runs, with the types that it will have: those of CASE and UNION are only known when all their branches are.
/// Parameters must have values or types before.
pub fn settled(plan: LogicalPlan, options: &ConfigOptions, order: DateOrder) -> Result<LogicalPlan> {
    let meant = |expr, schema: &DFSchema| {
        functions::operators::meant(expr, schema)?.transform_data(|expr| casts::meant(expr, schema, order))
    };
    let plan = plan.transform_up_with_subqueries(|node| each(subqueries::counted(outer::retyped(node)?.data)?, meant))?.data;
    let plan = TypeCoercion::new().analyze(plan, options)?;
    let computed =
        |expr, schema: &DFSchema| checked::arithmetic(expr, schema)?.transform_data(|expr| floats::exact(expr, schema));
    Ok(plan.transform_up_with_subqueries(|node| each(Transformed::no(node), computed))?.data)
}

/// A node with each of its expressions changed; they keep their names.
fn each(
    node: Transformed<LogicalPlan>,
    mut change: impl FnMut(Expr, &DFSchema) -> Result<Transformed<Expr>>,
) -> Result<Transformed<LogicalPlan>> {
    let schema = merge_schema(&node.data.inputs());
    let names = NamePreserver::new(&node.data);
    let changed = node.data.map_expressions(|expr| {
        let name = names.save(&expr);
        Ok(change(expr, &schema)?.update_data(|expr| name.restore(expr)))
    })?;
    // Also where nothing changed here: the types below may have.
    Ok(Transformed::new_transformed(changed.data.recompute_schema()?, changed.transformed || node.transformed))
}
