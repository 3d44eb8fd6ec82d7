//! The order of `jsonb`, as bytes that compare as its values do: that of `compareJsonbContainers` in PostgreSQL's jsonb_util.c, with texts
//! in the C collation.

use std::fmt::Write as _;

use datafusion::common::Result;

use super::document::{Node, Value, in_order, plain_number, read, unescaped};
use crate::dialect::texts::{Outcome, Row};
use crate::error::Error;

const NULL: u8 = 1;
const STRING: u8 = 2;
const NUMBER: u8 = 3;
const BOOLEAN: u8 = 4;
const ARRAY: u8 = 5;
const OBJECT: u8 = 6;

/// Less than, equal to or greater than zero.
pub fn compared(row: &Row<'_>) -> Result<Outcome> {
    let (a, b) = (key(&read(row.text(0))?)?, key(&read(row.text(1))?)?);
    Ok(Outcome::Integer(a.cmp(&b) as i64))
}

/// A text of which equal values have one, and that sorts as they do.
pub fn sorted(row: &Row<'_>) -> Result<Outcome> {
    let mut text = String::new();
    for byte in key(&read(row.text(0))?)? {
        // A String takes whatever is written.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text.into())
}

/// The value, if it is equal to no other that is written differently.
pub fn same(row: &Row<'_>) -> Result<Outcome> {
    if has_noughts(&read(row.text(0))?) {
        let error = Error::unsupported("jsonb with numbers that end in noughts, as 1.0, cannot be grouped or made distinct");
        return Err(error.hint("Group by what ->> gives, or cast the values to text").into());
    }
    Ok(row.text(0).into())
}

fn has_noughts(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Number(digits) => digits.contains('.') && digits.ends_with('0'),
        Value::Array(elements) => elements.iter().any(has_noughts),
        Value::Object(members) => members.iter().any(|(_, node)| has_noughts(node)),
        _ => false,
    }
}

/// # Errors
/// Those of numbers and texts that `jsonb` cannot hold.
pub fn key(node: &Node<'_>) -> Result<Vec<u8>> {
    let mut out = vec![];
    match &node.value {
        Value::Array(elements) => {
            out.push(ARRAY);
            count(elements.len(), &mut out);
            out.push(1);
            elements.iter().try_for_each(|element| write(element, &mut out))?;
        }
        Value::Object(_) => write(node, &mut out)?,
        // PostgreSQL keeps it as an array of one.
        _ => {
            out.push(ARRAY);
            count(1, &mut out);
            out.push(0);
            write(node, &mut out)?;
        }
    }
    Ok(out)
}

fn write(node: &Node<'_>, out: &mut Vec<u8>) -> Result<()> {
    match &node.value {
        Value::Null => out.push(NULL),
        Value::Boolean(value) => out.extend([BOOLEAN, u8::from(*value)]),
        Value::Number(digits) => {
            out.push(NUMBER);
            number(&plain_number(digits)?, out);
        }
        Value::String(raw) => {
            out.push(STRING);
            string(&unescaped(raw)?, out);
        }
        Value::Array(elements) => {
            out.push(ARRAY);
            count(elements.len(), out);
            elements.iter().try_for_each(|element| write(element, out))?;
        }
        Value::Object(members) => {
            let members = in_order(members)?;
            out.push(OBJECT);
            count(members.len(), out);
            for (name, node) in members {
                string(&name, out);
                write(node, out)?;
            }
        }
    }
    Ok(())
}

fn count(count: usize, out: &mut Vec<u8>) {
    out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
}

/// No text has the character zero.
fn string(text: &str, out: &mut Vec<u8>) {
    out.extend(text.as_bytes());
    out.push(0);
}

/// A number without exponent: its sign, where its first digit stands, and its digits.
fn number(number: &str, out: &mut Vec<u8>) {
    let (is_negative, unsigned) = number.strip_prefix('-').map_or((false, number), |unsigned| (true, unsigned));
    let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let whole = whole.trim_start_matches('0');
    let digits = format!("{whole}{decimals}");
    let digits = digits.trim_start_matches('0').trim_end_matches('0');
    if digits.is_empty() {
        out.push(1);
        return;
    }
    let noughts = decimals.len() - decimals.trim_start_matches('0').len();
    let places = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let first = if whole.is_empty() { -places(noughts) } else { places(whole.len()) };
    let first = first.cast_unsigned() ^ (1 << 31);
    let magnitude = first.to_be_bytes().into_iter().chain(digits.bytes()).chain([0]);
    out.push(if is_negative { 0 } else { 2 });
    out.extend(magnitude.map(|byte| if is_negative { !byte } else { byte }));
}
