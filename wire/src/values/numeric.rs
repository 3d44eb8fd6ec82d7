//! Exact decimals: text with all digits of the scale, and PostgreSQL's binary form (groups of four digits in base 10000).

use crate::types::{Rule, Shown};

/// Largest number of digits: Decimal256 holds 76, the unscaled two's complement value 78.
const DIGITS_MAX: usize = 80;

/// Most decimals that are shown of a quotient.
const QUOTIENT_SCALE_MAX: i8 = 20;

/// The decimal digits of an unscaled value, most significant first, without leading zeros; zero is `0`.
#[derive(Clone, Copy)]
pub struct Decimal {
    bytes: [u8; DIGITS_MAX],
    length: usize,
    negative: bool,
}

impl Decimal {
    pub fn from_i128(value: i128) -> Self {
        let magnitude = value.unsigned_abs();
        let mut decimal = Self { bytes: [b'0'; DIGITS_MAX], length: 0, negative: value < 0 };
        match u64::try_from(magnitude) {
            Ok(small) => decimal.append(itoa::Buffer::new().format(small).as_bytes()),
            Err(_) => decimal.append(itoa::Buffer::new().format(magnitude).as_bytes()),
        }
        decimal
    }

    /// From 256 bits in two's complement, least significant byte first.
    pub fn from_le_bytes(bytes: [u8; 32]) -> Self {
        let mut limbs = [0u64; 4];
        for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
            *limb = chunk.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
        }
        let negative = limbs.last().is_some_and(|limb| limb >> 63 == 1);
        if negative {
            let mut carry = true;
            for limb in &mut limbs {
                (*limb, carry) = (!*limb).overflowing_add(u64::from(carry));
            }
        }
        // Nineteen digits at a time, the least significant first.
        const GROUP: u128 = 10_000_000_000_000_000_000;
        let mut groups = [0u64; 5];
        for group in &mut groups {
            let mut remainder = 0u128;
            for limb in limbs.iter_mut().rev() {
                let current = remainder << 64 | u128::from(*limb);
                *limb = (current / GROUP) as u64;
                remainder = current % GROUP;
            }
            *group = remainder as u64;
        }
        let mut decimal = Self { bytes: [b'0'; DIGITS_MAX], length: 0, negative };
        for group in groups.iter().rev() {
            let mut buffer = itoa::Buffer::new();
            let text = buffer.format(*group).as_bytes();
            match (decimal.length, *group) {
                (0, 0) => {}
                (0, _) => decimal.append(text),
                _ => {
                    decimal.length += 19 - text.len();
                    decimal.append(text);
                }
            }
        }
        if decimal.length == 0 {
            decimal.length = 1;
        }
        decimal
    }

    fn append(&mut self, digits: &[u8]) {
        if let Some(slots) = self.bytes.get_mut(self.length..self.length + digits.len()) {
            slots.copy_from_slice(digits);
            self.length += digits.len();
        }
    }

    fn digits(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    fn is_zero(&self) -> bool {
        self.digits() == b"0"
    }

    /// The same number with the fewest decimals that it can be written with.
    pub fn without_trailing_zeros(mut self, mut scale: i8) -> (Self, i8) {
        while scale > 0 && self.length > 1 && self.digits().last() == Some(&b'0') {
            self.length -= 1;
            scale -= 1;
        }
        (self, if self.is_zero() { 0 } else { scale })
    }

    /// The number with as many decimals as PostgreSQL shows of such numbers.
    pub fn shown(self, scale: i8, shown: Shown) -> (Self, i8) {
        if shown.rule == Rule::Quotient {
            return self.as_quotient(scale, shown.least);
        }
        let power = if self.is_zero() { 0 } else { self.length as i32 - 1 - i32::from(scale) };
        let expected = match shown.rule {
            Rule::Root => 15 - 2 * power.div_euclid(2),
            Rule::Logarithm => logarithm_decimals(self.approximate(power)),
            Rule::CommonLogarithm => logarithm_decimals(self.approximate(power) * std::f64::consts::LN_10),
            // Cut off towards zero.
            Rule::Power => 16 - power - i32::from(power < 0),
            Rule::Quotient | Rule::WholePower => 0,
        };
        let needed = self.without_trailing_zeros(scale).1;
        let decimals = expected.max(i32::from(shown.least.max(needed))).clamp(0, i32::from(scale.max(0))) as i8;
        let mut number = self;
        // Only zeros are dropped; of a small number there are fewer digits than decimals.
        let dropped = usize::from((scale - decimals).unsigned_abs());
        number.length = number.length.saturating_sub(dropped).max(1);
        (number, decimals)
    }

    /// The number, whose first digit stands for that power of ten.
    fn approximate(&self, power: i32) -> f64 {
        let first = self.digits().iter().take(17).fold(0.0, |number, digit| number * 10.0 + f64::from(digit - b'0'));
        let number = first / 10f64.powi(self.length.min(17) as i32 - 1) * 10f64.powi(power);
        if self.negative { -number } else { number }
    }

    /// The number with as many decimals as PostgreSQL shows of a quotient: 16 significant digits, counted in groups of four, and no fewer
    /// than `least` (`select_div_scale` in its numeric.c), nor fewer than it has: of operands that begin alike there are more.
    fn as_quotient(mut self, scale: i8, least: i8) -> (Self, i8) {
        let power = self.length as i32 - 1 - i32::from(scale);
        let is_one =
            power == 0 && self.digits().iter().rposition(|digit| *digit != b'0') == Some(0) && self.digits().starts_with(b"1");
        let weight = if self.is_zero() || is_one { -1 } else { power.div_euclid(4) };
        let least = least.max(self.without_trailing_zeros(scale).1);
        let shown =
            (16 - 4 * weight).clamp(i32::from(least.min(scale)), i32::from(scale.min(QUOTIENT_SCALE_MAX.max(least)))) as i8;
        let dropped = usize::from((scale - shown).unsigned_abs());
        let Some(kept) = self.length.checked_sub(dropped).filter(|kept| *kept > 0) else { return (Self::from_i128(0), shown) };
        let rounds_up = self.digits().get(kept).is_some_and(|digit| *digit >= b'5');
        self.length = kept;
        if rounds_up {
            self.increase();
        }
        (self, shown)
    }

    /// Adds one to the last digit.
    fn increase(&mut self) {
        for digit in self.bytes.iter_mut().take(self.length).rev() {
            if *digit < b'9' {
                *digit += 1;
                return;
            }
            *digit = b'0';
        }
        self.bytes.copy_within(0..self.length, 1);
        if let Some(first) = self.bytes.first_mut() {
            *first = b'1';
        }
        self.length += 1;
    }

    /// `1234` with scale 2 is `12.34`; with scale -2 it is `123400`.
    pub fn write_text(&self, scale: i8, out: &mut Vec<u8>) {
        let digits = self.digits();
        if self.negative {
            out.push(b'-');
        }
        if scale <= 0 {
            out.extend_from_slice(digits);
            if !self.is_zero() {
                out.extend(std::iter::repeat_n(b'0', usize::from(scale.unsigned_abs())));
            }
            return;
        }
        let scale = usize::from(scale.unsigned_abs());
        let whole = digits.len().saturating_sub(scale);
        let (integer, fraction) = digits.split_at(whole);
        out.extend_from_slice(if integer.is_empty() { b"0" } else { integer });
        out.push(b'.');
        out.extend(std::iter::repeat_n(b'0', scale - fraction.len()));
        out.extend_from_slice(fraction);
    }

    /// The form of `numeric_send`: number of groups, weight of the first, sign, displayed scale, groups.
    pub fn write_binary(&self, scale: i8, out: &mut Vec<u8>) {
        let scale = i32::from(scale);
        let significant = self.digits();
        let last = significant.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
        let significant = significant.get(..last).unwrap_or_default();
        let display_scale = (scale.max(0) as u16).to_be_bytes();
        if significant.is_empty() {
            out.extend_from_slice(&[0, 0, 0, 0, 0, 0]);
            out.extend_from_slice(&display_scale);
            return;
        }
        // The power of ten of the first digit says where the groups of four begin.
        let power = self.length as i32 - 1 - scale;
        let weight = power.div_euclid(4);
        let leading = (power.rem_euclid(4) + 1) as usize;
        let (first, rest) = significant.split_at(leading.min(significant.len()));
        let count = 1 + rest.len().div_ceil(4);
        out.extend_from_slice(&(count as u16).to_be_bytes());
        out.extend_from_slice(&(weight as i16).to_be_bytes());
        out.extend_from_slice(if self.negative { &[0x40, 0] } else { &[0, 0] });
        out.extend_from_slice(&display_scale);
        out.extend_from_slice(&group(first, leading));
        for digits in rest.chunks(4) {
            out.extend_from_slice(&group(digits, 4));
        }
    }
}

/// The decimals of such a logarithm, which PostgreSQL tells by what a number within a tenth of 1 has beyond it, and else by the logarithm.
fn logarithm_decimals(logarithm: f64) -> i32 {
    if logarithm == 0.0 {
        return 16;
    }
    let beyond = logarithm.exp_m1().abs();
    // A little more, for what is just a power of ten.
    let power = |number: f64| (number * (1.0 + 1e-13)).log10();
    16 - if beyond * (1.0 - 1e-13) <= 0.1 { power(beyond).floor() } else { power(logarithm.abs()).trunc() } as i32
}

/// One base-10000 digit from up to `width` decimal digits; missing ones on the right are zeros.
fn group(digits: &[u8], width: usize) -> [u8; 2] {
    let value = digits.iter().fold(0u16, |value, digit| value * 10 + u16::from(digit - b'0'));
    let missing = width.saturating_sub(digits.len()) as u32;
    (value * 10u16.pow(missing)).to_be_bytes()
}

/// The fast path of the text form, for values that fit in 64 bits: no copy of the digits.
pub fn write_small_text(value: i64, scale: i8, out: &mut Vec<u8>) {
    if !(1..=18).contains(&scale) {
        return Decimal::from_i128(i128::from(value)).write_text(scale, out);
    }
    let divisor = 10u64.pow(u32::from(scale.unsigned_abs()));
    let magnitude = value.unsigned_abs();
    if value < 0 {
        out.push(b'-');
    }
    let mut buffer = itoa::Buffer::new();
    out.extend_from_slice(buffer.format(magnitude / divisor).as_bytes());
    // The fraction is written behind a leading one, whose place the point takes: no padding needed.
    let start = out.len();
    out.extend_from_slice(buffer.format(divisor + magnitude % divisor).as_bytes());
    if let Some(point) = out.get_mut(start) {
        *point = b'.';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: i128, scale: i8) -> String {
        let mut out = Vec::new();
        Decimal::from_i128(value).write_text(scale, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_keeps_every_digit_of_the_scale() {
        assert_eq!(text(1230, 2), "12.30");
        assert_eq!(text(-5, 3), "-0.005");
        assert_eq!(text(0, 2), "0.00");
        assert_eq!(text(12, -2), "1200");
        assert_eq!(text(0, -2), "0");
        assert_eq!(text(i128::MIN, 0), "-170141183460469231731687303715884105728");
    }

    #[test]
    fn small_values_take_the_same_form_as_large_ones() {
        for value in [0, 1, -1, 9, 10, 99, 100, 12345, i64::MAX, i64::MIN] {
            for scale in -3..=20 {
                let mut out = Vec::new();
                write_small_text(value, scale, &mut out);
                assert_eq!(String::from_utf8(out).unwrap(), text(i128::from(value), scale));
            }
        }
    }

    #[test]
    fn wide_values_take_the_same_form_as_narrow_ones() {
        for value in [0i128, 1, -1, 10i128.pow(19), 10i128.pow(37) + 7, -(10i128.pow(38) - 1), i128::MIN, i128::MAX] {
            let mut bytes = [if value < 0 { 0xff } else { 0 }; 32];
            bytes[..16].copy_from_slice(&value.to_le_bytes());
            let (mut wide, mut narrow) = (Vec::new(), Vec::new());
            Decimal::from_le_bytes(bytes).write_text(3, &mut wide);
            Decimal::from_i128(value).write_text(3, &mut narrow);
            assert_eq!(wide, narrow);
        }
    }

    /// PostgreSQL 15: `SELECT 2/3.0, 10/3.0, 100000/3.0, -200000/3.0, 0/3.0, 1/1.0, 99999.99999999999999/1.00`.
    #[test]
    fn quotients_have_the_decimals_of_postgres() {
        let shown = |value: i128, least: i8| {
            let (decimal, scale) = Decimal::from_i128(value).as_quotient(20, least);
            let mut out = vec![];
            decimal.write_text(scale, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(shown(66_666_666_666_666_666_667, 1), "0.66666666666666666667");
        assert_eq!(shown(333_333_333_333_333_330_000, 1), "3.3333333333333333");
        assert_eq!(shown(3_333_333_333_333_333_300_000_000, 1), "33333.333333333333");
        assert_eq!(shown(-6_666_666_666_666_666_700_000_000, 1), "-66666.666666666667");
        // 3.25 / 3: both begin with a 3.
        assert_eq!(shown(108_333_333_333_333_333_333, 2), "1.08333333333333333333");
        assert_eq!(shown(0, 1), "0.00000000000000000000");
        assert_eq!(shown(100_000_000_000_000_000_000, 1), "1.00000000000000000000");
        assert_eq!(shown(9_999_999_999_999_999_999_000_000, 14), "99999.99999999999999");
        assert_eq!(shown(10_000_000_000_000_000_000_000_000, 1), "100000.000000000000");
    }

    /// PostgreSQL 15: `SELECT sqrt(4.00), sqrt(10000.0), sqrt(0.01), sqrt(0.0), ln(1.0), ln(0.95), ln(1.0010), ln(1.1), ln(e^10), log(0.5), log(1.0010), log(100.0), log(100000.0),
    /// exp(0.0), 100.0 ^ 0.5, 0.0001 ^ 0.25, exp(-2.5), 2.0 ^ 10`.
    #[test]
    fn powers_and_logarithms_have_the_decimals_of_postgres() {
        let shown = |digits: &str, rule: Rule, least: i8| {
            let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
            let (decimal, scale) =
                Decimal::from_i128(format!("{whole}{fraction:0<30}").parse().unwrap()).shown(30, Shown { rule, least });
            let mut out = vec![];
            decimal.write_text(scale, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(shown("2", Rule::Root, 2), "2.000000000000000");
        assert_eq!(shown("100", Rule::Root, 1), "100.0000000000000");
        assert_eq!(shown("0.1", Rule::Root, 2), "0.10000000000000000");
        assert_eq!(shown("0", Rule::Root, 1), "0.000000000000000");
        assert_eq!(shown("0", Rule::Logarithm, 1), "0.0000000000000000");
        assert_eq!(shown("-0.051293294387550533", Rule::Logarithm, 2), "-0.051293294387550533");
        assert_eq!(shown("0.0009995003330835332", Rule::Logarithm, 4), "0.0009995003330835332");
        assert_eq!(shown("0.09531017980432486", Rule::Logarithm, 4), "0.09531017980432486");
        assert_eq!(shown("10", Rule::Logarithm, 1), "10.000000000000000");
        assert_eq!(shown("-0.3010299956639812", Rule::CommonLogarithm, 1), "-0.3010299956639812");
        assert_eq!(shown("0.0004340774793186407", Rule::CommonLogarithm, 4), "0.0004340774793186407");
        assert_eq!(shown("2", Rule::CommonLogarithm, 1), "2.0000000000000000");
        assert_eq!(shown("5", Rule::CommonLogarithm, 1), "5.000000000000000");
        assert_eq!(shown("1", Rule::Power, 1), "1.0000000000000000");
        assert_eq!(shown("10", Rule::Power, 1), "10.000000000000000");
        assert_eq!(shown("0.1", Rule::Power, 4), "0.1000000000000000");
        assert_eq!(shown("0.0820849986238988", Rule::Power, 1), "0.08208499862389880");
        assert_eq!(shown("1024", Rule::WholePower, 16), "1024.0000000000000000");
    }
}
