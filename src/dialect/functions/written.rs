//! Expressions that differ in their casts only, as in `sum(a), sum(a::numeric)` and `GROUP BY ts::date, ts`: the planner's names leave casts
//! out and would be the same. Around such an expression goes a call that changes nothing but the name, until the plan is settled.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::internal_err;
use datafusion::error::Result;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::sql::sqlparser::ast::Expr as Syntax;

use crate::catalog::pg::build::{call, function_name, text};

const NAME: &str = "written_as";

/// The expression under the name of its text.
pub fn named(expr: Syntax, written: &str) -> Syntax {
    call(NAME, vec![expr, text(written)])
}

/// The expression within such a call.
pub fn within(expr: &Syntax) -> Option<&Syntax> {
    match expr {
        Syntax::Function(function) if function_name(function) == NAME => {
            crate::catalog::pg::build::arguments(function).into_iter().next()
        }
        _ => None,
    }
}

/// The expression of a plan within such a call.
pub fn unnamed(call: &ScalarFunction) -> Option<Expr> {
    (call.name() == NAME).then(|| call.args.first().cloned()).flatten()
}

/// The function of such calls.
pub fn function() -> ScalarUDF {
    ScalarUDF::from(WrittenAs { signature: Signature::any(2, Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct WrittenAs {
    signature: Signature,
}

impl ScalarUDFImpl for WrittenAs {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match types {
            [data_type, _] => Ok(data_type.clone()),
            _ => internal_err!("it takes a value and a name"),
        }
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        match args.arg_fields {
            [field, _] => Ok(Arc::clone(field)),
            _ => internal_err!("it takes a value and a name"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.into_iter().next() {
            Some(value) => Ok(value),
            None => internal_err!("it takes a value and a name"),
        }
    }
}
