//! Numbers as texts within expressions: written as they are where they are results. The engine writes `1.0`, `1000000000000000.0` and all
//! decimals of a quotient.

use std::sync::Arc;

use cilake_wire::types::Shown;
use cilake_wire::values::float::{write_f32, write_f64};
use cilake_wire::values::numeric::Decimal;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, Field, Float32Type, Float64Type};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr::Cast;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::dialect::numbers::unconstrained::UNCONSTRAINED;

/// The expression with such casts within it replaced; the planner's own are there by now.
pub fn written(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| {
        let Expr::Cast(cast) = expr else { return Ok(Transformed::no(expr)) };
        let target = cast.field.data_type();
        let Some(form) = (if target.is_string() { Form::of(cast.expr.to_field(schema)?.1.as_ref()) } else { None }) else {
            return Ok(Transformed::no(Expr::Cast(cast)));
        };
        let function = ScalarUDF::new_from_impl(Text { form, signature: Signature::any(1, Volatility::Immutable) });
        let text = function.call(vec![*cast.expr]);
        Ok(Transformed::yes(match target {
            DataType::Utf8 => text,
            _ => Expr::Cast(Cast { expr: Box::new(text), field: cast.field }),
        }))
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    Float,
    /// Without trailing zeros.
    AsNeeded,
    /// With as many decimals as its size asks for.
    Shown(Shown),
}

impl Form {
    fn of(field: &Field) -> Option<Self> {
        match field.data_type() {
            DataType::Float32 | DataType::Float64 => Some(Self::Float),
            other => Shown::of(field).map(Self::Shown).or((*other == UNCONSTRAINED).then_some(Self::AsNeeded)),
        }
    }

    fn write(self, decimal: Decimal, scale: i8, out: &mut Vec<u8>) {
        let (decimal, scale) = match self {
            Self::Shown(shown) => decimal.shown(scale, shown),
            Self::AsNeeded | Self::Float => decimal.without_trailing_zeros(scale),
        };
        decimal.write_text(scale, out);
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Text {
    form: Form,
    signature: Signature,
}

impl ScalarUDFImpl for Text {
    fn name(&self) -> &str {
        "text"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_value = matches!(args.args.first(), Some(ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [numbers] = arrays.as_slice() else { return internal_err!("text takes one argument") };
        let form = self.form;
        let texts: ArrayRef = match numbers.data_type() {
            DataType::Float32 => {
                let numbers = numbers.as_primitive::<Float32Type>();
                texts(numbers, |row, out| write_f32(numbers.value(row), out))
            }
            DataType::Float64 => {
                let numbers = numbers.as_primitive::<Float64Type>();
                texts(numbers, |row, out| write_f64(numbers.value(row), out))
            }
            DataType::Decimal128(_, scale) => {
                let numbers = numbers.as_primitive::<Decimal128Type>();
                texts(numbers, |row, out| form.write(Decimal::from_i128(numbers.value(row)), *scale, out))
            }
            DataType::Decimal256(_, scale) => {
                let numbers = numbers.as_primitive::<Decimal256Type>();
                texts(numbers, |row, out| {
                    form.write(Decimal::from_le_bytes(numbers.value(row).to_le_bytes()), *scale, out);
                })
            }
            _ => cast(numbers, &DataType::Utf8)?,
        };
        match is_value && texts.len() == 1 {
            true => ScalarValue::try_from_array(&texts, 0).map(ColumnarValue::Scalar),
            false => Ok(ColumnarValue::Array(texts)),
        }
    }
}

fn texts(numbers: &dyn Array, write: impl Fn(usize, &mut Vec<u8>)) -> ArrayRef {
    let mut buffer = Vec::with_capacity(32);
    let text = |row: usize| {
        numbers.is_valid(row).then(|| {
            buffer.clear();
            write(row, &mut buffer);
            String::from_utf8_lossy(&buffer).into_owned()
        })
    };
    Arc::new((0..numbers.len()).map(text).collect::<StringArray>())
}
