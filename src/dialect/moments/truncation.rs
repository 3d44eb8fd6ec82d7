//! `date_trunc(field, source [, zone])`: what is below the field becomes zero, by the clock of the source's zone or of the one named. Of a time it is
//! an interval.

use std::sync::Arc;

use cilake_wire::values::datetime::{Civil, DAY_MICROS};
use cilake_wire::values::zone::Zone;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, IntervalMonthDayNanoArray, TimestampMicrosecondArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Date32Type, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit, Time64NanosecondType, TimeUnit,
    TimestampMicrosecondType,
};
use datafusion::common::config::ConfigOptions;
use datafusion::common::{DataFusionError, Result, ScalarValue, internal_err};
use datafusion::logical_expr::sort_properties::{ExprProperties, SortProperties};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use datafusion_functions_customer::type_name::type_name;

use super::zones;
use crate::dialect::failure::{failed, undefined};

const SECOND: i64 = 1_000_000;
const DAY_SECONDS: i64 = DAY_MICROS / SECOND;

/// The function; dates become moments of the session's zone.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct DateTrunc {
    zone: String,
    signature: Signature,
}

impl DateTrunc {
    pub fn new(zone: &str) -> Self {
        Self { zone: zone.to_owned(), signature: Signature::user_defined(Volatility::Immutable) }
    }

    fn moment(&self) -> DataType {
        DataType::Timestamp(TimeUnit::Microsecond, Some(self.zone.as_str().into()))
    }

    /// The moments at which days begin by the clock of the session.
    fn beginnings(&self, days: &ArrayRef) -> Result<ArrayRef> {
        let zone = zone_of_type(&self.zone);
        let moments: TimestampMicrosecondArray = days.as_primitive::<Date32Type>().try_unary(|day| {
            let local = i64::from(day).checked_mul(DAY_MICROS);
            let local = local.ok_or_else(|| failed("22008", "date out of range for timestamp"))?;
            Ok::<_, DataFusionError>(local - i64::from(zone.offset_of_local(i64::from(day) * DAY_SECONDS)) * SECOND)
        })?;
        Ok(Arc::new(moments.with_data_type(self.moment())))
    }
}

/// A field, from the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Microseconds,
    Milliseconds,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Decade,
    Century,
    Millennium,
}

fn unit(name: &str) -> Option<Unit> {
    Some(match name.to_lowercase().as_str() {
        "millennium" | "millennia" | "mil" | "mils" => Unit::Millennium,
        "century" | "centuries" | "cent" | "c" => Unit::Century,
        "decade" | "decades" | "dec" | "decs" => Unit::Decade,
        "year" | "years" | "yr" | "yrs" | "y" => Unit::Year,
        "quarter" | "qtr" => Unit::Quarter,
        "month" | "months" | "mon" | "mons" => Unit::Month,
        "week" | "weeks" | "w" => Unit::Week,
        "day" | "days" | "d" => Unit::Day,
        "hour" | "hours" | "hr" | "hrs" | "h" => Unit::Hour,
        "minute" | "minutes" | "min" | "mins" | "m" => Unit::Minute,
        "second" | "seconds" | "sec" | "secs" | "s" => Unit::Second,
        "millisecond" | "milliseconds" | "msec" | "msecs" | "ms" => Unit::Milliseconds,
        "microsecond" | "microseconds" | "usec" | "usecs" | "us" => Unit::Microseconds,
        _ => return None,
    })
}

/// Words that name a field of other functions.
const FIELDS_OF_OTHERS: [&str; 9] =
    ["dow", "isodow", "doy", "epoch", "julian", "isoyear", "timezone", "timezone_hour", "timezone_minute"];

impl ScalarUDFImpl for DateTrunc {
    fn name(&self) -> &str {
        "date_trunc"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn with_updated_config(&self, config: &ConfigOptions) -> Option<ScalarUDF> {
        Some(ScalarUDF::from(Self::new(config.execution.time_zone.as_deref().unwrap_or("UTC"))))
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let is_text = |data_type: &DataType| data_type.is_string() || data_type.is_null();
        Ok(match types {
            [unit, source] if is_text(unit) => {
                let source = match source {
                    DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
                    DataType::Interval(_) | DataType::Duration(_) => DataType::Interval(IntervalUnit::MonthDayNano),
                    DataType::Time64(_) => DataType::Time64(TimeUnit::Nanosecond),
                    DataType::Date32 => DataType::Date32,
                    DataType::Null => self.moment(),
                    _ => return Err(undefined(self.name(), types)),
                };
                vec![DataType::Utf8, source]
            }
            [unit, DataType::Timestamp(..) | DataType::Date32 | DataType::Null, zone] if is_text(unit) && is_text(zone) => {
                vec![DataType::Utf8, self.moment(), DataType::Utf8]
            }
            _ => return Err(undefined(self.name(), types)),
        })
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match types.get(1) {
            Some(DataType::Date32) => Ok(self.moment()),
            Some(DataType::Time64(_)) => Ok(DataType::Interval(IntervalUnit::MonthDayNano)),
            Some(source) => Ok(source.clone()),
            None => internal_err!("date_trunc takes two arguments"),
        }
    }

    fn output_ordering(&self, inputs: &[ExprProperties]) -> Result<SortProperties> {
        // Of the same field, a later moment has no earlier beginning.
        Ok(match inputs {
            [unit, source] if unit.sort_properties == SortProperties::Singleton => source.sort_properties,
            _ => SortProperties::Unordered,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let moments = |source: &ArrayRef| match source.data_type() {
            DataType::Date32 => self.beginnings(source),
            _ => Ok(Arc::clone(source)),
        };
        if let [ColumnarValue::Scalar(unit), ColumnarValue::Array(source)] = args.args.as_slice()
            && let (Some(Some(name)), source) = (unit.try_as_str(), moments(source)?)
            && let DataType::Timestamp(_, own) = source.data_type()
        {
            return Ok(ColumnarValue::Array(of_moments(read(name, source.data_type())?, &source, own.as_deref())));
        }
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let count = if constant { 1 } else { args.number_rows };
        let columns = args.args.iter().map(|argument| argument.to_array(count)).collect::<Result<Vec<_>>>()?;
        let (units, source, zones) = match columns.as_slice() {
            [units, source] => (units, moments(source)?, None),
            [units, source, zones] => (units, moments(source)?, Some(cast(zones, &DataType::Utf8)?)),
            _ => return internal_err!("date_trunc takes two arguments"),
        };
        let units = cast(units, &DataType::Utf8)?;
        let of_type = match source.data_type() {
            DataType::Time64(_) => DataType::Interval(IntervalUnit::MonthDayNano),
            other => other.clone(),
        };
        let mut unit_of = remembered(&units, move |name| read(name, &of_type));
        let named = |name: &str| zones::named(name).ok_or_else(|| failed("22023", "time zone not recognized"));
        let mut zone_of = zones.as_ref().map(|zones| remembered(zones, named));
        // A time of day is an interval to PostgreSQL.
        let as_interval = source.as_primitive_opt::<Time64NanosecondType>().map(|times| {
            let intervals = times.iter().map(|time| time.map(|time| IntervalMonthDayNano::new(0, 0, time)));
            Arc::new(intervals.collect::<IntervalMonthDayNanoArray>()) as ArrayRef
        });
        let source = as_interval.as_ref().unwrap_or(&source);
        let array: ArrayRef = match source.data_type() {
            DataType::Interval(_) => {
                let intervals = source.as_primitive::<IntervalMonthDayNanoType>();
                let cut = (0..count).map(|row| match unit_of(row)? {
                    Some(unit) if intervals.is_valid(row) => of_interval(unit, intervals.value(row)).map(Some),
                    _ => Ok(None),
                });
                Arc::new(cut.collect::<Result<IntervalMonthDayNanoArray>>()?)
            }
            data_type => {
                let own = match data_type {
                    DataType::Timestamp(_, Some(zone)) => Some(zone_of_type(zone)),
                    _ => None,
                };
                let moments = source.as_primitive::<TimestampMicrosecondType>();
                let cut = (0..count).map(|row| {
                    let zone = match &mut zone_of {
                        Some(zone_of) => match zone_of(row)? {
                            Some(zone) => Some(zone),
                            None => return Ok(None),
                        },
                        None => own,
                    };
                    Ok(unit_of(row)?.filter(|_| moments.is_valid(row)).map(|unit| of_moment(unit, moments.value(row), zone)))
                });
                let cut = cut.collect::<Result<TimestampMicrosecondArray>>()?;
                Arc::new(cut.with_data_type(data_type.clone()))
            }
        };
        Ok(match constant {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?),
            false => ColumnarValue::Array(array),
        })
    }
}

/// What each text of a column means; the last one is remembered, for it is mostly the same.
fn remembered<'a, T: Copy + 'a>(
    texts: &'a ArrayRef,
    read: impl Fn(&str) -> Result<T> + 'a,
) -> impl FnMut(usize) -> Result<Option<T>> + 'a {
    let mut last: Option<(&'a str, T)> = None;
    move |row| {
        let texts = texts.as_string::<i32>();
        if texts.is_null(row) {
            return Ok(None);
        }
        let text = texts.value(row);
        if let Some((_, meaning)) = last.filter(|(known, _)| *known == text) {
            return Ok(Some(meaning));
        }
        let meaning = read(text)?;
        last = Some((text, meaning));
        Ok(Some(meaning))
    }
}

fn read(name: &str, data_type: &DataType) -> Result<Unit> {
    unit(name).ok_or_else(|| {
        let shown = type_name(data_type);
        match FIELDS_OF_OTHERS.contains(&name.to_lowercase().as_str()) {
            true => failed("0A000", format!("unit not supported for type {shown}")),
            false => failed("22023", format!("unit not recognized for type {shown}")),
        }
    })
}

fn zone_of_type(name: &str) -> Zone {
    Zone::parse(name).unwrap_or(Zone::Fixed(0))
}

/// All moments of a column by one field: what dashboards ask.
fn of_moments(unit: Unit, source: &ArrayRef, zone: Option<&str>) -> ArrayRef {
    let moments = source.as_primitive::<TimestampMicrosecondType>();
    let cut: TimestampMicrosecondArray = match zone.map(zone_of_type) {
        None | Some(Zone::Fixed(0)) => moments.unary(|moment| of_local(unit, moment)),
        zone => moments.unary(|moment| of_moment(unit, moment, zone)),
    };
    Arc::new(cut.with_data_type(source.data_type().clone()))
}

fn of_moment(unit: Unit, utc: i64, zone: Option<Zone>) -> i64 {
    let Some(zone) = zone else { return of_local(unit, utc) };
    let offset = i64::from(zone.offset_at(utc.div_euclid(SECOND))) * SECOND;
    let local = of_local(unit, utc.saturating_add(offset));
    // An hour that the clock shows twice stays the one it is.
    let offset = if unit > Unit::Hour { i64::from(zone.offset_of_local(local.div_euclid(SECOND))) * SECOND } else { offset };
    local.saturating_sub(offset)
}

fn of_local(unit: Unit, micros: i64) -> i64 {
    let step = match unit {
        Unit::Microseconds => return micros,
        Unit::Milliseconds => 1_000,
        Unit::Second => SECOND,
        Unit::Minute => 60 * SECOND,
        Unit::Hour => 3_600 * SECOND,
        _ => DAY_MICROS,
    };
    if unit <= Unit::Day {
        return micros.saturating_sub(micros.rem_euclid(step));
    }
    let days = micros.div_euclid(DAY_MICROS);
    if unit == Unit::Week {
        return (days - (days + 3).rem_euclid(7)) * DAY_MICROS;
    }
    let date = Civil::from_days(i32::try_from(days).unwrap_or_default());
    // A century begins with its year 1; before Christ as well.
    let first_of = |years: i32| (date.year - 1).div_euclid(years) * years + 1;
    let (year, month) = match unit {
        Unit::Month => (date.year, date.month),
        Unit::Quarter => (date.year, (date.month - 1) / 3 * 3 + 1),
        Unit::Year => (date.year, 1),
        Unit::Decade => (date.year.div_euclid(10) * 10, 1),
        Unit::Century => (first_of(100), 1),
        _ => (first_of(1_000), 1),
    };
    Civil { year, month, day: 1 }.to_days().unwrap_or_default() * DAY_MICROS
}

fn of_interval(unit: Unit, interval: IntervalMonthDayNano) -> Result<IntervalMonthDayNano> {
    let IntervalMonthDayNano { months, days, nanoseconds } = interval;
    let cut = |step: i64| nanoseconds / step * step;
    let to_months = |step: i32| IntervalMonthDayNano::new(months / step * step, 0, 0);
    Ok(match unit {
        Unit::Week => {
            let error = "unit \"week\" not supported for type interval";
            return Err(failed("0A000", error));
        }
        Unit::Microseconds => IntervalMonthDayNano::new(months, days, cut(1_000)),
        Unit::Milliseconds => IntervalMonthDayNano::new(months, days, cut(1_000_000)),
        Unit::Second => IntervalMonthDayNano::new(months, days, cut(1_000_000_000)),
        Unit::Minute => IntervalMonthDayNano::new(months, days, cut(60_000_000_000)),
        Unit::Hour => IntervalMonthDayNano::new(months, days, cut(3_600_000_000_000)),
        Unit::Day => IntervalMonthDayNano::new(months, days, 0),
        Unit::Month => to_months(1),
        Unit::Quarter => to_months(3),
        Unit::Year => to_months(12),
        Unit::Decade => to_months(120),
        Unit::Century => to_months(1_200),
        Unit::Millennium => to_months(12_000),
    })
}
