//! Roles: users are roles that can log in, groups are roles that have members.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cilake_wire::Verifier;
use serde::{Deserialize, Serialize};

use super::{OWNER, State};
use crate::error::{Error, Result, SqlState};

/// A role.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Role {
    pub can_login: bool,
    pub superuser: bool,
    pub bypass_row_security: bool,
    /// Whether it has the privileges of the roles that it is a member of without SET ROLE.
    pub inherit: bool,
    pub password: Option<Password>,
    /// Connections at the same time; a negative number means any.
    pub connection_limit: i32,
    /// Microseconds since 1970; None means for ever.
    pub valid_until: Option<i64>,
    pub member_of: BTreeSet<String>,
    /// The masking policies that it and its members are under: providers of the label `MASKED`.
    pub masked_by: BTreeSet<String>,
    /// Settings that its sessions start with.
    pub settings: BTreeMap<String, String>,
}

impl Default for Role {
    fn default() -> Self {
        Self {
            can_login: false,
            superuser: false,
            bypass_row_security: false,
            inherit: true,
            password: None,
            connection_limit: -1,
            valid_until: None,
            member_of: BTreeSet::new(),
            masked_by: BTreeSet::new(),
            settings: BTreeMap::new(),
        }
    }
}

impl Role {
    pub fn has_expired(&self, now_micros: i64) -> bool {
        self.valid_until.is_some_and(|until| until <= now_micros)
    }
}

/// What is kept of a password, written as PostgreSQL's `rolpassword`.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Password(Verifier);

impl Password {
    /// A text that is a verifier already is taken as one.
    pub fn of(text: &str) -> Self {
        Self(text.parse().unwrap_or_else(|_| Verifier::of(text)))
    }

    pub fn verifier(&self) -> &Verifier {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl TryFrom<String> for Password {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| "a password is not a SCRAM-SHA-256 verifier".to_string())
    }
}

impl From<Password> for String {
    fn from(password: Password) -> Self {
        password.0.to_string()
    }
}

/// 42704.
pub fn undefined(name: &str) -> Error {
    Error::new(SqlState::UNDEFINED_OBJECT, format!("role \"{name}\" does not exist"))
}

impl State {
    pub fn role(&self, name: &str) -> Result<&Role> {
        self.roles.get(name).ok_or_else(|| undefined(name))
    }

    pub fn role_mut(&mut self, name: &str) -> Result<&mut Role> {
        self.roles.get_mut(name).ok_or_else(|| undefined(name))
    }

    /// Adds a role: 42710 if the name is taken, 42939 if it is reserved.
    pub fn add_role(&mut self, name: &str, role: Role) -> Result<()> {
        self.check_new_name(name)?;
        let groups = role.member_of.clone();
        self.roles.insert(name.to_string(), Role { member_of: BTreeSet::new(), ..role });
        groups.iter().try_for_each(|group| self.add_member(group, name).map(drop))
    }

    fn check_new_name(&self, name: &str) -> Result<()> {
        if name.is_empty() || ["public", "none", OWNER].contains(&name) || name.starts_with("pg_") {
            return Err(Error::new(SqlState("42939"), format!("role name \"{name}\" is reserved")));
        }
        if self.roles.contains_key(name) {
            return Err(Error::new(SqlState("42710"), format!("role \"{name}\" already exists")));
        }
        Ok(())
    }

    /// Renames a role everywhere.
    pub fn rename_role(&mut self, name: &str, to: &str) -> Result<()> {
        self.role(name)?;
        self.check_new_name(to)?;
        if let Some(role) = self.roles.remove(name) {
            self.roles.insert(to.to_string(), role);
        }
        for role in self.roles.values_mut() {
            if role.member_of.remove(name) {
                role.member_of.insert(to.to_string());
            }
        }
        for schema in self.schemas.values_mut() {
            schema.rename_role(name, to);
        }
        Ok(())
    }

    /// Makes `member` a member of `group`; false if it is one already, 0LP01 if the group is a member of it.
    pub fn add_member(&mut self, group: &str, member: &str) -> Result<bool> {
        self.role(group)?;
        self.role(member)?;
        if self.memberships(group).contains(member) {
            let message = format!("role \"{group}\" is a member of role \"{member}\"");
            return Err(Error::new(SqlState("0LP01"), message));
        }
        Ok(self.role_mut(member)?.member_of.insert(group.to_string()))
    }

    /// The roles that a role is, itself included, by membership of any depth.
    pub fn memberships(&self, name: &str) -> BTreeSet<String> {
        self.reached(name, false)
    }

    /// The roles whose privileges a role has without SET ROLE, itself included.
    pub fn inherited(&self, name: &str) -> BTreeSet<String> {
        self.reached(name, true)
    }

    fn reached(&self, name: &str, only_inherited: bool) -> BTreeSet<String> {
        let mut reached = BTreeSet::from([name.to_string()]);
        let mut waiting = vec![name.to_string()];
        while let Some(role) = waiting.pop().and_then(|name| self.roles.get(&name)) {
            if only_inherited && !role.inherit {
                continue;
            }
            waiting.extend(role.member_of.iter().filter(|group| reached.insert((*group).clone())).cloned());
        }
        reached
    }

    /// What still speaks of a role, in words.
    pub fn dependents(&self, name: &str) -> Vec<String> {
        let mut dependents: Vec<String> = self
            .acls()
            .filter(|(_, acl)| acl.grants.contains_key(name))
            .map(|(what, _)| format!("privileges for {what}"))
            .collect();
        for (table, relation) in self.relations() {
            if relation.owner.as_deref() == Some(name) {
                dependents.push(format!("owner of table {table}"));
            }
            let policies = relation.policies.iter().filter(|policy| policy.roles.contains(name));
            dependents.extend(policies.map(|policy| format!("target of policy {} on table {table}", policy.name)));
        }
        dependents
    }

    /// Removes a role: 2BP01 while something speaks of it, here or in `others`.
    pub fn drop_role(&mut self, name: &str, others: Vec<String>) -> Result<()> {
        self.role(name)?;
        let dependents: Vec<String> = self.dependents(name).into_iter().chain(others).collect();
        if !dependents.is_empty() {
            let message = format!("role \"{name}\" cannot be dropped because some objects depend on it");
            let error = Error::new(SqlState("2BP01"), message).detail(dependents.join("\n"));
            return Err(error.hint(format!("DROP OWNED BY {name} takes its privileges away")));
        }
        self.roles.remove(name);
        for role in self.roles.values_mut() {
            role.member_of.remove(name);
        }
        Ok(())
    }

    /// Takes away everything that was granted to a role, and its place in policies.
    pub fn drop_privileges(&mut self, name: &str) {
        for schema in self.schemas.values_mut() {
            schema.drop_role(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        let mut state = State::default();
        for name in ["a", "b", "c"] {
            state.add_role(name, Role::default()).unwrap();
        }
        state.add_member("b", "a").unwrap();
        state.add_member("c", "b").unwrap();
        state
    }

    #[test]
    fn membership_has_any_depth_and_no_circle() {
        let mut state = state();
        assert_eq!(state.memberships("a"), ["a", "b", "c"].map(String::from).into());
        // PostgreSQL 15: GRANT a TO c.
        let error = state.add_member("a", "c").unwrap_err();
        assert_eq!((error.sqlstate(), error.message.as_str()), ("0LP01", "role \"a\" is a member of role \"c\""));
        state.role_mut("b").unwrap().inherit = false;
        assert_eq!(state.inherited("a"), ["a", "b"].map(String::from).into());
        assert_eq!(state.memberships("a").len(), 3);
        state.rename_role("b", "d").unwrap();
        assert_eq!(state.memberships("a"), ["a", "c", "d"].map(String::from).into());
        assert_eq!(state.add_role("pg_x", Role::default()).unwrap_err().sqlstate(), "42939");
        assert_eq!(state.add_role("a", Role::default()).unwrap_err().sqlstate(), "42710");
    }

    #[test]
    fn a_verifier_is_taken_as_it_is() {
        let verifier = Verifier::of("x").to_string();
        assert_eq!(String::from(Password::of(&verifier)), verifier);
        assert_ne!(String::from(Password::of("SCRAM-SHA-256$x")), "SCRAM-SHA-256$x");
    }
}
