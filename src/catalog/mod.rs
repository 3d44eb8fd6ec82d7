//! Names: schemas, tables and views of the lake, and what they stand for.

mod constraints;
mod created;
mod journal;
mod lake_table;
pub mod pg;
mod views;
mod visible;

pub use constraints::{Constraint, Key};
pub use created::{Changes, Commented, Created, Definition, Object, require_kept};
pub use lake_table::LakeTable;
pub use views::{View, folded, table_name};
pub use visible::{Found, Origin, Relations, Visible};

use std::sync::{Arc, RwLock};
use std::time::Duration;

use crate::config::LakeConfig;
use crate::error::{Error, Result};
use crate::lake::{Lake, TableFiles};
use crate::state::StateDir;
use created::Document;

/// The lake's tables, seen anew by every query, and what clients have created beside them.
pub struct Catalog {
    lake: Lake,
    files: views::LakeViews,
    constraints: constraints::LakeConstraints,
    /// Hides the lake's own views of the same name.
    created: RwLock<Arc<Created>>,
    /// Held while changes are made.
    committing: tokio::sync::Mutex<()>,
}

impl Catalog {
    /// Opens the lake, and reads what clients have created from the state folder.
    pub async fn open(config: &LakeConfig, state: &StateDir) -> Result<Self> {
        let created = state.read::<Document>(Document::NAME)?.created()?;
        let lake = Lake::open(config).await?;
        let ttl = Duration::from_millis(config.discovery_ttl_ms);
        let (files, constraints) = (views::LakeViews::new(ttl), constraints::LakeConstraints::new(ttl));
        Ok(Self { lake, files, constraints, created: RwLock::new(Arc::new(created)), committing: tokio::sync::Mutex::default() })
    }

    pub fn lake(&self) -> &Lake {
        &self.lake
    }

    /// The catalog as a session with these changes sees it.
    pub fn seen_with<'a>(&'a self, changes: &'a Changes) -> Visible<'a> {
        Visible::new(self, changes)
    }

    /// All tables of the lake with their files.
    pub async fn tables(&self) -> Result<Vec<Arc<TableFiles>>> {
        let mut tables = vec![];
        for name in self.lake.tables().await?.iter() {
            tables.extend(self.lake.table(name).await?);
        }
        Ok(tables)
    }

    /// Waits for the commit of another session; there is none as long as the result is held.
    pub async fn one_commit(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.committing.lock().await
    }

    /// Makes changes visible for every session, and keeps them in the state folder. Whoever calls this holds [`Catalog::one_commit`].
    ///
    /// # Errors
    /// 40001 if another session has changed one of the objects; those of the lake and of the state folder. Nothing is changed then,
    /// unless the store refuses even to take back what it has changed, which the log tells.
    pub async fn commit(&self, state: &StateDir, changes: &Changes) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let now = self.created()?;
        changes.check(&now)?;
        self.lake.change_tables(&changes.of_tables()).await?;
        if changes.touch_created() {
            let new = now.with(changes);
            if let Err(error) = state.write(Document::NAME, &Document::of(&new)) {
                self.lake.take_back(&changes.of_tables()).await;
                return Err(error);
            }
            *self.created.write().map_err(|_| poisoned())? = Arc::new(new);
        }
        Ok(())
    }

    /// Removes the files of tables that changes had written, when these are undone up to `kept`.
    pub async fn discard(&self, changes: &Changes, kept: &Changes) {
        for table in changes.written_beside(kept) {
            if let Err(error) = self.lake.discard(&table).await {
                tracing::warn!(%error, "the files of a table that was not committed could not be removed; they will be later");
            }
        }
    }

    fn created(&self) -> Result<Arc<Created>> {
        self.created.read().map(|created| Arc::clone(&created)).map_err(|_| poisoned())
    }
}

fn poisoned() -> Error {
    Error::internal("the list of what clients created was poisoned")
}
