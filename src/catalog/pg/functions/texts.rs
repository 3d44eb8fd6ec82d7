//! Functions of tools on texts and on lists of arguments: `parse_ident`, `num_nulls`.

use datafusion::error::Result;

use super::{Caller, SystemFunction, text};
use crate::catalog::pg::rows::Value;
use crate::error::{Error, SqlState};

pub const FUNCTIONS: &[SystemFunction] = &[
    SystemFunction::new("parse_ident", 1..=2, "_text", parse_ident),
    SystemFunction::new("num_nulls", 1..=100, "int4", |_, arguments| count(arguments, true)).with_nulls(),
    SystemFunction::new("num_nonnulls", 1..=100, "int4", |_, arguments| count(arguments, false)).with_nulls(),
];

fn failed<T>(state: SqlState, message: impl Into<String>) -> Result<T> {
    Err(Error::new(state, message).into())
}

fn count(arguments: &[Value], nulls: bool) -> Result<Value> {
    let counted = arguments.iter().filter(|argument| (**argument == Value::Null) == nulls).count();
    Ok(i64::try_from(counted).unwrap_or(i64::MAX).into())
}

/// The parts of a qualified name; without quotes they are small.
fn parse_ident(_: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let name = text(arguments, 0);
    let strict = arguments.get(1).and_then(Value::as_bool).unwrap_or(true);
    let invalid = || failed(SqlState::INVALID_PARAMETER_VALUE, format!("string is not a valid identifier: \"{name}\""));
    let (mut parts, mut rest) = (vec![], name.trim_start());
    loop {
        let (part, after) = match rest.strip_prefix('"') {
            Some(inside) => match quoted_part(inside) {
                Some(found) => found,
                None => return invalid(),
            },
            None => {
                let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).unwrap_or(rest.len());
                let (part, after) = rest.split_at(end);
                if part.starts_with(|c: char| c.is_ascii_digit() || c == '$') {
                    return invalid();
                }
                (part.to_lowercase(), after)
            }
        };
        if part.is_empty() {
            return invalid();
        }
        parts.push(Value::from(part));
        let after = after.trim_start();
        match after.strip_prefix('.') {
            Some(next) => rest = next.trim_start(),
            None if after.is_empty() || !strict => return Ok(Value::List(parts)),
            None => return invalid(),
        }
    }
}

/// A part up to its closing quote, and what follows; two quotes stand for one.
fn quoted_part(inside: &str) -> Option<(String, &str)> {
    let (mut part, mut rest) = (String::new(), inside);
    loop {
        let (before, after) = rest.split_once('"')?;
        part.push_str(before);
        match after.strip_prefix('"') {
            Some(next) => {
                part.push('"');
                rest = next;
            }
            None => return Some((part, after)),
        }
    }
}
