//! Gamma-Gamma: what a purchase of a customer is worth.
//!
//! A customer's purchases are gamma distributed with shape `p` and a rate that is gamma distributed over the customers
//! (shape `q`, rate `gamma`), whatever the number of purchases. The mean z of x purchases then has the density
//!
//! f(z) = Γ(px+q) / (Γ(px) Γ(q)) · γ^q z^(px−1) x^(px) / (γ + xz)^(px+q).
//!
//! Source: Fader and Hardie 2013, "The Gamma-Gamma model of monetary value", note 025.

use std::borrow::Cow;

use super::counted::{Counted, Group, bits};
use super::fitted::{Fitted, Names, best_of, estimate, in_logs, status};
use super::log_gamma::LogGamma;
use super::trust_region::{Evaluation, Minimum};

/// The model's name in SQL.
pub const NAME: &str = "gamma_gamma";
/// Its parameters.
pub const PARAMETERS: [&str; 3] = ["p", "q", "gamma"];
/// As SQL knows it.
pub const NAMES: Names = (NAME, &PARAMETERS);
/// Starting values of p and q; γ follows from the mean, which is 1.
const STARTS: [[f64; 2]; 3] = [[1.0, 3.0], [6.0, 2.0], [20.0, 12.0]];
/// The starts are compared on a part of the customers where there are more groups than this.
const PILOT_GROUPS: usize = 8_192;
/// Logarithms of parameters beyond this are on their way to a boundary.
const PILOT_LOG_MAX: f64 = 8.0;
/// Where the mean over customers is infinite, no purchase has an expected value.
const INFINITE_MEAN: &str = "infinite mean (q <= 1)";

/// A fitted Gamma-Gamma model. All parameters are positive and finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaGamma {
    /// Shape of a customer's purchases.
    pub p: f64,
    /// Shape of their rates.
    pub q: f64,
    /// Rate of their rates, in the unit of the amounts.
    pub gamma: f64,
}

impl GammaGamma {
    /// The expected value of a purchase of a customer whose `frequency` purchases were worth `monetary` on average:
    /// p (γ + xz) / (px + q − 1), a mean of z and of what all customers spend. `None` where that is infinite.
    #[must_use]
    pub fn expected_spend(&self, frequency: f64, monetary: f64) -> Option<f64> {
        let free = self.q - 1.0;
        // A part of a whole, so that nothing overflows that the result does not.
        let own = self.p * frequency / (self.p * frequency + free);
        let others = if frequency > 0.0 { 1.0 - own } else { 1.0 };
        (free > 0.0).then(|| own * monetary + others * (self.p / free) * self.gamma)
    }

    /// The derivatives of the logarithm of [`GammaGamma::expected_spend`] in the logarithms of p, q and γ.
    #[must_use]
    pub fn log_spend_gradient(&self, frequency: f64, monetary: f64) -> [f64; 3] {
        let whole = self.p * frequency + (self.q - 1.0);
        let spent = if frequency > 0.0 { frequency * monetary } else { 0.0 };
        [(self.q - 1.0) / whole, -self.q / whole, self.gamma / (self.gamma + spent)]
    }
}

/// The customers with purchases to learn from, equal ones counted.
#[derive(Debug, Clone, Default)]
pub struct Spenders {
    counted: Counted<Spender>,
    /// Customers without a repeat purchase, or whose purchases were worth nothing.
    pub ignored: u64,
}

/// Customers with one frequency and one mean value of a purchase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spender {
    /// Purchases behind the mean.
    pub frequency: f64,
    /// Their mean value.
    pub monetary: f64,
    /// How many customers.
    pub customers: u64,
}

impl Group for Spender {
    type Key = [u64; 2];

    /// Frequency and mean value.
    fn key(&self) -> [u64; 2] {
        bits([self.frequency, self.monetary])
    }

    fn customers(&mut self) -> &mut u64 {
        &mut self.customers
    }
}

impl Spenders {
    /// Adds customers; those with nothing to learn from are counted as ignored.
    pub fn add(&mut self, frequency: f64, monetary: f64, customers: u64) {
        if frequency == 0.0 || monetary <= 0.0 {
            self.ignored += customers;
            return;
        }
        self.counted.push(Spender { frequency, monetary, customers });
    }

    /// Adds what another collection gave as its groups.
    pub fn extend(&mut self, groups: impl IntoIterator<Item = Spender>) {
        self.counted.extend(groups);
    }

    /// The different customers with their counts, by frequency and mean value.
    pub fn groups(&mut self) -> &[Spender] {
        self.counted.groups()
    }

    /// Bytes held on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.counted.heap_bytes()
    }
}

/// Fits the model by maximum likelihood. Equal sets of customers give equal results, to the last bit.
#[must_use]
pub fn fit(spenders: &mut Spenders) -> Fitted {
    let ignored = spenders.ignored;
    let groups = spenders.groups();
    let customers: u64 = groups.iter().map(|g| g.customers).sum();
    let (n, unit) = (customers as f64, mean(groups));
    let mut fitted = if customers == 0 {
        Fitted::without(NAMES, 0, "no repeat purchases of any value")
    } else {
        match search(groups, unit, n) {
            None => Fitted::without(NAMES, customers, "no data"),
            Some(minimum) => {
                let status = status(&minimum, &PARAMETERS, n);
                let value = -minimum.evaluation.value * n - n * unit.ln();
                estimate(NAMES, &minimum, [1.0, 1.0, unit], value, customers, status)
            }
        }
    };
    if fitted.usable().is_some_and(|p| p.get(1).is_some_and(|q| *q <= 1.0)) {
        fitted.status = Cow::Borrowed(INFINITE_MEAN);
        (fitted.standard_errors, fitted.spread) = (None, None);
    }
    fitted.ignored = ignored;
    fitted
}

/// The best point from several starts; with many groups the starts run on every n-th of them.
fn search(groups: &[Spender], unit: f64, customers: f64) -> Option<Minimum<3>> {
    let best = |groups: &[Spender], customers: f64, starts: &[[f64; 3]]| {
        let cost = |logs: &[f64; 3]| {
            let parameters = logs.map(f64::exp);
            in_logs(log_likelihood(groups, unit, &parameters), &parameters, customers)
        };
        best_of(cost, starts)
    };
    let starts = STARTS.map(|[p, q]| [p, q, (q - 1.0) / p].map(f64::ln));
    let from_pilot = (groups.len() > 2 * PILOT_GROUPS).then(|| {
        let sample: Vec<Spender> = groups.iter().copied().step_by(groups.len() / PILOT_GROUPS).collect();
        best(&sample, sample.iter().map(|g| g.customers as f64).sum(), &starts)
    });
    let start = from_pilot.flatten().map(|pilot| pilot.point);
    // A part that has no minimum says nothing of the whole.
    let start = start.filter(|point| point.iter().all(|log| log.abs() < PILOT_LOG_MAX));
    best(groups, customers, start.as_ref().map_or(starts.as_slice(), std::slice::from_ref))
}

/// The mean value of a customer's purchases: the unit in which amounts are about 1.
fn mean(groups: &[Spender]) -> f64 {
    let customers: f64 = groups.iter().map(|g| g.customers as f64).sum();
    groups.iter().map(|g| g.monetary * (g.customers as f64 / customers)).sum()
}

/// The log-likelihood at p, q, γ with its derivatives, amounts divided by `unit`.
fn log_likelihood(groups: &[Spender], unit: f64, parameters: &[f64; 3]) -> Evaluation<3> {
    let [p, q, gamma] = *parameters;
    let of_q = LogGamma::new(q);
    let mut total = Evaluation { value: 0.0, gradient: [0.0; 3], hessian: [[0.0; 3]; 3] };
    for same in groups.chunk_by(|left, right| left.frequency == right.frequency) {
        let Some(x) = same.first().map(|g| g.frequency) else { continue };
        let (shape, both) = (LogGamma::new(p * x), LogGamma::new(p * x + q));
        let constant = both.ln - shape.ln - of_q.ln;
        let Sums { n, logs, value, inverse, square } = Sums::of(same, x, unit, gamma, p * x, q);
        let power = p * x + q;
        total.value += n * constant + value;
        total.gradient[0] += x * (n * (both.first - shape.first) - logs);
        total.gradient[1] += n * (both.first - of_q.first) - inverse.log;
        total.gradient[2] += n * q / gamma - power * inverse.sum;
        let hessian = &mut total.hessian;
        hessian[0][0] += n * x * x * (both.second - shape.second);
        hessian[0][1] += n * x * both.second;
        hessian[0][2] -= x * inverse.sum;
        hessian[1][1] += n * (both.second - of_q.second);
        hessian[1][2] += n / gamma - inverse.sum;
        hessian[2][2] += power * square - n * q / (gamma * gamma);
    }
    for i in 0..3 {
        for j in 0..i {
            total.hessian[i][j] = total.hessian[j][i];
        }
    }
    total
}

/// What is summed over customers of one frequency x, with v = xz: n, ln(1 + γ/v), the value, 1/(γ + v) and its square.
struct Sums {
    n: f64,
    logs: f64,
    value: f64,
    inverse: Inverse,
    square: f64,
}

struct Inverse {
    sum: f64,
    /// Σ ln(1 + v/γ).
    log: f64,
}

impl Sums {
    fn of(groups: &[Spender], x: f64, unit: f64, gamma: f64, shape: f64, q: f64) -> Self {
        let mut sums = Self { n: 0.0, logs: 0.0, value: 0.0, inverse: Inverse { sum: 0.0, log: 0.0 }, square: 0.0 };
        for group in groups {
            let (n, z) = (group.customers as f64, group.monetary / unit);
            let v = x * z;
            let (log_total, log_v) = ((gamma + v).ln(), v.ln());
            let (own, other) = (log_total - log_v, log_total - gamma.ln());
            let inverse = 1.0 / (gamma + v);
            sums.n += n;
            sums.logs += n * own;
            // px ln(v/(γ+v)) + q ln(γ/(γ+v)) − ln z.
            sums.value -= n * (shape * own + q * other + (log_v - x.ln()));
            sums.inverse.sum += n * inverse;
            sums.inverse.log += n * other;
            sums.square += n * inverse * inverse;
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::mixture::tests::check_derivatives;

    /// Expected: central differences of the expected spend.
    #[test]
    fn spend_changes_by_its_gradient() {
        let model = GammaGamma { p: 6.25, q: 3.74, gamma: 15.44 };
        for (frequency, monetary) in [(0.0, 0.0), (1.0, 20.0), (7.0, 300.0), (40.0, 0.5)] {
            let gradient = model.log_spend_gradient(frequency, monetary);
            for (at, slope) in gradient.into_iter().enumerate() {
                let spend = |part: f64| {
                    let mut moved = [model.p, model.q, model.gamma];
                    moved[at] *= part;
                    let [p, q, gamma] = moved;
                    GammaGamma { p, q, gamma }.expected_spend(frequency, monetary).unwrap().ln()
                };
                let step = 1e-5_f64;
                let expected = (spend(step.exp()) - spend((-step).exp())) / (2.0 * step);
                assert!((slope - expected).abs() < 1e-8, "{frequency} {monetary} {at}: {slope} is not {expected}");
            }
        }
    }

    #[test]
    fn derivatives_are_the_differences_of_values() {
        let mut spenders = Spenders::default();
        for (x, z, n) in [(1.0, 12.5, 3), (1.0, 0.01, 1), (4.0, 30.0, 2), (250.0, 900.0, 1)] {
            spenders.add(x, z, n);
        }
        let groups = spenders.groups();
        for point in [[6.25, 3.74, 0.5], [0.03, 0.6, 90.0], [300.0, 40.0, 0.01]] {
            check_derivatives(|parameters| log_likelihood(groups, 30.0, parameters), point);
        }
    }
}
