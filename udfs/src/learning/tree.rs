//! Decision trees: a chain of questions about a row, and a number at its end.

/// The longest chain of questions.
pub const DEPTH_MAX: usize = 32;

/// What a node asks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Question {
    /// Is the number not above this? A missing one goes where it was better in learning.
    UpTo { limit: f64, missing_yes: bool },
    /// Is it the text with this code?
    Is { code: f64 },
}

impl Question {
    /// The answer for a value.
    #[must_use]
    pub fn is_yes(&self, value: f64) -> bool {
        match *self {
            Self::UpTo { missing_yes, .. } if value.is_nan() => missing_yes,
            Self::UpTo { limit, .. } => value <= limit,
            Self::Is { code } => value == code,
        }
    }
}

/// A node; those that come after it have larger indices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Node {
    /// The end: what is added to the log-odds.
    Leaf { value: f64, rows: f64 },
    /// A question about a feature, and the indices of the nodes behind its answers.
    Split { feature: usize, question: Question, yes: usize, no: usize, rows: f64 },
}

impl Node {
    /// The rows that came by in learning.
    #[must_use]
    pub fn rows(&self) -> f64 {
        match self {
            Self::Leaf { rows, .. } | Self::Split { rows, .. } => *rows,
        }
    }
}

/// A tree; its root is node 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    /// A tree of nodes, if they are one: each but the root is behind exactly one answer of a node before it, chains are not longer than
    /// [`DEPTH_MAX`], features are below `features`, numbers are finite, and every node has had rows.
    #[must_use]
    pub fn new(nodes: Vec<Node>, features: usize) -> Option<Self> {
        let mut depths = vec![None; nodes.len()];
        *depths.first_mut()? = Some(0_usize);
        for (index, node) in nodes.iter().enumerate() {
            let depth = depths[index]?;
            if !(node.rows() > 0.0 && node.rows().is_finite()) || depth > DEPTH_MAX {
                return None;
            }
            match *node {
                Node::Leaf { value, .. } => value.is_finite().then_some(())?,
                Node::Split { feature, question, yes, no, .. } => {
                    let finite = match question {
                        Question::UpTo { limit, .. } => limit.is_finite(),
                        Question::Is { code } => code.is_finite(),
                    };
                    (finite && feature < features).then_some(())?;
                    for child in [yes, no] {
                        let place = depths.get_mut(child).filter(|place| child > index && place.is_none())?;
                        *place = Some(depth + 1);
                    }
                }
            }
        }
        Some(Self { nodes })
    }

    /// All nodes, the root first.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// What the tree adds to the log-odds of a row.
    #[must_use]
    pub fn value(&self, of: impl Fn(usize) -> f64) -> f64 {
        let mut index = 0;
        loop {
            match self.nodes[index] {
                Node::Leaf { value, .. } => return value,
                Node::Split { feature, question, yes, no, .. } => index = if question.is_yes(of(feature)) { yes } else { no },
            }
        }
    }

    /// The mean of [`Self::value`] over the rows that it was learned from.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let total = self.nodes[0].rows();
        let part = |node: &Node| if let Node::Leaf { value, rows } = node { value * (rows / total) } else { 0.0 };
        self.nodes.iter().map(part).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(yes: usize, no: usize) -> Node {
        Node::Split { feature: 0, question: Question::UpTo { limit: 1.0, missing_yes: true }, yes, no, rows: 4.0 }
    }

    const LEAF: Node = Node::Leaf { value: 2.0, rows: 1.0 };

    #[test]
    fn what_is_no_tree() {
        assert!(Tree::new(vec![split(1, 2), LEAF, LEAF], 1).is_some());
        for nodes in [
            vec![],
            vec![split(1, 2), LEAF],
            vec![split(1, 1), LEAF],
            vec![split(0, 1), LEAF],
            vec![split(1, 2), LEAF, LEAF, LEAF],
            vec![split(1, 2), split(0, 3), LEAF, LEAF],
            vec![Node::Leaf { value: f64::NAN, rows: 1.0 }],
            vec![Node::Leaf { value: 1.0, rows: 0.0 }],
        ] {
            assert!(Tree::new(nodes.clone(), 1).is_none(), "{nodes:?}");
        }
        assert!(Tree::new(vec![split(1, 2), LEAF, LEAF], 0).is_none());
    }

    #[test]
    fn missing_numbers_go_where_they_went() {
        let no = Node::Leaf { value: -1.0, rows: 3.0 };
        let tree = Tree::new(vec![split(1, 2), LEAF, no], 1).expect("a tree");
        assert_eq!([1.0, 1.5, f64::NAN].map(|x| tree.value(|_| x)), [2.0, -1.0, 2.0]);
    }
}
