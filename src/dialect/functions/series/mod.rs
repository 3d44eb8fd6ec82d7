//! `generate_series` of every type that PostgreSQL has it for, as an array; where it stands among tables, its rows come from there too.

use std::sync::Arc;

use chrono::{DateTime, Months};
use cilake_wire::values::datetime::DAY_MICROS;
use cilake_wire::values::zone::Zone;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, ListArray, PrimitiveArray, new_empty_array};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::concat;
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Decimal128Type, Int32Type, Int64Type, IntervalMonthDayNano, IntervalMonthDayNanoType,
    IntervalUnit, TimeUnit, TimestampMicrosecondType,
};
use datafusion::common::config::ConfigOptions;
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::binary::comparison_coercion;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use crate::dialect::failure::{failed, undefined};
pub use rows::returning_rows;
pub use table::IntegerSeries;

mod rows;
mod table;

/// What one row may make; more is for tables, which need not hold all rows at once.
const ELEMENTS_MAX: usize = 32 << 20;

const SECOND: i64 = 1_000_000;

/// The function; dates become moments of the session's zone.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct GenerateSeries {
    zone: String,
    signature: Signature,
}

impl GenerateSeries {
    pub fn new(zone: &str) -> Self {
        Self { zone: zone.to_owned(), signature: Signature::user_defined(Volatility::Immutable) }
    }

    /// The type of the elements, if there are series of such arguments.
    fn element(&self, types: &[DataType]) -> Option<DataType> {
        let is_literal = |data_type: &DataType| data_type.is_null() || data_type.is_string();
        let (first, last) = (types.first()?, types.get(1)?);
        let step = types.get(2);
        let known: Vec<&DataType> = [first, last].into_iter().filter(|of| !is_literal(of)).collect();
        if known.iter().any(|of| matches!(of, DataType::Timestamp(..) | DataType::Date32)) {
            let fits = step.is_some_and(|step| matches!(step, DataType::Interval(_)) || is_literal(step));
            let plain = known.iter().all(|of| matches!(of, DataType::Timestamp(_, None)));
            let zone = (!plain).then(|| self.zone.as_str().into());
            return fits.then_some(DataType::Timestamp(TimeUnit::Microsecond, zone));
        }
        let numbers = known.into_iter().chain(step.filter(|of| !is_literal(of)));
        let common = numbers
            .cloned()
            .map(Some)
            .reduce(|one, other| comparison_coercion(&one?, &other?))
            .unwrap_or(Some(DataType::Int32))?;
        match common {
            DataType::Int8 | DataType::Int16 | DataType::Int32 => Some(DataType::Int32),
            integer if integer.is_integer() => Some(DataType::Int64),
            DataType::Decimal128(_, scale) => Some(DataType::Decimal128(38, scale)),
            _ => None,
        }
    }
}

impl ScalarUDFImpl for GenerateSeries {
    fn name(&self) -> &str {
        "generate_series"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn with_updated_config(&self, config: &ConfigOptions) -> Option<ScalarUDF> {
        Some(ScalarUDF::from(Self::new(config.execution.time_zone.as_deref().unwrap_or("UTC"))))
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let element = self.element(types).filter(|_| (2..=3).contains(&types.len()));
        let element = element.ok_or_else(|| undefined(self.name(), types))?;
        let step = match element {
            DataType::Timestamp(..) => DataType::Interval(IntervalUnit::MonthDayNano),
            _ => element.clone(),
        };
        Ok([element.clone(), element, step].into_iter().take(types.len()).collect())
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let element = self.element(types).ok_or_else(|| undefined(self.name(), types))?;
        Ok(DataType::new_list(element, true))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let count = if constant { 1 } else { args.number_rows };
        let columns = args.args.iter().map(|argument| argument.to_array(count)).collect::<Result<Vec<_>>>()?;
        let DataType::List(field) = args.return_field.data_type() else { return internal_err!("a series is an array") };
        let mut series = vec![];
        for row in 0..count {
            series.push(match columns.iter().any(|column| column.is_null(row)) {
                true => None,
                false => Some(of_row(&columns, row)?),
            });
        }
        let offsets = OffsetBuffer::from_lengths(series.iter().map(|series| series.as_ref().map_or(0, |series| series.len())));
        let nulls = NullBuffer::from_iter(series.iter().map(Option::is_some));
        let parts: Vec<&dyn Array> = series.iter().flatten().map(AsRef::as_ref).collect();
        let elements = if parts.is_empty() { new_empty_array(field.data_type()) } else { concat(&parts)? };
        let lists: ArrayRef = Arc::new(ListArray::try_new(Arc::clone(field), offsets, elements, Some(nulls))?);
        Ok(match constant {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&lists, 0)?),
            false => ColumnarValue::Array(lists),
        })
    }
}

fn of_row(columns: &[ArrayRef], row: usize) -> Result<ArrayRef> {
    let (Some(first), Some(last)) = (columns.first(), columns.get(1)) else { return internal_err!("a series has two ends") };
    let step = columns.get(2);
    match first.data_type() {
        DataType::Int32 => numbers::<Int32Type>(first, last, step, row, i128::from, |number| i32::try_from(number).ok(), 1),
        DataType::Int64 => numbers::<Int64Type>(first, last, step, row, i128::from, |number| i64::try_from(number).ok(), 1),
        DataType::Decimal128(_, scale) => {
            let one = 10_i128.pow(u32::from(scale.unsigned_abs()));
            numbers::<Decimal128Type>(first, last, step, row, |number| number, Some, one)
        }
        DataType::Timestamp(_, zone) => {
            let Some(step) = step else { return internal_err!("a series of moments has a step") };
            let zone = zone.as_deref().map(|zone| Zone::parse(zone).unwrap_or(Zone::Fixed(0)));
            let value = |column: &ArrayRef| column.as_primitive::<TimestampMicrosecondType>().value(row);
            let moments = moments(value(first), value(last), step.as_primitive::<IntervalMonthDayNanoType>().value(row), zone)?;
            let moments = PrimitiveArray::<TimestampMicrosecondType>::from(moments);
            Ok(Arc::new(moments.with_data_type(first.data_type().clone())))
        }
        other => internal_err!("a series of {other}"),
    }
}

fn too_long() -> datafusion::error::DataFusionError {
    failed("54000", "the series has too many elements")
}

fn numbers<T: ArrowPrimitiveType>(
    first: &ArrayRef,
    last: &ArrayRef,
    step: Option<&ArrayRef>,
    row: usize,
    widen: impl Fn(T::Native) -> i128,
    narrow: impl Fn(i128) -> Option<T::Native>,
    one: i128,
) -> Result<ArrayRef> {
    let value = |column: &ArrayRef| widen(column.as_primitive::<T>().value(row));
    let (mut next, last, step) = (value(first), value(last), step.map_or(one, value));
    if step == 0 {
        return Err(failed("22023", "step size cannot equal zero"));
    }
    let mut series = vec![];
    while if step > 0 { next <= last } else { next >= last } {
        if series.len() == ELEMENTS_MAX {
            return Err(too_long());
        }
        series.extend(narrow(next));
        next += step;
    }
    Ok(Arc::new(PrimitiveArray::<T>::from_iter_values(series).with_data_type(first.data_type().clone())))
}

fn moments(first: i64, last: i64, step: IntervalMonthDayNano, zone: Option<Zone>) -> Result<Vec<i64>> {
    // By the length that comparisons of intervals go by.
    let length =
        (i128::from(step.months) * 30 + i128::from(step.days)) * i128::from(DAY_MICROS) + i128::from(step.nanoseconds / 1_000);
    if length == 0 {
        return Err(failed("22023", "step size cannot equal zero"));
    }
    let (mut next, mut series) = (first, vec![]);
    while if length > 0 { next <= last } else { next >= last } {
        if series.len() == ELEMENTS_MAX {
            return Err(too_long());
        }
        series.push(next);
        next = later(next, step, zone).ok_or_else(|| failed("22008", "timestamp out of range"))?;
    }
    Ok(series)
}

/// A moment and an interval: months and days by the clock of the zone, time as it passes.
fn later(moment: i64, step: IntervalMonthDayNano, zone: Option<Zone>) -> Option<i64> {
    let offset = |micros: i64| zone.map_or(0, |zone| i64::from(zone.offset_at(micros.div_euclid(SECOND))) * SECOND);
    let mut moment = moment;
    if step.months != 0 || step.days != 0 {
        let clock = DateTime::from_timestamp_micros(moment.checked_add(offset(moment))?)?.naive_utc();
        let months = Months::new(step.months.unsigned_abs());
        let clock = if step.months < 0 { clock.checked_sub_months(months)? } else { clock.checked_add_months(months)? };
        let local = clock.and_utc().timestamp_micros().checked_add(i64::from(step.days).checked_mul(DAY_MICROS)?)?;
        let back = zone.map_or(0, |zone| i64::from(zone.offset_of_local(local.div_euclid(SECOND))) * SECOND);
        moment = local.checked_sub(back)?;
    }
    moment.checked_add(step.nanoseconds / 1_000)
}
