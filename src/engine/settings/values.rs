//! Values of settings: checked as PostgreSQL 15 checks them, with its messages, and shown as it shows them.

use super::definitions::{self, Kind, kind};
use crate::dialect::zones;
use crate::error::{Error, Result, SqlState};

/// What a name's value is kept as.
pub fn checked(name: &str, value: &str) -> Result<String> {
    match kind(name) {
        Kind::Text => Ok(value.into()),
        Kind::Fixed(reason) => Err(fixed(name, reason)),
        Kind::Bool => boolean(value).map(|on| on_or_off(on).into()).ok_or_else(|| not_boolean(name)),
        Kind::AlwaysOn => match boolean(value).ok_or_else(|| not_boolean(name))? {
            true => Ok("on".into()),
            false => Err(Error::unsupported(format!("{name} is always on"))),
        },
        Kind::Integer(least, most, unit) => integer(name, value, least, most, unit),
        Kind::Real(least, most) => real(name, value, least, most),
        Kind::Choice(words) => match chosen(words, value) {
            Some(word) => Ok(word.into()),
            None if is_postgres_choice(name, value) => Err(Error::unsupported(format!("{name} is always {words}"))),
            None => Err(invalid(name, value).hint(format!("Available values: {words}."))),
        },
        Kind::TimeZone => zones::setting(value).ok_or_else(|| invalid(name, value)),
        Kind::FloatDigits => match integer(name, value, -15, 3, "")? {
            digits if digits.starts_with('-') || digits == "0" => {
                let message = format!("{name} is always positive: numbers are written with the digits that they need");
                Err(Error::unsupported(message).hint(format!("Leave {name} at 1, or set it to 2 or 3")))
            }
            digits => Ok(digits),
        },
        Kind::DateStyle => date_style(value),
        Kind::ClientEncoding => client_encoding(name, value),
    }
}

/// 55P02 with the reason why a client cannot set it.
pub fn fixed(name: &str, reason: &str) -> Error {
    Error::new(SqlState("55P02"), format!("parameter \"{name}\" cannot be changed{reason}"))
}

/// The word, in its own spelling; where on and off are among the words, other truth values stand for them.
fn chosen(words: &'static str, value: &str) -> Option<&'static str> {
    let find = |wanted: &str| words.split(", ").find(|word| word.eq_ignore_ascii_case(wanted));
    let switch = || match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => find("on"),
        "false" | "no" | "0" => find("off"),
        _ => None,
    };
    find(value).or_else(switch)
}

/// A value as SHOW gives it: times and sizes in the largest unit in which they are whole.
pub fn shown(name: &str, value: &str) -> String {
    const TIMES: [(i64, &str); 5] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"), (1, "ms")];
    const SIZES: [(i64, &str); 5] = [(1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB"), (1, "B")];
    let (units, size) = match definitions::unit(name) {
        "" => return value.to_string(),
        "ms" => (TIMES, 1),
        "s" => (TIMES, 1_000),
        unit => (SIZES, bytes_of(unit)),
    };
    let number = value.parse::<i64>().ok().filter(|number| *number > 0).map(|number| number * size);
    let unit = number.and_then(|number| units.iter().find(|(of, _)| number % of == 0).map(|(of, unit)| (number / of, unit)));
    unit.map_or_else(|| value.to_string(), |(count, unit)| format!("{count}{unit}"))
}

/// The unit in which a value is kept.
pub fn unit(name: &str) -> Option<String> {
    Some(definitions::unit(name)).filter(|unit| !unit.is_empty()).map(str::to_string)
}

fn bytes_of(unit: &str) -> i64 {
    match unit {
        "kB" => 1 << 10,
        "8kB" => 8 << 10,
        _ => 1,
    }
}

/// PostgreSQL compares the letters and digits of an encoding's name, so that `'utf-8'`, quotes and all, is UTF8.
fn client_encoding(name: &str, value: &str) -> Result<String> {
    let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    match letters(value).as_str() {
        "utf8" | "unicode" => Ok("UTF8".into()),
        wanted if ENCODINGS.split(' ').any(|known| known == wanted) => {
            Err(Error::unsupported(format!("client_encoding is always UTF8, not {wanted}"))
                .hint("Connect with client_encoding UTF8"))
        }
        _ => Err(invalid(name, value)),
    }
}

/// Other encodings of PostgreSQL's clients, with their other names, as letters and digits (table 24.3 of the manual of version 15).
const ENCODINGS: &str = "abc alt big5 euccn eucjis2004 eucjp euckr euctw gb18030 gbk iso88591 iso885910 iso885913 iso885914 iso885915 \
    iso885916 iso88592 iso88593 iso88594 iso88595 iso88596 iso88597 iso88598 iso88599 johab koi8 koi8r koi8u latin1 latin10 latin2 \
    latin3 latin4 latin5 latin6 latin7 latin8 latin9 mskanji muleinternal shiftjis shiftjis2004 sjis sqlascii tcvn tcvn5712 uhc \
    vscii win win1250 win1251 win1252 win1253 win1254 win1255 win1256 win1257 win1258 win866 win874 win932 win936 win949 win950 \
    windows1250 windows1251 windows1252 windows1253 windows1254 windows1255 windows1256 windows1257 windows1258 windows866 \
    windows874 windows932 windows936 windows949 windows950";

fn invalid(name: &str, value: &str) -> Error {
    Error::new(SqlState::INVALID_PARAMETER_VALUE, format!("invalid value for parameter \"{name}\": \"{value}\""))
}

fn not_boolean(name: &str) -> Error {
    Error::new(SqlState::INVALID_PARAMETER_VALUE, format!("parameter \"{name}\" requires a Boolean value"))
}

fn on_or_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// Any prefix of true, false, yes and no, and on, off, 1, 0.
fn boolean(value: &str) -> Option<bool> {
    let value = value.trim().to_ascii_lowercase();
    let begins = |word: &str| !value.is_empty() && word.starts_with(&value);
    match value.as_str() {
        "on" | "1" => Some(true),
        "of" | "off" | "0" => Some(false),
        _ if begins("true") || begins("yes") => Some(true),
        _ if begins("false") || begins("no") => Some(false),
        _ => None,
    }
}

/// What PostgreSQL knows and this server does not have.
fn is_postgres_choice(name: &str, value: &str) -> bool {
    let words: &[&str] = match name {
        "bytea_output" => &["escape"],
        "IntervalStyle" => &["postgres_verbose", "sql_standard", "iso_8601"],
        _ => &[],
    };
    words.iter().any(|word| word.eq_ignore_ascii_case(value))
}

/// Where the number ends and its unit begins.
fn end_of_number(text: &str) -> usize {
    let end = text.char_indices().find(|(at, c)| {
        let exponent =
            matches!(c, 'e' | 'E') && text[at + 1..].starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
        let sign = matches!(c, '+' | '-') && (*at == 0 || text[..*at].ends_with(['e', 'E']));
        !(c.is_ascii_digit() || *c == '.' || exponent || sign)
    });
    end.map_or(text.len(), |(at, _)| at)
}

/// A number, perhaps with a unit of time or size, in the unit of the setting; fractions are rounded.
fn integer(name: &str, value: &str, least: i32, most: i32, unit: &str) -> Result<String> {
    let text = value.trim();
    let bad = || invalid(name, value);
    let (number, suffix) = text.split_at(end_of_number(text));
    let number: f64 = number.parse().map_err(|_| bad())?;
    let factor = match suffix.trim() {
        "" => 1.0,
        suffix => factor(suffix, unit).ok_or_else(|| match unit {
            "" => bad(),
            "ms" | "s" => bad().hint("Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", \"h\", and \"d\"."),
            _ => bad().hint("Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\"."),
        })?,
    };
    let number = (number * factor).round_ties_even();
    if number > f64::from(i32::MAX) || number < f64::from(i32::MIN) {
        return Err(bad().hint("Value exceeds integer range."));
    }
    if number < f64::from(least) || number > f64::from(most) {
        let shown = if unit.is_empty() { format!("{number}") } else { format!("{number} {unit}") };
        return Err(outside(&shown, name, &least.to_string(), &most.to_string()));
    }
    // Zero has no sign here.
    Ok(format!("{}", number + 0.0))
}

fn outside(shown: &str, name: &str, least: &str, most: &str) -> Error {
    let message = format!("{shown} is outside the valid range for parameter \"{name}\" ({least} .. {most})");
    Error::new(SqlState::INVALID_PARAMETER_VALUE, message)
}

/// How many units of the setting one of the unit written is.
fn factor(written: &str, unit: &str) -> Option<f64> {
    let milliseconds = match written {
        "us" => 0.001,
        "ms" => 1.0,
        "s" => 1_000.0,
        "min" => 60_000.0,
        "h" => 3_600_000.0,
        "d" => 86_400_000.0,
        _ => 0.0,
    };
    let bytes = match written {
        "B" => 1_i64,
        "kB" => 1 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        "TB" => 1 << 40,
        _ => 0,
    };
    let factor = match unit {
        "" => return None,
        "ms" => milliseconds,
        "s" => milliseconds / 1_000.0,
        unit => bytes as f64 / bytes_of(unit) as f64,
    };
    Some(factor).filter(|factor| *factor > 0.0)
}

fn real(name: &str, value: &str, least: &str, most: &str) -> Result<String> {
    let number = value.trim().parse::<f64>().ok().filter(|number| number.is_finite()).ok_or_else(|| invalid(name, value))?;
    let bound = |text: &str| text.parse::<f64>().unwrap_or(f64::MAX);
    if number < bound(least) || number > bound(most) {
        return Err(outside(&six_digits(number), name, least, most));
    }
    Ok(six_digits(number))
}

/// A number as C's `%g` writes it.
fn six_digits(number: f64) -> String {
    let rounded: f64 = format!("{number:.5e}").parse().unwrap_or(number) + 0.0;
    if rounded == 0.0 || (1e-4..1e6).contains(&rounded.abs()) {
        return rounded.to_string();
    }
    let text = format!("{rounded:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{digits}e{sign}{exponent:0>2}")
}

/// The order of day, month and year; the style is always ISO.
fn date_style(value: &str) -> Result<String> {
    let mut order = "MDY";
    for word in value.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match word.to_lowercase().as_str() {
            "iso" | "default" => {}
            "ymd" => order = "YMD",
            "dmy" => order = "DMY",
            "mdy" | "us" => order = "MDY",
            word if word.starts_with("euro") => order = "DMY",
            word if word.starts_with("noneuro") => order = "MDY",
            "sql" | "german" | "postgres" => {
                return Err(Error::unsupported("dates are written in ISO style").hint("Leave DateStyle at ISO"));
            }
            _ => return Err(invalid("DateStyle", value).detail(format!("Unrecognized key word: \"{word}\"."))),
        }
    }
    Ok(format!("ISO, {order}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What PostgreSQL 15 answers to SET and SHOW.
    #[test]
    fn times_are_read_and_shown_as_postgres_does() {
        for (value, kept, shows) in [
            ("1.5s", "1500", "1500ms"),
            ("2h", "7200000", "2h"),
            ("500", "500", "500ms"),
            ("1min", "60000", "1min"),
            ("90s", "90000", "90s"),
            ("1 d", "86400000", "1d"),
            ("0.4", "0", "0"),
            ("1500us", "2", "2ms"),
            ("1e3", "1000", "1s"),
        ] {
            assert_eq!(checked("statement_timeout", value).unwrap(), kept, "{value}");
            assert_eq!(shown("statement_timeout", kept), shows, "{value}");
        }
        let units = Some("Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", \"h\", and \"d\".");
        for (value, message, hint) in [
            ("1x", "invalid value for parameter \"statement_timeout\": \"1x\"", units),
            ("abc", "invalid value for parameter \"statement_timeout\": \"abc\"", None),
            ("-1", "-1 ms is outside the valid range for parameter \"statement_timeout\" (0 .. 2147483647)", None),
            (
                "999999999h",
                "invalid value for parameter \"statement_timeout\": \"999999999h\"",
                Some("Value exceeds integer range."),
            ),
        ] {
            let error = checked("statement_timeout", value).unwrap_err();
            assert_eq!((error.sqlstate(), error.message.as_str(), error.hint.as_deref()), ("22023", message, hint));
        }
    }

    /// Limits of roles have the units of PostgreSQL's settings: the memory that of `work_mem`.
    #[test]
    fn limits_of_roles_have_units() {
        for (name, value, kept) in [
            ("cilake.memory_limit", "64MB", "65536"),
            ("cilake.statement_time_max", "1.5 min", "90000"),
            ("cilake.rows_max", "1000", "1000"),
        ] {
            assert_eq!(checked(name, value).unwrap(), kept, "{value}");
        }
        for (name, value) in [("cilake.rows_max", "1k"), ("cilake.memory_limit", "1 mb"), ("cilake.statement_time_max", "")] {
            assert_eq!(checked(name, value).unwrap_err().sqlstate(), "22023", "{name} = {value}");
        }
    }

    #[test]
    fn other_kinds_are_checked_as_postgres_does() {
        for (name, value, kept) in [
            ("jit", "of", "off"),
            ("extra_float_digits", "1.6", "2"),
            ("DateStyle", "dmy", "ISO, DMY"),
            ("TimeZone", "europe/berlin", "Europe/Berlin"),
            ("client_min_messages", "WARNING", "warning"),
            ("client_encoding", "'utf-8'", "UTF8"),
            ("synchronous_commit", "true", "on"),
            ("max_parallel_workers", "3.7", "4"),
            ("random_page_cost", "1.23456789", "1.23457"),
            ("seq_page_cost", "1e12", "1e+12"),
            ("tcp_keepalives_idle", "2h", "7200"),
        ] {
            assert_eq!(checked(name, value).unwrap(), kept);
        }
        for (name, value, message) in [
            ("jit", "foo", "parameter \"jit\" requires a Boolean value"),
            ("extra_float_digits", "9", "9 is outside the valid range for parameter \"extra_float_digits\" (-15 .. 3)"),
            ("extra_float_digits", "1ms", "invalid value for parameter \"extra_float_digits\": \"1ms\""),
            ("client_min_messages", "foo", "invalid value for parameter \"client_min_messages\": \"foo\""),
            ("DateStyle", "iso, foo", "invalid value for parameter \"DateStyle\": \"iso, foo\""),
            ("client_encoding", "foo", "invalid value for parameter \"client_encoding\": \"foo\""),
            ("plan_cache_mode", "x", "invalid value for parameter \"plan_cache_mode\": \"x\""),
            ("random_page_cost", "-1", "-1 is outside the valid range for parameter \"random_page_cost\" (0 .. 1.79769e+308)"),
            ("work_mem", "1kB", "1 kB is outside the valid range for parameter \"work_mem\" (64 .. 2147483647)"),
        ] {
            let error = checked(name, value).unwrap_err();
            assert_eq!((error.sqlstate(), error.message.as_str()), ("22023", message));
        }
    }

    /// What PostgreSQL 15 shows after SET.
    #[test]
    fn sizes_are_read_and_shown_as_postgres_does() {
        for (name, value, kept, shows) in [
            ("work_mem", "64MB", "65536", "64MB"),
            ("work_mem", "100", "100", "100kB"),
            ("temp_buffers", "1GB", "131072", "1GB"),
            ("temp_file_limit", "-1", "-1", "-1"),
        ] {
            assert_eq!(checked(name, value).unwrap(), kept, "{value}");
            assert_eq!(shown(name, kept), shows, "{value}");
        }
        for (name, value, shows) in [("shared_buffers", "16384", "128MB"), ("segment_size", "131072", "1GB")] {
            assert_eq!(shown(name, value), shows);
        }
        let hint = checked("work_mem", "1x").unwrap_err().hint;
        assert_eq!(hint.as_deref(), Some("Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\"."));
        for (name, message) in [
            ("max_connections", "parameter \"max_connections\" cannot be changed without restarting the server"),
            ("ssl", "parameter \"ssl\" cannot be changed now"),
            ("block_size", "parameter \"block_size\" cannot be changed"),
        ] {
            let error = checked(name, "1").unwrap_err();
            assert_eq!((error.sqlstate(), error.message.as_str()), ("55P02", message));
        }
        for (name, value) in
            [("client_encoding", "LATIN1"), ("extra_float_digits", "0"), ("bytea_output", "escape"), ("DateStyle", "German")]
        {
            assert_eq!(checked(name, value).unwrap_err().sqlstate(), "0A000", "{name}");
        }
    }
}
