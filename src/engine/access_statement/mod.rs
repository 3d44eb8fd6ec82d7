//! Statements about access: who may say them, what they are about, and the change that they make.

mod labels;
mod policies;
mod privileges;
mod roles;

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::sql::sqlparser::ast::ObjectName;

use super::identity::current_user;
use super::outcome::Outcome;
use super::session::Session;
use crate::access::State;
use crate::access::privileges::PUBLIC;
use crate::catalog::{Found, folded, table_name};
use crate::error::{Error, Result, SqlState};
use crate::lake::{DEFAULT_SCHEMA, TableName};
use crate::syntax::access::{AccessStatement, RoleName};

impl Session {
    /// Runs a statement about access. What it changes is kept at once, also inside a transaction.
    pub(super) async fn run_access(&mut self, statement: AccessStatement) -> Result<Outcome> {
        let tag = statement.tag();
        match statement {
            AccessStatement::CreateRole { name, options } => self.create_role(&name, options)?,
            AccessStatement::AlterRole { role, options } => self.alter_role(&role, options)?,
            AccessStatement::RenameRole { name, to } => self.rename_role(&name, &to)?,
            AccessStatement::SetForRole { role, setting, value } => self.set_for_role(&role, setting, value)?,
            AccessStatement::DropRoles { names, if_exists } => self.drop_roles(&names, if_exists).await?,
            AccessStatement::DropOwned { roles } => self.drop_owned(&roles)?,
            AccessStatement::Privileges { give, privileges, objects, roles } => {
                self.grant(give, &privileges, objects, &roles).await?;
            }
            AccessStatement::Membership { give, roles, members } => self.grant_roles(give, &roles, &members)?,
            AccessStatement::RowSecurity { table, enable } => {
                let (name, _) = self.own_table(&table, "table").await?;
                self.change_access(|state| {
                    state.relation_mut(&name).row_security = enable;
                    Ok(())
                })?;
            }
            AccessStatement::CreatePolicy(policy) => self.create_policy(policy).await?,
            AccessStatement::AlterPolicy { name, table, change } => self.alter_policy(&name, &table, change).await?,
            AccessStatement::DropPolicy { name, table, if_exists } => self.drop_policy(&name, &table, if_exists).await?,
            AccessStatement::Label { provider, object, label } => self.label(provider, object, label).await?,
        }
        Ok(Outcome::Done(tag.into()))
    }

    fn change_access<R>(&self, change: impl FnOnce(&mut State) -> Result<R>) -> Result<R> {
        self.shared.access.change(&self.shared.state, change)
    }

    fn session_user(&self) -> &str {
        self.settings.get("session_authorization").unwrap_or_default()
    }

    fn role_name(&self, role: &RoleName) -> Result<String> {
        Ok(match role {
            RoleName::Named(name) => name.clone(),
            RoleName::CurrentUser => current_user(&self.settings).to_string(),
            RoleName::SessionUser => self.session_user().to_string(),
            RoleName::Public => PUBLIC.to_string(),
        })
    }

    /// The relation of this name on the search path: 42P01 if there is none, and 42501 where the user may not look.
    async fn find_relation(&self, name: &ObjectName) -> Result<(TableName, Found)> {
        let path = match name.0.len() {
            1 => self.settings.search_path(),
            _ => vec![DEFAULT_SCHEMA.to_string()],
        };
        let rights = self.rights()?;
        for schema in path.iter().filter(|schema| name.0.len() > 1 || rights.may_use(schema)) {
            let candidate = table_name(name, schema)?;
            rights.require_usage(&candidate.schema)?;
            if let Some(found) = self.catalog().find(&candidate).await? {
                return Ok((candidate, found));
            }
        }
        Err(Error::new(SqlState::UNDEFINED_TABLE, format!("relation \"{name}\" does not exist")))
    }

    /// A table, not a view, whose rows and columns only superusers hide and show.
    async fn own_table(&self, name: &ObjectName, kind: &str) -> Result<(TableName, Arc<dyn TableProvider>)> {
        let bare = name.0.last().and_then(|part| part.as_ident()).map(folded).unwrap_or_default();
        self.rights()?.require_superuser(&format!("must be owner of {kind} {bare}"))?;
        match self.find_relation(name).await? {
            (name, Found::Table(table)) => Ok((name, table)),
            (name, Found::View(_)) => {
                let error = Error::new(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a table", name.table));
                Err(error.hint("A view shows what its tables show to the reader"))
            }
        }
    }
}
