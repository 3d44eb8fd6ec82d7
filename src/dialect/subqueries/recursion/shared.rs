//! The rows of the step before, read in several places of a recursive term. The engine lets one place read them, and takes them away; where
//! a sub-query that reads the recursive query's columns became a join, there are two or more. All of them read here what the first one
//! collected.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::ConfigOptions;
use datafusion::common::internal_err;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::datasource::cte_worktable::CteWorkTable;
use datafusion::datasource::{provider_as_source, source_as_provider};
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{Expr, LogicalPlan, RecursiveQuery, TableType};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties, SendableRecordBatchStream, collect,
};
use futures::stream::{self, StreamExt, TryStreamExt};
use tokio::sync::OnceCell;

/// What the recursive term of a query was planned to read; `None` if it does not read itself.
pub fn schema(query: &RecursiveQuery) -> Result<Option<SchemaRef>> {
    let mut found = None;
    query.recursive_term.apply(|node| {
        if let Some(table) = work_table(node, &query.name) {
            found = Some(table.schema());
        }
        Ok(if found.is_some() { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })?;
    Ok(found)
}

fn work_table(node: &LogicalPlan, name: &str) -> Option<Arc<dyn TableProvider>> {
    let LogicalPlan::TableScan(scan) = node else { return None };
    let provider = source_as_provider(&scan.source).ok()?;
    provider.downcast_ref::<CteWorkTable>().is_some_and(|table| table.name() == name).then_some(provider)
}

/// The recursive term of this name, which may read the step before in several places.
pub fn shared(term: Arc<LogicalPlan>, name: &str) -> Result<Arc<LogicalPlan>> {
    let mut places = 0;
    term.apply(|node| {
        places += usize::from(work_table(node, name).is_some());
        Ok(TreeNodeRecursion::Continue)
    })?;
    if places < 2 {
        return Ok(term);
    }
    let term_of = Arc::new(Term);
    let changed = Arc::unwrap_or_clone(term).transform_up(|node| {
        let (Some(table), LogicalPlan::TableScan(mut scan)) = (work_table(&node, name), node.clone()) else {
            return Ok(Transformed::no(node));
        };
        scan.source = provider_as_source(Arc::new(SharedTable { table, term: Arc::clone(&term_of) }));
        Ok(Transformed::yes(LogicalPlan::TableScan(scan)))
    })?;
    Ok(Arc::new(changed.data))
}

/// A recursive term, known by its place in memory.
#[derive(Debug)]
struct Term;

/// The table of the step before, in one of several places of a term.
#[derive(Debug)]
struct SharedTable {
    table: Arc<dyn TableProvider>,
    term: Arc<Term>,
}

#[async_trait]
impl TableProvider for SharedTable {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let rows =
            Arc::new(Rows { read: Mutex::new(self.table.scan(state, None, &[], None).await?), collected: Mutex::default() });
        let schema = match projection {
            Some(columns) => Arc::new(self.schema().project(columns)?),
            None => self.schema(),
        };
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        let (term, projection) = (Arc::clone(&self.term), projection.cloned());
        Ok(Arc::new(SharedExec { term, rows, leads: false, projection, properties: Arc::new(properties) }))
    }
}

type Collected = Arc<OnceCell<Vec<RecordBatch>>>;

/// The rows of a step.
#[derive(Debug)]
struct Rows {
    /// The engine's own plan, which gives them once.
    read: Mutex<Arc<dyn ExecutionPlan>>,
    collected: Mutex<Collected>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone, Debug)]
struct SharedExec {
    term: Arc<Term>,
    rows: Arc<Rows>,
    /// Whether it is the place that the engine gives the rows to.
    leads: bool,
    projection: Option<Vec<usize>>,
    properties: Arc<PlanProperties>,
}

impl DisplayAs for SharedExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "SharedWorkTableExec")
    }
}

impl ExecutionPlan for SharedExec {
    fn name(&self) -> &str {
        "SharedWorkTableExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    /// The engine gives the table to one place only, and calls it a mistake where two take it.
    fn with_new_state(&self, state: Arc<dyn Any + Send + Sync>) -> Option<Arc<dyn ExecutionPlan>> {
        if !self.leads {
            return None;
        }
        let mut read = locked(&self.rows.read);
        *read = read.with_new_state(state)?;
        Some(Arc::new(self.clone()))
    }

    /// All places are reset before the next step, and none is read between.
    fn reset_state(self: Arc<Self>) -> Result<Arc<dyn ExecutionPlan>> {
        *locked(&self.rows.collected) = Collected::default();
        Ok(self)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        if partition != 0 {
            return internal_err!("the rows of a step have one partition");
        }
        let (read, collected) = (Arc::clone(&locked(&self.rows.read)), Arc::clone(&locked(&self.rows.collected)));
        let projection = self.projection.clone();
        let batches = async move {
            let batches = collected.get_or_try_init(|| collect(read, context)).await?.clone();
            let projected = batches.into_iter().map(move |batch| match &projection {
                Some(columns) => Ok(batch.project(columns)?),
                None => Ok(batch),
            });
            Ok::<_, datafusion::error::DataFusionError>(stream::iter(projected))
        };
        let batches = stream::once(batches).try_flatten().boxed();
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), batches)))
    }
}

/// Brings the places of one term together, each time that it is planned.
#[derive(Debug)]
pub struct Shared;

impl PhysicalOptimizerRule for Shared {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let mut of_terms: HashMap<usize, Arc<Rows>> = HashMap::new();
        let shared = plan.transform_up(|node| {
            let Some(place) = node.downcast_ref::<SharedExec>() else { return Ok(Transformed::no(node)) };
            let term = Arc::as_ptr(&place.term).addr();
            let leads = !of_terms.contains_key(&term);
            let rows = Arc::clone(of_terms.entry(term).or_insert_with(|| Arc::clone(&place.rows)));
            let place: Arc<dyn ExecutionPlan> = Arc::new(SharedExec { rows, leads, ..place.clone() });
            Ok(Transformed::yes(place))
        })?;
        Ok(shared.data)
    }

    fn name(&self) -> &str {
        "shared_work_tables"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
