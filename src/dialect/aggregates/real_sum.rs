//! The sum of `real`, which is a `real` in PostgreSQL and a `double precision` in the engine.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::compute::sum;
use datafusion::arrow::datatypes::{DataType, Float32Type};
use datafusion::common::{ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::function::AccumulatorArgs;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, ReversedUDAF, Signature, Volatility,
};
use datafusion_functions_aggregate_common::aggregate::groups_accumulator::prim_op::PrimitiveGroupsAccumulator;

/// The function for such numbers, if it is a sum.
pub fn of_reals(function: &Arc<AggregateUDF>, data_type: &DataType) -> Option<Arc<AggregateUDF>> {
    let is_one = function.name() == "sum" && *data_type == DataType::Float32;
    is_one.then(|| Arc::new(AggregateUDF::from(RealSum { signature: Signature::any(1, Volatility::Immutable) })))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct RealSum {
    signature: Signature,
}

impl AggregateUDFImpl for RealSum {
    fn name(&self) -> &str {
        "sum"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float32)
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Sum { sum: 0.0, count: 0 }))
    }

    fn state_fields(
        &self,
        args: datafusion::logical_expr::function::StateFieldsArgs,
    ) -> Result<Vec<datafusion::arrow::datatypes::FieldRef>> {
        Ok(vec![Arc::new(datafusion::arrow::datatypes::Field::new(args.name, DataType::Float32, true))])
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        let add = |sum: &mut f32, number: f32| *sum += number;
        Ok(Box::new(PrimitiveGroupsAccumulator::<Float32Type, _>::new(&DataType::Float32, add)))
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}

#[derive(Debug)]
struct Sum {
    sum: f32,
    /// Numbers in it.
    count: usize,
}

impl Accumulator for Sum {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [numbers] = values else { return internal_err!("sum takes one argument") };
        self.sum += sum(numbers.as_primitive::<Float32Type>()).unwrap_or_default();
        self.count += numbers.len() - numbers.null_count();
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [numbers] = values else { return internal_err!("sum takes one argument") };
        self.sum -= sum(numbers.as_primitive::<Float32Type>()).unwrap_or_default();
        self.count -= numbers.len() - numbers.null_count();
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float32((self.count > 0).then_some(self.sum)))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}
