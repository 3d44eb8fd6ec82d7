//! `format('%I.%I', …)`.

use datafusion::common::exec_err;
use datafusion::error::Result;

use super::names::quote_literal;
use super::{Caller, SystemFunction, text};
use crate::catalog::pg::rows::Value;
use crate::catalog::pg::snapshot::quoted;

pub const FUNCTIONS: &[SystemFunction] = &[SystemFunction::new("format", 1..=100, "text", format).with_nulls()];

/// `%s` is the text, `%I` an identifier, `%L` a literal, each of the next argument, and `%%` a percent sign. Widths and positions of
/// arguments are not supported.
fn format(_: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    if arguments.first().is_none_or(|pattern| *pattern == Value::Null) {
        return Ok(Value::Null);
    }
    let mut formatted = String::new();
    let mut next = 1;
    let mut characters = text(arguments, 0).chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            formatted.push(character);
            continue;
        }
        let kind = match characters.next() {
            Some('%') => {
                formatted.push('%');
                continue;
            }
            Some(kind @ ('s' | 'I' | 'L')) => kind,
            _ => return exec_err!("format() takes %s, %I, %L and %% only"),
        };
        let Some(value) = arguments.get(next) else { return exec_err!("too few arguments for format()") };
        next += 1;
        match (kind, value.to_display()) {
            ('s', value) => formatted.push_str(&value.unwrap_or_default()),
            ('L', value) => formatted.push_str(&value.as_deref().map_or_else(|| "NULL".to_owned(), quote_literal)),
            (_, Some(value)) => formatted.push_str(&quoted(&value)),
            (_, None) => return exec_err!("null values cannot be formatted as an SQL identifier"),
        }
    }
    Ok(formatted.into())
}
