//! `varchar(n)` and `char(n)` of temporary tables: longer values are refused, but for blanks at the end.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringViewArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::sql::sqlparser::ast::{CharacterLength, DataType as SqlType};

use crate::catalog::pg::types::PG_TYPE_KEY;
use crate::error::{Error, Result, SqlState};

/// The longest that PostgreSQL allows.
const LENGTH_MAX: u64 = 10_485_760;

/// `varchar(10)` or `bpchar(3)` of a column that is declared so.
///
/// # Errors
/// 22023 for a length that is none.
pub(super) fn declared(data_type: &SqlType) -> Result<Option<String>> {
    let (name, length) = match data_type {
        SqlType::Varchar(Some(length)) | SqlType::CharacterVarying(Some(length)) => ("varchar", Some(*length)),
        SqlType::Char(length) | SqlType::Character(length) => ("bpchar", *length),
        _ => return Ok(None),
    };
    let length = match length {
        None => 1,
        Some(CharacterLength::IntegerLength { length, .. }) => length,
        Some(CharacterLength::Max) => return Ok(None),
    };
    let shown = if name == "varchar" { "varchar" } else { "char" };
    match length {
        0 => Err(Error::new(SqlState::INVALID_PARAMETER_VALUE, format!("length for type {shown} must be at least 1"))),
        long if long > LENGTH_MAX => {
            let message = format!("length for type {shown} cannot exceed {LENGTH_MAX}");
            Err(Error::new(SqlState::INVALID_PARAMETER_VALUE, message))
        }
        length => Ok(Some(format!("{name}({length})"))),
    }
}

/// The columns with their lengths.
pub(super) fn with_lengths(schema: &SchemaRef, lengths: Vec<Option<String>>) -> SchemaRef {
    if lengths.iter().all(Option::is_none) {
        return Arc::clone(schema);
    }
    let fields = schema.fields().iter().zip(lengths).map(|(field, length)| match length {
        Some(length) => field.as_ref().clone().with_metadata([(PG_TYPE_KEY.to_string(), length)].into()),
        None => field.as_ref().clone(),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// The rows, where no value is too long.
///
/// # Errors
/// 22001, which does not tell the value.
pub(super) fn within(batch: RecordBatch) -> Result<RecordBatch> {
    let schema = batch.schema();
    if schema.fields().iter().all(|field| length(field).is_none()) {
        return Ok(batch);
    }
    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, column)| match length(field) {
        Some((kind, length)) => cut(column, kind, length),
        None => Ok(Arc::clone(column)),
    });
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns.collect::<Result<_>>()?);
    batch.map_err(|error| Error::internal(error.to_string()))
}

fn length(field: &Field) -> Option<(&'static str, usize)> {
    let declared = field.metadata().get(PG_TYPE_KEY)?;
    let (name, length) = declared.strip_suffix(')')?.split_once('(')?;
    let kind = if name == "varchar" { "character varying" } else { "character" };
    Some((kind, length.parse().ok()?))
}

fn cut(column: &ArrayRef, kind: &str, length: usize) -> Result<ArrayRef> {
    let failed = |error: datafusion::arrow::error::ArrowError| Error::internal(error.to_string());
    let texts = cast(column, &DataType::Utf8View).map_err(failed)?;
    let cut = texts.as_string_view().iter().map(|text| {
        let Some(text) = text else { return Ok(None) };
        let end = text.char_indices().nth(length).map_or(text.len(), |(at, _)| at);
        let (kept, rest) = text.split_at(end);
        if rest.chars().all(|character| character == ' ') {
            return Ok(Some(kept));
        }
        Err(Error::new(SqlState("22001"), format!("value too long for type {kind}({length})")))
    });
    let cut: StringViewArray = cut.collect::<Result<_>>()?;
    cast(&cut, column.data_type()).map_err(failed)
}
