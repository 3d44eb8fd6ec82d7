//! Rows as CopyData messages, one a row, written by the same encoders of columns as DataRow messages.

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;

use super::{CopyFormat, CsvFormat, Header, SIGNATURE, is_set};
use crate::backend::SqlError;
use crate::encode::{BoundRows, RowEncoder, put_length};

/// Writes the rows of one COPY … TO STDOUT.
pub struct CopyWriter {
    encoder: RowEncoder,
    names: Vec<String>,
    format: CopyFormat,
    /// A binary header waits for the first row, as in PostgreSQL.
    begun: bool,
    cell: Vec<u8>,
}

impl CopyWriter {
    /// # Errors
    /// 0A000 for a column whose type has no form on the wire, 54011 for too many columns.
    pub fn new(schema: &Schema, format: CopyFormat) -> Result<Self, SqlError> {
        let formats = vec![format.cells(); schema.fields().len()];
        let names = schema.fields().iter().map(|field| field.name().clone()).collect();
        Ok(Self { encoder: RowEncoder::new(schema, &formats)?, names, format, begun: false, cell: Vec::new() })
    }

    /// Appends what comes before the rows.
    ///
    /// # Errors
    /// 54000 for names that are too long for a message.
    pub fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), SqlError> {
        if self.format.header() == Header::None {
            return Ok(());
        }
        message(out, |out| {
            for (index, name) in self.names.iter().enumerate() {
                self.format.separate(index, out);
                match &self.format {
                    CopyFormat::Csv(csv) => csv.write(name.as_bytes(), false, self.names.len() == 1, out),
                    CopyFormat::Text(text) => escape(name.as_bytes(), text.delimiter, out),
                    CopyFormat::Binary => {}
                }
            }
            out.push(b'\n');
            Ok(())
        })
    }

    /// Appends the rows from `from` up to `to`, but stops after the row with which `out` exceeds `bytes_max`. Returns the row after
    /// the last one written.
    ///
    /// # Errors
    /// XX000 if the batch has other columns, and those of a cell without a form on the wire.
    pub fn write(
        &mut self,
        batch: &RecordBatch,
        from: usize,
        to: usize,
        bytes_max: usize,
        out: &mut Vec<u8>,
    ) -> Result<usize, SqlError> {
        let Self { encoder, format, begun, cell, .. } = self;
        let mut rows = encoder.bind(batch)?;
        for row in from..to {
            if out.len() > bytes_max {
                return Ok(row);
            }
            message(out, |out| match format {
                CopyFormat::Binary => {
                    if !std::mem::replace(begun, true) {
                        binary_header(out);
                    }
                    binary_row(&mut rows, row, out)
                }
                _ => text_row(&mut rows, format, row, cell, out),
            })?;
        }
        Ok(to)
    }

    /// Appends what comes after the rows.
    ///
    /// # Errors
    /// None at present.
    pub fn end(&mut self, out: &mut Vec<u8>) -> Result<(), SqlError> {
        if self.format != CopyFormat::Binary {
            return Ok(());
        }
        message(out, |out| {
            if !std::mem::replace(&mut self.begun, true) {
                binary_header(out);
            }
            out.extend_from_slice(&(-1i16).to_be_bytes());
            Ok(())
        })
    }
}

fn binary_header(out: &mut Vec<u8>) {
    out.extend_from_slice(SIGNATURE);
    out.extend_from_slice(&[0; 8]);
}

/// One CopyData message; an error leaves nothing of it.
fn message(out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>) -> Result<(), SqlError>) -> Result<(), SqlError> {
    let start = out.len();
    out.extend_from_slice(&[b'd', 0, 0, 0, 0]);
    let written = body(out)
        .and_then(|()| put_length(out, start + 1, start + 1).map_err(|error| SqlError::new(error.sqlstate(), error.to_string())));
    if written.is_err() {
        out.truncate(start);
    }
    written
}

fn binary_row(rows: &mut BoundRows<'_>, row: usize, out: &mut Vec<u8>) -> Result<(), SqlError> {
    out.extend_from_slice(&(rows.columns() as i16).to_be_bytes());
    (0..rows.columns()).try_for_each(|column| rows.write_cell(column, row, out))
}

fn text_row(
    rows: &mut BoundRows<'_>,
    format: &CopyFormat,
    row: usize,
    cell: &mut Vec<u8>,
    out: &mut Vec<u8>,
) -> Result<(), SqlError> {
    let columns = rows.columns();
    for column in 0..columns {
        format.separate(column, out);
        cell.clear();
        let there = rows.write_bytes(column, row, cell)?;
        match format {
            CopyFormat::Text(text) if there => escape(cell, text.delimiter, out),
            CopyFormat::Csv(csv) if there => csv.write(cell, is_set(&csv.force_quote, column), columns == 1, out),
            CopyFormat::Text(text) => out.extend_from_slice(text.null.as_bytes()),
            CopyFormat::Csv(csv) => out.extend_from_slice(csv.null.as_bytes()),
            CopyFormat::Binary => {}
        }
    }
    out.push(b'\n');
    Ok(())
}

impl CopyFormat {
    fn separate(&self, column: usize, out: &mut Vec<u8>) {
        match self {
            Self::Text(text) if column > 0 => out.push(text.delimiter),
            Self::Csv(csv) if column > 0 => out.push(csv.delimiter),
            _ => {}
        }
    }
}

/// A value of the text format: what would end it, and the backslash, are escaped.
fn escape(cell: &[u8], delimiter: u8, out: &mut Vec<u8>) {
    for &byte in cell {
        let letter = match byte {
            b'\\' => b'\\',
            0x08 => b'b',
            0x0c => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x0b => b'v',
            byte if byte == delimiter => byte,
            byte => {
                out.push(byte);
                continue;
            }
        };
        // A delimiter that has a letter of its own is written with it.
        out.extend_from_slice(&[b'\\', letter]);
    }
}

impl CsvFormat {
    /// A value in quotes, where it needs them: also where it would be read as NULL or as the end of the data.
    fn write(&self, cell: &[u8], force: bool, alone: bool, out: &mut Vec<u8>) {
        let special = |byte: &u8| *byte == self.delimiter || *byte == self.quote || matches!(byte, b'\n' | b'\r');
        let quoted = force || cell == self.null.as_bytes() || (alone && cell == b"\\.") || cell.iter().any(special);
        if !quoted {
            out.extend_from_slice(cell);
            return;
        }
        out.push(self.quote);
        for &byte in cell {
            if byte == self.quote || byte == self.escape {
                out.push(self.escape);
            }
            out.push(byte);
        }
        out.push(self.quote);
    }
}
