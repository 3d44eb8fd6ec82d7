//! The log-likelihood of Pareto/NBD with its gradient and Hessian.
//!
//! For one customer ln L = ln(Γ(r+x)/Γ(r) α^r β^s) + ln Q with Q = (β+T) f(T) + s (F(t_x) − F(T)), where
//! f(τ) = (α+τ)^−(r+x) (β+τ)^−(s+1) is the density of leaving, but for a factor, and F(t) its integral from t to the latest
//! time of all customers with x purchases. Since s F(T) ≤ (β+T) f(T), the difference costs no digits of Q. So F is needed once
//! for each number of purchases and each time, and not for each customer; derivatives are the same integral of f times
//! products of ln(α+τ), 1/(α+τ), ln(β+τ) and 1/(β+τ).

use super::histories::HistoryGroup;
use super::rising::Rising;
use super::trust_region::Evaluation;

/// Number of parameters: r, α, s, β in this order.
pub const PARAMETERS: usize = 4;

/// Customers with one number of purchases.
#[derive(Debug)]
struct Block {
    frequency: f64,
    customers: f64,
    /// The different times, recencies and ages, ascending.
    times: Vec<f64>,
    rows: Vec<Row>,
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
    blocks: Vec<Block>,
    customers: f64,
}

/// Rows whose sums are taken together: partial sums of so many keep the rounding error of long sums small.
const ROWS_SUMMED_MAX: usize = 2_048;

impl Likelihood {
    /// The likelihood of sorted groups, their times divided by `time_unit`.
    #[must_use]
    pub fn new(groups: &[HistoryGroup], time_unit: f64) -> Self {
        let blocks: Vec<Block> = groups
            .chunk_by(|left, right| left.history.frequency == right.history.frequency)
            .map(|groups| Block::new(groups, time_unit))
            .collect();
        let customers = blocks.iter().map(|b| b.customers).sum();
        Self { blocks, customers }
    }

    /// How many customers there are.
    #[must_use]
    pub fn customers(&self) -> f64 {
        self.customers
    }

    /// The log-likelihood at the parameters r, α, s, β, and its derivatives in them.
    #[must_use]
    pub fn evaluate(&self, parameters: &[f64; PARAMETERS]) -> Evaluation<PARAMETERS> {
        let [r, alpha, s, beta] = *parameters;
        let n = self.customers;
        let mut total = Evaluation { value: 0.0, gradient: [0.0; PARAMETERS], hessian: [[0.0; PARAMETERS]; PARAMETERS] };
        total.value = n * (r * alpha.ln() + s * beta.ln());
        total.gradient = [n * alpha.ln(), n * r / alpha, n * beta.ln(), n * s / beta];
        total.hessian[1][0] = n / alpha;
        total.hessian[1][1] = -n * r / (alpha * alpha);
        total.hessian[3][2] = n / beta;
        total.hessian[3][3] = -n * s / (beta * beta);
        let frequencies: Vec<f64> = self.blocks.iter().map(|b| b.frequency).collect();
        for (block, purchases) in self.blocks.iter().zip(Rising::table(r, &frequencies)) {
            total.value += block.customers * purchases.ln;
            total.gradient[0] += block.customers * purchases.first;
            total.hessian[0][0] += block.customers * purchases.second;
            block.add_to(&mut total, Density { power: r + block.frequency, alpha, s, beta });
        }
        for i in 0..PARAMETERS {
            for j in 0..i {
                total.hessian[j][i] = total.hessian[i][j];
            }
        }
        total
    }
}

/// 1, A, u, B, v, AA, Au, AB, Av, uu, uB, uv, BB, Bv, vv under an integral, with A = ln(α+τ), u = 1/(α+τ), B = ln(β+τ),
/// v = 1/(β+τ).
type Moments = [f64; 15];

/// What is known of one time: the logarithm of f and the moments of F, these divided by f.
#[derive(Debug, Clone, Copy)]
struct Mark {
    log_density: f64,
    terms: Terms,
    moments: Moments,
}

/// A, u, B, v at one time.
#[derive(Debug, Clone, Copy)]
struct Terms {
    log_alpha: f64,
    over_alpha: f64,
    log_beta: f64,
    over_beta: f64,
}

/// The density f for customers with one number of purchases: `power` is r + x.
#[derive(Debug, Clone, Copy)]
struct Density {
    power: f64,
    alpha: f64,
    s: f64,
    beta: f64,
}

/// Gauss and Legendre's rules of four and eight points on [0, 1].
const FOUR: [(f64, f64); 4] = [
    (0.069_431_844_202_973_71, 0.173_927_422_568_726_92),
    (0.330_009_478_207_571_87, 0.326_072_577_431_273_1),
    (0.669_990_521_792_428_1, 0.326_072_577_431_273_1),
    (0.930_568_155_797_026_3, 0.173_927_422_568_726_92),
];
const EIGHT: [(f64, f64); 8] = [
    (0.019_855_071_751_231_884, 0.050_614_268_145_188_13),
    (0.101_666_761_293_186_63, 0.111_190_517_226_687_24),
    (0.237_233_795_041_835_5, 0.156_853_322_938_943_64),
    (0.408_282_678_752_175_1, 0.181_341_891_689_181),
    (0.591_717_321_247_825, 0.181_341_891_689_181),
    (0.762_766_204_958_164_5, 0.156_853_322_938_943_64),
    (0.898_333_238_706_813_4, 0.111_190_517_226_687_24),
    (0.980_144_928_248_768_1, 0.050_614_268_145_188_13),
];
/// Longest step of the integration in ln(min(α, β) + τ), and the largest change of ln f in it as far as its start can tell.
const STEP_MAX: f64 = 0.7;
const CHANGE_MAX: f64 = 1.5;
/// Below this step and change four points are as good as eight.
const SHORT: f64 = 0.15;
/// e^−45 of the start is nothing.
const FALL_MAX: f64 = 45.0;

impl Density {
    fn terms(&self, time: f64) -> Terms {
        let (to_alpha, to_beta) = (self.alpha + time, self.beta + time);
        Terms { log_alpha: to_alpha.ln(), over_alpha: 1.0 / to_alpha, log_beta: to_beta.ln(), over_beta: 1.0 / to_beta }
    }

    fn log(&self, terms: &Terms) -> f64 {
        -self.power * terms.log_alpha - (self.s + 1.0) * terms.log_beta
    }

    /// The marks of ascending times.
    fn marks(&self, times: &[f64]) -> Vec<Mark> {
        let mut marks: Vec<Mark> = times
            .iter()
            .map(|time| {
                let terms = self.terms(*time);
                Mark { log_density: self.log(&terms), terms, moments: [0.0; 15] }
            })
            .collect();
        // From the latest time backwards, what lies behind a time falls by the ratio of the densities.
        for i in (1..times.len()).rev() {
            let (Some([low, high]), [.., from, to]) = (times.get(i - 1..=i), marks.get_mut(..=i).unwrap_or_default()) else {
                continue;
            };
            let ratio = (to.log_density - from.log_density).exp();
            self.integrate(*low, *high, from);
            from.moments.iter_mut().zip(&to.moments).for_each(|(m, behind)| *m += ratio * behind);
        }
        marks
    }

    /// Adds the integral from `low` to `high` to the mark at `low`.
    fn integrate(&self, low: f64, high: f64, mark: &mut Mark) {
        let origin = self.alpha.min(self.beta);
        let mut time = low;
        let mut log_density = mark.log_density;
        while time < high {
            let total = origin + time;
            let rate = total * (self.power / (self.alpha + time) + (self.s + 1.0) / (self.beta + time));
            let step = STEP_MAX.min(CHANGE_MAX / rate);
            let rest = ((high - time) / total).ln_1p();
            let (step, end) = if step < rest { (step, time + total * step.exp_m1()) } else { (rest, high) };
            if step < SHORT && step * rate < SHORT {
                // Over a short step the time itself serves as well as its logarithm, and takes no exponential.
                for (part, weight) in FOUR {
                    let terms = self.terms(time + part * (end - time));
                    let weight = weight * (end - time) * (self.log(&terms) - mark.log_density).exp();
                    terms.add_to(&mut mark.moments, weight);
                }
            } else {
                for (part, weight) in EIGHT {
                    let grown = (part * step).exp_m1();
                    let terms = self.terms(time + total * grown);
                    let weight = weight * step * total * (1.0 + grown) * (self.log(&terms) - mark.log_density).exp();
                    terms.add_to(&mut mark.moments, weight);
                }
            }
            time = end;
            if time < high {
                let before = log_density;
                log_density = self.log(&self.terms(time));
                // Once f · (origin + τ) falls it never rises again.
                if log_density + step < before
                    && log_density - mark.log_density + ((origin + time) / (origin + low)).ln() < -FALL_MAX
                {
                    break;
                }
            }
        }
    }
}

impl Terms {
    fn add_to(&self, m: &mut Moments, weight: f64) {
        let Self { log_alpha: a, over_alpha: u, log_beta: b, over_beta: v } = *self;
        let products = [1.0, a, u, b, v, a * a, a * u, a * b, a * v, u * u, u * b, u * v, b * b, b * v, v * v];
        m.iter_mut().zip(products).for_each(|(m, product)| *m += weight * product);
    }
}

impl Block {
    fn new(groups: &[HistoryGroup], time_unit: f64) -> Self {
        let mut times: Vec<f64> = groups.iter().flat_map(|g| [g.history.recency, g.history.age]).collect();
        times.sort_unstable_by(f64::total_cmp);
        times.dedup();
        let index = |time: f64| u32::try_from(times.partition_point(|t| *t < time)).unwrap_or(u32::MAX);
        let row = |g: &HistoryGroup| Row {
            recency: index(g.history.recency),
            age: index(g.history.age),
            customers: g.customers as f64,
        };
        let rows: Vec<Row> = groups.iter().map(row).collect();
        let customers = rows.iter().map(|row| row.customers).sum();
        times.iter_mut().for_each(|time| *time /= time_unit);
        Self { frequency: groups.first().map_or(0.0, |g| g.history.frequency), customers, times, rows }
    }

    /// Adds Σ ln Q to the lower triangle.
    fn add_to(&self, total: &mut Evaluation<PARAMETERS>, density: Density) {
        let marks = density.marks(&self.times);
        for rows in self.rows.chunks(ROWS_SUMMED_MAX) {
            let mut sums = Evaluation { value: 0.0, gradient: [0.0; PARAMETERS], hessian: [[0.0; PARAMETERS]; PARAMETERS] };
            for row in rows {
                if let (Some(last), Some(end)) = (marks.get(row.recency as usize), marks.get(row.age as usize)) {
                    density.add_row(&mut sums, last, end, row.customers);
                }
            }
            total.value += sums.value;
            for i in 0..PARAMETERS {
                total.gradient[i] += sums.gradient[i];
                (0..=i).for_each(|j| total.hessian[i][j] += sums.hessian[i][j]);
            }
        }
    }
}

impl Density {
    /// Adds n ln Q of one customer.
    fn add_row(&self, sums: &mut Evaluation<PARAMETERS>, last: &Mark, end: &Mark, n: f64) {
        let Self { power, s, beta: _, alpha: _ } = *self;
        let at_end = (end.log_density - last.log_density).exp();
        // Everything relative to f(t_x): what stands for customers who are there, and the integral for those who have left.
        let there = at_end / end.terms.over_beta;
        let mut left = [0.0; 15];
        left.iter_mut().zip(last.moments.iter().zip(&end.moments)).for_each(|(m, (from, to))| *m = s * (from - at_end * to));
        let q = there + left[0];
        let scale = 1.0 / q;
        let p = there * scale;
        left.iter_mut().for_each(|m| *m *= scale);
        let [one, a, u, b, v, aa, au, ab, av, uu, ub, uv, bb, bv, vv] = left;
        let Terms { log_alpha: a_end, over_alpha: u_end, log_beta: b_end, over_beta: v_end } = end.terms;
        let (k, l) = (power, s + 1.0);
        let g = [-(p * a_end + a), -k * (p * u_end + u), one / s - p * b_end - b, -(s * p * v_end + l * v)];
        sums.value += n * (last.log_density + q.ln());
        (0..PARAMETERS).for_each(|i| sums.gradient[i] += n * g[i]);
        let h = &mut sums.hessian;
        h[0][0] += n * (p * a_end * a_end + aa - g[0] * g[0]);
        h[1][0] += n * (p * u_end * (k * a_end - 1.0) + k * au - u - g[0] * g[1]);
        h[1][1] += n * (k * (k + 1.0) * (p * u_end * u_end + uu) - g[1] * g[1]);
        h[2][0] += n * (p * a_end * b_end + ab - a / s - g[0] * g[2]);
        h[2][1] += n * (k * (p * u_end * b_end + ub - u / s) - g[1] * g[2]);
        h[2][2] += n * (p * b_end * b_end + bb - 2.0 * b / s - g[2] * g[2]);
        h[3][0] += n * (s * p * a_end * v_end + l * av - g[0] * g[3]);
        h[3][1] += n * (k * (s * p * u_end * v_end + l * uv) - g[1] * g[3]);
        h[3][2] += n * (p * v_end * (s * b_end - 1.0) + l * (bv - v / s) - v - g[2] * g[3]);
        h[3][3] += n * (s * l * p * v_end * v_end + l * (l + 1.0) * vv - g[3] * g[3]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::fitted::in_logs;
    use crate::models::histories::{Histories, History};

    fn some_customers() -> Histories {
        let mut histories = Histories::default();
        for (x, t_x, age, n) in [
            (0.0, 0.0, 0.0, 2),
            (0.0, 0.0, 38.9, 9),
            (1.0, 10.0, 30.0, 4),
            (1.0, 2.0, 39.0, 4),
            (2.0, 30.4, 38.9, 1),
            (2.0, 0.0, 38.9, 1),
            (29.0, 37.0, 37.0, 2),
            (29.0, 12.0, 37.0, 1),
            (250.0, 33.0, 39.0, 1),
        ] {
            histories.add(History { frequency: x, recency: t_x, age }, n);
        }
        histories
    }

    fn cost(likelihood: &Likelihood, logs: &[f64; PARAMETERS]) -> Evaluation<PARAMETERS> {
        let parameters = logs.map(f64::exp);
        in_logs(likelihood.evaluate(&parameters), &parameters, likelihood.customers())
    }

    /// Expected: mpmath 1.4 with 150 digits, the form with `hyp2f1` in Fader and Hardie's note 009.
    #[test]
    fn values_of_mpmath() {
        let mut histories = some_customers();
        for (parameters, expected) in [
            ([0.553, 10.578, 0.606, 11.669], 5.569886045510329),
            ([2.0, 1e-6, 0.5, 1e4], -500.13043127261966),
            ([0.3, 1e4, 2.5, 1e-5], -2340.343695167002),
            ([5.0, 7.0, 40.0, 7.000001], -414.3354599531056),
            ([0.01, 3.0, 0.001, 900.0], 5.060501381341122),
        ] {
            let value = Likelihood::new(histories.groups(), 1.0).evaluate(&parameters).value;
            assert!((value - expected).abs() < 2e-13 * expected.abs(), "{parameters:?}: {value} is not {expected}");
            // Another unit of time multiplies the density of each purchase time.
            let [r, alpha, s, beta] = parameters;
            let scaled = Likelihood::new(histories.groups(), 39.0).evaluate(&[r, alpha / 39.0, s, beta / 39.0]).value;
            let purchases: f64 = histories.groups().iter().map(|g| g.customers as f64 * g.history.frequency).sum();
            assert!((scaled - purchases * 39_f64.ln() - expected).abs() < 1e-12 * expected.abs(), "{parameters:?}: {scaled}");
        }
    }

    #[test]
    fn derivatives_are_the_differences_of_values() {
        let mut histories = some_customers();
        let likelihood = Likelihood::new(histories.groups(), 39.0);
        for point in [[-1.0, -2.0, -0.5, 0.8], [2.0, 1.0, -4.0, 3.0], [0.0, 5.0, 3.0, -3.0], [-0.6, -1.3, -0.5, -1.3]] {
            let here = cost(&likelihood, &point);
            for i in 0..PARAMETERS {
                let step = 1e-5;
                let (mut low, mut high) = (point, point);
                low[i] -= step;
                high[i] += step;
                let (low, high) = (cost(&likelihood, &low), cost(&likelihood, &high));
                let slope = (high.value - low.value) / (2.0 * step);
                assert!(
                    (slope - here.gradient[i]).abs() < 1e-7 * (1.0 + slope.abs()),
                    "gradient {i}: {slope} {}",
                    here.gradient[i]
                );
                for j in 0..PARAMETERS {
                    let curve = (high.gradient[j] - low.gradient[j]) / (2.0 * step);
                    let actual = here.hessian[i][j];
                    assert!((curve - actual).abs() < 1e-7 * (1.0 + curve.abs()), "hessian {i} {j}: {curve} {actual}");
                }
            }
        }
    }
}
