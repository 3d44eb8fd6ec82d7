//! `COMMENT ON`.

use datafusion::sql::sqlparser::ast::{CommentObject, ObjectName};

use super::request::schema;
use super::{RelationKind, is_system_schema};
use crate::catalog::{Changes, Commented, Definition, Object, folded};
use crate::engine::session::Session;
use crate::engine::{DATABASE, error::from_datafusion};
use crate::error::{Error, Result, SqlState};

impl Session {
    pub(super) async fn comment(&mut self, on: &CommentObject, name: &ObjectName, text: Option<String>) -> Result<&'static str> {
        let commented = match on {
            CommentObject::Database => {
                self.require_owner_of_schemas("must be owner of database cilake")?;
                commented_database(name)?
            }
            CommentObject::Schema => self.commented_schema(name).await?,
            CommentObject::Table => self.commented_relation(RelationKind::Table, name).await?,
            CommentObject::View => self.commented_relation(RelationKind::View, name).await?,
            CommentObject::Column => self.commented_column(name).await?,
            CommentObject::Function => {
                self.require_owner_of_schemas("must be owner of function")?;
                commented_function(name)?
            }
            other => return Err(Error::unsupported(format!("COMMENT ON {other} is not supported"))),
        };
        let object = Object::CommentOn(commented);
        let before = self.catalog().definition(&object).await?;
        let mut changes = Changes::clone(&self.changes);
        changes.put(object, before, text.map(Definition::Comment));
        self.change(changes).await?;
        Ok("COMMENT")
    }

    async fn commented_schema(&self, name: &ObjectName) -> Result<Commented> {
        let name = schema(name)?;
        if is_system_schema(&name) {
            return Err(Error::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("must be owner of schema {name}")));
        }
        self.require_owner_of_schemas(&format!("must be owner of schema {name}"))?;
        self.require_schema(&name).await?;
        Ok(Commented::Schema(name))
    }

    async fn commented_relation(&self, kind: RelationKind, name: &ObjectName) -> Result<Commented> {
        let (name, found) = self.existing_name(name, "comment on").await?;
        match found {
            Some(found) if found == kind => {
                self.require_owner(&name).await?;
                Ok(Commented::Relation(name))
            }
            Some(_) => Err(Error::new(SqlState::WRONG_OBJECT_TYPE, format!("\"{name}\" is not a {}", kind.name()))),
            None => Err(undefined(&name.to_string())),
        }
    }

    async fn commented_column(&self, name: &ObjectName) -> Result<Commented> {
        let Some((column, relation)) = name.0.split_last().filter(|(_, relation)| !relation.is_empty()) else {
            return Err(Error::new(SqlState::SYNTAX_ERROR, "column name must be qualified"));
        };
        let column = column.as_ident().map(folded).unwrap_or_default();
        let (relation, found) = self.existing_name(&ObjectName(relation.to_vec()), "comment on").await?;
        if found.is_none() {
            return Err(undefined(&relation.to_string()));
        }
        self.require_owner(&relation).await?;
        let columns = self.schema_of(relation.clone()).await.map_err(|error| from_datafusion(error, ""))?;
        if columns.is_none_or(|columns| columns.field_with_name(&column).is_err()) {
            let message = format!("column \"{column}\" of relation \"{relation}\" does not exist");
            return Err(Error::new(SqlState::UNDEFINED_COLUMN, message));
        }
        Ok(Commented::Column(relation, column))
    }
}

fn commented_database(name: &ObjectName) -> Result<Commented> {
    let name = schema(name)?;
    if name != DATABASE {
        return Err(Error::new(SqlState::INVALID_CATALOG_NAME, format!("database \"{name}\" does not exist")));
    }
    Ok(Commented::Database)
}

fn commented_function(name: &ObjectName) -> Result<Commented> {
    let name = name.0.last().and_then(|part| part.as_ident()).map(folded).unwrap_or_default();
    if !datafusion_functions_customer::functions().iter().any(|doc| doc.name == name) {
        return Err(Error::new(SqlState::UNDEFINED_FUNCTION, format!("could not find a function named \"{name}\"")));
    }
    Ok(Commented::Function(name))
}

fn undefined(name: &str) -> Error {
    Error::new(SqlState::UNDEFINED_TABLE, format!("relation \"{name}\" does not exist"))
}
