//! What a `jsonb` contains, and the order of two.

use std::cmp::Ordering;

use datafusion::common::Result;

use super::document::{Node, Value, in_order, plain_number, read, unescaped};
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
        _ => Ok(whole.kind() == part.kind() && order(whole, part)? == Ordering::Equal),
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

/// Less than, equal to or greater than zero.
pub fn compared(row: &Row<'_>) -> Result<Outcome> {
    let order = order(&read(row.text(0))?, &read(row.text(1))?)?;
    Ok(Outcome::Integer(order as i64))
}

/// PostgreSQL's order: objects are greater than arrays, these than truth values, numbers, strings and null.
fn order(a: &Node<'_>, b: &Node<'_>) -> Result<Ordering> {
    let rank = |node: &Node<'_>| match &node.value {
        Value::Array(elements) if elements.is_empty() => 0,
        Value::Null => 1,
        Value::String(_) => 2,
        Value::Number(_) => 3,
        Value::Boolean(_) => 4,
        Value::Array(_) => 5,
        Value::Object(_) => 6,
    };
    match (&a.value, &b.value) {
        (Value::Boolean(a), Value::Boolean(b)) => Ok(a.cmp(b)),
        (Value::Number(a), Value::Number(b)) => Ok(numbers(&plain_number(a)?, &plain_number(b)?)),
        (Value::String(a), Value::String(b)) => Ok(unescaped(a)?.as_bytes().cmp(unescaped(b)?.as_bytes())),
        (Value::Array(of_a), Value::Array(of_b)) if !of_a.is_empty() && !of_b.is_empty() => {
            if of_a.len() != of_b.len() {
                return Ok(of_a.len().cmp(&of_b.len()));
            }
            first_difference(of_a.iter().zip(of_b).map(|(a, b)| order(a, b)))
        }
        (Value::Object(of_a), Value::Object(of_b)) => {
            let (of_a, of_b) = (in_order(of_a)?, in_order(of_b)?);
            if of_a.len() != of_b.len() {
                return Ok(of_a.len().cmp(&of_b.len()));
            }
            let pairs = of_a.iter().zip(&of_b);
            first_difference(pairs.map(|((name_a, a), (name_b, b))| {
                let by_length = name_a.len().cmp(&name_b.len());
                let by_name = by_length.then_with(|| name_a.as_bytes().cmp(name_b.as_bytes()));
                if by_name == Ordering::Equal { order(a, b) } else { Ok(by_name) }
            }))
        }
        _ => Ok(rank(a).cmp(&rank(b))),
    }
}

fn first_difference(mut orders: impl Iterator<Item = Result<Ordering>>) -> Result<Ordering> {
    orders.find(|order| !matches!(order, Ok(Ordering::Equal))).unwrap_or(Ok(Ordering::Equal))
}

/// The order of two numbers without exponents.
fn numbers(a: &str, b: &str) -> Ordering {
    let parts = |number: &str| {
        let (negative, digits) = number.strip_prefix('-').map_or((false, number), |digits| (true, digits));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        (negative, whole.to_owned(), decimals.trim_end_matches('0').to_owned())
    };
    let ((negative_a, whole_a, decimals_a), (negative_b, whole_b, decimals_b)) = (parts(a), parts(b));
    let size = whole_a.len().cmp(&whole_b.len()).then_with(|| whole_a.cmp(&whole_b)).then_with(|| decimals_a.cmp(&decimals_b));
    match (negative_a, negative_b) {
        (false, false) => size,
        (true, true) => size.reverse(),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    }
}
