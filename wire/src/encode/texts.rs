//! The values of a column as the texts that a client would be sent, and as JSON.

use arrow::array::{Array, StringArray, StringBuilder};
use arrow::datatypes::Field;

use super::column::ColumnEncoder;
use super::json::JsonEncoder;
use super::{Cells, Format};
use crate::backend::SqlError;

/// The values in PostgreSQL's text form; NULL stays NULL.
///
/// # Errors
/// 0A000 for a type without a form on the wire, and those of values without one (22008, 2202E).
pub fn as_text(field: &Field, array: &dyn Array) -> Result<StringArray, SqlError> {
    let encoder = ColumnEncoder::new(field, Format::Text)?;
    written(array, encoder.bind(array)?.write)
}

/// The values as `to_json` lays them out; NULL stays NULL.
///
/// # Errors
/// Those of [`as_text`].
pub fn as_json(field: &Field, array: &dyn Array) -> Result<StringArray, SqlError> {
    let encoder = JsonEncoder::new(field)?;
    written(array, encoder.cells(array)?)
}

fn written(array: &dyn Array, mut write: Cells<'_>) -> Result<StringArray, SqlError> {
    let nulls = array.logical_nulls();
    let (mut texts, mut text) = (StringBuilder::new(), Vec::new());
    for row in 0..array.len() {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            texts.append_null();
            continue;
        }
        text.clear();
        write(row, &mut text).map_err(|error| SqlError::new(error.sqlstate(), error.to_string()))?;
        texts.append_value(String::from_utf8_lossy(&text));
    }
    Ok(texts.finish())
}
