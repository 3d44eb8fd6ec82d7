//! Rising factorials (z)_n = z (z + 1) … (z + n − 1) = Γ(z + n) / Γ(z) in logarithms, with derivatives in z.
//!
//! Every gamma function of the models stands in such a ratio, with a whole n. Taking the ratio as one thing, and not
//! as the difference of two log-gamma values, keeps the digits that the difference of two large numbers would lose.

/// ln (z)_n and its first two derivatives in z.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rising {
    /// ln Γ(z + n) − ln Γ(z).
    pub ln: f64,
    /// ψ(z + n) − ψ(z), the first derivative.
    pub first: f64,
    /// ψ′(z + n) − ψ′(z), the second derivative.
    pub second: f64,
}

/// Up to so many factors are multiplied one by one; the series is used above.
const DIRECT: f64 = 32.0;
/// The series needs arguments from here on: its first neglected term is then below 1e-16.
pub(super) const SERIES: f64 = 24.0;

impl Rising {
    /// (z)_n for z > 0 and a whole number n ≥ 0.
    ///
    /// The time is bounded whatever n is. Stirling's series: NIST Digital Library of Mathematical Functions, 5.11.
    #[must_use]
    pub fn new(z: f64, n: f64) -> Self {
        let mut rising = Self::default();
        let (mut z, mut n) = (z, n);
        while n > 0.0 && (n <= DIRECT || z < SERIES) {
            let inverse = 1.0 / z;
            rising.ln += z.ln();
            rising.first += inverse;
            rising.second -= inverse * inverse;
            z += 1.0;
            n -= 1.0;
        }
        if n > 0.0 {
            rising.add(Self::by_series(z, n));
        }
        rising
    }

    /// (z)_n for each of the ascending whole numbers `ns`, each from the one before.
    #[must_use]
    pub fn table(z: f64, ns: &[f64]) -> Vec<Self> {
        let mut sum = Self::default();
        let mut last = 0.0;
        ns.iter()
            .map(|&n| {
                sum.add(Self::new(z + last, n - last));
                last = n;
                sum
            })
            .collect()
    }

    fn add(&mut self, other: Self) {
        self.ln += other.ln;
        self.first += other.first;
        self.second += other.second;
    }

    /// Any n, for z from [`SERIES`] on.
    pub(super) fn by_series(z: f64, n: f64) -> Self {
        let log_ratio = (n / z).ln_1p();
        Self {
            ln: (z - 0.5) * log_ratio + n * (z + n).ln() - n + between(&LN_GAMMA_TAIL, z, n),
            first: log_ratio + between(&DIGAMMA_TAIL, z, n),
            second: between(&TRIGAMMA, z, n),
        }
    }
}

/// ln Γ(y) less its leading part (y − ½) ln y − y + ½ ln 2π, in powers of 1/y.
pub(super) const LN_GAMMA_TAIL: [f64; 10] =
    [0.0, 1.0 / 12.0, 0.0, -1.0 / 360.0, 0.0, 1.0 / 1260.0, 0.0, -1.0 / 1680.0, 0.0, 1.0 / 1188.0];
/// ψ(y) less its leading part ln y, in powers of 1/y.
pub(super) const DIGAMMA_TAIL: [f64; 11] =
    [0.0, -0.5, -1.0 / 12.0, 0.0, 1.0 / 120.0, 0.0, -1.0 / 252.0, 0.0, 1.0 / 240.0, 0.0, -1.0 / 132.0];
/// ψ′(y) in powers of 1/y.
pub(super) const TRIGAMMA: [f64; 12] =
    [0.0, 1.0, 0.5, 1.0 / 6.0, 0.0, -1.0 / 30.0, 0.0, 1.0 / 42.0, 0.0, -1.0 / 30.0, 0.0, 5.0 / 66.0];

/// A series in 1/y at y.
pub(super) fn at<const N: usize>(series: &[f64; N], y: f64) -> f64 {
    let inverse = 1.0 / y;
    series.iter().rev().fold(0.0, |sum, coefficient| sum * inverse + coefficient)
}

/// A series in 1/y at y + n less the same at y: by its divided difference, as the two are nearly equal where n is small beside y.
fn between<const N: usize>(series: &[f64; N], y: f64, n: f64) -> f64 {
    let (start, end) = (1.0 / y, 1.0 / (y + n));
    let (mut value, mut slope) = (0.0, 0.0);
    for coefficient in series.iter().rev() {
        slope = slope * end + value;
        value = value * start + coefficient;
    }
    -slope * start * end * n
}

#[cfg(test)]
mod tests {
    use super::Rising;

    fn close(actual: f64, expected: f64) {
        assert!((actual - expected).abs() <= 4e-14 * expected.abs().max(1.0), "{actual} is not {expected}");
    }

    /// Expected: mpmath 1.3 with 50 digits, the differences of `loggamma`, `digamma` and `polygamma(1)` at z + n and z.
    #[test]
    fn values_of_mpmath() {
        for line in include_str!("../../tests/data/rising_factorials.csv").lines().skip(1) {
            let fields: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
            let [z, n, ln, first, second] = fields[..] else { panic!("five fields") };
            let rising = Rising::new(z, n);
            close(rising.ln, ln);
            close(rising.first, first);
            close(rising.second, second);
        }
    }

    #[test]
    fn a_table_is_its_single_values() {
        let ns = [0.0, 1.0, 2.0, 40.0, 1000.0, 1001.0];
        for (rising, n) in Rising::table(0.243, &ns).into_iter().zip(ns) {
            let single = Rising::new(0.243, n);
            close(rising.ln, single.ln);
            close(rising.first, single.first);
            close(rising.second, single.second);
        }
    }
}
