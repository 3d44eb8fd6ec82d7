//! The model of a set of customers, with how good it is.
//!
//! Two learners compete, each on five parts of the rows, none of which it has learned from: logistic regression, and trees. The trees
//! win if their mean −ln P(label) is smaller by more than one standard error of the difference; otherwise the simpler model does. The
//! number of trees is the one that is best on the parts not learned from. Scores are then calibrated on these parts, and the winner is
//! learned again from all rows.
//!
//! All numbers of [`Quality`] are of rows that neither the learner nor the line of calibration had seen: for each part, both come from the
//! other four (Stone 1974, "Cross-validatory choice and assessment of statistical predictions", JRSS B 36). Two choices were made by
//! them, though: the number of trees and the winner. That flatters the winner by a little, the more the fewer rows there are.

use std::borrow::Cow;

use super::bins::Binned;
use super::boosting::{Booster, Growth};
use super::features::{Column, Feature, FeaturesError, read};
use super::folds::{FOLDS, fold_of, order};
use super::leakage::{AUC_SUSPICIOUS, single_aucs};
use super::logistic::Logistic;
use super::model::{Learner, Model};
use super::platt::Line;
use super::scores::{CalibrationBin, auc, calibration, log_loss, loss, probability};
use crate::stopped::is_stopped;

/// Rows that are learned from; of more, a sample in equal shares of the labels.
pub const ROWS_MAX: usize = 200_000;
/// Rows of the rarer label without which nothing is learned: two for each part.
pub const RARER_MIN: usize = 10;
/// The largest number of trees.
const TREES_MAX: usize = 300;
/// Trees without a gain on the parts not learned from, after which no more are tried.
const PATIENCE: usize = 20;

/// The status of a fit that scores may use.
pub const CONVERGED: &str = "converged";

/// Which learners compete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Both.
    Auto,
    /// Logistic regression only.
    Logistic,
    /// Trees only.
    Trees,
}

/// How good a learner is on rows that it has not seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// P(one with the label has a higher score than one without).
    pub auc: f64,
    /// The mean of −ln P(label), calibrated.
    pub log_loss: f64,
    /// The same, of a score that is the share of the label for everyone.
    pub log_loss_of_share: f64,
    /// What was foretold, and what happened.
    pub calibration: Vec<CalibrationBin>,
}

/// What a fit comes down to.
#[derive(Debug, Clone, PartialEq)]
pub struct Propensity {
    /// The model; `None` where nothing can be learned.
    pub model: Option<Model>,
    /// How good it is.
    pub quality: Option<Quality>,
    /// The AUC of both learners, as far as they competed: by name.
    pub aucs: Vec<(&'static str, f64)>,
    /// Features that alone nearly tell the answer, with their AUC: they may have been written after the fact.
    pub suspicious: Vec<(String, f64)>,
    /// Rows learned from.
    pub rows: usize,
    /// Those of them with the label.
    pub positives: usize,
    /// 'converged', or why there is no model, or what is doubtful about it.
    pub status: Cow<'static, str>,
}

/// What a learner says of rows that it has not seen.
struct Tried {
    name: &'static str,
    log_odds: Vec<f64>,
    trees: usize,
}

/// Rows in their order.
struct Rows {
    features: Vec<Feature>,
    columns: Vec<Vec<f64>>,
    labels: Vec<bool>,
    binned: Binned,
}

/// Learns who has the label from named columns. Equal sets of rows give equal models, to the last bit, whatever their order.
///
/// # Errors
/// Columns that cannot be read.
pub fn fit(columns: &[(String, Column)], labels: &[bool], choice: Choice) -> Result<Propensity, FeaturesError> {
    let (features, values) = read(columns, labels.len())?;
    let places = order(&values, labels, ROWS_MAX);
    let labels: Vec<bool> = places.iter().map(|row| labels[*row]).collect();
    let columns: Vec<Vec<f64>> = values.iter().map(|column| places.iter().map(|row| column[*row]).collect()).collect();
    let positives = labels.iter().filter(|label| **label).count();
    let mut found = Propensity {
        model: None,
        quality: None,
        aucs: vec![],
        suspicious: vec![],
        rows: labels.len(),
        positives,
        status: Cow::Borrowed(CONVERGED),
    };
    if positives.min(labels.len() - positives) < RARER_MIN {
        found.status = Cow::Owned(format!("fewer than {RARER_MIN} rows of one label"));
        return Ok(found);
    }
    let binned = Binned::of(&features, &columns);
    let rows = Rows { features, columns, labels, binned };
    let singles = single_aucs(&rows.binned, &rows.labels);
    let named = rows.features.iter().zip(singles).filter(|(_, auc)| *auc >= AUC_SUSPICIOUS);
    found.suspicious = named.map(|(feature, auc)| (feature.name.clone(), auc)).collect();
    let mut tried: Vec<Tried> = vec![];
    if choice != Choice::Trees {
        tried.push(rows.try_logistic());
    }
    if choice != Choice::Logistic {
        tried.push(rows.try_trees());
    }
    found.aucs = tried.iter().map(|one| (one.name, auc(&one.log_odds, &rows.labels).unwrap_or(0.5))).collect();
    let Some(winner) = tried.into_iter().reduce(|simple, trees| if rows.is_better(&trees, &simple) { trees } else { simple })
    else {
        return Ok(found);
    };
    let line = Line::fit(&winner.log_odds, &rows.labels);
    found.status = status(&line, &found.suspicious);
    found.quality = Some(rows.quality(&winner.log_odds));
    found.model = Some(Model { learner: rows.learn(&winner), features: rows.features, line });
    Ok(found)
}

fn status(line: &Line, suspicious: &[(String, f64)]) -> Cow<'static, str> {
    if line.slope == 0.0 {
        return Cow::Borrowed("the features do not foretell the label: every score is its share");
    }
    match suspicious.first() {
        Some((name, _)) => {
            Cow::Owned(format!("{CONVERGED}, but \"{name}\" alone nearly tells the label: is it known beforehand?"))
        }
        None => Cow::Borrowed(CONVERGED),
    }
}

impl Rows {
    /// All rows but those of a fold.
    fn without(&self, fold: usize) -> Vec<usize> {
        (0..self.labels.len()).filter(|row| fold_of(*row) != fold).collect()
    }

    fn try_logistic(&self) -> Tried {
        let mut log_odds = vec![0.0; self.labels.len()];
        for fold in 0..FOLDS {
            let learned = Logistic::fit(&self.features, &self.columns, &self.labels, &self.without(fold));
            for row in (0..log_odds.len()).filter(|row| fold_of(*row) == fold) {
                log_odds[row] = learned.log_odds(|feature| self.columns[feature][row]);
            }
        }
        Tried { name: "logistic", log_odds, trees: 0 }
    }

    /// All folds grow one tree after another, and the number at which they are best together is the number of trees.
    fn try_trees(&self) -> Tried {
        let growth = Growth::for_rows(self.labels.len());
        let booster = |fold| Booster::new(&self.binned, &self.labels, &self.without(fold), growth);
        let mut boosters: Vec<Booster<'_>> = (0..FOLDS).map(booster).collect();
        let unseen = |boosters: &[Booster<'_>]| -> Vec<f64> {
            (0..self.labels.len()).map(|row| boosters[fold_of(row)].log_odds[row]).collect()
        };
        let cost = |log_odds: &[f64]| log_odds.iter().zip(&self.labels).map(|(odds, label)| loss(*odds, *label)).sum::<f64>();
        let mut best = Tried { name: "trees", log_odds: unseen(&boosters), trees: 0 };
        let mut least = cost(&best.log_odds);
        for trees in 1..=TREES_MAX {
            let grown = boosters.iter_mut().filter_map(|booster| booster.step().then_some(())).count();
            if grown == 0 || trees > best.trees + PATIENCE || is_stopped() {
                break;
            }
            let log_odds = unseen(&boosters);
            let now = cost(&log_odds);
            if now < least {
                (best.log_odds, best.trees, least) = (log_odds, trees, now);
            }
        }
        best
    }

    /// Whether one is better than the other by more than one standard error.
    fn is_better(&self, one: &Tried, other: &Tried) -> bool {
        let losses = one.log_odds.iter().zip(&other.log_odds).zip(&self.labels);
        let gains: Vec<f64> = losses.map(|((one, other), label)| loss(*other, *label) - loss(*one, *label)).collect();
        let n = gains.len() as f64;
        let mean = gains.iter().sum::<f64>() / n;
        let variance = gains.iter().map(|gain| (gain - mean) * (gain - mean)).sum::<f64>() / (n - 1.0);
        mean > (variance / n).sqrt()
    }

    fn learn(&self, winner: &Tried) -> Learner {
        let all: Vec<usize> = (0..self.labels.len()).collect();
        if winner.name == "logistic" {
            return Learner::Logistic(Logistic::fit(&self.features, &self.columns, &self.labels, &all));
        }
        let mut booster = Booster::new(&self.binned, &self.labels, &all, Growth::for_rows(all.len()));
        (0..winner.trees).for_each(|_| {
            booster.step();
        });
        Learner::Trees { start: booster.start, trees: booster.trees }
    }

    fn quality(&self, log_odds: &[f64]) -> Quality {
        let mut probabilities = vec![0.0; log_odds.len()];
        for fold in 0..FOLDS {
            let others = self.without(fold);
            let (odds, labels): (Vec<f64>, Vec<bool>) = others.iter().map(|row| (log_odds[*row], self.labels[*row])).unzip();
            let line = Line::fit(&odds, &labels);
            for row in (0..log_odds.len()).filter(|row| fold_of(*row) == fold) {
                probabilities[row] = probability(line.at(log_odds[row]));
            }
        }
        let share = self.labels.iter().filter(|label| **label).count() as f64 / self.labels.len() as f64;
        Quality {
            auc: auc(log_odds, &self.labels).unwrap_or(0.5),
            log_loss: log_loss(&probabilities, &self.labels),
            log_loss_of_share: log_loss(&vec![share; self.labels.len()], &self.labels),
            calibration: calibration(&probabilities, &self.labels),
        }
    }
}
