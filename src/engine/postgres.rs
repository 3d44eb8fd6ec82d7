//! The engine behind PostgreSQL's system catalogs: which names there are, and what a session says of itself.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::FunctionRegistry;
use datafusion::execution::context::SessionState;
use datafusion_functions_customer::doc::{self, Doc, Kind};
use datafusion_functions_customer::functions;

use super::session::Session;
use super::settings::Settings;
use super::{DATABASE, Shared, system};
use crate::catalog::Found;
use crate::catalog::pg::{
    Argument, CatalogSnapshot, Column, Function, FunctionKind, Names, PgCatalog, PgSession, Relation, RelationKind, Schema,
    Setting, SnapshotSource,
};
use crate::error::Error;
use crate::lake::TableName;

/// Schema of temporary tables, as clients see it.
const TEMPORARY_SCHEMA: &str = "pg_temp";

/// A copy of what a session knows of itself, for functions and catalog tables, which run apart from it. It is renewed before each
/// statement.
pub(super) struct Facts {
    shared: Arc<Shared>,
    current: Mutex<Current>,
}

struct Current {
    settings: Settings,
    process_id: i32,
    temporary: HashMap<String, SchemaRef>,
    /// What `set_config` has set; the session takes it over with the next statement.
    pending: Vec<(String, String, bool)>,
    snapshot: Option<Arc<CatalogSnapshot>>,
}

/// The catalogs of a new session, with their functions registered.
pub(super) fn catalogs(shared: &Arc<Shared>, settings: &Settings, state: &mut SessionState) -> (Arc<Facts>, Arc<PgCatalog>) {
    let settings = settings.clone();
    let current = Current { settings, process_id: 0, temporary: HashMap::new(), pending: vec![], snapshot: None };
    let facts = Arc::new(Facts { shared: Arc::clone(shared), current: Mutex::new(current) });
    let catalog = PgCatalog::new(Arc::clone(&facts) as Arc<dyn SnapshotSource>, Arc::clone(&facts) as Arc<dyn PgSession>);
    for function in catalog.functions() {
        // A state that takes no function does not exist: registering replaces what has the name.
        if let Err(error) = state.register_udf(Arc::new(function)) {
            tracing::error!(%error, "a system function cannot be registered");
        }
    }
    for (name, function) in catalog.table_functions() {
        state.register_udtf(name, function);
    }
    (facts, catalog)
}

impl Facts {
    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Renews the copy.
    pub fn follow(&self, session: &Session) {
        let mut current = self.current();
        current.settings = session.settings.clone();
        current.process_id = session.process_id();
        current.temporary = session.temporary.iter().map(|(name, table)| (name.clone(), table.table.schema())).collect();
    }

    /// The settings that `set_config` has set since the last call.
    pub fn take_pending(&self) -> Vec<(String, String, bool)> {
        std::mem::take(&mut self.current().pending)
    }

    /// A table's columns are in its files; those of a view come out when its query is planned, which needs a session.
    async fn planned_schema(&self, name: TableName) -> Result<Option<SchemaRef>> {
        let found = self.shared.catalog.find(&name).await.map_err(|error| DataFusionError::External(Box::new(error)))?;
        if let Some(Found::Table(table)) = found {
            return Ok(Some(table.schema()));
        }
        let user = self.user();
        Session::new(Arc::clone(&self.shared), &user).schema_of(name).await
    }

    async fn names(&self) -> Result<Names, Error> {
        let catalog = &self.shared.catalog;
        let views = catalog.views().await?;
        let mut relations: Vec<Relation> = views
            .iter()
            .map(|(name, view)| Relation {
                comment: view.comment.clone(),
                definition: Some(view.definition()),
                ..relation(name, RelationKind::View)
            })
            .collect();
        relations.extend(
            catalog
                .lake()
                .tables()
                .await?
                .iter()
                .filter(|name| !views.contains_key(name))
                .map(|name| relation(name, RelationKind::Table)),
        );
        relations.extend(system::TABLES.iter().map(|(name, comment)| {
            let name = TableName::new(system::SCHEMA, *name);
            Relation { comment: Some((*comment).to_string()), ..relation(&name, RelationKind::Table) }
        }));
        let temporary: Vec<String> = self.current().temporary.keys().cloned().collect();
        relations
            .extend(temporary.into_iter().map(|name| relation(&TableName::new(TEMPORARY_SCHEMA, name), RelationKind::Temporary)));
        let mut schemas: Vec<String> = relations.iter().map(|relation| relation.schema.clone()).collect();
        schemas.sort_unstable();
        schemas.dedup();
        let schemas = schemas.into_iter().map(|name| Schema { comment: comment_on_schema(&name), name }).collect();
        let functions = functions().iter().copied().map(function).collect();
        Ok(Names { database: DATABASE.into(), schemas, relations, functions })
    }
}

fn relation(name: &TableName, kind: RelationKind) -> Relation {
    let (schema, name) = (name.schema.clone(), name.table.clone());
    Relation { schema, name, kind, rows_estimate: None, bytes: None, comment: None, definition: None }
}

fn comment_on_schema(name: &str) -> Option<String> {
    (name == system::SCHEMA).then(|| "What the database knows about itself".to_string())
}

fn function(doc: &'static Doc) -> Function {
    let kind = match doc.kind {
        Kind::Scalar => FunctionKind::Scalar,
        Kind::Aggregate => FunctionKind::Aggregate,
        Kind::Window => FunctionKind::Window,
        Kind::Table => FunctionKind::Table,
    };
    let columns: Vec<String> =
        doc.returns
            .iter()
            .map(|column| {
                if column.name.is_empty() {
                    column.data_type.to_string()
                } else {
                    format!("{} {}", column.name, column.data_type)
                }
            })
            .collect();
    let result = if kind == FunctionKind::Table { format!("TABLE({})", columns.join(", ")) } else { columns.join(", ") };
    Function {
        schema: "public".into(),
        name: doc.name.into(),
        kind,
        arguments: doc.arguments.iter().map(argument).collect(),
        result,
        comment: Some(doc.summary.into()),
    }
}

fn argument(argument: &doc::Argument) -> Argument {
    let default = match argument.default {
        doc::Default::Required => None,
        doc::Default::Is(value) => Some(value.to_string()),
    };
    Argument { name: argument.name.into(), type_name: argument.takes.name().into(), default }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Facts").finish_non_exhaustive()
    }
}

#[async_trait]
impl SnapshotSource for Facts {
    async fn snapshot(&self) -> Result<Arc<CatalogSnapshot>> {
        let names = self.names().await.map_err(|error| DataFusionError::External(Box::new(error)))?;
        let mut current = self.current();
        match &current.snapshot {
            Some(snapshot) if snapshot.is_of(&names) => Ok(Arc::clone(snapshot)),
            _ => {
                let snapshot = Arc::new(CatalogSnapshot::new(names));
                current.snapshot = Some(Arc::clone(&snapshot));
                Ok(snapshot)
            }
        }
    }

    async fn columns(&self, schema: &str, relation: &str) -> Result<Option<Vec<Column>>> {
        let temporary = self.current().temporary.get(relation).filter(|_| schema == TEMPORARY_SCHEMA).cloned();
        let schema = match temporary {
            Some(schema) => Some(schema),
            None => self.planned_schema(TableName::new(schema, relation)).await?,
        };
        Ok(schema.map(|schema| schema.fields().iter().map(|field| Column { field: Arc::clone(field), comment: None }).collect()))
    }
}

impl PgSession for Facts {
    fn user(&self) -> String {
        self.current().settings.get("session_authorization").unwrap_or_default().to_string()
    }

    fn process_id(&self) -> i32 {
        self.current().process_id
    }

    fn search_path(&self) -> Vec<String> {
        self.current().settings.search_path()
    }

    fn settings(&self) -> Vec<Setting> {
        let setting = |(name, value): (&str, &str)| Setting { name: name.into(), value: value.into(), ..Setting::default() };
        self.current().settings.all().map(setting).collect()
    }

    fn setting(&self, name: &str) -> Option<String> {
        self.current().settings.get(name).map(str::to_string)
    }

    fn set(&self, name: &str, value: &str, local: bool) -> Result<String> {
        let mut current = self.current();
        let known = current.settings.set(name, value).map_err(|error| DataFusionError::External(Box::new(error)))?;
        current.pending.push((known.clone(), value.to_string(), local));
        Ok(current.settings.get(&known).unwrap_or(value).to_string())
    }

    fn server_started_at(&self) -> i64 {
        self.shared.started_at.timestamp_micros()
    }

    fn client_address(&self) -> Option<SocketAddr> {
        None
    }

    fn server_address(&self) -> Option<SocketAddr> {
        None
    }
}
