//! Texts that only the rows have as whole numbers, `numeric` and arrays, as PostgreSQL's input functions read them.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, Decimal128Array, Decimal256Array, ListArray, PrimitiveArray, StringArray};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{ArrowPrimitiveType, DataType, FieldRef, Int16Type, Int32Type, Int64Type};
use datafusion::error::Result;
use datafusion_functions_customer::type_name::type_name;

use super::float_text;
use super::literals::{self, DateOrder};
use super::reading;
use crate::dialect::failure::failed;
use crate::dialect::numbers::unconstrained;
use crate::error::SqlState;

/// Whether texts are read as this type here.
pub fn is_read(target: &DataType) -> bool {
    match target {
        DataType::List(element) => is_element(element.data_type()),
        other => is_whole(other) || other.is_decimal() || float_text::is_float(other),
    }
}

/// Whether texts of elements are read as this type.
fn is_element(target: &DataType) -> bool {
    let others = target.is_string() || target.is_floating() || *target == DataType::Boolean || reading::is_moment(target);
    others || is_whole(target) || target.is_decimal()
}

fn is_whole(target: &DataType) -> bool {
    matches!(target, DataType::Int16 | DataType::Int32 | DataType::Int64)
}

/// The texts as values of the type.
///
/// # Errors
/// 22P02 for what is none, 22003 for what is out of range; 0A000 for an array of several dimensions.
pub fn read(texts: &StringArray, target: &DataType, order: DateOrder) -> Result<ArrayRef> {
    Ok(match target {
        DataType::Int16 => Arc::new(whole::<Int16Type>(texts, target)?),
        DataType::Int32 => Arc::new(whole::<Int32Type>(texts, target)?),
        DataType::Int64 => Arc::new(whole::<Int64Type>(texts, target)?),
        DataType::Decimal128(precision, scale) => {
            let numbers =
                texts.iter().map(|text| text.map(|text| unconstrained::as_decimal(text, *precision, *scale)).transpose());
            let numbers = numbers.map(|number| Ok(number?.and_then(|number| number.to_i128())));
            Arc::new(numbers.collect::<Result<Decimal128Array>>()?.with_data_type(target.clone()))
        }
        DataType::Decimal256(precision, scale) => {
            let numbers =
                texts.iter().map(|text| text.map(|text| unconstrained::as_decimal(text, *precision, *scale)).transpose());
            Arc::new(numbers.collect::<Result<Decimal256Array>>()?.with_data_type(target.clone()))
        }
        DataType::List(element) => Arc::new(lists(texts, element, order)?),
        other if float_text::is_float(other) => float_text::read(texts, other)?,
        DataType::Boolean => Arc::new(literals::booleans(texts)?),
        other if reading::is_moment(other) => reading::moments(texts, other, order)?,
        other => {
            let options = CastOptions { safe: false, ..CastOptions::default() };
            cast_with_options(texts, other, &options)?
        }
    })
}

fn whole<T: ArrowPrimitiveType>(texts: &StringArray, target: &DataType) -> Result<PrimitiveArray<T>>
where
    T::Native: TryFrom<i128>,
{
    texts.iter().map(|text| text.map(|text| number::<T::Native>(text, target)).transpose()).collect()
}

/// # Errors
/// 22P02 and 22003.
pub fn number<N: TryFrom<i128>>(text: &str, target: &DataType) -> Result<N> {
    let trimmed = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
    let digits = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(failed(SqlState("22P02"), format!("invalid input syntax for type {}", type_name(target))));
    }
    let number = trimmed.parse::<i128>().ok().and_then(|number| N::try_from(number).ok());
    number.ok_or_else(|| {
        failed(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, format!("value is out of range for type {}", type_name(target)))
    })
}

fn lists(texts: &StringArray, element: &FieldRef, order: DateOrder) -> Result<ListArray> {
    let mut elements = vec![];
    let mut lengths = Vec::with_capacity(texts.len());
    for text in texts {
        let of_one = text.map(split).transpose()?.unwrap_or_default();
        lengths.push(of_one.len());
        elements.extend(of_one);
    }
    let values = read(&StringArray::from(elements), element.data_type(), order)?;
    let nulls = NullBuffer::from_iter(texts.iter().map(|text| text.is_some()));
    Ok(ListArray::try_new(Arc::clone(element), OffsetBuffer::from_lengths(lengths), values, Some(nulls))?)
}

/// The elements of `{a,"b c",NULL}`.
fn split(text: &str) -> Result<Vec<Option<String>>> {
    let malformed = || failed(SqlState("22P02"), "malformed array literal");
    let several = || failed("0A000", "texts of arrays of several dimensions are not supported");
    let trimmed = text.trim_matches(|c: char| c.is_ascii_whitespace());
    if trimmed.starts_with('[') {
        return Err(failed("0A000", "texts of arrays with bounds are not supported"));
    }
    let body = trimmed.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).ok_or_else(malformed)?;
    if body.trim().is_empty() {
        return Ok(vec![]);
    }
    let (mut elements, mut current) = (vec![], Element::default());
    let mut characters = body.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => current.keep(characters.next().ok_or_else(malformed)?),
            '"' if current.is_quoted => current.is_quoted = false,
            '"' if current.text.is_empty() && !current.was_quoted => (current.is_quoted, current.was_quoted) = (true, true),
            '"' => return Err(malformed()),
            character if current.is_quoted => current.keep(character),
            ',' => elements.push(std::mem::take(&mut current).finished().ok_or_else(malformed)?),
            '{' if current.text.is_empty() && !current.was_quoted => return Err(several()),
            '{' | '}' => return Err(malformed()),
            character if character.is_ascii_whitespace() && current.text.is_empty() => {}
            // Blanks behind an element mean nothing, and nothing else may stand behind one in quotes.
            character if character.is_ascii_whitespace() => current.text.push(character),
            _ if current.was_quoted => return Err(malformed()),
            character => current.keep(character),
        }
    }
    if current.is_quoted {
        return Err(malformed());
    }
    elements.push(current.finished().ok_or_else(malformed)?);
    Ok(elements)
}

#[derive(Default)]
struct Element {
    text: String,
    /// Bytes of the text that are no blanks at its end.
    kept: usize,
    is_quoted: bool,
    was_quoted: bool,
}

impl Element {
    fn keep(&mut self, character: char) {
        self.text.push(character);
        self.kept = self.text.len();
    }

    /// The element, which is NULL for that word; `None` where there is nothing.
    fn finished(mut self) -> Option<Option<String>> {
        self.text.truncate(self.kept);
        if self.was_quoted {
            return Some(Some(self.text));
        }
        match self.text.is_empty() {
            true => None,
            false => Some((!self.text.eq_ignore_ascii_case("null")).then_some(self.text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        split(text).map_or_else(
            |error| error.to_string(),
            |elements| elements.into_iter().map(|element| element.unwrap_or("∅".into())).collect::<Vec<_>>().join("|"),
        )
    }

    /// PostgreSQL 15: `SELECT '…'::text[]`.
    #[test]
    fn arrays_are_split_as_postgres_splits_them() {
        for (text, elements) in [
            (r#"{a,"b c",NULL}"#, "a|b c|∅"),
            (" { a b , c } ", "a b|c"),
            (r#"{"NULL","",a\,b}"#, "NULL||a,b"),
            (r#"{"a\"b", x }"#, "a\"b|x"),
            ("{}", ""),
            ("{ null }", "∅"),
        ] {
            assert_eq!(shown(text), elements, "{text}");
        }
        for text in ["", "a", "{a", "{a,}", "{,a}", r#"{"a}"#, r#"{a"b"}"#, r#"{"a"b}"#, "{a}}"] {
            assert!(shown(text).contains("malformed array literal"), "{text}: {}", shown(text));
        }
        assert!(shown("{{1},{2}}").contains("several dimensions"));
    }

    /// PostgreSQL 15: `SELECT '…'::smallint`.
    #[test]
    fn whole_numbers() {
        let read = |text: &str| number::<i16>(text, &DataType::Int16).map_err(|error| error.to_string());
        assert_eq!((read(" 12 "), read("-32768"), read("+7")), (Ok(12), Ok(-32768), Ok(7)));
        assert!(read("32768").is_err_and(|error| error.contains("value is out of range for type smallint")));
        for text in ["", "1.0", "x", "1 2", "--1", "1e3", "0x10"] {
            assert!(read(text).is_err_and(|error| error.contains("invalid input syntax for type smallint")), "{text}");
        }
    }
}
