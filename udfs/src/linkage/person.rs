//! From the columns of a record to the facts that records are compared by, and to hashes of its keys.

use std::collections::HashSet;

use super::facts::{write_fact, write_impossible_date};
use super::field::Field;
use super::hash::{mix, quick_hash};
use super::key::KEYS;
use super::placeholder::is_placeholder;
use crate::text::birth_date::read_birth_date;
use crate::text::email::normalize_email;
use crate::text::name::normalize_name;
use crate::text::phone::phone_digits;
use crate::text::postcode::normalize_postcode;

/// The last digits of a number, which its national and its international form share in most countries; fewer than the minimum
/// are not a number.
const PHONE_DIGITS: usize = 9;
const PHONE_DIGITS_MIN: usize = 7;
/// A shorter identity number identifies nobody.
const NATIONAL_ID_CHARS_MIN: usize = 5;

/// What blocks a value: lists given by the user, in every normal form a value may take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocked(HashSet<String>);

impl Blocked {
    pub fn new(values: &[String]) -> Self {
        let forms = values.iter().flat_map(|value| {
            let phone = phone_digits(value).map(|digits| last_digits(&digits).to_owned());
            let date = read_birth_date(value).map(|_| value.trim().to_owned());
            [
                Some(value.trim().to_lowercase()),
                normalize_email(value),
                normalize_name(value),
                normalize_postcode(value, None),
                phone,
                date,
                Some(identifier(value)),
            ]
        });
        Self(forms.flatten().collect())
    }

    /// Whether a value in normal form is blocked.
    pub fn has(&self, form: &str) -> bool {
        !self.0.is_empty() && self.0.contains(form)
    }
}

/// One fact about the person of a record.
#[derive(Clone, Debug)]
struct Fact {
    field: Field,
    /// The column that it comes from, where it comes from one alone.
    column: Option<usize>,
    text: String,
    /// The text's hash; 0 where the record does not tell it.
    hash: u64,
    /// A day that no calendar has is no key, and yet says something beside another.
    is_impossible: bool,
    /// It stands in a column of another kind: an e-mail address among telephones.
    is_stray: bool,
}

impl Fact {
    const fn new(field: Field, column: Option<usize>) -> Self {
        Self { field, column, text: String::new(), hash: 0, is_impossible: false, is_stray: false }
    }
}

/// One way to fill a key: a person with two telephones has two.
#[derive(Clone, Debug)]
struct Slot {
    key: usize,
    facts: Vec<usize>,
}

/// Reads records whose columns are normalised already (see `crate::text`), one at a time; its buffers are used again.
#[derive(Clone, Debug)]
pub struct PersonReader {
    columns: Vec<Field>,
    blocked: Blocked,
    facts: Vec<Fact>,
    slots: Vec<Slot>,
}

/// The hashes of one record beside those of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashes {
    /// Of all facts together; 0 where there are none.
    pub content: u64,
    /// Of the given name, which contradicts some keys; 0 where it is not known.
    pub given_name: u64,
}

impl PersonReader {
    /// A reader of records with these columns, for the keys whose probability reaches the threshold. E-mail addresses and
    /// telephones may come in several columns; of any other field the first column counts.
    pub fn new(columns: Vec<Field>, threshold: f64, blocked: Blocked) -> Self {
        let facts = facts_of(&columns);
        Self::of_facts(columns, facts, threshold, blocked)
    }

    /// As [`new`](Self::new), of columns as people fill them: an e-mail address may stand among telephones.
    pub fn of_records(columns: Vec<Field>, threshold: f64, blocked: Blocked) -> Self {
        let mut facts = facts_of(&columns);
        let phones = columns.iter().enumerate().filter(|(_, field)| **field == Field::Phone);
        facts.extend(phones.map(|(index, _)| Fact { is_stray: true, ..Fact::new(Field::Email, Some(index)) }));
        facts.sort_by_key(|fact| fact.field != Field::Email);
        Self::of_facts(columns, facts, threshold, blocked)
    }

    fn of_facts(columns: Vec<Field>, facts: Vec<Fact>, threshold: f64, blocked: Blocked) -> Self {
        let mut slots = vec![];
        for (key, definition) in KEYS.iter().enumerate().filter(|(_, key)| key.probability >= threshold) {
            let mut ways = vec![vec![]];
            for field in definition.fields {
                let candidates = facts.iter().enumerate().filter(|(_, fact)| fact.field == *field).map(|(index, _)| index);
                let candidates: Vec<usize> = candidates.collect();
                ways = ways.iter().flat_map(|way| candidates.iter().map(|fact| [way.as_slice(), &[*fact]].concat())).collect();
            }
            slots.extend(ways.into_iter().map(|facts| Slot { key, facts }));
        }
        Self { columns, blocked, facts, slots }
    }

    /// The index in [`KEYS`] of each slot.
    pub fn slots(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.slots.iter().map(|slot| slot.key)
    }

    /// Hashes one record, given as one text or NULL for each column; the hash of each slot goes to `keys` (0 where a fact is
    /// missing), if there are any.
    pub fn read(&mut self, row: &[Option<&str>], keys: &mut [Vec<u64>]) -> Hashes {
        for index in 0..self.facts.len() {
            self.read_fact(index, row);
        }
        for (slot, hashes) in self.slots.iter().zip(keys) {
            hashes.push(hash_of(slot.facts.iter().filter_map(|fact| self.facts.get(*fact))));
        }
        let says_nothing = self.facts.iter().all(|fact| fact.hash == 0 && !fact.is_impossible);
        let impossible = |fact: &Fact| if fact.is_impossible { quick_hash(0, fact.text.as_bytes()) } else { 0 };
        let said = self.facts.iter().filter(|fact| !fact.is_stray || fact.hash != 0);
        let content = combined(said.map(|fact| fact.hash ^ impossible(fact))).max(1);
        let content = if says_nothing { 0 } else { content };
        let given_name = self.facts.iter().find(|fact| fact.field == Field::GivenName).map_or(0, |fact| fact.hash);
        Hashes { content, given_name }
    }

    /// The fields of what [`read`](Self::read) finds, in its order; a field that has several columns is there several times.
    pub fn told(&self) -> Vec<Field> {
        self.facts.iter().filter(|fact| self.is_told(fact)).map(|fact| fact.field).collect()
    }

    /// What the record that was read last says of each of them, as far as it is compared; an empty text where it does not.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let said = |fact: &'_ Fact| fact.hash != 0 || fact.is_impossible;
        let told = self.facts.iter().filter(|fact| self.is_told(fact));
        told.map(move |fact| if said(fact) { fact.text.as_str() } else { "" })
    }

    /// Whole names say nothing beside their parts.
    fn is_told(&self, fact: &Fact) -> bool {
        fact.field != Field::Name
    }

    fn read_fact(&mut self, index: usize, row: &[Option<&str>]) {
        let Some(fact) = self.facts.get_mut(index) else { return };
        let columns = &self.columns;
        let of_field =
            |field: Field| columns.iter().position(|column| *column == field).and_then(|at| row.get(at).copied().flatten());
        let own = fact.column.and_then(|column| row.get(column).copied().flatten());
        fact.text.clear();
        let own = match fact.column.and_then(|column| columns.get(column)) {
            Some(Field::Phone) => own.filter(|text| text.contains('@') == fact.is_stray),
            _ => own,
        };
        if fact.is_stray {
            fact.text.extend(own.and_then(normalize_email));
        }
        let is_known = (fact.is_stray || write_fact(fact.field, own, of_field, &mut fact.text).is_some())
            && !fact.text.is_empty()
            && !is_placeholder(fact.field, &fact.text)
            && !self.blocked.has(&fact.text);
        // A hash that happens to be 0, one in 2⁶⁴, is moved aside.
        fact.hash = if is_known { quick_hash(0, fact.text.as_bytes()).max(1) } else { 0 };
        fact.is_impossible = false;
        if fact.field == Field::BirthDate && fact.text.is_empty() {
            fact.is_impossible = write_impossible_date(of_field, &mut fact.text).is_some();
        }
    }
}

/// The hash of facts, or 0 where one is missing.
fn hash_of<'a>(facts: impl Iterator<Item = &'a Fact> + Clone) -> u64 {
    if facts.clone().all(|fact| fact.hash != 0) { combined(facts.map(|fact| fact.hash)).max(1) } else { 0 }
}

fn combined(hashes: impl Iterator<Item = u64>) -> u64 {
    hashes.fold(0, |all, hash| mix(all.rotate_left(23) ^ hash))
}

/// The facts that these columns can tell.
fn facts_of(columns: &[Field]) -> Vec<Fact> {
    let has = |field: Field| columns.contains(&field);
    let fact = Fact::new;
    let mut facts: Vec<Fact> = vec![];
    for (index, field) in columns.iter().enumerate().filter(|(_, field)| matches!(field, Field::Email | Field::Phone)) {
        facts.push(fact(*field, Some(index)));
    }
    let single = [
        Field::Postcode,
        Field::NationalId,
        Field::Street,
        Field::HouseNumber,
        Field::City,
        Field::Region,
        Field::Company,
        Field::AddressLine,
    ];
    for field in single {
        facts.extend(columns.iter().position(|column| *column == field).map(|index| fact(field, Some(index))));
    }
    let derived = [
        (Field::GivenName, has(Field::GivenName) || has(Field::Name)),
        (Field::MiddleName, has(Field::MiddleName)),
        (Field::FamilyName, has(Field::FamilyName) || has(Field::Name)),
        (Field::Name, (has(Field::GivenName) && has(Field::FamilyName)) || has(Field::Name)),
        (Field::BirthDate, has(Field::BirthDate) || [Field::BirthYear, Field::BirthMonth, Field::BirthDay].into_iter().all(has)),
    ];
    facts.extend(derived.into_iter().filter(|(_, is_there)| *is_there).map(|(field, _)| fact(field, None)));
    facts
}

pub(super) fn is_phone(digits: &str) -> bool {
    digits.len() >= PHONE_DIGITS_MIN
}

/// What a number is compared by.
pub(super) fn last_digits(digits: &str) -> &str {
    digits.get(digits.len().saturating_sub(PHONE_DIGITS)..).unwrap_or(digits)
}

/// An identity number without its separators, in upper case.
pub(super) fn identifier(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

pub(super) fn is_identifier(identifier: &str) -> bool {
    identifier.chars().count() >= NATIONAL_ID_CHARS_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hashes of records under each key of the threshold.
    fn keys_of(columns: &[Field], rows: &[&[Option<&str>]], blocked: &[String]) -> Vec<Vec<u64>> {
        let mut reader = PersonReader::new(columns.to_vec(), 0.0, Blocked::new(blocked));
        let mut keys = vec![vec![]; reader.slots().len()];
        for row in rows {
            reader.read(row, &mut keys);
        }
        keys
    }

    fn agree(columns: &[Field], left: &[Option<&str>], right: &[Option<&str>]) -> bool {
        keys_of(columns, &[left, right], &[]).iter().any(|hashes| matches!(hashes.as_slice(), [a, b] if a == b && *a != 0))
    }

    #[test]
    fn names_may_change_places_and_dates_their_form() {
        let columns = [Field::GivenName, Field::FamilyName, Field::BirthDate];
        let ann = [Some("ann"), Some("lee"), Some("1971-06-24")];
        assert!(agree(&columns, &ann, &[Some("lee"), Some("ann"), Some("24.06.1971")]));
        assert!(!agree(&columns, &ann, &[Some("ann"), Some("lee"), Some("1971-06-25")]));
        assert!(!agree(&columns, &ann, &[Some("ann"), None, Some("1971-06-24")]));
        assert!(!agree(&columns, &[None, None, None], &[None, None, None]));
    }

    #[test]
    fn a_full_name_counts_as_its_parts() {
        let columns = [Field::Phone, Field::GivenName, Field::FamilyName, Field::Name];
        let parts = [Some("+442079460018"), Some("ann marie"), Some("lee"), None];
        assert!(agree(&columns, &parts, &[Some("020 7946 0018"), None, None, Some("ann lee")]));
        assert!(keys_of(&[Field::Name], &[&[Some("madonna")]], &[]).iter().all(|hashes| hashes == &[0]));
    }

    #[test]
    fn particles_are_of_the_family_name() {
        let columns = [Field::GivenName, Field::FamilyName, Field::Name];
        for (name, given, family) in [
            ("jan van der berg", "jan", "van der berg"),
            ("maria luisa de la cruz", "maria", "de la cruz"),
            ("de souza", "de", "souza"),
            ("ann lee", "ann", "lee"),
            ("van der van", "van", "der van"),
        ] {
            let mut reader = PersonReader::new(columns.to_vec(), 0.95, Blocked::default());
            reader.read(&[None, None, Some(name)], &mut []);
            let told = reader.told();
            let text = |wanted| told.iter().zip(reader.texts()).find(|(field, _)| **field == wanted).map(|(_, text)| text);
            assert_eq!((text(Field::GivenName), text(Field::FamilyName)), (Some(given), Some(family)), "{name}");
        }
    }

    #[test]
    fn a_name_without_spaces_is_a_whole_one_where_it_is_written_so() {
        let columns = [Field::Name, Field::BirthDate];
        let born = |name| [Some(name), Some("1971-06-24")];
        for name in ["山田太郎", "李明", "김민준"] {
            assert!(agree(&columns, &born(name), &born(name)), "{name}");
        }
        for name in ["madonna", "李", "мария"] {
            assert!(!agree(&columns, &born(name), &born(name)), "{name}");
        }
    }

    #[test]
    fn three_columns_make_a_date() {
        let columns = [Field::Name, Field::BirthYear, Field::BirthMonth, Field::BirthDay];
        assert!(agree(
            &columns,
            &[Some("ann lee"), Some("1971"), Some("6"), Some("24")],
            &[Some("lee ann"), Some("1971"), Some("06"), Some("24")]
        ));
        assert!(!agree(
            &columns,
            &[Some("ann lee"), Some("1971"), Some("2"), Some("30")],
            &[Some("ann lee"), Some("1971"), Some("2"), Some("30")]
        ));
    }

    #[test]
    fn blocked_values_and_placeholders_agree_with_nothing() {
        let row = [Some("ann@example.com")];
        let blocked = ["ANN@example.com ".to_owned()];
        assert!(agree(&[Field::Email], &row, &row));
        assert!(keys_of(&[Field::Email], &[&row], &blocked).iter().all(|hashes| hashes == &[0]));
        assert!(!agree(&[Field::Email], &[Some("none@none.com")], &[Some("none@none.com")]));
        let shared = ["(020) 7946 0018".to_owned()];
        assert!(keys_of(&[Field::Phone], &[&[Some("+442079460018")]], &shared).iter().all(|hashes| hashes == &[0]));
    }

    #[test]
    fn an_address_among_telephones_is_one() {
        let said = |text: &str| {
            let mut reader = PersonReader::of_records(vec![Field::Phone], 0.95, Blocked::default());
            reader.read(&[Some(text)], &mut []);
            reader
                .told()
                .into_iter()
                .zip(reader.texts())
                .map(|(field, text)| format!("{}={text}", field.name()))
                .collect::<Vec<_>>()
        };
        assert_eq!(said("+44 20 7946 0018"), ["email=", "phone=079460018"]);
        assert_eq!(said("5551234567@Example.com"), ["email=5551234567@example.com", "phone="]);
    }

    #[test]
    fn parts_of_a_name_count() {
        let columns = [Field::GivenName, Field::MiddleName, Field::FamilyName, Field::SecondFamilyName];
        let said = |row: &[Option<&str>]| {
            let mut reader = PersonReader::new(columns.to_vec(), 0.95, Blocked::default());
            reader.read(row, &mut []);
            reader
                .told()
                .into_iter()
                .zip(reader.texts())
                .map(|(field, text)| format!("{}={text}", field.name()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            said(&[Some("ann"), Some("marie"), Some("garcia"), Some("lopez")]),
            ["given_name=ann", "middle_name=marie", "family_name=garcia lopez"]
        );
        assert_eq!(
            said(&[Some("ann marie"), None, Some("garcia lopez"), None]),
            ["given_name=ann", "middle_name=marie", "family_name=garcia lopez"]
        );
    }

    #[test]
    fn a_threshold_leaves_the_surer_keys() {
        let keys = |threshold| {
            PersonReader::new(vec![Field::Phone, Field::Phone, Field::GivenName], threshold, Blocked::default())
                .slots()
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(0.96), [3, 3]);
        assert_eq!(keys(0.5), [3, 3, 6, 6, 10, 10]);
        assert_eq!(keys(1.0), [0_usize; 0]);
    }
}
