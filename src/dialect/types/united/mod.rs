//! Rows that are brought together, by UNION, INTERSECT, EXCEPT, VALUES and the conditions of joins, and the types that their columns have
//! then: [`literals`] have that of the other side, also in [`values`], and numbers are [`floats`] where one of them is.

mod floats;
mod literals;
pub mod values;

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{Column, JoinType, NullEquality};
use datafusion::error::Result;
use datafusion::logical_expr::expr::Cast;
use datafusion::logical_expr::{Expr, Join, LogicalPlan, Projection};

use crate::dialect::casts::literals::DateOrder;

/// A node that brings rows together, with columns of the types that PostgreSQL gives them.
///
/// # Errors
/// 42804 where the types do not go together; those of literals.
pub fn united(node: LogicalPlan, order: DateOrder) -> Result<Transformed<LogicalPlan>> {
    values::literals(node, order)?.transform_data(|node| literals::united(node, order))?.transform_data(floats::united)
}

/// Whether the engine's planner made the join of INTERSECT or EXCEPT.
fn is_set_operation(join: &Join) -> bool {
    join.null_equality == NullEquality::NullEqualsNull && matches!(join.join_type, JoinType::LeftSemi | JoinType::LeftAnti)
}

/// The rows of a plan with those columns cast for which there is a target, by their places and fields.
fn with_casts(plan: &Arc<LogicalPlan>, target: impl Fn(usize, &Field) -> Option<DataType>) -> Result<Arc<LogicalPlan>> {
    let columns = plan.schema().iter().enumerate().map(|(place, (qualifier, field))| {
        let column = Expr::Column(Column::new(qualifier.cloned(), field.name()));
        match target(place, field) {
            Some(target) => Expr::Cast(Cast::new(Box::new(column), target)).alias_qualified(qualifier.cloned(), field.name()),
            None => column,
        }
    });
    let columns = columns.collect();
    Ok(Arc::new(LogicalPlan::Projection(Projection::try_new(columns, Arc::clone(plan))?)))
}
