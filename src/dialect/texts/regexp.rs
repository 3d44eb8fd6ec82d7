//! Functions of regular expressions.

use std::rc::Rc;

use datafusion::common::Result;
use datafusion::error::DataFusionError;

use super::arguments::Kind::{Integer, Text};
use super::patterns::{self, Captures, Options, Pattern, similar};
use super::{Function, Outcome, Returns, Row};
use crate::dialect::failure::failed;
use crate::error::SqlState;

const BOOL: Returns = Returns::Value("bool");
const INT4: Returns = Returns::Value("int4");
const TEXT: Returns = Returns::Value("text");
const TEXTS: Returns = Returns::Value("_text");

pub const FUNCTIONS: &[Function] = &[
    Function::new("textregexeq", &[Text, Text], BOOL, |row| is_match(row, Options::default())),
    Function::new("texticregexeq", &[Text, Text], BOOL, |row| is_match(row, Options::folding())),
    Function::new("similar_to", &[Text, Text, Text], BOOL, similar_to).or_fewer(1),
    Function::new("similar_to_escape", &[Text, Text], TEXT, similar_escape).or_fewer(1),
    Function::new("substring", &[Text, Text], TEXT, part),
    Function::new("substring", &[Text, Text, Text], TEXT, similar_part),
    Function::new("regexp_like", &[Text, Text, Text], BOOL, like).or_fewer(1),
    Function::new("regexp_match", &[Text, Text, Text], TEXTS, first).or_fewer(1),
    Function::new("regexp_matches", &[Text, Text, Text], Returns::Rows(&[("regexp_matches", "_text")]), all).or_fewer(1),
    Function::new("regexp_count", &[Text, Text, Integer, Text], INT4, count).or_fewer(2),
    Function::new("regexp_instr", &[Text, Text, Integer, Integer, Integer, Text, Integer], INT4, place).or_fewer(5),
    Function::new("regexp_substr", &[Text, Text, Integer, Integer, Text, Integer], TEXT, substr).or_fewer(4),
    Function::new("regexp_replace", &[Text, Text, Text, Text], TEXT, replace).or_fewer(1),
    Function::new("regexp_replace", &[Text, Text, Text, Integer, Integer, Text], TEXT, replace_from).or_fewer(2),
    Function::new("regexp_split_to_array", &[Text, Text, Text], TEXTS, |row| split(row, "regexp_split_to_array()")).or_fewer(1),
    Function::new("regexp_split_to_table", &[Text, Text, Text], Returns::Rows(&[("regexp_split_to_table", "text")]), |row| {
        split(row, "regexp_split_to_table()")
    })
    .or_fewer(1),
];

fn is_match(row: &Row<'_>, options: Options) -> Result<Outcome> {
    Ok(patterns::compiled(row.text(1), options)?.is_match(row.text(0))?.into())
}

fn sql_pattern(row: &Row<'_>, escape: usize) -> Result<Rc<Pattern>> {
    let escape = (row.len() > escape).then(|| row.text(escape));
    patterns::compiled(&similar::expression(row.text(1), escape)?, Options::default())
}

fn similar_to(row: &Row<'_>) -> Result<Outcome> {
    Ok(sql_pattern(row, 2)?.is_match(row.text(0))?.into())
}

fn similar_escape(row: &Row<'_>) -> Result<Outcome> {
    Ok(similar::expression(row.text(0), (row.len() > 1).then(|| row.text(1)))?.into())
}

/// What the first parentheses match, or the whole expression if it has none.
fn part(row: &Row<'_>) -> Result<Outcome> {
    let pattern = patterns::compiled(row.text(1), Options::default())?;
    part_of(&pattern, row.text(0))
}

fn similar_part(row: &Row<'_>) -> Result<Outcome> {
    let pattern = sql_pattern(row, 2)?;
    part_of(&pattern, row.text(0))
}

fn part_of(pattern: &Pattern, text: &str) -> Result<Outcome> {
    let text = patterns::Text::new(text);
    let Some(found) = pattern.find(&text, 0)? else { return Ok(Outcome::Null) };
    let part = found.get(usize::from(pattern.groups() > 0)).copied().flatten();
    Ok(part.map(|(from, to)| text.between(from, to)).into())
}

fn refused(message: String) -> DataFusionError {
    failed(SqlState::INVALID_PARAMETER_VALUE, message)
}

/// The pattern with the flags in an argument, of which none asks for all matches.
fn pattern(row: &Row<'_>, flags: usize, function: &str) -> Result<Rc<Pattern>> {
    let options = Options::of_flags(row.text(flags))?;
    if options.global {
        return Err(refused(format!("{function} does not support the \"global\" option")));
    }
    patterns::compiled(row.text(1), options)
}

/// A number that an argument may give, no less than `least`.
fn number(row: &Row<'_>, place: usize, name: &str, default: i64, least: i64) -> Result<usize> {
    let number = if row.len() > place { row.integer(place) } else { default };
    match usize::try_from(number) {
        Ok(count) if number >= least => Ok(count),
        _ => Err(refused(format!("invalid value for parameter \"{name}\": {number}"))),
    }
}

/// All matches from a character on. Of those of a split, none is empty beside another or at the end.
fn matches(pattern: &Pattern, text: &patterns::Text<'_>, from: usize, splits: bool) -> Result<Vec<Captures>> {
    let (mut found, mut start, mut last_end) = (vec![], from, 0);
    while start <= text.len() {
        let Some(captures) = pattern.find(text, start)? else { break };
        let Some((from, to)) = captures.first().copied().flatten() else { break };
        if !splits || (from < text.len() && to > last_end) {
            found.push(captures);
        }
        last_end = to;
        start = if from == to { to + 1 } else { to };
    }
    Ok(found)
}

fn like(row: &Row<'_>) -> Result<Outcome> {
    Ok(pattern(row, 2, "regexp_like()")?.is_match(row.text(0))?.into())
}

/// What each pair of parentheses matched, or the whole expression if it has none.
fn groups(pattern: &Pattern, text: &patterns::Text<'_>, captures: &Captures) -> Outcome {
    let shown = |capture: &Option<(usize, usize)>| capture.map(|(from, to)| text.between(from, to).to_owned());
    let skipped = usize::from(pattern.groups() > 0);
    Outcome::texts(captures.iter().skip(skipped).map(shown))
}

fn first(row: &Row<'_>) -> Result<Outcome> {
    let options = Options::of_flags(row.text(2))?;
    if options.global {
        let error =
            crate::error::Error::new(SqlState::INVALID_PARAMETER_VALUE, "regexp_match() does not support the \"global\" option");
        return Err(DataFusionError::External(Box::new(error.hint("Use the regexp_matches function instead."))));
    }
    let pattern = patterns::compiled(row.text(1), options)?;
    let text = patterns::Text::new(row.text(0));
    Ok(pattern.find(&text, 0)?.map(|captures| groups(&pattern, &text, &captures)).unwrap_or(Outcome::Null))
}

fn all(row: &Row<'_>) -> Result<Outcome> {
    let options = Options::of_flags(row.text(2))?;
    let pattern = patterns::compiled(row.text(1), Options { global: false, ..options })?;
    let text = patterns::Text::new(row.text(0));
    let found = match options.global {
        true => matches(&pattern, &text, 0, false)?,
        false => pattern.find(&text, 0)?.into_iter().collect(),
    };
    Ok(Outcome::List(found.iter().map(|captures| groups(&pattern, &text, captures)).collect()))
}

fn count(row: &Row<'_>) -> Result<Outcome> {
    let start = number(row, 2, "start", 1, 1)?;
    let pattern = pattern(row, 3, "regexp_count()")?;
    Ok(matches(&pattern, &patterns::Text::new(row.text(0)), start - 1, false)?.len().into())
}

/// The numbered match, and of it the numbered parentheses.
fn numbered(found: &[Captures], number: usize, group: usize) -> Option<(usize, usize)> {
    found.get(number.checked_sub(1)?)?.get(group).copied().flatten()
}

fn place(row: &Row<'_>) -> Result<Outcome> {
    let start = number(row, 2, "start", 1, 1)?;
    let which = number(row, 3, "n", 1, 1)?;
    let end = number(row, 4, "endoption", 0, 0)?;
    if end > 1 {
        return Err(refused(format!("invalid value for parameter \"endoption\": {end}")));
    }
    let pattern = pattern(row, 5, "regexp_instr()")?;
    let group = number(row, 6, "subexpr", 0, 0)?;
    let found = matches(&pattern, &patterns::Text::new(row.text(0)), start - 1, false)?;
    let place = numbered(&found, which, group).map(|(from, to)| if end == 1 { to + 1 } else { from + 1 });
    Ok(place.unwrap_or(0).into())
}

fn substr(row: &Row<'_>) -> Result<Outcome> {
    let start = number(row, 2, "start", 1, 1)?;
    let which = number(row, 3, "n", 1, 1)?;
    let pattern = pattern(row, 4, "regexp_substr()")?;
    let group = number(row, 5, "subexpr", 0, 0)?;
    let text = patterns::Text::new(row.text(0));
    let found = matches(&pattern, &text, start - 1, false)?;
    Ok(numbered(&found, which, group).map(|(from, to)| text.between(from, to)).into())
}

fn replace(row: &Row<'_>) -> Result<Outcome> {
    let flags = row.text(3);
    if let Some(digit) = flags.chars().next().filter(char::is_ascii_digit) {
        let error = crate::error::Error::new(
            SqlState::INVALID_PARAMETER_VALUE,
            format!("invalid regular expression option: \"{digit}\""),
        );
        let hint = "If you meant to use regexp_replace() with a start parameter, cast the fourth argument to integer explicitly.";
        return Err(DataFusionError::External(Box::new(error.hint(hint))));
    }
    let options = Options::of_flags(flags)?;
    let which = if options.global { 0 } else { 1 };
    replaced(row, Options { global: false, ..options }, 0, which)
}

fn replace_from(row: &Row<'_>) -> Result<Outcome> {
    let start = number(row, 3, "start", 1, 1)?;
    let which = number(row, 4, "n", 1, 0)?;
    let options = Options::of_flags(row.text(5))?;
    // The number says whether all are replaced.
    let which = if row.len() < 5 && options.global { 0 } else { which };
    replaced(row, Options { global: false, ..options }, start - 1, which)
}

/// `which`: the match of this number, or all if it is zero.
fn replaced(row: &Row<'_>, options: Options, start: usize, which: usize) -> Result<Outcome> {
    let pattern = patterns::compiled(row.text(1), options)?;
    let text = patterns::Text::new(row.text(0));
    let (mut out, mut copied, mut from, mut count) = (String::new(), 0, start, 0);
    while from <= text.len() {
        let Some(captures) = pattern.find(&text, from)? else { break };
        let Some((first, last)) = captures.first().copied().flatten() else { break };
        count += 1;
        from = if first == last { last + 1 } else { last };
        if which > 0 && count != which {
            continue;
        }
        out.push_str(text.between(copied, first));
        write_replacement(row.text(2), &text, &captures, &mut out);
        copied = last;
        if which > 0 {
            break;
        }
    }
    out.push_str(text.between(copied, text.len()));
    Ok(out.into())
}

/// `\1` is what the first parentheses matched, `\&` the whole, `\\` a backslash.
fn write_replacement(replacement: &str, text: &patterns::Text<'_>, captures: &Captures, out: &mut String) {
    let mut rest = replacement.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let group = match rest.peek() {
            Some('&') => Some(0),
            Some(digit @ '1'..='9') => digit.to_digit(10).map(|digit| digit as usize),
            Some('\\') => {
                rest.next();
                out.push('\\');
                continue;
            }
            _ => None,
        };
        match group {
            Some(group) => {
                rest.next();
                if let Some((from, to)) = captures.get(group).copied().flatten() {
                    out.push_str(text.between(from, to));
                }
            }
            None => out.push('\\'),
        }
    }
}

fn split(row: &Row<'_>, function: &str) -> Result<Outcome> {
    let pattern = pattern(row, 2, function)?;
    let text = patterns::Text::new(row.text(0));
    let (mut parts, mut last) = (vec![], 0);
    for captures in matches(&pattern, &text, 0, true)? {
        if let Some((from, to)) = captures.first().copied().flatten() {
            parts.push(Some(text.between(last, from).to_owned()));
            last = to;
        }
    }
    parts.push(Some(text.between(last, text.len()).to_owned()));
    Ok(Outcome::texts(parts))
}
