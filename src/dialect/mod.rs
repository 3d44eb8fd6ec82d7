//! What SQL means to PostgreSQL and not to the planner: the step between the names of a statement and its plan.
//!
//! | module | when | what |
//! |---|---|---|
//! | [`grammar`], [`callable`] | on the syntax tree, at first | what the parser and the planner take and PostgreSQL does not |
//! | [`clauses`] | on the syntax tree | windows, groups, samples and functions in FROM that the planner does not know |
//! | [`calls`], [`returned`] | on the syntax tree | calls that have words between their arguments, and functions that return rows |
//! | [`forms`], [`rows`], [`exponents`] | on the syntax tree | clauses, types and numbers that have another word in the planner's grammar |
//! | [`scope`] | on the syntax tree, when tables are known | USING, whole rows, names in ORDER BY, EXCEPT ALL, WITH TIES |
//! | [`functions`] | while expressions are planned, and while rows are computed | texts, patterns, formats, JSON |
//! | [`patterns`] | while rows are computed | regular expressions |
//! | [`operators`] | while expressions are planned | operators of dates and intervals; literals that take the other side's type |
//! | [`parameters`] | on the plan | of which type each parameter is |
//! | [`at_time_zone`], [`to_char`], [`to_number`], [`to_timestamp`] | while rows are computed | the clock of a zone; patterns of dates and numbers |
//! | [`bounded`], [`any_type`], [`signs`] | while rows are computed | results that are too large; arguments of any type; signs |
//! | [`comparisons`], [`clocks`] | on the plan | of intervals and arrays; what a clock of the session's zone shows at a moment |
//! | [`function`]: [`calendar`], [`fields`], [`truncation`], [`series`], [`overlaps`] | while rows are computed | dates and times from parts, and their parts |
//! | [`arrays`], [`quantified`], [`maths`] | while rows are computed | functions and operators of arrays; of numbers, with their errors |
//! | [`ordered_sets`], [`quantiles`], [`variance`], [`interval_aggregates`], [`extremes`], [`mean`], [`real_sum`] | aggregates | of ordered sets; exact ones; of intervals; of floating-point numbers |
//! | [`integers`] | on the syntax tree, at last | which whole numbers are `integer` |
//! | [`casts`], [`quotient`], [`decimals`], [`aggregates`], [`subqueries`] | on the plan | casts that round or read dates as PostgreSQL does; EXISTS and IN outside of WHERE |
//! | [`agreement`], [`signatures`], [`castable`] | on the plan, and while expressions are planned | which types go together, which a function takes, and which are cast to which |
//! | [`mixed`], [`unconstrained`], [`places`], [`powers`], [`derived`] | on the plan | `double precision` beside other numbers; `numeric` without a scale; `round` and its like, roots and powers; what is computed from quotients |
//! | [`chains`] | on the plan | long chains of operators, which are followed once |
//! | [`outer`], [`frames`] | on the plan | types of outer columns in sub-queries; frames of windows |
//! | [`checked`], [`floats`], [`number_text`], [`texts`], [`uuids`], [`lists`], [`unpruned`], [`keys`] | on the plan, when all types are known | arithmetic that is out of range; long decimals as doubles; values as texts; casts of UUIDs; lists of expressions; columns that may hold NaN; keys of sorts and sets |
//! | [`recursion`] | on the plan, before all else | types of recursive terms |
//! | [`correlated`] | on the plan, at last | sub-queries that read columns of the query around them |
//!
//! At last [`settled`] brings all types of a plan together, as the engine would before it runs: only then does a plan tell its columns.

mod aggregates;
mod agreement;
mod any_type;
mod arrays;
mod at_time_zone;
mod bounded;
mod calendar;
mod callable;
mod calls;
mod castable;
mod casts;
mod chains;
mod checked;
mod checked_floats;
mod clauses;
mod clocks;
mod comparisons;
mod correlated;
mod decimals;
mod derived;
mod exponents;
mod extremes;
mod failure;
mod fields;
mod floats;
mod forms;
mod frames;
mod function;
mod functions;
mod grammar;
mod integers;
mod interval_aggregates;
mod intervals;
mod keys;
mod level;
mod lists;
mod literals;
mod maths;
mod mean;
mod mixed;
mod moments;
mod number_text;
mod operators;
mod ordered_sets;
mod outer;
mod overlaps;
mod parameters;
mod patterns;
mod places;
mod powers;
mod quantified;
mod quantiles;
mod quotient;
mod reading;
mod real_sum;
mod recursion;
mod registered;
mod returned;
mod rounding;
mod rows;
mod same;
mod scope;
mod series;
mod signatures;
mod signs;
mod subqueries;
mod texts;
mod to_char;
mod to_number;
mod to_timestamp;
mod truncation;
mod unconstrained;
mod unpruned;
mod uuids;
mod variance;
pub mod zones;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::Transformed;
use datafusion::error::Result;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Expr, LogicalPlan, Unnest};
use datafusion::optimizer::AnalyzerRule;
use datafusion::optimizer::analyzer::type_coercion::TypeCoercion;
use datafusion::optimizer::utils::NamePreserver;
use datafusion::sql::sqlparser::ast::Statement;

use crate::catalog::pg::types::PG_TYPE_KEY;
pub use any_type::take_uuids;
pub use bounded::bound;
pub use callable::{instead, is_callable};
pub use functions::operators::TextOperators;
pub use grammar::check;
pub use integers::typed as with_integers;
pub use literals::DateOrder;
pub use operators::Operators;
pub use parameters::{typed, wanted};
pub use registered::register;
pub use scope::scoped;
pub use uuids::is_uuid;

/// Rewrites a statement, once; its columns have their names already.
///
/// # Errors
/// Those of PostgreSQL for clauses that say what cannot be, and 0A000.
pub fn rewrite(statement: &mut Statement) -> crate::error::Result<()> {
    clauses::rewrite(statement)?;
    forms::rewrite(statement)
}

/// The plan that runs, with the types that it will have: those of CASE and UNION are only known when all their branches are.
/// Parameters must have values or types before.
pub fn settled(plan: LogicalPlan, options: &ConfigOptions, order: DateOrder) -> Result<LogicalPlan> {
    recursion::check(&plan)?;
    let meant = |expr, schema: &DFSchema| {
        functions::operators::meant(expr, schema)?.transform_data(|expr| casts::meant(expr, schema, order))
    };
    let plan = plan.transform_up_with_subqueries(|node| {
        frames::check(&node)?;
        let node = agreement::united(outer::retyped(node)?.data, order)?.data;
        let node = mixed::united(node)?.data;
        sorted(each(subqueries::counted(node)?, meant)?)
    })?;
    let plan = plan.data;
    let plan = TypeCoercion::new().analyze(plan, options)?;
    let computed = |expr, schema: &DFSchema| {
        casts::argument(expr, schema, order)?
            .transform_data(|expr| checked::arithmetic(expr, schema))?
            .transform_data(|expr| floats::exact(expr, schema))?
            .transform_data(|expr| number_text::written(expr, schema))?
            .transform_data(|expr| texts::written(expr, schema))?
            .transform_data(|expr| uuids::meant(expr, schema))?
            .transform_data(lists::compared)?
            .transform_data(|expr| unpruned::compared(expr, schema))?
            .transform_data(|expr| keys::keyed(expr, schema))
    };
    let plan = plan.transform_up_with_subqueries(|node| each(Transformed::no(node), computed)?.map_data(keys::sorted))?;
    correlated::independent(plan.data)
}

/// A sort whose keys compare as PostgreSQL compares them.
///
/// # Errors
/// 0A000 for `unnest` of arrays of several dimensions.
fn sorted(node: Transformed<LogicalPlan>) -> Result<Transformed<LogicalPlan>> {
    match node.data {
        LogicalPlan::Unnest(unnest) if has_dimensions(&unnest) => {
            Err(failure::failed("0A000", "unnest of arrays of several dimensions is not supported"))
        }
        LogicalPlan::Sort(_) => {
            let node = each(node, |expr, schema| Ok(comparisons::ordered(expr, schema)))?;
            Ok(node.update_data(unpruned::sorted))
        }
        _ => Ok(node),
    }
}

/// Whether the elements of what is unnested are arrays, of which PostgreSQL returns the innermost elements.
fn has_dimensions(unnest: &Unnest) -> bool {
    let is_nested = |place: &usize| {
        let field = unnest.input.schema().fields().get(*place);
        let Some(DataType::List(element)) = field.map(|field| field.data_type()) else { return false };
        // Of rows that a function returns, each may be an array, and says so.
        element.data_type().is_list() && !element.metadata().contains_key(PG_TYPE_KEY)
    };
    unnest.list_type_columns.iter().any(|(place, _)| is_nested(place))
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
