//! A table of `pg_catalog` or `information_schema`: its rows are made when it is scanned.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{MemTable, SchemaProvider, Session, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};

use super::definitions::{self, Definition};
use super::scan::{ManyColumns, Request};
use super::wanted::Wanted;
use super::{PgCatalog, tables, types};

/// A schema of PostgreSQL's own.
#[derive(Debug)]
pub struct PgSchema {
    pub name: &'static str,
    pub catalog: Arc<PgCatalog>,
}

#[async_trait]
impl SchemaProvider for PgSchema {
    fn table_names(&self) -> Vec<String> {
        definitions::all()
            .iter()
            .filter(|definition| definition.schema == self.name)
            .map(|definition| definition.name.to_owned())
            .collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        Ok(definitions::find(self.name, name)
            .map(|definition| Arc::new(CatalogTable::new(definition, Arc::clone(&self.catalog))) as Arc<dyn TableProvider>))
    }

    fn table_exist(&self, name: &str) -> bool {
        definitions::find(self.name, name).is_some()
    }
}

/// One table of such a schema.
#[derive(Debug)]
pub struct CatalogTable {
    definition: &'static Definition,
    schema: SchemaRef,
    catalog: Arc<PgCatalog>,
}

impl CatalogTable {
    pub fn new(definition: &'static Definition, catalog: Arc<PgCatalog>) -> Self {
        Self { definition, schema: schema_of(definition), catalog }
    }
}

/// The Arrow schema of a catalog table. Every column may be NULL to the planner, whatever its definition says: a cast to a type with
/// metadata gives a column that may be NULL, and the planner refuses a cast that changes that.
pub fn schema_of(definition: &Definition) -> SchemaRef {
    let fields = definition.columns.iter().map(|column| types::field(column.name, column.type_name, true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

#[async_trait]
impl TableProvider for CatalogTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        if self.definition.kind == "v" { TableType::View } else { TableType::Base }
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let keys = tables::source(self.definition.schema, self.definition.name).keys;
        let answer = |filter: &&Expr| match keys.understands(filter) {
            true => TableProviderFilterPushDown::Inexact,
            false => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(answer).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let places: Vec<usize> = projection.cloned().unwrap_or_else(|| (0..self.schema.fields().len()).collect());
        let keys = tables::source(self.definition.schema, self.definition.name).keys;
        let schema = Arc::new(self.schema.project(&places)?);
        let request = Request::new(&self.catalog, self.definition, Wanted::new(&keys, filters), places, schema).await?;
        if let Some(batches) = request.rows().await? {
            return MemTable::try_new(Arc::clone(request.schema()), vec![batches])?.scan(state, None, &[], limit).await;
        }
        let schema = Arc::clone(request.schema());
        let rows: Arc<dyn PartitionStream> = Arc::new(ManyColumns(Arc::new(request)));
        Ok(Arc::new(StreamingTableExec::try_new(schema, vec![rows], None, [], false, limit)?))
    }
}
