//! The binary forms of parameters.

use bytes::Bytes;

use super::numeric::Numeric;
use super::{Fault, Value, array};
use crate::types::{element_oid, oid};
use crate::values::datetime::{EPOCH_SHIFT_DAYS, EPOCH_SHIFT_MICROS, check_time};
use crate::values::interval::Interval;

/// Reads the bytes as a value of the type.
pub(super) fn decode(type_oid: u32, bytes: &Bytes) -> Result<Value, Fault> {
    Ok(match type_oid {
        oid::BOOL => Value::Bool(fixed::<1>(bytes)? != [0]),
        oid::INT2 => Value::Integer(i64::from(i16::from_be_bytes(fixed(bytes)?))),
        oid::INT4 => Value::Integer(i64::from(i32::from_be_bytes(fixed(bytes)?))),
        oid::INT8 => Value::Integer(i64::from_be_bytes(fixed(bytes)?)),
        oid::OID | oid::XID | oid::REGPROC | oid::REGCLASS | oid::REGTYPE | oid::REGNAMESPACE => {
            Value::Integer(i64::from(u32::from_be_bytes(fixed(bytes)?)))
        }
        oid::FLOAT4 => Value::Float(f64::from(f32::from_be_bytes(fixed(bytes)?))),
        oid::FLOAT8 => Value::Float(f64::from_be_bytes(fixed(bytes)?)),
        oid::NUMERIC => Value::Numeric(Numeric::from_binary(bytes)?),
        oid::BYTEA => Value::Bytes(bytes.clone()),
        oid::UUID => Value::Uuid(fixed(bytes)?),
        oid::DATE => match i32::from_be_bytes(fixed(bytes)?) {
            // PostgreSQL's infinities have no counterpart in Arrow.
            i32::MIN | i32::MAX => return Err(Fault::DatetimeRange),
            days => Value::Date(days.checked_add(EPOCH_SHIFT_DAYS).ok_or(Fault::DatetimeRange)?),
        },
        oid::TIME => Value::Time(check_time(i64::from_be_bytes(fixed(bytes)?)).map_err(|_| Fault::DatetimeRange)?),
        oid::TIMESTAMP | oid::TIMESTAMPTZ => match i64::from_be_bytes(fixed(bytes)?) {
            i64::MIN | i64::MAX => return Err(Fault::DatetimeRange),
            micros => Value::Timestamp(micros.checked_add(EPOCH_SHIFT_MICROS).ok_or(Fault::DatetimeRange)?),
        },
        oid::INTERVAL => {
            let bytes: [u8; 16] = fixed(bytes)?;
            let [m0, m1, m2, m3, m4, m5, m6, m7, d0, d1, d2, d3, n0, n1, n2, n3] = bytes;
            Value::Interval(Interval {
                micros: i64::from_be_bytes([m0, m1, m2, m3, m4, m5, m6, m7]),
                days: i32::from_be_bytes([d0, d1, d2, d3]),
                months: i32::from_be_bytes([n0, n1, n2, n3]),
            })
        }
        oid::JSONB => match bytes.split_first() {
            Some((1, text)) => Value::Text(utf8(text)?),
            _ => return Err(Fault::BinaryForm),
        },
        0 | oid::TEXT | oid::VARCHAR | oid::BPCHAR | oid::NAME | oid::UNKNOWN | oid::JSON | oid::CHAR => {
            Value::Text(utf8(bytes)?)
        }
        other => match element_oid(other) {
            Some(element) => Value::Array(array::from_binary(element, bytes, |bytes| decode(element, bytes))?),
            None => return Err(Fault::Unsupported),
        },
    })
}

fn fixed<const N: usize>(bytes: &Bytes) -> Result<[u8; N], Fault> {
    bytes.as_ref().try_into().map_err(|_| Fault::BinaryForm)
}

fn utf8(bytes: &[u8]) -> Result<String, Fault> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Fault::Encoding)
}
