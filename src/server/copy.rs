//! COPY between the engine and the wire: the format that a statement asks for, and where a client's rows go.

use async_trait::async_trait;
use cilake_wire::backend::{CopySink, SqlError};
use cilake_wire::copy::{CopyFormat, CsvFormat, Header, TextFormat};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;

use super::to_client;
use crate::engine::CopyInto;
use crate::syntax::copy_options::{CopyColumns, CopyHeader, CopyKind, CopySettings};

/// The format of a COPY of these columns.
pub(super) fn format(settings: &CopySettings, schema: &SchemaRef) -> CopyFormat {
    let header = match settings.header {
        CopyHeader::None => Header::None,
        CopyHeader::Present => Header::Present,
        CopyHeader::Match => Header::Match,
    };
    let of_columns = |columns: &CopyColumns| -> Vec<bool> {
        let is_one = |name: &str| match columns {
            CopyColumns::None => false,
            CopyColumns::All => true,
            CopyColumns::Named(names) => names.iter().any(|named| named == name),
        };
        schema.fields().iter().map(|field| is_one(field.name())).collect()
    };
    let (delimiter, null) = (settings.delimiter, settings.null.clone());
    match settings.format {
        CopyKind::Binary => CopyFormat::Binary,
        CopyKind::Text => CopyFormat::Text(TextFormat { delimiter, null, header }),
        CopyKind::Csv => CopyFormat::Csv(CsvFormat {
            delimiter,
            null,
            header,
            quote: settings.quote,
            escape: settings.escape,
            force_quote: of_columns(&settings.force_quote),
            force_not_null: of_columns(&settings.force_not_null),
            force_null: of_columns(&settings.force_null),
        }),
    }
}

/// A table that takes a client's rows.
pub(super) struct Sink(pub Box<CopyInto>);

#[async_trait]
impl CopySink for Sink {
    async fn write(&mut self, batch: RecordBatch) -> Result<(), SqlError> {
        self.0.write(&batch).map_err(to_client)
    }

    async fn finish(&mut self) -> Result<(), SqlError> {
        self.0.finish().await.map_err(to_client)
    }
}
