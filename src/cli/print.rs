//! Results for people and for programs.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use cilake_wire::values::quoting::uuid_text;
use datafusion::arrow::array::{AsArray, RecordBatch, StringArray};
use datafusion::arrow::csv::WriterBuilder;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::json::LineDelimitedWriter;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::parquet::arrow::ArrowWriter;

use super::demo::Answer;
use crate::catalog::pg::types::PG_TYPE_KEY;

/// A query's result in one of the forms that `--format` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Aligned columns.
    Table,
    Csv,
    /// One object a line.
    Json,
    Parquet,
}

/// Writes batches as they come; a table waits for the end, because its columns are as wide as their widest cell.
pub enum Printer<W: Write + Send> {
    Table { out: W, columns: Vec<String>, rows: Vec<Vec<Option<String>>> },
    Csv(Box<datafusion::arrow::csv::Writer<W>>),
    Json(Box<LineDelimitedWriter<W>>),
    Parquet(Box<ArrowWriter<W>>),
}

impl<W: Write + Send> Printer<W> {
    pub fn new(format: Format, out: W, schema: &SchemaRef) -> Result<Self> {
        let columns = schema.fields().iter().map(|field| field.name().clone()).collect();
        Ok(match format {
            Format::Table => Self::Table { out, columns, rows: vec![] },
            Format::Csv => Self::Csv(Box::new(WriterBuilder::new().with_header(true).build(out))),
            Format::Json => Self::Json(Box::new(LineDelimitedWriter::new(out))),
            Format::Parquet => Self::Parquet(Box::new(ArrowWriter::try_new(out, schema.clone(), None)?)),
        })
    }

    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        match self {
            Self::Table { rows, .. } => rows.extend(texts(batch)?),
            Self::Csv(writer) => writer.write(&with_names(batch)?)?,
            Self::Json(writer) => writer.write(&with_names(batch)?)?,
            Self::Parquet(writer) => writer.write(batch)?,
        }
        Ok(())
    }

    pub fn finish(self) -> Result<()> {
        match self {
            Self::Table { mut out, columns, rows } => out.write_all(table(&columns, &rows).as_bytes())?,
            Self::Csv(_) => {}
            Self::Json(mut writer) => writer.finish()?,
            Self::Parquet(writer) => drop(writer.close()?),
        }
        Ok(())
    }
}

/// Of `regclass` and its like, which come as an OID and a name, the name; UUIDs as their texts.
fn with_names(batch: &RecordBatch) -> Result<RecordBatch> {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, column)| {
        let name = column.as_struct_opt().filter(|_| field.metadata().contains_key(PG_TYPE_KEY));
        let column = Arc::clone(name.and_then(|parts| parts.column_by_name("name")).unwrap_or(column));
        let uuids = column.as_fixed_size_binary_opt().filter(|uuids| uuids.value_length() == 16);
        let texts = uuids.map(|uuids| uuids.iter().map(|uuid| uuid.map(uuid_text)).collect::<StringArray>());
        (field.name(), texts.map_or(column, |texts| Arc::new(texts)), true)
    });
    Ok(RecordBatch::try_from_iter_with_nullable(columns)?)
}

fn texts(batch: &RecordBatch) -> Result<Vec<Vec<Option<String>>>> {
    let options = FormatOptions::default();
    let batch = with_names(batch)?;
    let columns = batch.columns().iter().map(|column| Ok((ArrayFormatter::try_new(column.as_ref(), &options)?, column)));
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let row =
        |i: usize| columns.iter().map(|(format, column)| (!column.is_null(i)).then(|| format.value(i).to_string())).collect();
    Ok((0..batch.num_rows()).map(row).collect())
}

/// An answer of the demo as an aligned table.
pub fn aligned(answer: &Answer) -> String {
    table(&answer.columns, &answer.rows)
}

/// Columns as wide as their widest cell; numbers to the right; NULL is empty.
pub fn table(columns: &[String], rows: &[Vec<Option<String>>]) -> String {
    let cell = |row: &[Option<String>], i: usize| row.get(i).cloned().flatten().unwrap_or_default().replace('\n', "⏎");
    let width = |text: &str| text.chars().count();
    let mut text = String::new();
    let widths: Vec<usize> = (0..columns.len())
        .map(|i| rows.iter().map(|row| width(&cell(row, i))).chain(columns.get(i).map(|name| width(name))).max().unwrap_or(0))
        .collect();
    let is_number = |i: usize| {
        let mut cells = rows.iter().map(|row| cell(row, i)).filter(|text| !text.is_empty()).peekable();
        cells.peek().is_some() && cells.all(|text| text.parse::<f64>().is_ok())
    };
    let numbers: Vec<bool> = (0..columns.len()).map(is_number).collect();
    let mut line = |cells: Vec<String>| {
        let padded = cells.iter().zip(&widths).zip(&numbers).map(|((cell, width_wanted), number)| {
            let space = " ".repeat(width_wanted.saturating_sub(width(cell)));
            if *number { format!("{space}{cell}") } else { format!("{cell}{space}") }
        });
        let joined = padded.collect::<Vec<_>>().join(" │ ");
        text.push_str(joined.trim_end());
        text.push('\n');
    };
    line(columns.to_vec());
    line(widths.iter().map(|width| "─".repeat(*width)).collect());
    for row in rows {
        line((0..columns.len()).map(|i| cell(row, i)).collect());
    }
    text
}

/// Bytes as people write them: `512MB`, `4GB`, `2GiB`, `1000000`.
pub fn parse_bytes(text: &str) -> Result<usize> {
    let digits = text.trim().trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.trim().get(digits.len()..).unwrap_or_default().to_uppercase();
    let factor = match unit.trim_end_matches("IB").trim_end_matches('B') {
        "" => 1.0,
        "K" => 1024.0,
        "M" => 1024.0 * 1024.0,
        "G" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err(anyhow!("{text} is not a size such as 512MB or 4GB")),
    };
    let number: f64 = digits.trim().parse().with_context(|| format!("{text} is not a size such as 512MB or 4GB"))?;
    if !(number * factor >= 1.0 && number * factor <= 1e15) {
        return Err(anyhow!("{text} is not a size that can be used"));
    }
    Ok((number * factor) as usize)
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{Array, ArrayRef, StringArray, StructArray, UInt32Array};
    use datafusion::arrow::datatypes::{DataType, Field, Schema};

    use super::*;

    #[test]
    fn sizes_as_people_write_them() {
        assert_eq!(parse_bytes("4GB").unwrap(), 4 << 30);
        assert_eq!(parse_bytes("1.5 GiB").unwrap(), 3 << 29);
        assert_eq!(parse_bytes("1000").unwrap(), 1000);
        assert!(parse_bytes("lots").is_err() && parse_bytes("-1GB").is_err() && parse_bytes("4XB").is_err());
    }

    /// PostgreSQL 15: `SELECT 'pg_class'::regclass` shows the name.
    #[test]
    fn registered_objects_are_shown_by_name() {
        let field = |name: &str, data_type| Arc::new(Field::new(name, data_type, true));
        let parts: Vec<(_, ArrayRef)> = vec![
            (field("oid", DataType::UInt32), Arc::new(UInt32Array::from(vec![1259]))),
            (field("name", DataType::Utf8), Arc::new(StringArray::from(vec!["pg_class"]))),
        ];
        let parts = StructArray::from(parts);
        let declared = [(PG_TYPE_KEY.to_owned(), "regclass".to_owned())].into();
        let shown = Field::new("regclass", parts.data_type().clone(), true).with_metadata(declared);
        let batch = RecordBatch::try_new(Arc::new(Schema::new(vec![shown])), vec![Arc::new(parts)]).unwrap();
        assert_eq!(texts(&batch).unwrap(), [[Some("pg_class".to_owned())]]);
    }

    #[test]
    fn numbers_stand_to_the_right_and_null_is_empty() {
        let rows = vec![vec![Some("a".into()), Some("1.5".into())], vec![None, Some("10".into())]];
        let text = table(&["name".into(), "n".into()], &rows);
        assert_eq!(text, "name │   n\n──── │ ───\na    │ 1.5\n     │  10\n");
    }
}
