//! What a role may do with schemas and relations.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::State;
use super::masks::Masks;
use super::policies::Policy;
use crate::lake::TableName;

/// The role that everybody is a member of, as PostgreSQL's lists of privileges write it.
pub const PUBLIC: &str = "";

/// Schemas that everybody may look into. What they show depends on who asks.
const OPEN: [&str; 4] = ["public", "pg_catalog", "information_schema", super::OWNER];

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Privilege {
    /// On a schema: all its relations, those of the future too.
    Select,
    Usage,
    Create,
}

impl Privilege {
    /// The letter of PostgreSQL's lists of privileges.
    pub fn letter(self) -> char {
        match self {
            Self::Select => 'r',
            Self::Usage => 'U',
            Self::Create => 'C',
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Usage => "USAGE",
            Self::Create => "CREATE",
        }
    }
}

/// Privileges by role.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Acl {
    pub grants: BTreeMap<String, BTreeSet<Privilege>>,
}

impl Acl {
    pub fn grant(&mut self, role: &str, privileges: &[Privilege]) {
        self.grants.entry(role.to_string()).or_default().extend(privileges);
    }

    pub fn revoke(&mut self, role: &str, privileges: &[Privilege]) {
        if let Some(granted) = self.grants.get_mut(role) {
            granted.retain(|privilege| !privileges.contains(privilege));
        }
        self.grants.retain(|_, granted| !granted.is_empty());
    }

    /// Whether one of the roles, or everybody, has the privilege.
    pub fn allows(&self, roles: &BTreeSet<String>, privilege: Privilege) -> bool {
        self.grants.iter().any(|(role, granted)| granted.contains(&privilege) && (role == PUBLIC || roles.contains(role)))
    }

    /// PostgreSQL's items, `role=letters/grantor`.
    pub fn items(&self, owner: &str) -> Vec<String> {
        let item = |(role, granted): (&String, &BTreeSet<Privilege>)| {
            let letters: String = granted.iter().map(|privilege| privilege.letter()).collect();
            format!("{role}={letters}/{owner}")
        };
        self.grants.iter().map(item).collect()
    }

    fn rename(&mut self, role: &str, to: &str) {
        if let Some(granted) = self.grants.remove(role) {
            self.grants.insert(to.to_string(), granted);
        }
    }
}

/// What is known of a schema.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Schema {
    pub acl: Acl,
    pub relations: BTreeMap<String, Relation>,
}

/// What is known of a table or view.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Relation {
    /// Who has made the table; None for those of the lake. A view knows its owner itself.
    pub owner: Option<String>,
    pub acl: Acl,
    pub row_security: bool,
    pub policies: Vec<Policy>,
    pub masks: Masks,
}

impl Schema {
    pub(super) fn rename_role(&mut self, role: &str, to: &str) {
        self.acl.rename(role, to);
        for relation in self.relations.values_mut() {
            relation.acl.rename(role, to);
            if relation.owner.as_deref() == Some(role) {
                relation.owner = Some(to.to_string());
            }
            for policy in &mut relation.policies {
                if policy.roles.remove(role) {
                    policy.roles.insert(to.to_string());
                }
            }
        }
    }

    pub(super) fn drop_role(&mut self, role: &str) {
        self.acl.grants.remove(role);
        for relation in self.relations.values_mut() {
            relation.acl.grants.remove(role);
            for policy in &mut relation.policies {
                policy.roles.remove(role);
            }
            // A policy for no role any more would be one for nobody.
            relation.policies.retain(|policy| !policy.roles.is_empty());
        }
    }
}

impl State {
    /// Whether the roles have the privilege on the schema.
    pub fn schema_allows(&self, schema: &str, roles: &BTreeSet<String>, privilege: Privilege) -> bool {
        (privilege == Privilege::Usage && OPEN.contains(&schema))
            || self.schemas.get(schema).is_some_and(|known| known.acl.allows(roles, privilege))
    }

    /// Whether the roles may read the relation, by its own privileges or its schema's.
    pub fn relation_allows(&self, name: &TableName, roles: &BTreeSet<String>) -> bool {
        let known = self.relation(name);
        known.and_then(|relation| relation.owner.as_ref()).is_some_and(|owner| roles.contains(owner))
            || known.is_some_and(|relation| relation.acl.allows(roles, Privilege::Select))
            || self.schema_allows(&name.schema, roles, Privilege::Select)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn privileges_are_given_taken_and_written_as_postgresql_writes_them() {
        let mut acl = Acl::default();
        acl.grant("ann", &[Privilege::Usage, Privilege::Create]);
        acl.grant(PUBLIC, &[Privilege::Usage]);
        // PostgreSQL 15: nspacl after the same GRANTs.
        assert_eq!(acl.items("cilake"), ["=U/cilake", "ann=UC/cilake"]);
        assert!(acl.allows(&["bob".to_string()].into(), Privilege::Usage));
        acl.revoke(PUBLIC, &[Privilege::Usage]);
        assert!(!acl.allows(&["bob".to_string()].into(), Privilege::Usage));
        acl.revoke("ann", &[Privilege::Usage, Privilege::Create]);
        assert!(acl.grants.is_empty());
    }
}
