//! Division of numbers with decimals. PostgreSQL gives a quotient at least 16 significant digits and no fewer decimals than its operands
//! have (`select_div_scale` in its numeric.c); the engine gives four decimals more than the dividend has.

use std::sync::Arc;

use cilake_wire::types::{Rule, SHOWN_KEY, Shown};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Decimal256Array, new_empty_array};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{
    DECIMAL128_MAX_PRECISION, DECIMAL256_MAX_PRECISION, DataType, Decimal128Type, Decimal256Type, Field, FieldRef, i256,
};
use datafusion::common::{ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::decimals::{FACTOR_SCALE, half_away};
use super::long::{divided as divided_long, long, narrowed, ten_to};
use super::unconstrained::UNCONSTRAINED;
use crate::dialect::failure::{failed, overflow};
use crate::error::SqlState;

/// Decimals that are computed: as many as PostgreSQL shows of a quotient between 0.0001 and 1. Of larger ones it shows fewer.
pub const SCALE: i8 = 20;

/// A field of quotients, of which no fewer than so many decimals are shown.
pub fn shown_as_quotient(field: Field, least: i8) -> FieldRef {
    shown_as(field, Shown { rule: Rule::Quotient, least })
}

/// A field of numbers that are shown so.
pub fn shown_as(field: Field, shown: Shown) -> FieldRef {
    let written = match field.data_type() {
        DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) => shown.written(*scale),
        _ => return Arc::new(field),
    };
    Arc::new(field.with_metadata([(SHOWN_KEY.to_owned(), written)].into_iter().collect()))
}

/// Whether a quotient of these types is one of exact numbers of which one has decimals.
pub fn has_decimals(dividend: &DataType, divisor: &DataType) -> bool {
    let are_exact = digits(dividend).is_some() && digits(divisor).is_some();
    are_exact && !(dividend.is_integer() && divisor.is_integer())
}

/// `dividend / divisor` of such numbers.
pub fn quotient_of(dividend: Expr, divisor: Expr) -> Expr {
    // A chain is one call: calls within calls would each ask all below them for their types.
    let mut operands = match dividend {
        Expr::ScalarFunction(call) if call.func.inner().is::<Quotient>() => call.args,
        other => vec![other],
    };
    operands.push(divisor);
    let quotient = Quotient { signature: Signature::any(operands.len(), Volatility::Immutable) };
    ScalarUDF::new_from_impl(quotient).call(operands)
}

/// All digits of an exact number and those after the point.
pub fn digits(data_type: &DataType) -> Option<(u8, i8)> {
    match data_type {
        DataType::Int8 | DataType::UInt8 => Some((3, 0)),
        DataType::Int16 | DataType::UInt16 => Some((5, 0)),
        DataType::Int32 | DataType::UInt32 => Some((10, 0)),
        DataType::Int64 => Some((19, 0)),
        DataType::UInt64 => Some((20, 0)),
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => Some((*precision, *scale)),
        _ => None,
    }
}

/// Decimals that are shown at least, of what is computed from the numbers of a field.
pub fn shown_decimals(field: &Field) -> Option<i8> {
    let of_type = digits(field.data_type()).map(|(_, scale)| scale);
    let of_type = of_type.map(|scale| if *field.data_type() == UNCONSTRAINED { 0 } else { scale });
    Shown::of(field).map(|shown| shown.least).or(of_type)
}

/// How a quotient is computed.
struct Shape {
    /// All digits of the quotient, and of the dividend brought to so many decimals that a division of integers gives the quotient.
    precision: u8,
    scale: i8,
    dividend_scale: i8,
    /// Decimals of the dividend itself.
    left_scale: i8,
    divisor: (u8, i8),
}

impl Shape {
    fn of(dividend: &DataType, divisor: &DataType) -> Result<Self> {
        let (Some((left_precision, left_scale)), Some((right_precision, right_scale))) = (digits(dividend), digits(divisor))
        else {
            return internal_err!("a quotient of {dividend} and {divisor}");
        };
        // Room for the digits before the point.
        let (left_scale, right_scale) = (left_scale.min(FACTOR_SCALE), right_scale.min(FACTOR_SCALE));
        let scale = SCALE.max(left_scale).max(right_scale);
        let whole = i16::from(left_precision) - i16::from(left_scale) + i16::from(right_scale);
        let precision = (whole.max(1) + i16::from(scale)).min(i16::from(DECIMAL256_MAX_PRECISION));
        Ok(Self {
            precision: u8::try_from(precision).unwrap_or(DECIMAL256_MAX_PRECISION),
            scale,
            dividend_scale: scale.saturating_add(right_scale),
            left_scale,
            divisor: (right_precision, right_scale),
        })
    }

    fn is_wide(&self) -> bool {
        self.precision.max(self.divisor.0) > DECIMAL128_MAX_PRECISION
    }

    fn decimal(&self, precision: u8, scale: i8) -> DataType {
        match self.is_wide() {
            false => DataType::Decimal128(precision, scale),
            true => DataType::Decimal256(precision, scale),
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Quotient {
    signature: Signature,
}

impl ScalarUDFImpl for Quotient {
    fn name(&self) -> &str {
        "numeric_div"
    }

    fn display_name(&self, args: &[Expr]) -> Result<String> {
        let shown = args.iter().map(ToString::to_string).collect::<Vec<_>>();
        Ok(format!("({})", shown.join(" / ")))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let [dividend, divisors @ ..] = types else { return internal_err!("a quotient has a dividend") };
        divisors.iter().try_fold(dividend.clone(), |dividend, divisor| {
            let shape = Shape::of(&dividend, divisor)?;
            Ok(shape.decimal(shape.precision, shape.scale))
        })
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let types = args.arg_fields.iter().map(|field| field.data_type().clone()).collect::<Vec<_>>();
        let nullable = args.arg_fields.iter().any(|field| field.is_nullable());
        let field = Field::new(self.name(), self.return_type(&types)?, nullable);
        Ok(shown_as_quotient(field, args.arg_fields.iter().filter_map(|field| shown_decimals(field)).max().unwrap_or_default()))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        // A branch that no row takes divides nothing.
        if args.number_rows == 0 {
            return Ok(ColumnarValue::Array(new_empty_array(args.return_field.data_type())));
        }
        let are_values = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [dividend, divisors @ ..] = arrays.as_slice() else { return internal_err!("a quotient has a dividend") };
        let array = divisors.iter().try_fold(ArrayRef::clone(dividend), |dividend, divisor| {
            let shape = Shape::of(dividend.data_type(), divisor.data_type())?;
            divided(&dividend, divisor, &shape)
        })?;
        if are_values && array.len() == 1 {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?));
        }
        Ok(ColumnarValue::Array(array))
    }
}

fn divided(dividend: &ArrayRef, divisor: &ArrayRef, shape: &Shape) -> Result<ArrayRef> {
    let exact = CastOptions { safe: false, ..CastOptions::default() };
    let (precision, scale) = shape.divisor;
    let divisor = cast_with_options(divisor, &shape.decimal(precision, scale), &exact)?;
    // With the decimals that it has: there may be no room for those that it is given.
    let own = digits(dividend.data_type()).map_or(0, |(_, scale)| scale).clamp(0, shape.dividend_scale);
    let scale = if shape.is_wide() { own } else { shape.dividend_scale };
    let dividend = cast_with_options(dividend, &shape.decimal(shape.precision, scale), &exact).map_err(|_| overflow())?;
    if shape.is_wide() {
        let pairs = dividend.as_primitive::<Decimal256Type>().iter().zip(divisor.as_primitive::<Decimal256Type>());
        let divide = |left, right| shape.wide(left, own, right);
        let quotients = pairs.map(|(left, right)| quotient(left.zip(right), i256::ZERO, divide));
        let array = quotients.collect::<Result<Decimal256Array>>()?;
        return Ok(Arc::new(array.with_precision_and_scale(shape.precision, shape.scale)?));
    }
    let pairs = dividend.as_primitive::<Decimal128Type>().iter().zip(divisor.as_primitive::<Decimal128Type>());
    let quotients = pairs.map(|(left, right)| quotient(left.zip(right), 0, |left, right| shape.narrow(left, right)));
    let array = quotients.collect::<Result<Decimal128Array>>()?;
    Ok(Arc::new(array.with_precision_and_scale(shape.precision, shape.scale)?))
}

fn quotient<T: PartialEq>(pair: Option<(T, T)>, zero: T, divide: impl Fn(T, T) -> Option<T>) -> Result<Option<T>> {
    match pair {
        None => Ok(None),
        Some((_, divisor)) if divisor == zero => Err(failed(SqlState("22012"), "division by zero")),
        Some((dividend, divisor)) => divide(dividend, divisor).map(Some).ok_or_else(overflow),
    }
}

impl Shape {
    /// How many fewer decimals PostgreSQL gives a quotient than it has room for here.
    fn decimals(&self, dividend: Magnitude, divisor: Magnitude) -> u32 {
        let weight = dividend.weight - divisor.weight - i32::from(dividend.first <= divisor.first);
        let least = self.decimals_of(dividend, self.left_scale).max(self.decimals_of(divisor, self.divisor.1));
        let decimals = (16 - 4 * weight).max(least).min(i32::from(self.scale));
        (i32::from(self.scale) - decimals).unsigned_abs()
    }

    /// Decimals of an operand: those of its type, unless that has room for those of quotients.
    fn decimals_of(&self, operand: Magnitude, scale: i8) -> i32 {
        if scale >= SCALE { operand.decimals.min(i32::from(scale)) } else { i32::from(scale) }
    }

    /// Rounded half away from zero.
    fn narrow(&self, dividend: i128, divisor: i128) -> Option<i128> {
        let magnitudes =
            (Magnitude::of(dividend.unsigned_abs(), self.dividend_scale), Magnitude::of(divisor.unsigned_abs(), self.divisor.1));
        let Some(unit) = 10i128.checked_pow(self.decimals(magnitudes.0, magnitudes.1)) else { return Some(0) };
        let Some(by) = divisor.checked_mul(unit) else {
            return self.wide(i256::from_i128(dividend), self.dividend_scale, i256::from_i128(divisor))?.to_i128();
        };
        let (cut, rest) = (dividend.checked_div(by)?, dividend.checked_rem(by)?);
        let kept = match rest.unsigned_abs() < by.unsigned_abs() - rest.unsigned_abs() {
            true => cut,
            false => cut.checked_add(if (dividend < 0) == (divisor < 0) { 1 } else { -1 })?,
        };
        kept.checked_mul(unit)
    }

    /// [`Self::narrow`] of twice the bits, of a dividend with so many decimals.
    fn wide(&self, dividend: i256, scale: i8, divisor: i256) -> Option<i256> {
        let magnitudes = (Magnitude::of_wide(dividend, scale)?, Magnitude::of_wide(divisor, self.divisor.1)?);
        let dropped = self.decimals(magnitudes.0, magnitudes.1);
        let missing = u32::from((self.dividend_scale - scale).unsigned_abs());
        let ten = i256::from_i128(10);
        let (unit, factor) = (ten.checked_pow(dropped), ten.checked_pow(missing));
        let by = unit.and_then(|unit| divisor.checked_mul(unit));
        let brought = factor.and_then(|factor| dividend.checked_mul(factor));
        if let (Some(unit), Some(by), Some(brought)) = (unit, by, brought) {
            return half_away(brought, by)?.checked_mul(unit);
        }
        let unit = ten_to(dropped);
        narrowed(&(divided_long(&(long(dividend) * ten_to(missing)), &(long(divisor) * &unit)) * unit))
    }
}

/// A quotient whose operands are not known any more, with as many decimals as PostgreSQL gives most of its size.
pub fn rounded(number: i128, scale: i8, least: i8) -> i128 {
    let dropped = dropped(Magnitude::of(number.unsigned_abs(), scale), scale, least);
    let Some(unit) = 10i128.checked_pow(dropped) else { return 0 };
    let rest = number % unit;
    let cut = number - rest;
    let is_near = rest.unsigned_abs() < unit.unsigned_abs() - rest.unsigned_abs();
    if is_near { cut } else { cut.checked_add(if number < 0 { -unit } else { unit }).unwrap_or(number) }
}

/// [`rounded`] of twice the bits; none if the result has too many.
pub fn rounded_wide(number: i256, scale: i8, least: i8) -> Option<i256> {
    let unit = i256::from_i128(10).checked_pow(dropped(Magnitude::of_wide(number, scale)?, scale, least))?;
    half_away(number, unit)?.checked_mul(unit)
}

fn dropped(magnitude: Magnitude, scale: i8, least: i8) -> u32 {
    let decimals = (16 - 4 * magnitude.weight).max(i32::from(least)).min(i32::from(SCALE.max(least)));
    (i32::from(scale) - decimals.min(i32::from(scale))).unsigned_abs()
}

/// How large a number is, in PostgreSQL's groups of four digits.
#[derive(Clone, Copy)]
struct Magnitude {
    /// Groups before the point, but one; fewer than none for small numbers.
    weight: i32,
    /// The first group; 0 of nought.
    first: u32,
    /// Decimals without trailing zeros.
    decimals: i32,
}

impl Magnitude {
    fn of(number: u128, scale: i8) -> Self {
        if number == 0 {
            return Self { weight: 0, first: 0, decimals: 0 };
        }
        let weight = (number.ilog10() as i32 - i32::from(scale)).div_euclid(4);
        let below = i32::from(scale) + 4 * weight;
        // The first group stands so many digits from the right; if it goes on beyond, zeros follow.
        let first = match u32::try_from(below) {
            Ok(below) => number / 10u128.pow(below),
            Err(_) => number * 10u128.pow(below.unsigned_abs()),
        };
        let zeros = if scale >= SCALE { trailing_zeros(number) } else { 0 };
        Self { weight, first: u32::try_from(first).unwrap_or(u32::MAX), decimals: i32::from(scale) - zeros }
    }

    fn of_wide(number: i256, scale: i8) -> Option<Self> {
        let mut magnitude = number.checked_abs()?;
        let mut dropped = 0;
        // All that is asked for stands in the first digits, but for the trailing zeros.
        let (ten, all) = (i256::from_i128(10), magnitude);
        while magnitude.to_i128().is_none() {
            magnitude = magnitude.checked_div(ten)?;
            dropped += 1;
        }
        let of_first = Self::of(magnitude.to_i128()?.unsigned_abs(), scale.checked_sub(dropped)?);
        let (mut rest, mut zeros) = (all, 0);
        while rest != i256::ZERO && rest.checked_rem(ten)? == i256::ZERO {
            rest = rest.checked_div(ten)?;
            zeros += 1;
        }
        Some(Self { decimals: i32::from(scale) - zeros, ..of_first })
    }
}

fn trailing_zeros(mut number: u128) -> i32 {
    let mut zeros = 0;
    while number != 0 && number.is_multiple_of(10) {
        number /= 10;
        zeros += 1;
    }
    zeros
}
