//! One row of literals, as in the `SELECT 1` of a connection pool: it is its own result, and nothing is planned for it.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::{DataType, FieldRef, Schema};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, Projection};

/// The row of a plan that is nothing but literals; `None` for every other plan.
pub(super) fn row(plan: &LogicalPlan) -> Result<Option<RecordBatch>> {
    let Some((projection, values)) = literals(plan) else { return Ok(None) };
    let columns = values.into_iter().map(|value| value.to_array_of_size(1)).collect::<Result<Vec<_>>>()?;
    let field = |(field, column): (&FieldRef, &ArrayRef)| {
        field.as_ref().clone().with_data_type(column.data_type().clone()).with_nullable(true)
    };
    let fields: Vec<_> = projection.schema.fields().iter().zip(&columns).map(field).collect();
    Ok(Some(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?))
}

/// The literals of a plan that has one row of them.
pub(super) fn literals(plan: &LogicalPlan) -> Option<(&Projection, Vec<ScalarValue>)> {
    let LogicalPlan::Projection(projection) = plan else { return None };
    let one_row = matches!(projection.input.as_ref(), LogicalPlan::EmptyRelation(nothing) if nothing.produce_one_row);
    let values = projection.expr.iter().map(literal).collect::<Option<Vec<_>>>()?;
    (one_row && !values.is_empty()).then_some((projection, values))
}

fn literal(expr: &Expr) -> Option<ScalarValue> {
    match expr {
        Expr::Literal(value, _) => Some(value.clone()),
        Expr::Alias(alias) => literal(&alias.expr),
        // The planner has a small number as a large one that is cast.
        Expr::Cast(cast) if *cast.field.data_type() == DataType::Int32 => match cast.expr.as_ref() {
            Expr::Literal(ScalarValue::Int64(Some(number)), _) => i32::try_from(*number).ok().map(ScalarValue::from),
            _ => None,
        },
        _ => None,
    }
}
