//! A table of `pg_catalog` or `information_schema`: its rows are made when it is scanned.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{MemTable, SchemaProvider, Session, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::columns::{self, RelationColumns};
use super::definitions::{self, Definition};
use super::rows::Row;
use super::snapshot::CatalogSnapshot;
use super::tables::{self, Rows, RowsOfColumns};
use super::wanted::Wanted;
use super::{PgCatalog, rows, types};

/// Relations whose columns become one batch.
const RELATIONS_A_BATCH: usize = 256;

/// What the rows of a catalog table are made from.
#[derive(Debug)]
pub struct Scan<'a> {
    pub catalog: &'a PgCatalog,
    pub snapshot: &'a CatalogSnapshot,
    pub wanted: &'a Wanted,
    /// The columns that the plan needs.
    needed: &'a [&'static str],
}

impl Scan<'_> {
    /// Whether the plan needs a column, for those that cost something.
    pub fn needs(&self, column: &str) -> bool {
        self.needed.contains(&column)
    }
}

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

    /// The rows, with only the columns that the plan needs.
    async fn batches(&self, filters: &[Expr], needed: &[usize]) -> Result<(SchemaRef, Vec<RecordBatch>)> {
        let snapshot = self.catalog.refresh().await?;
        let source = tables::source(self.definition.schema, self.definition.name);
        let wanted = Wanted::new(&source.keys, filters);
        let names: Vec<&str> =
            needed.iter().filter_map(|&index| self.definition.columns.get(index)).map(|column| column.name).collect();
        let scan = Scan { catalog: &self.catalog, snapshot: &snapshot, wanted: &wanted, needed: &names };
        let schema = Arc::new(self.schema.project(needed)?);
        let batch = |rows: &[Row]| self.batch(&schema, needed, rows);
        let of_columns = |own: Vec<Row>, relations: &[RelationColumns<'_>], rows: RowsOfColumns| -> Result<Vec<RecordBatch>> {
            let mut batches = vec![batch(&own)?];
            // Rows take far more memory than the columns that are made of them.
            for some in relations.chunks(RELATIONS_A_BATCH) {
                let rows: Vec<Row> = some.iter().flat_map(|relation| rows(&scan, relation)).collect();
                batches.push(batch(&rows)?);
            }
            Ok(batches)
        };
        let batches = match source.rows {
            Rows::Names(rows) => vec![batch(&rows(&scan))?],
            Rows::Columns(own, rows) => of_columns(own(&scan), &columns::of_relations(&scan).await, rows)?,
            Rows::Commented(own, rows) => of_columns(own(&scan), &columns::of_commented(&scan).await, rows)?,
            Rows::Keys(rows) => vec![batch(&rows(&columns::of_keys(&scan).await))?],
        };
        Ok((schema, batches))
    }

    fn batch(&self, schema: &SchemaRef, needed: &[usize], rows: &[Row]) -> Result<RecordBatch> {
        let definitions = needed.iter().filter_map(|&index| self.definition.columns.get(index));
        let fields = schema.fields().iter().zip(definitions);
        let columns = fields.map(|(field, column)| rows::column(field, column.nullable, rows)).collect::<Result<_>>()?;
        let options = datafusion::arrow::array::RecordBatchOptions::new().with_row_count(Some(rows.len()));
        Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?)
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
        let needed: Vec<usize> = projection.cloned().unwrap_or_else(|| (0..self.schema.fields().len()).collect());
        let (schema, batches) = self.batches(filters, &needed).await?;
        MemTable::try_new(schema, vec![batches])?.scan(state, None, &[], limit).await
    }
}
