//! What the catalogs of Postgres show of this engine: its names for everybody, its settings for one client.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use async_trait::async_trait;
use datafusion::error::{DataFusionError, Result};
use datafusion_functions_customer::doc::{Doc, Kind, Takes};
use datafusion_functions_customer::functions;

use super::plan::DATABASE;
use super::settings::Settings;
use super::{Shared, system};
use crate::catalog::pg::{CatalogSnapshot, Column, Function, FunctionKind, Names, PgSession, Relation, RelationKind, Schema, Setting, SnapshotSource};
use crate::lake::TableName;

/// The client of a session, as the system functions see it too.
pub struct Client {
    user: String,
    process_id: AtomicI32,
    settings: Mutex<Settings>,
    started_at: i64,
}

impl Client {
    pub fn new(user: &str, started_at: i64) -> Self {
        let settings = Mutex::new(Settings::new(user));
        Self { user: user.into(), process_id: AtomicI32::new(0), settings, started_at }
    }

    pub fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_process_id(&self, process_id: i32) {
        self.process_id.store(process_id, Ordering::Relaxed);
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("user", &self.user).finish_non_exhaustive()
    }
}

impl PgSession for Client {
    fn user(&self) -> String {
        self.user.clone()
    }

    fn process_id(&self) -> i32 {
        self.process_id.load(Ordering::Relaxed)
    }

    fn search_path(&self) -> Vec<String> {
        self.settings().search_path()
    }

    fn settings(&self) -> Vec<Setting> {
        let setting = |(name, value): (&str, &str)| Setting { name: name.into(), value: value.into(), ..Setting::default() };
        self.settings().all().map(setting).collect()
    }

    fn setting(&self, name: &str) -> Option<String> {
        self.settings().get(name).map(str::to_string)
    }

    fn set(&self, name: &str, value: &str, _local: bool) -> Result<String> {
        let mut settings = self.settings();
        let name = settings.set(name, value).map_err(|error| DataFusionError::External(Box::new(error)))?;
        Ok(settings.get(&name).unwrap_or_default().to_string())
    }

    fn server_started_at(&self) -> i64 {
        self.started_at
    }

    fn client_address(&self) -> Option<SocketAddr> {
        None
    }

    fn server_address(&self) -> Option<SocketAddr> {
        None
    }
}

/// The names of the lake, its views and the system schema.
pub struct Source {
    /// Weak, because what it belongs to keeps it.
    shared: Weak<Shared>,
    last: Mutex<Option<Arc<CatalogSnapshot>>>,
}

impl Source {
    pub fn new(shared: Weak<Shared>) -> Self {
        Self { shared, last: Mutex::new(None) }
    }

    fn shared(&self) -> Result<Arc<Shared>> {
        self.shared.upgrade().ok_or_else(|| DataFusionError::Internal("the engine is gone".into()))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source")
    }
}

#[async_trait]
impl SnapshotSource for Source {
    async fn snapshot(&self) -> Result<Arc<CatalogSnapshot>> {
        let shared = self.shared()?;
        let names = names(&shared).await.map_err(|error| DataFusionError::External(Box::new(error)))?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match last.as_ref() {
            Some(snapshot) if same_relations(&snapshot.names, &names) => Ok(Arc::clone(snapshot)),
            _ => {
                let snapshot = Arc::new(CatalogSnapshot::new(names));
                *last = Some(Arc::clone(&snapshot));
                Ok(snapshot)
            }
        }
    }

    async fn columns(&self, schema: &str, relation: &str) -> Result<Option<Vec<Column>>> {
        let shared = self.shared()?;
        let name = TableName::new(schema, relation);
        let columns = |fields: &datafusion::arrow::datatypes::Fields| {
            fields.iter().map(|field| Column { field: Arc::clone(field), comment: None }).collect()
        };
        if schema != system::SCHEMA
            && let Some(table) = shared.catalog.lake().table(&name).await.map_err(|e| DataFusionError::External(Box::new(e)))?
        {
            let schema = table.schema().await.map_err(|error| DataFusionError::External(Box::new(error)))?;
            return Ok(Some(columns(schema.fields())));
        }
        let session = super::Session::new(shared, super::plan::DATABASE);
        let schema = session.schema_of(&name).await?;
        Ok(schema.map(|schema| columns(schema.fields())))
    }
}

fn same_relations(a: &Names, b: &Names) -> bool {
    let key = |r: &Relation| (r.schema.clone(), r.name.clone(), r.definition.clone(), r.comment.clone());
    let sorted = |names: &Names| {
        let mut keys: Vec<_> = names.relations.iter().map(key).collect();
        keys.sort();
        keys
    };
    a.relations.len() == b.relations.len() && sorted(a) == sorted(b)
}

async fn names(shared: &Shared) -> crate::error::Result<Names> {
    let relation = |schema: &str, name: &str, kind| Relation {
        schema: schema.into(),
        name: name.into(),
        kind,
        rows_estimate: None,
        bytes: None,
        comment: None,
        definition: None,
    };
    let mut relations = vec![];
    for name in shared.catalog.lake().tables().await?.iter() {
        relations.push(relation(&name.schema, &name.table, RelationKind::Table));
    }
    for (name, view) in shared.catalog.views().await? {
        let definition = Some(view.definition());
        let base = relation(&name.schema, &name.table, RelationKind::View);
        relations.push(Relation { comment: view.comment.clone(), definition, ..base });
    }
    for (name, comment) in system::TABLES {
        relations.push(Relation { comment: Some(comment.into()), ..relation(system::SCHEMA, name, RelationKind::View) });
    }
    let mut schemas: Vec<String> = relations.iter().map(|relation| relation.schema.clone()).collect();
    schemas.sort_unstable();
    schemas.dedup();
    let comment = |name: &str| (name == system::SCHEMA).then(|| "What the database knows about itself".to_string());
    Ok(Names {
        database: DATABASE.into(),
        schemas: schemas.into_iter().map(|name| Schema { comment: comment(&name), name }).collect(),
        relations,
        functions: functions().into_iter().map(function).collect(),
    })
}

fn function(doc: &Doc) -> Function {
    let kind = match doc.kind {
        Kind::Scalar => FunctionKind::Scalar,
        Kind::Aggregate => FunctionKind::Aggregate,
        Kind::Window => FunctionKind::Window,
        Kind::Table => FunctionKind::Table,
    };
    let result = match doc.kind {
        Kind::Table => {
            let columns = doc.returns.iter().map(|c| format!("{} {}", c.name, pg_type(c.data_type)));
            format!("TABLE({})", columns.collect::<Vec<_>>().join(", "))
        }
        _ => doc.returns.first().map(|c| pg_type(c.data_type)).unwrap_or_default().to_string(),
    };
    let arguments = doc.arguments.iter().map(|a| (a.name.to_string(), argument_type(a.takes).to_string()));
    Function {
        schema: "public".into(),
        name: doc.name.into(),
        kind,
        arguments: arguments.collect(),
        result,
        comment: Some(doc.summary.into()),
    }
}

fn argument_type(takes: Takes) -> &'static str {
    match takes {
        Takes::Relation => "anyelement",
        Takes::Column | Takes::Text => "text",
        Takes::TextList => "text[]",
        Takes::Integer => "bigint",
        Takes::Double => "double precision",
        Takes::Boolean => "boolean",
        Takes::Time => "timestamp with time zone",
        Takes::Interval => "interval",
        Takes::Model => "record",
        Takes::Value(name) => pg_type(name),
    }
}

/// The type in Postgres's words where the documentation has them; `anyelement` where it says more than one type.
fn pg_type(words: &'static str) -> &'static str {
    const TYPES: [&str; 9] =
        ["bigint", "boolean", "date", "double precision", "integer", "numeric", "record", "smallint", "text"];
    match TYPES.into_iter().find(|name| *name == words) {
        Some(name) => name,
        None if words.starts_with("struct") || words.starts_with("model") => "record",
        None => "anyelement",
    }
}
