//! Links that were not made: pairs sure enough, whose profiles are two all the same, and why.

use std::collections::HashMap;

use super::links::Joined;
use super::matching::Pair;
use super::pairs::firsts;
use super::parallel::Work;
use super::people::People;
use super::protection::{Apart, Protection};

/// The surest link between two profiles that are not one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Refusal {
    /// Its records; of those that say the same the one whose id is smallest.
    pub records: [u32; 2],
    pub weight: f64,
    pub pattern: u64,
    /// The rule that keeps them apart; nothing where the other records of both do.
    pub apart: Option<Apart>,
}

/// The refused links, the surest first. `pairs` are those of contents that may be linked, `ids` hashes of who the records are.
/// `None` when the work was stopped.
pub fn refusals(
    people: &People,
    joined: &Joined,
    protection: &Protection,
    pairs: &[Pair],
    ids: &[u64],
    work: &Work,
) -> Option<Vec<Refusal>> {
    let root = |content: u32| joined.roots.get(content as usize).copied().unwrap_or(content);
    let mut surest: HashMap<(u32, u32), Pair> = HashMap::new();
    for pair in pairs.iter().filter(|pair| pair.weight >= joined.least && !joined.are_one(pair.left, pair.right)) {
        let (left, right) = (root(pair.left), root(pair.right));
        let rank = |pair: &Pair| (pair.left.min(pair.right), pair.left.max(pair.right));
        surest
            .entry((left.min(right), left.max(right)))
            .and_modify(|best| {
                if pair.weight.total_cmp(&best.weight).then_with(|| rank(best).cmp(&rank(pair))).is_gt() {
                    *best = *pair;
                }
            })
            .or_insert(*pair);
    }
    let mut groups: HashMap<u32, Vec<u32>> =
        surest.keys().flat_map(|(left, right)| [(*left, vec![]), (*right, vec![])]).collect();
    for (content, root) in (0..).zip(&joined.roots) {
        if let Some(group) = groups.get_mut(root) {
            group.push(content);
        }
    }
    let group = |root: u32| groups.get(&root).map(Vec::as_slice).unwrap_or_default();
    let firsts = firsts(&people.contents, people.sizes.len(), ids);
    let first = |content: u32| firsts.get(content as usize).copied().unwrap_or_default();
    let mut refusals: Vec<Refusal> = vec![];
    for (step, ((left, right), pair)) in surest.into_iter().enumerate() {
        work.goes_on_at(step)?;
        refusals.push(Refusal {
            records: [first(pair.left), first(pair.right)],
            weight: pair.weight,
            pattern: pair.pattern,
            apart: protection.apart(group(left), group(right)),
        });
    }
    let who = |refusal: &Refusal| refusal.records.map(|record| ids.get(record as usize).copied());
    refusals.sort_unstable_by(|one, other| other.weight.total_cmp(&one.weight).then_with(|| who(one).cmp(&who(other))));
    Some(refusals)
}
