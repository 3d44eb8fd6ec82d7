//! Clusters of contents: what likely pairs connect and nothing speaks against.

use super::clusters::UnionFind;
use super::comparer::{Comparer, Two};
use super::groups::Groups;
use super::hash::mix;
use super::matching::{Matched, Pair, weight};
use super::parallel::Work;
use super::people::People;
use super::standing::STANDING;

/// Records of each side that speak for or against bringing two clusters together.
const SPEAKERS_MAX: usize = 12;
/// One pair counts for or against by at most as many bits.
const BITS_MAX: f64 = 20.0;
/// Bits by which all pairs of two clusters may on average speak against what their surest pair says.
const AGAINST_MAX: f64 = -2.0;
/// Shares for threads to take.
const SHARES: usize = 32;

/// Brings contents together, the surest pair first, unless what the others of both sides say speaks against it: the smallest content of
/// each one's cluster. On several threads, for what no pair connects is independent. `None` when the work was stopped.
pub fn clusters(people: &People, matched: &Matched, threshold: f64, work: &Work) -> Option<UnionFind> {
    let mut connected = UnionFind::new(people.count());
    matched.links().for_each(|pair| connected.union(pair.left, pair.right));
    let mut shares: Vec<Vec<Pair>> = vec![vec![]; SHARES];
    for pair in matched.links() {
        shares[mix(u64::from(connected.find(pair.left))) as usize % SHARES].push(pair);
    }
    let joined = work.in_parallel(SHARES, |share| {
        let (mut groups, mut speakers) = (Groups::default(), Speakers::new(people, matched, threshold));
        groups.join(shares[share].clone(), work, |pair, ones, others| speakers.unite(pair, ones, others))?;
        Some(groups.into_groups().collect::<Vec<_>>())
    })?;
    let mut sets = UnionFind::new(people.count());
    for cluster in joined.iter().flatten() {
        cluster.windows(2).for_each(|two| sets.union(two[0], two[1]));
    }
    Some(sets)
}

/// Hears what the contents of two groups say of each other.
pub struct Speakers<'a> {
    people: &'a People,
    matched: &'a Matched,
    threshold: f64,
    comparer: Comparer<'a>,
    two: Vec<Two>,
}

impl<'a> Speakers<'a> {
    pub fn new(people: &'a People, matched: &'a Matched, threshold: f64) -> Self {
        Self { people, matched, threshold, comparer: Comparer::new(&people.fields), two: vec![] }
    }

    /// Whether a pair brings the groups of its contents together.
    pub fn unite(&mut self, pair: &Pair, ones: &[u32], others: &[u32]) -> bool {
        if pair.pattern == STANDING {
            return true;
        }
        let mean = if ones.len() == 1 && others.len() == 1 {
            pair.weight.min(BITS_MAX)
        } else {
            let of_one = |one: &u32| others.iter().take(SPEAKERS_MAX).map(|other| (*one, *other)).collect::<Vec<Two>>();
            self.two.clear();
            self.two.extend(ones.iter().take(SPEAKERS_MAX).flat_map(of_one));
            let (model, fields, mut sum) = (&self.matched.model, self.people.fields.as_slice(), 0.0);
            self.comparer.patterns(&self.two, |(one, other), pattern| {
                sum += weight(model, fields, pattern, one, other).clamp(-BITS_MAX, BITS_MAX);
            });
            sum / self.two.len() as f64
        };
        (pair.weight >= self.threshold && mean >= AGAINST_MAX) || mean >= self.threshold
    }
}
