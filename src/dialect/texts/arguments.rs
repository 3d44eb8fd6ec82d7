//! What functions take: which types fit an argument, and its values.

use std::borrow::Cow;
use std::sync::Arc;

use cilake_wire::backend::SqlError;
use cilake_wire::encode::{as_json, as_text};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryArray, ListArray, StringArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::{CastOptions, cast, cast_with_options};
use datafusion::arrow::datatypes::{
    DataType, Field, Float32Type, Float64Type, Int32Type, Int64Type, IntervalMonthDayNano, IntervalMonthDayNanoType,
    IntervalUnit, Time64NanosecondType, TimeUnit,
};
use datafusion::common::Result;
use datafusion::logical_expr::ColumnarValue;

use super::{Outcome, bytes, json, outcome};
use crate::catalog::pg::array_elements;
use crate::catalog::pg::types::PG_TYPE_KEY;
use crate::dialect::casts::uuids::is_bytes;
use crate::dialect::failure::failed;
use crate::error::SqlState;

/// The type of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A whole number of 32 bits, of 64.
    Integer,
    Bigint,
    Float,
    Real,
    /// A number with a fixed number of decimals, as its text.
    Numeric,
    Interval,
    Boolean,
    Bytes,
    /// A string of bits, or a text that is read as one.
    Bits,
    /// An array of texts.
    Texts,
    /// An array of any type, as texts.
    Elements,
    /// `json`, `jsonb`, or either.
    Json,
    Jsonb,
    AnyJson,
    /// Any type, as its text.
    Shown,
    /// Any type, as its JSON.
    AsJson,
}

impl Kind {
    /// How far a type is from this one; `None` where it is not taken.
    pub fn distance(self, data_type: &DataType) -> Option<u32> {
        let data_type = held(data_type);
        let is_array = |data_type: &DataType| matches!(data_type, DataType::List(_) | DataType::LargeList(_));
        let fits = match self {
            Self::Text | Self::Bits | Self::Json | Self::Jsonb | Self::AnyJson => data_type.is_string(),
            // A count of rows is wider here than there.
            Self::Integer | Self::Bigint => data_type.is_integer(),
            Self::Float => data_type.is_numeric(),
            Self::Real => *data_type == DataType::Float32,
            Self::Numeric => data_type.is_decimal(),
            Self::Interval => matches!(data_type, DataType::Interval(_) | DataType::Time64(_)),
            Self::Boolean => *data_type == DataType::Boolean,
            Self::Bytes => is_bytes(data_type),
            Self::Texts | Self::Elements => is_array(data_type),
            Self::Shown | Self::AsJson => return Some(0),
        };
        match data_type {
            _ if fits && self == Self::Float && *data_type != DataType::Float64 => Some(1),
            _ if fits && self == Self::Integer && *data_type == DataType::Int64 => Some(1),
            _ if fits => Some(0),
            DataType::Null => Some(2),
            // A literal in quotes becomes what is asked for.
            _ if data_type.is_string() => Some(4),
            _ => None,
        }
    }

    pub fn coerced(self, data_type: &DataType) -> DataType {
        if matches!(self, Self::Shown | Self::AsJson) {
            return data_type.clone();
        }
        let data_type = held(data_type);
        match self {
            Self::Text | Self::Bits | Self::Json | Self::Jsonb | Self::AnyJson => DataType::Utf8View,
            Self::Integer if *data_type != DataType::Int64 => DataType::Int32,
            Self::Integer | Self::Bigint => DataType::Int64,
            Self::Float => DataType::Float64,
            Self::Real => DataType::Float32,
            Self::Interval if matches!(data_type, DataType::Time64(_)) => DataType::Time64(TimeUnit::Nanosecond),
            Self::Interval => DataType::Interval(IntervalUnit::MonthDayNano),
            Self::Boolean => DataType::Boolean,
            Self::Bytes if data_type.is_string() => DataType::Utf8View,
            Self::Bytes => DataType::Binary,
            Self::Texts | Self::Elements if data_type.is_string() => DataType::Utf8View,
            Self::Texts => DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))),
            Self::Shown | Self::AsJson | Self::Elements | Self::Numeric => data_type.clone(),
        }
    }

    /// Whether a field whose metadata declares a type is taken.
    pub fn takes_declared(self, field: &Field) -> bool {
        let declared = field.metadata().get(PG_TYPE_KEY).map(String::as_str);
        let is_other = matches!(
            (self, declared),
            (Self::Text, Some("json" | "jsonb" | "bit" | "varbit"))
                | (Self::Bits, Some("json" | "jsonb"))
                | (Self::Json, Some("jsonb"))
                | (Self::Jsonb, Some("json"))
        );
        !is_other
    }
}

/// The type of the values, where a column has keys of them.
fn held(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, values) => values,
        other => other,
    }
}

/// The values of one argument.
pub struct Column {
    values: ArrayRef,
    /// One value stands for all rows.
    constant: bool,
    /// Rows or arrays, before they were written as JSON.
    nested: bool,
}

impl Column {
    pub fn new(kind: Kind, field: &Field, argument: &ColumnarValue, rows: usize) -> Result<Self> {
        let constant = matches!(argument, ColumnarValue::Scalar(_));
        let values = argument.to_array(if constant { 1 } else { rows })?;
        let unwritable = |error: SqlError| failed(state_of(&error.code), error.message);
        let values: ArrayRef = match kind {
            Kind::Shown | Kind::Numeric => Arc::new(as_text(field, values.as_ref()).map_err(unwritable)?),
            Kind::AsJson => Arc::new(as_json(field, values.as_ref()).map_err(unwritable)?),
            Kind::Texts | Kind::Elements if values.data_type().is_string() => read_arrays(&values)?,
            Kind::Elements => elements(&values).map_err(|error| failed(state_of(&error.code), error.message))?,
            Kind::Bytes if values.data_type().is_string() => read_bytes(&values)?,
            // A text of fixed width is one without the blanks that fill it.
            Kind::Text if field.metadata().get(PG_TYPE_KEY).is_some_and(|name| name == "bpchar") => {
                let texts = cast(&values, &DataType::Utf8)?;
                let trimmed = texts.as_string::<i32>().iter().map(|text| text.map(|text| text.trim_end_matches(' ')));
                Arc::new(trimmed.collect::<StringArray>())
            }
            // A literal is no document before it is read.
            Kind::Jsonb if field.metadata().get(PG_TYPE_KEY).is_none_or(|name| name != "jsonb") => read_documents(&values)?,
            kind => {
                // A value that the type cannot hold is an error, not NULL.
                let options = CastOptions { safe: false, ..CastOptions::default() };
                cast_with_options(&values, &kind.coerced(values.data_type()), &options)?
            }
        };
        Ok(Self { values, constant, nested: field.data_type().is_nested() })
    }
}

/// Arrays of texts, written as PostgreSQL writes them.
fn read_arrays(values: &ArrayRef) -> Result<ArrayRef> {
    let texts = cast(values, &DataType::Utf8)?;
    let read = texts.as_string::<i32>().iter().map(|text| match text {
        None => Ok(Outcome::Null),
        Some(text) => match array_elements(text) {
            Some(elements) => Ok(Outcome::texts(elements)),
            None => Err(failed(SqlState::INVALID_TEXT_REPRESENTATION, "malformed array literal")),
        },
    });
    outcome::array(&Kind::Texts.coerced(&DataType::Null), read.collect::<Result<_>>()?)
}

/// Documents, written anew.
fn read_documents(values: &ArrayRef) -> Result<ArrayRef> {
    let texts = cast(values, &DataType::Utf8)?;
    let read = texts.as_string::<i32>().iter().map(|text| text.map(json::normal).transpose());
    Ok(Arc::new(read.collect::<Result<StringArray>>()?))
}

/// Byte strings, written as PostgreSQL writes them.
fn read_bytes(values: &ArrayRef) -> Result<ArrayRef> {
    let texts = cast(values, &DataType::Utf8)?;
    let read = texts.as_string::<i32>().iter().map(|text| text.map(bytes::read).transpose());
    let bytes = read.collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(bytes.into_iter().collect::<BinaryArray>()))
}

/// Arrays with the texts of their elements.
fn elements(values: &ArrayRef) -> Result<ArrayRef, SqlError> {
    let (Some(list), DataType::List(element)) = (values.as_list_opt::<i32>(), values.data_type()) else {
        return Ok(Arc::clone(values));
    };
    if let (Some(inner), DataType::List(of)) = (list.values().as_list_opt::<i32>(), element.data_type()) {
        // All elements, of whichever dimensions, stand one after the other.
        let offset = |place: &i32| usize::try_from(*place).ok().and_then(|place| inner.offsets().get(place)).copied();
        let offsets = list.offsets().iter().map(|place| offset(place).unwrap_or_default()).collect::<Vec<_>>();
        let flat = ListArray::try_new(
            Arc::clone(of),
            OffsetBuffer::new(offsets.into()),
            Arc::clone(inner.values()),
            list.nulls().cloned(),
        );
        let flat = flat.map_err(|error| SqlError::new("XX000", error.to_string()))?;
        return elements(&(Arc::new(flat) as ArrayRef));
    }
    let texts: ArrayRef = Arc::new(as_text(element, list.values().as_ref())?);
    let item = Arc::new(Field::new_list_field(DataType::Utf8, true));
    let array = ListArray::try_new(item, list.offsets().clone(), texts, list.nulls().cloned());
    array.map(|array| Arc::new(array) as ArrayRef).map_err(|error| SqlError::new("XX000", error.to_string()))
}

/// The states that a value without a form has.
fn state_of(code: &str) -> SqlState {
    match code {
        "0A000" => SqlState::FEATURE_NOT_SUPPORTED,
        "22008" => SqlState("22008"),
        "2202E" => SqlState("2202E"),
        "54000" => SqlState("54000"),
        _ => SqlState::INTERNAL_ERROR,
    }
}

/// The arguments of one row. What is not there reads as NULL does: empty, zero, false.
pub struct Row<'a> {
    columns: &'a [Column],
    row: usize,
}

impl<'a> Row<'a> {
    pub fn new(columns: &'a [Column], row: usize) -> Self {
        Self { columns, row }
    }

    /// How many arguments there are.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    fn value(&self, place: usize) -> Option<(&'a ArrayRef, usize)> {
        let column = self.columns.get(place)?;
        let row = if column.constant { 0 } else { self.row };
        column.values.is_valid(row).then_some((&column.values, row))
    }

    pub fn is_null(&self, place: usize) -> bool {
        match self.columns.get(place) {
            Some(column) if *column.values.data_type() == DataType::Null => true,
            _ => self.value(place).is_none(),
        }
    }

    /// Whether an argument is a row or an array.
    pub fn is_nested(&self, place: usize) -> bool {
        self.columns.get(place).is_some_and(|column| column.nested)
    }

    pub fn text(&self, place: usize) -> &'a str {
        let Some((values, row)) = self.value(place) else { return "" };
        match values.data_type() {
            DataType::Utf8View => values.as_string_view().value(row),
            DataType::Utf8 => values.as_string::<i32>().value(row),
            _ => "",
        }
    }

    pub fn integer(&self, place: usize) -> i64 {
        let number = |(values, row): (&ArrayRef, usize)| match values.as_primitive_opt::<Int32Type>() {
            Some(short) => Some(i64::from(short.value(row))),
            None => Some(values.as_primitive_opt::<Int64Type>()?.value(row)),
        };
        self.value(place).and_then(number).unwrap_or_default()
    }

    pub fn float(&self, place: usize) -> f64 {
        let number = |(values, row): (&ArrayRef, usize)| match values.as_primitive_opt::<Float32Type>() {
            Some(short) => Some(f64::from(short.value(row))),
            None => Some(values.as_primitive_opt::<Float64Type>()?.value(row)),
        };
        self.value(place).and_then(number).unwrap_or_default()
    }

    pub fn interval(&self, place: usize) -> IntervalMonthDayNano {
        let interval = |(values, row): (&ArrayRef, usize)| match values.as_primitive_opt::<Time64NanosecondType>() {
            Some(clock) => Some(IntervalMonthDayNano::new(0, 0, clock.value(row))),
            None => Some(values.as_primitive_opt::<IntervalMonthDayNanoType>()?.value(row)),
        };
        self.value(place).and_then(interval).unwrap_or(IntervalMonthDayNano::ZERO)
    }

    pub fn boolean(&self, place: usize) -> bool {
        self.value(place).and_then(|(values, row)| Some(values.as_boolean_opt()?.value(row))).unwrap_or_default()
    }

    pub fn bytes(&self, place: usize) -> &'a [u8] {
        self.value(place).and_then(|(values, row)| Some(values.as_binary_opt::<i32>()?.value(row))).unwrap_or_default()
    }

    /// An array of texts, of which each may be NULL.
    pub fn texts(&self, place: usize) -> Vec<Option<Cow<'a, str>>> {
        let list = self.value(place).and_then(|(values, row)| Some(values.as_list_opt::<i32>()?.value(row)));
        let Some(list) = list else { return vec![] };
        let Some(texts) = list.as_string_opt::<i32>() else { return vec![] };
        texts.iter().map(|text| text.map(|text| Cow::Owned(text.to_owned()))).collect()
    }
}
