//! What one session sees: its own changes, then what clients have created, then the lake.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use futures::FutureExt;

use super::created::{Changes, Commented, Created, Definition, Object};
use super::{Catalog, Constraint, LakeTable, View};
use crate::error::{Error, Result, SqlState};
use crate::lake::{DEFAULT_SCHEMA, TableName};

/// What a name stands for.
#[derive(Clone)]
pub enum Found {
    Table(Arc<dyn TableProvider>),
    View(Arc<View>),
}

/// All names that a session sees.
pub struct Relations {
    pub tables: BTreeSet<TableName>,
    /// Those that can be read.
    pub views: BTreeMap<TableName, Arc<View>>,
    pub schemas: BTreeSet<String>,
    pub comments: BTreeMap<Commented, String>,
    /// The keys that the lake declares, of tables that are there or not.
    pub constraints: Arc<Vec<Constraint>>,
}

/// What [`Visible::relations`] is made of.
#[derive(Clone)]
pub struct Origin {
    tables: Arc<BTreeSet<TableName>>,
    files: Arc<super::views::Files>,
    constraints: Arc<Vec<Constraint>>,
    created: Arc<Created>,
    changes: Changes,
}

impl PartialEq for Origin {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.tables, &other.tables)
            && Arc::ptr_eq(&self.files, &other.files)
            && Arc::ptr_eq(&self.constraints, &other.constraints)
            && Arc::ptr_eq(&self.created, &other.created)
            && self.changes == other.changes
    }
}

/// The catalog as one session sees it.
#[derive(Clone, Copy)]
pub struct Visible<'a> {
    catalog: &'a Catalog,
    changes: &'a Changes,
}

impl<'a> Visible<'a> {
    pub(super) fn new(catalog: &'a Catalog, changes: &'a Changes) -> Self {
        Self { catalog, changes }
    }

    /// A table or a view, or `None`.
    pub async fn find(&self, name: &TableName) -> Result<Option<Found>> {
        match self.defined(&Object::Relation(name.clone()))? {
            Seen::As(Definition::View(view)) => return Ok(Some(Found::View(view))),
            Seen::As(Definition::Table(table)) => {
                let files = self.catalog.lake.open_stored(name, &table)?;
                return Ok(Some(Found::Table(Arc::new(LakeTable::open(files).boxed().await?))));
            }
            Seen::As(_) | Seen::Gone => return Ok(None),
            Seen::Elsewhere => {}
        }
        if let Some(view) = self.catalog.files.get(&self.catalog.lake).await?.get(name) {
            return view.clone().map(|view| Some(Found::View(view)));
        }
        match self.catalog.lake.table(name).boxed().await? {
            Some(files) => Ok(Some(Found::Table(Arc::new(LakeTable::open(files).boxed().await?)))),
            None => Ok(None),
        }
    }

    /// The columns of a table, as old as the lists of names may be; `None` for a view and for what is not there.
    pub async fn table_columns(&self, name: &TableName) -> Result<Option<SchemaRef>> {
        if !matches!(self.defined(&Object::Relation(name.clone()))?, Seen::Elsewhere)
            || self.catalog.files.get(&self.catalog.lake).await?.contains_key(name)
        {
            return Ok(None);
        }
        match self.catalog.lake.recent_table(name).boxed().await? {
            Some(files) => Ok(Some(files.columns().boxed().await?)),
            None => Ok(None),
        }
    }

    /// What the names are made of: while nothing has changed, it is equal to the one before.
    pub async fn origin(&self) -> Result<Origin> {
        Ok(Origin {
            tables: self.catalog.lake.tables().await?,
            files: self.catalog.files.get(&self.catalog.lake).await?,
            constraints: self.catalog.constraints.get(&self.catalog.lake).await?,
            created: self.catalog.created()?,
            changes: self.changes.clone(),
        })
    }

    /// Whether a name is a view; `None` if it is not there. No file is opened.
    pub async fn is_view(&self, name: &TableName) -> Result<Option<bool>> {
        match self.defined(&Object::Relation(name.clone()))? {
            Seen::As(definition) => return Ok(Some(matches!(definition, Definition::View(_)))),
            Seen::Gone => return Ok(None),
            Seen::Elsewhere => {}
        }
        if self.catalog.files.get(&self.catalog.lake).await?.contains_key(name) {
            return Ok(Some(true));
        }
        Ok(self.catalog.lake.table(name).boxed().await?.map(|_| false))
    }

    /// What an object is now, as changes must know it: `None` if it is not there.
    ///
    /// # Errors
    /// 42501 for what the files of the lake define, which only changes with them.
    pub async fn definition(&self, object: &Object) -> Result<Option<Definition>> {
        match self.defined(object)? {
            Seen::As(definition) => return Ok(Some(definition)),
            Seen::Gone => return Ok(None),
            Seen::Elsewhere => {}
        }
        let Object::Relation(name) = object else { return Ok(None) };
        if self.is_lake_view(name).await? {
            let message = format!("view \"{name}\" is defined by a file of the lake");
            return Err(Error::new(SqlState::INSUFFICIENT_PRIVILEGE, message).hint("Change or remove its file in sql/views"));
        }
        Ok(self.catalog.lake.stored(name).await?.map(Definition::Table))
    }

    /// Whether a view is a file of the lake, and not hidden by one that a client created.
    pub async fn is_lake_view(&self, name: &TableName) -> Result<bool> {
        let elsewhere = matches!(self.defined(&Object::Relation(name.clone()))?, Seen::Elsewhere);
        Ok(elsewhere && self.catalog.files.get(&self.catalog.lake).await?.contains_key(name))
    }

    /// All names.
    pub async fn relations(&self) -> Result<Relations> {
        let created = self.created()?;
        let files = self.catalog.files.get(&self.catalog.lake).await?;
        let mut views: BTreeMap<_, _> = files.iter().filter_map(|(n, v)| Some((n.clone(), v.clone().ok()?))).collect();
        let mut tables: BTreeSet<TableName> = self.catalog.lake.tables().await?.iter().cloned().collect();
        let (mut schemas, mut comments) = (BTreeSet::from([DEFAULT_SCHEMA.to_owned()]), BTreeMap::new());
        for (object, definition) in created.iter() {
            match (object, definition) {
                (Object::Schema(name), _) => drop(schemas.insert(name.clone())),
                (Object::Relation(name), Definition::View(view)) => drop(views.insert(name.clone(), Arc::clone(view))),
                (Object::CommentOn(on), Definition::Comment(text)) => drop(comments.insert(on.clone(), text.clone())),
                _ => {}
            }
        }
        for (object, definition) in self.changes.iter() {
            let Object::Relation(name) = object else { continue };
            match definition {
                Some(Definition::Table(_)) => drop(tables.insert(name.clone())),
                Some(_) => {}
                None => {
                    tables.remove(name);
                    views.remove(name);
                }
            }
        }
        tables.retain(|table| !views.contains_key(table));
        schemas.extend(tables.iter().chain(views.keys()).map(|name| name.schema.clone()));
        let constraints = self.catalog.constraints.get(&self.catalog.lake).await?;
        Ok(Relations { tables, views, schemas, comments, constraints })
    }

    /// Comments on the columns of one relation, by their names.
    pub fn column_comments(&self, relation: &TableName) -> Result<BTreeMap<String, String>> {
        let created = self.created()?;
        let comments = created.iter().filter_map(|(object, definition)| match (object, definition) {
            (Object::CommentOn(Commented::Column(name, column)), Definition::Comment(text)) if name == relation => {
                Some((column.clone(), text.clone()))
            }
            _ => None,
        });
        Ok(comments.collect())
    }

    /// The relations that have comments on their columns.
    pub fn relations_with_column_comments(&self) -> Result<BTreeSet<TableName>> {
        let created = self.created()?;
        let commented = created.iter().filter_map(|(object, _)| match object {
            Object::CommentOn(Commented::Column(name, _)) => Some(name.clone()),
            _ => None,
        });
        Ok(commented.collect())
    }

    /// What was created, with the session's changes.
    fn created(&self) -> Result<Arc<Created>> {
        let created = self.catalog.created()?;
        Ok(if self.changes.is_empty() { created } else { Arc::new(created.with(self.changes)) })
    }

    fn defined(&self, object: &Object) -> Result<Seen> {
        Ok(match self.changes.get(object) {
            Some(Some(definition)) => Seen::As(definition.clone()),
            Some(None) => Seen::Gone,
            None => self.catalog.created()?.get(object).cloned().map_or(Seen::Elsewhere, Seen::As),
        })
    }
}

/// What the session's changes and what was created say of an object.
enum Seen {
    As(Definition),
    Gone,
    /// Nothing: the lake may have it.
    Elsewhere,
}
