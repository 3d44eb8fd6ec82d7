//! Intervals in the patterns of dates and times: months make years, hours make no days.

use datafusion::arrow::datatypes::IntervalMonthDayNano;
use datafusion::common::Result;
use datafusion::error::DataFusionError;

use super::pattern::{Letters, Part, Pattern};
use crate::dialect::failure::failed;
use crate::error::SqlState;

/// The fields of an interval.
struct Fields {
    years: i64,
    months: i64,
    days: i64,
    hours: i64,
    minutes: i64,
    seconds: i64,
    micros: i64,
}

/// # Errors
/// 22007 for words that ask for a date.
pub fn text(interval: IntervalMonthDayNano, pattern: &str) -> Result<String> {
    let micros = interval.nanoseconds / 1_000;
    let fields = Fields {
        years: i64::from(interval.months / 12),
        months: i64::from(interval.months % 12),
        days: i64::from(interval.days),
        hours: micros / 3_600_000_000,
        minutes: micros / 60_000_000 % 60,
        seconds: micros / 1_000_000 % 60,
        micros: micros % 1_000_000,
    };
    let mut out = String::new();
    for part in Pattern::read(pattern).parts() {
        match part {
            Part::Text(c) => out.push(*c),
            Part::Word { word, letters, fills, ordinal } => {
                let from = out.len();
                fields.write(word, *letters, *fills, &mut out)?;
                if let Some(case) = ordinal {
                    let suffix = super::pattern::suffix(out.get(from..).unwrap_or_default());
                    out.push_str(&if *case == Letters::Capital { suffix.to_uppercase() } else { suffix.to_owned() });
                }
            }
        }
    }
    Ok(out)
}

fn no_date() -> DataFusionError {
    failed(SqlState("22007"), "invalid format specification for an interval value")
}

impl Fields {
    fn write(&self, word: &str, letters: Letters, fills: bool, out: &mut String) -> Result<()> {
        // A sign takes a place of its own.
        let number = |value: i64, width: usize| match fills {
            true => format!("{value:0width$}", width = width + usize::from(value < 0)),
            false => value.to_string(),
        };
        let half = |hour: i64| if hour % 12 == 0 { 12 } else { hour % 12 };
        let days_of_year = (self.years * 12 + self.months) * 30 + self.days;
        let cased = |name: &str| if letters == Letters::Small { name.to_owned() } else { name.to_uppercase() };
        let meridiem = if self.hours % 24 >= 12 { "pm" } else { "am" };
        let text = match word {
            "YYYY" | "IYYY" => number(self.years, 4),
            "YYY" | "IYY" => number(self.years % 1_000, 3),
            "YY" | "IY" => number(self.years % 100, 2),
            "Y" | "I" => number(self.years % 10, 1),
            "Y,YYY" => format!("{},{:03}", self.years / 1_000, self.years % 1_000),
            "CC" => number(self.years / 100, 2),
            "Q" if self.months == 0 => String::new(),
            "Q" => number((self.months - 1) / 3 + 1, 1),
            "MM" => number(self.months, 2),
            "DD" => number(self.days, 2),
            "DDD" => number(days_of_year, 3),
            "WW" => number((days_of_year - 1) / 7 + 1, 2),
            "W" => number((self.days - 1) / 7 + 1, 1),
            "HH24" => number(self.hours, 2),
            "HH" | "HH12" => number(half(self.hours), 2),
            "MI" => number(self.minutes, 2),
            "SS" => number(self.seconds, 2),
            "SSSS" | "SSSSS" => number(self.hours * 3_600 + self.minutes * 60 + self.seconds, 1),
            "MS" => number(self.micros / 1_000, 3),
            "US" => number(self.micros, 6),
            "FF1" | "FF2" | "FF3" | "FF4" | "FF5" | "FF6" => {
                let digits = word.bytes().last().map_or(6, |digit| usize::from(digit - b'0'));
                format!("{:06}", self.micros.abs()).get(..digits).unwrap_or_default().to_owned()
            }
            "AM" | "PM" => cased(meridiem),
            "A.M." | "P.M." => cased(&format!("{}.m.", meridiem.get(..1).unwrap_or_default())),
            "RM" => return Err(failed(SqlState::FEATURE_NOT_SUPPORTED, "the pattern RM of an interval is not supported")),
            _ => return Err(no_date()),
        };
        out.push_str(&text);
        Ok(())
    }
}
