//! Parameters: bytes of a Bind message, text or binary, to Arrow arrays of one row. Messages name the parameter and the type that was
//! expected, but never show the value, which may be personal data.

mod array;
mod binary;
mod build;
mod column;
mod interval;
mod numeric;
mod temporal;
mod text;

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use bytes::Bytes;

use crate::backend::{PgParameter, SqlError};
use crate::encode::Format;
use crate::frontend::Bind;
use crate::types::{oid, parameter_oid, type_name};
use crate::values::interval::Interval;
pub(crate) use column::ColumnDecoder;
pub use interval::read as read_interval;
use numeric::Numeric;

/// A value between its form on the wire and its Arrow array.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Bool(bool),
    Integer(i64),
    Float(f64),
    Numeric(Numeric),
    Text(String),
    Bytes(Bytes),
    Uuid([u8; 16]),
    /// Days since 1970.
    Date(i32),
    /// Microseconds since midnight.
    Time(i64),
    /// Microseconds since 1970, in UTC where the type has a time zone.
    Timestamp(i64),
    Interval(Interval),
    Array(Vec<Option<Value>>),
}

/// What is wrong with a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Syntax,
    BinaryForm,
    NumberRange,
    /// More digits behind the point, or a finer time, than the plan's type holds.
    Precision,
    DatetimeSyntax,
    DatetimeRange,
    Encoding,
    /// The type sent cannot become the type that the plan takes.
    Mismatch,
    Unsupported,
}

impl Fault {
    /// `name` is the type as it was sent, `target` what it is taken as, `place` where it stood.
    fn into_error(self, name: &str, target: &DataType, place: &str) -> SqlError {
        let (code, message) = match self {
            Self::Syntax => ("22P02", format!("invalid input syntax for type {name}: {place}")),
            Self::BinaryForm => ("22P03", format!("incorrect binary data format for type {name}: {place}")),
            Self::NumberRange => ("22003", format!("value out of range for type {name}, taken as {target}: {place}")),
            Self::Precision => ("22003", format!("value has more digits than {target} holds: {place}")),
            Self::DatetimeSyntax => ("22007", format!("invalid input syntax for type {name}: {place}")),
            Self::DatetimeRange => ("22008", format!("value out of range for type {name}, taken as {target}: {place}")),
            Self::Encoding => ("22021", format!("invalid byte sequence for encoding \"UTF8\": {place}")),
            Self::Mismatch => ("42804", format!("a value of type {name} cannot be taken as {target}: {place}")),
            Self::Unsupported => ("0A000", format!("type {name} is not supported in this form: {place}")),
        };
        SqlError::new(code, message)
    }
}

/// One array of one row for each parameter of a statement, of the Arrow type that the plan takes.
///
/// # Errors
/// 08P01 for a wrong number of values or format codes, 22023 for an unknown format code, and for a bad value: 22P02 (text), 22P03 (binary),
/// 22003 (out of range), 22007 and 22008 (dates and times), 22021 (not UTF-8), 42804 and 0A000 (a type that cannot be taken).
pub fn decode_parameters(bind: &Bind, parameters: &[PgParameter]) -> Result<Vec<ArrayRef>, SqlError> {
    let (formats, values) = (bind.parameter_formats.len(), bind.parameters.len());
    if formats > 1 && formats != values {
        return Err(SqlError::new("08P01", format!("bind message has {formats} parameter formats but {values} parameters")));
    }
    if values != parameters.len() {
        let message = format!(
            "bind message supplies {values} parameters, but prepared statement \"{}\" requires {}",
            bind.statement,
            parameters.len()
        );
        return Err(SqlError::new("08P01", message));
    }
    let decode = |(index, (value, parameter)): (usize, (&Option<Bytes>, &PgParameter))| {
        let format = match bind.parameter_formats.as_slice() {
            [] => Format::Text,
            [all] => Format::from_code(*all)?,
            each => Format::from_code(each.get(index).copied().unwrap_or(0))?,
        };
        decode_one(value.as_ref(), format, parameter).map_err(|fault| {
            let name = type_name(parameter.oid).unwrap_or_else(|| parameter.oid.to_string());
            fault.into_error(&name, &parameter.data_type, &format!("parameter ${}", index + 1))
        })
    };
    bind.parameters.iter().zip(parameters).enumerate().map(decode).collect()
}

fn decode_one(bytes: Option<&Bytes>, format: Format, parameter: &PgParameter) -> Result<ArrayRef, Fault> {
    build::array(&[decode_value(bytes, format, parameter)?], &parameter.data_type)
}

fn decode_value(bytes: Option<&Bytes>, format: Format, parameter: &PgParameter) -> Result<Option<Value>, Fault> {
    Ok(match (bytes, format) {
        (None, _) => None,
        (Some(bytes), Format::Binary) => Some(binary::decode(parameter.oid, bytes)?),
        (Some(bytes), Format::Text) => {
            let text = std::str::from_utf8(bytes).map_err(|_| Fault::Encoding)?;
            Some(text::decode(text_oid(parameter), text, &parameter.data_type)?)
        }
    })
}

/// The type by which a text is read. Clients may leave the type open or call everything text; then the plan's type says how to read it.
fn text_oid(parameter: &PgParameter) -> u32 {
    let open = matches!(parameter.oid, 0 | oid::UNKNOWN | oid::TEXT | oid::VARCHAR);
    if open { parameter_oid(&parameter.data_type) } else { parameter.oid }
}
