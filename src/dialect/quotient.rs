//! Division of numbers with decimals. PostgreSQL gives a quotient at least 16 significant digits and no fewer decimals than its operands
//! have (`select_div_scale` in its numeric.c); the engine gives four decimals more than the dividend has.

use std::sync::Arc;

use cilake_wire::types::QUOTIENT_KEY;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Decimal256Array};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{
    DECIMAL128_MAX_PRECISION, DECIMAL256_MAX_PRECISION, DataType, Decimal128Type, Decimal256Type, Field, FieldRef, i256,
};
use datafusion::common::{ScalarValue, internal_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::error::{Error, SqlState};

/// Decimals that are computed: as many as PostgreSQL shows of a quotient between 0.0001 and 1. Of larger ones it shows fewer.
const SCALE: i8 = 20;

/// A field of quotients, of which no fewer than so many decimals are shown.
pub fn shown_as_quotient(field: Field, least: i8) -> FieldRef {
    let shown = match field.data_type() {
        DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) => format!("{least}/{scale}"),
        _ => return Arc::new(field),
    };
    Arc::new(field.with_metadata([(QUOTIENT_KEY.to_owned(), shown)].into_iter().collect()))
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
pub(super) fn digits(data_type: &DataType) -> Option<(u8, i8)> {
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

/// How a quotient is computed.
struct Shape {
    /// All digits of the quotient, and of the dividend brought to so many decimals that a division of integers gives the quotient.
    precision: u8,
    scale: i8,
    dividend_scale: i8,
    divisor: (u8, i8),
}

impl Shape {
    fn of(dividend: &DataType, divisor: &DataType) -> Result<Self> {
        let (Some((left_precision, left_scale)), Some((right_precision, right_scale))) = (digits(dividend), digits(divisor))
        else {
            return internal_err!("a quotient of {dividend} and {divisor}");
        };
        let scale = SCALE.max(left_scale).max(right_scale);
        let whole = i16::from(left_precision) - i16::from(left_scale) + i16::from(right_scale);
        let precision = (whole.max(1) + i16::from(scale)).min(i16::from(DECIMAL256_MAX_PRECISION));
        Ok(Self {
            precision: u8::try_from(precision).unwrap_or(DECIMAL256_MAX_PRECISION),
            scale,
            dividend_scale: scale.saturating_add(right_scale),
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
        Ok(shown_as_quotient(field, types.iter().filter_map(digits).map(|(_, scale)| scale).max().unwrap_or_default()))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
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
    let dividend =
        cast_with_options(dividend, &shape.decimal(shape.precision, shape.dividend_scale), &exact).map_err(|_| overflow())?;
    let (precision, scale) = shape.divisor;
    let divisor = cast_with_options(divisor, &shape.decimal(precision, scale), &exact)?;
    if shape.is_wide() {
        let pairs = dividend.as_primitive::<Decimal256Type>().iter().zip(divisor.as_primitive::<Decimal256Type>());
        let quotients = pairs.map(|(left, right)| quotient(left.zip(right), i256::ZERO, wide));
        let array = quotients.collect::<Result<Decimal256Array>>()?;
        return Ok(Arc::new(array.with_precision_and_scale(shape.precision, shape.scale)?));
    }
    let pairs = dividend.as_primitive::<Decimal128Type>().iter().zip(divisor.as_primitive::<Decimal128Type>());
    let quotients = pairs.map(|(left, right)| quotient(left.zip(right), 0, narrow));
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

/// Rounded half away from zero.
fn narrow(dividend: i128, divisor: i128) -> Option<i128> {
    let (cut, rest) = (dividend.checked_div(divisor)?, dividend.checked_rem(divisor)?);
    if rest.unsigned_abs() < divisor.unsigned_abs() - rest.unsigned_abs() {
        return Some(cut);
    }
    cut.checked_add(if (dividend < 0) == (divisor < 0) { 1 } else { -1 })
}

/// [`narrow`] of twice the bits.
fn wide(dividend: i256, divisor: i256) -> Option<i256> {
    let (cut, rest) = (dividend.checked_div(divisor)?, dividend.checked_rem(divisor)?);
    let (rest, size) = (rest.checked_abs()?, divisor.checked_abs()?);
    if rest < size.checked_sub(rest)? {
        return Some(cut);
    }
    cut.checked_add(if (dividend < i256::ZERO) == (divisor < i256::ZERO) { i256::ONE } else { i256::MINUS_ONE })
}

fn overflow() -> DataFusionError {
    failed(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "value overflows numeric format")
}

fn failed(state: SqlState, message: &str) -> DataFusionError {
    DataFusionError::External(Box::new(Error::new(state, message)))
}
