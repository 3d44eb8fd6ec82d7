//! Features that know the answer.
//!
//! A feature that alone tells nearly all who have the label from those who have not is seldom a discovery. Mostly it was written after the
//! fact, such as the day on which a customer left, and is not known when the model is asked (Kaufman, Rosset and Perlich 2012,
//! "Leakage in data mining", ACM TKDD 6(4)).

use super::bins::Binned;
use super::folds::{FOLDS, fold_of};
use super::scores::auc;

/// AUC of one feature alone, from which it is reported.
pub const AUC_SUSPICIOUS: f64 = 0.98;
/// Rows with the share of the label in all data, added to each bin: bins of a few rows say little.
const PRIOR_ROWS: f64 = 5.0;

/// The AUC of each feature alone: rows are scored by the share of the label among the rows of other folds in their bin, so that
/// features whose middle values matter count too. Rows are in the order of [`super::folds::order`].
#[must_use]
pub fn single_aucs(data: &Binned, labels: &[bool]) -> Vec<f64> {
    let share = labels.iter().filter(|label| **label).count() as f64 / labels.len().max(1) as f64;
    let one = |bins: &Vec<u8>| {
        let mut counts = vec![[[0.0; 2]; FOLDS]; 256];
        for (row, (bin, label)) in bins.iter().zip(labels).enumerate() {
            counts[usize::from(*bin)][fold_of(row)][usize::from(*label)] += 1.0;
        }
        let score = |bin: u8, fold: usize| {
            let others = (0..FOLDS).filter(|other| *other != fold).map(|other| counts[usize::from(bin)][other]);
            let [without, with] = others.fold([0.0; 2], |sum, part| [sum[0] + part[0], sum[1] + part[1]]);
            (with + PRIOR_ROWS * share) / (with + without + PRIOR_ROWS)
        };
        let scores: Vec<f64> = bins.iter().enumerate().map(|(row, bin)| score(*bin, fold_of(row))).collect();
        auc(&scores, labels).unwrap_or(0.5)
    };
    data.bins.iter().map(one).collect()
}
