//! Aggregates that search for long once they have seen their rows: models of customers. They run where they may keep threads busy, and look now and
//! then whether their statement still waits.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::task::{Context, Poll};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, internal_err};
use datafusion::execution::{RecordBatchStream, SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::window::{PlainAggregateWindowExpr, SlidingAggregateWindowExpr, WindowExpr};
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::windows::{BoundedWindowAggExec, WindowAggExec};
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use datafusion_functions_customer::aggregate::searches;
use datafusion_functions_customer::stopped::scoped;
use futures::{Stream, StreamExt};

/// The operator that computes aggregates over all rows, and shows no name of them.
const APPENDING: &str = "AggregateOverExec";

/// Whether an operator computes an aggregate that searches.
pub fn is_search(node: &dyn ExecutionPlan) -> bool {
    if let Some(aggregate) = node.downcast_ref::<AggregateExec>() {
        return aggregate.aggr_expr().iter().any(|call| searches(call.fun().name()));
    }
    let windows = |calls: &[Arc<dyn WindowExpr>]| calls.iter().any(|call| is_searching_window(call.as_ref()));
    if let Some(window) = node.downcast_ref::<WindowAggExec>() {
        return windows(window.window_expr());
    }
    if let Some(window) = node.downcast_ref::<BoundedWindowAggExec>() {
        return windows(window.window_expr());
    }
    node.name() == APPENDING
}

fn is_searching_window(call: &dyn WindowExpr) -> bool {
    let plain = call.as_any().downcast_ref::<PlainAggregateWindowExpr>().map(PlainAggregateWindowExpr::get_aggregate_expr);
    let sliding =
        || call.as_any().downcast_ref::<SlidingAggregateWindowExpr>().map(SlidingAggregateWindowExpr::get_aggregate_expr);
    plain.or_else(sliding).is_some_and(|aggregate| searches(aggregate.fun().name()))
}

/// An operator whose work sees the flag of its statement.
#[derive(Debug)]
pub struct StopScopeExec {
    input: Arc<dyn ExecutionPlan>,
    flag: Arc<AtomicBool>,
}

impl StopScopeExec {
    pub fn new(input: Arc<dyn ExecutionPlan>, flag: Arc<AtomicBool>) -> Self {
        Self { input, flag }
    }
}

impl DisplayAs for StopScopeExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl ExecutionPlan for StopScopeExec {
    fn name(&self) -> &str {
        "StopScopeExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        match <[_; 1]>::try_from(children) {
            Ok([input]) => Ok(Arc::new(Self { input, flag: Arc::clone(&self.flag) })),
            Err(_) => internal_err!("StopScopeExec has one child"),
        }
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let rows = self.input.execute(partition, context)?;
        Ok(Box::pin(Scoped { rows, flag: Arc::clone(&self.flag) }))
    }
}

struct Scoped {
    rows: SendableRecordBatchStream,
    flag: Arc<AtomicBool>,
}

impl Stream for Scoped {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { rows, flag } = &mut *self;
        scoped(flag, || rows.poll_next_unpin(context))
    }
}

impl RecordBatchStream for Scoped {
    fn schema(&self) -> SchemaRef {
        self.rows.schema()
    }
}
