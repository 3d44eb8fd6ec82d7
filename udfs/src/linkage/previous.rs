//! Ids that last: the profiles of an earlier result give theirs to those that have most of their records.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::hash::mix;
use super::sides::{Numbers, Said};

/// An earlier result.
#[derive(Clone, Debug, Default)]
pub struct Previous {
    /// The profile that each record had, if it had one.
    pub profiles: Vec<Option<i64>>,
    /// How many records of each earlier profile are not there any more.
    pub missing: BTreeMap<i64, u64>,
}

/// A record of two profiles at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InTwoProfiles;

impl Previous {
    /// Of `records` records, found by their `numbers`.
    pub fn new(said: &[Said], numbers: &Numbers, records: usize) -> Result<Self, InTwoProfiles> {
        let mut previous = Self { profiles: vec![None; records], missing: BTreeMap::new() };
        let mut missing: HashMap<u64, i64> = HashMap::new();
        for Said { records: [id, _], value } in said {
            let before = match numbers.of(*id) {
                Some(record) => previous.profiles.get_mut(record as usize).and_then(|profile| profile.replace(*value)),
                None => missing.insert(*id, *value),
            };
            if before.is_some_and(|before| before != *value) {
                return Err(InTwoProfiles);
            }
        }
        for profile in missing.into_values() {
            *previous.missing.entry(profile).or_default() += 1;
        }
        Ok(previous)
    }

    /// Gives records that say the same contents of their own where they were of different profiles, so that these stay what they were to each
    /// other; those of the smallest profile keep theirs. New records that say it too are compared with all of them. `contents` are hashes.
    pub fn tell_apart(&self, contents: &mut [u64]) {
        let mut known: Vec<(u64, i64)> = vec![];
        known.extend(contents.iter().zip(&self.profiles).filter_map(|(content, profile)| Some((*content, (*profile)?))));
        known.retain(|(content, _)| *content != 0);
        known.sort_unstable();
        known.dedup();
        let shared = known.chunk_by(|one, other| one.0 == other.0).filter(|profiles| profiles.len() > 1);
        let smallest: HashMap<u64, i64> = shared.filter_map(|profiles| profiles.first().copied()).collect();
        for (content, profile) in contents.iter_mut().zip(&self.profiles) {
            let Some(kept) = smallest.get(content).filter(|kept| Some(**kept) != *profile) else { continue };
            let own = profile.map_or(!kept.cast_unsigned(), i64::cast_unsigned);
            *content = mix(*content ^ mix(own)).max(1);
        }
    }

    /// The lasting id of each profile, which goes by `profiles`, one for each record, until then.
    ///
    /// An earlier id goes to the profile that has most of its records, and a profile takes the id of which it has most records: one by
    /// one, the greatest overlap first; of equal ones the smaller earlier id, then the profile with the smaller id now. What has none keeps
    /// the id it goes by, or gets another where an earlier profile has that: ids are never used again for other people.
    pub fn lasting(&self, profiles: &[u64]) -> HashMap<u64, i64> {
        let mut overlaps: HashMap<(i64, u64), u64> = HashMap::new();
        for (before, now) in self.profiles.iter().zip(profiles) {
            if let Some(before) = before {
                *overlaps.entry((*before, *now)).or_default() += 1;
            }
        }
        let mut order: Vec<((i64, u64), u64)> = overlaps.into_iter().collect();
        order.sort_unstable_by(|(pair, records), (other, of_other)| of_other.cmp(records).then_with(|| pair.cmp(other)));
        let mut lasting: HashMap<u64, i64> = HashMap::new();
        let mut given: HashSet<i64> = HashSet::new();
        for ((before, now), _) in order {
            if !given.contains(&before) && !lasting.contains_key(&now) {
                given.insert(before);
                lasting.insert(now, before);
            }
        }
        let mut taken: HashSet<i64> = self.profiles.iter().flatten().chain(self.missing.keys()).copied().collect();
        let mut others: Vec<u64> = profiles.iter().filter(|now| !lasting.contains_key(now)).copied().collect();
        others.sort_unstable();
        others.dedup();
        let (others, moved): (Vec<u64>, Vec<u64>) = others.into_iter().partition(|now| taken.insert(now.cast_signed()));
        lasting.extend(others.into_iter().map(|now| (now, now.cast_signed())));
        for now in moved {
            let mut id = now;
            while !taken.insert(id.cast_signed()) {
                id = mix(id.wrapping_add(1)) >> 1;
            }
            lasting.insert(now, id.cast_signed());
        }
        lasting
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// The ids of records which had, and have, these profiles.
    fn ids(before: &[Option<i64>], now: &[u64]) -> Vec<i64> {
        let previous = Previous { profiles: before.to_vec(), missing: BTreeMap::new() };
        let lasting = previous.lasting(now);
        now.iter().map(|now| lasting[now]).collect()
    }

    #[test]
    fn equal_records_of_two_profiles_have_contents_of_their_own() {
        let profiles = vec![Some(200), Some(100), Some(100), None, Some(300), None, Some(300)];
        let mut contents = vec![5, 5, 5, 5, 7, 7, 0];
        Previous { profiles, missing: BTreeMap::new() }.tell_apart(&mut contents);
        assert_eq!((contents[1], contents[2]), (5, 5), "the smallest profile keeps its own");
        assert_ne!(contents[0], 5);
        assert!(![5, contents[0]].contains(&contents[3]), "a new record is of neither");
        assert_eq!(contents[4..], [7, 7, 0], "of one profile, and of one that says nothing");
    }

    #[test]
    fn an_id_goes_where_most_of_its_records_are() {
        let before = [Some(100), Some(100), Some(100), Some(200), None];
        // One record moved from 100 to 200, and a new one is alone.
        assert_eq!(ids(&before, &[1, 1, 4, 4, 5]), [100, 100, 200, 200, 5]);
        // All in one: three of 100 against one of 200.
        assert_eq!(ids(&before, &[1; 5]), [100; 5]);
        // 100 falls apart; the part of two keeps it.
        assert_eq!(ids(&before, &[9, 1, 1, 4, 5]), [9, 100, 100, 200, 5]);
    }

    #[test]
    fn of_equal_overlaps_the_smaller_id_decides() {
        assert_eq!(ids(&[Some(200), Some(100)], &[1, 1]), [100, 100]);
        assert_eq!(ids(&[Some(100), Some(100)], &[8, 3]), [8, 100]);
    }

    #[test]
    fn no_new_id_is_an_old_one() {
        // The part that leaves would go by 1, which is the id of the profile that it leaves, and which stays there.
        let found = ids(&[Some(1), Some(1), Some(1)], &[1, 2, 2]);
        assert_eq!(found[1..], [1, 1]);
        assert!(found[0] != 1 && found[0] > 0, "{found:?}");
        // Nor is that of a profile whose records have all gone.
        let gone = Previous { profiles: vec![None], missing: BTreeMap::from([(7, 2)]) };
        assert_ne!(gone.lasting(&[7])[&7], 7);
    }

    #[test]
    fn a_record_of_two_profiles_is_an_error() {
        let said = |id, value| Said { records: [id, id], value };
        let numbers = Numbers::new(&[10, 20]);
        let of = |said: &[Said]| Previous::new(said, &numbers, 2);
        assert!(of(&[said(10, 1), said(10, 2)]).is_err() && of(&[said(99, 1), said(99, 2)]).is_err());
        let previous = of(&[said(20, 5), said(20, 5), said(99, 5), said(99, 5), said(98, 6)]).unwrap();
        assert_eq!(previous.profiles, [None, Some(5)]);
        assert_eq!(previous.missing, BTreeMap::from([(5, 1), (6, 1)]));
    }

    proptest! {
        /// Different profiles have different ids, an old id that is given was that of one of the profile's records, and the second run over
        /// its own result changes nothing, whatever the order of the records.
        #[test]
        fn ids_are_unique_and_stay(rows in prop::collection::vec((prop::option::of(0_i64..8), 0_u64..8), 0..40)) {
            let (before, now): (Vec<Option<i64>>, Vec<u64>) = rows.iter().copied().unzip();
            let found = ids(&before, &now);
            let old: BTreeSet<i64> = before.iter().flatten().copied().collect();
            for (one, id) in found.iter().enumerate() {
                for (other, of_other) in found.iter().enumerate() {
                    prop_assert_eq!(now[one] == now[other], id == of_other);
                }
                let had_it = (0..rows.len()).any(|other| now[other] == now[one] && before[other] == Some(*id));
                prop_assert!(had_it || !old.contains(id));
            }
            let again: Vec<Option<i64>> = found.iter().copied().map(Some).collect();
            prop_assert_eq!(&ids(&again, &now), &found);
            let reversed = |of: Vec<i64>| of.into_iter().rev().collect::<Vec<_>>();
            let (back_before, back_now): (Vec<_>, Vec<_>) = rows.iter().rev().copied().unzip();
            prop_assert_eq!(reversed(ids(&back_before, &back_now)), found);
        }
    }
}
