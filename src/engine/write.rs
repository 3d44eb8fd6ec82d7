//! What a client may write: temporary tables and, where the server allows it, tables of the lake.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::MemTable;
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::sqlparser::ast::ObjectName;
use futures::StreamExt;

use super::define::{RelationKind, TEMPORARY_SCHEMA, refuse_duplicates};
use super::error::from_datafusion;
use super::lengths;
use super::outcome::Outcome;
use super::session::Session;
use super::temporary::Temporary;
use crate::catalog::{Changes, Definition, Object, folded};
use crate::error::{Error, Result};

pub struct NewTable {
    pub name: ObjectName,
    pub or_replace: bool,
    pub if_not_exists: bool,
    pub temporary: bool,
}

impl Session {
    pub(super) async fn create_table(&mut self, table: NewTable, plan: &LogicalPlan, text: &str) -> Result<Outcome> {
        refuse_duplicates(plan.schema().fields().iter().map(|field| field.name().as_str()))?;
        let in_temp =
            matches!(table.name.0.as_slice(), [schema, _] if schema.as_ident().is_some_and(|s| folded(s) == TEMPORARY_SCHEMA));
        if table.temporary || in_temp {
            return self.create_temporary(table, plan, vec![], text).await;
        }
        let name = self.new_name(&table.name, "create")?;
        self.shared.catalog.lake().require_write()?;
        self.require_schema(&name.schema).await?;
        if table.or_replace {
            self.require_owner(&name).await?;
        }
        let object = Object::Relation(name.clone());
        let before = match self.relation_kind(&name).await? {
            Some(RelationKind::View) => return self.exists(&name.to_string(), false, ""),
            Some(RelationKind::Table) if !table.or_replace => {
                return self.exists(&name.to_string(), table.if_not_exists, "CREATE TABLE AS");
            }
            _ => self.catalog().definition(&object).await?,
        };
        let (schema, mut batches) = self.rows_to_keep(plan, text).await?;
        let mut publication = self.shared.catalog.lake().begin_version(&name, Arc::clone(&schema))?;
        while let Some(batch) = batches.next().await.transpose()? {
            publication.write(&storable_batch(&batch, &schema)?).await?;
        }
        let written = publication.finish().await?;
        let rows = written.rows();
        let mut changes = Changes::clone(&self.changes);
        changes.put(object, before, Some(Definition::Table(written)));
        self.change(changes).await?;
        Ok(Outcome::Done(format!("SELECT {rows}")))
    }

    /// A temporary table with the rows of a plan. `lengths` are those of its columns, as far as they have one.
    pub(super) async fn create_temporary(
        &mut self,
        table: NewTable,
        plan: &LogicalPlan,
        lengths: Vec<Option<String>>,
        text: &str,
    ) -> Result<Outcome> {
        let name = table.name.0.last().and_then(|part| part.as_ident()).map(folded).unwrap_or_default();
        if self.temporary_views.contains_key(&name) || (self.temporary.contains_key(&name) && !table.or_replace) {
            return self.exists(&name, table.if_not_exists, "CREATE TABLE AS");
        }
        let (schema, mut batches) = self.rows_to_keep(plan, text).await?;
        let schema = lengths::with_lengths(&schema, lengths);
        let pool = &self.state.runtime_env().memory_pool;
        let reservation = MemoryConsumer::new(format!("temporary table {name}")).register(pool);
        let mut kept = vec![];
        while let Some(batch) = batches.next().await.transpose()? {
            reservation.try_grow(batch.get_array_memory_size()).map_err(|error| from_datafusion(error, text))?;
            kept.push(storable_batch(&batch, &schema)?);
        }
        let rows: usize = kept.iter().map(RecordBatch::num_rows).sum();
        let table = MemTable::try_new(schema, vec![kept]).map_err(|error| from_datafusion(error, text))?;
        self.temporary.insert(name, Arc::new(Temporary::new(table, reservation)));
        Ok(Outcome::Done(format!("SELECT {rows}")))
    }

    async fn rows_to_keep(
        &self,
        plan: &LogicalPlan,
        text: &str,
    ) -> Result<(SchemaRef, futures::stream::BoxStream<'static, Result<RecordBatch>>)> {
        let (schema, batches) = self.rows(plan, text).await?;
        Ok((storable(&schema), batches))
    }
}

/// A column without a type (`SELECT NULL`) is stored as text, and no column promises to have no NULLs.
fn storable(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let data_type = if field.data_type().is_null() { DataType::Utf8View } else { field.data_type().clone() };
        Field::new(field.name(), data_type, true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// The rows with the types of a table's columns, and no longer than those allow.
pub(super) fn storable_batch(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = batch.columns().iter().zip(schema.fields()).map(|(column, field)| cast(column, field.data_type()));
    let batch = columns.collect::<std::result::Result<Vec<_>, _>>().and_then(|c| RecordBatch::try_new(Arc::clone(schema), c));
    let batch = batch.map_err(|error| Error::internal(error.to_string()))?;
    lengths::within(batch)
}
