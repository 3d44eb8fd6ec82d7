//! Gradient boosting: trees, each of which corrects those before it.
//!
//! A tree is learned from the first and the second derivative of −ln P(label) in the log-odds; a leaf adds −G / (H + λ), and a split gains
//! half of G²/(H + λ) of its sides less that of the whole (Friedman 2001, "Greedy function approximation", Annals of Statistics 29; Chen
//! and Guestrin 2016, "XGBoost", equations 5 and 7). Sums are kept by bin, and the larger of two sides is the whole less the
//! smaller; the leaf that gains most is split next (Ke et al. 2017, "LightGBM"). Missing numbers go to the side where they gain more
//! (Chen and Guestrin, section 3.4). Texts are split one against the rest.
//!
//! Nothing is random: equal rows in equal order give equal trees.

use super::bins::{Binned, Cuts, MISSING};
use super::scores::probability;
use super::tree::{Node, Question, Tree};

/// How trees are grown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growth {
    /// The part of its correction that a tree makes.
    pub rate: f64,
    /// Leaves of a tree.
    pub leaves_max: usize,
    /// Questions in a chain.
    pub depth_max: usize,
    /// Rows of a leaf.
    pub rows_min: usize,
    /// λ: rows' worth of doubt, in the unit of H.
    pub ridge: f64,
}

/// Rows from which on trees may be larger and faster.
const MANY_ROWS: usize = 20_000;

impl Growth {
    /// Small trees that correct slowly; where there are many rows, whose chance agreements are rare, larger and faster ones.
    #[must_use]
    pub fn for_rows(rows: usize) -> Self {
        let small = Self { rate: 0.05, leaves_max: 8, depth_max: 4, rows_min: 20, ridge: 1.0 };
        if rows < MANY_ROWS { small } else { Self { rate: 0.1, leaves_max: 16, depth_max: 6, ..small } }
    }
}

/// H of a leaf.
const CURVATURE_MIN: f64 = 1e-3;
/// Bins of a feature, with that of missing numbers.
const BINS: usize = 256;

/// G, H and rows of a bin.
type Sums = [f64; 3];

fn plus(a: Sums, b: Sums) -> Sums {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

fn minus(a: Sums, b: Sums) -> Sums {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// Log-odds of all rows, of which some are learned from, as trees are added.
#[derive(Debug)]
pub struct Booster<'a> {
    data: &'a Binned,
    labels: &'a [bool],
    growth: Growth,
    /// The rows learned from.
    rows: Vec<u32>,
    /// The log-odds of the label in these rows: where trees start.
    pub start: f64,
    /// The log-odds of every row, also of those that are not learned from.
    pub log_odds: Vec<f64>,
    /// The trees so far.
    pub trees: Vec<Tree>,
}

/// A leaf that may be split.
struct Candidate {
    node: usize,
    depth: usize,
    rows: Vec<u32>,
    sums: Sums,
    histogram: Vec<Sums>,
    best: Option<Split>,
}

#[derive(Clone, Copy)]
struct Split {
    gain: f64,
    feature: usize,
    /// The last bin of the yes side, or the bin of the text.
    bin: usize,
    missing_yes: bool,
    yes: Sums,
}

impl<'a> Booster<'a> {
    /// No trees yet; learns from `rows`.
    #[must_use]
    pub fn new(data: &'a Binned, labels: &'a [bool], rows: &[usize], growth: Growth) -> Self {
        let positives = rows.iter().filter(|row| labels[**row]).count() as f64;
        // Half a row on either side keeps it finite.
        let start = ((positives + 0.5) / (rows.len() as f64 - positives + 0.5)).ln();
        let rows = rows.iter().map(|row| *row as u32).collect();
        Self { data, labels, growth, rows, start, log_odds: vec![start; labels.len()], trees: vec![] }
    }

    /// Adds a tree; `false`, and none, where no question gains anything.
    pub fn step(&mut self) -> bool {
        let gradients: Vec<Sums> = self
            .log_odds
            .iter()
            .zip(self.labels)
            .map(|(odds, label)| {
                let p = probability(*odds);
                [p - f64::from(u8::from(*label)), p * (1.0 - p), 1.0]
            })
            .collect();
        let nodes = self.grow(&gradients);
        let Some(tree) = Tree::new(nodes, self.data.bins.len()).filter(|tree| tree.nodes().len() > 1) else { return false };
        let Self { data, log_odds, .. } = self;
        let questions: Vec<(usize, u8)> = tree.nodes().iter().map(|node| asked(data, node)).collect();
        for (row, odds) in log_odds.iter_mut().enumerate() {
            *odds += leaf(data, &tree, &questions, row);
        }
        self.trees.push(tree);
        true
    }

    fn grow(&self, gradients: &[Sums]) -> Vec<Node> {
        let sums = self.rows.iter().fold([0.0; 3], |sum, row| plus(sum, gradients[*row as usize]));
        let mut nodes = vec![self.leaf(sums)];
        let histogram = self.histogram(&self.rows, gradients);
        let root = Candidate { node: 0, depth: 0, rows: self.rows.clone(), sums, histogram, best: None };
        let mut open = vec![self.with_best(root)];
        while nodes.len() < 2 * self.growth.leaves_max - 1 {
            let gain = |candidate: &Candidate| candidate.best.map_or(0.0, |split| split.gain);
            // The first of equal ones.
            let chosen = (0..open.len()).reduce(|best, next| if gain(&open[next]) > gain(&open[best]) { next } else { best });
            let Some((at, split)) = chosen.and_then(|at| open[at].best.map(|split| (at, split))) else { break };
            let parent = open.swap_remove(at);
            let (yes, no) = (nodes.len(), nodes.len() + 1);
            let question = question(&self.data.cuts[split.feature], &split);
            nodes[parent.node] = Node::Split { feature: split.feature, question, yes, no, rows: parent.sums[2] };
            for child in self.children(parent, &split, gradients, yes) {
                nodes.push(self.leaf(child.sums));
                open.push(child);
            }
        }
        nodes
    }

    /// The two sides of a split; the yes side is node `yes`, the other one the next.
    fn children(&self, parent: Candidate, split: &Split, gradients: &[Sums], yes: usize) -> [Candidate; 2] {
        let bins = &self.data.bins[split.feature];
        let is_number = matches!(self.data.cuts[split.feature], Cuts::Number(_));
        let (left, right): (Vec<u32>, Vec<u32>) =
            parent.rows.iter().partition(|row| goes_yes(bins[**row as usize], split.bin as u8, is_number, split.missing_yes));
        let depth = parent.depth + 1;
        let splittable = depth < self.growth.depth_max;
        let (mut of_left, mut of_right) = (vec![], vec![]);
        if splittable {
            let smaller = if left.len() <= right.len() { &left } else { &right };
            let counted = self.histogram(smaller, gradients);
            let rest: Vec<Sums> = parent.histogram.iter().zip(&counted).map(|(all, part)| minus(*all, *part)).collect();
            (of_left, of_right) = if left.len() <= right.len() { (counted, rest) } else { (rest, counted) };
        }
        let other = minus(parent.sums, split.yes);
        let one = |node, rows, sums, histogram| self.with_best(Candidate { node, depth, rows, sums, histogram, best: None });
        [one(yes, left, split.yes, of_left), one(yes + 1, right, other, of_right)]
    }

    fn leaf(&self, [g, h, rows]: Sums) -> Node {
        Node::Leaf { value: -self.growth.rate * g / (h + self.growth.ridge), rows }
    }

    fn histogram(&self, rows: &[u32], gradients: &[Sums]) -> Vec<Sums> {
        let mut histogram = vec![[0.0; 3]; BINS * self.data.bins.len()];
        for (bins, sums) in self.data.bins.iter().zip(histogram.chunks_exact_mut(BINS)) {
            for row in rows {
                let (bin, [g, h, _]) = (usize::from(bins[*row as usize]), gradients[*row as usize]);
                let sum = &mut sums[bin];
                *sum = [sum[0] + g, sum[1] + h, sum[2] + 1.0];
            }
        }
        histogram
    }

    fn with_best(&self, mut candidate: Candidate) -> Candidate {
        let mut best: Option<Split> = None;
        for (feature, (cuts, sums)) in self.data.cuts.iter().zip(candidate.histogram.chunks_exact(BINS)).enumerate() {
            let mut consider = |bin: usize, missing_yes: bool, yes: Sums| {
                let gain = self.gain(candidate.sums, yes);
                if gain > best.map_or(0.0, |best| best.gain) {
                    best = Some(Split { gain, feature, bin, missing_yes, yes });
                }
            };
            match cuts {
                Cuts::Text(count) => (0..*count).for_each(|bin| consider(bin, false, sums[bin])),
                Cuts::Number(cuts) => {
                    let missing = sums[usize::from(MISSING)];
                    let mut yes = [0.0; 3];
                    for bin in 0..cuts.len() {
                        yes = plus(yes, sums[bin]);
                        // Where none is missing, one to come goes with the larger side.
                        let with_more = missing[2] == 0.0 && 2.0 * yes[2] >= candidate.sums[2];
                        consider(bin, with_more, yes);
                        if missing[2] > 0.0 {
                            consider(bin, true, plus(yes, missing));
                        }
                    }
                    if missing[2] > 0.0 {
                        // There or not: all numbers on one side.
                        consider(cuts.len(), false, minus(candidate.sums, missing));
                    }
                }
            }
        }
        candidate.best = best;
        candidate
    }

    /// What a split gains; 0 where a side is too small.
    fn gain(&self, all: Sums, yes: Sums) -> f64 {
        let no = minus(all, yes);
        let small = |side: Sums| side[2] < self.growth.rows_min as f64 || side[1] < CURVATURE_MIN;
        if small(yes) || small(no) {
            return 0.0;
        }
        let score = |side: Sums| side[0] * side[0] / (side[1] + self.growth.ridge);
        let gain = 0.5 * (score(yes) + score(no) - score(all));
        // What rounding makes of nothing is no gain.
        if gain > 1e-9 * all[2] { gain } else { 0.0 }
    }
}

fn goes_yes(bin: u8, limit: u8, is_number: bool, missing_yes: bool) -> bool {
    match (is_number, bin) {
        (true, MISSING) => missing_yes,
        (true, _) => bin <= limit,
        (false, _) => bin == limit,
    }
}

fn question(cuts: &Cuts, split: &Split) -> Question {
    match cuts {
        Cuts::Text(_) => Question::Is { code: split.bin as f64 - 1.0 },
        Cuts::Number(cuts) => {
            let limit = cuts.get(split.bin).copied().unwrap_or(f64::MAX);
            Question::UpTo { limit, missing_yes: split.missing_yes }
        }
    }
}

/// The feature of a node and its limit as a bin.
fn asked(data: &Binned, node: &Node) -> (usize, u8) {
    match *node {
        Node::Leaf { .. } => (0, 0),
        Node::Split { feature, question: Question::UpTo { limit, .. }, .. } => (feature, data.cuts[feature].bin(limit)),
        Node::Split { feature, question: Question::Is { code }, .. } => (feature, data.cuts[feature].bin(code)),
    }
}

/// What the tree adds to a binned row.
fn leaf(data: &Binned, tree: &Tree, questions: &[(usize, u8)], row: usize) -> f64 {
    let mut index = 0;
    loop {
        match tree.nodes()[index] {
            Node::Leaf { value, .. } => return value,
            Node::Split { question, yes, no, .. } => {
                let (feature, limit) = questions[index];
                let is_yes = match question {
                    Question::UpTo { missing_yes, .. } => goes_yes(data.bins[feature][row], limit, true, missing_yes),
                    Question::Is { .. } => goes_yes(data.bins[feature][row], limit, false, false),
                };
                index = if is_yes { yes } else { no };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::features::{Feature, Kind};

    /// By hand: 4 rows at 0 of which 1 has the label, 4 at 1 of which 3 have it. The start is 0, so that g is ±1/2 and h is 1/4: G = 1, −1
    /// and H = 1 on either side, and with λ = 1 and a rate of 1 the leaves are −1/2 and 1/2.
    #[test]
    fn one_question_by_hand() {
        let column = vec![0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        let labels = [true, false, false, false, true, true, true, false];
        let data = Binned::of(&[Feature { name: "x".to_string(), kind: Kind::Number }], &[column]);
        let growth = Growth { rate: 1.0, leaves_max: 2, depth_max: 1, rows_min: 1, ridge: 1.0 };
        let mut booster = Booster::new(&data, &labels, &[0, 1, 2, 3, 4, 5, 6, 7], growth);
        assert!(booster.step());
        let expected = [
            Node::Split { feature: 0, question: Question::UpTo { limit: 0.5, missing_yes: true }, yes: 1, no: 2, rows: 8.0 },
            Node::Leaf { value: -0.5, rows: 4.0 },
            Node::Leaf { value: 0.5, rows: 4.0 },
        ];
        assert_eq!(booster.trees[0].nodes(), expected);
        assert_eq!(booster.log_odds, [-0.5, -0.5, -0.5, -0.5, 0.5, 0.5, 0.5, 0.5]);
    }

    #[test]
    fn missing_numbers_learn_their_side() {
        let column: Vec<f64> = (0..300).map(|row| if row % 3 == 0 { f64::NAN } else { f64::from(row % 3) }).collect();
        // Missing ones are like those of 2.
        let labels: Vec<bool> = (0..300).map(|row| row % 3 != 1 || row % 20 == 1).collect();
        let data = Binned::of(&[Feature { name: "x".to_string(), kind: Kind::Number }], &[column]);
        let mut booster = Booster::new(&data, &labels, &(0..300).collect::<Vec<_>>(), Growth::for_rows(300));
        assert!(booster.step());
        let Node::Split { question, .. } = booster.trees[0].nodes()[0] else { panic!("a split") };
        assert_eq!(question, Question::UpTo { limit: 1.5, missing_yes: false });
    }
}
