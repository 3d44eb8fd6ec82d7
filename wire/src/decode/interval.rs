//! Texts of intervals: `1 year 2 mons 3 days 04:05:06.7`, `90 days`, `-1.5 hours`, `1 day ago`, `1-2 3 04:05:06` (years-months days
//! time), `P1Y2M3DT4H5M6S`, `P0001-02-03T04:05:06`.

use super::Fault;
use super::temporal::fraction_micros;
use crate::backend::SqlError;
use crate::values::datetime::DAY_MICROS;
use crate::values::interval::Interval;

const DAYS_OF_MONTH: f64 = 30.0;

/// The parts while they are added up; wider than the result, so that the range is checked once.
#[derive(Default)]
struct Sum {
    months: i64,
    days: i64,
    micros: i64,
}

#[derive(Clone, Copy)]
enum Unit {
    Months(i64),
    Days(i64),
    Micros(i64),
}

/// Reads an interval; `unit` is that of a number without one, as in `INTERVAL '5' DAY`.
///
/// # Errors
/// 22007 for a text that is none, 22015 for a part that is too large.
pub fn read(text: &str, unit: Option<&str>) -> Result<Interval, SqlError> {
    parse_in(text.trim(), unit.unwrap_or("second")).map_err(|fault| match fault {
        Fault::DatetimeRange => SqlError::new("22015", "interval field value out of range"),
        _ => SqlError::new("22007", "invalid input syntax for type interval"),
    })
}

pub(super) fn parse(text: &str) -> Result<Interval, Fault> {
    parse_in(text, "second")
}

fn parse_in(text: &str, unit: &str) -> Result<Interval, Fault> {
    let mut sum = Sum::default();
    let negated = match text.strip_prefix('P') {
        Some(iso) => {
            sum.add_iso(iso)?;
            false
        }
        None => sum.add_words(text, unit)?,
    };
    let sign = if negated { -1 } else { 1 };
    let narrow = |value: i64| i32::try_from(sign * value).map_err(|_| Fault::DatetimeRange);
    let micros = sum.micros.checked_mul(sign).ok_or(Fault::DatetimeRange)?;
    Ok(Interval { months: narrow(sum.months)?, days: narrow(sum.days)?, micros })
}

impl Sum {
    /// Numbers with units, and a clock; says whether the word `ago` at the end turns all signs.
    fn add_words(&mut self, text: &str, unit_of_last: &str) -> Result<bool, Fault> {
        // A sign may stand apart from its number.
        let text = text.replace("- ", "-").replace("+ ", "+");
        let mut words = text.split_ascii_whitespace().filter(|word| *word != "@").peekable();
        if words.peek().is_none() {
            return Err(Fault::DatetimeSyntax);
        }
        while let Some(word) = words.next() {
            if word.eq_ignore_ascii_case("ago") {
                return if words.next().is_none() { Ok(true) } else { Err(Fault::DatetimeSyntax) };
            }
            if word.contains(':') {
                self.add_clock(word, unit_of_last)?;
                continue;
            }
            if self.add_years_and_months(word)? {
                continue;
            }
            let end = word.find(|character: char| character.is_ascii_alphabetic()).unwrap_or(word.len());
            let (number, unit) = word.split_at_checked(end).ok_or(Fault::DatetimeSyntax)?;
            let unit = match (unit, words.peek()) {
                ("", Some(next)) if next.starts_with(|character: char| character.is_ascii_alphabetic()) => {
                    words.next().unwrap_or("")
                }
                // `3 04:05:06`: what comes before a time are days.
                ("", Some(next)) if next.contains(':') => "day",
                // `5 10`: days and hours, and in no other unit anything.
                ("", Some(_)) if unit_of_last == "hour" => "day",
                ("", Some(next)) if next.bytes().all(|byte| byte.is_ascii_digit()) => return Err(Fault::DatetimeSyntax),
                ("", _) => unit_of_last,
                (unit, _) => unit,
            };
            self.add(number, unit_named(unit)?)?;
        }
        Ok(false)
    }

    /// `1-2`, `-1-2`: years and months with one sign. Says whether the word was one.
    fn add_years_and_months(&mut self, word: &str) -> Result<bool, Fault> {
        let sign = if word.starts_with('-') { -1 } else { 1 };
        let Some((years, months)) = word.strip_prefix(['+', '-']).unwrap_or(word).split_once('-') else { return Ok(false) };
        let number = |text: &str| match text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
            true => text.parse::<i64>().map_err(|_| Fault::DatetimeRange),
            false => Err(Fault::DatetimeSyntax),
        };
        let (years, months) = (number(years)?, number(months)?);
        if months > 11 {
            return Err(Fault::DatetimeRange);
        }
        let months = years.checked_mul(12).ok_or(Fault::DatetimeRange)? + months;
        self.months = self.months.checked_add(sign * months).ok_or(Fault::DatetimeRange)?;
        Ok(true)
    }

    /// `0001-02-03T04:05:06`, behind the P.
    fn add_iso_fields(&mut self, text: &str) -> Result<(), Fault> {
        let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
        if !date.is_empty() {
            let parts: Vec<&str> = date.split('-').collect();
            let [years, months, days] = parts.as_slice() else { return Err(Fault::DatetimeSyntax) };
            self.add(years, Unit::Months(12))?;
            self.add(months, Unit::Months(1))?;
            self.add(days, Unit::Days(1))?;
        }
        time.map_or(Ok(()), |time| self.add_clock(time, "second"))
    }

    /// `1Y2M3DT4H5M6.7S`, behind the P.
    fn add_iso(&mut self, text: &str) -> Result<(), Fault> {
        if text.contains(':')
            || (!text.starts_with('-') && text.contains('-') && !text.contains(|c: char| c.is_ascii_alphabetic()))
        {
            return self.add_iso_fields(text);
        }
        let mut number = String::new();
        let (mut time, mut empty) = (false, true);
        for character in text.chars() {
            let unit = match (character, time) {
                ('0'..='9' | '.' | '-' | '+', _) => {
                    number.push(character);
                    continue;
                }
                ('T', false) if number.is_empty() => {
                    time = true;
                    continue;
                }
                ('Y', false) => Unit::Months(12),
                ('M', false) => Unit::Months(1),
                ('W', false) => Unit::Days(7),
                ('D', false) => Unit::Days(1),
                ('H', true) => Unit::Micros(3_600_000_000),
                ('M', true) => Unit::Micros(60_000_000),
                ('S', true) => Unit::Micros(1_000_000),
                _ => return Err(Fault::DatetimeSyntax),
            };
            self.add(&std::mem::take(&mut number), unit)?;
            empty = false;
        }
        if empty || !number.is_empty() { Err(Fault::DatetimeSyntax) } else { Ok(()) }
    }

    fn add(&mut self, number: &str, unit: Unit) -> Result<(), Fault> {
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = whole.strip_prefix(['+', '-']).unwrap_or(whole);
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if digits.is_empty() && fraction.is_empty() || !plain(digits) || !plain(fraction) {
            return Err(Fault::DatetimeSyntax);
        }
        let whole_value: i64 = if digits.is_empty() { 0 } else { digits.parse().map_err(|_| Fault::DatetimeRange)? };
        let sign = if whole.starts_with('-') { -1 } else { 1 };
        // A fraction of a unit goes to the next smaller one: months to days, days to the clock.
        let part: f64 =
            if fraction.is_empty() { 0.0 } else { format!("0.{fraction}").parse().map_err(|_| Fault::DatetimeSyntax)? };
        let out_of_range = Fault::DatetimeRange;
        let scaled = |factor: i64| whole_value.checked_mul(factor).map(|value| value * sign).ok_or(out_of_range);
        let sum = |total: &mut i64, value: i64| total.checked_add(value).map(|value| *total = value).ok_or(out_of_range);
        match unit {
            Unit::Months(factor) => {
                let months = part * factor as f64;
                sum(&mut self.months, scaled(factor)?)?;
                sum(&mut self.months, sign * months.trunc() as i64)?;
                let days = months.fract() * DAYS_OF_MONTH;
                sum(&mut self.days, sign * days.trunc() as i64)?;
                sum(&mut self.micros, sign * (days.fract() * DAY_MICROS as f64).round() as i64)
            }
            Unit::Days(factor) => {
                let days = part * factor as f64;
                sum(&mut self.days, scaled(factor)?)?;
                sum(&mut self.days, sign * days.trunc() as i64)?;
                sum(&mut self.micros, sign * (days.fract() * DAY_MICROS as f64).round() as i64)
            }
            Unit::Micros(factor) => {
                sum(&mut self.micros, scaled(factor)?)?;
                sum(&mut self.micros, sign * (part * factor as f64).round() as i64)
            }
        }
    }

    /// `04:05`, `-04:05:06.7`; hours may be any number. Two numbers are minutes and seconds where seconds are asked for.
    fn add_clock(&mut self, word: &str, unit: &str) -> Result<(), Fault> {
        let sign = if word.starts_with('-') { -1 } else { 1 };
        let mut parts = word.strip_prefix(['+', '-']).unwrap_or(word).split(':');
        let (hours, minutes, seconds) = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(minutes), Some(seconds), None, None) if unit == "minute to second" || seconds.contains('.') => {
                ("0", minutes, seconds)
            }
            (Some(hours), Some(minutes), seconds, None) => (hours, minutes, seconds.unwrap_or("0")),
            _ => return Err(Fault::DatetimeSyntax),
        };
        let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
        let number = |text: &str, max: i64| match text.parse::<u32>().map(i64::from) {
            Ok(value) if value <= max && text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(value),
            Ok(_) => Err(Fault::DatetimeRange),
            Err(_) => Err(Fault::DatetimeSyntax),
        };
        let seconds = (number(hours, i64::from(u32::MAX))? * 60 + number(minutes, 59)?) * 60 + number(seconds, 59)?;
        let micros = seconds.checked_mul(1_000_000).ok_or(Fault::DatetimeRange)? + fraction_micros(fraction)?;
        self.micros = self.micros.checked_add(sign * micros).ok_or(Fault::DatetimeRange)?;
        Ok(())
    }
}

fn unit_named(name: &str) -> Result<Unit, Fault> {
    let name = name.to_ascii_lowercase();
    Ok(match name.as_str() {
        "us" | "usec" | "usecs" | "microsecond" | "microseconds" => Unit::Micros(1),
        "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" => Unit::Micros(1_000),
        "s" | "sec" | "secs" | "second" | "seconds" => Unit::Micros(1_000_000),
        "m" | "min" | "mins" | "minute" | "minutes" => Unit::Micros(60_000_000),
        "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Micros(3_600_000_000),
        "d" | "day" | "days" => Unit::Days(1),
        "w" | "week" | "weeks" => Unit::Days(7),
        "mon" | "mons" | "month" | "months" => Unit::Months(1),
        "y" | "yr" | "yrs" | "year" | "years" => Unit::Months(12),
        "dec" | "decs" | "decade" | "decades" => Unit::Months(120),
        "c" | "cent" | "century" | "centuries" => Unit::Months(1_200),
        "mil" | "mils" | "millennium" | "millennia" => Unit::Months(12_000),
        _ => return Err(Fault::DatetimeSyntax),
    })
}
