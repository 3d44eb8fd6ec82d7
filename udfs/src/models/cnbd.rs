//! BG/CNBD-k and MBG/CNBD-k: customers who purchase more regularly than at random.
//!
//! As BG/NBD and MBG/NBD, but only every k-th event of a customer's Poisson process is a purchase, so that the times between
//! purchases are Erlang distributed. With k = 1 they are BG/NBD and MBG/NBD. What is known of a customer at the end of the
//! observation is then also how many of the k events have passed since the last purchase, j with a weight (r+kx)_j / j! ·
//! ((T−t_x)/(α+T))^j: the predictions are sums over it, exact, where the papers approximate.
//!
//! Source: Platzer and Reutterer 2016, "Ticking away the moments: timing regularity helps to better predict customer activity",
//! Marketing Science 35(5); Reutterer, Platzer and Schröder 2021, "Leveraging purchase regularity for predicting customer behavior
//! the easy way", International Journal of Research in Marketing 38(1).

use std::sync::Arc;

use super::beta_geometric::{BetaGeometric, Dropout};
use super::histories::History;
use super::log_gamma::ln_ratio;
use super::negative_binomial::at_least;
use super::prediction::{Kind, Predict};
use super::rising::Rising;

/// How SQL knows BG/CNBD-k.
pub static BGCNBD_K: Kind =
    Kind { name: "bgcnbd_k", parameters: &PARAMETERS, make: |p| make(Dropout::AfterRepeat, p), processes: &[] };
/// How SQL knows MBG/CNBD-k.
pub static MBGCNBD_K: Kind =
    Kind { name: "mbgcnbd_k", parameters: &PARAMETERS, make: |p| make(Dropout::AfterFirst, p), processes: &[] };
/// The names of the parameters.
pub const PARAMETERS: [&str; 5] = ["k", "r", "alpha", "a", "b"];
/// The largest k: purchases are then a clockwork.
pub const K_MAX: f64 = 12.0;

fn make(dropout: Dropout, parameters: &[f64]) -> Option<Arc<dyn Predict>> {
    let [k, r, alpha, a, b] = *parameters else { return None };
    let known = (1.0..=K_MAX).contains(&k) && k.fract() == 0.0;
    known.then(|| -> Arc<dyn Predict> { Arc::new(Cnbd { k, of_events: BetaGeometric { dropout, r, alpha, a, b } }) })
}

/// A fitted BG/CNBD-k or MBG/CNBD-k model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cnbd {
    /// Every k-th event is a purchase: a whole number from 1 to [`K_MAX`].
    pub k: f64,
    /// The model of events.
    pub of_events: BetaGeometric,
}

/// Purchases that are added one by one; beyond, the sum is taken as an integral.
const SUM_TERMS: f64 = 400.0;
/// Terms below this part of the sum are left out.
const NEGLIGIBLE: f64 = 1e-16;

impl Predict for Cnbd {
    /// 1 / (1 + a/(b+x−1) · ((α+T)/(α+t_x))^(r+kx) / Σ_j (r+kx)_j / j! · ((T−t_x)/(α+T))^j), 1 for BG/CNBD-k at x = 0; with b+x for
    /// MBG/CNBD-k.
    fn p_alive(&self, history: History) -> f64 {
        let History { frequency: x, recency, age } = history;
        let BetaGeometric { dropout, r, alpha, a, b } = self.of_events;
        let stays = dropout.stays(x);
        if stays == 0.0 {
            return 1.0;
        }
        let waiting: f64 = self.weights(history).iter().sum();
        let log_odds =
            (a / (b + stays - 1.0)).ln() + (r + self.k * x) * ((age - recency) / (alpha + recency)).ln_1p() - waiting.ln();
        1.0 / (1.0 + log_odds.exp())
    }

    fn p_purchases(&self, history: History, horizon: f64, n: f64) -> f64 {
        let BetaGeometric { dropout, a, b, .. } = self.of_events;
        let b = b + dropout.stays(history.frequency);
        let alive = self.p_alive(history);
        if n == 0.0 {
            // P(no purchase | there) is 1 less P(the first one comes in time).
            return 1.0 - alive * self.mean(history, horizon, |events| events(1.0)).clamp(0.0, 1.0);
        }
        let stayed = (Rising::new(b, n - 1.0).ln - Rising::new(a + b, n - 1.0).ln).exp();
        let leave = a / (a + b + n - 1.0);
        // n in time and no more, or n and then gone.
        let count = self.mean(history, horizon, |events| events(n) - (1.0 - leave) * events(n + 1.0));
        alive * (stayed * count).clamp(0.0, 1.0)
    }

    /// Σ_m P(the m-th purchase comes in time) · P(the first m − 1 decisions are to stay).
    fn expected_purchases(&self, history: History, horizon: f64) -> f64 {
        let alive = self.p_alive(history);
        if alive == 0.0 || horizon == 0.0 {
            return 0.0;
        }
        let BetaGeometric { dropout, a, b, .. } = self.of_events;
        let b = b + dropout.stays(history.frequency);
        alive * self.mean(history, horizon, |in_time| sum_of_purchases(in_time, a, b))
    }
}

impl Cnbd {
    /// The weights of 0 … k − 1 events since the last purchase.
    fn weights(&self, history: History) -> Vec<f64> {
        let History { frequency: x, recency, age } = history;
        let shape = self.of_events.r + self.k * x;
        let part = (age - recency) / (self.of_events.alpha + age);
        let mut weights = vec![1.0];
        let mut j = 0.0;
        while j + 1.0 < self.k {
            let last = weights.last().copied().unwrap_or_default();
            weights.push(last * (shape + j) / (j + 1.0) * part);
            j += 1.0;
        }
        weights
    }

    /// The mean, over the events since the last purchase, of something that is made from P(the m-th purchase comes within the
    /// horizon), for a customer who never leaves.
    fn mean(&self, history: History, horizon: f64, of: impl Fn(&dyn Fn(f64) -> f64) -> f64) -> f64 {
        let weights = self.weights(history);
        let total: f64 = weights.iter().sum();
        let shape = self.of_events.r + self.k * history.frequency;
        let stretch = horizon / (self.of_events.alpha + history.age);
        let parts = weights.iter().enumerate().map(|(j, weight)| {
            let j = j as f64;
            weight / total * of(&|m| at_least(shape + j, stretch, m * self.k - j))
        });
        parts.sum()
    }
}

/// Σ in_time(m) · (b)_(m−1) / (a+b)_(m−1) for m = 1, 2, …: term by term as long as these change quickly, then by Euler's and
/// Maclaurin's formula as an integral in ln m.
fn sum_of_purchases(in_time: &dyn Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    let (mut sum, mut stayed, mut m) = (0.0, 1.0, 1.0);
    while m <= SUM_TERMS {
        let term = in_time(m) * stayed;
        sum += term;
        if term <= NEGLIGIBLE * sum {
            return sum;
        }
        stayed *= (b + m - 1.0) / (a + b + m - 1.0);
        m += 1.0;
    }
    let start = ln_ratio(b, a);
    let term = |m: f64| in_time(m) * (start - ln_ratio(b + m - 1.0, a)).exp();
    // The mid-point rule with its first correction: a term stands for the half step on both of its sides.
    sum += (term(SUM_TERMS + 1.0) - term(SUM_TERMS)) / 24.0;
    let mut low = SUM_TERMS + 0.5;
    loop {
        let high = low * 1.05;
        let (middle, half) = (0.5 * (low + high), 0.5 * (high - low));
        let nodes = [(-0.774_596_669_241_483_4, 5.0), (0.0, 8.0), (0.774_596_669_241_483_4, 5.0)];
        let part = nodes.into_iter().map(|(node, weight)| weight / 9.0 * half * term(middle + node * half)).sum::<f64>();
        sum += part;
        if part <= 1e-12 * sum || high > 1e300 {
            return sum;
        }
        low = high;
    }
}
