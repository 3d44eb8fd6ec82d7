//! BG/NBD and MBG/NBD: what a fitted model says about a customer.
//!
//! While a customer is there, purchases follow a Poisson process with a rate λ that is gamma distributed over the
//! customers (shape `r`, rate `alpha`); after a purchase the customer leaves for good with a probability p that is beta
//! distributed (`a`, `b`). The two models differ in one thing: in BG/NBD nobody leaves before the first repeat
//! purchase, in MBG/NBD one may leave right after the first purchase of all.
//!
//! Sources: Fader, Hardie and Lee 2005, "Counting your customers the easy way", Marketing Science 24(2) (BG/NBD);
//! Batislam, Denizel and Filiztekin 2007, "Empirical validation and comparison of models for customer base analysis",
//! International Journal of Research in Marketing 24 (MBG/NBD).

use std::sync::Arc;

use super::histories::{History, HistoryColumns};
use super::negative_binomial::{at_least, log_probability};
use super::prediction::{Kind, Predict, Process};
use super::rising::Rising;
use super::thinned_poisson::{expected_count, expected_count_gradients, expected_counts};

/// When a customer may leave for the first time: all that tells the two models apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dropout {
    /// BG/NBD: after the first repeat purchase at the earliest.
    AfterRepeat,
    /// MBG/NBD: after the first purchase of all.
    AfterFirst,
}

impl Dropout {
    /// How many times a customer with x repeat purchases has had to decide to stay, if still there: x or x + 1.
    pub(super) fn stays(self, x: f64) -> f64 {
        match self {
            Self::AfterRepeat => x,
            Self::AfterFirst => x + 1.0,
        }
    }
}

/// A fitted BG/NBD or MBG/NBD model. All parameters are positive and finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaGeometric {
    /// Which of the two models.
    pub dropout: Dropout,
    /// Shape of the purchase rates.
    pub r: f64,
    /// Rate of the purchase rates, in the unit of the ages.
    pub alpha: f64,
    /// First shape of the drop-out probabilities.
    pub a: f64,
    /// Second shape of the drop-out probabilities.
    pub b: f64,
}

/// How SQL knows BG/NBD.
pub static BGNBD: Kind = Kind {
    name: "bgnbd",
    parameters: &PARAMETERS,
    make: |p| make(Dropout::AfterRepeat, p),
    // Fader and Hardie 2007, "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models", note 019.
    processes: &[
        Process { name: "purchase", parameter: 1, sign: -1.0 },
        Process { name: "a", parameter: 2, sign: 1.0 },
        Process { name: "b", parameter: 3, sign: 1.0 },
    ],
};
/// How SQL knows MBG/NBD.
pub static MBGNBD: Kind =
    Kind { name: "mbgnbd", parameters: &PARAMETERS, make: |p| make(Dropout::AfterFirst, p), processes: &[] };
/// The names of the parameters.
pub const PARAMETERS: [&str; 4] = ["r", "alpha", "a", "b"];

fn make(dropout: Dropout, parameters: &[f64]) -> Option<Arc<dyn Predict>> {
    let [r, alpha, a, b] = *parameters else { return None };
    Some(Arc::new(BetaGeometric { dropout, r, alpha, a, b }))
}

impl Predict for BetaGeometric {
    /// P(the customer has not left by the end of the observation), in [0, 1].
    ///
    /// BG/NBD: 1 / (1 + a/(b+x−1) · ((α+T)/(α+t_x))^(r+x)) for x > 0, and 1 for x = 0 (Fader, Hardie and Lee 2008,
    /// "Computing P(alive) using the BG/NBD model"). MBG/NBD: 1 / (1 + a/(b+x) · ((α+T)/(α+t_x))^(r+x)) (Batislam et
    /// al. 2007).
    #[inline]
    fn p_alive(&self, history: History) -> f64 {
        let History { frequency: x, recency: t_x, age } = history;
        let stays = self.dropout.stays(x);
        if stays == 0.0 {
            return 1.0;
        }
        let leaves = self.a / (self.b + stays - 1.0);
        let wait = (age - t_x) / (self.alpha + t_x);
        // ln(1 + wait), as the logarithm of what 1 + wait is rounded to and the share of the rounding: half the time of `ln_1p`.
        let rounded = 1.0 + wait;
        let waits = (self.r + x) * (rounded.ln() + (wait - (rounded - 1.0)) / rounded);
        if waits < 600.0 && leaves < 1e30 {
            return 1.0 / (1.0 + leaves * waits.exp());
        }
        // The odds of having left may be beyond the doubles where those of being there are not nothing yet.
        let log_odds_left = leaves.ln() + (self.r + x) * wait.ln_1p();
        if log_odds_left > 0.0 {
            let odds = (-log_odds_left).exp();
            odds / (1.0 + odds)
        } else {
            1.0 / (1.0 + log_odds_left.exp())
        }
    }

    /// P(no purchase within `horizon` after the end of the observation) = L(x, t_x, T + h) / L(x, t_x, T), in [0, 1].
    ///
    /// Since customers leave at purchases only, this is P(left) + P(alive) · ((α+T)/(α+T+h))^(r+x).
    fn p_no_purchase(&self, history: History, horizon: f64) -> f64 {
        let waiting = -(self.r + history.frequency) * (horizon / (self.alpha + history.age)).ln_1p();
        1.0 + self.p_alive(history) * waiting.exp_m1()
    }

    /// The expected number of purchases within `horizon` after the end of the observation.
    ///
    /// Equation (10) of Fader, Hardie and Lee 2005, and its counterpart in Batislam et al. 2007, as the series of
    /// [`expected_count`], which has neither their pole at a = 1 nor their cancellation.
    fn expected_purchases(&self, history: History, horizon: f64) -> f64 {
        let History { frequency: x, age, .. } = history;
        let p_alive = self.p_alive(history);
        if p_alive == 0.0 {
            return 0.0;
        }
        p_alive * expected_count(self.r + x, horizon / (self.alpha + age), self.a, self.b + self.dropout.stays(x))
    }

    fn p_alive_of_all(&self, histories: &HistoryColumns, out: &mut [f64]) -> bool {
        out.iter_mut().zip(histories.iter()).for_each(|(out, history)| *out = self.p_alive(history));
        true
    }

    fn log_alive_gradient(&self, history: History) -> Option<[f64; 4]> {
        let History { frequency: x, recency: t_x, age } = history;
        let Self { r, alpha, b, .. } = *self;
        let stays = self.dropout.stays(x);
        if stays == 0.0 {
            return Some([0.0; 4]);
        }
        // ln P = −ln(1 + e^L), with L the logarithm of the odds of having left.
        let left = 1.0 - self.p_alive(history);
        let of_r = r * ((age - t_x) / (alpha + t_x)).ln_1p();
        let of_alpha = -(r + x) * (alpha / (alpha + age)) * ((age - t_x) / (alpha + t_x));
        Some([of_r, of_alpha, 1.0, -b / (b + stays - 1.0)].map(|slope| -left * slope))
    }

    fn expected_if_there(&self, frequency: f64, age: f64, horizons: &[f64], out: &mut Vec<f64>) -> bool {
        let stretches: Vec<f64> = horizons.iter().map(|horizon| horizon / (self.alpha + age)).collect();
        expected_counts(self.r + frequency, &stretches, self.a, self.b + self.dropout.stays(frequency), out);
        true
    }

    fn expected_if_there_gradients(&self, frequency: f64, age: f64, horizons: &[f64]) -> Option<Vec<[f64; 4]>> {
        let Self { r, alpha, a, b, .. } = *self;
        let stretches: Vec<f64> = horizons.iter().map(|horizon| horizon / (alpha + age)).collect();
        let gradients = expected_count_gradients(r + frequency, &stretches, a, b + self.dropout.stays(frequency))?;
        let in_logs = |([of_shape, of_stretch, of_a, of_b], stretch): ([f64; 4], f64)| {
            [r * of_shape, -(stretch * alpha / (alpha + age)) * of_stretch, a * of_a, b * of_b]
        };
        Some(gradients.into_iter().zip(stretches).map(in_logs).collect())
    }

    /// With N the purchases if the customer never left: N = n and every decision to stay, or N ≥ n and to leave at the n-th.
    /// Equation (8) of Fader, Hardie and Lee 2005 for what is known of the customer, its sum as an incomplete beta function.
    fn p_purchases(&self, history: History, horizon: f64, n: f64) -> f64 {
        if n == 0.0 {
            return self.p_no_purchase(history, horizon);
        }
        let History { frequency: x, age, .. } = history;
        let (shape, stretch, b) = (self.r + x, horizon / (self.alpha + age), self.b + self.dropout.stays(x));
        let stayed = (Rising::new(b, n - 1.0).ln - Rising::new(self.a + b, n - 1.0).ln).exp();
        let leave = self.a / (self.a + b + n - 1.0);
        let count = log_probability(shape, stretch, n).exp() * (1.0 - leave) + at_least(shape, stretch, n) * leave;
        self.p_alive(history) * (stayed * count).min(1.0)
    }
}
