//! The files of one table at one moment, and what their footers say together.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::common::Statistics;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use object_store::{ObjectMeta, ObjectStore};
use tokio::sync::OnceCell;

use super::discovery::TableName;
use super::error::{LakeError, Result, type_name};
use super::footer::{Footer, FooterCache, read_parquet};
use super::listing::{DataFile, Format, Listing};
use super::partition::PartitionColumn;
use super::reader::FileReader;
use super::text::read_text;
use super::{schema, statistics};

/// Footers read at a time.
const FOOTERS_AT_ONCE: usize = 16;

/// What all tables of a lake share.
pub(super) struct Files {
    /// Tells lakes apart within one process.
    pub id: u64,
    pub store: Arc<dyn ObjectStore>,
    pub footers: FooterCache,
    /// See [`FileReader`].
    pub gap_bytes: u64,
    /// See [`FileReader::pages`].
    pub page_bytes_max: usize,
}

impl Files {
    fn reader(&self, meta: &ObjectMeta) -> FileReader {
        FileReader::new(Arc::clone(&self.store), meta.clone(), self.gap_bytes, self.page_bytes_max)
    }

    async fn footer(&self, meta: &ObjectMeta, format: Format) -> Result<Arc<Footer>> {
        if let Some(known) = self.footers.get(meta) {
            return Ok(known);
        }
        let reader = self.reader(meta);
        let footer = Arc::new(match format {
            Format::Parquet => read_parquet(&reader).await?,
            Format::Csv | Format::Json => read_text(&reader, format).await?,
        });
        self.footers.insert(meta, &footer);
        Ok(footer)
    }
}

/// A table of the lake: its files at the moment at which they were listed. It does not change any more; ask the lake again
/// for the table as it is now.
pub struct TableFiles {
    name: TableName,
    listing: Listing,
    files: Arc<Files>,
    contents: OnceCell<Arc<TableContents>>,
    /// Those of the contents, where nothing else of them was asked for.
    columns: OnceCell<SchemaRef>,
}

/// What the footers of all files of a table say together.
#[derive(Debug)]
pub struct TableContents {
    /// The columns that stand in the files.
    pub file_schema: SchemaRef,
    /// The columns of the table: those of the files, then the partition columns.
    pub schema: SchemaRef,
    /// One for each file, in the order of [`TableFiles::files`].
    pub files: Vec<FileContents>,
    /// Of all files together, for the columns of `schema`.
    pub statistics: Statistics,
}

/// What a file's footer says.
#[derive(Debug)]
pub struct FileContents {
    /// The schema in which the file is read, before its columns are widened to the table's.
    pub read_schema: SchemaRef,
    /// For the columns of the table.
    pub statistics: Arc<Statistics>,
}

impl TableFiles {
    pub(super) fn new(name: TableName, listing: Listing, files: Arc<Files>) -> Self {
        Self { name, listing, files, contents: OnceCell::new(), columns: OnceCell::new() }
    }

    pub fn name(&self) -> &TableName {
        &self.name
    }

    pub fn format(&self) -> Format {
        self.listing.format
    }

    /// The files, ordered by path.
    pub fn files(&self) -> &[DataFile] {
        &self.listing.files
    }

    pub fn partitions(&self) -> &[PartitionColumn] {
        &self.listing.partitions
    }

    /// The size of all files, in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.listing.files.iter().map(|file| file.meta.size).sum()
    }

    /// The columns of the table: those of its files merged by name, then its partition columns.
    ///
    /// # Errors
    /// As [`TableFiles::contents`].
    pub async fn schema(&self) -> Result<SchemaRef> {
        Ok(Arc::clone(&self.contents().await?.schema))
    }

    /// The columns alone, for lists of many tables: what else the footers say is not kept for that.
    ///
    /// # Errors
    /// As [`TableFiles::contents`].
    pub async fn columns(&self) -> Result<SchemaRef> {
        if let Some(contents) = self.contents.get() {
            return Ok(Arc::clone(&contents.schema));
        }
        let read = async || {
            let of_files = self.merged(&self.read_footers().await?)?;
            Ok::<_, LakeError>(with_partitions(&of_files, &self.listing.partitions))
        };
        self.columns.get_or_try_init(read).await.map(Arc::clone)
    }

    /// Reads the footers that are not known yet, at most 16 at a time, and merges them.
    ///
    /// # Errors
    /// `Corrupt` for the first file that is empty, cut off or of another format, `Changed` for one that is gone, `Clash` or
    /// `Spelling` if the files' columns do not fit together. An error is not remembered: the next call tries again.
    pub async fn contents(&self) -> Result<Arc<TableContents>> {
        let contents = self.contents.get_or_try_init(|| async { self.read_contents().await.map(Arc::new) }).await?;
        Ok(Arc::clone(contents))
    }

    /// The number of rows, if the footers have been read and all say it.
    pub fn known_rows(&self) -> Option<u64> {
        let rows = self.contents.get()?.statistics.num_rows;
        rows.is_exact()?.then_some(*rows.get_value()? as u64)
    }

    /// The footer of one of the table's files.
    pub async fn footer(&self, meta: &ObjectMeta) -> Result<Arc<Footer>> {
        self.files.footer(meta, self.listing.format).await
    }

    /// Opens one of the table's files for reading.
    pub fn reader(&self, meta: &ObjectMeta) -> FileReader {
        self.files.reader(meta)
    }

    /// The same for all tables of a lake, and for no other lake.
    pub fn lake_id(&self) -> u64 {
        self.files.id
    }

    /// The store whose root is the lake.
    pub fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.files.store
    }

    /// Statistics of some of the table's files together.
    pub fn merge_statistics<'a>(&self, contents: &TableContents, files: impl IntoIterator<Item = &'a Statistics>) -> Statistics {
        statistics::merge(files, contents.schema.fields().len())
    }

    pub(super) fn listing(&self) -> &Listing {
        &self.listing
    }

    async fn read_footers(&self) -> Result<Vec<Arc<Footer>>> {
        // Boxed one by one: as a closure over references the stream would not be known to be Send.
        let reading: Vec<_> = self.listing.files.iter().map(|file| self.footer(&file.meta).boxed()).collect();
        stream::iter(reading).buffered(FOOTERS_AT_ONCE).try_collect().await
    }

    /// The columns of all files.
    fn merged(&self, footers: &[Arc<Footer>]) -> Result<SchemaRef> {
        let files = self.listing.files.iter().zip(footers);
        let schemas: Vec<_> = files.map(|(file, footer)| (file.meta.location.as_ref(), footer.schema.as_ref())).collect();
        if self.listing.format == Format::Csv {
            require_same_columns(&schemas)?;
        }
        let partitions: BTreeSet<&str> = self.listing.partitions.iter().map(|column| column.name.as_str()).collect();
        schema::merge(&schemas, &partitions, self.listing.format.common_type())
    }

    async fn read_contents(&self) -> Result<TableContents> {
        let footers = self.read_footers().await?;
        let file_schema = self.merged(&footers)?;
        let (files, partitions) = (&self.listing.files, &self.listing.partitions);
        let schema = with_partitions(&file_schema, partitions);
        let contents: Vec<FileContents> = files
            .iter()
            .zip(&footers)
            .map(|(file, footer)| {
                let of_table =
                    statistics::for_table(&footer.statistics, &footer.schema, &schema, partitions, &file.partition_values);
                FileContents { read_schema: Arc::clone(&footer.schema), statistics: Arc::new(of_table) }
            })
            .collect();
        let statistics = statistics::merge(contents.iter().map(|file| file.statistics.as_ref()), schema.fields().len());
        Ok(TableContents { file_schema, schema, files: contents, statistics })
    }
}

impl std::fmt::Debug for TableFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableFiles").field("name", &self.name).field("files", &self.listing.files.len()).finish_non_exhaustive()
    }
}

fn with_partitions(file_schema: &Schema, partitions: &[PartitionColumn]) -> SchemaRef {
    let own = file_schema.fields().iter().map(|field| field.as_ref().clone());
    let partitions = partitions.iter().map(|column| Field::new(&column.name, column.data_type.clone(), true));
    Arc::new(Schema::new(own.chain(partitions).collect::<Vec<_>>()))
}

/// CSV files are read by position, so all of a table have the same columns in the same order.
fn require_same_columns(files: &[schema::FileSchema<'_>]) -> Result<()> {
    let Some(((first_file, first), others)) = files.split_first() else { return Ok(()) };
    for (file, schema) in others {
        let names = |schema: &Schema| schema.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
        let (first_names, names) = (names(first), names(schema));
        if first_names == names {
            continue;
        }
        let differs = first_names.iter().zip(&names).position(|(left, right)| left != right);
        let position = differs.unwrap_or(first_names.len().min(names.len()));
        let shown = |schema: &Schema| {
            schema
                .fields()
                .get(position)
                .map_or("missing".to_owned(), |field| format!("\"{}\" ({})", field.name(), type_name(field.data_type())))
        };
        return Err(LakeError::Clash {
            column: format!("number {}", position + 1),
            first_type: shown(first),
            first_file: (*first_file).to_owned(),
            second_type: shown(schema),
            second_file: (*file).to_owned(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::datatypes::DataType;

    use super::*;

    #[test]
    fn csv_files_need_the_same_columns() {
        let schema =
            |names: &[&str]| Schema::new(names.iter().map(|name| Field::new(*name, DataType::Int64, true)).collect::<Vec<_>>());
        let (two, other, three) = (schema(&["a", "b"]), schema(&["a", "c"]), schema(&["a", "b", "c"]));
        assert!(require_same_columns(&[("x", &two), ("y", &two)]).is_ok());
        let error = require_same_columns(&[("x", &two), ("y", &other)]).unwrap_err().to_string();
        assert_eq!(error, "column \"number 2\" is \"b\" (Int64) in \"x\" but \"c\" (Int64) in \"y\"");
        let error = require_same_columns(&[("x", &two), ("y", &three)]).unwrap_err().to_string();
        assert_eq!(error, "column \"number 3\" is missing in \"x\" but \"c\" (Int64) in \"y\"");
    }
}
