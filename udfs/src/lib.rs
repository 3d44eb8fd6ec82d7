//! Functions for customer intelligence, for any DataFusion session: value and churn, identity, and what they need.
//!
//! | module | what |
//! |---|---|
//! | [`doc`] | documentation as data: the manual is made from it |
//! | [`error`] | errors with the SQLSTATE that Postgres clients expect |
//! | [`type_name`], [`args`], [`time`] | types by name, arguments and points in time, handled once |
//! | [`notice`] | what functions say beside their results |
//! | [`models`] | the mathematics of buying and leaving: plain Rust |
//! | [`covariates`] | what is known of customers beside their purchases, as an argument |
//! | [`learning`] | probabilities of what a customer will do, learned from columns of features: plain Rust |
//! | [`fitted_model`] | a fitted model as a value, and back |
//! | [`feature_columns`] | columns of any type as features |
//! | [`text`], [`linkage`] | normalised texts, distances, matching of records: plain Rust |
//! | [`scalar`], [`aggregate`], [`window`], [`table`] | the functions, one file each |
//! | [`operator`] | the plan operators that DataFusion lacks |
//! | `require` | a condition on data as an expression |
//! | [`codec`] | plans with these functions and operators as bytes, for a cluster |
//! | [`options`], [`relation`] | the frame of table functions: options, relations, planning |
//!
//! [`register_all`] is the one entrance; [`relation::rewrite`] prepares a statement whose table functions take bare table names.

pub mod aggregate;
pub mod args;
pub mod codec;
pub mod covariates;
pub mod doc;
pub mod error;
pub mod feature_columns;
pub mod fitted_model;
pub mod learning;
pub mod linkage;
pub mod models;
pub mod notice;
pub mod operator;
pub mod options;
pub mod relation;
mod require;
pub mod scalar;
pub mod stopped;
pub mod table;
pub mod text;
pub mod time;
pub mod type_name;
pub mod window;

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use datafusion::catalog::Session;
use datafusion::common::Result;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::context::QueryPlanner;
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::logical_expr::planner::RelationPlanner;
use datafusion::optimizer::common_subexpr_eliminate::CommonSubexprEliminate;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{DefaultPhysicalPlanner, ExtensionPlanner, PhysicalPlanner};

use doc::Doc;
use notice::Notices;

/// The documentation of every function, in the order of the manual: by topic, then by name and kind.
pub fn functions() -> &'static [&'static Doc] {
    &DOCS
}

static DOCS: LazyLock<Vec<&'static Doc>> = LazyLock::new(|| {
    let mut docs: Vec<&'static Doc> = scalar::all().into_iter().map(|(doc, _)| doc).collect();
    docs.extend(aggregate::all().into_iter().map(|(doc, _)| doc));
    docs.extend(window::all(&Notices::default()).into_iter().map(|(doc, _)| doc));
    docs.extend(table::all().into_iter().map(|f| f.doc()));
    docs.sort_by_key(|doc| (doc.topic, doc.name, doc.kind));
    docs
});

/// Gives a session every function, the planner of table functions, and the operators that they plan into.
pub fn register_all(mut builder: SessionStateBuilder) -> SessionStateBuilder {
    let scalars = scalar::all().into_iter().map(|(_, f)| Arc::new(f));
    builder.scalar_functions().get_or_insert_default().extend(scalars);
    let aggregates = aggregate::all().into_iter().map(|(_, f)| Arc::new(f));
    builder.aggregate_functions().get_or_insert_default().extend(aggregates);
    let windows = window::all(&Notices::default()).into_iter().map(|(_, f)| Arc::new(f));
    builder.window_functions().get_or_insert_default().extend(windows);
    builder.expr_planners().get_or_insert_default().insert(0, Arc::new(window::WholePartitions));
    let planner = Arc::new(relation::FunctionPlanner::new(table::all()));
    let planners: [Arc<dyn RelationPlanner>; 2] = [Arc::new(operator::KeylessRelations), planner];
    builder.relation_planners().get_or_insert_default().splice(0..0, planners);
    builder.optimizer().get_or_insert_default().rules.insert(0, Arc::new(operator::ForgetUnnestedKeys));
    let builder = builder.with_optimizer_rule(Arc::new(operator::PruneAggregates));
    // Fields of one struct are moved to where it is computed, each with all that computes it: once is enough.
    let builder = builder.with_optimizer_rule(Arc::new(CommonSubexprEliminate::new()));
    let builder = builder.with_physical_optimizer_rule(Arc::new(operator::DenseGroups));
    builder.with_query_planner(Arc::new(CustomerQueryPlanner))
}

/// Has the functions of one session say what they have to say to `notices`; without this nobody hears it.
///
/// # Errors
/// Those of a state that takes no functions.
pub fn report_to(state: &mut SessionState, notices: &Notices) -> Result<()> {
    state.config_mut().options_mut().extensions.insert(notices.clone());
    window::all(notices).into_iter().try_for_each(|(_, function)| state.register_udwf(Arc::new(function)).map(drop))
}

/// The planners of this crate's operators, for a session that has a query planner of its own.
pub fn extension_planners() -> Vec<Arc<dyn ExtensionPlanner + Send + Sync>> {
    vec![
        Arc::new(operator::AggregateOverPlanner),
        Arc::new(operator::ForgetKeysPlanner),
        Arc::new(operator::LinkRecordsPlanner),
        Arc::new(operator::MergeRecordsPlanner),
    ]
}

/// DataFusion's planner with the operators of this crate.
#[derive(Debug)]
struct CustomerQueryPlanner;

#[async_trait]
impl QueryPlanner for CustomerQueryPlanner {
    async fn create_physical_plan(&self, plan: &LogicalPlan, state: &dyn Session) -> Result<Arc<dyn ExecutionPlan>> {
        DefaultPhysicalPlanner::with_extension_planners(extension_planners()).create_physical_plan(plan, state).await
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_function_is_documented_tested_and_named_once() {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/slt/functions");
        let mut seen = HashSet::new();
        for doc in functions() {
            assert!(seen.insert((doc.name, doc.kind)), "{} {} is there twice", doc.kind.name(), doc.name);
            assert!(!doc.summary.is_empty() && !doc.example.is_empty(), "{}: summary or example is missing", doc.name);
            assert!(doc.example.contains(doc.name), "{}: the example does not use it", doc.name);
            assert!(!doc.returns.is_empty(), "{}: the result is not described", doc.name);
            let case = cases.join(format!("{}.slt", doc.name));
            let text = std::fs::read_to_string(&case).unwrap_or_default();
            assert!(text.contains(&format!("{}(", doc.name)), "{}: {} does not call it", doc.name, case.display());
        }
        let scalars: HashSet<_> = scalar::all().iter().map(|(doc, _)| doc.name).collect();
        for (doc, _) in window::all(&Notices::default()) {
            assert!(!scalars.contains(doc.name), "{}: a scalar function hides the window function", doc.name);
        }
    }
}
