//! The log-likelihood of BG/NBD and MBG/NBD with its gradient and Hessian.
//!
//! For one customer, with k = x (BG/NBD) or x + 1 (MBG/NBD) decisions to stay (equation (6) of Fader, Hardie and Lee
//! 2005; Batislam et al. 2007 for the second):
//!
//! L = B(a, b+k)/B(a, b) · Γ(r+x)/Γ(r) · α^r (α+T)^−(r+x) · (1 + e^D),  D = ln a − ln(b+k−1) + (r+x) ln((α+T)/(α+t_x)),
//!
//! where the term e^D, the odds that the customer has left, is there for k > 0 only. The factors before it need x and T
//! alone; x and the times take few different values, so each logarithm of them is taken once an evaluation.

use super::beta_geometric::Dropout;
use super::histories::HistoryGroup;
use super::mixture::mirror;
use super::rising::Rising;
use super::trust_region::Evaluation;

/// Number of parameters: r, α, a, b in this order.
pub const PARAMETERS: usize = 4;

/// Customers with one number of purchases, or some of them: a unit of summation.
#[derive(Debug)]
struct Run {
    /// Index into the frequencies.
    frequency: usize,
    /// Range of the rows.
    rows: std::ops::Range<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    /// Index of the recency in the times.
    recency: u32,
    /// Index of the age in the times.
    age: u32,
    customers: f64,
}

/// The log-likelihood of one set of customers as a function of the parameters.
#[derive(Debug)]
pub struct Likelihood {
    dropout: Dropout,
    /// The different frequencies, ascending.
    frequencies: Vec<f64>,
    /// Customers with each of them.
    customers: Vec<f64>,
    /// The different times, recencies and ages, ascending.
    times: Vec<f64>,
    rows: Vec<Row>,
    runs: Vec<Run>,
}

/// Rows in a run: partial sums of so many keep the rounding error of long sums small.
const RUN_ROWS_MAX: usize = 2_048;

/// What is summed over the rows of a run; q is the probability that the customer has left, w = q (1 − q).
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    value: f64,
    q: f64,
    w: f64,
    r: f64,
    alpha: f64,
    r_r: f64,
    r_alpha: f64,
    alpha_alpha: f64,
    w_r: f64,
    w_alpha: f64,
}

impl Likelihood {
    /// The likelihood of sorted groups, their times divided by `time_unit`.
    #[must_use]
    pub fn new(dropout: Dropout, groups: &[HistoryGroup], time_unit: f64) -> Self {
        let mut times: Vec<f64> = groups.iter().flat_map(|g| [g.history.recency, g.history.age]).collect();
        times.sort_unstable_by(f64::total_cmp);
        times.dedup();
        let index = |time: f64| u32::try_from(times.partition_point(|t| *t < time)).unwrap_or(u32::MAX);
        let mut likelihood = Self {
            dropout,
            frequencies: Vec::new(),
            customers: Vec::new(),
            times: Vec::new(),
            rows: Vec::with_capacity(groups.len()),
            runs: Vec::new(),
        };
        for group in groups {
            let customers = group.customers as f64;
            let at = likelihood.rows.len();
            let history = group.history;
            likelihood.rows.push(Row { recency: index(history.recency), age: index(history.age), customers });
            let known = likelihood.frequencies.last() == Some(&history.frequency);
            if !known {
                likelihood.frequencies.push(history.frequency);
                likelihood.customers.push(0.0);
            }
            if let Some(sum) = likelihood.customers.last_mut() {
                *sum += customers;
            }
            match likelihood.runs.last_mut() {
                Some(run) if known && run.rows.len() < RUN_ROWS_MAX => run.rows.end = at + 1,
                _ => likelihood.runs.push(Run { frequency: likelihood.frequencies.len() - 1, rows: at..at + 1 }),
            }
        }
        times.iter_mut().for_each(|time| *time /= time_unit);
        likelihood.times = times;
        likelihood
    }

    /// The log-likelihood at the parameters r, α, a, b, and its derivatives in them.
    #[must_use]
    pub fn evaluate(&self, parameters: &[f64; PARAMETERS]) -> Evaluation<PARAMETERS> {
        let [r, alpha, a, b] = *parameters;
        let clocks: Vec<Clock> = self.times.iter().map(|time| Clock::new(alpha + time)).collect();
        let mut total = self.before_dropout(parameters);
        for run in &self.runs {
            let Some(x) = self.frequencies.get(run.frequency).copied() else { continue };
            let stays = self.dropout.stays(x);
            let rows = self.rows.get(run.rows.clone()).unwrap_or_default();
            let mut sums = Sums::default();
            if stays > 0.0 {
                let log_odds = (a / (b + stays - 1.0)).ln();
                rows.iter().for_each(|row| sums.add(row, &clocks, r + x, log_odds));
                sums.add_to(&mut total, 1.0 / a, 1.0 / (b + stays - 1.0));
            } else {
                rows.iter().for_each(|row| sums.add_alive(row, &clocks, r + x));
                sums.add_to(&mut total, 0.0, 0.0);
            }
        }
        mirror(&mut total.hessian);
        total
    }

    /// The log-likelihood at the logarithms of the parameters, and its derivatives in those, per customer, with the
    /// sign of a function to minimise.
    #[must_use]
    pub fn cost(&self, logs: &[f64; PARAMETERS]) -> Evaluation<PARAMETERS> {
        let parameters = logs.map(f64::exp);
        let mut evaluation = self.evaluate(&parameters);
        let customers: f64 = self.customers.iter().sum();
        evaluation.value /= -customers;
        for i in 0..PARAMETERS {
            evaluation.gradient[i] *= -parameters[i] / customers;
            for j in 0..PARAMETERS {
                evaluation.hessian[i][j] *= -parameters[i] * parameters[j] / customers;
            }
            evaluation.hessian[i][i] += evaluation.gradient[i];
        }
        evaluation
    }

    /// What the frequencies alone decide: B(a, b+k)/B(a, b) · Γ(r+x)/Γ(r) · α^r.
    fn before_dropout(&self, parameters: &[f64; PARAMETERS]) -> Evaluation<PARAMETERS> {
        let [r, alpha, a, b] = *parameters;
        let stays: Vec<f64> = self.frequencies.iter().map(|x| self.dropout.stays(*x)).collect();
        let purchases = Rising::table(r, &self.frequencies);
        let stayed = Rising::table(b, &stays);
        let decided = Rising::table(a + b, &stays);
        let mut total = Evaluation { value: 0.0, gradient: [0.0; PARAMETERS], hessian: [[0.0; PARAMETERS]; PARAMETERS] };
        let customers: f64 = self.customers.iter().sum();
        total.value = customers * r * alpha.ln();
        total.gradient[0] = customers * alpha.ln();
        total.gradient[1] = customers * r / alpha;
        total.hessian[1][0] = customers / alpha;
        total.hessian[1][1] = -customers * r / (alpha * alpha);
        for (((n, purchases), stayed), decided) in self.customers.iter().zip(purchases).zip(stayed).zip(decided) {
            total.value += n * (purchases.ln + (stayed.ln - decided.ln));
            total.gradient[0] += n * purchases.first;
            total.gradient[2] -= n * decided.first;
            total.gradient[3] += n * (stayed.first - decided.first);
            total.hessian[0][0] += n * purchases.second;
            total.hessian[2][2] -= n * decided.second;
            total.hessian[3][2] -= n * decided.second;
            total.hessian[3][3] += n * (stayed.second - decided.second);
        }
        total
    }
}

/// What an evaluation needs of one time t: ln(α + t) and 1 / (α + t).
#[derive(Debug, Clone, Copy)]
struct Clock {
    log: f64,
    inverse: f64,
}

impl Clock {
    const NONE: Self = Self { log: f64::NAN, inverse: f64::NAN };

    fn new(sum: f64) -> Self {
        Self { log: sum.ln(), inverse: 1.0 / sum }
    }

    fn of(clocks: &[Self], index: u32) -> Self {
        clocks.get(index as usize).copied().unwrap_or(Self::NONE)
    }
}

impl Sums {
    fn add(&mut self, row: &Row, clocks: &[Clock], shape: f64, log_odds: f64) {
        let (last, end) = (Clock::of(clocks, row.recency), Clock::of(clocks, row.age));
        let n = row.customers;
        let d_r = end.log - last.log;
        let d_alpha = shape * (end.inverse - last.inverse);
        let d = log_odds + shape * d_r;
        let e = (-d.abs()).exp();
        let share = 1.0 / (1.0 + e);
        let q = if d > 0.0 { share } else { e * share };
        let w = n * (e * share * share);
        let nq = n * q;
        self.value += n * (d.max(0.0) - share.ln() - shape * end.log);
        self.q += nq;
        self.w += w;
        self.r += nq * d_r - n * end.log;
        self.alpha += nq * d_alpha - n * shape * end.inverse;
        let w_r = w * d_r;
        let w_alpha = w * d_alpha;
        self.w_r += w_r;
        self.w_alpha += w_alpha;
        self.r_r += w_r * d_r;
        self.r_alpha += w_r * d_alpha + nq * (end.inverse - last.inverse) - n * end.inverse;
        let square = end.inverse * end.inverse;
        self.alpha_alpha += w_alpha * d_alpha + shape * (nq * (last.inverse * last.inverse - square) + n * square);
    }

    fn add_alive(&mut self, row: &Row, clocks: &[Clock], shape: f64) {
        let end = Clock::of(clocks, row.age);
        let n = row.customers;
        self.value -= n * shape * end.log;
        self.r -= n * end.log;
        self.alpha -= n * shape * end.inverse;
        self.r_alpha -= n * end.inverse;
        self.alpha_alpha += n * shape * end.inverse * end.inverse;
    }

    /// Adds the run to the lower triangle; `d_a` and `d_b` are ∂D/∂a and −∂D/∂b, which all its rows share.
    fn add_to(&self, total: &mut Evaluation<PARAMETERS>, d_a: f64, d_b: f64) {
        total.value += self.value;
        let gradient = &mut total.gradient;
        gradient[0] += self.r;
        gradient[1] += self.alpha;
        gradient[2] += self.q * d_a;
        gradient[3] -= self.q * d_b;
        let hessian = &mut total.hessian;
        hessian[0][0] += self.r_r;
        hessian[1][0] += self.r_alpha;
        hessian[1][1] += self.alpha_alpha;
        hessian[2][0] += self.w_r * d_a;
        hessian[2][1] += self.w_alpha * d_a;
        hessian[2][2] += (self.w - self.q) * d_a * d_a;
        hessian[3][0] -= self.w_r * d_b;
        hessian[3][1] -= self.w_alpha * d_b;
        hessian[3][2] -= self.w * d_a * d_b;
        hessian[3][3] += (self.w + self.q) * d_b * d_b;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::histories::{Histories, History};

    fn some_customers() -> Histories {
        let mut histories = Histories::default();
        for (x, t_x, age, n) in [
            (0.0, 0.0, 0.0, 2),
            (0.0, 0.0, 38.9, 9),
            (1.0, 10.0, 30.0, 4),
            (2.0, 30.4, 38.9, 1),
            (29.0, 37.0, 37.0, 2),
            (250.0, 33.0, 39.0, 1),
        ] {
            histories.add(History { frequency: x, recency: t_x, age }, n);
        }
        histories
    }

    /// Expected: equation (6) of Fader, Hardie and Lee 2005 and its MBG/NBD counterpart in mpmath with 40 digits, at
    /// r = .243, α = 4.414, a = .793, b = 2.426.
    #[test]
    fn value_of_mpmath() {
        let mut histories = some_customers();
        for (dropout, expected) in [(Dropout::AfterRepeat, EXPECTED_BG), (Dropout::AfterFirst, EXPECTED_MBG)] {
            let likelihood = Likelihood::new(dropout, histories.groups(), 1.0);
            let value = likelihood.evaluate(&[0.243, 4.414, 0.793, 2.426]).value;
            assert!((value - expected).abs() < 1e-12 * expected.abs(), "{dropout:?}: {value} is not {expected}");
        }
    }
    const EXPECTED_BG: f64 = 91.99338736174109;
    const EXPECTED_MBG: f64 = 91.76522227290478;

    #[test]
    fn derivatives_are_the_differences_of_values() {
        let mut histories = some_customers();
        for dropout in [Dropout::AfterRepeat, Dropout::AfterFirst] {
            let likelihood = Likelihood::new(dropout, histories.groups(), 39.0);
            for point in [[-1.0, -2.0, -0.5, 0.8], [2.0, 1.0, -4.0, 3.0], [0.0, 5.0, 3.0, -3.0]] {
                let here = likelihood.cost(&point);
                for i in 0..PARAMETERS {
                    let step = 1e-5;
                    let (mut low, mut high) = (point, point);
                    low[i] -= step;
                    high[i] += step;
                    let (low, high) = (likelihood.cost(&low), likelihood.cost(&high));
                    let slope = (high.value - low.value) / (2.0 * step);
                    assert!(
                        (slope - here.gradient[i]).abs() < 1e-7 * (1.0 + slope.abs()),
                        "gradient {i}: {slope} {}",
                        here.gradient[i]
                    );
                    for j in 0..PARAMETERS {
                        let curve = (high.gradient[j] - low.gradient[j]) / (2.0 * step);
                        assert!(
                            (curve - here.hessian[i][j]).abs() < 1e-7 * (1.0 + curve.abs()),
                            "hessian {i} {j}: {curve} {}",
                            here.hessian[i][j]
                        );
                    }
                }
            }
        }
    }
}
