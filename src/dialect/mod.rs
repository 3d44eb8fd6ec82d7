//! What SQL means to PostgreSQL and not to the planner: the step between the names of a statement and its plan.
//!
//! | folder | when | what |
//! |---|---|---|
//! | [`statement`] | on the syntax tree | clauses, calls and names that the planner does not know, in its words |
//! | [`types`] | on the plan, and while expressions are planned | which types go together, operators that go by them, and types of parameters |
//! | [`casts`] | on the plan, and while rows are computed | literals, values as texts, and casts between types |
//! | [`comparisons`] | on the plan | comparisons, lists behind IN, and keys of sorts and sets |
//! | [`subqueries`] | on the plan | sub-queries, correlated ones too, and recursive ones |
//! | [`functions`] | while expressions are planned, and while rows are computed | which functions there are, what they take, and what they are made of |
//! | [`numbers`], [`moments`], [`texts`], [`arrays`] | on the plan, and while rows are computed | operators and functions of these; of bytes and JSON with the texts |
//! | [`aggregates`] | on the plan, and while rows are computed | aggregates and frames of windows |
//! | [`formats`] | while rows are computed | patterns of dates and numbers: `to_char` and its like |
//! | [`guards`] | on the plan, at last, and when it is optimised | conditions that keep others from failing |
//! | [`failure`] | everywhere | errors with PostgreSQL's SQLSTATEs |
//!
//! At last [`settled`] brings all types of a plan together, as the engine would before it runs: only then does a plan tell its columns.

mod aggregates;
mod arrays;
mod casts;
mod comparisons;
mod failure;
mod formats;
mod functions;
mod guards;
mod moments;
mod numbers;
mod statement;
mod subqueries;
mod texts;
mod types;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Expr, LogicalPlan, Unnest};
use datafusion::optimizer::AnalyzerRule;
use datafusion::optimizer::analyzer::type_coercion::TypeCoercion;
use datafusion::optimizer::utils::NamePreserver;
use datafusion::sql::sqlparser::ast::Statement;

use crate::catalog::pg::types::PG_TYPE_KEY;
use aggregates::{frames, given_order, grouping_sets};
use casts::{floats, number_text, uuids};
use comparisons::{documents, kept, keys, lists, unpruned};
use functions::same;
use numbers::checked;
use statement::{clauses, forms};
use subqueries::{bounds, correlated, null_keys, outer, recursion};
use types::united::{self, values};

pub use casts::literals::DateOrder;
pub use casts::uuids::is_uuid;
pub use functions::any_type::take_uuids;
pub use functions::bounded::bound;
pub use functions::callable::{instead, is_callable};
pub use functions::registered::register;
pub use guards::after_all;
pub use moments::zones;
pub use statement::grammar::check;
pub use statement::integers::typed as with_integers;
pub use statement::scope::scoped;
pub use subqueries::recursion::shared::Shared as SharedWorkTables;
pub use texts::operators::TextOperators;
pub use types::operators::Operators;
pub use types::parameters::{typed, wanted};

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
        let expr = frames::measured(expr, schema)?;
        expr.transform_data(|expr| texts::operators::meant(expr, schema))?
            .transform_data(|expr| casts::meant(expr, schema, order))
    };
    let plan = plan.transform_up_with_subqueries(|node| {
        frames::check(&node)?;
        let node = grouping_sets::of_columns(bounds::kept(given_order::kept(node)?.data)?.data)?;
        let node = united::united(outer::retyped(node)?.data, order)?.data;
        let node = each(subqueries::counted(node)?, meant)?.map_data(values::with_decimals)?;
        sorted(node)
    })?;
    let plan = plan.data;
    let plan = TypeCoercion::new().analyze(plan, options)?;
    let computed = |expr, schema: &DFSchema| {
        casts::argument(expr, schema, order)?
            .transform_data(|expr| checked::arithmetic(expr, schema))?
            .transform_data(|expr| floats::exact(expr, schema))?
            .transform_data(|expr| number_text::written(expr, schema))?
            .transform_data(|expr| casts::texts::written(expr, schema))?
            .transform_data(|expr| uuids::meant(expr, schema))?
            .transform_data(lists::compared)?
            .transform_data(|expr| unpruned::compared(expr, schema))?
            .transform_data(|expr| keys::keyed(expr, schema))?
            .transform_data(|expr| documents::compared(expr, schema))?
            .transform_data(|expr| kept::compared(expr, schema))
    };
    let plan = plan.transform_up_with_subqueries(|node| {
        let node = each(Transformed::no(node), computed)?
            .map_data(keys::sorted)?
            .map_data(documents::grouped)?
            .map_data(unpruned::joined)?;
        match aggregates::sorted::differ(&node.data) {
            true => each(node, |expr, _| Ok(aggregates::sorted::meant(expr))),
            false => Ok(node),
        }
    })?;
    guards::guarded(recursion::aligned(null_keys::told_apart(correlated::independent(plan.data)?)?)?)
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
    let mut named = |expr: Expr, is_in_set: bool| {
        let name = names.save(&expr);
        let changed = change(expr, &schema)?;
        // Where its set has no such member a constant is NULL.
        let varied =
            changed.transform_data(|expr| Ok(if is_in_set { same::varied(expr, &schema) } else { Transformed::no(expr) }))?;
        Ok(varied.update_data(|expr| name.restore(expr)))
    };
    let changed = node.data.map_expressions(|expr| match expr {
        // The members of sets are columns of the result, and the sets themselves are not.
        Expr::GroupingSet(_) => expr.map_children(|member| named(member, true)),
        expr => named(expr, false),
    })?;
    // Also where nothing changed here: the types below may have.
    Ok(Transformed::new_transformed(changed.data.recompute_schema()?, changed.transformed || node.transformed))
}
