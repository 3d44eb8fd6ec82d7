//! Sums that do not depend on the order of their terms.

/// A sum carried in two doubles, about 106 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum {
    pub high: f64,
    pub low: f64,
}

impl Sum {
    /// Adds a finite term.
    pub fn add(&mut self, term: f64) {
        let (high, error) = two_sum(self.high, term);
        self.renormalise(high, self.low + error);
    }

    pub fn merge(&mut self, other: Self) {
        let (high, error) = two_sum(self.high, other.high);
        let (low, rest) = two_sum(self.low, other.low);
        let (high, error) = two_sum(high, error + low);
        self.renormalise(high, error + rest);
    }

    fn renormalise(&mut self, high: f64, low: f64) {
        self.high = high + low;
        self.low = low - (self.high - high);
    }

    /// The sum rounded to 15 significant digits, which hides what is left of the order of the terms.
    pub fn value(self) -> f64 {
        round_15(self.high + self.low)
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
    format!("{value:.14e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(terms: impl IntoIterator<Item = f64>) -> f64 {
        let mut sum = Sum::default();
        terms.into_iter().for_each(|t| sum.add(t));
        sum.value()
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
        assert_eq!(forward.to_bits(), left.value().to_bits());
    }

    #[test]
    fn decimal_amounts_sum_as_decimals_do() {
        assert_eq!(sum([0.1, 0.2]), 0.3);
        assert_eq!(sum([1e16, 1.0, -1e16]), 1.0);
        assert_eq!(sum([1.0 / 3.0]), 0.333333333333333);
        assert_eq!(sum([]), 0.0);
    }
}
