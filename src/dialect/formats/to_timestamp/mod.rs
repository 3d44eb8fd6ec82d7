//! `to_date(text, pattern)` and `to_timestamp(text, pattern)`, in PostgreSQL's patterns (manual, table 9.27); `to_timestamp(seconds)`.

mod reader;

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use cilake_wire::values::zone::Zone;
use datafusion::arrow::array::{Array, AsArray, Date32Array, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type, TimeUnit};
use datafusion::common::config::ConfigOptions;
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion_functions_customer::type_name::type_name;

use crate::dialect::failure::failed;
use crate::error::SqlState;
use reader::Fields;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// Days from the beginning of the Julian period, and of the calendar of `chrono`, to 1970.
const EPOCH_JULIAN: i64 = 2_440_588;
const EPOCH_FROM_CE: i32 = 719_163;

/// The function of dates, or of moments in the session's zone.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ToTimestamp {
    is_date: bool,
    zone: String,
    signature: Signature,
}

impl ToTimestamp {
    pub fn new(is_date: bool, zone: &str) -> Self {
        Self { is_date, zone: zone.to_owned(), signature: Signature::user_defined(Volatility::Immutable) }
    }

    fn returned(&self) -> DataType {
        match self.is_date {
            true => DataType::Date32,
            false => DataType::Timestamp(TimeUnit::Microsecond, Some(self.zone.as_str().into())),
        }
    }
}

fn out_of_range(what: &str) -> DataFusionError {
    failed(SqlState("22008"), format!("{what} out of range"))
}

impl ScalarUDFImpl for ToTimestamp {
    fn name(&self) -> &str {
        if self.is_date { "to_date" } else { "to_timestamp" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn with_updated_config(&self, config: &ConfigOptions) -> Option<ScalarUDF> {
        Some(ScalarUDF::from(Self::new(self.is_date, config.execution.time_zone.as_deref().unwrap_or("UTC"))))
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let is_text = |data_type: &DataType| data_type.is_string() || data_type.is_null();
        match types {
            [text, pattern] if is_text(text) && is_text(pattern) => Ok(vec![DataType::Utf8, DataType::Utf8]),
            [seconds] if !self.is_date && (seconds.is_numeric() || is_text(seconds)) => Ok(vec![DataType::Float64]),
            _ => {
                let types = types.iter().map(type_name).collect::<Vec<_>>().join(", ");
                let message = format!("function {}({types}) does not exist", self.name());
                Err(failed(SqlState::UNDEFINED_FUNCTION, message))
            }
        }
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.returned())
    }

    fn return_field_from_args(&self, _: ReturnFieldArgs) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(self.name(), self.returned(), true)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let columns = ColumnarValue::values_to_arrays(&args.args)?;
        let zone = Zone::parse(&self.zone);
        let read = |columns: &[Arc<dyn Array>], row: usize| -> Result<Option<i64>> {
            if columns.iter().any(|column| column.is_null(row)) {
                return Ok(None);
            }
            match columns {
                [seconds] => of_seconds(seconds.as_primitive::<Float64Type>().value(row)).map(Some),
                [text, pattern] => {
                    let fields = reader::read(text.as_string::<i32>().value(row), pattern.as_string::<i32>().value(row))?;
                    let days = days_of(&fields)?;
                    if self.is_date { Ok(Some(days)) } else { moment_of(&fields, days, zone).map(Some) }
                }
                _ => internal_err!("{} takes one or two arguments", self.name()),
            }
        };
        let rows = columns.first().map_or(0, |column| column.len());
        let values = (0..rows).map(|row| read(&columns, row)).collect::<Result<Vec<_>>>()?;
        let array: Arc<dyn Array> = match args.return_field.data_type() {
            DataType::Date32 => {
                let days = values.into_iter().map(|days| days.and_then(|days| i32::try_from(days).ok()));
                Arc::new(days.collect::<Date32Array>())
            }
            DataType::Timestamp(_, zone) => {
                Arc::new(values.into_iter().collect::<TimestampMicrosecondArray>().with_timezone_opt(zone.clone()))
            }
            other => return internal_err!("{} does not return {other}", self.name()),
        };
        match constant && array.len() == 1 {
            true => Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?)),
            false => Ok(ColumnarValue::Array(array)),
        }
    }
}

/// Seconds since 1970.
fn of_seconds(seconds: f64) -> Result<i64> {
    if seconds.is_nan() {
        return Err(out_of_range("timestamp"));
    }
    if seconds.is_infinite() {
        return Err(failed(
            SqlState::FEATURE_NOT_SUPPORTED,
            "infinite values of type timestamp with time zone are not supported",
        ));
    }
    let micros = (seconds * SECOND as f64).round_ties_even();
    if micros.abs() > 9.2e18 { Err(out_of_range("timestamp")) } else { Ok(micros as i64) }
}

/// The microseconds of a clock, in its own zone or the session's.
fn moment_of(fields: &Fields, days: i64, zone: Option<Zone>) -> Result<i64> {
    let (mut hours, mut minutes, mut seconds) = (0, 0, 0);
    if fields.seconds_of_day != 0 {
        (hours, minutes, seconds) = (fields.seconds_of_day / 3_600, fields.seconds_of_day / 60 % 60, fields.seconds_of_day % 60);
    }
    let given = |field: i64, other: i64| if field != 0 { field } else { other };
    (hours, minutes, seconds) = (given(fields.hours, hours), given(fields.minutes, minutes), given(fields.seconds, seconds));
    if fields.twelve_hours {
        if !(1..=12).contains(&hours) {
            return Err(failed(SqlState("22007"), format!("hour \"{hours}\" is invalid for the 12-hour clock")));
        }
        hours = hours % 12 + if fields.after_noon { 12 } else { 0 };
    }
    let fraction = fields.millis * 1_000 + fields.micros;
    let is_clock = (0..24).contains(&hours) && (0..60).contains(&minutes) && (0..60).contains(&seconds);
    if !is_clock || !(0..SECOND).contains(&fraction) {
        return Err(out_of_range("date/time field value"));
    }
    let clock = ((hours * 60 + minutes) * 60 + seconds) * SECOND + fraction;
    let local = days.checked_mul(DAY).and_then(|micros| micros.checked_add(clock)).ok_or_else(|| out_of_range("timestamp"))?;
    let offset = match fields.zone {
        Some((sign, hours, minutes)) if (0..=15).contains(&hours) && (0..60).contains(&minutes) => {
            sign * (hours * 3_600 + minutes * 60)
        }
        Some(_) => return Err(out_of_range("date/time field value")),
        None => zone.map_or(0, |zone| i64::from(zone.offset_of_local(local.div_euclid(SECOND)))),
    };
    Ok(local - offset * SECOND)
}

/// The year; 0 is the year 1 before Christ.
fn year_of(fields: &Fields) -> i64 {
    let century = if fields.before_christ { -fields.century } else { fields.century };
    if fields.year == 0 {
        return match century {
            0 => 0,
            1.. => (century - 1) * 100 + 1,
            _ => century * 100 + 1,
        };
    }
    if century != 0 && fields.year_digits <= 2 {
        return match (fields.year % 100, century) {
            (0, 0..) => century * 100,
            (0, _) => century * 100 + 1,
            (year, 0..) => year + (century - 1) * 100,
            (year, _) => (century + 1) * 100 - year + 1,
        };
    }
    match fields.before_christ {
        true => -fields.year + 1,
        false if fields.year < 0 => fields.year + 1,
        false => fields.year,
    }
}

fn date(year: i64, month: i64, day: i64) -> Result<NaiveDate> {
    let parts = (i32::try_from(year), u32::try_from(month), u32::try_from(day));
    let found = match parts {
        (Ok(year), Ok(month), Ok(day)) => NaiveDate::from_ymd_opt(year, month, day),
        _ => None,
    };
    found.ok_or_else(|| out_of_range("date/time field value"))
}

/// Days of a date since 1970.
fn days(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce() - EPOCH_FROM_CE)
}

/// The Monday of the first week of a year of weeks.
fn first_monday(year: i64) -> Result<i64> {
    let fourth = date(year, 1, 4)?;
    Ok(days(fourth) - i64::from(fourth.weekday().num_days_from_monday()))
}

fn days_of(fields: &Fields) -> Result<i64> {
    let mut year = year_of(fields);
    let (mut month, mut day) = (1, 1);
    if fields.julian != 0 {
        let date = i32::try_from(fields.julian - EPOCH_JULIAN + i64::from(EPOCH_FROM_CE)).ok();
        let date = date.and_then(NaiveDate::from_num_days_from_ce_opt).ok_or_else(|| out_of_range("date"))?;
        (year, month, day) = (date.year().into(), date.month().into(), date.day().into());
    }
    let mut day_of_year = fields.day_of_year;
    if fields.week != 0 && fields.is_iso {
        // From Monday; a day of the week is kept from Sunday.
        let of_week = match fields.day_of_week {
            0 => 0,
            day => (day + 5) % 7,
        };
        return Ok(first_monday(year)? + (fields.week - 1) * 7 + of_week);
    }
    if fields.week != 0 {
        day_of_year = (fields.week - 1) * 7 + 1;
    }
    if fields.week_of_month != 0 {
        day = (fields.week_of_month - 1) * 7 + 1;
    }
    day = if fields.day != 0 { fields.day } else { day };
    month = if fields.month != 0 { fields.month } else { month };
    if day_of_year != 0 && (month <= 1 || day <= 1) {
        if year == 0 && !fields.before_christ {
            return Err(failed(SqlState("22007"), "cannot calculate day of year without year information"));
        }
        if fields.is_iso {
            return Ok(first_monday(year)? + day_of_year - 1);
        }
        let first = date(year, 1, 1)?;
        let found = u32::try_from(day_of_year).ok().and_then(|ordinal| first.with_ordinal(ordinal));
        return found.map(days).ok_or_else(|| out_of_range("date/time field value"));
    }
    date(year, month, day).map(days)
}
