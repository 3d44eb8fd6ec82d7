//! GRANT and REVOKE of what roles may do with relations and schemas.

use datafusion::sql::sqlparser::ast::ObjectName;

use crate::access::OWNER;
use crate::access::privileges::{Acl, PUBLIC, Privilege};
use crate::access::roles::undefined;
use crate::catalog::Found;
use crate::engine::session::Session;
use crate::engine::system;
use crate::error::{Error, Result, SqlState};
use crate::lake::TableName;
use crate::syntax::access::{Objects, Privilege as Named, RoleName};

impl Session {
    pub(super) async fn grant(&mut self, give: bool, privileges: &[Named], objects: Objects, roles: &[RoleName]) -> Result<()> {
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
            let change = |acl: &mut Acl| {
                for role in &grantees {
                    if give { acl.grant(role, &privileges) } else { acl.revoke(role, &privileges) }
                }
            };
            relations.iter().for_each(|name| change(&mut state.relation_mut(name).acl));
            schemas.iter().for_each(|name| change(&mut state.schema_mut(name).acl));
            Ok(())
        })
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
        known.insert(system::SCHEMA.to_string());
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
