//! Row policies: which rows of a table a role sees.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::sql::sqlparser::ast::{Expr, Ident, ObjectName, visit_relations_mut};

use crate::access::policies::Policy;
use crate::access::privileges::PUBLIC;
use crate::access::roles::undefined;
use crate::engine::session::Session;
use crate::error::{Error, Result, SqlState};
use crate::lake::TableName;
use crate::syntax::access::{NewPolicy, PolicyChange, RoleName};

impl Session {
    pub(super) async fn create_policy(&mut self, policy: NewPolicy) -> Result<()> {
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

    pub(super) async fn alter_policy(&mut self, policy: &str, table: &ObjectName, change: PolicyChange) -> Result<()> {
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

    pub(super) async fn drop_policy(&mut self, policy: &str, table: &ObjectName, if_exists: bool) -> Result<()> {
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
        table: Arc<dyn TableProvider>,
        using: Option<Box<Expr>>,
    ) -> Result<Option<String>> {
        let Some(mut using) = using else { return Ok(None) };
        let mut mentioned = vec![];
        let _ = visit_relations_mut(using.as_mut(), |relation| {
            mentioned.push(relation.clone());
            ControlFlow::<()>::Continue(())
        });
        let mut qualified = HashMap::new();
        for relation in mentioned {
            if let Ok((name, _)) = self.find_relation(&relation).await {
                let parts = [name.schema, name.table].map(|part| Ident::with_quote('"', part));
                qualified.insert(relation, ObjectName::from(parts.to_vec()));
            }
        }
        let _ = visit_relations_mut(using.as_mut(), |relation| {
            if let Some(full) = qualified.get(relation) {
                *relation = full.clone();
            }
            ControlFlow::<()>::Continue(())
        });
        let condition = using.to_string();
        self.check_condition(name, table, &condition).await?;
        Ok(Some(condition))
    }
}

fn undefined_policy(policy: &str, table: &TableName) -> Error {
    Error::new(SqlState::UNDEFINED_OBJECT, format!("policy \"{policy}\" for table \"{}\" does not exist", table.table))
}
