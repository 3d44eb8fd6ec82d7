//! Compares records, and remembers what values were compared.

use super::field::Field;
use super::hash::mix;
use super::levels::{EQUAL, EXCHANGED, MISSING, Side, compare, levels, may_be_alike};
use super::model::{level_in, with_level};
use super::values::{self, Values};

/// Each field remembers as many comparisons as this power of two.
const MEMO_BITS: u32 = 15;
/// Of more texts hardly two are compared twice.
const MEMO_TEXTS_MAX: usize = 1 << 17;

/// Two records, or two texts.
pub type Two = (u32, u32);

pub struct Comparer<'a> {
    fields: &'a [Values],
    /// Numbers of two texts with their level.
    memo: Vec<Vec<u64>>,
    given_and_family: Option<(usize, usize)>,
    buffers: Buffers,
}

/// What is known of the pairs that are being compared.
#[derive(Default)]
struct Buffers {
    patterns: Vec<u64>,
    /// In one field, the numbers of their texts.
    texts: Vec<Two>,
    /// Of which pairs they may have something in common.
    alike: Vec<usize>,
}

impl<'a> Comparer<'a> {
    pub fn new(fields: &'a [Values]) -> Self {
        let at = |field: Field| fields.iter().position(|values| values.field == field);
        let memo = fields.iter().map(|_| vec![u64::MAX; 1 << MEMO_BITS]).collect();
        Self { fields, memo, given_and_family: at(Field::GivenName).zip(at(Field::FamilyName)), buffers: Buffers::default() }
    }

    /// Gives the levels of all fields of some pairs; of several values those that are most alike count. The pairs are compared one field after the other, and most have nothing in common, which
    /// sketches tell without a look at the texts: so memory is read for many pairs at a time.
    pub fn patterns(&mut self, pairs: &[Two], mut each: impl FnMut(Two, u64)) {
        let Buffers { mut patterns, mut texts, mut alike } = std::mem::take(&mut self.buffers);
        patterns.clear();
        patterns.resize(pairs.len(), 0);
        let fields = self.fields;
        for (index, values) in fields.iter().enumerate() {
            if values.columns.len() > 1 {
                let levels = pairs.iter().map(|(left, right)| self.level_of_several(index, *left, *right));
                patterns.iter_mut().zip(levels).for_each(|(pattern, level)| *pattern = with_level(*pattern, index, level));
                continue;
            }
            let column = values.columns.start;
            texts.clear();
            texts.extend(pairs.iter().map(|(left, right)| (values.row(*left)[column], values.row(*right)[column])));
            let different = u8::try_from(levels(values.field).len()).unwrap_or(u8::MAX);
            // Both lists are written without a branch that the processor could guess wrongly while it waits for memory.
            alike.clear();
            alike.resize(pairs.len(), 0);
            let mut count = 0;
            for (at, ((one, other), pattern)) in texts.iter().zip(&mut patterns).enumerate() {
                let is_there = (*one != values::MISSING) & (*other != values::MISSING);
                let level = if one == other { EQUAL } else { different };
                let level = if is_there { level } else { MISSING };
                *pattern = with_level(*pattern, index, level);
                alike[count] = at;
                count += usize::from(is_there & (one != other));
            }
            let unequal = count;
            count = 0;
            for place in 0..unequal {
                let at = alike[place];
                let (one, other) = texts[at];
                alike[count] = at;
                count += usize::from(may_be_alike(values.field, values.sketch(one), values.sketch(other)));
            }
            alike.truncate(count);
            for at in &alike {
                let (one, other) = texts[*at];
                let others = patterns[*at] & !(15 << (4 * index));
                patterns[*at] = with_level(others, index, self.level(index, one, other));
            }
        }
        for ((left, right), pattern) in pairs.iter().zip(&patterns) {
            let pattern = match self.given_and_family {
                Some((given, family)) => self.exchanged(*pattern, *left, *right, given, family),
                None => *pattern,
            };
            each((*left, *right), pattern);
        }
        self.buffers = Buffers { patterns, texts, alike };
    }

    fn level_of_several(&mut self, index: usize, left: u32, right: u32) -> u8 {
        let values = &self.fields[index];
        let different = u8::try_from(levels(values.field).len()).unwrap_or(u8::MAX);
        let mut best = MISSING;
        for one in values.of(left) {
            for other in values.of(right) {
                if one == other {
                    return EQUAL;
                }
                best = if best == MISSING { different } else { best };
                if may_be_alike(values.field, values.sketch(one), values.sketch(other)) {
                    best = best.min(self.level(index, one, other));
                }
            }
        }
        best
    }

    /// The level of two texts that are there.
    fn level(&mut self, index: usize, left: u32, right: u32) -> u8 {
        if left == right {
            return EQUAL;
        }
        let values = &self.fields[index];
        let compared = || {
            // The numbers of texts are arbitrary; the texts are not.
            let (one, other) = (side(values, left), side(values, right));
            let (one, other) = if one.text <= other.text { (one, other) } else { (other, one) };
            compare(values.field, one, other)
        };
        if values.texts.count() > MEMO_TEXTS_MAX {
            return compared();
        }
        let key = u64::from(left.min(right)) << 32 | u64::from(left.max(right)) << 4;
        let entry = &mut self.memo[index][(mix(key) >> (64 - MEMO_BITS)) as usize];
        if *entry & !15 != key {
            *entry = key | u64::from(compared());
        }
        (*entry & 15) as u8
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
            (Some(one), Some(other)) => {
                one.sketch.edits_min(other.sketch) <= 1
                    && (one.text == other.text || compare(Field::FamilyName, one, other) == EQUAL + 1)
            }
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
