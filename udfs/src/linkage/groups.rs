//! Groups of contents that grow, the surest pair first.

use super::hash::NumberMap;
use super::matching::Pair;
use super::parallel::Work;

/// Disjoint groups, whose members are asked for as they grow.
#[derive(Default)]
pub struct Groups {
    groups: Vec<Vec<u32>>,
    /// The group of each content that was named.
    of: NumberMap<u32, usize>,
}

impl Groups {
    /// The groups with members, each in the order in which they came.
    pub fn into_groups(self) -> impl Iterator<Item = Vec<u32>> {
        self.groups.into_iter().filter(|group| !group.is_empty())
    }

    /// The group of a content; of its own at first.
    pub fn group(&mut self, content: u32) -> usize {
        let groups = &mut self.groups;
        *self.of.entry(content).or_insert_with(|| {
            groups.push(vec![content]);
            groups.len() - 1
        })
    }

    pub fn unite(&mut self, left: u32, right: u32) {
        let (left, right) = (self.group(left), self.group(right));
        if left == right {
            return;
        }
        let others = std::mem::take(&mut self.groups[right]);
        for content in &others {
            self.of.insert(*content, left);
        }
        self.groups[left].extend(others);
    }

    /// Brings the groups of pairs together, the surest pair first, where `unites` says so of the pair and the two groups.
    /// `None` when the work was stopped.
    pub fn join(
        &mut self,
        mut pairs: Vec<Pair>,
        work: &Work,
        mut unites: impl FnMut(&Pair, &[u32], &[u32]) -> bool,
    ) -> Option<()> {
        pairs.sort_unstable_by(|a, b| b.weight.total_cmp(&a.weight).then((a.left, a.right).cmp(&(b.left, b.right))));
        for (step, pair) in pairs.into_iter().enumerate() {
            work.goes_on_at(step)?;
            let (left, right) = (self.group(pair.left), self.group(pair.right));
            if left != right && unites(&pair, &self.groups[left], &self.groups[right]) {
                self.unite(pair.left, pair.right);
            }
        }
        Some(())
    }
}
