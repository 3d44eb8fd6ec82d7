//! What statements give: rows, a command tag, or one side of COPY.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use futures::stream::BoxStream;

use super::copy::CopyInto;
use crate::error::Result;
use crate::syntax::copy_options::CopySettings;

/// Which of the client's prepared statements are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deallocated {
    One(String),
    All,
}

/// What a statement gave.
pub enum Outcome {
    Rows {
        schema: SchemaRef,
        batches: BoxStream<'static, Result<RecordBatch>>,
        tag: RowsTag,
    },
    /// The command tag.
    Done(String),
    /// Rows for COPY … TO STDOUT.
    CopyOut {
        schema: SchemaRef,
        batches: BoxStream<'static, Result<RecordBatch>>,
        settings: CopySettings,
    },
    /// Waits for the rows of COPY … FROM STDIN.
    CopyIn {
        /// The columns that the client sends.
        schema: SchemaRef,
        settings: CopySettings,
        table: String,
        sink: Box<CopyInto>,
    },
}

/// The command tag after rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowsTag {
    /// `SELECT` and the number of rows.
    Select,
    /// This word and the number of rows.
    Counted(&'static str),
    Fixed(&'static str),
}
