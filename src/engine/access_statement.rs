//! Statements about access: who may say them, what they are about, and the change that they make.

use std::collections::BTreeSet;

use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::compute::kernels::cast_utils::string_to_datetime;
use datafusion::sql::sqlparser::ast::{Expr, ObjectName, visit_relations_mut};

use super::identity::current_user;
use super::session::{Outcome, Session};
use crate::access::OWNER;
use crate::access::masks;
use crate::access::policies::Policy;
use crate::access::privileges::{PUBLIC, Privilege};
use crate::access::roles::{Password, Role, undefined};
use crate::catalog::{Found, folded, table_name};
use crate::error::{Error, Result, SqlState};
use crate::lake::{DEFAULT_SCHEMA, TableName};
use crate::syntax::access::{
    AccessStatement, Labelled, NewPolicy, Objects, PolicyChange, Privilege as Named, RoleName, RoleOptions,
};

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

    fn change_access<R>(&self, change: impl FnOnce(&mut crate::access::State) -> Result<R>) -> Result<R> {
        self.shared.access.change(&self.shared.state, change)
    }

    fn create_role(&mut self, name: &str, options: RoleOptions) -> Result<()> {
        let rights = self.rights()?;
        rights.require_superuser("permission denied to create role")?;
        let had_users = rights.state().has_users();
        let members = options.members.clone();
        let role = with_options(Role::default(), options)?;
        self.change_access(|state| {
            let groups = role.member_of.clone();
            groups.iter().try_for_each(|group| state.role(group).map(drop))?;
            state.add_role(name, role)?;
            members.iter().try_for_each(|member| state.add_member(name, member).map(drop))
        })?;
        if !had_users && self.shared.access.state().has_users() {
            self.stay_trusted();
        }
        Ok(())
    }

    /// A superuser changes everything, everybody his own password.
    fn alter_role(&mut self, role: &RoleName, options: RoleOptions) -> Result<()> {
        let name = self.role_name(role)?;
        let rights = self.rights()?;
        let only_password = RoleOptions { password: options.password.clone(), ..RoleOptions::default() };
        let own_password =
            options.password.is_some() && format!("{options:?}") == format!("{only_password:?}") && name == rights.user();
        if !own_password {
            rights.require_superuser("permission denied")?;
        }
        let had_users = rights.state().has_users();
        let members = options.members.clone();
        self.change_access(|state| {
            let changed = with_options(state.role(&name)?.clone(), options)?;
            *state.role_mut(&name)? = changed;
            members.iter().try_for_each(|member| state.add_member(&name, member).map(drop))
        })?;
        if !had_users && self.shared.access.state().has_users() {
            self.stay_trusted();
        }
        Ok(())
    }

    fn rename_role(&mut self, name: &str, to: &str) -> Result<()> {
        self.rights()?.require_superuser("permission denied to rename role")?;
        if [current_user(&self.settings), self.session_user()].contains(&name) {
            return Err(Error::unsupported("session user cannot be renamed"));
        }
        self.change_access(|state| state.rename_role(name, to))
    }

    fn set_for_role(&mut self, role: &RoleName, setting: Option<String>, value: Option<String>) -> Result<()> {
        let name = self.role_name(role)?;
        self.rights()?.require_superuser("permission denied")?;
        // What no session could set is refused now, not at the next login.
        let mut trial = super::settings::Settings::new(&name);
        let setting = match (&setting, &value) {
            (Some(setting), Some(value)) => {
                self.check_setting(setting, Some(value))?;
                Some(trial.set(setting, value)?)
            }
            (Some(setting), None) => Some(trial.show(setting).map_or_else(|_| setting.to_lowercase(), |(name, _)| name)),
            (None, _) => None,
        };
        self.change_access(|state| {
            let settings = &mut state.role_mut(&name)?.settings;
            match (setting, value) {
                (Some(setting), Some(value)) => drop(settings.insert(setting, value)),
                (Some(setting), None) => drop(settings.remove(&setting)),
                (None, _) => settings.clear(),
            }
            Ok(())
        })
    }

    async fn drop_roles(&mut self, names: &[String], if_exists: bool) -> Result<()> {
        self.rights()?.require_superuser("permission denied to drop role")?;
        let views = self.catalog().relations().await?.views;
        let owned = |role: &String| {
            let owned = views.iter().filter(|(_, view)| view.owner == *role);
            owned.map(|(name, _)| format!("owner of view {name}")).collect::<Vec<_>>()
        };
        let (current, session) = (current_user(&self.settings).to_string(), self.session_user().to_string());
        let missing = self.change_access(|state| {
            let mut missing = vec![];
            for name in names {
                if *name == current || *name == session {
                    return Err(Error::new(SqlState("55006"), "current user cannot be dropped"));
                }
                match state.drop_role(name, owned(name)) {
                    Err(error) if if_exists && error.state == SqlState::UNDEFINED_OBJECT => missing.push(name.clone()),
                    other => other?,
                }
            }
            Ok(missing)
        })?;
        missing.iter().for_each(|name| self.notice("00000", &format!("role \"{name}\" does not exist, skipping")));
        Ok(())
    }

    fn drop_owned(&mut self, roles: &[RoleName]) -> Result<()> {
        self.rights()?.require_superuser("permission denied to drop objects")?;
        let names = roles.iter().map(|role| self.role_name(role)).collect::<Result<Vec<_>>>()?;
        self.change_access(|state| {
            for name in &names {
                state.role(name)?;
                state.drop_privileges(name);
            }
            Ok(())
        })
    }

    async fn grant(&mut self, give: bool, privileges: &[Named], objects: Objects, roles: &[RoleName]) -> Result<()> {
        let grantees = roles.iter().map(|role| self.role_name(role)).collect::<Result<Vec<_>>>()?;
        let known = self.shared.access.state();
        if let Some(unknown) = grantees.iter().find(|role| *role != PUBLIC && !known.roles.contains_key(*role)) {
            return Err(undefined(unknown));
        }
        let (relations, schemas) = match objects {
            Objects::Tables(tables) => {
                let mut relations = vec![];
                for table in &tables {
                    relations.push(self.grantable(table).await?);
                }
                (relations, vec![])
            }
            Objects::TablesInSchemas(schemas) => (self.relations_in(&schemas).await?, vec![]),
            Objects::Schemas(schemas) => {
                self.check_schemas(&schemas).await?;
                (vec![], schemas)
            }
        };
        let of_schema = !schemas.is_empty();
        let privileges = privileges.iter().map(|named| granted(*named, of_schema)).collect::<Result<Vec<_>>>()?.concat();
        self.change_access(|state| {
            let change = |acl: &mut crate::access::privileges::Acl| {
                for role in &grantees {
                    if give { acl.grant(role, &privileges) } else { acl.revoke(role, &privileges) }
                }
            };
            relations.iter().for_each(|name| change(&mut state.relation_mut(name).acl));
            schemas.iter().for_each(|name| change(&mut state.schema_mut(name).acl));
            Ok(())
        })
    }

    fn grant_roles(&mut self, give: bool, roles: &[String], members: &[RoleName]) -> Result<()> {
        let names = members.iter().map(|role| self.role_name(role)).collect::<Result<Vec<_>>>()?;
        let rights = self.rights()?;
        if let Some(first) = roles.first() {
            rights.require_superuser(&format!("must have admin option on role \"{first}\""))?;
        }
        let notices = self.change_access(|state| {
            let mut notices = vec![];
            for role in roles {
                for member in &names {
                    state.role(role)?;
                    state.role(member)?;
                    if give && !state.add_member(role, member)? {
                        notices.push(("00000", format!("role \"{member}\" is already a member of role \"{role}\"")));
                    }
                    if !give && !state.role_mut(member)?.member_of.remove(role) {
                        notices.push(("01000", format!("role \"{member}\" is not a member of role \"{role}\"")));
                    }
                }
            }
            Ok(notices)
        })?;
        notices.iter().for_each(|(state, message)| self.notice(state, message));
        Ok(())
    }

    async fn create_policy(&mut self, policy: NewPolicy) -> Result<()> {
        let (name, table) = self.own_table(&policy.table, "table").await?;
        let roles = self.policy_roles(&policy.roles)?;
        let using = self.condition(&name, table, policy.using).await?;
        self.change_access(|state| {
            let relation = state.relation_mut(&name);
            if relation.policy_mut(&policy.name).is_some() {
                let message = format!("policy \"{}\" for table \"{}\" already exists", policy.name, name.table);
                return Err(Error::new(SqlState("42710"), message));
            }
            relation.policies.push(Policy { name: policy.name, permissive: policy.permissive, roles, using });
            Ok(())
        })
    }

    async fn alter_policy(&mut self, policy: &str, table: &ObjectName, change: PolicyChange) -> Result<()> {
        let (name, provider) = self.own_table(table, "table").await?;
        let undefined = || undefined_policy(policy, &name);
        match change {
            PolicyChange::Rename(to) => self.change_access(|state| {
                let relation = state.relation_mut(&name);
                if relation.policy_mut(&to).is_some() {
                    let message = format!("policy \"{to}\" for table \"{}\" already exists", name.table);
                    return Err(Error::new(SqlState("42710"), message));
                }
                relation.policy_mut(policy).ok_or_else(undefined)?.name = to;
                Ok(())
            }),
            PolicyChange::Replace { roles, using } => {
                let roles = roles.map(|roles| self.policy_roles(&roles)).transpose()?;
                let using = self.condition(&name, provider, using).await?;
                self.change_access(|state| {
                    let policy = state.relation_mut(&name).policy_mut(policy).ok_or_else(undefined)?;
                    policy.roles = roles.unwrap_or_else(|| policy.roles.clone());
                    policy.using = using.or_else(|| policy.using.clone());
                    Ok(())
                })
            }
        }
    }

    async fn drop_policy(&mut self, policy: &str, table: &ObjectName, if_exists: bool) -> Result<()> {
        let (name, _) = self.own_table(table, "table").await?;
        let dropped = self.change_access(|state| {
            let policies = &mut state.relation_mut(&name).policies;
            let before = policies.len();
            policies.retain(|known| known.name != policy);
            Ok(policies.len() < before)
        })?;
        match (dropped, if_exists) {
            (true, _) => Ok(()),
            (false, false) => Err(undefined_policy(policy, &name)),
            (false, true) => {
                self.notice("00000", &format!("policy \"{policy}\" for relation \"{}\" does not exist, skipping", name.table));
                Ok(())
            }
        }
    }

    async fn label(&mut self, provider: String, object: Labelled, label: Option<String>) -> Result<()> {
        match object {
            Labelled::Role(role) => {
                self.rights()?.require_superuser("permission denied to label a role")?;
                label.as_deref().map_or(Ok(()), masks::check_role_label)?;
                self.change_access(|state| {
                    let masked_by = &mut state.role_mut(&role)?.masked_by;
                    if label.is_some() {
                        masked_by.insert(provider)
                    } else {
                        masked_by.remove(&provider)
                    };
                    Ok(())
                })
            }
            Labelled::Column { table, column } => {
                let (name, provider_of_rows) = self.own_table(&table, "table").await?;
                let mask = label.as_deref().map(masks::expression).transpose()?;
                match &mask {
                    Some(mask) => self.check_mask(&name, provider_of_rows, &column, mask).await?,
                    None => self.check_mask(&name, provider_of_rows, &column, "NULL").await?,
                }
                self.change_access(|state| {
                    state.relation_mut(&name).masks.set(&column, &provider, mask);
                    Ok(())
                })
            }
        }
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

    fn policy_roles(&self, roles: &[RoleName]) -> Result<BTreeSet<String>> {
        let state = self.shared.access.state();
        let named = roles.iter().map(|role| match self.role_name(role)? {
            name if name == PUBLIC || state.roles.contains_key(&name) => Ok(name),
            name => Err(undefined(&name)),
        });
        named.collect()
    }

    /// The condition of a policy as it is kept: with the schema of every table in it, so that nobody puts another in its place.
    async fn condition(
        &self,
        name: &TableName,
        table: std::sync::Arc<dyn datafusion::catalog::TableProvider>,
        using: Option<Box<Expr>>,
    ) -> Result<Option<String>> {
        let Some(mut using) = using else { return Ok(None) };
        let mut mentioned = vec![];
        let _ = visit_relations_mut(using.as_mut(), |relation| {
            mentioned.push(relation.clone());
            std::ops::ControlFlow::<()>::Continue(())
        });
        let mut qualified = std::collections::HashMap::new();
        for relation in mentioned {
            if let Ok((name, _)) = self.find_relation(&relation).await {
                let parts = [name.schema, name.table].map(|part| datafusion::sql::sqlparser::ast::Ident::with_quote('"', part));
                qualified.insert(relation, ObjectName::from(parts.to_vec()));
            }
        }
        let _ = visit_relations_mut(using.as_mut(), |relation| {
            if let Some(full) = qualified.get(relation) {
                *relation = full.clone();
            }
            std::ops::ControlFlow::<()>::Continue(())
        });
        let condition = using.to_string();
        self.check_condition(name, table, &condition).await?;
        Ok(Some(condition))
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
    async fn own_table(
        &self,
        name: &ObjectName,
        kind: &str,
    ) -> Result<(TableName, std::sync::Arc<dyn datafusion::catalog::TableProvider>)> {
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

    /// A relation on which this user may grant.
    async fn grantable(&self, name: &ObjectName) -> Result<TableName> {
        let rights = self.rights()?;
        let (name, found) = self.find_relation(name).await?;
        let owner = match found {
            Found::View(view) => view.owner.clone(),
            Found::Table(_) => {
                let owner = rights.state().relation(&name).and_then(|relation| relation.owner.clone());
                owner.unwrap_or_else(|| OWNER.to_string())
            }
        };
        if rights.is(&owner) {
            return Ok(name);
        }
        Err(Error::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied for table {}", name.table)))
    }

    async fn relations_in(&self, schemas: &[String]) -> Result<Vec<TableName>> {
        self.check_schemas(schemas).await?;
        let relations = self.catalog().relations().await?;
        let names = relations.tables.into_iter().chain(relations.views.into_keys());
        Ok(names.filter(|name| schemas.contains(&name.schema)).collect())
    }

    /// 42501 for who is no superuser, 3F000 for a schema that is not there.
    async fn check_schemas(&self, schemas: &[String]) -> Result<()> {
        let rights = self.rights()?;
        let mut known = self.catalog().relations().await?.schemas;
        known.insert(super::system::SCHEMA.to_string());
        for schema in schemas {
            rights.require_superuser(&format!("permission denied for schema {schema}"))?;
            if !known.contains(schema) {
                return Err(Error::new(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{schema}\" does not exist")));
            }
        }
        Ok(())
    }
}

/// The privileges that a word means on schemas or on tables.
fn granted(named: Named, of_schema: bool) -> Result<Vec<Privilege>> {
    match (named, of_schema) {
        (Named::Select, _) | (Named::All, false) => Ok(vec![Privilege::Select]),
        (Named::Usage, true) => Ok(vec![Privilege::Usage]),
        (Named::Create, true) => Ok(vec![Privilege::Create]),
        (Named::All, true) => Ok(vec![Privilege::Usage, Privilege::Create]),
        (Named::Usage, false) => Err(Error::new(SqlState("0LP01"), "invalid privilege type USAGE for relation")),
        (Named::Create, false) => Err(Error::new(SqlState("0LP01"), "invalid privilege type CREATE for relation")),
    }
}

fn undefined_policy(policy: &str, table: &TableName) -> Error {
    Error::new(SqlState::UNDEFINED_OBJECT, format!("policy \"{policy}\" for table \"{}\" does not exist", table.table))
}

fn with_options(role: Role, options: RoleOptions) -> Result<Role> {
    let password = match options.password {
        None => role.password,
        Some(None) => None,
        Some(Some(password)) if password.0.is_empty() => None,
        Some(Some(password)) => Some(Password::of(&password.0)),
    };
    let valid_until = options.valid_until.map(|text| moment(&text)).transpose()?;
    let mut member_of = role.member_of;
    member_of.extend(options.in_roles);
    Ok(Role {
        can_login: options.login.unwrap_or(role.can_login),
        superuser: options.superuser.unwrap_or(role.superuser),
        bypass_row_security: options.bypass_row_security.unwrap_or(role.bypass_row_security),
        inherit: options.inherit.unwrap_or(role.inherit),
        password,
        connection_limit: options.connection_limit.unwrap_or(role.connection_limit),
        valid_until: valid_until.unwrap_or(role.valid_until),
        member_of,
        masked_by: role.masked_by,
        settings: role.settings,
    })
}

/// A point in time in microseconds since 1970; None for `infinity`.
fn moment(text: &str) -> Result<Option<i64>> {
    if text.trim().eq_ignore_ascii_case("infinity") {
        return Ok(None);
    }
    let invalid = || Error::new(SqlState("22007"), "invalid input syntax for type timestamp with time zone");
    let utc: Tz = "+00:00".parse().map_err(|_| invalid())?;
    let moment = string_to_datetime(&utc, text.trim()).map_err(|_| invalid())?;
    Ok(Some(moment.timestamp_micros()))
}
