//! Sums that do not depend on the order of their terms.

/// A sum carried in two doubles, about 106 bits, and a count of [`UNIT`]s, so that a sum that is finite does not overflow on
/// the way there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum {
    /// Smaller than a unit.
    pub high: f64,
    pub low: f64,
    /// A whole number; 0 for all but astronomic sums.
    pub units: f64,
}

/// 2^1023: two terms below it have a finite sum.
const UNIT: f64 = f64::from_bits(0x7FE0_0000_0000_0000);

impl Sum {
    /// Adds a finite term.
    pub fn add(&mut self, term: f64) {
        let term = self.without_unit(term);
        let (high, error) = two_sum(self.high, term);
        self.renormalise(high, self.low + error);
    }

    pub fn merge(&mut self, other: Self) {
        self.units += other.units;
        let (high, error) = two_sum(self.high, other.high);
        let high = self.without_unit(high);
        let (low, rest) = two_sum(self.low, other.low);
        let (high, error) = two_sum(high, error + low);
        self.renormalise(high, error + rest);
    }

    fn renormalise(&mut self, high: f64, low: f64) {
        let high = self.without_unit(high);
        let sum = high + low;
        self.low = low - (sum - high);
        self.high = self.without_unit(sum);
    }

    /// Moves a unit from a large number to the count: exact, since the number is less than two units.
    fn without_unit(&mut self, number: f64) -> f64 {
        if number.abs() < UNIT {
            return number;
        }
        self.units += number.signum();
        number - UNIT.copysign(number)
    }

    /// The sum rounded to 15 significant digits, which hides what is left of the order of the terms; `None` where it is beyond
    /// the largest double.
    pub fn value(self) -> Option<f64> {
        if self.units == 0.0 {
            return Some(round_15(self.high + self.low));
        }
        // Halves, which are finite where the sum is. More than two units are beyond the largest double in any case.
        let (half, error) = two_sum(self.units.clamp(-3.0, 3.0) * (UNIT / 2.0), self.high / 2.0);
        let half = half + (error + self.low / 2.0);
        (half.abs() < UNIT).then(|| round_15(half * 2.0))
    }
}

/// a + b and the exact error of that addition (Knuth, TAOCP 2, 4.2.2 theorem B).
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}

fn round_15(value: f64) -> f64 {
    // Amounts in hundredths are the common case: the nearest double of such a number is already its 15-digit rounding.
    let cents = (value * 100.0).round();
    let nearest = cents / 100.0;
    if cents.abs() < 1e14 && (nearest - value).abs() <= value.abs() * f64::EPSILON {
        return nearest;
    }
    // The largest doubles would round up to infinity.
    format!("{value:.14e}").parse().ok().filter(|rounded: &f64| rounded.is_finite()).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(terms: impl IntoIterator<Item = f64>) -> f64 {
        let mut sum = Sum::default();
        terms.into_iter().for_each(|t| sum.add(t));
        sum.value().unwrap()
    }

    #[test]
    fn order_and_partition_do_not_matter() {
        let terms: Vec<f64> =
            (0..10_000_u32).map(|i| f64::from(i.wrapping_mul(2_654_435_761) % 100_000) / 100.0 - 300.0).collect();
        let forward = sum(terms.iter().copied());
        assert_eq!(forward.to_bits(), sum(terms.iter().rev().copied()).to_bits());
        let (a, b) = terms.split_at(1234);
        let mut left = Sum::default();
        a.iter().for_each(|t| left.add(*t));
        let mut right = Sum::default();
        b.iter().for_each(|t| right.add(*t));
        left.merge(right);
        assert_eq!(forward.to_bits(), left.value().unwrap().to_bits());
    }

    /// Expected: Python 3.11, the sum of `fractions.Fraction` of the terms.
    #[test]
    fn only_a_sum_that_is_not_finite_overflows() {
        assert_eq!(sum([1e308, 1e308, -1e308]), 1e308);
        assert_eq!(sum([-1.7e308, -1.7e308, 1.7e308, 1.7e308, 3.0]), 3.0);
        assert_eq!(sum([1e308, 0.7e308]), 1.7e308);
        assert_eq!(sum([f64::MAX]), f64::MAX);
        let parts = [[1.5e308, 1.5e308], [-1.5e308, -1.0e308]].map(|terms| {
            let mut part = Sum::default();
            terms.into_iter().for_each(|term| part.add(term));
            assert_eq!(part.value(), None);
            part
        });
        let [mut all, other] = parts;
        all.merge(other);
        assert_eq!(all.value(), Some(0.5e308));
        let mut many = Sum::default();
        (0..1000).for_each(|_| many.add(f64::MAX));
        assert_eq!(many.value(), None);
    }

    #[test]
    fn decimal_amounts_sum_as_decimals_do() {
        assert_eq!(sum([0.1, 0.2]), 0.3);
        assert_eq!(sum([1e16, 1.0, -1e16]), 1.0);
        assert_eq!(sum([1.0 / 3.0]), 0.333333333333333);
        assert_eq!(sum([]), 0.0);
    }
}
