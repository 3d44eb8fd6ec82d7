//! Functions of texts (manual, tables 9.9 and 9.10). Places and lengths count characters.

use datafusion::common::Result;
use datafusion::error::DataFusionError;

use super::arguments::Kind::{AnyJson, Bigint, Integer, Shown, Text};
use super::patterns::{capital, small};
use super::{Function, Outcome, Returns, Row};
use crate::dialect::failure::failed;
use crate::error::SqlState;

const TEXT: Returns = Returns::Value("text");
const INT4: Returns = Returns::Value("int4");
const BOOL: Returns = Returns::Value("bool");

pub const FUNCTIONS: &[Function] = &[
    Function::new("ascii", &[Text], INT4, |row| {
        Ok(Outcome::Integer(row.text(0).chars().next().map_or(0, |c| i64::from(u32::from(c)))))
    }),
    Function::new("bit_length", &[Text], INT4, |row| Ok((row.text(0).len() * 8).into())),
    Function::new("btrim", &[Text, Text], TEXT, |row| Ok(trimmed(row, true, true).into())).or_fewer(1),
    Function::new("char_length", &[Text], INT4, length),
    Function::new("character_length", &[Text], INT4, length),
    Function::new("chr", &[Integer], TEXT, chr),
    Function::new("concat", &[], TEXT, concat).and_more(Shown).with_nulls(),
    Function::new("concat_ws", &[Text, Shown], TEXT, concat_ws).and_more(Shown).with_nulls(),
    Function::new("initcap", &[Text], TEXT, |row| Ok(initcap(row.text(0)).into())),
    Function::new("left", &[Text, Integer], TEXT, left),
    Function::new("length", &[Text], INT4, length),
    Function::new("lower", &[Text], TEXT, |row| Ok(row.text(0).chars().map(small).collect::<String>().into())),
    Function::new("lpad", &[Text, Integer, Text], TEXT, |row| Ok(padded(row, true).into())).or_fewer(1),
    Function::new("ltrim", &[Text, Text], TEXT, |row| Ok(trimmed(row, true, false).into())).or_fewer(1),
    Function::new("octet_length", &[AnyJson], INT4, |row| Ok(row.text(0).len().into())),
    Function::new("overlay", &[Text, Text, Integer, Integer], TEXT, overlay).or_fewer(1),
    Function::new("position", &[Text, Text], INT4, |row| Ok(place(row.text(1), row.text(0)).into())),
    Function::new("repeat", &[Text, Integer], TEXT, |row| {
        Ok(row.text(0).repeat(usize::try_from(row.integer(1)).unwrap_or(0)).into())
    }),
    Function::new("replace", &[Text, Text, Text], TEXT, replace),
    Function::new("reverse", &[Text], TEXT, |row| Ok(row.text(0).chars().rev().collect::<String>().into())),
    Function::new("right", &[Text, Integer], TEXT, right),
    Function::new("rpad", &[Text, Integer, Text], TEXT, |row| Ok(padded(row, false).into())).or_fewer(1),
    Function::new("rtrim", &[Text, Text], TEXT, |row| Ok(trimmed(row, false, true).into())).or_fewer(1),
    Function::new("split_part", &[Text, Text, Integer], TEXT, split_part),
    Function::new("starts_with", &[Text, Text], BOOL, |row| Ok(row.text(0).starts_with(row.text(1)).into())),
    Function::new("strpos", &[Text, Text], INT4, |row| Ok(place(row.text(0), row.text(1)).into())),
    Function::new("substr", &[Text, Integer, Integer], TEXT, substring).or_fewer(1),
    Function::new("substring", &[Text, Integer, Integer], TEXT, substring).or_fewer(1),
    Function::new("to_hex", &[Integer], TEXT, |row| Ok(format!("{:x}", row.integer(0) as i32).into())),
    Function::new("to_hex", &[Bigint], TEXT, |row| Ok(format!("{:x}", row.integer(0)).into())),
    Function::new("translate", &[Text, Text, Text], TEXT, translate),
    Function::new("upper", &[Text], TEXT, |row| Ok(row.text(0).chars().map(capital).collect::<String>().into())),
    // Texts of a fixed width.
    Function::new("bpchar_of", &[Text, Integer], Returns::Value("bpchar"), bpchar),
    Function::new("bpchar_text", &[Text], TEXT, |row| Ok(row.text(0).trim_end_matches(' ').into())),
    Function::new("varchar_of", &[Text, Integer], Returns::Value("varchar"), left).or_fewer(1),
];

fn refused(message: &str) -> DataFusionError {
    failed(SqlState("54000"), message)
}

fn length(row: &Row<'_>) -> Result<Outcome> {
    Ok(row.text(0).chars().count().into())
}

fn chr(row: &Row<'_>) -> Result<Outcome> {
    let code = row.integer(0);
    match u32::try_from(code).ok().map(|code| (code, char::from_u32(code))) {
        None => Err(failed(SqlState::INVALID_PARAMETER_VALUE, "character number must be positive")),
        Some((0, _)) => Err(refused("null character not permitted")),
        Some((_, Some(character))) => Ok(character.to_string().into()),
        Some((0..0x11_0000, None)) => Err(refused("requested character not valid for encoding")),
        Some(_) => Err(refused("requested character too large for encoding")),
    }
}

fn joined(row: &Row<'_>, from: usize, separator: &str) -> Outcome {
    let texts = (from..row.len()).filter(|place| !row.is_null(*place)).map(|place| row.text(place));
    texts.collect::<Vec<_>>().join(separator).into()
}

fn concat(row: &Row<'_>) -> Result<Outcome> {
    Ok(joined(row, 0, ""))
}

fn concat_ws(row: &Row<'_>) -> Result<Outcome> {
    Ok(if row.is_null(0) { Outcome::Null } else { joined(row, 1, row.text(0)) })
}

/// Each word with a capital, the rest small; digits belong to words.
fn initcap(text: &str) -> String {
    let mut within = false;
    let cased = |c: char| {
        let cased = if within { small(c) } else { capital(c) };
        within = c.is_alphanumeric();
        cased
    };
    text.chars().map(cased).collect()
}

/// The text before its character of this number, which is counted from the end where it is negative.
fn before(text: &str, count: i64) -> &str {
    let count = match usize::try_from(count) {
        Ok(count) => count,
        Err(_) => text.chars().count().saturating_sub(usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX)),
    };
    text.char_indices().nth(count).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

fn left(row: &Row<'_>) -> Result<Outcome> {
    Ok(if row.len() < 2 { row.text(0).into() } else { before(row.text(0), row.integer(1)).into() })
}

fn right(row: &Row<'_>) -> Result<Outcome> {
    let (text, count) = (row.text(0), row.integer(1));
    let total = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let skipped = if count < 0 { count.saturating_neg() } else { (total - count).max(0) };
    let rest = text.get(before(text, skipped).len()..).unwrap_or_default();
    Ok(rest.into())
}

fn padded(row: &Row<'_>, at_left: bool) -> String {
    let text = before(row.text(0), row.integer(1).max(0));
    let missing = usize::try_from(row.integer(1)).unwrap_or(0).saturating_sub(text.chars().count());
    let filling = if row.len() > 2 { row.text(2) } else { " " };
    let fill = || filling.chars().cycle().take(if filling.is_empty() { 0 } else { missing });
    if at_left { fill().chain(text.chars()).collect() } else { text.chars().chain(fill()).collect() }
}

fn trimmed<'a>(row: &Row<'a>, at_left: bool, at_right: bool) -> &'a str {
    let characters = if row.len() > 1 { row.text(1) } else { " " };
    let text = row.text(0);
    let text = if at_left { text.trim_start_matches(|c| characters.contains(c)) } else { text };
    if at_right { text.trim_end_matches(|c| characters.contains(c)) } else { text }
}

/// Where a text has another, from 1; 0 where it has not.
fn place(text: &str, sought: &str) -> usize {
    text.find(sought).map_or(0, |at| text.get(..at).unwrap_or_default().chars().count() + 1)
}

/// From a character, counted from 1, so many characters; those before the first count, too.
fn part(text: &str, from: i64, length: Option<i64>) -> Result<&str> {
    if length.is_some_and(|length| length < 0) {
        return Err(failed(SqlState("22011"), "negative substring length not allowed"));
    }
    let end = length.map(|length| from.saturating_add(length).saturating_sub(1).max(0));
    let text = end.map_or(text, |end| before(text, end));
    Ok(text.get(before(text, (from - 1).max(0)).len()..).unwrap_or_default())
}

fn substring(row: &Row<'_>) -> Result<Outcome> {
    Ok(part(row.text(0), row.integer(1), (row.len() > 2).then(|| row.integer(2)))?.into())
}

fn overlay(row: &Row<'_>) -> Result<Outcome> {
    let (text, new, from) = (row.text(0), row.text(1), row.integer(2));
    let length = if row.len() > 3 { row.integer(3) } else { i64::try_from(new.chars().count()).unwrap_or(i64::MAX) };
    if from <= 0 {
        return Err(failed(SqlState("22011"), "negative substring length not allowed"));
    }
    let head = part(text, 1, Some(from - 1))?;
    let tail = part(text, from.saturating_add(length), None)?;
    Ok(format!("{head}{new}{tail}").into())
}

fn replace(row: &Row<'_>) -> Result<Outcome> {
    let (text, sought, new) = (row.text(0), row.text(1), row.text(2));
    Ok(if sought.is_empty() { text.into() } else { text.replace(sought, new).into() })
}

fn split_part(row: &Row<'_>) -> Result<Outcome> {
    let (text, separator, number) = (row.text(0), row.text(1), row.integer(2));
    if number == 0 {
        return Err(failed(SqlState::INVALID_PARAMETER_VALUE, "field position must not be zero"));
    }
    if separator.is_empty() {
        return Ok(if number.abs() == 1 { text.into() } else { "".into() });
    }
    let place = usize::try_from(number.unsigned_abs() - 1).unwrap_or(usize::MAX);
    let part = if number > 0 {
        text.split(separator).nth(place)
    } else {
        // From the left they are taken apart, also where the separators overlap.
        text.split(separator).collect::<Vec<_>>().into_iter().nth_back(place)
    };
    Ok(part.unwrap_or_default().into())
}

fn translate(row: &Row<'_>) -> Result<Outcome> {
    let (from, to) = (row.text(1), row.text(2).chars().collect::<Vec<_>>());
    let translated = row.text(0).chars().filter_map(|c| match from.chars().position(|other| other == c) {
        None => Some(c),
        Some(place) => to.get(place).copied(),
    });
    Ok(translated.collect::<String>().into())
}

/// Most characters of a text of fixed width.
const BPCHAR_MAX: i64 = 10_485_760;

/// Cut or filled with blanks.
fn bpchar(row: &Row<'_>) -> Result<Outcome> {
    if row.integer(1) > BPCHAR_MAX {
        let message = format!("length for type char cannot exceed {BPCHAR_MAX}");
        return Err(failed(SqlState::INVALID_PARAMETER_VALUE, message));
    }
    let width = usize::try_from(row.integer(1)).unwrap_or(0);
    let text = before(row.text(0), row.integer(1));
    let blanks = width.saturating_sub(text.chars().count());
    Ok(format!("{text}{}", " ".repeat(blanks)).into())
}
