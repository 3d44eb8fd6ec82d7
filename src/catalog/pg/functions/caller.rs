//! What a system function knows besides its arguments.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crate::catalog::pg::PgCatalog;
use crate::catalog::pg::session::effective_search_path;
use crate::catalog::pg::snapshot::CatalogSnapshot;

/// The session's catalog, with the names and the search path fetched once for all rows of a batch.
pub struct Caller<'a> {
    catalog: &'a PgCatalog,
    snapshot: OnceLock<Arc<CatalogSnapshot>>,
    path: OnceLock<Vec<String>>,
}

impl<'a> Caller<'a> {
    pub fn new(catalog: &'a PgCatalog) -> Self {
        Self { catalog, snapshot: OnceLock::new(), path: OnceLock::new() }
    }

    pub fn current(&self) -> &CatalogSnapshot {
        self.snapshot.get_or_init(|| self.catalog.current())
    }

    /// The search path as PostgreSQL uses it.
    pub fn search_path(&self) -> &[String] {
        self.path.get_or_init(|| effective_search_path(self.catalog.session.as_ref()))
    }
}

impl Deref for Caller<'_> {
    type Target = PgCatalog;

    fn deref(&self) -> &PgCatalog {
        self.catalog
    }
}
