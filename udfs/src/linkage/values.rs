//! The values of one fact, each text once: records hold numbers that stand for texts, so that equal values are compared as numbers and
//! every pair of different texts is compared once.

use super::field::Field;
use super::hash::stable_hash;

/// No value.
pub const MISSING: u32 = 0;

/// The values of one field over all records. A record may have several, one for each column of the field.
#[derive(Clone, Debug)]
pub struct Values {
    pub field: Field,
    /// For each column, the number of each record's text; [`MISSING`] where there is none.
    pub codes: Vec<Vec<u32>>,
    /// The texts, the first of them empty.
    pub texts: Vec<String>,
    /// What each text is made of, which tells of most pairs of texts that they are not alike.
    pub sketches: Vec<Sketch>,
    /// How many records have each text.
    pub counts: Vec<u32>,
}

impl Values {
    /// The values with these numbers; the first text is the missing one.
    pub fn new(field: Field, codes: Vec<Vec<u32>>, texts: Vec<String>, counts: Vec<u32>) -> Self {
        let sketches = texts.iter().map(|text| Sketch::of(text)).collect();
        Self { field, codes, texts, sketches, counts }
    }

    pub fn text(&self, code: u32) -> &str {
        self.texts.get(code as usize).map_or("", String::as_str)
    }

    pub fn sketch(&self, code: u32) -> Sketch {
        self.sketches.get(code as usize).copied().unwrap_or_default()
    }

    pub fn count(&self, code: u32) -> u32 {
        self.counts.get(code as usize).copied().unwrap_or_default()
    }

    /// The numbers of a record's values, without missing ones.
    pub fn of(&self, record: u32) -> impl Iterator<Item = u32> + Clone + '_ {
        self.codes.iter().map(move |codes| codes.get(record as usize).copied().unwrap_or(MISSING)).filter(|code| *code != MISSING)
    }

    /// Values in all records together.
    pub fn known(&self) -> u64 {
        self.counts.iter().map(|count| u64::from(*count)).sum()
    }
}

/// The letters and the words of a text, each a bit among 64.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sketch {
    letters: u64,
    words: u64,
    length: u32,
}

impl Sketch {
    pub fn of(text: &str) -> Self {
        let bit = |hash: u64| 1_u64 << (hash & 63);
        let letters = text.bytes().fold(0, |bits, letter| bits | bit(u64::from(letter)));
        let words = text.split([' ', '-']).fold(0, |bits, word| bits | bit(stable_hash([word.as_bytes()])));
        Self { letters, words, length: u32::try_from(text.len()).unwrap_or(u32::MAX) }
    }

    /// No fewer edits than these turn one text into the other: each replaces at most one letter by one.
    pub fn edits_min(self, other: Self) -> usize {
        let missing = (self.letters & !other.letters).count_ones().max((other.letters & !self.letters).count_ones());
        missing.max(self.length.abs_diff(other.length)) as usize
    }

    /// The Jaro-Winkler similarity is not greater, whatever the order of the letters.
    pub fn similarity_max(self, other: Self) -> f64 {
        let (one, two) = (f64::from(self.length.max(1)), f64::from(other.length.max(1)));
        let shared = (one - f64::from((self.letters & !other.letters).count_ones()))
            .min(two - f64::from((other.letters & !self.letters).count_ones()));
        let jaro = (shared / one + shared / two + 1.0) / 3.0;
        jaro + 0.4 * (1.0 - jaro)
    }

    pub fn shares_word(self, other: Self) -> bool {
        self.words & other.words != 0
    }
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
        fn a_sketch_never_rules_out_what_is_alike(left in "[a-f éß0-3]{1,12}", right in "[a-f éß0-3]{1,12}") {
            let (one, other) = (Sketch::of(&left), Sketch::of(&right));
            prop_assert!(one.similarity_max(other) >= jaro_winkler(&left, &right) - 1e-9, "{left} {right}");
            if left.is_ascii() && right.is_ascii() {
                prop_assert!(one.edits_min(other) <= damerau_levenshtein(&left, &right).unwrap(), "{left} {right}");
            }
        }
    }
}
