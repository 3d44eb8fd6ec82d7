//! How alike two values are: a level from equal to different for each kind of field.

use super::damerau_levenshtein::damerau_levenshtein;
use super::field::Field;
use super::jaro_winkler::jaro_winkler;
use super::values::{Sketch, mailbox};

/// One of the two has no value, which says nothing.
pub const MISSING: u8 = 0;
pub const EQUAL: u8 = 1;

/// Given and family name have changed places; a level of given names.
pub const EXCHANGED: u8 = 2;

/// The levels of a field after [`MISSING`], the first of them [`EQUAL`], the last of them for values that have nothing in common.
pub const fn levels(field: Field) -> &'static [&'static str] {
    match field {
        Field::GivenName => &["equal", "exchanged", "short form or initial", "one letter", "similar", "different"],
        Field::MiddleName => &["equal", "short form or initial", "similar", "different"],
        Field::FamilyName => &["equal", "one letter", "similar", "one of several", "different"],
        Field::BirthDate => &["equal", "one digit or exchanged", "two of day, month and year", "two digits", "different"],
        Field::Email => &["equal", "same mailbox", "one letter", "similar", "different"],
        Field::Phone => &["equal", "one digit", "different"],
        Field::NationalId => &["equal", "one digit", "two digits", "different"],
        Field::HouseNumber => &["equal", "one digit", "different"],
        Field::Postcode => &["equal", "one digit", "same area", "different"],
        Field::Street | Field::City | Field::Company | Field::AddressLine => {
            &["equal", "same words or one letter", "similar", "different"]
        }
        _ => &["equal", "different"],
    }
}

/// A value with its sketch.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    pub text: &'a str,
    pub sketch: Sketch,
}

/// The least similarities of two values that are similar.
const GIVEN_NAMES_ALIKE: f64 = 0.85;
const FAMILY_NAMES_ALIKE: f64 = 0.88;
const MAILBOXES_ALIKE: f64 = 0.9;
const ADDRESSES_ALIKE: f64 = 0.88;

/// Whether two values that are not equal may have something in common, as far as their sketches tell.
pub fn may_be_alike(field: Field, left: Sketch, right: Sketch) -> bool {
    let near = |distance: u32| left.edits_min(right) <= distance;
    match field {
        Field::GivenName | Field::MiddleName => {
            left.may_begin(right) | near(1) | left.may_be_similar(right, GIVEN_NAMES_ALIKE as f32)
        }
        Field::FamilyName => near(1) | left.may_be_similar(right, FAMILY_NAMES_ALIKE as f32) | left.may_share_word(right),
        Field::Email => left.may_share_mailbox(right) | near(2) | left.may_have_similar_mailboxes(right, MAILBOXES_ALIKE as f32),
        Field::Phone | Field::HouseNumber => near(1),
        Field::NationalId => near(2),
        Field::Street | Field::City | Field::Company | Field::AddressLine => {
            near(1) | left.may_share_word(right) | left.may_be_similar(right, ADDRESSES_ALIKE as f32)
        }
        Field::BirthDate | Field::Postcode => true,
        Field::SecondFamilyName | Field::Name | Field::BirthYear | Field::BirthMonth | Field::BirthDay | Field::Region => false,
    }
}

/// The level of two values that are not equal. What comes first is what is cheap to say no to.
pub fn compare(field: Field, left: Side, right: Side) -> u8 {
    let near =
        |distance: u32| left.sketch.edits_min(right.sketch) <= distance && within(left.text, right.text, distance as usize);
    let alike =
        |least: f64| left.sketch.may_be_similar(right.sketch, least as f32) && jaro_winkler(left.text, right.text) >= least;
    let shares_words = || left.sketch.may_share_word(right.sketch);
    let (one, other) = (left.text, right.text);
    let at = |condition: &dyn Fn(usize) -> bool, count: usize| {
        let at = (0..count).find(|number| condition(*number)).unwrap_or(count);
        u8::try_from(at).unwrap_or(u8::MAX) + EQUAL + 1
    };
    match field {
        Field::GivenName => at(
            &|number| match number {
                0 => false,
                1 => is_short_form(one, other),
                2 => near(1),
                _ => alike(GIVEN_NAMES_ALIKE),
            },
            4,
        ),
        Field::MiddleName => at(
            &|number| match number {
                0 => is_short_form(one, other),
                _ => near(1) || alike(GIVEN_NAMES_ALIKE),
            },
            2,
        ),
        Field::FamilyName => at(
            &|number| match number {
                0 => near(1),
                1 => alike(FAMILY_NAMES_ALIKE),
                _ => shares_words() && shares_word(one, other),
            },
            3,
        ),
        Field::BirthDate => at(
            &|number| match number {
                0 => near(1) || is_day_for_month(one, other),
                1 => equal_parts(one, other) >= 2,
                _ => near(2),
            },
            3,
        ),
        Field::Email => at(
            &|number| match number {
                0 => left.sketch.may_share_mailbox(right.sketch) && mailbox(one) == mailbox(other),
                1 => near(2),
                _ => {
                    let (own, others) = (mailbox(one), mailbox(other));
                    left.sketch.may_have_similar_mailboxes(right.sketch, MAILBOXES_ALIKE as f32)
                        && digits(own).eq(digits(others))
                        && jaro_winkler(own, others) >= MAILBOXES_ALIKE
                }
            },
            3,
        ),
        Field::Phone | Field::HouseNumber => at(&|_| near(1), 1),
        Field::NationalId => at(&|number| near(number as u32 + 1), 2),
        Field::Postcode => at(
            &|number| match number {
                0 => near(1),
                _ => one.get(..2).is_some_and(|area| other.get(..2) == Some(area)),
            },
            2,
        ),
        Field::Street | Field::City | Field::Company | Field::AddressLine => {
            let words = || if shares_words() { word_share(one, other) } else { 0.0 };
            at(
                &|number| match number {
                    0 => near(1) || words() >= 0.99,
                    _ => alike(ADDRESSES_ALIKE) || words() >= 0.5,
                },
                2,
            )
        }
        _ => EQUAL + 1,
    }
}

fn within(left: &str, right: &str, distance: usize) -> bool {
    left.len().abs_diff(right.len()) <= 4 * distance
        && left.len().max(right.len()) > distance + 1
        && damerau_levenshtein(left, right).is_ok_and(|found| found <= distance)
}

/// `j` or `jo` of `john`, and `anna` of `anna maria`.
fn is_short_form(left: &str, right: &str) -> bool {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    long.starts_with(short)
}

fn shares_word(left: &str, right: &str) -> bool {
    let separators = [' ', '-'];
    left.split(separators).filter(|word| word.len() > 2).any(|word| right.split(separators).any(|other| other == word))
}

/// Words that both have, of those that either has.
fn word_share(left: &str, right: &str) -> f64 {
    let words = |text: &'_ str| text.split(' ').count();
    let shared = left.split(' ').filter(|word| right.split(' ').any(|other| other == *word)).count();
    shared as f64 / (words(left) + words(right)).saturating_sub(shared).max(1) as f64
}

/// Addresses of namesakes differ in their numbers.
fn digits(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().filter(u8::is_ascii_digit)
}

fn parts(date: &str) -> [&str; 3] {
    [date.get(..4), date.get(5..7), date.get(8..10)].map(Option::unwrap_or_default)
}

fn equal_parts(left: &str, right: &str) -> usize {
    parts(left).iter().zip(parts(right)).filter(|(left, right)| **left == *right).count()
}

fn is_day_for_month(left: &str, right: &str) -> bool {
    let ([year, month, day], [other_year, other_month, other_day]) = (parts(left), parts(right));
    year == other_year && month == other_day && day == other_month
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(field: Field, left: &str, right: &str) -> &'static str {
        let side = |text| Side { text, sketch: Sketch::of(field, text) };
        let levels = [compare(field, side(left), side(right)), compare(field, side(right), side(left))];
        let is_last = usize::from(levels[0]) == super::levels(field).len();
        assert!(is_last || may_be_alike(field, side(left).sketch, side(right).sketch), "{left} and {right}");
        assert_eq!(levels[0], levels[1], "{left} and {right}");
        super::levels(field)[usize::from(levels[0] - EQUAL)]
    }

    #[test]
    fn values_are_as_alike_as_people_say() {
        for (field, left, right, expected) in [
            (Field::GivenName, "robert", "rob", "short form or initial"),
            (Field::GivenName, "j", "julie", "short form or initial"),
            (Field::GivenName, "robert", "robret", "one letter"),
            (Field::GivenName, "katherine", "kathryn", "similar"),
            (Field::GivenName, "robert", "grace", "different"),
            (Field::FamilyName, "allen", "alen", "one letter"),
            (Field::FamilyName, "meier", "schulze meier", "one of several"),
            (Field::FamilyName, "allen", "kelly", "different"),
            (Field::BirthDate, "1971-06-24", "1971-05-24", "one digit or exchanged"),
            (Field::BirthDate, "1971-03-04", "1971-04-03", "one digit or exchanged"),
            (Field::BirthDate, "1971-06-24", "1971-11-24", "two of day, month and year"),
            (Field::BirthDate, "1971-06-24", "1938-11-02", "different"),
            (Field::Email, "ann.lee@x.com", "ann.lee@y.org", "same mailbox"),
            (Field::Email, "ann.lee@x.com", "anm.lee@x.com", "one letter"),
            (Field::Email, "john.smith12@x.com", "john.smith47@mail.net", "different"),
            (Field::Phone, "79460018", "79460019", "one digit"),
            (Field::NationalId, "9653869", "9563868", "two digits"),
            (Field::Postcode, "sw1a1aa", "sw7b2bb", "same area"),
            (Field::Street, "high street 4", "4 high street", "same words or one letter"),
            (Field::Street, "12 main road", "12 main street", "similar"),
            (Field::City, "london", "lonon", "same words or one letter"),
            (Field::City, "london", "hull", "different"),
            (Field::Region, "qld", "nsw", "different"),
        ] {
            assert_eq!(level(field, left, right), expected, "{left} and {right}");
        }
    }
}
