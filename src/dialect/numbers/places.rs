//! `round`, `trunc`, `ceil`, `floor` and `sign` of exact numbers: the result has as many decimals as are asked for.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Decimal256Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DECIMAL128_MAX_PRECISION, DECIMAL256_MAX_PRECISION, DataType, Decimal256Type, i256};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr::{Cast, ScalarFunction};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use datafusion_functions_customer::type_name::type_name;

use super::quotient::digits;
use super::unconstrained::{UNCONSTRAINED, float_within, of_float};
use crate::dialect::casts::rounding::to_even;
use crate::dialect::failure::overflow;
use crate::error::{Error, SqlState};

/// The call for a decimal, if it is one of these functions of one.
pub fn meant(mut call: ScalarFunction, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let Some(mode) = Mode::of(call.name()) else { return Ok(Transformed::no(Expr::ScalarFunction(call))) };
    let of_first = call.args.first().map(|number| number.get_type(schema)).transpose()?;
    let Some(data_type) = of_first else { return Ok(Transformed::no(Expr::ScalarFunction(call))) };
    if !data_type.is_decimal() {
        return of_other(mode, call, &data_type, schema);
    }
    let (precision, scale) = digits(&data_type).unwrap_or((DECIMAL256_MAX_PRECISION, 0));
    let places = match call.args.get(1) {
        None => Some(0),
        Some(Expr::Literal(places, _)) => whole(places),
        Some(_) => None,
    };
    // Places that differ from row to row: the engine's own function, with the decimals of the number.
    let Some(places) = places.and_then(|places| i8::try_from(places.clamp(-76, 76)).ok()) else {
        return Ok(Transformed::no(Expr::ScalarFunction(call)));
    };
    call.args.truncate(1);
    if let Some(number) = call.args.first_mut()
        && let Some(float) = float_within(number)
    {
        *number = of_float(float.clone(), false);
    }
    let target = if places > 0 { places } else { 0 };
    let whole = i16::from(precision) - i16::from(scale) + 1;
    let needed = if data_type == UNCONSTRAINED { i16::from(DECIMAL128_MAX_PRECISION) } else { whole + i16::from(target) };
    let target = match u8::try_from(needed.clamp(1, i16::from(DECIMAL256_MAX_PRECISION))).unwrap_or(DECIMAL256_MAX_PRECISION) {
        narrow @ 0..=DECIMAL128_MAX_PRECISION if target <= 38 => DataType::Decimal128(narrow.max(target.unsigned_abs()), target),
        wide => DataType::Decimal256(wide.max(target.unsigned_abs()), target),
    };
    let function = Places { mode, places, target, signature: Signature::any(1, Volatility::Immutable) };
    Ok(Transformed::yes(ScalarUDF::new_from_impl(function).call(call.args)))
}

/// Of whole and floating-point numbers, for which these functions are of `double precision`.
fn of_other(mode: Mode, mut call: ScalarFunction, data_type: &DataType, schema: &DFSchema) -> Result<Transformed<Expr>> {
    if mode == Mode::Sign {
        return Ok(Transformed::no(Expr::ScalarFunction(call)));
    }
    // With places, a whole number is an exact one.
    if call.args.len() == 2
        && (data_type.is_integer() || data_type.is_null())
        && let Some(number) = call.args.first_mut()
    {
        let digits = if data_type.is_null() { DECIMAL128_MAX_PRECISION } else { 20 };
        *number = Expr::Cast(Cast::new(Box::new(std::mem::take(number)), DataType::Decimal128(digits, 0)));
        return meant(call, schema);
    }
    if call.args.len() == 2 && data_type.is_floating() {
        let message = format!("function {}({}, integer) does not exist", call.name(), type_name(data_type));
        let error =
            Error::new(SqlState::UNDEFINED_FUNCTION, message).hint(format!("Cast the number: {}(x::numeric, n).", call.name()));
        return Err(error.into());
    }
    if call.args.len() != 1 || !data_type.is_numeric() {
        return Ok(Transformed::no(Expr::ScalarFunction(call)));
    }
    let is_double = *data_type == DataType::Float64;
    if let Some(number) = call.args.first_mut().filter(|_| !is_double) {
        *number = Expr::Cast(Cast::new(Box::new(std::mem::take(number)), DataType::Float64));
    }
    Ok(match (mode, call.args.pop()) {
        (Mode::Round, Some(number)) => Transformed::yes(to_even(number)),
        (_, number) => {
            call.args.extend(number);
            let call = Expr::ScalarFunction(call);
            if is_double { Transformed::no(call) } else { Transformed::yes(call) }
        }
    })
}

fn whole(places: &ScalarValue) -> Option<i64> {
    match places {
        ScalarValue::Int16(places) => places.map(i64::from),
        ScalarValue::Int32(places) => places.map(i64::from),
        ScalarValue::Int64(places) => *places,
        _ => None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Mode {
    Round,
    Trunc,
    Ceil,
    Floor,
    Sign,
}

impl Mode {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "round" => Self::Round,
            "trunc" => Self::Trunc,
            "ceil" | "ceiling" => Self::Ceil,
            "floor" => Self::Floor,
            "signum" => Self::Sign,
            _ => return None,
        })
    }

    /// The multiple of `unit` to which a rest takes a number: the one towards zero, or the next from zero.
    fn goes_on<T: PartialOrd + Copy>(self, zero: T, rest: T, twice: Option<T>, unit: T) -> bool {
        match self {
            Self::Trunc | Self::Sign => false,
            Self::Ceil => rest > zero,
            Self::Floor => rest < zero,
            // Twice the rest, without its sign.
            Self::Round => twice.is_none_or(|twice| twice >= unit),
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Places {
    mode: Mode,
    /// Decimals that are kept; fewer than none are powers of ten.
    places: i8,
    target: DataType,
    signature: Signature,
}

impl Places {
    /// A number of `scale` decimals in the target's.
    fn narrow(&self, number: i128, scale: i8) -> Option<i128> {
        if self.mode == Mode::Sign {
            return Some(number.signum());
        }
        let Ok(dropped) = u32::try_from(i32::from(scale) - i32::from(self.places)) else {
            return number.checked_mul(10i128.checked_pow(u32::from((self.places - scale).unsigned_abs()))?);
        };
        let restored = 10i128.checked_pow(u32::from((-self.places).max(0).unsigned_abs()))?;
        let Some(unit) = 10i128.checked_pow(dropped) else {
            let away = match self.mode {
                Mode::Ceil => i128::from(number > 0),
                Mode::Floor => -i128::from(number < 0),
                _ => 0,
            };
            return away.checked_mul(restored);
        };
        let (cut, rest) = (number / unit, number % unit);
        let on = self.mode.goes_on(0, rest, rest.unsigned_abs().checked_mul(2).and_then(|twice| twice.try_into().ok()), unit);
        let kept = if on { cut + if number < 0 { -1 } else { 1 } } else { cut };
        kept.checked_mul(restored)
    }

    /// [`Self::narrow`] of twice the bits.
    fn wide(&self, number: i256, scale: i8) -> Option<i256> {
        if self.mode == Mode::Sign {
            return Some(number.signum());
        }
        let ten = i256::from_i128(10);
        let Ok(dropped) = u32::try_from(i32::from(scale) - i32::from(self.places)) else {
            return number.checked_mul(ten.checked_pow(u32::from((self.places - scale).unsigned_abs()))?);
        };
        let restored = ten.checked_pow(u32::from((-self.places).max(0).unsigned_abs()))?;
        let unit = ten.checked_pow(dropped)?;
        let (cut, rest) = (number.checked_div(unit)?, number.checked_rem(unit)?);
        let twice = rest.checked_abs()?.checked_mul(i256::from_i128(2));
        let on = self.mode.goes_on(i256::ZERO, rest, twice, unit);
        let step = if number < i256::ZERO { i256::MINUS_ONE } else { i256::ONE };
        let kept = if on { cut.checked_add(step)? } else { cut };
        kept.checked_mul(restored)
    }

    fn computed(&self, numbers: &ArrayRef) -> Result<ArrayRef> {
        let DataType::Decimal128(precision, target_scale) = self.target else { return self.computed_wide(numbers) };
        let DataType::Decimal128(_, scale) = *numbers.data_type() else { return self.computed_wide(numbers) };
        let numbers = numbers.as_primitive::<datafusion::arrow::datatypes::Decimal128Type>();
        let kept: Result<Decimal128Array> = numbers
            .iter()
            .map(|number| number.map(|number| self.narrow(number, scale).ok_or_else(overflow)).transpose())
            .collect();
        let kept = kept?.with_precision_and_scale(precision, target_scale)?;
        kept.validate_decimal_precision(precision).map_err(|_| overflow())?;
        Ok(std::sync::Arc::new(kept))
    }

    fn computed_wide(&self, numbers: &ArrayRef) -> Result<ArrayRef> {
        let (precision, scale) = digits(numbers.data_type()).unwrap_or((DECIMAL256_MAX_PRECISION, 0));
        let numbers = cast(numbers, &DataType::Decimal256(precision, scale))?;
        let numbers = numbers.as_primitive::<Decimal256Type>();
        let kept: Result<Decimal256Array> =
            numbers.iter().map(|number| number.map(|number| self.wide(number, scale).ok_or_else(overflow)).transpose()).collect();
        let target_scale = digits(&self.target).map_or(0, |(_, scale)| scale);
        let kept = kept?.with_precision_and_scale(DECIMAL256_MAX_PRECISION, target_scale)?;
        let options = datafusion::arrow::compute::CastOptions { safe: false, ..Default::default() };
        datafusion::arrow::compute::cast_with_options(&kept, &self.target, &options).map_err(|_| overflow())
    }
}

impl ScalarUDFImpl for Places {
    fn name(&self) -> &str {
        match self.mode {
            Mode::Round => "round",
            Mode::Trunc => "trunc",
            Mode::Ceil => "ceil",
            Mode::Floor => "floor",
            Mode::Sign => "sign",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.target.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_value = matches!(args.args.first(), Some(ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [numbers] = arrays.as_slice() else { return internal_err!("{} takes one argument", self.name()) };
        let kept = self.computed(numbers)?;
        match is_value && kept.len() == 1 {
            true => ScalarValue::try_from_array(&kept, 0).map(ColumnarValue::Scalar),
            false => Ok(ColumnarValue::Array(kept)),
        }
    }
}
