//! Stopping a plan at once. A cancelled statement drops its stream; the runtime then stops the plan's tasks where they next wait.
//! Joins may compute for minutes between two such places, so they get more of them; what links records keeps all threads busy too, and so do searches for
//! models.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Result, exec_datafusion_err, exec_err, internal_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::ColumnarValue;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::common::spawn_buffered;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::joins::utils::JoinFilter;
use datafusion::physical_plan::joins::{
    CrossJoinExec, HashJoinExec, NestedLoopJoinExec, NestedLoopJoinExecBuilder, SortMergeJoinExec,
};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion_functions_customer::stopped::StopOnDrop;
use futures::StreamExt;
use tokio::runtime::Runtime;

use super::stop_scope::{StopScopeExec, is_search};

/// Batches between a plan that runs on other threads and its reader.
const BATCHES_AHEAD: usize = 2;

/// A plan that runs. It stops when its rows are dropped.
pub struct Running {
    /// What runs: the plan with places to stop.
    pub plan: Arc<dyn ExecutionPlan>,
    pub rows: SendableRecordBatchStream,
}

/// The operator that links records of people.
const LINKS_RECORDS: &str = "LinkRecordsExec";

/// Where plans run that keep all threads busy: the server still hears its clients, and the time.
static BUSY_THREADS: LazyLock<std::io::Result<Runtime>> = LazyLock::new(crate::runtime::new);

/// Starts a plan.
pub fn start(plan: Arc<dyn ExecutionPlan>, context: Arc<TaskContext>) -> Result<Running> {
    let stop = StopOnDrop::default();
    let Transformed { data: plan, transformed: is_busy, .. } = interruptible(plan, &stop)?;
    if !is_busy {
        return Ok(Running { rows: execute_stream(Arc::clone(&plan), context)?, plan });
    }
    let threads = BUSY_THREADS.as_ref().map_err(|error| exec_datafusion_err!("no thread can be started: {error}"))?;
    let _inside = threads.enter();
    let rows = spawn_buffered(execute_stream(Arc::clone(&plan), context)?, BATCHES_AHEAD);
    let schema = rows.schema();
    let rows = Box::pin(RecordBatchStreamAdapter::new(schema, rows.inspect(move |_| _ = &stop)));
    Ok(Running { plan, rows })
}

/// The plan with places to stop, transformed where it keeps threads busy: after each batch that a join gives, and before each evaluation of the condition of
/// a join by nested loops or by hash, which may hold for no row for long.
fn interruptible(plan: Arc<dyn ExecutionPlan>, stop: &StopOnDrop) -> Result<Transformed<Arc<dyn ExecutionPlan>>> {
    plan.transform_up(|node| {
        let node = if let Some(join) = node.downcast_ref::<NestedLoopJoinExec>() {
            Arc::new(NestedLoopJoinExecBuilder::from(join).with_filter(checked(join.filter(), stop)).build()?)
        } else if let Some(join) = node.downcast_ref::<HashJoinExec>() {
            join.builder().with_filter(checked(join.filter(), stop)).build_exec()?
        } else if node.is::<CrossJoinExec>() || node.is::<SortMergeJoinExec>() {
            node
        } else if node.name() == LINKS_RECORDS {
            return Ok(Transformed::yes(node));
        } else if is_search(node.as_ref()) {
            let scope = StopScopeExec::new(node, Arc::clone(&stop.0));
            return Ok(Transformed::yes(Arc::new(scope) as Arc<dyn ExecutionPlan>));
        } else {
            return Ok(Transformed::no(node));
        };
        Ok(Transformed::yes(Arc::new(CooperativeExec::new(node)) as Arc<dyn ExecutionPlan>))
    })
}

fn checked(filter: Option<&JoinFilter>, stop: &StopOnDrop) -> Option<JoinFilter> {
    let filter = filter?;
    let expression = Checked { inner: Arc::clone(filter.expression()), stopped: Arc::clone(&stop.0) };
    Some(JoinFilter::new(Arc::new(expression), filter.column_indices().to_vec(), Arc::clone(filter.schema())))
}

/// A condition that is an error once its statement has been stopped.
#[derive(Debug)]
struct Checked {
    inner: Arc<dyn PhysicalExpr>,
    stopped: Arc<AtomicBool>,
}

impl PartialEq for Checked {
    fn eq(&self, other: &Self) -> bool {
        self.inner.eq(&other.inner) && Arc::ptr_eq(&self.stopped, &other.stopped)
    }
}

impl Eq for Checked {}

impl Hash for Checked {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.inner.hash(state);
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl PhysicalExpr for Checked {
    fn data_type(&self, input: &Schema) -> Result<DataType> {
        self.inner.data_type(input)
    }

    fn nullable(&self, input: &Schema) -> Result<bool> {
        self.inner.nullable(input)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        if self.stopped.load(Ordering::Relaxed) {
            return exec_err!("the statement was stopped");
        }
        self.inner.evaluate(batch)
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        vec![&self.inner]
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn PhysicalExpr>>) -> Result<Arc<dyn PhysicalExpr>> {
        match <[_; 1]>::try_from(children) {
            Ok([inner]) => Ok(Arc::new(Self { inner, stopped: Arc::clone(&self.stopped) })),
            Err(_) => internal_err!("a checked condition has one child"),
        }
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.inner.fmt_sql(f)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use datafusion::prelude::{SessionConfig, SessionContext};

    /// The flag of the join of a plan.
    fn flag(plan: &Arc<dyn ExecutionPlan>) -> Option<Arc<AtomicBool>> {
        let checked =
            plan.downcast_ref::<NestedLoopJoinExec>().and_then(|join| join.filter()?.expression().downcast_ref::<Checked>());
        checked.map(|checked| Arc::clone(&checked.stopped)).or_else(|| plan.children().into_iter().find_map(flag))
    }

    /// Each batch of one side meets all rows of the other: half a minute, if nothing stops it.
    async fn stops(condition: &str) {
        let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
        let numbers = "(SELECT unnest(range(0, 2000000)) AS x)";
        let sql = format!("SELECT count(*) FROM {numbers} AS a, {numbers} AS b WHERE {condition}");
        let plan = context.sql(&sql).await.expect("a query").create_physical_plan().await.expect("a plan");
        let Running { plan, mut rows } = start(plan, context.task_ctx()).expect("it starts");
        let held_while_running = flag(&plan).expect("a nested loop");
        drop(plan);
        let waited = tokio::time::timeout(Duration::from_millis(500), rows.next()).await;
        assert!(waited.is_err(), "it ended too early for this test");
        drop(rows);
        let since = Instant::now();
        while Arc::strong_count(&held_while_running) > 1 {
            assert!(since.elapsed() < Duration::from_secs(5), "it went on");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    #[tokio::test]
    async fn a_nested_loop_that_gives_nothing_stops() {
        stops("a.x * b.x = -1").await;
    }

    #[tokio::test]
    async fn a_nested_loop_that_gives_everything_stops() {
        stops("a.x * b.x <> -1").await;
    }
}
