//! Names of time zones as PostgreSQL reads them: those of the IANA database in any case of letters, POSIX specifications (`UTC+3` is
//! west of UTC), hours from UTC (`+3` is east of it), and, where a moment is spoken of, abbreviations.

use chrono_tz::{TZ_VARIANTS, Tz};
use cilake_wire::values::zone::Zone;

/// Abbreviations that always mean the same, in small letters, with their seconds east of UTC: rows of `pg_timezone_abbrevs` of
/// PostgreSQL 15.
const ABBREVIATIONS: &str = include_str!("abbreviations.tsv");

const HOUR: i32 = 3_600;
/// The engine has no zones that are further from UTC.
const DAY: i32 = 24 * HOUR;

/// The zone that a text names behind AT TIME ZONE; `None` if it names none.
pub fn named(text: &str) -> Option<Zone> {
    known(text).or_else(|| posix(text).map(Zone::Fixed))
}

/// The zone that a text names within a timestamp.
pub fn known(text: &str) -> Option<Zone> {
    let word = text.to_lowercase();
    let rows = ABBREVIATIONS.lines().filter_map(|line| line.split_once('\t'));
    let seconds = rows.filter(|(abbreviation, _)| *abbreviation == word).find_map(|(_, seconds)| seconds.parse().ok());
    seconds.map(Zone::Fixed).or_else(|| of_database(text).map(of_tz))
}

/// The zone of the setting, in the spelling that SHOW gives; `None` for a value that is none.
pub fn setting(value: &str) -> Option<String> {
    if value.eq_ignore_ascii_case("default") || value.eq_ignore_ascii_case("local") {
        return Some("UTC".into());
    }
    if let Some(seconds) = hours(value).or_else(|| interval(value)) {
        return Some(shown(seconds)).filter(|shown| label(shown).is_some());
    }
    let known = of_database(value).map(|zone| zone.name().to_string());
    known.or_else(|| posix(value).map(|_| value.to_string())).filter(|shown| label(shown).is_some())
}

/// The name by which the engine knows a zone of the setting.
pub fn label(shown: &str) -> Option<String> {
    if let Some(zone) = of_database(shown) {
        return Some(zone.name().to_string());
    }
    let seconds = posix(shown).filter(|seconds| seconds.abs() < DAY && seconds % 60 == 0)?;
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    Some(format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60))
}

fn of_database(name: &str) -> Option<Tz> {
    TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name)).copied()
}

fn of_tz(zone: Tz) -> Zone {
    if zone == Tz::UTC { Zone::Fixed(0) } else { Zone::Named(zone) }
}

/// `EST5`, `<+03>-3`, `+02:30`: an abbreviation and how far west of UTC it is. Rules of summer time are not read.
fn posix(text: &str) -> Option<i32> {
    let offset = match text.strip_prefix('<') {
        Some(rest) => rest.split_once('>')?.1,
        None => text.trim_start_matches(|c: char| !c.is_ascii_digit() && !matches!(c, ',' | '+' | '-')),
    };
    let (sign, clock) = match offset.strip_prefix('-') {
        Some(clock) => (1, clock),
        None => (-1, offset.strip_prefix('+').unwrap_or(offset)),
    };
    Some(sign * seconds(clock)?)
}

/// Seconds of `3`, `03:30`, `03:30:15`.
fn seconds(clock: &str) -> Option<i32> {
    let mut parts = clock.split(':');
    let mut number = |most: i32| match parts.next() {
        None => Some(0),
        Some(digits) if digits.len() > 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) => None,
        Some(digits) => digits.parse().ok().filter(|number| *number <= most),
    };
    let seconds = number(167)? * HOUR + number(59)? * 60 + number(59)?;
    parts.next().is_none().then_some(seconds)
}

/// `2`, `+02`, `-3.5`: hours east of UTC, in seconds.
fn hours(value: &str) -> Option<i32> {
    let value = value.trim();
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.'));
    let hours: f64 = value.parse().ok().filter(|_| is_number)?;
    // Beyond the bounds the conversion saturates, and no zone has that offset.
    Some((hours * f64::from(HOUR)) as i32)
}

/// `INTERVAL '+05:30' HOUR TO MINUTE`, in seconds east of UTC. Of an interval in words only hours and minutes are read.
fn interval(value: &str) -> Option<i32> {
    let rest = value.get(..8).filter(|word| word.eq_ignore_ascii_case("interval")).and(value.get(8..))?.trim();
    let (text, unit) = rest.strip_prefix('\'')?.split_once('\'')?;
    let (text, unit) = (text.trim().to_lowercase(), unit.trim().to_lowercase());
    let signed = |text: &str| match text.strip_prefix('-') {
        Some(clock) => Some(-seconds(clock)?),
        None => seconds(text.strip_prefix('+').unwrap_or(text)),
    };
    if text.contains(':') {
        return signed(&text);
    }
    let (number, word) = text.split_once(' ').unwrap_or((&text, &unit));
    match word.trim().trim_end_matches('s') {
        "hour" => signed(number),
        "minute" => number.parse::<i32>().ok()?.checked_mul(60),
        _ => None,
    }
}

/// `<+05:30>-05:30`, as PostgreSQL names an offset.
fn shown(seconds: i32) -> String {
    let size = seconds.unsigned_abs();
    let (hours, minutes, rest) = (size / 3_600, size / 60 % 60, size % 60);
    let clock = match (minutes, rest) {
        (0, 0) => format!("{hours:02}"),
        (_, 0) => format!("{hours:02}:{minutes:02}"),
        _ => format!("{hours:02}:{minutes:02}:{rest:02}"),
    };
    if seconds < 0 { format!("<-{clock}>+{clock}") } else { format!("<+{clock}>-{clock}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SET TIME ZONE …; SHOW timezone`, and the offset that it then shows.
    #[test]
    fn settings_are_read_as_postgres_does() {
        for (value, shows, is) in [
            ("+02", "<+02>-02", "+02:00"),
            ("2", "<+02>-02", "+02:00"),
            ("-3.5", "<-03:30>+03:30", "-03:30"),
            ("2.25", "<+02:15>-02:15", "+02:15"),
            ("0", "<+00>-00", "+00:00"),
            ("INTERVAL '+05:30' HOUR TO MINUTE", "<+05:30>-05:30", "+05:30"),
            ("INTERVAL '-08:00'", "<-08>+08", "-08:00"),
            ("INTERVAL '3 hours'", "<+03>-03", "+03:00"),
            ("EST", "EST", "EST"),
            ("est5edt", "EST5EDT", "EST5EDT"),
            ("europe/BERLIN", "Europe/Berlin", "Europe/Berlin"),
            ("utc", "UTC", "UTC"),
            ("zulu", "Zulu", "Zulu"),
            ("UTC+3", "UTC+3", "-03:00"),
            ("FOO+3", "FOO+3", "-03:00"),
            ("EST5", "EST5", "-05:00"),
            ("+02:30", "+02:30", "-02:30"),
            ("<+03>-3", "<+03>-3", "+03:00"),
        ] {
            assert_eq!(setting(value).as_deref(), Some(shows), "{value}");
            assert_eq!(label(shows).as_deref(), Some(is), "{value}");
        }
        for value in ["CEST", "PST", "z", "Nowhere", "", "foo/bar", "INTERVAL '1 month'", "200", "Europe/Berlin ", "é", "1e9"] {
            assert_eq!(setting(value), None, "{value}");
        }
        // PostgreSQL takes these; summer time by rules is refused, and never left out.
        for value in ["EST5EDT,M3.2.0,M11.1.0", "CET-1CEST,M3.5.0,M10.5.0/3", "XYZ5ABC,J60,J300", "XYZ5ABC", "<+03>-3<+04>"] {
            assert_eq!(setting(value), None, "{value}");
        }
    }

    /// PostgreSQL 15: `timestamptz '2025-01-01 00:00+00' AT TIME ZONE …`.
    #[test]
    fn names_behind_at_time_zone() {
        let hours = |text: &str| named(text).map(|zone| f64::from(zone.offset_at(1_735_689_600)) / 3_600.0);
        for (name, offset) in [
            ("+02", -2.0),
            ("CET", 1.0),
            ("pst", -8.0),
            ("europe/berlin", 1.0),
            ("CEST", 2.0),
            ("utc+3", -3.0),
            ("GMT-5", 5.0),
            ("z", 0.0),
        ] {
            assert_eq!(hours(name), Some(offset), "{name}");
        }
        assert_eq!((hours("Nowhere"), hours(""), hours("foo/bar")), (None, None, None));
    }
}
