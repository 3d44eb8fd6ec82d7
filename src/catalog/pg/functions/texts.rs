//! Functions of tools on texts and on lists of arguments: `format`, `parse_ident`, `num_nulls`.

use datafusion::error::{DataFusionError, Result};

use super::names::quote_literal;
use super::{Caller, SystemFunction, text};
use crate::catalog::pg::rows::Value;
use crate::catalog::pg::snapshot::quoted;
use crate::error::{Error, SqlState};

pub const FUNCTIONS: &[SystemFunction] = &[
    SystemFunction::new("format", 1..=100, "text", format).with_nulls(),
    SystemFunction::new("parse_ident", 1..=2, "_text", parse_ident),
    SystemFunction::new("num_nulls", 1..=100, "int4", |_, arguments| count(arguments, true)).with_nulls(),
    SystemFunction::new("num_nonnulls", 1..=100, "int4", |_, arguments| count(arguments, false)).with_nulls(),
];

fn failed<T>(state: SqlState, message: impl Into<String>) -> Result<T> {
    Err(DataFusionError::External(Box::new(Error::new(state, message))))
}

fn count(arguments: &[Value], nulls: bool) -> Result<Value> {
    let counted = arguments.iter().filter(|argument| (**argument == Value::Null) == nulls).count();
    Ok(i64::try_from(counted).unwrap_or(i64::MAX).into())
}

/// One `%` of a format: which argument, how wide, aligned left, and what it becomes.
struct Specifier {
    position: Option<usize>,
    width: usize,
    left: bool,
    kind: char,
}

fn format(_: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let Some((Value::Text(pattern), arguments)) = arguments.split_first() else { return Ok(Value::Null) };
    let (mut out, mut next) = (String::new(), 0);
    let mut rest = pattern.chars();
    while let Some(character) = rest.next() {
        if character != '%' {
            out.push(character);
            continue;
        }
        let Some(specifier) = specifier(&mut rest)? else {
            out.push('%');
            continue;
        };
        let index = specifier.position.unwrap_or(next);
        next = index + 1;
        let Some(argument) = arguments.get(index) else {
            return failed(SqlState::INVALID_PARAMETER_VALUE, "too few arguments for format()");
        };
        let shown = shown(argument, specifier.kind)?;
        let padding = " ".repeat(specifier.width.saturating_sub(shown.chars().count()));
        out.push_str(if specifier.left { "" } else { &padding });
        out.push_str(&shown);
        out.push_str(if specifier.left { &padding } else { "" });
    }
    Ok(out.into())
}

/// Widest padding that a format may ask for.
const WIDTH_MAX: usize = 1_000_000;

/// What follows a percent sign; `None` for a second one.
fn specifier(rest: &mut std::str::Chars<'_>) -> Result<Option<Specifier>> {
    let unterminated = || failed(SqlState::INVALID_PARAMETER_VALUE, "unterminated format() type specifier");
    let (mut position, mut left, mut number) = (None, false, String::new());
    loop {
        let Some(character) = rest.next() else { return unterminated() };
        match character {
            '%' => return Ok(None),
            '-' => left = true,
            '0'..='9' => number.push(character),
            '$' => match std::mem::take(&mut number).parse::<usize>() {
                Ok(at @ 1..) => position = Some(at - 1),
                _ => {
                    let message = "format specifies argument 0, but arguments are numbered from 1";
                    return failed(SqlState::INVALID_PARAMETER_VALUE, message);
                }
            },
            kind @ ('s' | 'I' | 'L') => {
                let width = number.parse::<usize>().unwrap_or(0).min(WIDTH_MAX);
                return Ok(Some(Specifier { position, width, left, kind }));
            }
            other => {
                let message = format!("unrecognized format() type specifier \"{other}\"");
                return failed(SqlState::INVALID_PARAMETER_VALUE, message);
            }
        }
    }
}

fn shown(argument: &Value, kind: char) -> Result<String> {
    let text = argument.to_display();
    match (kind, text) {
        ('L', None) => Ok("NULL".to_owned()),
        ('I', None) => failed(SqlState("22004"), "null values cannot be formatted as an SQL identifier"),
        (_, None) => Ok(String::new()),
        ('I', Some(text)) => Ok(quoted(&text)),
        ('L', Some(text)) => Ok(quote_literal(&text)),
        (_, Some(text)) => Ok(text),
    }
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
