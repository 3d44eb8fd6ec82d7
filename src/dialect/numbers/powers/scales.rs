//! How many decimals PostgreSQL gives roots, powers and logarithms: 16 significant digits by an estimate of the result, and no fewer decimals
//! than the operands have (`numeric_sqrt`, `numeric_exp`, `numeric_ln`, `log_var` and `power_var` in its numeric.c).

use std::f64::consts::LOG10_E;

use num_bigint::{BigInt, BigUint, Sign};

use super::real::{self, Number};
use crate::dialect::numbers::long::{divided, length, ten_to};

/// Digits of a result that count, at least.
const SIGNIFICANT: i64 = 16;

/// Most decimals of a number.
const MOST: i64 = 1_000;

fn limited(scale: i64, shown: u32) -> u32 {
    u32::try_from(scale.max(i64::from(shown)).clamp(0, MOST)).unwrap_or(0)
}

/// Decimal digits of a number but one; fewer than none for those below 1. Zero is none.
fn weight(number: &Number) -> Option<i64> {
    let magnitude = number.digits.magnitude();
    (*magnitude != BigUint::ZERO).then(|| length(magnitude) - 1 - i64::from(number.scale))
}

/// Of groups of four digits.
pub fn of_root(x: &Number, shown: u32) -> u32 {
    let group = weight(x).unwrap_or(0).div_euclid(4);
    limited(SIGNIFICANT - ((group + 1) * 2 - 1), shown)
}

pub fn of_exponential(x: &Number, shown: u32) -> u32 {
    limited(SIGNIFICANT - (x.to_f64() * LOG10_E) as i64, shown)
}

/// The power of ten of the logarithm of a number above zero, about.
pub fn of_logarithm_itself(x: &Number) -> i64 {
    let (one, ten_times) = (ten_to(x.scale), &x.digits * 10);
    if ten_times >= &one * 9 && ten_times <= &one * 11 {
        // Near 1 the logarithm is what the number has beyond 1.
        let beyond = Number { digits: &x.digits - &one, scale: x.scale };
        return weight(&beyond).unwrap_or(0);
    }
    let Some(weight) = weight(x) else { return 0 };
    // By the first two groups of four digits.
    let group = weight.div_euclid(4);
    let cut = i64::from(x.scale) + (group - 1) * 4;
    let first = match u32::try_from(cut) {
        Ok(cut) => &x.digits / ten_to(cut),
        Err(_) => &x.digits * ten_to(u32::try_from(-cut).unwrap_or(0)),
    };
    let first = i64::try_from(first).unwrap_or(i64::MAX) as f64;
    let logarithm = first.ln() + ((group - 1) * 4) as f64 * std::f64::consts::LN_10;
    logarithm.abs().log10() as i64
}

pub fn of_logarithm(x: &Number, shown: u32) -> u32 {
    limited(SIGNIFICANT - of_logarithm_itself(x), shown)
}

/// Of a logarithm to a base.
pub fn of_quotient(base: &Number, x: &Number, shown: u32) -> u32 {
    limited(SIGNIFICANT - (of_logarithm_itself(x) - of_logarithm_itself(base)), shown)
}

/// Of a power that is no whole one, and the logarithm of that power, to eight digits.
pub fn of_power(base: &Number, exponent: &Number, shown: u32) -> (u32, f64) {
    let places = u32::try_from(8 - of_logarithm_itself(base)).unwrap_or(0);
    let product = real::ln(base, places) * &exponent.digits;
    let size = Number { digits: divided(&product, &ten_to(exponent.scale)), scale: places }.to_f64();
    (limited(SIGNIFICANT - (size * LOG10_E) as i64, shown), size)
}

/// Of a whole power.
pub fn of_whole_power(shown: u32) -> u32 {
    limited(SIGNIFICANT, shown)
}

/// Without the zeros behind.
pub fn stripped(number: Number) -> Number {
    let Number { mut digits, mut scale } = number;
    if digits.sign() == Sign::NoSign {
        return Number { digits, scale: 0 };
    }
    for step in [32, 16, 8, 4, 2, 1] {
        let unit = ten_to(step);
        while scale >= step && &digits % &unit == BigInt::ZERO {
            digits /= &unit;
            scale -= step;
        }
    }
    Number { digits, scale }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        Number { digits: format!("{whole}{fraction}").parse().unwrap(), scale: fraction.len() as u32 }
    }

    /// PostgreSQL 15: `SELECT scale(ln(…))` and so on.
    #[test]
    fn scales_are_those_of_postgres() {
        for (x, scale) in [
            ("2.0", 16),
            ("1.1", 17),
            ("1.01", 18),
            ("1.0010", 19),
            ("0.95", 18),
            ("1.0", 16),
            ("12345678.9", 15),
            ("0.00001", 15),
        ] {
            assert_eq!(of_logarithm(&number(x), 1), scale, "{x}");
        }
        for (x, scale) in [("1.0", 16), ("-2.5", 17), ("-50.0", 37), ("100.0", 1), ("2.302585092994046", 15)] {
            assert_eq!(of_exponential(&number(x), number(x).scale), scale, "{x}");
        }
        for (x, scale) in [("2.0", 15), ("0.0", 15), ("10000", 13), ("0.01", 17), ("0.00001", 19)] {
            assert_eq!(of_root(&number(x), 0), scale, "{x}");
        }
        for (base, exponent, scale) in
            [("100.0", "0.5", 15), ("2.0", "-0.5", 16), ("0.0001", "0.25", 16), ("10000000000", "1.5", 1), ("22026.5", "0.1", 16)]
        {
            assert_eq!(of_power(&number(base), &number(exponent), 1).0, scale, "{base} {exponent}");
        }
        assert_eq!(of_quotient(&number("1.0000000001"), &number("12345678901234567890"), 10), 10);
        assert_eq!(of_quotient(&number("10"), &number("1.0000000001"), 10), 26);
    }

    #[test]
    fn zeros_are_stripped() {
        assert_eq!(stripped(number("2.50000")), number("2.5"));
        assert_eq!(stripped(number("100")), number("100"));
        assert_eq!(stripped(number("0.000")), number("0"));
        assert_eq!(stripped(number(&format!("1.1{}", "0".repeat(37)))), number("1.1"));
    }
}
