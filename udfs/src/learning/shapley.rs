//! What each feature contributes to what a tree says: Shapley values.
//!
//! What a tree is expected to say while only some features are known is the mean over the rows it was learned from that go the same way
//! where it asks about those. A feature's contribution is by how much knowing it changes that, averaged over all orders in which
//! features may become known. Contributions and the mean add up to what the tree says. All leaves' parts of this are found in one
//! walk (Lundberg, Erion and Lee 2018, "Consistent individualized feature attribution for tree ensembles", algorithm 2).

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

/// The features asked about on the way, the first one standing for none.
type Way = Vec<Step>;

/// Adds the contributions of each feature to what the tree says of a row.
pub fn add_contributions(tree: &Tree, of: impl Fn(usize) -> f64, contributions: &mut [f64]) {
    walk(tree, &of, contributions, 0, &Way::new(), Step { feature: usize::MAX, unknown: 1.0, known: 1.0, weight: 0.0 });
}

fn walk(tree: &Tree, of: &impl Fn(usize) -> f64, contributions: &mut [f64], index: usize, before: &Way, step: Step) {
    let mut way = extended(before, step);
    match tree.nodes()[index] {
        Node::Leaf { value, .. } => {
            for place in 1..way.len() {
                let weight = unwound_weight(&way, place);
                contributions[way[place].feature] += weight * (way[place].known - way[place].unknown) * value;
            }
        }
        Node::Split { feature, question, yes, no, rows } => {
            let (hot, cold) = if question.is_yes(of(feature)) { (yes, no) } else { (no, yes) };
            let (mut unknown, mut known) = (1.0, 1.0);
            if let Some(place) = way.iter().position(|step| step.feature == feature) {
                (unknown, known) = (way[place].unknown, way[place].known);
                way = unwound(&way, place);
            }
            let part = |child: usize| unknown * (tree.nodes()[child].rows() / rows);
            walk(tree, of, contributions, hot, &way, Step { feature, unknown: part(hot), known, weight: 0.0 });
            walk(tree, of, contributions, cold, &way, Step { feature, unknown: part(cold), known: 0.0, weight: 0.0 });
        }
    }
}

/// The way with one more feature.
fn extended(before: &Way, step: Step) -> Way {
    let length = before.len();
    let mut way = Way::with_capacity(length + 1);
    way.extend_from_slice(before);
    way.push(Step { weight: if length == 0 { 1.0 } else { 0.0 }, ..step });
    let all = length as f64 + 1.0;
    for place in (0..length).rev() {
        way[place + 1].weight += step.known * way[place].weight * (place as f64 + 1.0) / all;
        way[place].weight *= step.unknown * (length - place) as f64 / all;
    }
    way
}

/// The way without one of its features.
fn unwound(way: &Way, place: usize) -> Way {
    let last = way.len() - 1;
    let Step { unknown, known, .. } = way[place];
    let mut rest = way[..last].to_vec();
    let all = last as f64 + 1.0;
    let mut next = way[last].weight;
    for at in (0..last).rev() {
        if known != 0.0 {
            let weight = next * all / ((at as f64 + 1.0) * known);
            next = way[at].weight - weight * unknown * (last - at) as f64 / all;
            rest[at].weight = weight;
        } else {
            rest[at].weight = way[at].weight * all / (unknown * (last - at) as f64);
        }
    }
    for at in place..last {
        (rest[at].feature, rest[at].unknown, rest[at].known) = (way[at + 1].feature, way[at + 1].unknown, way[at + 1].known);
    }
    rest
}

/// The sum of the weights of [`unwound`].
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
