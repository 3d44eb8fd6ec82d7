//! How the objects are written into the state folder: views as text, since the next version of the program reads text too.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::sql::sqlparser::ast::{Query, Statement};
use serde::{Deserialize, Serialize};

use super::{Commented, Created, Definition, Object};
use crate::catalog::View;
use crate::error::{Error, Result, SqlState};
use crate::lake::TableName;
use crate::syntax;

/// The document "catalog".
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Document {
    schemas: Vec<String>,
    views: Vec<StoredView>,
    comments: Vec<StoredComment>,
}

#[derive(Debug, Deserialize, Serialize)]
struct StoredView {
    schema: String,
    name: String,
    query: String,
    #[serde(default)]
    columns: Vec<String>,
    owner: String,
    /// The search path when it was created.
    path: Vec<String>,
}

#[derive(Debug, Deserialize, Serialize)]
struct StoredComment {
    on: Commented,
    text: String,
}

impl Document {
    pub const NAME: &'static str = "catalog";

    pub fn of(created: &Created) -> Self {
        let mut document = Self::default();
        for (object, definition) in created.iter() {
            match (object, definition) {
                (Object::Schema(name), _) => document.schemas.push(name.clone()),
                (Object::Relation(name), Definition::View(view)) => document.views.push(StoredView {
                    schema: name.schema.clone(),
                    name: name.table.clone(),
                    query: view.definition(),
                    columns: view.columns.clone(),
                    owner: view.owner.clone(),
                    path: view.path.clone(),
                }),
                (Object::CommentOn(on), Definition::Comment(text)) => {
                    document.comments.push(StoredComment { on: on.clone(), text: text.clone() });
                }
                _ => {}
            }
        }
        document
    }

    /// # Errors
    /// XX001 if a view cannot be read, so that the program does not start, and write the document again, without it.
    pub fn created(self) -> Result<Created> {
        let mut objects = BTreeMap::new();
        objects.extend(self.schemas.into_iter().map(|name| (Object::Schema(name), Definition::Schema)));
        for stored in self.views {
            let name = TableName::new(stored.schema, stored.name);
            let query = read_query(&stored.query).map_err(|error| {
                let message = format!("the state folder has a view \"{name}\" that cannot be read: {}", error.message);
                Error::new(SqlState::DATA_CORRUPTED, message)
            })?;
            let text_bytes = stored.query.len();
            let view = View {
                name: name.clone(),
                query,
                columns: stored.columns,
                path: stored.path,
                comment: None,
                owner: stored.owner,
                text_bytes,
            };
            objects.insert(Object::Relation(name), Definition::View(Arc::new(view)));
        }
        for comment in self.comments {
            objects.insert(Object::CommentOn(comment.on), Definition::Comment(comment.text));
        }
        Ok(Created { objects })
    }
}

fn read_query(text: &str) -> Result<Box<Query>> {
    match <[Statement; 1]>::try_from(syntax::parse(text)?) {
        Ok([Statement::Query(query)]) => Ok(query),
        _ => Err(Error::internal("it is not one query")),
    }
}

/// Refuses a query whose written form would be read as another one.
pub fn require_kept(query: &Query) -> Result<()> {
    let text = query.to_string();
    match read_query(&text) {
        Ok(read) if read.to_string() == text => Ok(()),
        _ => Err(Error::unsupported("this query cannot be kept as a view")
            .hint("Write it in other words, or use CREATE TABLE … AS SELECT")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::created::Changes;

    #[test]
    fn what_is_written_is_read() {
        let name = TableName::new("sales", "top");
        let query = read_query("SELECT a, 'it''s' AS \"B\" FROM t WHERE a > 1.5 AND b IN (SELECT 1)").unwrap();
        require_kept(&query).unwrap();
        let path = vec!["sales".to_owned()];
        let view = View {
            name: name.clone(),
            text_bytes: query.to_string().len(),
            query,
            columns: vec!["x".into()],
            path,
            comment: None,
            owner: "ann".into(),
        };
        let mut changes = Changes::default();
        changes.put(Object::Schema("empty".into()), None, Some(Definition::Schema));
        changes.put(Object::Relation(name.clone()), None, Some(Definition::View(Arc::new(view))));
        let column = Commented::Column(name, "x".into());
        changes.put(Object::CommentOn(column), None, Some(Definition::Comment("Why".into())));
        let created = Created::default().with(&changes);
        let json = serde_json::to_string(&Document::of(&created)).unwrap();
        let read: Document = serde_json::from_str(&json).unwrap();
        assert_eq!(read.created().unwrap(), created);
        let broken: Document = serde_json::from_str(&json.replace("SELECT a", "SELEC a")).unwrap();
        assert_eq!(broken.created().unwrap_err().sqlstate(), "XX001");
    }
}
