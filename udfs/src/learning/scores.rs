//! How good probabilities are: do those who did it have the higher ones, and did as many do it as foretold?

/// ln of what a probability may at least be: one certain prediction that is wrong does not make all others worthless.
const PROBABILITY_MIN: f64 = 1e-15;
/// Rows of the table of [`calibration`].
const BINS: usize = 10;

/// P(the score of a row with the label > that of one without) + half of P(they are equal), by ranks (Hanley and McNeil 1982, "The
/// meaning and use of the area under a receiver operating characteristic curve", Radiology 143). `None` where all labels are equal.
#[must_use]
pub fn auc(scores: &[f64], labels: &[bool]) -> Option<f64> {
    let mut pairs: Vec<(f64, bool)> = scores.iter().copied().zip(labels.iter().copied()).collect();
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut wins, mut positives) = (0.0, 0.0, 0.0);
    for equal in pairs.chunk_by(|a, b| a.0 == b.0) {
        let with = equal.iter().filter(|pair| pair.1).count() as f64;
        let without = equal.len() as f64 - with;
        wins += with * (below + without / 2.0);
        below += without;
        positives += with;
    }
    (positives > 0.0 && below > 0.0).then(|| wins / (positives * below))
}

/// The mean of −ln P(what happened).
#[must_use]
pub fn log_loss(probabilities: &[f64], labels: &[bool]) -> f64 {
    let loss = |(p, label): (&f64, &bool)| -(if *label { *p } else { 1.0 - p }).max(PROBABILITY_MIN).ln();
    probabilities.iter().zip(labels).map(loss).sum::<f64>() / labels.len().max(1) as f64
}

/// One tenth of the rows, by what was foretold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationBin {
    /// Rows.
    pub rows: usize,
    /// The smallest probability among them.
    pub low: f64,
    /// The largest one.
    pub high: f64,
    /// The mean of the probabilities.
    pub foretold: f64,
    /// The share of the rows with the label.
    pub happened: f64,
}

/// Ten parts of equal size, by rising probability; rows of equal probability stay together, so that there may be fewer parts.
#[must_use]
pub fn calibration(probabilities: &[f64], labels: &[bool]) -> Vec<CalibrationBin> {
    let mut pairs: Vec<(f64, bool)> = probabilities.iter().copied().zip(labels.iter().copied()).collect();
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut bins, mut from) = (vec![], 0);
    for k in 1..=BINS {
        let mut to = pairs.len() * k / BINS;
        while to > from && to < pairs.len() && pairs[to].0 == pairs[to - 1].0 {
            to += 1;
        }
        let Some(part) = pairs.get(from..to).filter(|part| !part.is_empty()) else { continue };
        let rows = part.len();
        let foretold = part.iter().map(|pair| pair.0).sum::<f64>() / rows as f64;
        let happened = part.iter().filter(|pair| pair.1).count() as f64 / rows as f64;
        bins.push(CalibrationBin { rows, low: part[0].0, high: part[rows - 1].0, foretold, happened });
        from = to;
    }
    bins
}

/// The probability with these log-odds.
#[must_use]
pub fn probability(log_odds: f64) -> f64 {
    if log_odds >= 0.0 { 1.0 / (1.0 + (-log_odds).exp()) } else { log_odds.exp() / (1.0 + log_odds.exp()) }
}

/// −ln P(label) of log-odds, which never overflows.
#[must_use]
pub fn loss(log_odds: f64, label: bool) -> f64 {
    let wrong = if label { -log_odds } else { log_odds };
    wrong.max(0.0) + (-wrong.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: scikit-learn 1.9.1, `roc_auc_score` and `log_loss` of the same numbers.
    #[test]
    fn a_few_rows() {
        let scores = [0.1, 0.4, 0.35, 0.8, 0.35, 0.7, 0.4];
        let labels = [false, false, true, true, false, true, true];
        assert!((auc(&scores, &labels).expect("both") - 0.833_333_333_333_333_4).abs() < 1e-12);
        assert!((log_loss(&scores, &labels) - 0.513_271_486_734_578_1).abs() < 1e-12);
        assert_eq!(auc(&scores, &[true; 7]), None);
        let by_odds: f64 = scores.iter().zip(labels).map(|(p, label)| loss((p / (1.0 - p)).ln(), label)).sum();
        assert!((by_odds / 7.0 - 0.513_271_486_734_578_1).abs() < 1e-12);
    }

    #[test]
    fn equal_probabilities_stay_together() {
        let bins = calibration(&[0.5; 20], &[[true; 5], [false; 5], [false; 5], [true; 5]].concat());
        assert_eq!(bins, [CalibrationBin { rows: 20, low: 0.5, high: 0.5, foretold: 0.5, happened: 0.5 }]);
        assert_eq!(calibration(&[], &[]), []);
    }

    #[test]
    fn log_odds_of_any_size() {
        assert_eq!([-1e308, 0.0, 1e308].map(probability), [0.0, 0.5, 1.0]);
        assert_eq!((loss(1e308, true), loss(1e308, false)), (0.0, 1e308));
    }
}
