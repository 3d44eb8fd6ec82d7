//! `numeric` without precision and scale: as many decimals as a value needs, up to 38, which are shown without trailing zeros. What it is
//! cast from tells more: a whole number has no decimals, another `numeric` keeps its own, and a literal those that are written.

use datafusion::arrow::array::{Array, AsArray, Decimal256Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type, i256};
use datafusion::common::{DFSchema, ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr::Cast;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

pub use cilake_wire::types::UNCONSTRAINED;

use super::quotient::digits;
use crate::dialect::failure::{failed, overflow};
use crate::dialect::types::operators::unknown;
use crate::error::SqlState;

/// Decimals of [`UNCONSTRAINED`].
pub const SCALE: i8 = 38;

/// Digits that PostgreSQL takes from a `double precision` and from a `real`.
const DOUBLE_DIGITS: usize = 15;
const REAL_DIGITS: usize = 6;

/// `expr::numeric`, where more is known of it than the cast says.
pub fn meant(cast: &Cast, schema: &DFSchema) -> Result<Option<Expr>> {
    if *cast.field.data_type() != UNCONSTRAINED {
        return Ok(None);
    }
    if let Some(text) = unknown(&cast.expr) {
        return literal(text).map(|value| Some(Expr::Literal(value, None)));
    }
    let data_type = cast.expr.get_type(schema)?;
    Ok(match (digits(&data_type), &data_type) {
        (Some((precision, 0)), whole) if whole.is_integer() => {
            Some(Expr::Cast(Cast::new(cast.expr.clone(), DataType::Decimal128(precision, 0))))
        }
        (Some(_), _) => Some(cast.expr.as_ref().clone()),
        (None, DataType::Float32 | DataType::Float64) => Some(of_float(cast.expr.as_ref().clone(), true)),
        _ => None,
    })
}

/// The expression, or what such a cast means.
pub fn narrowed(expr: Expr, schema: &DFSchema) -> Result<Expr> {
    match &expr {
        Expr::Cast(cast) => Ok(meant(cast, schema)?.unwrap_or(expr)),
        _ => Ok(expr),
    }
}

/// The floating-point number within such a cast, to be rounded.
pub fn float_within(expr: &Expr) -> Option<&Expr> {
    let Expr::ScalarFunction(call) = expr else { return None };
    call.func.inner().is::<Numeric>().then(|| call.args.first()).flatten()
}

/// A floating-point number as a `numeric`; if not `exact`, decimals beyond the 38th are lost.
pub fn of_float(expr: Expr, exact: bool) -> Expr {
    ScalarUDF::new_from_impl(Numeric { exact, signature: Signature::any(1, Volatility::Immutable) }).call(vec![expr])
}

/// A number in quotes.
pub fn literal(text: &str) -> Result<ScalarValue> {
    let text = text.trim();
    if matches!(text.to_ascii_lowercase().trim_start_matches(['+', '-']), "nan" | "inf" | "infinity") {
        return Err(failed(SqlState::FEATURE_NOT_SUPPORTED, "numeric has no NaN and no infinity; double precision has"));
    }
    let Some(written) = Written::read(text) else {
        return Err(failed(SqlState("22P02"), "invalid input syntax for type numeric"));
    };
    let scale = written.decimals.max(0);
    let value = written.at_scale(scale, true)?;
    let length = value.to_string().trim_start_matches('-').len();
    let precision = u8::try_from(length.max(usize::try_from(scale).unwrap_or_default()).max(1)).unwrap_or(u8::MAX);
    let scale = i8::try_from(scale).map_err(|_| overflow())?;
    Ok(match value.to_i128().filter(|_| precision <= 38) {
        Some(value) => ScalarValue::Decimal128(Some(value), precision, scale),
        None if precision <= 76 => ScalarValue::Decimal256(Some(value), precision, scale),
        None => return Err(overflow()),
    })
}

/// A number in quotes with so many decimals, to which it is rounded; [`UNCONSTRAINED`] takes none that it would have to round.
///
/// # Errors
/// 22P02, 22003, and 0A000 for what is no number.
pub fn as_decimal(text: &str, precision: u8, scale: i8) -> Result<i256> {
    let text = text.trim();
    if matches!(text.to_ascii_lowercase().trim_start_matches(['+', '-']), "nan" | "inf" | "infinity") {
        return Err(failed(SqlState::FEATURE_NOT_SUPPORTED, "numeric has no NaN and no infinity; double precision has"));
    }
    let Some(written) = Written::read(text) else {
        return Err(failed(SqlState("22P02"), "invalid input syntax for type numeric"));
    };
    let is_unconstrained = DataType::Decimal256(precision, scale) == UNCONSTRAINED;
    let value = written.at_scale(i32::from(scale), is_unconstrained)?;
    let digits = value.to_string().trim_start_matches('-').len();
    match digits <= usize::from(precision) {
        true => Ok(value),
        false => Err(failed(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "numeric field overflow")),
    }
}

/// A number as it is written: its digits, and how many of them stand after the point; fewer than none with an exponent.
struct Written {
    negative: bool,
    digits: String,
    decimals: i32,
}

impl Written {
    fn read(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (number, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{fraction}");
        let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let decimals = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        is_number.then(|| Self { negative, digits: digits.trim_start_matches('0').to_owned(), decimals })
    }

    /// The number times ten to the power of `scale`. Digits beyond are an error if `exact`, and rounded half away from zero else.
    fn at_scale(&self, scale: i32, exact: bool) -> Result<i256> {
        let missing = scale - self.decimals;
        let mut digits = self.digits.clone();
        let mut rounds_up = false;
        if let Ok(zeros) = usize::try_from(missing) {
            if !digits.is_empty() {
                if digits.len() + zeros > 76 {
                    return Err(overflow());
                }
                digits.extend(std::iter::repeat_n('0', zeros));
            }
        } else {
            let kept = digits.len().saturating_sub(missing.unsigned_abs() as usize);
            let is_near = digits.len() >= missing.unsigned_abs() as usize;
            let cut = digits.split_off(kept);
            rounds_up = is_near && cut.starts_with(['5', '6', '7', '8', '9']);
            if exact && cut.bytes().any(|digit| digit != b'0') {
                return Err(failed(
                    SqlState::NUMERIC_VALUE_OUT_OF_RANGE,
                    "numeric has at most 38 decimals here: round the number",
                ));
            }
        }
        let magnitude = if digits.is_empty() { Some(i256::ZERO) } else { i256::from_string(&digits) };
        let magnitude = magnitude.filter(|_| digits.len() <= 76).ok_or_else(overflow)?;
        let magnitude = if rounds_up { magnitude.checked_add(i256::ONE).ok_or_else(overflow)? } else { magnitude };
        Ok(if self.negative { magnitude.wrapping_neg() } else { magnitude })
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Numeric {
    exact: bool,
    signature: Signature,
}

impl Numeric {
    fn of(&self, number: f64, significant: usize) -> Result<i256> {
        if !number.is_finite() {
            return Err(failed(SqlState::FEATURE_NOT_SUPPORTED, "numeric has no NaN and no infinity; double precision has"));
        }
        let text = format!("{:.*e}", significant - 1, number);
        match Written::read(&text) {
            Some(mut written) => {
                let significant = written.digits.trim_end_matches('0').len();
                written.decimals -= i32::try_from(written.digits.len() - significant).unwrap_or_default();
                written.digits.truncate(significant);
                written.at_scale(i32::from(SCALE), self.exact)
            }
            None => internal_err!("a number is not written as one"),
        }
    }
}

impl ScalarUDFImpl for Numeric {
    fn name(&self) -> &str {
        "numeric"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(UNCONSTRAINED)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_value = matches!(args.args.first(), Some(ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [numbers] = arrays.as_slice() else { return internal_err!("numeric takes one argument") };
        let decimals: Result<Decimal256Array> = match numbers.data_type() {
            DataType::Float32 => {
                let numbers = numbers.as_primitive::<Float32Type>().iter();
                numbers.map(|number| number.map(|number| self.of(f64::from(number), REAL_DIGITS)).transpose()).collect()
            }
            _ => {
                let numbers = cast(numbers, &DataType::Float64)?;
                let numbers = numbers.as_primitive::<Float64Type>().iter();
                numbers.map(|number| number.map(|number| self.of(number, DOUBLE_DIGITS)).transpose()).collect()
            }
        };
        let decimals = decimals?.with_data_type(UNCONSTRAINED);
        match is_value && decimals.len() == 1 {
            true => ScalarValue::try_from_array(&decimals, 0).map(ColumnarValue::Scalar),
            false => Ok(ColumnarValue::Array(std::sync::Arc::new(decimals))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        literal(text).map_or_else(|error| error.to_string(), |value| value.to_string())
    }

    /// PostgreSQL 15: `SELECT '…'::numeric`.
    #[test]
    fn literals_have_the_decimals_that_are_written() {
        for (text, value, precision, scale) in [
            ("1.50", 150, 3, 2),
            ("-0.001", -1, 3, 3),
            ("1e3", 1000, 4, 0),
            (" 12e-4 ", 12, 4, 4),
            (".5", 5, 1, 1),
            ("5.", 5, 1, 0),
            ("0", 0, 1, 0),
            ("0.00", 0, 2, 2),
        ] {
            assert_eq!(literal(text).unwrap(), ScalarValue::Decimal128(Some(value), precision, scale), "{text}");
        }
        for text in ["", "1.2.3", "e5", "1e", "--1", "1,5", "0x10"] {
            assert!(shown(text).contains("invalid input syntax for type numeric"), "{text}: {}", shown(text));
        }
    }

    /// PostgreSQL 15: `SELECT number::float8::numeric`.
    #[test]
    fn doubles_give_fifteen_digits() {
        let numeric = Numeric { exact: true, signature: Signature::any(1, Volatility::Immutable) };
        for (number, text) in [
            (2.5, "25"),
            (0.1 + 0.2, "3"),
            (1.0 / 3.0, "333333333333333"),
            (1e-7, "1"),
            (123_456_789.123_456_79, "123456789123457"),
            (-0.0, "0"),
        ] {
            let value = numeric.of(number, DOUBLE_DIGITS).unwrap().to_string();
            assert_eq!(value.trim_end_matches('0').trim_start_matches('-'), text.trim_end_matches('0'), "{number}");
        }
        assert!(numeric.of(1e-40, DOUBLE_DIGITS).is_err());
        assert!(numeric.of(f64::NAN, DOUBLE_DIGITS).is_err());
        let rounded = Numeric { exact: false, signature: Signature::any(1, Volatility::Immutable) };
        assert_eq!(rounded.of(1e-40, DOUBLE_DIGITS).unwrap(), i256::ZERO);
    }
}
