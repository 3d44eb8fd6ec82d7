//! How long customers with a contract stay: shifted beta-geometric and beta-discrete-Weibull.
//!
//! At the t-th renewal a customer is still there with probability S(t) = B(γ, δ + t^c) / B(γ, δ). With c = 1 each customer renews with one
//! probability, beta distributed over the customers: that is the shifted beta-geometric, whose parameters are called α and β.
//! With c > 1 the risk of one customer grows with time, with c < 1 it falls.
//!
//! Sources: Fader and Hardie 2007, "How to project customer retention", Journal of Interactive Marketing 21(1); Fader, Hardie, Liu,
//! Davin and Steenburgh 2018, "How to project customer retention revisited: the role of duration dependence", Journal of
//! Interactive Marketing 43.

use std::collections::BTreeMap;

use super::beta_geometric_fit::FitStatus;
use super::fitted::{Fitted, Names, best_of, estimate, in_logs, status};
use super::log_gamma::{LogGamma, ln_ratio, ratio};
use super::mixture::{Mixture, mirror, nothing};
use super::trust_region::Evaluation;

/// The shifted beta-geometric, as SQL knows it.
pub const SBG: Names = ("sbg", &["alpha", "beta"]);
/// The beta-discrete-Weibull, as SQL knows it.
pub const BDW: Names = ("bdw", &["gamma", "delta", "c"]);
/// ln t^c from which on δ and γ are less than a rounding error of t^c, whatever a search makes of them.
const FAR: f64 = 250.0;
const STARTS: [[f64; 2]; 3] = [[1.0, 1.0], [0.5, 5.0], [5.0, 20.0]];

/// Customers by tenure, counted.
#[derive(Debug, Clone, Default)]
pub struct Tenures {
    /// By tenure: how many left then, and how many were still there when they were last seen.
    groups: BTreeMap<u64, (u64, u64)>,
}

/// Why a tenure cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TenureError {
    /// It is not a count.
    #[error("tenure must be a whole number of renewals, from 0 to 1000000")]
    Tenure,
    /// Who has left has left at some renewal.
    #[error("tenure must be 1 or more for who has churned: the first renewal is number 1")]
    ChurnedAtZero,
}

/// The largest tenure: ages are counted, and not measured.
const TENURE_MAX: f64 = 1e6;

impl Tenures {
    /// Adds customers who left at renewal `tenure`, or who last renewed then.
    ///
    /// # Errors
    /// The first rule of [`TenureError`] that is broken.
    pub fn add(&mut self, tenure: f64, churned: bool, customers: u64) -> Result<(), TenureError> {
        if !(0.0..=TENURE_MAX).contains(&tenure) || tenure.fract() != 0.0 {
            return Err(TenureError::Tenure);
        }
        if churned && tenure == 0.0 {
            return Err(TenureError::ChurnedAtZero);
        }
        let group = self.groups.entry(tenure as u64).or_default();
        if churned {
            group.0 += customers
        } else {
            group.1 += customers
        }
        Ok(())
    }

    /// Adds the customers of another part of the data.
    pub fn merge(&mut self, other: &Self) {
        for (tenure, left, there) in other.groups() {
            let group = self.groups.entry(tenure).or_default();
            group.0 += left;
            group.1 += there;
        }
    }

    /// Tenure, how many left then, how many were last seen then.
    pub fn groups(&self) -> impl Iterator<Item = (u64, u64, u64)> {
        self.groups.iter().map(|(tenure, (left, there))| (*tenure, *left, *there))
    }

    /// Bytes held on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.groups.len() * size_of::<(u64, (u64, u64))>() * 2
    }

    fn customers(&self) -> u64 {
        self.groups.values().map(|(left, there)| left + there).sum()
    }

    /// The log-likelihood at γ, δ, c, and its derivatives: Σ n ln P(leaves at t) + Σ n ln S(t).
    fn log_likelihood(&self, parameters: &[f64; 3]) -> Evaluation<3> {
        let mut total = nothing();
        for (tenure, left, there) in self.groups() {
            let end = Survival::new(parameters, tenure as f64);
            if there > 0 {
                let mut survival = Mixture::default();
                survival.add(1.0, &end.first, &end.second);
                survival.add_log_to(&mut total, there as f64);
                total.value += there as f64 * end.log;
            }
            if left > 0 {
                let before = Survival::new(parameters, tenure as f64 - 1.0);
                // S(t − 1) − S(t), relative to S(t − 1).
                let mut leaving = Mixture::default();
                let kept = (end.log - before.log).exp();
                leaving.add(1.0, &before.first, &before.second);
                leaving.add(-kept, &end.first, &end.second);
                leaving.add_log_to(&mut total, left as f64);
                total.value += left as f64 * before.log;
            }
        }
        mirror(&mut total.hessian);
        total
    }
}

/// Fits the shifted beta-geometric. Equal sets of customers give equal results, to the last bit.
#[must_use]
pub fn fit_sbg(tenures: &Tenures) -> Fitted {
    fit(tenures, SBG, &STARTS, |[gamma, delta]| {
        let Evaluation { value, gradient, hessian } = tenures.log_likelihood(&[gamma, delta, 1.0]);
        let ([g, d, _], [[gg, gd, _], [_, dd, _], _]) = (gradient, hessian);
        Evaluation { value, gradient: [g, d], hessian: [[gg, gd], [gd, dd]] }
    })
}

/// Fits the beta-discrete-Weibull. Equal sets of customers give equal results, to the last bit.
#[must_use]
pub fn fit_bdw(tenures: &Tenures) -> Fitted {
    let starts = STARTS.map(|[gamma, delta]| [0.8, 1.5].map(|c| [gamma, delta, c])).concat();
    fit(tenures, BDW, &starts, |parameters| tenures.log_likelihood(&parameters))
}

fn fit<const N: usize>(
    tenures: &Tenures,
    names: Names,
    starts: &[[f64; N]],
    log_likelihood: impl Fn([f64; N]) -> Evaluation<N>,
) -> Fitted {
    let customers = tenures.customers();
    let n = customers as f64;
    let without = |status| Fitted::without(names, customers, status);
    if customers == 0 {
        return without(FitStatus::NoData.text());
    }
    if tenures.groups().all(|(_, left, _)| left == 0) {
        return without("nobody has churned");
    }
    let cost = |logs: &[f64; N]| {
        let parameters = logs.map(f64::exp);
        in_logs(log_likelihood(parameters), &parameters, n)
    };
    let starts: Vec<[f64; N]> = starts.iter().map(|start| start.map(f64::ln)).collect();
    let Some(minimum) = best_of(cost, &starts) else { return without(FitStatus::NoData.text()) };
    let status = status(&minimum, names.1, n);
    estimate(names, &minimum, [1.0; N], -minimum.evaluation.value * n, customers, status)
}

/// ln S(t) with its derivatives in γ, δ, c, the second ones in the lower triangle.
struct Survival {
    log: f64,
    first: [f64; 3],
    second: [[f64; 3]; 3],
}

impl Survival {
    fn new(parameters: &[f64; 3], tenure: f64) -> Self {
        let [gamma, delta, c] = *parameters;
        if tenure == 0.0 {
            return Self { log: 0.0, first: [0.0; 3], second: [[0.0; 3]; 3] };
        }
        let log_tenure = tenure.ln();
        if c * log_tenure > FAR {
            return Self::far(parameters, log_tenure);
        }
        let u = (c * log_tenure).exp();
        // S(t) is Γ(γ+δ)/Γ(δ) over the same at δ + u; and γ + δ at both.
        let (start, end) = (ratio(delta, gamma), ratio(delta + u, gamma));
        let sum = ratio(gamma + delta, u);
        let at_sum = LogGamma::new(gamma + delta + u);
        // ∂u/∂c is u ln t.
        let u_c = u * log_tenure;
        let first = [-sum.first, start.first - end.first, -end.first * u_c];
        let second = [
            [-sum.second, 0.0, 0.0],
            [-sum.second, start.second - end.second, 0.0],
            [-at_sum.second * u_c, -end.second * u_c, -end.second * u_c * u_c - end.first * u_c * log_tenure],
        ];
        Self { log: start.ln - end.ln, first, second }
    }

    /// Where t^c is so large that nothing beside it counts: S(t) = Γ(γ+δ)/Γ(δ) · t^(−cγ).
    fn far(parameters: &[f64; 3], log_tenure: f64) -> Self {
        let [gamma, delta, c] = *parameters;
        let (start, sum) = (ratio(delta, gamma), LogGamma::new(gamma + delta));
        let first = [sum.first - c * log_tenure, start.first, -gamma * log_tenure];
        let second = [[sum.second, 0.0, 0.0], [sum.second, start.second, 0.0], [-log_tenure, 0.0, 0.0]];
        Self { log: start.ln - c * gamma * log_tenure, first, second }
    }
}

/// P(still there at renewal `tenure`) of the beta-discrete-Weibull γ, δ, c; of the shifted beta-geometric with c = 1.
#[must_use]
pub fn survival(gamma: f64, delta: f64, c: f64, tenure: f64) -> f64 {
    (ln_ratio(delta, gamma) - ln_ratio(delta + tenure.powf(c), gamma)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::mixture::tests::check_derivatives;

    #[test]
    fn derivatives_are_the_differences_of_values() {
        let mut tenures = Tenures::default();
        for (tenure, churned, n) in
            [(1.0, true, 9), (2.0, true, 4), (7.0, true, 1), (60.0, true, 2), (0.0, false, 5), (1.0, false, 3), (60.0, false, 4)]
        {
            tenures.add(tenure, churned, n).expect("a tenure");
        }
        for point in [[0.7, 1.2, 1.0], [0.05, 9.0, 1.6], [20.0, 80.0, 0.4], [0.003, 2.0, 130.0]] {
            check_derivatives(|parameters| tenures.log_likelihood(parameters), point);
        }
    }

    /// Two leave at the second renewal, one stays for a third: the likelihood grows for ever as γ falls and c rises.
    #[test]
    fn a_search_for_what_is_at_infinity_ends() {
        for rows in [[(2.0, true, 2), (3.0, false, 1)], [(2.0, true, 91), (15.0, false, 461)]] {
            let mut tenures = Tenures::default();
            rows.into_iter().for_each(|(tenure, churned, n)| tenures.add(tenure, churned, n).expect("a tenure"));
            assert_eq!(fit_bdw(&tenures).status, "boundary: gamma -> 0");
        }
    }

    #[test]
    fn a_tenure_is_a_number_of_renewals() {
        let mut tenures = Tenures::default();
        assert_eq!(tenures.add(0.0, true, 1), Err(TenureError::ChurnedAtZero));
        for tenure in [-1.0, 0.5, 1e7, f64::NAN, f64::INFINITY] {
            assert_eq!(tenures.add(tenure, false, 1), Err(TenureError::Tenure));
        }
    }
}
