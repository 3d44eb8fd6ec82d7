//! Columns of an outer query within its sub-queries: they keep the type that they had when the sub-query was planned, and here they get
//! the one that they have become.

use datafusion::common::DFSchema;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Expr, LogicalPlan};

/// The node with its columns in its sub-queries as its inputs have them.
pub fn retyped(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let schema = merge_schema(&node.inputs());
    node.map_subqueries(|subquery| {
        let mut changed = subquery.transform_up_with_subqueries(|below| {
            let below = below.map_expressions(|expr| columns(expr, &schema))?;
            if below.transformed { below.map_data(LogicalPlan::recompute_schema) } else { Ok(below) }
        })?;
        if let LogicalPlan::Subquery(subquery) = &mut changed.data {
            let of_outer = std::mem::take(&mut subquery.outer_ref_columns).into_iter();
            subquery.outer_ref_columns = of_outer.map(|expr| Ok(columns(expr, &schema)?.data)).collect::<Result<_>>()?;
        }
        Ok(changed)
    })
}

fn columns(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_down(|expr| {
        let Expr::OuterReferenceColumn(field, column) = expr else { return Ok(Transformed::no(expr)) };
        Ok(match schema.qualified_field_from_column(&column) {
            Ok((_, now)) if now.data_type() != field.data_type() => {
                Transformed::yes(Expr::OuterReferenceColumn(now.clone(), column))
            }
            _ => Transformed::no(Expr::OuterReferenceColumn(field, column)),
        })
    })
}
