//! Numbers and intervals as texts in patterns. `to_char` of dates and times leads here for anything else.

use super::arguments::Kind::{Bigint, Float, Interval, Numeric, Real, Text};
use super::{Function, Returns};
use crate::dialect::formats::to_char::interval;
use crate::dialect::formats::to_char::value::{Number, text};

const TEXT: Returns = Returns::Value("text");

/// Digits that are sure of `real` and of `double precision`.
const REAL_DIGITS: usize = 6;
const DOUBLE_DIGITS: usize = 15;

pub const FUNCTIONS: &[Function] = &[
    Function::new("number_to_char", &[Bigint, Text], TEXT, |row| Ok(text(&Number::Integer(row.integer(0)), row.text(1))?.into())),
    Function::new("number_to_char", &[Numeric, Text], TEXT, |row| Ok(text(&Number::Exact(row.text(0)), row.text(1))?.into())),
    Function::new("number_to_char", &[Real, Text], TEXT, |row| {
        Ok(text(&Number::Float(row.float(0), REAL_DIGITS), row.text(1))?.into())
    }),
    Function::new("number_to_char", &[Float, Text], TEXT, |row| {
        Ok(text(&Number::Float(row.float(0), DOUBLE_DIGITS), row.text(1))?.into())
    }),
    Function::new("number_to_char", &[Interval, Text], TEXT, |row| Ok(interval::text(row.interval(0), row.text(1))?.into())),
];
