//! Frames of windows that PostgreSQL has not, and the engine has after a cast that nobody asked for.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, WindowFrameBound, WindowFrameUnits};
use datafusion_functions_customer::type_name::type_name;

use crate::error::Error;

/// # Errors
/// 0A000 for a distance between texts or truth values.
pub fn check(node: &LogicalPlan) -> Result<()> {
    match node {
        LogicalPlan::Window(window) => window.window_expr.iter().try_for_each(|expr| framed(expr, window.input.schema())),
        _ => Ok(()),
    }
}

fn framed(expr: &Expr, schema: &DFSchema) -> Result<()> {
    let Expr::WindowFunction(function) = expr.clone().unalias() else { return Ok(()) };
    let frame = &function.params.window_frame;
    let is_offset = |bound: &WindowFrameBound| match bound {
        WindowFrameBound::Preceding(value) | WindowFrameBound::Following(value) => !value.is_null(),
        WindowFrameBound::CurrentRow => false,
    };
    if frame.units != WindowFrameUnits::Range || !(is_offset(&frame.start_bound) || is_offset(&frame.end_bound)) {
        return Ok(());
    }
    let Some(sorted) = function.params.order_by.first() else { return Ok(()) };
    let data_type = sorted.expr.get_type(schema)?;
    if data_type.is_string() || data_type == DataType::Boolean {
        let name = type_name(&data_type);
        let message = format!("RANGE with offset PRECEDING/FOLLOWING is not supported for column type {name}");
        return Err(Error::unsupported(message).into());
    }
    Ok(())
}
