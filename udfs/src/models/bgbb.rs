//! BG/BB: purchases at given opportunities, one at most at each, such as yearly donations.
//!
//! A customer who is there purchases at an opportunity with a probability p that is beta distributed over the customers
//! (`alpha`, `beta`), and leaves for good before an opportunity with a probability θ, beta distributed too (`gamma`,
//! `delta`) and independent of p. Here x counts purchases, t_x is the opportunity of the last one, and T, the age, is the number of
//! opportunities so far.
//!
//! Source: Fader, Hardie and Shang 2010, "Customer-base analysis in a discrete-time noncontractual setting", Marketing
//! Science 29(6).

use std::sync::Arc;

use super::histories::History;
use super::log_concave::{Shape, log_integral};
use super::log_gamma::ln_ratio;
use super::prediction::{Kind, Predict};
use super::rising::Rising;

/// How SQL knows the model.
pub static BGBB: Kind = Kind {
    name: "bgbb",
    parameters: &["alpha", "beta", "gamma", "delta"],
    make: |parameters| {
        let [alpha, beta, gamma, delta] = *parameters else { return None };
        Some(Arc::new(BgBb { alpha, beta, gamma, delta }))
    },
    processes: &[],
};

/// A fitted BG/BB model. All parameters are positive and finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgBb {
    /// First shape of the purchase probabilities.
    pub alpha: f64,
    /// Second shape of the purchase probabilities.
    pub beta: f64,
    /// First shape of the drop-out probabilities.
    pub gamma: f64,
    /// Second shape of the drop-out probabilities.
    pub delta: f64,
}

/// Up to so many opportunities are added one by one; a closed form is used above.
const SUM_TERMS_MAX: f64 = 10_000.0;

impl Predict for BgBb {
    /// P(the customer will be there at the next opportunity): equation (11).
    fn p_alive(&self, history: History) -> f64 {
        let n = history.age;
        self.p_there(history) * (self.delta + n) / (self.gamma + self.delta + n)
    }

    /// Equation (12) without its part for who has left, and with the customer's history: the customer is there to the end, or leaves
    /// before opportunity i + 1 of the horizon, and has made the n purchases by then.
    fn p_purchases(&self, history: History, horizon: f64, n: f64) -> f64 {
        let there = self.p_there(history);
        let left = if n == 0.0 { 1.0 - there } else { 0.0 };
        if n > horizon {
            return 0.0;
        }
        let History { frequency: x, age, .. } = history;
        let after = Self { alpha: self.alpha + x, beta: self.beta + age - x, gamma: self.gamma, delta: self.delta + age };
        // P(the first n of n opportunities are used), then C(i, n) times one more that is not.
        let mut count = (Rising::new(after.alpha, n).ln - Rising::new(after.alpha + after.beta, n).ln).exp();
        let mut stayed = (Rising::new(after.delta, n).ln - Rising::new(after.gamma + after.delta, n).ln).exp();
        let mut sum = 0.0;
        let mut i = n;
        while i < horizon {
            sum += count * stayed * after.gamma / (after.gamma + after.delta + i);
            stayed *= (after.delta + i) / (after.gamma + after.delta + i);
            count *= (i + 1.0) / (i + 1.0 - n) * (after.beta + i - n) / (after.alpha + after.beta + i);
            i += 1.0;
            if stayed == 0.0 {
                break;
            }
        }
        (left + there * (sum + count * stayed)).clamp(0.0, 1.0)
    }

    /// L(x, t_x, T + h) / L(x, t_x, T).
    fn p_no_purchase(&self, history: History, horizon: f64) -> f64 {
        self.p_purchases(history, horizon, 0.0)
    }

    /// Equation (13).
    fn expected_purchases(&self, history: History, horizon: f64) -> f64 {
        let History { frequency: x, age, .. } = history;
        let rate = (self.alpha + x) / (self.alpha + self.beta + age);
        self.p_there(history) * rate * opportunities(self.gamma, self.delta + age, horizon)
    }

    /// Equation (14), `rate` being the discount for one opportunity: Σ P(there, purchase) (1 + rate)^−t = E(p) ·
    /// E((1 − θ) / (rate + θ)), an integral over the logit of θ.
    fn dert(&self, history: History, rate: f64) -> Option<f64> {
        let History { frequency: x, age, .. } = history;
        let (gamma, delta) = (self.gamma, self.delta + age);
        let density = |logit: f64| {
            let left = 1.0 / (1.0 + (-logit).exp());
            let log = if logit > 0.0 {
                -delta * logit - (gamma + delta) * (-logit).exp().ln_1p()
            } else {
                gamma * logit - (gamma + delta) * logit.exp().ln_1p()
            };
            Shape { log, slope: gamma - (gamma + delta) * left, bend: (gamma + delta) * left * (1.0 - left) }
        };
        let discounted = |logit: f64| {
            let shape = density(logit);
            // (1 − θ) / (rate + θ) = 1 / (rate + (1 + rate) e^logit).
            let log_odds = logit + rate.recip().ln_1p();
            let part = 1.0 / (1.0 + (-log_odds).exp());
            let log = if log_odds > 0.0 { log_odds + (-log_odds).exp().ln_1p() } else { log_odds.exp().ln_1p() };
            Shape { log: shape.log - rate.ln() - log, slope: shape.slope - part, bend: shape.bend + part * (1.0 - part) }
        };
        let (none, all, near) = (f64::NEG_INFINITY, f64::INFINITY, (gamma / delta).ln());
        let mean = (log_integral(none, all, near, discounted) - log_integral(none, all, near, density)).exp();
        Some(self.p_there(history) * (self.alpha + x) / (self.alpha + self.beta + age) * mean)
    }

    fn is_discrete(&self) -> bool {
        true
    }
}

impl BgBb {
    /// P(the customer was there at the last opportunity): 1 for who used it.
    fn p_there(&self, history: History) -> f64 {
        let History { frequency: x, recency, age } = history;
        let Self { alpha, beta, gamma, delta } = *self;
        // Left before opportunity i + 1 ≥ t_x + 1, relative to being there at the end; from the end backwards the term of i follows
        // from the one of i + 1.
        let (mut i, mut ratio, mut odds) = (age, 1.0, 0.0);
        while i > recency {
            i -= 1.0;
            // (β)_(i−x) (δ)_i over (α+β)_i (γ+δ)_i against the same for i + 1.
            ratio *= (alpha + beta + i) / (beta + i - x) * ((gamma + delta + i) / (delta + i));
            odds += ratio * gamma / (gamma + delta + i);
            if odds > 1e300 {
                return 0.0;
            }
        }
        1.0 / (1.0 + odds)
    }
}

/// Σ (δ)_t / (γ+δ)_t for t = 1 … n, the expected number of opportunities that a customer is there for.
fn opportunities(gamma: f64, delta: f64, n: f64) -> f64 {
    if n <= SUM_TERMS_MAX {
        let (mut there, mut sum, mut t) = (1.0, 0.0, 0.0);
        while t < n && there > 0.0 {
            there *= (delta + t) / (gamma + delta + t);
            sum += there;
            t += 1.0;
        }
        return sum;
    }
    // δ / (γ − 1) · (1 − (δ+1)_n / (γ+δ)_n), which has a limit and no value at γ = 1.
    let less = gamma - 1.0;
    let less = if less.abs() < 1e-8 { 1e-8 } else { less };
    let log = ln_ratio(delta + 1.0 + n, less) - ln_ratio(delta + 1.0, less);
    delta / less * -(-log).exp_m1()
}
