//! What functions return, and the columns of it.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Int32Array, Int64Array, ListArray, StringArray, StructArray,
    TimestampMicrosecondArray,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, TimeUnit};
use datafusion::common::{Result, internal_err};

use crate::catalog::pg::types;

/// The type of a result, named as in `pg_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returns {
    Value(&'static str),
    /// A list that is unnested: of values where there is one column.
    Rows(&'static [(&'static str, &'static str)]),
}

impl Returns {
    pub fn field(self, name: &str) -> FieldRef {
        match self {
            Self::Value(type_name) => types::field(name, type_name, true),
            Self::Rows([(_, type_name)]) => {
                Arc::new(Field::new(name, DataType::List(types::field("item", type_name, true)), true))
            }
            Self::Rows(columns) => {
                let fields: Fields = columns.iter().map(|(name, type_name)| types::field(name, type_name, true)).collect();
                let row = Field::new("item", DataType::Struct(fields), true);
                Arc::new(Field::new(name, DataType::List(Arc::new(row)), true))
            }
        }
    }
}

/// One result.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Null,
    Boolean(bool),
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
    /// An array, or rows of one column.
    List(Vec<Outcome>),
    /// A row of several columns.
    Row(Vec<Outcome>),
}

impl Outcome {
    /// An array of texts.
    pub fn texts(texts: impl IntoIterator<Item = Option<String>>) -> Self {
        Self::List(texts.into_iter().map(Self::from).collect())
    }
}

impl From<String> for Outcome {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Outcome {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<T: Into<Outcome>> From<Option<T>> for Outcome {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<bool> for Outcome {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i64> for Outcome {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<usize> for Outcome {
    fn from(value: usize) -> Self {
        Self::Integer(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

/// The values as a column of the type.
pub fn array(data_type: &DataType, values: Vec<Outcome>) -> Result<ArrayRef> {
    let whole = |value: &Outcome| match value {
        Outcome::Integer(number) => Some(*number),
        _ => None,
    };
    Ok(match data_type {
        DataType::Boolean => {
            let value = |value: &Outcome| if let Outcome::Boolean(value) = value { Some(*value) } else { None };
            Arc::new(values.iter().map(value).collect::<BooleanArray>())
        }
        DataType::Int32 => Arc::new(values.iter().map(|value| i32::try_from(whole(value)?).ok()).collect::<Int32Array>()),
        DataType::Int64 => Arc::new(values.iter().map(whole).collect::<Int64Array>()),
        DataType::Date32 => Arc::new(values.iter().map(|value| i32::try_from(whole(value)?).ok()).collect::<Date32Array>()),
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            Arc::new(values.iter().map(whole).collect::<TimestampMicrosecondArray>().with_timezone_opt(zone.clone()))
        }
        DataType::Utf8 => {
            let value = |value: &Outcome| if let Outcome::Text(text) = value { Some(text.clone()) } else { None };
            Arc::new(values.iter().map(value).collect::<StringArray>())
        }
        DataType::Binary => {
            let value = |value: &Outcome| if let Outcome::Bytes(bytes) = value { Some(bytes.clone()) } else { None };
            Arc::new(values.iter().map(value).collect::<BinaryArray>())
        }
        DataType::List(element) => list(element, values)?,
        DataType::Struct(fields) => row(fields, values)?,
        other => return internal_err!("no function returns {other}"),
    })
}

fn list(element: &FieldRef, values: Vec<Outcome>) -> Result<ArrayRef> {
    let (mut elements, mut lengths, mut present) = (vec![], vec![], vec![]);
    for value in values {
        present.push(!matches!(value, Outcome::Null));
        let own = if let Outcome::List(own) = value { own } else { vec![] };
        lengths.push(own.len());
        elements.extend(own);
    }
    let offsets = OffsetBuffer::from_lengths(lengths);
    let elements = array(element.data_type(), elements)?;
    Ok(Arc::new(ListArray::try_new(Arc::clone(element), offsets, elements, Some(NullBuffer::from(present)))?))
}

fn row(fields: &Fields, values: Vec<Outcome>) -> Result<ArrayRef> {
    let mut columns = vec![vec![]; fields.len()];
    let mut present = vec![];
    for value in values {
        let mut cells = if let Outcome::Row(cells) = value { cells } else { vec![] };
        present.push(!cells.is_empty());
        cells.resize(fields.len(), Outcome::Null);
        columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
    }
    let columns = fields.iter().zip(columns).map(|(field, column)| array(field.data_type(), column));
    let columns = columns.collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(StructArray::try_new(fields.clone(), columns, Some(NullBuffer::from(present)))?))
}
