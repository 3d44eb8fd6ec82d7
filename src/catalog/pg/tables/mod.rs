//! The catalog tables that have rows here, one a file. All others are empty, with the columns that PostgreSQL 15 gives them.

mod columns;
mod constraints;
mod information_schema;
mod pg_activity;
mod pg_attribute;
mod pg_class;
mod pg_constraint;
mod pg_database;
mod pg_description;
mod pg_index;
mod pg_namespace;
mod pg_policies;
mod pg_proc;
mod pg_roles;
mod pg_settings;
mod pg_stat_user_tables;
mod pg_tables;
mod pg_timezone_names;
mod pg_type;
mod pg_views;
mod routines;
mod table_privileges;

pub use pg_database::UTF8;
pub use pg_proc::{builtin_function, builtin_function_oid};
pub use pg_roles::{role_name, role_oid};

use super::columns::{KeyColumns, RelationColumns};
use super::rows::Row;
use super::scan::Scan;
use super::seed;
use super::wanted::Keys;

/// How the rows of a table are made.
#[derive(Clone, Copy)]
pub enum Rows {
    /// From names alone: no file is opened.
    Names(fn(&Scan<'_>) -> Vec<Row>),
    /// From names, and then from the columns of each relation that the query asks for.
    Columns(fn(&Scan<'_>) -> Vec<Row>, RowsOfColumns),
    /// As before, for the relations that have comments on columns.
    Commented(fn(&Scan<'_>) -> Vec<Row>, RowsOfColumns),
    /// From the declared keys and the columns of their tables.
    Keys(fn(&[KeyColumns<'_>]) -> Vec<Row>),
}

/// Rows from the columns of one relation.
pub type RowsOfColumns = fn(&Scan<'_>, &RelationColumns<'_>) -> Vec<Row>;

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

/// Whether a table has no row in any lake, now or later: it is about what a lake has not, such as triggers.
pub fn always_empty(schema: &str, table: &str) -> bool {
    match source(schema, table).rows {
        Rows::Names(rows) => std::ptr::fn_addr_eq(rows, nothing as fn(&Scan<'_>) -> Vec<Row>),
        Rows::Columns(..) | Rows::Commented(..) | Rows::Keys(_) => false,
    }
}

fn pg_catalog(table: &str) -> Source {
    let names = |rows| Source { keys: Keys::NONE, rows: Rows::Names(rows) };
    match table {
        "pg_aggregate" => names(|_| seed::rows("pg_aggregate")),
        "pg_am" => names(|_| seed::rows("pg_am")),
        "pg_attribute" => Source { keys: pg_attribute::KEYS, rows: Rows::Columns(pg_attribute::own, pg_attribute::rows) },
        "pg_auth_members" => names(pg_roles::members),
        "pg_authid" => names(pg_roles::authid),
        "pg_cast" => names(|_| seed::rows("pg_cast")),
        "pg_class" => Source { keys: pg_class::KEYS, rows: Rows::Names(pg_class::rows) },
        "pg_collation" => names(pg_namespace::collations),
        "pg_cursors" => names(pg_activity::cursors),
        "pg_database" => names(pg_database::rows),
        "pg_db_role_setting" => names(pg_roles::role_settings),
        "pg_constraint" => Source { keys: pg_constraint::KEYS, rows: Rows::Keys(pg_constraint::rows) },
        "pg_description" => {
            Source { keys: pg_description::KEYS, rows: Rows::Commented(pg_description::own, pg_description::rows) }
        }
        "pg_index" => Source { keys: pg_index::KEYS, rows: Rows::Keys(pg_index::rows) },
        "pg_indexes" => names(pg_index::indexes),
        "pg_language" => names(|_| seed::rows("pg_language")),
        "pg_namespace" => names(pg_namespace::rows),
        "pg_policies" => names(pg_policies::policies),
        "pg_policy" => names(pg_policies::policy),
        "pg_prepared_statements" => names(pg_activity::prepared_statements),
        "pg_proc" => names(pg_proc::rows),
        "pg_range" => names(|_| seed::rows("pg_range")),
        "pg_rewrite" => names(pg_views::rules),
        "pg_roles" => names(pg_roles::roles),
        "pg_seclabel" | "pg_seclabels" => names(pg_policies::labels),
        "pg_settings" => names(pg_settings::rows),
        "pg_stat_activity" => names(pg_activity::rows),
        "pg_stat_all_tables" | "pg_stat_user_tables" => names(pg_stat_user_tables::rows),
        "pg_stat_gssapi" => names(pg_activity::gssapi),
        "pg_statio_all_tables" | "pg_statio_user_tables" => names(pg_stat_user_tables::blocks),
        "pg_tables" => names(pg_tables::rows),
        "pg_tablespace" => names(pg_database::tablespaces),
        "pg_timezone_names" => names(pg_timezone_names::rows),
        "pg_type" => names(pg_type::rows),
        "pg_user" | "pg_shadow" => names(pg_roles::users),
        "pg_views" => names(pg_views::rows),
        _ => names(nothing),
    }
}

fn information_schema(table: &str) -> Source {
    let names = |rows| Source { keys: Keys::NONE, rows: Rows::Names(rows) };
    match table {
        "applicable_roles" => names(table_privileges::applicable_roles),
        "character_sets" => names(information_schema::character_sets),
        "columns" => Source { keys: columns::KEYS, rows: Rows::Columns(columns::own, columns::rows) },
        "constraint_column_usage" => names(constraints::constraint_column_usage),
        "constraint_table_usage" => names(constraints::constraint_table_usage),
        "enabled_roles" => names(table_privileges::enabled_roles),
        "information_schema_catalog_name" => names(information_schema::catalog_name),
        "key_column_usage" => names(constraints::key_column_usage),
        "parameters" => names(routines::parameters),
        "referential_constraints" => names(constraints::referential_constraints),
        "role_table_grants" => names(table_privileges::role_table_grants),
        "routines" => names(routines::rows),
        "schemata" => names(information_schema::schemata),
        "table_constraints" => names(constraints::table_constraints),
        "table_privileges" => names(table_privileges::table_privileges),
        "tables" => names(information_schema::tables),
        "views" => names(information_schema::views),
        _ => names(nothing),
    }
}

fn nothing(_: &Scan<'_>) -> Vec<Row> {
    Vec::new()
}
