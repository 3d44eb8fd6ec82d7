//! The negative binomial distribution: how many events of a Poisson process whose mean is gamma distributed.
//!
//! The mean has the shape `shape` and the mean `shape · stretch`.

use super::log_gamma::{LogGamma, ln_ratio};
use super::rising::Rising;

/// ln P(N = n).
#[must_use]
pub fn log_probability(shape: f64, stretch: f64, n: f64) -> f64 {
    let none = -shape * stretch.ln_1p();
    if n == 0.0 {
        return none;
    }
    if stretch == 0.0 {
        return f64::NEG_INFINITY;
    }
    // stretch/(1+stretch), whose logarithm keeps its digits at both ends.
    let log_event = if stretch > 1.0 { -stretch.recip().ln_1p() } else { stretch.ln() - stretch.ln_1p() };
    // (shape)_n / n! = Γ(n + shape) / Γ(n + 1) / Γ(shape), by what is smaller of n and shape: less is lost to the difference.
    let ways = if n > shape {
        ln_ratio(n + 1.0, shape - 1.0) - LogGamma::new(shape).ln
    } else {
        Rising::new(shape, n).ln - Rising::new(1.0, n).ln
    };
    none + n * log_event + ways
}

/// P(N ≥ n): the regularised incomplete beta function I_z(n, shape) at z = stretch / (1 + stretch), by the continued fraction 8.17.22
/// of NIST's Digital Library of Mathematical Functions, on that side of the mean where it converges fast.
#[must_use]
pub fn at_least(shape: f64, stretch: f64, n: f64) -> f64 {
    if n <= 0.0 {
        return 1.0;
    }
    if stretch == 0.0 {
        return 0.0;
    }
    let event = if stretch == f64::INFINITY { 1.0 } else { stretch / (1.0 + stretch) };
    let front = log_probability(shape, stretch, n).exp();
    if event < (n + 1.0) / (n + shape + 2.0) {
        (front * fraction(n, shape, event)).clamp(0.0, 1.0)
    } else {
        (1.0 - front * n / shape * fraction(shape, n, 1.0 / (1.0 + stretch))).clamp(0.0, 1.0)
    }
}

/// More terms than the fraction needs for any shapes of ten digits.
const TERMS_MAX: usize = 200_000;

/// The continued fraction of a · B(a, b) · I_x(a, b) / (x^a (1 − x)^b), by Lentz's method.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |v: f64| if v.abs() < TINY { TINY } else { v };
    let (mut c, mut d) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut value = d;
    for m in 1..TERMS_MAX {
        let m = m as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / away(1.0 + term * d);
            c = away(1.0 + term / c);
            change *= c * d;
        }
        value *= change;
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::{at_least, log_probability};

    /// Expected: mpmath 1.4 with 40 digits, `binomial` and `betainc(n, shape, 0, stretch/(1+stretch), regularized=True)`.
    #[test]
    fn values_of_mpmath() {
        for (shape, stretch, n, log_one, more) in [
            (0.243, 8.8, 1.0, -2.07694341955335, 0.425708929495872),
            (0.243, 8.8, 7.0, -4.11242261449094, 0.1028414671793453),
            (3.5, 0.01, 2.0, -7.20137400695691, 0.000759314996836648),
            (250.0, 1.3, 300.0, -4.601175158308226, 0.8239234070205429),
            (250.0, 1.3, 420.0, -9.68464384811208, 0.0005840105070621889),
            (0.02, 1e5, 12.0, -6.56721927066491, 0.156480089657487),
            (40.0, 1e-4, 1.0, -5.525560712875912, 0.003991811467669852),
            (1.0, 1.0, 60.0, -42.281978014156664, 8.673617379884035e-19),
        ] {
            let (actual_one, actual_more) = (log_probability(shape, stretch, n), at_least(shape, stretch, n));
            assert!((actual_one - log_one).abs() < 1e-12 * log_one.abs().max(1.0), "{shape} {stretch} {n}: {actual_one}");
            assert!((actual_more - more).abs() < 1e-12 * more, "{shape} {stretch} {n}: {actual_more} is not {more}");
        }
    }
}
