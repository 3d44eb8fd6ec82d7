//! Numbers as the digits that a pattern takes.

use datafusion::common::Result;

use super::number::{NumberPattern, Written};

/// A number that is written by a pattern.
pub enum Number<'a> {
    Integer(i64),
    /// Decimal digits, perhaps with a sign and a point.
    Exact(&'a str),
    /// With so many digits that are sure.
    Float(f64, usize),
}

/// # Errors
/// 42601 for a pattern that is none.
pub fn text(number: &Number<'_>, pattern: &str) -> Result<String> {
    let pattern = NumberPattern::read(pattern)?;
    if pattern.is_roman {
        let whole = match number {
            Number::Integer(number) => *number as f64,
            Number::Exact(digits) => digits.parse::<f64>().map_or(0.0, f64::round),
            Number::Float(number, _) => number.round_ties_even(),
        };
        return Ok(Written::new(&pattern, roman(whole), 0, false, 0).text());
    }
    if pattern.is_scientific {
        return scientific(number, &pattern);
    }
    let (negative, digits, decimals) = match number {
        Number::Integer(number) => exact(&number.to_string(), &pattern)?,
        Number::Exact(digits) => exact(digits, &pattern)?,
        Number::Float(number, digits) => float(*number, *digits, &pattern),
    };
    let length = digits.find('.').unwrap_or(digits.len());
    let whole = pattern.whole + pattern.shifted;
    let digits = match length > whole {
        true => format!("{}.{}", "#".repeat(whole), "#".repeat(decimals)),
        false => digits,
    };
    Ok(Written::new(&pattern, digits, whole.saturating_sub(length), negative, decimals).text())
}

fn exact(number: &str, pattern: &NumberPattern) -> Result<(bool, String, usize)> {
    let (negative, unsigned) = number.strip_prefix('-').map_or((false, number), |unsigned| (true, unsigned));
    if unsigned.bytes().any(|byte| !byte.is_ascii_digit() && byte != b'.') {
        return Ok((negative, unsigned.to_owned(), pattern.decimals));
    }
    let digits = rounded(unsigned, pattern.shifted, pattern.decimals);
    let is_zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    Ok((negative && !is_zero, digits, pattern.decimals))
}

/// The digits times a power of ten, with so many decimals, rounded half away from zero.
fn rounded(unsigned: &str, shifted: usize, decimals: usize) -> String {
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let mut digits = format!("{whole}{fraction}").into_bytes();
    let point = whole.len() + shifted;
    let wanted = point + decimals;
    let rounds_up = digits.get(wanted).is_some_and(|digit| *digit >= b'5');
    digits.resize(wanted, b'0');
    if rounds_up {
        let mut place = digits.len();
        loop {
            let Some(before) = place.checked_sub(1) else {
                digits.insert(0, b'1');
                break;
            };
            place = before;
            match digits.get_mut(place) {
                Some(digit) if *digit == b'9' => *digit = b'0',
                Some(digit) => {
                    *digit += 1;
                    break;
                }
                None => break,
            }
        }
    }
    let split = digits.len() - decimals;
    let text = String::from_utf8_lossy(&digits).into_owned();
    let (whole, fraction) = text.split_at_checked(split).unwrap_or((text.as_str(), ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if decimals == 0 { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

/// As many decimals as are sure of the number.
fn float(number: f64, sure: usize, pattern: &NumberPattern) -> (bool, String, usize) {
    let number = number * 10_f64.powi(i32::try_from(pattern.shifted).unwrap_or(i32::MAX));
    if !number.is_finite() {
        let name = if number.is_nan() { "NaN" } else { "Infinity" };
        return (number < 0.0, name.to_owned(), pattern.decimals.min(sure.saturating_sub(name.len())));
    }
    let whole = format!("{:.0}", number.abs()).len();
    let decimals = if whole >= sure { 0 } else { pattern.decimals.min(sure - whole) };
    let digits = format!("{number:.decimals$}");
    match digits.strip_prefix('-') {
        Some(digits) => (true, digits.to_owned(), decimals),
        None => (false, digits, decimals),
    }
}

fn scientific(number: &Number<'_>, pattern: &NumberPattern) -> Result<String> {
    let decimals = pattern.decimals;
    let written = match number {
        Number::Integer(number) if i32::try_from(*number).is_ok() => exponential(*number as f64, decimals),
        Number::Integer(number) => of_exact(&number.to_string(), decimals),
        Number::Exact(digits) => of_exact(digits, decimals),
        Number::Float(number, _) if !number.is_finite() => {
            return Ok(format!(" {}.{}", "#".repeat(pattern.whole), "#".repeat(decimals + 4)));
        }
        Number::Float(number, _) => exponential(*number, decimals),
    };
    let body = if written.starts_with('-') { written } else { format!(" {written}") };
    Ok(body)
}

/// C's `%.*e`.
fn exponential(number: f64, decimals: usize) -> String {
    let written = format!("{number:.decimals$e}");
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

fn of_exact(number: &str, decimals: usize) -> String {
    let (sign, unsigned) = number.strip_prefix('-').map_or(("", number), |unsigned| ("-", unsigned));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = format!("{whole}{fraction}");
    let Some(first) = digits.find(|digit| digit != '0') else {
        return if decimals == 0 { "0e+00".to_owned() } else { format!("0.{}e+00", "0".repeat(decimals)) };
    };
    let exponent = whole.len() as i64 - first as i64 - 1;
    let significant = digits.get(first..).unwrap_or_default();
    let (head, tail) = significant.split_at_checked(1).unwrap_or((significant, ""));
    // PostgreSQL leaves a mantissa that is rounded to ten.
    let mantissa = rounded(&format!("{head}.{tail}"), 0, decimals);
    let sign_of_exponent = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{mantissa}e{sign_of_exponent}{:02}", exponent.abs())
}

const ROMAN: [(u32, &str); 13] = [
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
];

fn roman(number: f64) -> String {
    if !(1.0..4000.0).contains(&number) {
        return "#".repeat(15);
    }
    let (mut rest, mut out) = (number as u32, String::new());
    for (value, letters) in ROMAN {
        while rest >= value {
            out.push_str(letters);
            rest -= value;
        }
    }
    out
}
