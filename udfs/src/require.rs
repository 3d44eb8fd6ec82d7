//! A condition on data, as an expression: the value where it holds, an error where it does not.

use std::sync::Arc;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, internal_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit,
};

use crate::codec::messages;
use crate::error::CustomerError;

/// `value` in every row; the error where the condition does not hold in one of them (NULL does not).
///
/// Rows that a filter below leaves out are not looked at. Nobody above may leave the value unread: what nobody reads is not
/// computed.
pub(crate) fn require(condition: Expr, value: Expr, error: CustomerError) -> Expr {
    ScalarUDF::from(Require::new(error)).call(vec![condition, value])
}

/// As [`require`], for a filter: true.
pub(crate) fn holds(condition: Expr, error: CustomerError) -> Expr {
    require(condition, lit(true), error)
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Require {
    error: CustomerError,
    signature: Signature,
}

impl Require {
    pub(crate) const NAME: &str = "require";

    fn new(error: CustomerError) -> Self {
        Self { error, signature: Signature::any(2, Volatility::Immutable) }
    }

    pub(crate) fn to_message(&self) -> messages::Require {
        let CustomerError { sqlstate, message, hint } = self.error.clone();
        messages::Require { sqlstate: sqlstate.to_owned(), message, hint }
    }

    pub(crate) fn of_message(message: messages::Require) -> Result<Self> {
        let messages::Require { sqlstate, message, hint } = message;
        match CustomerError::of_sqlstate(&sqlstate, message) {
            Some(error) => Ok(Self::new(CustomerError { hint, ..error })),
            None => plan_err!("a condition cannot be read from its bytes: {sqlstate} is no SQLSTATE of it"),
        }
    }
}

impl ScalarUDFImpl for Require {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("require has the field of its value")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let Some(value) = args.arg_fields.get(1) else { return internal_err!("require takes a condition and a value") };
        Ok(Arc::new(Field::new(self.name(), value.data_type().clone(), value.is_nullable())))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [condition, value] = args.args.as_slice() else { return internal_err!("require takes a condition and a value") };
        let condition = condition.to_array(args.number_rows)?;
        let holds = condition.as_boolean_opt().is_some_and(|condition| condition.true_count() == condition.len());
        if holds { Ok(value.clone()) } else { Err(self.error.clone().into()) }
    }
}
