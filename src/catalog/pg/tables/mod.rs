//! The catalog tables that have rows here, one a file. All others are empty, with the columns that PostgreSQL 15 gives them.

mod columns;
mod information_schema;
mod pg_attribute;
mod pg_class;
mod pg_database;
mod pg_description;
mod pg_namespace;
mod pg_proc;
mod pg_roles;
mod pg_settings;
mod pg_tables;
mod pg_type;
mod pg_views;
mod routines;

pub use pg_database::UTF8;
pub use pg_proc::{builtin_function, builtin_function_oid};
pub use pg_roles::{role_name, role_oid};
pub use pg_settings::limit;

use super::rows::Row;
use super::seed;
use super::table::{RelationColumns, Scan};
use super::wanted::Keys;

/// How the rows of a table are made.
#[derive(Clone, Copy)]
pub enum Rows {
    /// From names alone: no file is opened.
    Names(fn(&Scan<'_>) -> Vec<Row>),
    /// From the columns of the relations that the query asks for.
    Columns(fn(&Scan<'_>, &[RelationColumns<'_>]) -> Vec<Row>),
}

/// The rows of a table, and which of its columns select relations.
#[derive(Clone, Copy)]
pub struct Source {
    pub keys: Keys,
    pub rows: Rows,
}

/// The rows of `schema.table`.
pub fn source(schema: &str, table: &str) -> Source {
    match schema {
        "information_schema" => information_schema(table),
        _ => pg_catalog(table),
    }
}

/// Whether a table has no row in any lake, now or later: it is about what a lake has not, such as indexes.
pub fn always_empty(schema: &str, table: &str) -> bool {
    match source(schema, table).rows {
        Rows::Names(rows) => std::ptr::fn_addr_eq(rows, nothing as fn(&Scan<'_>) -> Vec<Row>),
        Rows::Columns(_) => false,
    }
}

fn pg_catalog(table: &str) -> Source {
    let names = |rows| Source { keys: Keys::NONE, rows: Rows::Names(rows) };
    match table {
        "pg_am" => names(|_| seed::rows("pg_am")),
        "pg_attribute" => Source { keys: pg_attribute::KEYS, rows: Rows::Columns(pg_attribute::rows) },
        "pg_authid" | "pg_roles" => names(pg_roles::rows),
        "pg_class" => Source { keys: pg_class::KEYS, rows: Rows::Names(pg_class::rows) },
        "pg_collation" => names(pg_namespace::collations),
        "pg_database" => names(pg_database::rows),
        "pg_description" => Source { keys: pg_description::KEYS, rows: Rows::Columns(pg_description::rows) },
        "pg_language" => names(|_| seed::rows("pg_language")),
        "pg_namespace" => names(pg_namespace::rows),
        "pg_proc" => names(pg_proc::rows),
        "pg_range" => names(|_| seed::rows("pg_range")),
        "pg_settings" => names(pg_settings::rows),
        "pg_tables" => names(pg_tables::rows),
        "pg_tablespace" => names(pg_database::tablespaces),
        "pg_type" => names(pg_type::rows),
        "pg_user" | "pg_shadow" => names(pg_roles::users),
        "pg_views" => names(pg_views::rows),
        _ => names(nothing),
    }
}

fn information_schema(table: &str) -> Source {
    let names = |rows| Source { keys: Keys::NONE, rows: Rows::Names(rows) };
    match table {
        "applicable_roles" | "enabled_roles" => names(information_schema::enabled_roles),
        "character_sets" => names(information_schema::character_sets),
        "columns" => Source { keys: columns::KEYS, rows: Rows::Columns(columns::rows) },
        "information_schema_catalog_name" => names(information_schema::catalog_name),
        "parameters" => names(routines::parameters),
        "routines" => names(routines::rows),
        "schemata" => names(information_schema::schemata),
        "tables" => names(information_schema::tables),
        "views" => names(information_schema::views),
        _ => names(nothing),
    }
}

fn nothing(_: &Scan<'_>) -> Vec<Row> {
    Vec::new()
}
