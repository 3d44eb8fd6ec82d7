//! Record batches to DataRow messages. An encoder is built once for each column of a result (type resolved, time zone parsed, format
//! chosen), is bound to the arrays of each batch, and writes its cells straight into the output buffer: no cell is ever copied again.

mod column;
mod declared;
mod json;
mod list;
mod record;
mod scalar;
mod temporal;
mod texts;

use arrow::array::RecordBatch;
use arrow::buffer::NullBuffer;
use arrow::datatypes::{Field, Schema};
use pgwire::messages::data::{FieldDescription, RowDescription};

use crate::backend::SqlError;
use crate::types::{COLUMN_KEY, PgType, RELATION_KEY, pg_type};
use crate::values::CellError;
use column::ColumnEncoder;
pub use texts::{as_json, as_text};

/// Most columns that one row can have; as in PostgreSQL.
pub const COLUMNS_MAX: usize = 1_664;

/// How values travel: as text, or in PostgreSQL's binary form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Text,
    Binary,
}

impl Format {
    /// From a format code of the protocol.
    ///
    /// # Errors
    /// 22023 for any other code than 0 and 1.
    pub fn from_code(code: u16) -> Result<Self, SqlError> {
        match code {
            0 => Ok(Self::Text),
            1 => Ok(Self::Binary),
            other => Err(SqlError::new("22023", format!("unsupported format code: {other}"))),
        }
    }
}

/// Appends the bytes of one row's cell, without its length.
type Cells<'a> = Box<dyn FnMut(usize, &mut Vec<u8>) -> Result<(), CellError> + Send + 'a>;

/// One column of one batch, ready to be written.
struct Column<'a> {
    nulls: Option<NullBuffer>,
    write: Cells<'a>,
}

impl Column<'_> {
    fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    /// Appends the cell with its length in front; NULL is the length -1.
    fn write_cell(&mut self, row: usize, out: &mut Vec<u8>) -> Result<(), CellError> {
        if self.is_null(row) {
            out.extend_from_slice(&(-1i32).to_be_bytes());
            return Ok(());
        }
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        (self.write)(row, out)?;
        put_length(out, start, start + 4)
    }
}

/// Writes the number of bytes from `from` to the end into the four bytes at `at`.
pub(crate) fn put_length(out: &mut [u8], at: usize, from: usize) -> Result<(), CellError> {
    let length = i32::try_from(out.len() - from).map_err(|_| CellError::RowLength)?;
    match out.get_mut(at..at + 4) {
        Some(slot) => slot.copy_from_slice(&length.to_be_bytes()),
        None => return Err(CellError::RowLength),
    }
    Ok(())
}

/// What a schema's columns are described as. `formats` holds one format for each column, or none for text.
pub fn describe(schema: &Schema, formats: &[Format]) -> RowDescription {
    let describe = |(index, field): (usize, &std::sync::Arc<Field>)| {
        let PgType { oid, size, modifier } = pg_type(field);
        let format = i16::from(formats.get(index) == Some(&Format::Binary));
        let (relation, number) = origin(field);
        FieldDescription::new(field.name().replace('\0', ""), relation, number, oid, size, modifier, format)
    };
    RowDescription::new(schema.fields().iter().enumerate().map(describe).collect())
}

/// Relation and number of the column that a field is; zeros where it is none.
fn origin(field: &Field) -> (i32, i16) {
    let (relation, number) = (field.metadata().get(RELATION_KEY), field.metadata().get(COLUMN_KEY));
    let relation = relation.and_then(|oid| oid.parse().ok()).unwrap_or(0);
    (relation, number.and_then(|number| number.parse().ok()).unwrap_or(0))
}

/// Writes the rows of one result.
pub struct RowEncoder {
    columns: Vec<(String, ColumnEncoder)>,
}

impl RowEncoder {
    /// # Errors
    /// 0A000 for a column whose type has no form on the wire, 54011 for too many columns, 22023 for an unknown time zone.
    pub fn new(schema: &Schema, formats: &[Format]) -> Result<Self, SqlError> {
        let count = schema.fields().len();
        if count > COLUMNS_MAX {
            return Err(SqlError::new("54011", format!("a result can have at most {COLUMNS_MAX} columns, this one has {count}")));
        }
        let encoder = |(index, field): (usize, &std::sync::Arc<Field>)| {
            let format = formats.get(index).copied().unwrap_or_default();
            Ok((field.name().clone(), ColumnEncoder::new(field, format)?))
        };
        Ok(Self { columns: schema.fields().iter().enumerate().map(encoder).collect::<Result<_, SqlError>>()? })
    }

    /// Prepares the columns of a batch for writing.
    ///
    /// # Errors
    /// XX000 if the batch does not have the columns of the schema.
    pub fn bind<'a>(&'a self, batch: &'a RecordBatch) -> Result<BoundRows<'a>, SqlError> {
        if batch.num_columns() != self.columns.len() {
            let (expected, found) = (self.columns.len(), batch.num_columns());
            return Err(SqlError::new("XX000", format!("expected batches of {expected} columns, this one has {found}")));
        }
        let bind = |((name, encoder), array): (&'a (String, ColumnEncoder), &'a arrow::array::ArrayRef)| {
            encoder
                .bind(array.as_ref())
                .map_err(|error| SqlError { message: format!("column \"{name}\": {}", error.message), ..error })
        };
        let columns = self.columns.iter().zip(batch.columns()).map(bind).collect::<Result<Vec<_>, _>>()?;
        let count = (self.columns.len() as u16).to_be_bytes();
        Ok(BoundRows { encoder: self, head: [b'D', 0, 0, 0, 0, count[0], count[1]], columns })
    }
}

/// The rows of one batch.
pub struct BoundRows<'a> {
    encoder: &'a RowEncoder,
    head: [u8; 7],
    columns: Vec<Column<'a>>,
}

impl BoundRows<'_> {
    pub(crate) fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Appends one cell with its length in front.
    pub(crate) fn write_cell(&mut self, column: usize, row: usize, out: &mut Vec<u8>) -> Result<(), SqlError> {
        let written = self.columns.get_mut(column).map_or(Ok(()), |cells| cells.write_cell(row, out));
        written.map_err(|error| self.cell_error(column, error))
    }

    /// Appends the bytes of one cell, without their length; `false` for NULL.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_bytes(&mut self, column: usize, row: usize, out: &mut Vec<u8>) -> Result<bool, SqlError> {
        let written = match self.columns.get_mut(column) {
            Some(cells) if !cells.is_null(row) => (cells.write)(row, out).map(|()| true),
            _ => Ok(false),
        };
        written.map_err(|error| self.cell_error(column, error))
    }

    /// Appends DataRow messages for the rows from `from` up to `to`, but stops after the row with which `out` exceeds `bytes_max`.
    /// Returns the row after the last one written.
    ///
    /// # Errors
    /// A cell without a form on the wire (22008, 2202E, 22P02, 54000), naming its column; its row leaves nothing in `out`.
    pub fn write(&mut self, from: usize, to: usize, bytes_max: usize, out: &mut Vec<u8>) -> Result<usize, SqlError> {
        for row in from..to {
            let start = out.len();
            if start > bytes_max {
                return Ok(row);
            }
            out.extend_from_slice(&self.head);
            for (index, column) in self.columns.iter_mut().enumerate() {
                if let Err(error) = column.write_cell(row, out) {
                    out.truncate(start);
                    return Err(self.cell_error(index, error));
                }
            }
            if let Err(error) = put_length(out, start + 1, start + 1) {
                out.truncate(start);
                return Err(SqlError::new(error.sqlstate(), error.to_string()));
            }
        }
        Ok(to)
    }

    #[cold]
    fn cell_error(&self, index: usize, error: CellError) -> SqlError {
        let name = self.encoder.columns.get(index).map_or("?", |(name, _)| name);
        SqlError::new(error.sqlstate(), format!("column \"{name}\": {error}"))
    }
}
