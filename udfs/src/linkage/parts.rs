//! Parts of values: the sound of a name, the year of a date. Records whose values have a part in common may be one person.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};

use super::field::Field;
use super::hash::quick_hash;
use super::parallel::Work;
use super::texts::Numbers;
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
    pub fn write(self, text: &str) -> Option<Cow<'_, str>> {
        match self {
            Self::Whole => Some(text),
            Self::Sound => {
                return Some(crate::text::soundex::soundex(text)).filter(|code| !code.is_empty()).map(Cow::Owned);
            }
            // The first three letters of more.
            Self::Start => text.char_indices().nth(3).and_then(|(end, _)| text.get(..end)),
            Self::Mailbox => text.split_once('@').map(|(mailbox, _)| mailbox),
            Self::Year => text.get(..4),
            Self::MonthAndDay => text.get(5..),
            Self::Tail => text.get(3..),
        }
        .map(Cow::Borrowed)
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
    /// By the number of the value; 0 where it has no such part. Of whole values none: each is its own class.
    classes: Vec<u32>,
    /// Pairs of records in one class.
    pub pairs: u64,
}

impl Partition {
    pub fn new(index: usize, values: &Values, part: Part, work: &Work) -> Option<Self> {
        let pairs_of = |size: u64| size * size.saturating_sub(1) / 2;
        if part == Part::Whole {
            let pairs = values.counts.iter().map(|size| pairs_of(u64::from(*size))).sum();
            return Some(Self { field: index, part, classes: vec![], pairs });
        }
        let (mut numbers, mut sizes, seed) = (Numbers::default(), vec![0_u64], RandomState::new().hash_one(0_u8));
        let mut class = |(step, (text, count)): (usize, (&str, &u32))| {
            work.goes_on_at(step)?;
            let Some(written) = Some(text).filter(|text| !text.is_empty()).and_then(|text| part.write(text)) else {
                return Some(0);
            };
            let class = numbers.number(quick_hash(seed, written.as_bytes()), |_| true);
            if class as usize == sizes.len() {
                sizes.push(0);
            }
            sizes[class as usize] += u64::from(*count);
            Some(class)
        };
        let classes = values.texts.iter().zip(&values.counts).enumerate().map(&mut class).collect::<Option<_>>()?;
        Some(Self { field: index, part, classes, pairs: sizes.iter().copied().map(pairs_of).sum() })
    }

    /// The class of a value; 0 where it has no such part.
    pub fn class(&self, code: u32) -> u32 {
        if self.part == Part::Whole { code } else { self.classes.get(code as usize).copied().unwrap_or_default() }
    }

    /// The class of a record, of several values that of the first; 0 where it has none.
    pub fn class_of(&self, fields: &[Values], record: u32) -> u32 {
        let first = fields.get(self.field).and_then(|values| values.of(record).next());
        first.map_or(0, |code| self.class(code))
    }
}
