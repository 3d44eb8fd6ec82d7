//! Whole numbers of any length, where the engine's of 76 digits have no room for what is computed on the way.

use datafusion::arrow::datatypes::{DECIMAL256_MAX_PRECISION, i256};
use num_bigint::{BigInt, BigUint, Sign};

pub fn long(number: i256) -> BigInt {
    BigInt::from_signed_bytes_le(&number.to_le_bytes())
}

/// A number of the engine's, if it has no more than 76 digits.
pub fn narrowed(number: &BigInt) -> Option<i256> {
    if length(number.magnitude()) > i64::from(DECIMAL256_MAX_PRECISION) {
        return None;
    }
    let bytes = number.to_signed_bytes_le();
    let mut all = [if number.sign() == Sign::Minus { u8::MAX } else { 0 }; 32];
    all.get_mut(..bytes.len())?.copy_from_slice(&bytes);
    Some(i256::from_le_bytes(all))
}

pub fn ten_to(power: u32) -> BigInt {
    BigInt::from(10).pow(power)
}

/// A quotient, rounded half away from zero; the divisor is not zero.
pub fn divided(dividend: &BigInt, divisor: &BigInt) -> BigInt {
    let (cut, rest): (BigInt, BigInt) = (dividend / divisor, dividend % divisor);
    if rest.magnitude() * 2u32 < *divisor.magnitude() {
        return cut;
    }
    if (dividend.sign() == Sign::Minus) == (divisor.sign() == Sign::Minus) { cut + 1 } else { cut - 1 }
}

/// Decimal digits of a number; none of zero.
pub fn length(number: &BigUint) -> i64 {
    if *number == BigUint::ZERO {
        return 0;
    }
    // The bits tell it, or one too few: the logarithm of 2 to the base 10 is 0.30103.
    let least = (number.bits() - 1) * 30_103 / 100_000;
    let is_longer = u32::try_from(least + 1).is_ok_and(|power| *number >= BigUint::from(10u32).pow(power));
    i64::try_from(least).unwrap_or(i64::MAX - 2) + 1 + i64::from(is_longer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_76_digits_are_the_engines() {
        for number in [BigInt::ZERO, 7.into(), (-7).into(), ten_to(76) - 1, -ten_to(75), 1 - ten_to(76)] {
            assert_eq!(narrowed(&number).map(|number| number.to_string()), Some(number.to_string()));
            assert_eq!(long(narrowed(&number).unwrap()), number);
        }
        assert_eq!((narrowed(&ten_to(76)), narrowed(&-ten_to(76))), (None, None));
    }

    #[test]
    fn lengths_are_counted() {
        for power in 0..400 {
            let number = BigUint::from(10u32).pow(power);
            assert_eq!(length(&number), i64::from(power) + 1);
            assert_eq!(length(&(number - 1u32)), i64::from(power));
        }
    }

    #[test]
    fn quotients_are_rounded_half_away_from_zero() {
        for (dividend, divisor, quotient) in [(7, 2, 4), (-7, 2, -4), (7, -2, -4), (6, 4, 2), (5, 4, 1), (-1, 3, 0), (0, 3, 0)] {
            assert_eq!(divided(&dividend.into(), &divisor.into()), quotient.into(), "{dividend} / {divisor}");
        }
    }
}
