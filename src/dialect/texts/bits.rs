//! Strings of bits, as their texts: `b'1010'`, `44::bit(10)`, `('x' || md5(s))::bit(64)::bigint` (the manual, 8.10 and 4.1.2.5).

use datafusion::common::Result;

use super::arguments::Kind::{Bigint, Bits, Integer};
use super::{Function, Outcome, Returns, Row};
use crate::dialect::failure::failed;
use crate::error::SqlState;

pub const FUNCTIONS: &[Function] = &[
    // Casts to a length, and to whole numbers.
    Function::new("bit_of", &[Bits, Integer], Returns::Value("bit"), |row| Ok(filled(&read(row.text(0))?, row).into())),
    Function::new("bit_of", &[Bigint, Integer], Returns::Value("bit"), of_number),
    Function::new("varbit_of", &[Bits, Integer], Returns::Value("varbit"), cut).or_fewer(1),
    Function::new("bit_int4", &[Bits], Returns::Value("int4"), |row| {
        // The first of all 32 is a sign.
        number(row.text(0), 32).map(|bits| Outcome::Integer(i64::from(bits as u32 as i32)))
    }),
    Function::new("bit_int8", &[Bits], Returns::Value("int8"), |row| {
        number(row.text(0), 64).map(|bits| Outcome::Integer(bits as i64))
    }),
];

/// Digits, or those behind an `x` as four bits each.
fn read(text: &str) -> Result<String> {
    let wrong = |digit: char, kind: &str| {
        failed(SqlState::INVALID_TEXT_REPRESENTATION, format!("\"{digit}\" is not a valid {kind} digit"))
    };
    if let Some(digits) = text.strip_prefix(['x', 'X']) {
        let bits = |digit: char| match digit.to_digit(16) {
            Some(value) => Ok(format!("{value:04b}")),
            None => Err(wrong(digit, "hexadecimal")),
        };
        return digits.chars().map(bits).collect();
    }
    let digits = text.strip_prefix(['b', 'B']).unwrap_or(text);
    match digits.chars().find(|digit| !matches!(digit, '0' | '1')) {
        Some(digit) => Err(wrong(digit, "binary")),
        None => Ok(digits.to_owned()),
    }
}

fn length(row: &Row<'_>) -> usize {
    usize::try_from(row.integer(1)).unwrap_or(0)
}

/// Cut at the right, or filled up with zeros there.
fn filled(bits: &str, row: &Row<'_>) -> String {
    let length = length(row);
    let kept = bits.get(..length).unwrap_or(bits);
    format!("{kept:0<length$}")
}

/// The last bits of a number, in front of which are more of its sign.
fn of_number(row: &Row<'_>) -> Result<Outcome> {
    let (number, length) = (row.integer(0), length(row));
    let bits = format!("{number:064b}");
    let sign = if number < 0 { "1" } else { "0" };
    Ok(match length.checked_sub(bits.len()) {
        Some(more) => (sign.repeat(more) + &bits).into(),
        None => bits.get(bits.len() - length..).unwrap_or_default().into(),
    })
}

fn cut(row: &Row<'_>) -> Result<Outcome> {
    let bits = read(row.text(0))?;
    Ok(if row.len() < 2 { bits.into() } else { bits.get(..length(row)).unwrap_or(&bits).into() })
}

/// The number of which these are the last bits.
fn number(text: &str, bits_max: usize) -> Result<u64> {
    if text.len() > bits_max {
        let name = if bits_max == 32 { "integer" } else { "bigint" };
        return Err(failed(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, format!("{name} out of range")));
    }
    Ok(text.chars().fold(0, |number, digit| number << 1 | u64::from(digit == '1')))
}
