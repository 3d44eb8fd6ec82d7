//! Dates of birth as people and files write them.

/// A calendar day of a life: year from 1800 to 2200, month, day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BirthDate {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

impl BirthDate {
    fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let is_leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
        let days = match month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        if !(1800..=2200).contains(&year) || !(1..=days).contains(&day) {
            return None;
        }
        Some(Self { year: u16::try_from(year).ok()?, month: u8::try_from(month).ok()?, day: u8::try_from(day).ok()? })
    }
}

/// Reads `1971-06-24`, `1971/6/24`, `19710624`, `24.6.1971`, and any of them with a time behind; `24/06/1971` and `06/24/1971`
/// where only one order of day and month is possible. `None` for `05/06/1971`, which half of the world reads differently, for
/// two-digit years and for days that the calendar does not have.
pub fn read_birth_date(text: &str) -> Option<BirthDate> {
    let day = text.trim().split(['T', ' ']).next()?;
    if day.len() == 8 && day.bytes().all(|digit| digit.is_ascii_digit()) {
        return BirthDate::new(day.get(..4)?.parse().ok()?, day.get(4..6)?.parse().ok()?, day.get(6..)?.parse().ok()?);
    }
    let separator = day.chars().find(|letter| matches!(letter, '-' | '/' | '.'))?;
    let mut parts = day.split(separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len()) && part.bytes().all(|digit| digit.is_ascii_digit())
    };
    if parts.next().is_some() || !is_number(second, 1..=2) {
        return None;
    }
    let number = |part: &str| part.parse::<u32>().ok();
    if is_number(first, 4..=4) && is_number(third, 1..=2) {
        return BirthDate::new(number(first)?, number(second)?, number(third)?);
    }
    if !is_number(first, 1..=2) || !is_number(third, 4..=4) {
        return None;
    }
    let (first, second, year) = (number(first)?, number(second)?, number(third)?);
    let (day_first, month_first) = (BirthDate::new(year, second, first), BirthDate::new(year, first, second));
    match (separator, day_first, month_first) {
        ('.', day_first, _) => day_first,
        (_, Some(date), None) | (_, None, Some(date)) => Some(date),
        (_, Some(date), Some(same)) if date == same => Some(date),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ISO 8601, DIN 5008 and the Gregorian calendar.
    #[test]
    fn a_day_is_read_where_it_can_mean_only_one() {
        let day = BirthDate::new(1971, 6, 24);
        for text in [
            "1971-06-24",
            "1971/6/24",
            "19710624",
            "24.06.1971",
            "24.6.1971",
            "24/06/1971",
            "06/24/1971",
            " 1971-06-24T00:00:00Z",
            "1971-06-24 00:00:00",
        ] {
            assert_eq!(read_birth_date(text), day, "{text}");
        }
        assert_eq!(read_birth_date("05/05/1971"), BirthDate::new(1971, 5, 5));
        assert_eq!(read_birth_date("2000-02-29"), BirthDate::new(2000, 2, 29));
        for text in [
            "05/06/1971",
            "1971-02-30",
            "1900-02-29",
            "24.06.71",
            "0000-00-00",
            "1971",
            "24 June 1971",
            "",
            "😀",
            "1971-06-24-1",
            "99991231",
        ] {
            assert_eq!(read_birth_date(text), None, "{text}");
        }
    }
}
