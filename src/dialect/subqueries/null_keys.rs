//! Joins by keys of which NULL is equal to NULL, beside keys of which it is not. The engine has one such setting for all keys of a join, and
//! gives a join the keys of others that it merges with it, and equalities of WHERE: here NULL has a key of its own, and all joins have keys
//! of which NULL is equal to nothing.

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, NullEquality, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::utils::split_conjunction_owned;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, Filter, Join, JoinType, LogicalPlan, Operator, lit, when};

/// The plan with such keys. All types must be known.
pub fn told_apart(plan: LogicalPlan) -> Result<LogicalPlan> {
    let plan = plan.transform_up_with_subqueries(|node| match node {
        LogicalPlan::Join(join) if pairs(join.join_type) => Ok(Transformed::yes(LogicalPlan::Join(of_join(join)?))),
        LogicalPlan::Filter(filter) if matches!(filter.input.as_ref(), LogicalPlan::Join(_)) => {
            let Filter { predicate, input, .. } = filter;
            let condition = of_condition(predicate, input.schema())?;
            Ok(Transformed::yes(LogicalPlan::Filter(Filter::try_new(condition, input)?)))
        }
        node => Ok(Transformed::no(node)),
    })?;
    Ok(plan.data)
}

/// Whether rows of both sides stand beside each other: no condition of the other joins comes to their keys.
fn pairs(join_type: JoinType) -> bool {
    matches!(join_type, JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full)
}

fn of_join(mut join: Join) -> Result<Join> {
    let mut schema = join.left.schema().as_ref().clone();
    schema.merge(join.right.schema());
    if let Some(condition) = join.filter.take() {
        join.filter = Some(of_condition(condition, &schema)?);
    }
    if join.null_equality == NullEquality::NullEqualsNothing {
        return Ok(join);
    }
    let keys = join.on.iter().map(|(left, right)| keys(left, right, &schema)).collect::<Result<Option<Vec<_>>>>()?;
    if let Some(keys) = keys {
        join.on = keys.into_iter().flatten().collect();
        join.null_equality = NullEquality::NullEqualsNothing;
    }
    Ok(join)
}

/// The condition in which `IS NOT DISTINCT FROM` of different tables is an equality of such keys.
fn of_condition(condition: Expr, schema: &DFSchema) -> Result<Expr> {
    let is_same = |expr: &Expr| matches!(expr, Expr::BinaryExpr(BinaryExpr { op: Operator::IsNotDistinctFrom, .. }));
    if !condition.exists(|expr| Ok(is_same(expr)))? {
        return Ok(condition);
    }
    let members = split_conjunction_owned(condition).into_iter().map(|member| {
        let Expr::BinaryExpr(BinaryExpr { left, op: Operator::IsNotDistinctFrom, right }) = &member else { return Ok(member) };
        if left.column_refs().is_empty() || right.column_refs().is_empty() {
            return Ok(member);
        }
        let keys = keys(left, right, schema)?;
        let equal = keys.into_iter().flatten().map(|(left, right)| left.eq(right)).reduce(Expr::and);
        Ok(equal.unwrap_or(member))
    });
    Ok(members.collect::<Result<Vec<_>>>()?.into_iter().reduce(Expr::and).unwrap_or_default())
}

/// Pairs that are equal where two values are, or both are NULL; `None` for a type that has no value to stand for NULL.
fn keys(left: &Expr, right: &Expr, schema: &DFSchema) -> Result<Option<Vec<(Expr, Expr)>>> {
    if !left.nullable(schema)? || !right.nullable(schema)? {
        return Ok(Some(vec![(left.clone(), right.clone())]));
    }
    let data_type = left.get_type(schema)?;
    if right.get_type(schema)? != data_type {
        return Ok(None);
    }
    let Ok(stand_in) = ScalarValue::new_default(&data_type) else { return Ok(None) };
    let value = |side: &Expr| when(side.clone().is_not_null(), side.clone()).otherwise(lit(stand_in.clone()));
    let is_null = |side: &Expr| side.clone().is_null();
    Ok(Some(vec![(value(left)?, value(right)?), (is_null(left), is_null(right))]))
}
