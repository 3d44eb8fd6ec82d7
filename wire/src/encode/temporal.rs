//! Cells of dates, times, timestamps and intervals. Nanoseconds are cut to the microsecond below, since PostgreSQL keeps microseconds;
//! cutting never moves a value into the next second, day or year.

use arrow::array::{Array, ArrowPrimitiveType};
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
    DurationSecondType, IntervalDayTimeType, IntervalMonthDayNanoType, IntervalUnit, IntervalYearMonthType,
    Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};

use super::scalar::primitive_cells;
use super::{Cells, Format};
use crate::backend::SqlError;
use crate::values::CellError;
use crate::values::datetime::{
    EPOCH_SHIFT_DAYS, Layout, check_date, check_time, check_timestamp, write_date, write_time, write_timestamp,
};
use crate::values::interval::Interval;
use crate::values::zone::Zone;

/// Cells of an array by its Arrow type; a timestamp with a zone is written as UTC, see [`zoned_cells`].
pub(super) fn cells(array: &dyn Array, format: Format, layout: Layout) -> Result<Cells<'_>, SqlError> {
    Ok(match array.data_type() {
        DataType::Date32 => date_cells::<Date32Type>(array, format, i64::from),
        DataType::Date64 => date_cells::<Date64Type>(array, format, |millis| millis.div_euclid(86_400_000)),
        DataType::Time32(TimeUnit::Second) => time_cells::<Time32SecondType>(array, format, |value| i64::from(value) * 1_000_000),
        DataType::Time32(_) => time_cells::<Time32MillisecondType>(array, format, |value| i64::from(value) * 1_000),
        DataType::Time64(TimeUnit::Nanosecond) => {
            time_cells::<Time64NanosecondType>(array, format, |value| value.div_euclid(1_000))
        }
        DataType::Time64(_) => time_cells::<Time64MicrosecondType>(array, format, |value| value),
        DataType::Timestamp(_, zone) => {
            let offset = zone.as_ref().map(|_| 0);
            match format {
                Format::Text => timestamp_cells(array, move |micros, out| write_timestamp(micros, offset, layout, out))?,
                Format::Binary => timestamp_cells(array, |micros, out| {
                    out.extend_from_slice(&check_timestamp(micros)?.to_be_bytes());
                    Ok(())
                })?,
            }
        }
        DataType::Interval(IntervalUnit::YearMonth) => {
            interval_cells::<IntervalYearMonthType>(array, format, |months| Interval { months, days: 0, micros: 0 })
        }
        DataType::Interval(IntervalUnit::DayTime) => interval_cells::<IntervalDayTimeType>(array, format, |value| Interval {
            months: 0,
            days: value.days,
            micros: i64::from(value.milliseconds) * 1_000,
        }),
        DataType::Interval(IntervalUnit::MonthDayNano) => interval_cells::<IntervalMonthDayNanoType>(array, format, |value| {
            Interval { months: value.months, days: value.days, micros: value.nanoseconds / 1_000 }
        }),
        DataType::Duration(unit) => duration_cells(array, format, *unit),
        other => return Err(SqlError::new("0A000", format!("type {other} has no form on the Postgres wire"))),
    })
}

fn date_cells<'a, T: ArrowPrimitiveType>(
    array: &'a dyn Array,
    format: Format,
    days: impl Fn(T::Native) -> i64 + Send + 'a,
) -> Cells<'a> {
    match format {
        Format::Text => primitive_cells::<T>(array, move |value, out| write_date(days(value), out)),
        Format::Binary => primitive_cells::<T>(array, move |value, out| {
            // The range check leaves room for the shift.
            out.extend_from_slice(&(check_date(days(value))? - EPOCH_SHIFT_DAYS).to_be_bytes());
            Ok(())
        }),
    }
}

fn time_cells<'a, T: ArrowPrimitiveType>(
    array: &'a dyn Array,
    format: Format,
    micros: impl Fn(T::Native) -> i64 + Send + 'a,
) -> Cells<'a> {
    match format {
        Format::Text => primitive_cells::<T>(array, move |value, out| write_time(micros(value), out)),
        Format::Binary => primitive_cells::<T>(array, move |value, out| {
            out.extend_from_slice(&check_time(micros(value))?.to_be_bytes());
            Ok(())
        }),
    }
}

fn interval_cells<'a, T: ArrowPrimitiveType>(
    array: &'a dyn Array,
    format: Format,
    interval: impl Fn(T::Native) -> Interval + Send + 'a,
) -> Cells<'a> {
    primitive_cells::<T>(array, move |value, out| {
        match format {
            Format::Text => interval(value).write_text(out),
            Format::Binary => interval(value).write_binary(out),
        }
        Ok(())
    })
}

fn duration_cells(array: &dyn Array, format: Format, unit: TimeUnit) -> Cells<'_> {
    // A duration beyond 292,000 years is beyond PostgreSQL's intervals too; it is shown as the longest one.
    let interval = |micros: i64| Interval { months: 0, days: 0, micros };
    match unit {
        TimeUnit::Second => {
            interval_cells::<DurationSecondType>(array, format, move |value| interval(value.saturating_mul(1_000_000)))
        }
        TimeUnit::Millisecond => {
            interval_cells::<DurationMillisecondType>(array, format, move |value| interval(value.saturating_mul(1_000)))
        }
        TimeUnit::Microsecond => interval_cells::<DurationMicrosecondType>(array, format, interval),
        TimeUnit::Nanosecond => interval_cells::<DurationNanosecondType>(array, format, move |value| interval(value / 1_000)),
    }
}

/// Cells of a timestamp array of any unit, from a function on microseconds since 1970.
fn timestamp_cells<'a>(
    array: &'a dyn Array,
    mut write: impl FnMut(i64, &mut Vec<u8>) -> Result<(), CellError> + Send + 'a,
) -> Result<Cells<'a>, SqlError> {
    use arrow::array::AsArray;
    let too_large = CellError::TimestampRange;
    Ok(match array.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => {
            let array = array.as_primitive::<TimestampSecondType>();
            Box::new(move |row, out| write(array.value(row).checked_mul(1_000_000).ok_or(too_large)?, out))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            let array = array.as_primitive::<TimestampMillisecondType>();
            Box::new(move |row, out| write(array.value(row).checked_mul(1_000).ok_or(too_large)?, out))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            let array = array.as_primitive::<TimestampMicrosecondType>();
            Box::new(move |row, out| write(array.value(row), out))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            let array = array.as_primitive::<TimestampNanosecondType>();
            Box::new(move |row, out| write(array.value(row).div_euclid(1_000), out))
        }
        other => return Err(SqlError::new("XX000", format!("expected a timestamp, this is {other}"))),
    })
}

/// The time zone of a type, parsed once for a result.
pub(super) fn zone_of(name: &str) -> Result<Zone, SqlError> {
    Zone::parse(name).ok_or_else(|| SqlError::new("22023", format!("time zone \"{name}\" not recognized")))
}

/// The offset of a zone at a moment, remembered for the hour around it: sorted or clustered timestamps rarely look it up.
struct Offsets {
    zone: Zone,
    hour: Option<i64>,
    offset: i32,
}

impl Offsets {
    fn at(&mut self, micros: i64) -> i32 {
        let seconds = micros.div_euclid(1_000_000);
        let hour = seconds.div_euclid(3_600);
        if self.hour == Some(hour) {
            return self.offset;
        }
        let (first, last) = (self.zone.offset_at(hour * 3_600), self.zone.offset_at(hour * 3_600 + 3_599));
        if first == last {
            (self.hour, self.offset) = (Some(hour), first);
            return first;
        }
        // The clock changes within this hour.
        self.zone.offset_at(seconds)
    }
}

/// Text cells of timestamps with a time zone, in the local time of that zone.
pub(super) fn zoned_cells(array: &dyn Array, zone: Zone, layout: Layout) -> Result<Cells<'_>, SqlError> {
    match zone {
        Zone::Fixed(offset) => timestamp_cells(array, move |micros, out| write_timestamp(micros, Some(offset), layout, out)),
        Zone::Named(_) => {
            let mut offsets = Offsets { zone, hour: None, offset: 0 };
            timestamp_cells(array, move |micros, out| {
                let offset = offsets.at(micros);
                write_timestamp(micros, Some(offset), layout, out)
            })
        }
    }
}
