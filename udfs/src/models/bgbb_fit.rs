//! Maximum likelihood for BG/BB.
//!
//! L = Σ over the ways to have been: there to the end, B(α+x, β+T−x)/B(α, β) · B(γ, δ+T)/B(γ, δ), or gone before opportunity i + 1 for
//! i = t_x … T − 1, B(α+x, β+i−x)/B(α, β) · B(γ+1, δ+i)/B(γ, δ): equation (4) of Fader, Hardie and Shang 2010.

use super::beta_geometric_fit::FitStatus;
use super::bgbb::BGBB;
use super::fitted::{Fitted, best_of, estimate, in_logs, status};
use super::histories::{Histories, HistoryGroup};
use super::mixture::{Mixture, mirror, nothing};
use super::rising::Rising;
use super::trust_region::Evaluation;
use crate::stopped::is_stopped;

const STARTS: [[f64; 4]; 4] = [[1.0, 1.0, 0.5, 2.0], [0.4, 3.0, 2.0, 20.0], [3.0, 1.0, 1.0, 1.0], [2.0, 20.0, 0.3, 9.0]];

/// Fits the model to histories in opportunities. Equal sets of histories give equal results, to the last bit.
#[must_use]
pub fn fit(histories: &mut Histories) -> Fitted {
    let groups = histories.groups();
    let customers: u64 = groups.iter().map(|g| g.customers).sum();
    let without = |status: FitStatus| Fitted::without(BGBB.names(), customers, status.text());
    if customers == 0 {
        return without(FitStatus::NoData);
    }
    if groups.iter().all(|g| g.history.age == 0.0) {
        return without(FitStatus::NoTime);
    }
    if groups.iter().all(|g| g.history.frequency == 0.0) {
        return without(FitStatus::NoRepeatPurchases);
    }
    let likelihood = Likelihood::new(groups);
    let n = customers as f64;
    let cost = |logs: &[f64; 4]| {
        let parameters = logs.map(f64::exp);
        in_logs(likelihood.evaluate(&parameters), &parameters, n)
    };
    let Some(minimum) = best_of(cost, &STARTS.map(|start| start.map(f64::ln))) else { return without(FitStatus::NoData) };
    let status = status(&minimum, BGBB.parameters, n);
    estimate(BGBB.names(), &minimum, [1.0; 4], -minimum.evaluation.value * n, customers, status)
}

/// The log-likelihood of one set of customers as a function of the parameters.
#[derive(Debug)]
pub struct Likelihood<'a> {
    groups: &'a [HistoryGroup],
    /// 0, 1, … up to the largest number of opportunities.
    counts: Vec<f64>,
}

impl<'a> Likelihood<'a> {
    /// The likelihood of sorted groups.
    #[must_use]
    pub fn new(groups: &'a [HistoryGroup]) -> Self {
        let most = groups.iter().fold(0.0, |most, g| f64::max(most, g.history.age));
        let counts =
            std::iter::successors(Some(0.0), |count| Some(count + 1.0)).take_while(|count| *count <= most + 1.0).collect();
        Self { groups, counts }
    }

    /// The log-likelihood at the parameters α, β, γ, δ, and its derivatives in them.
    #[must_use]
    pub fn evaluate(&self, parameters: &[f64; 4]) -> Evaluation<4> {
        let [alpha, beta, gamma, delta] = *parameters;
        let [of_alpha, of_beta, of_both, of_delta, of_all] =
            [alpha, beta, alpha + beta, delta, gamma + delta].map(|z| Rising::table(z, &self.counts));
        let at = |table: &[Rising], count: f64| table.get(count as usize).copied().unwrap_or_default();
        let mut total = nothing();
        for HistoryGroup { history, customers } in self.groups {
            if is_stopped() {
                break;
            }
            let (x, n) = (history.frequency, *customers as f64);
            // What does not depend on when the customer left: (α)_x.
            let used = at(&of_alpha, x);
            let mut ways = Mixture::default();
            let mut top = None;
            let mut add = |end: f64, leaves: bool| {
                let (unused, both) = (at(&of_beta, end - x), at(&of_both, end));
                let (stay, all) = (at(&of_delta, end), at(&of_all, if leaves { end + 1.0 } else { end }));
                let leave = if leaves { gamma.ln() } else { 0.0 };
                let log = unused.ln - both.ln + stay.ln - all.ln + leave;
                let top = *top.get_or_insert(log);
                let over_gamma = if leaves { 1.0 / gamma } else { 0.0 };
                let first = [-both.first, unused.first - both.first, over_gamma - all.first, stay.first - all.first];
                let second = [
                    [-both.second, 0.0, 0.0, 0.0],
                    [-both.second, unused.second - both.second, 0.0, 0.0],
                    [0.0, 0.0, -over_gamma * over_gamma - all.second, 0.0],
                    [0.0, 0.0, -all.second, stay.second - all.second],
                ];
                ways.add((log - top).exp(), &first, &second);
            };
            // The largest term is that of the shortest time there, or the one of never having left.
            let mut end = history.recency;
            while end < history.age {
                add(end, true);
                end += 1.0;
            }
            add(history.age, false);
            ways.add_log_to(&mut total, n);
            total.value += n * (used.ln + top.unwrap_or(0.0));
            total.gradient[0] += n * used.first;
            total.hessian[0][0] += n * used.second;
        }
        mirror(&mut total.hessian);
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::histories::History;
    use crate::models::mixture::tests::check_derivatives;

    #[test]
    fn derivatives_are_the_differences_of_values() {
        let mut histories = Histories::default();
        for (x, t_x, n, donors) in [
            (0.0, 0.0, 6.0, 9),
            (0.0, 0.0, 0.0, 2),
            (1.0, 3.0, 6.0, 4),
            (6.0, 6.0, 6.0, 3),
            (2.0, 2.0, 250.0, 1),
            (200.0, 240.0, 250.0, 1),
        ] {
            histories.add(History { frequency: x, recency: t_x, age: n }, donors);
        }
        let likelihood = Likelihood::new(histories.groups());
        for point in [[1.2, 0.75, 0.66, 2.8], [0.02, 9.0, 5.0, 0.3], [30.0, 2.0, 0.01, 400.0]] {
            check_derivatives(|parameters| likelihood.evaluate(parameters), point);
        }
    }
}
