//! Errors of expressions, with PostgreSQL's SQLSTATEs, as the engine passes them on.

use datafusion::arrow::datatypes::DataType;
use datafusion::error::DataFusionError;
use datafusion_functions_customer::type_name::type_name;

use crate::error::{Error, SqlState};

/// An error with its state.
pub fn failed(state: impl Into<SqlState>, message: impl Into<String>) -> DataFusionError {
    Error::new(state.into(), message).into()
}

/// 42883 for a call with arguments of these types.
pub fn undefined(name: &str, types: &[DataType]) -> DataFusionError {
    let types = types.iter().map(type_name).collect::<Vec<_>>().join(", ");
    failed(SqlState::UNDEFINED_FUNCTION, format!("function {name}({types}) does not exist"))
}

/// 22003 for a decimal that has more digits than its type.
pub fn overflow() -> DataFusionError {
    failed(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "value overflows numeric format")
}
