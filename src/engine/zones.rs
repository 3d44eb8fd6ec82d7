//! Timestamps with time zone are moments. What a statement makes of them – days, hours, texts – it makes in the session's zone, and they
//! are shown in it; the zone that a file was written with means nothing. The moment stays the same: only the label of a column changes.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef};
use datafusion::common::{Result as PlanResult, TableReference};
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, TableSource, cast as to_type};
use futures::StreamExt;
use futures::stream::BoxStream;

use super::session::Session;
use crate::error::{Error, Result};

impl Session {
    /// Has the functions of the moment, such as `now()`, speak of the session's zone.
    pub(super) fn follow_zone(&mut self) {
        let zone = self.settings.zone();
        if self.state.config_options().execution.time_zone.as_ref() == Some(&zone) {
            return;
        }
        self.state.config_mut().options_mut().execution.time_zone = Some(zone);
        let options = Arc::clone(self.state.config_options());
        let renewed =
            self.state.scalar_functions().values().filter_map(|function| function.inner().with_updated_config(&options));
        for function in renewed.map(Arc::new).collect::<Vec<_>>() {
            // A state that takes no function does not exist: registering replaces what has the name.
            if let Err(error) = self.state.register_udf(function) {
                tracing::error!(%error, "a function does not follow the time zone");
            }
        }
    }

    /// A table whose moments are in the session's zone.
    pub(super) fn in_zone(&self, name: &TableReference, source: Arc<dyn TableSource>) -> PlanResult<Arc<dyn TableSource>> {
        let zone: Arc<str> = self.settings.zone().into();
        let fields: Vec<_> = source.schema().fields().iter().map(|field| relabelled(field, &zone)).collect();
        if fields.iter().all(Option::is_none) {
            return Ok(source);
        }
        let scan = LogicalPlanBuilder::scan(name.clone(), source, None)?;
        let columns = scan.schema().columns().into_iter().zip(fields).map(|(column, field)| {
            let (plain, name) = (Expr::Column(column.clone()), column.name);
            field.map_or(plain.clone(), |field| to_type(plain, field.data_type().clone()).alias(name))
        });
        let columns: Vec<Expr> = columns.collect();
        Ok(provider_as_source(Arc::new(ViewTable::new(scan.project(columns)?.build()?, None))))
    }
}

pub(super) type Batches = BoxStream<'static, Result<RecordBatch>>;

/// The columns and rows with their timestamps in the zone.
pub(super) fn shown_in(zone: &str, schema: SchemaRef, batches: Batches) -> (SchemaRef, Batches) {
    let zone: Arc<str> = zone.into();
    let fields: Vec<_> = schema.fields().iter().map(|field| relabelled(field, &zone)).collect();
    if fields.iter().all(Option::is_none) {
        return (schema, batches);
    }
    let types: Vec<Option<DataType>> = fields.iter().map(|field| field.as_ref().map(|field| field.data_type().clone())).collect();
    let fields: Vec<FieldRef> =
        fields.into_iter().zip(schema.fields()).map(|(field, before)| field.unwrap_or_else(|| Arc::clone(before))).collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
    let target = Arc::clone(&schema);
    let batches = batches.map(move |batch| relabel(&batch?, &types, &target)).boxed();
    (schema, batches)
}

/// Whether two names mean the same zone, as far as names tell.
fn same(one: &str, other: &str) -> bool {
    let is_utc = |name: &str| ["UTC", "Etc/UTC", "+00:00", "Z"].contains(&name);
    one == other || (is_utc(one) && is_utc(other))
}

/// The field with its timestamps in the zone, also those within lists; `None` if nothing changes.
fn relabelled(field: &FieldRef, zone: &Arc<str>) -> Option<FieldRef> {
    let data_type = match field.data_type() {
        DataType::Timestamp(unit, Some(now)) if !same(now, zone) => DataType::Timestamp(*unit, Some(Arc::clone(zone))),
        DataType::List(element) => DataType::List(relabelled(element, zone)?),
        DataType::LargeList(element) => DataType::LargeList(relabelled(element, zone)?),
        _ => return None,
    };
    Some(Arc::new(field.as_ref().clone().with_data_type(data_type)))
}

fn relabel(batch: &RecordBatch, types: &[Option<DataType>], schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = batch.columns().iter().zip(types).map(|(column, target)| match target {
        Some(target) => cast(column, target),
        None => Ok(Arc::clone(column)),
    });
    let batch = columns.collect::<std::result::Result<Vec<_>, _>>().and_then(|columns| {
        // What the plan promises of NULLs is not always what its description said.
        let field = |(field, column): (&FieldRef, &ArrayRef)| {
            field.as_ref().clone().with_data_type(column.data_type().clone()).with_nullable(true)
        };
        let fields: Vec<_> = schema.fields().iter().zip(&columns).map(field).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
    });
    batch.map_err(|error| Error::internal(error.to_string()))
}
