//! DataFusion's errors as errors for a Postgres client: the right SQLSTATE, the place in the statement, no value of a row.

use datafusion::arrow::error::ArrowError;
use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use datafusion_functions_customer::error::{CustomerError, nearest};

use crate::error::{Error, SqlState};
use crate::lake::LakeError;
use crate::syntax::{from_parser, offset};

/// Translates what planning or running a statement gave.
pub fn from_datafusion(error: DataFusionError, sql: &str) -> Error {
    let position = span_of(&error).and_then(|(line, column)| offset(sql, line, column));
    let mut translated = match LakeError::find(&error) {
        Some(lake) => Error::from(lake),
        None => translate(&error),
    };
    if translated.position.is_none() {
        translated.position = position;
    }
    translated
}

fn span_of(error: &DataFusionError) -> Option<(u64, u64)> {
    match error {
        DataFusionError::Diagnostic(diagnostic, inner) => {
            diagnostic.span.map(|span| (span.start.line, span.start.column)).or_else(|| span_of(inner))
        }
        DataFusionError::Context(_, inner) => span_of(inner),
        DataFusionError::Collection(errors) => errors.first().and_then(span_of),
        DataFusionError::Shared(inner) => span_of(inner),
        _ => None,
    }
}

fn translate(error: &DataFusionError) -> Error {
    match error {
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => translate(inner),
        DataFusionError::Shared(inner) => translate(inner),
        DataFusionError::Collection(errors) => {
            errors.first().map_or_else(|| Error::internal("no error in a collection of errors"), translate)
        }
        DataFusionError::External(inner) => external(inner.as_ref()),
        DataFusionError::ArrowError(inner, _) => arrow(inner),
        DataFusionError::ParquetError(inner) => {
            Error::new(SqlState::DATA_CORRUPTED, format!("a file of the lake cannot be read: {inner}"))
        }
        DataFusionError::ObjectStore(_) => Error::new(SqlState::IO_ERROR, "a file of the lake cannot be read"),
        DataFusionError::IoError(inner) if inner.kind() == std::io::ErrorKind::StorageFull => {
            Error::new(SqlState::DISK_FULL, "no room is left for spilled data")
        }
        DataFusionError::IoError(inner) => Error::new(SqlState::IO_ERROR, inner.kind().to_string()),
        DataFusionError::SQL(inner, _) => from_parser(inner, ""),
        DataFusionError::SchemaError(inner, _) => schema(inner),
        DataFusionError::NotImplemented(message) => Error::unsupported(message.clone()),
        DataFusionError::ResourcesExhausted(message) => {
            Error::new(SqlState::OUT_OF_MEMORY, "the statement needs more memory than the server allows").detail(message.clone())
        }
        DataFusionError::Plan(message) => plan(message),
        DataFusionError::Configuration(message) => Error::new(SqlState::INVALID_PARAMETER_VALUE, message.clone()),
        DataFusionError::Execution(message) => execution(message),
        DataFusionError::ExecutionJoin(_)
        | DataFusionError::Internal(_)
        | DataFusionError::Ffi(_)
        | DataFusionError::Substrait(_) => {
            tracing::error!(%error, "internal error");
            Error::internal("internal error of the engine; the server's log has more")
        }
    }
}

fn external(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Error {
    if let Some(error) = error.downcast_ref::<CustomerError>() {
        let translated = Error::new(SqlState(error.sqlstate), error.message.clone());
        return match &error.hint {
            Some(hint) => translated.hint(hint.clone()),
            None => translated,
        };
    }
    if let Some(error) = error.downcast_ref::<Error>() {
        return error.clone();
    }
    if let Some(error) = error.downcast_ref::<DataFusionError>() {
        return translate(error);
    }
    Error::internal(error.to_string())
}

fn arrow(error: &ArrowError) -> Error {
    match error {
        ArrowError::ExternalError(inner) => external(inner.as_ref()),
        ArrowError::DivideByZero => Error::new(SqlState::DIVISION_BY_ZERO, "division by zero"),
        ArrowError::ArithmeticOverflow(_) => Error::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "a number is out of range"),
        ArrowError::CastError(message) | ArrowError::ParseError(message) => {
            Error::new(SqlState::INVALID_TEXT_REPRESENTATION, format!("invalid input: {}", without_values(message)))
        }
        ArrowError::ParquetError(message) => {
            Error::new(SqlState::DATA_CORRUPTED, format!("a file of the lake cannot be read: {message}"))
        }
        ArrowError::NotYetImplemented(message) => Error::unsupported(message.clone()),
        ArrowError::MemoryError(_) => Error::new(SqlState::OUT_OF_MEMORY, "out of memory"),
        ArrowError::InvalidArgumentError(message) | ArrowError::ComputeError(message) if message.contains("verflow") => {
            Error::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "a number is out of range")
        }
        other => Error::new(SqlState("22000"), without_values(&other.to_string())),
    }
}

/// Values in quotes may be somebody's data: they stay out of messages.
fn without_values(message: &str) -> String {
    let mut parts = message.split('\'');
    let mut text = parts.next().unwrap_or_default().to_string();
    let rest: Vec<&str> = parts.collect();
    if let [.., last] = rest.as_slice() {
        text.push_str("'…'");
        text.push_str(last);
    }
    text
}

fn schema(error: &SchemaError) -> Error {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let name = field.name();
            let message = match &field.relation {
                Some(relation) => format!("column {relation}.{name} does not exist"),
                None => format!("column \"{name}\" does not exist"),
            };
            let error = Error::new(SqlState::UNDEFINED_COLUMN, message);
            match nearest(name, valid_fields.iter().map(|f| f.name())) {
                Some(there) => error.hint(format!("Did you mean \"{there}\"?")),
                None => error,
            }
        }
        SchemaError::AmbiguousReference { field } => {
            Error::new(SqlState::AMBIGUOUS_COLUMN, format!("column reference \"{}\" is ambiguous", field.name()))
        }
        other => Error::new(SqlState("42701"), other.to_string()),
    }
}

fn plan(message: &str) -> Error {
    if let Some(name) = message.strip_prefix("Invalid function '").and_then(|rest| rest.split('\'').next()) {
        let error = Error::new(SqlState::UNDEFINED_FUNCTION, format!("function {name} does not exist"));
        let known = datafusion_functions_customer::functions();
        return match nearest(name, known.iter().map(|doc| doc.name)) {
            Some(there) => error.hint(format!("Did you mean {there}?")),
            None => error,
        };
    }
    let state = if [
        "Invalid function",
        "No function matches",
        "Failed to coerce",
        "failed to coerce",
        "does not support zero arguments",
        "expects",
    ]
    .iter()
    .any(|text| message.contains(text))
    {
        SqlState::UNDEFINED_FUNCTION
    } else if message.contains("Cannot coerce")
        || message.contains("Cannot infer common argument type")
        || message.contains("must be a boolean")
    {
        SqlState::DATATYPE_MISMATCH
    } else if message.contains("must be in the GROUP BY")
        || message.contains("must appear in the GROUP BY")
        || message.contains("could not be resolved from available columns")
    {
        SqlState::GROUPING_ERROR
    } else {
        SqlState("42000")
    };
    Error::new(state, message.to_string())
}

fn execution(message: &str) -> Error {
    if message.contains("more than one row") {
        return Error::new(SqlState("21000"), "more than one row returned by a subquery used as an expression");
    }
    Error::new(SqlState("22000"), without_values(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_out_of_messages() {
        let error = ArrowError::CastError("Cannot cast string 'ann@example.com' to value of Int32 type".into());
        let error = from_datafusion(DataFusionError::ArrowError(Box::new(error), None), "");
        assert_eq!(error.sqlstate(), "22P02");
        assert_eq!(error.message, "invalid input: Cannot cast string '…' to value of Int32 type");
        assert_eq!(without_values("it's 'a' and 'b' there"), "it'…' there");
    }
}
