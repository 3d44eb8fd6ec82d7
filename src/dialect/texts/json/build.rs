//! Documents made of other values.

use datafusion::common::Result;

use super::document::{read, write_string};
use crate::dialect::failure::failed;
use crate::dialect::texts::{Outcome, Row};
use crate::error::SqlState;

fn normal(json: &str) -> Result<Outcome> {
    Ok(read(json)?.normal()?.into())
}

pub fn json(row: &Row<'_>) -> Result<Outcome> {
    Ok(row.text(0).into())
}

pub fn jsonb(row: &Row<'_>) -> Result<Outcome> {
    normal(row.text(0))
}

/// A row or an array, with line feeds between its parts if that is asked for.
pub fn row(row: &Row<'_>) -> Result<Outcome> {
    use super::document::Value;
    if !row.boolean(1) {
        return Ok(row.text(0).into());
    }
    let document = read(row.text(0))?;
    let (open, parts, close) = match &document.value {
        Value::Object(members) => {
            ('{', members.iter().map(|(name, node)| format!("\"{name}\":{}", node.written)).collect::<Vec<_>>(), '}')
        }
        Value::Array(elements) => ('[', elements.iter().map(|node| node.written.to_owned()).collect(), ']'),
        _ => return Ok(row.text(0).into()),
    };
    Ok(format!("{open}{}{close}", parts.join(",\n ")).into())
}

/// A value as the name of a member.
fn name(json: &str) -> Result<String> {
    match json.chars().next() {
        Some('"') => Ok(json.to_owned()),
        Some('{' | '[') => {
            let message = "key value must be scalar, not array, composite, or json";
            Err(failed(SqlState::INVALID_PARAMETER_VALUE, message))
        }
        _ => {
            let mut quoted = String::new();
            write_string(json, &mut quoted);
            Ok(quoted)
        }
    }
}

fn value<'a>(row: &Row<'a>, place: usize) -> &'a str {
    if row.is_null(place) { "null" } else { row.text(place) }
}

fn object_of(row: &Row<'_>) -> Result<String> {
    if row.len() % 2 == 1 {
        return Err(failed(SqlState::INVALID_PARAMETER_VALUE, "argument list must have even number of elements"));
    }
    let members = (0..row.len()).step_by(2).map(|place| {
        if row.is_null(place) {
            let message = format!("argument {} cannot be null", place + 1);
            return Err(failed(SqlState::INVALID_PARAMETER_VALUE, &message));
        }
        Ok(format!("{} : {}", name(row.text(place))?, value(row, place + 1)))
    });
    Ok(format!("{{{}}}", members.collect::<Result<Vec<_>>>()?.join(", ")))
}

pub fn object(row: &Row<'_>) -> Result<Outcome> {
    Ok(object_of(row)?.into())
}

pub fn object_b(row: &Row<'_>) -> Result<Outcome> {
    normal(&object_of(row)?)
}

fn array_of(row: &Row<'_>) -> String {
    format!("[{}]", (0..row.len()).map(|place| value(row, place)).collect::<Vec<_>>().join(", "))
}

pub fn array(row: &Row<'_>) -> Result<Outcome> {
    Ok(array_of(row).into())
}

pub fn array_b(row: &Row<'_>) -> Result<Outcome> {
    normal(&array_of(row))
}

/// An object of names and values in turn, or of an array of each.
fn object_of_texts(row: &Row<'_>) -> Result<String> {
    let (first, second) = (row.texts(0), row.texts(1));
    let (names, values): (Vec<_>, Vec<_>) = match row.len() {
        1 if first.len() % 2 == 1 => return Err(failed(SqlState("2202E"), "array must have even number of elements")),
        1 => first.chunks_exact(2).filter_map(|pair| Some((pair.first()?.clone(), pair.get(1)?.clone()))).unzip(),
        _ if first.len() != second.len() => return Err(failed(SqlState("2202E"), "mismatched array dimensions")),
        _ => (first, second),
    };
    let members = names.into_iter().zip(values).map(|(name, value)| {
        let Some(name) = name else {
            return Err(failed(SqlState("22004"), "null value not allowed for object key"));
        };
        let mut member = String::new();
        write_string(&name, &mut member);
        member.push_str(" : ");
        match value {
            Some(value) => write_string(&value, &mut member),
            None => member.push_str("null"),
        }
        Ok(member)
    });
    Ok(format!("{{{}}}", members.collect::<Result<Vec<_>>>()?.join(", ")))
}

pub fn of_texts(row: &Row<'_>) -> Result<Outcome> {
    Ok(object_of_texts(row)?.into())
}

pub fn of_texts_b(row: &Row<'_>) -> Result<Outcome> {
    normal(&object_of_texts(row)?)
}

/// Before an element that stands on a line of its own: PostgreSQL gives one to each row and each array. No document begins with it.
const LINE: char = '\u{1}';

/// One element of an aggregated array.
pub fn element(row: &Row<'_>) -> Result<Outcome> {
    let element = value(row, 0);
    Ok(if row.is_nested(0) { format!("{LINE}{element}").into() } else { element.into() })
}

/// One member of an aggregated object.
pub fn member(row: &Row<'_>) -> Result<Outcome> {
    if row.is_null(0) {
        return Err(failed(SqlState::INVALID_PARAMETER_VALUE, "field name must not be null"));
    }
    Ok(format!("{} : {}", name(row.text(0))?, value(row, 1)).into())
}

fn joined(row: &Row<'_>, line: &str) -> String {
    let mut joined = String::new();
    for (place, element) in row.texts(0).into_iter().flatten().enumerate() {
        joined.push_str(if place > 0 { ", " } else { "" });
        match element.strip_prefix(LINE) {
            Some(element) => {
                joined.push_str(if place > 0 { line } else { "" });
                joined.push_str(element);
            }
            None => joined.push_str(&element),
        }
    }
    joined
}

pub fn aggregated(row: &Row<'_>) -> Result<Outcome> {
    Ok(format!("[{}]", joined(row, "\n ")).into())
}

/// An array that has its elements already.
pub fn distinct(row: &Row<'_>) -> Result<Outcome> {
    let document = read(row.text(0))?;
    let elements = match &document.value {
        super::document::Value::Array(elements) => elements.iter().map(|node| node.written).collect::<Vec<_>>(),
        _ => vec![],
    };
    Ok(format!("[{}]", elements.join(", ")).into())
}

pub fn aggregated_b(row: &Row<'_>) -> Result<Outcome> {
    normal(&format!("[{}]", joined(row, "")))
}

pub fn aggregated_members(row: &Row<'_>) -> Result<Outcome> {
    Ok(format!("{{ {} }}", joined(row, "")).into())
}

pub fn aggregated_members_b(row: &Row<'_>) -> Result<Outcome> {
    normal(&format!("{{{}}}", joined(row, "")))
}
