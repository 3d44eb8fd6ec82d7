//! What a client may ask of names, from its syntax tree.

use datafusion::sql::sqlparser::ast::{
    AlterTable, AlterTableOperation, AlterTableType, CommentObject, ObjectName, ObjectType, RenameTableNameKind, SchemaName,
    Statement as Ast,
};

use crate::catalog::folded;
use crate::error::{Error, Result};

/// What a table or view is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    Table,
    View,
}

impl RelationKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
        }
    }

    pub fn drop_command(self) -> &'static str {
        match self {
            Self::Table => "DROP TABLE",
            Self::View => "DROP VIEW",
        }
    }
}

/// Statements about schemas, names and comments.
#[derive(Clone, Debug)]
pub enum Define {
    CreateSchema {
        name: String,
        if_not_exists: bool,
    },
    DropSchemas {
        names: Vec<String>,
        if_exists: bool,
        cascade: bool,
    },
    /// `RENAME TO name` or, with a schema in `to`, `SET SCHEMA schema`.
    Rename {
        kind: RelationKind,
        name: ObjectName,
        to: ObjectName,
        if_exists: bool,
    },
    Comment {
        on: CommentObject,
        name: ObjectName,
        text: Option<String>,
    },
}

impl Define {
    /// As PostgreSQL names it.
    pub fn command(&self) -> &'static str {
        match self {
            Self::CreateSchema { .. } => "CREATE SCHEMA",
            Self::DropSchemas { .. } => "DROP SCHEMA",
            Self::Rename { kind: RelationKind::View, .. } => "ALTER VIEW",
            Self::Rename { kind: RelationKind::Table, .. } => "ALTER TABLE",
            Self::Comment { .. } => "COMMENT",
        }
    }
}

/// # Errors
/// 0A000 for what such a statement may say in PostgreSQL and not here.
pub fn request(ast: Ast) -> Result<Define> {
    match ast {
        Ast::CreateSchema { schema_name, if_not_exists, .. } => {
            // Everything has one owner.
            let name = match schema_name {
                SchemaName::Simple(name) | SchemaName::NamedAuthorization(name, _) => schema(&name)?,
                SchemaName::UnnamedAuthorization(owner) => folded(&owner),
            };
            Ok(Define::CreateSchema { name, if_not_exists })
        }
        Ast::Drop { object_type: ObjectType::Schema, names, if_exists, cascade, .. } => {
            let names = names.iter().map(schema).collect::<Result<_>>()?;
            Ok(Define::DropSchemas { names, if_exists, cascade })
        }
        Ast::AlterTable(AlterTable { name, if_exists, operations, table_type, .. }) => match operations.as_slice() {
            [AlterTableOperation::RenameTable { table_name: RenameTableNameKind::To(to) }] => {
                let kind = match table_type {
                    Some(AlterTableType::External) => RelationKind::View,
                    _ => RelationKind::Table,
                };
                Ok(Define::Rename { kind, name, to: to.clone(), if_exists })
            }
            _ => Err(Error::unsupported("ALTER TABLE is only supported with RENAME TO and SET SCHEMA")),
        },
        Ast::Comment { object_type, object_name, comment, .. } => {
            Ok(Define::Comment { on: object_type, name: object_name, text: comment.filter(|text| !text.is_empty()) })
        }
        _ => Err(Error::internal("the statement defines nothing")),
    }
}

/// `schema` or `cilake.schema`.
pub fn schema(name: &ObjectName) -> Result<String> {
    let parts: Vec<String> = name.0.iter().filter_map(|part| part.as_ident()).map(folded).collect();
    match parts.as_slice() {
        [schema] => Ok(schema.clone()),
        [database, schema] if database == super::super::DATABASE => Ok(schema.clone()),
        _ => Err(Error::unsupported(format!("cross-database references are not implemented: {name}"))),
    }
}
