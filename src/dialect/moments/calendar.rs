//! Dates, times and intervals from their parts, and rounded to steps: `make_date` and its like, `justify_days` and its like, `date_bin`
//! (PostgreSQL's manual, table 9.33).

use chrono::Utc;
use cilake_wire::values::datetime::{Civil, DAY_MICROS, check_date, check_timestamp};
use datafusion::arrow::datatypes::{DataType, IntervalMonthDayNano};
use datafusion::common::{Result, internal_err};
use datafusion::logical_expr::{Expr, ScalarUDF, Volatility};

use super::{intervals, zones};
use crate::dialect::failure::failed;
use crate::dialect::functions::overloaded::{Context, Definition, Form, Overloaded, Type, Value};

const SECOND: i64 = 1_000_000;
const DAYS_PER_MONTH: i32 = 30;

/// Sources: src/backend/utils/adt/timestamp.c and date.c of PostgreSQL 15.
pub const FUNCTIONS: &[Definition] = &[
    Definition::new(
        "make_date",
        &[Form {
            arguments: &[Type::Int4, Type::Int4, Type::Int4],
            returns: Type::Date,
            call: |_, row| date(row).map(Value::Date),
        }],
    ),
    Definition::new(
        "make_time",
        &[Form {
            arguments: &[Type::Int4, Type::Int4, Type::Float8],
            returns: Type::Time,
            call: |_, row| clock(row, "time").map(Value::Time),
        }],
    ),
    Definition::new(
        "make_timestamp",
        &[Form { arguments: PARTS, returns: Type::Timestamp, call: |_, row| local(row).map(Value::Moment) }],
    ),
    Definition::new(
        "make_timestamptz",
        &[
            Form { arguments: PARTS, returns: Type::TimestampTz, call: make_timestamptz },
            Form { arguments: PARTS_IN_ZONE, returns: Type::TimestampTz, call: make_timestamptz },
        ],
    ),
    Definition::new("make_interval", &[Form { arguments: INTERVAL_PARTS, returns: Type::Interval, call: make_interval }]),
    Definition::new(
        "justify_days",
        &[Form { arguments: &[Type::Interval], returns: Type::Interval, call: |_, row| justified(row, true, false) }],
    ),
    Definition::new(
        "justify_hours",
        &[Form { arguments: &[Type::Interval], returns: Type::Interval, call: |_, row| justified(row, false, true) }],
    ),
    Definition::new(
        "justify_interval",
        &[Form { arguments: &[Type::Interval], returns: Type::Interval, call: |_, row| justified(row, true, true) }],
    ),
    Definition::new(
        "isfinite",
        &[
            Form { arguments: &[Type::TimestampTz], returns: Type::Bool, call: |_, _| Ok(Value::Bool(true)) },
            Form { arguments: &[Type::Timestamp], returns: Type::Bool, call: |_, _| Ok(Value::Bool(true)) },
            Form { arguments: &[Type::Date], returns: Type::Bool, call: |_, _| Ok(Value::Bool(true)) },
            Form { arguments: &[Type::Interval], returns: Type::Bool, call: |_, _| Ok(Value::Bool(true)) },
        ],
    ),
    Definition::new(
        "date_bin",
        &[
            Form {
                arguments: &[Type::Interval, Type::TimestampTz, Type::TimestampTz],
                returns: Type::TimestampTz,
                call: date_bin,
            },
            Form { arguments: &[Type::Interval, Type::Timestamp, Type::Timestamp], returns: Type::Timestamp, call: date_bin },
        ],
    ),
    Definition::new(
        "timestamp_scale",
        &[
            Form { arguments: &[Type::Timestamp, Type::Int4], returns: Type::Timestamp, call: |_, row| scaled(row) },
            Form { arguments: &[Type::TimestampTz, Type::Int4], returns: Type::TimestampTz, call: |_, row| scaled(row) },
            Form { arguments: &[Type::Time, Type::Int4], returns: Type::Time, call: |_, row| scaled(row) },
        ],
    ),
    Definition::new(
        "interval_cut",
        &[Form {
            arguments: &[Type::Interval, Type::Text, Type::Int4],
            returns: Type::Interval,
            call: |_, row| interval_cut(row),
        }],
    ),
    Definition::new("interval_time", &[Form { arguments: &[Type::Interval], returns: Type::Time, call: |_, row| time_of(row) }]),
    Definition::new(
        "time_interval",
        &[Form { arguments: &[Type::Time], returns: Type::Interval, call: |_, row| length_of(row) }],
    ),
    // It has a zone in PostgreSQL, and times have none here.
    Definition::new(
        "current_time",
        &[Form {
            arguments: &[],
            returns: Type::Time,
            call: |_, _| Err(failed("0A000", "type time with time zone is not supported")),
        }],
    ),
    Definition {
        name: "clock_timestamp",
        forms: &[Form {
            arguments: &[],
            returns: Type::TimestampTz,
            call: |_, _| Ok(Value::Moment(Utc::now().timestamp_micros())),
        }],
        volatility: Volatility::Volatile,
    },
    Definition {
        name: "timeofday",
        forms: &[Form { arguments: &[], returns: Type::Text, call: timeofday }],
        volatility: Volatility::Volatile,
    },
];

/// Days between two dates.
pub fn days_between(later: Expr, earlier: Expr) -> Expr {
    ScalarUDF::from(Overloaded::new(&DATE_MI, "UTC")).call(vec![later, earlier])
}

/// The date so many days later.
pub fn days_after(date: Expr, days: Expr) -> Expr {
    ScalarUDF::from(Overloaded::new(&DATE_PLI, "UTC")).call(vec![date, days])
}

static DATE_MI: Definition = Definition::new(
    "date_mi",
    &[Form {
        arguments: &[Type::Date, Type::Date],
        returns: Type::Int4,
        call: |_, row| match *row {
            [Value::Date(later), Value::Date(earlier)] => Ok(Value::Int(i64::from(later) - i64::from(earlier))),
            _ => internal_err!("days of {row:?}"),
        },
    }],
);

static DATE_PLI: Definition = Definition::new(
    "date_pli",
    &[Form {
        arguments: &[Type::Date, Type::Int8],
        returns: Type::Date,
        call: |_, row| match *row {
            [Value::Date(date), Value::Int(days)] => {
                let day = i64::from(date).checked_add(days).and_then(|day| check_date(day).ok());
                day.map(Value::Date).ok_or_else(|| failed("22008", "date out of range"))
            }
            _ => internal_err!("a date of {row:?}"),
        },
    }],
);

const PARTS: &[Type] = &[Type::Int4, Type::Int4, Type::Int4, Type::Int4, Type::Int4, Type::Float8];
const PARTS_IN_ZONE: &[Type] = &[Type::Int4, Type::Int4, Type::Int4, Type::Int4, Type::Int4, Type::Float8, Type::Text];
const INTERVAL_PARTS: &[Type] = &[Type::Int4, Type::Int4, Type::Int4, Type::Int4, Type::Int4, Type::Int4, Type::Float8];

fn date(row: &[Value]) -> Result<i32> {
    let [Value::Int(year), Value::Int(month), Value::Int(day), ..] = *row else { return internal_err!("make_date of {row:?}") };
    let out_of_range = || failed("22008", "date field value out of range");
    // There is no year zero: -44 is 44 BC, which the calendar counts as -43.
    let year = match year {
        0 => return Err(out_of_range()),
        before @ ..0 => before + 1,
        year => year,
    };
    let part = |number: i64| u32::try_from(number).map_err(|_| out_of_range());
    let year = i32::try_from(year).map_err(|_| out_of_range())?;
    let days = Civil { year, month: part(month)?, day: part(day)? }.to_days().ok_or_else(out_of_range)?;
    check_date(days).map_err(|_| out_of_range())
}

/// Microseconds since midnight.
fn clock(row: &[Value], of: &str) -> Result<i64> {
    let [Value::Int(hour), Value::Int(minute), Value::Float(second), ..] = *row else {
        return internal_err!("a time of {row:?}");
    };
    let out_of_range = || failed("22008", format!("{of} field value out of range"));
    // Not a number is in no range.
    let in_range = (0..=24).contains(&hour) && (0..=59).contains(&minute) && (0.0..=60.0).contains(&second);
    if !in_range || (hour == 24 && (minute > 0 || second > 0.0)) {
        return Err(out_of_range());
    }
    Ok((hour * 60 + minute) * 60 * SECOND + (second * SECOND as f64).round_ties_even() as i64)
}

/// Microseconds since 1970 by the clock.
fn local(row: &[Value]) -> Result<i64> {
    let Some((day, time)) = row.split_at_checked(3) else { return internal_err!("a timestamp of {row:?}") };
    let (days, micros) = (i64::from(date(day)?), clock(time, "time")?);
    let micros = days.checked_mul(DAY_MICROS).and_then(|day| day.checked_add(micros));
    micros.filter(|micros| check_timestamp(*micros).is_ok()).ok_or_else(|| failed("22008", "timestamp out of range"))
}

fn make_timestamptz(context: &Context, row: &[Value]) -> Result<Value> {
    let zone = match row.get(6) {
        Some(Value::Text(name)) => zones::named(name).ok_or_else(|| failed("22023", "time zone not recognized"))?,
        _ => context.zone,
    };
    let clock = local(row)?;
    Ok(Value::Moment(clock - i64::from(zone.offset_of_local(clock.div_euclid(SECOND))) * SECOND))
}

fn make_interval(_: &Context, row: &[Value]) -> Result<Value> {
    let [
        Value::Int(years),
        Value::Int(months),
        Value::Int(weeks),
        Value::Int(days),
        Value::Int(hours),
        Value::Int(minutes),
        Value::Float(seconds),
    ] = *row
    else {
        return internal_err!("make_interval of {row:?}");
    };
    let out_of_range = || failed("22008", "interval out of range");
    let narrow = |number: i64| i32::try_from(number).map_err(|_| out_of_range());
    if !seconds.is_finite() {
        return Err(out_of_range());
    }
    let micros = (seconds * SECOND as f64).round_ties_even();
    if micros.abs() > i64::MAX as f64 / 1_000.0 {
        return Err(out_of_range());
    }
    let clock = (hours * 60 + minutes) * 60 * SECOND + micros as i64;
    let nanoseconds = clock.checked_mul(1_000).ok_or_else(out_of_range)?;
    let interval = IntervalMonthDayNano::new(narrow(years * 12 + months)?, narrow(weeks * 7 + days)?, nanoseconds);
    Ok(Value::Interval(interval))
}

/// Hours become days and days months, and then all have one sign, as `interval_justify_interval` does it.
fn justified(row: &[Value], months: bool, hours: bool) -> Result<Value> {
    let [Value::Interval(interval)] = *row else { return internal_err!("justify of {row:?}") };
    let day = DAY_MICROS * 1_000;
    let out_of_range = || failed("22008", "interval out of range");
    let (mut month, mut days, mut time) = (i64::from(interval.months), i64::from(interval.days), interval.nanoseconds);
    let per_month = i64::from(DAYS_PER_MONTH);
    if hours {
        days += time / day;
        time %= day;
    }
    if months {
        month += days / per_month;
        days %= per_month;
    }
    if months && month > 0 && (days < 0 || (hours && days == 0 && time < 0)) {
        days += per_month;
        month -= 1;
    } else if months && month < 0 && (days > 0 || (hours && days == 0 && time > 0)) {
        days -= per_month;
        month += 1;
    }
    if hours && days > 0 && time < 0 {
        time += day;
        days -= 1;
    } else if hours && days < 0 && time > 0 {
        time -= day;
        days += 1;
    }
    let narrow = |number: i64| i32::try_from(number).map_err(|_| out_of_range());
    Ok(Value::Interval(IntervalMonthDayNano::new(narrow(month)?, narrow(days)?, time)))
}

fn date_bin(_: &Context, row: &[Value]) -> Result<Value> {
    let [Value::Interval(stride), Value::Moment(moment), Value::Moment(origin)] = *row else {
        return internal_err!("date_bin of {row:?}");
    };
    if stride.months != 0 {
        return Err(failed("0A000", "timestamps cannot be binned into intervals containing months or years"));
    }
    let micros = i64::from(stride.days).checked_mul(DAY_MICROS).and_then(|days| days.checked_add(stride.nanoseconds / 1_000));
    let micros = micros.ok_or_else(|| failed("22008", "interval out of range"))?;
    if micros <= 0 {
        return Err(failed("22008", "stride must be greater than zero"));
    }
    let since = moment.checked_sub(origin).ok_or_else(|| failed("22008", "interval out of range"))?;
    Ok(Value::Moment(origin + since - since.rem_euclid(micros)))
}

fn interval_cut(row: &[Value]) -> Result<Value> {
    let [Value::Interval(interval), Value::Text(last), Value::Int(digits)] = row else {
        return internal_err!("an interval of {row:?}");
    };
    match intervals::cut(*interval, Some(last), Some(*digits)) {
        Some(cut) => Ok(Value::Interval(cut)),
        None => Err(failed("22008", "interval out of range")),
    }
}

/// `timestamp(p)`: a moment or time with so many digits of the second.
fn scaled(row: &[Value]) -> Result<Value> {
    let [value, Value::Int(digits)] = row else { return internal_err!("a precision of {row:?}") };
    let step = 10_i64.pow(6 - u32::try_from(*digits).unwrap_or(6).min(6));
    let rounded = |micros: i64| (micros + (step / 2) * micros.signum()) / step * step;
    Ok(match value {
        Value::Moment(micros) => Value::Moment(rounded(*micros)),
        Value::Time(micros) => Value::Time(rounded(*micros)),
        other => other.clone(),
    })
}

fn time_of(row: &[Value]) -> Result<Value> {
    let [Value::Interval(interval)] = *row else { return internal_err!("a time of {row:?}") };
    Ok(Value::Time((interval.nanoseconds / 1_000).rem_euclid(DAY_MICROS)))
}

fn length_of(row: &[Value]) -> Result<Value> {
    let [Value::Time(micros)] = *row else { return internal_err!("an interval of {row:?}") };
    Ok(Value::Interval(IntervalMonthDayNano::new(0, 0, micros * 1_000)))
}

/// A cast between times and intervals.
pub fn clock_as(expr: Expr, target: &DataType) -> Option<Expr> {
    let name = if matches!(target, DataType::Interval(_)) { "time_interval" } else { "interval_time" };
    let definition = FUNCTIONS.iter().find(|definition| definition.name == name)?;
    Some(ScalarUDF::from(Overloaded::new(definition, "UTC")).call(vec![expr]))
}

/// `Wed Feb 26 23:40:15.123456 2025 UTC`.
fn timeofday(context: &Context, _: &[Value]) -> Result<Value> {
    let now = Utc::now();
    let offset = context.zone.offset_at(now.timestamp());
    let shown = now.naive_utc() + chrono::Duration::seconds(i64::from(offset));
    let zone = match offset {
        0 => "UTC".to_owned(),
        offset => format!("{}{:02}:{:02}", if offset < 0 { '-' } else { '+' }, offset.abs() / 3_600, offset.abs() / 60 % 60),
    };
    Ok(Value::Text(format!("{} {zone}", shown.format("%a %b %d %H:%M:%S%.6f %Y"))))
}
