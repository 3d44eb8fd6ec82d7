//! What a commit is about to change, kept in the state folder while it changes it. Who starts and finds it there takes all of it back: the
//! program before was killed in the middle, and nobody was told that the commit was done.

use serde::{Deserialize, Serialize};

use super::created::{Changes, Document, Object};
use super::{Catalog, poisoned};
use crate::access::privileges::Relation;
use crate::access::{Access, OWNER};
use crate::error::Result;
use crate::lake::{TableChange, TableName};
use crate::state::StateDir;

/// The document "commit".
const NAME: &str = "commit";

/// Everything as it was, and the tables as they were to become.
#[derive(Deserialize, Serialize)]
pub struct Journal {
    tables: Vec<TableChange>,
    created: Document,
    /// What was known of each relation that changes.
    access: Vec<(TableName, Option<Relation>)>,
}

impl Catalog {
    /// Notes what is there before a commit that changes several things; what changes by one step is there or not by itself. What is new
    /// will be `owner`'s. Whoever calls this holds [`Catalog::one_commit`].
    ///
    /// # Errors
    /// 58030 if the state folder takes no document.
    pub fn begin_commit(&self, state: &StateDir, access: &Access, changes: &Changes, owner: &str) -> Result<()> {
        let tables = changes.of_tables();
        let known = access.state();
        let relations = changes.iter().filter_map(|(object, _)| match object {
            Object::Relation(name) => Some((name.clone(), known.relation(name).cloned())),
            _ => None,
        });
        let access: Vec<_> = relations.collect();
        let follows = owner != OWNER || access.iter().any(|(_, known)| known.is_some());
        let steps = tables.len() + usize::from(changes.touch_created()) + usize::from(follows);
        if steps < 2 {
            return Ok(());
        }
        state.write(NAME, &Journal { tables, created: Document::of(self.created()?.as_ref()), access })
    }

    /// The commit is done, or has been taken back.
    ///
    /// # Errors
    /// 58030 if the state folder keeps the note: at the next start the commit would be taken back.
    pub fn end_commit(&self, state: &StateDir) -> Result<()> {
        state.remove(NAME)
    }

    /// Takes back what a program that was killed had changed of a commit.
    ///
    /// # Errors
    /// Those of the lake and of the state folder; the next start tries again.
    pub async fn recover(&self, state: &StateDir, access: &Access) -> Result<()> {
        let Some(journal) = state.read::<Option<Journal>>(NAME)? else { return Ok(()) };
        self.lake.restore(&journal.tables).await?;
        let created = journal.created.created()?;
        state.write(Document::NAME, &Document::of(&created))?;
        *self.created.write().map_err(|_| poisoned())? = created.into();
        access.change(state, |access| {
            journal.access.into_iter().for_each(|(name, known)| access.restore(&name, known));
            Ok(())
        })?;
        state.remove(NAME)?;
        tracing::warn!("a COMMIT during which the program was killed has been taken back");
        let kept: Vec<_> = journal.tables.iter().filter_map(|change| change.before.as_ref()).collect();
        for written in journal.tables.iter().filter_map(|change| change.after.as_ref()).filter(|after| !kept.contains(after)) {
            if let Err(error) = self.lake.discard(written).await {
                tracing::warn!(%error, "the files of a table that was not committed could not be removed; they will be later");
            }
        }
        Ok(())
    }
}
