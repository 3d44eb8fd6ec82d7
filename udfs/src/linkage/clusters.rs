//! Clusters: the records that keys connect, directly or through others.

use super::key::{KEYS, KeySet};
use super::order::sorted;
use super::parallel::Work;

/// Disjoint sets of the numbers 0 to n − 1.
///
/// Source: R. Tarjan, J. van Leeuwen, "Worst-case analysis of set union algorithms", JACM 31 (1984): linking by index, path
/// halving.
#[derive(Debug)]
pub struct UnionFind {
    parents: Vec<u32>,
}

impl UnionFind {
    pub fn new(n: u32) -> Self {
        Self { parents: (0..n).collect() }
    }

    /// The smallest member of the set of `x`.
    pub fn find(&mut self, mut x: u32) -> u32 {
        loop {
            let parent = self.parent(x);
            if parent == x {
                return x;
            }
            let grandparent = self.parent(parent);
            if let Some(slot) = self.parents.get_mut(x as usize) {
                *slot = grandparent;
            }
            x = grandparent;
        }
    }

    pub fn union(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        let (first, second) = (a.min(b), a.max(b));
        if let Some(slot) = self.parents.get_mut(second as usize) {
            *slot = first;
        }
    }

    fn parent(&self, x: u32) -> u32 {
        self.parents.get(x as usize).copied().unwrap_or(x)
    }
}

/// Records as hashes: of who they are, of all they say, of the given name, and of each slot of a key (0 where a fact is missing), unless the
/// keys are left out.
#[derive(Clone, Debug, Default)]
pub struct Records {
    pub ids: Vec<u64>,
    pub contents: Vec<u64>,
    pub given_names: Vec<u64>,
    pub keys: Vec<Vec<u64>>,
}

impl Records {
    pub fn with_slots(slots: usize) -> Self {
        Self { keys: vec![vec![]; slots], ..Self::default() }
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Bytes of one record's hashes.
    pub fn bytes_per_record(slots: usize) -> usize {
        size_of::<u64>() * (3 + slots)
    }

    pub fn append(&mut self, mut other: Self) {
        self.ids.append(&mut other.ids);
        self.contents.append(&mut other.contents);
        self.given_names.append(&mut other.given_names);
        self.keys.truncate(other.keys.len());
        for (own, others) in self.keys.iter_mut().zip(&mut other.keys) {
            own.append(others);
        }
    }
}

/// The outcome for each record.
#[derive(Debug)]
pub struct Linked {
    /// The smallest id hash of the record's cluster.
    pub profiles: Vec<u64>,
    /// The keys under which the record agrees with another.
    pub keys: Vec<KeySet>,
}

/// Bytes that [`link`] needs for each record beside its input, at its peak.
pub const LINK_BYTES_PER_RECORD: usize = size_of::<(u64, u32)>() + size_of::<u32>() + size_of::<u64>() + size_of::<KeySet>();

/// Connects all records that agree on a key, and those that are connected through others.
///
/// `slots` says which key each of `records.keys` belongs to. A value that more than `limit` different records share identifies
/// nobody and connects none: records that say exactly the same count once. A key that the given name contradicts links no group
/// in which two are known. The outcome does not depend on the order of the records. Time n log n. `None` when the work was stopped.
pub fn link(records: &Records, slots: &[usize], limit: usize, work: &Work) -> Option<Linked> {
    let n = u32::try_from(records.len()).ok()?;
    let mut sets = UnionFind::new(n);
    let mut keys = vec![KeySet::default(); records.len()];
    let mut distinct_keys: Vec<usize> = slots.to_vec();
    distinct_keys.dedup();
    for key in distinct_keys {
        let mut entries: Vec<(u64, u32)> = vec![];
        for (_, hashes) in slots.iter().zip(&records.keys).filter(|(of, _)| **of == key) {
            entries.extend(hashes.iter().copied().zip(0..n).filter(|(hash, _)| *hash != 0));
        }
        work.goes_on()?;
        entries.sort_unstable();
        // A record with one number in two columns agrees with itself, which says nothing.
        entries.dedup();
        let is_contradictable = KEYS.get(key).is_some_and(|key| key.contradicted_by.is_some());
        for (step, group) in entries.chunk_by(|left, right| left.0 == right.0).enumerate() {
            work.goes_on_at(step)?;
            if let [(_, first), others @ ..] = group
                && !others.is_empty()
                && !exceeds(group, &records.contents, limit)
                && !(is_contradictable && exceeds(group, &records.given_names, 1))
            {
                others.iter().for_each(|(_, other)| sets.union(*first, *other));
                for (_, record) in group {
                    if let Some(set) = keys.get_mut(*record as usize) {
                        set.insert(key);
                    }
                }
            }
        }
    }
    Some(Linked { profiles: profiles(&mut sets, &records.ids), keys })
}

/// Whether the records of a group have more than `limit` different known hashes.
pub(super) fn exceeds(group: &[(u64, u32)], hashes: &[u64], limit: usize) -> bool {
    if group.len() <= limit {
        return false;
    }
    let mut seen: Vec<u64> = Vec::with_capacity(limit.min(group.len()) + 1);
    for hash in group.iter().filter_map(|(_, record)| hashes.get(*record as usize)).filter(|hash| **hash != 0) {
        if let Err(at) = seen.binary_search(hash) {
            seen.insert(at, *hash);
            if seen.len() > limit {
                return true;
            }
        }
    }
    false
}

fn profiles(sets: &mut UnionFind, ids: &[u64]) -> Vec<u64> {
    let mut smallest = ids.to_vec();
    for (record, id) in (0..).zip(ids) {
        if let Some(slot) = smallest.get_mut(sets.find(record) as usize) {
            *slot = (*slot).min(*id);
        }
    }
    (0..).zip(ids).map(|(record, id)| smallest.get(sets.find(record) as usize).copied().unwrap_or(*id)).collect()
}

/// Pairs of records whose id hashes are equal: repeated ids, and once in some hundred thousand runs two ids with one hash.
pub fn repeated_ids(ids: &[u64]) -> Vec<(u32, u32)> {
    // Ids have 63 bits; sorting asks for the upper ones.
    let ids: Vec<(u64, u32)> = ids.iter().map(|id| id << 1).zip(0..).collect();
    let sorted = sorted(&ids);
    let pairs = sorted.windows(2).filter_map(|pair| match pair {
        [(left_id, left), (right_id, right)] if left_id == right_id => Some((*left, *right)),
        _ => None,
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    fn records(rows: &[[u64; 2]]) -> Records {
        Records {
            ids: (0..rows.len() as u64).map(|row| 1000 + row * 7919 % 1000).collect(),
            contents: (1..=rows.len() as u64).collect(),
            given_names: vec![0; rows.len()],
            keys: vec![rows.iter().map(|row| row[0]).collect(), rows.iter().map(|row| row[1]).collect()],
        }
    }

    fn run(records: &Records, limit: usize) -> Linked {
        link(records, &[2, 4], limit, &Work::on(1)).unwrap()
    }

    #[test]
    fn records_connect_through_others() {
        let linked = run(&records(&[[1, 0], [1, 5], [0, 5], [0, 0], [2, 0], [3, 6]]), 50);
        let profiles = &linked.profiles;
        assert!(profiles[0] == profiles[1] && profiles[1] == profiles[2]);
        assert_eq!(profiles.iter().collect::<BTreeSet<_>>().len(), 4);
        let names: Vec<_> = linked.keys.iter().map(|keys| keys.names()).collect();
        assert_eq!(names, ["email", "email, name+birth_date", "name+birth_date", "", "", ""]);
    }

    #[test]
    fn a_value_that_many_share_connects_none_of_them() {
        let mut crowd = records(&[[9, 0]; 100]);
        assert_eq!(run(&crowd, 50).profiles.iter().collect::<BTreeSet<_>>().len(), 100);
        assert_eq!(run(&crowd, 100).profiles.iter().collect::<BTreeSet<_>>().len(), 1);
        crowd.contents = vec![1; 100];
        assert_eq!(run(&crowd, 50).profiles.iter().collect::<BTreeSet<_>>().len(), 1, "records that say the same count once");
    }

    #[test]
    fn a_record_does_not_agree_with_itself() {
        let records = Records { ids: vec![1], contents: vec![1], given_names: vec![0], keys: vec![vec![7], vec![7]] };
        let linked = link(&records, &[2, 2], 50, &Work::on(1)).unwrap();
        assert!(linked.keys[0].is_empty());
    }

    #[test]
    fn a_telephone_links_until_two_names_share_it() {
        let family =
            |given_names: Vec<u64>| Records { ids: vec![1, 2, 3], contents: vec![1, 2, 3], given_names, keys: vec![vec![7; 3]] };
        let phone = KEYS.iter().position(|key| key.name == "phone").unwrap();
        let profiles = |records: &Records| link(records, &[phone], 50, &Work::on(1)).unwrap().profiles;
        assert_eq!(profiles(&family(vec![5, 0, 5])), [1, 1, 1]);
        assert_eq!(profiles(&family(vec![5, 0, 6])), [1, 2, 3]);
    }

    #[test]
    fn it_stops_when_told() {
        let work = Work::on(1);
        work.stop();
        assert!(link(&records(&[[1, 0], [1, 0]]), &[2, 4], 50, &work).is_none());
    }

    #[test]
    fn repeated_ids_are_found() {
        assert_eq!(repeated_ids(&[5, 3, 5, 1]), [(0, 2)]);
    }

    proptest! {
        /// The order of records changes nothing.
        #[test]
        fn clusters_do_not_depend_on_order(rows in prop::collection::vec([0_u64..12, 0_u64..12], 0..60)) {
            let forward = records(&rows);
            let mut backward = forward.clone();
            for column in [&mut backward.ids, &mut backward.contents, &mut backward.given_names].into_iter().chain(&mut backward.keys) {
                column.reverse();
            }
            let by_id = |records: &Records, linked: Linked| -> BTreeMap<u64, (u64, KeySet)> {
                records.ids.iter().copied().zip(linked.profiles.into_iter().zip(linked.keys)).collect()
            };
            prop_assert_eq!(by_id(&forward, run(&forward, 5)), by_id(&backward, run(&backward, 5)));
        }
    }
}
