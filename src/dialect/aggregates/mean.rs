//! The mean of exact numbers, with as many decimals as PostgreSQL gives a quotient.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::functions_aggregate::average::Avg;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, ReversedUDAF, Signature, Volatility};

use crate::dialect::numbers::quotient::{rounded, rounded_wide, shown_as_quotient};

/// The engine's mean of decimals, rounded and shown as PostgreSQL's quotients are.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Mean {
    /// Decimals of the numbers.
    least: i8,
    inner: Avg,
    signature: Signature,
}

impl Mean {
    pub fn new(least: i8) -> Self {
        Self { least, inner: Avg::new(), signature: Signature::any(1, Volatility::Immutable) }
    }
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
        let inner = self.inner.accumulator(args)?;
        Ok(Box::new(Rounded { least: self.least, inner }))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        self.inner.state_fields(args)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        self.inner.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        let inner = self.inner.create_groups_accumulator(args)?;
        Ok(Box::new(RoundedGroups { least: self.least, inner }))
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let inner = self.inner.create_sliding_accumulator(args)?;
        Ok(Box::new(Rounded { least: self.least, inner }))
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}

/// Means with as many decimals as are shown.
fn rounded_means(means: &ArrayRef, least: i8) -> ArrayRef {
    match means.data_type() {
        DataType::Decimal128(_, scale) => {
            let means = means.as_primitive::<Decimal128Type>();
            Arc::new(
                means.unary::<_, Decimal128Type>(|mean| rounded(mean, *scale, least)).with_data_type(means.data_type().clone()),
            )
        }
        DataType::Decimal256(_, scale) => {
            let means = means.as_primitive::<Decimal256Type>();
            let rounded = means.unary::<_, Decimal256Type>(|mean| rounded_wide(mean, *scale, least).unwrap_or(mean));
            Arc::new(rounded.with_data_type(means.data_type().clone()))
        }
        _ => ArrayRef::clone(means),
    }
}

#[derive(Debug)]
struct Rounded {
    least: i8,
    inner: Box<dyn Accumulator>,
}

impl Accumulator for Rounded {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.inner.update_batch(values)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mean = self.inner.evaluate()?.to_array()?;
        ScalarValue::try_from_array(&rounded_means(&mean, self.least), 0)
    }

    fn size(&self) -> usize {
        self.inner.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.inner.state()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.inner.merge_batch(states)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.inner.retract_batch(values)
    }

    fn supports_retract_batch(&self) -> bool {
        self.inner.supports_retract_batch()
    }
}

struct RoundedGroups {
    least: i8,
    inner: Box<dyn GroupsAccumulator>,
}

impl GroupsAccumulator for RoundedGroups {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.inner.update_batch(values, groups, filter, total)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        Ok(rounded_means(&self.inner.evaluate(emit_to)?, self.least))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        self.inner.state(emit_to)
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.inner.merge_batch(values, groups, total)
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        self.inner.convert_to_state(values, filter)
    }

    fn size(&self) -> usize {
        self.inner.size()
    }
}
