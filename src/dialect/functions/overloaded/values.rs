//! Columns as values of single rows, and values as columns.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal256Array, Float64Array, Int32Array, Int64Array,
    IntervalMonthDayNanoArray, StringArray, Time64MicrosecondArray, TimestampMicrosecondArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Decimal256Type, Float64Type, Int32Type, Int64Type, IntervalMonthDayNano,
    IntervalMonthDayNanoType, Time64MicrosecondType, TimeUnit, TimestampMicrosecondType, i256,
};
use datafusion::common::{Result, internal_err};

use crate::dialect::failure::{failed, overflow};

/// What is in one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// All digits, and how many of them are behind the point.
    Numeric(i256, i8),
    Text(String),
    /// Days since 1970.
    Date(i32),
    /// Microseconds since midnight.
    Time(i64),
    /// Microseconds since 1970, in UTC where the type has a time zone.
    Moment(i64),
    Interval(IntervalMonthDayNano),
}

/// The values of a column.
pub struct Column(Box<dyn Fn(usize) -> Value>);

impl Column {
    pub fn value(&self, row: usize) -> Value {
        (self.0)(row)
    }
}

/// Reads a column of one of the types that forms have.
pub fn column(array: &ArrayRef) -> Result<Column> {
    macro_rules! read {
        ($array:expr, $kind:ty, $of:expr) => {{
            let array = $array.as_primitive::<$kind>().clone();
            Box::new(move |row| if array.is_null(row) { Value::Null } else { $of(array.value(row)) })
        }};
    }
    let scale = match array.data_type() {
        DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) => *scale,
        _ => 0,
    };
    Ok(Column(match array.data_type() {
        DataType::Null => Box::new(|_| Value::Null),
        DataType::Boolean => {
            let array = array.as_boolean().clone();
            Box::new(move |row| if array.is_null(row) { Value::Null } else { Value::Bool(array.value(row)) })
        }
        DataType::Int32 => read!(array, Int32Type, |number| Value::Int(i64::from(number))),
        DataType::Int64 => read!(array, Int64Type, Value::Int),
        DataType::Int8 | DataType::Int16 | DataType::UInt8 | DataType::UInt16 | DataType::UInt32 => {
            read!(cast(array, &DataType::Int64)?, Int64Type, Value::Int)
        }
        DataType::Float64 => read!(array, Float64Type, Value::Float),
        DataType::Decimal128(..) => {
            read!(array, Decimal128Type, |digits| Value::Numeric(i256::from_i128(digits), scale))
        }
        DataType::Decimal256(..) => read!(array, Decimal256Type, |digits| Value::Numeric(digits, scale)),
        DataType::Utf8 => {
            let array = array.as_string::<i32>().clone();
            Box::new(move |row| if array.is_null(row) { Value::Null } else { Value::Text(array.value(row).to_owned()) })
        }
        DataType::Date32 => read!(array, Date32Type, Value::Date),
        DataType::Time64(TimeUnit::Microsecond) => read!(array, Time64MicrosecondType, Value::Time),
        DataType::Timestamp(TimeUnit::Microsecond, _) => read!(array, TimestampMicrosecondType, Value::Moment),
        DataType::Interval(_) => read!(array, IntervalMonthDayNanoType, Value::Interval),
        other => return internal_err!("a value of {other}"),
    }))
}

/// A column of the values, each of which is of the type or NULL.
pub fn array(values: Vec<Value>, data_type: &DataType) -> Result<ArrayRef> {
    macro_rules! build {
        ($array:ty, $variant:ident) => {
            values
                .into_iter()
                .map(|value| if let Value::$variant(value) = value { Some(value) } else { None })
                .collect::<$array>()
        };
    }
    Ok(match data_type {
        DataType::Boolean => Arc::new(build!(BooleanArray, Bool)),
        DataType::Int64 => Arc::new(build!(Int64Array, Int)),
        DataType::Int32 => {
            let narrow = |value: Value| match value {
                Value::Int(number) => i32::try_from(number).map(Some).map_err(|_| failed("22003", "integer out of range")),
                _ => Ok(None),
            };
            Arc::new(values.into_iter().map(narrow).collect::<Result<Int32Array>>()?)
        }
        DataType::Float64 => Arc::new(build!(Float64Array, Float)),
        // Of equal decimals, or more than the values have.
        DataType::Decimal256(precision, scale) => {
            let brought = |digits: i256, own: i8| {
                let missing = i256::from(10).checked_pow(u32::try_from(scale - own).ok()?)?;
                digits.checked_mul(missing)
            };
            let digits = values.into_iter().map(|value| match value {
                Value::Numeric(digits, own) => brought(digits, own).map(Some).ok_or_else(overflow),
                Value::Int(number) => brought(i256::from(number), 0).map(Some).ok_or_else(overflow),
                _ => Ok(None),
            });
            Arc::new(digits.collect::<Result<Decimal256Array>>()?.with_precision_and_scale(*precision, *scale)?)
        }
        DataType::Utf8 => Arc::new(build!(StringArray, Text)),
        DataType::Date32 => Arc::new(build!(Date32Array, Date)),
        DataType::Time64(_) => Arc::new(build!(Time64MicrosecondArray, Time)),
        DataType::Timestamp(_, zone) => Arc::new(build!(TimestampMicrosecondArray, Moment).with_timezone_opt(zone.clone())),
        DataType::Interval(_) => Arc::new(build!(IntervalMonthDayNanoArray, Interval)),
        other => return internal_err!("a result of {other}"),
    })
}
