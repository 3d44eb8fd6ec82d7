//! What a customer is worth: the expected purchases of the time to come, discounted.
//!
//! Σ_j (E[X(t_j)] − E[X(t_{j−1})]) · (1 + d)^(−(t_{j−1} + t_j) / 2 / 365.25), times in days, steps of 30 days and what is left; d is the
//! discount rate of a year, and purchases of a step count in its middle. Source: Fader, Hardie and Lee 2005, "RFM and CLV: using iso-value curves
//! for customer base analysis", where the steps are infinitely small.

use super::histories::History;
use super::prediction::Predict;

const STEP_DAYS: f64 = 30.0;
const DAYS_IN_YEAR: f64 = 365.25;

/// The steps of [`discounted_roughly`].
const ROUGH_STEPS: f64 = 3.0;

/// As [`discounted_purchases`], in three steps where that is fewer: enough for how the value changes with the parameters.
#[must_use]
pub fn discounted_roughly(model: &dyn Predict, history: History, horizon_days: f64, discount_rate: f64) -> f64 {
    in_steps(model, history, horizon_days, discount_rate, f64::max(STEP_DAYS, horizon_days / ROUGH_STEPS))
}

/// The expected purchases within `horizon_days`, each times what it is worth today.
#[must_use]
pub fn discounted_purchases(model: &dyn Predict, history: History, horizon_days: f64, discount_rate: f64) -> f64 {
    in_steps(model, history, horizon_days, discount_rate, STEP_DAYS)
}

fn in_steps(model: &dyn Predict, history: History, horizon_days: f64, discount_rate: f64, step_days: f64) -> f64 {
    let (mut from, mut before, mut sum) = (0.0, 0.0, 0.0);
    while from < horizon_days {
        let to = f64::min(from + step_days, horizon_days);
        let expected = model.expected_purchases(history, to);
        sum += (expected - before) * (1.0 + discount_rate).powf(-(from + to) / 2.0 / DAYS_IN_YEAR);
        (from, before) = (to, expected);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::pareto_nbd::PARETO_NBD;

    /// The published parameters of CDNOW, weeks made days.
    fn model() -> std::sync::Arc<dyn Predict> {
        (PARETO_NBD.make)(&[0.553, 7.0 * 10.578, 0.606, 7.0 * 11.669]).unwrap()
    }

    /// Expected: the closed form of the same paper for time without end, here 400 years at 15 %, with the rate of continuous discounting.
    #[test]
    fn steps_come_to_the_closed_form() {
        let model = model();
        for (frequency, recency) in [(0.0, 0.0), (2.0, 213.0), (7.0, 245.0), (4.0, 100.0)] {
            let history = History { frequency, recency, age: 272.0 };
            let closed = model.dert(history, 1.15_f64.ln() / DAYS_IN_YEAR).unwrap();
            let steps = discounted_purchases(model.as_ref(), history, 400.0 * DAYS_IN_YEAR, 0.15);
            // A midpoint for 30 days leaves a few parts in 10,000.
            assert!((steps / closed - 1.0).abs() < 5e-4, "{history:?}: {steps} is not {closed}");
        }
    }

    #[test]
    fn without_a_rate_nothing_is_discounted() {
        let (model, history) = (model(), History { frequency: 2.0, recency: 213.0, age: 272.0 });
        let all = discounted_purchases(model.as_ref(), history, 100.0, 0.0);
        assert!((all - model.expected_purchases(history, 100.0)).abs() < 1e-12);
    }
}
