//! The expected number of purchases of a customer who is there and may leave for good after each of them.

/// E(X) where a Poisson process with a gamma distributed mean (shape `shape`, mean `shape · stretch`) ends after each
/// event with a probability that is beta distributed (`a`, `b`). All arguments are positive; `stretch` may be 0.
///
/// Without the end, the number N of events is negative binomial; event j + 1 happens if N > j and the first j events
/// were survived. Hence E(X) = Σ_j P(N > j) · (b)_j / (a + b)_j, a sum of positive terms. The published closed form,
/// (a+b−1)/(a−1) · [1 − (1+s)^−r · ₂F₁(r, b; a+b−1; s/(1+s))], is the same number, but has a pole at a = 1 and loses
/// digits to the difference near it; for many events, where the sum is long, the integral over the probability is
/// taken instead.
#[must_use]
pub fn expected_count(shape: f64, stretch: f64, a: f64, b: f64) -> f64 {
    if stretch == 0.0 {
        0.0
    } else if stretch == f64::INFINITY {
        f64::INFINITY
    } else if is_sum(shape, stretch) {
        by_sum(shape, stretch, a, b)
    } else {
        by_integral(shape, stretch, a, b)
    }
}

/// Above about so many terms the integral takes less time than the sum.
const SUM_TERMS_MAX: f64 = 4_000.0;

fn is_sum(shape: f64, stretch: f64) -> bool {
    shape * stretch + 40.0 * (1.0 + stretch) < SUM_TERMS_MAX
}

/// A P(N = 0) so small that it is no normal number: the sum over N would start from nothing.
const NONE_MIN: f64 = 1e-290;
/// Terms below this part of the sum are left out.
const NEGLIGIBLE: f64 = 1e-15;

/// As [`expected_count`] for stretches that rise: `out` gets as many numbers. What the sums share is computed once.
pub fn expected_counts(shape: f64, stretches: &[f64], a: f64, b: f64, out: &mut Vec<f64>) {
    for part in stretches.chunks(LANES) {
        // The largest is the last, and the others end before it: their own sums are not longer.
        let last = part.last().copied().unwrap_or_default();
        let sums = if !part.iter().all(|stretch| *stretch > 0.0 && is_sum(shape, *stretch)) {
            None
        } else if part.len() <= 4 {
            by_sums::<4>(shape, &std::array::from_fn(|at| part.get(at).copied().unwrap_or(last)), a, b).map(|sums| sums.to_vec())
        } else {
            by_sums::<LANES>(shape, &std::array::from_fn(|at| part.get(at).copied().unwrap_or(last)), a, b)
                .map(|sums| sums.to_vec())
        };
        match sums {
            Some(sums) => out.extend(&sums[..part.len()]),
            None => out.extend(part.iter().map(|stretch| expected_count(shape, *stretch, a, b))),
        }
    }
}

/// So many sums run side by side.
const LANES: usize = 8;

fn by_sum(shape: f64, stretch: f64, a: f64, b: f64) -> f64 {
    by_sums(shape, &[stretch], a, b).map_or_else(|| by_integral(shape, stretch, a, b), |[sum]| sum)
}

/// The sums for several stretches, the largest of them last; `None` where one would start from nothing. The last one does not depend on
/// the others, to the last bit.
fn by_sums<const N: usize>(shape: f64, stretches: &[f64; N], a: f64, b: f64) -> Option<[f64; N]> {
    let ratio = stretches.map(|stretch| stretch / (1.0 + stretch));
    let log_none = stretches.map(|stretch| -shape * stretch.ln_1p());
    let mut probability = log_none.map(f64::exp);
    if probability.iter().any(|none| *none < NONE_MIN) {
        return None;
    }
    let mut more = log_none.map(|none| -none.exp_m1());
    let mut staying = 1.0;
    let mut sum = more;
    let mut j = 0.0;
    loop {
        let next = (shape + j) / (j + 1.0);
        staying *= (b + j) / (a + b + j);
        for lane in 0..N {
            probability[lane] *= ratio[lane] * next;
            more[lane] = (more[lane] - probability[lane]).max(0.0);
            sum[lane] += more[lane] * staying;
        }
        j += 1.0;
        if has_ended(ratio[N - 1] * next, probability[N - 1] * staying, sum[N - 1]) {
            return Some(sum);
        }
    }
}

/// Whether what is left of the sum is negligible: with `growth` < 1 the probabilities fall at least as fast as a geometric series from here
/// on. P(N > j) itself cannot tell the end: it carries the rounding of all terms before.
fn has_ended(growth: f64, term: f64, sum: f64) -> bool {
    growth < 1.0 && term * growth <= NEGLIGIBLE * (1.0 - growth).powi(2) * sum
}

/// The derivatives of [`expected_count`] in `shape`, `stretch`, `a` and `b`, for stretches that rise; `None` where one of the counts is an
/// integral, or would start from nothing.
///
/// With P_j = P(N = j): ∂P(N > j)/∂stretch = P_j (shape + j) / (1 + stretch), which is the density of the incomplete beta function, and
/// ∂P(N > j)/∂shape = −Σ_{i ≤ j} P_i (ψ(shape + i) − ψ(shape) − ln(1 + stretch)); the digamma functions differ by sums of inverses, and so
/// do those of (b)_j / (a + b)_j.
pub fn expected_count_gradients(shape: f64, stretches: &[f64], a: f64, b: f64) -> Option<Vec<[f64; 4]>> {
    let mut gradients = Vec::with_capacity(stretches.len());
    for part in stretches.chunks(GRADIENT_LANES) {
        let last = part.last().copied().unwrap_or_default();
        if !part.iter().all(|stretch| is_sum(shape, *stretch)) {
            return None;
        }
        let lanes = std::array::from_fn(|at| part.get(at).copied().unwrap_or(last));
        gradients.extend_from_slice(&gradients_by_sums::<GRADIENT_LANES>(shape, &lanes, a, b)?[..part.len()]);
    }
    Some(gradients)
}

const GRADIENT_LANES: usize = 4;

fn gradients_by_sums<const N: usize>(shape: f64, stretches: &[f64; N], a: f64, b: f64) -> Option<[[f64; 4]; N]> {
    let ratio = stretches.map(|stretch| stretch / (1.0 + stretch));
    let log_stay = stretches.map(|stretch| -stretch.ln_1p());
    let mut probability = log_stay.map(|log| (shape * log).exp());
    if probability.iter().any(|none| *none < NONE_MIN) {
        return None;
    }
    let mut more = log_stay.map(|log| -(shape * log).exp_m1());
    let mut sum = more;
    // ∂P(N > j)/∂shape, and ψ(shape + j) − ψ(shape); the derivatives of ln (b)_j / (a + b)_j.
    let (mut more_of_shape, mut digamma) = ([0.0; N], 0.0);
    let (mut staying, mut of_a, mut of_b) = (1.0, 0.0, 0.0);
    let mut sums = [[0.0; N]; 4];
    let mut j = 0.0;
    loop {
        for lane in 0..N {
            more_of_shape[lane] -= probability[lane] * (digamma + log_stay[lane]);
            sums[0][lane] += more_of_shape[lane] * staying;
            sums[1][lane] += probability[lane] * (shape + j) * staying;
        }
        let next = (shape + j) / (j + 1.0);
        let left = 1.0 / (a + b + j);
        staying *= (b + j) * left;
        of_a -= left;
        of_b += 1.0 / (b + j) - left;
        digamma += 1.0 / (shape + j);
        for lane in 0..N {
            probability[lane] *= ratio[lane] * next;
            more[lane] = (more[lane] - probability[lane]).max(0.0);
            let term = more[lane] * staying;
            sum[lane] += term;
            sums[2][lane] += term * of_a;
            sums[3][lane] += term * of_b;
        }
        j += 1.0;
        if has_ended(ratio[N - 1] * next, probability[N - 1] * staying, sum[N - 1]) {
            let [of_shape, of_stretch, of_a, of_b] = sums;
            return Some(std::array::from_fn(|at| [of_shape[at], of_stretch[at] / (1.0 + stretches[at]), of_a[at], of_b[at]]));
        }
    }
}

/// ∫ Beta(p; a, b) · (1 − (1 + p·stretch)^−shape) / p dp, by the trapezoid rule in v with ln(p/(1−p)) = centre + sinh v.
///
/// On the whole line that rule converges exponentially for such integrands (Trefethen and Weideman 2014, "The
/// exponentially convergent trapezoidal rule"); the points are doubled until the value stands.
fn by_integral(shape: f64, stretch: f64, a: f64, b: f64) -> f64 {
    let centre = (a / b).ln();
    // The density falls as e^(a·logit) and e^(−b·logit): beyond this, nothing is left of it. The rate grows as e^(−logit) down
    // to p = 1 / stretch, and stays: what has so small a p may outweigh everything else.
    let spread = 40.0 + 40.0 / a.min(b);
    let (low, high) = (-spread.max(centre + stretch.ln_1p() + 40.0 / a).asinh(), spread.asinh());
    let log_peak = log_density(centre, a, b);
    let (mut weights, mut total) = (0.0, 0.0);
    let mut add = |v: f64| {
        let logit = centre + v.sinh();
        let log_weight = log_density(logit, a, b) - log_peak;
        // The logarithms are added, because the weight alone may be too small for a double.
        weights += log_weight.exp() * v.cosh();
        total += (log_weight + log_rate(shape, stretch, logit)).exp() * v.cosh();
        total / weights
    };
    let mut points = f64::from(POINTS_FIRST);
    let mut value = 0.0;
    let at = |part: f64| low + (high - low) * part;
    (0..=POINTS_FIRST).for_each(|i| value = add(at(f64::from(i) / points)));
    for _ in 0..DOUBLINGS_MAX {
        let before = value;
        let mut i = 0.5;
        while i < points {
            value = add(at(i / points));
            i += 1.0;
        }
        points *= 2.0;
        if (value - before).abs() <= SETTLED * value {
            break;
        }
    }
    value
}

const POINTS_FIRST: u32 = 128;
/// Each doubling squares the relative error: when the last one changed this much, the value has twice as many digits.
const SETTLED: f64 = 1e-8;
const DOUBLINGS_MAX: usize = 9;

/// ln of p^a (1 − p)^b at p = 1 / (1 + e^−logit): the beta density in the logit, but for its constant.
fn log_density(logit: f64, a: f64, b: f64) -> f64 {
    if logit > 0.0 { -b * logit - (a + b) * (-logit).exp().ln_1p() } else { a * logit - (a + b) * logit.exp().ln_1p() }
}

/// ln of (1 − (1 + p·stretch)^−shape) / p at p = 1 / (1 + e^−logit).
fn log_rate(shape: f64, stretch: f64, logit: f64) -> f64 {
    // Below e^−700 a p is e^logit, and 1 + e^−logit would not be a double.
    let log_p = if logit < -700.0 { logit } else { -(-logit).exp().ln_1p() };
    let left = (log_p + stretch.ln()).exp();
    if left * (shape + 1.0) < 1e-17 { shape.ln() + stretch.ln() } else { (-(-shape * left.ln_1p()).exp_m1()).ln() - log_p }
}

#[cfg(test)]
mod tests {
    use super::{by_integral, by_sum, expected_count, expected_count_gradients, expected_counts};

    /// Expected: central differences of the counts.
    #[test]
    fn gradients_are_differences() {
        for (shape, a, b) in [(0.25, 0.8, 2.4), (30.0, 1.0, 0.3), (3.0, 0.05, 40.0), (250.0, 500.0, 900.0)] {
            let stretches = [0.0, 1e-4, 0.3, 2.0, 9.0];
            let gradients = expected_count_gradients(shape, &stretches, a, b).unwrap();
            assert_eq!(gradients.len(), stretches.len());
            for (gradient, stretch) in gradients.iter().zip(stretches) {
                for (at, slope) in gradient.iter().enumerate().filter(|_| stretch > 0.0) {
                    let point = [shape, stretch, a, b];
                    let count = |part: f64| {
                        let mut moved = point;
                        moved[at] *= 1.0 + part;
                        expected_count(moved[0], moved[1], moved[2], moved[3])
                    };
                    let expected = (count(1e-4) - count(-1e-4)) / (2e-4 * point[at]);
                    let rounding = 4.0 * f64::EPSILON * count(0.0) / (2e-4 * point[at]);
                    assert!(
                        (slope - expected).abs() <= 1e-6 * expected.abs() + rounding,
                        "{point:?} {at}: {slope} is not {expected}"
                    );
                }
            }
            assert_eq!([gradients[0][0], gradients[0][2], gradients[0][3]], [0.0; 3]);
            assert!((gradients[0][1] / shape - 1.0).abs() < 1e-12);
        }
        assert_eq!(expected_count_gradients(0.25, &[1.0, 1e9], 0.8, 2.4), None);
    }

    /// Each is as if it were alone, and the largest to the last bit.
    #[test]
    fn side_by_side_or_alone() {
        for (shape, a, b) in [(0.25, 0.8, 2.4), (30.0, 1.0, 0.3), (3.0, 0.05, 40.0), (250.0, 500.0, 900.0)] {
            for stretches in
                [vec![0.0, 0.3], vec![1e-6, 0.01, 2.0], (1..=13).map(|i| 0.1 * f64::from(i)).collect(), vec![3.0, 400.0]]
            {
                let mut together = vec![];
                expected_counts(shape, &stretches, a, b, &mut together);
                let alone: Vec<f64> = stretches.iter().map(|stretch| expected_count(shape, *stretch, a, b)).collect();
                assert_eq!(together.last(), alone.last());
                assert_eq!(together.len(), alone.len());
                for (together, alone) in together.iter().zip(&alone) {
                    assert!((together - alone).abs() <= 1e-13 * alone, "{shape} {a} {b}: {together} is not {alone}");
                }
            }
        }
    }

    /// Expected: mpmath 1.3 with 60 digits, the closed form with `hyp2f1` (at a = 1 its limit from a = 1 + 1e-20).
    #[test]
    fn values_of_mpmath() {
        for line in include_str!("../../tests/data/thinned_poisson.csv").lines().skip(1) {
            let fields: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
            let [shape, stretch, a, b, expected] = fields[..] else { panic!("five fields") };
            let actual = expected_count(shape, stretch, a, b);
            assert!((actual - expected).abs() <= 1e-11 * expected, "{shape} {stretch} {a} {b}: {actual} is not {expected}");
        }
    }

    #[test]
    fn sum_and_integral_agree() {
        for (shape, stretch, a, b) in
            [(0.25, 3.0, 0.8, 2.4), (30.0, 20.0, 1.0, 0.3), (3.0, 60.0, 0.05, 40.0), (9.0, 0.2, 500.0, 900.0)]
        {
            let (sum, integral) = (by_sum(shape, stretch, a, b), by_integral(shape, stretch, a, b));
            assert!((sum - integral).abs() <= 1e-11 * sum, "{shape} {stretch} {a} {b}: {sum} is not {integral}");
        }
    }

    #[test]
    fn nobody_leaving_gives_the_poisson_mean() {
        assert!((expected_count(2.0, 3.0, 1e-12, 5.0) - 6.0).abs() < 1e-9);
        assert!((expected_count(2.0, 3e6, 1e-12, 5.0) / 6e6 - 1.0).abs() < 1e-5);
    }
}
