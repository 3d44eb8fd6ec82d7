//! The engine behind PostgreSQL's system catalogs: which names there are, and what a session says of itself.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use datafusion::arrow::datatypes::{FieldRef, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::context::SessionState;
use datafusion_functions_customer::functions;

use super::activity::{Backend, may_see};
use super::catalog_entries::{comment_on_schema, function, keys, named_statement, open_cursor, owner_of, relation};
use super::define::TEMPORARY_SCHEMA;
use super::identity::{self, Identity};
use super::probe::Probe;
use super::session::{Session, TemporaryView};
use super::settings::Settings;
use super::{DATABASE, Shared, system};
use crate::access::State;
use crate::access::rights::Rights;
use crate::catalog::pg::{
    CatalogSnapshot, Column, Function, NamedStatement, Names, OpenCursor, PgCatalog, PgSession, Relation, RelationKind,
    RelationSize, Schema, ServerProcess, Setting, Signal, SnapshotSource,
};
use crate::catalog::{Changes, Commented, Found, Origin};
use crate::error::{Error, SqlState};
use crate::lake::TableName;

/// A copy of what a session knows of itself, for functions and catalog tables, which run apart from it. It is renewed before each
/// statement.
pub(super) struct Facts {
    shared: Arc<Shared>,
    current: Mutex<Current>,
    /// With the session's own objects.
    own_snapshots: LastSnapshot,
}

/// What a snapshot was made of; an equal one need not be made again.
pub(crate) struct SnapshotOrigin {
    names: Origin,
    /// Names of temporary tables and views, and whether each is a view.
    temporary: BTreeSet<(String, bool)>,
    access: Arc<State>,
    /// The user, where he does not see everything.
    reader: Option<String>,
}

impl PartialEq for SnapshotOrigin {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.access, &other.access)
            && self.reader == other.reader
            && self.names == other.names
            && self.temporary == other.temporary
    }
}

/// The last snapshot.
pub(crate) type LastSnapshot = Mutex<Option<(SnapshotOrigin, Arc<CatalogSnapshot>)>>;

struct Current {
    settings: Settings,
    /// As in the session's identity.
    trusted: bool,
    known: bool,
    /// As of the last question.
    rights: Option<Arc<Rights>>,
    process_id: i32,
    temporary: HashMap<String, SchemaRef>,
    client_address: Option<SocketAddr>,
    prepared: Vec<NamedStatement>,
    cursors: Vec<OpenCursor>,
    temporary_views: HashMap<String, Arc<TemporaryView>>,
    changes: Arc<Changes>,
    /// What `set_config` has set; the session takes it over with the next statement.
    pending: Vec<(String, String, bool)>,
}

/// The catalogs of a new session, with their functions registered.
pub(super) fn catalogs(
    shared: &Arc<Shared>,
    settings: &Settings,
    identity: &Identity,
    state: &mut SessionState,
) -> (Arc<Facts>, Arc<PgCatalog>) {
    let settings = settings.clone();
    let (trusted, known) = (identity.trusted(), identity.known());
    let current = Current {
        settings,
        trusted,
        known,
        rights: None,
        process_id: 0,
        temporary: HashMap::new(),
        client_address: None,
        prepared: vec![],
        cursors: vec![],
        temporary_views: HashMap::new(),
        changes: Arc::default(),
        pending: vec![],
    };
    let facts = Arc::new(Facts { shared: Arc::clone(shared), current: Mutex::new(current), own_snapshots: Mutex::default() });
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
        current.trusted = session.identity.trusted();
        current.process_id = session.process_id();
        current.changes = Arc::clone(&session.changes);
        current.temporary_views = session.temporary_views.clone();
        current.temporary = session.temporary.iter().map(|(name, table)| (name.clone(), table.table.schema())).collect();
        current.client_address = session.client_address();
        current.prepared = session.prepared.all().map(named_statement).collect();
        current.cursors = session.cursors.iter().map(open_cursor).collect();
    }

    /// The settings that `set_config` has set since the last call.
    pub fn take_pending(&self) -> Vec<(String, String, bool)> {
        std::mem::take(&mut self.current().pending)
    }

    /// A table's columns are in its files; those of a view come out when its query is planned, which needs a session.
    async fn planned_schema(&self, name: TableName) -> Result<Option<SchemaRef>> {
        let changes = Arc::clone(&self.current().changes);
        let seen = self.shared.catalog.seen_with(&changes);
        if let Some(columns) = seen.table_columns(&name).await? {
            return Ok(Some(columns));
        }
        let found = seen.find(&name).await?;
        if let Some(Found::Table(table)) = found {
            return Ok(Some(table.schema()));
        }
        let (identity, settings) = self.who();
        let mut session = Session::new(Arc::clone(&self.shared), identity);
        session.settings = settings;
        session.changes = changes;
        session.schema_of(name).await
    }

    fn who(&self) -> (Identity, Settings) {
        let current = self.current();
        let user = current.settings.get("session_authorization").unwrap_or_default();
        (Identity::new(user, current.trusted, current.known), current.settings.clone())
    }

    /// All names that the user may know: relations that he may read, in schemas that he may look into.
    async fn names(&self) -> Result<Names, Error> {
        let changes = Arc::clone(&self.current().changes);
        let rights = self.rights();
        let seen = self.shared.catalog.seen_with(&changes).relations().await?;
        let comment = |on: Commented| seen.comments.get(&on).cloned();
        let mut relations: Vec<Relation> = vec![];
        for (name, view) in seen.views.iter().filter(|(name, view)| rights.may_read(name, Some(&view.owner))) {
            let comment = comment(Commented::Relation(name.clone())).or_else(|| view.comment.clone());
            let (owner, definition) = (view.owner.clone(), Some(view.definition()));
            relations.push(Relation { owner, comment, definition, ..relation(name, RelationKind::View) });
        }
        for name in seen.tables.iter().filter(|name| !seen.views.contains_key(name) && rights.may_read(name, None)) {
            let comment = comment(Commented::Relation(name.clone()));
            relations.push(Relation { owner: owner_of(&rights, name), comment, ..relation(name, RelationKind::Table) });
        }
        relations.extend(system::TABLES.iter().map(|(name, comment)| {
            let name = TableName::new(system::SCHEMA, *name);
            Relation { comment: Some((*comment).to_string()), ..relation(&name, RelationKind::Table) }
        }));
        relations.extend(self.temporary_relations());
        let mut schemas = seen.schemas.clone();
        schemas.retain(|schema| rights.may_use(schema));
        schemas.extend(relations.iter().map(|relation| relation.schema.clone()));
        let schemas = schemas.into_iter().map(|name| {
            let own = comment_on_schema(&name);
            Schema { comment: comment(Commented::Schema(name.clone())).or(own), name }
        });
        let functions = functions().iter().copied().map(|doc| {
            let own = function(doc);
            Function { comment: comment(Commented::Function(doc.name.into())).or(own.comment.clone()), ..own }
        });
        Ok(Names {
            database: DATABASE.into(),
            schemas: schemas.collect(),
            relations,
            functions: functions.collect(),
            keys: keys(&seen, &rights),
        })
    }

    fn temporary_schema(&self, name: &TableName) -> Option<SchemaRef> {
        let current = self.current();
        let table = current.temporary.get(&name.table).cloned();
        let view = || current.temporary_views.get(&name.table).map(|temporary| Arc::clone(&temporary.schema));
        if name.schema == TEMPORARY_SCHEMA { table.or_else(view) } else { None }
    }

    fn temporary_names(&self) -> BTreeSet<(String, bool)> {
        let current = self.current();
        let tables = current.temporary.keys().map(|name| (name.clone(), false));
        tables.chain(current.temporary_views.keys().map(|name| (name.clone(), true))).collect()
    }

    fn temporary_relations(&self) -> Vec<Relation> {
        let current = self.current();
        let name = |name: &String| TableName::new(TEMPORARY_SCHEMA, name);
        let tables = current.temporary.keys().map(|table| relation(&name(table), RelationKind::Temporary));
        let views = current.temporary_views.iter().map(|(view, temporary)| Relation {
            definition: Some(temporary.view.definition()),
            ..relation(&name(view), RelationKind::View)
        });
        tables.chain(views).collect()
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Facts").finish_non_exhaustive()
    }
}

#[async_trait]
impl SnapshotSource for Facts {
    async fn snapshot(&self) -> Result<Arc<CatalogSnapshot>> {
        let changes = Arc::clone(&self.current().changes);
        let origin = self.shared.catalog.seen_with(&changes).origin().await?;
        let rights = self.rights();
        let reader = (!rights.is_superuser()).then(|| rights.user().to_string());
        let made_of =
            SnapshotOrigin { names: origin, temporary: self.temporary_names(), access: Arc::clone(rights.state()), reader };
        let known = |snapshots: &MutexGuard<'_, Option<(SnapshotOrigin, Arc<CatalogSnapshot>)>>| {
            snapshots.as_ref().filter(|(origin, _)| *origin == made_of).map(|(_, snapshot)| Arc::clone(snapshot))
        };
        // Sessions that see everything, and have no objects of their own, share one.
        let shared = changes.is_empty() && made_of.temporary.is_empty() && made_of.reader.is_none();
        let snapshots = if shared { &self.shared.snapshots } else { &self.own_snapshots };
        let locked = || snapshots.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(snapshot) = known(&locked()) {
            return Ok(snapshot);
        }
        let snapshot = Arc::new(CatalogSnapshot::new(self.names().await?));
        *locked() = Some((made_of, Arc::clone(&snapshot)));
        Ok(snapshot)
    }

    async fn columns(&self, schema: &str, relation: &str) -> Result<Option<Vec<Column>>> {
        let name = TableName::new(schema, relation);
        let columns = match self.temporary_schema(&name) {
            Some(columns) => Some(columns),
            None => self.planned_schema(name.clone()).await?,
        };
        let changes = Arc::clone(&self.current().changes);
        let comments = self.shared.catalog.seen_with(&changes).column_comments(&name);
        let comments = comments?;
        let column = |field: &FieldRef| Column { field: Arc::clone(field), comment: comments.get(field.name()).cloned() };
        Ok(columns.map(|columns| columns.fields().iter().map(column).collect()))
    }

    fn known_size(&self, schema: &str, relation: &str) -> Option<RelationSize> {
        let name = TableName::new(schema, relation);
        if self.rights().hides_rows(&name) {
            return None;
        }
        let table = self.shared.catalog.lake().last_table(&name)?;
        Some(RelationSize { rows: table.known_rows(), bytes: table.size_bytes() })
    }

    fn commented(&self) -> Vec<(String, String)> {
        let changes = Arc::clone(&self.current().changes);
        let relations = self.shared.catalog.seen_with(&changes).relations_with_column_comments();
        relations.unwrap_or_default().into_iter().map(|name| (name.schema, name.table)).collect()
    }
}

impl PgSession for Facts {
    fn user(&self) -> String {
        identity::current_user(&self.current().settings).to_string()
    }

    fn session_user(&self) -> String {
        self.current().settings.get("session_authorization").unwrap_or_default().to_string()
    }

    fn rights(&self) -> Arc<Rights> {
        let state = self.shared.access.state();
        let (identity, user) = {
            let current = self.current();
            let session_user = current.settings.get("session_authorization").unwrap_or_default();
            let user = identity::current_user(&current.settings);
            if let Some(rights) = current.rights.as_ref().filter(|rights| rights.are_of(&state, session_user, user)) {
                return Arc::clone(rights);
            }
            (Identity::new(session_user, current.trusted, current.known), user.to_string())
        };
        let rights = identity::rights_of(Arc::clone(&state), &identity, &user);
        // A role that has gone, or that the user is no member of any more, has no rights.
        let rights = Arc::new(rights.unwrap_or_else(|_| Rights::new(state, "", "", false)));
        self.current().rights = Some(Arc::clone(&rights));
        rights
    }

    fn process_id(&self) -> i32 {
        self.current().process_id
    }

    fn search_path(&self) -> Vec<String> {
        self.current().settings.search_path()
    }

    fn settings(&self) -> Vec<Setting> {
        let setting = |(name, value, unit): (&str, &str, Option<String>)| Setting {
            name: name.into(),
            value: value.into(),
            unit,
            ..Setting::default()
        };
        self.current().settings.all_with_units().map(setting).collect()
    }

    fn setting(&self, name: &str) -> Option<String> {
        self.current().settings.show(name).ok().map(|(_, value)| value)
    }

    fn lacks_setting(&self, name: &str) {
        self.shared.probes.lacks(Probe::Setting, name);
    }

    fn set(&self, name: &str, value: &str, local: bool) -> Result<String> {
        if identity::is_guarded(name) {
            let error = Error::unsupported(format!("set_config cannot change \"{name}\"")).hint("Use SET");
            return Err(error.into());
        }
        let mut current = self.current();
        let known = current.settings.set(name, value)?;
        current.pending.push((known.clone(), value.to_string(), local));
        let shown = current.settings.show(&known).map(|(_, value)| value);
        Ok(shown.unwrap_or_else(|_| value.to_string()))
    }

    fn server_started_at(&self) -> i64 {
        self.shared.started_at.timestamp_micros()
    }

    fn client_address(&self) -> Option<SocketAddr> {
        self.current().client_address
    }

    fn server_address(&self) -> Option<SocketAddr> {
        None
    }

    fn backends(&self) -> Vec<ServerProcess> {
        let rights = self.rights();
        self.shared.activity.backends().iter().map(|backend| server_process(backend, &rights)).collect()
    }

    fn signal(&self, process_id: i32, signal: Signal) -> Result<bool> {
        let Some(backend) = self.shared.activity.find(process_id) else { return Ok(false) };
        if !may_see(&self.rights(), &backend.user) {
            let what = match signal {
                Signal::Cancel => "query is being canceled",
                Signal::Terminate => "process is being terminated",
            };
            let message = format!("must be a member of the role whose {what} or member of pg_signal_backend");
            return Err(Error::new(SqlState::INSUFFICIENT_PRIVILEGE, message).into());
        }
        match signal {
            Signal::Cancel => backend.client.interrupt.cancel(),
            Signal::Terminate => backend.client.interrupt.terminate(),
        }
        Ok(true)
    }

    fn prepared_statements(&self) -> Vec<NamedStatement> {
        self.current().prepared.clone()
    }

    fn cursors(&self) -> Vec<OpenCursor> {
        self.current().cursors.clone()
    }
}

/// A row of `pg_stat_activity`; of what others do, only that they are there.
pub(super) fn server_process(backend: &Backend, rights: &Rights) -> ServerProcess {
    let process_id = backend.client.process_id;
    let user = backend.user.clone();
    if !may_see(rights, &user) {
        return ServerProcess { process_id, user, query: "<insufficient privilege>".into(), ..ServerProcess::default() };
    }
    let now = backend.now();
    let micros = |time: Option<chrono::DateTime<chrono::Utc>>| time.map(|time| time.timestamp_micros());
    ServerProcess {
        process_id,
        user,
        address: backend.client.address,
        started_at: Some(backend.started_at.timestamp_micros()),
        transaction_started_at: micros(now.transaction_started_at),
        query_started_at: micros(now.query_started_at),
        changed_at: micros(now.changed_at),
        rows_read: now.rows_read(),
        progress: now.progress(),
        application_name: now.application_name,
        state: now.state,
        query: now.query,
    }
}
