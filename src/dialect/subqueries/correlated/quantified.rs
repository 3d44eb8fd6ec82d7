//! `x < ANY (q)` and `x < ALL (q)`: how many rows compare as true, and how many as NULL.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema, ScalarValue, Spans};
use datafusion::error::Result;
use datafusion::functions_aggregate::count::count;
use datafusion::logical_expr::expr::{SetComparison, SetQuantifier};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, Subquery, binary_expr, lit, when};

use super::domain::outer_columns;
use super::unsupported;

/// What the rows are called.
const COMPARED: &str = "__compared";

/// The comparison as a scalar sub-query. `schema` has the columns of the left side.
pub fn compared(comparison: SetComparison, schema: &DFSchema) -> Result<Expr> {
    let SetComparison { expr, subquery, op, quantifier } = comparison;
    let from_outside = expr.transform_up(|expr| match expr {
        Expr::Column(column) => {
            let (_, field) = schema.qualified_field_from_column(&column)?;
            Ok(Transformed::yes(Expr::OuterReferenceColumn(Arc::clone(field), column)))
        }
        Expr::ScalarSubquery(_) | Expr::Exists(_) | Expr::InSubquery(_) => Err(unsupported("a sub-query at its left")),
        other => Ok(Transformed::no(other)),
    })?;
    let rows = LogicalPlanBuilder::from(subquery.subquery.as_ref().clone()).alias(COMPARED)?;
    let Some(column) = rows.schema().columns().into_iter().next() else { return Err(unsupported("no column")) };
    let holds = binary_expr(from_outside.data, op, Expr::Column(column));
    let one = || lit(1_i64);
    let decided = match quantifier {
        SetQuantifier::Any => holds.clone(),
        SetQuantifier::All => Expr::Not(Box::new(holds.clone())),
    };
    let counts = vec![
        count(when(decided, one()).end()?).alias("__decided"),
        count(when(holds.is_null(), one()).end()?).alias("__unknown"),
    ];
    let is_some = |name: &str| Expr::Column(Column::new_unqualified(name)).gt(lit(0_i64));
    let decides = matches!(quantifier, SetQuantifier::Any);
    let value = when(is_some("__decided"), lit(decides))
        .when(is_some("__unknown"), lit(ScalarValue::Boolean(None)))
        .otherwise(lit(!decides))?;
    let plan = rows.aggregate(Vec::<Expr>::new(), counts)?.project(vec![value.alias("__holds")])?.build()?;
    let outer_ref_columns = outer_columns(&plan)?;
    Ok(Expr::ScalarSubquery(Subquery { subquery: Arc::new(plan), outer_ref_columns, spans: Spans::new() }))
}
