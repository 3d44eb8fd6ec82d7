//! Compares records, and remembers what values were compared.

use super::field::Field;
use super::hash::mix;
use super::levels::{EQUAL, EXCHANGED, MISSING, Side, compare, levels};
use super::model::{level_in, with_level};
use super::values::Values;

/// Each field remembers as many comparisons as this power of two.
const MEMO_BITS: u32 = 15;

pub struct Comparer<'a> {
    fields: &'a [Values],
    memo: Vec<Vec<(u64, u8)>>,
    given_and_family: Option<(usize, usize)>,
}

impl<'a> Comparer<'a> {
    pub fn new(fields: &'a [Values]) -> Self {
        let at = |field: Field| fields.iter().position(|values| values.field == field);
        let memo = fields.iter().map(|_| vec![(u64::MAX, 0); 1 << MEMO_BITS]).collect();
        Self { fields, memo, given_and_family: at(Field::GivenName).zip(at(Field::FamilyName)) }
    }

    /// The levels of all fields of two records; of several values those that are most alike count.
    pub fn pattern(&mut self, left: u32, right: u32) -> u64 {
        let mut pattern = 0;
        let fields = self.fields;
        for (index, values) in fields.iter().enumerate() {
            let mut best = MISSING;
            for one in values.of(left) {
                for other in values.of(right) {
                    let level = self.level(index, one, other);
                    best = if best == MISSING { level } else { best.min(level) };
                }
            }
            pattern = with_level(pattern, index, best);
        }
        match self.given_and_family {
            Some((given, family)) => self.exchanged(pattern, left, right, given, family),
            None => pattern,
        }
    }

    fn level(&mut self, index: usize, left: u32, right: u32) -> u8 {
        if left == right {
            return EQUAL;
        }
        let (left, right) = (left.min(right), left.max(right));
        let key = u64::from(left) << 32 | u64::from(right);
        let slot = (mix(key) >> (64 - MEMO_BITS)) as usize;
        let values = &self.fields[index];
        let entry = &mut self.memo[index][slot];
        if entry.0 != key {
            // The numbers of texts are arbitrary; the texts are not.
            let (one, other) = (side(values, left), side(values, right));
            let (one, other) = if one.text <= other.text { (one, other) } else { (other, one) };
            *entry = (key, compare(values.field, one, other));
        }
        entry.1
    }

    /// Names that have changed places: the given name says so, and the family name nothing.
    fn exchanged(&self, pattern: u64, left: u32, right: u32, given: usize, family: usize) -> u64 {
        let is_different = |index: usize| usize::from(level_in(pattern, index)) == levels(self.fields[index].field).len();
        if !is_different(given) || !is_different(family) {
            return pattern;
        }
        let of = |index: usize, record: u32| {
            let values = &self.fields[index];
            values.of(record).next().map(|code| side(values, code))
        };
        let crossed = [(of(given, left), of(family, right)), (of(family, left), of(given, right))];
        let is_exchanged = crossed.into_iter().all(|(one, other)| match (one, other) {
            (Some(one), Some(other)) => one.text == other.text || compare(Field::FamilyName, one, other) == EQUAL + 1,
            _ => false,
        });
        if !is_exchanged {
            return pattern;
        }
        let others = pattern & !(15 << (4 * given)) & !(15 << (4 * family));
        with_level(others, given, EXCHANGED)
    }
}

fn side(values: &Values, code: u32) -> Side<'_> {
    Side { text: values.text(code), sketch: values.sketch(code) }
}
