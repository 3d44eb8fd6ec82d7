//! Maximum likelihood for BG/CNBD-k and MBG/CNBD-k; k is the whole number with the highest likelihood.
//!
//! For one customer with the times Δ between purchases, and decisions to stay as in
//! [`super::beta_geometric_likelihood`],
//!
//! L = Π (Δ^(k−1) / (k−1)!) · B(a, b+stays)/B(a, b) · Γ(r+kx)/Γ(r) · α^r (α+T)^−(r+kx) · (e^D + Σ_j (r+kx)_j / j! · y^j),
//!
//! y = (T−t_x)/(α+T), j = 0 … k − 1, D = ln a − ln(b+stays−1) + (r+kx) ln((α+T)/(α+t_x)). Of the times between purchases only Σ ln Δ over
//! all customers is needed.

use std::borrow::Cow;

use super::beta_geometric::Dropout;
use super::beta_geometric_fit::FitStatus;
use super::cnbd::{BGCNBD_K, K_MAX, MBGCNBD_K};
use super::fitted::{Fitted, best_of, estimate, in_logs, status};
use super::histories::{Histories, History, HistoryGroup};
use super::mixture::{mirror, nothing};
use super::prediction::Kind;
use super::rising::Rising;
use super::trust_region::{Evaluation, Minimum};

/// Starting values of r and of the two shapes of the drop-out; α follows from the mean purchase rate.
const STARTS: [[f64; 3]; 3] = [[0.5, 0.7, 2.0], [2.0, 0.2, 2.0], [0.2, 3.0, 9.0]];
/// So many values of k without a gain end the search: the likelihood has one peak in k.
const WORSE_MAX: usize = 2;
/// The starts are compared on a part of the customers where there are more groups than this.
const PILOT_GROUPS: usize = 4_096;
/// A mean drop-out probability below this is none.
const MEAN_DROPOUT_MIN: f64 = 1e-5;

/// The model with this rule of drop-out, as SQL knows it.
#[must_use]
pub fn kind(dropout: Dropout) -> &'static Kind {
    match dropout {
        Dropout::AfterRepeat => &BGCNBD_K,
        Dropout::AfterFirst => &MBGCNBD_K,
    }
}

/// Fits the model to histories whose logarithms of times between purchases have the sum `log_intervals`.
#[must_use]
pub fn fit(dropout: Dropout, histories: &mut Histories, log_intervals: f64) -> Fitted {
    let names = kind(dropout).names();
    let groups = histories.groups();
    let customers: u64 = groups.iter().map(|g| g.customers).sum();
    let age_max = groups.iter().fold(0.0, |most, g| f64::max(most, g.history.age));
    let without = |status: FitStatus| Fitted::without(names, customers, status.text());
    if customers == 0 {
        return without(FitStatus::NoData);
    }
    let purchases: f64 = groups.iter().map(|g| g.customers as f64 * g.history.frequency).sum();
    if purchases == 0.0 {
        return without(FitStatus::NoRepeatPurchases);
    }
    if age_max == 0.0 {
        return without(FitStatus::NoTime);
    }
    let n = customers as f64;
    let mut best: Option<(f64, f64, Minimum<4>)> = None;
    let (mut k, mut worse, mut last) = (1.0, 0, None);
    while k <= K_MAX && worse < WORSE_MAX {
        let Some(minimum) = search(dropout, groups, k, age_max, last) else { break };
        last = Some(minimum.point);
        // Times in units of the largest age multiply the density of x purchase times by age_max^x; Σ ln Δ is in the unit of the data.
        let of_intervals = (k - 1.0) * (log_intervals - purchases * age_max.ln()) - purchases * Rising::new(1.0, k - 1.0).ln;
        let log_likelihood = -minimum.evaluation.value * n + of_intervals - purchases * age_max.ln();
        if best.as_ref().is_none_or(|(_, value, _)| log_likelihood > *value) {
            best = Some((k, log_likelihood, minimum));
            worse = 0;
        } else {
            worse += 1;
        }
        k += 1.0;
    }
    let Some((k, log_likelihood, minimum)) = best else { return without(FitStatus::NoData) };
    let [_, _, a, b] = minimum.point.map(f64::exp);
    let status = if a / (a + b) < MEAN_DROPOUT_MIN {
        Cow::Borrowed(FitStatus::NoDropout.text())
    } else {
        status(&minimum, names.1.get(1..).unwrap_or_default(), n)
    };
    let mut fitted = estimate(names, &minimum, [1.0, age_max, 1.0, 1.0], log_likelihood, customers, status);
    // k is chosen among whole numbers, so it has no standard error.
    if let Some(parameters) = &mut fitted.parameters {
        parameters.insert(0, k);
    }
    if let Some(errors) = &mut fitted.standard_errors {
        errors.insert(0, f64::NAN);
    }
    fitted.spread.iter_mut().flatten().for_each(|direction| direction.insert(0, 0.0));
    fitted
}

/// The best point for one k, from the one of the k before or from several starts.
fn search(dropout: Dropout, groups: &[HistoryGroup], k: f64, age_max: f64, last: Option<[f64; 4]>) -> Option<Minimum<4>> {
    let of = |groups: &[HistoryGroup], starts: &[[f64; 4]]| {
        let likelihood = Likelihood::new(dropout, groups, k, age_max);
        let cost = |logs: &[f64; 4]| {
            let parameters = logs.map(f64::exp);
            in_logs(likelihood.evaluate(&parameters), &parameters, likelihood.customers)
        };
        best_of(cost, starts)
    };
    if let Some([r, alpha, a, b]) = last {
        // With one event more between purchases, events come so much faster.
        return of(groups, &[[r, alpha + ((k - 1.0) / k).ln(), a, b]]);
    }
    let purchases: f64 = groups.iter().map(|g| g.customers as f64 * g.history.frequency).sum();
    let time: f64 = groups.iter().map(|g| g.customers as f64 * g.history.age).sum();
    // Customers who leave purchase for a part of their age only, so the rate while there is higher than the mean.
    let rate = 2.0 * k * purchases * age_max / time;
    let starts = STARTS.map(|[r, a, b]| [r, r / rate, a, b].map(f64::ln));
    let from_pilot = (groups.len() > 2 * PILOT_GROUPS).then(|| {
        let sample: Vec<HistoryGroup> = groups.iter().copied().step_by(groups.len() / PILOT_GROUPS).collect();
        of(&sample, &starts)
    });
    let start = from_pilot.flatten().map(|pilot| pilot.point);
    of(groups, start.as_ref().map_or(starts.as_slice(), std::slice::from_ref))
}

/// The log-likelihood for one k, without the times between purchases, as a function of r, α, a, b.
#[derive(Debug)]
pub struct Likelihood<'a> {
    dropout: Dropout,
    groups: &'a [HistoryGroup],
    k: f64,
    time_unit: f64,
    customers: f64,
}

impl<'a> Likelihood<'a> {
    /// The likelihood of sorted groups, their times divided by `time_unit`.
    #[must_use]
    pub fn new(dropout: Dropout, groups: &'a [HistoryGroup], k: f64, time_unit: f64) -> Self {
        let customers = groups.iter().map(|g| g.customers as f64).sum();
        Self { dropout, groups, k, time_unit, customers }
    }

    /// The value at r, α, a, b, and its derivatives in them.
    #[must_use]
    pub fn evaluate(&self, parameters: &[f64; 4]) -> Evaluation<4> {
        let [r, alpha, a, b] = *parameters;
        let same = || self.groups.chunk_by(|left, right| left.history.frequency == right.history.frequency);
        let frequencies: Vec<f64> = same().filter_map(|groups| groups.first()).map(|g| g.history.frequency).collect();
        let events: Vec<f64> = frequencies.iter().map(|x| self.k * x).collect();
        let stays: Vec<f64> = frequencies.iter().map(|x| self.dropout.stays(*x)).collect();
        let (events, stayed) = (Rising::table(r, &events), Rising::table(b, &stays));
        let decided = Rising::table(a + b, &stays);
        let mut total = nothing();
        for ((groups, (x, stays)), ((events, stayed), decided)) in
            same().zip(frequencies.iter().zip(&stays)).zip(events.into_iter().zip(stayed).zip(decided))
        {
            let n: f64 = groups.iter().map(|g| g.customers as f64).sum();
            let mut sums: Evaluation<4> = nothing();
            let ends = Ends { shape: r + self.k * x, k: self.k, alpha, a, b, stays: *stays };
            groups.iter().for_each(|g| ends.add_row(&mut sums, g.history, g.customers as f64, self.time_unit));
            total.value += n * (events.ln + stayed.ln - decided.ln + r * alpha.ln()) + sums.value;
            let first = [events.first + alpha.ln(), r / alpha, -decided.first, stayed.first - decided.first];
            (0..4).for_each(|i| total.gradient[i] += n * first[i] + sums.gradient[i]);
            let h = &mut total.hessian;
            (0..4).for_each(|i| (0..=i).for_each(|j| h[i][j] += sums.hessian[i][j]));
            h[0][0] += n * events.second;
            h[1][0] += n / alpha;
            h[1][1] -= n * r / (alpha * alpha);
            h[2][2] -= n * decided.second;
            h[3][2] -= n * decided.second;
            h[3][3] += n * (stayed.second - decided.second);
        }
        mirror(&mut total.hessian);
        total
    }
}

/// What customers with one number of purchases share: −(r+kx) ln(α+T) + ln(e^D + Σ_j …).
struct Ends {
    /// r + kx.
    shape: f64,
    k: f64,
    alpha: f64,
    a: f64,
    b: f64,
    stays: f64,
}

impl Ends {
    fn add_row(&self, sums: &mut Evaluation<4>, history: History, n: f64, unit: f64) {
        let Self { shape, alpha, a, b, stays, .. } = *self;
        let (last, end) = (alpha + history.recency / unit, alpha + history.age / unit);
        let (log_end, over_end) = (end.ln(), 1.0 / end);
        let Waiting { log, r, r_r, alpha: w_alpha, r_alpha, alpha_alpha } =
            self.waiting((history.age - history.recency) / unit, over_end);
        let (mut q, mut value) = (0.0, log);
        let (mut d_r, mut d_alpha, mut over_last) = (0.0, 0.0, over_end);
        if stays > 0.0 {
            over_last = 1.0 / last;
            d_r = log_end - last.ln();
            d_alpha = shape * (over_end - over_last);
            let d = (a / (b + stays - 1.0)).ln() + shape * d_r - log;
            let e = (-d.abs()).exp();
            let share = 1.0 / (1.0 + e);
            q = if d > 0.0 { share } else { e * share };
            value += d.max(0.0) - share.ln();
        }
        let (d_a, d_b) = (1.0 / a, -1.0 / (b + stays - 1.0));
        sums.value += n * (value - shape * log_end);
        let p = 1.0 - q;
        let first = [q * d_r + p * r, q * d_alpha + p * w_alpha, q * d_a, q * d_b];
        let gap = [d_r - r, d_alpha - w_alpha, d_a, d_b];
        sums.gradient[0] += n * (first[0] - log_end);
        sums.gradient[1] += n * (first[1] - shape * over_end);
        let w = q * p;
        let h = &mut sums.hessian;
        if q > 0.0 {
            sums.gradient[2] += n * first[2];
            sums.gradient[3] += n * first[3];
            (0..4).for_each(|i| (0..=i).for_each(|j| h[i][j] += n * w * gap[i] * gap[j]));
            h[2][2] -= n * q * d_a * d_a;
            h[3][3] += n * q * d_b * d_b;
        }
        let square = over_end * over_end;
        h[0][0] += n * p * r_r;
        h[1][0] += n * (q * (over_end - over_last) + p * r_alpha - over_end);
        h[1][1] += n * (q * shape * (over_last * over_last - square) + p * alpha_alpha + shape * square);
    }

    /// ln Σ_j (R)_j / j! · y^j for j < k with its derivatives in r and α.
    fn waiting(&self, waited: f64, over_end: f64) -> Waiting {
        if self.k == 1.0 {
            return Waiting::default();
        }
        let y = waited * over_end;
        let (mut term, mut h1, mut h2) = (1.0, 0.0, 0.0);
        let (mut sum, mut r, mut r_r, mut of_j, mut r_j, mut of_jj) = (1.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        let mut j = 0.0;
        while j + 1.0 < self.k {
            let inverse = 1.0 / (self.shape + j);
            term *= (self.shape + j) / (j + 1.0) * y;
            h1 += inverse;
            h2 -= inverse * inverse;
            j += 1.0;
            sum += term;
            r += term * h1;
            r_r += term * (h1 * h1 + h2);
            of_j += term * j;
            r_j += term * h1 * j;
            of_jj += term * j * j;
        }
        let (r, of_j) = (r / sum, of_j / sum);
        // ∂ ln y / ∂α = −1/(α+T), whose derivative is its square.
        Waiting {
            log: sum.ln(),
            r,
            r_r: r_r / sum - r * r,
            alpha: -of_j * over_end,
            r_alpha: -(r_j / sum - r * of_j) * over_end,
            alpha_alpha: (of_jj / sum - of_j * of_j + of_j) * over_end * over_end,
        }
    }
}

/// The logarithm of a sum with its derivatives in r and α.
#[derive(Debug, Clone, Copy, Default)]
struct Waiting {
    log: f64,
    r: f64,
    r_r: f64,
    alpha: f64,
    r_alpha: f64,
    alpha_alpha: f64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::mixture::tests::check_derivatives;

    fn some_customers() -> Histories {
        let mut histories = Histories::default();
        for (x, t_x, age, n) in [
            (0.0, 0.0, 0.0, 2),
            (0.0, 0.0, 38.9, 9),
            (1.0, 10.0, 30.0, 4),
            (2.0, 30.4, 38.9, 1),
            (29.0, 37.0, 37.0, 2),
            (60.0, 3.0, 39.0, 1),
        ] {
            histories.add(History { frequency: x, recency: t_x, age }, n);
        }
        histories
    }

    #[test]
    fn derivatives_are_the_differences_of_values() {
        let mut histories = some_customers();
        for dropout in [Dropout::AfterRepeat, Dropout::AfterFirst] {
            for k in [1.0, 2.0, 5.0, 12.0] {
                let likelihood = Likelihood::new(dropout, histories.groups(), k, 39.0);
                for point in [[0.6, 0.2, 0.8, 1.7], [4.0, 3.0, 0.02, 20.0], [0.1, 40.0, 6.0, 0.3]] {
                    check_derivatives(|parameters| likelihood.evaluate(parameters), point);
                }
            }
        }
    }

    /// Expected: mpmath 1.4 with 40 digits, the likelihood of Platzer and Reutterer 2016 without the times between purchases.
    #[test]
    fn values_of_mpmath() {
        let mut histories = some_customers();
        for (dropout, k, expected) in [
            (Dropout::AfterRepeat, 1.0, -95.75495425865306),
            (Dropout::AfterRepeat, 2.0, 8.765922571498269),
            (Dropout::AfterRepeat, 5.0, 623.4816710139145),
            (Dropout::AfterRepeat, 12.0, 2822.135082332253),
            (Dropout::AfterFirst, 1.0, -94.2065636428471),
            (Dropout::AfterFirst, 2.0, 8.554590829318684),
            (Dropout::AfterFirst, 5.0, 621.8740343538168),
            (Dropout::AfterFirst, 12.0, 2819.9686026485406),
        ] {
            let value = Likelihood::new(dropout, histories.groups(), k, 1.0).evaluate(&[0.6, 9.0, 0.8, 1.7]).value;
            assert!((value - expected).abs() < 1e-12 * f64::abs(expected), "{dropout:?} {k}: {value} is not {expected}");
        }
    }
}
