//! Sums and means of exact numbers: as in PostgreSQL the sum of `bigint` is a `numeric`, which does not overflow, and so is the mean of
//! all exact numbers, with the decimals of a quotient.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::common::tree_node::Transformed;
use datafusion::error::Result;
use datafusion::logical_expr::expr::{AggregateFunctionParams, Cast, WindowFunctionParams};
use datafusion::logical_expr::{AggregateUDF, Expr, ExprSchemable, WindowFunctionDefinition};

use super::mean::Mean;
use super::{extremes, float_sum, intervals, recomputed, variance};
use crate::dialect::failure::failed;
use crate::dialect::functions::same;
use crate::dialect::numbers::quotient::shown_decimals;
use crate::dialect::types::agreement;

/// Decimals of the numbers of which a mean is computed. The engine gives the mean four more, the last of them cut off: one more than are
/// ever shown.
const MEAN_SCALE: i8 = 17;

/// Most digits of numbers of which ten thousand million have a sum of 38 digits.
const SUMMED_PRECISION: u8 = 28;

/// An aggregate with its argument, and the function itself, as PostgreSQL has them.
pub fn meant(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    match &expr {
        Expr::AggregateFunction(call) => {
            if let Some(condition) = &call.params.filter {
                agreement::check_condition("FILTER", condition, schema)?;
            }
            takes(call.func.name(), &call.params.args)?;
        }
        Expr::WindowFunction(call) => takes(call.fun.name(), &call.params.args)?,
        _ => {}
    }
    match expr {
        Expr::AggregateFunction(mut call) => {
            let AggregateFunctionParams { args, .. } = &mut call.params;
            Ok(match of_numbers(&call.func, args, schema) {
                Some(function) => {
                    call.func = function;
                    Transformed::yes(Expr::AggregateFunction(call))
                }
                None => Transformed::no(Expr::AggregateFunction(call)),
            })
        }
        Expr::WindowFunction(mut call) => {
            let WindowFunctionParams { args, window_frame, .. } = &mut call.params;
            let WindowFunctionDefinition::AggregateUDF(function) = &call.fun else {
                return Ok(Transformed::no(Expr::WindowFunction(call)));
            };
            let replaced = of_numbers(function, args, schema);
            let types = args.iter().map(|argument| argument.get_type(schema)).collect::<Result<Vec<_>>>()?;
            let framed = recomputed::meant(replaced.as_ref().unwrap_or(function), &types, window_frame).or(replaced);
            Ok(match framed {
                Some(function) => {
                    call.fun = WindowFunctionDefinition::AggregateUDF(function);
                    Transformed::yes(Expr::WindowFunction(call))
                }
                None => Transformed::no(Expr::WindowFunction(call)),
            })
        }
        other => Ok(Transformed::no(other)),
    }
}

/// 42883 for more arguments than `count` takes.
fn takes(name: &str, arguments: &[Expr]) -> Result<()> {
    match (name, arguments) {
        ("count", [_, _, ..]) => Err(failed("42883", "function count of several arguments does not exist")),
        _ => Ok(()),
    }
}

/// The function for a sum or a mean of exact numbers, whose argument is made a wide one, or for an extreme of floating-point numbers.
fn of_numbers(function: &Arc<AggregateUDF>, args: &mut [Expr], schema: &DFSchema) -> Option<Arc<AggregateUDF>> {
    let [argument] = args else { return None };
    let field = argument.to_field(schema).ok()?.1;
    let data_type = field.data_type();
    if let Some(function) = extremes::of_floats(function, data_type) {
        *argument = same::hidden(std::mem::take(argument));
        return Some(function);
    }
    if let Some(function) = variance::exact(function.name(), data_type).or_else(|| float_sum::of_floats(function, data_type)) {
        return Some(function);
    }
    if matches!(data_type, DataType::Interval(_)) {
        return intervals::extreme(function.name());
    }
    let (wide, function) = match (function.name(), data_type) {
        ("sum", DataType::Int64) => (DataType::Decimal128(19, 0), Arc::clone(function)),
        // Of so many digits a sum has soon more than the engine's type of the numbers holds.
        ("sum", DataType::Decimal128(precision, scale)) if *precision > SUMMED_PRECISION => {
            (DataType::Decimal256(*precision, *scale), Arc::clone(function))
        }
        ("sum", DataType::UInt64) => (DataType::Decimal128(20, 0), Arc::clone(function)),
        ("avg", number) if !function.inner().is::<Mean>() => {
            let (whole, scale) = match number {
                DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 | DataType::UInt32 => {
                    (10, 0)
                }
                DataType::Int64 | DataType::UInt64 => (20, 0),
                DataType::Decimal32(precision, scale)
                | DataType::Decimal64(precision, scale)
                | DataType::Decimal128(precision, scale)
                | DataType::Decimal256(precision, scale) => (i16::from(*precision) - i16::from(*scale), *scale),
                _ => return None,
            };
            let decimals = MEAN_SCALE.max(scale);
            let digits = u8::try_from(whole + i16::from(decimals)).unwrap_or(u8::MAX);
            // The mean has four digits more.
            let wide = match digits {
                0..35 => DataType::Decimal128(digits, decimals),
                _ => DataType::Decimal256(digits.min(72), decimals),
            };
            (wide, Arc::new(AggregateUDF::from(Mean::new(shown_decimals(&field).unwrap_or_default().max(0)))))
        }
        _ => return None,
    };
    let number = std::mem::replace(argument, Expr::Literal(datafusion::common::ScalarValue::Null, None));
    *argument = Expr::Cast(Cast::new(Box::new(number), wide));
    Some(function)
}
