//! Texts as floating-point numbers, where those that the type has no room for are out of range (PostgreSQL's float.c): the engine takes them
//! for infinity and nought.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float32Array, Float64Array, StringArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{Expr, lit};
use datafusion_functions_customer::type_name::type_name;

use crate::dialect::failure::failed;

/// Whether texts are read as this type here.
pub fn is_float(target: &DataType) -> bool {
    matches!(target, DataType::Float32 | DataType::Float64)
}

/// A literal.
///
/// # Errors
/// 22P02 and 22003, as PostgreSQL's.
pub fn literal(text: &str, target: &DataType) -> Result<Expr> {
    Ok(match target {
        DataType::Float32 => lit(ScalarValue::Float32(Some(real(text)?))),
        _ => lit(ScalarValue::Float64(Some(double(text)?))),
    })
}

/// The texts of rows.
///
/// # Errors
/// As [`literal`].
pub fn read(texts: &StringArray, target: &DataType) -> Result<ArrayRef> {
    Ok(match target {
        DataType::Float32 => Arc::new(texts.iter().map(|text| text.map(real).transpose()).collect::<Result<Float32Array>>()?),
        _ => Arc::new(texts.iter().map(|text| text.map(double).transpose()).collect::<Result<Float64Array>>()?),
    })
}

fn real(text: &str) -> Result<f32> {
    let text = text.trim();
    let number: f32 = text.parse().map_err(|_| no_number(&DataType::Float32))?;
    checked(text, number.is_infinite(), number == 0.0, &DataType::Float32).map(|()| number)
}

fn double(text: &str) -> Result<f64> {
    let text = text.trim();
    let number: f64 = text.parse().map_err(|_| no_number(&DataType::Float64))?;
    checked(text, number.is_infinite(), number == 0.0, &DataType::Float64).map(|()| number)
}

fn no_number(target: &DataType) -> DataFusionError {
    failed("22P02", format!("invalid input syntax for type {}", type_name(target)))
}

/// Infinity is a word, and nought has no other digits.
fn checked(text: &str, is_infinite: bool, is_nought: bool, target: &DataType) -> Result<()> {
    let mut digits = text.bytes().take_while(|byte| !byte.eq_ignore_ascii_case(&b'e'));
    let is_lost = match (is_infinite, is_nought) {
        (true, _) => text.bytes().any(|byte| byte.is_ascii_digit()),
        (_, true) => digits.any(|digit| (b'1'..=b'9').contains(&digit)),
        _ => false,
    };
    match is_lost {
        true => Err(failed("22003", format!("the text is out of range for type {}", type_name(target)))),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT '…'::float8`, `SELECT '…'::float4`.
    #[test]
    fn texts_are_read_as_in_postgres() {
        for (text, number) in [(" 1.5 ", 1.5), ("+1e5", 1e5), (".5", 0.5), ("5.", 5.0), ("1e-320", 1e-320), ("0e400", 0.0)] {
            assert_eq!(double(text).unwrap(), number, "{text}");
        }
        assert!(double("nan").unwrap().is_nan() && double("-INF").unwrap() == f64::NEG_INFINITY);
        assert_eq!(real("1e-45").unwrap(), 1e-45);
        let state = |error: DataFusionError| error.to_string().contains("out of range");
        for text in ["1e400", "-1e400", "1e-400"] {
            assert!(state(double(text).unwrap_err()), "{text}");
        }
        for text in ["1e39", "1e-46"] {
            assert!(state(real(text).unwrap_err()), "{text}");
        }
        for text in ["", "abc", "1.5x", "1 2"] {
            assert!(!state(double(text).unwrap_err()), "{text}");
        }
    }
}
