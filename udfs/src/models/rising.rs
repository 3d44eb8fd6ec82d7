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

    fn by_series(z: f64, n: f64) -> Self {
        let end = z + n;
        let log_ratio = (n / z).ln_1p();
        Self {
            ln: (z - 0.5) * log_ratio + n * end.ln() - n + (ln_gamma_tail(end) - ln_gamma_tail(z)),
            first: log_ratio + (digamma_tail(end) - digamma_tail(z)),
            second: trigamma(end) - trigamma(z),
        }
    }
}

/// ln Γ(y) less its leading part (y − ½) ln y − y + ½ ln 2π.
pub(super) fn ln_gamma_tail(y: f64) -> f64 {
    let inverse = 1.0 / y;
    let square = inverse * inverse;
    inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square * (1.0 / 1680.0 - square / 1188.0))))
}

/// ψ(y) less its leading part ln y.
pub(super) fn digamma_tail(y: f64) -> f64 {
    let inverse = 1.0 / y;
    let square = inverse * inverse;
    let even = 1.0 / 12.0 - square * (1.0 / 120.0 - square * (1.0 / 252.0 - square * (1.0 / 240.0 - square / 132.0)));
    -0.5 * inverse - square * even
}

/// ψ′(y).
pub(super) fn trigamma(y: f64) -> f64 {
    let inverse = 1.0 / y;
    let square = inverse * inverse;
    let odd = 1.0 / 6.0 - square * (1.0 / 30.0 - square * (1.0 / 42.0 - square * (1.0 / 30.0 - square * 5.0 / 66.0)));
    inverse + 0.5 * square + inverse * square * odd
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
