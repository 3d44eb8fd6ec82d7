//! Who owns what was created.

use crate::access::OWNER;
use crate::catalog::Found;
use crate::engine::session::Session;
use crate::error::Result;
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
}
