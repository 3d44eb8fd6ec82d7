//! What clients define beside the lake: schemas, views, names and comments.
//!
//! A statement adds to the session's [`Changes`]. Outside of a transaction they are committed at once; inside, the session sees them
//! and the others see them after COMMIT. Views and schemas then change together; each table of the lake changes as a whole, one after
//! the other.

mod comment;
mod commit;
mod dependents;
mod drop;
mod owner;
mod rename;
mod request;
mod schema;
mod view;

use std::sync::Arc;

use datafusion::sql::sqlparser::ast::ObjectName;

pub use request::{Define, RelationKind, request};
pub use view::{NewView, refuse_duplicates};

use super::outcome::Outcome;
use super::session::Session;
use super::statement::Request;
use super::system;
pub use crate::catalog::pg::TEMPORARY_SCHEMA;
use crate::catalog::{Changes, Visible, folded, table_name};
use crate::error::{Error, Result, SqlState};
use crate::lake::TableName;

/// Objects still depend on one that shall be dropped.
const DEPENDENT_OBJECTS_STILL_EXIST: SqlState = SqlState("2BP01");

impl Session {
    /// The catalog with the changes of the open transaction.
    pub(in crate::engine) fn catalog(&self) -> Visible<'_> {
        self.shared.catalog.seen_with(&self.changes)
    }

    pub(in crate::engine) async fn define(&mut self, define: Define) -> Result<Outcome> {
        let tag = match define {
            Define::CreateSchema { name, if_not_exists } => self.create_schema(name, if_not_exists).await?,
            Define::DropSchemas { names, if_exists, cascade } => self.drop_schemas(names, if_exists, cascade).await?,
            Define::Rename { kind, name, to, if_exists } => self.rename(kind, &name, &to, if_exists).await?,
            Define::Comment { on, name, text } => self.comment(&on, &name, text).await?,
        };
        Ok(Outcome::Done(tag.into()))
    }

    /// Keeps changes until COMMIT, or makes them at once if no transaction is open.
    pub(in crate::engine) async fn change(&mut self, changes: Changes) -> Result<()> {
        // The block sees its own work.
        self.forget_tables();
        if self.transaction.is_some() {
            self.changes = Arc::new(changes);
            return Ok(());
        }
        self.commit_changes(Arc::new(changes)).await
    }

    /// What COMMIT and ROLLBACK mean for the changes. A commit that fails ends the transaction too.
    pub(in crate::engine) async fn end_changes(&mut self, request: &Request) -> Result<()> {
        let kept = self.savepoint_changes(request);
        let changes = std::mem::replace(&mut self.changes, Arc::clone(&kept));
        let commits = matches!(request, Request::Commit { .. }) && !self.transaction_failed();
        if !commits {
            self.shared.catalog.discard(&changes, &kept).await;
            return Ok(());
        }
        if let Err(error) = self.hold_cursors().await {
            self.shared.catalog.discard(&changes, &kept).await;
            self.roll_back()?;
            return Err(error);
        }
        if let Err(error) = self.commit_changes(changes).await {
            self.roll_back()?;
            return Err(error);
        }
        Ok(())
    }

    /// Where a new name without schema goes: the first schema of the search path that is not the user's own.
    pub(in crate::engine) fn new_name(&self, name: &ObjectName, command: &str) -> Result<TableName> {
        let path = self.settings.search_path();
        let user = self.settings.get("session_authorization").unwrap_or_default();
        let schema = path.iter().find(|schema| *schema != user).map_or("public", String::as_str);
        let name = table_name(name, schema)?;
        refuse_system(&name, command)?;
        let rights = self.rights()?;
        rights.require_usage(&name.schema)?;
        if command == "create" {
            rights.require_create(&name.schema)?;
        }
        Ok(name)
    }

    /// A table or view that is there: the first of its name in the search path. Otherwise the name that a new one would have.
    pub(super) async fn existing_name(&self, name: &ObjectName, command: &str) -> Result<(TableName, Option<RelationKind>)> {
        if let [bare] = name.0.as_slice()
            && let Some(bare) = bare.as_ident().map(folded)
        {
            // Whether something is there is not told to who may not look.
            let rights = self.rights()?;
            for schema in self.settings.search_path().into_iter().filter(|schema| rights.may_use(schema)) {
                let found = TableName::new(schema, &bare);
                if let Some(kind) = self.relation_kind(&found).await? {
                    refuse_system(&found, command)?;
                    return Ok((found, Some(kind)));
                }
            }
        }
        let name = self.new_name(name, command)?;
        let kind = self.relation_kind(&name).await?;
        Ok((name, kind))
    }

    pub(in crate::engine) async fn relation_kind(&self, name: &TableName) -> Result<Option<RelationKind>> {
        let is_view = self.catalog().is_view(name).await?;
        Ok(is_view.map(|is_view| if is_view { RelationKind::View } else { RelationKind::Table }))
    }

    /// 3F000 unless the schema is there.
    pub(in crate::engine) async fn require_schema(&self, schema: &str) -> Result<()> {
        if self.catalog().relations().await?.schemas.contains(schema) {
            return Ok(());
        }
        let missing = Error::new(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{schema}\" does not exist"));
        Err(missing.hint("Create it with CREATE SCHEMA"))
    }

    /// The refusal of a name that is taken, or a notice where the client accepts that.
    pub(in crate::engine) fn exists(&mut self, name: &str, accepted: bool, tag: &str) -> Result<Outcome> {
        let message = format!("relation \"{name}\" already exists");
        if accepted {
            self.notice("42P07", &format!("{message}, skipping"));
            return Ok(Outcome::Done(tag.into()));
        }
        Err(Error::new(SqlState::DUPLICATE_TABLE, message))
    }

    /// The refusal of a name that is not there, or a notice where the client accepts that.
    pub(super) fn missing(&mut self, state: SqlState, kind: &str, name: &str, accepted: bool) -> Result<()> {
        let message = format!("{kind} \"{name}\" does not exist");
        if !accepted {
            return Err(Error::new(state, message));
        }
        self.notice("00000", &format!("{message}, skipping"));
        Ok(())
    }
}

fn refuse_system(name: &TableName, command: &str) -> Result<()> {
    if !is_system_schema(&name.schema) {
        return Ok(());
    }
    let message = format!("permission denied to {command} \"{name}\": system schema");
    Err(Error::new(SqlState::INSUFFICIENT_PRIVILEGE, message))
}

fn is_system_schema(name: &str) -> bool {
    ["pg_catalog", "information_schema", system::SCHEMA].contains(&name)
}

fn wrong_kind(name: &TableName, kind: RelationKind) -> Error {
    let hint = match kind {
        RelationKind::View => "Use DROP TABLE to remove a table",
        RelationKind::Table => "Use DROP VIEW to remove a view",
    };
    let error = Error::new(SqlState::WRONG_OBJECT_TYPE, format!("\"{name}\" is not a {}", kind.name()));
    error.hint(hint)
}
