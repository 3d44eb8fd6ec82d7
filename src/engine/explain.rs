//! `EXPLAIN`, and rows that the engine itself has made.

use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::display::DisplayableExecutionPlan;
use futures::{StreamExt, TryStreamExt, stream};

use super::error::from_datafusion;
use super::interrupt::{self, Running};
use super::outcome::{Outcome, RowsTag};
use super::protected;
use super::session::Session;
use crate::error::{Error, Result};

impl Session {
    pub(super) async fn explain(&self, plan: &LogicalPlan, analyze: bool, verbose: bool, text: &str) -> Result<Outcome> {
        let mut physical = self.physical(plan, text).await?;
        let shown = |plan: &Arc<dyn ExecutionPlan>| protected::shown(plan).map_err(|error| from_datafusion(error, text));
        let mut lines = String::new();
        if verbose {
            let optimised = self.state.optimize(plan).map_err(|error| from_datafusion(error, text))?;
            lines = format!("{}\n", optimised.display_indent());
        }
        if analyze {
            let started = interrupt::start(physical, self.state.task_ctx()).map_err(|e| from_datafusion(e, text))?;
            let Running { plan: ran, rows } = started;
            physical = ran;
            rows.try_for_each(|_| async { Ok::<_, DataFusionError>(()) }).await.map_err(|e| from_datafusion(e, text))?;
            lines.push_str(&DisplayableExecutionPlan::with_metrics(shown(&physical)?.as_ref()).indent(verbose).to_string());
        } else {
            lines.push_str(&DisplayableExecutionPlan::new(shown(&physical)?.as_ref()).indent(verbose).to_string());
        }
        text_rows("QUERY PLAN", lines.lines().map(str::to_string).collect(), RowsTag::Fixed("EXPLAIN"))
    }
}

pub(super) fn settings_schema() -> SchemaRef {
    Arc::new(Schema::new(["name", "setting", "description"].map(|name| Field::new(name, DataType::Utf8, true)).to_vec()))
}

pub(super) fn text_rows(name: &str, lines: Vec<String>, tag: RowsTag) -> Result<Outcome> {
    rows_of(text_schema(name), vec![Arc::new(StringArray::from(lines))], tag)
}

pub(super) fn rows_of(
    schema: SchemaRef,
    columns: Vec<Arc<dyn datafusion::arrow::array::Array>>,
    tag: RowsTag,
) -> Result<Outcome> {
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(|error| Error::internal(error.to_string()))?;
    Ok(Outcome::Rows { schema, batches: stream::once(async { Ok(batch) }).boxed(), tag })
}

pub(super) fn text_schema(name: &str) -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new(name, DataType::Utf8, true)]))
}
