//! The footer of a Parquet file: its schema, its statistics and where its row groups lie. Read once for each version of a file.

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Statistics;
use datafusion::parquet::arrow::parquet_to_arrow_schema;
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use object_store::ObjectMeta;
use object_store::path::Path;

use super::cache::Cache;
use super::error::{LakeError, Result};
use super::reader::FileReader;
use super::{schema, statistics};

/// Bytes at the end of a file that are read first; a footer of twenty columns and a few row groups fits.
const FOOTER_GUESS_BYTES: usize = 64 << 10;

/// `PAR1` at both ends and the length of the footer between them.
const PARQUET_BYTES_MIN: u64 = 12;

/// Memory of the statistics of one column, roughly.
const COLUMN_STATISTICS_BYTES: usize = 400;

/// What is known about a file without reading its rows.
#[derive(Debug)]
pub struct Footer {
    /// `None` for CSV and JSON.
    pub metadata: Option<Arc<ParquetMetaData>>,
    /// The schema in which the file is read.
    pub schema: SchemaRef,
    /// For the columns of `schema`.
    pub statistics: Arc<Statistics>,
}

impl Footer {
    pub(super) fn memory_bytes(&self) -> usize {
        let metadata = self.metadata.as_ref().map_or(0, |metadata| metadata.memory_size());
        metadata + self.schema.fields().len() * COLUMN_STATISTICS_BYTES
    }
}

/// Footers by path, each good for one version of the file.
pub(super) struct FooterCache {
    cache: Cache<Path, (ObjectMeta, Arc<Footer>)>,
}

impl FooterCache {
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { cache: Cache::new(bytes_max) }
    }

    pub(super) fn get(&self, meta: &ObjectMeta) -> Option<Arc<Footer>> {
        let known = self.cache.get(&meta.location)?;
        let (version, footer) = known.as_ref();
        if version == meta { Some(Arc::clone(footer)) } else { None }
    }

    pub(super) fn insert(&self, meta: &ObjectMeta, footer: &Arc<Footer>) {
        let bytes = footer.memory_bytes() + size_of::<ObjectMeta>();
        self.cache.insert(meta.location.clone(), Arc::new((meta.clone(), Arc::clone(footer))), bytes);
    }
}

/// Reads and checks the footer of a Parquet file.
///
/// # Errors
/// `Corrupt` for a file that is empty, cut off, or not Parquet; `Changed` if it is not the listed one any more.
pub(super) async fn read_parquet(reader: &FileReader) -> Result<Footer> {
    let meta = reader.meta();
    let corrupt = |reason: String| LakeError::Corrupt { file: meta.location.to_string(), reason };
    if meta.size < PARQUET_BYTES_MIN {
        let reason = if meta.size == 0 { "it is empty".into() } else { format!("{} bytes are too few for Parquet", meta.size) };
        return Err(corrupt(reason));
    }
    let metadata = ParquetMetaDataReader::new()
        .with_prefetch_hint(Some(FOOTER_GUESS_BYTES))
        .load_and_finish(reader, meta.size)
        .await
        .map_err(|error| from_parquet(error, meta))?;
    let descriptor = metadata.file_metadata().schema_descr();
    let written = parquet_to_arrow_schema(descriptor, metadata.file_metadata().key_value_metadata())
        .map_err(|error| from_parquet(error, meta))?;
    let schema = schema::read_schema(&written, descriptor);
    let statistics = Arc::new(statistics::of_file(&metadata, &schema));
    Ok(Footer { metadata: Some(Arc::new(metadata)), schema, statistics })
}

/// The lake's own error if it lies inside, else a corrupt file.
pub(super) fn from_parquet(error: ParquetError, meta: &ObjectMeta) -> LakeError {
    let reason = match error {
        ParquetError::External(inner) => match inner.downcast::<LakeError>() {
            Ok(own) => return *own,
            Err(other) => other.to_string(),
        },
        ParquetError::General(reason) => reason,
        other => other.to_string(),
    };
    LakeError::Corrupt { file: meta.location.to_string(), reason }
}
