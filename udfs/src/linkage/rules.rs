//! What decides about records whatever they say: pairs that are one person or are not, a source that has each person once, and how many
//! values of a field a person has.

use std::collections::{HashMap, HashSet};

use super::clusters::UnionFind;
use super::field::Field;
use super::hash::mix;

/// Of records that say the same and stand apart, so many are compared with each other.
const TWINS_MAX: usize = 40;

/// The rules of one call. Records go by their numbers.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub must_link: Vec<[u32; 2]>,
    pub cannot_link: Vec<[u32; 2]>,
    /// The source of each record, where a source has each person once.
    pub sources: Option<Vec<u32>>,
    /// Of these fields a person has at most so many different values.
    pub limits: Vec<(Field, usize)>,
}

impl Rules {
    pub fn is_empty(&self) -> bool {
        self.must_link.is_empty() && self.cannot_link.is_empty() && self.sources.is_none() && self.limits.is_empty()
    }

    /// Whether records that must be one person must not be one.
    pub fn contradict(&self, records: u32) -> bool {
        let mut sets = UnionFind::new(if self.cannot_link.is_empty() { 0 } else { records });
        self.must_link.iter().for_each(|[left, right]| sets.union(*left, *right));
        self.cannot_link.iter().any(|[left, right]| sets.find(*left) == sets.find(*right))
    }

    /// Gives records that say the same contents of their own where a rule may tell them apart: those that a pair names, and of each source
    /// all but one. `contents` are hashes, `ids` those of who the records are.
    ///
    /// Returns pairs of them of which no rule says yet that they are not one person.
    pub fn tell_apart(&self, ids: &[u64], contents: &mut [u64]) -> Vec<[u32; 2]> {
        let named: HashSet<u32> = self.must_link.iter().chain(&self.cannot_link).flatten().copied().collect();
        let content = |record: u32| contents.get(record as usize).copied().unwrap_or_default();
        let id = |record: u32| ids.get(record as usize).copied().unwrap_or_default();
        let shared: HashSet<u64> = named.iter().map(|record| content(*record)).collect();
        let is_concerned = |content: u64| if self.sources.is_some() { content != 0 } else { shared.contains(&content) };
        let mut order: Vec<u32> =
            (0..).zip(contents.iter()).filter(|(_, content)| is_concerned(**content)).map(|(record, _)| record).collect();
        order.sort_unstable_by_key(|record| (content(*record), id(*record)));
        let (mut own, mut twins): (Vec<(u32, u64)>, Vec<[u32; 2]>) = (vec![], vec![]);
        for same in order.chunk_by(|left, right| content(*left) == content(*right)) {
            let says = same.first().map_or(0, |record| content(*record));
            let (by_name, rest): (Vec<u32>, Vec<u32>) = same.iter().copied().partition(|record| named.contains(record));
            own.extend(by_name.iter().map(|record| (*record, mix(says ^ mix(id(*record))).max(1))));
            if says == 0 {
                continue;
            }
            // The first of each source together, the second of each, and so on.
            let mut seen: HashMap<u32, u64> = HashMap::new();
            let mut firsts: Vec<u32> = vec![];
            for record in rest {
                let source = self.sources.as_ref().and_then(|sources| sources.get(record as usize));
                let rank = source.map_or(0, |source| {
                    let rank = seen.entry(*source).or_default();
                    *rank += 1;
                    *rank - 1
                });
                if rank as usize == firsts.len() {
                    firsts.push(record);
                }
                if rank > 0 {
                    own.push((record, mix(says.wrapping_add(rank)).max(1)));
                }
            }
            for (index, record) in by_name.iter().enumerate() {
                let others = by_name.iter().skip(index + 1).take(TWINS_MAX).chain(firsts.iter().take(TWINS_MAX));
                twins.extend(others.map(|other| [*record, *other]));
            }
        }
        for (record, hash) in own {
            if let Some(content) = contents.get_mut(record as usize) {
                *content = hash;
            }
        }
        twins
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_two_people_at_once_are_a_contradiction() {
        let rules = |cannot_link| Rules { must_link: vec![[0, 1], [2, 1]], cannot_link, ..Rules::default() };
        assert!(rules(vec![[0, 2]]).contradict(4), "through another");
        assert!(rules(vec![[3, 3]]).contradict(4));
        assert!(!rules(vec![[0, 3]]).contradict(4) && !rules(vec![]).contradict(4));
    }

    #[test]
    fn records_that_a_pair_names_speak_for_themselves() {
        let rules = Rules { cannot_link: vec![[0, 1]], must_link: vec![[3, 4]], ..Rules::default() };
        let mut contents = [7, 7, 7, 0, 9, 7];
        let mut twins = rules.tell_apart(&[50, 40, 30, 20, 10, 60], &mut contents);
        twins.sort_unstable();
        let [zero, one, two, three, four, five] = contents;
        assert!(two == 7 && five == 7, "nobody names them");
        let distinct: HashSet<u64> = [zero, one, 7, three, four].into_iter().collect();
        assert!(distinct.len() == 5 && !distinct.contains(&0), "{contents:?}");
        assert_eq!(twins, [[0, 2], [1, 0], [1, 2]]);
    }

    #[test]
    fn a_source_has_a_person_once() {
        let rules = Rules { sources: Some(vec![1, 1, 2, 2, 1, 2]), ..Rules::default() };
        let mut contents = [7, 7, 7, 7, 8, 0];
        assert!(rules.tell_apart(&[1, 2, 3, 4, 5, 6], &mut contents).is_empty());
        assert_eq!((contents[0], contents[2], contents[4], contents[5]), (7, 7, 8, 0));
        assert!(contents[1] == contents[3] && contents[1] != 7, "{contents:?}");
    }
}
