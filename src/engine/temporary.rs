//! Temporary tables: of the session alone, in memory, within the memory limit.

use std::sync::{Arc, Mutex};

use datafusion::catalog::MemTable;
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::sql::sqlparser::ast::{ColumnDef, ColumnOption, Ident, SelectItem};

use super::prepared::{null_of, select_items};
use super::session::{Outcome, Session};
use super::write::NewTable;
use crate::error::{Error, Result};

/// A temporary table and the memory that it holds.
pub(super) struct Temporary {
    pub table: Arc<MemTable>,
    pub memory: Arc<Mutex<Vec<MemoryReservation>>>,
}

impl Temporary {
    pub fn new(table: MemTable, memory: MemoryReservation) -> Self {
        Self { table: Arc::new(table), memory: Arc::new(Mutex::new(vec![memory])) }
    }
}

impl Session {
    /// CREATE TEMP TABLE with columns: it is empty.
    pub(super) async fn create_empty(&mut self, table: NewTable, columns: Vec<ColumnDef>, text: &str) -> Result<Outcome> {
        if !table.temporary {
            return Err(Error::unsupported("a table is made from a query").hint("Write CREATE [TEMP] TABLE name AS SELECT …"));
        }
        let mut items = vec![];
        for column in columns {
            if column.options.iter().any(|option| !matches!(option.option, ColumnOption::Null)) {
                return Err(Error::unsupported("columns of temporary tables have no constraints and no defaults"));
            }
            let alias = Ident { quote_style: Some('"'), value: crate::catalog::folded(&column.name), span: column.name.span };
            items.push(SelectItem::ExprWithAlias { expr: null_of(&column.data_type), alias });
        }
        let plan = self.plan(select_items(items)?, text).await?;
        let plan = datafusion::logical_expr::LogicalPlanBuilder::from(plan).limit(0, Some(0)).and_then(|builder| builder.build());
        let plan = plan.map_err(|error| super::error::from_datafusion(error, text))?;
        match self.create_temporary(table, &plan, text).await? {
            Outcome::Done(_) => Ok(Outcome::Done("CREATE TABLE".into())),
            other => Ok(other),
        }
    }
}
