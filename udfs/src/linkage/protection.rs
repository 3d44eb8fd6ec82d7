//! Profiles that break a rule are taken apart: their contents are brought together anew, the surest pair first, without those links that
//! break it. All others stay as they are.

use std::collections::{HashMap, HashSet};

use super::clusters::UnionFind;
use super::field::Field;
use super::groups::Groups;
use super::matching::{Matched, Pair, same, weight};
use super::parallel::Work;
use super::people::People;
use super::rules::Rules;
use super::values::Values;

/// Why two groups of contents are not one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    CannotLink,
    /// Both have a record of this source.
    OnePerSource(u32),
    /// Together they have so many values of a field, and may have fewer.
    Limit(Field, usize),
}

/// What the rules say of contents.
pub struct Protection<'a> {
    must_link: Vec<[u32; 2]>,
    /// The contents from which each is told apart.
    strangers: HashMap<u32, Vec<u32>>,
    /// Contents with the sources of their records.
    sources: Vec<(u32, u32)>,
    limits: Vec<(&'a Values, usize)>,
}

impl<'a> Protection<'a> {
    /// For contents among which the rules have told apart what says the same.
    pub fn new(rules: &Rules, people: &'a People) -> Self {
        let contents = |[left, right]: &[u32; 2]| {
            let of = |record: u32| people.contents.get(record as usize).copied().flatten();
            Some([of(*left)?, of(*right)?])
        };
        let mut strangers: HashMap<u32, Vec<u32>> = HashMap::new();
        for [left, right] in rules.cannot_link.iter().filter_map(contents) {
            strangers.entry(left).or_default().push(right);
            strangers.entry(right).or_default().push(left);
        }
        let sources = rules.sources.iter().flatten().zip(&people.contents);
        let mut sources: Vec<(u32, u32)> = sources.filter_map(|(source, content)| Some(((*content)?, *source))).collect();
        sources.sort_unstable();
        sources.dedup();
        let values =
            |(field, limit): &(Field, usize)| Some((people.fields.iter().find(|values| values.field == *field)?, *limit));
        let limits = rules.limits.iter().filter_map(values).collect();
        Self { must_link: rules.must_link.iter().filter_map(contents).collect(), strangers, sources, limits }
    }

    /// Pairs of contents that are one person.
    pub fn must_link(&self) -> &[[u32; 2]] {
        &self.must_link
    }

    /// Why two groups of contents are not one person; the first rule that says so.
    pub fn apart(&self, ones: &[u32], others: &[u32]) -> Option<Apart> {
        let is_told = |one: &u32| self.strangers.get(one).is_some_and(|of| of.iter().any(|other| others.contains(other)));
        if !self.strangers.is_empty() && ones.iter().any(is_told) {
            return Some(Apart::CannotLink);
        }
        let (mine, theirs) = (self.sources_of(ones), self.sources_of(others));
        if let Some(source) = mine.iter().find(|source| theirs.binary_search(source).is_ok()) {
            return Some(Apart::OnePerSource(*source));
        }
        self.limits.iter().find_map(|(values, limit)| {
            let (mine, theirs) = (values_of(values, ones), values_of(values, others));
            let added = theirs.iter().filter(|value| mine.binary_search(value).is_err()).count();
            // Where one of them has too many by itself, it may take in what adds none.
            let most = (*limit).max(mine.len()).max(theirs.len());
            (mine.len() + added > most).then_some(Apart::Limit(values.field, mine.len() + added))
        })
    }

    fn sources_of(&self, contents: &[u32]) -> Vec<u32> {
        let of = |content: u32| {
            let start = self.sources.partition_point(|(other, _)| *other < content);
            self.sources.iter().skip(start).take_while(move |(other, _)| *other == content).map(|(_, source)| *source)
        };
        let mut sources: Vec<u32> = contents.iter().copied().flat_map(of).collect();
        sources.sort_unstable();
        sources
    }

    /// Whether contents that are one cluster break a rule.
    pub fn is_broken(&self, contents: &[u32]) -> bool {
        let is_told = |one: &u32| self.strangers.get(one).is_some_and(|of| of.iter().any(|other| contents.contains(other)));
        let sources = self.sources_of(contents);
        sources.windows(2).any(|two| matches!(two, [one, other] if one == other))
            || (!self.strangers.is_empty() && contents.iter().any(is_told))
            || self.limits.iter().any(|(values, limit)| values_of(values, contents).len() > *limit)
    }

    /// The smallest content of each one's cluster: those of `sets`, with all that must be one person, but where that breaks a rule.
    /// `pairs` are those that may be linked; `unites` says whether one of them links the groups of its contents.
    /// `None` when the work was stopped.
    pub fn clusters(
        &self,
        mut sets: UnionFind,
        count: u32,
        pairs: &[Pair],
        work: &Work,
        mut unites: impl FnMut(&Pair, &[u32], &[u32]) -> bool,
    ) -> Option<Vec<u32>> {
        self.must_link.iter().for_each(|[left, right]| sets.union(*left, *right));
        let mut roots: Vec<u32> = (0..count).map(|content| sets.find(content)).collect();
        let mut members: Vec<(u32, u32)> = roots.iter().copied().zip(0..count).collect();
        members.sort_unstable();
        let mut broken: HashMap<u32, Vec<Pair>> = HashMap::new();
        let mut groups: Vec<(u32, Vec<u32>)> = vec![];
        let clusters = members.chunk_by(|left, right| left.0 == right.0).filter(|cluster| cluster.len() > 1);
        for (step, cluster) in clusters.enumerate() {
            work.goes_on_at(step)?;
            let contents: Vec<u32> = cluster.iter().map(|(_, content)| *content).collect();
            if let Some((root, _)) = cluster.first()
                && self.is_broken(&contents)
            {
                broken.insert(*root, vec![]);
                groups.push((*root, contents));
            }
        }
        if broken.is_empty() {
            return Some(roots);
        }
        for pair in pairs {
            if let (Some(left), Some(right)) = (roots.get(pair.left as usize), roots.get(pair.right as usize))
                && left == right
                && let Some(pairs) = broken.get_mut(left)
            {
                pairs.push(*pair);
            }
        }
        for (root, contents) in groups {
            let pairs = broken.remove(&root).unwrap_or_default();
            for group in self.joined_anew(&contents, pairs, work, &mut unites)? {
                let smallest = group.iter().copied().min().unwrap_or_default();
                for content in group {
                    if let Some(root) = roots.get_mut(content as usize) {
                        *root = smallest;
                    }
                }
            }
        }
        Some(roots)
    }

    /// The contents of one cluster, together as far as no rule is broken.
    fn joined_anew(
        &self,
        contents: &[u32],
        pairs: Vec<Pair>,
        work: &Work,
        unites: &mut impl FnMut(&Pair, &[u32], &[u32]) -> bool,
    ) -> Option<Vec<Vec<u32>>> {
        let mut groups = Groups::default();
        for content in contents {
            groups.group(*content);
        }
        // Both of a pair are in one cluster, whose contents are in order.
        let is_here = |[left, _]: &&[u32; 2]| contents.binary_search(left).is_ok();
        self.must_link.iter().filter(is_here).for_each(|[left, right]| groups.unite(*left, *right));
        groups.join(pairs, work, |pair, ones, others| self.apart(ones, others).is_none() && unites(pair, ones, others))?;
        Some(groups.into_groups().collect())
    }
}

/// Adds the pairs of records that say the same and are contents of their own, where blocking has not found them.
pub fn add_twins(matched: &mut Matched, people: &People, twins: &[[u32; 2]]) {
    let content = |record: u32| people.contents.get(record as usize).copied().flatten();
    let pairs = twins.iter().filter_map(|[left, right]| Some((content(*left)?, content(*right)?)));
    let mut wanted: HashSet<(u32, u32)> = pairs.map(|(left, right)| (left.min(right), left.max(right))).collect();
    if wanted.is_empty() {
        return;
    }
    for pair in &matched.pairs {
        wanted.remove(&(pair.left.min(pair.right), pair.left.max(pair.right)));
    }
    let mut wanted: Vec<(u32, u32)> = wanted.into_iter().collect();
    wanted.sort_unstable();
    for (left, right) in wanted {
        let pattern = same(&people.fields, left);
        let weight = weight(&matched.model, &people.fields, pattern, left, right);
        if weight >= 0.0 {
            matched.pairs.push(Pair { left, right, pattern, weight });
        }
    }
}

/// The different values of contents, in order.
fn values_of(values: &Values, contents: &[u32]) -> Vec<u32> {
    let mut found: Vec<u32> = contents.iter().flat_map(|content| values.of(*content)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::linkage::people::Told;

    /// Records that differ, with one e-mail address each.
    fn people(emails: &[u8]) -> People {
        let mut told = Told::new(vec![Field::Email]);
        emails.iter().for_each(|email| told.push(0, &format!("{email}@x")));
        People::new(vec![told], &(1..=emails.len() as u64).collect::<Vec<u64>>(), 1_000, &Work::on(1)).unwrap()
    }

    fn pair(left: u32, right: u32, weight: f64) -> Pair {
        Pair { left, right, weight, pattern: 0 }
    }

    fn clusters(rules: &Rules, people: &People, pairs: &[Pair]) -> Vec<u32> {
        let mut sets = UnionFind::new(people.count());
        pairs.iter().for_each(|pair| sets.union(pair.left, pair.right));
        Protection::new(rules, people).clusters(sets, people.count(), pairs, &Work::on(1), |_, _, _| true).unwrap()
    }

    #[test]
    fn two_who_are_told_apart_never_meet_whoever_bridges() {
        let people = people(&[0; 5]);
        let rules = Rules { cannot_link: vec![[0, 4]], ..Rules::default() };
        // A chain, of which the link in the middle is the weakest.
        let chain = [pair(0, 1, 9.0), pair(1, 2, 8.0), pair(2, 3, 5.0), pair(3, 4, 7.0)];
        assert_eq!(clusters(&rules, &people, &chain), [0, 0, 0, 3, 3]);
        assert_eq!(clusters(&Rules::default(), &people, &chain), [0; 5]);
    }

    #[test]
    fn what_must_be_one_person_is_whatever_speaks_against_it() {
        let people = people(&[0, 1, 2, 3]);
        let limits = vec![(Field::Email, 1)];
        let rules = Rules { must_link: vec![[0, 3]], limits, sources: Some(vec![5; 4]), ..Rules::default() };
        assert_eq!(clusters(&rules, &people, &[pair(0, 1, 3.0)]), [0, 1, 2, 0]);
    }

    #[test]
    fn a_person_has_at_most_so_many_values() {
        let people = people(&[7, 7, 8, 9]);
        let pairs = [pair(0, 1, 4.0), pair(1, 2, 3.0), pair(2, 3, 2.0)];
        let at_most = |limit| Rules { limits: vec![(Field::Email, limit)], ..Rules::default() };
        assert_eq!(clusters(&at_most(1), &people, &pairs), [0, 0, 2, 3]);
        assert_eq!(clusters(&at_most(2), &people, &pairs), [0, 0, 0, 3]);
        assert_eq!(clusters(&at_most(3), &people, &pairs), [0; 4]);
        let (rules, two) = (at_most(1), [2]);
        assert_eq!(Protection::new(&rules, &people).apart(&[0, 1], &two), Some(Apart::Limit(Field::Email, 2)));
    }

    #[test]
    fn a_source_has_each_person_once() {
        let people = people(&[0; 4]);
        let rules = Rules { sources: Some(vec![1, 2, 1, 3]), ..Rules::default() };
        let pairs = [pair(0, 1, 4.0), pair(1, 2, 3.0), pair(2, 3, 2.0)];
        assert_eq!(clusters(&rules, &people, &pairs), [0, 0, 2, 2]);
        assert_eq!(Protection::new(&rules, &people).apart(&[0, 1], &[2, 3]), Some(Apart::OnePerSource(1)));
    }

    proptest! {
        /// No profile breaks a rule, those that broke none are as they were, and nothing comes together that was apart.
        #[test]
        fn rules_hold_and_touch_nobody_else(
            emails in prop::collection::vec(0_u8..4, 1..20),
            links in prop::collection::vec((0_u32..20, 0_u32..20, 0_u8..9), 0..30),
            cannot in prop::collection::vec((0_u32..20, 0_u32..20), 0..5),
            sources in prop::collection::vec(0_u32..6, 20),
            limit in 1_usize..4,
            once in any::<bool>(),
        ) {
            let n = emails.len() as u32;
            let people = people(&emails);
            let pairs: Vec<Pair> =
                links.iter().filter(|(l, r, _)| l != r && *l < n && *r < n).map(|(l, r, w)| pair(*l, *r, f64::from(*w))).collect();
            let cannot_link = cannot.into_iter().filter(|(l, r)| l != r && *l < n && *r < n).map(|(l, r)| [l, r]).collect();
            let sources = once.then(|| sources[..n as usize].to_vec());
            let rules = Rules { cannot_link, sources, limits: vec![(Field::Email, limit)], must_link: vec![] };
            let (free, found) = (clusters(&Rules::default(), &people, &pairs), clusters(&rules, &people, &pairs));
            let protection = Protection::new(&rules, &people);
            for root in 0..n {
                let members = |of: &[u32]| (0..n).filter(|content| of[*content as usize] == root).collect::<Vec<u32>>();
                let now = members(&found);
                prop_assert!(now.len() < 2 || !protection.is_broken(&now), "{now:?}");
                prop_assert!(now.iter().all(|content| free[*content as usize] == free[root as usize]));
                let before = members(&free);
                if !before.is_empty() && !protection.is_broken(&before) {
                    prop_assert_eq!(now, before);
                }
            }
        }
    }
}
