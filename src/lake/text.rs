//! The columns of CSV and JSON files. They have no footer: the types are read off their first rows.

use std::io::Cursor;
use std::sync::Arc;

use datafusion::arrow::csv::reader::Format as CsvFormat;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::json::reader::infer_json_schema;
use datafusion::common::Statistics;

use super::error::{LakeError, Result};
use super::footer::Footer;
use super::listing::Format;
use super::reader::FileReader;
use super::schema::CommonType;
use super::widen;

/// How much of a file's beginning decides its types.
const SAMPLE_BYTES: u64 = 4 << 20;

impl Format {
    /// How the types of a column in two files meet. Those of text were read off its beginning and are no promise: a whole
    /// number may be a float elsewhere, and in CSV everything is text in the end.
    pub(super) fn common_type(self) -> CommonType {
        match self {
            Self::Parquet => widen::common_type,
            Self::Json => {
                |left, right| widen::common_type(left, right).or(if number(left, right) { Some(DataType::Float64) } else { None })
            }
            Self::Csv => |left, right| {
                let other = if number(left, right) { DataType::Float64 } else { DataType::Utf8View };
                widen::common_type(left, right).or(Some(other))
            },
        }
    }
}

/// Reads the names and types of a text file's columns.
///
/// # Errors
/// `Corrupt` if the file is empty or its beginning is not of its format; the message holds no value of a row.
pub(super) async fn read_text(reader: &FileReader, format: Format) -> Result<Footer> {
    let meta = reader.meta();
    let corrupt = |reason: &str| LakeError::Corrupt { file: meta.location.to_string(), reason: reason.to_owned() };
    if meta.size == 0 {
        return Err(corrupt("it is empty"));
    }
    let sample = reader.range(0..meta.size.min(SAMPLE_BYTES)).await?;
    // The last line of a sample is usually cut; a line longer than the sample is no line of a table.
    let whole = if sample.len() as u64 == meta.size {
        sample.as_ref()
    } else {
        let end = sample.iter().rposition(|byte| *byte == b'\n').ok_or_else(|| corrupt("its first line has no end"))?;
        sample.get(..end).unwrap_or_default()
    };
    let inferred: Result<Schema, ArrowError> = match format {
        Format::Csv => CsvFormat::default().with_header(true).infer_schema(Cursor::new(whole), None).map(|(schema, _)| schema),
        Format::Json | Format::Parquet => infer_json_schema(Cursor::new(whole), None).map(|(schema, _)| schema),
    };
    // Arrow's own message may repeat what stands in the file.
    let schema = inferred.map_err(|_| corrupt(&format!("it cannot be read as {}", format.name())))?;
    let schema = normalised(&schema);
    let statistics = Arc::new(Statistics::new_unknown(&schema));
    Ok(Footer { metadata: None, schema, statistics })
}

fn number(left: &DataType, right: &DataType) -> bool {
    left.is_numeric() && right.is_numeric()
}

/// All columns may be NULL, and a column without any value is text.
fn normalised(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let data_type = match field.data_type() {
            DataType::Null | DataType::Utf8 => DataType::Utf8View,
            other => other.clone(),
        };
        Field::new(field.name(), data_type, true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
