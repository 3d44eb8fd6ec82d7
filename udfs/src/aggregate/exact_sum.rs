//! `exact_sum`: a sum of doubles that depends neither on the order of rows nor on the number of threads.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, Expr, GroupsAccumulator, Signature, Volatility,
};

use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::models::compensated::Sum;

pub static DOC: Doc = Doc {
    name: "exact_sum",
    kind: Kind::Aggregate,
    topic: "Value and churn",
    summary: "The sum of doubles to 15 significant digits, the same whatever the order of rows and the number of threads.",
    arguments: &[Argument::required("amount", Takes::Value("double precision"), "NULLs are left out")],
    returns: &[Column::new("", "double precision", "NULL for no rows")],
    notes: "NaN and infinite amounts are an error, 22023. Equal amounts give equal sums, so that scores do not split ties.",
    source: "Knuth, The Art of Computer Programming vol. 2, 4.2.2, theorem B (two-sum), carried in two doubles.",
    example: "SELECT exact_sum(v) FROM (VALUES (0.1), (0.2), (0.3)) AS t(v);",
};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ExactSum {
    signature: Signature,
}

impl Default for ExactSum {
    fn default() -> Self {
        Self { signature: Signature::exact(vec![DataType::Float64], Volatility::Immutable) }
    }
}

/// `exact_sum(amount)` as an expression.
pub(crate) fn exact_sum(amount: Expr) -> Expr {
    AggregateUDF::from(ExactSum::default()).call(vec![amount])
}

impl AggregateUDFImpl for ExactSum {
    fn name(&self) -> &str {
        DOC.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let field = |part| Arc::new(Field::new(format!("{}[{part}]", args.name), DataType::Float64, true));
        Ok(vec![field("high"), field("low")])
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(One::default()))
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Groups::default()))
    }
}

fn finite(amount: f64) -> Result<f64> {
    if amount.is_finite() {
        return Ok(amount);
    }
    Err(CustomerError::invalid_value("an amount is NaN or infinite").hint("Filter such rows out, or correct them").into())
}

/// The sum of everything.
#[derive(Debug, Default)]
struct One {
    sum: Option<Sum>,
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for amount in values.iter().flat_map(|v| v.as_primitive::<Float64Type>().iter().flatten()) {
            self.sum.get_or_insert_default().add(finite(amount)?);
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for (high, low) in partial_sums(states) {
            self.sum.get_or_insert_default().merge(Sum { high, low });
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Float64(self.sum.map(|s| s.high)), ScalarValue::Float64(self.sum.map(|s| s.low))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(self.sum.map(Sum::value)))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}

fn partial_sums(states: &[ArrayRef]) -> Vec<(f64, f64)> {
    let [high, low] = states else { return vec![] };
    let (high, low) = (high.as_primitive::<Float64Type>(), low.as_primitive::<Float64Type>());
    high.iter().zip(low).filter_map(|(high, low)| high.zip(low)).collect()
}

/// The sums of many groups.
#[derive(Debug, Default)]
struct Groups {
    sums: Vec<Option<Sum>>,
}

impl Groups {
    fn take(&mut self, emit_to: EmitTo) -> Vec<Option<Sum>> {
        emit_to.take_needed(&mut self.sums)
    }

    fn slot(&mut self, group: usize) -> Option<&mut Sum> {
        self.sums.get_mut(group).map(|slot| slot.get_or_insert_default())
    }
}

impl GroupsAccumulator for Groups {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.sums.resize(total, None);
        let Some(values) = values.first() else { return Ok(()) };
        for (row, (amount, &group)) in values.as_primitive::<Float64Type>().iter().zip(groups).enumerate() {
            let wanted = filter.is_none_or(|f| f.is_valid(row) && f.value(row));
            if let (true, Some(amount), Some(sum)) = (wanted, amount, self.slot(group)) {
                sum.add(finite(amount)?);
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.sums.resize(total, None);
        let [high, low] = states else { return Ok(()) };
        let (high, low) = (high.as_primitive::<Float64Type>(), low.as_primitive::<Float64Type>());
        for ((high, low), &group) in high.iter().zip(low).zip(groups) {
            if let (Some(high), Some(low), Some(sum)) = (high, low, self.slot(group)) {
                sum.merge(Sum { high, low });
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let sums = self.take(emit_to);
        Ok(Arc::new(sums.into_iter().map(|sum| sum.map(Sum::value)).collect::<Float64Array>()))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let sums = self.take(emit_to);
        let high: Float64Array = sums.iter().map(|s| s.map(|s| s.high)).collect();
        let low: Float64Array = sums.iter().map(|s| s.map(|s| s.low)).collect();
        Ok(vec![Arc::new(high), Arc::new(low)])
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let groups: Vec<usize> = (0..values.first().map_or(0, |v| v.len())).collect();
        let mut rows = Self::default();
        rows.update_batch(values, &groups, filter, groups.len())?;
        rows.state(EmitTo::All)
    }

    fn size(&self) -> usize {
        self.sums.capacity() * size_of::<Option<Sum>>()
    }
}
