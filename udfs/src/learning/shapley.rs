//! What each feature contributes to what a tree says: Shapley values.
//!
//! What a tree is expected to say while only some features are known is the mean over the rows it was learned from that go the same way
//! where it asks about those. A feature's contribution is by how much knowing it changes that, averaged over all orders in which
//! features may become known. Contributions and the mean add up to what the tree says. All leaves' parts of this are found in one
//! walk (Lundberg, Erion and Lee 2018, "Consistent individualized feature attribution for tree ensembles", algorithm 2).

use std::ops::Range;

use super::tree::{Node, Tree};

/// One feature asked about on the way to a node.
#[derive(Debug, Clone, Copy)]
struct Step {
    feature: usize,
    /// The part of the rows that come by while the feature is unknown.
    unknown: f64,
    /// 1 if the row comes by while it is known, else 0.
    known: f64,
    /// The weight of the subsets with as many known features as steps before this one.
    weight: f64,
}

/// The ways to all nodes from the root to the one walked through, one behind the other: one piece of memory for the whole walk.
struct Walk<'a, F> {
    tree: &'a Tree,
    of: F,
    steps: Vec<Step>,
}

/// Adds the contributions of each feature to what the tree says of a row.
pub fn add_contributions(tree: &Tree, of: impl Fn(usize) -> f64, contributions: &mut [f64]) {
    let nobody = Step { feature: usize::MAX, unknown: 1.0, known: 1.0, weight: 0.0 };
    Walk { tree, of, steps: Vec::with_capacity(64) }.visit(contributions, 0, 0..0, nobody);
}

impl<F: Fn(usize) -> f64> Walk<'_, F> {
    /// Goes on to a node; `before` is the way to the node above it.
    fn visit(&mut self, contributions: &mut [f64], index: usize, before: Range<usize>, step: Step) {
        let from = self.steps.len();
        self.steps.extend_from_within(before);
        self.steps.push(step);
        extend(&mut self.steps[from..]);
        match self.tree.nodes()[index] {
            Node::Leaf { value, .. } => {
                let way = &self.steps[from..];
                for (place, step) in way.iter().enumerate().skip(1) {
                    contributions[step.feature] += unwound_weight(way, place) * (step.known - step.unknown) * value;
                }
            }
            Node::Split { feature, question, yes, no, rows } => {
                let (hot, cold) = if question.is_yes((self.of)(feature)) { (yes, no) } else { (no, yes) };
                let (mut unknown, mut known) = (1.0, 1.0);
                if let Some(place) = self.steps[from..].iter().position(|step| step.feature == feature) {
                    (unknown, known) = (self.steps[from + place].unknown, self.steps[from + place].known);
                    unwind(&mut self.steps[from..], place);
                    self.steps.pop();
                }
                let way = from..self.steps.len();
                for (child, known) in [(hot, known), (cold, 0.0)] {
                    let part = self.tree.nodes()[child].rows() / rows;
                    self.visit(contributions, child, way.clone(), Step { feature, unknown: unknown * part, known, weight: 0.0 });
                }
            }
        }
        self.steps.truncate(from);
    }
}

/// Gives the weights of all subsets a way has with its last feature, from those without it.
fn extend(way: &mut [Step]) {
    let Some(last) = way.len().checked_sub(1) else { return };
    let Step { unknown, known, .. } = way[last];
    way[last].weight = if last == 0 { 1.0 } else { 0.0 };
    let all = last as f64 + 1.0;
    for place in (0..last).rev() {
        way[place + 1].weight += known * way[place].weight * (place as f64 + 1.0) / all;
        way[place].weight *= unknown * (last - place) as f64 / all;
    }
}

/// Takes a feature out of a way again; what is at its end then does not belong to it.
fn unwind(way: &mut [Step], place: usize) {
    let last = way.len() - 1;
    let Step { unknown, known, .. } = way[place];
    let all = last as f64 + 1.0;
    let mut next = way[last].weight;
    for at in (0..last).rev() {
        let before = way[at].weight;
        if known != 0.0 {
            way[at].weight = next * all / ((at as f64 + 1.0) * known);
            next = before - way[at].weight * unknown * (last - at) as f64 / all;
        } else {
            way[at].weight = before * all / (unknown * (last - at) as f64);
        }
    }
    for at in place..last {
        way[at] = Step { weight: way[at].weight, ..way[at + 1] };
    }
}

/// The sum of the weights that [`unwind`] leaves.
fn unwound_weight(way: &[Step], place: usize) -> f64 {
    let last = way.len() - 1;
    let Step { unknown, known, .. } = way[place];
    let all = last as f64 + 1.0;
    let (mut next, mut total) = (way[last].weight, 0.0);
    for at in (0..last).rev() {
        if known != 0.0 {
            let weight = next * all / ((at as f64 + 1.0) * known);
            next = way[at].weight - weight * unknown * (last - at) as f64 / all;
            total += weight;
        } else {
            total += way[at].weight * all / (unknown * (last - at) as f64);
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::tree::Question;

    fn up_to(feature: usize, limit: f64, yes: usize, no: usize, rows: f64) -> Node {
        Node::Split { feature, question: Question::UpTo { limit, missing_yes: false }, yes, no, rows }
    }

    /// What the tree is expected to say while the features of a set are known: the definition.
    fn expected(tree: &Tree, x: &[f64], known: usize, index: usize) -> f64 {
        match tree.nodes()[index] {
            Node::Leaf { value, .. } => value,
            Node::Split { feature, question, yes, no, .. } if known >> feature & 1 == 1 => {
                expected(tree, x, known, if question.is_yes(x[feature]) { yes } else { no })
            }
            Node::Split { yes, no, rows, .. } => {
                [yes, no].iter().map(|child| tree.nodes()[*child].rows() / rows * expected(tree, x, known, *child)).sum()
            }
        }
    }

    /// Shapley 1953, "A value for n-person games": Σ over sets S without i of |S|! (n − |S| − 1)! / n! · (v(S + i) − v(S)).
    fn by_definition(tree: &Tree, x: &[f64], i: usize) -> f64 {
        let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
        let n = x.len();
        let sets = (0..1_usize << n).filter(|set| set >> i & 1 == 0);
        let part = |set: usize| {
            let size = set.count_ones() as usize;
            let weight = factorial(size) * factorial(n - size - 1) / factorial(n);
            weight * (expected(tree, x, set | 1 << i, 0) - expected(tree, x, set, 0))
        };
        sets.map(part).sum()
    }

    #[test]
    fn shapley_values_by_their_definition() {
        // Feature 0 is asked about twice on one way, and feature 3 nowhere.
        let nodes = vec![
            up_to(0, 5.0, 1, 2, 100.0),
            up_to(1, 2.0, 3, 4, 70.0),
            Node::Split { feature: 2, question: Question::Is { code: 1.0 }, yes: 5, no: 6, rows: 30.0 },
            up_to(0, 1.0, 7, 8, 40.0),
            Node::Leaf { value: -1.5, rows: 30.0 },
            Node::Leaf { value: 4.0, rows: 12.0 },
            up_to(1, 7.0, 9, 10, 18.0),
            Node::Leaf { value: 0.25, rows: 15.0 },
            Node::Leaf { value: 3.0, rows: 25.0 },
            Node::Leaf { value: -2.0, rows: 17.0 },
            Node::Leaf { value: 9.0, rows: 1.0 },
        ];
        let tree = Tree::new(nodes, 4).expect("a tree");
        for first in [0.5, 3.0, 8.0, f64::NAN] {
            for (second, third) in [(1.0, 1.0), (5.0, 0.0), (9.0, 1.0), (9.0, 2.0)] {
                let x = [first, second, third, 77.0];
                let mut found = [0.0; 4];
                add_contributions(&tree, |feature| x[feature], &mut found);
                for (feature, found) in found.iter().enumerate() {
                    assert!((found - by_definition(&tree, &x, feature)).abs() < 1e-12, "{feature} of {x:?}");
                }
                let total = tree.mean() + found.iter().sum::<f64>();
                assert!((total - tree.value(|feature| x[feature])).abs() < 1e-12);
            }
        }
    }
}
