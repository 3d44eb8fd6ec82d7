//! The messages of SCRAM as text: attributes `x=value`, separated by commas (RFC 5802, section 7).

use crate::backend::SqlError;

/// Reads attributes from left to right.
pub(super) struct Attributes<'a> {
    /// `None` at the end; a comma promises one more attribute.
    rest: Option<&'a str>,
}

impl<'a> Attributes<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { rest: Some(text) }
    }

    /// The value of the next attribute, which must have this name.
    pub(super) fn expect(&mut self, name: char) -> Result<&'a str, SqlError> {
        match self.next_any()? {
            Some((found, value)) if found == name => Ok(value),
            _ => Err(malformed(format!("Expected attribute \"{name}\"."))),
        }
    }

    /// The next attribute, `None` at the end.
    pub(super) fn next_any(&mut self) -> Result<Option<(char, &'a str)>, SqlError> {
        let Some(rest) = self.rest else { return Ok(None) };
        let (attribute, rest) = rest.split_once(',').map_or((rest, None), |(attribute, rest)| (attribute, Some(rest)));
        self.rest = rest;
        let mut characters = attribute.chars();
        match (characters.next(), characters.next()) {
            (Some(name), Some('=')) if name.is_ascii_alphabetic() => Ok(Some((name, characters.as_str()))),
            (Some(name), _) if name.is_ascii_alphabetic() => {
                Err(malformed(format!("Expected character \"=\" for attribute \"{name}\".")))
            }
            (Some(_), _) => Err(malformed("Attribute expected, but found invalid character.")),
            (None, _) => Err(malformed("Attribute expected, but found end of string.")),
        }
    }
}

/// The text of a message; empty ones and those with a zero byte are refused.
pub(super) fn text_of(message: &[u8]) -> Result<&str, SqlError> {
    if message.is_empty() {
        return Err(malformed("The message is empty."));
    }
    match std::str::from_utf8(message) {
        Ok(text) if !text.contains('\0') => Ok(text),
        Ok(_) => Err(malformed("Message length does not match input length.")),
        Err(_) => Err(malformed("The message is not UTF-8.")),
    }
}

/// What a message has wrong; the detail never repeats a part of it, because a client may send a password in its place.
pub(super) fn malformed(detail: impl Into<String>) -> SqlError {
    SqlError { detail: Some(detail.into()), ..SqlError::fatal("08P01", "malformed SCRAM message") }
}
