//! Writing tables into the lake. A version's files lie under a hidden folder until its manifest is put, so a reader sees the
//! version before or the version after, and a writer that was killed leaves nothing that anyone sees.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::AsyncArrowWriter;
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::properties::WriterProperties;
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use super::discovery::TableName;
use super::error::{LakeError, Result};
use super::manifest::{self, Manifest, ManifestFile};
use super::stored::{StoredTable, TableChange};
use super::{Lake, sweep, uuid};

/// Rows of a row group; what a scan reads and skips as one.
const ROW_GROUP_ROWS: usize = 1 << 20;

/// Encoded bytes at which a row group ends early, so that wide rows do not fill the memory.
const ROW_GROUP_BYTES_MAX: usize = 128 << 20;

/// Bytes at which a file ends and the next one begins.
const FILE_BYTES_MAX: usize = 1 << 30;

/// Bytes of one part of an upload.
const UPLOAD_PART_BYTES: usize = 10 << 20;

/// What to do if the table exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublishMode {
    /// `CREATE TABLE`: an error.
    Create,
    /// `CREATE OR REPLACE TABLE`: the new version takes its place, if this program wrote it.
    Replace,
}

/// How long files that no table names any more are kept.
#[derive(Clone, Copy, Debug)]
pub struct Grace {
    /// After a version was replaced or dropped: as long as a query that began before may run.
    pub retired: Duration,
    /// After a version was begun that was never published: as long as a writer may take.
    pub abandoned: Duration,
}

impl Default for Grace {
    fn default() -> Self {
        Self { retired: Duration::from_secs(3600), abandoned: Duration::from_secs(24 * 3600) }
    }
}

/// What a finished publication wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    pub rows: u64,
    pub bytes: u64,
    pub files: usize,
}

/// A version of a table that is being written. Nobody sees it before [`Publication::commit`]; if it is dropped before,
/// nobody ever will, and a later publication removes its files.
pub struct Publication {
    lake: Lake,
    name: TableName,
    mode: PublishMode,
    version: String,
    schema: SchemaRef,
    writer: Option<OpenFile>,
    files: Vec<ManifestFile>,
}

struct OpenFile {
    path: Path,
    writer: AsyncArrowWriter<BufWriter>,
    rows: u64,
}

impl OpenFile {
    async fn write(&mut self, batch: &RecordBatch) -> Result<(), ParquetError> {
        self.writer.write(batch).await?;
        self.rows += batch.num_rows() as u64;
        if self.writer.in_progress_size() >= ROW_GROUP_BYTES_MAX {
            self.writer.flush().await?;
        }
        Ok(())
    }
}

impl Publication {
    /// See [`Lake::begin_publish`].
    pub(super) async fn begin(lake: &Lake, name: &TableName, mode: PublishMode, schema: SchemaRef) -> Result<Self> {
        let publication = Self::unpublished(lake, name, schema)?;
        refuse_taken(lake, name, mode).await?;
        Ok(Self { mode, ..publication })
    }

    /// See [`Lake::begin_version`].
    pub(super) fn unpublished(lake: &Lake, name: &TableName, schema: SchemaRef) -> Result<Self> {
        let mut columns = BTreeSet::new();
        if let Some(twice) = schema.fields().iter().find(|field| !columns.insert(field.name())) {
            let what = format!("table \"{name}\" cannot have two columns named \"{}\"", twice.name());
            return Err(LakeError::Unsupported { what });
        }
        if name.schema.is_empty() || name.table.is_empty() {
            return Err(LakeError::Unsupported { what: "a table needs a name and a schema".into() });
        }
        let version = format!("{:013}-{:016x}", Utc::now().timestamp_millis(), rand::random::<u64>());
        Ok(Self {
            lake: lake.clone(),
            name: name.clone(),
            mode: PublishMode::Create,
            version,
            schema,
            writer: None,
            files: Vec::new(),
        })
    }

    /// Appends rows, of the schema given at the beginning. Memory is bounded by one row group and the parts under way.
    ///
    /// # Errors
    /// `Unsupported` for a type that Parquet cannot hold, or an error of the store.
    pub async fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        if self.writer.is_none() {
            self.writer = Some(self.open_file()?);
        }
        let Some(file) = &mut self.writer else { return Ok(()) };
        file.write(batch).await.map_err(|error| write_error(error, &file.path))?;
        if file.writer.bytes_written() + file.writer.in_progress_size() < FILE_BYTES_MAX {
            return Ok(());
        }
        match self.writer.take() {
            Some(full) => self.close_file(full).await,
            None => Ok(()),
        }
    }

    /// Makes the version the table, at once for every reader. A table without rows is one file without rows.
    ///
    /// # Errors
    /// `Exists` or `NotPublished` if the name was taken since the beginning, or an error of the store; the table is then as
    /// it was before.
    pub async fn commit(self) -> Result<Published> {
        let (lake, name, mode) = (self.lake.clone(), self.name.clone(), self.mode);
        let after = self.finish().await?;
        refuse_taken(&lake, &name, mode).await?;
        let before = if mode == PublishMode::Replace { lake.stored(&name).await? } else { None };
        let published = Published { rows: after.rows(), bytes: after.bytes(), files: after.files() };
        lake.change_tables(&[TableChange { name, before, after: Some(after) }]).await?;
        Ok(published)
    }

    /// Ends writing, and shows the version to nobody but the caller: see [`Lake::open_stored`] and [`Lake::change_tables`].
    pub async fn finish(mut self) -> Result<StoredTable> {
        let last = match self.writer.take() {
            Some(file) => Some(file),
            None if self.files.is_empty() => Some(self.open_file()?),
            None => None,
        };
        if let Some(file) = last {
            self.close_file(file).await?;
        }
        let manifest = Manifest::new(&self.name, &self.version, std::mem::take(&mut self.files));
        Ok(StoredTable { manifest: Arc::new(manifest) })
    }

    /// Gives up: removes what was written, also after a failed [`Publication::write`].
    pub async fn abort(mut self) -> Result<()> {
        if let Some(OpenFile { path, writer, .. }) = self.writer.take() {
            let given_up = writer.into_inner().abort().await;
            given_up.map_err(|error| LakeError::from_store(&error, format_args!("file \"{path}\"")))?;
        }
        sweep::remove_version(&self.lake, &self.name, &self.version).await
    }

    fn open_file(&self) -> Result<OpenFile> {
        let file = format!("part-{}.parquet", self.files.len());
        let path = manifest::data_folder(Some(&self.name)).join(self.version.as_str()).join(file);
        let level = ZstdLevel::try_new(1).map_err(|error| write_error(error, &path))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .set_created_by(concat!("cilake ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let upload = BufWriter::with_capacity(Arc::clone(self.lake.store()), path.clone(), UPLOAD_PART_BYTES);
        let parquet_schema = uuid::parquet_schema(&self.schema).map_err(|error| write_error(error, &path))?;
        let options = ArrowWriterOptions::new().with_properties(properties).with_parquet_schema(parquet_schema);
        let writer = AsyncArrowWriter::try_new_with_options(upload, Arc::clone(&self.schema), options)
            .map_err(|error| write_error(error, &path))?;
        Ok(OpenFile { path, writer, rows: 0 })
    }

    async fn close_file(&mut self, file: OpenFile) -> Result<()> {
        let OpenFile { path, writer, rows } = file;
        writer.close().await.map_err(|error| write_error(error, &path))?;
        let meta = self.lake.store().head(&path).await.map_err(|error| LakeError::from_file(&error, path.as_ref()))?;
        self.files.push(ManifestFile {
            path: path.to_string(),
            bytes: meta.size,
            rows,
            last_modified: meta.last_modified,
            e_tag: meta.e_tag,
        });
        Ok(())
    }
}

/// Removes a published table: its manifest at once, its files after the grace time.
pub(super) async fn drop_table(lake: &Lake, name: &TableName) -> Result<()> {
    let before = lake.stored(name).await?;
    if before.is_none() {
        return Err(LakeError::NotFound { what: format!("table \"{name}\"") });
    }
    lake.change_tables(&[TableChange { name: name.clone(), before, after: None }]).await
}

/// Marks a version as about to be replaced. The mark comes first: if the writer is killed after it, the version is still the
/// table, and marks of current versions mean nothing.
pub(super) async fn retire(store: &dyn ObjectStore, name: &TableName, version: &str) -> Result<()> {
    let mark = manifest::retired_mark(name, version);
    store
        .put(&mark, version.to_owned().into())
        .await
        .map_err(|error| LakeError::from_store(&error, format_args!("file \"{mark}\"")))?;
    Ok(())
}

async fn refuse_taken(lake: &Lake, name: &TableName, mode: PublishMode) -> Result<()> {
    let (published, own) = lake.who_has(name).await?;
    match mode {
        PublishMode::Create if published || own => Err(LakeError::Exists { table: name.to_string() }),
        PublishMode::Replace if own => Err(LakeError::NotPublished { table: name.to_string() }),
        _ => Ok(()),
    }
}

fn write_error(error: ParquetError, path: &Path) -> LakeError {
    match error {
        ParquetError::NYI(reason) | ParquetError::ArrowError(reason) => LakeError::Unsupported { what: reason },
        ParquetError::External(inner) => {
            if let Some(store) = inner.downcast_ref::<object_store::Error>() {
                return LakeError::from_store(store, format_args!("file \"{path}\""));
            }
            match inner.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref()).and_then(|cause| cause.downcast_ref()) {
                Some(store) => LakeError::from_store(store, format_args!("file \"{path}\"")),
                None => LakeError::Io { what: format!("file \"{path}\""), reason: inner.to_string() },
            }
        }
        other => LakeError::Io { what: format!("file \"{path}\""), reason: other.to_string() },
    }
}
