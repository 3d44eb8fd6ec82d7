//! What a statement asks for, decided once from its syntax tree: the allow-list of everything that a client may do.

use std::sync::Arc;

use datafusion::sql::sqlparser::ast::{
    CreateTable, CreateView, DiscardObject, Expr, Ident, ObjectName, ObjectType, Query, Reset, Set, SetExpr, Statement as Ast,
    Value,
};

use crate::error::{Error, Result, SqlState};
use crate::{runtime, syntax};

/// One statement of a client, parsed and allowed.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The whole text that it came with; positions in errors refer to it.
    pub text: Arc<str>,
    pub request: Request,
}

#[derive(Clone, Debug)]
pub enum Request {
    /// A query, VALUES or TABLE.
    Query(Box<Ast>),
    Explain {
        statement: Box<Ast>,
        analyze: bool,
        verbose: bool,
    },
    Set {
        name: String,
        value: Option<String>,
        local: bool,
    },
    Show(String),
    Reset(Option<String>),
    Begin,
    Commit,
    Rollback,
    Savepoint(String),
    Release(String),
    RollbackTo(String),
    DiscardAll,
    /// Removes one prepared statement of the client, or all.
    Deallocate(Option<String>),
    CreateView {
        name: ObjectName,
        query: Box<Query>,
        columns: Vec<Ident>,
        or_replace: bool,
        if_not_exists: bool,
        temporary: bool,
    },
    DropView {
        names: Vec<ObjectName>,
        if_exists: bool,
    },
    CreateTableAs {
        name: ObjectName,
        query: Box<Query>,
        or_replace: bool,
        if_not_exists: bool,
        temporary: bool,
    },
    DropTable {
        names: Vec<ObjectName>,
        if_exists: bool,
    },
    /// Accepted without effect; the text is the command tag.
    Accept(&'static str),
}

/// Splits and parses a text; 42601 with the place if it is not SQL, 0A000 or 25006 if it is not for this server.
pub fn parse(text: &str, bytes_max: usize) -> Result<Vec<Statement>> {
    if text.len() > bytes_max {
        return Err(Error::new(
            SqlState::STATEMENT_TOO_COMPLEX,
            format!("a statement may have {bytes_max} bytes, not {}", text.len()),
        ));
    }
    let parsed = runtime::blocking(text.len(), || syntax::parse(text))?;
    let text: Arc<str> = text.into();
    parsed.into_iter().map(|ast| Ok(Statement { text: Arc::clone(&text), request: request(ast)? })).collect()
}

fn request(ast: Ast) -> Result<Request> {
    Ok(match ast {
        Ast::Query(ref query) if reads_only(query) => Request::Query(Box::new(ast)),
        Ast::Explain { statement, analyze, verbose, options, .. } => explain(*statement, analyze, verbose, options)?,
        Ast::Set(set) => request_set(set)?,
        Ast::ShowVariable { variable } => Request::Show(show_name(&variable)),
        Ast::Reset(reset) => Request::Reset(match reset.reset {
            Reset::ALL => None,
            Reset::ConfigurationParameter(name) => Some(name.to_string()),
        }),
        Ast::StartTransaction { .. } => Request::Begin,
        Ast::Commit { .. } => Request::Commit,
        Ast::Rollback { savepoint: None, .. } => Request::Rollback,
        Ast::Rollback { savepoint: Some(name), .. } => Request::RollbackTo(name.value),
        Ast::Savepoint { name } => Request::Savepoint(name.value),
        Ast::ReleaseSavepoint { name } => Request::Release(name.value),
        Ast::Discard { object_type: DiscardObject::ALL } => Request::DiscardAll,
        Ast::Deallocate { name, .. } if name.quote_style.is_none() && name.value.eq_ignore_ascii_case("all") => {
            Request::Deallocate(None)
        }
        Ast::Deallocate { name, .. } if name.quote_style.is_none() => Request::Deallocate(Some(name.value.to_lowercase())),
        Ast::Deallocate { name, .. } => Request::Deallocate(Some(name.value)),
        Ast::Discard { .. } => Request::Accept("DISCARD"),
        Ast::LISTEN { .. } => Request::Accept("LISTEN"),
        Ast::UNLISTEN { .. } => Request::Accept("UNLISTEN"),
        Ast::CreateView(view) => create_view(view)?,
        Ast::CreateTable(table) => create_table(table)?,
        Ast::Drop { object_type: ObjectType::View, if_exists, names, .. } => Request::DropView { names, if_exists },
        Ast::Drop { object_type: ObjectType::Table, if_exists, names, .. } => Request::DropTable { names, if_exists },
        other => return Err(refused(&other)),
    })
}

/// A query whose WITH holds INSERT, UPDATE or DELETE is not a query.
fn reads_only(query: &Query) -> bool {
    let body = !matches!(query.body.as_ref(), SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_));
    body && query.with.iter().flat_map(|with| &with.cte_tables).all(|cte| reads_only(&cte.query))
}

fn refused(ast: &Ast) -> Error {
    let text = ast.to_string();
    // What follows may be a value.
    let words = if matches!(text.split_whitespace().next(), Some("CREATE" | "ALTER" | "DROP")) { 2 } else { 1 };
    let command = text.split_whitespace().take(words).collect::<Vec<_>>().join(" ").to_uppercase();
    match ast {
        Ast::Insert(_) | Ast::Update(_) | Ast::Delete(_) | Ast::Merge(_) | Ast::Truncate(_) | Ast::Query(_) => {
            let command = command.split_whitespace().next().unwrap_or_default();
            Error::new(
                SqlState::READ_ONLY_SQL_TRANSACTION,
                format!("cannot execute {command}: the files of the lake are read-only"),
            )
            .hint("Write a new table with CREATE TABLE … AS SELECT")
        }
        Ast::Copy { .. } => {
            Error::unsupported("COPY is not supported").hint("Use SELECT, or \\copy (SELECT …) with a client that can")
        }
        _ => Error::unsupported(format!("{command} is not supported")),
    }
}

fn explain(
    statement: Ast,
    analyze: bool,
    verbose: bool,
    options: Option<Vec<datafusion::sql::sqlparser::ast::UtilityOption>>,
) -> Result<Request> {
    if !matches!(&statement, Ast::Query(query) if reads_only(query)) {
        return Err(Error::unsupported("EXPLAIN takes a query"));
    }
    let is_on = |name: &str| {
        options
            .iter()
            .flatten()
            .any(|o| o.name.value.eq_ignore_ascii_case(name) && o.arg.as_ref().is_none_or(|arg| arg.to_string() != "false"))
    };
    let (analyze, verbose) = (analyze || is_on("analyze"), verbose || is_on("verbose"));
    Ok(Request::Explain { statement: Box::new(statement), analyze, verbose })
}

fn show_name(variable: &[Ident]) -> String {
    let words: Vec<_> = variable.iter().map(|ident| ident.value.as_str()).collect();
    match words.as_slice() {
        [a, b] if a.eq_ignore_ascii_case("time") && b.eq_ignore_ascii_case("zone") => "TimeZone".into(),
        [a, b, c] if [a, b, c].map(|w| w.to_lowercase()) == ["transaction", "isolation", "level"] => {
            "transaction_isolation".into()
        }
        [a, b] if a.eq_ignore_ascii_case("session") && b.eq_ignore_ascii_case("authorization") => "session_authorization".into(),
        words => words.join("."),
    }
}

fn request_set(set: Set) -> Result<Request> {
    use datafusion::sql::sqlparser::ast::ContextModifier;
    Ok(match set {
        Set::SingleAssignment { scope, variable, values, .. } => {
            let texts: Vec<_> = values.iter().map(setting_text).collect();
            let value = if texts.as_slice() == ["DEFAULT"] { None } else { Some(texts.join(", ")) };
            Request::Set { name: setting_name(&variable), value, local: matches!(scope, Some(ContextModifier::Local)) }
        }
        Set::SetTimeZone { local, value } => Request::Set { name: "TimeZone".into(), value: Some(setting_text(&value)), local },
        Set::SetNames { charset_name, .. } => {
            Request::Set { name: "client_encoding".into(), value: Some(charset_name.value), local: false }
        }
        Set::SetTransaction { .. } => Request::Accept("SET"),
        other => return Err(Error::unsupported(format!("SET {other} is not supported"))),
    })
}

fn setting_name(name: &ObjectName) -> String {
    name.0.iter().filter_map(|p| p.as_ident()).map(|i| i.value.as_str()).collect::<Vec<_>>().join(".")
}

fn setting_text(value: &Expr) -> String {
    match value {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) | Value::EscapedStringLiteral(text) => text.clone(),
            Value::Boolean(on) => if *on { "on" } else { "off" }.into(),
            other => other.to_string(),
        },
        Expr::Identifier(ident) if ident.value.eq_ignore_ascii_case("default") => "DEFAULT".into(),
        Expr::Identifier(ident) => ident.value.clone(),
        other => other.to_string(),
    }
}

fn create_view(view: CreateView) -> Result<Request> {
    if view.materialized || view.or_alter || view.to.is_some() {
        return Err(Error::unsupported("only plain views are supported").hint("Write CREATE [OR REPLACE] VIEW name AS query"));
    }
    Ok(Request::CreateView {
        name: view.name,
        query: view.query,
        columns: view.columns.into_iter().map(|column| column.name).collect(),
        or_replace: view.or_replace,
        if_not_exists: view.if_not_exists,
        temporary: view.temporary,
    })
}

fn create_table(table: CreateTable) -> Result<Request> {
    match table.query {
        Some(query) if !table.external && table.columns.is_empty() && table.location.is_none() => Ok(Request::CreateTableAs {
            name: table.name,
            query,
            or_replace: table.or_replace,
            if_not_exists: table.if_not_exists,
            temporary: table.temporary,
        }),
        _ => Err(Error::unsupported("a table is made from a query").hint("Write CREATE [TEMP] TABLE name AS SELECT …")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(sql: &str) -> String {
        parse(sql, 1 << 20).err().map(|e| e.sqlstate().to_string()).unwrap_or_default()
    }

    #[test]
    fn what_writes_or_reaches_files_is_refused() {
        for sql in ["INSERT INTO t VALUES (1)", "DELETE FROM t", "UPDATE t SET a = 1", "TRUNCATE t"] {
            assert_eq!(state(sql), "25006", "{sql}");
        }
        for sql in [
            "COPY t TO '/tmp/x'",
            "CREATE EXTERNAL TABLE t (a INT) STORED AS PARQUET LOCATION '/etc'",
            "CREATE SCHEMA s",
            "VACUUM",
        ] {
            assert!(["0A000", "42601"].contains(&state(sql).as_str()), "{sql}: {}", state(sql));
        }
        assert_eq!(state("WITH x AS (INSERT INTO t VALUES (1) RETURNING a) SELECT * FROM x"), "25006");
        assert_eq!(parse("EXECUTE p('ann@x.com')", 100).unwrap_err().message, "EXECUTE is not supported");
        assert_eq!(state("SELECT 1; SELEC 2"), "42601");
        assert_eq!(parse(" ; ", 10).unwrap().len(), 0);
        assert_eq!(state(&"(".repeat(10_000)), "54001");
    }

    #[test]
    fn settings_are_read_as_written() {
        let name_and_value = |sql| match parse(sql, 1000).unwrap().remove(0).request {
            Request::Set { name, value, .. } => (name, value),
            other => panic!("{other:?}"),
        };
        assert_eq!(name_and_value("SET TIME ZONE 'Europe/Berlin'"), ("TimeZone".into(), Some("Europe/Berlin".into())));
        assert_eq!(name_and_value("SET search_path TO a, \"B\""), ("search_path".into(), Some("a, B".into())));
        assert_eq!(name_and_value("SET a.b = DEFAULT"), ("a.b".into(), None));
    }
}
