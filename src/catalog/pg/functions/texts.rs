//! Functions of tools on texts and on lists of arguments: `parse_ident`, `num_nulls`; a text as a uuid.

use datafusion::error::{DataFusionError, Result};

use super::{Caller, SystemFunction, text};
use crate::catalog::pg::rows::Value;
use crate::error::{Error, SqlState};

pub const FUNCTIONS: &[SystemFunction] = &[
    SystemFunction::new("parse_ident", 1..=2, "_text", parse_ident),
    SystemFunction::new("num_nulls", 1..=100, "int4", |_, arguments| count(arguments, true)).with_nulls(),
    SystemFunction::new("num_nonnulls", 1..=100, "int4", |_, arguments| count(arguments, false)).with_nulls(),
    SystemFunction::new("uuidin", 1..=1, "uuid", |_, arguments| uuid(text(arguments, 0)).map(Value::from)),
];

fn failed<T>(state: SqlState, message: impl Into<String>) -> Result<T> {
    Err(DataFusionError::External(Box::new(Error::new(state, message))))
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

/// A uuid in PostgreSQL's form from any that it reads: in braces or not, with a hyphen after any four digits.
fn uuid(written: &str) -> Result<String> {
    let inside = written.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(written);
    let digits: String = inside.chars().filter(|c| *c != '-').collect::<String>().to_ascii_lowercase();
    let mut seen = 0;
    let hyphens_fit = inside.chars().all(|c| {
        let fits = c != '-' || (seen > 0 && seen < 32 && seen % 4 == 0);
        seen += usize::from(c != '-');
        fits
    });
    if !hyphens_fit || inside.contains("--") || digits.len() != 32 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return failed(SqlState::INVALID_TEXT_REPRESENTATION, "invalid input syntax for type uuid");
    }
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
    Ok(groups.map(|group| digits.get(group).unwrap_or_default().to_owned()).join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT '…'::uuid`.
    #[test]
    fn uuids_are_read_as_postgres_does() {
        let plain = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
        for written in [
            plain,
            "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
            "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
            "a0eebc999c0b4ef8bb6d6bb9bd380a11",
            "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
        ] {
            assert_eq!(uuid(written).unwrap(), plain);
        }
        for written in
            ["", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", "a0e-ebc999c0b4ef8bb6d6bb9bd380a11", "x0eebc999c0b4ef8bb6d6bb9bd380a11"]
        {
            assert!(uuid(written).is_err(), "{written}");
        }
    }
}
