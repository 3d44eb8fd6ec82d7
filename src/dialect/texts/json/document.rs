//! JSON documents: read as RFC 8259 has them, written as PostgreSQL writes `jsonb`.

use std::borrow::Cow;

use cilake_wire::values::quoting::write_json_string;
use datafusion::common::Result;

use crate::dialect::failure::failed;
use crate::error::SqlState;

/// Deepest nesting of arrays and objects.
const DEPTH_MAX: usize = 300;

/// A value, and the text that it was read from.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    pub written: &'a str,
    pub value: Value<'a>,
}

#[derive(Clone, Debug)]
pub enum Value<'a> {
    Null,
    Boolean(bool),
    Number(&'a str),
    /// What is between the quotes.
    String(&'a str),
    Array(Vec<Node<'a>>),
    /// Names as they stand between the quotes.
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// # Errors
/// 22P02 for what is no JSON, 54001 for what is nested too deep.
pub fn read(text: &str) -> Result<Node<'_>> {
    let mut reader = Reader { text, at: 0 };
    let node = reader.value(0)?;
    reader.skip_blanks();
    if reader.at < text.len() { Err(invalid()) } else { Ok(node) }
}

fn invalid() -> datafusion::error::DataFusionError {
    failed(SqlState::INVALID_TEXT_REPRESENTATION, "invalid input syntax for type json")
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn value(&mut self, depth: usize) -> Result<Node<'a>> {
        if depth > DEPTH_MAX {
            return Err(failed(SqlState::STATEMENT_TOO_COMPLEX, "stack depth limit exceeded"));
        }
        self.skip_blanks();
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Node { written: self.since(start), value })
    }

    fn word(&mut self) -> Result<Value<'a>> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let words = [("null", Value::Null), ("true", Value::Boolean(true)), ("false", Value::Boolean(false))];
        for (word, value) in words {
            if let Some(after) = rest.strip_prefix(word)
                && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
            {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(invalid())
    }

    fn number(&mut self) -> Result<Value<'a>> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') && self.digits() == 0 {
            return Err(invalid());
        }
        if self.take(b'.') && self.digits() == 0 {
            return Err(invalid());
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            if self.digits() == 0 {
                return Err(invalid());
            }
        }
        let ends = !self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80);
        if ends { Ok(Value::Number(self.since(start))) } else { Err(invalid()) }
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Result<&'a str> {
        self.at += 1;
        let start = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let inside = self.since(start);
                    self.at += 1;
                    return Ok(inside);
                }
                Some(b'\\') => {
                    self.at += 1;
                    match self.peek() {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
                        Some(b'u') => {
                            let digits = self.text.get(self.at + 1..self.at + 5);
                            if !digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
                                return Err(invalid());
                            }
                            self.at += 5;
                        }
                        _ => return Err(invalid()),
                    }
                }
                None | Some(0..0x20) => return Err(invalid()),
                Some(_) => self.at += 1,
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value<'a>> {
        self.at += 1;
        self.skip_blanks();
        let mut elements = vec![];
        if self.take(b']') {
            return Ok(Value::Array(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            self.skip_blanks();
            if self.take(b']') {
                return Ok(Value::Array(elements));
            }
            if !self.take(b',') {
                return Err(invalid());
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value<'a>> {
        self.at += 1;
        self.skip_blanks();
        let mut members = vec![];
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_blanks();
            if self.peek() != Some(b'"') {
                return Err(invalid());
            }
            let name = self.string()?;
            self.skip_blanks();
            if !self.take(b':') {
                return Err(invalid());
            }
            members.push((Cow::Borrowed(name), self.value(depth + 1)?));
            self.skip_blanks();
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.take(b',') {
                return Err(invalid());
            }
        }
    }
}

/// What a string between its quotes says.
///
/// # Errors
/// 22P05 for the character zero, 22P02 for half a pair of surrogates.
pub fn unescaped(raw: &str) -> Result<Cow<'_, str>> {
    if !raw.contains('\\') {
        return Ok(Cow::Borrowed(raw));
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let mut characters = after.chars();
        let escape = characters.next();
        rest = characters.as_str();
        match escape {
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('u') => rest = unicode(rest, &mut text)?,
            other => text.extend(other),
        }
    }
    text.push_str(rest);
    Ok(Cow::Owned(text))
}

/// The character of four digits, or of two times four; what follows them.
fn unicode<'a>(rest: &'a str, text: &mut String) -> Result<&'a str> {
    let unit = |text: &str| text.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let first = unit(rest).ok_or_else(invalid)?;
    let after = rest.get(4..).unwrap_or_default();
    if first == 0 {
        return Err(failed(SqlState("22P05"), "unsupported Unicode escape sequence"));
    }
    if let Some(character) = char::from_u32(first) {
        text.push(character);
        return Ok(after);
    }
    let second = after.strip_prefix("\\u").and_then(unit).filter(|unit| (0xdc00..0xe000).contains(unit));
    let (Some(second), 0xd800..0xdc00) = (second, first) else { return Err(invalid()) };
    text.extend(char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)));
    Ok(after.get(6..).unwrap_or_default())
}

impl<'a> Node<'a> {
    /// What `->>` gives: a string without its quotes, NULL for null.
    pub fn text(&self) -> Result<Option<String>> {
        Ok(match &self.value {
            Value::Null => None,
            Value::String(raw) => Some(unescaped(raw)?.into_owned()),
            _ => Some(self.written.to_owned()),
        })
    }

    /// The member of this name, the last where there are several.
    pub fn member(&self, name: &str) -> Result<Option<&Node<'a>>> {
        let Value::Object(members) = &self.value else { return Ok(None) };
        for (raw, node) in members.iter().rev() {
            if unescaped(raw)? == name {
                return Ok(Some(node));
            }
        }
        Ok(None)
    }

    /// The element at this place, counted from the end where it is negative.
    pub fn element(&self, place: i64) -> Option<&Node<'a>> {
        let Value::Array(elements) = &self.value else { return None };
        elements.get(place_of(place, elements.len())?)
    }

    /// The kind of value as `json_typeof` calls it.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Boolean(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        }
    }

    /// The value as `jsonb` is written: names in order, each once, numbers without exponents.
    pub fn write(&self, out: &mut String) -> Result<()> {
        match &self.value {
            Value::Null => out.push_str("null"),
            Value::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Number(digits) => out.push_str(&plain_number(digits)?),
            Value::String(raw) => write_string(&unescaped(raw)?, out),
            Value::Array(elements) => {
                out.push('[');
                for (place, element) in elements.iter().enumerate() {
                    out.push_str(if place > 0 { ", " } else { "" });
                    element.write(out)?;
                }
                out.push(']');
            }
            Value::Object(members) => {
                out.push('{');
                for (place, (name, node)) in in_order(members)?.into_iter().enumerate() {
                    out.push_str(if place > 0 { ", " } else { "" });
                    write_string(&name, out);
                    out.push_str(": ");
                    node.write(out)?;
                }
                out.push('}');
            }
        }
        Ok(())
    }

    /// [`Self::write`] into a text of its own.
    pub fn normal(&self) -> Result<String> {
        let mut out = String::new();
        self.write(&mut out)?;
        Ok(out)
    }
}

/// Index from a place that may be counted from the end.
pub fn place_of(place: i64, count: usize) -> Option<usize> {
    let count = i64::try_from(count).ok()?;
    let index = if place < 0 { place.checked_add(count)? } else { place };
    usize::try_from(index).ok()
}

/// Members as `jsonb` keeps them: shorter names first, of one name the last.
pub fn in_order<'n, 'a>(members: &'n [(Cow<'a, str>, Node<'a>)]) -> Result<Vec<(Cow<'n, str>, &'n Node<'a>)>> {
    let names = members.iter().map(|(raw, node)| Ok((unescaped(raw)?, node)));
    let mut named = names.collect::<Result<Vec<_>>>()?;
    named.reverse();
    named.sort_by(|(a, _), (b, _)| a.len().cmp(&b.len()).then_with(|| a.as_bytes().cmp(b.as_bytes())));
    named.dedup_by(|(later, _), (first, _)| later == first);
    Ok(named)
}

/// A string with its quotes.
pub fn write_string(text: &str, out: &mut String) {
    let mut bytes = Vec::with_capacity(text.len() + 2);
    write_json_string(text.as_bytes(), &mut bytes);
    out.push_str(&String::from_utf8_lossy(&bytes));
}

/// Most digits of a number before and after the point, as in PostgreSQL's `numeric`.
const DIGITS_MAX: i64 = 131_072;

/// A number without its exponent; decimals stay as many as they are.
pub fn plain_number(written: &str) -> Result<Cow<'_, str>> {
    let overflow = || failed(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "value overflows numeric format");
    let (mantissa, exponent) = written.split_once(['e', 'E']).unwrap_or((written, "0"));
    let (sign, unsigned) = mantissa.strip_prefix('-').map_or(("", mantissa), |unsigned| ("-", unsigned));
    let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_zero = unsigned.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if is_zero { "" } else { sign };
    if !written.contains(['e', 'E']) {
        return Ok(if is_zero { Cow::Borrowed(unsigned) } else { Cow::Borrowed(written) });
    }
    let exponent = exponent.parse::<i64>().map_err(|_| overflow())?;
    if exponent.abs() > DIGITS_MAX {
        return Err(overflow());
    }
    let digits = format!("{whole}{decimals}");
    let point = i64::try_from(whole.len()).unwrap_or(DIGITS_MAX) + exponent;
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
    let count = i64::try_from(digits.len()).unwrap_or(DIGITS_MAX);
    let (whole, decimals) = match usize::try_from(point) {
        Ok(at) if point <= count => {
            (digits.get(..at).unwrap_or_default().to_owned(), digits.get(at..).unwrap_or_default().to_owned())
        }
        Ok(_) => (format!("{digits}{}", zeros(point - count)), String::new()),
        Err(_) => (String::new(), format!("{}{digits}", zeros(-point))),
    };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Ok(Cow::Owned(if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }))
}
