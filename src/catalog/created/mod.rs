//! What clients create by name – schemas, views, comments –, and what a transaction will have changed of it.
//!
//! [`Created`] is what every session sees; [`Changes`] lie over it for the session that makes them, until it commits them.

mod document;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::View;
use crate::error::{Error, Result, SqlState};
use crate::lake::{StoredTable, TableChange, TableName};

pub(super) use document::Document;
pub use document::require_kept;

/// What can be defined.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    Schema(String),
    /// A table or a view: they share their names.
    Relation(TableName),
    CommentOn(Commented),
}

/// What can have a comment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Commented {
    Database,
    Schema(String),
    Relation(TableName),
    Column(TableName, String),
    /// All functions of this name.
    Function(String),
}

/// What an object is.
#[derive(Clone, Debug, PartialEq)]
pub enum Definition {
    Schema,
    View(Arc<View>),
    /// Only in changes: once they are committed, a table is the lake's.
    Table(StoredTable),
    Comment(String),
}

/// The objects that clients have created.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Created {
    objects: BTreeMap<Object, Definition>,
}

impl Created {
    pub fn get(&self, object: &Object) -> Option<&Definition> {
        self.objects.get(object)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Object, &Definition)> {
        self.objects.iter()
    }

    /// With the changes made. Tables are left out: they are the lake's.
    pub fn with(&self, changes: &Changes) -> Self {
        let mut objects = self.objects.clone();
        for (object, edit) in &changes.edits {
            match &edit.after {
                None | Some(Definition::Table(_)) => drop(objects.remove(object)),
                Some(definition) => drop(objects.insert(object.clone(), definition.clone())),
            }
        }
        Self { objects }
    }
}

/// One object before and after.
#[derive(Clone, Debug, PartialEq)]
struct Edit {
    before: Option<Definition>,
    after: Option<Definition>,
}

/// Changes that one session sees and others do not yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    edits: BTreeMap<Object, Edit>,
    /// Relations that have another name now, in order.
    renamed: Vec<(TableName, TableName)>,
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// What an object has become: `None` if it was not changed, `Some(None)` if it is gone.
    pub fn get(&self, object: &Object) -> Option<Option<&Definition>> {
        self.edits.get(object).map(|edit| edit.after.as_ref())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Object, Option<&Definition>)> {
        self.edits.iter().map(|(object, edit)| (object, edit.after.as_ref()))
    }

    /// Notes that a relation goes on under another name.
    pub fn rename(&mut self, from: TableName, to: TableName) {
        self.renamed.push((from, to));
    }

    /// What was renamed: from, to.
    pub fn renamed(&self) -> &[(TableName, TableName)] {
        &self.renamed
    }

    /// Makes an object something else. `before` is what it was when it was looked at.
    pub fn put(&mut self, object: Object, before: Option<Definition>, after: Option<Definition>) {
        match self.edits.entry(object) {
            std::collections::btree_map::Entry::Occupied(mut known) => known.get_mut().after = after,
            std::collections::btree_map::Entry::Vacant(new) => drop(new.insert(Edit { before, after })),
        }
    }

    /// What takes these changes back, once they are made.
    pub fn reversed(&self) -> Self {
        let edit =
            |(object, edit): (&Object, &Edit)| (object.clone(), Edit { before: edit.after.clone(), after: edit.before.clone() });
        let renamed = self.renamed.iter().rev().map(|(from, to)| (to.clone(), from.clone())).collect();
        Self { edits: self.edits.iter().map(edit).collect(), renamed }
    }

    /// Refuses what another session has changed since.
    pub(super) fn check(&self, now: &Created) -> Result<()> {
        for (object, edit) in &self.edits {
            let before = edit.before.as_ref().filter(|before| !matches!(before, Definition::Table(_)));
            if before != now.get(object) {
                let message = "could not serialize access due to concurrent update of the catalog";
                return Err(Error::new(SqlState("40001"), message).hint("Run the transaction again"));
            }
        }
        Ok(())
    }

    /// Whether anything changes apart from the lake's tables.
    pub(super) fn touch_created(&self) -> bool {
        let other = |definition: &Option<Definition>| definition.as_ref().is_some_and(|d| !matches!(d, Definition::Table(_)));
        self.edits.values().any(|edit| edit.before != edit.after && (other(&edit.before) || other(&edit.after)))
    }

    /// What changes of the lake's tables.
    pub(in crate::catalog) fn of_tables(&self) -> Vec<TableChange> {
        let table = |definition: &Option<Definition>| match definition {
            Some(Definition::Table(table)) => Some(table.clone()),
            _ => None,
        };
        let edits = self.edits.iter().filter_map(|(object, edit)| match object {
            Object::Relation(name) => Some((name, table(&edit.before), table(&edit.after))),
            _ => None,
        });
        let changed = edits.filter(|(_, before, after)| before != after);
        changed.map(|(name, before, after)| TableChange { name: name.clone(), before, after }).collect()
    }

    /// Versions that were written for these changes and not for those of `kept`: without a name once these are undone.
    pub(super) fn written_beside(&self, kept: &Self) -> Vec<StoredTable> {
        let tables = |changes: &Self| -> Vec<StoredTable> {
            let both = changes.edits.values().flat_map(|edit| [&edit.before, &edit.after]);
            let tables = both.filter_map(|definition| match definition {
                Some(Definition::Table(table)) => Some(table.clone()),
                _ => None,
            });
            tables.collect()
        };
        let published = self.edits.values().filter_map(|edit| edit.before.clone());
        let published: Vec<Definition> = published.collect();
        let kept = tables(kept);
        let written = tables(self).into_iter().filter(|table| !kept.contains(table));
        written.filter(|table| !published.contains(&Definition::Table(table.clone()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(name: &str) -> Object {
        Object::Schema(name.into())
    }

    #[test]
    fn changes_lie_over_what_is_there_and_are_checked_against_it() {
        let mut first = Changes::default();
        first.put(schema("a"), None, Some(Definition::Schema));
        first.put(schema("b"), None, Some(Definition::Schema));
        first.put(schema("b"), Some(Definition::Schema), None);
        let nothing = Created::default();
        assert!(first.check(&nothing).is_ok());
        let now = nothing.with(&first);
        assert_eq!((now.get(&schema("a")), now.get(&schema("b"))), (Some(&Definition::Schema), None));
        assert_eq!(first.get(&schema("b")), Some(None));
        assert_eq!(first.get(&schema("c")), None);

        // Another session meant to create the same schema.
        let mut second = Changes::default();
        second.put(schema("a"), None, Some(Definition::Schema));
        assert_eq!(second.check(&now).unwrap_err().sqlstate(), "40001");
    }
}
