//! Texts of dates, times and timestamps: ISO 8601 as PostgreSQL reads it. Words such as `now` and `infinity` are not read.

use arrow::datatypes::DataType;

use super::Fault;
use crate::values::datetime::{Civil, DAY_MICROS, check_date, check_timestamp};
use crate::values::zone::{Zone, parse_offset};

/// `2020-02-29`, `20200229`, `0044-03-15 BC`; a time of day behind it must be valid and is dropped, as PostgreSQL does.
pub(super) fn parse_date(text: &str) -> Result<i32, Fault> {
    let moment = Moment::parse(text)?;
    check_date(moment.days).map_err(|_| Fault::DatetimeRange)
}

/// `04:05`, `04:05:06.789`.
pub(super) fn parse_time(text: &str) -> Result<i64, Fault> {
    let (micros, rest) = clock(text)?;
    // An offset means nothing for a time without a time zone.
    if rest.is_empty() || parse_offset(rest.trim_start()).is_some() { Ok(micros) } else { Err(Fault::DatetimeSyntax) }
}

/// A timestamp without time zone; an offset in the text is ignored, as in PostgreSQL.
pub(super) fn parse_timestamp(text: &str) -> Result<i64, Fault> {
    let micros = Moment::parse(text)?.local()?;
    check_timestamp(micros).map(|_| micros).map_err(|_| Fault::DatetimeRange)
}

/// A timestamp with time zone, as UTC. Without an offset in the text the zone of the plan's type holds.
pub(super) fn parse_zoned_timestamp(text: &str, target: &DataType) -> Result<i64, Fault> {
    let moment = Moment::parse(text)?;
    let zone = match (moment.zone, target) {
        ("", DataType::Timestamp(_, Some(zone))) => zone,
        ("", _) => "UTC",
        (zone, _) => zone,
    };
    let local = moment.local()?;
    let offset = Zone::parse(zone).ok_or(Fault::DatetimeSyntax)?.offset_of_local(local.div_euclid(1_000_000));
    let micros = local - i64::from(offset) * 1_000_000;
    check_timestamp(micros).map(|_| micros).map_err(|_| Fault::DatetimeRange)
}

/// The parts of a text with a date, perhaps a time, perhaps a zone.
struct Moment<'a> {
    /// Days since 1970.
    days: i64,
    /// Microseconds since midnight.
    micros: i64,
    /// The zone's text, empty if there is none.
    zone: &'a str,
}

impl<'a> Moment<'a> {
    fn parse(text: &'a str) -> Result<Self, Fault> {
        let (text, before_christ) = match text.strip_suffix("BC").or_else(|| text.strip_suffix("bc")) {
            Some(rest) => (rest.trim_end(), true),
            None => (text, false),
        };
        let end = text.find(['T', 't', ' ']).unwrap_or(text.len());
        let (date, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        let days = date_part(date, before_christ)?;
        let rest = rest.trim_start_matches(['T', 't', ' ']);
        if rest.is_empty() {
            return Ok(Self { days, micros: 0, zone: "" });
        }
        let (micros, zone) = clock(rest)?;
        Ok(Self { days, micros, zone: zone.trim() })
    }

    /// Microseconds since 1970 by the clock that the text was read from.
    fn local(&self) -> Result<i64, Fault> {
        self.days.checked_mul(DAY_MICROS).and_then(|day| day.checked_add(self.micros)).ok_or(Fault::DatetimeRange)
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, Fault> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::DatetimeSyntax);
    }
    text.parse().map_err(|_| Fault::DatetimeRange)
}

fn date_part(text: &str, before_christ: bool) -> Result<i64, Fault> {
    let mut parts = text.split('-');
    let (year, month, day) = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day), None) if year.len() >= 3 => (year, month, day),
        (Some(compact), None, None, None) if compact.len() == 8 && compact.is_ascii() => {
            let (year, rest) = compact.split_at(4);
            let (month, day) = rest.split_at(2);
            (year, month, day)
        }
        _ => return Err(Fault::DatetimeSyntax),
    };
    let year: i32 = number(year)?;
    // There is no year zero.
    if year == 0 || year > 6_000_000 {
        return Err(Fault::DatetimeRange);
    }
    let year = if before_christ { 1 - year } else { year };
    Civil { year, month: number(month)?, day: number(day)? }.to_days().ok_or(Fault::DatetimeRange)
}

/// Microseconds of a time at the beginning of the text, and the rest of the text.
fn clock(text: &str) -> Result<(i64, &str), Fault> {
    let end = text.find(|character: char| !character.is_ascii_digit() && !matches!(character, ':' | '.')).unwrap_or(text.len());
    let (time, rest) = text.split_at_checked(end).ok_or(Fault::DatetimeSyntax)?;
    let mut parts = time.split(':');
    let (hour, minute, second) = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(hour), Some(minute), second, None) => (hour, minute, second.unwrap_or("0")),
        _ => return Err(Fault::DatetimeSyntax),
    };
    let (second, fraction) = second.split_once('.').unwrap_or((second, ""));
    let (hour, minute, second): (i64, i64, i64) = (number(hour)?, number(minute)?, number(second)?);
    if hour > 24 || minute > 59 || second > 60 {
        return Err(Fault::DatetimeRange);
    }
    let micros = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction_micros(fraction)?;
    if micros > DAY_MICROS { Err(Fault::DatetimeRange) } else { Ok((micros, rest)) }
}

/// Microseconds of the digits behind a point, rounded.
pub(super) fn fraction_micros(digits: &str) -> Result<i64, Fault> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::DatetimeSyntax);
    }
    let mut micros = 0;
    for place in 0..6 {
        micros = micros * 10 + digits.as_bytes().get(place).map_or(0, |digit| i64::from(digit - b'0'));
    }
    let round_up = digits.as_bytes().get(6).is_some_and(|digit| *digit >= b'5');
    Ok(micros + i64::from(round_up))
}
