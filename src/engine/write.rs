//! What a client may create and drop: views, temporary tables and, where the server allows it, tables of the lake.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::MemTable;
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::sqlparser::ast::{Ident, ObjectName, Query, Statement as Ast};
use futures::StreamExt;

use super::error::from_datafusion;
use super::session::{Outcome, Session};
use crate::catalog::pg::output_name;
use crate::catalog::{View, folded, table_name};
use crate::error::{Error, Result, SqlState};
use crate::lake::{LakeError, PublishMode, TableName};

pub struct NewView {
    pub name: ObjectName,
    pub query: Box<Query>,
    pub columns: Vec<Ident>,
    pub or_replace: bool,
    pub if_not_exists: bool,
    pub temporary: bool,
}

pub struct NewTable {
    pub name: ObjectName,
    pub or_replace: bool,
    pub if_not_exists: bool,
    pub temporary: bool,
}

impl Session {
    /// Where a name without schema goes: the first schema of the search path that is not the user's own.
    fn new_name(&self, name: &ObjectName, command: &str) -> Result<TableName> {
        let path = self.settings.search_path();
        let user = self.settings.get("session_authorization").unwrap_or_default();
        let schema = path.iter().find(|schema| *schema != user).map_or("public", String::as_str);
        let name = table_name(name, schema)?;
        if ["pg_catalog", "information_schema", super::system::SCHEMA].contains(&name.schema.as_str()) {
            let message = format!("permission denied to {command} \"{name}\": system schema");
            return Err(Error::new(SqlState::INSUFFICIENT_PRIVILEGE, message));
        }
        Ok(name)
    }

    pub(super) async fn create_view(&mut self, view: NewView, text: &str) -> Result<Outcome> {
        if view.temporary {
            return Err(Error::unsupported("temporary views are not supported").hint("Use CREATE VIEW or CREATE TEMP TABLE … AS"));
        }
        let plan = self.plan(Ast::Query(view.query.clone()), text).await?;
        let columns: Vec<String> = view.columns.iter().map(folded).collect();
        if columns.len() > plan.schema().fields().len() {
            return Err(Error::new(SqlState::SYNTAX_ERROR, "CREATE VIEW specifies more column names than columns"));
        }
        let unnamed = plan.schema().fields().iter().skip(columns.len()).map(|field| field.name().as_str());
        refuse_duplicates(columns.iter().map(String::as_str).chain(unnamed))?;
        let name = self.new_name(&view.name, "create")?;
        let path = self.settings.search_path();
        let new = View { name: name.clone(), query: view.query, columns, path, comment: None, text_bytes: text.len() };
        if !self.shared.catalog.create_view(new, view.or_replace).await? {
            return self.exists(&name.to_string(), view.if_not_exists, "CREATE VIEW");
        }
        Ok(Outcome::Done("CREATE VIEW".into()))
    }

    fn exists(&mut self, name: &str, accepted: bool, tag: &str) -> Result<Outcome> {
        let message = format!("relation \"{name}\" already exists");
        if accepted {
            self.notice("42P07", &format!("{message}, skipping"));
            return Ok(Outcome::Done(tag.into()));
        }
        Err(Error::new(SqlState::DUPLICATE_TABLE, message))
    }

    pub(super) async fn drop_views(&mut self, names: &[ObjectName], if_exists: bool) -> Result<Outcome> {
        for name in names {
            let is_temporary =
                matches!(name.0.as_slice(), [name] if name.as_ident().is_some_and(|n| self.temporary.contains_key(&folded(n))));
            let name = self.new_name(name, "drop")?;
            if !self.shared.catalog.drop_view(&name).await? {
                if is_temporary || self.shared.catalog.lake().table(&name).await?.is_some() {
                    return Err(wrong_kind(&name, "view", "Use DROP TABLE to remove a table"));
                }
                self.missing("view", &name.to_string(), if_exists)?;
            }
        }
        Ok(Outcome::Done("DROP VIEW".into()))
    }

    fn missing(&mut self, kind: &str, name: &str, accepted: bool) -> Result<()> {
        let message = format!("{kind} \"{name}\" does not exist");
        if !accepted {
            return Err(Error::new(SqlState::UNDEFINED_TABLE, message));
        }
        self.notice("00000", &format!("{message}, skipping"));
        Ok(())
    }

    pub(super) async fn create_table(&mut self, table: NewTable, plan: &LogicalPlan, text: &str) -> Result<Outcome> {
        refuse_duplicates(plan.schema().fields().iter().map(|field| field.name().as_str()))?;
        let in_temp = matches!(table.name.0.as_slice(), [schema, _] if schema.as_ident().is_some_and(|s| folded(s) == "pg_temp"));
        if table.temporary || in_temp {
            return self.create_temporary(table, plan, text).await;
        }
        let name = self.new_name(&table.name, "create")?;
        if self.shared.catalog.views().await?.contains_key(&name) {
            return self.exists(&name.to_string(), false, "");
        }
        let (schema, mut batches) = self.rows_to_keep(plan, text).await?;
        let mode = if table.or_replace { PublishMode::Replace } else { PublishMode::Create };
        let mut publication = match self.shared.catalog.lake().begin_publish(&name, mode, Arc::clone(&schema)).await {
            Ok(publication) => publication,
            Err(LakeError::Exists { .. }) if table.if_not_exists => {
                return self.exists(&name.to_string(), true, "CREATE TABLE AS");
            }
            Err(error) => return Err(error.into()),
        };
        while let Some(batch) = batches.next().await.transpose()? {
            publication.write(&storable_batch(&batch, &schema)?).await?;
        }
        let published = publication.commit().await?;
        Ok(Outcome::Done(format!("SELECT {}", published.rows)))
    }

    async fn create_temporary(&mut self, table: NewTable, plan: &LogicalPlan, text: &str) -> Result<Outcome> {
        let name = table.name.0.last().and_then(|part| part.as_ident()).map(folded).unwrap_or_default();
        if self.temporary.contains_key(&name) && !table.or_replace {
            return self.exists(&name, table.if_not_exists, "CREATE TABLE AS");
        }
        let (schema, mut batches) = self.rows_to_keep(plan, text).await?;
        let pool = &self.state.runtime_env().memory_pool;
        let reservation = MemoryConsumer::new(format!("temporary table {name}")).register(pool);
        let mut kept = vec![];
        while let Some(batch) = batches.next().await.transpose()? {
            reservation.try_grow(batch.get_array_memory_size()).map_err(|error| from_datafusion(error, text))?;
            kept.push(storable_batch(&batch, &schema)?);
        }
        let rows: usize = kept.iter().map(RecordBatch::num_rows).sum();
        let table = MemTable::try_new(schema, vec![kept]).map_err(|error| from_datafusion(error, text))?;
        self.keep_temporary(name, Arc::new(table), reservation);
        Ok(Outcome::Done(format!("SELECT {rows}")))
    }

    async fn rows_to_keep(
        &self,
        plan: &LogicalPlan,
        text: &str,
    ) -> Result<(SchemaRef, futures::stream::BoxStream<'static, Result<RecordBatch>>)> {
        match self.stream(plan, text).await? {
            Outcome::Rows { schema, batches, .. } => Ok((storable(&schema), batches)),
            Outcome::Done(_) => Err(Error::internal("a query without rows")),
        }
    }

    pub(super) async fn drop_tables(&mut self, names: &[ObjectName], if_exists: bool) -> Result<Outcome> {
        for name in names {
            let bare = name.0.last().and_then(|part| part.as_ident()).map(folded).unwrap_or_default();
            if name.0.len() == 1 && self.temporary.remove(&bare).is_some() {
                continue;
            }
            let name = self.new_name(name, "drop")?;
            if self.shared.catalog.views().await?.contains_key(&name) {
                return Err(wrong_kind(&name, "table", "Use DROP VIEW to remove a view"));
            }
            match self.shared.catalog.lake().drop_table(&name).await {
                Ok(()) => {}
                Err(LakeError::NotFound { .. }) => self.missing("table", &name.to_string(), if_exists)?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Outcome::Done("DROP TABLE".into()))
    }
}

fn wrong_kind(name: &TableName, kind: &str, hint: &str) -> Error {
    Error::new(SqlState::WRONG_OBJECT_TYPE, format!("\"{name}\" is not a {kind}")).hint(hint)
}

fn refuse_duplicates<'a>(columns: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = HashSet::new();
    for column in columns.map(output_name) {
        if !seen.insert(column) {
            return Err(Error::new(SqlState::DUPLICATE_COLUMN, format!("column \"{column}\" specified more than once")));
        }
    }
    Ok(())
}

/// A column without a type (`SELECT NULL`) is stored as text, and no column promises to have no NULLs.
fn storable(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let data_type = if field.data_type().is_null() { DataType::Utf8View } else { field.data_type().clone() };
        Field::new(field.name(), data_type, true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn storable_batch(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = batch.columns().iter().zip(schema.fields()).map(|(column, field)| cast(column, field.data_type()));
    let batch = columns.collect::<std::result::Result<Vec<_>, _>>().and_then(|c| RecordBatch::try_new(Arc::clone(schema), c));
    batch.map_err(|error| Error::internal(error.to_string()))
}
