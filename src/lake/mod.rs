//! Bytes: from a URL to the tables, files and schemas that lie there, and to new tables. Knows no SQL.
//!
//! In the order of the data: an address ([`url`]) becomes an object store ([`store`]); names of folders become tables
//! ([`discovery`]); a listing of one folder becomes its files ([`listing`], [`partition`]); ranges of a file ([`reader`])
//! become its footer ([`footer`], [`text`]); the footers of all files become one schema ([`schema`], [`widen`]) and one set of
//! statistics ([`statistics`]), which is a table ([`table`]). Back: rows become files, and a manifest publishes them
//! ([`publish`], [`stored`], [`manifest`], [`sweep`]).

mod cache;
mod discovery;
mod error;
mod footer;
mod listing;
mod manifest;
mod pages;
mod partition;
mod publish;
mod reader;
mod schema;
mod statistics;
mod store;
mod stored;
mod sweep;
mod table;
mod text;
mod url;
mod uuid;
mod widen;

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use datafusion::arrow::datatypes::SchemaRef;
use object_store::ObjectStore;

use crate::config::LakeConfig;
use cache::Cache;
use discovery::{Discovery, Place};
use footer::FooterCache;
use listing::Listing;
use table::Files;

pub use discovery::{DEFAULT_SCHEMA, TableName};
pub use error::{LakeError, Result};
pub use footer::Footer;
pub use listing::{DataFile, Format};
pub use partition::PartitionColumn;
pub use publish::{Grace, Publication, PublishMode, Published};
pub use reader::FileReader;
pub use stored::{StoredTable, TableChange};
pub use table::{FileContents, TableContents, TableFiles};
pub use url::LakeUrl;

/// On S3 two ranges closer than this are one request, since a request costs about as much as a megabyte.
const S3_GAP_BYTES: u64 = 1 << 20;

/// Memory of one file in a table that is kept, with its statistics, roughly.
const FILE_BYTES: usize = 4 << 10;

/// A lake that was opened. Clones share one lake and its caches.
#[derive(Clone)]
pub struct Lake {
    inner: Arc<Inner>,
}

struct Inner {
    url: LakeUrl,
    config: LakeConfig,
    files: Arc<Files>,
    discovered: Mutex<Option<Discovered>>,
    /// Held while the lake is discovered, so that many who wait cause one listing.
    discovering: tokio::sync::Mutex<()>,
    tables: Cache<TableName, ListedTable>,
}

#[derive(Clone)]
struct Discovered {
    discovery: Arc<Discovery>,
    /// When its listing began: what arrived later may be missing.
    at: Instant,
}

struct ListedTable {
    table: Arc<TableFiles>,
    at: Instant,
}

impl Lake {
    /// Opens a lake. A folder must exist and may be empty; a bucket is asked for one listing, so that wrong keys, a missing
    /// bucket or an unreachable endpoint are told here.
    ///
    /// # Errors
    /// `Configuration`, `NotFound`, `Denied`, or `Unreachable` at the latest after `retry_timeout_ms`.
    pub async fn open(config: &LakeConfig) -> Result<Self> {
        let url = LakeUrl::parse(&config.url)?;
        let store = store::open_store(&url, config)?;
        let gap_bytes = if url.folder().is_some() { 0 } else { S3_GAP_BYTES };
        let mut hasher = DefaultHasher::new();
        (&config.url, &config.s3.endpoint).hash(&mut hasher);
        let page_bytes_max = config.page_bytes_max;
        let footers = FooterCache::new(config.footer_cache_bytes);
        let files = Files { id: hasher.finish(), store, footers, gap_bytes, page_bytes_max };
        let inner = Inner {
            url,
            config: config.clone(),
            files: Arc::new(files),
            discovered: Mutex::new(None),
            discovering: tokio::sync::Mutex::new(()),
            tables: Cache::new(config.footer_cache_bytes),
        };
        let lake = Self { inner: Arc::new(inner) };
        let limit = config.retry_timeout();
        tokio::time::timeout(limit, lake.discover_since(Instant::now())).await.unwrap_or_else(|_| {
            let reason = format!("no answer within {} seconds", limit.as_secs());
            Err(LakeError::Unreachable { what: format!("the lake at {}", lake.inner.url), reason })
        })?;
        Ok(lake)
    }

    /// Where the lake lies; shown to people, it holds no keys.
    pub fn url(&self) -> &LakeUrl {
        &self.inner.url
    }

    /// The store whose root is the lake.
    pub fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.inner.files.store
    }

    /// The names of all tables, at most `discovery_ttl_ms` old.
    pub async fn tables(&self) -> Result<Arc<BTreeSet<TableName>>> {
        let ttl = Duration::from_millis(self.inner.config.discovery_ttl_ms);
        let oldest = Instant::now().checked_sub(ttl).unwrap_or_else(Instant::now);
        Ok(Arc::clone(&self.discover_since(oldest).await?.names))
    }

    /// The table as it is now: its files are listed for each call, or at most `listing_ttl_ms` ago. A name that is not known
    /// is looked for in the lake before it is said not to exist. `None` if there is no such table, or no data file in it.
    ///
    /// # Errors
    /// Those of the store, `Ambiguous`, `TooManyFiles` or `Unsupported`. What is wrong inside a file is told by
    /// [`TableFiles::contents`].
    pub async fn table(&self, name: &TableName) -> Result<Option<Arc<TableFiles>>> {
        let asked = Instant::now();
        let known = self.inner.tables.get(name);
        let ttl = Duration::from_millis(self.inner.config.listing_ttl_ms);
        if let Some(known) = &known
            && known.at.elapsed() < ttl
        {
            return Ok(Some(Arc::clone(&known.table)));
        }
        let mut listing = None;
        // An old discovery is good enough to find a table that it has; anything else is looked at afresh.
        if let Some(old) = self.last_discovery()
            && let Ok(Some(place)) = old.discovery.place(name)
        {
            listing = self.list(place, name).await?;
        }
        if listing.is_none() {
            let fresh = self.discover_since(asked).await?;
            if let Some(place) = fresh.place(name)? {
                listing = self.list(place, name).await?;
            }
        }
        let Some(listing) = listing else {
            self.inner.tables.remove(name);
            return Ok(None);
        };
        let table = match known {
            Some(known) if *known.table.listing() == listing => Arc::clone(&known.table),
            _ => Arc::new(TableFiles::new(name.clone(), listing, Arc::clone(&self.inner.files))),
        };
        let bytes = table.files().len() * FILE_BYTES;
        self.inner.tables.insert(name.clone(), Arc::new(ListedTable { table: Arc::clone(&table), at: asked }), bytes);
        Ok(Some(table))
    }

    /// The table as it was last listed, however long ago; `None` if it never was. Nothing is asked of the store.
    pub fn last_table(&self, name: &TableName) -> Option<Arc<TableFiles>> {
        self.inner.tables.get(name).map(|known| Arc::clone(&known.table))
    }

    /// The table as it was at most `discovery_ttl_ms` ago: for lists of columns, which are as old as lists of names.
    ///
    /// # Errors
    /// Those of [`Lake::table`].
    pub async fn recent_table(&self, name: &TableName) -> Result<Option<Arc<TableFiles>>> {
        let ttl = Duration::from_millis(self.inner.config.discovery_ttl_ms);
        match self.inner.tables.get(name).filter(|known| known.at.elapsed() < ttl) {
            Some(known) => Ok(Some(Arc::clone(&known.table))),
            None => self.table(name).await,
        }
    }

    /// Begins to write a table with the columns of `schema`. See [`Publication`].
    ///
    /// # Errors
    /// `ReadOnly` unless `allow_write` is set; `Exists` or `NotPublished` if the name is taken; `Unsupported` for a schema
    /// with two columns of one name.
    pub async fn begin_publish(&self, name: &TableName, mode: PublishMode, schema: SchemaRef) -> Result<Publication> {
        self.require_write()?;
        Publication::begin(self, name, mode, schema).await
    }

    /// Begins to write a version that nobody sees before [`Lake::change_tables`] gives it a name: see [`Publication::finish`].
    ///
    /// # Errors
    /// `ReadOnly` unless `allow_write` is set; `Unsupported` for a schema with two columns of one name.
    pub fn begin_version(&self, name: &TableName, schema: SchemaRef) -> Result<Publication> {
        self.require_write()?;
        Publication::unpublished(self, name, schema)
    }

    /// Removes a table that was written by [`Lake::begin_publish`]; its files stay for a while, for queries that run.
    ///
    /// # Errors
    /// `ReadOnly` unless `allow_write` is set; `NotPublished` for a table of the lake's own files; `NotFound`.
    pub async fn drop_table(&self, name: &TableName) -> Result<()> {
        self.require_write()?;
        publish::drop_table(self, name).await
    }

    /// Removes files that no table names any more and whose grace time is over; returns how many versions those were.
    /// Publishing and dropping do this on their own.
    pub async fn remove_leftovers(&self, grace: Grace) -> Result<usize> {
        self.require_write()?;
        sweep::sweep(self, grace).await
    }

    /// `ReadOnly` unless `allow_write` is set.
    pub fn require_write(&self) -> Result<()> {
        if self.inner.config.allow_write { Ok(()) } else { Err(LakeError::ReadOnly) }
    }

    /// Whether a name belongs to a published table, and whether it belongs to the lake's own files; looked at afresh.
    async fn who_has(&self, name: &TableName) -> Result<(bool, bool)> {
        let discovery = self.discover_since(Instant::now()).await?;
        let places = discovery.places(name);
        let published = places.iter().any(|place| matches!(place, Place::Manifest(_)));
        let own = places.iter().any(|place| !matches!(place, Place::Manifest(_)));
        Ok((published, own))
    }

    async fn list(&self, place: &Place, name: &TableName) -> Result<Option<Listing>> {
        let store = self.inner.files.store.as_ref();
        match place {
            Place::Folder(folder) => {
                listing::list_folder(store, folder, &name.to_string(), self.inner.config.table_files_max).await
            }
            Place::File(file) => listing::list_file(store, file).await,
            Place::Manifest(path) => manifest::read(store, path).await?.map(manifest::Manifest::listing).transpose(),
        }
    }

    /// A discovery whose listing began at `oldest` or later.
    async fn discover_since(&self, oldest: Instant) -> Result<Arc<Discovery>> {
        let fresh = |known: Option<Discovered>| known.filter(|known| known.at >= oldest).map(|known| known.discovery);
        if let Some(discovery) = fresh(self.last_discovery()) {
            return Ok(discovery);
        }
        let _one_at_a_time = self.inner.discovering.lock().await;
        if let Some(discovery) = fresh(self.last_discovery()) {
            return Ok(discovery);
        }
        let at = Instant::now();
        let mut discovery = discovery::discover(self.inner.files.store.as_ref()).await?;
        // The same names are the same `Arc`, by which others see that nothing has changed.
        if let Some(before) = self.last_discovery().filter(|before| before.discovery.names == discovery.names) {
            discovery.names = Arc::clone(&before.discovery.names);
        }
        let discovery = Arc::new(discovery);
        *self.discovered() = Some(Discovered { discovery: Arc::clone(&discovery), at });
        Ok(discovery)
    }

    fn last_discovery(&self) -> Option<Discovered> {
        self.discovered().clone()
    }

    /// Nothing that can panic runs under the lock, so a poisoned one holds whole data.
    fn discovered(&self) -> MutexGuard<'_, Option<Discovered>> {
        self.inner.discovered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the lake's own files have this name: such a table is read, not renamed or dropped.
    pub async fn has_files_of(&self, name: &TableName) -> Result<bool> {
        Ok(self.who_has(name).await?.1)
    }

    /// After a table was written or dropped, everyone looks again.
    fn forget(&self, name: &TableName) {
        *self.discovered() = None;
        self.inner.tables.remove(name);
    }
}

impl std::fmt::Debug for Lake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lake").field("url", &self.inner.url).finish_non_exhaustive()
    }
}
