//! Maximum likelihood for Pareto/NBD.

use std::borrow::Cow;

use super::beta_geometric_fit::FitStatus;
use super::fitted::{CONVERGED, Fitted, best_of, estimate, in_logs, status};
use super::histories::{Histories, HistoryGroup};
use super::pareto_nbd::PARETO_NBD;
use super::pareto_nbd_likelihood::{Likelihood, PARAMETERS};
use super::trust_region::{Evaluation, Minimum};

/// The starts are compared on a part of the customers where there are more groups than this.
const PILOT_GROUPS: usize = 2_048;
/// Starting values of r, s and β, times in units of the largest age; α follows from the mean purchase rate.
pub(super) const STARTS: [[f64; 3]; 3] = [[0.5, 0.6, 0.3], [2.0, 0.5, 2.0], [0.2, 3.0, 4.0]];
/// A mean probability of leaving within the largest age closer to 0 than this is none.
pub(super) const LEAVING_MIN: f64 = 1e-5;
/// A smaller one has to be better than none at all, by a likelihood-ratio test.
pub(super) const LEAVING_TESTED: f64 = 2e-2;
/// The 5 % point of that test, where no drop-out is the edge of the parameters: half a χ² with one degree of freedom.
const LIKELIHOOD_RATIO_MIN: f64 = 2.706;
/// ln s, with β = 1, that stands for no drop-out.
const LOG_NO_DROPOUT: f64 = -35.0;

/// Fits the model to the histories. Equal sets of histories give equal results, to the last bit.
#[must_use]
pub fn fit(histories: &mut Histories) -> Fitted {
    let groups = histories.groups();
    let customers = groups.iter().map(|g| g.customers).sum();
    let age_max = groups.iter().fold(0.0, |most, g| f64::max(most, g.history.age));
    let without = |status: FitStatus| Fitted::without(PARETO_NBD.names(), customers, status.text());
    if customers == 0 {
        return without(FitStatus::NoData);
    }
    if groups.iter().all(|g| g.history.frequency == 0.0) {
        return without(FitStatus::NoRepeatPurchases);
    }
    if age_max == 0.0 {
        return without(FitStatus::NoTime);
    }
    let likelihood = Likelihood::new(groups, age_max);
    let Some(minimum) = search(&likelihood, groups, age_max) else { return without(FitStatus::NoData) };
    let n = customers as f64;
    // Times in units of the largest age multiply the density of x purchase times by age_max^x.
    let purchases: f64 = groups.iter().map(|g| g.customers as f64 * g.history.frequency).sum();
    let log_likelihood = -minimum.evaluation.value * n - purchases * age_max.ln();
    let status = match leaving(&minimum) {
        part if part < LEAVING_MIN => Cow::Borrowed(NO_DROPOUT),
        part => match status(&minimum, PARETO_NBD.parameters, n) {
            found if part < LEAVING_TESTED && found == CONVERGED && gain(&likelihood, &minimum, n) < LIKELIHOOD_RATIO_MIN => {
                Cow::Borrowed(NO_DROPOUT)
            }
            found => found,
        },
    };
    estimate(PARETO_NBD.names(), &minimum, [1.0, age_max, 1.0, age_max], log_likelihood, customers, status)
}

/// The status where the likelihood rises until nobody leaves, or cannot tell the little drop-out found from none.
pub(super) const NO_DROPOUT: &str = "no drop-out (s/beta -> 0)";

fn cost(likelihood: &Likelihood, logs: &[f64; PARAMETERS]) -> Evaluation<PARAMETERS> {
    let parameters = logs.map(f64::exp);
    in_logs(likelihood.evaluate(&parameters), &parameters, likelihood.customers())
}

/// The best point from several starts; with many groups the starts run on every n-th of them.
fn search(likelihood: &Likelihood, groups: &[HistoryGroup], age_max: f64) -> Option<Minimum<PARAMETERS>> {
    let purchases: f64 = groups.iter().map(|g| g.customers as f64 * g.history.frequency).sum();
    let time: f64 = groups.iter().map(|g| g.customers as f64 * g.history.age).sum();
    // Customers who leave purchase for a part of their age only, so the rate while there is higher than the mean.
    let rate = 2.0 * purchases * age_max / time;
    let starts = STARTS.map(|[r, s, beta]| [r, r / rate, s, beta].map(f64::ln));
    let from_pilot = (groups.len() > 2 * PILOT_GROUPS).then(|| {
        let sample: Vec<HistoryGroup> = groups.iter().copied().step_by(groups.len() / PILOT_GROUPS).collect();
        let pilot = Likelihood::new(&sample, age_max);
        best_of(|logs| cost(&pilot, logs), &starts)
    });
    let start = from_pilot.flatten().map(|pilot| pilot.point);
    best_of(|logs| cost(likelihood, logs), start.as_ref().map_or(starts.as_slice(), std::slice::from_ref))
}

/// The mean probability of leaving within the largest age, 1 − (β / (β + 1))^s.
fn leaving(minimum: &Minimum<PARAMETERS>) -> f64 {
    leaving_within_one(&minimum.point)
}

/// The mean probability of leaving within one unit of time at these logarithms of the parameters.
pub(super) fn leaving_within_one(logs: &[f64; PARAMETERS]) -> f64 {
    let [_, _, s, beta] = logs.map(f64::exp);
    -(-s * beta.recip().ln_1p()).exp_m1()
}

/// Twice the log-likelihood that the drop-out found gains over none: the negative binomial distribution, r and α free.
fn gain(likelihood: &Likelihood, minimum: &Minimum<PARAMETERS>, customers: f64) -> f64 {
    let cost = |[r, alpha]: &[f64; 2]| {
        let Evaluation { value, gradient, hessian } = cost(likelihood, &[*r, *alpha, LOG_NO_DROPOUT, 0.0]);
        let [g_r, g_alpha, ..] = gradient;
        let [[h_r, h_r_alpha, ..], [_, h_alpha, ..], ..] = hessian;
        Evaluation { value, gradient: [g_r, g_alpha], hessian: [[h_r, h_r_alpha], [h_r_alpha, h_alpha]] }
    };
    let [r, alpha, ..] = minimum.point;
    let none = best_of(cost, &[[r, alpha]]).map_or(f64::INFINITY, |none| none.evaluation.value);
    2.0 * customers * (none - minimum.evaluation.value)
}
