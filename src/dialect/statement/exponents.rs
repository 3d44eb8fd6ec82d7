//! Numbers with an exponent, `1e15`: exact numbers in PostgreSQL, whose digits are written out. The engine's own decimal of them has a
//! negative scale, of which a cast loses the last digits.

use datafusion::sql::sqlparser::ast::{DataType, Expr, Value};

/// Most digits of a decimal.
const DIGITS_MAX: usize = 76;

/// Writes a number out, where the engine has a decimal for it.
pub fn write_out(expression: &mut Expr) {
    if let Some(text) = number(expression).and_then(written_out) {
        *expression = Expr::Value(Value::Number(text, false).with_empty_span());
    }
}

/// A number that is cast to `double precision` at once is read as one, which has room for more.
pub fn as_float(expression: &mut Expr, target: &DataType) {
    let is_float = matches!(
        target,
        DataType::Float4
            | DataType::Float8
            | DataType::Real
            | DataType::Float(_)
            | DataType::DoublePrecision
            | DataType::Double(_)
    );
    if let Some(text) = number(expression).filter(|text| is_float && text.contains(['e', 'E'])) {
        *expression = Expr::Value(Value::SingleQuotedString(text.to_owned()).with_empty_span());
    }
}

fn number(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Value(value) => match &value.value {
            Value::Number(text, _) => Some(text),
            _ => None,
        },
        Expr::Nested(inner) => number(inner),
        _ => None,
    }
}

/// `15e-4` as `0.0015`, `1e3` as `1000.`: with a point, for it is no integer.
fn written_out(text: &str) -> Option<String> {
    let (number, exponent) = text.split_once(['e', 'E'])?;
    let exponent = exponent.parse::<i64>().ok()?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    let point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let length = i64::try_from(digits.len()).ok()?;
    let limit = i64::try_from(DIGITS_MAX).ok()?;
    if point > limit || length - point > limit {
        return None;
    }
    Some(match usize::try_from(point) {
        Ok(point) if point >= digits.len() => format!("{digits}{}.", "0".repeat(point - digits.len())),
        Ok(point) if point > 0 => format!("{}.{}", digits.get(..point)?, digits.get(point..)?),
        _ => format!("0.{}{digits}", "0".repeat(usize::try_from(-point).ok()?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT 1e3` …
    #[test]
    fn numbers_are_written_out() {
        for (text, written) in [
            ("1e3", Some("1000.")),
            ("1.5e3", Some("1500.")),
            ("1.2345e2", Some("123.45")),
            ("15e-4", Some("0.0015")),
            ("1E-1", Some("0.1")),
            ("1e300", None),
            ("1e-300", None),
            ("12", None),
        ] {
            assert_eq!(written_out(text).as_deref(), written, "{text}");
        }
    }
}
