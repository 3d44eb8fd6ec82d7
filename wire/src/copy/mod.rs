//! The three formats of COPY: rows of batches to a client, and a client's bytes to batches.

mod read;
mod record;
mod write;

pub use read::CopyReader;
pub use write::CopyWriter;

use crate::encode::Format;

/// How rows travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopyFormat {
    Text(TextFormat),
    Csv(CsvFormat),
    Binary,
}

/// Lines with escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFormat {
    pub delimiter: u8,
    /// What stands for NULL.
    pub null: String,
    pub header: Header,
}

/// Comma-separated values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvFormat {
    pub delimiter: u8,
    pub null: String,
    pub header: Header,
    pub quote: u8,
    pub escape: u8,
    /// Columns of which every value is quoted that is not NULL; none where it is shorter than the row.
    pub force_quote: Vec<bool>,
    /// Columns in which nothing is NULL.
    pub force_not_null: Vec<bool>,
    /// Columns in which a quoted text, too, may stand for NULL.
    pub force_null: Vec<bool>,
}

/// The first line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Header {
    #[default]
    None,
    /// It names the columns.
    Present,
    /// It names the columns, and the names must be right.
    Match,
}

impl Default for TextFormat {
    fn default() -> Self {
        Self { delimiter: b'\t', null: "\\N".into(), header: Header::None }
    }
}

impl Default for CsvFormat {
    fn default() -> Self {
        Self {
            delimiter: b',',
            null: String::new(),
            header: Header::None,
            quote: b'"',
            escape: b'"',
            force_quote: Vec::new(),
            force_not_null: Vec::new(),
            force_null: Vec::new(),
        }
    }
}

impl CopyFormat {
    /// How the cells of this format travel.
    pub(crate) fn cells(&self) -> Format {
        match self {
            Self::Binary => Format::Binary,
            Self::Text(_) | Self::Csv(_) => Format::Text,
        }
    }

    fn header(&self) -> Header {
        match self {
            Self::Text(text) => text.header,
            Self::Csv(csv) => csv.header,
            Self::Binary => Header::None,
        }
    }
}

/// What every binary COPY begins with, its flags and the length of its extension, which has none.
const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";

fn is_set(columns: &[bool], index: usize) -> bool {
    columns.get(index).copied().unwrap_or(false)
}
