//! A function that gives back its argument. Its field may say that its numbers are shown as quotients are, which only that of a function
//! can; and what the engine skips by a column it does not skip by a function of one.

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::internal_err;
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::quotient::shown_as_quotient;

/// The expression behind such a function.
pub fn hidden(expr: Expr) -> Expr {
    Same { least: None, signature: Signature::any(1, Volatility::Immutable) }.of(expr)
}

/// Numbers that are shown as quotients with no fewer decimals than these.
pub fn quotients(expr: Expr, least: i8) -> Expr {
    Same { least: Some(least), signature: Signature::any(1, Volatility::Immutable) }.of(expr)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Same {
    least: Option<i8>,
    signature: Signature,
}

impl Same {
    fn of(self, expr: Expr) -> Expr {
        ScalarUDF::from(self).call(vec![expr])
    }
}

impl ScalarUDFImpl for Same {
    fn name(&self) -> &str {
        "same"
    }

    fn display_name(&self, args: &[Expr]) -> Result<String> {
        Ok(args.first().map(ToString::to_string).unwrap_or_default())
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match types {
            [data_type] => Ok(data_type.clone()),
            _ => internal_err!("it takes one argument"),
        }
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let [field] = args.arg_fields else { return internal_err!("it takes one argument") };
        Ok(match self.least {
            Some(least) => shown_as_quotient(field.as_ref().clone(), least),
            None => FieldRef::clone(field),
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.into_iter().next() {
            Some(value) => Ok(value),
            None => internal_err!("it takes one argument"),
        }
    }
}
