//! `ALTER VIEW` and `ALTER TABLE`: another name, another schema.

use std::sync::Arc;

use datafusion::sql::sqlparser::ast::ObjectName;

use super::RelationKind;
use super::dependents::shown;
use crate::catalog::{Changes, Commented, Definition, Object, View, table_name};
use crate::engine::session::Session;
use crate::error::{Error, Result, SqlState};
use crate::lake::TableName;

impl Session {
    pub(super) async fn rename(
        &mut self,
        kind: RelationKind,
        name: &ObjectName,
        to: &ObjectName,
        if_exists: bool,
    ) -> Result<&'static str> {
        let tag = if kind == RelationKind::View { "ALTER VIEW" } else { "ALTER TABLE" };
        let (from, found) = self.existing_name(name, "alter").await?;
        match found {
            None => {
                self.missing(SqlState::UNDEFINED_TABLE, "relation", &shown(self, &from), if_exists)?;
                return Ok(tag);
            }
            // PostgreSQL renames a view by ALTER TABLE too.
            Some(RelationKind::Table) if kind == RelationKind::View => {
                return Err(Error::new(SqlState::WRONG_OBJECT_TYPE, format!("\"{from}\" is not a view")));
            }
            Some(_) => {}
        }
        let to = match to.0.as_slice() {
            // SET SCHEMA keeps the name, whatever case it was written in.
            [_, _] => TableName::new(table_name(to, &from.schema)?.schema, &from.table),
            _ => table_name(to, &from.schema)?,
        };
        self.require_owner(&from).await?;
        super::refuse_system(&to, "alter")?;
        self.rights()?.require_create(&to.schema)?;
        self.require_schema(&to.schema).await?;
        if self.relation_kind(&to).await?.is_some() {
            let in_schema = if to.schema == from.schema { String::new() } else { format!(" in schema \"{}\"", to.schema) };
            let message = format!("relation \"{}\" already exists{in_schema}", to.table);
            return Err(Error::new(SqlState::DUPLICATE_TABLE, message));
        }
        let mut changes = Changes::clone(&self.changes);
        let before = self.catalog().definition(&Object::Relation(from.clone())).await?;
        let after = match &before {
            Some(Definition::View(view)) => Definition::View(Arc::new(View { name: to.clone(), ..View::clone(view) })),
            Some(Definition::Table(table)) => {
                self.shared.catalog.lake().require_write()?;
                Definition::Table(table.clone())
            }
            _ => return Err(Error::internal("a relation is neither a table nor a view")),
        };
        for (on, comment) in self.comments_on(&from).await? {
            let moved = match &on {
                Commented::Column(_, column) => Commented::Column(to.clone(), column.clone()),
                _ => Commented::Relation(to.clone()),
            };
            changes.put(Object::CommentOn(on), Some(comment.clone()), None);
            changes.put(Object::CommentOn(moved), None, Some(comment));
        }
        changes.put(Object::Relation(from.clone()), before, None);
        changes.put(Object::Relation(to.clone()), None, Some(after));
        changes.rename(from, to);
        self.change(changes).await?;
        Ok(tag)
    }
}
