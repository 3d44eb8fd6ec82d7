//! A learned model: what it says of a customer, and why.

use super::features::{Column, Feature, FeaturesError};
use super::logistic::Logistic;
use super::platt::Line;
use super::scores::probability;
use super::shapley::add_contributions;
use super::tree::Tree;

/// What was learned.
#[derive(Debug, Clone, PartialEq)]
pub enum Learner {
    /// A sum of terms.
    Logistic(Logistic),
    /// Trees, whose values are added to a start.
    Trees { start: f64, trees: Vec<Tree> },
}

impl Learner {
    /// Its name in SQL.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Logistic(_) => "logistic",
            Self::Trees { .. } => "trees",
        }
    }

    /// The log-odds of a row of encoded values.
    #[must_use]
    pub fn log_odds(&self, of: impl Fn(usize) -> f64) -> f64 {
        match self {
            Self::Logistic(logistic) => logistic.log_odds(of),
            Self::Trees { start, trees } => start + trees.iter().map(|tree| tree.value(&of)).sum::<f64>(),
        }
    }

    /// The log-odds of no one in particular: what all contributions are added to.
    fn base(&self) -> f64 {
        match self {
            Self::Logistic(logistic) => logistic.intercept,
            Self::Trees { start, trees } => start + trees.iter().map(Tree::mean).sum::<f64>(),
        }
    }

    fn add_contributions(&self, of: impl Fn(usize) -> f64, contributions: &mut [f64]) {
        match self {
            Self::Logistic(Logistic { terms, .. }) => {
                terms.iter().for_each(|term| contributions[term.feature] += term.contribution(of(term.feature)));
            }
            Self::Trees { trees, .. } => trees.iter().for_each(|tree| add_contributions(tree, &of, contributions)),
        }
    }
}

/// What was learned, of which features, and the line that makes its log-odds right.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// In the order in which they were named.
    pub features: Vec<Feature>,
    /// What was learned of them.
    pub learner: Learner,
    /// From the learner's log-odds to those of the score.
    pub line: Line,
}

/// Why rows have their scores: the log-odds of a score are the base plus the row's contributions.
#[derive(Debug, Clone, PartialEq)]
pub struct Reasons {
    /// The log-odds of no one in particular.
    pub base: f64,
    /// For each row what each feature contributes, in the order of the model's features.
    pub contributions: Vec<Vec<f64>>,
}

impl Model {
    /// P(label) of each row; features are found by their names, and others are left out.
    ///
    /// # Errors
    /// A feature is missing, or cannot be read.
    pub fn scores(&self, columns: &[(&str, &Column)]) -> Result<Vec<f64>, FeaturesError> {
        Ok(self.log_odds(columns)?.into_iter().map(probability).collect())
    }

    /// The log-odds of [`Self::scores`].
    ///
    /// # Errors
    /// Those of [`Self::scores`].
    pub fn log_odds(&self, columns: &[(&str, &Column)]) -> Result<Vec<f64>, FeaturesError> {
        let (values, rows) = self.encode(columns)?;
        Ok((0..rows).map(|row| self.line.at(self.learner.log_odds(|feature| values[feature][row]))).collect())
    }

    /// Why each row has its score.
    ///
    /// # Errors
    /// Those of [`Self::scores`].
    pub fn reasons(&self, columns: &[(&str, &Column)]) -> Result<Reasons, FeaturesError> {
        let (values, rows) = self.encode(columns)?;
        let one = |row: usize| {
            let mut contributions = vec![0.0; self.features.len()];
            self.learner.add_contributions(|feature| values[feature][row], &mut contributions);
            contributions.iter_mut().for_each(|contribution| *contribution *= self.line.slope);
            contributions
        };
        Ok(Reasons { base: self.line.at(self.learner.base()), contributions: (0..rows).map(one).collect() })
    }

    /// The values of its features as numbers, and the number of rows.
    fn encode(&self, columns: &[(&str, &Column)]) -> Result<(Vec<Vec<f64>>, usize), FeaturesError> {
        let rows = columns.first().map_or(0, |(_, column)| column.len());
        let mut values = vec![];
        for feature in &self.features {
            let found = columns.iter().find(|(name, _)| *name == feature.name);
            let (_, column) = found.ok_or_else(|| FeaturesError::Missing(feature.name.clone()))?;
            if column.len() != rows {
                return Err(FeaturesError::Length(feature.name.clone()));
            }
            values.push(feature.encode(column)?);
        }
        Ok((values, rows))
    }
}
