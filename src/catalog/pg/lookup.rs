//! Correlated sub-queries that look something up in a catalog, as joins.
//!
//! `SELECT (SELECT c.collname FROM pg_collation c WHERE c.oid = a.attcollation AND …) FROM pg_attribute a`: the planner decorrelates a
//! scalar sub-query only if it aggregates, since it must not return two rows. Those on the catalogs look up by an object's key, so they
//! return one row at most and are left joins. A sub-query on any other table is left to the planner and to its checks.

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, JoinType, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::utils::{conjunction, split_conjunction_owned};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Subquery, lit, when};
use datafusion::optimizer::AnalyzerRule;

/// Of the join's right side: true where a row was found.
const FOUND: &str = "found";

/// The rule; a session adds it after the planner's own.
#[derive(Debug, Default)]
pub struct CatalogLookups;

impl AnalyzerRule for CatalogLookups {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let mut count = 0;
        plan.transform_up_with_subqueries(|node| rewrite_node(node, &mut count)).map(|transformed| transformed.data)
    }

    fn name(&self) -> &str {
        "catalog_lookups"
    }
}

fn rewrite_node(node: LogicalPlan, count: &mut usize) -> Result<Transformed<LogicalPlan>> {
    match node {
        LogicalPlan::Projection(projection) => {
            let mut input = projection.input.as_ref().clone();
            let mut changed = false;
            let mut expressions = Vec::with_capacity(projection.expr.len());
            for expression in &projection.expr {
                let rewritten = join_lookups(expression.clone(), &mut input, count)?;
                changed |= rewritten.transformed;
                // The column keeps its name, whatever it is computed from.
                let (qualifier, name) = expression.qualified_name();
                expressions.push(match rewritten.transformed {
                    true => rewritten.data.unalias().alias_qualified(qualifier, name),
                    false => rewritten.data,
                });
            }
            match changed {
                true => Ok(Transformed::yes(LogicalPlanBuilder::from(input).project(expressions)?.build()?)),
                false => Ok(Transformed::no(LogicalPlan::Projection(projection))),
            }
        }
        LogicalPlan::Filter(filter) => {
            let mut input = filter.input.as_ref().clone();
            let rewritten = join_lookups(filter.predicate.clone(), &mut input, count)?;
            if !rewritten.transformed {
                return Ok(Transformed::no(LogicalPlan::Filter(filter)));
            }
            let columns: Vec<Expr> = filter.input.schema().columns().into_iter().map(Expr::from).collect();
            Ok(Transformed::yes(LogicalPlanBuilder::from(input).filter(rewritten.data)?.project(columns)?.build()?))
        }
        other => Ok(Transformed::no(other)),
    }
}

/// Joins each lookup of the expression to the input, and puts the joined column in its place.
fn join_lookups(expression: Expr, input: &mut LogicalPlan, count: &mut usize) -> Result<Transformed<Expr>> {
    expression.transform_down(|node| {
        let Expr::ScalarSubquery(subquery) = &node else { return Ok(Transformed::no(node)) };
        let Some(lookup) = Lookup::of(subquery)? else { return Ok(Transformed::no(node)) };
        *count += 1;
        let value = lookup.join(input, &format!("__lookup_{count}"))?;
        Ok(Transformed::new(value, true, TreeNodeRecursion::Jump))
    })
}

/// A sub-query taken apart.
struct Lookup {
    /// What it reads, without a word about the outer query.
    from: LogicalPlan,
    /// The conditions that join it to the outer query.
    on: Vec<Expr>,
    value: Expr,
}

impl Lookup {
    fn of(subquery: &Subquery) -> Result<Option<Self>> {
        if subquery.outer_ref_columns.is_empty() || !reads_only_catalogs(&subquery.subquery)? {
            return Ok(None);
        }
        let LogicalPlan::Projection(projection) = without_order(&subquery.subquery) else { return Ok(None) };
        let [value] = projection.expr.as_slice() else { return Ok(None) };
        let (mut on, mut own) = (Vec::new(), Vec::new());
        let mut from = projection.input.as_ref();
        while let LogicalPlan::Filter(filter) = from {
            let (outer, inner): (Vec<Expr>, Vec<Expr>) =
                split_conjunction_owned(filter.predicate.clone()).into_iter().partition(Expr::contains_outer);
            on.extend(outer);
            own.extend(inner);
            from = filter.input.as_ref();
        }
        if matches!(from, LogicalPlan::Aggregate(_)) || mentions_outer(from)? {
            return Ok(None);
        }
        let mut builder = LogicalPlanBuilder::from(from.clone());
        if let Some(condition) = conjunction(own) {
            builder = builder.filter(condition)?;
        }
        Ok(Some(Self { from: builder.build()?, on, value: value.clone().unalias() }))
    }

    /// Left joins the lookup to the input; the value is NULL where nothing is found, also if it is computed from no column.
    fn join(self, input: &mut LogicalPlan, alias: &str) -> Result<Expr> {
        let columns = self.from.schema().columns();
        let numbered = columns.iter().enumerate().map(|(number, column)| Expr::from(column.clone()).alias(format!("c{number}")));
        let projected: Vec<Expr> = numbered.chain([lit(true).alias(FOUND)]).collect();
        let right = LogicalPlanBuilder::from(self.from).project(projected)?.alias(alias)?.build()?;
        let moved = |expression: Expr| -> Result<Expr> {
            expression
                .transform_up(|node| match &node {
                    Expr::OuterReferenceColumn(_, column) => Ok(Transformed::yes(Expr::Column(column.clone()))),
                    Expr::Column(column) => match columns.iter().position(|own| own == column) {
                        Some(number) => Ok(Transformed::yes(Expr::Column(Column::new(Some(alias), format!("c{number}"))))),
                        None => Ok(Transformed::no(node)),
                    },
                    _ => Ok(Transformed::no(node)),
                })
                .map(|transformed| transformed.data)
        };
        let on = self.on.into_iter().map(&moved).collect::<Result<Vec<_>>>()?;
        let is_column = matches!(self.value, Expr::Column(_));
        let value = moved(self.value)?;
        *input = LogicalPlanBuilder::from(input.clone()).join_on(right, JoinType::Left, on)?.build()?;
        if is_column {
            return Ok(value);
        }
        let null = Expr::Literal(ScalarValue::try_from(&value_type(&value, input)?)?, None);
        when(Expr::Column(Column::new(Some(alias), FOUND)), value).otherwise(null)
    }
}

fn value_type(value: &Expr, input: &LogicalPlan) -> Result<datafusion::arrow::datatypes::DataType> {
    use datafusion::logical_expr::ExprSchemable;
    value.get_type(input.schema())
}

/// The order of one row, and a limit to one, say nothing.
fn without_order(plan: &LogicalPlan) -> &LogicalPlan {
    match plan {
        LogicalPlan::Sort(sort) => without_order(&sort.input),
        LogicalPlan::Limit(limit) => without_order(&limit.input),
        LogicalPlan::Subquery(subquery) => without_order(&subquery.subquery),
        other => other,
    }
}

fn mentions_outer(plan: &LogicalPlan) -> Result<bool> {
    plan.exists(|node| Ok(node.contains_outer_reference()))
}

fn reads_only_catalogs(plan: &Arc<LogicalPlan>) -> Result<bool> {
    let mut only = true;
    plan.apply(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            only &= matches!(scan.table_name.schema(), Some("pg_catalog" | "information_schema"));
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(only)
}
