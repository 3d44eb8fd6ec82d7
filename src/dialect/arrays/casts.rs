//! Casts of arrays, which are casts of their elements: numbers are rounded, and `integer[]` has any number of dimensions.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, ListArray};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::expr::Cast;
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use super::dimensions::{depth, innermost};
use crate::dialect::casts::rounding;

/// The cast of an array that the engine's own would not do as PostgreSQL does; `None` for all others.
pub fn cast(expr: &Expr, from: &DataType, to: &DataType) -> Option<Expr> {
    let (depths, inside) = ((depth(from), depth(to)), (innermost(from), innermost(to)));
    if depths.1 == 0 || depths.0 == 0 {
        return None;
    }
    let has_fraction = inside.0.is_floating() || inside.0.is_decimal();
    if has_fraction && matches!(inside.1, DataType::Int16 | DataType::Int32 | DataType::Int64) {
        let signature = Signature::any(1, Volatility::Immutable);
        return Some(ScalarUDF::new_from_impl(Rounded { target: inside.1.clone(), signature }).call(vec![expr.clone()]));
    }
    // An array of several dimensions is of the type that one of its rows is cast to.
    (depths.0 > depths.1).then(|| Expr::Cast(Cast::new(Box::new(expr.clone()), nested(inside.1, depths.0))))
}

fn nested(element: &DataType, depth: usize) -> DataType {
    (0..depth).fold(element.clone(), |inside, _| DataType::new_list(inside, true))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Rounded {
    target: DataType,
    signature: Signature,
}

impl ScalarUDFImpl for Rounded {
    fn name(&self) -> &str {
        "array_rounded"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match types {
            [array] => Ok(nested(&self.target, depth(array))),
            _ => internal_err!("a cast has one argument"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [value] = args.args.as_slice() else { return internal_err!("a cast has one argument") };
        let constant = matches!(value, ColumnarValue::Scalar(_));
        let array = self.rounded(&value.to_array(if constant { 1 } else { args.number_rows })?)?;
        Ok(match constant {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?),
            false => ColumnarValue::Array(array),
        })
    }
}

impl Rounded {
    fn rounded(&self, array: &ArrayRef) -> Result<ArrayRef> {
        let Some(lists) = array.as_list_opt::<i32>() else { return rounding::whole(array, &self.target) };
        let elements = self.rounded(lists.values())?;
        let field = Arc::new(Field::new_list_field(elements.data_type().clone(), true));
        Ok(Arc::new(ListArray::try_new(field, lists.offsets().clone(), elements, lists.nulls().cloned())?))
    }
}
