//! Columns whose metadata declares another PostgreSQL type than the Arrow type maps to, as those of the system catalog do.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Field};

use super::json::JsonEncoder;
use super::list::{ListEncoder, pg_list};
use super::scalar::{self, binary_values, integer_values, string_values};
use super::{Cells, Format};
use crate::backend::SqlError;
use crate::types::{PG_TYPE_KEY, element_oid, oid, type_name};
use crate::values::CellError;
use crate::values::numeric::Decimal;
use crate::values::quoting::{parse_uuid, write_uuid};

/// A declared type, and how the array holds it.
pub(super) struct Declared {
    oid: u32,
    format: Format,
    source: Source,
}

enum Source {
    Text,
    Integer,
    Bytes,
    List(ListEncoder),
    Json(JsonEncoder),
    /// A registered object: its OID and its name.
    Named,
}

impl Declared {
    /// # Errors
    /// 0A000 if a column of this Arrow type cannot be shown as the declared type.
    pub(super) fn new(declared: u32, data_type: &DataType, format: Format) -> Result<Self, SqlError> {
        let source = match (declared, data_type) {
            (_, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) => Source::Text,
            (_, data_type) if data_type.is_integer() => Source::Integer,
            (oid::REGPROC | oid::REGCLASS | oid::REGTYPE | oid::REGNAMESPACE | oid::REGROLE, DataType::Struct(fields))
                if fields.len() == 2 =>
            {
                Source::Named
            }
            (oid::JSON | oid::JSONB, data_type) => Source::Json(JsonEncoder::new(&Field::new("", data_type.clone(), true))?),
            (oid::UUID, DataType::Binary | DataType::LargeBinary | DataType::BinaryView) => Source::Bytes,
            (_, data_type) => match pg_list(data_type) {
                Some(element) => Source::List(Self::list(declared, element, format)?),
                None => return Err(unsupported(declared, data_type)),
            },
        };
        Ok(Self { oid: declared, format, source })
    }

    fn list(declared: u32, element: &Field, format: Format) -> Result<ListEncoder, SqlError> {
        let element_oid = match declared {
            oid::INT2VECTOR => oid::INT2,
            oid::OIDVECTOR => oid::OID,
            // Of any element type: all are shown as texts.
            oid::ANYARRAY => oid::TEXT,
            array => element_oid(array).ok_or_else(|| unsupported(declared, element.data_type()))?,
        };
        let name = type_name(element_oid).unwrap_or_default();
        let element = element.clone().with_metadata([(PG_TYPE_KEY.to_owned(), name)].into_iter().collect());
        match declared {
            oid::INT2VECTOR | oid::OIDVECTOR => ListEncoder::vector(&element, element_oid, format),
            _ => ListEncoder::declared(&element, element_oid, format),
        }
    }

    pub(super) fn cells<'a>(&'a self, array: &'a dyn Array) -> Result<Cells<'a>, SqlError> {
        let mismatch = || unsupported(self.oid, array.data_type());
        match &self.source {
            Source::List(list) => list.cells(array),
            Source::Text => Ok(text_cells(string_values(array).ok_or_else(mismatch)?, self.oid, self.format)),
            Source::Integer => integer_cells(array, self.oid, self.format),
            Source::Named => {
                let parts = array.as_struct_opt().ok_or_else(mismatch)?;
                match self.format {
                    Format::Text => Ok(text_cells(string_values(parts.column(1)).ok_or_else(mismatch)?, self.oid, Format::Text)),
                    Format::Binary => integer_cells(parts.column(0), self.oid, Format::Binary),
                }
            }
            Source::Bytes => {
                let (value, format) = (binary_values(array)?, self.format);
                Ok(Box::new(move |row, out| {
                    let bytes = value(row);
                    match (bytes.len(), format) {
                        (16, Format::Text) => write_uuid(bytes, out),
                        (16, Format::Binary) => out.extend_from_slice(bytes),
                        _ => return Err(CellError::TextForm),
                    }
                    Ok(())
                }))
            }
            Source::Json(json) => {
                let mut write = json.cells(array)?;
                let version = self.oid == oid::JSONB && self.format == Format::Binary;
                Ok(Box::new(move |row, out| {
                    if version {
                        out.push(1);
                    }
                    write(row, out)
                }))
            }
        }
    }
}

fn unsupported(declared: u32, data_type: &DataType) -> SqlError {
    let name = type_name(declared).unwrap_or_else(|| declared.to_string());
    SqlError::new("0A000", format!("a column of type {data_type} cannot be shown as {name}"))
}

fn text_cells<'a>(value: Box<dyn Fn(usize) -> &'a str + Send + 'a>, declared: u32, format: Format) -> Cells<'a> {
    let write: fn(&str, u32, &mut Vec<u8>) -> Result<(), CellError> = match (format, declared) {
        (Format::Text, _) => |text, _, out| {
            out.extend_from_slice(text.as_bytes());
            Ok(())
        },
        (_, oid::UUID) => |text, _, out| {
            out.extend_from_slice(&parse_uuid(text).ok_or(CellError::TextForm)?);
            Ok(())
        },
        (_, oid::CHAR) => |text, _, out| {
            // One byte, and a zero for the empty text.
            out.push(text.as_bytes().first().copied().unwrap_or(0));
            Ok(())
        },
        (_, oid::JSONB) => |text, _, out| {
            out.push(1);
            out.extend_from_slice(text.as_bytes());
            Ok(())
        },
        (_, oid::INT2VECTOR | oid::OIDVECTOR) => write_vector,
        (_, oid::BIT | oid::VARBIT) => write_bits,
        (_, oid::TEXT | oid::NAME | oid::VARCHAR | oid::BPCHAR | oid::JSON | oid::UNKNOWN | oid::PG_NODE_TREE | oid::ACLITEM) => {
            |text, _, out| {
                out.extend_from_slice(text.as_bytes());
                Ok(())
            }
        }
        // Types that are a number in binary (oid, regproc, int4, …) can be sent if the text is that number, and nothing else can.
        _ => |text, declared, out| write_integer(text.parse().map_err(|_| CellError::TextForm)?, declared, out),
    };
    Box::new(move |row, out| write(value(row), declared, out))
}

/// `101` in the binary form: how many bits, and eight in each byte, the first one first.
fn write_bits(text: &str, _: u32, out: &mut Vec<u8>) -> Result<(), CellError> {
    out.extend_from_slice(&(text.len() as u32).to_be_bytes());
    for bits in text.as_bytes().chunks(8) {
        let byte = bits.iter().enumerate().fold(0_u8, |byte, (place, bit)| byte | u8::from(*bit == b'1') << (7 - place));
        out.push(byte);
    }
    Ok(())
}

/// `1 2 3` in the binary form of an array of one dimension, counted from 0.
fn write_vector(text: &str, declared: u32, out: &mut Vec<u8>) -> Result<(), CellError> {
    let element = if declared == oid::INT2VECTOR { oid::INT2 } else { oid::OID };
    let count = text.split_ascii_whitespace().count() as u32;
    for word in [1, 0, element, count, 0] {
        out.extend_from_slice(&word.to_be_bytes());
    }
    for number in text.split_ascii_whitespace() {
        let width: u32 = if element == oid::INT2 { 2 } else { 4 };
        out.extend_from_slice(&width.to_be_bytes());
        write_integer(number.parse().map_err(|_| CellError::TextForm)?, element, out)?;
    }
    Ok(())
}

fn integer_cells<'a>(array: &'a dyn Array, declared: u32, format: Format) -> Result<Cells<'a>, SqlError> {
    if format == Format::Text && declared != oid::CHAR {
        return scalar::cells(array, Format::Text);
    }
    let Some(value) = integer_values(array) else { return Err(unsupported(declared, array.data_type())) };
    Ok(Box::new(move |row, out| write_integer(value(row).ok_or(CellError::TextForm)?, declared, out)))
}

/// The binary form of an integer as the declared type.
fn write_integer(value: i64, declared: u32, out: &mut Vec<u8>) -> Result<(), CellError> {
    let out_of_range = |_| CellError::TextForm;
    match declared {
        oid::INT2 => out.extend_from_slice(&i16::try_from(value).map_err(out_of_range)?.to_be_bytes()),
        oid::INT4 => out.extend_from_slice(&i32::try_from(value).map_err(out_of_range)?.to_be_bytes()),
        oid::INT8 => out.extend_from_slice(&value.to_be_bytes()),
        oid::NUMERIC => Decimal::from_i128(i128::from(value)).write_binary(0, out),
        oid::CHAR => out.push(value as u8),
        oid::TEXT | oid::NAME | oid::VARCHAR => out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
        oid::OID | oid::XID | oid::REGPROC | oid::REGCLASS | oid::REGTYPE | oid::REGNAMESPACE | oid::REGROLE => {
            out.extend_from_slice(&u32::try_from(value).map_err(out_of_range)?.to_be_bytes());
        }
        _ => return Err(CellError::TextForm),
    }
    Ok(())
}
