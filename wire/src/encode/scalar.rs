//! Cells of types without parts: numbers, booleans, text, bytes; the temporal ones are next door.

use arrow::array::{Array, ArrowPrimitiveType, AsArray, FixedSizeBinaryArray};
use arrow::datatypes::{
    DataType, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float16Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

use super::{Cells, Format, temporal};
use crate::backend::SqlError;
use crate::types::{Shown, UNCONSTRAINED};
use crate::values::CellError;
use crate::values::datetime::Layout;
use crate::values::float::{write_f32, write_f64};
use crate::values::numeric::{Decimal, write_small_text};
use crate::values::quoting::{write_bytea, write_uuid};

/// Cells of an array by its Arrow type alone.
pub(super) fn cells(array: &dyn Array, format: Format) -> Result<Cells<'_>, SqlError> {
    Ok(match array.data_type() {
        DataType::Null => Box::new(|_, _| Ok(())),
        DataType::Boolean => boolean_cells(array, format),
        DataType::Int8 => integer_cells::<Int8Type>(array, format, |value, out| put(out, i16::from(value).to_be_bytes())),
        DataType::UInt8 => integer_cells::<UInt8Type>(array, format, |value, out| put(out, i16::from(value).to_be_bytes())),
        DataType::Int16 => integer_cells::<Int16Type>(array, format, |value, out| put(out, value.to_be_bytes())),
        DataType::UInt16 => integer_cells::<UInt16Type>(array, format, |value, out| put(out, i32::from(value).to_be_bytes())),
        DataType::Int32 => integer_cells::<Int32Type>(array, format, |value, out| put(out, value.to_be_bytes())),
        DataType::UInt32 => integer_cells::<UInt32Type>(array, format, |value, out| put(out, i64::from(value).to_be_bytes())),
        DataType::Int64 => integer_cells::<Int64Type>(array, format, |value, out| put(out, value.to_be_bytes())),
        DataType::UInt64 => integer_cells::<UInt64Type>(array, format, |value, out| {
            Decimal::from_i128(i128::from(value)).write_binary(0, out);
        }),
        DataType::Float16 | DataType::Float32 | DataType::Float64 => float_cells(array, format),
        DataType::Decimal32(_, scale) => decimal_cells::<Decimal32Type>(array, format, *scale, i128::from),
        DataType::Decimal64(_, scale) => decimal_cells::<Decimal64Type>(array, format, *scale, i128::from),
        DataType::Decimal128(_, scale) => decimal_cells::<Decimal128Type>(array, format, *scale, |value| value),
        DataType::Decimal256(_, scale) => wide_decimal_cells(array, format, *scale),
        DataType::Utf8 => byte_cells(array.as_string::<i32>(), |array, row| array.value(row).as_bytes()),
        DataType::LargeUtf8 => byte_cells(array.as_string::<i64>(), |array, row| array.value(row).as_bytes()),
        DataType::Utf8View => byte_cells(array.as_string_view(), |array, row| array.value(row).as_bytes()),
        DataType::FixedSizeBinary(16) => uuid_cells(array.as_fixed_size_binary(), format),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            bytea_cells(array, format)?
        }
        _ => return temporal::cells(array, format, Layout::Sql),
    })
}

/// Appends bytes of fixed number.
fn put<const N: usize>(out: &mut Vec<u8>, bytes: [u8; N]) {
    out.extend_from_slice(&bytes);
}

/// Cells of a primitive array, from a function on its values.
pub(super) fn primitive_cells<'a, T: ArrowPrimitiveType>(
    array: &'a dyn Array,
    write: impl Fn(T::Native, &mut Vec<u8>) -> Result<(), CellError> + Send + 'a,
) -> Cells<'a> {
    let array = array.as_primitive::<T>();
    Box::new(move |row, out| write(array.value(row), out))
}

fn boolean_cells(array: &dyn Array, format: Format) -> Cells<'_> {
    let array = array.as_boolean();
    let bytes: [u8; 2] = if format == Format::Text { [b'f', b't'] } else { [0, 1] };
    Box::new(move |row, out| {
        out.push(bytes[usize::from(array.value(row))]);
        Ok(())
    })
}

fn integer_cells<'a, T: ArrowPrimitiveType<Native: itoa::Integer>>(
    array: &'a dyn Array,
    format: Format,
    write_binary: impl Fn(T::Native, &mut Vec<u8>) + Send + 'a,
) -> Cells<'a> {
    match format {
        Format::Text => primitive_cells::<T>(array, |value, out| {
            out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
            Ok(())
        }),
        Format::Binary => primitive_cells::<T>(array, move |value, out| {
            write_binary(value, out);
            Ok(())
        }),
    }
}

/// Writes floats of any width with one function each for text and binary.
fn float_cells(array: &dyn Array, format: Format) -> Cells<'_> {
    fn cells<'a, T: ArrowPrimitiveType>(array: &'a dyn Array, write: impl Fn(T::Native, &mut Vec<u8>) + Send + 'a) -> Cells<'a> {
        primitive_cells::<T>(array, move |value, out| {
            write(value, out);
            Ok(())
        })
    }
    match (array.data_type(), format) {
        (DataType::Float16, Format::Text) => cells::<Float16Type>(array, |value, out| write_f32(value.to_f32(), out)),
        (DataType::Float16, Format::Binary) => cells::<Float16Type>(array, |value, out| put(out, value.to_f32().to_be_bytes())),
        (DataType::Float32, Format::Text) => cells::<Float32Type>(array, write_f32),
        (DataType::Float32, Format::Binary) => cells::<Float32Type>(array, |value, out| put(out, value.to_be_bytes())),
        (_, Format::Text) => cells::<Float64Type>(array, write_f64),
        (_, Format::Binary) => cells::<Float64Type>(array, |value, out| put(out, value.to_be_bytes())),
    }
}

fn decimal_cells<'a, T: ArrowPrimitiveType>(
    array: &'a dyn Array,
    format: Format,
    scale: i8,
    widen: impl Fn(T::Native) -> i128 + Send + 'a,
) -> Cells<'a> {
    match format {
        Format::Text => primitive_cells::<T>(array, move |value, out| {
            let value = widen(value);
            match i64::try_from(value) {
                Ok(small) => write_small_text(small, scale, out),
                Err(_) => Decimal::from_i128(value).write_text(scale, out),
            }
            Ok(())
        }),
        Format::Binary => primitive_cells::<T>(array, move |value, out| {
            Decimal::from_i128(widen(value)).write_binary(scale, out);
            Ok(())
        }),
    }
}

fn wide_decimal_cells(array: &dyn Array, format: Format, scale: i8) -> Cells<'_> {
    let as_needed = *array.data_type() == UNCONSTRAINED;
    primitive_cells::<Decimal256Type>(array, move |value, out| {
        let decimal = Decimal::from_le_bytes(value.to_le_bytes());
        let (decimal, scale) = if as_needed { decimal.without_trailing_zeros(scale) } else { (decimal, scale) };
        match format {
            Format::Text => decimal.write_text(scale, out),
            Format::Binary => decimal.write_binary(scale, out),
        }
        Ok(())
    })
}

/// Cells of numbers, each with the decimals that PostgreSQL shows of its size.
pub(super) fn shown_cells(array: &dyn Array, format: Format, shown: Shown) -> Result<Cells<'_>, SqlError> {
    let write = move |decimal: Decimal, scale: i8, out: &mut Vec<u8>| {
        let (decimal, scale) = decimal.shown(scale, shown);
        match format {
            Format::Text => decimal.write_text(scale, out),
            Format::Binary => decimal.write_binary(scale, out),
        }
        Ok(())
    };
    Ok(match array.data_type() {
        DataType::Decimal128(_, scale) => {
            let scale = *scale;
            primitive_cells::<Decimal128Type>(array, move |value, out| write(Decimal::from_i128(value), scale, out))
        }
        DataType::Decimal256(_, scale) => {
            let scale = *scale;
            primitive_cells::<Decimal256Type>(array, move |value, out| {
                write(Decimal::from_le_bytes(value.to_le_bytes()), scale, out)
            })
        }
        _ => return cells(array, format),
    })
}

/// Cells that are the bytes of the array as they stand.
fn byte_cells<'a, A: Sync>(array: &'a A, value: impl Fn(&'a A, usize) -> &'a [u8] + Send + 'a) -> Cells<'a> {
    Box::new(move |row, out| {
        out.extend_from_slice(value(array, row));
        Ok(())
    })
}

fn uuid_cells(array: &FixedSizeBinaryArray, format: Format) -> Cells<'_> {
    match format {
        Format::Text => Box::new(move |row, out| {
            write_uuid(array.value(row), out);
            Ok(())
        }),
        Format::Binary => byte_cells(array, |array, row| array.value(row)),
    }
}

fn bytea_cells(array: &dyn Array, format: Format) -> Result<Cells<'_>, SqlError> {
    let value = binary_values(array)?;
    Ok(match format {
        Format::Text => Box::new(move |row, out| {
            write_bytea(value(row), out);
            Ok(())
        }),
        Format::Binary => Box::new(move |row, out| {
            out.extend_from_slice(value(row));
            Ok(())
        }),
    })
}

/// Reads the bytes of a row.
pub(super) type BinaryValues<'a> = Box<dyn Fn(usize) -> &'a [u8] + Send + 'a>;

/// The bytes of a row of any binary array.
pub(super) fn binary_values<'a>(array: &'a dyn Array) -> Result<BinaryValues<'a>, SqlError> {
    Ok(match array.data_type() {
        DataType::Binary => {
            let array = array.as_binary::<i32>();
            Box::new(move |row| array.value(row))
        }
        DataType::LargeBinary => {
            let array = array.as_binary::<i64>();
            Box::new(move |row| array.value(row))
        }
        DataType::BinaryView => {
            let array = array.as_binary_view();
            Box::new(move |row| array.value(row))
        }
        DataType::FixedSizeBinary(_) => {
            let array = array.as_fixed_size_binary();
            Box::new(move |row| array.value(row))
        }
        other => return Err(SqlError::new("XX000", format!("expected a binary type, this is {other}"))),
    })
}

/// The text of a row of any string array.
pub(super) fn string_values<'a>(array: &'a dyn Array) -> Option<Box<dyn Fn(usize) -> &'a str + Send + 'a>> {
    Some(match array.data_type() {
        DataType::Utf8 => {
            let array = array.as_string::<i32>();
            Box::new(move |row| array.value(row))
        }
        DataType::LargeUtf8 => {
            let array = array.as_string::<i64>();
            Box::new(move |row| array.value(row))
        }
        DataType::Utf8View => {
            let array = array.as_string_view();
            Box::new(move |row| array.value(row))
        }
        _ => return None,
    })
}

/// The number in a row of any integer array; unsigned 64-bit numbers beyond the signed range are out of every narrower type's range too.
pub(super) fn integer_values<'a>(array: &'a dyn Array) -> Option<Box<dyn Fn(usize) -> Option<i64> + Send + 'a>> {
    fn values<'a, T: ArrowPrimitiveType<Native: TryInto<i64>>>(
        array: &'a dyn Array,
    ) -> Box<dyn Fn(usize) -> Option<i64> + Send + 'a> {
        let array = array.as_primitive::<T>();
        Box::new(move |row| array.value(row).try_into().ok())
    }
    Some(match array.data_type() {
        DataType::Int8 => values::<Int8Type>(array),
        DataType::Int16 => values::<Int16Type>(array),
        DataType::Int32 => values::<Int32Type>(array),
        DataType::Int64 => values::<Int64Type>(array),
        DataType::UInt8 => values::<UInt8Type>(array),
        DataType::UInt16 => values::<UInt16Type>(array),
        DataType::UInt32 => values::<UInt32Type>(array),
        DataType::UInt64 => values::<UInt64Type>(array),
        _ => return None,
    })
}
