//! `interval * number` and `interval / number`, by the steps of PostgreSQL's `interval_mul` (src/backend/utils/adt/timestamp.c): what is
//! left of a month becomes days of 30 to the month, and what is left of a day becomes time. And the length by which intervals compare.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Decimal128Array, IntervalMonthDayNanoArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use crate::dialect::failure::failed;
use crate::error::SqlState;

const DAYS_PER_MONTH: f64 = 30.0;
const SECONDS_PER_DAY: f64 = 86_400.0;
const INTERVAL: DataType = DataType::Interval(IntervalUnit::MonthDayNano);

/// `interval * factor`.
pub fn times(interval: Expr, factor: Expr) -> Expr {
    call(interval, factor, false)
}

/// `interval / divisor`.
pub fn divided(interval: Expr, divisor: Expr) -> Expr {
    call(interval, divisor, true)
}

fn call(interval: Expr, number: Expr, divides: bool) -> Expr {
    let signature = Signature::exact(vec![INTERVAL, DataType::Float64], Volatility::Immutable);
    ScalarUDF::new_from_impl(Scaled { divides, signature }).call(vec![interval, number])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Scaled {
    divides: bool,
    signature: Signature,
}

impl ScalarUDFImpl for Scaled {
    fn name(&self) -> &str {
        if self.divides { "interval_div" } else { "interval_mul" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(INTERVAL)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [intervals, numbers] = arrays.as_slice() else {
            return datafusion::common::internal_err!("an interval and a number");
        };
        let (intervals, numbers) = (cast(intervals, &INTERVAL)?, cast(numbers, &DataType::Float64)?);
        let pairs = intervals.as_primitive::<IntervalMonthDayNanoType>().iter().zip(numbers.as_primitive::<Float64Type>());
        let scaled = pairs.map(|(interval, number)| match interval.zip(number) {
            Some((_, 0.0)) if self.divides => Err(failed(SqlState::DIVISION_BY_ZERO, "division by zero")),
            Some((interval, number)) => scaled(interval, |part| if self.divides { part / number } else { part * number })
                .map(Some)
                .ok_or_else(|| failed(SqlState("22008"), "interval out of range")),
            None => Ok(None),
        });
        let scaled: ArrayRef = Arc::new(scaled.collect::<Result<IntervalMonthDayNanoArray>>()?);
        Ok(ColumnarValue::Array(scaled))
    }
}

/// The parts of an interval that its fields have, the last of which is named, with so many digits of the second. `None` where that is too
/// much.
pub fn cut(interval: IntervalMonthDayNano, last: Option<&str>, digits: Option<i64>) -> Option<IntervalMonthDayNano> {
    const HOUR: i64 = 3_600_000_000_000;
    let IntervalMonthDayNano { mut months, mut days, mut nanoseconds } = interval;
    match last {
        Some("year") => (months, days, nanoseconds) = (months / 12 * 12, 0, 0),
        Some("month") => (days, nanoseconds) = (0, 0),
        Some("day") => nanoseconds = 0,
        Some("hour") => nanoseconds = nanoseconds / HOUR * HOUR,
        Some("minute") => nanoseconds = nanoseconds / (HOUR / 60) * (HOUR / 60),
        _ => {}
    }
    if let Some(places) = digits.and_then(|digits| u32::try_from(digits).ok()).and_then(|digits| 6_u32.checked_sub(digits)) {
        let unit = 10_i64.pow(places) * 1_000;
        let half = if nanoseconds < 0 { -unit / 2 } else { unit / 2 };
        nanoseconds = nanoseconds.checked_add(half)? / unit * unit;
    }
    Some(IntervalMonthDayNano::new(months, days, nanoseconds))
}

/// How long an interval is, with months of 30 days and days of 24 hours: what `interval_cmp_value` compares, in microseconds.
pub fn length(interval: Expr) -> Expr {
    ScalarUDF::new_from_impl(Length { signature: Signature::exact(vec![INTERVAL], Volatility::Immutable) }).call(vec![interval])
}

const LENGTH: DataType = DataType::Decimal128(30, 0);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Length {
    signature: Signature,
}

impl ScalarUDFImpl for Length {
    fn name(&self) -> &str {
        "interval_cmp_value"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(LENGTH)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_value = matches!(args.args.first(), Some(ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [intervals] = arrays.as_slice() else { return datafusion::common::internal_err!("a length is of one interval") };
        let lengths = intervals.as_primitive::<IntervalMonthDayNanoType>().iter().map(|interval| interval.map(micros));
        let lengths: ArrayRef = Arc::new(lengths.collect::<Decimal128Array>().with_data_type(LENGTH));
        Ok(match is_value {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&lengths, 0)?),
            false => ColumnarValue::Array(lengths),
        })
    }
}

/// The length of one, in microseconds.
pub fn micros(interval: IntervalMonthDayNano) -> i128 {
    let days = i128::from(interval.months) * 30 + i128::from(interval.days);
    days * 86_400_000_000 + i128::from(interval.nanoseconds / 1_000)
}

/// An interval with each part scaled, by the steps above; `None` where a part is too large.
pub fn scaled(interval: IntervalMonthDayNano, scale: impl Fn(f64) -> f64) -> Option<IntervalMonthDayNano> {
    let to_micros = |number: f64| (number * 1e6).round_ties_even() / 1e6;
    let months_exact = scale(f64::from(interval.months));
    let days_exact = scale(f64::from(interval.days));
    let (months, mut days) = (whole(months_exact)?, whole(days_exact)?);
    let days_of_months = to_micros((months_exact - f64::from(months)) * DAYS_PER_MONTH);
    let mut seconds = to_micros((days_exact - f64::from(days) + days_of_months - days_of_months.trunc()) * SECONDS_PER_DAY);
    if seconds.abs() >= SECONDS_PER_DAY {
        days = days.checked_add(whole(seconds / SECONDS_PER_DAY)?)?;
        seconds -= (seconds / SECONDS_PER_DAY).trunc() * SECONDS_PER_DAY;
    }
    let days = days.checked_add(whole(days_of_months)?)?;
    let micros = (scale(interval.nanoseconds as f64 / 1e3) + seconds * 1e6).round_ties_even();
    if !micros.is_finite() || micros.abs() > i64::MAX as f64 / 1e3 {
        return None;
    }
    Some(IntervalMonthDayNano::new(months, days, (micros as i64).checked_mul(1_000)?))
}

/// The whole part of a number that an `i32` holds.
fn whole(number: f64) -> Option<i32> {
    (number.is_finite() && number.abs() < f64::from(i32::MAX)).then_some(number as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT interval '1 mon' * 1.5`, `interval '1 day' * 0.5`, `interval '1 mon 2 days 01:00:00' / 3`.
    #[test]
    fn parts_cascade() {
        let interval = IntervalMonthDayNano::new;
        let hours = |hours: i64| hours * 3_600_000_000_000;
        assert_eq!(scaled(interval(1, 0, 0), |part| part * 1.5), Some(interval(1, 15, 0)));
        assert_eq!(scaled(interval(0, 1, 0), |part| part * 0.5), Some(interval(0, 0, hours(12))));
        assert_eq!(scaled(interval(1, 2, hours(1)), |part| part / 3.0), Some(interval(0, 10, hours(16) + hours(1) / 3)));
        assert_eq!(scaled(interval(i32::MAX, 0, 0), |part| part * 2.0), None);
    }
}
