//! Row policies: which rows of a table a role sees.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::privileges::{PUBLIC, Relation};

/// One policy.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    pub name: String,
    /// Of permissive policies one must let a row through, of restrictive ones all.
    pub permissive: bool,
    /// For whom it is; [`PUBLIC`] means everybody.
    pub roles: BTreeSet<String>,
    /// SQL over the columns of the row; None lets every row through.
    pub using: Option<String>,
}

/// What the policies of a table let a role see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    All,
    /// No policy is for this role.
    None,
    /// Those for which this condition is true.
    Where(String),
}

impl Relation {
    /// Whether anything in it is hidden from anybody.
    pub fn hides(&self) -> bool {
        self.row_security || !self.policies.is_empty() || !self.masks.is_empty()
    }

    /// Hides what is hidden in another relation too; a column that has a mask of the same provider keeps it.
    pub fn hide_as(&mut self, other: &Self) {
        // The policies of the relation that the rows come from; those of both together would let through what either does.
        if other.row_security || self.policies.is_empty() {
            self.policies.clone_from(&other.policies);
        }
        self.row_security |= other.row_security;
        self.masks.add(&other.masks);
    }

    /// The rows that somebody with these roles sees.
    pub fn rows_for(&self, roles: &BTreeSet<String>) -> Rows {
        if !self.row_security {
            return Rows::All;
        }
        let is_for = |policy: &&Policy| policy.roles.iter().any(|role| role == PUBLIC || roles.contains(role));
        let (permissive, restrictive): (Vec<&Policy>, Vec<&Policy>) =
            self.policies.iter().filter(is_for).partition(|policy| policy.permissive);
        if permissive.is_empty() {
            return Rows::None;
        }
        let condition = |policy: &&Policy| policy.using.as_ref().map(|using| format!("({using})"));
        // One permissive policy without a condition lets everything through.
        let permitted: Option<Vec<String>> = permissive.iter().map(condition).collect();
        let permitted = permitted.map(|conditions| format!("({})", conditions.join(" OR ")));
        let all: Vec<String> = permitted.into_iter().chain(restrictive.iter().filter_map(condition)).collect();
        if all.is_empty() { Rows::All } else { Rows::Where(all.join(" AND ")) }
    }

    pub fn policy_mut(&mut self, name: &str) -> Option<&mut Policy> {
        self.policies.iter_mut().find(|policy| policy.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(name: &str, permissive: bool, role: &str, using: Option<&str>) -> Policy {
        Policy { name: name.into(), permissive, roles: [role.to_string()].into(), using: using.map(Into::into) }
    }

    /// The rules of PostgreSQL 15's manual, section 5.8.
    #[test]
    fn one_permissive_and_all_restrictive_policies_must_hold() {
        let ann: BTreeSet<String> = ["ann".to_string()].into();
        let mut relation = Relation::default();
        assert_eq!(relation.rows_for(&ann), Rows::All);
        relation.row_security = true;
        assert_eq!(relation.rows_for(&ann), Rows::None);
        relation.policies = vec![policy("r", false, PUBLIC, Some("d"))];
        assert_eq!(relation.rows_for(&ann), Rows::None);
        relation.policies.extend([policy("p", true, "ann", Some("a")), policy("q", true, PUBLIC, Some("b OR c"))]);
        assert_eq!(relation.rows_for(&ann), Rows::Where("((a) OR (b OR c)) AND (d)".into()));
        assert_eq!(relation.rows_for(&["bob".to_string()].into()), Rows::Where("((b OR c)) AND (d)".into()));
        relation.policies.push(policy("s", true, "ann", None));
        assert_eq!(relation.rows_for(&ann), Rows::Where("(d)".into()));
    }
}
