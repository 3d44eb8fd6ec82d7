//! COPY: rows of a query or a table to the client, and rows of the client into a temporary table.

use std::sync::{Arc, Mutex};

use datafusion::arrow::array::{RecordBatch, new_null_array};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::MemTable;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::sql::sqlparser::ast::{Ident, ObjectName, Query, Statement as Ast};

use super::define::refuse_duplicates;
use super::error::from_datafusion;
use super::lengths;
use super::outcome::Outcome;
use super::session::Session;
use super::temporary::{Held, append};
use crate::catalog::{Found, folded, table_name};
use crate::error::{Error, Result, SqlState};
use crate::syntax;
use crate::syntax::command::{Copy, CopySource, CopyTarget};
use crate::syntax::copy_options::{CopyColumns, CopySettings};

/// Takes the rows of COPY … FROM STDIN. They are in the table once it is finished.
pub struct CopyInto {
    table: Arc<MemTable>,
    /// For each column of the table, which of the client's it is.
    places: Vec<Option<usize>>,
    batches: Vec<RecordBatch>,
    memory: MemoryReservation,
    /// The table's memory, which grows by this.
    memory_of_table: Arc<Mutex<Held>>,
}

impl CopyInto {
    /// # Errors
    /// 53200 if the server's memory does not suffice, 22001 if a value is longer than its column.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.memory.try_grow(batch.get_array_memory_size()).map_err(|error| from_datafusion(error, ""))?;
        let schema = datafusion::catalog::TableProvider::schema(self.table.as_ref());
        let column = |(place, field): (&Option<usize>, &Arc<datafusion::arrow::datatypes::Field>)| match place {
            Some(index) => Arc::clone(batch.column(*index)),
            None => new_null_array(field.data_type(), batch.num_rows()),
        };
        let columns = self.places.iter().zip(schema.fields()).map(column).collect();
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(|error| Error::internal(error.to_string()))?;
        self.batches.push(lengths::within(batch)?);
        Ok(())
    }

    /// Puts the rows into the table.
    ///
    /// # Errors
    /// None at present.
    pub async fn finish(&mut self) -> Result<()> {
        let batches = std::mem::take(&mut self.batches);
        append(&self.table, &self.memory_of_table, batches, self.memory.take()).await;
        Ok(())
    }
}

impl Session {
    pub(super) async fn copy(&mut self, copy: Copy, text: &str) -> Result<Outcome> {
        refuse_files(&copy)?;
        let settings = copy.options.check(copy.from)?;
        match copy.source {
            CopySource::Table { name, columns } if copy.from => self.copy_from(&name, &columns, settings).await,
            CopySource::Table { name, columns } => {
                let query = self.query_of_table(&name, &columns).await?;
                self.copy_to(query, settings, text).await
            }
            CopySource::Query(query) => self.copy_to(query, settings, text).await,
        }
    }

    async fn copy_to(&mut self, query: Box<Query>, settings: CopySettings, text: &str) -> Result<Outcome> {
        let plan = self.plan_with_values(Ast::Query(query), vec![], text).await?;
        let Outcome::Rows { schema, batches, .. } = self.stream(&plan, text).await? else {
            return Err(Error::internal("a query without rows"));
        };
        check_columns(&settings.force_quote, &schema)?;
        Ok(Outcome::CopyOut { schema, batches, settings })
    }

    /// `SELECT` of a table's columns; 42809 for a view, as PostgreSQL has it.
    async fn query_of_table(&self, name: &ObjectName, columns: &[Ident]) -> Result<Box<Query>> {
        refuse_duplicates(columns.iter().map(folded).collect::<Vec<_>>().iter().map(String::as_str))?;
        if self.temporary_named(name).is_none() {
            let rights = self.rights()?;
            for schema in self.settings.search_path().iter().filter(|schema| name.0.len() > 1 || rights.may_use(schema)) {
                let name = table_name(name, schema)?;
                rights.require_usage(&name.schema)?;
                match self.catalog().find(&name).await? {
                    Some(Found::View(view)) => {
                        let message = format!("cannot copy from view \"{}\"", view.name.table);
                        let error = Error::new(SqlState::WRONG_OBJECT_TYPE, message);
                        return Err(error.hint("Try the COPY (SELECT ...) TO variant."));
                    }
                    Some(Found::Table(_)) => break,
                    None => {}
                }
            }
        }
        let columns: Vec<String> = columns.iter().map(Ident::to_string).collect();
        let columns = if columns.is_empty() { "*".to_string() } else { columns.join(", ") };
        match syntax::parse(&format!("SELECT {columns} FROM {name}"))?.pop() {
            Some(Ast::Query(query)) => Ok(query),
            _ => Err(Error::internal("no query")),
        }
    }

    async fn copy_from(&mut self, name: &ObjectName, columns: &[Ident], settings: CopySettings) -> Result<Outcome> {
        let found = self.temporary_to_write(name, "COPY FROM").await?;
        let temporary = self.writable(&found).await?;
        let whole = datafusion::catalog::TableProvider::schema(temporary.table.as_ref());
        let names: Vec<String> = columns.iter().map(folded).collect();
        refuse_duplicates(names.iter().map(String::as_str))?;
        let (schema, places) = if names.is_empty() {
            (Arc::clone(&whole), (0..whole.fields().len()).map(Some).collect())
        } else {
            let fields = names.iter().map(|column| {
                let missing = || {
                    let message = format!("column \"{column}\" of relation \"{found}\" does not exist");
                    Error::new(SqlState::UNDEFINED_COLUMN, message)
                };
                whole.fields().iter().find(|field| field.name() == column).cloned().ok_or_else(missing)
            });
            let schema = Arc::new(Schema::new(fields.collect::<Result<Vec<_>>>()?));
            let places = whole.fields().iter().map(|field| names.iter().position(|column| column == field.name())).collect();
            (schema, places)
        };
        check_columns(&settings.force_not_null, &schema)?;
        check_columns(&settings.force_null, &schema)?;
        let memory = MemoryConsumer::new(format!("COPY into {found}")).register(&self.state.runtime_env().memory_pool);
        let (table, memory_of_table) = (Arc::clone(&temporary.table), Arc::clone(&temporary.memory));
        let sink = CopyInto { table, places, batches: vec![], memory, memory_of_table };
        Ok(Outcome::CopyIn { schema, settings, table: found, sink: Box::new(sink) })
    }
}

/// Nobody reaches the server's files, or its programs, by COPY.
fn refuse_files(copy: &Copy) -> Result<()> {
    let (role, what) = match (copy.target, copy.from) {
        (CopyTarget::Client, _) => return Ok(()),
        (CopyTarget::Program, _) => ("pg_execute_server_program", "COPY to or from an external program"),
        (CopyTarget::File, true) => ("pg_read_server_files", "COPY from a file"),
        (CopyTarget::File, false) => ("pg_write_server_files", "COPY to a file"),
    };
    let message = format!("must be superuser or have privileges of the {role} role to {what}");
    let hint = "Anyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone.";
    Err(Error::new(SqlState::INSUFFICIENT_PRIVILEGE, message).hint(hint))
}

fn check_columns(columns: &CopyColumns, schema: &SchemaRef) -> Result<()> {
    let CopyColumns::Named(names) = columns else { return Ok(()) };
    match names.iter().find(|name| schema.fields().iter().all(|field| field.name() != *name)) {
        Some(name) => Err(Error::new(SqlState::UNDEFINED_COLUMN, format!("column \"{name}\" does not exist"))),
        None => Ok(()),
    }
}
