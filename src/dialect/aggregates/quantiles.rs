//! Functions of the sorted values of a group: `percentile_disc` takes the first value at or beyond a fraction of the rows, `percentile_cont`
//! a point between two, `mode` the value that is there most often (PostgreSQL's orderedsetaggs.c).

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, IntervalMonthDayNanoArray, ListArray, UInt32Array};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::{cast, concat, take};
use datafusion::arrow::datatypes::{DataType, Float64Type, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use crate::dialect::failure::{failed, undefined};
use crate::dialect::moments::intervals;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Discrete,
    Continuous,
    Mode,
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct OfSorted {
    kind: Kind,
    signature: Signature,
}

impl OfSorted {
    /// All of them, for a session.
    pub fn all() -> impl Iterator<Item = Self> {
        let of = |kind| Self { kind, signature: Signature::user_defined(Volatility::Immutable) };
        [Kind::Discrete, Kind::Continuous, Kind::Mode].into_iter().map(of)
    }

    /// The type of one answer.
    fn answer(&self, values: &DataType) -> Option<DataType> {
        let DataType::List(element) = values else { return None };
        Some(match (self.kind, element.data_type()) {
            (Kind::Continuous, DataType::Interval(_)) => DataType::Interval(IntervalUnit::MonthDayNano),
            (Kind::Continuous, number) if number.is_numeric() || number.is_null() => DataType::Float64,
            (Kind::Continuous, _) => return None,
            (_, element) => element.clone(),
        })
    }
}

impl ScalarUDFImpl for OfSorted {
    fn name(&self) -> &str {
        match self.kind {
            Kind::Discrete => "percentile_disc_of",
            Kind::Continuous => "percentile_cont_of",
            Kind::Mode => "mode_of",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let missing = || undefined(self.name().trim_end_matches("_of"), types);
        let Some((values, fractions)) = types.split_first() else { return Err(missing()) };
        let answer = self.answer(values).ok_or_else(missing)?;
        let values = if self.kind == Kind::Continuous { DataType::new_list(answer, true) } else { values.clone() };
        Ok(match (self.kind, fractions) {
            (Kind::Mode, []) => vec![values],
            (_, [DataType::List(_)]) => vec![values, DataType::new_list(DataType::Float64, true)],
            (_, [fraction]) if fraction.is_numeric() || fraction.is_null() => vec![values, DataType::Float64],
            _ => return Err(missing()),
        })
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let answer = types.first().and_then(|values| self.answer(values));
        let answer = answer.ok_or_else(|| undefined(self.name(), types))?;
        Ok(match types.get(1) {
            Some(DataType::List(_)) => DataType::new_list(answer, true),
            _ => answer,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let count = args.number_rows;
        let columns = args.args.iter().map(|argument| argument.to_array(count)).collect::<Result<Vec<_>>>()?;
        let Some(values) = columns.first().and_then(|values| values.as_list_opt::<i32>()) else {
            return internal_err!("{} without values", self.name());
        };
        let value = |row: usize| values.is_valid(row).then(|| values.value(row));
        let array: ArrayRef = match (columns.get(1), args.return_field.data_type()) {
            (None, answer) => {
                let modes = (0..count).map(|row| value(row).map(|values| mode(&values)).transpose());
                joined(modes.collect::<Result<Vec<_>>>()?, answer)?
            }
            (Some(fractions), DataType::List(answer)) if matches!(fractions.data_type(), DataType::List(_)) => {
                let lists = fractions.as_list::<i32>();
                let mut rows = vec![];
                for row in 0..count {
                    rows.push(match value(row) {
                        Some(values) if lists.is_valid(row) => {
                            let fractions = lists.value(row);
                            let fractions = fractions.as_primitive::<Float64Type>().iter();
                            let each = fractions.map(|fraction| self.at(&values, fraction)).collect::<Result<Vec<_>>>()?;
                            Some(joined(each, answer.data_type())?)
                        }
                        _ => None,
                    });
                }
                let offsets = OffsetBuffer::from_lengths(rows.iter().map(|row| row.as_ref().map_or(0, |row| row.len())));
                let nulls = NullBuffer::from_iter(rows.iter().map(Option::is_some));
                let elements = joined(rows.into_iter().flatten().map(Some).collect(), answer.data_type())?;
                Arc::new(ListArray::try_new(Arc::clone(answer), offsets, elements, Some(nulls))?)
            }
            (Some(fractions), answer) => {
                let fractions = cast(fractions, &DataType::Float64)?;
                let fractions = fractions.as_primitive::<Float64Type>();
                let each = (0..count).map(|row| match value(row) {
                    Some(values) => self.at(&values, fractions.is_valid(row).then(|| fractions.value(row))),
                    // Also of no rows, a fraction must be one.
                    None => checked(fractions.is_valid(row).then(|| fractions.value(row))).map(|_| None),
                });
                joined(each.collect::<Result<Vec<_>>>()?, answer)?
            }
        };
        Ok(match args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_))) && array.len() == 1 {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?),
            false => ColumnarValue::Array(array),
        })
    }
}

/// Arrays one after the other; NULL where there is none.
fn joined(parts: Vec<Option<ArrayRef>>, data_type: &DataType) -> Result<ArrayRef> {
    let null = datafusion::arrow::array::new_null_array(data_type, 1);
    let parts: Vec<&dyn Array> = parts.iter().map(|part| part.as_ref().unwrap_or(&null).as_ref()).collect();
    Ok(if parts.is_empty() { datafusion::arrow::array::new_empty_array(data_type) } else { concat(&parts)? })
}

fn checked(fraction: Option<f64>) -> Result<Option<f64>> {
    match fraction {
        Some(fraction) if !(0.0..=1.0).contains(&fraction) => Err(failed("22003", "percentile value is not between 0 and 1")),
        fraction => Ok(fraction),
    }
}

impl OfSorted {
    /// The value at a fraction; of none, none.
    fn at(&self, values: &ArrayRef, fraction: Option<f64>) -> Result<Option<ArrayRef>> {
        let Some(fraction) = checked(fraction)?.filter(|_| !values.is_empty()) else { return Ok(None) };
        if self.kind == Kind::Discrete {
            let place = ((fraction * values.len() as f64).ceil() as usize).max(1) - 1;
            return Ok(Some(values.slice(place.min(values.len() - 1), 1)));
        }
        let place = fraction * (values.len() - 1) as f64;
        let (low, high) = (place.floor() as usize, place.ceil() as usize);
        let part = place - place.floor();
        Ok(Some(match values.data_type() {
            DataType::Interval(_) => {
                let intervals = values.as_primitive::<IntervalMonthDayNanoType>();
                let (low, high) = (intervals.value(low), intervals.value(high));
                let out_of_range = || failed("22008", "interval out of range");
                let between =
                    IntervalMonthDayNano::new(high.months - low.months, high.days - low.days, high.nanoseconds - low.nanoseconds);
                let part = intervals::scaled(between, |number| number * part).ok_or_else(out_of_range)?;
                let at =
                    IntervalMonthDayNano::new(low.months + part.months, low.days + part.days, low.nanoseconds + part.nanoseconds);
                Arc::new(IntervalMonthDayNanoArray::from(vec![at]))
            }
            _ => {
                let numbers = values.as_primitive::<Float64Type>();
                let (low, high) = (numbers.value(low), numbers.value(high));
                Arc::new(Float64Array::from(vec![if low == high { low } else { low + part * (high - low) }]))
            }
        }))
    }
}

/// The first of those that are there most often.
fn mode(values: &ArrayRef) -> Result<ArrayRef> {
    let converter = RowConverter::new(vec![SortField::new(values.data_type().clone())])?;
    let rows = converter.convert_columns(&[Arc::clone(values)])?;
    let (mut best, mut most, mut first) = (0, 0, 0);
    for place in 0..values.len() {
        if rows.row(place) != rows.row(first) {
            first = place;
        }
        if place - first + 1 > most {
            (best, most) = (first, place - first + 1);
        }
    }
    Ok(take(values, &UInt32Array::from(vec![(!values.is_empty()).then(|| u32::try_from(best).unwrap_or(0))]), None)?)
}
