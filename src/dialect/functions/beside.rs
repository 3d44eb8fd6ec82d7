//! Literals in quotes and NULLs beside other values in a column of VALUES, whose type is that of the others: `VALUES (DATE '2024-01-01'),
//! ('2024-02-01')`. The planner makes texts of them, which have no common type with most others. Around such a literal goes a call that has
//! the type of one of the others, until the plan is settled.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::internal_err;
use datafusion::error::Result;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::sql::sqlparser::ast::{Expr as Syntax, Value, Values};

use crate::catalog::pg::build::{call, number};

const NAME: &str = "literal_beside";

/// Puts such calls in columns of VALUES.
pub fn marked(values: &mut Values) {
    let columns = values.rows.first().map_or(0, |row| row.len());
    for column in 0..columns {
        let cells = || values.rows.iter().filter_map(|row| row.get(column));
        let Some(typed) = cells().find(|cell| kind(cell) == Kind::Typed).cloned() else { continue };
        // NULL goes with every type of the planner, but not with what else is known of one, as that it is a `varchar`.
        let is_plain = matches!(typed, Syntax::Value(_));
        let is_marked = |cell: &Syntax| match kind(cell) {
            Kind::Literal => true,
            Kind::Null => !is_plain,
            Kind::Typed | Kind::Parameter => false,
        };
        for cell in values.rows.iter_mut().filter_map(|row| row.get_mut(column)).filter(|cell| is_marked(cell)) {
            let literal = std::mem::replace(cell, number(0));
            *cell = call(NAME, vec![literal, typed.clone()]);
        }
    }
}

#[derive(PartialEq, Eq)]
enum Kind {
    Literal,
    Null,
    Parameter,
    Typed,
}

fn kind(cell: &Syntax) -> Kind {
    match cell {
        Syntax::Nested(inner) => kind(inner),
        Syntax::Value(value) => match &value.value {
            Value::Null => Kind::Null,
            Value::Placeholder(_) => Kind::Parameter,
            Value::Number(..) | Value::Boolean(_) => Kind::Typed,
            _ => Kind::Literal,
        },
        _ => Kind::Typed,
    }
}

/// The literal within such a call.
pub fn literal(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::ScalarFunction(ScalarFunction { func, args }) if func.name() == NAME => args.first(),
        _ => None,
    }
}

/// The function of such calls.
pub fn function() -> ScalarUDF {
    ScalarUDF::from(Beside { signature: Signature::any(2, Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Beside {
    signature: Signature,
}

impl ScalarUDFImpl for Beside {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match types {
            [_, data_type] => Ok(data_type.clone()),
            _ => internal_err!("it takes a literal and a value"),
        }
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        match args.arg_fields {
            [literal, field] => Ok(Arc::new(field.as_ref().clone().with_nullable(literal.is_nullable()))),
            _ => internal_err!("it takes a literal and a value"),
        }
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        internal_err!("a literal has not taken the type of the column")
    }
}
