//! A function that gives back its argument. Its field may say how its numbers are shown, which only that of a function
//! can; what the engine skips by a column it does not skip by a function of one; and of its values the type is known, where the engine asks
//! for their bounds.

use std::sync::Arc;

use cilake_wire::types::Shown;
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::interval_arithmetic::Interval;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::dialect::numbers::quotient::shown_as;

/// The expression behind such a function.
pub fn hidden(expr: Expr) -> Expr {
    Same { shown: None, data_type: None, is_nullable: false, signature: Signature::any(1, Volatility::Immutable) }.of(expr)
}

/// A constant that the engine takes for none, so that it sorts by it: a column is beside it, which is not looked at.
pub fn varied(expr: Expr, schema: &DFSchema) -> Transformed<Expr> {
    let is_constant = expr.column_refs().is_empty() && !expr.contains_outer();
    let Some(column) = schema.columns().into_iter().next().filter(|_| is_constant) else { return Transformed::no(expr) };
    let same = Same { shown: None, data_type: None, is_nullable: false, signature: Signature::any(2, Volatility::Immutable) };
    Transformed::yes(ScalarUDF::from(same).call(vec![expr.unalias(), Expr::Column(column)]))
}

/// An expression of the type, whose values have no bounds.
pub fn bounded(data_type: DataType, expr: Expr) -> Expr {
    Same { shown: None, data_type: Some(data_type), is_nullable: false, signature: Signature::any(1, Volatility::Immutable) }
        .of(expr)
}

/// An expression that may be NULL, as far as the engine knows.
pub fn nullable(expr: Expr) -> Expr {
    Same { shown: None, data_type: None, is_nullable: true, signature: Signature::any(1, Volatility::Immutable) }.of(expr)
}

/// Numbers that are shown so.
pub fn shown(expr: Expr, shown: Shown) -> Expr {
    Same { shown: Some(shown), data_type: None, is_nullable: false, signature: Signature::any(1, Volatility::Immutable) }.of(expr)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Same {
    shown: Option<Shown>,
    data_type: Option<DataType>,
    is_nullable: bool,
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
            [data_type, ..] => Ok(data_type.clone()),
            _ => internal_err!("it takes an argument"),
        }
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let [field, ..] = args.arg_fields else { return internal_err!("it takes an argument") };
        Ok(match self.shown {
            Some(shown) => shown_as(field.as_ref().clone(), shown),
            None if self.is_nullable => Arc::new(field.as_ref().clone().with_nullable(true)),
            None => FieldRef::clone(field),
        })
    }

    fn evaluate_bounds(&self, inputs: &[&Interval]) -> Result<Interval> {
        match (&self.data_type, inputs) {
            (Some(data_type), _) => Interval::make_unbounded(data_type),
            (None, [bounds, ..]) => Ok((*bounds).clone()),
            (None, _) => internal_err!("it takes an argument"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.into_iter().next() {
            Some(value) => Ok(value),
            None => internal_err!("it takes an argument"),
        }
    }
}
