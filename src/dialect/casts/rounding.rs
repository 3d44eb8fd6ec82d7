//! Numbers with a fraction as whole ones, rounded to such, and as `real`: `numeric` rounds half away from zero and `double precision` half to even, where the engine's
//! own cast cuts. A function and not a cast, because the optimiser moves casts to the other side of a comparison.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::{CastOptions, cast_with_options, unary};
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use datafusion_functions_customer::type_name::type_name;

use crate::dialect::failure::failed;
use crate::error::SqlState;

/// `expr::target` for an expression of a type with a fraction.
pub fn rounded(expr: Expr, target: &DataType) -> Expr {
    ScalarUDF::new_from_impl(Rounded { target: target.clone(), signature: Signature::any(1, Volatility::Immutable) })
        .call(vec![expr])
}

/// `round` of a `double precision`: half to even.
pub fn to_even(expr: Expr) -> Expr {
    ScalarUDF::new_from_impl(ToEven { signature: Signature::any(1, Volatility::Immutable) }).call(vec![expr])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ToEven {
    signature: Signature,
}

impl ScalarUDFImpl for ToEven {
    fn name(&self) -> &str {
        "round"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [array] = arrays.as_slice() else { return datafusion::common::internal_err!("round has one argument") };
        let whole = unary::<_, _, Float64Type>(array.as_primitive::<Float64Type>(), f64::round_ties_even);
        Ok(ColumnarValue::Array(std::sync::Arc::new(whole)))
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Rounded {
    target: DataType,
    signature: Signature,
}

impl ScalarUDFImpl for Rounded {
    fn name(&self) -> &str {
        match self.target {
            DataType::Int16 => "int2",
            DataType::Int32 => "int4",
            DataType::Float32 => "float4",
            _ => "int8",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.target.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [array] = arrays.as_slice() else { return datafusion::common::internal_err!("a cast has one argument") };
        let rounded = if self.target == DataType::Float32 { real(array) } else { whole(array, &self.target) };
        rounded.map(ColumnarValue::Array)
    }
}

/// Numbers with a fraction as whole ones of the type.
///
/// # Errors
/// 22003 where one is out of range.
pub fn whole(array: &ArrayRef, target: &DataType) -> Result<ArrayRef> {
    // A value out of range is an error, not NULL.
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let whole = match array.data_type() {
        DataType::Decimal128(precision, _) => cast_with_options(array, &DataType::Decimal128(*precision, 0), &options)?,
        DataType::Decimal256(precision, _) => cast_with_options(array, &DataType::Decimal256(*precision, 0), &options)?,
        _ => {
            let floats = cast_with_options(array, &DataType::Float64, &options)?;
            let floats = floats.as_primitive::<Float64Type>();
            std::sync::Arc::new(unary::<_, _, Float64Type>(floats, f64::round_ties_even))
        }
    };
    let out_of_range = |_| failed(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, format!("{} out of range", type_name(target)));
    cast_with_options(&whole, target, &options).map_err(out_of_range)
}

/// Numbers as `real`.
///
/// # Errors
/// 22003 for a number that becomes infinite, or nought.
fn real(numbers: &ArrayRef) -> Result<ArrayRef> {
    let doubles = cast_with_options(numbers, &DataType::Float64, &CastOptions::default())?;
    let doubles = doubles.as_primitive::<Float64Type>();
    let reals = unary::<_, _, Float32Type>(doubles, |number| number as f32);
    for row in (0..reals.len()).filter(|row| reals.is_valid(*row)) {
        let (number, real) = (doubles.value(row), reals.value(row));
        if real.is_infinite() && number.is_finite() {
            return Err(failed(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: overflow"));
        }
        if real == 0.0 && number != 0.0 {
            return Err(failed(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: underflow"));
        }
    }
    Ok(std::sync::Arc::new(reals))
}
