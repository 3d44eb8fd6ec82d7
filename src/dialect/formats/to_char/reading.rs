//! Texts read by the patterns of numbers, as `to_number` does it.

use datafusion::common::Result;

use super::number::{NumberPattern, Part, Word};
use crate::dialect::failure::failed;
use crate::error::SqlState;

/// A text that is being read.
struct Reading<'a> {
    pattern: &'a NumberPattern,
    text: Vec<char>,
    at: usize,
    sign: Option<char>,
    digits: String,
    whole: usize,
    decimals: usize,
    has_point: bool,
}

/// The number that a pattern takes of a text: its sign, digits and point, with as many decimals as were read. `None` for an empty pattern.
///
/// # Errors
/// 22P02 where there are no digits, 0A000 for Roman numbers, exponents and `V`.
pub fn read(text: &str, pattern: &str) -> Result<Option<(String, usize)>> {
    let pattern = NumberPattern::read(pattern)?;
    if pattern.parts.is_empty() {
        return Ok(None);
    }
    let refused_word = match () {
        () if pattern.is_roman => Some("RN"),
        () if pattern.is_scientific => Some("EEEE"),
        () if pattern.shifted > 0 => Some("V"),
        () => None,
    };
    if let Some(word) = refused_word {
        return Err(failed(SqlState::FEATURE_NOT_SUPPORTED, format!("\"{word}\" not supported for input")));
    }
    let mut reading = Reading {
        pattern: &pattern,
        text: text.chars().collect(),
        at: 0,
        sign: None,
        digits: String::new(),
        whole: 0,
        decimals: 0,
        has_point: false,
    };
    for part in &pattern.parts {
        if reading.is_done() {
            break;
        }
        match part {
            Part::Text(_) => reading.at += 1,
            Part::Word(word) => reading.word(*word),
        }
    }
    let digits = reading.digits.trim_end_matches('.');
    if !digits.contains(|c: char| c.is_ascii_digit()) {
        return Err(failed(SqlState::INVALID_TEXT_REPRESENTATION, "invalid input syntax for type numeric"));
    }
    let sign = if reading.sign == Some('-') { "-" } else { "" };
    let leading = if digits.starts_with('.') { "0" } else { "" };
    Ok(Some((format!("{sign}{leading}{digits}"), reading.decimals)))
}

impl Reading<'_> {
    fn is_done(&self) -> bool {
        self.at >= self.text.len()
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn word(&mut self, word: Word) {
        match word {
            Word::Nine | Word::Zero | Word::Point => {
                self.digit(word);
                self.at += 1;
            }
            Word::Comma | Word::Group => {
                if !self.pattern.fills && self.peek() == Some(',') {
                    self.at += 1;
                }
            }
            Word::Currency => self.skip(1),
            Word::Ordinal { .. } => self.skip(2),
            Word::Minus => self.take_sign(&['-']),
            Word::Plus => self.take_sign(&['+']),
            Word::PlusMinus => self.take_sign(&['-', '+']),
            Word::Sign | Word::Roman { .. } | Word::Nothing => {}
        }
    }

    fn take_sign(&mut self, signs: &[char]) {
        match self.peek().filter(|c| signs.contains(c)) {
            Some(sign) => {
                self.sign = Some(sign);
                self.at += 1;
            }
            None => self.skip(1),
        }
    }

    /// Characters that cannot belong to a number.
    fn skip(&mut self, most: usize) {
        for _ in 0..most {
            if self.peek().is_none_or(|c| "0123456789.,+-".contains(c)) {
                return;
            }
            self.at += 1;
        }
    }

    /// A digit or the point, with the signs around the number. It ends at the last character that it takes.
    fn digit(&mut self, word: Word) {
        if self.peek() == Some(' ') {
            self.at += 1;
        }
        let pattern = self.pattern;
        let is_first = self.sign.is_none() && self.whole + self.decimals == 0;
        if is_first && word != Word::Point {
            match self.peek() {
                Some('<') if pattern.in_brackets => self.sign = Some('-'),
                Some(sign @ ('-' | '+')) => self.sign = Some(sign),
                _ => {}
            }
            self.at += usize::from(self.sign.is_some());
        }
        let Some(c) = self.peek() else { return };
        let mut is_read = false;
        if c.is_ascii_digit() {
            if self.has_point && self.decimals == pattern.decimals {
                return;
            }
            self.digits.push(c);
            *(if self.has_point { &mut self.decimals } else { &mut self.whole }) += 1;
            is_read = true;
        } else if pattern.has_point() && !self.has_point && c == '.' {
            self.digits.push('.');
            self.has_point = true;
            is_read = true;
        }
        if self.sign.is_some() || self.whole + self.decimals == 0 {
            return;
        }
        if pattern.has_sign() {
            let next = self.text.get(self.at + 1).copied();
            if let Some(sign @ ('-' | '+')) = next.filter(|_| is_read) {
                self.sign = Some(sign);
                self.at += 1;
            }
        } else if !is_read && pattern.has_plus_or_minus() && matches!(c, '-' | '+') {
            self.sign = Some(c);
        }
    }
}
