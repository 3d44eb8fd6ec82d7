//! Texts of dates and times, in the forms of PostgreSQL's manual (Date/Time Input) with `DateStyle` at `ISO` and any order.

use chrono::{NaiveDate, NaiveDateTime};
use cilake_wire::values::zone::Zone;
use datafusion::arrow::datatypes::DataType;

use crate::dialect::moments::zones;

/// Why a text is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Syntax,
    /// A field such as the month is out of range.
    Range,
    BeforeChrist,
}

/// In which order a date has its fields where nothing else tells them apart: the second word of `DateStyle`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DateOrder {
    #[default]
    MonthDayYear,
    DayMonthYear,
    YearMonthDay,
}

/// What a text says.
#[derive(Debug, Default)]
pub struct Moment {
    date: Option<NaiveDate>,
    /// `HH:MM:SS` with an optional fraction.
    time: Option<String>,
    /// An offset, or a zone's name.
    zone: Option<String>,
    order: DateOrder,
    /// A time of day is asked for: digits alone are one.
    is_clock: bool,
}

const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl Moment {
    /// Reads a text in small letters as of the type.
    pub fn read(text: &str, target: &DataType, order: DateOrder) -> Result<Self, Fault> {
        let is_clock = matches!(target, DataType::Time64(_));
        let mut moment = Self { order, is_clock, ..Self::default() };
        // The fields of a date that is written in several words, such as `jan 5, 2024`.
        let mut fields: Vec<&str> = vec![];
        let mut afternoon = None;
        for word in text.split([' ', ',', '\t', '\n']).filter(|word| !word.is_empty()) {
            match word {
                "am" => afternoon = Some(false),
                "pm" => afternoon = Some(true),
                "ad" => {}
                "bc" => return Err(Fault::BeforeChrist),
                word if is_name(word, &DAYS) => {}
                word => moment.word(word, &mut fields)?,
            }
        }
        if !fields.is_empty() {
            if moment.date.is_some() {
                return Err(Fault::Syntax);
            }
            moment.date = Some(date(&fields, order)?);
        }
        if let Some(afternoon) = afternoon {
            moment.half_day(afternoon)?;
        }
        Ok(moment)
    }

    fn word<'a>(&mut self, word: &'a str, fields: &mut Vec<&'a str>) -> Result<(), Fault> {
        if let Some((day, time)) = word.split_once('t')
            && day.ends_with(|c: char| c.is_ascii_digit())
            && time.starts_with(|c: char| c.is_ascii_digit())
        {
            self.word(day, fields)?;
            return self.time(time);
        }
        if word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.time(word);
        }
        if word.starts_with(['+', '-']) && (self.date.is_some() || self.time.is_some()) {
            return self.offset(word);
        }
        let parts: Vec<&str> = word.split(['-', '/', '.']).collect();
        if parts.len() == 3 && self.date.is_none() {
            self.date = Some(date(&parts, self.order)?);
            return Ok(());
        }
        let digits = word.chars().all(|c| c.is_ascii_digit());
        if digits && word.len() == 8 && self.date.is_none() && fields.is_empty() {
            let (year, rest) = word.split_at(4);
            let (month, day) = rest.split_at(2);
            self.date = Some(date(&[year, month, day], self.order)?);
            return Ok(());
        }
        if let Some(clock) = digits.then_some(word).filter(|_| self.time.is_none()).and_then(clock)
            && (self.is_clock || self.date.is_some())
        {
            return self.time(&clock);
        }
        if self.date.is_none()
            && fields.is_empty()
            && let Some(day) = numbered_day(word)
        {
            self.date = Some(day?);
            return Ok(());
        }
        if digits || is_name(word, &MONTHS) {
            fields.push(word);
            return if fields.len() > 3 { Err(Fault::Syntax) } else { Ok(()) };
        }
        self.named_zone(word)
    }

    /// `10:00`, `10:00:05.5+02`, `10:00z`.
    fn time(&mut self, word: &str) -> Result<(), Fault> {
        let end = word.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(word.len());
        let (clock, zone) = word.split_at(end);
        let mut parts = clock.split(':');
        let mut number = |most: u32| -> Result<Option<u32>, Fault> {
            let Some(part) = parts.next() else { return Ok(None) };
            let number: u32 = part.parse().map_err(|_| Fault::Syntax)?;
            if number > most { Err(Fault::Range) } else { Ok(Some(number)) }
        };
        let (hour, minute) = (number(24)?, number(59)?);
        let (Some(hour), Some(minute)) = (hour, minute) else { return Err(Fault::Syntax) };
        let second = parts.next().unwrap_or("00");
        let (whole, fraction) = second.split_once('.').unwrap_or((second, ""));
        let whole: u32 = whole.parse().map_err(|_| Fault::Syntax)?;
        let is_midnight = minute == 0 && whole == 0 && fraction.bytes().all(|digit| digit == b'0');
        if !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(Fault::Syntax);
        }
        // A minute ends where the next begins.
        let is_leap = whole == 60 && self.date.is_some() && fraction.bytes().all(|digit| digit == b'0');
        if (whole > 59 && !is_leap) || (hour == 24 && !is_midnight) {
            return Err(Fault::Range);
        }
        let (hour, minute, whole) = match (is_leap, minute) {
            (false, _) => (hour, minute, whole),
            (true, 59) => (hour + 1, 0, 0),
            (true, _) => (hour, minute + 1, 0),
        };
        if parts.next().is_some() || self.time.is_some() {
            return Err(Fault::Syntax);
        }
        let (hour, minute, whole, fraction) = rounded(hour, minute, whole, fraction);
        // A day ends where the next begins.
        let hour = match self.date.filter(|_| hour == 24) {
            Some(date) => {
                self.date = Some(date.succ_opt().ok_or(Fault::Range)?);
                0
            }
            None if hour == 24 => return Err(Fault::Range),
            None => hour,
        };
        self.time = Some(format!("{hour:02}:{minute:02}:{whole:02}{fraction}"));
        match zone {
            "" => Ok(()),
            "z" => self.offset("+00"),
            zone => self.offset(zone),
        }
    }

    /// `+2`, `-05:30`, `+0530`.
    fn offset(&mut self, word: &str) -> Result<(), Fault> {
        let (sign, rest) = word.split_at_checked(1).ok_or(Fault::Syntax)?;
        let digits: String = rest.chars().filter(|c| *c != ':').collect();
        if !["+", "-"].contains(&sign) || digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(Fault::Syntax);
        }
        let (hours, minutes) = if digits.len() <= 2 { (digits.as_str(), "0") } else { digits.split_at(digits.len() - 2) };
        let number = |text: &str| text.parse::<u32>().map_err(|_| Fault::Syntax);
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        if hours > 15 || minutes > 59 {
            return Err(Fault::Range);
        }
        self.zone = Some(format!("{sign}{hours:02}:{minutes:02}"));
        Ok(())
    }

    fn named_zone(&mut self, word: &str) -> Result<(), Fault> {
        if ["z", "utc", "gmt", "zulu", "ut"].contains(&word) {
            return self.offset("+00");
        }
        match zones::known(word).ok_or(Fault::Syntax)? {
            Zone::Named(zone) => self.zone = Some(zone.name().to_string()),
            Zone::Fixed(seconds) => {
                let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
                self.zone = Some(format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
            }
        }
        Ok(())
    }

    fn half_day(&mut self, afternoon: bool) -> Result<(), Fault> {
        let Some((hour, rest)) = self.time.as_deref().and_then(|time| time.split_once(':')) else { return Err(Fault::Syntax) };
        let hour: u32 = hour.parse().map_err(|_| Fault::Syntax)?;
        if hour > 12 {
            return Err(Fault::Range);
        }
        let hour = hour % 12 + if afternoon { 12 } else { 0 };
        self.time = Some(format!("{hour:02}:{rest}"));
        Ok(())
    }

    /// The text that the engine reads as a value of the type.
    pub fn written(self, target: &DataType) -> Result<String, Fault> {
        let Self { date, time, zone, .. } = self;
        if matches!(target, DataType::Time64(_)) {
            return time.ok_or(Fault::Syntax);
        }
        let date = date.ok_or(Fault::Syntax)?.format("%Y-%m-%d");
        let time = time.unwrap_or_else(|| "00:00:00".into());
        Ok(match (target, zone) {
            (DataType::Date32, _) => date.to_string(),
            (DataType::Timestamp(_, Some(_)), Some(zone)) if zone.starts_with(['+', '-']) => format!("{date} {time}{zone}"),
            (DataType::Timestamp(_, Some(session)), zone) => {
                match offset(zone.as_deref().unwrap_or(session), &date.to_string(), &time) {
                    Some(offset) => format!("{date} {time}{offset}"),
                    None => zone.map_or_else(|| format!("{date} {time}"), |zone| format!("{date} {time} {zone}")),
                }
            }
            _ => format!("{date} {time}"),
        })
    }
}

/// `1530` and `153059` with colons.
fn clock(digits: &str) -> Option<String> {
    let (hour, rest) = digits.split_at_checked(2)?;
    match rest.len() {
        2 => Some(format!("{hour}:{rest}")),
        4 => rest.split_at_checked(2).map(|(minute, second)| format!("{hour}:{minute}:{second}")),
        _ => None,
    }
}

/// `J2451187`, a Julian day, and `1999.008`, the eighth day of a year.
fn numbered_day(word: &str) -> Option<Result<NaiveDate, Fault>> {
    /// Julian days before the first of the calendar.
    const BEFORE_CHRIST: i32 = 1_721_425;
    let number = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse::<i32>().ok()).flatten();
    if let Some(julian) = word.strip_prefix('j').and_then(number) {
        return Some(NaiveDate::from_num_days_from_ce_opt(julian - BEFORE_CHRIST).ok_or(Fault::Range));
    }
    let (year, day) = word.split_once('.').filter(|(year, day)| year.len() == 4 && day.len() == 3)?;
    let (year, day) = (number(year)?, u32::try_from(number(day)?).ok()?);
    Some(NaiveDate::from_yo_opt(year, day).ok_or(Fault::Range))
}

/// How far a zone's clock is from UTC when it shows a time, by the rules of [`Zone::offset_of_local`]; `None` where that has seconds.
fn offset(zone: &str, date: &str, time: &str) -> Option<String> {
    let zone = Zone::parse(zone)?;
    let shown = NaiveDateTime::parse_from_str(&format!("{date} {time}"), "%Y-%m-%d %H:%M:%S%.f").ok()?;
    let seconds = zone.offset_of_local(shown.and_utc().timestamp());
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    (seconds % 60 == 0).then(|| format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60))
}

/// A name, or its first three letters or more.
/// The clock with a fraction of six digits and its point: what is beyond them is rounded, as PostgreSQL rounds the double that it reads.
fn rounded(hour: u32, minute: u32, second: u32, fraction: &str) -> (u32, u32, u32, String) {
    if fraction.len() <= 6 {
        let point = if fraction.is_empty() { "" } else { "." };
        return (hour, minute, second, format!("{point}{fraction}"));
    }
    let micros = format!("0.{fraction}").parse::<f64>().map_or(0.0, |part| (part * 1e6).round_ties_even()) as u32;
    let seconds = (hour * 60 + minute) * 60 + second + micros / 1_000_000;
    (seconds / 3_600, seconds / 60 % 60, seconds % 60, format!(".{:06}", micros % 1_000_000))
}

fn is_name(word: &str, names: &[&str]) -> bool {
    place(word, names).is_some()
}

fn place(word: &str, names: &[&str]) -> Option<usize> {
    names.iter().position(|name| word.len() >= 3 && name.starts_with(word))
}

/// Three fields: the year first if it has more than two digits, otherwise in the order, unless a name says the month.
fn date(fields: &[&str], order: DateOrder) -> Result<NaiveDate, Fault> {
    let [first, second, third] = *fields else { return Err(Fault::Syntax) };
    // With a name among them there is no order, except that the year may come before the day.
    let year_first = order == DateOrder::YearMonthDay && third.len() <= 2;
    let named = |index: usize| u32::try_from(index + 1).map_err(|_| Fault::Range);
    let (year, month, day) = match (place(first, &MONTHS), place(second, &MONTHS)) {
        (Some(month), _) if year_first && second.len() <= 2 => (second, Ok(named(month)?), third),
        (Some(month), _) => (third, Ok(named(month)?), second),
        (None, Some(month)) if first.len() > 2 || year_first => (first, Ok(named(month)?), third),
        (None, Some(month)) => (third, Ok(named(month)?), first),
        (None, None) if first.len() > 2 || order == DateOrder::YearMonthDay => (first, Err(second), third),
        (None, None) if order == DateOrder::DayMonthYear => (third, Err(second), first),
        (None, None) => (third, Err(first), second),
    };
    let number = |text: &str| text.parse::<u32>().map_err(|_| Fault::Syntax);
    let month = month.or_else(number)?;
    let short = year.len() <= 2;
    let year = number(year)?;
    let year = match year {
        0..70 if short => year + 2000,
        70..100 if short => year + 1900,
        year => year,
    };
    let year = i32::try_from(year).map_err(|_| Fault::Range)?;
    NaiveDate::from_ymd_opt(year, month, number(day)?).filter(|_| year > 0).ok_or(Fault::Range)
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::datatypes::TimeUnit;

    use super::*;

    fn written(text: &str, target: &DataType) -> Result<String, Fault> {
        in_order(text, target, DateOrder::MonthDayYear)
    }

    fn in_order(text: &str, target: &DataType, order: DateOrder) -> Result<String, Fault> {
        Moment::read(&text.to_lowercase(), target, order).and_then(|moment| moment.written(target))
    }

    /// PostgreSQL 15, `SET datestyle = 'ISO, MDY'`: `SELECT '…'::date`.
    #[test]
    fn dates() {
        for text in [
            "2024-01-05",
            "2024-01-05 +00",
            "2024-01-05 10:00",
            "Jan 5, 2024",
            "January 5 2024",
            "5 Jan 2024",
            "5-Jan-2024",
            "2024-Jan-05",
            "20240105",
            "1/5/2024",
            "2024/1/5",
            "2024.01.05",
            "Friday 2024-01-05",
            "01-05-24",
            "2024-01-05T23:59:59Z",
            "J2460315",
            "2024.005",
        ] {
            assert_eq!(written(text, &DataType::Date32).as_deref(), Ok("2024-01-05"), "{text}");
        }
        for text in ["2024-13-01", "2024-02-30", "13/13/2024", "2024-01-05 25:00", "0000-01-01"] {
            assert_eq!(written(text, &DataType::Date32), Err(Fault::Range), "{text}");
        }
        for text in ["", "x", "2024-01", "10:00", "2024-01-05 x", "2024-01-05 10:00:00 nowhere/land"] {
            assert_eq!(written(text, &DataType::Date32), Err(Fault::Syntax), "{text}");
        }
        assert_eq!(written("0044-03-15 BC", &DataType::Date32), Err(Fault::BeforeChrist));
    }

    /// PostgreSQL 15: `SELECT '…'::timestamp`, `timestamptz`, `time`.
    #[test]
    fn times() {
        let plain = DataType::Timestamp(TimeUnit::Microsecond, None);
        let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let time = DataType::Time64(TimeUnit::Microsecond);
        let berlin = DataType::Timestamp(TimeUnit::Microsecond, Some("Europe/Berlin".into()));
        for (text, target, answer) in [
            ("2024-01-05 10:00", &plain, "2024-01-05 10:00:00"),
            ("2024-01-05 10:00:01.25+02", &plain, "2024-01-05 10:00:01.25"),
            ("2024-01-05", &plain, "2024-01-05 00:00:00"),
            ("2024-01-05 24:00", &plain, "2024-01-06 00:00:00"),
            ("2024-01-05 12:30 AM", &plain, "2024-01-05 00:30:00"),
            ("2024-01-05 1:30 pm", &plain, "2024-01-05 13:30:00"),
            ("2024-01-05 00:00+00", &zoned, "2024-01-05 00:00:00+00:00"),
            ("2024-01-05 00:00 -0530", &zoned, "2024-01-05 00:00:00-05:30"),
            ("2024-01-05 00:00 europe/berlin", &zoned, "2024-01-05 00:00:00+01:00"),
            // A time that a clock skips, and one that it shows twice.
            ("2024-03-31 02:30", &berlin, "2024-03-31 02:30:00+01:00"),
            ("2024-10-27 02:30", &berlin, "2024-10-27 02:30:00+01:00"),
            ("20240105 150405", &plain, "2024-01-05 15:04:05"),
            ("2024-12-31 23:59:60", &plain, "2025-01-01 00:00:00"),
            ("040506", &time, "04:05:06"),
            ("1530", &time, "15:30:00"),
            ("12:00:00+02", &time, "12:00:00"),
            ("12:05", &time, "12:05:00"),
        ] {
            assert_eq!(written(text, target).as_deref(), Ok(answer), "{text}");
        }
    }

    /// PostgreSQL 15 with `DateStyle` at `ISO, DMY` and `ISO, YMD`.
    #[test]
    fn the_order_of_the_fields() {
        let (dmy, ymd) = (DateOrder::DayMonthYear, DateOrder::YearMonthDay);
        for (order, text, day) in [
            (dmy, "01/02/2025", "2025-02-01"),
            (dmy, "13/01/2025", "2025-01-13"),
            (dmy, "01-02-2025", "2025-02-01"),
            (dmy, "1.2.25", "2025-02-01"),
            (dmy, "2025/02/01", "2025-02-01"),
            (dmy, "Feb 1, 2025", "2025-02-01"),
            (dmy, "1-Feb-25", "2025-02-01"),
            (ymd, "25/02/01", "2025-02-01"),
            (ymd, "01-02-03", "2001-02-03"),
            (ymd, "1 Feb 25", "2001-02-25"),
            (ymd, "25-Feb-01", "2025-02-01"),
            (ymd, "Feb 1 25", "2001-02-25"),
        ] {
            assert_eq!(in_order(text, &DataType::Date32, order).as_deref(), Ok(day), "{text}");
        }
        for (order, text) in [(dmy, "01/13/2025"), (dmy, "2025-13-02"), (ymd, "01/02/2025"), (ymd, "25/13/01")] {
            assert_eq!(in_order(text, &DataType::Date32, order), Err(Fault::Range), "{text}");
        }
    }
}
