//! PostgreSQL's system catalogs and `information_schema`, so that clients of PostgreSQL find their way about the lake.
//!
//! The tables are ordinary ones, planned by the ordinary planner; no query text is recognised. What PostgreSQL's SQL has and the planner
//! has not is put into other words by [`rewrite()`], on the syntax tree and by what it means.
//!
//! A session makes one [`PgCatalog`], registers its schemas, functions and rules, calls [`rewrite()`] on each statement and
//! [`PgCatalog::refresh`] before it plans one that uses the catalogs.

mod columns;
pub mod definitions;
mod functions;
mod keys;
mod lookup;
pub mod oid;
mod rewrite;
mod rows;
mod scan;
mod seed;
mod session;
mod snapshot;
mod table;
mod tables;
mod type_planner;
pub mod types;
mod wanted;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, RwLock};

use datafusion::catalog::{SchemaProvider, TableFunctionImpl, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;

pub use functions::{REGISTERED, registered_names};
pub use keys::{KeyConstraint, KeyKind, Reference};
pub use lookup::CatalogLookups;
pub use rewrite::{Rewritten, array_elements, array_from_text, build, output_name, repeated_name, rewrite};
pub use session::{NamedStatement, OpenCursor, PgSession, ServerProcess, Setting, Signal, effective_search_path};
pub use snapshot::{
    Argument, CatalogSnapshot, Column, Function, FunctionKind, Names, Relation, RelationKind, RelationOids, RelationSize, Schema,
    SnapshotSource, TEMPORARY_SCHEMA, quoted,
};
pub use type_planner::PgTypePlanner;

pub use crate::access::OWNER;

/// The catalogs as one session sees them.
pub struct PgCatalog {
    source: Arc<dyn SnapshotSource>,
    session: Arc<dyn PgSession>,
    current: RwLock<Arc<CatalogSnapshot>>,
    /// Comments on columns that were read in this session, by relation and number of the column.
    comments: RwLock<BTreeMap<(u32, i64), String>>,
}

/// Functions and plans are printed in errors and logs, and all names of a lake are too much there.
impl fmt::Debug for PgCatalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgCatalog").finish_non_exhaustive()
    }
}

impl PgCatalog {
    pub fn new(source: Arc<dyn SnapshotSource>, session: Arc<dyn PgSession>) -> Arc<Self> {
        let current = RwLock::new(Arc::new(CatalogSnapshot::new(Names::default())));
        Arc::new(Self { source, session, current, comments: RwLock::default() })
    }

    /// Takes the names as of now, for the functions that resolve names. A statement that uses the catalogs needs this before it is
    /// planned, since functions of literals are evaluated then.
    pub async fn refresh(&self) -> Result<Arc<CatalogSnapshot>> {
        let snapshot = self.source.snapshot().await?;
        *self.current.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::clone(&snapshot);
        Ok(snapshot)
    }

    /// Reads the comments on columns, for `col_description`: it is called while a plan runs, and cannot wait for files.
    pub async fn read_column_comments(&self) {
        let snapshot = self.current();
        let commented = self.source.commented();
        let relations = commented
            .iter()
            .filter_map(|(schema, name)| snapshot.relation_with_oids(snapshot.relation_oids(schema, name)?.relation));
        let mut read = Vec::new();
        for (relation, oids) in relations {
            read.extend(columns::of_relation(self, relation, oids).await);
        }
        self.remember_comments(&read);
    }

    /// `pg_catalog` and `information_schema`.
    pub fn schemas(self: &Arc<Self>) -> Vec<(&'static str, Arc<dyn SchemaProvider>)> {
        ["pg_catalog", "information_schema"]
            .map(|name| (name, Arc::new(table::PgSchema { name, catalog: Arc::clone(self) }) as Arc<dyn SchemaProvider>))
            .into()
    }

    /// One table of `pg_catalog` or `information_schema`.
    pub fn table(self: &Arc<Self>, schema: &str, name: &str) -> Option<Arc<dyn TableProvider>> {
        let definition = definitions::find(schema, name)?;
        Some(Arc::new(table::CatalogTable::new(definition, Arc::clone(self))))
    }

    /// The system functions, each bound to this session.
    pub fn functions(self: &Arc<Self>) -> Vec<ScalarUDF> {
        functions::all(self)
    }

    /// The system functions that return rows.
    pub fn table_functions(self: &Arc<Self>) -> Vec<(&'static str, Arc<dyn TableFunctionImpl>)> {
        functions::tables()
    }

    /// The OID of a relation by its name, by the names that were listed last.
    pub fn known_relation(&self, schema: Option<&str>, name: &str, path: &[String]) -> Option<u32> {
        self.current().find_relation(schema, name, path)
    }

    fn current(&self) -> Arc<CatalogSnapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    fn remember_comments(&self, relations: &[columns::RelationColumns<'_>]) {
        let mut comments = self.comments.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        for relation in relations {
            comments.retain(|(oid, _), _| *oid != relation.oids.relation);
            for (number, column) in (1..).zip(&relation.columns) {
                if let Some(comment) = &column.comment {
                    comments.insert((relation.oids.relation, number), comment.clone());
                }
            }
        }
    }

    fn column_comment(&self, relation: u32, column: i64) -> Option<String> {
        self.comments.read().unwrap_or_else(|poisoned| poisoned.into_inner()).get(&(relation, column)).cloned()
    }
}
