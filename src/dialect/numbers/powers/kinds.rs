//! What each of these functions computes of one row.

use cilake_wire::types::Rule;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use num_bigint::{BigInt, Sign};

use super::real::{self, Number};
use super::scales;
use crate::dialect::failure::{failed, overflow};
use crate::dialect::numbers::long::{divided, ten_to};

/// Digits of the longest numbers.
const DIGITS_MAX: f64 = 76.0;

/// Bits of a whole power that is computed by multiplying.
const EXACT_BITS_MAX: u64 = 12_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Root,
    Exponential,
    Logarithm,
    /// To the base of ten.
    CommonLogarithm,
    /// To the base that is the first argument.
    LogarithmTo,
    Power,
}

impl Kind {
    pub fn of(name: &str, arguments: usize) -> Option<Self> {
        Some(match (name, arguments) {
            ("sqrt", 1) => Self::Root,
            ("exp", 1) => Self::Exponential,
            ("ln", 1) => Self::Logarithm,
            ("log" | "log10", 1) => Self::CommonLogarithm,
            ("log", 2) => Self::LogarithmTo,
            ("power" | "pow", 2) => Self::Power,
            _ => return None,
        })
    }

    /// Whether it is the function of exact numbers that is meant, of those that have none but these. The one with a base has no other.
    pub fn is_exact(self, types: &[DataType]) -> bool {
        self == Self::LogarithmTo || types.iter().any(DataType::is_decimal)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "sqrt",
            Self::Exponential => "exp",
            Self::Logarithm => "ln",
            Self::CommonLogarithm | Self::LogarithmTo => "log",
            Self::Power => "power",
        }
    }

    /// How many decimals are shown.
    pub fn rule(self) -> Rule {
        match self {
            Self::Root => Rule::Root,
            Self::Exponential | Self::Power => Rule::Power,
            Self::Logarithm | Self::LogarithmTo => Rule::Logarithm,
            Self::CommonLogarithm => Rule::CommonLogarithm,
        }
    }

    /// The digits of the result and its decimals, of which there are at most so many.
    ///
    /// # Errors
    /// 2201E and 2201F for what there is no result of, 22012 for logarithms to the base 1, and 22003 for results of more than 76 digits.
    pub fn computed(self, numbers: &[Number], most: u32) -> Result<(BigInt, u32)> {
        let shown = numbers.iter().map(|number| number.scale).max().unwrap_or(0);
        match (self, numbers) {
            (Self::Root, [x]) => root(x, shown, most),
            (Self::Exponential, [x]) => exponential(x, shown, most),
            (Self::Logarithm, [x]) => {
                check_logarithm(x)?;
                let decimals = scales::of_logarithm(x, shown).min(most);
                Ok((real::ln(x, decimals), decimals))
            }
            (Self::CommonLogarithm, [x]) => logarithm(&Number { digits: 10.into(), scale: 0 }, x, shown, most),
            (Self::LogarithmTo, [base, x]) => logarithm(base, x, shown, most),
            (Self::Power, [base, exponent]) => power(base, exponent, shown, most),
            _ => Err(overflow()),
        }
    }
}

fn check_logarithm(x: &Number) -> Result<()> {
    match x.digits.sign() {
        Sign::Plus => Ok(()),
        Sign::NoSign => Err(failed("2201E", "cannot take logarithm of zero")),
        Sign::Minus => Err(failed("2201E", "cannot take logarithm of a negative number")),
    }
}

fn root(x: &Number, shown: u32, most: u32) -> Result<(BigInt, u32)> {
    if x.digits.sign() == Sign::Minus {
        return Err(failed("2201F", "cannot take square root of a negative number"));
    }
    let decimals = scales::of_root(x, shown).min(most);
    Ok((real::sqrt(x, decimals), decimals))
}

fn exponential(x: &Number, shown: u32, most: u32) -> Result<(BigInt, u32)> {
    let decimals = scales::of_exponential(x, shown).min(most);
    Ok(match size_of(x.to_f64(), decimals)? {
        Size::Nothing => (BigInt::ZERO, decimals),
        Size::Number => (real::exp(x, decimals), decimals),
    })
}

fn logarithm(base: &Number, x: &Number, shown: u32, most: u32) -> Result<(BigInt, u32)> {
    check_logarithm(base)?;
    check_logarithm(x)?;
    if base.digits == ten_to(base.scale) {
        return Err(failed("22012", "division by zero"));
    }
    let decimals = scales::of_quotient(base, x, shown).min(most);
    let near_one = u32::try_from(-scales::of_logarithm_itself(base)).unwrap_or(0);
    Ok((real::log(base, x, decimals, near_one), decimals))
}

fn power(base: &Number, exponent: &Number, shown: u32, most: u32) -> Result<(BigInt, u32)> {
    let is_negative = base.digits.sign() == Sign::Minus;
    if base.digits.sign() == Sign::NoSign && exponent.digits.sign() == Sign::Minus {
        return Err(failed("2201F", "zero raised to a negative power is undefined"));
    }
    let is_whole = exponent.is_whole();
    if is_negative && !is_whole {
        return Err(failed("2201F", "a negative number raised to a non-integer power yields a complex result"));
    }
    let whole = if is_whole { Some(&exponent.digits / ten_to(exponent.scale)) } else { None };
    if base.digits.sign() == Sign::NoSign {
        // Zero to the power of zero is one.
        let decimals = scales::of_whole_power(if is_whole { base.scale } else { 0 }).min(most);
        let is_one = exponent.digits.sign() == Sign::NoSign;
        return Ok((if is_one { ten_to(decimals) } else { BigInt::ZERO }, decimals));
    }
    let magnitude = Number { digits: base.digits.magnitude().clone().into(), scale: base.scale };
    let is_odd = whole.as_ref().is_some_and(|whole| whole.bit(0));
    let signed = |digits: BigInt| if is_negative && is_odd { -digits } else { digits };
    let (decimals, size) = match whole.as_ref().and_then(|whole| i32::try_from(whole).ok()) {
        Some(times) => {
            let decimals = scales::of_whole_power(base.scale).min(most);
            let bits = magnitude.digits.bits().max(u64::from(magnitude.scale) * 3);
            if u64::from(times.unsigned_abs()) * bits <= EXACT_BITS_MAX {
                return exact(&magnitude, times, decimals).map(|digits| (signed(digits), decimals));
            }
            (decimals, scales::of_power(&magnitude, exponent, 0).1)
        }
        None => {
            let (decimals, size) = scales::of_power(&magnitude, exponent, shown);
            (decimals.min(most), size)
        }
    };
    Ok(match size_of(size, decimals)? {
        Size::Nothing => (BigInt::ZERO, decimals),
        Size::Number => (signed(real::power(&magnitude, exponent, size, decimals)), decimals),
    })
}

/// By multiplying, with all digits.
fn exact(base: &Number, times: i32, decimals: u32) -> Result<BigInt> {
    let count = times.unsigned_abs();
    let (power, unit) = (base.digits.pow(count), ten_to(base.scale.checked_mul(count).ok_or_else(overflow)?));
    let (dividend, divisor) = if times < 0 { (unit, power) } else { (power, unit) };
    Ok(divided(&(dividend * ten_to(decimals)), &divisor))
}

/// Whether e to the power of a number is one that can be shown.
enum Size {
    Nothing,
    Number,
}

fn size_of(power: f64, decimals: u32) -> Result<Size> {
    let whole_digits = power * std::f64::consts::LOG10_E;
    match () {
        () if whole_digits > DIGITS_MAX + 1.0 => Err(overflow()),
        () if whole_digits < -f64::from(decimals) - 2.0 => Ok(Size::Nothing),
        () => Ok(Size::Number),
    }
}
