//! Documents that are changed.

use std::borrow::Cow;

use datafusion::common::Result;
use datafusion::error::DataFusionError;

use super::document::{Node, Value, in_order, place_of, read, unescaped, write_string};
use crate::dialect::failure::failed;
use crate::dialect::texts::{Outcome, Row};
use crate::error::SqlState;

fn refused(message: &str) -> DataFusionError {
    failed(SqlState::INVALID_PARAMETER_VALUE, message)
}

fn finished(node: &Node<'_>) -> Result<Outcome> {
    Ok(node.normal()?.into())
}

fn array<'a>(node: Node<'a>) -> Vec<Node<'a>> {
    match node.value {
        Value::Array(elements) => elements,
        _ => vec![node],
    }
}

/// Two objects as one, in which the second wins; anything else as one array.
pub fn concatenated(row: &Row<'_>) -> Result<Outcome> {
    let (mut left, right) = (read(row.text(0))?, read(row.text(1))?);
    match (&mut left.value, right) {
        (Value::Object(members), Node { value: Value::Object(more), .. }) => {
            members.extend(more);
            finished(&left)
        }
        (_, right) => {
            let mut elements = array(left);
            elements.extend(array(right));
            finished(&Node { written: "", value: Value::Array(elements) })
        }
    }
}

fn require_parts(node: &Node<'_>, message: &str) -> Result<()> {
    match node.value {
        Value::Array(_) | Value::Object(_) => Ok(()),
        _ => Err(refused(message)),
    }
}

fn remove_named(node: &mut Node<'_>, name: &str) -> Result<()> {
    require_parts(node, "cannot delete from scalar")?;
    match &mut node.value {
        Value::Object(members) => members.retain(|(raw, _)| !unescaped(raw).is_ok_and(|own| own == name)),
        Value::Array(elements) => {
            elements.retain(|element| !matches!(element.value, Value::String(raw) if unescaped(raw).is_ok_and(|own| own == name)))
        }
        _ => {}
    }
    Ok(())
}

pub fn without_name(row: &Row<'_>) -> Result<Outcome> {
    let mut document = read(row.text(0))?;
    remove_named(&mut document, row.text(1))?;
    finished(&document)
}

pub fn without_names(row: &Row<'_>) -> Result<Outcome> {
    let mut document = read(row.text(0))?;
    require_parts(&document, "cannot delete from scalar")?;
    for name in row.texts(1).into_iter().flatten() {
        remove_named(&mut document, &name)?;
    }
    finished(&document)
}

pub fn without_place(row: &Row<'_>) -> Result<Outcome> {
    let mut document = read(row.text(0))?;
    match &mut document.value {
        Value::Array(elements) => {
            if let Some(place) = place_of(row.integer(1), elements.len()).filter(|place| *place < elements.len()) {
                elements.remove(place);
            }
        }
        Value::Object(_) => return Err(refused("cannot delete from object using integer index")),
        _ => return Err(refused("cannot delete from scalar")),
    }
    finished(&document)
}

/// What happens at the end of a path.
enum Change<'a> {
    Remove,
    /// `creates`: also where there is nothing.
    Set {
        value: Node<'a>,
        creates: bool,
    },
    Insert {
        value: Node<'a>,
        after: bool,
    },
}

impl<'a> Change<'a> {
    /// What is put where there is nothing.
    fn created(&self) -> Option<&Node<'a>> {
        match self {
            Self::Set { value, creates: true } | Self::Insert { value, .. } => Some(value),
            _ => None,
        }
    }
}

fn changed<'a>(row: &Row<'a>, scalar: &str, change: &Change<'a>) -> Result<Outcome> {
    let mut document = read(row.text(0))?;
    require_parts(&document, scalar)?;
    let step = |(place, step): (usize, Option<Cow<'a, str>>)| {
        step.ok_or_else(|| failed(SqlState("22004"), format!("path element at position {} is null", place + 1)))
    };
    let path = row.texts(1).into_iter().enumerate().map(step).collect::<Result<Vec<_>>>()?;
    change_at(&mut document, &path, 1, change)?;
    finished(&document)
}

/// `position` is that of the path's first step in the whole path, from 1.
fn change_at<'a>(node: &mut Node<'a>, path: &[Cow<'a, str>], position: usize, change: &Change<'a>) -> Result<()> {
    let Some((step, rest)) = path.split_first() else { return Ok(()) };
    match &mut node.value {
        Value::Object(members) => change_member(members, step, rest, position, change),
        Value::Array(elements) => {
            let place = step.trim_start().parse::<i32>().map_err(|_| {
                let message = format!("path element at position {position} is not an integer");
                failed(SqlState::INVALID_TEXT_REPRESENTATION, message)
            })?;
            change_element(elements, place.into(), rest, position, change)
        }
        _ => Ok(()),
    }
}

fn change_member<'a>(
    members: &mut Vec<(Cow<'a, str>, Node<'a>)>,
    name: &str,
    rest: &[Cow<'a, str>],
    position: usize,
    change: &Change<'a>,
) -> Result<()> {
    let found = members.iter().rposition(|(raw, _)| unescaped(raw).is_ok_and(|own| own == *name));
    match (found.and_then(|place| members.get_mut(place)), found, rest) {
        (None, _, []) => {
            if let Some(value) = change.created() {
                let mut quoted = String::new();
                write_string(name, &mut quoted);
                let raw = quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned();
                members.push((Cow::Owned(raw), value.clone()));
            }
        }
        (Some((_, node)), Some(place), []) => match change {
            Change::Remove => drop(members.remove(place)),
            Change::Set { value, .. } => *node = value.clone(),
            Change::Insert { .. } => return Err(refused("cannot replace existing key")),
        },
        (Some((_, node)), ..) => change_at(node, rest, position + 1, change)?,
        (None, ..) => {}
    }
    Ok(())
}

fn change_element<'a>(
    elements: &mut Vec<Node<'a>>,
    place: i64,
    rest: &[Cow<'a, str>],
    position: usize,
    change: &Change<'a>,
) -> Result<()> {
    let found = place_of(place, elements.len()).filter(|place| *place < elements.len());
    match (found, rest) {
        (Some(place), []) => match change {
            Change::Remove => drop(elements.remove(place)),
            Change::Set { value, .. } => elements.splice(place..=place, [value.clone()]).for_each(drop),
            Change::Insert { value, after } => elements.insert(place + usize::from(*after), value.clone()),
        },
        (Some(place), _) => {
            if let Some(node) = elements.get_mut(place) {
                change_at(node, rest, position + 1, change)?;
            }
        }
        // Before the first or after the last.
        (None, []) => {
            if let Some(value) = change.created() {
                elements.insert(if place < 0 { 0 } else { elements.len() }, value.clone());
            }
        }
        (None, _) => {}
    }
    Ok(())
}

pub fn without_path(row: &Row<'_>) -> Result<Outcome> {
    changed(row, "cannot delete path in scalar", &Change::Remove)
}

pub fn set(row: &Row<'_>) -> Result<Outcome> {
    let creates = row.len() < 4 || row.boolean(3);
    changed(row, "cannot set path in scalar", &Change::Set { value: read(row.text(2))?, creates })
}

/// `jsonb_set_lax`: what the new value NULL means, says the last argument.
pub fn set_lax(row: &Row<'_>) -> Result<Outcome> {
    if row.is_null(0) || row.is_null(1) || (row.len() > 3 && row.is_null(3)) {
        return Ok(Outcome::Null);
    }
    if row.len() > 4 && row.is_null(4) {
        return Err(refused(NULL_TREATMENTS));
    }
    if !row.is_null(2) {
        return set(row);
    }
    let creates = row.len() < 4 || row.boolean(3);
    match if row.len() > 4 { row.text(4) } else { "use_json_null" } {
        "raise_exception" => Err(failed(SqlState("22004"), "JSON value must not be null")),
        "use_json_null" => changed(row, "cannot set path in scalar", &Change::Set { value: read("null")?, creates }),
        "delete_key" => without_path(row),
        "return_target" => Ok(row.text(0).into()),
        _ => Err(refused(NULL_TREATMENTS)),
    }
}

const NULL_TREATMENTS: &str =
    "null_value_treatment must be \"delete_key\", \"return_target\", \"use_json_null\", or \"raise_exception\"";

pub fn insert(row: &Row<'_>) -> Result<Outcome> {
    changed(row, "cannot set path in scalar", &Change::Insert { value: read(row.text(2))?, after: row.boolean(3) })
}

fn strip(node: &mut Node<'_>) {
    match &mut node.value {
        Value::Object(members) => {
            members.retain(|(_, node)| !matches!(node.value, Value::Null));
            members.iter_mut().for_each(|(_, node)| strip(node));
        }
        Value::Array(elements) => elements.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Without blanks, in the order of the text.
fn write_compact(node: &Node<'_>, out: &mut String) -> Result<()> {
    match &node.value {
        Value::Array(elements) => {
            out.push('[');
            for (place, element) in elements.iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                write_compact(element, out)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (place, (name, node)) in members.iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                write_string(&unescaped(name)?, out);
                out.push(':');
                write_compact(node, out)?;
            }
            out.push('}');
        }
        Value::String(raw) => write_string(&unescaped(raw)?, out),
        _ => out.push_str(node.written),
    }
    Ok(())
}

pub fn without_nulls(row: &Row<'_>) -> Result<Outcome> {
    let mut document = read(row.text(0))?;
    strip(&mut document);
    let mut out = String::new();
    write_compact(&document, &mut out)?;
    Ok(out.into())
}

pub fn without_nulls_b(row: &Row<'_>) -> Result<Outcome> {
    let mut document = read(row.text(0))?;
    strip(&mut document);
    finished(&document)
}

pub fn pretty(row: &Row<'_>) -> Result<Outcome> {
    let mut out = String::new();
    write_pretty(&read(row.text(0))?, 0, &mut out)?;
    Ok(out.into())
}

fn write_pretty(node: &Node<'_>, depth: usize, out: &mut String) -> Result<()> {
    let line = |depth: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', 4 * depth));
    };
    match &node.value {
        Value::Array(elements) => {
            out.push('[');
            for (place, element) in elements.iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                line(depth + 1, out);
                write_pretty(element, depth + 1, out)?;
            }
            line(depth, out);
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (place, (name, node)) in in_order(members)?.into_iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                line(depth + 1, out);
                write_string(&name, out);
                out.push_str(": ");
                write_pretty(node, depth + 1, out)?;
            }
            line(depth, out);
            out.push('}');
        }
        _ => node.write(out)?,
    }
    Ok(())
}
