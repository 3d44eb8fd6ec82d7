//! What a record says of a person, in the form in which it is compared.

use super::field::Field;
use super::person::{identifier, is_identifier, is_phone, last_digits};
use crate::text::birth_date::read_birth_date;
use crate::text::phone::phone_digits;
use crate::text::words::{write_company, write_street};

/// Writes one fact in the form in which it is compared; `None` where the record does not tell it.
pub(super) fn write_fact<'a>(
    field: Field,
    own: Option<&'a str>,
    of_field: impl Fn(Field) -> Option<&'a str>,
    out: &mut String,
) -> Option<()> {
    match field {
        Field::Email | Field::Postcode | Field::HouseNumber | Field::City | Field::Region => out.push_str(own?),
        Field::Street | Field::AddressLine => write_street(own?, out),
        Field::Company => write_company(own?, out),
        Field::Phone => {
            let digits = phone_digits(own?).filter(|digits| is_phone(digits))?;
            out.push_str(last_digits(&digits));
        }
        Field::NationalId => {
            let identifier = Some(identifier(own?)).filter(|identifier| is_identifier(identifier))?;
            out.push_str(&identifier);
        }
        // The first of several given names: Anne and Anne Marie are compared as Anne.
        Field::GivenName => {
            out.push_str(of_field(Field::GivenName).or_else(|| several_words(of_field(Field::Name)?))?.split(' ').next()?)
        }
        Field::MiddleName => write_middle_name(of_field, out)?,
        Field::FamilyName => match of_field(Field::FamilyName) {
            Some(family) => {
                out.push_str(family);
                // One surname in two columns is the same as two in one.
                if let Some(second) = second_of(family, &of_field) {
                    out.push(' ');
                    out.push_str(second);
                }
            }
            None => out.push_str(family_of(several_words(of_field(Field::Name)?)?)),
        },
        Field::Name => write_name(of_field, out)?,
        Field::BirthDate => write_birth_date(of_field, out)?,
        Field::SecondFamilyName | Field::BirthYear | Field::BirthMonth | Field::BirthDay => return None,
    }
    Some(())
}

/// Words that belong to the family name behind them: `van der Berg`, `de la Cruz`.
const PARTICLES: [&str; 24] = [
    "van", "der", "den", "de", "ter", "ten", "het", "von", "vom", "zu", "zum", "zur", "af", "av", "da", "das", "do", "dos",
    "del", "della", "di", "du", "la", "le",
];

/// The last word of a whole name with the particles before it; the first word is the given name.
fn family_of(name: &str) -> &str {
    let Some((mut before, mut family)) = name.rsplit_once(' ') else { return name };
    while let Some((others, word)) = before.rsplit_once(' ')
        && PARTICLES.contains(&word)
    {
        family = name.get(others.len() + 1..).unwrap_or(family);
        before = others;
    }
    family
}

fn second_of<'a>(family: &str, of_field: &impl Fn(Field) -> Option<&'a str>) -> Option<&'a str> {
    of_field(Field::SecondFamilyName).filter(|second| *second != family)
}

/// Further given names: those of their own column, or else what follows the first in that of given names.
fn write_middle_name<'a>(of_field: impl Fn(Field) -> Option<&'a str>, out: &mut String) -> Option<()> {
    let further = || of_field(Field::GivenName)?.split_once(' ').map(|(_, further)| further);
    out.push_str(of_field(Field::MiddleName).or_else(further)?);
    Some(())
}

/// The words of the whole name in alphabetical order, so that given and family name may have changed places.
fn write_name<'a>(of_field: impl Fn(Field) -> Option<&'a str>, out: &mut String) -> Option<()> {
    let parts = match (of_field(Field::GivenName), of_field(Field::FamilyName)) {
        (Some(given), Some(family)) => [given, family, second_of(family, &of_field).unwrap_or_default()],
        _ => [whole_name(of_field(Field::Name)?)?, "", ""],
    };
    if let [one, other, ""] = parts
        && !other.is_empty()
        && parts.iter().all(|part| !part.contains(' '))
    {
        [one.min(other), " ", one.max(other)].iter().for_each(|part| out.push_str(part));
        return Some(());
    }
    let mut words: Vec<&str> = parts.iter().flat_map(|part| part.split(' ')).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
    Some(())
}

fn write_birth_date<'a>(of_field: impl Fn(Field) -> Option<&'a str>, out: &mut String) -> Option<()> {
    let date = match of_field(Field::BirthDate) {
        Some(text) => {
            let date = read_birth_date(text)?;
            if text.len() == 10 && text.as_bytes().get(4) == Some(&b'-') {
                out.push_str(text);
                return Some(());
            }
            date
        }
        None => {
            let part = |field| of_field(field).and_then(|text| text.trim().parse::<u16>().ok());
            read_birth_date(&format!(
                "{:04}-{:02}-{:02}",
                part(Field::BirthYear)?,
                part(Field::BirthMonth)?,
                part(Field::BirthDay)?
            ))?
        }
    };
    out.push_str(&format!("{:04}-{:02}-{:02}", date.year, date.month, date.day));
    Some(())
}

/// `1970-02-30`, as a text of the same form as other days; nothing where all digits are alike.
pub(super) fn write_impossible_date<'a>(of_field: impl Fn(Field) -> Option<&'a str>, out: &mut String) -> Option<()> {
    let digits: String = match of_field(Field::BirthDate) {
        Some(text) => text.chars().filter(char::is_ascii_digit).collect(),
        None => {
            let part = |field, width: usize| Some(format!("{:0>width$}", of_field(field)?.trim()));
            [part(Field::BirthYear, 4)?, part(Field::BirthMonth, 2)?, part(Field::BirthDay, 2)?].concat()
        }
    };
    let is_date = digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_digit());
    if !is_date || digits.bytes().all(|digit| digits.starts_with(char::from(digit))) {
        return None;
    }
    out.push_str(&format!("{}-{}-{}", digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?));
    Some(())
}

/// A name of several words, or of one that is written without spaces between family and given name: such a name has no parts
/// that could be compared apart.
fn whole_name(name: &str) -> Option<&str> {
    let mut letters = name.chars();
    let is_unspaced = letters.next().is_some_and(is_unspaced) && letters.next().is_some_and(is_unspaced);
    (is_unspaced || name.contains(' ')).then_some(name)
}

/// Letters of Chinese, Japanese and Korean.
fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{1100}'..='\u{11FF}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7AF}' | '\u{20000}'..='\u{323AF}')
}

fn several_words(name: &str) -> Option<&str> {
    name.contains(' ').then_some(name)
}
