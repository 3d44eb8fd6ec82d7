//! What rows are sorted and partitioned by, where that is more than a column: computed first, as a column of its own.
//!
//! The engine knows the order of rows by what it knows of the values of an expression, and of some it knows nothing: a comparison with a
//! quotient, `abs` of a remainder. Rows that were just sorted by such a one it takes for unsorted: plans were refused, partitions of
//! windows not found, a LIMIT behind them forgotten. Of a column it knows all that it must.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::expr::Alias;
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, LogicalPlanBuilder, Sort, SortExpr, Window, ident};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

/// Comes after the engine's own rules.
#[derive(Debug)]
pub struct ComputedKeys;

impl OptimizerRule for ComputedKeys {
    fn name(&self) -> &str {
        "computed_keys"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        match plan {
            LogicalPlan::Sort(sort) => {
                let Some(keys) = Keys::of(&sort.input, sort.expr.iter().map(|key| &key.expr)) else {
                    return Ok(Transformed::no(LogicalPlan::Sort(sort)));
                };
                let columns = columns_of(&sort.input);
                let input = keys.computed(&sort.input)?;
                let expr = sort.expr.into_iter().map(|key| key.with_expr(keys.column(&key.expr))).collect();
                let sorted = LogicalPlan::Sort(Sort { expr, input: Arc::new(input), fetch: sort.fetch });
                Ok(Transformed::yes(LogicalPlanBuilder::from(sorted).project(columns)?.build()?))
            }
            LogicalPlan::Window(window) => {
                let Some(keys) = Keys::of(&window.input, window.window_expr.iter().flat_map(keys_of)) else {
                    return Ok(Transformed::no(LogicalPlan::Window(window)));
                };
                let columns: Vec<Expr> = window.schema.columns().into_iter().map(Expr::Column).collect();
                let input = keys.computed(&window.input)?;
                let expr = window.window_expr.into_iter().map(|expr| keys.of_call(expr)).collect();
                let windowed = LogicalPlan::Window(Window::try_new(expr, Arc::new(input))?);
                Ok(Transformed::yes(LogicalPlanBuilder::from(windowed).project(columns)?.build()?))
            }
            LogicalPlan::Aggregate(aggregate) => {
                let Some(keys) = Keys::of(&aggregate.input, aggregate.aggr_expr.iter().flat_map(keys_of)) else {
                    return Ok(Transformed::no(LogicalPlan::Aggregate(aggregate)));
                };
                let columns: Vec<Expr> = aggregate.schema.columns().into_iter().map(Expr::Column).collect();
                let input = Arc::new(keys.computed(&aggregate.input)?);
                let expr = aggregate.aggr_expr.into_iter().map(|expr| keys.of_call(expr)).collect();
                let aggregated = LogicalPlan::Aggregate(Aggregate::try_new(input, aggregate.group_expr, expr)?);
                Ok(Transformed::yes(LogicalPlanBuilder::from(aggregated).project(columns)?.build()?))
            }
            plan => Ok(Transformed::no(plan)),
        }
    }
}

/// What a call partitions and sorts by. An aggregate of DISTINCT values sorts by what it takes, which it compares with the key.
fn keys_of(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Alias(Alias { expr, .. }) => keys_of(expr),
        Expr::WindowFunction(function) => {
            function.params.partition_by.iter().chain(function.params.order_by.iter().map(|key| &key.expr)).collect()
        }
        Expr::AggregateFunction(call) if !call.params.distinct => call.params.order_by.iter().map(|key| &key.expr).collect(),
        _ => vec![],
    }
}

fn columns_of(plan: &LogicalPlan) -> Vec<Expr> {
    plan.schema().columns().into_iter().map(Expr::Column).collect()
}

/// Keys that are more than a column, each with the name of its column.
struct Keys(Vec<(Expr, String)>);

impl Keys {
    fn of<'a>(input: &LogicalPlan, keys: impl Iterator<Item = &'a Expr>) -> Option<Self> {
        let mut computed: Vec<(Expr, String)> = vec![];
        let mut names = (1..).map(|number| format!("computed key {number}"));
        for key in keys.filter(|key| is_computed(key)) {
            if computed.iter().all(|(known, _)| known != key) {
                let is_free = |name: &String| input.schema().fields().iter().all(|field| field.name() != name);
                computed.push((key.clone(), names.find(is_free)?));
            }
        }
        (!computed.is_empty()).then_some(Self(computed))
    }

    /// The plan with a column for each.
    fn computed(&self, input: &LogicalPlan) -> Result<LogicalPlan> {
        let keys = self.0.iter().map(|(key, name)| key.clone().unalias().alias(name));
        LogicalPlanBuilder::from(input.clone()).project(columns_of(input).into_iter().chain(keys))?.build()
    }

    /// The column of a key; any other is one.
    fn column(&self, key: &Expr) -> Expr {
        let found = self.0.iter().find(|(known, _)| known == key);
        found.map_or_else(|| key.clone(), |(_, name)| ident(name))
    }

    /// A call over these columns, under the name it had.
    fn of_call(&self, expr: Expr) -> Expr {
        if !keys_of(&expr).into_iter().any(is_computed) {
            return expr;
        }
        let name = expr.schema_name().to_string();
        let sorted = |order_by: &[SortExpr]| order_by.iter().map(|key| key.with_expr(self.column(&key.expr))).collect();
        let call = match expr.unalias() {
            Expr::WindowFunction(mut function) => {
                let params = &mut function.params;
                params.partition_by = params.partition_by.iter().map(|key| self.column(key)).collect();
                params.order_by = sorted(&params.order_by);
                Expr::WindowFunction(function)
            }
            Expr::AggregateFunction(mut call) => {
                call.params.order_by = sorted(&call.params.order_by);
                Expr::AggregateFunction(call)
            }
            other => other,
        };
        call.alias(name)
    }
}

fn is_computed(key: &Expr) -> bool {
    let is_plain = matches!(key, Expr::Column(_) | Expr::Literal(..));
    let has_query = |expr: &Expr| {
        Ok(matches!(
            expr,
            Expr::ScalarSubquery(_)
                | Expr::Exists(_)
                | Expr::InSubquery(_)
                | Expr::SetComparison(_)
                | Expr::OuterReferenceColumn(..)
        ))
    };
    !is_plain && !key.exists(has_query).unwrap_or(true)
}
