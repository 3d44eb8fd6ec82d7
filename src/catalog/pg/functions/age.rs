//! `age(later, earlier)`: years, months, days and time between two moments, as a calendar counts them.

use datafusion::arrow::array::{ArrayRef, AsArray, IntervalMonthDayNanoArray};
use datafusion::arrow::datatypes::{DataType, IntervalMonthDayNano, IntervalUnit, TimeUnit, TimestampMicrosecondType};
use datafusion::common::plan_err;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Age {
    signature: Signature,
}

impl Age {
    pub fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Age {
    fn name(&self) -> &str {
        "age"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let is_moment = |given: &DataType| given.is_temporal() || given.is_string() || given.is_null();
        if given.len() != 2 || !given.iter().all(is_moment) {
            return plan_err!("age takes two timestamps");
        }
        Ok(vec![DataType::Timestamp(TimeUnit::Microsecond, None); 2])
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Interval(IntervalUnit::MonthDayNano))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [later, earlier] = datafusion::common::utils::take_function_args(self.name(), arguments.args)?;
        let rows = arguments.number_rows;
        let (later, earlier) = (later.into_array(rows)?, earlier.into_array(rows)?);
        let later = later.as_primitive::<TimestampMicrosecondType>();
        let earlier = earlier.as_primitive::<TimestampMicrosecondType>();
        let moment = |micros: i64| DateTime::from_timestamp_micros(micros).map(|moment| moment.naive_utc());
        let ages = later.iter().zip(earlier.iter()).map(|(later, earlier)| Some(age(moment(later?)?, moment(earlier?)?)));
        let ages: ArrayRef = std::sync::Arc::new(ages.collect::<IntervalMonthDayNanoArray>());
        Ok(ColumnarValue::Array(ages))
    }
}

/// Fields are subtracted one by one, and what is negative borrows from the next: a month has as many days as that of the earlier moment.
/// An age before zero is the same with its sign turned, and borrows from the month of the same argument.
fn age(later: NaiveDateTime, earlier: NaiveDateTime) -> IntervalMonthDayNano {
    let turned = later < earlier;
    let (after, before) = if turned { (earlier, later) } else { (later, earlier) };
    let nanoseconds =
        |moment: NaiveDateTime| i64::from(moment.num_seconds_from_midnight()) * 1_000_000_000 + i64::from(moment.nanosecond());
    let months = |moment: NaiveDateTime| moment.year() * 12 + moment.month0() as i32;
    let day = |moment: NaiveDateTime| i32::try_from(moment.day()).unwrap_or_default();
    let (mut time, mut days) = (nanoseconds(after) - nanoseconds(before), day(after) - day(before));
    let mut month = months(after) - months(before);
    if time < 0 {
        time += 86_400_000_000_000;
        days -= 1;
    }
    while days < 0 {
        days += days_of_month(before);
        month -= 1;
    }
    let sign = if turned { -1 } else { 1 };
    IntervalMonthDayNano::new(month * sign, days * sign, time * i64::from(sign))
}

fn days_of_month(moment: NaiveDateTime) -> i32 {
    let (year, month) = if moment.month() == 12 { (moment.year() + 1, 1) } else { (moment.year(), moment.month() + 1) };
    let last = NaiveDate::from_ymd_opt(year, month, 1).and_then(|first| first.pred_opt());
    last.and_then(|last| i32::try_from(last.day()).ok()).unwrap_or(31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT age(timestamp later, timestamp earlier)`.
    #[test]
    fn ages_are_those_of_postgres() {
        let at = |text: &str| text.parse::<NaiveDateTime>().unwrap();
        let day = 86_400_000_000_000_i64;
        for (later, earlier, months, days, time) in [
            ("2001-04-10T00:00:00", "1957-06-13T00:00:00", 43 * 12 + 9, 27, 0),
            ("1957-06-13T00:00:00", "2001-04-10T00:00:00", -(43 * 12 + 9), -27, 0),
            ("2024-03-31T00:00:00", "2024-02-29T00:00:00", 1, 2, 0),
            ("2024-03-01T00:00:00", "2024-01-31T00:00:00", 1, 1, 0),
            ("2024-01-01T10:00:00", "2024-01-03T12:30:00.5", 0, -2, -(day / 24 * 2 + day / 48 + 500_000_000)),
        ] {
            let expected = IntervalMonthDayNano::new(months, days, time);
            assert_eq!(age(at(later), at(earlier)), expected, "{later} {earlier}");
        }
    }
}
