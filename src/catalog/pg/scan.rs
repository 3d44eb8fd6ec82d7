//! One scan of a catalog table: what it asks for, and the rows that it gets – all at once, or, where they are made of the columns of many
//! relations, some relations after the others while they are sent on.

use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use futures::{StreamExt, stream};

use super::columns::{self, RelationColumns};
use super::definitions::Definition;
use super::rows::Row;
use super::snapshot::CatalogSnapshot;
use super::tables::{self, Rows, RowsOfColumns};
use super::wanted::Wanted;
use super::{PgCatalog, rows};

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

/// What a scan asks for, for as long as it lasts.
#[derive(Debug)]
pub struct Request {
    catalog: Arc<PgCatalog>,
    snapshot: Arc<CatalogSnapshot>,
    definition: &'static Definition,
    wanted: Wanted,
    /// The columns that the plan needs, by their places in the definition, by their names, and as they are sent on.
    places: Vec<usize>,
    names: Vec<&'static str>,
    schema: SchemaRef,
}

impl Request {
    /// `places` are those of the wanted columns of the table, and `schema` is theirs.
    pub async fn new(
        catalog: &Arc<PgCatalog>,
        definition: &'static Definition,
        wanted: Wanted,
        places: Vec<usize>,
        schema: SchemaRef,
    ) -> Result<Self> {
        let snapshot = catalog.refresh().await?;
        let names = places.iter().filter_map(|&place| definition.columns.get(place)).map(|column| column.name).collect();
        Ok(Self { catalog: Arc::clone(catalog), snapshot, definition, wanted, places, names, schema })
    }

    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn scan(&self) -> Scan<'_> {
        Scan { catalog: &self.catalog, snapshot: &self.snapshot, wanted: &self.wanted, needed: &self.names }
    }

    /// All rows; `None` where they are made of the columns of too many relations.
    pub async fn rows(&self) -> Result<Option<Vec<RecordBatch>>> {
        let scan = self.scan();
        let of_columns = |own: Vec<Row>, relations: &[RelationColumns<'_>], rows: RowsOfColumns| -> Result<Vec<RecordBatch>> {
            Ok(vec![self.batch(&own)?, self.batch(&of_each(&scan, relations, rows))?])
        };
        Ok(Some(match tables::source(self.definition.schema, self.definition.name).rows {
            Rows::Names(rows) => vec![self.batch(&rows(&scan))?],
            Rows::Columns(..) if columns::wanted(&scan).len() > RELATIONS_A_BATCH => return Ok(None),
            Rows::Columns(own, rows) => of_columns(own(&scan), &columns::of_relations(&scan).await, rows)?,
            Rows::Commented(own, rows) => of_columns(own(&scan), &columns::of_commented(&scan).await, rows)?,
            Rows::Keys(rows) => vec![self.batch(&rows(&columns::of_keys(&scan).await))?],
        }))
    }

    fn batch(&self, rows: &[Row]) -> Result<RecordBatch> {
        let definitions = self.places.iter().filter_map(|&place| self.definition.columns.get(place));
        let fields = self.schema.fields().iter().zip(definitions);
        let columns = fields.map(|(field, column)| rows::column(field, column.nullable, rows)).collect::<Result<_>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)?)
    }

    /// The rows of a table itself, and how those of relations are made of their columns.
    fn of_columns(&self) -> Option<(Vec<Row>, RowsOfColumns)> {
        match tables::source(self.definition.schema, self.definition.name).rows {
            Rows::Columns(own, rows) => Some((own(&self.scan()), rows)),
            _ => None,
        }
    }

    async fn batch_of(&self, relations: &[u32], rows: RowsOfColumns) -> Result<RecordBatch> {
        let relations = relations.iter().filter_map(|oid| self.snapshot.relation_with_oids(*oid)).collect();
        let read = columns::read(&self.catalog, relations).await;
        self.batch(&of_each(&self.scan(), &read, rows))
    }
}

fn of_each(scan: &Scan<'_>, relations: &[RelationColumns<'_>], rows: RowsOfColumns) -> Vec<Row> {
    relations.iter().flat_map(|relation| rows(scan, relation)).collect()
}

/// The rows of the columns of many relations, which are read while they are sent on.
#[derive(Debug)]
pub struct ManyColumns(pub Arc<Request>);

impl PartitionStream for ManyColumns {
    fn schema(&self) -> &SchemaRef {
        self.0.schema()
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let request = &self.0;
        let schema = Arc::clone(request.schema());
        let Some((own, rows)) = request.of_columns() else {
            return Box::pin(RecordBatchStreamAdapter::new(schema, stream::empty()));
        };
        let relations: Vec<u32> = columns::wanted(&request.scan()).iter().map(|(_, oids)| oids.relation).collect();
        let some: Vec<Vec<u32>> = relations.chunks(RELATIONS_A_BATCH).map(<[u32]>::to_vec).collect();
        let own = stream::once(std::future::ready(request.batch(&own)));
        let request = Arc::clone(request);
        let each = stream::iter(some).then(move |relations| {
            let request = Arc::clone(&request);
            async move { request.batch_of(&relations, rows).await }
        });
        Box::pin(RecordBatchStreamAdapter::new(schema, own.chain(each)))
    }
}
