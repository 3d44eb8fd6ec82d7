//! Structs and maps, which PostgreSQL clients read as `json`: names to values, laid out as `to_json` lays them out.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Field, Float16Type, Float32Type, Float64Type};

use super::column::{ColumnEncoder, places};
use super::list::{pg_list, ranges};
use super::scalar::string_values;
use super::temporal;
use super::{Cells, Format};
use crate::backend::SqlError;
use crate::types::{declared_oid, oid};
use crate::values::datetime::Layout;
use crate::values::quoting::write_json_string;
use crate::values::zone::Zone;

/// Encodes values of one type as JSON; NULL is `null`.
pub(super) enum JsonEncoder {
    Null,
    Boolean,
    /// Exact numbers are JSON as they stand.
    Number(ColumnEncoder),
    /// NaN and the infinities are no JSON numbers: they are strings, as in PostgreSQL.
    Float(ColumnEncoder),
    String,
    Date,
    Timestamp(Option<Zone>),
    /// JSON already.
    Written(ColumnEncoder),
    /// The text form of any other type, as a string.
    Quoted(ColumnEncoder),
    List(Box<JsonEncoder>),
    Indirect(Box<JsonEncoder>),
    /// `"name":` and value of each field.
    Struct(Vec<(Vec<u8>, JsonEncoder)>),
    Map {
        key: Box<JsonEncoder>,
        value: Box<JsonEncoder>,
    },
}

impl JsonEncoder {
    pub(super) fn new(field: &Field) -> Result<Self, SqlError> {
        let data_type = field.data_type();
        let text = || ColumnEncoder::new(field, Format::Text);
        if let Some(element) = pg_list(data_type) {
            return Ok(Self::List(Box::new(Self::new(element)?)));
        }
        if data_type.is_string() && matches!(declared_oid(field), Some(oid::JSON | oid::JSONB)) {
            return Ok(Self::Written(text()?));
        }
        Ok(match data_type {
            DataType::Null => Self::Null,
            DataType::Boolean => Self::Boolean,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::String,
            DataType::Float16 | DataType::Float32 | DataType::Float64 => Self::Float(text()?),
            other if other.is_numeric() => Self::Number(text()?),
            DataType::Date32 | DataType::Date64 => Self::Date,
            DataType::Timestamp(_, zone) => Self::Timestamp(zone.as_deref().map(temporal::zone_of).transpose()?),
            DataType::Dictionary(_, value) => {
                Self::Indirect(Box::new(Self::new(&field.clone().with_data_type(value.as_ref().clone()))?))
            }
            DataType::RunEndEncoded(_, values) => Self::Indirect(Box::new(Self::new(values)?)),
            DataType::Struct(fields) => {
                let field = |field: &std::sync::Arc<Field>| {
                    let mut name = Vec::new();
                    write_json_string(field.name().as_bytes(), &mut name);
                    name.push(b':');
                    Ok((name, Self::new(field)?))
                };
                Self::Struct(fields.iter().map(field).collect::<Result<_, SqlError>>()?)
            }
            DataType::Map(entries, _) => match entries.data_type() {
                DataType::Struct(fields) => match fields.iter().as_slice() {
                    [key, value] => Self::Map { key: Box::new(Self::new(key)?), value: Box::new(Self::new(value)?) },
                    _ => return Err(SqlError::new("XX000", format!("expected a map of keys and values, this is {data_type}"))),
                },
                _ => return Err(SqlError::new("XX000", format!("expected a map of keys and values, this is {data_type}"))),
            },
            _ => Self::Quoted(text()?),
        })
    }

    /// Cells that write a JSON value for every row, also for NULL ones.
    pub(super) fn cells<'a>(&'a self, array: &'a dyn Array) -> Result<Cells<'a>, SqlError> {
        let mut write = self.present_cells(array)?;
        Ok(match array.logical_nulls().filter(|nulls| nulls.null_count() > 0) {
            None => write,
            Some(nulls) => Box::new(move |row, out| {
                if nulls.is_null(row) {
                    out.extend_from_slice(b"null");
                    return Ok(());
                }
                write(row, out)
            }),
        })
    }

    /// Cells of rows that are not NULL.
    fn present_cells<'a>(&'a self, array: &'a dyn Array) -> Result<Cells<'a>, SqlError> {
        Ok(match self {
            Self::Null => Box::new(|_, out| {
                out.extend_from_slice(b"null");
                Ok(())
            }),
            Self::Boolean => {
                let array = array.as_boolean();
                Box::new(move |row, out| {
                    out.extend_from_slice(if array.value(row) { b"true" } else { b"false" });
                    Ok(())
                })
            }
            Self::Number(text) | Self::Written(text) => text.bind(array)?.write,
            Self::Float(text) => float_cells(array, text.bind(array)?.write),
            Self::String => match string_values(array) {
                Some(value) => Box::new(move |row, out| {
                    write_json_string(value(row).as_bytes(), out);
                    Ok(())
                }),
                None => return Err(SqlError::new("XX000", format!("expected text, this is {}", array.data_type()))),
            },
            Self::Date => quoted(temporal::cells(array, Format::Text, Layout::Json)?),
            Self::Timestamp(None) => quoted(temporal::cells(array, Format::Text, Layout::Json)?),
            Self::Timestamp(Some(zone)) => quoted(temporal::zoned_cells(array, *zone, Layout::Json)?),
            Self::Quoted(text) => quoted(text.bind(array)?.write),
            Self::List(element) => list_cells(array, element)?,
            Self::Indirect(values) => {
                let (target, place) = places(array)?;
                let mut write = values.cells(target)?;
                Box::new(move |row, out| write(place(row), out))
            }
            Self::Struct(fields) => struct_cells(array, fields)?,
            Self::Map { key, value } => map_cells(array, key, value)?,
        })
    }
}

fn float_cells<'a>(array: &'a dyn Array, mut write: Cells<'a>) -> Cells<'a> {
    let finite = move |row| match array.data_type() {
        DataType::Float16 => array.as_primitive::<Float16Type>().value(row).is_finite(),
        DataType::Float32 => array.as_primitive::<Float32Type>().value(row).is_finite(),
        _ => array.as_primitive::<Float64Type>().value(row).is_finite(),
    };
    Box::new(move |row, out| {
        if finite(row) {
            return write(row, out);
        }
        out.push(b'"');
        write(row, out)?;
        out.push(b'"');
        Ok(())
    })
}

fn quoted(mut write: Cells<'_>) -> Cells<'_> {
    let mut scratch = Vec::new();
    Box::new(move |row, out| {
        scratch.clear();
        write(row, &mut scratch)?;
        write_json_string(&scratch, out);
        Ok(())
    })
}

fn list_cells<'a>(array: &'a dyn Array, element: &'a JsonEncoder) -> Result<Cells<'a>, SqlError> {
    let (values, range) = ranges(array)?;
    let mut write = element.cells(values.as_ref())?;
    Ok(Box::new(move |row, out| {
        out.push(b'[');
        for (place, index) in range(row).enumerate() {
            if place > 0 {
                out.push(b',');
            }
            write(index, out)?;
        }
        out.push(b']');
        Ok(())
    }))
}

fn struct_cells<'a>(array: &'a dyn Array, fields: &'a [(Vec<u8>, JsonEncoder)]) -> Result<Cells<'a>, SqlError> {
    let columns = array.as_struct().columns().iter();
    let mut members = fields
        .iter()
        .zip(columns)
        .map(|((name, encoder), column)| Ok((name, encoder.cells(column.as_ref())?)))
        .collect::<Result<Vec<_>, SqlError>>()?;
    Ok(Box::new(move |row, out| {
        out.push(b'{');
        for (place, (name, write)) in members.iter_mut().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            out.extend_from_slice(name);
            write(row, out)?;
        }
        out.push(b'}');
        Ok(())
    }))
}

fn map_cells<'a>(array: &'a dyn Array, key: &'a JsonEncoder, value: &'a JsonEncoder) -> Result<Cells<'a>, SqlError> {
    let map = array.as_map();
    let mut write_key = key.cells(map.keys().as_ref())?;
    let mut write_value = value.cells(map.values().as_ref())?;
    let mut scratch = Vec::new();
    Ok(Box::new(move |row, out| {
        out.push(b'{');
        let offsets = map.value_offsets();
        let place = |index: usize| offsets.get(index).and_then(|offset| usize::try_from(*offset).ok()).unwrap_or(0);
        for (count, index) in (place(row)..place(row + 1)).enumerate() {
            if count > 0 {
                out.push(b',');
            }
            scratch.clear();
            write_key(index, &mut scratch)?;
            // Names are strings in JSON, whatever the keys are.
            if scratch.first() == Some(&b'"') {
                out.extend_from_slice(&scratch);
            } else {
                write_json_string(&scratch, out);
            }
            out.push(b':');
            write_value(index, out)?;
        }
        out.push(b'}');
        Ok(())
    }))
}
