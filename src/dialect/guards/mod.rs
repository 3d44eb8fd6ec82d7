//! Conditions of which one keeps another from failing: `b <> 0 AND 100 / b > 5`. PostgreSQL computes the members of AND and OR in the order
//! in which they are written, and no more of them than it must; the engine computes both sides for all rows, in the order that is cheapest,
//! and takes a CASE of conditions for AND and OR. Here what [may fail](raising) is computed only for the rows that are left to it.
//!
//! Within an expression, that is a CASE of numbers, which the engine leaves as it is. Conditions of WHERE, HAVING and ON wait while the
//! optimiser moves them, and stand behind all conditions of their place that cannot fail [when it has](late). What cannot fail stays as
//! it was.

mod late;
mod raising;
mod truth;

use std::collections::BTreeSet;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, TableReference};
use datafusion::error::Result;
use datafusion::logical_expr::expr::{Case, ScalarFunction};
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, LogicalPlan, Operator, lit, when};
use datafusion::optimizer::utils::NamePreserver;

pub use late::after_all;
use raising::{is_volatile, raises, tests};
use truth::{number, truth, waiting};

use super::functions::same::hidden;

/// Members of one AND or OR that are guarded as values: each is written twice for those behind it.
const MEMBERS_MAX: usize = 16;

/// Where an expression stands: where NULL is as good as false, or where it is a value.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Condition,
    Value,
}

/// The plan with its conditions guarded, when all its types are known.
pub fn guarded(plan: LogicalPlan) -> Result<LogicalPlan> {
    let plan = plan.transform_up_with_subqueries(|node| {
        let schema = merge_schema(&node.inputs());
        let is_filter = matches!(node, LogicalPlan::Filter(_));
        let mut may_fail = is_filter;
        node.apply_expressions(|expr| {
            may_fail |= raises(expr, &schema);
            Ok(if may_fail { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
        })?;
        if !may_fail {
            return Ok(Transformed::no(node));
        }
        match node {
            LogicalPlan::Filter(mut filter) => {
                let of_join = matches!(filter.input.as_ref(), LogicalPlan::Join(_));
                filter.predicate =
                    members(std::mem::take(&mut filter.predicate), &schema, of_join, &late::computed(&filter.input))?;
                Ok(Transformed::yes(LogicalPlan::Filter(filter)))
            }
            LogicalPlan::Join(mut join) => {
                join.filter = join.filter.map(|condition| members(condition, &schema, true, &[])).transpose()?;
                Ok(Transformed::yes(LogicalPlan::Join(join)))
            }
            node => {
                let names = NamePreserver::new(&node);
                node.map_expressions(|expr| {
                    let name = names.save(&expr);
                    Ok(Transformed::yes(name.restore(lazy(expr, Place::Value, &schema)?)))
                })
            }
        }
    })?;
    Ok(plan.data)
}

/// The members of a condition that rows must fulfil: those that may fail wait, and those of columns that are `computed` of what may.
fn members(condition: Expr, schema: &DFSchema, of_join: bool, computed: &[String]) -> Result<Expr> {
    if computed.is_empty() && !raises(&condition, schema) {
        return Ok(condition);
    }
    let members = flattened(condition, Operator::And).into_iter().map(|member| {
        let may_fail = raises(&member, schema) || member.column_refs().iter().any(|column| computed.contains(&column.name));
        let stays = tests(&member) || is_volatile(&member) || (of_join && is_key(&member));
        let waits = may_fail && !stays;
        let member = lazy(member, Place::Condition, schema)?;
        Ok(if waits { waiting(member) } else { member })
    });
    Ok(members.collect::<Result<Vec<_>>>()?.into_iter().reduce(Expr::and).unwrap_or_default())
}

/// Whether it compares what different tables have, by which the engine joins them.
fn is_key(expr: &Expr) -> bool {
    let tables = |expr: &Expr| -> BTreeSet<Option<TableReference>> {
        expr.column_refs().into_iter().map(|column| column.relation.clone()).collect()
    };
    let Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) = expr else { return false };
    let (left, right) = (tables(left), tables(right));
    !left.is_empty() && !right.is_empty() && left.is_disjoint(&right)
}

/// The members of a chain of AND or of OR, in order.
fn flattened(expr: Expr, operator: Operator) -> Vec<Expr> {
    let (mut open, mut members) = (vec![expr], vec![]);
    while let Some(expr) = open.pop() {
        match expr {
            Expr::BinaryExpr(BinaryExpr { left, op, right }) if op == operator => open.extend([*right, *left]),
            other => members.push(other),
        }
    }
    members
}

/// An expression in which what may fail is behind what is written before it.
fn lazy(expr: Expr, place: Place, schema: &DFSchema) -> Result<Expr> {
    if !raises(&expr, schema) {
        return Ok(expr);
    }
    let mut place = Some(place);
    let lazily = expr.transform_down(|expr| {
        // Of what is below the first, the value counts.
        let place = place.take().unwrap_or(Place::Value);
        let done = |expr| Ok(Transformed::new(expr, true, TreeNodeRecursion::Jump));
        match expr {
            Expr::BinaryExpr(BinaryExpr { op: operator @ (Operator::And | Operator::Or), .. }) => {
                done(decided(flattened(expr, operator), operator, place, schema)?)
            }
            Expr::Case(case) if case.expr.is_none() => done(branches(case, place, schema)?),
            Expr::AggregateFunction(mut call) => {
                let filter = call.params.filter.take().map(|filter| lazy(*filter, Place::Condition, schema));
                call.params.filter = filter.transpose()?.map(Box::new);
                let arguments = std::mem::take(&mut call.params.args).into_iter();
                call.params.args = arguments.map(|arg| lazy(arg, Place::Value, schema)).collect::<Result<_>>()?;
                done(Expr::AggregateFunction(call))
            }
            // The engine makes a CASE of it.
            Expr::ScalarFunction(ScalarFunction { func, args }) if func.name() == "coalesce" => {
                let is_condition = args.iter().any(|arg| is_boolean(arg, schema));
                let args = args.into_iter().map(|arg| lazy(arg, Place::Value, schema)).collect::<Result<Vec<_>>>()?;
                match is_condition {
                    true => done(truth(func.call(args.into_iter().map(number).collect()))),
                    false => done(func.call(args)),
                }
            }
            other => Ok(Transformed::no(other)),
        }
    })?;
    Ok(lazily.data)
}

fn is_boolean(expr: &Expr, schema: &DFSchema) -> bool {
    expr.get_type(schema).is_ok_and(|data_type| data_type == DataType::Boolean)
}

/// AND and OR, where those that may fail are behind those before them.
fn decided(members: Vec<Expr>, operator: Operator, place: Place, schema: &DFSchema) -> Result<Expr> {
    let joined = |one: Expr, other: Expr| match operator {
        Operator::And => one.and(other),
        _ => one.or(other),
    };
    // Each part but the first begins with what may fail, and is asked at once.
    let mut parts: Vec<Expr> = vec![];
    for member in members {
        let begins = raises(&member, schema);
        let member = lazy(member, place, schema)?;
        match parts.pop() {
            None => parts.push(member),
            Some(part) if begins => parts.extend([part, member]),
            Some(part) => parts.push(joined(part, member)),
        }
    }
    match (parts.len(), place) {
        (0 | 1, _) => Ok(parts.pop().unwrap_or_default()),
        (_, Place::Condition) => chained(parts, operator),
        (_, Place::Value) => {
            // What is written twice must not have been already: it would double with each step down.
            let may_repeat = |part: &Expr| !is_volatile(part) && !truth::is_within(part);
            let behind = parts.len() <= MEMBERS_MAX && parts.iter().rev().skip(1).all(may_repeat);
            let rest = |part: Expr, rest: Expr| match behind {
                true => Ok(joined(part.clone(), truth(open(part, operator, number(rest))?))),
                false => Ok(joined(part, rest)),
            };
            let last = parts.pop().unwrap_or_default();
            parts.into_iter().rev().try_fold(last, |done, part| rest(part, done))
        }
    }
}

/// What is behind a member: the number of what is to be computed, if the member does not decide alone.
fn open(part: Expr, operator: Operator, behind: Expr) -> Result<Expr> {
    match operator {
        Operator::And => when(part.is_not_false(), behind).otherwise(lit(0_i8)),
        _ => when(part.is_not_true(), behind).otherwise(lit(1_i8)),
    }
}

/// Members one after the other, where NULL is as good as false.
fn chained(mut parts: Vec<Expr>, operator: Operator) -> Result<Expr> {
    let last = number(parts.pop().unwrap_or_default());
    if let ([only], Operator::And) = (parts.as_slice(), operator) {
        return Ok(truth(when(only.clone(), last).otherwise(lit(0_i8))?));
    }
    let whens = parts.into_iter().map(|part| match operator {
        Operator::And => (Box::new(part.is_not_true()), Box::new(lit(0_i8))),
        _ => (Box::new(part), Box::new(lit(1_i8))),
    });
    Ok(truth(Expr::Case(Case::new(None, whens.collect(), Some(Box::new(last))))))
}

/// CASE, of which the engine makes AND and OR where it can.
fn branches(case: Case, place: Place, schema: &DFSchema) -> Result<Expr> {
    let is_condition = case.when_then_expr.iter().any(|(_, then)| is_boolean(then, schema));
    let value = |expr: Expr| {
        let value = lazy(expr, place, schema)?;
        Ok::<_, datafusion::error::DataFusionError>(Box::new(if is_condition { number(value) } else { value }))
    };
    let whens = case.when_then_expr.into_iter();
    let whens = whens.map(|(when, then)| Ok((Box::new(lazy(*when, Place::Condition, schema)?), value(*then)?)));
    let whens = whens.collect::<Result<Vec<_>>>()?;
    let otherwise = case.else_expr.map(|otherwise| value(*otherwise)).transpose()?;
    let case = Expr::Case(Case::new(None, whens, otherwise));
    Ok(if is_condition { truth(case) } else { hidden(case) })
}
