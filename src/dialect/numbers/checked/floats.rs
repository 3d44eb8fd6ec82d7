//! Results of floating-point operators: out of range where infinity comes of finite numbers or nought of others, as in PostgreSQL
//! (`float.h`), and one NaN, since the processor's own may carry a sign, by which it would sort before all numbers.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Datum, PrimitiveArray};
use datafusion::arrow::compute::unary;
use datafusion::arrow::datatypes::{ArrowPrimitiveType, DataType, Float32Type, Float64Type};
use datafusion::error::Result;
use datafusion::logical_expr::Operator;

use crate::dialect::failure::failed;
use crate::error::SqlState;

/// What of a `real` and a `double precision` is needed here.
trait Float: Copy + PartialEq {
    const ZERO: Self;
    const NAN: Self;
    fn is_nan(self) -> bool;
    fn is_infinite(self) -> bool;
    fn is_finite(self) -> bool;
}

macro_rules! float {
    ($native:ty) => {
        impl Float for $native {
            const ZERO: Self = 0.0;
            const NAN: Self = <$native>::NAN;
            fn is_nan(self) -> bool {
                <$native>::is_nan(self)
            }
            fn is_infinite(self) -> bool {
                <$native>::is_infinite(self)
            }
            fn is_finite(self) -> bool {
                <$native>::is_finite(self)
            }
        }
    };
}

float!(f32);
float!(f64);

/// The results of `left operator right`.
///
/// # Errors
/// 22012 for a division by zero, 22003 for results out of range.
pub fn results(left: &dyn Datum, operator: Operator, right: &dyn Datum, results: ArrayRef) -> Result<ArrayRef> {
    match results.data_type() {
        DataType::Float64 => checked::<Float64Type>(left, operator, right, results),
        DataType::Float32 => checked::<Float32Type>(left, operator, right, results),
        _ => Ok(results),
    }
}

fn checked<T>(left: &dyn Datum, operator: Operator, right: &dyn Datum, results: ArrayRef) -> Result<ArrayRef>
where
    T: ArrowPrimitiveType,
    T::Native: Float,
{
    let numbers = results.as_primitive::<T>();
    let may_underflow = matches!(operator, Operator::Multiply | Operator::Divide);
    let is_ordinary = |number: &T::Native| number.is_finite() && !(may_underflow && *number == T::Native::ZERO);
    if numbers.values().iter().all(is_ordinary) {
        return Ok(results);
    }
    let (left, right) = (operands::<T>(left), operands::<T>(right));
    let mut has_nan = false;
    for row in (0..numbers.len()).filter(|row| numbers.is_valid(*row)) {
        let result = numbers.value(row);
        has_nan |= result.is_nan();
        if !is_ordinary(&result) {
            judge(left(row), operator, right(row), result)?;
        }
    }
    Ok(match has_nan {
        true => Arc::new(unary::<_, _, T>(numbers, |number| if number.is_nan() { T::Native::NAN } else { number })),
        false => results,
    })
}

fn operands<T: ArrowPrimitiveType>(datum: &dyn Datum) -> impl Fn(usize) -> T::Native {
    let (array, is_value) = datum.get();
    let array: PrimitiveArray<T> = array.as_primitive::<T>().clone();
    move |row| array.value(if is_value { 0 } else { row })
}

fn judge<F: Float>(left: F, operator: Operator, right: F, result: F) -> Result<()> {
    let is_division = operator == Operator::Divide;
    if is_division && right == F::ZERO && !left.is_nan() {
        return Err(failed(SqlState::DIVISION_BY_ZERO, "division by zero"));
    }
    if result.is_infinite() && !left.is_infinite() && !right.is_infinite() {
        return Err(failed(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: overflow"));
    }
    let is_lost = match operator {
        Operator::Multiply => left != F::ZERO && right != F::ZERO,
        Operator::Divide => left != F::ZERO && !right.is_infinite(),
        _ => false,
    };
    if result == F::ZERO && is_lost {
        return Err(failed(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: underflow"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{Float64Array, Scalar};
    use datafusion::arrow::compute::kernels::numeric::{div, mul, sub};

    use super::*;

    fn outcome(left: f64, operator: Operator, right: f64) -> std::result::Result<f64, String> {
        let (left, right) = (Float64Array::from(vec![left]), Scalar::new(Float64Array::from(vec![right])));
        let computed = match operator {
            Operator::Multiply => mul(&left, &right),
            Operator::Divide => div(&left, &right),
            _ => sub(&left, &right),
        };
        let array = results(&left, operator, &right, computed.unwrap()).map_err(|error| error.to_string())?;
        Ok(array.as_primitive::<Float64Type>().value(0))
    }

    /// PostgreSQL 15: `SELECT a::float8 operator b::float8`.
    #[test]
    fn results_are_those_of_postgres() {
        use Operator::{Divide, Minus, Multiply};
        let inf = f64::INFINITY;
        assert!(outcome(inf, Minus, inf).unwrap().is_sign_positive());
        assert!(outcome(inf, Multiply, 0.0).unwrap().is_nan());
        assert_eq!(outcome(inf, Multiply, 2.0), Ok(inf));
        assert_eq!(outcome(1.0, Divide, inf), Ok(0.0));
        assert_eq!(outcome(0.0, Divide, 5.0), Ok(0.0));
        assert!(outcome(f64::NAN, Divide, 0.0).unwrap().is_nan());
        for (left, operator, right, message) in [
            (1.0, Divide, 0.0, "division by zero"),
            (0.0, Divide, 0.0, "division by zero"),
            (inf, Divide, 0.0, "division by zero"),
            (1e308, Multiply, 10.0, "value out of range: overflow"),
            (-1e308, Minus, 1e308, "value out of range: overflow"),
            (1e-308, Multiply, 1e-308, "value out of range: underflow"),
            (1e-320, Divide, 1e10, "value out of range: underflow"),
        ] {
            let error = outcome(left, operator, right).unwrap_err();
            assert!(error.contains(message), "{left} {operator} {right}: {error}");
        }
    }
}
