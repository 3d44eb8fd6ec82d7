//! Time zones: fixed offsets, and names of the IANA database.

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, Offset, TimeZone};
use chrono_tz::{OffsetName, TZ_VARIANTS, Tz};

/// A time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Seconds east of UTC.
    Fixed(i32),
    Named(Tz),
}

impl Zone {
    /// `UTC`, `Europe/Berlin` in any case of letters, `Z`, `+01:00`, `-0330`, `+05`; `None` for anything else.
    pub fn parse(name: &str) -> Option<Self> {
        if let Some(seconds) = parse_offset(name) {
            return Some(Self::Fixed(seconds));
        }
        let zone =
            name.parse().ok().or_else(|| TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name)).copied())?;
        Some(if zone == Tz::UTC { Self::Fixed(0) } else { Self::Named(zone) })
    }

    /// Seconds east of UTC at a moment, given in seconds since 1970.
    pub fn offset_at(self, seconds: i64) -> i32 {
        match (self, naive(seconds)) {
            (Self::Fixed(offset), _) => offset,
            (Self::Named(zone), Some(moment)) => zone.offset_from_utc_datetime(&moment).fix().local_minus_utc(),
            // Beyond the years of the calendar the rules of a zone mean nothing any more.
            (Self::Named(_), None) => 0,
        }
    }

    /// What clocks call the zone at a moment: `CET`, `UTC`, `+05:30`.
    pub fn abbreviation_at(self, seconds: i64) -> String {
        let numbers = |offset: i32| {
            let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs() / 60);
            let behind = if minutes % 60 == 0 { String::new() } else { format!(":{:02}", minutes % 60) };
            format!("{sign}{:02}{behind}", minutes / 60)
        };
        match (self, naive(seconds)) {
            (Self::Fixed(0), _) => "UTC".to_owned(),
            (Self::Named(zone), Some(moment)) => {
                let offset = zone.offset_from_utc_datetime(&moment);
                offset.abbreviation().map_or_else(|| numbers(offset.fix().local_minus_utc()), str::to_owned)
            }
            (zone, _) => numbers(zone.offset_at(seconds)),
        }
    }

    /// Seconds east of UTC at a local time. Of a time that a clock shows twice the second is meant, of one that it skips the one by the
    /// rules before the change; as in PostgreSQL.
    pub fn offset_of_local(self, seconds: i64) -> i32 {
        match (self, naive(seconds)) {
            (Self::Fixed(offset), _) => offset,
            (Self::Named(_), None) => 0,
            (Self::Named(zone), Some(local)) => match zone.offset_from_local_datetime(&local) {
                MappedLocalTime::Single(offset) => offset.fix().local_minus_utc(),
                MappedLocalTime::Ambiguous(_, later) => later.fix().local_minus_utc(),
                MappedLocalTime::None => self.offset_at(seconds - 86_400),
            },
        }
    }
}

fn naive(seconds: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp(seconds, 0).map(|moment| moment.naive_utc())
}

/// Seconds east of UTC of `Z`, `+01`, `-0330`, `+05:30`, `+00:53:28`.
pub fn parse_offset(text: &str) -> Option<i32> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text.get(1..)?.chars().filter(|character| *character != ':').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize| digits.get(from..from + 2).map_or(Some(0), |part| part.parse::<i32>().ok());
    let (hours, minutes, seconds) = match digits.len() {
        1 => (digits.parse().ok()?, 0, 0),
        2 | 4 | 6 => (part(0)?, part(2)?, part(4)?),
        _ => return None,
    };
    // The same bounds as PostgreSQL's.
    (hours <= 15 && minutes < 60 && seconds < 60).then_some(sign * (hours * 3_600 + minutes * 60 + seconds))
}
