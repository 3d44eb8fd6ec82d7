//! What was computed a moment ago, for numbers that come again: customers of one history, and of one frequency and age, are many.

/// Results by the numbers that they depend on, each in the one place that its numbers have: the last of those that share it.
#[derive(Debug)]
pub struct Memo<const N: usize> {
    slots: Vec<([u64; N], f64)>,
    bits: u32,
}

impl<const N: usize> Memo<N> {
    /// 8 · (N + 1) bytes in each of 2^`bits` places; `bits` is 1 to 31.
    pub fn new(bits: u32) -> Self {
        Self { slots: vec![([0; N], f64::NAN); 1 << bits], bits }
    }

    pub fn clear(&mut self) {
        self.slots.fill(([0; N], f64::NAN));
    }

    /// What is known for these numbers, or is computed now. A NaN is never known.
    ///
    /// # Errors
    /// Those of `compute`.
    #[inline]
    pub fn get_or_compute<E>(&mut self, numbers: [f64; N], compute: impl FnOnce() -> Result<f64, E>) -> Result<f64, E> {
        let key = numbers.map(f64::to_bits);
        let hash = key.iter().fold(0_u64, |hash, bits| (hash.rotate_left(29) ^ bits).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let at = (hash >> (u64::BITS - self.bits)) as usize;
        if let Some((known, value)) = self.slots.get(at)
            // A call that compares bytes would take as long as all the rest.
            && known.iter().zip(&key).fold(0, |different, (one, other)| different | (one ^ other)) == 0
            && !value.is_nan()
        {
            return Ok(*value);
        }
        let value = compute()?;
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = (key, value);
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn what_comes_again_is_not_computed_again() {
        let mut memo = Memo::<2>::new(12);
        let mut computed = 0;
        let mut sum = |memo: &mut Memo<2>, a: f64, b: f64| {
            let value = memo.get_or_compute([a, b], || {
                computed += 1;
                Ok::<f64, Infallible>(a + 2.0 * b)
            });
            assert_eq!(value, Ok(a + 2.0 * b));
            computed
        };
        assert_eq!(sum(&mut memo, 0.0, 0.0), 1);
        assert_eq!(sum(&mut memo, 0.0, 0.0), 1);
        assert_eq!(sum(&mut memo, 0.0, 1.0), 2);
        // More than there are places.
        for i in 0..20_000 {
            sum(&mut memo, f64::from(i % 150), f64::from(i % 101));
        }
        memo.clear();
        let before = sum(&mut memo, 5.0, 5.0);
        assert_eq!(sum(&mut memo, 5.0, 5.0), before);
    }

    #[test]
    fn errors_are_not_kept() {
        let mut memo = Memo::<1>::new(12);
        assert_eq!(memo.get_or_compute([1.0], || Err("no")), Err("no"));
        assert_eq!(memo.get_or_compute([1.0], || Ok::<f64, &str>(3.0)), Ok(3.0));
    }
}
