//! Options of regular expressions: flags of functions, and what an expression says of itself at its beginning.

use datafusion::common::Result;

use crate::dialect::failure::failed;
use crate::error::SqlState;

/// How an expression is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flavour {
    Advanced,
    Extended,
    Basic,
    Literal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    pub flavour: Flavour,
    /// Capitals and small letters are the same.
    pub folds: bool,
    /// Blanks and comments in the expression mean nothing.
    pub expanded: bool,
    /// `.` and sets of other characters do not match a line feed.
    pub stops_at_newline: bool,
    /// `^` and `$` match at line feeds.
    pub lines: bool,
    /// All matches, and not the first only.
    pub global: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { flavour: Flavour::Advanced, folds: false, expanded: false, stops_at_newline: false, lines: false, global: false }
    }
}

impl Options {
    pub fn folding() -> Self {
        Self { folds: true, ..Self::default() }
    }

    /// The flags of a function.
    ///
    /// # Errors
    /// 22023 for a letter that is none.
    pub fn of_flags(flags: &str) -> Result<Self> {
        let mut options = Self::default();
        for flag in flags.chars() {
            if flag == 'g' {
                options.global = true;
            } else if !options.set(flag) {
                let message = format!("invalid regular expression option: \"{flag}\"");
                return Err(failed(SqlState::INVALID_PARAMETER_VALUE, message));
            }
        }
        Ok(options)
    }

    /// Whether there is such an option.
    fn set(&mut self, flag: char) -> bool {
        match flag {
            'b' => self.flavour = Flavour::Basic,
            'c' => self.folds = false,
            'e' => self.flavour = Flavour::Extended,
            'i' => self.folds = true,
            'm' | 'n' => (self.stops_at_newline, self.lines) = (true, true),
            'p' => (self.stops_at_newline, self.lines) = (true, false),
            'q' => self.flavour = Flavour::Literal,
            's' => (self.stops_at_newline, self.lines) = (false, false),
            't' => self.expanded = false,
            'w' => (self.stops_at_newline, self.lines) = (false, true),
            'x' => self.expanded = true,
            _ => return false,
        }
        true
    }

    /// The expression without what it says of itself, and the options with it.
    ///
    /// # Errors
    /// 2201B for a letter that is no option.
    pub fn with_own<'a>(&mut self, text: &'a str) -> Result<&'a str> {
        let mut rest = text;
        if let Some(after) = rest.strip_prefix("***") {
            rest = after.get(1..).unwrap_or_default();
            match after.chars().next() {
                Some('=') => {
                    self.flavour = Flavour::Literal;
                    return Ok(rest);
                }
                Some(':') => self.flavour = Flavour::Advanced,
                _ => return Err(super::invalid("quantifier operand invalid")),
            }
        }
        if self.flavour != Flavour::Advanced {
            return Ok(rest);
        }
        if let Some(inside) = rest.strip_prefix("(?").filter(|inside| inside.starts_with(|c: char| c.is_ascii_alphabetic()))
            && let Some((letters, after)) = inside.split_once(')')
        {
            for letter in letters.chars() {
                if letter == 'g' || !self.set(letter) {
                    return Err(super::invalid("invalid embedded option"));
                }
            }
            rest = after;
        }
        Ok(rest)
    }
}
