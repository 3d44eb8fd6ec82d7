//! What the engine has, in the words of PostgreSQL's catalogs.

use datafusion_functions_customer::doc::{self, Doc, Kind};

use super::cursor::Cursor;
use super::prepared::Kept;
use super::system;
use crate::access::OWNER;
use crate::access::rights::Rights;
use crate::catalog::pg::{
    Argument, Function, FunctionKind, KeyConstraint, KeyKind, NamedStatement, OpenCursor, Reference, Relation, RelationKind,
};
use crate::catalog::{Constraint, Key, Relations};
use crate::lake::{DEFAULT_SCHEMA, TableName};

pub(super) fn named_statement((name, kept): (&String, &Kept)) -> NamedStatement {
    let (name, statement) = (name.clone(), kept.statement.text.to_string());
    let parameter_types = kept.parameters.iter().map(|parameter| parameter.data_type.clone()).collect();
    NamedStatement { name, statement, parameter_types, prepared_at: kept.prepared_at.timestamp_micros() }
}

pub(super) fn open_cursor((name, cursor): (&String, &Cursor)) -> OpenCursor {
    OpenCursor {
        name: name.clone(),
        statement: cursor.text.to_string(),
        holdable: cursor.hold,
        scrollable: cursor.scroll,
        binary: cursor.binary,
        created_at: cursor.created_at.timestamp_micros(),
    }
}

pub(super) fn relation(name: &TableName, kind: RelationKind) -> Relation {
    let (schema, name) = (name.schema.clone(), name.table.clone());
    Relation { schema, name, kind, owner: OWNER.into(), comment: None, definition: None }
}

pub(super) fn owner_of(rights: &Rights, name: &TableName) -> String {
    let owner = rights.state().relation(name).and_then(|relation| relation.owner.clone());
    owner.unwrap_or_else(|| OWNER.to_string())
}

/// The declared keys of tables that are there. A foreign key without columns refers to the primary key.
pub(super) fn keys(seen: &Relations, rights: &Rights) -> Vec<KeyConstraint> {
    let there = seen.constraints.iter().filter(|constraint| seen.tables.contains(&constraint.table));
    let there = there.filter(|constraint| rights.may_read(&constraint.table, None));
    let primary = |table: &TableName| {
        let of_table = seen.constraints.iter().filter(|constraint| constraint.table == *table);
        of_table.filter(|constraint| constraint.key == Key::Primary).map(|key| key.columns.clone()).next()
    };
    let key = |constraint: &Constraint| {
        let (kind, references) = match &constraint.key {
            Key::Primary => (KeyKind::Primary, None),
            Key::Unique => (KeyKind::Unique, None),
            Key::Foreign { table, columns } => {
                let columns = if columns.is_empty() { primary(table).unwrap_or_default() } else { columns.clone() };
                let reference = Reference { schema: table.schema.clone(), relation: table.table.clone(), columns };
                (KeyKind::Foreign, Some(reference))
            }
        };
        KeyConstraint {
            schema: constraint.table.schema.clone(),
            relation: constraint.table.table.clone(),
            name: constraint.name.clone(),
            kind,
            columns: constraint.columns.clone(),
            references,
        }
    };
    there.map(key).collect()
}

pub(super) fn comment_on_schema(name: &str) -> Option<String> {
    match name {
        system::SCHEMA => Some("What the database knows about itself".to_string()),
        DEFAULT_SCHEMA => Some("standard public schema".to_string()),
        _ => None,
    }
}

pub(super) fn function(doc: &'static Doc) -> Function {
    let kind = match doc.kind {
        Kind::Scalar => FunctionKind::Scalar,
        Kind::Aggregate => FunctionKind::Aggregate,
        Kind::Window => FunctionKind::Window,
        Kind::Table => FunctionKind::Table,
    };
    let columns: Vec<String> =
        doc.returns
            .iter()
            .map(|column| {
                if column.name.is_empty() {
                    column.data_type.to_string()
                } else {
                    format!("{} {}", column.name, column.data_type)
                }
            })
            .collect();
    let result = if kind == FunctionKind::Table { format!("TABLE({})", columns.join(", ")) } else { columns.join(", ") };
    Function {
        schema: "public".into(),
        name: doc.name.into(),
        kind,
        arguments: doc.arguments.iter().map(argument).collect(),
        result,
        comment: Some(doc.summary.into()),
    }
}

pub(super) fn argument(argument: &doc::Argument) -> Argument {
    let default = match argument.default {
        doc::Default::Required => None,
        doc::Default::Is(value) => Some(value.to_string()),
    };
    Argument { name: argument.name.into(), type_name: argument.takes.name().into(), default }
}
