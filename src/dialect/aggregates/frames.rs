//! Frames of windows that PostgreSQL has not, and the engine has after a cast that nobody asked for; and distances between times of day and
//! between intervals, which the engine does not measure.

use datafusion::arrow::datatypes::{DataType, IntervalUnit};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, WindowFrameBound, WindowFrameUnits};
use datafusion_functions_customer::type_name::type_name;

use crate::dialect::casts::literals;
use crate::dialect::failure::failed;
use crate::dialect::moments::{calendar, intervals};
use crate::error::Error;

/// # Errors
/// 0A000 for a distance between texts or truth values.
pub fn check(node: &LogicalPlan) -> Result<()> {
    match node {
        LogicalPlan::Window(window) => window.window_expr.iter().try_for_each(|expr| framed(expr, window.input.schema())),
        _ => Ok(()),
    }
}

fn is_offset(bound: &WindowFrameBound) -> bool {
    match bound {
        WindowFrameBound::Preceding(value) | WindowFrameBound::Following(value) => !value.is_null(),
        WindowFrameBound::CurrentRow => false,
    }
}

fn framed(expr: &Expr, schema: &DFSchema) -> Result<()> {
    let Expr::WindowFunction(function) = expr.clone().unalias() else { return Ok(()) };
    let frame = &function.params.window_frame;
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

/// A window over times of day or intervals, sorted by how long they are: a number, of which there are distances.
///
/// # Errors
/// 22013 for a distance below zero, 0A000 for one that is a number, and those of a text that is no interval.
pub fn measured(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let Expr::WindowFunction(mut call) = expr else { return Ok(Transformed::no(expr)) };
    let frame = &mut call.params.window_frame;
    let [sort] = call.params.order_by.as_mut_slice() else { return Ok(Transformed::no(Expr::WindowFunction(call))) };
    let has_offset = is_offset(&frame.start_bound) || is_offset(&frame.end_bound);
    let data_type = match frame.units == WindowFrameUnits::Range && has_offset {
        true => sort.expr.get_type(schema)?,
        false => DataType::Null,
    };
    let is_time = matches!(data_type, DataType::Time64(_));
    if !is_time && !matches!(data_type, DataType::Interval(_)) {
        return Ok(Transformed::no(Expr::WindowFunction(call)));
    }
    let key = std::mem::take(&mut sort.expr);
    let interval = DataType::Interval(IntervalUnit::MonthDayNano);
    let key = if is_time { calendar::clock_as(key.clone(), &interval).unwrap_or(key) } else { key };
    sort.expr = intervals::length(key);
    for bound in [&mut frame.start_bound, &mut frame.end_bound] {
        if let WindowFrameBound::Preceding(value) | WindowFrameBound::Following(value) = bound {
            let interval = match &*value {
                ScalarValue::IntervalMonthDayNano(Some(interval)) => *interval,
                value => match value.try_as_str().flatten() {
                    Some(text) if text.parse::<f64>().is_ok() => {
                        let name = type_name(&data_type);
                        let message = format!(
                            "RANGE with offset PRECEDING/FOLLOWING is not supported for column type {name} and offset type integer"
                        );
                        return Err(Error::unsupported(message).hint("Write an interval in the place of the number").into());
                    }
                    Some(text) => literals::interval(text)?,
                    None => continue,
                },
            };
            // Of months and days a clock shows nothing.
            let distance = if is_time { i128::from(interval.nanoseconds / 1_000) } else { intervals::micros(interval) };
            if distance < 0 {
                return Err(failed("22013", "invalid preceding or following size in window function"));
            }
            *value = ScalarValue::from(distance.to_string());
        }
    }
    Ok(Transformed::yes(Expr::WindowFunction(call)))
}
