//! Pairs of records that are likely one person, and those of which it is doubtful.
//!
//! Of records that say exactly the same the first one speaks for all: it is paired with others, and they with it. So a million identical
//! records are a million pairs, and not half a billion.

use std::collections::HashMap;

use super::clusters::{Records, exceeds};
use super::key::{KEYS, KeySet};
use super::links::reason;
use super::matching::{self, Matched, bits_of, probability_of};
use super::parallel::Work;
use super::people::People;

/// Two records by their numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecordPair {
    pub left: u32,
    pub right: u32,
    /// The logarithm, to the base of two, of the odds that they are one person.
    pub weight: f64,
    pub probability: f64,
    /// The levels of their fields, or the keys that they agree on: what they have in common with other pairs.
    pub pattern: u64,
}

/// Pairs, and what each pattern rests on.
#[derive(Debug, Default)]
pub struct RecordPairs {
    pub pairs: Vec<RecordPair>,
    pub reasons: HashMap<u64, String>,
}

/// Bytes of one pair.
pub const PAIR_BYTES: usize = size_of::<RecordPair>();

/// Pairs for which room is asked for at a time.
const RESERVED_AT_ONCE: usize = 4_096;

impl RecordPairs {
    /// The pairs that a model finds to have a weight of at least `least`. `ids` are hashes of who the records are: the smallest is first.
    /// `None` when the work was stopped.
    pub fn by_model(people: &People, matched: &Matched, ids: &[u64], least: f64, work: &Work) -> Option<Self> {
        let (model, fields) = (&matched.model, people.fields.as_slice());
        let firsts = firsts(&people.contents, people.sizes.len(), ids);
        let first = |content: u32| firsts.get(content as usize).copied().unwrap_or_default();
        let pair =
            |left, right, weight, pattern| RecordPair { left, right, weight, probability: probability_of(weight), pattern };
        let likely = matched.pairs.iter().filter(|found| found.weight >= least);
        let mut pairs: Vec<RecordPair> =
            likely.map(|found| pair(first(found.left), first(found.right), found.weight, found.pattern)).collect();
        let alike = (0..).zip(&people.sizes).map(|(content, size)| {
            let pattern = matching::same(fields, content);
            (*size > 1).then(|| (pattern, matching::weight(model, fields, pattern, content, content)))
        });
        work.goes_on()?;
        let alike: Vec<Option<(u64, f64)>> = alike.collect();
        work.goes_on()?;
        for (record, content) in (0..).zip(&people.contents) {
            if let Some(content) = *content
                && let Some((pattern, weight)) = alike.get(content as usize).copied().flatten()
                && weight >= least
                && record != first(content)
            {
                pairs.push(pair(first(content), record, weight, pattern));
            }
        }
        let mut reasons = HashMap::new();
        work.goes_on()?;
        for pair in &pairs {
            reasons.entry(pair.pattern).or_insert_with(|| reason(model, pair.pattern));
        }
        Some(Self { pairs, reasons })
    }

    /// The pairs that agree on a key, under the rules of [`link`](super::clusters::link). `reserve` is asked for room for so many pairs before
    /// they are kept.
    ///
    /// # Errors
    /// Those of `reserve`.
    pub fn by_keys<E>(
        records: &Records,
        slots: &[usize],
        limit: usize,
        mut reserve: impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut found: Vec<(u32, u32, KeySet)> = vec![];
        let mut keep = |found: &mut Vec<(u32, u32, KeySet)>, left: u32, right: u32, key: usize| {
            if found.len().is_multiple_of(RESERVED_AT_ONCE) {
                reserve(RESERVED_AT_ONCE)?;
            }
            let mut keys = KeySet::default();
            keys.insert(key);
            found.push((left.min(right), left.max(right), keys));
            Ok(())
        };
        let mut distinct_keys: Vec<usize> = slots.to_vec();
        distinct_keys.dedup();
        for key in distinct_keys {
            for group in groups(records, slots, key, limit) {
                // The first record of each content, by who they are.
                let id = |record: u32| records.ids.get(record as usize).copied().unwrap_or_default();
                let content = |record: u32| records.contents.get(record as usize).copied().unwrap_or_default();
                let mut members = group;
                members.sort_unstable_by_key(|record| (content(*record), id(*record)));
                let mut firsts: Vec<u32> = vec![];
                for same in members.chunk_by(|left, right| content(*left) == content(*right)) {
                    let Some((first, others)) = same.split_first() else { continue };
                    others.iter().try_for_each(|other| keep(&mut found, *first, *other, key))?;
                    firsts.iter().try_for_each(|earlier| keep(&mut found, *earlier, *first, key))?;
                    firsts.push(*first);
                }
            }
        }
        found.sort_unstable();
        let mut pairs: Vec<RecordPair> = vec![];
        let mut reasons = HashMap::new();
        for same in found.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
            let keys = same.iter().fold(KeySet::default(), |all, (_, _, keys)| all.with(*keys));
            let (Some((left, right, _)), Some(probability)) = (same.first(), keys.probability()) else { continue };
            let (weight, pattern) = (bits_of(probability), keys.bits());
            pairs.push(RecordPair { left: *left, right: *right, weight, probability, pattern });
            reasons.entry(pattern).or_insert_with(|| keys.names());
        }
        Ok(Self { pairs, reasons })
    }

    /// The `n` pairs that are nearest to even odds, where each further pair of one pattern counts as one bit farther away: a hundred pairs
    /// show more than a hundred times the same doubt. Which they are depends on `ids`, not on the order of the records. `None` when the work was stopped.
    pub fn doubtful(mut self, n: usize, ids: &[u64], work: &Work) -> Option<Self> {
        let id = |record: u32| ids.get(record as usize).copied().unwrap_or_default();
        let who = |pair: &RecordPair| (id(pair.left).min(id(pair.right)), id(pair.left).max(id(pair.right)));
        let by_doubt = |one: &RecordPair, other: &RecordPair| one.weight.abs().total_cmp(&other.weight.abs());
        self.pairs.sort_unstable_by(|one, other| {
            one.pattern.cmp(&other.pattern).then(by_doubt(one, other)).then_with(|| who(one).cmp(&who(other)))
        });
        work.goes_on()?;
        let mut far: Vec<(f64, RecordPair)> = vec![];
        for of_pattern in self.pairs.chunk_by(|one, other| one.pattern == other.pattern) {
            far.extend(of_pattern.iter().take(n).enumerate().map(|(rank, pair)| (pair.weight.abs() + rank as f64, *pair)));
        }
        far.sort_unstable_by(|(one, pair), (other, of_other)| one.total_cmp(other).then_with(|| who(pair).cmp(&who(of_other))));
        far.truncate(n);
        Some(Self { pairs: far.into_iter().map(|(_, pair)| pair).collect(), reasons: self.reasons })
    }
}

/// Of each content the record whose id is smallest.
pub(super) fn firsts(contents: &[Option<u32>], count: usize, ids: &[u64]) -> Vec<u32> {
    let mut firsts: Vec<(u64, u32)> = vec![(u64::MAX, 0); count];
    for ((record, content), id) in (0..).zip(contents).zip(ids) {
        if let Some(slot) = content.and_then(|content| firsts.get_mut(content as usize)) {
            *slot = (*slot).min((*id, record));
        }
    }
    firsts.into_iter().map(|(_, record)| record).collect()
}

/// The records that agree on a key, where it links them.
fn groups<'a>(records: &'a Records, slots: &[usize], key: usize, limit: usize) -> impl Iterator<Item = Vec<u32>> + 'a {
    let mut entries: Vec<(u64, u32)> = vec![];
    for (_, hashes) in slots.iter().zip(&records.keys).filter(|(of, _)| **of == key) {
        entries.extend(hashes.iter().copied().zip(0..).filter(|(hash, _)| *hash != 0));
    }
    entries.sort_unstable();
    entries.dedup();
    let is_contradictable = KEYS.get(key).is_some_and(|key| key.contradicted_by.is_some());
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = entries.get(at..)?;
            let (hash, _) = rest.first()?;
            let group: Vec<(u64, u32)> = rest.iter().take_while(|(other, _)| other == hash).copied().collect();
            at += group.len();
            let links = group.len() > 1
                && !exceeds(&group, &records.contents, limit)
                && !(is_contradictable && exceeds(&group, &records.given_names, 1));
            if links {
                return Some(group.into_iter().map(|(_, record)| record).collect());
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::linkage::clusters::{UnionFind, link};

    fn by_keys(records: &Records, slots: &[usize], limit: usize) -> RecordPairs {
        RecordPairs::by_keys::<()>(records, slots, limit, |_| Ok(())).unwrap()
    }

    fn keys_of(bits: u64) -> KeySet {
        let mut keys = KeySet::default();
        (0..KEYS.len()).filter(|key| bits & 1 << key != 0).for_each(|key| keys.insert(key));
        keys
    }

    fn pair(left: u32, weight: f64, pattern: u64) -> RecordPair {
        RecordPair { left, right: left + 100, weight, probability: probability_of(weight), pattern }
    }

    #[test]
    fn doubt_is_shown_in_its_kinds() {
        // Of one pattern ten pairs at even odds, of another one at two bits and of a third one at five.
        let mut pairs: Vec<RecordPair> = (0..10).map(|left| pair(left, 0.0, 7)).collect();
        pairs.extend([pair(20, -2.0, 8), pair(21, 5.0, 9)]);
        let ids: Vec<u64> = (0..200).map(|record| 1_000 - record).collect();
        let chosen = |pairs: &[RecordPair], n: usize| {
            let pairs = RecordPairs { pairs: pairs.to_vec(), reasons: HashMap::new() };
            pairs.doubtful(n, &ids, &Work::on(1)).unwrap().pairs.iter().map(|pair| pair.left).collect::<Vec<_>>()
        };
        // By the smallest id, which the last pair has: distances 0, 1, 2, 2, 3, 4, 5, 5 …
        assert_eq!(chosen(&pairs, 4), [9, 8, 20, 7]);
        assert_eq!(chosen(&pairs, 8), [9, 8, 20, 7, 6, 5, 21, 4]);
        assert_eq!(chosen(&pairs, 50).len(), 12);
        pairs.reverse();
        assert_eq!(chosen(&pairs, 8), [9, 8, 20, 7, 6, 5, 21, 4]);
    }

    #[test]
    fn identical_records_are_paired_with_their_first() {
        let n = 1_000;
        let records = Records {
            ids: (0..n).map(|id| id ^ 512).collect(),
            contents: vec![5; 1_000],
            given_names: vec![0; 1_000],
            keys: vec![vec![9; 1_000]],
        };
        let found = by_keys(&records, &[2], 50);
        assert_eq!(found.pairs.len(), 999);
        // Record 512 has the smallest id.
        assert!(found.pairs.iter().all(|pair| pair.left == 512 || pair.right == 512));
        assert_eq!(found.reasons.values().collect::<Vec<_>>(), ["email"]);
    }

    #[test]
    fn pairs_ask_for_room_before_they_are_kept() {
        let records = Records { ids: vec![1, 2], contents: vec![5, 6], given_names: vec![0; 2], keys: vec![vec![9; 2]] };
        assert_eq!(RecordPairs::by_keys(&records, &[2], 50, |_| Err("no room")).unwrap_err(), "no room");
    }

    proptest! {
        /// What the pairs connect is what keys connect, with the same keys at each record.
        #[test]
        fn pairs_connect_what_keys_connect(rows in prop::collection::vec([0_u64..9, 0_u64..9, 0_u64..4, 1_u64..30], 0..60)) {
            let column = |at: usize| rows.iter().map(|row| row[at]).collect::<Vec<u64>>();
            let records = Records {
                ids: (0..rows.len() as u64).map(|row| 1000 + row * 7919 % 1000).collect(),
                contents: column(3),
                given_names: column(2),
                keys: vec![column(0), column(1), column(1)],
            };
            // An e-mail address, and a telephone under two keys of which one is contradicted by given names.
            let slots = [2, 6, 10];
            let linked = link(&records, &slots, 5, &Work::on(1)).unwrap();
            let found = by_keys(&records, &slots, 5);
            let mut sets = UnionFind::new(rows.len() as u32);
            let mut keys = vec![KeySet::default(); rows.len()];
            let mut seen = BTreeSet::new();
            for pair in &found.pairs {
                prop_assert!(seen.insert((pair.left, pair.right)) && pair.left < pair.right);
                sets.union(pair.left, pair.right);
                for record in [pair.left, pair.right] {
                    keys[record as usize] = keys[record as usize].with(keys_of(pair.pattern));
                }
            }
            prop_assert_eq!(keys, linked.keys);
            for (one, profile) in (0..).zip(&linked.profiles) {
                for (other, of_other) in (0..).zip(&linked.profiles) {
                    prop_assert_eq!(sets.find(one) == sets.find(other), profile == of_other);
                }
            }
        }
    }
}
