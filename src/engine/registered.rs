//! Registered objects – `regclass`, `regtype`, `regproc` … – in results. Plans hold their OIDs, which join and compare; a client reads
//! names in text and OIDs in binary, so a result has both.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, StructArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef, UInt32Type};
use futures::StreamExt;

use super::zones::Batches;
use crate::catalog::pg::types::PG_TYPE_KEY;
use crate::catalog::pg::{PgCatalog, REGISTERED, registered_names};
use crate::error::{Error, Result};

/// The columns and rows with the names of registered objects beside their OIDs.
pub(super) fn shown_in(catalog: &Arc<PgCatalog>, schema: SchemaRef, batches: Batches) -> (SchemaRef, Batches) {
    let types: Vec<Option<String>> = schema.fields().iter().map(registered_type).collect();
    if types.iter().all(Option::is_none) {
        return (schema, batches);
    }
    let field = |(field, registered): (&FieldRef, &Option<String>)| match registered {
        Some(_) => Arc::new(field.as_ref().clone().with_data_type(DataType::Struct(parts())).with_nullable(true)),
        None => Arc::clone(field),
    };
    let fields: Vec<FieldRef> = schema.fields().iter().zip(&types).map(field).collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
    let catalog = Arc::clone(catalog);
    (Arc::clone(&schema), batches.map(move |batch| named(&batch?, &types, &schema, &catalog)).boxed())
}

fn registered_type(field: &FieldRef) -> Option<String> {
    let name = field.metadata().get(PG_TYPE_KEY).filter(|name| REGISTERED.contains(&name.as_str()));
    name.filter(|_| field.data_type() == &DataType::UInt32).cloned()
}

/// The form in which `cilake_wire` takes an OID with its name.
fn parts() -> datafusion::arrow::datatypes::Fields {
    vec![Field::new("oid", DataType::UInt32, true), Field::new("name", DataType::Utf8, true)].into()
}

fn named(batch: &RecordBatch, types: &[Option<String>], schema: &SchemaRef, catalog: &PgCatalog) -> Result<RecordBatch> {
    let columns = batch.columns().iter().zip(types).map(|(column, registered)| -> ArrayRef {
        match (registered, column.as_primitive_opt::<UInt32Type>()) {
            (Some(registered), Some(oids)) => {
                let names: StringArray = registered_names(catalog, registered, oids.iter()).collect();
                let columns: Vec<ArrayRef> = vec![Arc::clone(column), Arc::new(names)];
                Arc::new(StructArray::new(parts(), columns, column.nulls().cloned()))
            }
            _ => Arc::clone(column),
        }
    });
    let columns: Vec<ArrayRef> = columns.collect();
    // What the plan promises of NULLs is not always what its description said.
    let field = |(field, column): (&FieldRef, &ArrayRef)| {
        field.as_ref().clone().with_data_type(column.data_type().clone()).with_nullable(true)
    };
    let fields: Vec<_> = schema.fields().iter().zip(&columns).map(field).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|error| Error::internal(error.to_string()))
}
