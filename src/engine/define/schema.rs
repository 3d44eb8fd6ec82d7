//! `CREATE SCHEMA` and `DROP SCHEMA`.

use super::dependents::{Dependent, dependents_of, refuse_dependents};
use super::{RelationKind, is_system_schema};
use crate::catalog::{Changes, Commented, Definition, Object};
use crate::engine::session::Session;
use crate::error::{Error, Result, SqlState};
use crate::lake::{DEFAULT_SCHEMA, TableName};

impl Session {
    pub(super) async fn create_schema(&mut self, name: String, if_not_exists: bool) -> Result<&'static str> {
        if name.starts_with("pg_") {
            let error = Error::new(SqlState("42939"), format!("unacceptable schema name \"{name}\""));
            return Err(error.detail("The prefix \"pg_\" is reserved for system schemas."));
        }
        if is_system_schema(&name) || self.catalog().relations().await?.schemas.contains(&name) {
            let message = format!("schema \"{name}\" already exists");
            if !if_not_exists {
                return Err(Error::new(SqlState("42P06"), message));
            }
            self.notice("42P06", &format!("{message}, skipping"));
            return Ok("CREATE SCHEMA");
        }
        self.require_owner_of_schemas(&format!("permission denied for database {}", crate::engine::DATABASE))?;
        let mut changes = Changes::clone(&self.changes);
        changes.put(Object::Schema(name), None, Some(Definition::Schema));
        self.change(changes).await?;
        Ok("CREATE SCHEMA")
    }

    pub(super) async fn drop_schemas(&mut self, names: Vec<String>, if_exists: bool, cascade: bool) -> Result<&'static str> {
        let relations = self.catalog().relations().await?;
        let mut changes = Changes::clone(&self.changes);
        for name in names {
            if name == DEFAULT_SCHEMA || is_system_schema(&name) {
                let message = format!("cannot drop schema {name} because it is required by the database system");
                return Err(Error::new(super::DEPENDENT_OBJECTS_STILL_EXIST, message));
            }
            if !relations.schemas.contains(&name) {
                self.missing(SqlState::INVALID_SCHEMA_NAME, "schema", &name, if_exists)?;
                continue;
            }
            self.require_owner_of_schemas(&format!("must be owner of schema {name}"))?;
            let tables = relations.tables.iter().map(|table| (table, RelationKind::Table));
            let all = tables.chain(relations.views.keys().map(|view| (view, RelationKind::View)));
            let inside: Vec<(TableName, RelationKind)> =
                all.filter(|(relation, _)| relation.schema == name).map(|(relation, kind)| (relation.clone(), kind)).collect();
            self.refuse_files_of_the_lake(&name, &inside).await?;
            let contents: Vec<TableName> = inside.iter().map(|(relation, _)| relation.clone()).collect();
            let in_schema =
                inside.into_iter().map(|(relation, kind)| Dependent { name: relation, kind, on: format!("schema {name}") });
            let mut dependents: Vec<Dependent> = in_schema.collect();
            dependents.extend(dependents_of(self, &contents, &relations));
            refuse_dependents(self, &format!("schema {name}"), &dependents, cascade).await?;
            for dependent in &dependents {
                self.remove_relation(&mut changes, &dependent.name).await?;
            }
            let object = Object::Schema(name.clone());
            let before = self.catalog().definition(&object).await?;
            changes.put(object, before, None);
            let comment = Object::CommentOn(Commented::Schema(name));
            let before = self.catalog().definition(&comment).await?;
            changes.put(comment, before, None);
        }
        self.change(changes).await?;
        Ok("DROP SCHEMA")
    }

    async fn refuse_files_of_the_lake(&self, schema: &str, inside: &[(TableName, RelationKind)]) -> Result<()> {
        for (name, kind) in inside {
            let of_files = match kind {
                RelationKind::View => self.catalog().is_lake_view(name).await?,
                RelationKind::Table => self.shared.catalog.lake().has_files_of(name).await?,
            };
            if of_files {
                let message = format!("schema \"{schema}\" cannot be dropped: it holds files of the lake");
                let error = Error::new(SqlState::INSUFFICIENT_PRIVILEGE, message);
                return Err(error.detail(format!("{} {name} is one of them.", kind.name())));
            }
        }
        Ok(())
    }
}
