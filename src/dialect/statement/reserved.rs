//! Words that PostgreSQL keeps for itself, as names without quotes: the parser takes many of them.

use datafusion::sql::sqlparser::ast::{Expr, Ident, ObjectName, Query, TableAlias, TableFactor};

use crate::error::{Error, Result, SqlState};

/// PostgreSQL 15: `SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')`. Sorted.
const RESERVED: [&str; 100] = [
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

/// Of these, words that are values.
const VALUES: [&str; 12] = [
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "localtime",
    "localtimestamp",
    "session_user",
    "user",
];

/// A name that begins with such a word.
///
/// # Errors
/// 42601.
pub fn expression(expr: &Expr) -> Result<()> {
    match expr {
        Expr::Identifier(name) if VALUES.iter().any(|word| name.value.eq_ignore_ascii_case(word)) => Ok(()),
        Expr::Identifier(name) => named(name),
        Expr::CompoundIdentifier(names) => names.first().map_or(Ok(()), named),
        _ => Ok(()),
    }
}

/// Names of tables, of what stands for them, and of their columns.
///
/// # Errors
/// 42601.
pub fn factor(factor: &TableFactor) -> Result<()> {
    if let TableFactor::Table { name, args: None, .. } = factor {
        first(name)?;
    }
    match factor {
        TableFactor::Table { alias: Some(alias), .. }
        | TableFactor::Derived { alias: Some(alias), .. }
        | TableFactor::Function { alias: Some(alias), .. }
        | TableFactor::NestedJoin { alias: Some(alias), .. }
        | TableFactor::UNNEST { alias: Some(alias), .. } => aliased(alias),
        _ => Ok(()),
    }
}

/// Names of the queries of WITH.
///
/// # Errors
/// 42601.
pub fn query(query: &Query) -> Result<()> {
    query.with.iter().flat_map(|with| &with.cte_tables).try_for_each(|table| aliased(&table.alias))
}

fn aliased(alias: &TableAlias) -> Result<()> {
    named(&alias.name)?;
    alias.columns.iter().try_for_each(|column| named(&column.name))
}

fn first(name: &ObjectName) -> Result<()> {
    name.0.first().and_then(|part| part.as_ident()).map_or(Ok(()), named)
}

fn named(name: &Ident) -> Result<()> {
    let word = name.value.to_ascii_lowercase();
    if name.quote_style.is_some() || RESERVED.binary_search(&word.as_str()).is_err() {
        return Ok(());
    }
    let error = Error::new(SqlState::SYNTAX_ERROR, format!("syntax error at or near \"{}\"", name.value));
    Err(error.hint(format!("A name that is a reserved word stands in quotes: \"{word}\"")))
}
