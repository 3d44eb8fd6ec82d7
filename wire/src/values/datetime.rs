//! Dates, times and timestamps in ISO style, as PostgreSQL writes them with `DateStyle = ISO`.

use super::CellError;

/// Days from 1970-01-01 (Arrow) to 2000-01-01 (PostgreSQL).
pub const EPOCH_SHIFT_DAYS: i32 = 10_957;
/// The same in microseconds.
pub const EPOCH_SHIFT_MICROS: i64 = EPOCH_SHIFT_DAYS as i64 * DAY_MICROS;
pub const DAY_MICROS: i64 = 86_400_000_000;

/// 4714-11-24 BC, day zero of the Julian count, in days since 1970.
const DAY_MIN: i64 = -2_440_588;
/// 5874898-01-01, the first day beyond PostgreSQL's dates, in days since 1970.
const DATE_END: i64 = 2_145_042_906;
/// 294277-01-01, the first moment beyond PostgreSQL's timestamps, in microseconds since 2000.
const TIMESTAMP_END: i64 = 9_223_371_331_200_000_000;

/// Days since 1970 that PostgreSQL can hold.
pub fn check_date(days: i64) -> Result<i32, CellError> {
    match i32::try_from(days) {
        Ok(days) if (DAY_MIN..DATE_END).contains(&i64::from(days)) => Ok(days),
        _ => Err(CellError::DateRange),
    }
}

/// Microseconds since 1970 to microseconds since 2000, within what PostgreSQL can hold.
pub fn check_timestamp(micros: i64) -> Result<i64, CellError> {
    match micros.checked_sub(EPOCH_SHIFT_MICROS) {
        Some(shifted) if micros >= DAY_MIN * DAY_MICROS && shifted < TIMESTAMP_END => Ok(shifted),
        _ => Err(CellError::TimestampRange),
    }
}

pub fn check_time(micros: i64) -> Result<i64, CellError> {
    if (0..=DAY_MICROS).contains(&micros) { Ok(micros) } else { Err(CellError::TimeRange) }
}

/// A day of the proleptic Gregorian calendar; year 0 is 1 BC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    pub year: i32,
    pub month: u32,
    pub day: u32,
}

impl Civil {
    /// Days since 1970-01-01 to year, month and day, with years that begin in March so that the leap day is the last one of its year
    /// (E. G. Richards, "Calendars", in the Explanatory Supplement to the Astronomical Almanac, 3rd edition, section 15.11).
    pub fn from_days(days: i32) -> Self {
        // Moved by 400-year cycles (146,097 days) into the positive numbers; 719,468 days lie between 0000-03-01 and 1970-01-01.
        const CYCLES: u32 = 14_704;
        let day = (i64::from(days) + 719_468 + i64::from(CYCLES) * 146_097) as u64;
        let (cycle, day_of_cycle) = ((day / 146_097) as u32, (day % 146_097) as u32);
        let year_of_cycle = (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
        let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let (month, next_year) = if month_from_march < 10 { (month_from_march + 3, 0) } else { (month_from_march - 9, 1) };
        let year = (cycle * 400 + year_of_cycle + next_year) as i32 - (CYCLES * 400) as i32;
        Self { year, month, day }
    }

    /// The reverse of `from_days`; `None` for a day that does not exist.
    pub fn to_days(self) -> Option<i64> {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        let length = match self.month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        if !(1..=length).contains(&self.day) {
            return None;
        }
        let (year, month_from_march) =
            if self.month > 2 { (i64::from(self.year), self.month - 3) } else { (i64::from(self.year) - 1, self.month + 9) };
        let cycle = year.div_euclid(400);
        let year_of_cycle = year.rem_euclid(400);
        let day_of_year = i64::from((153 * month_from_march + 2) / 5 + self.day - 1);
        Some(cycle * 146_097 + year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year - 719_468)
    }

    /// The year as it is written, and whether it is before Christ, which is said at the very end of the text.
    fn written_year(self) -> (u32, bool) {
        if self.year <= 0 { ((1 - self.year).unsigned_abs(), true) } else { (self.year.unsigned_abs(), false) }
    }

    /// Writes the date and says whether its year is before Christ.
    fn write(self, out: &mut Vec<u8>) -> bool {
        let (year, before_christ) = self.written_year();
        let ([y0, y1], [y2, y3]) = (pair(year / 100), pair(year));
        let ([m0, m1], [d0, d1]) = (pair(self.month), pair(self.day));
        if year > 9_999 {
            out.extend_from_slice(itoa::Buffer::new().format(year).as_bytes());
            out.extend_from_slice(&[b'-', m0, m1, b'-', d0, d1]);
        } else {
            out.extend_from_slice(&[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1]);
        }
        before_christ
    }
}

/// The two last decimal digits of every number.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

fn pair(value: u32) -> [u8; 2] {
    PAIRS[(value % 100) as usize]
}

/// `2020-02-29`, `0044-03-15 BC`.
///
/// # Errors
/// The day is outside PostgreSQL's dates.
pub fn write_date(days: i64, out: &mut Vec<u8>) -> Result<(), CellError> {
    if Civil::from_days(check_date(days)?).write(out) {
        out.extend_from_slice(b" BC");
    }
    Ok(())
}

/// `04:05:06.7`, from microseconds since midnight; `24:00:00` is a time.
///
/// # Errors
/// The time is negative or later than 24:00.
pub fn write_time(micros: i64, out: &mut Vec<u8>) -> Result<(), CellError> {
    write_clock(check_time(micros)?, out);
    Ok(())
}

/// The text `hh:mm:ss` and the microseconds behind it, from microseconds since midnight.
fn clock(micros: i64) -> ([u8; 8], u32) {
    let (seconds, fraction) = ((micros / 1_000_000) as u32, (micros % 1_000_000) as u32);
    let ([h0, h1], [m0, m1], [s0, s1]) = (pair(seconds / 3_600), pair(seconds / 60 % 60), pair(seconds % 60));
    ([h0, h1, b':', m0, m1, b':', s0, s1], fraction)
}

fn write_clock(micros: i64, out: &mut Vec<u8>) {
    let (text, fraction) = clock(micros);
    out.extend_from_slice(&text);
    write_fraction(fraction, out);
}

/// `.7` for 700,000 microseconds: trailing zeros are not written, and nothing at all for zero.
pub fn write_fraction(micros: u32, out: &mut Vec<u8>) {
    if micros == 0 {
        return;
    }
    let ([a, b], [c, d], [e, f]) = (pair(micros / 10_000), pair(micros / 100), pair(micros));
    let text = [b'.', a, b, c, d, e, f];
    let length = text.iter().rposition(|byte| *byte != b'0').map_or(0, |last| last + 1);
    out.extend_from_slice(text.get(..length).unwrap_or_default());
}

/// How a timestamp is laid out: `2020-01-01 00:00:00+01` in results, `2020-01-01T00:00:00+01:00` inside JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Sql,
    Json,
}

/// A timestamp from microseconds since 1970 in UTC; with an offset (seconds east of UTC) it is written in that local time.
///
/// # Errors
/// The moment is outside PostgreSQL's timestamps.
pub fn write_timestamp(micros: i64, offset: Option<i32>, layout: Layout, out: &mut Vec<u8>) -> Result<(), CellError> {
    check_timestamp(micros)?;
    let local = micros + i64::from(offset.unwrap_or(0)) * 1_000_000;
    let days = local.div_euclid(DAY_MICROS);
    let before_christ = Civil::from_days(i32::try_from(days).map_err(|_| CellError::TimestampRange)?).write(out);
    let ([h0, h1, c0, m0, m1, c1, s0, s1], fraction) = clock(local.rem_euclid(DAY_MICROS));
    out.extend_from_slice(&[if layout == Layout::Json { b'T' } else { b' ' }, h0, h1, c0, m0, m1, c1, s0, s1]);
    write_fraction(fraction, out);
    if let Some(offset) = offset {
        write_offset(offset, layout, out);
    }
    if before_christ {
        out.extend_from_slice(b" BC");
    }
    Ok(())
}

/// `+01`, `-03:30`, `+00:53:28`; with hours and minutes always in JSON.
fn write_offset(offset: i32, layout: Layout, out: &mut Vec<u8>) {
    let seconds = offset.unsigned_abs();
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let ([h0, h1], [m0, m1], [s0, s1]) = (pair(hour), pair(minute), pair(second));
    out.extend_from_slice(&[if offset < 0 { b'-' } else { b'+' }, h0, h1]);
    if minute != 0 || second != 0 || layout == Layout::Json {
        out.extend_from_slice(&[b':', m0, m1]);
    }
    if second != 0 {
        out.extend_from_slice(&[b':', s0, s1]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_civil_dates_are_each_others_inverse() {
        let all = (-2_440_588..=2_145_042_905i64).step_by(7_919);
        for days in all.chain(-200_000..200_000) {
            assert_eq!(Civil::from_days(days as i32).to_days(), Some(days));
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        assert_eq!(Civil { year: 2023, month: 2, day: 29 }.to_days(), None);
        assert_eq!(Civil { year: 1900, month: 2, day: 29 }.to_days(), None);
        assert_eq!(Civil { year: 2000, month: 2, day: 29 }.to_days(), Some(11_016));
        assert_eq!(Civil { year: 2000, month: 13, day: 1 }.to_days(), None);
        assert_eq!(Civil { year: 2000, month: 4, day: 31 }.to_days(), None);
    }
}
