//! Who owns what was created, and what access keeps of it as names come and go.

use crate::access::OWNER;
use crate::catalog::{Changes, Definition, Found, Object};
use crate::engine::session::Session;
use crate::error::{Error, Result, SqlState};
use crate::lake::TableName;

impl Session {
    /// 42501 unless the relation is the user's; a superuser's is every one.
    pub(in crate::engine) async fn require_owner(&self, name: &TableName) -> Result<()> {
        let rights = self.rights()?;
        if rights.is_superuser() {
            return Ok(());
        }
        match self.catalog().find(name).await? {
            Some(Found::View(view)) => rights.require_owner("view", name, &view.owner),
            Some(Found::Table(_)) => {
                let owner = rights.state().relation(name).and_then(|relation| relation.owner.clone());
                rights.require_owner("table", name, owner.as_deref().unwrap_or(OWNER))
            }
            None => Ok(()),
        }
    }

    /// 42501 unless the user may create schemas and comment on them.
    pub(super) fn require_owner_of_schemas(&self, message: &str) -> Result<()> {
        self.rights()?.require_superuser(message)
    }

    /// Makes changes lasting, and what access keeps of the relations with them. The masks and policies of a relation are there under
    /// its new name before the relation is.
    pub(super) async fn commit_changes(&self, changes: &Changes) -> Result<()> {
        let (access, state) = (&self.shared.access, &self.shared.state);
        let is_known = |name: &TableName| access.state().relation(name).is_some();
        let renames_known = changes.renamed().iter().any(|(from, to)| is_known(from) || is_known(to));
        if renames_known {
            access.change(state, |access| {
                changes.renamed().iter().for_each(|(from, to)| access.hide_as_well(from, to));
                Ok(())
            })?;
        }
        self.shared.catalog.commit(state, changes).await?;
        let owner = self.owner_of_new()?;
        let concerns_access = changes.iter().any(|(object, after)| match (object, after) {
            (Object::Relation(name), None) => is_known(name),
            (Object::Relation(_), Some(Definition::Table(_))) => owner != OWNER,
            _ => false,
        });
        if !concerns_access && !renames_known {
            return Ok(());
        }
        let followed = access.change(state, |access| {
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
        });
        followed.map_err(|error| {
            let message = format!("the change was made, but privileges did not follow it: {}", error.message);
            Error { state: SqlState::IO_ERROR, message, ..error }
        })
    }
}
