//! Texts made of values: `format`, `quote_literal` and their like; arrays as texts and texts as arrays; escapes of Unicode.

use datafusion::common::Result;
use datafusion::error::DataFusionError;
use unicode_normalization::UnicodeNormalization;

use super::arguments::Kind::{Elements, Shown, Text};
use super::{Function, Outcome, Returns, Row};
use crate::catalog::pg::quoted;
use crate::dialect::failure::failed;
use crate::error::SqlState;

const TEXT: Returns = Returns::Value("text");
const BOOL: Returns = Returns::Value("bool");

pub const FUNCTIONS: &[Function] = &[
    Function::new("array_to_string", &[Elements, Text, Text], TEXT, array_to_string).or_fewer(1).with_nulls(),
    Function::new("format", &[Text], TEXT, format).and_more(Shown).with_nulls(),
    Function::new("is_normalized", &[Text, Text], BOOL, |row| Ok((normal(row)? == row.text(0)).into())).or_fewer(1),
    Function::new("normalize", &[Text, Text], TEXT, |row| Ok(normal(row)?.into())).or_fewer(1),
    Function::new("quote_ident", &[Text], TEXT, |row| Ok(quoted(row.text(0)).into())),
    Function::new("quote_literal", &[Shown], TEXT, |row| Ok(literal(row.text(0)).into())),
    Function::new("quote_nullable", &[Shown], TEXT, quote_nullable).with_nulls(),
    Function::new("string_to_array", &[Text, Text, Text], Returns::Value("_text"), split).or_fewer(1).with_nulls(),
    Function::new("string_to_table", &[Text, Text, Text], Returns::Rows(&[("string_to_table", "text")]), split_to_rows)
        .or_fewer(1)
        .with_nulls(),
    Function::new("unistr", &[Text], TEXT, unistr),
];

fn refused(message: impl Into<String>) -> DataFusionError {
    failed(SqlState::INVALID_PARAMETER_VALUE, message)
}

/// A text as a literal of SQL.
pub fn literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    match text.contains('\\') {
        true => format!("E'{}'", doubled.replace('\\', "\\\\")),
        false => format!("'{doubled}'"),
    }
}

fn quote_nullable(row: &Row<'_>) -> Result<Outcome> {
    Ok(if row.is_null(0) { "NULL".into() } else { literal(row.text(0)).into() })
}

fn array_to_string(row: &Row<'_>) -> Result<Outcome> {
    if row.is_null(0) || row.is_null(1) {
        return Ok(Outcome::Null);
    }
    let null = (row.len() > 2 && !row.is_null(2)).then(|| row.text(2));
    let elements = row.texts(0).into_iter().filter_map(|element| element.or(null.map(Into::into)));
    Ok(elements.collect::<Vec<_>>().join(row.text(1)).into())
}

/// The parts between separators; each character, where the separator is NULL.
fn parts(row: &Row<'_>) -> Option<Vec<Outcome>> {
    if row.is_null(0) {
        return None;
    }
    let text = row.text(0);
    let parts: Vec<String> = match row.text(1) {
        _ if text.is_empty() => vec![],
        _ if row.is_null(1) => text.chars().map(String::from).collect(),
        "" => vec![text.to_owned()],
        separator => text.split(separator).map(str::to_owned).collect(),
    };
    let null = (row.len() > 2 && !row.is_null(2)).then(|| row.text(2));
    Some(parts.into_iter().map(|part| if null == Some(part.as_str()) { Outcome::Null } else { part.into() }).collect())
}

fn split(row: &Row<'_>) -> Result<Outcome> {
    Ok(parts(row).map_or(Outcome::Null, Outcome::List))
}

fn split_to_rows(row: &Row<'_>) -> Result<Outcome> {
    Ok(Outcome::List(parts(row).unwrap_or_default()))
}

fn normal(row: &Row<'_>) -> Result<String> {
    let text = row.text(0).chars();
    let form = if row.len() > 1 { row.text(1) } else { "NFC" };
    Ok(match form.to_ascii_uppercase().as_str() {
        "NFC" => text.nfc().collect(),
        "NFD" => text.nfd().collect(),
        "NFKC" => text.nfkc().collect(),
        "NFKD" => text.nfkd().collect(),
        _ => return Err(refused("invalid normalization form")),
    })
}

fn unistr(row: &Row<'_>) -> Result<Outcome> {
    let invalid = || failed(SqlState::SYNTAX_ERROR, "invalid Unicode escape");
    let (mut out, mut rest, mut first) = (String::new(), row.text(0), None::<u32>);
    while !rest.is_empty() {
        let Some(after) = rest.strip_prefix('\\') else {
            if first.is_some() {
                return Err(failed(SqlState::SYNTAX_ERROR, "invalid Unicode surrogate pair"));
            }
            let mut characters = rest.chars();
            out.extend(characters.next());
            rest = characters.as_str();
            continue;
        };
        if let Some(after) = after.strip_prefix('\\') {
            out.push('\\');
            rest = after;
            continue;
        }
        let (digits, count) = match after.chars().next() {
            Some('u') => (after.get(1..), 4),
            Some('U') => (after.get(1..), 8),
            Some('+') => (after.get(1..), 6),
            _ => (Some(after), 4),
        };
        let (digits, next) = digits.and_then(|digits| digits.split_at_checked(count)).ok_or_else(invalid)?;
        let code = u32::from_str_radix(digits, 16).map_err(|_| invalid())?;
        rest = next;
        let code = match (first.take(), code) {
            (None, 0xd800..0xdc00) => {
                first = Some(code);
                continue;
            }
            (Some(high), 0xdc00..0xe000) => 0x1_0000 + ((high - 0xd800) << 10) + (code - 0xdc00),
            (None, code) => code,
            _ => return Err(failed(SqlState::SYNTAX_ERROR, "invalid Unicode surrogate pair")),
        };
        match char::from_u32(code) {
            Some('\0') | None => return Err(refused("invalid Unicode code point")),
            Some(character) => out.push(character),
        }
    }
    if first.is_some() { Err(failed(SqlState::SYNTAX_ERROR, "invalid Unicode surrogate pair")) } else { Ok(out.into()) }
}

/// Widest padding that a format may ask for.
const WIDTH_MAX: i64 = 1_000_000;

/// One `%` of a format: which argument, how wide, aligned left, and what it becomes.
#[derive(Default)]
struct Specifier {
    argument: Option<usize>,
    width: i64,
    left: bool,
    kind: char,
}

/// A format that is being read.
struct Format<'r, 'a> {
    row: &'r Row<'a>,
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    /// The next argument that is taken without a number.
    next: usize,
}

fn format(row: &Row<'_>) -> Result<Outcome> {
    if row.is_null(0) {
        return Ok(Outcome::Null);
    }
    let mut format = Format { row, rest: row.text(0).chars().peekable(), next: 1 };
    let mut out = String::new();
    while let Some(character) = format.rest.next() {
        if character != '%' {
            out.push(character);
        } else if format.rest.next_if_eq(&'%').is_some() {
            out.push('%');
        } else {
            format.write(&mut out)?;
        }
    }
    Ok(out.into())
}

impl Format<'_, '_> {
    fn number(&mut self) -> Option<i64> {
        let mut number = None;
        while let Some(digit) = self.rest.peek().and_then(|c| c.to_digit(10)) {
            number = Some(number.unwrap_or(0_i64).saturating_mul(10).saturating_add(digit.into()));
            self.rest.next();
        }
        number
    }

    /// `n$`, which was read up to the sign.
    fn place(&self, number: i64) -> Result<usize> {
        match usize::try_from(number) {
            Ok(place @ 1..) => Ok(place),
            _ => Err(refused("format specifies argument 0, but arguments are numbered from 1")),
        }
    }

    fn specifier(&mut self) -> Result<Specifier> {
        let mut specifier = Specifier::default();
        let mut width = None;
        if let Some(number) = self.number() {
            if self.rest.next_if_eq(&'$').is_some() {
                specifier.argument = Some(self.place(number)?);
            } else {
                width = Some(number);
            }
        }
        if width.is_none() {
            while self.rest.next_if_eq(&'-').is_some() {
                specifier.left = true;
            }
            width = match self.rest.next_if_eq(&'*') {
                Some(_) => Some(self.width_of_argument()?),
                None => self.number(),
            };
        }
        let width = width.unwrap_or(0);
        specifier.left |= width < 0;
        specifier.width = width.saturating_abs().min(WIDTH_MAX);
        specifier.kind = self.rest.next().ok_or_else(|| refused("unterminated format() type specifier"))?;
        Ok(specifier)
    }

    /// `*` or `*n$`.
    fn width_of_argument(&mut self) -> Result<i64> {
        let place = match self.number() {
            Some(number) if self.rest.next_if_eq(&'$').is_some() => self.place(number)?,
            Some(_) => return Err(refused("width argument position must be ended by \"$\"")),
            None => {
                self.next += 1;
                self.next - 1
            }
        };
        if place >= self.row.len() {
            return Err(refused("too few arguments for format()"));
        }
        if self.row.is_null(place) {
            return Ok(0);
        }
        self.row
            .text(place)
            .parse()
            .map_err(|_| failed(SqlState::INVALID_TEXT_REPRESENTATION, "invalid input syntax for type integer"))
    }

    fn write(&mut self, out: &mut String) -> Result<()> {
        let specifier = self.specifier()?;
        if !matches!(specifier.kind, 's' | 'I' | 'L') {
            return Err(refused(format!("unrecognized format() type specifier \"{}\"", specifier.kind)));
        }
        let place = specifier.argument.unwrap_or(self.next);
        self.next = place + 1;
        if place >= self.row.len() {
            return Err(refused("too few arguments for format()"));
        }
        let text = self.row.text(place);
        let shown = match (specifier.kind, self.row.is_null(place)) {
            ('L', true) => "NULL".to_owned(),
            ('I', true) => return Err(failed(SqlState("22004"), "null values cannot be formatted as an SQL identifier")),
            (_, true) => String::new(),
            ('I', _) => quoted(text),
            ('L', _) => literal(text),
            _ => text.to_owned(),
        };
        let missing = usize::try_from(specifier.width).unwrap_or(0).saturating_sub(shown.chars().count());
        out.push_str(&if specifier.left {
            format!("{shown}{}", " ".repeat(missing))
        } else {
            format!("{}{shown}", " ".repeat(missing))
        });
        Ok(())
    }
}
