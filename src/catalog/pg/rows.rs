//! Rows by column name, and the Arrow columns that are built from them.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Decimal128Array, Float32Array, Float64Array, Int16Array, Int32Array, Int64Array,
    IntervalMonthDayNanoArray, ListArray, StringArray, TimestampMicrosecondArray, UInt32Array, new_null_array,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::datatypes::{DataType, Field, IntervalMonthDayNano};
use datafusion::common::plan_datafusion_err;
use datafusion::error::Result;

/// One value of a catalog; a number is read as what its column is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Value>),
}

/// A row: the columns that are not at their default.
pub type Row = Vec<(&'static str, Value)>;

impl Value {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    pub fn as_oid(&self) -> Option<u32> {
        self.as_integer().and_then(|number| u32::try_from(number).ok())
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Text(text) => match text.as_str() {
                "t" | "true" | "on" => Some(true),
                "f" | "false" | "off" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    fn as_float(&self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
            other => other.as_integer().and_then(|number| i32::try_from(number).ok()).map(f64::from),
        }
    }

    /// The value as text; None for NULL and for a list.
    pub fn to_display(&self) -> Option<String> {
        match self {
            Self::Null | Self::List(_) => None,
            Self::Bool(value) => Some(if *value { "t" } else { "f" }.to_owned()),
            Self::Integer(number) => Some(number.to_string()),
            Self::Float(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.clone()),
        }
    }

    /// The elements of a list; those of a vector of numbers may be written as text, `25 25`.
    fn elements(&self) -> Option<Vec<Value>> {
        match self {
            Self::List(values) => Some(values.clone()),
            Self::Text(text) => Some(text.split_whitespace().map(Value::text).collect()),
            _ => None,
        }
    }

    /// What a column that is never NULL holds where a row does not say: zero, false, the empty text.
    fn zero(data_type: &DataType) -> Self {
        match data_type {
            DataType::Boolean => Self::Bool(false),
            DataType::Utf8 | DataType::Binary => Self::text(""),
            DataType::List(_) => Self::List(Vec::new()),
            _ => Self::Integer(0),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<i16> for Value {
    fn from(value: i16) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::text(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The rows' values of one column, which has a value in every row unless it is nullable.
pub fn column(field: &Field, nullable: bool, rows: &[Row]) -> Result<ArrayRef> {
    let default = if nullable { Value::Null } else { Value::zero(field.data_type()) };
    let values: Vec<&Value> =
        rows.iter().map(|row| row.iter().find(|(name, _)| name == field.name()).map_or(&default, |(_, value)| value)).collect();
    array(field.data_type(), &values)
}

/// The values as an array of that type; what does not fit becomes NULL.
pub fn array(data_type: &DataType, values: &[&Value]) -> Result<ArrayRef> {
    let integers = || values.iter().map(|value| value.as_integer());
    Ok(match data_type {
        DataType::Boolean => Arc::new(values.iter().map(|value| value.as_bool()).collect::<BooleanArray>()),
        DataType::Int16 => Arc::new(integers().map(|n| n.and_then(|n| i16::try_from(n).ok())).collect::<Int16Array>()),
        DataType::Int32 => Arc::new(integers().map(|n| n.and_then(|n| i32::try_from(n).ok())).collect::<Int32Array>()),
        DataType::Int64 => Arc::new(integers().collect::<Int64Array>()),
        DataType::UInt32 => Arc::new(integers().map(|n| n.and_then(|n| u32::try_from(n).ok())).collect::<UInt32Array>()),
        DataType::Float32 => Arc::new(values.iter().map(|value| value.as_float().map(|n| n as f32)).collect::<Float32Array>()),
        DataType::Float64 => Arc::new(values.iter().map(|value| value.as_float()).collect::<Float64Array>()),
        DataType::Decimal128(precision, scale) => {
            let numbers: Decimal128Array = integers().map(|n| n.map(i128::from)).collect();
            Arc::new(numbers.with_precision_and_scale(*precision, *scale)?)
        }
        DataType::Utf8 => Arc::new(values.iter().map(|value| value.to_display()).collect::<StringArray>()),
        DataType::Binary => {
            let bytes: Vec<Option<&[u8]>> = values.iter().map(|value| value.as_text().map(str::as_bytes)).collect();
            Arc::new(BinaryArray::from(bytes))
        }
        DataType::Timestamp(_, zone) => {
            let times: TimestampMicrosecondArray = integers().collect();
            Arc::new(times.with_timezone_opt(zone.clone()))
        }
        DataType::List(element) => list(element, values)?,
        // A length of time is given in microseconds.
        DataType::Interval(_) => {
            let interval = |micros: i64| IntervalMonthDayNano::new(0, 0, micros.saturating_mul(1_000));
            Arc::new(integers().map(|n| n.map(interval)).collect::<IntervalMonthDayNanoArray>())
        }
        DataType::Date32 | DataType::Null => new_null_array(data_type, values.len()),
        other => return Err(plan_datafusion_err!("a catalog column has the type {other}, which no catalog of PostgreSQL has")),
    })
}

fn list(element: &Arc<Field>, values: &[&Value]) -> Result<ArrayRef> {
    let lists: Vec<Option<Vec<Value>>> = values.iter().map(|value| value.elements()).collect();
    let flat: Vec<&Value> = lists.iter().flatten().flatten().collect();
    let offsets = OffsetBuffer::from_lengths(lists.iter().map(|list| list.as_ref().map_or(0, Vec::len)));
    let nulls = NullBuffer::from_iter(lists.iter().map(Option::is_some));
    let items = array(element.data_type(), &flat)?;
    Ok(Arc::new(ListArray::try_new(Arc::clone(element), offsets, items, Some(nulls))?))
}
