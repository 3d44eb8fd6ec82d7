//! Profiles of an earlier result that stand: their contents are one person already, and only new ones are compared with them.
//!
//! What agreement says is learnt from all pairs nevertheless, or, where those are many, from the new ones and some of the others, each of
//! which counts for as many as it stands for: so the model is that of a run over all records, but for what the choice of pairs makes of it.

use std::collections::HashMap;

use super::clusters::UnionFind;
use super::comparer::Two;
use super::hash::mix;
use super::matching::Pair;
use super::people::People;
use super::previous::Previous;
use super::protection::Protection;

/// The pattern of two contents that are one person because they were before.
pub const STANDING: u64 = u64::MAX - 1;

/// What such a pair rests on.
pub const BEFORE: &str = "previous";

/// Pairs of earlier records from which it is learnt, beside those of new ones.
const LEARNT_FROM: f64 = 600_000.0;
/// Contents of one profile that each is compared with.
const COMPARED_MAX: usize = 12;

/// Bytes for each content.
pub const STANDING_BYTES: usize =
    size_of::<bool>() + size_of::<u32>() * 2 + size_of::<(u32, u32)>() * 2 + size_of::<(i64, u32)>() * 2;

/// The profiles that stand.
#[derive(Debug)]
pub struct Standing {
    /// Of each content, whether it is in one of them.
    stands: Vec<bool>,
    /// The smallest content of each one's earlier profile.
    profiles: Vec<u32>,
    /// The same of those that stand, with the content; in order.
    members: Vec<(u32, u32)>,
    /// The share of the pairs between contents that stand from which it is learnt.
    share: f64,
    /// The weights of those that are likely one person.
    weights: Vec<f64>,
}

impl Standing {
    /// The earlier profiles that break no rule; of the others the records are compared anew. A content stands where one of its records had a
    /// profile: new records that say the same add nothing to compare.
    pub fn new(previous: &Previous, people: &People, protection: &Protection) -> Self {
        let mut sets = UnionFind::new(people.count());
        let mut stands = vec![false; people.count() as usize];
        let mut firsts: HashMap<i64, u32> = HashMap::new();
        for (content, profile) in people.contents.iter().zip(&previous.profiles) {
            let (Some(content), Some(profile)) = (*content, profile) else { continue };
            if let Some(slot) = stands.get_mut(content as usize) {
                *slot = true;
            }
            sets.union(*firsts.entry(*profile).or_insert(content), content);
        }
        let known = (0..people.count()).zip(&stands).filter(|(_, stands)| **stands);
        let mut members: Vec<(u32, u32)> = known.map(|(content, _)| (sets.find(content), content)).collect();
        members.sort_unstable();
        let mut broken: Vec<u32> = vec![];
        for profile in members.chunk_by(|one, other| one.0 == other.0) {
            let contents: Vec<u32> = profile.iter().map(|(_, content)| *content).collect();
            if protection.is_broken(&contents) {
                broken.extend(contents);
            }
        }
        for content in broken {
            if let Some(slot) = stands.get_mut(content as usize) {
                *slot = false;
            }
        }
        members.retain(|(_, content)| stands.get(*content as usize) == Some(&true));
        let profiles = (0..people.count()).map(|content| sets.find(content)).collect();
        Self { stands, profiles, members, share: 1.0, weights: vec![] }
    }

    /// Where so many pairs would be compared in all, of how many of those between contents that stand it is learnt.
    pub fn learn_of(&mut self, pairs: f64) {
        let standing = self.members.len() as f64 / self.stands.len().max(1) as f64;
        self.share = (LEARNT_FROM / (pairs * standing * standing)).min(1.0);
    }

    /// Whether both stand: what they are to each other is known.
    pub fn is_known(&self, left: u32, right: u32) -> bool {
        let stands = |content: u32| self.stands.get(content as usize) == Some(&true);
        stands(left) && stands(right)
    }

    /// For how many pairs these two are compared: none where they are not.
    pub fn counts(&self, (left, right): Two) -> f64 {
        let drawn = || {
            let random = mix(u64::from(left.min(right)) << 32 | u64::from(left.max(right)));
            (random as f64) < self.share * u64::MAX as f64
        };
        match self.is_known(left, right) {
            false => 1.0,
            true if self.share >= 1.0 || drawn() => self.share.recip(),
            true => 0.0,
        }
    }

    /// The pairs of which one is new. The weights of the others are kept.
    pub fn taken_out_of(&mut self, pairs: Vec<Pair>) -> Vec<Pair> {
        let (known, new): (Vec<Pair>, Vec<Pair>) = pairs.into_iter().partition(|pair| self.is_known(pair.left, pair.right));
        self.weights = known.into_iter().map(|pair| pair.weight).collect();
        new
    }

    /// The weights of likely pairs that stand, and for how many each counts.
    pub fn weights(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.weights.iter().map(|weight| (*weight, self.share.recip()))
    }

    /// As many links as bring the contents of each profile together, surer than any other.
    pub fn links(&self) -> impl Iterator<Item = Pair> + '_ {
        self.members.windows(2).filter_map(|two| match two {
            [(one, left), (other, right)] if one == other => {
                Some(Pair { left: *left, right: *right, pattern: STANDING, weight: f64::INFINITY })
            }
            _ => None,
        })
    }

    /// Whether it may be found out what two contents are to each other: not where they stand in two profiles.
    pub fn is_open(&self, left: u32, right: u32) -> bool {
        let profile = |content: u32| self.profiles.get(content as usize);
        !self.is_known(left, right) || profile(left) == profile(right)
    }

    /// Pairs within the profiles, by which it can be said what a record's link rests on.
    pub fn within(&self) -> Vec<Two> {
        let mut pairs = vec![];
        for profile in self.members.chunk_by(|one, other| one.0 == other.0) {
            for (at, (_, left)) in profile.iter().enumerate() {
                pairs.extend(profile.iter().skip(at + 1).take(COMPARED_MAX).map(|(_, right)| (*left, *right)));
            }
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(stands: Vec<bool>) -> Standing {
        let members = (0..).zip(&stands).filter(|(_, stands)| **stands).map(|(content, _)| (content, content)).collect();
        Standing { profiles: (0..).take(stands.len()).collect(), stands, members, share: 1.0, weights: vec![] }
    }

    /// 2,000 contents, of which 1,800 stand: 1,619,100 pairs of these, of which 600,000 are drawn, and each counts for 2.7.
    #[test]
    fn some_pairs_stand_for_all() {
        let mut standing = standing((0..2_000).map(|content| content % 10 != 0).collect());
        standing.learn_of(1_999_000.0);
        let (mut drawn, mut counted) = (0, 0.0);
        for left in 0..2_000 {
            for right in left + 1..2_000 {
                let counts = standing.counts((left, right));
                assert_eq!(counts, standing.counts((right, left)));
                if left % 10 == 0 || right % 10 == 0 {
                    assert_eq!(counts, 1.0);
                } else {
                    drawn += i32::from(counts > 0.0);
                    counted += counts;
                }
            }
        }
        assert!((drawn - 600_000).abs() < 3_000, "{drawn}");
        assert!((counted / 1_619_100.0 - 1.0).abs() < 0.005, "{counted}");
        // Few are all compared.
        standing.learn_of(500_000.0);
        assert_eq!(standing.counts((1, 2)), 1.0);
    }
}
