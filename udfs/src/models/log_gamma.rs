//! ln Γ with its first two derivatives at any positive number.
//!
//! Where a whole number of factors is meant, [`super::rising`] keeps more digits.

use super::rising::{DIGAMMA_TAIL, LN_GAMMA_TAIL, Rising, SERIES, TRIGAMMA, at};

/// ln Γ(z), ψ(z) and ψ′(z).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LogGamma {
    /// ln Γ(z).
    pub ln: f64,
    /// ψ(z), the first derivative.
    pub first: f64,
    /// ψ′(z), the second derivative.
    pub second: f64,
}

/// ½ ln 2π.
const HALF_LN_TAU: f64 = 0.918_938_533_204_672_7;

impl LogGamma {
    /// For z > 0: Stirling's series (NIST Digital Library of Mathematical Functions, 5.11) above 24, and Γ(z + 1) = z Γ(z)
    /// up to there.
    #[must_use]
    pub fn new(z: f64) -> Self {
        let (mut y, mut below) = (z, Self::default());
        let mut product = 1.0;
        while y < SERIES {
            let inverse = 1.0 / y;
            product *= y;
            below.first += inverse;
            below.second += inverse * inverse;
            y += 1.0;
        }
        let log = y.ln();
        Self {
            ln: (y - 0.5) * log - y + HALF_LN_TAU + at(&LN_GAMMA_TAIL, y) - product.ln(),
            first: log + at(&DIGAMMA_TAIL, y) - below.first,
            second: at(&TRIGAMMA, y) + below.second,
        }
    }
}

/// ln Γ(z + n) − ln Γ(z) for z > 0 and any n with z + n > 0, without the difference of two large numbers.
#[must_use]
pub fn ln_ratio(z: f64, n: f64) -> f64 {
    ratio(z, n).ln
}

/// [`ln_ratio`] with its first two derivatives in z, ψ(z + n) − ψ(z) and ψ′(z + n) − ψ′(z).
#[must_use]
pub fn ratio(z: f64, n: f64) -> LogGamma {
    let (mut y, mut below) = (z, LogGamma::default());
    while y < SERIES {
        let (inverse, step) = (1.0 / y, n / (y * (y + n)));
        below.ln += (n * inverse).ln_1p();
        below.first += step;
        below.second += step * (inverse + 1.0 / (y + n));
        y += 1.0;
    }
    let above = Rising::by_series(y, n);
    LogGamma { ln: above.ln - below.ln, first: above.first + below.first, second: above.second - below.second }
}

#[cfg(test)]
mod tests {
    use super::{LogGamma, ln_ratio, ratio};

    fn close(actual: f64, expected: f64) {
        assert!((actual - expected).abs() <= 1e-14 * expected.abs().max(1.0), "{actual} is not {expected}");
    }

    /// Expected: mpmath 1.4 with 40 digits, `loggamma`, `digamma` and `polygamma(1, z)`.
    #[test]
    fn values_of_mpmath() {
        for (z, ln, first, second) in [
            (1e-6, 13.815509980749432, -1000000.5772140201, 1000000000001.645),
            (0.3, 1.0957979948180756, -3.502524222200133, 12.245364546107732),
            (6.25, 5.219603986990229, 1.750453526883736, 0.17347923315893218),
            (23.999, 51.60351851319187, 3.1570332985059357, 0.04254858440056888),
            (1234.5, 7550.550901077895, 7.118016231827998, 0.0008103727271269667),
        ] {
            let actual = LogGamma::new(z);
            close(actual.ln, ln);
            close(actual.first / first, 1.0);
            close(actual.second / second, 1.0);
        }
    }

    /// Expected: mpmath 1.4 with 60 digits, differences of `digamma` and `polygamma(1)`: n is nothing beside z.
    #[test]
    fn derivatives_of_ratios_near_one() {
        for (z, n, first, second) in [
            (268435458.25, 0.0375, 1.3969838527183413e-10, -5.204170359348748e-19),
            (1e+20, 0.001, 1e-23, -1e-43),
            (2.5, 1e-07, 4.9035774429003266e-08, -2.362040404464355e-08),
            (30.0, 1e-12, 3.389506035773937e-14, -1.148765203728561e-15),
            (400.0, 60.5, 0.14101266012041702, -0.00032921541682466213),
        ] {
            let actual = ratio(z, n);
            close(actual.first / first, 1.0);
            close(actual.second / second, 1.0);
        }
    }

    /// Expected: mpmath 1.4 with 40 digits, `loggamma(z + n) − loggamma(z)`.
    #[test]
    fn ratios_of_mpmath() {
        for (z, n, expected) in [
            (0.001, 0.5, -6.336774987884822),
            (0.7, 1e-6, -1.2200221366744288e-06),
            (3.2, 7.9, 14.454657335325544),
            (150.25, 0.0001, 0.0005008969428909719),
            (2.5, 1e9, 19723265879.0272),
            (1e8, 0.3, 5.52620422213571),
        ] {
            close(ln_ratio(z, n), expected);
        }
    }
}
