//! A client's bytes, cut anywhere, to batches. Messages name the line and the column, and never show the value, which may be
//! personal data.

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use bytes::{Buf, Bytes, BytesMut};

use super::record::{Field, Scan, csv_fields, text_fields};
use super::{CopyFormat, Header, SIGNATURE};
use crate::backend::SqlError;
use crate::decode::ColumnDecoder;

/// Rows in a batch.
const BATCH_ROWS: usize = 8_192;
/// Longest row, in bytes.
const ROW_BYTES_MAX: usize = 64 << 20;

/// Reads the rows of one COPY … FROM STDIN.
pub struct CopyReader {
    schema: SchemaRef,
    table: String,
    format: CopyFormat,
    columns: Vec<ColumnDecoder>,
    buffer: BytesMut,
    scan: Scan,
    state: State,
    /// The number of the line, or of the row of the binary format, that is being read.
    line: u64,
    /// Rows since the last batch.
    waiting: usize,
    rows: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The header has not been read.
    Header,
    Rows,
    /// The end of the data has been read; nothing after it counts.
    Ended,
}

impl CopyReader {
    /// # Errors
    /// 0A000 for a column whose type cannot be read.
    pub fn new(schema: SchemaRef, table: String, format: CopyFormat) -> Result<Self, SqlError> {
        let columns = schema.fields().iter().map(|field| ColumnDecoder::new(field)).collect();
        let header = format == CopyFormat::Binary || format.header() != Header::None;
        let state = if header { State::Header } else { State::Rows };
        let (buffer, scan) = (BytesMut::new(), Scan::default());
        Ok(Self { schema, table, format, columns, buffer, scan, state, line: 0, waiting: 0, rows: 0 })
    }

    /// Rows read so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Takes a piece of the data, and gives the batches that it has filled.
    ///
    /// # Errors
    /// 22P04 for data that does not have the format, and for a bad value: 22P02 (text), 22P03 (binary), 22003, 22007, 22008, 22021.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<RecordBatch>, SqlError> {
        let mut batches = Vec::new();
        if self.state == State::Ended {
            return Ok(batches);
        }
        self.buffer.extend_from_slice(bytes);
        while self.state != State::Ended && self.take_one(false)? {
            if self.waiting >= BATCH_ROWS {
                batches.push(self.batch()?);
            }
        }
        if self.buffer.len() > ROW_BYTES_MAX {
            return Err(self.at_line(SqlError::new("54000", format!("a row is longer than {ROW_BYTES_MAX} bytes"))));
        }
        Ok(batches)
    }

    /// The end of the data: the last rows, if there are any.
    ///
    /// # Errors
    /// As [`CopyReader::feed`], and 22P04 for a row that is not complete.
    pub fn finish(&mut self) -> Result<Option<RecordBatch>, SqlError> {
        if self.state != State::Ended
            && self.format == CopyFormat::Binary
            && (!self.buffer.is_empty() || self.state == State::Header)
        {
            return Err(self.at_line(SqlError::new("22P04", "unexpected EOF in COPY data")));
        }
        // The last line need not end.
        if self.state != State::Ended && !self.buffer.is_empty() {
            self.take_one(true)?;
        }
        if self.waiting == 0 { Ok(None) } else { self.batch().map(Some) }
    }

    /// Reads one record, or the header; `false` if there is none in the buffer.
    fn take_one(&mut self, last: bool) -> Result<bool, SqlError> {
        if self.format == CopyFormat::Binary {
            return self.take_binary().map_err(|error| self.at_line(error));
        }
        let line = match &self.format {
            CopyFormat::Csv(csv) => self.scan.csv_line(&self.buffer, csv),
            _ => self.scan.text_line(&self.buffer),
        };
        let bytes = match line {
            Some(line) => {
                let mut bytes = self.buffer.split_to(line.taken);
                bytes.truncate(line.length);
                bytes
            }
            None if last => self.buffer.split(),
            None => return Ok(false),
        };
        self.line += 1;
        self.take_line(&bytes).map_err(|error| self.at_line(error))?;
        Ok(true)
    }

    fn take_line(&mut self, line: &[u8]) -> Result<(), SqlError> {
        if line == b"\\." {
            self.state = State::Ended;
            return Ok(());
        }
        let fields = match &self.format {
            CopyFormat::Csv(csv) => csv_fields(line, csv)?,
            CopyFormat::Text(text) => text_fields(line, text.delimiter, &text.null)?,
            CopyFormat::Binary => return Ok(()),
        };
        if self.state == State::Header {
            self.state = State::Rows;
            return if self.format.header() == Header::Match { self.check_header(&fields) } else { Ok(()) };
        }
        if fields.len() > self.columns.len() {
            return Err(SqlError::new("22P04", "extra data after last expected column"));
        }
        if let Some(missing) = self.schema.fields().get(fields.len()) {
            return Err(SqlError::new("22P04", format!("missing data for column \"{}\"", missing.name())));
        }
        for (index, field) in fields.into_iter().enumerate() {
            self.push(index, field.map(Bytes::from))?;
        }
        self.end_row();
        Ok(())
    }

    fn push(&mut self, index: usize, value: Option<Bytes>) -> Result<(), SqlError> {
        let format = self.format.cells();
        let Some(column) = self.columns.get_mut(index) else { return Ok(()) };
        column.push(value.as_ref(), format).map_err(|error| {
            let name = self.schema.fields().get(index).map_or("?", |field| field.name().as_str());
            SqlError { context: Some(format!("COPY {}, line {}, column {name}", self.table, self.line)), ..error }
        })
    }

    fn end_row(&mut self) {
        self.waiting += 1;
        self.rows += 1;
    }

    fn check_header(&self, fields: &[Field]) -> Result<(), SqlError> {
        let expected = self.schema.fields();
        if fields.len() != expected.len() {
            let message = format!("wrong number of fields in header line: got {}, expected {}", fields.len(), expected.len());
            return Err(SqlError::new("22P04", message));
        }
        let wrong = fields.iter().zip(expected.iter()).position(|(got, name)| got.as_deref() != Some(name.name().as_bytes()));
        match wrong.and_then(|index| expected.get(index).map(|name| (index + 1, name))) {
            None => Ok(()),
            Some((number, name)) => {
                let message = format!("column name mismatch in header line field {number}: expected \"{}\"", name.name());
                Err(SqlError::new("22P04", message))
            }
        }
    }

    fn take_binary(&mut self) -> Result<bool, SqlError> {
        if self.state == State::Header {
            return self.take_signature();
        }
        let Some(count) = number::<2>(&self.buffer, 0).map(i16::from_be_bytes) else { return Ok(false) };
        if count == -1 {
            self.state = State::Ended;
            return Ok(true);
        }
        let expected = self.columns.len();
        if usize::try_from(count) != Ok(expected) {
            return Err(SqlError::new("22P04", format!("row field count is {count}, expected {expected}")));
        }
        // Nothing is taken before the row is there as a whole.
        let (mut at, mut lengths) = (2, Vec::with_capacity(expected));
        for _ in 0..expected {
            let Some(length) = number::<4>(&self.buffer, at).map(i32::from_be_bytes) else { return Ok(false) };
            at += 4;
            let length = match length {
                -1 => None,
                length => Some(usize::try_from(length).map_err(|_| SqlError::new("22P04", "invalid field size"))?),
            };
            at = at.saturating_add(length.unwrap_or(0));
            lengths.push(length);
        }
        if self.buffer.len() < at {
            return Ok(false);
        }
        self.line += 1;
        let mut row = self.buffer.split_to(at).freeze();
        row.advance(2);
        for (index, length) in lengths.into_iter().enumerate() {
            row.advance(4);
            let value = length.map(|length| row.split_to(length));
            self.push(index, value)?;
        }
        self.end_row();
        Ok(true)
    }

    fn take_signature(&mut self) -> Result<bool, SqlError> {
        let there = self.buffer.len().min(SIGNATURE.len());
        if self.buffer.get(..there) != SIGNATURE.get(..there) {
            return Err(SqlError::new("22P04", "COPY file signature not recognized"));
        }
        let (Some(flags), Some(extension)) = (number::<4>(&self.buffer, 11), number::<4>(&self.buffer, 15)) else {
            return Ok(false);
        };
        if u32::from_be_bytes(flags) >> 16 != 0 {
            return Err(SqlError::new("22P04", "unrecognized critical flags in COPY file header"));
        }
        let Ok(extension) = usize::try_from(i32::from_be_bytes(extension)) else {
            return Err(SqlError::new("22P04", "invalid COPY file header (missing length)"));
        };
        let length = SIGNATURE.len() + 8 + extension;
        if self.buffer.len() < length {
            return Ok(false);
        }
        self.buffer.advance(length);
        self.state = State::Rows;
        Ok(true)
    }

    fn batch(&mut self) -> Result<RecordBatch, SqlError> {
        self.waiting = 0;
        let columns = self.columns.iter_mut().map(ColumnDecoder::finish).collect::<Result<Vec<_>, _>>()?;
        RecordBatch::try_new(self.schema.clone(), columns).map_err(|error| SqlError::new("XX000", error.to_string()))
    }

    /// Says where it happened, if that is not said yet.
    fn at_line(&self, error: SqlError) -> SqlError {
        let context = error.context.clone().unwrap_or_else(|| format!("COPY {}, line {}", self.table, self.line.max(1)));
        SqlError { context: Some(context), ..error }
    }
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}
