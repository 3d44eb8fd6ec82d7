//! Numbers for texts and hashes, each once, in the order in which they come.

use std::hash::{BuildHasher, RandomState};

use super::hash::quick_hash;

/// Numbers from 1 on for 64-bit hashes; an open table with linear probing.
///
/// Source: D. Knuth, The Art of Computer Programming 3, section 6.4, algorithm L.
#[derive(Clone, Debug)]
pub struct Numbers {
    /// The hash of each number, the first of no number.
    hashes: Vec<u64>,
    /// A number in each slot, 0 where it is free; a power of two of them.
    slots: Vec<u32>,
}

impl Default for Numbers {
    fn default() -> Self {
        Self { hashes: vec![0], slots: vec![0; 64] }
    }
}

impl Numbers {
    /// How many numbers there are, with 0.
    pub fn count(&self) -> usize {
        self.hashes.len()
    }

    /// The number of this hash, a new one where there is none of which `is_it` holds.
    pub fn number(&mut self, hash: u64, is_it: impl Fn(u32) -> bool) -> u32 {
        if self.hashes.len() * 2 > self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let number = self.slots[slot];
            if number == 0 {
                let next = u32::try_from(self.hashes.len()).unwrap_or(u32::MAX);
                self.hashes.push(hash);
                self.slots[slot] = next;
                return next;
            }
            if self.hashes[number as usize] == hash && is_it(number) {
                return number;
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 4 - 1;
        let mut slots = vec![0; mask + 1];
        for (number, hash) in (0..).zip(&self.hashes).skip(1) {
            let mut slot = *hash as usize & mask;
            while slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            slots[slot] = number;
        }
        self.slots = slots;
    }
}

/// Texts with a number each, from 1 on; 0 is the empty one.
#[derive(Clone, Debug)]
pub struct Texts {
    letters: String,
    /// Where each text ends.
    ends: Vec<usize>,
    numbers: Numbers,
    /// Another one for each table, so that nobody can choose texts that slow it down.
    seed: u64,
}

impl Default for Texts {
    fn default() -> Self {
        Self { letters: String::new(), ends: vec![0], numbers: Numbers::default(), seed: RandomState::new().hash_one(0_u8) }
    }
}

impl Texts {
    /// How many texts there are, with the empty one.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, number: u32) -> &str {
        let end = |number: usize| self.ends.get(number).copied().unwrap_or_default();
        let number = number as usize;
        self.letters.get(end(number.saturating_sub(1))..end(number)).unwrap_or_default()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..).take(self.count()).map(|number| self.get(number))
    }

    /// The number of this text, a new one where it is new.
    pub fn number(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let Self { letters, ends, numbers, seed } = self;
        let is_it = |number: u32| {
            let number = number as usize;
            letters.as_bytes().get(ends[number - 1]..ends[number]) == Some(text.as_bytes())
        };
        let number = numbers.number(quick_hash(*seed, text.as_bytes()), is_it);
        if number as usize == ends.len() {
            letters.push_str(text);
            ends.push(letters.len());
        }
        number
    }

    /// Frees what only new texts need.
    pub fn finish(&mut self) {
        self.numbers = Numbers::default();
        self.letters.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// As a map from the standard library numbers them.
        #[test]
        fn a_text_has_one_number(words in prop::collection::vec("[ab]{0,5}", 0..300)) {
            let (mut texts, mut expected) = (Texts::default(), HashMap::from([("", 0)]));
            for word in &words {
                let next = u32::try_from(expected.len()).unwrap();
                prop_assert_eq!(texts.number(word), *expected.entry(word).or_insert(next));
            }
            prop_assert_eq!(texts.count(), expected.len());
            for (word, number) in expected {
                prop_assert_eq!(texts.get(number), word);
            }
        }
    }

    #[test]
    fn hashes_that_meet_in_a_slot_have_numbers_of_their_own() {
        let mut numbers = Numbers::default();
        for hash in [1, 1 << 32, 1 | 1 << 40, 1] {
            numbers.number(hash, |_| true);
        }
        assert_eq!((numbers.count(), numbers.number(1 << 32, |_| true)), (4, 2));
        assert_eq!(numbers.number(1, |_| false), 4);
    }
}
