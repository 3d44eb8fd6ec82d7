//! A table of the lake as DataFusion sees it: DataFusion's own file scans over the files that were listed, with statistics
//! from footers that are known already.

mod source;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::compute::and_kleene;
use datafusion::arrow::datatypes::{Field, FieldRef, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::{CsvOptions, TableParquetOptions};
use datafusion::common::{DFSchema, Statistics, plan_err};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::listing::helpers::expr_applicable_for_cols;
use datafusion::datasource::physical_plan::{
    CsvSource, FileGroup, FileScanConfigBuilder, FileSource, JsonSource, ParquetFileMetrics, ParquetFileReaderFactory,
    ParquetSource,
};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::parquet::arrow::arrow_reader::ArrowReaderOptions;
use datafusion::parquet::arrow::async_reader::AsyncFileReader;
use datafusion::parquet::errors::{ParquetError, Result as ParquetResult};
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::metrics::{Count, ExecutionPlanMetricsSet};
use datafusion::scalar::ScalarValue;
use futures::FutureExt;
use futures::future::BoxFuture;

use self::source::NamingSource;
use crate::lake::{FileReader, Format, LakeError, TableContents, TableFiles};

/// A table over the files of one listing. It answers with the rows of those files; a file that was replaced or deleted since
/// gives an error.
#[derive(Debug)]
pub struct LakeTable {
    files: Arc<TableFiles>,
    contents: Arc<TableContents>,
    table_schema: TableSchema,
}

impl LakeTable {
    /// Reads the footers that are not known yet.
    ///
    /// # Errors
    /// Those of [`TableFiles::contents`]: a corrupt file, a file that is gone, columns that do not fit together.
    pub async fn open(files: Arc<TableFiles>) -> Result<Self, LakeError> {
        let contents = files.contents().await?;
        let partitions: Vec<FieldRef> =
            files.partitions().iter().map(|column| Arc::new(Field::new(&column.name, column.data_type.clone(), true))).collect();
        let table_schema = TableSchema::builder(Arc::clone(&contents.file_schema)).with_table_partition_cols(partitions).build();
        Ok(Self { files, contents, table_schema })
    }

    /// The files of the table.
    pub fn files(&self) -> &Arc<TableFiles> {
        &self.files
    }

    fn partition_names(&self) -> Vec<&str> {
        self.files.partitions().iter().map(|column| column.name.as_str()).collect()
    }

    /// The positions of the files that can have rows for the filters on partition columns.
    fn prune(&self, state: &dyn Session, filters: &[&Expr]) -> Result<Vec<usize>> {
        let files = self.files.files();
        if filters.is_empty() {
            return Ok((0..files.len()).collect());
        }
        let columns = self.files.partitions().iter().enumerate().map(|(index, column)| {
            let values = files.iter().filter_map(|file| file.partition_values.get(index).cloned());
            Ok((Field::new(&column.name, column.data_type.clone(), true), ScalarValue::iter_to_array(values)?))
        });
        let (fields, arrays): (Vec<_>, Vec<_>) = columns.collect::<Result<Vec<_>>>()?.into_iter().unzip();
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)?;
        let df_schema = DFSchema::try_from(schema)?;
        let mut kept: Option<Arc<dyn Array>> = None;
        for filter in filters {
            let filter = state.create_physical_expr((*filter).clone(), &df_schema)?;
            let array = filter.evaluate(&batch)?.into_array(files.len())?;
            let Some(matches) = array.as_boolean_opt() else {
                return plan_err!("a filter on partition columns is {}, expected boolean", array.data_type());
            };
            kept = Some(match kept.as_ref().and_then(|kept| kept.as_boolean_opt()) {
                Some(kept) => Arc::new(and_kleene(kept, matches)?),
                None => Arc::new(matches.clone()),
            });
        }
        let Some(kept) = kept.as_ref().and_then(|kept| kept.as_boolean_opt()) else { return Ok(Vec::new()) };
        Ok(kept.iter().enumerate().filter(|(_, keep)| *keep == Some(true)).map(|(index, _)| index).collect())
    }

    /// The first files that are sure to have `limit` rows.
    fn enough_for(&self, kept: &mut Vec<usize>, limit: usize) {
        let mut rows = 0_usize;
        let enough = kept.iter().position(|&index| {
            let known = self.contents.files.get(index).and_then(|file| file.statistics.num_rows.get_value().copied());
            rows = rows.saturating_add(known.unwrap_or(0));
            rows >= limit
        });
        if let Some(last) = enough {
            kept.truncate(last + 1);
        }
    }

    fn scanned_file(&self, index: usize) -> Option<PartitionedFile> {
        let file = self.files.files().get(index)?;
        let contents = self.contents.files.get(index)?;
        let mut scanned = PartitionedFile::new_from_meta(file.meta.clone()).with_partition_values(file.partition_values.clone());
        // Set directly: the setter would add statistics of the partition columns once more, and would count NULLs as values.
        scanned.statistics = Some(Arc::clone(&contents.statistics));
        if self.files.format() == Format::Parquet {
            scanned = scanned.with_arrow_schema(Arc::clone(&contents.read_schema));
        }
        Some(scanned)
    }

    /// Files in the order of their paths, split into as many groups as there are threads.
    fn groups(&self, kept: &[usize], groups: usize) -> Vec<FileGroup> {
        let size = kept.len().div_ceil(groups.max(1)).max(1);
        let group = |indices: &[usize]| {
            let files: Vec<_> = indices.iter().filter_map(|&index| self.scanned_file(index)).collect();
            let statistics = self.merge(indices);
            FileGroup::new(files).with_statistics(Arc::new(statistics))
        };
        kept.chunks(size).map(group).collect()
    }

    fn merge(&self, indices: &[usize]) -> Statistics {
        let files = indices.iter().filter_map(|&index| self.contents.files.get(index));
        self.files.merge_statistics(&self.contents, files.map(|file| file.statistics.as_ref()))
    }

    fn source(&self, state: &dyn Session) -> Arc<dyn FileSource> {
        let schema = self.table_schema.clone();
        match self.files.format() {
            Format::Parquet => {
                let options = TableParquetOptions {
                    global: state.config_options().execution.parquet.clone(),
                    ..TableParquetOptions::default()
                };
                let readers = Arc::new(LakeReaders { files: Arc::clone(&self.files) });
                Arc::new(ParquetSource::new(schema).with_table_parquet_options(options).with_parquet_file_reader_factory(readers))
            }
            Format::Csv => {
                let options = CsvOptions { has_header: Some(true), newlines_in_values: Some(true), ..CsvOptions::default() };
                Arc::new(CsvSource::new(schema).with_csv_options(options))
            }
            Format::Json => Arc::new(JsonSource::new(schema)),
        }
    }

    /// Scans look their store up by URL, so the lake's store is registered under one of its own.
    fn register_store(&self, state: &dyn Session) -> Result<ObjectStoreUrl> {
        let store = self.files.store();
        let url = ObjectStoreUrl::parse(format!("lake://{:016x}", self.files.lake_id()))?;
        let known = state.runtime_env().object_store(&url);
        if !known.is_ok_and(|known| Arc::ptr_eq(&known, store)) {
            state.runtime_env().register_object_store(url.as_ref(), Arc::clone(store));
        }
        Ok(url)
    }
}

#[async_trait]
impl TableProvider for LakeTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.contents.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn statistics(&self) -> Option<Statistics> {
        Some(self.contents.statistics.clone())
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let partitions = self.partition_names();
        let pushdown = |filter: &&Expr| {
            if is_of_partitions(filter, &partitions) {
                TableProviderFilterPushDown::Exact
            } else {
                TableProviderFilterPushDown::Inexact
            }
        };
        Ok(filters.iter().map(pushdown).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let partitions = self.partition_names();
        let (of_partitions, of_rows): (Vec<_>, Vec<_>) = filters.iter().partition(|filter| is_of_partitions(filter, &partitions));
        let mut kept = self.prune(state, &of_partitions)?;
        let mut statistics = self.merge(&kept);
        if let Some(limit) = limit
            && of_rows.is_empty()
        {
            let before = kept.len();
            self.enough_for(&mut kept, limit);
            if kept.len() < before {
                statistics = self.merge(&kept).to_inexact();
            }
        }
        let url = self.register_store(state)?;
        let config = FileScanConfigBuilder::new(url, NamingSource::around(self.source(state)))
            .with_file_groups(self.groups(&kept, state.config().target_partitions()))
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}

/// Whether folders alone decide a filter. One without any column is left to the plan above.
fn is_of_partitions(filter: &Expr, partitions: &[&str]) -> bool {
    !filter.column_refs().is_empty() && expr_applicable_for_cols(partitions, filter)
}

/// Opens the files of one table for DataFusion's Parquet scan.
#[derive(Debug)]
struct LakeReaders {
    files: Arc<TableFiles>,
}

impl ParquetFileReaderFactory for LakeReaders {
    fn create_reader(
        &self,
        partition_index: usize,
        file: PartitionedFile,
        _metadata_size_hint: Option<usize>,
        metrics: &ExecutionPlanMetricsSet,
    ) -> Result<Box<dyn AsyncFileReader + Send>> {
        let metrics = ParquetFileMetrics::new(partition_index, file.object_meta.location.as_ref(), metrics);
        let reader = self.files.reader(&file.object_meta);
        Ok(Box::new(LakeReader { reader, files: Arc::clone(&self.files), bytes_scanned: metrics.bytes_scanned }))
    }
}

struct LakeReader {
    reader: FileReader,
    files: Arc<TableFiles>,
    bytes_scanned: Count,
}

impl AsyncFileReader for LakeReader {
    fn get_bytes(&mut self, range: std::ops::Range<u64>) -> BoxFuture<'_, ParquetResult<Bytes>> {
        async move {
            let bytes = self.reader.range(range).await?;
            self.bytes_scanned.add(bytes.len());
            Ok(bytes)
        }
        .boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<std::ops::Range<u64>>) -> BoxFuture<'_, ParquetResult<Vec<Bytes>>> {
        async move {
            let bytes = self.reader.pages(ranges).await?;
            self.bytes_scanned.add(bytes.iter().map(Bytes::len).sum());
            Ok(bytes)
        }
        .boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, ParquetResult<Arc<ParquetMetaData>>> {
        async move {
            let meta = self.reader.meta();
            let footer = self.files.footer(meta).await?;
            footer.metadata.clone().ok_or_else(|| ParquetError::General(format!("{} is not a Parquet file", meta.location)))
        }
        .boxed()
    }
}
