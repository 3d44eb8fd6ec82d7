//! What a statement asks for, decided once from its syntax tree: the allow-list of everything that a client may do.

use std::sync::Arc;

use datafusion::sql::sqlparser::ast::{
    ColumnDef, CreateTable, CreateView, DataType, DiscardObject, Expr, Ident, ObjectName, ObjectType, OnCommit, Query, Reset,
    Set, SetExpr, SetSessionAuthorizationParam, SetSessionAuthorizationParamKind, Statement as Ast, Value,
};

use super::define::{self, Define, RelationKind};
use super::modify::{self, Modification};
use super::requests::{self, Modes};
use crate::catalog::folded;
use crate::error::{Error, Result, SqlState};
use crate::syntax::Parsed;
use crate::syntax::access::AccessStatement;
use crate::syntax::command::{Copy, Declare, Fetch};
use crate::syntax::maintenance::Maintenance;
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
    /// BEGIN, or START TRANSACTION, which is its command tag.
    Begin {
        modes: Modes,
        tag: &'static str,
    },
    Commit {
        chain: bool,
    },
    Rollback {
        chain: bool,
    },
    /// The modes of this transaction, or of all that follow in the session.
    SetTransaction {
        modes: Modes,
        session: bool,
    },
    Savepoint(String),
    Release(String),
    RollbackTo(String),
    DiscardAll,
    DiscardTemporary,
    /// Removes one prepared statement of the client, or all.
    Deallocate(Option<String>),
    Prepare {
        name: String,
        types: Vec<DataType>,
        statement: Box<Statement>,
    },
    Execute {
        name: String,
        arguments: Vec<Expr>,
    },
    Declare(Declare),
    Fetch(Fetch),
    /// CLOSE of one cursor, or of all.
    Close(Option<String>),
    Copy(Box<Copy>),
    /// ANALYZE and the like.
    Maintain(Maintenance),
    /// CREATE TABLE with columns.
    CreateTable {
        name: ObjectName,
        columns: Vec<ColumnDef>,
        if_not_exists: bool,
        temporary: bool,
    },
    CreateView {
        name: ObjectName,
        query: Box<Query>,
        columns: Vec<Ident>,
        or_replace: bool,
        if_not_exists: bool,
        temporary: bool,
    },
    /// Drops tables or views.
    Drop {
        kind: RelationKind,
        names: Vec<ObjectName>,
        if_exists: bool,
        cascade: bool,
    },
    /// Schemas, other names, comments.
    Define(Define),
    CreateTableAs {
        name: ObjectName,
        query: Box<Query>,
        or_replace: bool,
        if_not_exists: bool,
        temporary: bool,
    },
    /// INSERT, DELETE and TRUNCATE.
    Modify(Box<Modification>),
    /// Roles, privileges, policies and masks.
    Access(Box<AccessStatement>),
    /// Accepted without effect; the text is the command tag.
    Accept(&'static str),
}

/// What kind of statement it is, for those who count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementClass {
    Select,
    Explain,
    /// SET, RESET and SHOW.
    Setting,
    Transaction,
    /// CREATE and DROP.
    Definition,
    Other,
}

impl Statement {
    pub fn class(&self) -> StatementClass {
        match &self.request {
            Request::Query(_) => StatementClass::Select,
            Request::Explain { .. } => StatementClass::Explain,
            Request::Set { .. } | Request::Show(_) | Request::Reset(_) => StatementClass::Setting,
            Request::Begin { .. }
            | Request::Commit { .. }
            | Request::Rollback { .. }
            | Request::SetTransaction { .. }
            | Request::Savepoint(_)
            | Request::Release(_)
            | Request::RollbackTo(_) => StatementClass::Transaction,
            Request::CreateView { .. }
            | Request::CreateTableAs { .. }
            | Request::CreateTable { .. }
            | Request::Drop { .. }
            | Request::Define(_) => StatementClass::Definition,
            _ => StatementClass::Other,
        }
    }
}

/// Splits and parses a text; 42601 with the place if it is not SQL, 0A000 or 25006 if it is not for this server.
pub fn parse(text: &str, bytes_max: usize) -> Result<Vec<Statement>> {
    if text.len() > bytes_max {
        return Err(Error::new(
            SqlState::STATEMENT_TOO_COMPLEX,
            format!("a statement may have {bytes_max} bytes, not {}", text.len()),
        ));
    }
    let parsed = runtime::blocking(text.len(), || syntax::statements(text))?;
    // A text with a password in it is kept nowhere, not even for the statements beside.
    let has_secret = parsed.iter().any(|parsed| matches!(parsed, Parsed::Access(statement) if statement.has_secret()));
    let text: Arc<str> = if has_secret { "" } else { text }.into();
    let statement = |parsed| {
        let request = match parsed {
            Parsed::Sql(ast) => request(*ast, &text)?,
            Parsed::Command(command) => requests::command(command),
            Parsed::Access(statement) => Request::Access(statement),
        };
        Ok(Statement { text: Arc::clone(&text), request })
    };
    parsed.into_iter().map(statement).collect()
}

impl Request {
    /// Whether it looks at tables.
    pub fn reads(&self) -> bool {
        matches!(self, Self::Query(_) | Self::Declare(_) | Self::Copy(_) | Self::Execute { .. } | Self::CreateTableAs { .. })
    }
}

pub(super) fn request(mut ast: Ast, text: &Arc<str>) -> Result<Request> {
    if let Some(select_into) = requests::select_into(&mut ast) {
        return Ok(select_into);
    }
    Ok(match ast {
        Ast::Query(ref query) if reads_only(query) => Request::Query(Box::new(ast)),
        Ast::Explain { statement, analyze, verbose, options, .. } => explain(*statement, analyze, verbose, options)?,
        Ast::Set(set) => request_set(set)?,
        Ast::ShowVariable { variable } => Request::Show(show_name(&variable)),
        Ast::Reset(reset) => Request::Reset(match reset.reset {
            Reset::ALL => None,
            Reset::ConfigurationParameter(name) => Some(name.to_string()),
        }),
        Ast::StartTransaction { modes, begin, .. } => {
            Request::Begin { modes: requests::modes(&modes), tag: if begin { "BEGIN" } else { "START TRANSACTION" } }
        }
        Ast::Commit { chain, .. } => Request::Commit { chain },
        Ast::Rollback { savepoint: None, chain } => Request::Rollback { chain },
        Ast::Rollback { savepoint: Some(name), .. } => Request::RollbackTo(folded(&name)),
        Ast::Savepoint { name } => Request::Savepoint(folded(&name)),
        Ast::ReleaseSavepoint { name } => Request::Release(folded(&name)),
        Ast::Prepare { .. } | Ast::Execute { .. } => requests::prepared(ast, text)?,
        Ast::Discard { object_type: DiscardObject::ALL } => Request::DiscardAll,
        Ast::Deallocate { name, .. } => requests::deallocate(&name),
        Ast::Discard { object_type: DiscardObject::TEMP } => Request::DiscardTemporary,
        Ast::Discard { object_type: DiscardObject::PLANS } => Request::Accept("DISCARD PLANS"),
        Ast::Discard { object_type: DiscardObject::SEQUENCES } => Request::Accept("DISCARD SEQUENCES"),
        Ast::NOTIFY { .. } => Request::Accept("NOTIFY"),
        Ast::LISTEN { .. } => Request::Accept("LISTEN"),
        Ast::UNLISTEN { .. } => Request::Accept("UNLISTEN"),
        Ast::CreateView(view) => create_view(view)?,
        Ast::CreateTable(table) => create_table(table)?,
        Ast::Drop { object_type: ObjectType::View, if_exists, names, cascade, .. } => {
            Request::Drop { kind: RelationKind::View, names, if_exists, cascade }
        }
        Ast::Drop { object_type: ObjectType::Table, if_exists, names, cascade, .. } => {
            Request::Drop { kind: RelationKind::Table, names, if_exists, cascade }
        }
        Ast::Insert(insert) => modify::insert(insert)?,
        Ast::Delete(delete) => modify::delete(&delete)?,
        Ast::Truncate(truncate) => modify::truncate(truncate)?,
        ast @ (Ast::CreateSchema { .. } | Ast::AlterTable(_) | Ast::Comment { .. }) => Request::Define(define::request(ast)?),
        ast @ Ast::Drop { object_type: ObjectType::Schema, .. } => Request::Define(define::request(ast)?),
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
        Ast::Update(_) | Ast::Merge(_) | Ast::Query(_) => {
            let command = command.split_whitespace().next().unwrap_or_default();
            Error::new(
                SqlState::READ_ONLY_SQL_TRANSACTION,
                format!("cannot execute {command}: the files of the lake are read-only"),
            )
            .hint("Write a new table with CREATE TABLE … AS SELECT")
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
            let name = setting_name(&variable);
            let is_list = name.eq_ignore_ascii_case("search_path");
            let texts: Vec<_> = values.iter().map(|value| if is_list { quoted(value) } else { setting_text(value) }).collect();
            let value = if texts.as_slice() == ["DEFAULT"] { None } else { Some(texts.join(", ")) };
            Request::Set { name, value, local: matches!(scope, Some(ContextModifier::Local)) }
        }
        Set::SetTimeZone { local, value } => Request::Set { name: "TimeZone".into(), value: Some(setting_text(&value)), local },
        Set::SetNames { charset_name, .. } => {
            Request::Set { name: "client_encoding".into(), value: Some(charset_name.value), local: false }
        }
        Set::SetTransaction { modes, session, snapshot: None } => {
            Request::SetTransaction { modes: requests::modes(&modes), session }
        }
        Set::SetRole { context_modifier, role_name } => Request::Set {
            name: "role".into(),
            value: Some(role_name.map_or_else(|| "none".into(), |name| folded(&name))),
            local: matches!(context_modifier, Some(ContextModifier::Local)),
        },
        Set::SetSessionAuthorization(SetSessionAuthorizationParam { kind, .. }) => Request::Set {
            name: "session_authorization".into(),
            value: match kind {
                SetSessionAuthorizationParamKind::Default => None,
                SetSessionAuthorizationParamKind::User(name) => Some(folded(&name)),
            },
            local: false,
        },
        other => return Err(Error::unsupported(format!("{other} is not supported"))),
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

/// An element of a list of names, in quotes where it needs them to be read again.
fn quoted(value: &Expr) -> String {
    let text = match value {
        Expr::Identifier(ident) if ident.quote_style.is_none() && !ident.value.eq_ignore_ascii_case("default") => {
            ident.value.to_lowercase()
        }
        other => setting_text(other),
    };
    let plain = text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain || text == "DEFAULT" { text } else { format!("\"{}\"", text.replace('"', "\"\"")) }
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
    let keeps_nothing = !matches!(table.on_commit, None | Some(OnCommit::PreserveRows));
    match table.query {
        Some(query) if !table.external && table.columns.is_empty() && table.location.is_none() => Ok(Request::CreateTableAs {
            name: table.name,
            query,
            or_replace: table.or_replace,
            if_not_exists: table.if_not_exists,
            temporary: table.temporary,
        }),
        None if table.temporary
            && !table.external
            && table.location.is_none()
            && table.constraints.is_empty()
            && !keeps_nothing =>
        {
            Ok(Request::CreateTable {
                name: table.name,
                columns: table.columns,
                if_not_exists: table.if_not_exists,
                temporary: true,
            })
        }
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
        assert_eq!(state("UPDATE t SET a = 1"), "25006");
        for sql in [
            "CREATE EXTERNAL TABLE t (a INT) STORED AS PARQUET LOCATION '/etc'",
            "CREATE SCHEMA s CREATE TABLE t (a int)",
            "REINDEX TABLE t",
            "INSERT INTO t VALUES (1) RETURNING a",
            "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
            "DELETE FROM t USING s WHERE t.a = s.a",
        ] {
            assert!(["0A000", "42601"].contains(&state(sql).as_str()), "{sql}: {}", state(sql));
        }
        assert_eq!(state("WITH x AS (INSERT INTO t VALUES (1) RETURNING a) SELECT * FROM x"), "25006");
        assert_eq!(parse("CREATE INDEX i ON t (a)", 100).unwrap_err().message, "CREATE INDEX is not supported");
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
        assert_eq!(name_and_value("SET search_path TO a, \"B\""), ("search_path".into(), Some("a, \"B\"".into())));
        assert_eq!(name_and_value("SET a.b = DEFAULT"), ("a.b".into(), None));
    }
}
