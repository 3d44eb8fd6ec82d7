//! The values of one fact, each text once: records hold numbers that stand for texts, so that equal values are compared as numbers and
//! every pair of different texts is compared once.

use std::ops::Range;
use std::sync::Arc;

use super::field::Field;
use super::hash::stable_hash;
use super::texts::Texts;

/// No value.
pub const MISSING: u32 = 0;

/// The numbers of all records' values, record by record: those of one record lie together in memory.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Numbers of one record.
    pub width: usize,
    pub numbers: Vec<u32>,
}

impl Rows {
    pub fn of(&self, record: u32) -> &[u32] {
        let start = record as usize * self.width;
        self.numbers.get(start..start + self.width).unwrap_or_default()
    }
}

/// The values of one field over all records. A record may have several, one for each column of the field.
#[derive(Clone, Debug)]
pub struct Values {
    pub field: Field,
    pub rows: Arc<Rows>,
    /// The field's columns among those of a record.
    pub columns: Range<usize>,
    pub texts: Texts,
    pub sketches: Vec<Sketch>,
    /// How many records have each text.
    pub counts: Vec<u32>,
}

impl Values {
    pub fn text(&self, code: u32) -> &str {
        self.texts.get(code)
    }

    pub fn sketch(&self, code: u32) -> Sketch {
        self.sketches.get(code as usize).copied().unwrap_or_default()
    }

    pub fn count(&self, code: u32) -> u32 {
        self.counts.get(code as usize).copied().unwrap_or_default()
    }

    /// All values of a record.
    pub fn row(&self, record: u32) -> &[u32] {
        self.rows.of(record)
    }

    /// The numbers of a record's values, without missing ones.
    pub fn of(&self, record: u32) -> impl Iterator<Item = u32> + Clone + '_ {
        let codes = self.rows.of(record).get(self.columns.clone()).unwrap_or_default();
        codes.iter().copied().filter(|code| *code != MISSING)
    }

    /// Values in all records together.
    pub fn known(&self) -> u64 {
        self.counts.iter().map(|count| u64::from(*count)).sum()
    }
}

/// What a text is made of, which tells of most pairs of texts that they are not alike.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sketch {
    whole: Letters,
    /// A bit for each word; of an e-mail address the letters of the mailbox.
    part: Letters,
}

/// A bit for each letter, and above them how many they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Letters(u64);

const LETTERS: u64 = (1 << 48) - 1;
const DIGITS: u64 = 0x3ff << 26;

impl Letters {
    fn of(text: &str) -> Self {
        let bit = |letter: char| match letter {
            'a'..='z' => letter as u32 - 'a' as u32,
            '0'..='9' => 26 + letter as u32 - '0' as u32,
            other => 36 + other as u32 % 12,
        };
        let (letters, length) = text.chars().fold((0_u64, 0_u64), |(bits, length), letter| (bits | 1 << bit(letter), length + 1));
        Self(letters | length.min(u64::from(u16::MAX)) << 48)
    }

    fn length(self) -> u32 {
        (self.0 >> 48) as u32
    }

    /// Letters that the other has not.
    fn without(self, other: Self) -> u32 {
        (self.0 & !other.0 & LETTERS).count_ones()
    }

    /// No Jaro-Winkler similarity is greater, whatever the order of the letters.
    fn similarity_max(self, other: Self) -> f32 {
        let (own, others) = (self.length().max(1) as f32, other.length().max(1) as f32);
        let shared = (own - self.without(other) as f32).min(others - other.without(self) as f32);
        let jaro = (shared / own + shared / others + 1.0) / 3.0;
        jaro + 0.4 * (1.0 - jaro) + 1e-5
    }
}

impl Sketch {
    pub fn of(field: Field, text: &str) -> Self {
        let words =
            |text: &str| text.split([' ', '-']).fold(0, |bits, word| bits | 1_u64 << (stable_hash([word.as_bytes()]) & 63));
        let part = if field == Field::Email { Letters::of(mailbox(text)) } else { Letters(words(text)) };
        Self { whole: Letters::of(text), part }
    }

    /// No fewer edits than these turn one text into the other: each replaces at most one letter by one.
    pub fn edits_min(self, other: Self) -> u32 {
        let missing = self.whole.without(other.whole).max(other.whole.without(self.whole));
        missing.max(self.whole.length().abs_diff(other.whole.length()))
    }

    /// Whether the Jaro-Winkler similarity may be so great.
    pub fn may_be_similar(self, other: Self, least: f32) -> bool {
        self.whole.similarity_max(other.whole) >= least
    }

    /// Whether one may begin with the other.
    pub fn may_begin(self, other: Self) -> bool {
        (self.whole.without(other.whole) == 0) | (other.whole.without(self.whole) == 0)
    }

    pub fn may_share_word(self, other: Self) -> bool {
        self.part.0 & other.part.0 != 0
    }

    /// Whether the mailboxes of two addresses may be equal.
    pub fn may_share_mailbox(self, other: Self) -> bool {
        self.part == other.part
    }

    /// Whether the mailboxes of two addresses may be so similar and have the same digits.
    pub fn may_have_similar_mailboxes(self, other: Self, least: f32) -> bool {
        ((self.part.0 ^ other.part.0) & DIGITS == 0) & (self.part.similarity_max(other.part) >= least)
    }
}

/// What stands before the @ of an e-mail address.
pub fn mailbox(email: &str) -> &str {
    email.split_once('@').map_or(email, |(mailbox, _)| mailbox)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::linkage::damerau_levenshtein::damerau_levenshtein;
    use crate::linkage::jaro_winkler::jaro_winkler;

    proptest! {
        /// A sketch never says no where the texts themselves would say yes.
        #[test]
        fn a_sketch_never_rules_out_what_is_alike(left in "[a-f éß0-3@]{1,12}", right in "[a-f éß0-3@]{1,12}") {
            let (one, other) = (Sketch::of(Field::City, &left), Sketch::of(Field::City, &right));
            prop_assert!(one.may_be_similar(other, jaro_winkler(&left, &right) as f32), "{left} {right}");
            if left.is_ascii() && right.is_ascii() {
                prop_assert!(one.edits_min(other) as usize <= damerau_levenshtein(&left, &right).unwrap(), "{left} {right}");
            }
            let (one, other) = (Sketch::of(Field::Email, &left), Sketch::of(Field::Email, &right));
            let mailboxes = (mailbox(&left), mailbox(&right));
            let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).collect::<Vec<u8>>();
            if digits(mailboxes.0) == digits(mailboxes.1) {
                let similarity = jaro_winkler(mailboxes.0, mailboxes.1) as f32;
                prop_assert!(one.may_have_similar_mailboxes(other, similarity), "{left} {right}");
            }
            prop_assert!(mailboxes.0 != mailboxes.1 || one.may_share_mailbox(other), "{left} {right}");
        }
    }
}
