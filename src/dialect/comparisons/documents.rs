//! `jsonb` where values are sorted, grouped and compared: the engine would compare how they are written.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema};
use datafusion::error::Result;
use datafusion::logical_expr::expr::{AggregateFunctionParams, InList, WindowFunctionParams};
use datafusion::logical_expr::{BinaryExpr, Distinct, Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, Operator};

use crate::catalog::pg::types::PG_TYPE_KEY;
use crate::dialect::failure::failed;
use crate::dialect::texts::called;
use crate::error::{Error, SqlState};

/// The expression with keys of `jsonb` in its windows, aggregates, lists and comparisons.
///
/// # Errors
/// 0A000 for functions that compare it otherwise.
pub fn compared(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let is_jsonb = |expr: &Expr| is_jsonb(expr, schema);
    expr.transform_up(|expr| {
        Ok(match expr {
            Expr::WindowFunction(mut call) => {
                let WindowFunctionParams { partition_by, order_by, .. } = &mut call.params;
                let order = order_by.iter_mut().map(|sort| &mut sort.expr);
                let changed = replaced(partition_by.iter_mut().chain(order), "jsonb_key", schema)?;
                Transformed::new_transformed(Expr::WindowFunction(call), changed)
            }
            Expr::AggregateFunction(mut call) => {
                let is_count = call.func.name() == "count";
                let AggregateFunctionParams { args, distinct, order_by, .. } = &mut call.params;
                let changed = replaced(order_by.iter_mut().map(|sort| &mut sort.expr), "jsonb_key", schema)?;
                let values = if *distinct { args.as_mut_slice() } else { &mut [] };
                let changed = replaced(values, if is_count { "jsonb_key" } else { "jsonb_same" }, schema)? || changed;
                Transformed::new_transformed(Expr::AggregateFunction(call), changed)
            }
            Expr::InList(InList { expr, list, negated }) if is_jsonb(&expr) => {
                let list = list.into_iter().map(|value| called("jsonb_key", vec![value])).collect::<Result<_>>()?;
                Transformed::yes(Expr::InList(InList { expr: Box::new(called("jsonb_key", vec![*expr])?), list, negated }))
            }
            Expr::BinaryExpr(BinaryExpr { left, op, right }) if is_equality(op) && is_jsonb(&left) && is_jsonb(&right) => {
                let [left, right] = [left, right].map(|side| called("jsonb_key", vec![*side]).map(Box::new));
                Transformed::yes(Expr::BinaryExpr(BinaryExpr { left: left?, op, right: right? }))
            }
            Expr::ScalarFunction(call)
                if matches!(call.name(), "greatest" | "least" | "nullif") && call.args.iter().any(is_jsonb) =>
            {
                return Err(refused(call.name(), "CASE WHEN a > b THEN a ELSE b END"));
            }
            Expr::Case(case) if case.expr.as_deref().is_some_and(is_jsonb) => {
                return Err(refused("CASE with a value behind it", "CASE WHEN value = … THEN …"));
            }
            Expr::InSubquery(within) if is_jsonb(&within.expr) => {
                return Err(refused("IN with a sub-query", "EXISTS (SELECT … WHERE a = b)"));
            }
            other => Transformed::no(other),
        })
    })
}

/// A node that sorts, groups or joins by such keys, or makes rows distinct by them.
///
/// # Errors
/// 0A000 for DISTINCT ON.
pub fn grouped(node: LogicalPlan) -> Result<LogicalPlan> {
    match node {
        LogicalPlan::Sort(mut sort) => {
            let schema = Arc::clone(sort.input.schema());
            replaced(sort.expr.iter_mut().map(|sort| &mut sort.expr), "jsonb_key", &schema)?;
            Ok(LogicalPlan::Sort(sort))
        }
        LogicalPlan::Aggregate(mut aggregate) => {
            let schema = Arc::clone(aggregate.input.schema());
            let names: Vec<_> = aggregate.group_expr.iter().map(|expr| expr.qualified_name()).collect();
            if !replaced(aggregate.group_expr.iter_mut(), "jsonb_same", &schema)? {
                return Ok(LogicalPlan::Aggregate(aggregate));
            }
            for (expr, (relation, name)) in aggregate.group_expr.iter_mut().zip(names) {
                if expr.qualified_name() != (relation.clone(), name.clone()) {
                    *expr = std::mem::take(expr).alias_qualified(relation, name);
                }
            }
            LogicalPlan::Aggregate(aggregate).recompute_schema()
        }
        LogicalPlan::Join(mut join) => {
            let (left, right) = (Arc::clone(join.left.schema()), Arc::clone(join.right.schema()));
            for (one, other) in &mut join.on {
                replaced([one], "jsonb_key", &left)?;
                replaced([other], "jsonb_key", &right)?;
            }
            Ok(LogicalPlan::Join(join))
        }
        LogicalPlan::Distinct(Distinct::On(distinct)) => {
            let schema = distinct.input.schema();
            match distinct.on_expr.iter().any(|expr| is_jsonb(expr, schema)) {
                true => Err(refused("DISTINCT ON", "row_number() OVER (PARTITION BY … ORDER BY …) = 1")),
                false => Ok(LogicalPlan::Distinct(Distinct::On(distinct))),
            }
        }
        LogicalPlan::Distinct(Distinct::All(input)) => {
            let schema = Arc::clone(input.schema());
            let mut columns = schema.columns().into_iter().map(Expr::Column).collect::<Vec<_>>();
            if !replaced(columns.iter_mut(), "jsonb_same", &schema)? {
                return Ok(LogicalPlan::Distinct(Distinct::All(input)));
            }
            let named = columns.into_iter().zip(schema.columns()).map(|(expr, Column { relation, name, .. })| match expr {
                Expr::Column(column) => Expr::Column(column),
                other => other.alias_qualified(relation, name),
            });
            LogicalPlanBuilder::from(Arc::unwrap_or_clone(input)).project(named.collect::<Vec<_>>())?.distinct()?.build()
        }
        node => Ok(node),
    }
}

fn is_equality(operator: Operator) -> bool {
    use Operator::{Eq, IsDistinctFrom, IsNotDistinctFrom, NotEq};
    matches!(operator, Eq | NotEq | IsDistinctFrom | IsNotDistinctFrom)
}

fn is_jsonb(expr: &Expr, schema: &DFSchema) -> bool {
    is_of(expr, "jsonb", schema)
}

fn is_of(expr: &Expr, declared: &str, schema: &DFSchema) -> bool {
    let field = expr.to_field(schema).map(|(_, field)| field);
    field.is_ok_and(|field| field.metadata().get(PG_TYPE_KEY).is_some_and(|name| name == declared))
}

/// Puts a function of each `jsonb` in its place.
///
/// # Errors
/// 42883 for `json`, which is compared with nothing.
fn replaced<'a>(exprs: impl IntoIterator<Item = &'a mut Expr>, function: &str, schema: &DFSchema) -> Result<bool> {
    let mut changed = false;
    for expr in exprs {
        if is_of(expr, "json", schema) {
            let operator = if function == "jsonb_key" { "ordering" } else { "equality" };
            let message = format!("could not identify an {operator} operator for type json");
            return Err(failed(SqlState::UNDEFINED_FUNCTION, message));
        }
        if is_jsonb(expr, schema) {
            *expr = called(function, vec![std::mem::take(expr)])?;
            changed = true;
        }
    }
    Ok(changed)
}

fn refused(what: &str, instead: &str) -> datafusion::error::DataFusionError {
    let error = Error::unsupported(format!("{what} of jsonb is not supported"));
    error.hint(format!("Write {instead}")).into()
}
