//! Temporary tables: of the session alone, in memory, within the memory limit.

use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::RecordBatch;
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::sql::sqlparser::ast::{ColumnDef, ColumnOption, DataType, Ident, ObjectName, SelectItem};

use super::define::TEMPORARY_SCHEMA;
use super::lengths;
use super::outcome::Outcome;
use super::prepared::{null_of, select_items};
use super::session::Session;
use super::write::NewTable;
use crate::catalog::{Found, folded, table_name};
use crate::error::{Error, Result, SqlState};

/// A temporary table and the memory that it holds.
pub(super) struct Temporary {
    pub table: Arc<MemTable>,
    pub memory: Arc<Mutex<Held>>,
}

/// What tables that share rows share too.
pub(super) type Held = Vec<Arc<MemoryReservation>>;

impl Temporary {
    pub fn new(table: MemTable, memory: MemoryReservation) -> Self {
        Self { table: Arc::new(table), memory: Arc::new(Mutex::new(vec![Arc::new(memory)])) }
    }

    /// A table of its own with the same rows.
    async fn copied(&self) -> Result<Self> {
        let table = MemTable::try_new(self.table.schema(), vec![self.batches().await]);
        let table = table.map_err(|error| Error::internal(error.to_string()))?;
        let held = self.memory.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Self { table: Arc::new(table), memory: Arc::new(Mutex::new(held)) })
    }

    async fn batches(&self) -> Vec<RecordBatch> {
        match self.table.batches.first() {
            Some(partition) => partition.read().await.clone(),
            None => vec![],
        }
    }

    pub async fn rows(&self) -> usize {
        self.batches().await.iter().map(RecordBatch::num_rows).sum()
    }

    pub async fn append(&self, batches: Vec<RecordBatch>, memory: MemoryReservation) {
        append(&self.table, &self.memory, batches, memory).await;
    }
}

/// Puts rows into a table, which holds their memory from then on.
pub(super) async fn append(table: &MemTable, held: &Mutex<Held>, mut batches: Vec<RecordBatch>, memory: MemoryReservation) {
    if let Some(partition) = table.batches.first() {
        partition.write().await.append(&mut batches);
    }
    held.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(memory));
}

impl Session {
    /// The table to write into: a copy where the open transaction may go back to what it is now.
    pub(super) async fn writable(&mut self, name: &str) -> Result<Arc<Temporary>> {
        let known = self.temporary.get(name).ok_or_else(|| Error::internal("the table is gone"))?;
        if Arc::strong_count(known) == 1 {
            return Ok(Arc::clone(known));
        }
        let copy = Arc::new(known.copied().await?);
        self.temporary.insert(name.to_string(), Arc::clone(&copy));
        Ok(copy)
    }

    /// The temporary table that a name stands for.
    ///
    /// # Errors
    /// 25006 for a table of the lake, 42501 for one that is not the user's to see, 42P01 for none.
    pub(super) async fn temporary_to_write(&self, name: &ObjectName, command: &str) -> Result<String> {
        if let Some(found) = self.temporary_named(name) {
            return Ok(found);
        }
        let rights = self.rights()?;
        let named = name.0.len() > 1;
        for schema in self.settings.search_path().iter().filter(|schema| named || rights.may_use(schema)) {
            let name = table_name(name, schema)?;
            // Whether something is there is not told to who may not look.
            rights.require_usage(&name.schema)?;
            let found = self.catalog().find(&name).await?;
            let owner = match &found {
                Some(Found::View(view)) => Some(view.owner.as_str()),
                _ => None,
            };
            if found.is_some() {
                rights.require_read(&name, owner)?;
                let message = format!("cannot execute {command}: the files of the lake are read-only");
                let hint = "Write into a temporary table, or a new table with CREATE TABLE … AS SELECT";
                return Err(Error::new(SqlState::READ_ONLY_SQL_TRANSACTION, message).hint(hint));
            }
        }
        Err(Error::new(SqlState::UNDEFINED_TABLE, format!("relation \"{name}\" does not exist")))
    }

    /// The name of the temporary table that a name stands for.
    pub(super) fn temporary_named(&self, name: &ObjectName) -> Option<String> {
        let parts: Vec<String> = name.0.iter().filter_map(|part| part.as_ident()).map(folded).collect();
        let found = match parts.as_slice() {
            [table] => Some(table),
            [schema, table] if schema == TEMPORARY_SCHEMA => Some(table),
            _ => None,
        };
        found.filter(|name| self.temporary.contains_key(*name)).cloned()
    }

    /// CREATE TEMP TABLE with columns: it is empty.
    pub(super) async fn create_empty(&mut self, table: NewTable, columns: Vec<ColumnDef>, text: &str) -> Result<Outcome> {
        if !table.temporary {
            return Err(Error::unsupported("a table is made from a query").hint("Write CREATE [TEMP] TABLE name AS SELECT …"));
        }
        let (mut items, mut lengths) = (vec![], vec![]);
        for column in columns {
            let length = lengths::declared(&column.data_type)?;
            let data_type = if length.is_some() { DataType::Text } else { column.data_type.clone() };
            lengths.push(length);
            if column.options.iter().any(|option| !matches!(option.option, ColumnOption::Null)) {
                return Err(Error::unsupported("columns of temporary tables have no constraints and no defaults"));
            }
            let alias = Ident { quote_style: Some('"'), value: crate::catalog::folded(&column.name), span: column.name.span };
            items.push(SelectItem::ExprWithAlias { expr: null_of(&data_type), alias });
        }
        let plan = self.plan(select_items(items)?, text).await?;
        let plan = datafusion::logical_expr::LogicalPlanBuilder::from(plan).limit(0, Some(0)).and_then(|builder| builder.build());
        let plan = plan.map_err(|error| super::error::from_datafusion(error, text))?;
        self.create_temporary(table, &plan, lengths, text).await?;
        Ok(Outcome::Done("CREATE TABLE".into()))
    }
}
