//! `ForgetKeys`: the same rows, of which nothing is known to be unique.
//!
//! DataFusion carries what GROUP BY makes unique through everything above it, and two steps get it wrong. Unnesting repeats a row and
//! keeps its key. Grouping by a key and by more says that the key alone is one of the result. GROUP BY, DISTINCT and ORDER BY then lose columns that they need,
//! and windows their peers: rows are wrong. So nothing is told of keys where it would be used wrongly: out of FROM, and below an unnest.

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::Session;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchemaRef, FunctionalDependencies, Result, internal_err};
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::planner::{PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning};
use datafusion::logical_expr::{Expr, Extension, LogicalPlan, UserDefinedLogicalNode, UserDefinedLogicalNodeCore};
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{ExtensionPlanner, PhysicalPlanner};
use datafusion::sql::sqlparser::ast::TableFactor;

/// The logical operator.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ForgetKeys {
    input: LogicalPlan,
    schema: DFSchemaRef,
}

impl ForgetKeys {
    pub(crate) fn try_new(input: LogicalPlan) -> Result<Self> {
        let schema = input.schema().as_ref().clone().with_functional_dependencies(FunctionalDependencies::empty())?;
        Ok(Self { input, schema: Arc::new(schema) })
    }
}

/// Whether the rows of a plan come from groups, or are distinct, and are still known by what they differ in.
fn has_keys(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Aggregate(aggregate) => !aggregate.schema.functional_dependencies().is_empty(),
        LogicalPlan::Distinct(_) => true,
        LogicalPlan::Extension(_) => false,
        _ => plan.inputs().into_iter().any(has_keys),
    }
}

/// The plan with the operator above what has keys. One that reads an outer query's columns keeps them: it is taken apart first.
fn without_keys(plan: LogicalPlan) -> Result<LogicalPlan> {
    let is_of_outer = |plan: &LogicalPlan| !plan.all_out_ref_exprs().is_empty();
    if !has_keys(&plan) || is_of_outer(&plan) { Ok(plan) } else { forgetting(plan) }
}

fn forgetting(plan: LogicalPlan) -> Result<LogicalPlan> {
    if !has_keys(&plan) {
        return Ok(plan);
    }
    if matches!(plan, LogicalPlan::Aggregate(_) | LogicalPlan::Distinct(_)) {
        return Ok(LogicalPlan::Extension(Extension { node: Arc::new(ForgetKeys::try_new(plan)?) }));
    }
    plan.map_children(|input| forgetting(input).map(Transformed::yes))?.data.recompute_schema()
}

impl PartialOrd for ForgetKeys {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.input.partial_cmp(&other.input)
    }
}

impl UserDefinedLogicalNodeCore for ForgetKeys {
    fn name(&self) -> &str {
        "ForgetKeys"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        vec![]
    }

    fn prevent_predicate_push_down_columns(&self) -> HashSet<String> {
        HashSet::new()
    }

    fn necessary_children_exprs(&self, output_columns: &[usize]) -> Option<Vec<Vec<usize>>> {
        Some(vec![output_columns.to_vec()])
    }

    fn supports_limit_pushdown(&self) -> bool {
        true
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("ForgetKeys")
    }

    fn with_exprs_and_inputs(&self, _: Vec<Expr>, mut inputs: Vec<LogicalPlan>) -> Result<Self> {
        match (inputs.pop(), inputs.is_empty()) {
            (Some(input), true) => Self::try_new(input),
            _ => internal_err!("ForgetKeys takes one input"),
        }
    }
}

/// Below every unnest. Comes before the rules that use what is known of keys.
#[derive(Debug)]
pub struct ForgetUnnestedKeys;

impl OptimizerRule for ForgetUnnestedKeys {
    fn name(&self) -> &str {
        "forget_unnested_keys"
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        if !has_keys_below_unnest(&plan)? {
            return Ok(Transformed::no(plan));
        }
        plan.transform_up_with_subqueries(|mut node| {
            if let LogicalPlan::Unnest(unnest) = &mut node {
                unnest.input = Arc::new(without_keys(unnest.input.as_ref().clone())?);
            }
            // What is above an unnest knows of keys from it.
            node.recompute_schema().map(Transformed::yes)
        })
    }
}

fn has_keys_below_unnest(plan: &LogicalPlan) -> Result<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|node| {
        found |= matches!(node, LogicalPlan::Unnest(unnest) if has_keys(&unnest.input));
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })?;
    Ok(found)
}

/// Plans what is in FROM as ever, and forgets its keys.
#[derive(Debug)]
pub struct KeylessRelations;

thread_local! {
    /// Whether the next relation is one that this planner has asked for.
    static IS_ASKED_FOR: Cell<bool> = const { Cell::new(false) };
}

impl RelationPlanner for KeylessRelations {
    fn plan_relation(&self, factor: TableFactor, context: &mut dyn RelationPlannerContext) -> Result<RelationPlanning> {
        let is_asked_for = IS_ASKED_FOR.replace(false);
        if is_asked_for || !matches!(factor, TableFactor::Derived { .. } | TableFactor::Table { .. }) {
            return Ok(RelationPlanning::Original(Box::new(factor)));
        }
        IS_ASKED_FOR.set(true);
        let plan = context.plan(factor)?;
        Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(without_keys(plan)?, None))))
    }
}

/// Makes of a [`ForgetKeys`] what is below it.
#[derive(Debug)]
pub struct ForgetKeysPlanner;

#[async_trait]
impl ExtensionPlanner for ForgetKeysPlanner {
    async fn plan_extension(
        &self,
        _planner: &dyn PhysicalPlanner,
        node: &dyn UserDefinedLogicalNode,
        _logical_inputs: &[&LogicalPlan],
        physical_inputs: &[Arc<dyn ExecutionPlan>],
        _state: &dyn Session,
        _context: &PhysicalPlanningContext,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        match (node.as_any().is::<ForgetKeys>(), physical_inputs) {
            (true, [input]) => Ok(Some(Arc::clone(input))),
            (true, _) => internal_err!("ForgetKeys takes one input"),
            (false, _) => Ok(None),
        }
    }
}
