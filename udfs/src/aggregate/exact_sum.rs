//! `exact_sum`: a sum of doubles that depends neither on the order of rows nor on the number of threads.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, Expr, GroupsAccumulator, Signature};

use crate::args::{anything, check, doubles};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::models::compensated::Sum;

pub static DOC: Doc = Doc {
    name: "exact_sum",
    kind: Kind::Aggregate,
    topic: "Value and churn",
    summary: "The sum of doubles to 15 significant digits, the same whatever the order of rows and the number of threads.",
    arguments: &[Argument::required("amount", Takes::Double, "NULLs are left out")],
    returns: &[Column::new("", "double precision", "NULL for no rows")],
    notes: "NaN and infinite amounts are an error, 22023, and so is a sum beyond the largest double, 22003: only the sum counts, not what it \
            passes on the way. Equal amounts give equal sums, so that scores do not split ties.",
    source: "Knuth, The Art of Computer Programming vol. 2, 4.2.2, theorem B (two-sum), carried in two doubles.",
    example: "SELECT exact_sum(v) FROM (VALUES (0.1), (0.2), (0.3)) AS t(v);",
};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ExactSum {
    signature: Signature,
}

impl Default for ExactSum {
    fn default() -> Self {
        Self { signature: anything() }
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

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        check(&DOC, types)?;
        Ok(DataType::Float64)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let field = |part| Arc::new(Field::new(format!("{}[{part}]", args.name), DataType::Float64, true));
        Ok(vec![field("high"), field("low"), field("units")])
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

/// 22023 unless the amount is finite.
pub(super) fn finite(amount: f64) -> Result<f64> {
    if amount.is_finite() { Ok(amount) } else { Err(not_finite().into()) }
}

pub(crate) fn not_finite() -> CustomerError {
    CustomerError::invalid_value("an amount is NaN or infinite").hint("Filter such rows out, or correct them")
}

/// The value of a sum, or 22003.
pub(super) fn value_of(sum: Sum) -> Result<f64> {
    let error = || CustomerError::out_of_range("value out of range: a sum of amounts overflows double precision");
    Ok(sum.value().ok_or_else(error)?)
}

/// Partial sums as columns: high, low, units.
pub(super) fn write_sums(sums: impl Iterator<Item = Option<Sum>> + Clone) -> Vec<ArrayRef> {
    let column = |part: fn(Sum) -> f64| -> ArrayRef { Arc::new(sums.clone().map(|s| s.map(part)).collect::<Float64Array>()) };
    vec![column(|s| s.high), column(|s| s.low), column(|s| s.units)]
}

/// The way back from [`write_sums`].
pub(super) fn read_sums(states: &[ArrayRef]) -> impl Iterator<Item = Option<Sum>> {
    let columns = match states {
        [high, low, units] => Some([high, low, units].map(|part| part.as_primitive::<Float64Type>())),
        _ => None,
    };
    columns.into_iter().flat_map(|[high, low, units]| {
        let rows = high.iter().zip(low.values()).zip(units.values());
        rows.map(|((high, low), units)| high.map(|high| Sum { high, low: *low, units: *units }))
    })
}

/// The sum of everything.
#[derive(Debug, Default)]
struct One {
    sum: Option<Sum>,
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Some(amounts) = values.first() else { return Ok(()) };
        for amount in doubles(amounts)?.iter().flatten() {
            self.sum.get_or_insert_default().add(finite(amount)?);
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for sum in read_sums(states).flatten() {
            self.sum.get_or_insert_default().merge(sum);
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        write_sums(std::iter::once(self.sum)).iter().map(|part| ScalarValue::try_from_array(part, 0)).collect()
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(self.sum.map(value_of).transpose()?))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
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
        for (row, (amount, &group)) in doubles(values)?.iter().zip(groups).enumerate() {
            let wanted = filter.is_none_or(|f| f.is_valid(row) && f.value(row));
            if let (true, Some(amount), Some(sum)) = (wanted, amount, self.slot(group)) {
                sum.add(finite(amount)?);
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.sums.resize(total, None);
        for (part, &group) in read_sums(states).zip(groups) {
            if let (Some(part), Some(sum)) = (part, self.slot(group)) {
                sum.merge(part);
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let sums = self.take(emit_to);
        let values = sums.into_iter().map(|sum| sum.map(value_of).transpose());
        Ok(Arc::new(values.collect::<Result<Float64Array>>()?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let sums = self.take(emit_to);
        Ok(write_sums(sums.iter().copied()))
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
