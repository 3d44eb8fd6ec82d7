//! Probabilities from log-odds that are right in their order only: a line through them, by maximum likelihood.
//!
//! Platt 1999, "Probabilistic outputs for support vector machines", with his targets (n₊ + 1) / (n₊ + 2) and 1 / (n₋ + 2) in place of 1 and 0;
//! Newton's method with halved steps as in Lin, Lin and Weng 2007, "A note on Platt's probabilistic outputs", Machine Learning 68. A
//! line keeps contributions additive, which the steps of an isotonic regression do not.

use super::scores::probability;

const ROUNDS_MAX: usize = 100;
const SLOPE_STOP: f64 = 1e-10;

/// Log-odds become `slope · log-odds + intercept`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Not negative: what is learned never reverses the order.
    pub slope: f64,
    /// Added after.
    pub intercept: f64,
}

impl Line {
    /// The line at log-odds.
    #[must_use]
    pub fn at(&self, log_odds: f64) -> f64 {
        self.slope * log_odds + self.intercept
    }

    /// The line under which the labels of these log-odds are most probable. Where only a falling one would do, the level one.
    #[must_use]
    pub fn fit(log_odds: &[f64], labels: &[bool]) -> Self {
        let positives = labels.iter().filter(|label| **label).count() as f64;
        let negatives = labels.len() as f64 - positives;
        let targets = [1.0 / (negatives + 2.0), (positives + 1.0) / (positives + 2.0)];
        let target = |label: bool| targets[usize::from(label)];
        let level = Self { slope: 0.0, intercept: ((positives + 1.0) / (negatives + 1.0)).ln() };
        let cost = |line: &Self| {
            let one = |(odds, label): (&f64, &bool)| {
                let at = line.at(*odds);
                // −t ln p − (1 − t) ln(1 − p).
                at.max(0.0) + (-at.abs()).exp().ln_1p() - target(*label) * at
            };
            log_odds.iter().zip(labels).map(one).sum::<f64>()
        };
        let (mut line, mut now) = (level, cost(&level));
        for _ in 0..ROUNDS_MAX {
            let (mut g, mut h) = ([0.0; 2], [1e-12, 0.0, 1e-12]);
            for (odds, label) in log_odds.iter().zip(labels) {
                let p = probability(line.at(*odds));
                let (d, w) = (p - target(*label), p * (1.0 - p));
                g = [g[0] + d * odds, g[1] + d];
                h = [h[0] + w * odds * odds, h[1] + w * odds, h[2] + w];
            }
            let determinant = h[0] * h[2] - h[1] * h[1];
            if g[0].abs().max(g[1].abs()) < SLOPE_STOP * (1.0 + labels.len() as f64) || determinant <= 0.0 {
                break;
            }
            let step = [-(h[2] * g[0] - h[1] * g[1]) / determinant, -(h[0] * g[1] - h[1] * g[0]) / determinant];
            let along = |part: f64| Self { slope: line.slope + part * step[0], intercept: line.intercept + part * step[1] };
            let parts = (0..40).map(|halvings| 0.5_f64.powi(halvings));
            let Some((better, least)) = parts.map(along).map(|line| (line, cost(&line))).find(|(_, cost)| *cost < now) else {
                break;
            };
            (line, now) = (better, least);
        }
        if line.slope > 0.0 && line.slope.is_finite() && line.intercept.is_finite() { line } else { level }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: scikit-learn 1.9.1, `sklearn.calibration._sigmoid_calibration(x, y)` returns (−slope, −intercept).
    #[test]
    fn the_line_of_scikit_learn() {
        let odds = [-3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.3, 0.9, 1.4, 2.5, 3.0, -0.2];
        let labels = [false, false, true, false, false, false, true, true, false, true, true, true];
        let line = Line::fit(&odds, &labels);
        assert!((line.slope - 0.492_389_2).abs() < 1e-5, "{line:?}");
        assert!((line.intercept - 0.009_891_75).abs() < 1e-5, "{line:?}");
    }

    #[test]
    fn a_falling_line_is_level() {
        let line = Line::fit(&[3.0, 2.0, 1.0, 0.0], &[false, false, true, true]);
        assert_eq!((line.slope, line.intercept), (0.0, 0.0));
    }
}
