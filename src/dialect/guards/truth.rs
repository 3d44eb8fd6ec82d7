//! Conditions as numbers and numbers as conditions, and conditions that wait for others: functions through which the engine does not look.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::internal_err;
use datafusion::common::tree_node::TreeNode;
use datafusion::error::Result;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

/// 1 for true, 0 for false.
pub fn number(condition: Expr) -> Expr {
    Form::Number.of(condition)
}

/// What such a number says.
pub fn truth(number: Expr) -> Expr {
    Form::Truth.of(number)
}

/// A condition that is computed when those that cannot fail have been.
pub fn waiting(condition: Expr) -> Expr {
    Form::Waiting.of(condition)
}

/// The condition that waits.
pub fn waited(expr: &Expr) -> Option<&Expr> {
    match form(expr) {
        Some((Form::Waiting, argument)) => Some(argument),
        _ => None,
    }
}

/// Whether there is a condition as a number in an expression.
pub fn is_within(expr: &Expr) -> bool {
    expr.exists(|expr| Ok(form(expr).is_some())).unwrap_or(true)
}

/// Whether it is one of these functions, which do not fail themselves.
pub fn is_one(function: &ScalarUDF) -> bool {
    function.inner().is::<Guard>()
}

fn form(expr: &Expr) -> Option<(Form, &Expr)> {
    let Expr::ScalarFunction(call) = expr else { return None };
    let guard = call.func.inner().downcast_ref::<Guard>()?;
    Some((guard.form, call.args.first()?))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Form {
    Number,
    Truth,
    Waiting,
}

impl Form {
    fn of(self, argument: Expr) -> Expr {
        ScalarUDF::from(Guard { form: self, signature: Signature::any(1, Volatility::Immutable) }).call(vec![argument])
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Guard {
    form: Form,
    signature: Signature,
}

impl ScalarUDFImpl for Guard {
    fn name(&self) -> &str {
        match self.form {
            Form::Number => "number",
            Form::Truth => "truth",
            Form::Waiting => "waiting",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(match self.form {
            Form::Number => DataType::Int8,
            Form::Truth | Form::Waiting => DataType::Boolean,
        })
    }

    /// What waits may not be computed, so nothing of it is computed before.
    fn short_circuits(&self) -> bool {
        true
    }

    fn simplify(&self, args: Vec<Expr>, _: &SimplifyContext) -> Result<ExprSimplifyResult> {
        match (self.form, args.as_slice()) {
            (Form::Waiting, [known @ Expr::Literal(..)]) => Ok(ExprSimplifyResult::Simplified(known.clone())),
            _ => Ok(ExprSimplifyResult::Original(args)),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let Some(value) = args.args.into_iter().next() else { return internal_err!("{} takes one argument", self.name()) };
        match self.form {
            Form::Number => value.cast_to(&DataType::Int8, None),
            Form::Truth => value.cast_to(&DataType::Boolean, None),
            Form::Waiting => Ok(value),
        }
    }
}
