//! `AggregateOver`: appends aggregates over all rows, or over those of the row's group, to every row, as
//! `aggregate(…) OVER ([PARTITION BY …])` does, but in parallel, within the memory limit (it spills), and without sorting or
//! gathering rows on one thread.
//!
//! This is what comparing a customer with all customers needs: the cuts of a score, the parameters of a model. A join of the
//! input with its own aggregate would compute the input twice.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use datafusion::arrow::array::{Array, ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::catalog::Session;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DFSchema, DFSchemaRef, Result, exec_err, internal_err};
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{
    Expr, ExprSchemable, Extension, LogicalPlan, UserDefinedLogicalNode, UserDefinedLogicalNodeCore, cast, lit,
};
use datafusion::physical_expr::aggregate::{LoweredAggregate, LoweredAggregateBuilder};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, MetricsSet, SpillMetrics};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, SpillManager};
use datafusion::physical_planner::{ExtensionPlanner, PhysicalPlanner};
use futures::future::{BoxFuture, FutureExt, Shared};
use futures::{StreamExt, TryStreamExt, stream};

use super::aggregate_groups::{Aggregation, Appended, Groups, Key, Results, States};
use super::yield_once::yield_once;

/// Appends one column for each aggregate to the rows of a plan. Each aggregate has an alias, which names its column.
pub fn append_aggregates(input: LogicalPlan, aggregates: Vec<Expr>) -> Result<LogicalPlan> {
    append_aggregates_by(input, None, aggregates)
}

/// As [`append_aggregates`], over the rows with the same `key` (NULL is one) where there is one.
pub fn append_aggregates_by(input: LogicalPlan, key: Option<Expr>, aggregates: Vec<Expr>) -> Result<LogicalPlan> {
    // -0.0 and 0.0 are one value.
    let key = key.map(|key| {
        let floating = key.get_type(input.schema())?.is_floating();
        Ok::<_, DataFusionError>(if floating { cast(key, DataType::Float64) + lit(0.0_f64) } else { key })
    });
    Ok(LogicalPlan::Extension(Extension { node: Arc::new(AggregateOver::try_new(input, key.transpose()?, aggregates)?) }))
}

/// The logical operator.
#[derive(Clone, Debug)]
pub struct AggregateOver {
    input: LogicalPlan,
    pub(crate) key: Option<Expr>,
    pub(crate) aggregates: Vec<Expr>,
    schema: DFSchemaRef,
}

impl AggregateOver {
    pub(crate) fn try_new(input: LogicalPlan, key: Option<Expr>, aggregates: Vec<Expr>) -> Result<Self> {
        let mut fields: Vec<_> = input.schema().iter().map(|(q, f)| (q.cloned(), Arc::clone(f))).collect();
        for aggregate in &aggregates {
            fields.push(aggregate.to_field(input.schema().as_ref())?);
        }
        let schema = Arc::new(DFSchema::new_with_metadata(fields, input.schema().metadata().clone())?);
        Ok(Self { input, key, aggregates, schema })
    }

    /// This without the aggregates whose columns are not among those that are read, and the input alone if none is left; `None` if
    /// all are read.
    pub(super) fn with_aggregates_of(&self, read: &HashSet<&str>) -> Result<Option<LogicalPlan>> {
        let columns = self.schema.fields().iter().skip(self.input.schema().fields().len());
        let pairs = self.aggregates.iter().zip(columns);
        let kept: Vec<_> = pairs.filter(|(_, column)| read.contains(column.name().as_str())).map(|(a, _)| a.clone()).collect();
        Ok(match kept.len() {
            0 => Some(self.input.clone()),
            n if n == self.aggregates.len() => None,
            _ => {
                let node = Self::try_new(self.input.clone(), self.key.clone(), kept)?;
                Some(LogicalPlan::Extension(Extension { node: Arc::new(node) }))
            }
        })
    }
}

impl PartialEq for AggregateOver {
    fn eq(&self, other: &Self) -> bool {
        self.input == other.input && self.key == other.key && self.aggregates == other.aggregates
    }
}

impl Eq for AggregateOver {}

impl Hash for AggregateOver {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.input.hash(state);
        self.key.hash(state);
        self.aggregates.hash(state);
    }
}

impl PartialOrd for AggregateOver {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match self.input.partial_cmp(&other.input) {
            Some(Ordering::Equal) => (&self.key, &self.aggregates).partial_cmp(&(&other.key, &other.aggregates)),
            unequal => unequal,
        }
    }
}

impl UserDefinedLogicalNodeCore for AggregateOver {
    fn name(&self) -> &str {
        "AggregateOver"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        self.key.iter().chain(&self.aggregates).cloned().collect()
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let shown: Vec<_> = self.aggregates.iter().map(ToString::to_string).collect();
        write!(f, "AggregateOver: {}", shown.join(", "))?;
        self.key.iter().try_for_each(|key| write!(f, " by {key}"))
    }

    fn with_exprs_and_inputs(&self, expressions: Vec<Expr>, mut inputs: Vec<LogicalPlan>) -> Result<Self> {
        let mut expressions = expressions.into_iter();
        let key = self.key.as_ref().and_then(|_| expressions.next());
        match (inputs.pop(), inputs.is_empty()) {
            (Some(input), true) => Self::try_new(input, key, expressions.collect()),
            _ => internal_err!("AggregateOver takes one input"),
        }
    }

    /// Columns that nobody above reads and no aggregate takes need not be kept.
    fn necessary_children_exprs(&self, output_columns: &[usize]) -> Option<Vec<Vec<usize>>> {
        let schema = self.input.schema();
        let width = schema.fields().len();
        let mut needed: Vec<usize> = output_columns.iter().copied().filter(|&i| i < width).collect();
        for expression in self.key.iter().chain(&self.aggregates) {
            for column in expression.column_refs() {
                needed.push(schema.index_of_column(column).ok()?);
            }
        }
        needed.sort_unstable();
        needed.dedup();
        Some(vec![needed])
    }
}

/// Makes the physical operator of an [`AggregateOver`].
#[derive(Debug)]
pub struct AggregateOverPlanner;

#[async_trait]
impl ExtensionPlanner for AggregateOverPlanner {
    async fn plan_extension(
        &self,
        planner: &dyn PhysicalPlanner,
        node: &dyn UserDefinedLogicalNode,
        _logical_inputs: &[&LogicalPlan],
        physical_inputs: &[Arc<dyn ExecutionPlan>],
        state: &dyn Session,
        context: &PhysicalPlanningContext,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        let Some(node) = node.as_any().downcast_ref::<AggregateOver>() else { return Ok(None) };
        let [input] = physical_inputs else { return internal_err!("AggregateOver takes one input") };
        let logical = node.input.schema();
        let aggregates = node
            .aggregates
            .iter()
            .map(|expr| {
                let schema = input.schema();
                let lowered = LoweredAggregateBuilder::new(expr, logical, &schema, state.execution_props(), context).build()?;
                let LoweredAggregate { aggregate, filter, .. } = lowered;
                Ok(Appended { aggregate, filter })
            })
            .collect::<Result<Vec<_>>>()?;
        let key = match &node.key {
            None => None,
            Some(key) => Some(Key::new(planner.create_physical_expr(key, logical, state, context)?, &input.schema())?),
        };
        let schema = Arc::new(node.schema.as_arrow().clone());
        Ok(Some(Arc::new(AggregateOverExec::new(Arc::clone(input), Aggregation { key, aggregates }, schema))))
    }
}

/// The physical operator. The first partition that is asked for rows starts all of them: each reads its input to the end,
/// keeps the rows (in memory, then on disk) and feeds accumulators of its own; these are merged, and every partition gives its
/// rows back with the results appended.
#[derive(Debug)]
pub(crate) struct AggregateOverExec {
    pub(crate) input: Arc<dyn ExecutionPlan>,
    pub(crate) aggregation: Aggregation,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
    collected: Mutex<Option<SharedCollected>>,
}

type SharedCollected = Shared<BoxFuture<'static, Result<Arc<Collected>, Arc<DataFusionError>>>>;

/// What all partitions share once every input has been read.
struct Collected {
    results: Results,
    partitions: Vec<Mutex<Option<Kept>>>,
}

/// The rows of one partition.
struct Kept {
    spilled: Option<SendableRecordBatchStream>,
    batches: Vec<RecordBatch>,
    reservation: MemoryReservation,
}

impl AggregateOverExec {
    pub(crate) fn new(input: Arc<dyn ExecutionPlan>, aggregation: Aggregation, schema: SchemaRef) -> Self {
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&schema)),
            datafusion::physical_expr::Partitioning::UnknownPartitioning(input.properties().partitioning.partition_count()),
            EmissionType::Final,
            Boundedness::Bounded,
        ));
        let (metrics, collected) = (ExecutionPlanMetricsSet::new(), Mutex::new(None));
        Self { input, aggregation, schema, properties, metrics, collected }
    }

    fn collected(&self, context: &Arc<TaskContext>) -> Result<SharedCollected> {
        let Ok(mut slot) = self.collected.lock() else { return internal_err!("AggregateOver was poisoned") };
        if let Some(collected) = slot.as_ref() {
            return Ok(collected.clone());
        }
        let mut tasks = vec![];
        for partition in 0..self.input.properties().partitioning.partition_count() {
            let input = self.input.execute(partition, Arc::clone(context))?;
            let reader = Reader {
                groups: Groups::new(self.aggregation.clone(), context.memory_pool()),
                spill: SpillManager::new(context.runtime_env(), SpillMetrics::new(&self.metrics, partition), self.input.schema()),
                reservation: MemoryConsumer::new(format!("AggregateOver[{partition}]"))
                    .with_can_spill(true)
                    .register(context.memory_pool()),
            };
            tasks.push(datafusion::common::runtime::SpawnedTask::spawn(reader.read(input)));
        }
        let groups = Groups::new(self.aggregation.clone(), context.memory_pool());
        let collected = async move { merge(groups, tasks).await.map(Arc::new).map_err(Arc::new) }.boxed().shared();
        *slot = Some(collected.clone());
        Ok(collected)
    }
}

struct Reader {
    groups: Groups,
    spill: SpillManager,
    reservation: MemoryReservation,
}

/// Bytes of these rows alone: batches are often slices of one large array, which would be counted as often as there are slices.
fn bytes_of(batch: &RecordBatch) -> Result<usize> {
    let bytes = |column: &ArrayRef| Ok(column.to_data().get_slice_memory_size()?);
    batch.columns().iter().map(bytes).sum()
}

impl Reader {
    async fn read(self, mut input: SendableRecordBatchStream) -> Result<(States, Kept)> {
        let Self { mut groups, spill, reservation } = self;
        let mut batches = vec![];
        let mut file = None;
        while let Some(batch) = input.next().await.transpose()? {
            if batch.num_rows() == 0 {
                continue;
            }
            groups.update(&batch)?;
            if reservation.try_grow(bytes_of(&batch)?).is_err() {
                let file = match &mut file {
                    Some(file) => file,
                    none => none.insert(spill.create_in_progress_file("AggregateOver")?),
                };
                for kept in batches.drain(..) {
                    file.append_batch(&kept)?;
                }
                file.append_batch(&batch)?;
                reservation.free();
            } else {
                batches.push(batch);
            }
        }
        let states = groups.into_states()?;
        let file = file.map(|mut file| file.finish()).transpose()?.flatten();
        let spilled = file.map(|file| spill.read_spill_as_stream(file, None)).transpose()?;
        Ok((states, Kept { spilled, batches, reservation }))
    }
}

/// Merges the partitions' states in their order and evaluates the aggregates.
async fn merge(
    mut groups: Groups,
    tasks: Vec<datafusion::common::runtime::SpawnedTask<Result<(States, Kept)>>>,
) -> Result<Collected> {
    let mut partitions = vec![];
    for task in tasks {
        let (states, kept) = task.join_unwind().await.map_err(|e| DataFusionError::ExecutionJoin(Box::new(e)))??;
        groups.merge(states)?;
        partitions.push(Mutex::new(Some(kept)));
    }
    Ok(Collected { results: groups.evaluate().await?, partitions })
}

impl DisplayAs for AggregateOverExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        let Aggregation { key, aggregates } = &self.aggregation;
        let names: Vec<_> = aggregates.iter().map(|a| a.aggregate.name()).collect();
        write!(f, "AggregateOverExec: aggregates=[{}]", names.join(", "))?;
        key.iter().try_for_each(|key| write!(f, ", by={}", key.expr))
    }
}

impl ExecutionPlan for AggregateOverExec {
    fn name(&self) -> &str {
        "AggregateOverExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        let mut recursion = TreeNodeRecursion::Continue;
        let Aggregation { key, aggregates } = &self.aggregation;
        let of_aggregates = aggregates.iter().flat_map(|a| a.aggregate.expressions().into_iter().chain(a.filter.clone()));
        for expr in key.iter().map(|key| Arc::clone(&key.expr)).chain(of_aggregates) {
            recursion = recursion.visit_sibling(|| f(&expr))?;
        }
        Ok(recursion)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        match <[_; 1]>::try_from(children) {
            Ok([input]) => Ok(Arc::new(Self::new(input, self.aggregation.clone(), Arc::clone(&self.schema)))),
            Err(_) => internal_err!("AggregateOverExec takes one input"),
        }
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let collected = self.collected(&context)?;
        let schema = Arc::clone(&self.schema);
        let rows = async move {
            let collected = collected.await.map_err(DataFusionError::Shared)?;
            yield_once().await;
            give_back(&collected, partition, schema)
        };
        let stream = stream::once(rows).try_flatten();
        Ok(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), stream)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }
}

fn give_back(
    collected: &Arc<Collected>,
    partition: usize,
    schema: SchemaRef,
) -> Result<stream::BoxStream<'static, Result<RecordBatch>>> {
    let kept = collected.partitions.get(partition).and_then(|slot| slot.lock().ok()?.take());
    let Some(Kept { spilled, batches, reservation }) = kept else {
        return exec_err!("AggregateOver: partition {partition} was asked for twice");
    };
    let collected = Arc::clone(collected);
    let in_memory = stream::iter(batches.into_iter().map(Ok)).inspect(move |batch: &Result<RecordBatch>| {
        if let Ok(batch) = batch {
            reservation.shrink(bytes_of(batch).unwrap_or_default().min(reservation.size()));
        }
    });
    let on_disk = spilled.map_or_else(|| stream::empty().boxed(), |spilled| spilled.boxed());
    Ok(on_disk.chain(in_memory).map(move |batch| append(&batch?, &collected.results, &schema)).boxed())
}

fn append(batch: &RecordBatch, results: &Results, schema: &SchemaRef) -> Result<RecordBatch> {
    let mut columns = batch.columns().to_vec();
    columns.extend(results.columns_for(batch)?);
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}
