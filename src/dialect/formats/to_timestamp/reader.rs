//! Dates and times read by patterns, as PostgreSQL's `DCH_from_char` reads them: blanks and signs between fields may be more or fewer than
//! in the pattern, and what follows the pattern is left.

use datafusion::common::Result;
use datafusion::error::DataFusionError;

use crate::dialect::failure::failed;
use crate::error::SqlState;

/// Words of a pattern, a longer one before those that it begins with, and how many digits each reads; 0 for one that is no number.
const WORDS: &[(&str, usize)] = &[
    ("MONTH", 0),
    ("SSSSS", 5),
    ("Y,YYY", 0),
    ("A.D.", 0),
    ("A.M.", 0),
    ("B.C.", 0),
    ("P.M.", 0),
    ("HH12", 2),
    ("HH24", 2),
    ("IDDD", 3),
    ("IYYY", 4),
    ("SSSS", 4),
    ("YYYY", 4),
    ("DAY", 0),
    ("DDD", 3),
    ("FF1", 1),
    ("FF2", 2),
    ("FF3", 3),
    ("FF4", 4),
    ("FF5", 5),
    ("FF6", 6),
    ("IYY", 3),
    ("MON", 0),
    ("TZH", 2),
    ("TZM", 2),
    ("YYY", 3),
    ("AD", 0),
    ("AM", 0),
    ("BC", 0),
    ("CC", 2),
    ("DD", 2),
    ("DY", 0),
    ("FX", 0),
    ("HH", 2),
    ("ID", 1),
    ("IW", 2),
    ("IY", 2),
    ("MI", 2),
    ("MM", 2),
    ("MS", 3),
    ("OF", 0),
    ("PM", 0),
    ("RM", 0),
    ("SS", 2),
    ("TZ", 0),
    ("US", 6),
    ("WW", 2),
    ("YY", 2),
    ("D", 1),
    ("I", 1),
    ("J", 1),
    ("Q", 1),
    ("W", 1),
    ("Y", 1),
];

const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const ROMAN: [&str; 12] = ["xii", "xi", "x", "ix", "viii", "vii", "vi", "v", "iv", "iii", "ii", "i"];

/// What was read. Zero stands for what was not there.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    pub hours: i64,
    pub minutes: i64,
    pub seconds: i64,
    pub seconds_of_day: i64,
    pub millis: i64,
    pub micros: i64,
    pub twelve_hours: bool,
    pub after_noon: bool,
    pub year: i64,
    pub year_digits: usize,
    pub century: i64,
    pub before_christ: bool,
    pub month: i64,
    pub day: i64,
    pub day_of_year: i64,
    pub day_of_week: i64,
    pub week: i64,
    pub week_of_month: i64,
    pub julian: i64,
    pub is_iso: bool,
    is_gregorian: bool,
    /// Hours and minutes before UTC, with their sign.
    pub zone: Option<(i64, i64, i64)>,
}

enum Part {
    /// A blank or another sign between fields.
    Separator,
    Text,
    Field {
        word: &'static str,
        digits: usize,
        fills: bool,
        ordinal: bool,
    },
}

fn invalid(message: impl Into<String>) -> DataFusionError {
    failed(SqlState("22007"), message)
}

fn is_separator(c: char) -> bool {
    c.is_ascii_graphic() && !c.is_ascii_alphanumeric()
}

fn pattern(text: &str) -> Vec<Part> {
    let (mut parts, mut rest) = (vec![], text);
    while let Some(first) = rest.chars().next() {
        let (mut fills, mut after) = (true, rest);
        while let Some(next) = ["FM", "fm", "TM", "tm"].iter().find_map(|prefix| after.strip_prefix(prefix)) {
            fills &= !after.starts_with(['F', 'f']);
            after = next;
        }
        let found = WORDS.iter().find(|(word, _)| {
            let head = after.get(..word.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(word) && is_of_one_case(head, word))
        });
        if let Some((word, digits)) = found {
            rest = after.get(word.len()..).unwrap_or_default();
            let next = rest.strip_prefix("TH").or_else(|| rest.strip_prefix("th"));
            parts.push(Part::Field { word, digits: *digits, fills, ordinal: next.is_some() });
            rest = next.unwrap_or(rest);
        } else if let Some(quoted) = rest.strip_prefix('"') {
            let mut characters = quoted.chars();
            while let Some(c) = characters.next().filter(|c| *c != '"') {
                if c == '\\' {
                    characters.next();
                }
                parts.push(Part::Text);
            }
            rest = characters.as_str();
        } else {
            let skipped = if rest.starts_with("\\\"") { 2 } else { first.len_utf8() };
            parts.push(if first.is_whitespace() || is_separator(first) { Part::Separator } else { Part::Text });
            rest = rest.get(skipped..).unwrap_or_default();
        }
    }
    parts
}

/// Names may begin with a capital; other words are all capitals or all small.
fn is_of_one_case(head: &str, word: &str) -> bool {
    let is_name = matches!(word, "MONTH" | "MON" | "DAY" | "DY");
    head == word || head == word.to_ascii_lowercase() || (is_name && head.get(1..) == word.to_ascii_lowercase().get(1..))
}

/// Reads a text by a pattern.
///
/// # Errors
/// 22007 for what does not fit, 22008 for numbers that are too large, 0A000 for zones.
pub fn read(text: &str, format: &str) -> Result<Fields> {
    let parts = pattern(format);
    let mut reader = Reader { rest: text, extra: 0, last: None, takes_all: false, fields: Fields::default() };
    let is_exact = matches!(parts.first(), Some(Part::Field { word: "FX", .. }));
    for (place, part) in parts.iter().enumerate() {
        if reader.rest.is_empty() {
            break;
        }
        let is_field = matches!(part, Part::Field { .. });
        if !is_exact && (is_field || place == 0) {
            reader.skip_blanks();
        }
        match part {
            Part::Separator if !is_exact => {
                reader.extra -= 1;
                if reader.rest.starts_with(|c: char| c.is_whitespace() || is_separator(c)) {
                    reader.next();
                    reader.extra += 1;
                }
            }
            Part::Text if !is_exact && reader.extra > 0 => reader.extra -= 1,
            Part::Separator | Part::Text => drop(reader.next()),
            Part::Field { word, digits, fills, ordinal } => {
                reader.takes_all = !fills || *ordinal || ends_number(parts.get(place + 1));
                reader.field(word, *digits)?;
                if *ordinal {
                    reader.next();
                    reader.next();
                }
                if !is_exact {
                    reader.extra = 0;
                    reader.skip_blanks();
                }
            }
        }
    }
    Ok(reader.fields)
}

/// Whether what follows a number in the pattern is none.
fn ends_number(next: Option<&Part>) -> bool {
    !matches!(next, Some(Part::Field { digits: 1.., .. }) | Some(Part::Field { word: "Y,YYY", .. }))
}

struct Reader<'a> {
    rest: &'a str,
    /// Blanks and signs of the text beyond those of the pattern.
    extra: i64,
    /// The last character that was skipped.
    last: Option<char>,
    /// A number may have more digits than its field: what follows it is none.
    takes_all: bool,
    fields: Fields,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        self.last = characters.next();
        self.rest = characters.as_str();
        self.last
    }

    fn skip_blanks(&mut self) {
        while self.rest.starts_with(char::is_whitespace) {
            self.next();
            self.extra += 1;
        }
    }

    /// A whole number, and how many characters it has.
    fn number(&mut self, word: &str, digits: usize) -> Result<(i64, usize)> {
        self.rest = self.rest.trim_start();
        let sign = usize::from(self.rest.starts_with(['-', '+']));
        let written = self.rest.get(sign..).unwrap_or_default();
        let mut length = sign + written.find(|c: char| !c.is_ascii_digit()).unwrap_or(written.len());
        if length == sign {
            length = 0;
        }
        if !self.takes_all {
            if self.rest.len() < digits {
                return Err(invalid(format!("source string too short for \"{word}\" formatting field")));
            }
            length = length.min(digits);
            if length > 0 && length < digits {
                return Err(invalid(format!("invalid value for \"{word}\"")));
            }
        }
        let (number, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        if number.is_empty() {
            return Err(invalid(format!("invalid value for \"{word}\"")));
        }
        let value = number.parse::<i32>();
        let value =
            value.map_err(|_| failed(SqlState("22008"), format!("value for \"{word}\" in source string is out of range")))?;
        self.rest = rest;
        Ok((value.into(), number.len()))
    }

    /// The place in a list of the name with which the rest begins.
    fn name(&mut self, word: &str, names: &[&str], letters: usize) -> Result<i64> {
        for (place, name) in names.iter().enumerate() {
            let name = name.get(..letters).unwrap_or(name);
            if let Some((head, rest)) = self.rest.split_at_checked(name.len())
                && head.eq_ignore_ascii_case(name)
            {
                self.rest = rest;
                return Ok(place as i64);
            }
        }
        Err(invalid(format!("invalid value for \"{word}\"")))
    }

    fn field(&mut self, word: &'static str, digits: usize) -> Result<()> {
        match word {
            "FX" | "MONTH" | "MON" | "RM" | "AM" | "PM" | "A.M." | "P.M." | "AD" | "BC" | "A.D." | "B.C." | "DAY" | "DY"
            | "TZ" | "OF" => self.name_field(word),
            "Y,YYY" => self.thousands(),
            "TZH" => self.zone_hours(),
            _ => {
                let (number, length) = self.number(word, digits)?;
                self.set(word, number, length)
            }
        }
    }

    fn name_field(&mut self, word: &'static str) -> Result<()> {
        match word {
            "MONTH" => {
                let month = self.name(word, &MONTHS, 99)? + 1;
                self.set("MM", month, 2)?;
            }
            "MON" => {
                let month = self.name(word, &MONTHS, 3)? + 1;
                self.set("MM", month, 2)?;
            }
            "RM" => {
                let month = 12 - self.name(word, &ROMAN, 99)?;
                self.set("MM", month, 2)?;
            }
            "DAY" | "DY" => {
                let day = self.name(word, &DAYS, if word == "DY" { 3 } else { 99 })?;
                self.calendar(false)?;
                self.fields.day_of_week = day + 1;
            }
            "AM" | "PM" => {
                self.fields.after_noon = self.name(word, &["am", "pm"], 2)? == 1;
                self.fields.twelve_hours = true;
            }
            "A.M." | "P.M." => {
                self.fields.after_noon = self.name(word, &["a.m.", "p.m."], 4)? == 1;
                self.fields.twelve_hours = true;
            }
            "AD" | "BC" => self.fields.before_christ = self.name(word, &["ad", "bc"], 2)? == 1,
            "A.D." | "B.C." => self.fields.before_christ = self.name(word, &["a.d.", "b.c."], 4)? == 1,
            "TZ" | "OF" => {
                let message = format!("formatting field \"{word}\" is only supported in to_char");
                return Err(failed(SqlState::FEATURE_NOT_SUPPORTED, message));
            }
            _ => {}
        }
        Ok(())
    }

    fn thousands(&mut self) -> Result<()> {
        let wrong = || invalid("invalid input string for \"Y,YYY\"");
        let (thousands, rest) = self.rest.split_once(',').ok_or_else(wrong)?;
        let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()).min(3);
        let (years, rest) = rest.split_at_checked(length).ok_or_else(wrong)?;
        let thousands = thousands.trim().parse::<i64>().map_err(|_| wrong())?;
        let years = years.parse::<i64>().map_err(|_| wrong())?;
        self.rest = rest;
        self.set("YYYY", thousands * 1_000 + years, 4)
    }

    fn zone_hours(&mut self) -> Result<()> {
        let sign = match self.rest.chars().next() {
            Some('-') => -1,
            Some('+' | ' ') => 1,
            // The sign was taken for one between fields.
            _ if self.extra > 0 && self.last == Some('-') => -1,
            _ => 1,
        };
        if self.rest.starts_with(['-', '+', ' ']) {
            self.next();
        }
        let (hours, _) = self.number("TZH", 2)?;
        self.fields.zone = Some((sign, hours, self.fields.zone.map_or(0, |(.., minutes)| minutes)));
        Ok(())
    }

    /// A date is one of weeks or one of months.
    fn calendar(&mut self, iso: bool) -> Result<()> {
        self.fields.is_iso |= iso;
        self.fields.is_gregorian |= !iso;
        if self.fields.is_iso && self.fields.is_gregorian {
            return Err(invalid("invalid combination of date conventions"));
        }
        Ok(())
    }

    fn set(&mut self, word: &'static str, number: i64, length: usize) -> Result<()> {
        match word {
            "IYYY" | "IYY" | "IY" | "I" | "IW" | "IDDD" | "ID" => self.calendar(true)?,
            "YYYY" | "YYY" | "YY" | "Y" | "CC" | "MM" | "DDD" | "DD" | "D" | "WW" | "W" => self.calendar(false)?,
            _ => {}
        }
        // 25 thousandths are written 025.
        let fraction = |digits: usize| number * 10_i64.pow(u32::try_from(digits.saturating_sub(length)).unwrap_or(0));
        let fields = &mut self.fields;
        let (field, value) = match word {
            "HH24" => (&mut fields.hours, number),
            "HH" | "HH12" => {
                fields.twelve_hours = true;
                (&mut fields.hours, number)
            }
            "MI" => (&mut fields.minutes, number),
            "SS" => (&mut fields.seconds, number),
            "SSSS" | "SSSSS" => (&mut fields.seconds_of_day, number),
            "MS" => (&mut fields.millis, fraction(3)),
            "US" | "FF1" | "FF2" | "FF3" | "FF4" | "FF5" | "FF6" => (&mut fields.micros, fraction(6)),
            "YYYY" | "IYYY" => {
                fields.year_digits = 4;
                (&mut fields.year, number)
            }
            "YYY" | "YY" | "Y" | "IYY" | "IY" | "I" => {
                fields.year_digits = word.len();
                (&mut fields.year, if length < 4 { near_2020(number) } else { number })
            }
            "CC" => (&mut fields.century, number),
            "MM" => (&mut fields.month, number),
            "DD" => (&mut fields.day, number),
            "DDD" | "IDDD" => (&mut fields.day_of_year, number),
            "D" => (&mut fields.day_of_week, number),
            // From Sunday, as all days are kept.
            "ID" => (&mut fields.day_of_week, if number + 1 > 7 { 1 } else { number + 1 }),
            "WW" | "IW" => (&mut fields.week, number),
            "W" => (&mut fields.week_of_month, number),
            "J" => (&mut fields.julian, number),
            "TZM" => {
                let (sign, hours, _) = fields.zone.unwrap_or((1, 0, 0));
                fields.zone = Some((sign, hours, number));
                return Ok(());
            }
            // Of a quarter nothing is known but three months.
            _ => return Ok(()),
        };
        if *field != 0 && *field != value {
            return Err(invalid(format!("conflicting values for \"{word}\" field in formatting string")));
        }
        *field = value;
        Ok(())
    }
}

/// The year nearest to 2020 with these last digits.
fn near_2020(year: i64) -> i64 {
    match year {
        ..70 => year + 2_000,
        70..100 => year + 1_900,
        100..520 => year + 2_000,
        520..1_000 => year + 1_000,
        _ => year,
    }
}
