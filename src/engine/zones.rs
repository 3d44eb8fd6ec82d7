//! Timestamps with time zone are shown in the session's zone. The moment stays the same; only the label of the column changes.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef};
use futures::StreamExt;
use futures::stream::BoxStream;

use crate::error::{Error, Result};

type Batches = BoxStream<'static, Result<RecordBatch>>;

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

/// The field with its timestamps in the zone, also those within lists; `None` if nothing changes.
fn relabelled(field: &FieldRef, zone: &Arc<str>) -> Option<FieldRef> {
    let data_type = match field.data_type() {
        DataType::Timestamp(unit, Some(now)) if now != zone => DataType::Timestamp(*unit, Some(Arc::clone(zone))),
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
