//! DataFusion's file scans, with errors that name the file. A scan reads many files, and what a decoder says of a damaged
//! page – or of a value in a CSV file, which it would repeat – does not tell which of them it was.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileOpener, FileScanConfig, FileSource};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::{DataFusionError, Result};
use datafusion::object_store::ObjectStore;
use datafusion::parquet::errors::ParquetError;
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_expr::{EquivalenceProperties, LexOrdering, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::filter_pushdown::FilterPushdownPropagation;
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use datafusion::physical_plan::{DisplayFormatType, SortOrderPushdownResult};
use datafusion_datasource::morsel::{Morsel, MorselPlan, MorselPlanner, Morselizer};
use futures::StreamExt;
use futures::stream::BoxStream;

use crate::lake::LakeError;

/// A source of DataFusion's whose errors name the file in which they arise. Everything else is the source's own doing.
pub(super) struct NamingSource {
    inner: Arc<dyn FileSource>,
}

impl NamingSource {
    pub(super) fn around(inner: Arc<dyn FileSource>) -> Arc<dyn FileSource> {
        Arc::new(Self { inner })
    }
}

impl FileSource for NamingSource {
    fn create_file_opener(
        &self,
        store: Arc<dyn ObjectStore>,
        config: &FileScanConfig,
        partition: usize,
    ) -> Result<Arc<dyn FileOpener>> {
        self.inner.create_file_opener(store, config, partition)
    }

    fn create_morselizer(
        &self,
        store: Arc<dyn ObjectStore>,
        config: &FileScanConfig,
        partition: usize,
    ) -> Result<Box<dyn Morselizer>> {
        let inner = self.inner.create_morselizer(store, config, partition)?;
        Ok(Box::new(NamingMorselizer { inner }))
    }

    fn table_schema(&self) -> &TableSchema {
        self.inner.table_schema()
    }

    fn with_batch_size(&self, batch_size: usize) -> Arc<dyn FileSource> {
        Self::around(self.inner.with_batch_size(batch_size))
    }

    fn filter(&self) -> Option<Arc<dyn PhysicalExpr>> {
        self.inner.filter()
    }

    fn projection(&self) -> Option<&ProjectionExprs> {
        self.inner.projection()
    }

    fn metrics(&self) -> &ExecutionPlanMetricsSet {
        self.inner.metrics()
    }

    fn file_type(&self) -> &str {
        self.inner.file_type()
    }

    fn fmt_extra(&self, format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt_extra(format, f)
    }

    fn supports_repartitioning(&self) -> bool {
        self.inner.supports_repartitioning()
    }

    fn repartitioned(
        &self,
        target_partitions: usize,
        file_bytes_min: usize,
        ordering: Option<LexOrdering>,
        config: &FileScanConfig,
    ) -> Result<Option<FileScanConfig>> {
        self.inner.repartitioned(target_partitions, file_bytes_min, ordering, config)
    }

    fn try_pushdown_filters(
        &self,
        filters: Vec<Arc<dyn PhysicalExpr>>,
        config: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn FileSource>>> {
        let mut pushed = self.inner.try_pushdown_filters(filters, config)?;
        pushed.updated_node = pushed.updated_node.map(Self::around);
        Ok(pushed)
    }

    fn try_pushdown_sort(
        &self,
        order: &[PhysicalSortExpr],
        properties: &EquivalenceProperties,
    ) -> Result<SortOrderPushdownResult<Arc<dyn FileSource>>> {
        Ok(match self.inner.try_pushdown_sort(order, properties)? {
            SortOrderPushdownResult::Exact { inner } => SortOrderPushdownResult::Exact { inner: Self::around(inner) },
            SortOrderPushdownResult::Inexact { inner } => SortOrderPushdownResult::Inexact { inner: Self::around(inner) },
            SortOrderPushdownResult::Unsupported => SortOrderPushdownResult::Unsupported,
        })
    }

    fn reorder_files(&self, files: Vec<PartitionedFile>) -> Vec<PartitionedFile> {
        self.inner.reorder_files(files)
    }

    fn try_pushdown_projection(&self, projection: &ProjectionExprs) -> Result<Option<Arc<dyn FileSource>>> {
        Ok(self.inner.try_pushdown_projection(projection)?.map(Self::around))
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        self.inner.apply_expressions(f)
    }
}

#[derive(Debug)]
struct NamingMorselizer {
    inner: Box<dyn Morselizer>,
}

impl Morselizer for NamingMorselizer {
    fn plan_file(&self, file: PartitionedFile) -> Result<Box<dyn MorselPlanner>> {
        let name: Arc<str> = Arc::from(file.object_meta.location.as_ref());
        let inner = self.inner.plan_file(file).map_err(|error| with_file(error, &name))?;
        Ok(Box::new(NamingPlanner { inner, file: name }))
    }
}

#[derive(Debug)]
struct NamingPlanner {
    inner: Box<dyn MorselPlanner>,
    file: Arc<str>,
}

impl NamingPlanner {
    fn around(inner: Box<dyn MorselPlanner>, file: &Arc<str>) -> Box<dyn MorselPlanner> {
        Box::new(Self { inner, file: Arc::clone(file) })
    }
}

impl MorselPlanner for NamingPlanner {
    fn plan(self: Box<Self>) -> Result<Option<MorselPlan>> {
        let Self { inner, file } = *self;
        let Some(mut plan) = inner.plan().map_err(|error| with_file(error, &file))? else { return Ok(None) };
        let named = |inner| Box::new(NamingMorsel { inner, file: Arc::clone(&file) }) as Box<dyn Morsel>;
        let morsels = plan.take_morsels().into_iter().map(named).collect();
        let planners = plan.take_ready_planners().into_iter().map(|inner| NamingPlanner::around(inner, &file)).collect();
        let mut naming = MorselPlan::new().with_morsels(morsels).with_planners(planners);
        if let Some(pending) = plan.take_pending_planner() {
            naming.set_pending_planner(async move {
                let inner = pending.await.map_err(|error| with_file(error, &file))?;
                Ok(NamingPlanner::around(inner, &file))
            });
        }
        Ok(Some(naming))
    }
}

#[derive(Debug)]
struct NamingMorsel {
    inner: Box<dyn Morsel>,
    file: Arc<str>,
}

impl Morsel for NamingMorsel {
    fn into_stream(self: Box<Self>) -> BoxStream<'static, Result<RecordBatch>> {
        let Self { inner, file } = *self;
        inner.into_stream().map(move |batch| batch.map_err(|error| with_file(error, &file))).boxed()
    }
}

/// An error of decoding becomes one of the file. Others – of memory, or of an expression that is computed in the scan – are
/// none of the file's doing, and those of the lake name it already.
fn with_file(error: DataFusionError, file: &str) -> DataFusionError {
    if LakeError::find(&error).is_some() {
        return error;
    }
    let reason = match error.find_root() {
        DataFusionError::ParquetError(inner) => parquet_reason(inner),
        DataFusionError::ArrowError(inner, _) => match inner.as_ref() {
            ArrowError::ParquetError(reason) => reason.clone(),
            ArrowError::ExternalError(inner) => match inner.downcast_ref::<ParquetError>() {
                Some(inner) => parquet_reason(inner),
                None => return error,
            },
            // What these say repeats the value.
            ArrowError::CsvError(_) | ArrowError::JsonError(_) => text_reason(),
            ArrowError::ParseError(message) if message.starts_with("Error while parsing value") => text_reason(),
            _ => return error,
        },
        _ => return error,
    };
    LakeError::Corrupt { file: file.to_owned(), reason }.into()
}

fn parquet_reason(error: &ParquetError) -> String {
    match error {
        ParquetError::General(reason) => reason.clone(),
        other => other.to_string(),
    }
}

fn text_reason() -> String {
    "a value does not fit its column, whose type was read off the beginning of the file".into()
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::compute::cast;
    use datafusion::common::exec_datafusion_err;

    use super::*;

    #[test]
    fn decoding_errors_name_the_file_and_show_no_value() {
        let damaged = DataFusionError::from(ParquetError::EOF("unexpected end of page".into()));
        let named = with_file(damaged, "s/t/a.parquet").to_string();
        assert!(named.contains("\"s/t/a.parquet\" is corrupt") && named.contains("unexpected end of page"), "{named}");
        let value = ArrowError::ParseError("Error while parsing value 4111111111111111 for column 1 at line 3".into());
        let named = with_file(DataFusionError::from(value), "s/t/a.csv").to_string();
        assert!(named.contains("s/t/a.csv") && !named.contains("4111"), "{named}");
    }

    #[test]
    fn other_errors_stay_as_they_are() {
        let memory = DataFusionError::ResourcesExhausted("no memory left".into());
        assert!(matches!(with_file(memory, "f"), DataFusionError::ResourcesExhausted(_)));
        let own = exec_datafusion_err!("division by zero");
        assert!(!with_file(own, "f").to_string().contains("corrupt"));
        let text: datafusion::arrow::array::ArrayRef = Arc::new(datafusion::arrow::array::StringArray::from(vec!["x"]));
        let options = datafusion::arrow::compute::CastOptions { safe: false, ..Default::default() };
        let wrong_cast =
            datafusion::arrow::compute::cast_with_options(&text, &datafusion::arrow::datatypes::DataType::Int64, &options);
        assert!(cast(&text, &datafusion::arrow::datatypes::DataType::Int64).is_ok());
        assert!(!with_file(wrong_cast.unwrap_err().into(), "f").to_string().contains("corrupt"));
    }
}
