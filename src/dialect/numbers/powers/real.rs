//! Exponentials and logarithms of exact numbers, with as many decimals as are asked for.
//!
//! They are computed in fixed point, as whole numbers of 2 to the power of minus `bits`, with some bits more than the decimals take. Series
//! and steps: Brent and Zimmermann, Modern Computer Arithmetic, chapter 4.

use std::sync::LazyLock;

use num_bigint::{BigInt, Sign};

use crate::dialect::numbers::long::{divided, ten_to};

/// An exact number: its digits, and how many of them stand behind the point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    pub digits: BigInt,
    pub scale: u32,
}

impl Number {
    /// The nearest `double precision`, or nearly.
    pub fn to_f64(&self) -> f64 {
        let excess = self.digits.bits().saturating_sub(64);
        let digits = i128::try_from(&self.digits >> excess).unwrap_or(0) as f64;
        let power = |base: f64, exponent: u64| base.powi(i32::try_from(exponent).unwrap_or(i32::MAX));
        digits * power(2.0, excess) / power(10.0, u64::from(self.scale))
    }

    pub fn is_whole(&self) -> bool {
        &self.digits % ten_to(self.scale) == BigInt::ZERO
    }

    fn fixed(&self, bits: u64) -> BigInt {
        (&self.digits << bits) / ten_to(self.scale)
    }
}

/// Bits of constants; more than numbers of 76 digits take.
const CONSTANT_BITS: u64 = 1_536;

/// 2 and 10 as powers of e.
static LN_2: LazyLock<BigInt> = LazyLock::new(|| area_tangent(3) << 1);
static LN_10: LazyLock<BigInt> = LazyLock::new(|| &*LN_2 * 3 + (area_tangent(9) << 1));

/// `atanh(1 / n)`, half the logarithm of `(n + 1) / (n - 1)`.
fn area_tangent(n: u32) -> BigInt {
    let mut term = (BigInt::from(1) << CONSTANT_BITS) / n;
    let (mut sum, mut place) = (term.clone(), 1u32);
    while term != BigInt::ZERO {
        term /= n * n;
        place += 2;
        sum += &term / place;
    }
    sum
}

fn constant(constant: &LazyLock<BigInt>, bits: u64) -> BigInt {
    &**constant >> CONSTANT_BITS.saturating_sub(bits)
}

/// Bits for so many decimals, and those that are lost on the way.
fn bits_of(decimals: i64) -> u64 {
    const LOST: i64 = 40;
    // The logarithm of 10 to the base 2 is 3.3219….
    u64::try_from(decimals * 10 / 3 + LOST).unwrap_or(0).clamp(64, CONSTANT_BITS - 16)
}

fn to_f64(fixed: &BigInt, bits: u64) -> f64 {
    let excess = bits.saturating_sub(60);
    let top = i128::try_from(fixed >> excess).unwrap_or(0) as f64;
    top / 2f64.powi(i32::try_from(bits - excess).unwrap_or(0))
}

fn of_f64(number: f64, bits: u64) -> BigInt {
    let fixed = BigInt::from((number * 2f64.powi(60)) as i128);
    if bits >= 60 { fixed << (bits - 60) } else { fixed >> (60 - bits) }
}

/// e to the power of `x` is the first of the results times 2 to the power of the second.
fn exponential(x: &BigInt, bits: u64) -> (BigInt, i64) {
    const HALVED: u64 = 8;
    let times = (to_f64(x, bits) / std::f64::consts::LN_2).floor() as i64;
    // So small that the series needs few terms.
    let rest: BigInt = (x - constant(&LN_2, bits) * times) >> HALVED;
    let one = BigInt::from(1) << bits;
    let (mut sum, mut term, mut place) = (&one + &rest, rest.clone(), 1u32);
    while term.bits() > 1 {
        place += 1;
        term = ((term * &rest) >> bits) / place;
        sum += &term;
    }
    for _ in 0..HALVED {
        sum = (&sum * &sum) >> bits;
    }
    (sum, times)
}

/// The logarithm of a number above zero.
fn logarithm(x: &Number, bits: u64) -> BigInt {
    let divisor = ten_to(x.scale);
    // The number as one near 1 times a power of two.
    let times = x.digits.bits() as i64 - divisor.bits() as i64;
    let shift = bits as i64 - times;
    let near = match u64::try_from(shift) {
        Ok(shift) => (&x.digits << shift) / divisor,
        Err(_) => (&x.digits >> shift.unsigned_abs()) / divisor,
    };
    // Halley's method, which makes three digits of one.
    let mut root = of_f64(to_f64(&near, bits).ln(), bits);
    loop {
        let (power, shift) = exponential(&root, bits);
        let power = if shift < 0 { power >> shift.unsigned_abs() } else { power << shift };
        let step: BigInt = ((&near - &power) << (bits + 1)) / (&near + &power);
        root += &step;
        if step.bits() <= bits * 2 / 3 {
            break;
        }
    }
    root + constant(&LN_2, bits) * times
}

/// In fixed point to decimals, times a power of two.
fn decimal(fixed: &BigInt, times: i64, bits: u64, decimals: u32) -> BigInt {
    let digits = fixed * ten_to(decimals);
    match u64::try_from(bits as i64 - times) {
        Ok(shift) => {
            let half = (BigInt::from(1) << shift) >> 1;
            let rounded: BigInt = (half + BigInt::from(digits.magnitude().clone())) >> shift;
            if digits.sign() == Sign::Minus { -rounded } else { rounded }
        }
        Err(_) => digits << (times - bits as i64),
    }
}

/// Digits before the point of e to the power of such a number.
fn whole_digits(x: f64) -> i64 {
    (x * std::f64::consts::LOG10_E).ceil().max(0.0) as i64
}

/// e to the power of `x`, whose size the caller knows to be one of a number.
pub fn exp(x: &Number, decimals: u32) -> BigInt {
    let bits = bits_of(i64::from(decimals) + whole_digits(x.to_f64()));
    let (power, times) = exponential(&x.fixed(bits), bits);
    decimal(&power, times, bits, decimals)
}

/// The logarithm of a number above zero.
pub fn ln(x: &Number, decimals: u32) -> BigInt {
    let bits = bits_of(i64::from(decimals));
    decimal(&logarithm(x, bits), 0, bits, decimals)
}

/// The logarithm to a base other than 1; `near_one` are the zeros behind the point of the logarithm of the base.
pub fn log(base: &Number, x: &Number, decimals: u32, near_one: u32) -> BigInt {
    let bits = bits_of(i64::from(decimals) + 2 * i64::from(near_one) + 4);
    let is_ten = base.scale == 0 && base.digits == BigInt::from(10);
    let divisor = if is_ten { constant(&LN_10, bits) } else { logarithm(base, bits) };
    divided(&(logarithm(x, bits) * ten_to(decimals)), &divisor)
}

/// A base above zero to any power; `size` is about the logarithm of the result.
pub fn power(base: &Number, exponent: &Number, size: f64, decimals: u32) -> BigInt {
    let bits = bits_of(i64::from(decimals) + whole_digits(size));
    // What the logarithm misses counts as often as the exponent says.
    let times = exponent.digits.bits().saturating_sub(u64::from(exponent.scale) * 3);
    let wide = (bits + times + 8).min(CONSTANT_BITS);
    let product = logarithm(base, wide) * &exponent.digits / ten_to(exponent.scale);
    let (power, times) = exponential(&(product >> (wide - bits)), bits);
    decimal(&power, times, bits, decimals)
}

/// The square root of a number not below zero.
pub fn sqrt(x: &Number, decimals: u32) -> BigInt {
    // With one decimal more, which tells how to round: no root of a number ends in a half.
    let places = decimals + 1;
    let square = match (2 * places).checked_sub(x.scale) {
        Some(missing) => &x.digits * ten_to(missing),
        None => &x.digits / ten_to(x.scale - 2 * places),
    };
    divided(&square.sqrt(), &BigInt::from(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        Number { digits: format!("{whole}{fraction}").parse().unwrap(), scale: fraction.len() as u32 }
    }

    /// All digits of the result, and the decimals that were asked for.
    fn check(text: &str, compute: impl Fn(u32) -> BigInt) {
        let expected = number(text);
        assert_eq!(compute(expected.scale), expected.digits, "{text}");
    }

    /// PostgreSQL 15: `SELECT ln(…)` of numbers with as many decimals.
    #[test]
    fn logarithms_are_those_of_postgres() {
        check("0.69314718055994530941723212145817656807550013436026", |decimals| ln(&number("2"), decimals));
        check("-82.68604917840131849742166666804590659582", |decimals| {
            ln(&number("0.00000000000000000000000000000000000123"), decimals)
        });
        check("0.000000000000000000000000000000000000010000000000000000", |decimals| {
            ln(&number("1.00000000000000000000000000000000000001"), decimals)
        });
        check("0.0000000000000000", |decimals| ln(&number("1"), decimals));
        check("0.47712125471966243729502790325511530920012886419070", |decimals| log(&number("10"), &number("3"), decimals, 0));
        check("3.0000000000000000", |decimals| log(&number("2"), &number("8"), decimals, 0));
        check("439598377914.0051244681", |decimals| log(&number("1.0000000001"), &number("12345678901234567890"), decimals, 10));
    }

    /// PostgreSQL 15: `SELECT exp(…)`, `power(…, …)`, `sqrt(…)`.
    #[test]
    fn powers_are_those_of_postgres() {
        check("2.71828182845904523536028747135266249775724709369996", |decimals| exp(&number("1"), decimals));
        check("0.00000000000000000017144918972339054421", |decimals| exp(&number("-43.21"), decimals));
        check("111483132834351067157640555612245280710696726779710753792670680901436727896.9", |decimals| {
            exp(&number("170.5"), decimals)
        });
        check("1.0124222013780648", |decimals| power(&number("1.000000000000001"), &number("12345678901234.5"), 0.0, decimals));
        check("0.00002813370542230666", |decimals| power(&number("0.00000123"), &number("0.77"), -10.0, decimals));
        check("165806908380329150847130186258611214238170883068537797148627608397725.768", |decimals| {
            power(&number("123456789012345678901234567890"), &number("2.345"), 157.1, decimals)
        });
        check("1.4142135623730950488016887242096980785697", |decimals| sqrt(&number("2"), decimals));
        check("0.00000000000035135452181521729", |decimals| sqrt(&number("0.00000000000000000000000012345"), decimals));
        check("2.000000000000000", |decimals| sqrt(&number("4.00"), decimals));
    }
}
