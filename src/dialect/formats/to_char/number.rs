//! The patterns of numbers (manual, table 9.29), written digit by digit as PostgreSQL's `formatting.c` does.

use datafusion::common::Result;
use datafusion::error::DataFusionError;

use crate::dialect::failure::failed;
use crate::error::SqlState;

/// Words of a pattern, a longer one before those that it begins with; each is also there in small letters.
const WORDS: [&str; 19] =
    ["EEEE", "FM", "MI", "PL", "PR", "RN", "SG", "SP", "TH", "B", "C", "D", "G", "L", "S", "V", ",", ".", "0"];

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Word {
    Nine,
    Zero,
    Point,
    Comma,
    Group,
    Currency,
    Sign,
    Minus,
    Plus,
    PlusMinus,
    Roman { small: bool },
    Ordinal { small: bool },
    Nothing,
}

#[derive(Debug, PartialEq)]
pub enum Part {
    Text(String),
    Word(Word),
}

/// Where the sign of `S` stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Anchor {
    #[default]
    None,
    Before,
    After,
}

/// A pattern of a number.
#[derive(Debug, Default)]
pub struct NumberPattern {
    pub parts: Vec<Part>,
    /// Digits before and after the point; digits that `V` shifts.
    pub whole: usize,
    pub decimals: usize,
    pub shifted: usize,
    anchor: Anchor,
    /// Digits before an `S` that stands before the point.
    before_sign: usize,
    /// Places of the first and the last `0`.
    zero_start: usize,
    zero_end: usize,
    pub fills: bool,
    has_point: bool,
    has_sign: bool,
    has_minus: bool,
    has_plus: bool,
    has_zero: bool,
    has_blank: bool,
    pub in_brackets: bool,
    is_shifted: bool,
    pub is_roman: bool,
    pub is_scientific: bool,
}

fn syntax(message: &str) -> DataFusionError {
    failed(SqlState::SYNTAX_ERROR, message)
}

impl NumberPattern {
    /// # Errors
    /// 42601 for words that do not go together.
    pub fn read(text: &str) -> Result<Self> {
        let mut pattern = Self::default();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some(word) = word(rest) {
                rest = rest.get(word.len()..).unwrap_or_default();
                pattern.add(word)?;
                continue;
            }
            rest = match (first, rest.strip_prefix("\\\"")) {
                ('"', _) => pattern.add_quoted(rest.get(1..).unwrap_or_default()),
                (_, Some(after)) => {
                    pattern.add_text('"');
                    after
                }
                _ => {
                    pattern.add_text(first);
                    rest.get(first.len_utf8()..).unwrap_or_default()
                }
            };
        }
        Ok(pattern)
    }

    pub fn has_point(&self) -> bool {
        self.has_point
    }

    pub fn has_sign(&self) -> bool {
        self.has_sign
    }

    pub fn has_plus_or_minus(&self) -> bool {
        self.has_minus || self.has_plus
    }

    fn add_text(&mut self, c: char) {
        self.parts.push(Part::Text(c.to_string()));
    }

    /// Text up to a double quote; what follows it.
    fn add_quoted<'a>(&mut self, quoted: &'a str) -> &'a str {
        let mut characters = quoted.chars();
        while let Some(c) = characters.next() {
            match c {
                '"' => break,
                '\\' => {
                    let kept = characters.next().unwrap_or('\\');
                    self.add_text(kept);
                }
                c => self.add_text(c),
            }
        }
        characters.as_str()
    }

    fn add(&mut self, written: &str) -> Result<()> {
        if self.is_scientific && !written.eq_ignore_ascii_case("EEEE") {
            return Err(syntax("\"EEEE\" must be the last pattern used"));
        }
        let small = written.starts_with(|c: char| c.is_ascii_lowercase());
        let word = match written.to_ascii_uppercase().as_str() {
            "9" => self.add_digit(false)?,
            "0" => self.add_digit(true)?,
            "." | "D" => self.add_point()?,
            "," => Word::Comma,
            "G" => Word::Group,
            "L" => Word::Currency,
            "S" => self.add_sign()?,
            "MI" => self.add_minus_or_plus(true, false, "cannot use \"S\" and \"MI\" together")?,
            "PL" => self.add_minus_or_plus(false, true, "cannot use \"S\" and \"PL\" together")?,
            "SG" => self.add_minus_or_plus(true, true, "cannot use \"S\" and \"SG\" together")?,
            "PR" => {
                if self.has_sign || self.has_plus || self.has_minus {
                    return Err(syntax("cannot use \"PR\" and \"S\"/\"PL\"/\"MI\"/\"SG\" together"));
                }
                self.in_brackets = true;
                Word::Nothing
            }
            "RN" => {
                self.is_roman = true;
                Word::Roman { small }
            }
            "TH" => Word::Ordinal { small },
            "FM" => {
                self.fills = true;
                Word::Nothing
            }
            "B" => {
                self.has_blank |= self.whole == 0 && self.decimals == 0 && !self.has_zero;
                Word::Nothing
            }
            "V" => {
                if self.has_point {
                    return Err(syntax("cannot use \"V\" and decimal point together"));
                }
                self.is_shifted = true;
                Word::Nothing
            }
            "EEEE" => self.add_exponent()?,
            _ => Word::Nothing,
        };
        self.parts.push(Part::Word(word));
        Ok(())
    }

    fn add_digit(&mut self, zero: bool) -> Result<Word> {
        if self.in_brackets {
            return Err(syntax(if zero { "\"0\" must be ahead of \"PR\"" } else { "\"9\" must be ahead of \"PR\"" }));
        }
        if zero && !self.has_zero && !self.has_point {
            self.has_zero = true;
            self.zero_start = self.whole;
        }
        match (self.is_shifted && !zero, self.has_point) {
            (true, _) => self.shifted += 1,
            (_, true) => self.decimals += 1,
            _ => self.whole += 1,
        }
        if !zero {
            return Ok(Word::Nine);
        }
        self.zero_end = self.whole + self.decimals;
        Ok(Word::Zero)
    }

    fn add_point(&mut self) -> Result<Word> {
        if self.has_point {
            return Err(syntax("multiple decimal points"));
        }
        if self.is_shifted {
            return Err(syntax("cannot use \"V\" and decimal point together"));
        }
        self.has_point = true;
        Ok(Word::Point)
    }

    fn add_sign(&mut self) -> Result<Word> {
        if self.has_sign {
            return Err(syntax("cannot use \"S\" twice"));
        }
        if self.has_plus || self.has_minus || self.in_brackets {
            return Err(syntax("cannot use \"S\" and \"PL\"/\"MI\"/\"SG\"/\"PR\" together"));
        }
        self.has_sign = true;
        if self.has_point {
            self.anchor = Anchor::After;
        } else {
            self.anchor = Anchor::Before;
            self.before_sign = self.whole;
        }
        Ok(Word::Sign)
    }

    fn add_minus_or_plus(&mut self, minus: bool, plus: bool, message: &str) -> Result<Word> {
        if self.has_sign {
            return Err(syntax(message));
        }
        self.has_minus |= minus;
        self.has_plus |= plus;
        Ok(match (minus, plus) {
            (true, true) => Word::PlusMinus,
            (true, false) => Word::Minus,
            _ => Word::Plus,
        })
    }

    fn add_exponent(&mut self) -> Result<Word> {
        if self.is_scientific {
            return Err(syntax("cannot use \"EEEE\" twice"));
        }
        let others = [
            self.has_blank,
            self.fills,
            self.has_sign,
            self.in_brackets,
            self.has_minus,
            self.has_plus,
            self.is_roman,
            self.is_shifted,
        ];
        if others.contains(&true) {
            return Err(syntax("\"EEEE\" is incompatible with other formats"));
        }
        self.is_scientific = true;
        Ok(Word::Nothing)
    }
}

/// The word with which a text begins.
fn word(text: &str) -> Option<&str> {
    let first = text.chars().next()?;
    if first == '9' {
        return text.get(..1);
    }
    WORDS.iter().find_map(|word| {
        let head = text.get(..word.len())?;
        (head == *word || head == word.to_ascii_lowercase()).then_some(head)
    })
}

/// A number that is being written.
pub struct Written<'a> {
    pattern: &'a NumberPattern,
    /// The digits, with a point if there are decimals; `#` where there are too many.
    digits: Vec<u8>,
    /// The next digit.
    next: usize,
    /// The place in the pattern, in digits.
    place: usize,
    /// Places before the first digit.
    blanks: usize,
    negative: bool,
    sign_written: bool,
    anchor: Anchor,
    in_brackets: bool,
    /// The last decimal that is shown under FM.
    last_relevant: Option<usize>,
    count: i64,
    decimals: usize,
    in_number: bool,
    out: String,
    /// Where the digits of a floating-point number end, and with them the text.
    cut: Option<usize>,
}

impl<'a> Written<'a> {
    /// `decimals`: how many of the pattern's decimals the digits have.
    pub fn new(pattern: &'a NumberPattern, digits: String, blanks: usize, negative: bool, decimals: usize) -> Self {
        let whole = pattern.whole + pattern.shifted;
        let (mut anchor, mut in_brackets) = (pattern.anchor, pattern.in_brackets);
        let sign_written = if pattern.has_plus || pattern.has_minus {
            pattern.has_minus
        } else {
            in_brackets &= negative || !pattern.fills;
            if anchor == Anchor::Before && whole == pattern.before_sign {
                anchor = Anchor::After;
            }
            !negative && pattern.fills && !pattern.has_sign
        };
        let digits = digits.into_bytes();
        let last_relevant = if pattern.fills && pattern.has_point { last_relevant(&digits) } else { None };
        let last_relevant = last_relevant.map(|last| match pattern.zero_end > blanks {
            true => last.max((digits.len() - 1).min(pattern.zero_end - blanks)),
            false => last,
        });
        let count = (decimals + whole) as i64 - 1 + i64::from(!sign_written && blanks == 0);
        Self {
            pattern,
            digits,
            next: 0,
            place: 0,
            blanks,
            negative,
            sign_written,
            anchor,
            in_brackets,
            last_relevant,
            count,
            decimals,
            in_number: false,
            out: String::new(),
            cut: None,
        }
    }

    pub fn text(mut self) -> String {
        for part in &self.pattern.parts {
            match part {
                Part::Text(text) => self.out.push_str(text),
                Part::Word(word) => self.word(*word),
            }
        }
        if let Some(cut) = self.cut {
            self.out.truncate(cut);
        }
        self.out
    }

    fn blank_or(&mut self, shown: bool, c: char) {
        if shown {
            self.out.push(c);
        } else if !self.pattern.fills {
            self.out.push(' ');
        }
    }

    fn word(&mut self, word: Word) {
        match word {
            Word::Nine | Word::Zero | Word::Point => self.digit(word),
            Word::Comma | Word::Group => self.blank_or(self.in_number, ','),
            Word::Currency => self.out.push(' '),
            Word::Minus => self.blank_or(self.negative, '-'),
            Word::Plus => self.blank_or(!self.negative, '+'),
            Word::PlusMinus => self.out.push(if self.negative { '-' } else { '+' }),
            Word::Ordinal { small } => {
                let is_number = self.digits.first() != Some(&b'#') && !self.negative && !self.pattern.has_point;
                if is_number && !self.pattern.is_roman {
                    let suffix = super::pattern::suffix(&String::from_utf8_lossy(&self.digits));
                    self.out.push_str(&if small { suffix.to_owned() } else { suffix.to_uppercase() });
                }
            }
            Word::Roman { small } => {
                let digits = String::from_utf8_lossy(&self.digits);
                let roman = if small { digits.to_lowercase() } else { digits.into_owned() };
                self.out.push_str(&if self.pattern.fills { roman } else { format!("{roman:>15}") });
            }
            Word::Sign | Word::Nothing => {}
        }
    }

    /// A zero before the point that is not shown, as in ` .5`.
    fn is_hidden_zero(&self) -> bool {
        !self.pattern.has_zero && self.next == 0 && self.digits.first() == Some(&b'0') && self.decimals != 0
    }

    fn ends_at_point(&self) -> bool {
        self.last_relevant.and_then(|last| self.digits.get(last)) == Some(&b'.')
    }

    fn write_sign(&mut self) {
        let is_due = self.place >= self.blanks || (self.pattern.has_zero && self.pattern.zero_start == self.place);
        if self.sign_written || !is_due || (self.is_hidden_zero() && !self.ends_at_point()) {
            return;
        }
        if self.pattern.has_sign {
            if self.anchor == Anchor::Before {
                self.out.push(if self.negative { '-' } else { '+' });
                self.sign_written = true;
            }
            return;
        }
        match (self.in_brackets, self.negative) {
            (true, true) => self.out.push('<'),
            (false, true) => self.out.push('-'),
            (true, false) => self.out.push(' '),
            (false, false) if !self.pattern.fills => self.out.push(' '),
            (false, false) => {}
        }
        self.sign_written = true;
    }

    fn digit(&mut self, word: Word) {
        if self.pattern.is_roman {
            return;
        }
        self.in_number = false;
        self.write_sign();
        let has_zero = self.pattern.has_zero;
        if self.place < self.blanks && (self.pattern.zero_start > self.place || !has_zero) {
            self.blank_or(false, ' ');
        } else if has_zero && self.place < self.blanks {
            self.out.push('0');
            self.in_number = true;
        } else {
            self.write_next(word);
            self.next += usize::from(self.next < self.digits.len());
        }
        let mut end = self.count + i64::from(self.blanks > 0) + i64::from(self.pattern.has_point);
        if self.last_relevant == Some(self.next) {
            end = self.place as i64;
        }
        if self.place as i64 + 1 == end {
            if self.sign_written && self.in_brackets {
                self.out.push(if self.negative { '>' } else { ' ' });
            } else if self.pattern.has_sign && self.anchor == Anchor::After {
                self.out.push(if self.negative { '-' } else { '+' });
            }
        }
        self.place += 1;
    }

    fn write_next(&mut self, word: Word) {
        let Some(digit) = self.digits.get(self.next).copied() else {
            let _ = self.cut.get_or_insert(self.out.len());
            return;
        };
        if digit == b'.' {
            if !self.ends_at_point() || self.pattern.fills {
                self.out.push('.');
            }
        } else if self.last_relevant.is_some_and(|last| self.next > last) && word != Word::Zero {
            // Nothing is shown of decimals that are zero.
        } else if self.is_hidden_zero() {
            if !self.pattern.fills {
                self.out.push(' ');
            } else if self.ends_at_point() {
                self.out.push('0');
            }
        } else {
            self.out.push(char::from(digit));
            self.in_number = true;
        }
    }
}

/// The last decimal that is not zero, or the point.
fn last_relevant(digits: &[u8]) -> Option<usize> {
    let point = digits.iter().position(|digit| *digit == b'.')?;
    let last = digits.iter().skip(point + 1).rposition(|digit| *digit != b'0');
    Some(last.map_or(point, |last| point + 1 + last))
}
