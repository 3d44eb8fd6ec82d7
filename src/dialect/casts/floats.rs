//! Decimals as floating-point numbers. The engine divides by a power of ten, which is off by a digit where the number has more digits than
//! a double holds, as quotients and means have: these are read from their text, which is rounded once.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Float64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Decimal256Type};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr::Cast;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

/// Digits that a double always has room for.
const DIGITS_EXACT: u8 = 15;

/// Whole numbers up to this one are doubles, and so are powers of ten up to the 22nd: their quotient is rounded once.
const WHOLE_MAX: u128 = 1 << 53;

/// The expression with such casts within it replaced; the planner's own are there by now.
pub fn exact(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| {
        let Expr::Cast(cast) = expr else { return Ok(Transformed::no(expr)) };
        let is_float = matches!(cast.field.data_type(), DataType::Float32 | DataType::Float64);
        let is_long = |data_type: &DataType| {
            matches!(data_type, DataType::Decimal128(precision, _) | DataType::Decimal256(precision, _) if *precision > DIGITS_EXACT)
        };
        if !is_float || !cast.expr.get_type(schema).is_ok_and(|data_type| is_long(&data_type)) {
            return Ok(Transformed::no(Expr::Cast(cast)));
        }
        let double = ScalarUDF::new_from_impl(Double { signature: Signature::any(1, Volatility::Immutable) }).call(vec![*cast.expr]);
        Ok(Transformed::yes(match cast.field.data_type() {
            DataType::Float64 => double,
            _ => Expr::Cast(Cast { expr: Box::new(double), field: cast.field }),
        }))
    })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Double {
    signature: Signature,
}

impl ScalarUDFImpl for Double {
    fn name(&self) -> &str {
        "float8"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_value = matches!(args.args.first(), Some(ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [decimals] = arrays.as_slice() else { return internal_err!("float8 takes one argument") };
        let read = |text: String| text.parse::<f64>().ok();
        let texts: Vec<Option<f64>> = match decimals.data_type() {
            DataType::Decimal128(_, scale) => {
                let decimals = decimals.as_primitive::<Decimal128Type>();
                let power = u8::try_from(*scale).ok().filter(|scale| *scale <= 22).map(|scale| 10f64.powi(i32::from(scale)));
                let double = |row: usize| match power {
                    Some(power) if decimals.value(row).unsigned_abs() <= WHOLE_MAX => Some(decimals.value(row) as f64 / power),
                    _ => read(decimals.value_as_string(row)),
                };
                (0..decimals.len()).map(|row| decimals.is_valid(row).then(|| double(row)).flatten()).collect()
            }
            DataType::Decimal256(..) => {
                let decimals = decimals.as_primitive::<Decimal256Type>();
                (0..decimals.len())
                    .map(|row| decimals.is_valid(row).then(|| read(decimals.value_as_string(row))).flatten())
                    .collect()
            }
            _ => return Ok(ColumnarValue::Array(cast(decimals, &DataType::Float64)?)),
        };
        let doubles = Float64Array::from(texts);
        match is_value && doubles.len() == 1 {
            true => ScalarValue::try_from_array(&doubles, 0).map(ColumnarValue::Scalar),
            false => Ok(ColumnarValue::Array(Arc::new(doubles))),
        }
    }
}
