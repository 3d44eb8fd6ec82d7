//! The rows of a plan, as a client sees them.

use std::sync::Arc;

use datafusion::arrow::datatypes::{FieldRef, Schema, SchemaRef};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::constants;
use super::error::from_datafusion;
use super::interrupt;
use super::outcome::{Outcome, RowsTag};
use super::registered;
use super::session::Session;
use super::zones::{self, Batches};
use crate::catalog::pg::output_name;
use crate::dialect;
use crate::error::Result;

impl Session {
    pub(super) async fn physical(&self, plan: &LogicalPlan, text: &str) -> Result<Arc<dyn ExecutionPlan>> {
        let batch_rows = self.shared.config.engine.batch_rows;
        let optimised = crate::runtime::blocking(text.len(), || {
            let plan = dialect::after_all(self.state.optimize(plan)?)?;
            super::weight::check_literals(&plan, batch_rows).map(|()| plan)
        });
        let physical = async { self.state.query_planner().create_physical_plan(&optimised?, &self.state).await };
        physical.await.map_err(|error| from_datafusion(error, text))
    }

    /// The rows of a plan as a client sees them. Dropping the stream stops the plan.
    pub(super) async fn stream(&self, plan: &LogicalPlan, text: &str) -> Result<Outcome> {
        let (schema, batches) = self.rows(plan, text).await?;
        let (schema, batches) = registered::shown_in(&self.catalogs, schema, batches);
        Ok(Outcome::Rows { schema, batches, tag: RowsTag::Select })
    }

    /// The rows of a plan.
    pub(super) async fn rows(&self, plan: &LogicalPlan, text: &str) -> Result<(SchemaRef, Batches)> {
        let shown = result_schema(plan);
        let constant = constants::row(plan).map_err(|error| from_datafusion(error, text))?;
        let (schema, batches) = match constant {
            Some(row) => (as_held(&shown, row.schema_ref()), stream::iter([Ok(row)]).boxed()),
            None => {
                let physical = self.physical(plan, text).await?;
                let schema = as_held(&shown, &physical.schema());
                let running = interrupt::start(physical, self.state.task_ctx()).map_err(|error| from_datafusion(error, text))?;
                self.runs(&running.plan);
                // Others see how far the plan is for as long as it gives rows.
                let rows = running.rows.inspect(move |_| _ = &running.plan);
                (schema, rows.map_err(|error| from_datafusion(error, "")).boxed())
            }
        };
        let batches = self.limit_rows(batches);
        Ok(zones::shown_in(&self.settings.zone(), schema, batches))
    }
}

/// The columns of a plan as the client sees them: names may repeat.
pub(super) fn result_schema(plan: &LogicalPlan) -> SchemaRef {
    let schema = plan.schema().as_arrow();
    let fields = schema.fields().iter().map(|field| field.as_ref().clone().with_name(output_name(field.name())));
    Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone()))
}

/// The columns as the client sees them, with the types that the rows will have: what the optimiser knows of constants may make the scale
/// of a number smaller than it was described.
fn as_held(shown: &Schema, held: &Schema) -> SchemaRef {
    let field = |(shown, held): (&FieldRef, &FieldRef)| shown.as_ref().clone().with_data_type(held.data_type().clone());
    let fields = shown.fields().iter().zip(held.fields()).map(field).collect::<Vec<_>>();
    Arc::new(Schema::new_with_metadata(fields, shown.metadata().clone()))
}
