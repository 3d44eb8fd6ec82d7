//! Reading ranges of one file, exactly as it was when it was listed. A file that was replaced since then gives an error
//! and never a mixture of its old footer and its new bytes.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::parquet::arrow::async_reader::MetadataFetch;
use datafusion::parquet::errors::{ParquetError, Result as ParquetResult};
use futures::FutureExt;
use futures::future::BoxFuture;
use object_store::{GetOptions, ObjectMeta, ObjectStore, coalesce_ranges};

use super::error::{LakeError, Result};
use super::pages;

/// One listed file, open for reading.
#[derive(Clone, Debug)]
pub struct FileReader {
    store: Arc<dyn ObjectStore>,
    meta: ObjectMeta,
    /// Two ranges closer than this, in bytes, are fetched as one.
    gap_bytes: u64,
    page_bytes_max: usize,
}

impl FileReader {
    pub(super) fn new(store: Arc<dyn ObjectStore>, meta: ObjectMeta, gap_bytes: u64, page_bytes_max: usize) -> Self {
        Self { store, meta, gap_bytes, page_bytes_max }
    }

    pub fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    /// The bytes of one range.
    ///
    /// # Errors
    /// `Changed` if the file is not the listed one any more, `Corrupt` if the range ends beyond it.
    pub async fn range(&self, range: Range<u64>) -> Result<Bytes> {
        let file = self.meta.location.as_ref();
        if range.end > self.meta.size || range.start > range.end {
            let reason = format!("it refers to bytes {} to {} of {}", range.start, range.end, self.meta.size);
            return Err(LakeError::Corrupt { file: file.to_owned(), reason });
        }
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        // A weak ETag never matches by the rules of HTTP, so it cannot be asked for.
        let if_match = self.meta.e_tag.clone().filter(|tag| !tag.starts_with("W/"));
        let options = GetOptions { range: Some(range.clone().into()), if_match, ..GetOptions::default() };
        let result = self.store.get_opts(&self.meta.location, options).await;
        let result = result.map_err(|error| LakeError::from_file(&error, file))?;
        if !is_same(&self.meta, &result.meta) {
            return Err(LakeError::Changed { file: file.to_owned() });
        }
        let bytes = result.bytes().await.map_err(|error| LakeError::from_file(&error, file))?;
        if bytes.len() as u64 != range.end - range.start {
            // A file cut off under the reader, or a server that ended its answer early.
            return Err(LakeError::Changed { file: file.to_owned() });
        }
        Ok(bytes)
    }

    /// The bytes of several ranges, in their order, each some pages of a column.
    ///
    /// # Errors
    /// As [`FileReader::range`]; `TooLarge` if a page has more bytes, unpacked, than is allowed.
    pub async fn pages(&self, ranges: Vec<Range<u64>>) -> Result<Vec<Bytes>> {
        let read = coalesce_ranges(&ranges, |range| self.range(range), self.gap_bytes).await?;
        read.iter().try_for_each(|bytes| pages::check(self.meta.location.as_ref(), bytes, self.page_bytes_max))?;
        Ok(read)
    }
}

/// Not every server heeds `If-Match` or lists ETags, so the answer is compared as well: by ETag if both are known, else by
/// time, which an answer gives in whole seconds.
fn is_same(listed: &ObjectMeta, answered: &ObjectMeta) -> bool {
    let same_version = match (&listed.e_tag, &answered.e_tag) {
        (Some(listed), Some(answered)) => listed == answered,
        _ => listed.last_modified.timestamp() == answered.last_modified.timestamp(),
    };
    listed.size == answered.size && same_version
}

impl MetadataFetch for &FileReader {
    fn fetch(&mut self, range: Range<u64>) -> BoxFuture<'_, ParquetResult<Bytes>> {
        let reader = *self;
        async move { reader.range(range).await.map_err(ParquetError::from) }.boxed()
    }
}
