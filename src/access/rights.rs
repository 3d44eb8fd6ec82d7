//! What one user may do at one moment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::policies::Rows;
use super::privileges::Privilege;
use super::{OWNER, State};
use crate::error::{Error, Result, SqlState};
use crate::lake::TableName;

/// The rights of a user. They belong to one state: after a change there are new ones.
#[derive(Clone, Debug)]
pub struct Rights {
    state: Arc<State>,
    /// Who logged in.
    session_user: String,
    /// Whose rights these are: the same, unless SET ROLE says otherwise.
    user: String,
    superuser: bool,
    bypass_row_security: bool,
    /// The roles whose privileges the user has.
    roles: BTreeSet<String>,
    /// The masking policies that the user is under.
    providers: BTreeSet<String>,
}

/// What of a table stays hidden from a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    pub rows: Rows,
    /// The form of each masked column.
    pub masks: BTreeMap<String, String>,
}

impl Rights {
    /// The rights of `user` in a session of `session_user`. `everything` is for whom nobody asks for a password: the folder's owner,
    /// and everybody as long as there are no users.
    pub fn new(state: Arc<State>, session_user: &str, user: &str, everything: bool) -> Self {
        // Masks follow whoever sits there: neither NOINHERIT nor SET ROLE takes them off.
        let (session_user, user) = (session_user.to_string(), user.to_string());
        let role = state.roles.get(&user);
        let superuser = role.is_some_and(|role| role.superuser) || (everything && (user == session_user || user == OWNER));
        let masked_as = state.memberships(&user).into_iter().chain(state.memberships(&session_user));
        let providers = masked_as.filter_map(|name| state.roles.get(&name)).flat_map(|role| role.masked_by.clone()).collect();
        Self {
            superuser,
            bypass_row_security: superuser || role.is_some_and(|role| role.bypass_row_security),
            roles: state.inherited(&user),
            providers,
            session_user,
            user,
            state,
        }
    }

    /// The rights of the owner of a view, for what the view reads.
    pub fn of_owner(&self, owner: &str) -> Self {
        Self::new(Arc::clone(&self.state), owner, owner, owner == OWNER)
    }

    /// Whether these are the rights of that user in that state.
    pub fn are_of(&self, state: &Arc<State>, session_user: &str, user: &str) -> bool {
        Arc::ptr_eq(&self.state, state) && self.session_user == session_user && self.user == user
    }

    pub fn state(&self) -> &Arc<State> {
        &self.state
    }

    pub fn user(&self) -> &str {
        &self.user
    }

    pub fn is_superuser(&self) -> bool {
        self.superuser
    }

    /// Whether the user is, or has the privileges of, that role.
    pub fn is(&self, role: &str) -> bool {
        self.superuser || self.roles.contains(role)
    }

    pub fn may_use(&self, schema: &str) -> bool {
        self.may(schema, Privilege::Usage)
    }

    pub fn may(&self, schema: &str, privilege: Privilege) -> bool {
        self.superuser || self.state.schema_allows(schema, &self.roles, privilege)
    }

    /// Whether the user may read a relation, of which `owner` is known if it is a view.
    pub fn may_read(&self, name: &TableName, owner: Option<&str>) -> bool {
        let readable = owner.is_some_and(|owner| self.is(owner)) || self.state.relation_allows(name, &self.roles);
        self.superuser || (readable && self.may_use(&name.schema))
    }

    /// Whether the user has SELECT on a relation, whether or not he may look into its schema.
    pub fn has_select(&self, name: &TableName, owner: &str) -> bool {
        self.superuser || self.is(owner) || self.state.relation_allows(name, &self.roles)
    }

    /// 42501 unless the user may look into the schema.
    pub fn require_usage(&self, schema: &str) -> Result<()> {
        if self.may_use(schema) { Ok(()) } else { Err(denied("schema", schema)) }
    }

    /// 42501 unless the user may read the relation.
    pub fn require_read(&self, name: &TableName, view_owner: Option<&str>) -> Result<()> {
        self.require_usage(&name.schema)?;
        let kind = if view_owner.is_some() { "view" } else { "table" };
        if self.may_read(name, view_owner) { Ok(()) } else { Err(denied(kind, &name.table)) }
    }

    /// 42501 unless the user may make relations in the schema.
    pub fn require_create(&self, schema: &str) -> Result<()> {
        if self.may(schema, Privilege::Create) { Ok(()) } else { Err(denied("schema", schema)) }
    }

    /// 42501 unless the user owns the relation.
    pub fn require_owner(&self, kind: &str, name: &TableName, owner: &str) -> Result<()> {
        if self.is(owner) {
            return Ok(());
        }
        Err(Error::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("must be owner of {kind} {}", name.table)))
    }

    /// 42501 with this message unless the user is a superuser.
    pub fn require_superuser(&self, message: &str) -> Result<()> {
        if self.superuser { Ok(()) } else { Err(Error::new(SqlState::INSUFFICIENT_PRIVILEGE, message)) }
    }

    /// What of a table the user must not see; None if nothing.
    pub fn hidden(&self, name: &TableName) -> Option<Hidden> {
        let relation = self.state.relation(name)?;
        let rows = if self.bypass_row_security { Rows::All } else { relation.rows_for(&self.roles) };
        let masks = if self.superuser { BTreeMap::new() } else { relation.masks.under(&self.providers) };
        (rows != Rows::All || !masks.is_empty()).then_some(Hidden { rows, masks })
    }

    /// Whether the user must not know how many rows a table has.
    pub fn hides_rows(&self, name: &TableName) -> bool {
        self.hidden(name).is_some_and(|hidden| hidden.rows != Rows::All)
    }
}

fn denied(kind: &str, name: &str) -> Error {
    Error::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied for {kind} {name}"))
}
