//! Points in time as options give them, and comparisons of columns with them in the session's time zone.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeZone, Utc};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::{Result, ScalarValue, exec_datafusion_err};
use datafusion::logical_expr::{Expr, cast, lit, try_cast};

/// Microseconds of a day.
pub const DAY_US: i64 = 86_400_000_000;

/// A point in time as a user gave it. A date means the end of that day in the session's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    Date(NaiveDate),
    /// Wall-clock time in the session's time zone.
    Local(NaiveDateTime),
    Instant(DateTime<Utc>),
}

/// Whether a column can be compared with a [`Time`].
pub fn is_time(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Date32 | DataType::Timestamp(_, _))
}

impl Time {
    /// Reads a constant; `None` if it is neither a time nor a text that holds one.
    pub fn read(value: &ScalarValue) -> Option<Self> {
        if let Some(Some(text)) = value.try_as_str() {
            return Self::parse(text.trim());
        }
        let micros = |v: &ScalarValue, zone: Option<&str>| {
            let zone = zone.map(Into::into);
            match v.cast_to(&DataType::Timestamp(TimeUnit::Microsecond, zone)) {
                Ok(ScalarValue::TimestampMicrosecond(Some(us), _)) => DateTime::from_timestamp_micros(us),
                _ => None,
            }
        };
        match value.data_type() {
            DataType::Date32 | DataType::Date64 => micros(value, None).map(|t| Self::Date(t.date_naive())),
            DataType::Timestamp(_, None) => micros(value, None).map(|t| Self::Local(t.naive_utc())),
            DataType::Timestamp(_, Some(_)) => micros(value, Some("UTC")).map(Self::Instant),
            _ => None,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            return Some(Self::Date(date));
        }
        let zoned = ["%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f%#z"];
        if let Some(time) = zoned.iter().find_map(|format| DateTime::parse_from_str(text, format).ok()) {
            return Some(Self::Instant(time.to_utc()));
        }
        if let Some(time) = text.strip_suffix('Z').and_then(parse_local) {
            return Some(Self::Instant(time.and_utc()));
        }
        parse_local(text).map(Self::Local)
    }

    /// The calendar day, in the session's time zone.
    pub fn date(self, time_zone: &str) -> Result<NaiveDate> {
        Ok(match self {
            Self::Date(date) => date,
            Self::Local(time) => time.date(),
            Self::Instant(instant) => instant.with_timezone(&zone(time_zone)?).date_naive(),
        })
    }

    /// Microseconds since 1970 on the clock of a column of this type: UTC for a column with zone, wall clock for one without.
    /// A date gives the first instant after that day.
    pub fn micros(self, data_type: &DataType, time_zone: &str) -> Result<i64> {
        let local = match self {
            Self::Date(date) => midnight_after(date)?,
            Self::Local(time) => time,
            Self::Instant(instant) if matches!(data_type, DataType::Timestamp(_, Some(_))) => {
                return Ok(instant.timestamp_micros());
            }
            Self::Instant(instant) => instant.with_timezone(&zone(time_zone)?).naive_local(),
        };
        match data_type {
            DataType::Timestamp(_, Some(_)) => Ok(to_utc(local, &zone(time_zone)?).timestamp_micros()),
            _ => Ok(local.and_utc().timestamp_micros()),
        }
    }

    /// `at <= self`, where a date includes its whole day. The constant has the column's type, so that files can be skipped by
    /// their statistics.
    pub fn at_or_before(self, at: Expr, data_type: &DataType, time_zone: &str) -> Result<Expr> {
        if *data_type == DataType::Date32 {
            return Ok(at.lt_eq(lit(date_literal(self.date(time_zone)?))));
        }
        let bound = self.micros(data_type, time_zone)?;
        let Some(literal) = timestamp_literal(bound, data_type)?.map(lit) else {
            // Beyond what the column's type can say, all rows lie on one side.
            return Ok(if bound > 0 { at.is_not_null() } else { lit(false) });
        };
        Ok(if matches!(self, Self::Date(_)) { at.lt(literal) } else { at.lt_eq(literal) })
    }
}

fn parse_local(text: &str) -> Option<NaiveDateTime> {
    let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];
    formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
}

fn midnight_after(date: NaiveDate) -> Result<NaiveDateTime> {
    let next = date.checked_add_days(Days::new(1)).ok_or_else(|| exec_datafusion_err!("date out of range"))?;
    Ok(next.and_time(chrono::NaiveTime::MIN))
}

fn zone(name: &str) -> Result<Tz> {
    Ok(name.parse::<Tz>()?)
}

/// The first instant that shows this wall-clock time or, where the clocks jump over it, a later one.
fn to_utc(local: NaiveDateTime, zone: &Tz) -> DateTime<Utc> {
    let shifted = (0..=4).find_map(|hours| zone.from_local_datetime(&(local + chrono::Duration::hours(hours))).earliest());
    shifted.map_or_else(|| local.and_utc(), |time| time.to_utc())
}

pub fn date_literal(date: NaiveDate) -> ScalarValue {
    let days = date.signed_duration_since(NaiveDate::default()).num_days();
    ScalarValue::Date32(i32::try_from(days).ok())
}

/// Microseconds on the column's clock as a constant of the column's type, rounded down where its unit is coarser; `None` where
/// the type does not reach so far.
pub fn timestamp_literal(micros: i64, data_type: &DataType) -> Result<Option<ScalarValue>> {
    Ok(Some(match data_type {
        DataType::Timestamp(TimeUnit::Second, zone) => {
            ScalarValue::TimestampSecond(Some(micros.div_euclid(1_000_000)), zone.clone())
        }
        DataType::Timestamp(TimeUnit::Millisecond, zone) => {
            ScalarValue::TimestampMillisecond(Some(micros.div_euclid(1_000)), zone.clone())
        }
        DataType::Timestamp(TimeUnit::Nanosecond, zone) => {
            let Some(nanos) = micros.checked_mul(1_000) else { return Ok(None) };
            ScalarValue::TimestampNanosecond(Some(nanos), zone.clone())
        }
        DataType::Timestamp(TimeUnit::Microsecond, zone) => ScalarValue::TimestampMicrosecond(Some(micros), zone.clone()),
        other => return Err(exec_datafusion_err!("{other} is not a timestamp")),
    }))
}

/// A time column as microseconds on its own clock (bigint), for differences in days.
pub fn micros_of(at: Expr, data_type: &DataType) -> Expr {
    let zone = match data_type {
        DataType::Timestamp(_, zone) => zone.clone(),
        _ => None,
    };
    // Not a cast of a statement, which has none from a time to a number.
    try_cast(cast(at, DataType::Timestamp(TimeUnit::Microsecond, zone)), DataType::Int64)
}

/// The calendar day of a time column in the session's time zone (date).
pub fn day_of(at: Expr, data_type: &DataType, time_zone: &str) -> Expr {
    match data_type {
        DataType::Date32 => at,
        DataType::Timestamp(unit, Some(_)) => {
            cast(cast(at, DataType::Timestamp(*unit, Some(time_zone.into()))), DataType::Date32)
        }
        _ => cast(at, DataType::Date32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Time {
        Time::read(&ScalarValue::from(text)).unwrap_or_else(|| panic!("{text} is a time"))
    }

    #[test]
    fn a_date_ends_with_its_day_in_the_session_zone() {
        let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let bound = |zone| read("2025-03-30").micros(&zoned, zone).unwrap();
        assert_eq!(bound("UTC"), 1_743_379_200_000_000);
        // PostgreSQL 15: extract(epoch from timestamp '2025-03-31' at time zone 'Europe/Berlin') = 1743372000
        assert_eq!(bound("Europe/Berlin"), 1_743_372_000_000_000);
    }

    #[test]
    fn texts_with_and_without_zone() {
        assert_eq!(read("2025-01-01T10:00:00Z"), read("2025-01-01 11:00:00+01"));
        assert_eq!(read("2025-01-01T10:00:00Z"), read("2025-01-01 11:00:00+01:00"));
        assert!(matches!(read("2025-01-01 10:00"), Time::Local(_)));
        assert!(Time::read(&ScalarValue::from("yesterday")).is_none());
        assert!(Time::read(&ScalarValue::from(3_i64)).is_none());
    }
}
