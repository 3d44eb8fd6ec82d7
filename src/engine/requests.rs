//! Requests of a session's own state: transactions, prepared statements, cursors, settings that have a syntax of their own.

use datafusion::sql::sqlparser::ast::{
    Ident, SetExpr, Statement as Ast, TransactionAccessMode, TransactionIsolationLevel, TransactionMode,
};

use super::statement::{Request, Statement};
use crate::catalog::folded;
use crate::error::{Error, Result};
use crate::syntax::command::Command;

/// What BEGIN and SET TRANSACTION say of a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modes {
    pub isolation: Option<&'static str>,
    pub read_only: Option<bool>,
}

pub(super) fn modes(written: &[TransactionMode]) -> Modes {
    let mut modes = Modes::default();
    for mode in written {
        match mode {
            TransactionMode::AccessMode(access) => modes.read_only = Some(*access == TransactionAccessMode::ReadOnly),
            TransactionMode::IsolationLevel(level) => {
                modes.isolation = Some(match level {
                    TransactionIsolationLevel::ReadUncommitted => "read uncommitted",
                    TransactionIsolationLevel::ReadCommitted => "read committed",
                    TransactionIsolationLevel::RepeatableRead | TransactionIsolationLevel::Snapshot => "repeatable read",
                    TransactionIsolationLevel::Serializable => "serializable",
                });
            }
        }
    }
    modes
}

pub(super) fn command(command: Command) -> Request {
    match command {
        Command::Declare(declare) => Request::Declare(declare),
        Command::Fetch(fetch) => Request::Fetch(fetch),
        Command::Close(name) => Request::Close(name),
        Command::Copy(copy) => Request::Copy(copy),
        Command::Maintain(maintenance) => Request::Maintain(maintenance),
    }
}

/// PREPARE and EXECUTE.
pub(super) fn prepared(ast: Ast, text: &std::sync::Arc<str>) -> Result<Request> {
    match ast {
        Ast::Prepare { name, data_types, statement } => {
            let request = super::statement::request(*statement, text)?;
            let statement = Box::new(Statement { text: std::sync::Arc::clone(text), request });
            Ok(Request::Prepare { name: folded(&name), types: data_types, statement })
        }
        Ast::Execute { name: Some(name), parameters, into, using, immediate: false, .. }
            if into.is_empty() && using.is_empty() =>
        {
            let name = name.0.last().and_then(|part| part.as_ident()).map(folded).unwrap_or_default();
            Ok(Request::Execute { name, arguments: parameters })
        }
        _ => Err(Error::unsupported("EXECUTE takes the name of a prepared statement")),
    }
}

pub(super) fn deallocate(name: &Ident) -> Request {
    let all = name.quote_style.is_none() && name.value.eq_ignore_ascii_case("all");
    Request::Deallocate(if all { None } else { Some(folded(name)) })
}

/// `SELECT … INTO t …` is `CREATE TABLE t AS SELECT …`.
pub(super) fn select_into(ast: &mut Ast) -> Option<Request> {
    let Ast::Query(query) = ast else { return None };
    let mut body = query.body.as_mut();
    while let SetExpr::SetOperation { left, .. } = body {
        body = left.as_mut();
    }
    let SetExpr::Select(select) = body else { return None };
    let into = select.into.take()?;
    Some(Request::CreateTableAs {
        name: into.name,
        query: query.clone(),
        or_replace: false,
        if_not_exists: false,
        temporary: into.temporary,
    })
}
