//! Sub-queries that read columns of the query around them, as joins. The engine takes the commonest of them itself ([`simple`]); of all
//! others the values of the outer columns become a table, each once ([`domain`]), which the sub-query carries along from its tables to
//! its result ([`carried`]), and which the outer query joins: the way of Neumann and Kemper, *Unnesting Arbitrary Queries* (BTW 2015).

mod below;
mod carried;
mod domain;
mod lateral;
mod one_row;
mod quantified;
mod simple;
mod uncertain;

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, JoinConstraint, NullEquality};
use datafusion::error::{DataFusionError, Result};
use datafusion::functions_aggregate::count::count;
use datafusion::functions_aggregate::first_last::first_value;
use datafusion::logical_expr::{
    Aggregate, Distinct, Expr, Filter, Join, JoinType, LogicalPlan, LogicalPlanBuilder, Subquery, lit,
};
use datafusion::optimizer::utils::NamePreserver;

use self::domain::{Domain, outer_columns};
use crate::dialect::subqueries;
use crate::error::{Error, SqlState};

/// Nodes of a plan in which sub-queries have become joins: each level of nesting repeats what is below it.
const NODES_MAX: usize = 20_000;

/// The plan without sub-queries that read outer columns, except for those that the engine knows to join. All types must be known.
pub fn independent(plan: LogicalPlan) -> Result<LogicalPlan> {
    let mut number = 0;
    let changed = plan.transform_up_with_subqueries(|node| joined(node, &mut number))?;
    if changed.transformed && nodes(&changed.data)? > NODES_MAX {
        let error = Error::new(SqlState::STATEMENT_TOO_COMPLEX, "sub-queries are nested too deeply");
        return Err(error.into());
    }
    Ok(changed.data)
}

fn nodes(plan: &LogicalPlan) -> Result<usize> {
    let mut nodes = 0;
    plan.apply_with_subqueries(|_| {
        nodes += 1;
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(nodes)
}

/// What cannot be said this way.
fn unsupported(what: &str) -> DataFusionError {
    let error = Error::unsupported(format!("a sub-query that reads columns of the query around it cannot have {what}"));
    DataFusionError::External(Box::new(error.hint("Write a join")))
}

fn joined(node: LogicalPlan, number: &mut usize) -> Result<Transformed<LogicalPlan>> {
    let node = match node {
        LogicalPlan::Join(join) if lateral::is_lateral(&join) => return lateral::joined(join, number).map(Transformed::yes),
        LogicalPlan::Subquery(subquery) => {
            let outer_ref_columns = outer_columns(&subquery.subquery)?;
            return Ok(Transformed::no(LogicalPlan::Subquery(Subquery { outer_ref_columns, ..subquery })));
        }
        other => other,
    };
    if let LogicalPlan::Aggregate(aggregate) = &node {
        refuse_outer_aggregates(aggregate)?;
    }
    let node = match node {
        LogicalPlan::Filter(filter) => LogicalPlan::Filter(uncertain::counted(filter)?),
        other => other,
    };
    let node = node.map_expressions(|expr| expr.transform_up(nullable))?;
    if !has_correlated(&node.data)? {
        return Ok(node);
    }
    let node = node.data;
    match node {
        LogicalPlan::Join(join) if join.join_type == JoinType::Inner => {
            // The condition becomes one of WHERE.
            let Join { left, right, on, filter, .. } = join;
            let equal = on.into_iter().map(|(one, other)| one.eq(other));
            let condition = equal.chain(filter).reduce(Expr::and).unwrap_or(lit(true));
            let pairs = LogicalPlanBuilder::from(left).cross_join(Arc::unwrap_or_clone(right))?.build()?;
            joined(LogicalPlan::Filter(Filter::try_new(condition, Arc::new(pairs))?), number)
        }
        LogicalPlan::Join(join) => below::of_join(join, number).map(Transformed::yes),
        LogicalPlan::Distinct(Distinct::On(distinct)) => below::of_distinct(distinct, number).map(Transformed::yes),
        LogicalPlan::Projection(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::Aggregate(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Window(_) => attached(node, number).map(Transformed::yes),
        _ => Err(unsupported("its place here")),
    }
}

/// An aggregate of nothing but outer columns is one of the outer query, whose rows it would sum.
fn refuse_outer_aggregates(aggregate: &Aggregate) -> Result<()> {
    let is_outer = |expr: &Expr| {
        let reads = |expr: &Expr| matches!(expr, Expr::Column(_));
        expr.contains_outer() && !expr.exists(|expr| Ok(reads(expr))).unwrap_or(true)
    };
    if aggregate.aggr_expr.iter().any(is_outer) {
        return Err(unsupported("an aggregate of those columns alone"));
    }
    Ok(())
}

/// A scalar sub-query that may have no row is NULL then, also where its column never is.
fn nullable(expr: Expr) -> Result<Transformed<Expr>> {
    let subquery = match expr {
        Expr::ScalarSubquery(subquery) => subquery,
        // Of VALUES alone the engine does not know what the column is.
        Expr::InSubquery(mut within) if within.subquery.subquery.head_output_expr()?.is_none() => {
            let plan = within.subquery.subquery.as_ref().clone();
            let columns = plan.schema().columns().into_iter().map(Expr::Column).collect::<Vec<_>>();
            within.subquery.subquery = Arc::new(LogicalPlanBuilder::from(plan).project(columns)?.build()?);
            return Ok(Transformed::yes(Expr::InSubquery(within)));
        }
        other => return Ok(Transformed::no(other)),
    };
    let plan = &subquery.subquery;
    let is_nullable = plan.schema().fields().first().is_none_or(|field| field.is_nullable());
    if is_nullable || simple::has_one_row(plan) || !outer_columns(plan)?.is_empty() {
        return Ok(Transformed::no(Expr::ScalarSubquery(subquery)));
    }
    let plan = Arc::new(value_of_one(plan.as_ref().clone(), "__value", vec![])?);
    Ok(Transformed::yes(Expr::ScalarSubquery(Subquery { subquery: plan, ..subquery })))
}

/// The first column of a plan's only row; 21000 if it has more.
fn value_of_one(plan: LogicalPlan, value: &str, groups: Vec<Expr>) -> Result<LogicalPlan> {
    let Some(column) = plan.schema().columns().into_iter().next() else { return Err(unsupported("no column")) };
    let found = vec![first_value(Expr::Column(column), vec![]).alias("__first"), count(lit(1_i64)).alias("__rows")];
    let [first, rows] = ["__first", "__rows"].map(|name| Expr::Column(Column::new_unqualified(name)));
    let one = one_row::one_row(first, rows).alias(value);
    LogicalPlanBuilder::from(plan).aggregate(groups.clone(), found)?.project([vec![one], groups].concat())?.build()
}

/// Whether an expression of the node has a sub-query that is not left to the engine.
fn has_correlated(node: &LogicalPlan) -> Result<bool> {
    let place = Place::of(node);
    let schema = input_schema(node)?;
    for expr in node.expressions() {
        if expr.exists(|expr| is_ours(expr, &schema, place))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn input_schema(node: &LogicalPlan) -> Result<DFSchema> {
    let mut schema = DFSchema::empty();
    node.inputs().into_iter().for_each(|input| schema.merge(input.schema()));
    Ok(schema)
}

/// Where the engine takes sub-queries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// All of them.
    Filter,
    /// Scalar ones.
    Projection,
    Elsewhere,
}

impl Place {
    fn of(node: &LogicalPlan) -> Self {
        match node {
            LogicalPlan::Filter(_) => Self::Filter,
            LogicalPlan::Projection(_) => Self::Projection,
            _ => Self::Elsewhere,
        }
    }
}

fn is_ours(expr: &Expr, schema: &DFSchema, place: Place) -> Result<bool> {
    Ok(match expr {
        Expr::SetComparison(_) => true,
        Expr::ScalarSubquery(subquery) => place == Place::Elsewhere || !simple::is_scalar(&subquery.subquery, schema)?,
        Expr::Exists(exists) => place != Place::Filter || !simple::is_condition(&exists.subquery.subquery, schema)?,
        Expr::InSubquery(within) => place != Place::Filter || !simple::is_condition(&within.subquery.subquery, schema)?,
        _ => false,
    })
}

/// The node with each of its sub-queries joined to what it reads.
fn attached(node: LogicalPlan, number: &mut usize) -> Result<LogicalPlan> {
    let place = Place::of(&node);
    let shown = Arc::clone(node.schema());
    let Some(input) = node.inputs().first().copied().cloned() else { return Ok(node) };
    let schema = Arc::clone(input.schema());
    let names = NamePreserver::new(&node);
    let mut below = input.clone();
    let changed = node.map_expressions(|expr| {
        let name = names.save(&expr);
        let counted = expr.transform_up(|expr| {
            if !is_ours(&expr, &schema, place)? {
                return Ok(Transformed::no(expr));
            }
            Ok(Transformed::yes(match expr {
                Expr::Exists(exists) => subqueries::found(exists)?,
                Expr::InSubquery(within) => match subqueries::member(within, &schema)? {
                    Ok(value) => value,
                    Err(_) => return Err(unsupported("a sub-query at the left of its IN")),
                },
                Expr::SetComparison(comparison) => quantified::compared(comparison, &schema)?,
                other => other,
            }))
        })?;
        let attached = counted.data.transform_up(|expr| match expr {
            Expr::ScalarSubquery(subquery) if place == Place::Elsewhere || !simple::is_scalar(&subquery.subquery, &schema)? => {
                *number += 1;
                let (plan, value) = with_value(below.clone(), &input, &subquery.subquery, *number)?;
                below = plan;
                Ok(Transformed::yes(value))
            }
            other => Ok(Transformed::no(other)),
        })?;
        Ok(Transformed::yes(name.restore(attached.data)))
    })?;
    let changed = changed.data;
    let node = changed.with_new_exprs(changed.expressions(), vec![below])?;
    if node.schema().fields().len() == shown.fields().len() {
        return Ok(node);
    }
    let columns = shown.columns().into_iter().map(Expr::Column).collect::<Vec<_>>();
    LogicalPlanBuilder::from(node).project(columns)?.build()
}

/// A plan with the value of a sub-query in one more column. `input` is what the outer columns are read from.
fn with_value(plan: LogicalPlan, input: &LogicalPlan, subquery: &LogicalPlan, number: usize) -> Result<(LogicalPlan, Expr)> {
    let Some(column) = subquery.schema().columns().into_iter().next() else { return Err(unsupported("no column")) };
    let value = format!("__value_{number}");
    let domain = Domain::new(input, subquery, number)?;
    let (rows, keys) = match &domain {
        Some(domain) => (domain.carry(subquery.clone())?, domain.keys()),
        None => (subquery.clone(), vec![]),
    };
    let of_domain = domain.as_ref().map(Domain::own).unwrap_or_default();
    let rows = if simple::has_one_row_at_most(subquery) {
        let columns = [vec![Expr::Column(column).alias(&value)], of_domain].concat();
        LogicalPlanBuilder::from(rows).project(columns)?.build()?
    } else {
        value_of_one(rows, &value, of_domain)?
    };
    let on = keys.iter().map(|(outer, name)| (Expr::Column(outer.clone()), Expr::Column(Column::new_unqualified(name))));
    let plan = Join::try_new(
        Arc::new(plan),
        Arc::new(rows),
        on.collect(),
        None,
        JoinType::Left,
        JoinConstraint::On,
        NullEquality::NullEqualsNull,
        false,
    )?;
    Ok((LogicalPlan::Join(plan), Expr::Column(Column::new_unqualified(value))))
}
