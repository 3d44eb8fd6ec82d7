//! What a `jsonb` contains.

use datafusion::common::Result;

use super::document::{Node, Value, in_order, read, unescaped};
use super::order::key;
use crate::dialect::texts::{Outcome, Row};

pub fn contains(row: &Row<'_>) -> Result<Outcome> {
    Ok(within(&read(row.text(0))?, &read(row.text(1))?, true)?.into())
}

pub fn contained(row: &Row<'_>) -> Result<Outcome> {
    Ok(within(&read(row.text(1))?, &read(row.text(0))?, true)?.into())
}

/// Whether one contains the other: each member of an object, each element of an array somewhere. An array that is the whole document
/// contains a scalar, too.
fn within(whole: &Node<'_>, part: &Node<'_>, outermost: bool) -> Result<bool> {
    match (&whole.value, &part.value) {
        (Value::Object(_), Value::Object(members)) => {
            for (name, node) in in_order(members)? {
                match whole.member(&name)? {
                    Some(found) if within(found, node, false)? => {}
                    _ => return Ok(false),
                }
            }
            Ok(true)
        }
        (Value::Array(elements), Value::Array(parts)) => {
            for part in parts {
                if !any(elements, part)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::Array(_), Value::Object(_)) => Ok(false),
        (Value::Array(elements), _) if outermost => any(elements, part),
        _ => Ok(whole.kind() == part.kind() && key(whole)? == key(part)?),
    }
}

fn any(elements: &[Node<'_>], part: &Node<'_>) -> Result<bool> {
    for element in elements {
        if within(element, part, false)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a text is the name of a member, an element, or all of a document.
fn has(document: &Node<'_>, text: &str) -> Result<bool> {
    Ok(match &document.value {
        Value::Object(_) => document.member(text)?.is_some(),
        Value::Array(elements) => {
            for element in elements {
                if matches!(element.value, Value::String(raw) if unescaped(raw)? == text) {
                    return Ok(true);
                }
            }
            false
        }
        Value::String(raw) => unescaped(raw)? == text,
        _ => false,
    })
}

pub fn exists(row: &Row<'_>) -> Result<Outcome> {
    Ok(has(&read(row.text(0))?, row.text(1))?.into())
}

pub fn exists_any(row: &Row<'_>) -> Result<Outcome> {
    let document = read(row.text(0))?;
    for text in row.texts(1).into_iter().flatten() {
        if has(&document, &text)? {
            return Ok(true.into());
        }
    }
    Ok(false.into())
}

pub fn exists_all(row: &Row<'_>) -> Result<Outcome> {
    let document = read(row.text(0))?;
    for text in row.texts(1).into_iter().flatten() {
        if !has(&document, &text)? {
            return Ok(false.into());
        }
    }
    Ok(true.into())
}
