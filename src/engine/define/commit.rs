//! The one place where changes of the catalog become lasting: all of them, or none.

use std::sync::Arc;

use crate::access::OWNER;
use crate::catalog::{Changes, Definition, Object};
use crate::engine::Shared;
use crate::engine::session::Session;
use crate::error::{Error, Result, SqlState};
use crate::lake::TableName;

/// Changes on their way, with all that it takes to finish without the session.
struct Commit {
    shared: Arc<Shared>,
    changes: Arc<Changes>,
    /// Who owns what is new.
    owner: String,
}

impl Session {
    /// Makes changes lasting, and what access keeps of the relations with them. Once begun it goes on to its end, also where the
    /// client cancels, is out of time, or vanishes: each of these waits.
    ///
    /// # Errors
    /// Those of the catalog, of the lake and of the state folder; nothing has changed then, and the files of new tables are gone.
    pub(super) async fn commit_changes(&self, changes: Arc<Changes>) -> Result<()> {
        let commit = Commit { shared: Arc::clone(&self.shared), changes, owner: self.owner_of_new()? };
        let _held = self.hold_interrupts();
        let ended = tokio::spawn(commit.run()).await;
        ended.unwrap_or_else(|error| Err(Error::internal(format!("the commit broke off: {error}"))))
    }
}

impl Commit {
    async fn run(self) -> Result<()> {
        let done = self.make().await;
        if done.is_err() {
            self.shared.catalog.discard(&self.changes, &Changes::default()).await;
        }
        done
    }

    async fn make(&self) -> Result<()> {
        let Self { shared, changes, owner } = self;
        let _one_at_a_time = shared.catalog.one_commit().await;
        shared.catalog.begin_commit(&shared.state, &shared.access, changes, owner)?;
        let made = self.change().await;
        match (made, shared.catalog.end_commit(&shared.state)) {
            (Ok(()), Err(error)) => Err(self.undo(error).await),
            (made, _) => made,
        }
    }

    /// The masks and policies of a relation are there under its new name before the relation is.
    async fn change(&self) -> Result<()> {
        let Self { shared, changes, owner } = self;
        let (access, state) = (&shared.access, &shared.state);
        let is_known = |name: &TableName| access.state().relation(name).is_some();
        let renames_known = changes.renamed().iter().any(|(from, to)| is_known(from) || is_known(to));
        if renames_known {
            access.change(state, |access| {
                changes.renamed().iter().for_each(|(from, to)| access.hide_as_well(from, to));
                Ok(())
            })?;
        }
        shared.catalog.commit(state, changes).await?;
        let concerns_access = changes.iter().any(|(object, after)| match (object, after) {
            (Object::Relation(name), None) => is_known(name),
            (Object::Relation(_), Some(Definition::Table(_))) => owner != OWNER,
            _ => false,
        });
        if !concerns_access && !renames_known {
            return Ok(());
        }
        match self.follow() {
            Ok(()) => Ok(()),
            Err(error) => Err(self.undo(error).await),
        }
    }

    /// Has owners and privileges follow what was made, dropped and renamed.
    fn follow(&self) -> Result<()> {
        let Self { shared, changes, owner } = self;
        shared.access.change(&shared.state, |access| {
            changes.renamed().iter().for_each(|(from, to)| access.rename_relation(from, to));
            for (object, after) in changes.iter() {
                let Object::Relation(name) = object else { continue };
                match after {
                    None => access.forget(name),
                    Some(Definition::Table(_))
                        if owner != OWNER && access.relation(name).is_none_or(|known| known.owner.is_none()) =>
                    {
                        access.relation_mut(name).owner = Some(owner.clone());
                    }
                    Some(_) => {}
                }
            }
            Ok(())
        })
    }

    /// Takes back what has been made, because of an error; the error to tell.
    async fn undo(&self, error: Error) -> Error {
        match self.shared.catalog.commit(&self.shared.state, &self.changes.reversed()).await {
            Ok(()) => error,
            Err(_) => {
                let message = format!("the change was made, but privileges did not follow it: {}", error.message);
                Error { state: SqlState::IO_ERROR, message, ..error }
            }
        }
    }
}
