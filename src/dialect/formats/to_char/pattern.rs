//! The patterns of `to_char`.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDateTime, Timelike};

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const ROMAN: [&str; 12] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

/// Words of a pattern, a longer one before those that it begins with. Each is also there in small letters.
const WORDS: &[&str] = &[
    "MONTH", "SSSSS", "Y,YYY", "A.D.", "A.M.", "B.C.", "P.M.", "HH12", "HH24", "IDDD", "IYYY", "SSSS", "YYYY", "DAY", "DDD",
    "FF1", "FF2", "FF3", "FF4", "FF5", "FF6", "IYY", "MON", "TZH", "TZM", "YYY", "AD", "AM", "BC", "CC", "DD", "DY", "HH", "ID",
    "IW", "IY", "MI", "MM", "MS", "OF", "PM", "RM", "SS", "TZ", "US", "WW", "YY", "D", "I", "J", "Q", "W", "Y",
];

/// How a word of the pattern is written, and its value is.
#[derive(Clone, Copy, PartialEq)]
pub enum Letters {
    Capital,
    First,
    Small,
}

pub enum Part {
    Text(char),
    /// `fills`: with zeros or blanks to its width. The ordinal suffix follows a number.
    Word {
        word: &'static str,
        letters: Letters,
        fills: bool,
        ordinal: Option<Letters>,
    },
}

/// What is known of a clock's zone at a moment; nothing of a clock without one.
#[derive(Debug, Default)]
pub struct Shown {
    /// Seconds before UTC.
    pub offset: i32,
    pub abbreviation: String,
}

pub struct Pattern(Vec<Part>);

impl Pattern {
    pub fn read(text: &str) -> Self {
        let (mut parts, mut rest) = (vec![], text);
        while let Some(first) = rest.chars().next() {
            if let Some(quoted) = rest.strip_prefix('"') {
                rest = quoted_text(quoted, &mut parts);
                continue;
            }
            let (fills, translates, after) = prefixes(rest);
            let Some((word, letters, after)) = word(after) else {
                // A prefix before nothing is text.
                parts.push(Part::Text(first));
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
                continue;
            };
            let (ordinal, after) = match after {
                _ if after.starts_with("TH") => (Some(Letters::Capital), after.get(2..)),
                _ if after.starts_with("th") => (Some(Letters::Small), after.get(2..)),
                _ => (None, Some(after)),
            };
            // A name in the language of the server is as long as it is.
            let fills = fills && !(translates && matches!(word, "MONTH" | "DAY"));
            parts.push(Part::Word { word, letters, fills, ordinal });
            rest = after.unwrap_or_default();
        }
        Self(parts)
    }

    /// Whether it has the abbreviation of a zone.
    pub fn abbreviates(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Word { word: "TZ", .. }))
    }

    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The clock in the pattern.
    pub fn written(&self, clock: NaiveDateTime, zone: &Shown) -> String {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push(*text),
                Part::Word { word, letters, fills, ordinal } => {
                    let from = out.len();
                    write_word(word, *letters, *fills, clock, zone, &mut out);
                    if let Some(case) = ordinal {
                        let suffix = suffix(out.get(from..).unwrap_or_default());
                        out.push_str(&if *case == Letters::Capital { suffix.to_uppercase() } else { suffix.to_string() });
                    }
                }
            }
        }
        out
    }
}

/// Text in double quotes, in which a backslash keeps the next character; what follows it.
fn quoted_text<'a>(quoted: &'a str, parts: &mut Vec<Part>) -> &'a str {
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return quoted.get(at + 1..).unwrap_or_default(),
            '\\' => parts.extend(characters.next().map(|(_, kept)| Part::Text(kept))),
            other => parts.push(Part::Text(other)),
        }
    }
    ""
}

/// Whether values fill their width (no FM), whether names are translated (TM), and what follows.
fn prefixes(mut rest: &str) -> (bool, bool, &str) {
    let (mut fills, mut translates) = (true, false);
    loop {
        if let Some(after) = rest.strip_prefix("FM").or_else(|| rest.strip_prefix("fm")) {
            (fills, rest) = (false, after);
        } else if let Some(after) = rest.strip_prefix("TM").or_else(|| rest.strip_prefix("tm")) {
            (translates, rest) = (true, after);
        } else {
            return (fills, translates, rest);
        }
    }
}

fn word(text: &str) -> Option<(&'static str, Letters, &str)> {
    WORDS.iter().find_map(|word| {
        let (head, rest) = text.split_at_checked(word.len())?;
        let is_name = matches!(*word, "MONTH" | "MON" | "DAY" | "DY");
        let letters = match head {
            _ if head == *word => Letters::Capital,
            _ if head == word.to_ascii_lowercase() => Letters::Small,
            _ if is_name && head.eq_ignore_ascii_case(word) && head.get(1..) == word.to_ascii_lowercase().get(1..) => {
                Letters::First
            }
            _ => return None,
        };
        Some((*word, letters, rest))
    })
}

fn write_word(word: &str, letters: Letters, fills: bool, clock: NaiveDateTime, zone: &Shown, out: &mut String) {
    let offset = zone.offset;
    let cased = |name: &str| match letters {
        Letters::Capital => name.to_uppercase(),
        Letters::First => name.to_string(),
        Letters::Small => name.to_lowercase(),
    };
    let named = |name: &str, width: usize| {
        let name = cased(name);
        if fills { format!("{name:width$}") } else { name }
    };
    let short = |name: &str| cased(name.get(..3).unwrap_or(name));
    let number = |value: i64, width: usize| if fills { format!("{value:0width$}") } else { value.to_string() };
    let (month, day) = (clock.month0() as usize, clock.weekday().num_days_from_sunday() as usize);
    let (year, week) = (i64::from(clock.year()), clock.iso_week());
    let week_year = i64::from(week.year());
    let micros = i64::from(clock.nanosecond() / 1_000);
    let half = |hour: u32| i64::from(if hour.is_multiple_of(12) { 12 } else { hour % 12 });
    let month_name = MONTHS.get(month).copied().unwrap_or_default();
    let day_name = DAYS.get(day).copied().unwrap_or_default();
    let meridiem = if clock.hour() < 12 { "am" } else { "pm" };
    let before_noon =
        |dotted: bool| if dotted { format!("{}.m.", meridiem.get(..1).unwrap_or_default()) } else { meridiem.into() };
    let text = match word {
        "MONTH" => named(month_name, 9),
        "MON" => short(month_name),
        "MM" => number(i64::from(clock.month()), 2),
        "RM" => named(ROMAN.get(month).copied().unwrap_or_default(), 4),
        "DAY" => named(day_name, 9),
        "DY" => short(day_name),
        "DDD" => number(i64::from(clock.ordinal()), 3),
        "IDDD" => number((i64::from(week.week()) - 1) * 7 + i64::from(clock.weekday().number_from_monday()), 3),
        "DD" => number(i64::from(clock.day()), 2),
        "D" => number(day as i64 + 1, 1),
        "ID" => number(i64::from(clock.weekday().number_from_monday()), 1),
        "HH" | "HH12" => number(half(clock.hour()), 2),
        "HH24" => number(i64::from(clock.hour()), 2),
        "MI" => number(i64::from(clock.minute()), 2),
        "SS" => number(i64::from(clock.second()), 2),
        "SSSS" | "SSSSS" => number(i64::from(clock.num_seconds_from_midnight()), 1),
        "MS" => number(micros / 1_000, 3),
        "US" => number(micros, 6),
        "FF1" | "FF2" | "FF3" | "FF4" | "FF5" | "FF6" => {
            let digits = word.bytes().last().map_or(6, |digit| usize::from(digit - b'0'));
            format!("{micros:06}").get(..digits).unwrap_or_default().to_string()
        }
        "YYYY" => number(year, 4),
        "Y,YYY" => format!("{},{:03}", year / 1_000, year % 1_000),
        "YYY" => number(year % 1_000, 3),
        "YY" => number(year % 100, 2),
        "Y" => number(year % 10, 1),
        "IYYY" => number(week_year, 4),
        "IYY" => number(week_year % 1_000, 3),
        "IY" => number(week_year % 100, 2),
        "I" => number(week_year % 10, 1),
        "IW" => number(i64::from(week.week()), 2),
        "WW" => number(i64::from(clock.ordinal0()) / 7 + 1, 2),
        "W" => number(i64::from(clock.day0()) / 7 + 1, 1),
        "CC" => number((year - 1).div_euclid(100) + 1, 2),
        // Days since 24 November 4714 BC; chrono counts from the first of January of the year 1.
        "J" => number(i64::from(clock.num_days_from_ce()) + 1_721_425, 1),
        "Q" => number(i64::from(clock.month0()) / 3 + 1, 1),
        "AM" | "PM" => cased(&before_noon(false)),
        "A.M." | "P.M." => cased(&before_noon(true)),
        "AD" | "BC" => cased("ad"),
        "A.D." | "B.C." => cased("a.d."),
        "TZ" => cased(&zone.abbreviation),
        "TZH" => format!("{}{:02}", if offset < 0 { '-' } else { '+' }, offset.abs() / 3_600),
        "TZM" => format!("{:02}", offset.abs() % 3_600 / 60),
        _ => {
            let mut text = format!("{}{:02}", if offset < 0 { '-' } else { '+' }, offset.abs() / 3_600);
            if offset % 3_600 != 0 {
                let _ = write!(text, ":{:02}", offset.abs() % 3_600 / 60);
            }
            text
        }
    };
    out.push_str(&text);
}

/// `st`, `nd`, `rd` or `th`.
pub fn suffix(number: &str) -> &'static str {
    let tens = number.len().checked_sub(2).and_then(|at| number.get(at..at + 1));
    match (tens, number.bytes().last()) {
        (Some("1"), _) => "th",
        (_, Some(b'1')) => "st",
        (_, Some(b'2')) => "nd",
        (_, Some(b'3')) => "rd",
        _ => "th",
    }
}
