//! `DenseGroups`: the first step of an aggregation by one integer column whose values lie close together, as the numbers of
//! customers, products and days do. The group of a key is found in an array at the key's place in the range, which statistics
//! give; hashing and probing, half of the time of such an aggregation, fall away.
//!
//! Only the partial step is replaced: what it gives goes into DataFusion's final step, which spills. Without memory it passes on
//! what it has and begins anew. Statistics decide about speed alone: a key outside of their range goes into a map.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::common::{Result, ScalarValue, internal_err, plan_err};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use datafusion::physical_plan::execution_plan::{ChildrenPropertiesMode, ReplaceChildrenOptions};
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::proto::ExecutionPlanEncodeCtx;
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, InputOrderMode, PlanProperties};
use datafusion_proto::protobuf::PhysicalPlanNode;
use futures::{StreamExt, stream};

use super::dense_table::Table;
use crate::codec::reads_subquery;

/// The widest range of keys: 64 MB of group numbers for each thread.
const RANGE_MAX: usize = 1 << 24;

/// Keys of the range for each row of one partition, at most: a range with few rows is cheaper to hash than to lay out.
const KEYS_PER_ROW_MAX: usize = 2;

/// Replaces partial aggregations by one integer column of a narrow range.
#[derive(Debug)]
pub struct DenseGroups;

impl PhysicalOptimizerRule for DenseGroups {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let replace = |node: Arc<dyn ExecutionPlan>| {
            let dense = node.downcast_ref::<AggregateExec>().map(DenseGroupsExec::try_from_aggregate).transpose()?.flatten();
            Ok(dense.map_or_else(|| Transformed::no(node), |dense| Transformed::yes(Arc::new(dense) as _)))
        };
        plan.transform_up(replace).data()
    }

    fn name(&self) -> &str {
        "DenseGroups"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The physical operator; it stands for the aggregation that it holds.
#[derive(Debug)]
pub(crate) struct DenseGroupsExec {
    pub(crate) aggregate: AggregateExec,
    pub(crate) range: Range,
    metrics: ExecutionPlanMetricsSet,
}

/// Keys from `first`, `width` of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    pub(crate) first: i64,
    pub(crate) width: usize,
}

impl DenseGroupsExec {
    fn try_from_aggregate(aggregate: &AggregateExec) -> Result<Option<Self>> {
        let Some(key) = dense_key(aggregate)? else { return Ok(None) };
        let range = range(key, aggregate.input())?;
        let metrics = ExecutionPlanMetricsSet::new();
        Ok(range.map(|range| Self { aggregate: aggregate.clone(), range, metrics }))
    }

    /// For a range that was found elsewhere. Errors: an aggregation or a range that this operator is not for.
    pub(crate) fn try_new(aggregate: AggregateExec, range: Range) -> Result<Self> {
        if dense_key(&aggregate)?.is_none() || range.width > RANGE_MAX {
            return plan_err!("DenseGroupsExec is for one key of integers in {RANGE_MAX} places, in a first step");
        }
        Ok(Self { aggregate, range, metrics: ExecutionPlanMetricsSet::new() })
    }
}

/// The key of an aggregation whose groups may be found in an array.
fn dense_key(aggregate: &AggregateExec) -> Result<Option<&Arc<dyn PhysicalExpr>>> {
    let simple = *aggregate.mode() == AggregateMode::Partial
        && *aggregate.input_order_mode() == InputOrderMode::Linear
        && aggregate.limit_options().is_none()
        && aggregate.group_expr().is_single()
        && aggregate.aggr_expr().iter().all(|a| a.groups_accumulator_supported());
    match aggregate.group_expr().expr() {
        [(key, _)] if simple && is_dense_type(&key.data_type(&aggregate.input_schema())?) => Ok(Some(key)),
        _ => Ok(None),
    }
}

fn is_dense_type(data_type: &DataType) -> bool {
    use DataType::{Date32, Int8, Int16, Int32, Int64};
    matches!(data_type, Int8 | Int16 | Int32 | Int64 | Date32)
}

/// The range of a key column, if it is narrow for the number of rows.
fn range(key: &Arc<dyn PhysicalExpr>, input: &Arc<dyn ExecutionPlan>) -> Result<Option<Range>> {
    let Some(column) = key.downcast_ref::<datafusion::physical_expr::expressions::Column>() else { return Ok(None) };
    let statistics = StatisticsContext::new().compute(input.as_ref(), &StatisticsArgs::new())?;
    let Some(facts) = statistics.column_statistics.get(column.index()) else { return Ok(None) };
    let bounds = (facts.min_value.get_value().and_then(integer), facts.max_value.get_value().and_then(integer));
    let (Some(rows), (Some(first), Some(last))) = (statistics.num_rows.get_value(), bounds) else { return Ok(None) };
    let width = last.checked_sub(first).and_then(|span| usize::try_from(span).ok()).and_then(|span| span.checked_add(1));
    let rows = *rows / input.properties().partitioning.partition_count().max(1);
    let narrow = |width: &usize| *width <= RANGE_MAX && *width / KEYS_PER_ROW_MAX <= rows;
    Ok(width.filter(narrow).map(|width| Range { first, width }))
}

fn integer(value: &ScalarValue) -> Option<i64> {
    match value {
        ScalarValue::Int8(value) => value.map(i64::from),
        ScalarValue::Int16(value) => value.map(i64::from),
        ScalarValue::Int32(value) | ScalarValue::Date32(value) => value.map(i64::from),
        ScalarValue::Int64(value) => *value,
        _ => None,
    }
}

impl DisplayAs for DenseGroupsExec {
    fn fmt_as(&self, format: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "DenseGroupsExec: keys={}, ", self.range.width)?;
        self.aggregate.fmt_as(format, f)
    }
}

impl ExecutionPlan for DenseGroupsExec {
    fn name(&self) -> &str {
        "DenseGroupsExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.aggregate.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        self.aggregate.children()
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        self.aggregate.apply_expressions(f)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let options = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
        let rebuilt = Arc::new(self.aggregate.clone()).replace_children(children, options)?;
        match rebuilt.downcast_ref::<AggregateExec>() {
            Some(aggregate) => {
                let metrics = ExecutionPlanMetricsSet::new();
                Ok(Arc::new(Self { aggregate: aggregate.clone(), range: self.range, metrics }))
            }
            None => internal_err!("an aggregation with new children is not an aggregation"),
        }
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let reservation =
            MemoryConsumer::new(format!("DenseGroups[{partition}]")).with_can_spill(true).register(context.memory_pool());
        let reader = Reader {
            input: self.aggregate.input().execute(partition, Arc::clone(&context))?,
            table: Table::new(&self.aggregate, self.range, context.session_config().batch_size())?,
            reservation,
            ready: None,
            metrics: BaselineMetrics::new(&self.metrics, partition),
        };
        let rows = stream::try_unfold(reader, |mut reader| async move {
            let batch = reader.next().await?;
            Ok(batch.map(|batch| (batch, reader)))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.aggregate.schema(), rows)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    /// Where a value of a sub-query is computed with, DataFusion's own step is shipped, which is only slower: an operator that is
    /// not DataFusion's is read without the sub-query around it.
    fn try_to_proto(&self, context: &ExecutionPlanEncodeCtx<'_>) -> Result<Option<PhysicalPlanNode>> {
        if reads_subquery(self)? { self.aggregate.try_to_proto(context) } else { Ok(None) }
    }
}

/// One partition: reads its input into a table and gives the table's states.
struct Reader {
    input: SendableRecordBatchStream,
    table: Table,
    reservation: MemoryReservation,
    /// States that are being passed on, and how many of them have been.
    ready: Option<(RecordBatch, usize)>,
    metrics: BaselineMetrics,
}

impl Reader {
    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(batch) = self.slice() {
                self.metrics.record_output(batch.num_rows());
                return Ok(Some(batch));
            }
            let Some(batch) = self.input.next().await.transpose()? else {
                let _timer = self.metrics.elapsed_compute().timer();
                self.ready = self.table.take()?.map(|states| (states, 0));
                self.reservation.free();
                match &self.ready {
                    Some(_) => continue,
                    None => return Ok(None),
                }
            };
            let _timer = self.metrics.elapsed_compute().timer();
            if self.table.slots.is_empty() && self.reservation.try_grow(self.table.range.width * size_of::<u32>()).is_err() {
                // No room for the array: every key goes into the map.
                self.table.range.width = 0;
            }
            self.table.update(&batch)?;
            if self.reservation.try_resize(self.table.size()).is_err() {
                self.ready = self.table.take()?.map(|states| (states, 0));
                self.reservation.free();
            }
        }
    }

    fn slice(&mut self) -> Option<RecordBatch> {
        let (states, from) = self.ready.as_mut()?;
        let rows = self.table.batch_rows.min(states.num_rows() - *from);
        let slice = states.slice(*from, rows);
        *from += rows;
        if *from == states.num_rows() {
            self.ready = None;
        }
        Some(slice)
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{ArrayRef, AsArray, Int32Array, Int64Array};
    use datafusion::arrow::datatypes::{Field, Int64Type, Schema};
    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::datasource::MemTable;
    use datafusion::execution::memory_pool::GreedyMemoryPool;
    use datafusion::execution::runtime_env::RuntimeEnvBuilder;
    use datafusion::physical_plan::collect;
    use datafusion::prelude::{SessionConfig, SessionContext};
    use proptest::prelude::*;

    use super::super::dense_table::from_integers;
    use super::*;

    const AGGREGATES: &str = "SELECT k, count(*) AS n, count(v) AS c, sum(v) AS s, max(v) AS m, min(v) FILTER (WHERE v > 0) AS p,
                              avg(v) AS a FROM t GROUP BY k";

    /// Ten rows a batch, in turn to two partitions.
    fn context(keys: &[Option<i32>], values: &[Option<i32>], key_type: &DataType) -> SessionContext {
        let key = from_integers(&(Arc::new(Int64Array::from_iter(keys.iter().map(|k| k.map(i64::from)))) as ArrayRef), key_type);
        let columns: Vec<ArrayRef> = vec![key.expect("keys of the type"), Arc::new(Int32Array::from(values.to_vec()))];
        let fields = vec![Field::new("k", key_type.clone(), true), Field::new("v", DataType::Int32, true)];
        let schema = Arc::new(Schema::new(fields));
        let rows = RecordBatch::try_new(Arc::clone(&schema), columns).expect("rows");
        let batches = (0..rows.num_rows()).step_by(10).map(|at| rows.slice(at, 10.min(rows.num_rows() - at)));
        let mut partitions = vec![vec![], vec![]];
        batches.enumerate().for_each(|(i, batch)| partitions[i % 2].push(batch));
        let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2).with_batch_size(8));
        context.register_table("t", Arc::new(MemTable::try_new(schema, partitions).expect("a table"))).expect("registered");
        context
    }

    async fn plan(context: &SessionContext) -> Arc<dyn ExecutionPlan> {
        context.sql(AGGREGATES).await.expect("a query").create_physical_plan().await.expect("a plan")
    }

    /// The plan with its partial step replaced, whatever statistics say.
    fn dense(plan: Arc<dyn ExecutionPlan>, range: Range) -> Arc<dyn ExecutionPlan> {
        let mut replaced = 0;
        let replace = |node: Arc<dyn ExecutionPlan>| match node.downcast_ref::<AggregateExec>() {
            Some(aggregate) if *aggregate.mode() == AggregateMode::Partial => {
                replaced += 1;
                let metrics = ExecutionPlanMetricsSet::new();
                let dense: Arc<dyn ExecutionPlan> = Arc::new(DenseGroupsExec { aggregate: aggregate.clone(), range, metrics });
                Ok(Transformed::yes(dense))
            }
            _ => Ok(Transformed::no(node)),
        };
        let plan = plan.transform_up(replace).data().expect("replaced");
        assert_eq!(replaced, 1);
        plan
    }

    async fn sorted(plan: Arc<dyn ExecutionPlan>, context: &SessionContext) -> Vec<String> {
        let batches = collect(plan, context.task_ctx()).await.expect("rows");
        let text = pretty_format_batches(&batches).expect("text").to_string();
        let mut lines: Vec<_> = text.lines().filter(|line| !line.starts_with('+')).map(str::to_string).collect();
        lines.sort_unstable();
        lines
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Against DataFusion's own partial step: NULL keys and values, groups without any value, keys outside of the range.
        #[test]
        fn groups_are_those_of_hashing(
            rows in prop::collection::vec((prop::option::weighted(0.9, -60..60_i32), prop::option::weighted(0.7, -9..9_i32)), 0..200),
            first in -70..70_i64,
            width in 1..100_usize,
            key_type in prop::sample::select(vec![DataType::Int8, DataType::Int16, DataType::Int32, DataType::Int64, DataType::Date32]),
        ) {
            let (keys, values): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
            tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
                let context = context(&keys, &values, &key_type);
                let plain = plan(&context).await;
                let hashed = sorted(Arc::clone(&plain), &context).await;
                let found = sorted(dense(plain, Range { first, width }), &context).await;
                prop_assert_eq!(hashed, found);
                Ok(())
            })?;
        }
    }

    #[tokio::test]
    async fn without_memory_it_passes_on_what_it_has() {
        let keys: Vec<_> = (0..2000).map(|i| Some(i % 500)).collect();
        let context = context(&keys, &vec![Some(1); 2000], &DataType::Int64);
        let plan = dense(plan(&context).await, Range { first: 0, width: 500 });
        let mut partial = plan;
        while partial.name() != "DenseGroupsExec" {
            partial = Arc::clone(partial.children()[0]);
        }
        let runtime = |bytes| {
            let runtime = RuntimeEnvBuilder::new().with_memory_pool(Arc::new(GreedyMemoryPool::new(bytes))).build_arc();
            SessionContext::new_with_config_rt(SessionConfig::new(), runtime.expect("a runtime")).task_ctx()
        };
        let rows = |batches: Vec<RecordBatch>| -> usize { batches.iter().map(RecordBatch::num_rows).sum() };
        let ample = collect(Arc::clone(&partial), runtime(1 << 30)).await.expect("rows");
        let scarce = collect(Arc::clone(&partial), runtime(4 << 10)).await.expect("rows");
        let rows_in: i64 = scarce.iter().flat_map(|b| b.column(1).as_primitive::<Int64Type>().values().to_vec()).sum();
        assert_eq!((rows(ample), rows_in), (500, 2000));
        assert!(rows(scarce) > 500);
    }

    #[test]
    fn a_range_must_be_narrow_for_its_rows() {
        let schema = Arc::new(Schema::new(vec![Field::new("k", DataType::Int64, false)]));
        let rows = RecordBatch::try_new(schema, vec![Arc::new(Int64Array::from(vec![1, 2, 3]))]).expect("rows");
        let input = datafusion::catalog::memory::MemorySourceConfig::try_new_exec(&[vec![rows.clone()]], rows.schema(), None);
        let input: Arc<dyn ExecutionPlan> = input.expect("a scan");
        let column: Arc<dyn PhysicalExpr> = Arc::new(datafusion::physical_expr::expressions::Column::new("k", 0));
        // Tables in memory have no bounds.
        assert!(range(&column, &input).expect("statistics").is_none());
        assert_eq!(integer(&ScalarValue::Date32(Some(3))), Some(3));
        assert_eq!(integer(&ScalarValue::Utf8(Some("x".into()))), None);
    }
}
