//! `min` and `max` of floating-point numbers, of which NaN is the greatest. The engine leaves NaN out where it groups, and takes a group of
//! infinities for the least of its numbers.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef, Float32Type, Float64Type};
use datafusion::common::not_impl_err;
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, ReversedUDAF, Signature};
use datafusion_functions_aggregate_common::aggregate::groups_accumulator::prim_op::PrimitiveGroupsAccumulator;

/// The function for these numbers, if it is one of the two.
pub fn of_floats(function: &Arc<AggregateUDF>, data_type: &DataType) -> Option<Arc<AggregateUDF>> {
    let is_one = matches!(function.name(), "min" | "max") && !function.inner().is::<Extreme>();
    let is_float = matches!(data_type, DataType::Float32 | DataType::Float64);
    (is_one && is_float).then(|| Arc::new(AggregateUDF::from(Extreme { inner: Arc::clone(function) })))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Extreme {
    inner: Arc<AggregateUDF>,
}

macro_rules! groups {
    ($type:ty, $native:ty, $data_type:expr, $is_max:expr) => {{
        // The start is what any number replaces; a group without numbers is NULL.
        let start = if $is_max { <$native>::NEG_INFINITY } else { <$native>::NAN };
        let is_max = $is_max;
        let replace = move |extreme: &mut $native, number: $native| {
            let replaces = match is_max {
                true => number > *extreme || number.is_nan(),
                false => number < *extreme || extreme.is_nan(),
            };
            if replaces {
                *extreme = number;
            }
        };
        Box::new(PrimitiveGroupsAccumulator::<$type, _>::new($data_type, replace).with_starting_value(start))
    }};
}

impl AggregateUDFImpl for Extreme {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(types)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.inner.accumulator(args)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        self.inner.state_fields(args)
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        let (data_type, is_max) = (args.return_field.data_type(), self.name() == "max");
        Ok(match data_type {
            DataType::Float32 => groups!(Float32Type, f32, data_type, is_max),
            DataType::Float64 => groups!(Float64Type, f64, data_type, is_max),
            other => return not_impl_err!("{} of {other} as floating-point numbers", self.name()),
        })
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.inner.create_sliding_accumulator(args)
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.inner.order_sensitivity()
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}
