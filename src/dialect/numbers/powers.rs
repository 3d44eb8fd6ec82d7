//! Square roots and whole powers of `numeric`, which are `numeric` with PostgreSQL's number of decimals (`numeric_sqrt` and
//! `power_var_int` in its numeric.c).

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Decimal256Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal256Type, Int64Type, i256};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::decimals::half_away;
use super::quotient::digits;
use crate::dialect::failure::{failed, overflow};

/// Digits and decimals of the results. Powers have sixteen decimals, or those of the base; roots as many more as they are small.
const PRECISION: u8 = 60;
const POWER_SCALE: i8 = 16;
const ROOT_SCALE: i8 = 20;

/// Decimals while a power is computed.
const WORKING_SCALE: u32 = 26;

/// The call for a decimal, if it is one of these functions of one.
pub fn meant(call: ScalarFunction, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let function = match (call.name(), call.args.as_slice()) {
        ("sqrt", [number]) => scale_of(number, schema).map(|scale| Power::new(Kind::Root, ROOT_SCALE.max(scale))),
        ("power" | "pow", [base, exponent]) if exponent.get_type(schema).is_ok_and(|of| of.is_signed_integer()) => {
            scale_of(base, schema).map(|scale| Power::new(Kind::Power, POWER_SCALE.max(scale)))
        }
        _ => None,
    };
    Ok(match function {
        Some(function) => Transformed::yes(ScalarUDF::from(function).call(call.args)),
        None => Transformed::no(Expr::ScalarFunction(call)),
    })
}

/// Decimals of an exact number that is no integer.
fn scale_of(number: &Expr, schema: &DFSchema) -> Option<i8> {
    let data_type = number.get_type(schema).ok().filter(DataType::is_decimal)?;
    digits(&data_type).map(|(_, scale)| scale.clamp(0, ROOT_SCALE))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Root,
    Power,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Power {
    kind: Kind,
    scale: i8,
    signature: Signature,
}

impl Power {
    fn new(kind: Kind, scale: i8) -> Self {
        let signature = Signature::any(if kind == Kind::Root { 1 } else { 2 }, Volatility::Immutable);
        Self { kind, scale, signature }
    }

    fn of(&self, number: i256, scale: u32, exponent: i64) -> Result<i256> {
        let result = match self.kind {
            Kind::Root if number < i256::ZERO => return Err(failed("2201F", "cannot take square root of a negative number")),
            Kind::Root => root(number, scale, self.scale.unsigned_abs().into()),
            Kind::Power if number == i256::ZERO && exponent < 0 => {
                return Err(failed("2201F", "zero raised to a negative power is undefined"));
            }
            Kind::Power => power(number, scale, exponent, self.scale.unsigned_abs().into()),
        };
        result.ok_or_else(overflow)
    }
}

impl ScalarUDFImpl for Power {
    fn name(&self) -> &str {
        match self.kind {
            Kind::Root => "sqrt",
            Kind::Power => "power",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Decimal256(PRECISION, self.scale))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_value = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let Some(numbers) = arrays.first() else { return internal_err!("{} takes a number", self.name()) };
        let (precision, scale) = digits(numbers.data_type()).unwrap_or_default();
        let numbers = cast(numbers, &DataType::Decimal256(precision, scale))?;
        let numbers = numbers.as_primitive::<Decimal256Type>();
        let exponents = arrays.get(1).map(|exponents| cast(exponents, &DataType::Int64)).transpose()?;
        let exponents = exponents.as_ref().map(|exponents| exponents.as_primitive::<Int64Type>());
        let result = |row: usize| {
            if numbers.is_null(row) || exponents.is_some_and(|exponents| exponents.is_null(row)) {
                return Ok(None);
            }
            let exponent = exponents.map_or(1, |exponents| exponents.value(row));
            self.of(numbers.value(row), scale.unsigned_abs().into(), exponent).map(Some)
        };
        let results = (0..numbers.len()).map(result).collect::<Result<Decimal256Array>>()?;
        let results: ArrayRef = Arc::new(results.with_precision_and_scale(PRECISION, self.scale)?);
        match is_value && results.len() == 1 {
            true => ScalarValue::try_from_array(&results, 0).map(ColumnarValue::Scalar),
            false => Ok(ColumnarValue::Array(results)),
        }
    }
}

fn ten_to(power: u32) -> Option<i256> {
    i256::from_i128(10).checked_pow(power)
}

/// A number brought to other decimals, rounded half away from zero.
fn rescaled(number: i256, from: u32, to: u32) -> Option<i256> {
    if to >= from {
        return number.checked_mul(ten_to(to - from)?);
    }
    half_away(number, ten_to(from - to)?)
}

/// The root of a number, rounded to PostgreSQL's decimals: sixteen significant digits, counted in groups of four.
fn root(number: i256, scale: u32, target: u32) -> Option<i256> {
    if number == i256::ZERO {
        return Some(i256::ZERO);
    }
    let length = i32::try_from(number.to_string().len()).ok()?;
    let weight = (length - 1 - i32::try_from(scale).ok()?).div_euclid(4);
    let shown = (16 - ((weight + 1) * 2 - 1)).clamp(i32::try_from(scale.min(target)).ok()?, i32::try_from(target).ok()?);
    let shown = u32::try_from(shown).ok()?;
    let square = rescaled(number, scale, 2 * shown)?;
    // Newton's method, from above.
    let two = i256::from_i128(2);
    let mut guess = ten_to(u32::try_from(square.to_string().len()).ok()?.div_ceil(2))?;
    loop {
        let next = guess.checked_add(square.checked_div(guess)?)?.checked_div(two)?;
        if next >= guess {
            break;
        }
        guess = next;
    }
    let rest = square.checked_sub(guess.checked_mul(guess)?)?;
    let rounded = if rest > guess { guess.checked_add(i256::ONE)? } else { guess };
    rescaled(rounded, shown, target)
}

fn power(base: i256, scale: u32, exponent: i64, target: u32) -> Option<i256> {
    let times = u32::try_from(exponent.unsigned_abs()).ok()?;
    // All digits, where there is room for them.
    let exact = base.checked_pow(times).and_then(|power| Some((power, scale.checked_mul(times)?)));
    let (power, scale) = match exact {
        Some(exact) => exact,
        None => (approximate(rescaled(base, scale, WORKING_SCALE)?, times)?, WORKING_SCALE),
    };
    if exponent >= 0 {
        return rescaled(power, scale, target);
    }
    let power = rescaled(power, scale, WORKING_SCALE)?;
    match power == i256::ZERO {
        true => None,
        false => rescaled(ten_to(2 * WORKING_SCALE)?.checked_div(power)?, WORKING_SCALE, target),
    }
}

/// By squares, each rounded.
fn approximate(mut base: i256, mut times: u32) -> Option<i256> {
    let mut power = ten_to(WORKING_SCALE)?;
    while times > 0 {
        if times % 2 == 1 {
            power = rescaled(power.checked_mul(base)?, 2 * WORKING_SCALE, WORKING_SCALE)?;
        }
        times /= 2;
        if times > 0 {
            base = rescaled(base.checked_mul(base)?, 2 * WORKING_SCALE, WORKING_SCALE)?;
        }
    }
    Some(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT sqrt(number)`, with the decimals that it shows.
    #[test]
    fn roots() {
        for (number, scale, expected) in [
            (20, 1, "1.414213562373095"),
            (5, 2, "0.22360679774997897"),
            (1234567899, 2, "3513.6418414516867"),
            (0, 0, "0"),
            (16, 0, "4"),
        ] {
            let root = root(i256::from_i128(number), scale, 20).unwrap().to_string();
            let digits = format!("{root:0>21}");
            let (whole, decimals) = digits.split_at(digits.len() - 20);
            let shown = format!("{whole}.{}", decimals.trim_end_matches('0'));
            let expected = if expected.contains('.') { expected.trim_end_matches('0') } else { expected };
            assert_eq!(shown.trim_end_matches('.'), expected, "{number} {scale}");
        }
    }

    /// PostgreSQL 15: `SELECT power(base, exponent)`.
    #[test]
    fn powers() {
        for (base, scale, exponent, expected) in [
            (150, 2, 2, 22_500_000_000_000_000),
            (-275, 2, 3, -207_968_750_000_000_000),
            (105, 2, 10, 16_288_946_267_774_414),
            (2, 0, -1, 5_000_000_000_000_000),
            (15, 1, 0, 10_000_000_000_000_000),
            (1_004_166_666_666_666_667, 18, 60, 12_833_586_785_035_129),
        ] {
            assert_eq!(power(i256::from_i128(base), scale, exponent, 16), Some(i256::from_i128(expected)), "{base} {exponent}");
        }
    }
}
