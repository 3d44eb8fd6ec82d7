//! Plans: the only place that builds sessions. Everything that runs SQL – command line, server, tests, benches – does it through
//! [`Engine::open`] and [`Engine::session`].
//!
//! A statement goes down the page: [`statement`] parses and allows it, [`rewrite`](datafusion_functions_customer::relation::rewrite)
//! and [`parameters`] prepare its syntax tree, [`plan`] resolves names and plans, [`answer`] runs it within its [`session`], [`rows`] are what it gives.

mod access_statement;
mod activity;
mod answer;
mod audit;
mod catalog_entries;
mod computed_keys;
mod constants;
mod copy;
mod cursor;
mod define;
mod describe;
mod error;
mod execution;
mod explain;
mod grouping_sets;
mod identity;
mod interrupt;
mod lengths;
mod limits;
mod maintain;
mod masking;
mod modify;
mod names;
mod origins;
mod outcome;
mod parameters;
mod plan;
mod postgres;
mod prepared;
mod probe;
mod protected;
mod pushdown;
mod registered;
mod requests;
mod rows;
mod session;
mod set;
mod settings;
mod single_distinct;
mod sleep;
mod statement;
mod stop_scope;
mod system;
mod temporary;
mod transaction;
mod weight;
mod write;
mod zones;

pub use activity::{Client, Interrupt};
pub use copy::CopyInto;
pub use describe::Prepared;
pub use execution::Ended;
pub use outcome::{Deallocated, Outcome, RowsTag};
pub use parameters::Parameter;
pub use plan::DATABASE;
pub use session::Session;
pub use settings::REPORTED;
pub use statement::{Statement, StatementClass};
pub use transaction::TransactionStatus;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use datafusion::execution::SessionStateBuilder;
use datafusion::execution::context::SessionState;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, MemoryPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::logical_expr::ScalarUDF;
use datafusion::prelude::SessionConfig;

use crate::access::{Access, OWNER};
use crate::catalog::Catalog;
use crate::catalog::pg::CatalogLookups;
use crate::config::Config;
use crate::dialect;
use crate::error::{Error, Result, SqlState};
use crate::state::StateDir;
use audit::Audit;
use identity::{Connections, Identity};

/// An open lake with everything that its sessions share. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub config: Config,
    pub catalog: Catalog,
    /// What clients create.
    pub state: StateDir,
    pub access: Access,
    /// The functions of masks, with their key.
    pub masking: OnceLock<HashMap<String, Arc<ScalarUDF>>>,
    pub connections: Connections,
    pub audit: Option<Audit>,
    /// The names of the catalogs, with their OIDs.
    pub snapshots: postgres::LastSnapshot,
    /// What clients have asked for in vain.
    pub probes: probe::Probes,
    /// The state that every session starts from: functions, optimiser rules, limits.
    pub template: SessionState,
    pub started_at: chrono::DateTime<chrono::Utc>,
    pub activity: Arc<activity::Activity>,
}

impl Engine {
    /// Opens the lake. No file is read yet, only the lake's folder or bucket is reached.
    pub async fn open(config: Config) -> Result<Self> {
        let state = StateDir::open(config.engine.state_dir.as_deref())?;
        let runtime = runtime(&config)?;
        let catalog = Catalog::open(&config.lake, &state).await?;
        let template = template(&config, runtime);
        let started_at = chrono::Utc::now();
        let access = Access::open(&state)?;
        catalog.recover(&state, &access).await?;
        let audit = Audit::open(&config.engine, &state)?;
        Ok(Self {
            shared: Arc::new(Shared {
                config,
                catalog,
                state,
                access,
                masking: OnceLock::new(),
                connections: Connections::default(),
                audit,
                snapshots: Mutex::default(),
                probes: probe::Probes::default(),
                template,
                started_at,
                activity: Arc::default(),
            }),
        })
    }

    /// A session of its own: settings, transaction and temporary tables belong to it alone.
    pub fn session(&self, user: &str) -> Session {
        let mut session = Session::new(Arc::clone(&self.shared), Identity::new(user, false, self.has_users()));
        session.take_role_settings();
        session
    }

    /// A session of the folder's owner, who may do everything.
    pub fn owner_session(&self) -> Session {
        Session::new(Arc::clone(&self.shared), Identity::new(OWNER, true, true))
    }

    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// Asks for the list of tables, at most as old as a query may use it.
    ///
    /// # Errors
    /// Those of a lake that cannot be reached.
    pub async fn reach_lake(&self) -> Result<()> {
        let lake = self.shared.catalog.lake();
        // To a listing, a folder that is not there is an empty one.
        if lake.url().folder().is_some_and(|folder| !folder.is_dir()) {
            return Err(Error::new(SqlState::UNDEFINED_FILE, format!("the lake {} is not there", lake.url())));
        }
        lake.tables().await?;
        Ok(())
    }

    /// Memory that running queries have reserved, in bytes.
    pub fn memory_reserved_bytes(&self) -> usize {
        self.shared.template.runtime_env().memory_pool.reserved()
    }
}

/// Memory and disk of all sessions together.
fn runtime(config: &Config) -> Result<Arc<RuntimeEnv>> {
    let engine = &config.engine;
    let consumers = std::num::NonZeroUsize::new(5).unwrap_or(std::num::NonZeroUsize::MIN);
    let pool: Arc<dyn MemoryPool> = Arc::new(TrackConsumersPool::new(FairSpillPool::new(engine.memory_limit_bytes), consumers));
    let mode = match &engine.spill_dir {
        Some(folder) => DiskManagerMode::Directories(vec![folder.clone()]),
        None => DiskManagerMode::OsTmpDirectory,
    };
    let disk = DiskManagerBuilder::default().with_mode(mode).with_max_temp_directory_size(engine.spill_limit_bytes);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(pool)
        .with_disk_manager_builder(disk)
        .with_metadata_cache_limit(config.lake.footer_cache_bytes)
        .build();
    runtime.map(Arc::new).map_err(|error| Error::new(SqlState::CONFIG_FILE_ERROR, format!("the engine cannot start: {error}")))
}

fn template(config: &Config, runtime: Arc<RuntimeEnv>) -> SessionState {
    let threads = match config.engine.threads {
        0 => std::thread::available_parallelism().map_or(1, |n| n.get()),
        n => n,
    };
    let mut session = SessionConfig::new()
        .with_target_partitions(threads)
        .with_batch_size(config.engine.batch_rows)
        .with_information_schema(false)
        .with_collect_statistics(true);
    let options = session.options_mut();
    options.execution.time_zone = Some("UTC".into());
    // The check compares nullability, which the planner itself derives differently before and after it plans a union.
    options.execution.skip_physical_aggregate_schema_check = true;
    // Positions in errors.
    options.sql_parser.collect_spans = true;
    // The rows of `FROM (SELECT … ORDER BY …)` come in that order, to LIMIT, windows and aggregates.
    options.sql_parser.enable_subquery_sort_elimination = false;
    // 1.5 is a numeric, as in Postgres.
    options.sql_parser.parse_float_as_decimal = true;
    let builder = SessionStateBuilder::new().with_config(session).with_runtime_env(runtime).with_default_features();
    let builder = builder.with_optimizer_rules(single_distinct::rules()).with_physical_optimizer_rules(pushdown::rules());
    let builder = builder.with_analyzer_rule(Arc::new(CatalogLookups));
    let mut state = datafusion_functions_customer::register_all(builder).build();
    let registered =
        dialect::register(&mut state).and_then(|()| dialect::bound(&mut state)).and_then(|()| dialect::take_uuids(&mut state));
    if let Err(error) = registered {
        tracing::error!(%error, "functions are not registered");
    }
    state
}
