//! The text forms of parameters.

use arrow::datatypes::DataType;
use bytes::Bytes;

use super::numeric::Numeric;
use super::{Fault, Value, array, interval, temporal};
use crate::types::{element_oid, oid};
use crate::values::quoting::parse_uuid;

/// Reads a text as a value of the type. `target` is the plan's Arrow type, whose time zone holds for timestamps that name none.
pub(super) fn decode(type_oid: u32, text: &str, target: &DataType) -> Result<Value, Fault> {
    let trimmed = text.trim_matches(|c: char| c.is_ascii_whitespace());
    Ok(match type_oid {
        oid::BOOL => Value::Bool(boolean(trimmed)?),
        oid::INT2 => Value::Integer(integer(trimmed, i64::from(i16::MIN), i64::from(i16::MAX))?),
        oid::INT4 => Value::Integer(integer(trimmed, i64::from(i32::MIN), i64::from(i32::MAX))?),
        oid::INT8 => Value::Integer(integer(trimmed, i64::MIN, i64::MAX)?),
        oid::OID | oid::XID => Value::Integer(integer(trimmed, 0, i64::from(u32::MAX))?),
        oid::FLOAT4 => Value::Float(f64::from(float(trimmed)?.parse::<f32>().map_err(|_| Fault::Syntax)?)),
        oid::FLOAT8 => Value::Float(float(trimmed)?.parse().map_err(|_| Fault::Syntax)?),
        oid::NUMERIC => Value::Numeric(Numeric::parse(trimmed)?),
        oid::BYTEA => Value::Bytes(bytea(text)?),
        oid::UUID => Value::Uuid(parse_uuid(trimmed).ok_or(Fault::Syntax)?),
        oid::DATE => Value::Date(temporal::parse_date(trimmed)?),
        oid::TIME => Value::Time(temporal::parse_time(trimmed)?),
        oid::TIMESTAMP => Value::Timestamp(temporal::parse_timestamp(trimmed)?),
        oid::TIMESTAMPTZ => Value::Timestamp(temporal::parse_zoned_timestamp(trimmed, target)?),
        oid::INTERVAL => Value::Interval(interval::parse(trimmed)?),
        other => match element_oid(other) {
            Some(element) => {
                let target = match target {
                    DataType::List(field) | DataType::LargeList(field) => field.data_type(),
                    other => other,
                };
                Value::Array(array::parse(trimmed, |text| decode(element, text, target))?)
            }
            None => Value::Text(text.to_owned()),
        },
    })
}

/// Any prefix of true, false, yes, no that is unambiguous, and on, off, 1, 0: as `boolin`.
fn boolean(text: &str) -> Result<bool, Fault> {
    let text = text.to_ascii_lowercase();
    let prefix = |word: &str| !text.is_empty() && word.starts_with(&text);
    if prefix("true") || prefix("yes") || text == "on" || text == "1" {
        Ok(true)
    } else if prefix("false") || prefix("no") || text == "of" || text == "off" || text == "0" {
        Ok(false)
    } else {
        Err(Fault::Syntax)
    }
}

fn integer(text: &str, min: i64, max: i64) -> Result<i64, Fault> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::Syntax);
    }
    // The syntax is right, so what fails now is too large.
    let value = text.parse().map_err(|_| Fault::NumberRange)?;
    if (min..=max).contains(&value) { Ok(value) } else { Err(Fault::NumberRange) }
}

/// A float's text in the notation that Rust reads too. A number too large for the type is an error in PostgreSQL, not an infinity.
fn float(text: &str) -> Result<&str, Fault> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let special = ["nan", "infinity", "inf"].iter().any(|word| unsigned.eq_ignore_ascii_case(word));
    let plain = unsigned.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    match (special, plain) {
        (true, _) => Ok(text),
        (false, true) if text.parse::<f64>().is_ok_and(f64::is_infinite) => Err(Fault::NumberRange),
        (false, true) => Ok(text),
        (false, false) => Err(Fault::Syntax),
    }
}

/// `\x0102ff`, or the older form with `\\` and three octal digits.
fn bytea(text: &str) -> Result<Bytes, Fault> {
    if let Some(hex) = text.strip_prefix("\\x") {
        let digits = hex
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace())
            .map(|byte| (byte as char).to_digit(16).ok_or(Fault::Syntax))
            .collect::<Result<Vec<_>, _>>()?;
        let pair = |pair: &[u32]| match pair {
            [high, low] => Ok((high << 4 | low) as u8),
            _ => Err(Fault::Syntax),
        };
        return digits.chunks(2).map(pair).collect::<Result<Vec<u8>, _>>().map(Bytes::from);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'\\') => bytes.push(b'\\'),
            Some(high @ b'0'..=b'3') => match (rest.next(), rest.next()) {
                (Some(middle @ b'0'..=b'7'), Some(low @ b'0'..=b'7')) => {
                    bytes.push((high - b'0') << 6 | (middle - b'0') << 3 | (low - b'0'));
                }
                _ => return Err(Fault::Syntax),
            },
            _ => return Err(Fault::Syntax),
        }
    }
    Ok(bytes.into())
}
