//! Views: queries with a name. Those of the lake are files, `sql/views/<schema>/<name>.sql` or `sql/views/<name>.sql`.
//!
//! A file holds one query, or one `CREATE VIEW` that names the view itself. Comment lines at its head describe the view. Views
//! may use views; they are looked up when a query needs them, so the order of files does not matter.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::common::{Column, Result as PlanResult};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use datafusion::sql::sqlparser::ast::{Ident, ObjectName, Query, Statement};
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt};
use tokio::sync::Mutex;

use crate::access::OWNER;
use crate::error::{Error, Result, SqlState};
use crate::lake::{DEFAULT_SCHEMA, Lake, LakeError, TableName};
use crate::syntax;

/// Where the lake keeps its views.
const FOLDER: &str = "sql/views";

/// Longest file of a view, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// A query with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub name: TableName,
    pub query: Box<Query>,
    /// Names for the columns; empty where the query names them.
    pub columns: Vec<String>,
    /// Schemas in which its unqualified names are looked for.
    pub path: Vec<String>,
    pub comment: Option<String>,
    /// The role with whose privileges it reads.
    pub owner: String,
    /// Length of the text that defines it, in bytes.
    pub text_bytes: usize,
}

impl View {
    /// Renames the columns of the view's plan as its definition says.
    pub fn with_column_names(&self, plan: LogicalPlan) -> PlanResult<LogicalPlan> {
        if self.columns.is_empty() {
            return Ok(plan);
        }
        let columns: Vec<Column> = plan.schema().columns();
        let renamed = columns.into_iter().enumerate().map(|(i, column)| match self.columns.get(i) {
            Some(name) => Expr::Column(column).alias(name),
            None => Expr::Column(column),
        });
        LogicalPlanBuilder::from(plan).project(renamed.collect::<Vec<_>>())?.build()
    }

    /// The definition as a client sees it.
    pub fn definition(&self) -> String {
        self.query.to_string()
    }
}

/// The lake's own views: a file that cannot be read keeps the error, which a query of that view gives.
pub type Files = BTreeMap<TableName, Result<Arc<View>>>;

/// The views of one lake, listed again when they are older than a time limit.
pub struct LakeViews {
    ttl: Duration,
    known: Mutex<Option<Known>>,
}

struct Known {
    at: Instant,
    listed: Vec<ObjectMeta>,
    views: Arc<Files>,
}

impl LakeViews {
    pub fn new(ttl: Duration) -> Self {
        Self { ttl, known: Mutex::new(None) }
    }

    pub async fn get(&self, lake: &Lake) -> Result<Arc<Files>> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref()
            && known.at.elapsed() < self.ttl
        {
            return Ok(Arc::clone(&known.views));
        }
        let at = Instant::now();
        let mut listed: Vec<ObjectMeta> = lake
            .store()
            .list(Some(&Path::from(FOLDER)))
            .try_collect()
            .await
            .map_err(|error| Error::from(LakeError::from_file(&error, FOLDER)))?;
        listed.retain(|file| file.location.as_ref().ends_with(".sql"));
        listed.sort_by(|a, b| a.location.cmp(&b.location));
        let views = match known.take() {
            Some(before) if before.listed == listed => before.views,
            _ => Arc::new(read_all(lake, &listed).await?),
        };
        *known = Some(Known { at, listed, views: Arc::clone(&views) });
        Ok(views)
    }
}

async fn read_all(lake: &Lake, listed: &[ObjectMeta]) -> Result<Files> {
    let mut views = Files::new();
    for file in listed {
        let named_by_path = name_of(&file.location);
        match read(lake, file, &named_by_path).await {
            Ok(view) => views.insert(view.name.clone(), Ok(Arc::new(view))),
            Err(error) => views.insert(named_by_path, Err(error)),
        };
    }
    Ok(views)
}

fn name_of(file: &Path) -> TableName {
    let below = file.as_ref().trim_start_matches(FOLDER).trim_matches('/').trim_end_matches(".sql");
    match below.rsplit_once('/') {
        Some((schema, view)) => TableName::new(schema.replace('/', "_"), view),
        None => TableName::new(DEFAULT_SCHEMA, below),
    }
}

async fn read(lake: &Lake, file: &ObjectMeta, named_by_path: &TableName) -> Result<View> {
    let broken = |reason: String| {
        Error::new(SqlState("42P17"), format!("view \"{named_by_path}\" cannot be read from {}: {reason}", file.location))
    };
    if file.size > FILE_BYTES_MAX {
        return Err(broken(format!("it has {} bytes, more than {FILE_BYTES_MAX}", file.size)));
    }
    let failed = |error| Error::from(LakeError::from_file(&error, file.location.as_ref()));
    let bytes = lake.store().get(&file.location).await.map_err(failed)?.bytes().await.map_err(failed)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| broken("it is not UTF-8".into()))?;
    let statements = syntax::parse(text).map_err(|error| broken(error.message))?;
    let (name, query, columns) = match <[Statement; 1]>::try_from(statements) {
        Ok([Statement::Query(query)]) => (named_by_path.clone(), query, vec![]),
        Ok([Statement::CreateView(view)]) => {
            let columns = view.columns.iter().map(|c| folded(&c.name)).collect();
            (table_name(&view.name, DEFAULT_SCHEMA)?, view.query, columns)
        }
        _ => return Err(broken("it must hold one query or one CREATE VIEW".into())),
    };
    let path = vec![name.schema.clone(), DEFAULT_SCHEMA.to_string()];
    Ok(View { name, query, columns, path, comment: comment(text), owner: OWNER.into(), text_bytes: text.len() })
}

/// The comment lines at the head of a file, without the mark.
fn comment(text: &str) -> Option<String> {
    let lines = text.lines().take_while(|line| line.starts_with("--"));
    let lines: Vec<_> = lines.map(|line| line.trim_start_matches('-').trim()).collect();
    (!lines.is_empty()).then(|| lines.join(" ").trim_start_matches("comment:").trim().to_string())
}

/// An identifier as Postgres folds it.
pub fn folded(ident: &Ident) -> String {
    if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() }
}

/// `name`, `schema.name` or `cilake.schema.name`.
pub fn table_name(name: &ObjectName, default_schema: &str) -> Result<TableName> {
    let parts: Vec<String> = name.0.iter().filter_map(|part| part.as_ident()).map(folded).collect();
    match parts.as_slice() {
        [table] => Ok(TableName::new(default_schema, table)),
        [schema, table] => Ok(TableName::new(schema, table)),
        [database, schema, table] if database == "cilake" => Ok(TableName::new(schema, table)),
        _ => Err(Error::unsupported(format!("cross-database references are not implemented: {name}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_paths_and_comments_from_heads() {
        assert_eq!(name_of(&Path::from("sql/views/sales/top.sql")), TableName::new("sales", "top"));
        assert_eq!(name_of(&Path::from("sql/views/top.sql")), TableName::new("public", "top"));
        assert_eq!(comment("-- Orders a day\n-- in euro\nSELECT 1"), Some("Orders a day in euro".into()));
        assert_eq!(comment("-- comment: Orders\nSELECT 1"), Some("Orders".into()));
        assert_eq!(comment("SELECT 1 -- no head"), None);
    }
}
