//! Pareto/NBD: what a fitted model says about a customer.
//!
//! While a customer is there, purchases follow a Poisson process with a rate λ that is gamma distributed over the
//! customers (shape `r`, rate `alpha`); a customer leaves for good after a time that is exponential with a rate μ, gamma
//! distributed too (`s`, `beta`) and independent of λ.
//!
//! Everything is an integral over the time of leaving τ,
//!
//! L = Γ(r+x)/Γ(r) · α^r β^s · [(α+T)^−(r+x) (β+T)^−s + s ∫ (α+τ)^−(r+x) (β+τ)^−(s+1) dτ from t_x to T],
//!
//! taken as it stands: the published form in differences of ₂F₁ is the same number, but has two cases, overflows for
//! many purchases, and loses all digits of the integral where t_x is near T.
//!
//! Sources: Schmittlein, Morrison and Colombo 1987, "Counting your customers: who are they and what will they do next?",
//! Management Science 33(1); Fader and Hardie 2005, "A note on deriving the Pareto/NBD model", note 009.

use std::sync::Arc;

use super::histories::History;
use super::log_concave::{Shape, log_integral};
use super::prediction::{Kind, Predict, Process};
use super::rising::Rising;

/// A fitted Pareto/NBD model. All parameters are positive and finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParetoNbd {
    /// Shape of the purchase rates.
    pub r: f64,
    /// Rate of the purchase rates, in the unit of the ages.
    pub alpha: f64,
    /// Shape of the drop-out rates.
    pub s: f64,
    /// Rate of the drop-out rates, in the unit of the ages.
    pub beta: f64,
}

/// How SQL knows the model.
pub static PARETO_NBD: Kind = Kind {
    name: "pareto_nbd",
    parameters: &["r", "alpha", "s", "beta"],
    make: |parameters| {
        let [r, alpha, s, beta] = *parameters else { return None };
        Some(Arc::new(ParetoNbd { r, alpha, s, beta }))
    },
    // Fader and Hardie 2007, "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models", note 019.
    processes: &[Process { name: "purchase", parameter: 1, sign: -1.0 }, Process { name: "dropout", parameter: 3, sign: -1.0 }],
};

impl Predict for ParetoNbd {
    /// P(the customer has not left by the end of the observation), in [0, 1]: note 009, equation (18).
    fn p_alive(&self, history: History) -> f64 {
        1.0 / (1.0 + self.log_odds_left(history).exp())
    }

    /// P(no purchase within `horizon` after the end of the observation) = L(x, t_x, T + h) / L(x, t_x, T), in [0, 1].
    fn p_no_purchase(&self, history: History, horizon: f64) -> f64 {
        let after = self.after(history);
        let stays = (-after.r * (horizon / after.alpha).ln_1p() - after.s * (horizon / after.beta).ln_1p()).exp();
        let none = stays + self.log_leaving(history, history.age, history.age + horizon).exp();
        1.0 - self.p_alive(history) * (1.0 - none).clamp(0.0, 1.0)
    }

    /// P(exactly `n` purchases within `horizon` after the end of the observation).
    fn p_purchases(&self, history: History, horizon: f64, n: f64) -> f64 {
        if n == 0.0 {
            return self.p_no_purchase(history, horizon);
        }
        self.p_alive(history) * self.after(history).log_p_new(n, horizon).exp().min(1.0)
    }

    /// The expected number of purchases within `horizon` after the end of the observation: note 009, equation (41),
    /// written so that s = 1 is no special case.
    fn expected_purchases(&self, history: History, horizon: f64) -> f64 {
        let p_alive = self.p_alive(history);
        if p_alive == 0.0 { 0.0 } else { p_alive * self.after(history).expected_new(horizon) }
    }

    fn expected_if_there(&self, frequency: f64, age: f64, horizons: &[f64], out: &mut Vec<f64>) -> bool {
        let after = self.after(History { frequency, recency: 0.0, age });
        out.extend(horizons.iter().map(|horizon| after.expected_new(*horizon)));
        true
    }

    /// The expected number of all purchases to come, one at time t discounted by e^(−rate · t), `rate` > 0: P(alive) ·
    /// E(λ) · E(1 / (μ + rate)), equation (2) of Fader, Hardie and Lee 2005, "RFM and CLV", Journal of Marketing
    /// Research 42. Its confluent hypergeometric function is (β+T)^(1−s) · ∫ e^(−rate · t) (β+T+t)^−s dt, taken in
    /// w = ln(1 + t/(β+T)).
    fn dert(&self, history: History, rate: f64) -> Option<f64> {
        let Self { r, alpha, s, beta } = self.after(history);
        let scaled = rate * beta;
        let shape = |w: f64| {
            let growth = scaled * w.exp();
            Shape { log: (1.0 - s) * w - scaled * w.exp_m1(), slope: 1.0 - s - growth, bend: growth }
        };
        let log = log_integral(0.0, f64::INFINITY, 0.0, shape);
        Some(self.p_alive(history) * r * (beta.ln() - alpha.ln() + log).exp())
    }
}

impl ParetoNbd {
    /// The model of a customer's future, given that the customer is still there: gamma distributions stay gamma.
    fn after(&self, history: History) -> Self {
        Self { r: self.r + history.frequency, alpha: self.alpha + history.age, s: self.s, beta: self.beta + history.age }
    }

    /// The expected number of purchases of a new customer within `horizon`.
    fn expected_new(&self, horizon: f64) -> f64 {
        let log = (horizon / self.beta).ln_1p();
        let power = (self.s - 1.0) * log;
        // (1 − e^−power) / (s − 1), whose limit at s = 1 is the logarithm.
        let part = if power == 0.0 { log } else { -(-power).exp_m1() / power * log };
        self.r * (self.beta / self.alpha) * part
    }

    /// ln of the odds that the customer has left: the integral over what stands before it.
    fn log_odds_left(&self, history: History) -> f64 {
        self.log_leaving(history, history.recency, history.age)
    }

    /// ln ∫ of s/(β+T) · ((α+τ)/(α+T))^−(r+x) ((β+τ)/(β+T))^−(s+1) dτ, the density of leaving at τ without a purchase until then,
    /// relative to what it is to be there at T. Taken in w = ln(min(α, β) + τ).
    fn log_leaving(&self, history: History, from: f64, to: f64) -> f64 {
        let Self { r, alpha, s, beta } = *self;
        let power = r + history.frequency;
        let origin = alpha.min(beta);
        let (alpha_end, beta_end) = (alpha + history.age, beta + history.age);
        let shape = |w: f64| {
            let total = w.exp();
            let (purchase, leave) = (total + (alpha - origin), total + (beta - origin));
            let (to_purchase, to_leave) = (total / purchase, total / leave);
            Shape {
                log: w - power * (purchase / alpha_end).ln() - (s + 1.0) * (leave / beta_end).ln(),
                slope: 1.0 - power * to_purchase - (s + 1.0) * to_leave,
                bend: power * to_purchase * (1.0 - to_purchase) + (s + 1.0) * to_leave * (1.0 - to_leave),
            }
        };
        let (low, high) = ((origin + from).ln(), (origin + to).ln());
        (s / beta_end).ln() + log_integral(low, high, low, shape)
    }

    /// ln P(n purchases of a new customer within `horizon`).
    fn log_p_new(&self, n: f64, horizon: f64) -> f64 {
        let Self { r, alpha, s, beta } = *self;
        if horizon == 0.0 {
            return if n == 0.0 { 0.0 } else { f64::NEG_INFINITY };
        }
        // Negative binomial up to the time of leaving, or to the end, in the logarithm of that time.
        let log_alpha = alpha.ln();
        let log_count = |time: f64, log_time: f64| {
            let longer = (time / alpha).ln_1p();
            n * (log_time - log_alpha - longer) - r * longer
        };
        let there = log_count(horizon, horizon.ln()) - s * (horizon / beta).ln_1p();
        let shape = |w: f64| {
            let time = w.exp();
            let (purchase, leave) = (time / (alpha + time), time / (beta + time));
            Shape {
                log: w + log_count(time, w) - (s + 1.0) * (time / beta).ln_1p(),
                slope: 1.0 + n - (r + n) * purchase - (s + 1.0) * leave,
                bend: (r + n) * purchase * (1.0 - purchase) + (s + 1.0) * leave * (1.0 - leave),
            }
        };
        let left = (s / beta).ln() + log_integral(f64::NEG_INFINITY, horizon.ln(), horizon.ln(), shape);
        let top = there.max(left);
        Rising::new(r, n).ln - Rising::new(1.0, n).ln + top + ((there - top).exp() + (left - top).exp()).ln()
    }
}
