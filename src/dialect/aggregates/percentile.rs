//! `percentile_cont(fraction) WITHIN GROUP (ORDER BY x)` with a number for the fraction: a point between two values, as PostgreSQL computes
//! it (`percentile_cont_final` in orderedsetaggs.c). The engine's own cuts the fraction between them to six decimals.

use std::cmp::Ordering;
use std::fmt::Debug;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, ListArray, PrimitiveArray, RecordBatch,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{
    DataType, Field, FieldRef, Float64Type, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit, Schema,
};
use datafusion::common::{ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility};

use crate::dialect::failure::{failed, undefined};
use crate::dialect::moments::intervals;

const INTERVAL: DataType = DataType::Interval(IntervalUnit::MonthDayNano);

/// Values that are in order, and have others between them.
pub trait Between: ArrowPrimitiveType {
    fn order(one: Self::Native, other: Self::Native) -> Ordering;

    /// The value a part of the way from one to the other.
    fn between(low: Self::Native, high: Self::Native, part: f64) -> Result<Self::Native>;
}

impl Between for Float64Type {
    fn order(one: f64, other: f64) -> Ordering {
        // NaN is the greatest number, whatever its sign.
        one.partial_cmp(&other).unwrap_or_else(|| one.is_nan().cmp(&other.is_nan()))
    }

    fn between(low: f64, high: f64, part: f64) -> Result<f64> {
        Ok(low + part * (high - low))
    }
}

impl Between for IntervalMonthDayNanoType {
    fn order(one: IntervalMonthDayNano, other: IntervalMonthDayNano) -> Ordering {
        intervals::micros(one).cmp(&intervals::micros(other))
    }

    fn between(low: IntervalMonthDayNano, high: IntervalMonthDayNano, part: f64) -> Result<IntervalMonthDayNano> {
        let out_of_range = || failed("22008", "interval out of range");
        let whole = IntervalMonthDayNano::new(high.months - low.months, high.days - low.days, high.nanoseconds - low.nanoseconds);
        let part = intervals::scaled(whole, |number| number * part).ok_or_else(out_of_range)?;
        Ok(IntervalMonthDayNano::new(low.months + part.months, low.days + part.days, low.nanoseconds + part.nanoseconds))
    }
}

/// The value at a fraction of the rows; of no rows, none.
fn at<T: Between>(values: &mut [T::Native], place: Place) -> Result<Option<T::Native>> {
    let order = |one: &T::Native, other: &T::Native| match place.is_descending {
        true => T::order(*other, *one),
        false => T::order(*one, *other),
    };
    let Some(last) = values.len().checked_sub(1) else { return Ok(None) };
    let wanted = place.fraction * last as f64;
    let first = (wanted.floor() as usize).min(last);
    let (_, low, above) = values.select_nth_unstable_by(first, order);
    let low = *low;
    if wanted.ceil() as usize <= first {
        return Ok(Some(low));
    }
    match above.iter().copied().min_by(order) {
        Some(high) => T::between(low, high, wanted - wanted.floor()).map(Some),
        None => Ok(Some(low)),
    }
}

#[derive(Clone, Copy, Debug)]
struct Place {
    fraction: f64,
    is_descending: bool,
}

impl Place {
    fn of(args: &AccumulatorArgs) -> Result<Self> {
        if args.is_distinct {
            return Err(failed("42601", "cannot use DISTINCT with WITHIN GROUP"));
        }
        let Some(fraction) = args.exprs.get(1) else { return internal_err!("percentile_cont without a fraction") };
        let nothing = RecordBatch::new_empty(Arc::new(Schema::empty()));
        let fraction = ScalarValue::try_from_array(&fraction.evaluate(&nothing)?.to_array(1)?, 0)?.cast_to(&DataType::Float64)?;
        let ScalarValue::Float64(Some(fraction)) = fraction else { return internal_err!("the fraction is no number") };
        if !(0.0..=1.0).contains(&fraction) {
            return Err(failed("22003", "percentile value is not between 0 and 1"));
        }
        Ok(Self { fraction, is_descending: args.order_bys.first().is_some_and(|key| key.options.descending) })
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Percentile {
    signature: Signature,
}

impl Default for Percentile {
    fn default() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

fn is_interval(fields: &[FieldRef]) -> bool {
    fields.first().is_some_and(|field| matches!(field.data_type(), DataType::Interval(_)))
}

impl AggregateUDFImpl for Percentile {
    fn name(&self) -> &str {
        "percentile_cont"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [DataType::Interval(_), fraction] if fraction.is_numeric() => Ok(vec![INTERVAL, DataType::Float64]),
            [value, fraction] if (value.is_numeric() || value.is_null()) && fraction.is_numeric() => {
                Ok(vec![DataType::Float64, DataType::Float64])
            }
            [value, fraction] => Err(undefined(self.name(), &[fraction.clone(), value.clone()])),
            types => Err(undefined(self.name(), types)),
        }
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(match types.first() {
            Some(DataType::Interval(_)) => INTERVAL,
            _ => DataType::Float64,
        })
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let element = if is_interval(args.input_fields) { INTERVAL } else { DataType::Float64 };
        Ok(vec![Arc::new(Field::new(args.name, DataType::new_list(element, true), true))])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let place = Place::of(&args)?;
        Ok(match is_interval(args.expr_fields) {
            true => Box::new(Values::<IntervalMonthDayNanoType> { values: vec![], place }),
            false => Box::new(Values::<Float64Type> { values: vec![], place }),
        })
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        let place = Place::of(&args)?;
        Ok(match is_interval(args.expr_fields) {
            true => Box::new(Groups::<IntervalMonthDayNanoType> { groups: vec![], place }),
            false => Box::new(Groups::<Float64Type> { groups: vec![], place }),
        })
    }

    fn supports_within_group_clause(&self) -> bool {
        true
    }
}

/// Groups of values as lists.
fn lists<T: ArrowPrimitiveType>(groups: Vec<Vec<T::Native>>) -> Result<ListArray> {
    let offsets = OffsetBuffer::from_lengths(groups.iter().map(Vec::len));
    let values: Vec<T::Native> = groups.into_iter().flatten().collect();
    let element = Arc::new(Field::new_list_field(T::DATA_TYPE, true));
    Ok(ListArray::try_new(element, offsets, Arc::new(PrimitiveArray::<T>::new(values.into(), None)), None)?)
}

#[derive(Debug)]
struct Values<T: ArrowPrimitiveType> {
    values: Vec<T::Native>,
    place: Place,
}

impl<T: Between + Debug> Accumulator for Values<T> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Some(values) = values.first() else { return internal_err!("percentile_cont without values") };
        self.values.extend(values.as_primitive::<T>().iter().flatten());
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        ScalarValue::new_primitive::<T>(at::<T>(&mut self.values, self.place)?, &T::DATA_TYPE)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.values.capacity() * size_of::<T::Native>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let list = lists::<T>(vec![std::mem::take(&mut self.values)])?;
        Ok(vec![ScalarValue::List(Arc::new(list))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [lists] = states else { return internal_err!("the values of percentile_cont are one list") };
        for values in lists.as_list::<i32>().iter().flatten() {
            self.update_batch(&[values])?;
        }
        Ok(())
    }
}

struct Groups<T: ArrowPrimitiveType> {
    groups: Vec<Vec<T::Native>>,
    place: Place,
}

impl<T: Between> GroupsAccumulator for Groups<T> {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        let Some(values) = values.first() else { return internal_err!("percentile_cont without values") };
        let values = values.as_primitive::<T>();
        self.groups.resize(total, vec![]);
        let is_taken = |row: usize| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        for (row, group) in groups.iter().enumerate() {
            if values.is_valid(row)
                && is_taken(row)
                && let Some(group) = self.groups.get_mut(*group)
            {
                group.push(values.value(row));
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let mut groups = emit_to.take_needed(&mut self.groups);
        let answers = groups.iter_mut().map(|values| at::<T>(values, self.place));
        Ok(Arc::new(answers.collect::<Result<PrimitiveArray<T>>>()?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(lists::<T>(emit_to.take_needed(&mut self.groups))?)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        let [lists] = states else { return internal_err!("the values of percentile_cont are one list") };
        self.groups.resize(total, vec![]);
        for (values, group) in lists.as_list::<i32>().iter().zip(groups) {
            if let (Some(values), Some(group)) = (values, self.groups.get_mut(*group)) {
                group.extend(values.as_primitive::<T>().iter().flatten());
            }
        }
        Ok(())
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let Some(values) = values.first() else { return internal_err!("percentile_cont without values") };
        let is_taken = |row: &usize| filter.is_none_or(|filter| filter.is_valid(*row) && filter.value(*row));
        let of_row = |row: usize| Some(row).filter(is_taken).filter(|row| values.is_valid(*row));
        let values = values.as_primitive::<T>();
        let rows = (0..values.len()).map(|row| of_row(row).map(|row| values.value(row)).into_iter().collect());
        Ok(vec![Arc::new(lists::<T>(rows.collect())?)])
    }

    fn size(&self) -> usize {
        let values: usize = self.groups.iter().map(|values| values.capacity() * size_of::<T::Native>()).sum();
        values + self.groups.capacity() * size_of::<Vec<T::Native>>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY x) FROM …`.
    #[test]
    fn points_are_between_two_values() {
        let at = |values: &[f64], fraction: f64, is_descending| {
            super::at::<Float64Type>(&mut values.to_vec(), Place { fraction, is_descending }).unwrap()
        };
        let values = [5.0, 1.0, 3.0, 2.0, 4.0, 8.0, 7.0, 6.0];
        assert_eq!(at(&values, 0.9, false), Some(7.3));
        assert_eq!(at(&values, 0.9, true), Some(1.7000000000000002));
        assert_eq!(at(&values, 0.5, false), Some(4.5));
        assert_eq!((at(&values, 0.0, false), at(&values, 1.0, false)), (Some(1.0), Some(8.0)));
        assert_eq!(at(&[1.0, f64::NAN], 0.0, false), Some(1.0));
        assert!(at(&[1.0, -f64::NAN], 1.0, false).is_some_and(f64::is_nan));
        assert_eq!(at(&[], 0.5, false), None);
    }
}
