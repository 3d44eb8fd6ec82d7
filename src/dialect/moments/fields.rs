//! `extract(field FROM moment)`, which is a `numeric`, and `date_part('field', moment)`, which is a `double precision`: the fields of the
//! manual's table in 9.9.1, and which types have them.

use std::sync::Arc;

use cilake_wire::values::datetime::{Civil, DAY_MICROS};
use cilake_wire::values::zone::Zone;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Float64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Field, FieldRef, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit, Time64MicrosecondType,
    TimeUnit, TimestampMicrosecondType,
};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::functions::datetime::date_part::DatePartFunc;
use datafusion::logical_expr::preimage::PreimageResult;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility, lit,
};
use datafusion_functions_customer::type_name::type_name;

use crate::dialect::failure::{failed, undefined};

const SECOND: i64 = 1_000_000;
/// Days of the Julian calendar up to 1970.
const JULIAN_EPOCH: i64 = 2_440_588;
/// In seconds, as `extract(epoch FROM interval)` counts them: 365.25 days.
const YEAR: i128 = 31_557_600;
const MONTH: i128 = 30 * 86_400;

/// Both functions.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Extract {
    /// Whether the result is exact.
    exact: bool,
    signature: Signature,
}

impl Extract {
    pub fn numeric() -> Self {
        Self { exact: true, signature: Signature::user_defined(Volatility::Immutable) }
    }

    pub fn date_part() -> Self {
        Self { exact: false, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Millennium,
    Century,
    Decade,
    Year,
    IsoYear,
    Quarter,
    Month,
    Week,
    Day,
    DayOfWeek,
    IsoDayOfWeek,
    DayOfYear,
    Hour,
    Minute,
    Second,
    Milliseconds,
    Microseconds,
    Epoch,
    Julian,
    Timezone,
    TimezoneHour,
    TimezoneMinute,
}

/// The field of a name, by PostgreSQL's table of words.
fn part(name: &str) -> Option<Part> {
    Some(match name.to_lowercase().as_str() {
        "millennium" | "millennia" | "mil" | "mils" => Part::Millennium,
        "century" | "centuries" | "cent" | "c" => Part::Century,
        "decade" | "decades" | "dec" | "decs" => Part::Decade,
        "year" | "years" | "yr" | "yrs" | "y" => Part::Year,
        "isoyear" => Part::IsoYear,
        "quarter" | "qtr" => Part::Quarter,
        "month" | "months" | "mon" | "mons" => Part::Month,
        "week" | "weeks" | "w" => Part::Week,
        "day" | "days" | "d" => Part::Day,
        "dow" => Part::DayOfWeek,
        "isodow" => Part::IsoDayOfWeek,
        "doy" => Part::DayOfYear,
        "hour" | "hours" | "hr" | "hrs" | "h" => Part::Hour,
        "minute" | "minutes" | "min" | "mins" | "m" => Part::Minute,
        "second" | "seconds" | "sec" | "secs" | "s" => Part::Second,
        "millisecond" | "milliseconds" | "msec" | "msecs" | "ms" => Part::Milliseconds,
        "microsecond" | "microseconds" | "usec" | "usecs" | "us" => Part::Microseconds,
        "epoch" => Part::Epoch,
        "julian" | "j" | "jd" => Part::Julian,
        "timezone" => Part::Timezone,
        "timezone_hour" | "timezone_h" => Part::TimezoneHour,
        "timezone_minute" | "timezone_m" => Part::TimezoneMinute,
        _ => return None,
    })
}

/// What a field is taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Date,
    Time,
    /// With the clock of a zone, where the type has one.
    Moment(Option<Zone>),
    Interval,
}

impl Source {
    fn of(data_type: &DataType) -> Option<Self> {
        Some(match data_type {
            DataType::Date32 => Self::Date,
            DataType::Time64(_) => Self::Time,
            DataType::Timestamp(_, None) => Self::Moment(None),
            DataType::Timestamp(_, Some(zone)) => Self::Moment(Some(Zone::parse(zone).unwrap_or(Zone::Fixed(0)))),
            DataType::Interval(_) => Self::Interval,
            _ => return None,
        })
    }

    fn has(self, part: Part) -> bool {
        use Part::{
            Century, Day, DayOfWeek, DayOfYear, Decade, Epoch, Hour, IsoDayOfWeek, IsoYear, Julian, Microseconds, Millennium,
            Milliseconds, Minute, Month, Quarter, Second, Timezone, TimezoneHour, TimezoneMinute, Week, Year,
        };
        match part {
            Epoch => true,
            Hour | Minute | Second | Milliseconds | Microseconds => self != Self::Date,
            Year | Month | Day | Quarter | Decade | Century | Millennium => self != Self::Time,
            Week | IsoYear | DayOfWeek | IsoDayOfWeek | DayOfYear | Julian => matches!(self, Self::Date | Self::Moment(_)),
            Timezone | TimezoneHour | TimezoneMinute => matches!(self, Self::Moment(Some(_))),
        }
    }
}

/// Decimals of a field: those that PostgreSQL shows.
fn decimals(part: Part, source: Source) -> i8 {
    match part {
        Part::Second => 6,
        Part::Milliseconds => 3,
        Part::Epoch if source != Source::Date => 6,
        Part::Julian if source != Source::Date => 20,
        _ => 0,
    }
}

impl Extract {
    fn checked(name: &str, source: Source, data_type: &DataType) -> Result<Part> {
        let shown = type_name(data_type);
        let Some(part) = part(name) else { return Err(failed("22023", format!("unit not recognized for type {shown}"))) };
        match source.has(part) {
            true => Ok(part),
            false => Err(failed("0A000", format!("unit not supported for type {shown}"))),
        }
    }
}

impl ScalarUDFImpl for Extract {
    fn name(&self) -> &str {
        if self.exact { "extract" } else { "date_part" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let [name, source] = types else { return Err(undefined(self.name(), types)) };
        if !name.is_string() && !name.is_null() {
            return Err(undefined(self.name(), types));
        }
        let source = match source {
            DataType::Date32 => DataType::Date32,
            DataType::Time32(_) | DataType::Time64(_) => DataType::Time64(TimeUnit::Microsecond),
            DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
            DataType::Interval(_) | DataType::Duration(_) => DataType::Interval(IntervalUnit::MonthDayNano),
            DataType::Null => DataType::Timestamp(TimeUnit::Microsecond, None),
            _ => return Err(undefined(self.name(), types)),
        };
        Ok(vec![DataType::Utf8, source])
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("the type follows the field")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let data_type = match (self.exact, args.scalar_arguments.first(), args.arg_fields.get(1)) {
            (true, Some(Some(name)), Some(field)) => {
                let (Some(source), Some(Some(name))) = (Source::of(field.data_type()), name.try_as_str()) else {
                    return Ok(Arc::new(Field::new(self.name(), DataType::Decimal128(18, 6), true)));
                };
                match decimals(Self::checked(name, source, field.data_type())?, source) {
                    0 => DataType::Decimal128(18, 0),
                    20 => DataType::Decimal128(28, 20),
                    decimals => DataType::Decimal128(18, decimals),
                }
            }
            (true, ..) => DataType::Decimal128(18, 6),
            (false, ..) => DataType::Float64,
        };
        Ok(Arc::new(Field::new(self.name(), data_type, true)))
    }

    /// A year is what is between two days, by which files may be skipped; the engine knows which, of a whole number.
    fn preimage(&self, args: &[Expr], number: &Expr, context: &SimplifyContext) -> Result<PreimageResult> {
        let year = match number.as_literal() {
            Some(ScalarValue::Decimal128(Some(digits), _, scale @ 0..)) => {
                let unit = 10_i128.pow(u32::from(scale.unsigned_abs()));
                (digits % unit == 0).then(|| i32::try_from(digits / unit).ok()).flatten()
            }
            Some(ScalarValue::Float64(Some(year))) if year.fract() == 0.0 => Some(*year as i32),
            _ => None,
        };
        match year.filter(|year| (1..=9_999).contains(year)) {
            Some(year) => DatePartFunc::new().preimage(args, &lit(year), context),
            None => Ok(PreimageResult::None),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let count = if constant { 1 } else { args.number_rows };
        let [names, values] = args.args.as_slice() else { return internal_err!("{} takes two arguments", self.name()) };
        let (names, values) = (cast(&names.to_array(count)?, &DataType::Utf8)?, values.to_array(count)?);
        let names = names.as_string::<i32>();
        let Some(source) = Source::of(values.data_type()) else { return internal_err!("a field of {}", values.data_type()) };
        let read = reader(&values, source)?;
        let scale = match args.return_field.data_type() {
            DataType::Decimal128(_, scale) => Some(*scale),
            _ => None,
        };
        let mut last: Option<(&str, Part)> = None;
        let mut numbers: Vec<Option<(i128, i8)>> = Vec::with_capacity(count);
        for row in 0..count {
            if names.is_null(row) || values.is_null(row) {
                numbers.push(None);
                continue;
            }
            let name = names.value(row);
            let part = match last {
                Some((known, part)) if known == name => part,
                _ => Self::checked(name, source, values.data_type())?,
            };
            last = Some((name, part));
            numbers.push(Some((read(part, row), decimals(part, source))));
        }
        let array: ArrayRef = match scale {
            Some(scale) => {
                let brought = |(number, decimals): (i128, i8)| number * 10_i128.pow(u32::from((scale - decimals).unsigned_abs()));
                let numbers = numbers.into_iter().map(|number| number.map(brought));
                let exact = numbers.collect::<Decimal128Array>().with_data_type(args.return_field.data_type().clone());
                Arc::new(exact)
            }
            None => {
                let double = |(number, decimals): (i128, i8)| number as f64 / 10_f64.powi(i32::from(decimals));
                Arc::new(numbers.into_iter().map(|number| number.map(double)).collect::<Float64Array>())
            }
        };
        Ok(match constant {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?),
            false => ColumnarValue::Array(array),
        })
    }
}

/// Reads a field of a row, with all its decimals as one whole number.
type Reader = Box<dyn Fn(Part, usize) -> i128>;

fn reader(values: &ArrayRef, source: Source) -> Result<Reader> {
    Ok(match source {
        Source::Date => {
            let days = values.as_primitive::<Date32Type>().clone();
            Box::new(move |part, row| of_moment(part, i64::from(days.value(row)) * DAY_MICROS, None, true))
        }
        Source::Time => {
            let times = values.as_primitive::<Time64MicrosecondType>().clone();
            Box::new(move |part, row| match part {
                Part::Epoch => i128::from(times.value(row)),
                part => of_clock(part, times.value(row)),
            })
        }
        Source::Moment(zone) => {
            let moments = values.as_primitive::<TimestampMicrosecondType>().clone();
            Box::new(move |part, row| of_moment(part, moments.value(row), zone, false))
        }
        Source::Interval => {
            let intervals = values.as_primitive::<IntervalMonthDayNanoType>().clone();
            Box::new(move |part, row| of_interval(part, intervals.value(row)))
        }
    })
}

fn of_moment(part: Part, utc: i64, zone: Option<Zone>, is_date: bool) -> i128 {
    let offset = zone.map_or(0, |zone| i64::from(zone.offset_at(utc.div_euclid(SECOND))));
    let local = i128::from(utc) + i128::from(offset * SECOND);
    let day_micros = i128::from(DAY_MICROS);
    let days = i64::try_from(local.div_euclid(day_micros)).unwrap_or_default();
    let clock = i64::try_from(local.rem_euclid(day_micros)).unwrap_or_default();
    match part {
        Part::Epoch if is_date => i128::from(utc / SECOND),
        Part::Epoch => i128::from(utc),
        Part::Julian if is_date => i128::from(days + JULIAN_EPOCH),
        Part::Julian => {
            let unit = 10_i128.pow(20);
            let numerator = i128::from(clock) * (unit / 1_000_000);
            let divisor = day_micros / 1_000_000;
            i128::from(days + JULIAN_EPOCH) * unit + (numerator + divisor / 2) / divisor
        }
        Part::Timezone => i128::from(offset),
        Part::TimezoneHour => i128::from(offset / 3_600),
        Part::TimezoneMinute => i128::from(offset / 60 % 60),
        Part::DayOfWeek => i128::from((days + 4).rem_euclid(7)),
        Part::IsoDayOfWeek => i128::from((days + 3).rem_euclid(7) + 1),
        Part::Hour | Part::Minute | Part::Second | Part::Milliseconds | Part::Microseconds => of_clock(part, clock),
        part => of_date(part, days),
    }
}

fn of_date(part: Part, days: i64) -> i128 {
    let civil = |days: i64| Civil::from_days(i32::try_from(days).unwrap_or_default());
    let first_of = |year: i32| Civil { year, month: 1, day: 1 }.to_days().unwrap_or_default();
    let date = civil(days);
    // There is no year zero: 1 BC is the year before 1.
    let year = |year: i32| i128::from(if year > 0 { year } else { year - 1 });
    // A week belongs to the year of its Thursday.
    let thursday = civil(days - (days + 3).rem_euclid(7) + 3);
    // The years of a span end with its number, as 2000 is the last of the 20th century.
    let span = |years: i32| match date.year {
        positive @ 1.. => i128::from((positive + years - 1) / years),
        negative => -i128::from((years - negative) / years),
    };
    match part {
        Part::Year => year(date.year),
        Part::IsoYear => year(thursday.year),
        Part::Month => i128::from(date.month),
        Part::Quarter => i128::from((date.month - 1) / 3 + 1),
        Part::Day => i128::from(date.day),
        Part::DayOfYear => i128::from(days - first_of(date.year) + 1),
        Part::Week => i128::from((days - (days + 3).rem_euclid(7) + 3 - first_of(thursday.year)) / 7 + 1),
        Part::Decade => i128::from(date.year.div_euclid(10)),
        Part::Century => span(100),
        Part::Millennium => span(1_000),
        _ => 0,
    }
}

fn of_clock(part: Part, micros: i64) -> i128 {
    i128::from(match part {
        Part::Hour => micros / (3_600 * SECOND),
        Part::Minute => micros / (60 * SECOND) % 60,
        _ => micros % (60 * SECOND),
    })
}

fn of_interval(part: Part, interval: IntervalMonthDayNano) -> i128 {
    let micros = interval.nanoseconds / 1_000;
    let (years, months) = (interval.months / 12, interval.months % 12);
    match part {
        Part::Year => i128::from(years),
        Part::Month => i128::from(months),
        Part::Quarter => i128::from(months / 3 + 1),
        Part::Day => i128::from(interval.days),
        Part::Decade => i128::from(years / 10),
        Part::Century => i128::from(years / 100),
        Part::Millennium => i128::from(years / 1_000),
        Part::Epoch => {
            let days = i128::from(years) * YEAR + i128::from(months) * MONTH + i128::from(interval.days) * 86_400;
            days * 1_000_000 + i128::from(micros)
        }
        part => of_clock(part, micros),
    }
}
