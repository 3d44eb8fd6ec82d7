//! `pg_get_keywords()`: the words that mean something in SQL, as PostgreSQL 15 lists them.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::Schema;
use datafusion::catalog::{MemTable, TableFunctionImpl, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::Expr;

use crate::catalog::pg::{rows, seed, types};

const COLUMNS: [(&str, &str); 5] =
    [("word", "text"), ("catcode", "char"), ("barelabel", "bool"), ("catdesc", "text"), ("baredesc", "text")];

#[derive(Debug)]
pub struct Keywords;

impl TableFunctionImpl for Keywords {
    fn call(&self, _: &[Expr]) -> Result<Arc<dyn TableProvider>> {
        let fields: Vec<_> = COLUMNS.iter().map(|(name, type_name)| types::field(name, type_name, true)).collect();
        let rows = seed::rows("pg_get_keywords");
        let columns = fields.iter().map(|field| rows::column(field, true, &rows)).collect::<Result<_>>()?;
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
        Ok(Arc::new(MemTable::try_new(schema, vec![vec![batch]])?))
    }
}
