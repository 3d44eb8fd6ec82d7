//! Sub-queries that the engine joins itself, and well: conditions of WHERE whose outer columns are compared in a WHERE of their own, and
//! aggregates of rows that outer columns are equal to.

use datafusion::common::tree_node::TreeNode;
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, LogicalPlan, Operator};

use super::domain::outer_columns;

/// Whether the engine takes a scalar sub-query. One that reads no outer column it always takes.
pub fn is_scalar(plan: &LogicalPlan, schema: &DFSchema) -> Result<bool> {
    if outer_columns(plan)?.is_empty() {
        return Ok(true);
    }
    if !reads_only(plan, schema)? {
        return Ok(false);
    }
    let mut node = plan;
    while let LogicalPlan::Projection(projection) = node
        && !reads_outside(node)
        && !projection.expr.iter().any(divides)
        && projection.expr.iter().all(keeps_null)
    {
        node = &projection.input;
    }
    match node {
        LogicalPlan::Aggregate(aggregate) if aggregate.group_expr.is_empty() && !reads_outside(node) => {
            is_filtered(&aggregate.input, false)
        }
        _ => Ok(false),
    }
}

/// Whether an expression may fail for no rows, for which the engine computes it when it plans.
fn divides(expr: &Expr) -> bool {
    let divides = |expr: &Expr| match expr {
        Expr::BinaryExpr(binary) => matches!(binary.op, Operator::Divide | Operator::Modulo),
        Expr::ScalarFunction(call) => {
            matches!(call.name(), "numeric_div" | "*" | "div" | "mod" | "ln" | "log" | "log10" | "power")
        }
        _ => false,
    };
    expr.exists(|expr| Ok(divides(expr))).unwrap_or(true)
}

/// Whether the engine knows the value of an expression for no rows: of what tells NULL from other values it does not.
fn keeps_null(expr: &Expr) -> bool {
    let keeps = |expr: &Expr| match expr {
        Expr::BinaryExpr(binary) => !matches!(binary.op, Operator::IsDistinctFrom | Operator::IsNotDistinctFrom),
        Expr::Column(_) | Expr::Literal(..) | Expr::Alias(_) | Expr::Cast(_) | Expr::Negative(_) => true,
        Expr::ScalarFunction(_) => true,
        _ => false,
    };
    expr.exists(|expr| Ok(!keeps(expr))).is_ok_and(|found| !found)
}

/// Whether the engine takes EXISTS and IN of a sub-query in WHERE.
pub fn is_condition(plan: &LogicalPlan, schema: &DFSchema) -> Result<bool> {
    if outer_columns(plan)?.is_empty() {
        return Ok(true);
    }
    Ok(reads_only(plan, schema)? && is_filtered(plan, true)?)
}

/// Whether a plan has one row, whatever it reads.
pub fn has_one_row(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(projection) => has_one_row(&projection.input),
        LogicalPlan::SubqueryAlias(alias) => has_one_row(&alias.input),
        LogicalPlan::Aggregate(aggregate) => aggregate.group_expr.is_empty(),
        LogicalPlan::EmptyRelation(empty) => empty.produce_one_row,
        _ => false,
    }
}

/// Whether a plan has one row or none.
pub fn has_one_row_at_most(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(projection) => has_one_row_at_most(&projection.input),
        LogicalPlan::Limit(limit) => matches!(limit.fetch.as_deref(), Some(Expr::Literal(ScalarValue::Int64(Some(0 | 1)), _))),
        other => has_one_row(other),
    }
}

/// All outer columns are those of this schema.
fn reads_only(plan: &LogicalPlan, schema: &DFSchema) -> Result<bool> {
    let is_of = |expr: &Expr| matches!(expr, Expr::OuterReferenceColumn(_, column) if schema.has_column(column));
    Ok(outer_columns(plan)?.iter().all(is_of))
}

fn reads_outside(node: &LogicalPlan) -> bool {
    node.expressions().iter().any(Expr::contains_outer)
}

/// Whether outer columns stand in WHERE only: equal to something, or in any comparison of columns of a table.
fn is_filtered(plan: &LogicalPlan, of_table: bool) -> Result<bool> {
    match plan {
        LogicalPlan::Projection(projection) => Ok(!reads_outside(plan) && is_filtered(&projection.input, of_table)?),
        // Behind another name, the engine looks for what is compared among the columns that it has there.
        LogicalPlan::SubqueryAlias(alias) if matches!(alias.input.as_ref(), LogicalPlan::Projection(_)) => Ok(false),
        LogicalPlan::SubqueryAlias(alias) => is_filtered(&alias.input, of_table),
        LogicalPlan::Filter(filter) => {
            let equal = split_conjunction(&filter.predicate).into_iter().all(|part| !part.contains_outer() || is_equality(part));
            let fits = equal || (of_table && is_table(&filter.input));
            Ok(fits && outer_columns(&filter.input)?.is_empty())
        }
        _ => Ok(false),
    }
}

fn is_table(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::SubqueryAlias(alias) => is_table(&alias.input),
        LogicalPlan::TableScan(_) => true,
        _ => false,
    }
}

fn is_equality(expr: &Expr) -> bool {
    let is_outer = |expr: &Expr| matches!(expr, Expr::OuterReferenceColumn(..));
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => {
            (is_outer(left) && !right.contains_outer()) || (is_outer(right) && !left.contains_outer())
        }
        _ => false,
    }
}
