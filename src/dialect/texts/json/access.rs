//! Parts of documents.

use std::borrow::Cow;

use datafusion::common::Result;

use super::document::{Node, Value, in_order, read, unescaped};
use crate::dialect::failure::failed;
use crate::dialect::texts::{Outcome, Row};
use crate::error::SqlState;

fn written(node: Option<&Node<'_>>) -> Outcome {
    node.map(|node| node.written).into()
}

fn text(node: Option<&Node<'_>>) -> Result<Outcome> {
    Ok(node.map(Node::text).transpose()?.flatten().into())
}

/// The document, which must be an object or null.
pub fn record(row: &Row<'_>) -> Result<Outcome> {
    match read(row.text(0))?.value {
        Value::Object(_) | Value::Null => Ok(row.text(0).into()),
        Value::Array(_) => Err(failed(SqlState::INVALID_PARAMETER_VALUE, "cannot call json_to_record on an array")),
        _ => Err(failed(SqlState::INVALID_PARAMETER_VALUE, "cannot call json_to_record on a scalar")),
    }
}

pub fn member(row: &Row<'_>) -> Result<Outcome> {
    Ok(written(read(row.text(0))?.member(row.text(1))?))
}

pub fn member_text(row: &Row<'_>) -> Result<Outcome> {
    text(read(row.text(0))?.member(row.text(1))?)
}

pub fn element(row: &Row<'_>) -> Result<Outcome> {
    Ok(written(read(row.text(0))?.element(row.integer(1))))
}

pub fn element_text(row: &Row<'_>) -> Result<Outcome> {
    text(read(row.text(0))?.element(row.integer(1)))
}

/// The value at the end of a path: names of members, places of elements.
fn at_path<'n, 'a>(mut node: &'n Node<'a>, steps: Vec<Option<Cow<'_, str>>>) -> Result<Option<&'n Node<'a>>> {
    for step in steps {
        let Some(step) = step else { return Ok(None) };
        let next = match &node.value {
            Value::Object(_) => node.member(&step)?,
            Value::Array(_) => step.trim_start().parse::<i32>().ok().and_then(|place| node.element(place.into())),
            _ => None,
        };
        match next {
            Some(next) => node = next,
            None => return Ok(None),
        }
    }
    Ok(Some(node))
}

pub fn path(row: &Row<'_>) -> Result<Outcome> {
    let document = read(row.text(0))?;
    Ok(written(at_path(&document, steps(row))?))
}

pub fn path_of_array(row: &Row<'_>) -> Result<Outcome> {
    let document = read(row.text(0))?;
    Ok(written(at_path(&document, row.texts(1))?))
}

pub fn path_text(row: &Row<'_>) -> Result<Outcome> {
    let document = read(row.text(0))?;
    text(at_path(&document, steps(row))?)
}

pub fn path_text_of_array(row: &Row<'_>) -> Result<Outcome> {
    let document = read(row.text(0))?;
    text(at_path(&document, row.texts(1))?)
}

/// The arguments behind the document.
fn steps<'a>(row: &Row<'a>) -> Vec<Option<Cow<'a, str>>> {
    (1..row.len()).map(|place| Some(Cow::Borrowed(row.text(place)))).collect()
}

pub fn kind(row: &Row<'_>) -> Result<Outcome> {
    Ok(read(row.text(0))?.kind().into())
}

pub fn length(row: &Row<'_>) -> Result<Outcome> {
    match read(row.text(0))?.value {
        Value::Array(elements) => Ok(elements.len().into()),
        Value::Object(_) => Err(refused("cannot get array length of a non-array")),
        _ => Err(refused("cannot get array length of a scalar")),
    }
}

fn refused(message: &str) -> datafusion::error::DataFusionError {
    failed(SqlState::INVALID_PARAMETER_VALUE, message)
}

/// The members of an object, or the error of the function that asks for them.
fn members<'n, 'a>(node: &'n Node<'a>, scalar: &str, array: &str) -> Result<&'n [(Cow<'a, str>, Node<'a>)]> {
    match &node.value {
        Value::Object(members) => Ok(members),
        Value::Array(_) => Err(refused(array)),
        _ => Err(refused(scalar)),
    }
}

fn each_member<'n, 'a>(node: &'n Node<'a>) -> Result<&'n [(Cow<'a, str>, Node<'a>)]> {
    members(node, "cannot deconstruct a scalar", "cannot deconstruct an array as an object")
}

pub fn each(row: &Row<'_>) -> Result<Outcome> {
    let document = read(row.text(0))?;
    let pairs = each_member(&document)?.iter();
    let pairs = pairs.map(|(name, node)| Ok(Outcome::Row(vec![unescaped(name)?.as_ref().into(), node.written.into()])));
    Ok(Outcome::List(pairs.collect::<Result<_>>()?))
}

pub fn each_sorted(row: &Row<'_>) -> Result<Outcome> {
    let document = read(row.text(0))?;
    let pairs = in_order(each_member(&document)?)?.into_iter();
    let pairs = pairs.map(|(name, node)| Ok(Outcome::Row(vec![name.as_ref().into(), node.normal()?.into()])));
    Ok(Outcome::List(pairs.collect::<Result<_>>()?))
}

pub fn each_text(row: &Row<'_>) -> Result<Outcome> {
    let document = read(row.text(0))?;
    let pairs = each_member(&document)?.iter();
    let pairs = pairs.map(|(name, node)| Ok(Outcome::Row(vec![unescaped(name)?.as_ref().into(), node.text()?.into()])));
    Ok(Outcome::List(pairs.collect::<Result<_>>()?))
}

pub fn keys(row: &Row<'_>) -> Result<Outcome> {
    let document = read(row.text(0))?;
    let names = match &document.value {
        Value::Object(members) => members.iter().map(|(name, _)| Ok(Some(unescaped(name)?.into_owned()))),
        Value::Array(_) => return Err(refused("cannot call json_object_keys on an array")),
        _ => return Err(refused("cannot call json_object_keys on a scalar")),
    };
    Ok(Outcome::texts(names.collect::<Result<Vec<_>>>()?))
}

fn each_element<'a>(node: Node<'a>) -> Result<Vec<Node<'a>>> {
    match node.value {
        Value::Array(elements) => Ok(elements),
        Value::Object(_) => Err(refused("cannot extract elements from an object")),
        _ => Err(refused("cannot extract elements from a scalar")),
    }
}

pub fn elements(row: &Row<'_>) -> Result<Outcome> {
    let elements = each_element(read(row.text(0))?)?;
    Ok(Outcome::List(elements.into_iter().map(|node| node.written.into()).collect()))
}

pub fn elements_text(row: &Row<'_>) -> Result<Outcome> {
    let elements = each_element(read(row.text(0))?)?;
    Ok(Outcome::texts(elements.into_iter().map(|node| node.text()).collect::<Result<Vec<_>>>()?))
}

/// A `jsonb` that is cast to a type: a number or a truth value as its text.
pub fn scalar(row: &Row<'_>) -> Result<Outcome> {
    let document = read(row.text(0))?;
    let target = row.text(1);
    let fits = match document.value {
        Value::Boolean(_) => target == "boolean",
        Value::Number(_) => target != "boolean",
        _ => false,
    };
    if fits {
        return Ok(document.written.into());
    }
    Err(refused(&format!("cannot cast jsonb {} to type {target}", document.kind())))
}
