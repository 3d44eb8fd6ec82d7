//! Names: schemas, tables and views of the lake, and what they stand for.

mod lake_table;
pub mod pg;
mod views;

pub use lake_table::LakeTable;
pub use views::{View, folded, table_name};

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock, RwLockWriteGuard};
use std::time::Duration;

use datafusion::catalog::TableProvider;
use futures::FutureExt;

use crate::config::LakeConfig;
use crate::error::{Error, Result, SqlState};
use crate::lake::{Lake, TableFiles, TableName};

/// What a name stands for.
pub enum Found {
    Table(Arc<dyn TableProvider>),
    View(Arc<View>),
}

/// The lake's tables, seen anew by every query, and its views.
pub struct Catalog {
    lake: Lake,
    files: views::LakeViews,
    /// Views that clients create; they last as long as the program runs and hide the lake's own views of the same name.
    created: RwLock<BTreeMap<TableName, Arc<View>>>,
}

impl Catalog {
    pub async fn open(config: &LakeConfig) -> Result<Self> {
        let lake = Lake::open(config).await?;
        let files = views::LakeViews::new(Duration::from_millis(config.discovery_ttl_ms));
        Ok(Self { lake, files, created: RwLock::new(BTreeMap::new()) })
    }

    pub fn lake(&self) -> &Lake {
        &self.lake
    }

    /// A table of the lake or a view, or `None`.
    pub async fn find(&self, name: &TableName) -> Result<Option<Found>> {
        let created = self.created()?.get(name).cloned();
        if let Some(view) = created {
            return Ok(Some(Found::View(view)));
        }
        if let Some(view) = self.files.get(&self.lake).await?.get(name) {
            return view.clone().map(|view| Some(Found::View(view)));
        }
        match self.lake.table(name).boxed().await? {
            Some(files) => Ok(Some(Found::Table(Arc::new(LakeTable::open(files).boxed().await?)))),
            None => Ok(None),
        }
    }

    /// All tables of the lake with their files.
    pub async fn tables(&self) -> Result<Vec<Arc<TableFiles>>> {
        let mut tables = vec![];
        for name in self.lake.tables().await?.iter() {
            tables.extend(self.lake.table(name).await?);
        }
        Ok(tables)
    }

    /// All views that can be read: those of the lake's `sql/views` folder and those that clients created.
    pub async fn views(&self) -> Result<BTreeMap<TableName, Arc<View>>> {
        let files = self.files.get(&self.lake).await?;
        let mut views: BTreeMap<_, _> = files.iter().filter_map(|(n, v)| Some((n.clone(), v.clone().ok()?))).collect();
        views.extend(self.created()?.iter().map(|(name, view)| (name.clone(), Arc::clone(view))));
        Ok(views)
    }

    fn created(&self) -> Result<RwLockWriteGuard<'_, BTreeMap<TableName, Arc<View>>>> {
        self.created.write().map_err(|_| Error::internal("the list of views was poisoned"))
    }

    /// Adds a view; `Ok(false)` if the name is taken and may not be replaced.
    pub async fn create_view(&self, view: View, or_replace: bool) -> Result<bool> {
        let is_table = self.lake.table(&view.name).await?.is_some();
        if is_table && or_replace {
            return Err(Error::new(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a view", view.name)));
        }
        if is_table || (!or_replace && self.views().await?.contains_key(&view.name)) {
            return Ok(false);
        }
        self.created()?.insert(view.name.clone(), Arc::new(view));
        Ok(true)
    }

    /// Removes a view that a client created; `Ok(false)` if there is none of this name.
    pub async fn drop_view(&self, name: &TableName) -> Result<bool> {
        let removed = self.created()?.remove(name).is_some();
        if !removed && self.views().await?.contains_key(name) {
            let message = format!("view \"{name}\" is defined by a file of the lake");
            return Err(Error::new(SqlState::INSUFFICIENT_PRIVILEGE, message).hint("Remove its file from sql/views"));
        }
        Ok(removed)
    }
}
