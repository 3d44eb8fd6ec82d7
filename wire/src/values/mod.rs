//! Single values as PostgreSQL 15 writes them, in text and in binary. Plain Rust: knows neither Arrow nor messages.

pub mod datetime;
pub mod float;
pub mod interval;
pub mod numeric;
pub mod quoting;
pub mod zone;

/// Why one cell has no representation on the wire. Small and `Copy`, because every cell of the hot path returns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CellError {
    #[error("date out of range: PostgreSQL holds 4714-11-24 BC to 5874897-12-31")]
    DateRange,
    #[error("timestamp out of range: PostgreSQL holds 4714-11-24 BC to 294276-12-31")]
    TimestampRange,
    #[error("time out of range: expected 00:00:00 to 24:00:00")]
    TimeRange,
    #[error("multidimensional arrays must have sub-arrays with matching dimensions")]
    RaggedArray,
    #[error("a value does not have the text form of its declared type")]
    TextForm,
    #[error("a row is longer than a message can be (1 GB)")]
    RowLength,
}

impl CellError {
    /// The SQLSTATE that PostgreSQL gives for the same fault.
    pub fn sqlstate(self) -> &'static str {
        match self {
            Self::DateRange | Self::TimestampRange | Self::TimeRange => "22008",
            Self::RaggedArray => "2202E",
            Self::TextForm => "22P02",
            Self::RowLength => "54000",
        }
    }
}
