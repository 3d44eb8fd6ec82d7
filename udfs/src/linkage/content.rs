//! What a column says about a person by what it holds, where its name says nothing.
//!
//! A wrong kind is worse than none: only kinds whose values look like nothing else are recognised, and only from several of them. Names,
//! cities, companies and plain numbers look like too much else.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::field::Field;
use super::hash::stable_hash;
use super::placeholder::is_placeholder;
use crate::text::birth_date::read_birth_date;
use crate::text::email::normalize_email;
use crate::text::name::normalize_name;
use crate::text::phone::phone_digits;
use crate::text::words::is_business;

/// The kinds that are recognised.
pub const KINDS: [Field; 6] = [Field::Email, Field::Phone, Field::BirthDate, Field::Postcode, Field::Street, Field::NationalId];

/// So many different values are looked at, those with the smallest hashes: the same ones in any order of the rows.
const SAMPLE: usize = 1000;
/// Of a longer text only so much is kept, and it is of no kind.
const TEXT_MAX: usize = 200;

/// This share of the rows is of a kind where the column is.
const NEARLY_ALL: f64 = 0.9;
/// Where this share of the names is surely of businesses, the others are as well.
const BUSINESSES_MIN: f64 = 0.1;
const EMAILS_MIN: usize = 2;
const PHONES_MIN: usize = 5;
const OTHERS_MIN: usize = 10;
/// The tenth part of people that is oldest was born by this year, and the youngest tenth is so much younger: customers since some years,
/// or contracts, spread less. No clock is read, so that a column is the same tomorrow.
const OLDEST_TENTH: u16 = 1980;
const SPREAD: u16 = 20;
const BIRTHS: std::ops::RangeInclusive<u16> = 1900..=2100;

/// Some of a column's values, each with its number of rows.
#[derive(Clone, Debug, Default)]
pub struct Sample(BTreeMap<(u64, String), u64>);

impl Sample {
    pub fn add(&mut self, text: &str, rows: u64) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let hash = stable_hash([text.as_bytes()]);
        if self.0.len() >= SAMPLE && self.0.last_key_value().is_some_and(|((last, _), _)| hash > *last) {
            return;
        }
        let kept = text.get(..text.floor_char_boundary(TEXT_MAX)).unwrap_or_default();
        *self.0.entry((hash, kept.to_owned())).or_default() += rows;
        if self.0.len() > SAMPLE {
            self.0.pop_last();
        }
    }

    /// Adds the values of another part. A value among the smallest of the whole is among the smallest of each part that has it, so
    /// that no row of it is lost.
    pub fn merge(&mut self, other: Self) {
        for (value, rows) in other.0 {
            *self.0.entry(value).or_default() += rows;
        }
        while self.0.len() > SAMPLE {
            self.0.pop_last();
        }
    }

    /// Its values with their hashes and numbers of rows.
    pub fn values(&self) -> impl Iterator<Item = (u64, &str, u64)> {
        self.0.iter().map(|((hash, text), rows)| (*hash, text.as_str(), *rows))
    }

    /// From such values.
    pub fn of(values: impl Iterator<Item = (u64, String, u64)>) -> Self {
        Self(values.map(|(hash, text, rows)| ((hash, text), rows)).collect())
    }

    pub fn bytes(&self) -> usize {
        self.0.keys().map(|(_, text)| text.len() + 64).sum()
    }

    /// The kind of the column.
    pub fn kind(&self) -> Option<Field> {
        let known = self.0.iter().map(|((_, text), rows)| (text.as_str(), *rows));
        let known: Vec<(&str, u64)> = known.filter(|(text, _)| !is_unknown(text)).collect();
        let rows: u64 = known.iter().map(|(_, rows)| rows).sum();
        let are = |test: &dyn Fn(&str) -> bool, least: usize| {
            let of_kind = || known.iter().filter(|(text, _)| test(text));
            of_kind().count() >= least && of_kind().map(|(_, rows)| rows).sum::<u64>() as f64 >= NEARLY_ALL * rows as f64
        };
        if are(&|text| normalize_email(text).is_some(), EMAILS_MIN) {
            return Some(Field::Email);
        }
        if are(&is_national_id, OTHERS_MIN) {
            return Some(Field::NationalId);
        }
        if are(&is_postcode, OTHERS_MIN) {
            return Some(Field::Postcode);
        }
        if are(&|text| read_birth_date(text).is_some(), OTHERS_MIN) {
            return are_births(&known).then_some(Field::BirthDate);
        }
        if are(&is_phone_number, PHONES_MIN) {
            return Some(Field::Phone);
        }
        if are(&is_street, OTHERS_MIN) {
            return Some(Field::Street);
        }
        let businesses = || known.iter().filter(|(text, _)| normalize_name(text).is_some_and(|name| is_business(&name)));
        let are_some = businesses().map(|(_, rows)| rows).sum::<u64>() as f64 >= BUSINESSES_MIN * rows as f64;
        (businesses().count() >= OTHERS_MIN && are_some).then_some(Field::Company)
    }
}

/// Whether the text stands for "not known".
fn is_unknown(text: &str) -> bool {
    normalize_name(text).is_none_or(|name| is_placeholder(Field::Name, &name)) && !text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Days that spread as those of people do.
fn are_births(values: &[(&str, u64)]) -> bool {
    let days = values.iter().filter_map(|(text, rows)| Some((read_birth_date(text)?, *rows)));
    let mut years: Vec<(u16, u64)> = days
        .filter(|(day, _)| !is_placeholder(Field::BirthDate, &format!("{:04}-{:02}-{:02}", day.year, day.month, day.day)))
        .map(|(day, rows)| (day.year, rows))
        .collect();
    years.sort_unstable();
    let all: u64 = years.iter().map(|(_, rows)| rows).sum();
    let quantile = |share: f64| {
        let mut before = 0;
        let found = years.iter().find(|(_, rows)| {
            before += rows;
            before as f64 >= share * all as f64
        });
        found.map_or(0, |(year, _)| *year)
    };
    let (oldest, youngest) = (quantile(0.1), quantile(0.9));
    all > 0 && years.iter().all(|(year, _)| BIRTHS.contains(year)) && oldest <= OLDEST_TENTH && youngest >= oldest + SPREAD
}

/// A number with a plus sign, a leading zero or written in groups; no date, version, address of a host, article or order number.
fn is_phone_number(text: &str) -> bool {
    let is_written = text.chars().all(|letter| letter.is_ascii_digit() || "+()-./ \u{a0}".contains(letter));
    let Some(digits) = phone_digits(text).filter(|_| is_written) else { return false };
    let groups = || text.split(['-', '.', '/', ' ', '(', ')']).filter(|group| !group.is_empty());
    let begins_as = |starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
    if text.starts_with('+') {
        return (8..=15).contains(&digits.len());
    }
    if text.parse::<IpAddr>().is_ok()
        || read_birth_date(text).is_some()
        || begins_as(&["19", "20", "978", "979"]) && groups().count() > 1
    {
        return begins_as(&["20"]) && shape(text) == "999-999-9999";
    }
    match groups().count() {
        1 => digits.starts_with('0') && (10..=11).contains(&digits.len()),
        2 => (digits.starts_with('0') || text.starts_with('(')) && (9..=13).contains(&digits.len()),
        _ => (9..=13).contains(&digits.len()),
    }
}

/// Postcodes that have letters, or two parts: five digits may be anything.
fn is_postcode(text: &str) -> bool {
    const SHAPES: [&str; 9] =
        ["A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA", "A9A 9A9", "9999 AA", "99999-9999"];
    SHAPES.contains(&shape(text).as_str())
}

/// Those of the United States, Great Britain and Spain, which have a form of their own.
fn is_national_id(text: &str) -> bool {
    const CHECKS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    match shape(text).as_str() {
        "999-99-9999" => !["000", "666", "9"].iter().any(|start| text.starts_with(start)),
        "AA999999A" | "AA 99 99 99 A" => text.ends_with(['A', 'B', 'C', 'D']),
        "99999999A" | "99999999-A" => {
            let number = text.get(..8).and_then(|number| number.parse::<usize>().ok());
            number.and_then(|number| CHECKS.get(number % 23)).is_some_and(|check| text.as_bytes().last() == Some(check))
        }
        _ => false,
    }
}

/// `SW1A 1AA` as `AA9A 9AA`.
fn shape(text: &str) -> String {
    let of = |letter: char| match letter {
        '0'..='9' => '9',
        'A'..='Z' | 'a'..='z' => 'A',
        other => other,
    };
    text.chars().map(of).collect()
}

/// A word for a street and a number at one end: `12 Main Street`, `Hauptstr. 5a`, `calle Mayor 3`.
fn is_street(text: &str) -> bool {
    const WORDS: [&str; 42] = [
        "street",
        "st",
        "road",
        "rd",
        "avenue",
        "ave",
        "lane",
        "ln",
        "drive",
        "dr",
        "close",
        "court",
        "ct",
        "crescent",
        "terrace",
        "way",
        "boulevard",
        "blvd",
        "square",
        "strasse",
        "str",
        "weg",
        "gasse",
        "allee",
        "platz",
        "ufer",
        "damm",
        "ring",
        "rue",
        "chemin",
        "impasse",
        "quai",
        "route",
        "place",
        "cours",
        "calle",
        "avenida",
        "paseo",
        "plaza",
        "camino",
        "carrera",
        "via",
    ];
    const ENDS: [&str; 5] = ["strasse", "str", "weg", "gasse", "platz"];
    let Some(name) = normalize_name(text).filter(|_| text.len() < TEXT_MAX) else { return false };
    let words: Vec<&str> = name.split(' ').collect();
    let is_number = |word: Option<&&str>| {
        word.is_some_and(|word| word.len() <= 5 && word.starts_with(|letter: char| letter.is_ascii_digit()))
    };
    (2..=8).contains(&words.len())
        && (is_number(words.first()) || is_number(words.last()) || is_number(words.iter().rev().nth(1)))
        && words.iter().any(|word| WORDS.contains(word) || ENDS.iter().any(|end| word.ends_with(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> Option<Field> {
        let mut sample = Sample::default();
        values.into_iter().for_each(|value| sample.add(value.as_ref(), 1));
        sample.kind()
    }

    #[test]
    fn kinds_are_known_by_their_values() {
        assert_eq!(kind(["ann@example.com", "bo@example.org", "n/a"]), Some(Field::Email));
        assert_eq!(kind((0..20).map(|n| format!("+44 20 7946 00{n:02}"))), Some(Field::Phone));
        assert_eq!(kind((0..20).map(|n| format!("(555) 201-34{n:02}"))), Some(Field::Phone));
        assert_eq!(kind((0..20).map(|n| format!("555-201-34{n:02}"))), Some(Field::Phone));
        assert_eq!(kind((0..20).map(|n| format!("01 42 68 53 {n:02}"))), Some(Field::Phone));
        assert_eq!(kind((0..20).map(|n| format!("020794600{n:02}"))), Some(Field::Phone));
        assert_eq!(kind((0..50).map(|n| format!("{}-03-{:02}", 1940 + n, n % 28 + 1))), Some(Field::BirthDate));
        assert_eq!(kind((0..50).map(|n| format!("{}.03.{}", n % 28 + 1, 1950 + n))), Some(Field::BirthDate));
        assert_eq!(kind((0..20).map(|n| format!("SW{n} 1AA"))), Some(Field::Postcode));
        assert_eq!(kind((0..20).map(|n| format!("{n} Main Street"))), Some(Field::Street));
        assert_eq!(kind((0..20).map(|n| format!("Hauptstr. {n}a"))), Some(Field::Street));
        assert_eq!(kind((0..20).map(|n| format!("{n} rue de la Paix"))), Some(Field::Street));
        assert_eq!(kind((0..20).map(|n| format!("Calle Mayor {n}"))), Some(Field::Street));
        assert_eq!(kind((0..20).map(|n| format!("123-45-67{n:02}"))), Some(Field::NationalId));
        // The documents that the Spanish ministry of the interior gives as an example: 12345678 Z.
        assert!(is_national_id("12345678Z") && !is_national_id("12345678A"));
    }

    #[test]
    fn what_may_be_anything_is_nothing() {
        assert_eq!(kind(["ann@example.com"]), None);
        assert_eq!(kind((0..50).map(|n| format!("{}-03-{:02}", 2016 + n % 10, n % 28 + 1))), None, "registration");
        assert_eq!(kind((0..50).map(|n| format!("{}-03-{:02}", 2001 + n % 25, n % 28 + 1))), None, "contracts");
        assert_eq!(kind((0..50).map(|n| format!("{}-03-{:02}", 1990 + n, n % 28 + 1))), None, "days to come");
        assert_eq!(kind((0..50).map(|n| format!("{}", 10_115 + n))), None, "five digits");
        assert_eq!(kind((0..50).map(|n| format!("{}", 1_000_000_000 + n))), None, "numbers");
        assert_eq!(kind((0..50).map(|n| format!("192.168.100.{n}"))), None, "hosts");
        assert_eq!(kind((0..50).map(|n| format!("2024-{n:06}"))), None, "orders");
        assert_eq!(kind((0..50).map(|n| format!("978-3-16-1484{n:02}-0"))), None, "books");
        assert_eq!(kind((0..50).map(|n| format!("{n}.99"))), None, "prices");
        assert_eq!(kind((0..50).map(|n| format!("Ann {n}"))), None, "names");
        assert_eq!(kind(["Berlin", "Paris", "London", "Madrid", "Rome", "Wien", "Bern", "Oslo", "Prag", "Riga", "Kiel"]), None);
        let notes =
            (0..50).map(|n| format!("called {n} times, asked for a new contract and wrote to ann{n}@example.com about it"));
        assert_eq!(kind(notes), None, "free text");
    }

    #[test]
    fn the_sample_is_that_of_any_order_and_division() {
        let values: Vec<String> = (0..5000).map(|n| format!("v{}", n % 2500)).collect();
        let mut whole = Sample::default();
        values.iter().for_each(|value| whole.add(value, 1));
        let mut merged = Sample::default();
        for part in values.rchunks(700) {
            let mut sample = Sample::default();
            part.iter().rev().for_each(|value| sample.add(value, 1));
            merged.merge(sample);
        }
        assert_eq!(whole.values().collect::<Vec<_>>(), merged.values().collect::<Vec<_>>());
        assert!(whole.values().count() == SAMPLE && whole.values().all(|(_, _, rows)| rows == 2));
    }
}
