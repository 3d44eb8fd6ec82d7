//! Casts to `text` that stand as an argument. The planner lets a cast keep what is known of the type of its value, and a function that takes
//! texts would be told that it is given JSON: until the plan is settled a call stands in the place of the cast.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, internal_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use datafusion::sql::sqlparser::ast::{
    CastKind, DataType as Type, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
};

use crate::catalog::pg::build::{call, function_name};
use crate::dialect::texts;

pub const NAME: &str = "as_text";

/// Puts such calls among the arguments of a function of texts.
pub fn told(function: &mut Function) {
    if !texts::takes_as_is(&function_name(function)) {
        return;
    }
    let FunctionArguments::List(list) = &mut function.args else { return };
    for argument in &mut list.args {
        if let FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) = argument
            && let Expr::Cast { kind: CastKind::Cast | CastKind::DoubleColon, expr, data_type: Type::Text, .. } = argument
            && !matches!(expr.as_ref(), Expr::Value(_))
        {
            let value = std::mem::replace(expr.as_mut(), Expr::Tuple(vec![]));
            *argument = call(NAME, vec![value]);
        }
    }
}

/// The function of such calls.
pub fn function() -> ScalarUDF {
    ScalarUDF::from(AsText { signature: Signature::any(1, Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct AsText {
    signature: Signature,
}

impl ScalarUDFImpl for AsText {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        internal_err!("a cast takes its place")
    }
}
