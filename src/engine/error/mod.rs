//! DataFusion's errors as errors for a Postgres client: the right SQLSTATE, the place in the statement, no value of a row.

mod messages;
mod values;

use datafusion::arrow::error::ArrowError;
use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use datafusion_functions_customer::error::{CustomerError, nearest};

use crate::error::{Error, SqlState};
use crate::lake::LakeError;
use crate::syntax::{from_parser, offset};
use messages::{known, of_execution, of_plan, without_dump};
use values::scrubbed;

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
    match translated.position {
        Some(position) if translated.state == SqlState::UNDEFINED_COLUMN && is_option(sql, position) => {
            translated.hint("Options take names of columns as texts: customer => 'customer_id'")
        }
        _ => translated,
    }
}

/// Whether an option's value stands there, as in `customer => client`.
fn is_option(sql: &str, position: usize) -> bool {
    let before = sql.char_indices().nth(position.saturating_sub(1)).map_or("", |(at, _)| &sql[..at]);
    before.trim_end().ends_with("=>")
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
        DataFusionError::NotImplemented(message) => known(message).unwrap_or_else(|| Error::unsupported(without_dump(message))),
        DataFusionError::ResourcesExhausted(message) => {
            Error::new(SqlState::OUT_OF_MEMORY, "the statement needs more memory than the server allows").detail(message.clone())
        }
        DataFusionError::Plan(message) => of_plan(message),
        DataFusionError::Configuration(message) => Error::new(SqlState::INVALID_PARAMETER_VALUE, message.clone()),
        DataFusionError::Execution(message) => of_execution(message),
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
    let message = error.to_string();
    known(&message).unwrap_or_else(|| Error::internal(scrubbed(&message)))
}

fn arrow(error: &ArrowError) -> Error {
    match error {
        ArrowError::ExternalError(inner) => external(inner.as_ref()),
        ArrowError::DivideByZero => Error::new(SqlState::DIVISION_BY_ZERO, "division by zero"),
        ArrowError::ArithmeticOverflow(_) => Error::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "a number is out of range"),
        ArrowError::CastError(message) | ArrowError::ParseError(message) => {
            let invalid = || Error::new(SqlState::INVALID_TEXT_REPRESENTATION, format!("invalid input: {}", scrubbed(message)));
            known(message).unwrap_or_else(invalid)
        }
        ArrowError::ParquetError(message) => {
            Error::new(SqlState::DATA_CORRUPTED, format!("a file of the lake cannot be read: {message}"))
        }
        ArrowError::NotYetImplemented(message) => Error::unsupported(message.clone()),
        ArrowError::MemoryError(_) => Error::new(SqlState::OUT_OF_MEMORY, "out of memory"),
        ArrowError::InvalidArgumentError(message) | ArrowError::ComputeError(message) if message.contains("verflow") => {
            Error::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "a number is out of range")
        }
        other => of_execution(&other.to_string()),
    }
}

/// What every table of PostgreSQL has besides its own columns: where a row is kept, and which transactions wrote and removed it.
const SYSTEM_COLUMNS: [&str; 6] = ["tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"];

fn schema(error: &SchemaError) -> Error {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let name = field.name();
            // Where the table is there, the column is not.
            if let Some(relation) = &field.relation
                && !valid_fields.iter().any(|f| f.relation.as_ref().is_some_and(|known| known.table() == relation.table()))
            {
                let message = format!("missing FROM-clause entry for table \"{}\"", relation.table());
                return Error::new(SqlState::UNDEFINED_TABLE, message);
            }
            let message = match &field.relation {
                Some(relation) => format!("column {relation}.{name} does not exist"),
                None => format!("column \"{name}\" does not exist"),
            };
            let error = Error::new(SqlState::UNDEFINED_COLUMN, message);
            if SYSTEM_COLUMNS.contains(&name) {
                return error.hint("Only the tables of pg_catalog have system columns");
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_out_of_messages() {
        let error = ArrowError::CastError("Cannot cast string 'ann@example.com' to value of Int32 type".into());
        let error = from_datafusion(DataFusionError::ArrowError(Box::new(error), None), "");
        assert_eq!(error.sqlstate(), "22P02");
        assert_eq!(error.message, "invalid input: Cannot cast string '…' to value of Int32 type");
    }
}
