//! Sums and means of exact numbers: as in PostgreSQL the sum of `bigint` is a `numeric`, which does not overflow, and so is the mean of
//! all exact numbers, with the decimals of a quotient.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::DFSchema;
use datafusion::common::tree_node::Transformed;
use datafusion::error::Result;
use datafusion::functions_aggregate::average::Avg;
use datafusion::logical_expr::expr::{AggregateFunctionParams, Cast, WindowFunctionParams};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, ExprSchemable, GroupsAccumulator, ReversedUDAF, Signature, Volatility,
    WindowFunctionDefinition,
};

use super::quotient::shown_as_quotient;

/// Decimals of the numbers of which a mean is computed. The engine gives the mean four more, the last of them cut off: one more than are
/// ever shown.
const MEAN_SCALE: i8 = 17;

/// An aggregate with its argument, and the function itself, as PostgreSQL has them.
pub fn meant(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    match expr {
        Expr::AggregateFunction(mut call) => {
            let AggregateFunctionParams { args, .. } = &mut call.params;
            Ok(match exact(&call.func, args, schema) {
                Some(function) => {
                    call.func = function;
                    Transformed::yes(Expr::AggregateFunction(call))
                }
                None => Transformed::no(Expr::AggregateFunction(call)),
            })
        }
        Expr::WindowFunction(mut call) => {
            let WindowFunctionParams { args, .. } = &mut call.params;
            let WindowFunctionDefinition::AggregateUDF(function) = &call.fun else {
                return Ok(Transformed::no(Expr::WindowFunction(call)));
            };
            Ok(match exact(function, args, schema) {
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

/// The function for a sum or a mean of exact numbers, whose argument is made a wide one.
fn exact(function: &Arc<AggregateUDF>, args: &mut [Expr], schema: &DFSchema) -> Option<Arc<AggregateUDF>> {
    let [argument] = args else { return None };
    let data_type = argument.get_type(schema).ok()?;
    let (wide, function) = match (function.name(), &data_type) {
        ("sum", DataType::Int64) => (DataType::Decimal128(19, 0), Arc::clone(function)),
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
            (
                wide,
                Arc::new(AggregateUDF::from(Mean {
                    least: scale.max(0),
                    inner: Avg::new(),
                    signature: Signature::any(1, Volatility::Immutable),
                })),
            )
        }
        _ => return None,
    };
    let number = std::mem::replace(argument, Expr::Literal(datafusion::common::ScalarValue::Null, None));
    *argument = Expr::Cast(Cast::new(Box::new(number), wide));
    Some(function)
}

/// The engine's mean of decimals, shown as PostgreSQL shows quotients.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Mean {
    /// Decimals of the numbers.
    least: i8,
    inner: Avg,
    signature: Signature,
}

impl AggregateUDFImpl for Mean {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }

    fn return_field(&self, fields: &[FieldRef]) -> Result<FieldRef> {
        let field = self.inner.return_field(fields)?.as_ref().clone();
        Ok(shown_as_quotient(field, self.least))
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.inner.accumulator(args)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        self.inner.state_fields(args)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        self.inner.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        self.inner.create_groups_accumulator(args)
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.inner.create_sliding_accumulator(args)
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}
