//! Sub-queries in nodes that no value can be joined to: in the condition of an outer join, in DISTINCT ON. Each becomes a column of the
//! input whose columns it reads.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, NullEquality};
use datafusion::error::Result;
use datafusion::logical_expr::{
    Distinct, DistinctOn, Expr, Join, LogicalPlan, LogicalPlanBuilder, Operator, SortExpr, binary_expr,
};

use super::carried::named;
use super::domain::read_from;
use super::{Place, is_ours, joined, unsupported};

/// What a node reads, and the sub-queries whose values it is to have, with the names of their columns.
struct Input {
    plan: LogicalPlan,
    values: Vec<(Expr, String)>,
}

impl Input {
    fn new(plan: Arc<LogicalPlan>) -> Self {
        Self { plan: Arc::unwrap_or_clone(plan), values: vec![] }
    }

    fn has(&self, columns: &[Column]) -> bool {
        columns.iter().all(|column| self.plan.schema().has_column(column))
    }

    /// The column of a value, which is computed once.
    fn column(&mut self, value: Expr, number: &mut usize) -> Expr {
        let known = self.values.iter().find(|(expr, _)| *expr == value).map(|(_, name)| name.clone());
        let name = known.unwrap_or_else(|| {
            *number += 1;
            let name = format!("__below_{number}");
            self.values.push((value, name.clone()));
            name
        });
        Expr::Column(Column::new_unqualified(name))
    }

    fn built(self, number: &mut usize) -> Result<Arc<LogicalPlan>> {
        if self.values.is_empty() {
            return Ok(Arc::new(self.plan));
        }
        let values = self.values.into_iter().map(|(value, name)| value.alias(name));
        let columns = self.plan.schema().columns().into_iter().map(Expr::Column).chain(values).collect::<Vec<_>>();
        let plan = LogicalPlanBuilder::from(self.plan).project(columns)?.build()?;
        Ok(Arc::new(joined(plan, number)?.data))
    }
}

/// The join with the sub-queries of its condition on its sides.
pub(super) fn of_join(join: Join, number: &mut usize) -> Result<LogicalPlan> {
    let Join { left, right, on, filter, join_type, join_constraint, null_equality, schema: shown, .. } = join;
    let equal = match null_equality {
        NullEquality::NullEqualsNull => Operator::IsNotDistinctFrom,
        NullEquality::NullEqualsNothing => Operator::Eq,
    };
    let condition = on.into_iter().map(|(one, other)| binary_expr(one, equal, other)).chain(filter).reduce(Expr::and);
    let mut schema = left.schema().as_ref().clone();
    schema.merge(right.schema());
    let mut inputs = [Input::new(left), Input::new(right)];
    let condition = condition.map(|condition| moved(condition, &mut inputs, &schema, number)).transpose()?;
    let [left, right] = inputs.map(|input| input.built(number));
    let equality = NullEquality::NullEqualsNothing;
    let join = Join::try_new(left?, right?, vec![], condition, join_type, join_constraint, equality, false)?;
    let columns = shown.columns().into_iter().map(Expr::Column).collect::<Vec<_>>();
    LogicalPlanBuilder::from(LogicalPlan::Join(join)).project(columns)?.build()
}

/// DISTINCT ON with its sub-queries in what it reads.
pub(super) fn of_distinct(distinct: DistinctOn, number: &mut usize) -> Result<LogicalPlan> {
    let DistinctOn { on_expr, select_expr, sort_expr, input, schema: shown } = distinct;
    let schema = Arc::clone(input.schema());
    let mut inputs = [Input::new(input)];
    let mut moved = |expr: Expr| moved(expr, &mut inputs, &schema, number);
    let on = on_expr.into_iter().map(&mut moved).collect::<Result<Vec<_>>>()?;
    let select = select_expr.into_iter().zip(shown.columns()).map(|(expr, column)| Ok(named(moved(expr)?, column)));
    let select = select.collect::<Result<Vec<_>>>()?;
    let sort = |sort: SortExpr| Ok(SortExpr { expr: moved(sort.expr)?, ..sort });
    let sorts = sort_expr.map(|sorts| sorts.into_iter().map(sort).collect::<Result<Vec<_>>>()).transpose()?;
    let [input] = inputs.map(|input| input.built(number));
    Ok(LogicalPlan::Distinct(Distinct::On(DistinctOn::try_new(on, select, sorts, input?)?)))
}

/// The expression with the columns of its sub-queries in their place.
fn moved(expr: Expr, inputs: &mut [Input], schema: &DFSchema, number: &mut usize) -> Result<Expr> {
    let moved = expr.transform_down(|expr| {
        if !is_ours(&expr, schema, Place::Elsewhere)? {
            return Ok(Transformed::no(expr));
        }
        let columns = columns_of(&expr, schema)?;
        let input = inputs.iter_mut().find(|input| input.has(&columns));
        let input = input.ok_or_else(|| unsupported("columns of both sides of an outer join"))?;
        Ok(Transformed::new(input.column(expr, number), true, TreeNodeRecursion::Jump))
    })?;
    Ok(moved.data)
}

/// The columns of the schema that an expression reads, also in its sub-queries.
fn columns_of(expr: &Expr, schema: &DFSchema) -> Result<Vec<Column>> {
    let mut columns: Vec<Column> = expr.column_refs().into_iter().cloned().collect();
    expr.apply(|expr| {
        let subquery = match expr {
            Expr::ScalarSubquery(subquery) => Some(subquery),
            Expr::Exists(exists) => Some(&exists.subquery),
            Expr::InSubquery(within) => Some(&within.subquery),
            Expr::SetComparison(comparison) => Some(&comparison.subquery),
            _ => None,
        };
        if let Some(subquery) = subquery {
            columns.extend(read_from(schema, &subquery.subquery)?);
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(columns)
}
