//! Operators of the bits of whole numbers: PostgreSQL's have the type of their left operand, which the engine takes for a wider one where the
//! other operand is wider.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::compute::{binary, cast, unary};
use datafusion::arrow::datatypes::{DataType, Int16Type, Int32Type, Int64Type};
use datafusion::common::{ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr::Cast;
use datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, Operator, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion_functions_customer::type_name::type_name;

use crate::dialect::failure::failed;

/// What `~ x` becomes.
pub const NOT: &str = "int_not";

/// `smallint << integer`, which keeps the last 16 bits.
pub fn shifted(shift: &BinaryExpr, of_left: &DataType) -> Option<Expr> {
    let is_left = match shift.op {
        Operator::BitwiseShiftLeft => true,
        Operator::BitwiseShiftRight => false,
        _ => return None,
    };
    if *of_left != DataType::Int16 {
        return None;
    }
    let places = Expr::Cast(Cast::new(shift.right.clone(), DataType::Int32));
    let signature = Signature::exact(vec![DataType::Int16, DataType::Int32], Volatility::Immutable);
    Some(ScalarUDF::new_from_impl(Shift { is_left, signature }).call(vec![shift.left.as_ref().clone(), places]))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Shift {
    is_left: bool,
    signature: Signature,
}

impl ScalarUDFImpl for Shift {
    fn name(&self) -> &str {
        if self.is_left { "int2shl" } else { "int2shr" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int16)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [numbers, places] = arrays.as_slice() else { return internal_err!("a shift has two operands") };
        let (numbers, places) = (cast(numbers, &DataType::Int16)?, cast(places, &DataType::Int32)?);
        // As C does: of an int, by the last five bits of the places, and cut.
        let shift = |number: i16, places: i32| match self.is_left {
            true => i32::from(number).wrapping_shl(places as u32) as i16,
            false => i32::from(number).wrapping_shr(places as u32) as i16,
        };
        let (numbers, places) = (numbers.as_primitive::<Int16Type>(), places.as_primitive::<Int32Type>());
        answered(Arc::new(binary::<_, _, _, Int16Type>(numbers, places, shift)?), &args.args)
    }
}

/// All bits turned over.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Not {
    signature: Signature,
}

impl Default for Not {
    fn default() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Not {
    fn name(&self) -> &str {
        NOT
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [DataType::Int16 | DataType::Int32 | DataType::Int64] => Ok(types.to_vec()),
            [DataType::Int8 | DataType::UInt8] => Ok(vec![DataType::Int16]),
            [DataType::UInt16] => Ok(vec![DataType::Int32]),
            [DataType::UInt32] => Ok(vec![DataType::Int64]),
            [other] => Err(failed("42883", format!("operator does not exist: ~ {}", type_name(other)))),
            _ => internal_err!("~ has one operand"),
        }
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match types {
            [of] => Ok(of.clone()),
            _ => internal_err!("~ has one operand"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [numbers] = arrays.as_slice() else { return internal_err!("~ has one operand") };
        let turned: ArrayRef = match numbers.data_type() {
            DataType::Int16 => Arc::new(unary::<_, _, Int16Type>(numbers.as_primitive::<Int16Type>(), |number| !number)),
            DataType::Int32 => Arc::new(unary::<_, _, Int32Type>(numbers.as_primitive::<Int32Type>(), |number| !number)),
            DataType::Int64 => Arc::new(unary::<_, _, Int64Type>(numbers.as_primitive::<Int64Type>(), |number| !number)),
            other => return internal_err!("~ of {other}"),
        };
        answered(turned, &args.args)
    }
}

/// One value for constants.
fn answered(array: ArrayRef, args: &[ColumnarValue]) -> Result<ColumnarValue> {
    match args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_))) {
        true => ScalarValue::try_from_array(&array, 0).map(ColumnarValue::Scalar),
        false => Ok(ColumnarValue::Array(array)),
    }
}
