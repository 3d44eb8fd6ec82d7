//! Functions of byte strings (manual, tables 9.11 and 9.12), and their text forms.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use datafusion::common::Result;
use datafusion::error::DataFusionError;
use md5::{Digest as _, Md5};
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};

use super::arguments::Kind::{Bigint, Bytes, Integer, Text};
use super::{Function, Outcome, Returns, Row};
use crate::dialect::failure::failed;
use crate::error::SqlState;

const BYTEA: Returns = Returns::Value("bytea");
const INT4: Returns = Returns::Value("int4");
const TEXT: Returns = Returns::Value("text");

pub const FUNCTIONS: &[Function] = &[
    Function::new("bit_length", &[Bytes], INT4, |row| Ok((row.bytes(0).len() * 8).into())),
    Function::new("btrim", &[Bytes, Bytes], BYTEA, |row| Ok(trimmed(row, true, true))),
    Function::new("bytea_in", &[Bytes], BYTEA, |row| Ok(Outcome::Bytes(row.bytes(0).to_vec()))),
    Function::new("byteacat", &[Bytes, Bytes], BYTEA, |row| Ok(Outcome::Bytes([row.bytes(0), row.bytes(1)].concat()))),
    Function::new("convert_from", &[Bytes, Text], TEXT, convert_from),
    Function::new("convert_to", &[Text, Text], BYTEA, convert_to),
    Function::new("decode", &[Text, Text], BYTEA, decode),
    Function::new("encode", &[Bytes, Text], TEXT, encode),
    Function::new("get_bit", &[Bytes, Bigint], INT4, get_bit),
    Function::new("get_byte", &[Bytes, Integer], INT4, get_byte),
    Function::new("length", &[Bytes], INT4, |row| Ok(row.bytes(0).len().into())),
    Function::new("ltrim", &[Bytes, Bytes], BYTEA, |row| Ok(trimmed(row, true, false))),
    Function::new("md5", &[Text], TEXT, |row| Ok(hexadecimal(&Md5::digest(row.text(0))).into())),
    Function::new("md5", &[Bytes], TEXT, |row| Ok(hexadecimal(&Md5::digest(row.bytes(0))).into())),
    Function::new("octet_length", &[Bytes], INT4, |row| Ok(row.bytes(0).len().into())),
    Function::new("overlay", &[Bytes, Bytes, Integer, Integer], BYTEA, overlay).or_fewer(1),
    Function::new("position", &[Bytes, Bytes], INT4, |row| Ok(place(row.bytes(1), row.bytes(0)).into())),
    Function::new("rtrim", &[Bytes, Bytes], BYTEA, |row| Ok(trimmed(row, false, true))),
    Function::new("set_bit", &[Bytes, Bigint, Integer], BYTEA, set_bit),
    Function::new("set_byte", &[Bytes, Integer, Integer], BYTEA, set_byte),
    Function::new("sha224", &[Bytes], BYTEA, |row| Ok(Outcome::Bytes(Sha224::digest(row.bytes(0)).to_vec()))),
    Function::new("sha256", &[Bytes], BYTEA, |row| Ok(Outcome::Bytes(Sha256::digest(row.bytes(0)).to_vec()))),
    Function::new("sha384", &[Bytes], BYTEA, |row| Ok(Outcome::Bytes(Sha384::digest(row.bytes(0)).to_vec()))),
    Function::new("sha512", &[Bytes], BYTEA, |row| Ok(Outcome::Bytes(Sha512::digest(row.bytes(0)).to_vec()))),
    Function::new("strpos", &[Bytes, Bytes], INT4, |row| Ok(place(row.bytes(0), row.bytes(1)).into())),
    Function::new("substr", &[Bytes, Integer, Integer], BYTEA, substring).or_fewer(1),
    Function::new("substring", &[Bytes, Integer, Integer], BYTEA, substring).or_fewer(1),
];

fn refused(message: impl Into<String>) -> DataFusionError {
    failed(SqlState::INVALID_PARAMETER_VALUE, message)
}

/// What a literal of type `bytea` stands for: hexadecimal digits after `\x`, or text with `\\` and octal numbers.
///
/// # Errors
/// 22P02, and 22023 for digits.
pub fn read(text: &str) -> Result<Vec<u8>> {
    if let Some(digits) = text.strip_prefix("\\x") {
        return read_digits(digits);
    }
    let invalid = || failed(SqlState::INVALID_TEXT_REPRESENTATION, "invalid input syntax for type bytea");
    let (mut bytes, mut rest) = (vec![], text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        match after {
            [b'\\', after @ ..] => {
                bytes.push(b'\\');
                rest = after;
            }
            [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..] => {
                bytes.push(((a - b'0') << 6) | ((b - b'0') << 3) | (c - b'0'));
                rest = after;
            }
            _ => return Err(invalid()),
        }
    }
    Ok(bytes)
}

fn read_digits(digits: &str) -> Result<Vec<u8>> {
    let (mut bytes, mut first) = (vec![], None);
    for c in digits.chars() {
        match (c.to_digit(16), first) {
            (None, None) if c.is_ascii_whitespace() => {}
            (None, _) => return Err(refused("invalid hexadecimal digit")),
            (Some(digit), None) => first = Some(digit),
            (Some(digit), Some(high)) => {
                bytes.push(u8::try_from(high * 16 + digit).unwrap_or_default());
                first = None;
            }
        }
    }
    if first.is_some() { Err(refused("invalid hexadecimal data: odd number of digits")) } else { Ok(bytes) }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// Most characters of a line.
const LINE: usize = 76;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

fn encode(row: &Row<'_>) -> Result<Outcome> {
    let bytes = row.bytes(0);
    Ok(match row.text(1).to_ascii_lowercase().as_str() {
        "hex" => hexadecimal(bytes).into(),
        "base64" => {
            let digits = BASE64.encode(bytes);
            let lines = digits.as_bytes().chunks(LINE).map(String::from_utf8_lossy);
            lines.collect::<Vec<_>>().join("\n").into()
        }
        "escape" => {
            let mut out = String::new();
            for byte in bytes {
                match byte {
                    0 | 0x80.. => {
                        let _ = write!(out, "\\{byte:03o}");
                    }
                    b'\\' => out.push_str("\\\\"),
                    byte => out.push(char::from(*byte)),
                }
            }
            out.into()
        }
        _ => return Err(refused("unrecognized encoding")),
    })
}

fn decode(row: &Row<'_>) -> Result<Outcome> {
    let text = row.text(0);
    Ok(Outcome::Bytes(match row.text(1).to_ascii_lowercase().as_str() {
        "hex" => read_digits(text)?,
        "base64" => {
            let digits = text.chars().filter(|c| !c.is_ascii_whitespace()).collect::<String>();
            BASE64.decode(digits).map_err(|_| refused("invalid base64 end sequence"))?
        }
        "escape" => read(text.strip_prefix("\\x").map_or(text, |_| "\\"))?,
        _ => return Err(refused("unrecognized encoding")),
    }))
}

fn is_utf8(encoding: &str) -> bool {
    matches!(encoding.to_ascii_lowercase().replace(['-', '_'], "").as_str(), "utf8" | "unicode" | "sqlascii")
}

fn is_latin1(encoding: &str) -> bool {
    matches!(encoding.to_ascii_lowercase().replace(['-', '_'], "").as_str(), "latin1" | "iso88591")
}

fn no_encoding(encoding: &str) -> DataFusionError {
    failed(SqlState::FEATURE_NOT_SUPPORTED, format!("the encoding \"{encoding}\" is not supported"))
}

fn convert_from(row: &Row<'_>) -> Result<Outcome> {
    let (bytes, encoding) = (row.bytes(0), row.text(1));
    if is_latin1(encoding) {
        return Ok(bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into());
    }
    if !is_utf8(encoding) {
        return Err(no_encoding(encoding));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text.into()),
        _ => Err(failed(SqlState("22021"), "invalid byte sequence for encoding \"UTF8\"")),
    }
}

fn convert_to(row: &Row<'_>) -> Result<Outcome> {
    let (text, encoding) = (row.text(0), row.text(1));
    if is_utf8(encoding) {
        return Ok(Outcome::Bytes(text.as_bytes().to_vec()));
    }
    if !is_latin1(encoding) {
        return Err(no_encoding(encoding));
    }
    let bytes = text.chars().map(|c| u8::try_from(u32::from(c)));
    let bytes = bytes.collect::<Result<Vec<_>, _>>();
    let missing = "character with byte sequence in encoding \"UTF8\" has no equivalent in encoding \"LATIN1\"";
    bytes.map(Outcome::Bytes).map_err(|_| failed(SqlState("22P05"), missing))
}

fn out_of_range(index: i64, length: usize) -> DataFusionError {
    let last = i64::try_from(length).unwrap_or(i64::MAX) - 1;
    failed(SqlState("2202E"), format!("index {index} out of valid range, 0..{last}"))
}

fn byte_at(row: &Row<'_>) -> Result<(usize, u8)> {
    let (bytes, index) = (row.bytes(0), row.integer(1));
    let place = usize::try_from(index).ok();
    let found = place.and_then(|place| Some((place, *bytes.get(place)?)));
    found.ok_or_else(|| out_of_range(index, bytes.len()))
}

fn get_byte(row: &Row<'_>) -> Result<Outcome> {
    byte_at(row).map(|(_, byte)| Outcome::Integer(byte.into()))
}

fn set_byte(row: &Row<'_>) -> Result<Outcome> {
    let (place, _) = byte_at(row)?;
    Ok(changed(row.bytes(0), place, row.integer(2) as u8))
}

fn changed(bytes: &[u8], place: usize, byte: u8) -> Outcome {
    let mut bytes = bytes.to_vec();
    if let Some(there) = bytes.get_mut(place) {
        *there = byte;
    }
    Outcome::Bytes(bytes)
}

/// The byte of a bit, and the bit in it: the first bit is the least of the first byte.
fn bit_at(row: &Row<'_>) -> Result<(usize, u8, u8)> {
    let (bytes, index) = (row.bytes(0), row.integer(1));
    let place = usize::try_from(index / 8).ok().filter(|_| index >= 0);
    let found = place.and_then(|place| Some((place, *bytes.get(place)?, 1 << (index % 8))));
    found.ok_or_else(|| out_of_range(index, bytes.len() * 8))
}

fn get_bit(row: &Row<'_>) -> Result<Outcome> {
    bit_at(row).map(|(_, byte, bit)| Outcome::Integer((byte & bit != 0).into()))
}

fn set_bit(row: &Row<'_>) -> Result<Outcome> {
    let (place, byte, bit) = bit_at(row)?;
    match row.integer(2) {
        0 => Ok(changed(row.bytes(0), place, byte & !bit)),
        1 => Ok(changed(row.bytes(0), place, byte | bit)),
        _ => Err(refused("new bit must be 0 or 1")),
    }
}

fn trimmed(row: &Row<'_>, at_left: bool, at_right: bool) -> Outcome {
    let (mut bytes, set) = (row.bytes(0), row.bytes(1));
    while let Some((_, rest)) = bytes.split_first().filter(|(first, _)| at_left && set.contains(first)) {
        bytes = rest;
    }
    while let Some((_, rest)) = bytes.split_last().filter(|(last, _)| at_right && set.contains(last)) {
        bytes = rest;
    }
    Outcome::Bytes(bytes.to_vec())
}

fn place(bytes: &[u8], sought: &[u8]) -> usize {
    if sought.is_empty() {
        return 1;
    }
    bytes.windows(sought.len()).position(|window| window == sought).map_or(0, |at| at + 1)
}

fn part(bytes: &[u8], from: i64, length: Option<i64>) -> Result<&[u8]> {
    if length.is_some_and(|length| length < 0) {
        return Err(failed(SqlState("22011"), "negative substring length not allowed"));
    }
    let within = |place: i64| usize::try_from(place.max(0)).unwrap_or(usize::MAX).min(bytes.len());
    let start = within(from - 1);
    let end = length.map_or(bytes.len(), |length| within((from - 1).saturating_add(length)));
    Ok(bytes.get(start..end.max(start)).unwrap_or_default())
}

fn substring(row: &Row<'_>) -> Result<Outcome> {
    Ok(Outcome::Bytes(part(row.bytes(0), row.integer(1), (row.len() > 2).then(|| row.integer(2)))?.to_vec()))
}

fn overlay(row: &Row<'_>) -> Result<Outcome> {
    let (bytes, new, from) = (row.bytes(0), row.bytes(1), row.integer(2));
    let length = if row.len() > 3 { row.integer(3) } else { i64::try_from(new.len()).unwrap_or(i64::MAX) };
    if from <= 0 {
        return Err(failed(SqlState("22011"), "negative substring length not allowed"));
    }
    let (head, tail) = (part(bytes, 1, Some(from - 1))?, part(bytes, from.saturating_add(length), None)?);
    Ok(Outcome::Bytes([head, new, tail].concat()))
}
