//! Signs before an expression: PostgreSQL has them for numbers, and a minus for intervals.

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{DFSchema, Result, internal_err};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::sql::sqlparser::ast::{Expr as Syntax, Value};
use datafusion_functions_customer::type_name::type_name;

use crate::catalog::pg::build::call;
use crate::dialect::failure::failed;

const NAME: &str = "numeric_uplus";

/// `+x`, which the planner takes for `x` whatever that is. A literal needs no sign.
pub fn plus(operand: &Syntax) -> Syntax {
    match operand {
        Syntax::Value(value) if matches!(value.value, Value::Number(..)) => operand.clone(),
        _ => call(NAME, vec![operand.clone()]),
    }
}

/// # Errors
/// 42883 for the opposite of what has none.
pub fn check_minus(operand: &Expr, schema: &DFSchema) -> Result<()> {
    let data_type = operand.get_type(schema)?;
    match data_type.is_numeric() || data_type.is_null() || matches!(data_type, DataType::Interval(_)) {
        true => Ok(()),
        false => Err(failed("42883", format!("operator does not exist: - {}", type_name(&data_type)))),
    }
}

/// The number itself.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Plus {
    signature: Signature,
}

impl Default for Plus {
    fn default() -> Self {
        Self { signature: Signature::any(1, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Plus {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("the type of a number with a sign is that of the number")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let [number] = args.arg_fields else { return internal_err!("a sign stands before one number") };
        match number.data_type().is_numeric() || number.data_type().is_null() {
            true => Ok(FieldRef::clone(number)),
            false => Err(failed("42883", format!("operator does not exist: + {}", type_name(number.data_type())))),
        }
    }

    fn simplify(&self, mut args: Vec<Expr>, _: &SimplifyContext) -> Result<ExprSimplifyResult> {
        Ok(match args.len() {
            1 => ExprSimplifyResult::Simplified(args.remove(0)),
            _ => ExprSimplifyResult::Original(args),
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.as_slice() {
            [number] => Ok(number.clone()),
            _ => internal_err!("a sign stands before one number"),
        }
    }
}
