//! Arrays of one dimension as parameters.

use bytes::{Buf, Bytes};

use super::{Fault, Value};

/// `{1,2,NULL,"a b"}`; more dimensions are not supported.
pub(super) fn parse(text: &str, element: impl Fn(&str) -> Result<Value, Fault>) -> Result<Vec<Option<Value>>, Fault> {
    let inner = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).ok_or(Fault::Syntax)?;
    if inner.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut values = Vec::new();
    let mut current = Item::default();
    let mut quoted = false;
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                current.text.push(characters.next().ok_or(Fault::Syntax)?);
                current.kept = current.text.len();
                current.literal = true;
            }
            '"' => {
                quoted = !quoted;
                current.kept = current.text.len();
                current.literal = true;
            }
            _ if quoted => {
                current.text.push(character);
                current.kept = current.text.len();
            }
            ',' => values.push(std::mem::take(&mut current).finish(&element)?),
            '{' => return Err(Fault::Unsupported),
            '}' => return Err(Fault::Syntax),
            // Blanks before an element mean nothing.
            _ if character.is_ascii_whitespace() && current.text.is_empty() && !current.literal => {}
            _ => current.text.push(character),
        }
    }
    if quoted {
        return Err(Fault::Syntax);
    }
    values.push(current.finish(&element)?);
    Ok(values)
}

/// One element while it is read.
#[derive(Default)]
struct Item {
    text: String,
    /// Bytes that were quoted or escaped, up to which blanks at the end are part of the element.
    kept: usize,
    /// Has quotes or escapes: the word NULL and the empty text are then meant literally.
    literal: bool,
}

impl Item {
    fn finish(mut self, element: &impl Fn(&str) -> Result<Value, Fault>) -> Result<Option<Value>, Fault> {
        let length = self.text.trim_end_matches(|c: char| c.is_ascii_whitespace()).len();
        self.text.truncate(length.max(self.kept));
        match (self.literal, self.text.as_str()) {
            (false, "") => Err(Fault::Syntax),
            (false, text) if text.eq_ignore_ascii_case("null") => Ok(None),
            (_, text) => element(text).map(Some),
        }
    }
}

/// The form of `array_recv`, with no dimension (empty) or one.
pub(super) fn from_binary(
    element_oid: u32,
    bytes: &Bytes,
    element: impl Fn(&Bytes) -> Result<Value, Fault>,
) -> Result<Vec<Option<Value>>, Fault> {
    let mut rest = bytes.clone();
    let word = |rest: &mut Bytes| if rest.len() < 4 { Err(Fault::BinaryForm) } else { Ok(rest.get_i32()) };
    let (dimensions, _flags, sent_oid) = (word(&mut rest)?, word(&mut rest)?, word(&mut rest)? as u32);
    if sent_oid != element_oid {
        return Err(Fault::Mismatch);
    }
    match dimensions {
        0 if rest.is_empty() => return Ok(Vec::new()),
        1 => {}
        2..=6 => return Err(Fault::Unsupported),
        _ => return Err(Fault::BinaryForm),
    }
    let (count, _lower_bound) = (word(&mut rest)?, word(&mut rest)?);
    let count = usize::try_from(count).map_err(|_| Fault::BinaryForm)?;
    if count > rest.len() / 4 {
        return Err(Fault::BinaryForm);
    }
    let mut values = Vec::with_capacity(count);
    for _ in 0..count {
        values.push(match word(&mut rest)? {
            -1 => None,
            length => {
                let length = usize::try_from(length).map_err(|_| Fault::BinaryForm)?;
                if length > rest.len() {
                    return Err(Fault::BinaryForm);
                }
                Some(element(&rest.split_to(length))?)
            }
        });
    }
    if rest.is_empty() { Ok(values) } else { Err(Fault::BinaryForm) }
}
