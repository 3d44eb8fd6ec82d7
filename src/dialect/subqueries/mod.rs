//! EXISTS and IN of sub-queries outside of WHERE, which the engine takes in conditions only, as counts: `EXISTS (q)` is
//! `(SELECT count(*) FROM (q)) > 0`. It is done on the plan, where names cannot be mistaken for those of the sub-query.
//!
//! | module | what |
//! |---|---|
//! | [`bounds`] | LIMIT and OFFSET by sub-queries |
//! | [`correlated`] | sub-queries that read columns of the query around them, as joins |
//! | [`null_keys`] | joins by keys of which NULL is equal to NULL |
//! | [`outer`] | types of these columns |
//! | [`recursion`] | types of recursive terms |

pub mod bounds;
pub mod correlated;
pub mod null_keys;
pub mod outer;
pub mod recursion;

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, ScalarValue};
use datafusion::error::Result;
use datafusion::functions_aggregate::count::count;
use datafusion::logical_expr::expr::{Exists, InSubquery};
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Expr, Limit, LogicalPlan, LogicalPlanBuilder, Projection, Subquery, lit, when};
use datafusion::optimizer::utils::NamePreserver;

use crate::dialect::types::agreement;
use crate::error::Error;

/// What the rows of IN are called.
const TESTED: &str = "__tested";

/// Replaces those of a select list and of what is aggregated; a Filter is the engine's.
pub fn counted(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    if let LogicalPlan::Values(values) = &node
        && values.values.iter().flatten().any(asks)
    {
        let error = Error::unsupported("sub-queries in VALUES are not supported").hint("Write SELECT … UNION ALL SELECT …");
        return Err(error.into());
    }
    if !matches!(node, LogicalPlan::Projection(_) | LogicalPlan::Aggregate(_)) || !tests_subquery(&node) {
        return Ok(Transformed::no(node));
    }
    let schema = merge_schema(&node.inputs());
    let names = NamePreserver::new(&node);
    let is_aggregate = matches!(node, LogicalPlan::Aggregate(_));
    // An aggregate takes no sub-query itself: the values come from a projection below it.
    let mut below = vec![];
    let changed = node.map_expressions(|expr| {
        let name = names.save(&expr);
        let changed = expr.transform_up(|expr| {
            let value = match expr {
                Expr::Exists(exists) => found(exists)?,
                Expr::InSubquery(within) => match member(within, &schema)? {
                    Ok(value) => value,
                    Err(within) => return Ok(Transformed::no(Expr::InSubquery(within))),
                },
                other => return Ok(Transformed::no(other)),
            };
            if !is_aggregate {
                return Ok(Transformed::yes(value));
            }
            let column = format!("__tested_{}", below.len() + 1);
            below.push(value.alias(&column));
            Ok(Transformed::yes(Expr::Column(Column::new_unqualified(column))))
        })?;
        Ok(changed.update_data(|expr| name.restore(expr)))
    })?;
    let node = match changed.data {
        LogicalPlan::Aggregate(mut aggregate) if !below.is_empty() => {
            let columns = aggregate.input.schema().columns().into_iter().map(Expr::from);
            let input = Projection::try_new(columns.chain(below).collect(), Arc::clone(&aggregate.input))?;
            aggregate.input = Arc::new(LogicalPlan::Projection(input));
            LogicalPlan::Aggregate(aggregate)
        }
        other => other,
    };
    Ok(Transformed::yes(node.recompute_schema()?))
}

/// Whether there is a query in an expression.
fn asks(expr: &Expr) -> bool {
    let asks = |expr: &Expr| Ok(matches!(expr, Expr::ScalarSubquery(_) | Expr::Exists(_) | Expr::InSubquery(_)));
    expr.exists(asks).unwrap_or(true)
}

fn tests_subquery(node: &LogicalPlan) -> bool {
    let is_test = |expr: &Expr| expr.exists(|expr| Ok(matches!(expr, Expr::Exists(_) | Expr::InSubquery(_)))).unwrap_or(false);
    node.expressions().iter().any(is_test)
}

/// EXISTS as a count.
pub fn found(exists: Exists) -> Result<Expr> {
    let Exists { subquery, negated } = exists;
    let rows = rows_of(subquery)?;
    Ok(if negated { rows.eq(lit(0_i64)) } else { rows.gt(lit(0_i64)) })
}

/// The number of rows of a sub-query.
fn rows_of(subquery: Subquery) -> Result<Expr> {
    let counted = counting(essential(Arc::unwrap_or_clone(subquery.subquery)))?;
    Ok(Expr::ScalarSubquery(Subquery { subquery: Arc::new(counted), ..subquery }))
}

fn counting(plan: LogicalPlan) -> Result<LogicalPlan> {
    LogicalPlanBuilder::from(plan).aggregate(Vec::<Expr>::new(), vec![count(lit(1_i64))])?.build()
}

/// The plan without what does not matter to whether it has rows.
fn essential(plan: LogicalPlan) -> LogicalPlan {
    match plan {
        LogicalPlan::Projection(Projection { input, .. }) => essential(Arc::unwrap_or_clone(input)),
        LogicalPlan::Sort(sort) if sort.fetch.is_none() => essential(Arc::unwrap_or_clone(sort.input)),
        LogicalPlan::Limit(Limit { skip: None, fetch: Some(fetch), input }) if is_positive(&fetch) => {
            essential(Arc::unwrap_or_clone(input))
        }
        other => other,
    }
}

fn is_positive(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(ScalarValue::Int64(Some(rows)), _) if *rows > 0)
}

/// `x IN (q)`: true where x is among the rows, NULL where it might be, because x or a row is NULL; the predicate itself if x is no
/// plain expression.
pub fn member(within: InSubquery, schema: &datafusion::common::DFSchema) -> Result<std::result::Result<Expr, InSubquery>> {
    agreement::check_member(&within, schema)?;
    let is_plain = |expr: &Expr| !matches!(expr, Expr::ScalarSubquery(_) | Expr::Exists(_) | Expr::InSubquery(_));
    let column = within.subquery.subquery.schema().columns().into_iter().next();
    let (Some(column), true) = (column, within.expr.exists(|expr| Ok(!is_plain(expr))).is_ok_and(|found| !found)) else {
        return Ok(Err(within));
    };
    let InSubquery { expr, subquery, negated } = within;
    let mut outer_ref_columns = subquery.outer_ref_columns.clone();
    let from_outside = expr.as_ref().clone().transform_up(|expr| match expr {
        Expr::Column(column) => {
            let (_, field) = schema.qualified_field_from_column(&column)?;
            let outer = Expr::OuterReferenceColumn(Arc::clone(field), column);
            outer_ref_columns.push(outer.clone());
            Ok(Transformed::yes(outer))
        }
        other => Ok(Transformed::no(other)),
    })?;
    let rows = |condition: Option<Expr>| {
        // A name of its own: the outer query may read the same table.
        let mut builder = LogicalPlanBuilder::from(subquery.subquery.as_ref().clone()).alias(TESTED)?;
        let mut outer = subquery.outer_ref_columns.clone();
        if let Some(condition) = condition {
            if condition.contains_outer() {
                outer.clone_from(&outer_ref_columns);
            }
            builder = builder.filter(condition)?;
        }
        let subquery = Subquery { subquery: Arc::new(counting(builder.build()?)?), outer_ref_columns: outer, ..subquery.clone() };
        Result::<Expr>::Ok(Expr::ScalarSubquery(subquery))
    };
    let element = Expr::Column(Column::new(Some(TESTED), column.name));
    let equal = rows(Some(from_outside.data.eq(element.clone())))?;
    let nulls = rows(Some(element.is_null()))?;
    let unknown = nulls.gt(lit(0_i64)).or(expr.is_null().and(rows(None)?.gt(lit(0_i64))));
    let value = when(equal.gt(lit(0_i64)), lit(true)).when(unknown, lit(ScalarValue::Boolean(None))).otherwise(lit(false))?;
    Ok(Ok(if negated { Expr::Not(Box::new(value)) } else { value }))
}
