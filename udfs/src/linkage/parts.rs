//! Parts of values: the sound of a name, the year of a date. Records whose values have a part in common may be one person.

use super::field::Field;
use super::hash::{mix, stable_hash};
use super::values::Values;

/// A part of a field's values that a rule asks to be equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Whole,
    Sound,
    Start,
    Mailbox,
    Year,
    MonthAndDay,
    Tail,
}

impl Part {
    /// Those of a field.
    pub fn of(field: Field) -> &'static [Self] {
        match field {
            Field::GivenName | Field::FamilyName => &[Self::Whole, Self::Sound, Self::Start],
            Field::BirthDate => &[Self::Whole, Self::Year, Self::MonthAndDay],
            Field::Email => &[Self::Whole, Self::Mailbox, Self::Start],
            Field::NationalId => &[Self::Whole, Self::Start, Self::Tail],
            Field::Postcode | Field::Street | Field::City | Field::Company => &[Self::Whole, Self::Start],
            Field::Phone | Field::HouseNumber | Field::AddressLine => &[Self::Whole],
            _ => &[],
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Sound => " sound",
            Self::Start => " start",
            Self::Mailbox => " mailbox",
            Self::Year => " year",
            Self::MonthAndDay => " day",
            Self::Tail => " end",
        }
    }

    /// Whether values that are mistyped still agree on it, out of 100.
    pub const fn survives(self) -> u64 {
        match self {
            Self::Whole => 0,
            Self::Sound => 55,
            Self::Start => 60,
            Self::Mailbox => 10,
            Self::Year => 55,
            Self::MonthAndDay | Self::Tail => 50,
        }
    }

    /// That part of a text, where it has one.
    pub fn write(self, text: &str) -> Option<String> {
        let start = |letters: usize| (text.chars().count() > letters).then(|| text.chars().take(letters).collect::<String>());
        match self {
            Self::Whole => Some(text.to_owned()),
            Self::Sound => Some(crate::text::soundex::soundex(text)).filter(|code| !code.is_empty()),
            Self::Start => start(3),
            Self::Mailbox => text.split_once('@').map(|(mailbox, _)| mailbox.to_owned()),
            Self::Year => text.get(..4).map(str::to_owned),
            Self::MonthAndDay => text.get(5..).map(str::to_owned),
            Self::Tail => text.get(3..).map(str::to_owned),
        }
    }
}

/// How often two records of one person have equal values in a field, and how often one is mistyped, out of 100; the rest are
/// different values.
pub const fn agreement(field: Field) -> (u64, u64) {
    match field {
        Field::NationalId | Field::BirthDate => (88, 9),
        Field::FamilyName | Field::GivenName => (84, 10),
        Field::Email | Field::Phone => (75, 8),
        Field::Street | Field::AddressLine | Field::Company => (65, 20),
        _ => (80, 10),
    }
}

/// One part of one field, with the class of each value of it.
#[derive(Debug)]
pub struct Partition {
    /// Among the fields of the records.
    pub field: usize,
    pub part: Part,
    /// By the number of the value; 0 where it has no such part.
    classes: Vec<u64>,
    /// Pairs of records in one class.
    pub pairs: u64,
}

impl Partition {
    pub fn new(index: usize, values: &Values, part: Part) -> Self {
        let seed = mix(((index as u64) << 8) | part as u64);
        let class = |text: &String| {
            let written = (!text.is_empty()).then(|| part.write(text)).flatten();
            written.map_or(0, |written| (stable_hash([written.as_bytes()]) ^ seed).max(1))
        };
        let classes: Vec<u64> = values.texts.iter().map(class).collect();
        let mut sizes: Vec<(u64, u64)> =
            classes.iter().copied().zip(values.counts.iter().map(|count| u64::from(*count))).collect();
        sizes.sort_unstable();
        let of_class = |group: &[(u64, u64)]| {
            let size: u64 = group.iter().map(|(_, count)| count).sum();
            if group.first().is_some_and(|(class, _)| *class == 0) { 0 } else { size * size.saturating_sub(1) / 2 }
        };
        let pairs = sizes.chunk_by(|left, right| left.0 == right.0).map(of_class).sum();
        Self { field: index, part, classes, pairs }
    }

    /// The class of a value; 0 where it has no such part.
    pub fn class(&self, code: u32) -> u64 {
        self.classes.get(code as usize).copied().unwrap_or_default()
    }
}
