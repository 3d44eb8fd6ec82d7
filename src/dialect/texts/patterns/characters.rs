//! Sets of characters, and what the C library says of characters.

/// A named set, as in `[[:alpha:]]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Alnum,
    Alpha,
    Blank,
    Cntrl,
    Digit,
    Graph,
    Lower,
    Print,
    Punct,
    Space,
    Upper,
    Xdigit,
    /// `\w`.
    Word,
}

impl Class {
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "alnum" => Self::Alnum,
            "alpha" => Self::Alpha,
            "blank" => Self::Blank,
            "cntrl" => Self::Cntrl,
            "digit" => Self::Digit,
            "graph" => Self::Graph,
            "lower" => Self::Lower,
            "print" => Self::Print,
            "punct" => Self::Punct,
            "space" => Self::Space,
            "upper" => Self::Upper,
            "xdigit" => Self::Xdigit,
            "word" => Self::Word,
            _ => return None,
        })
    }

    pub fn contains(self, c: char) -> bool {
        match self {
            Self::Alnum => c.is_alphanumeric(),
            Self::Alpha => c.is_alphabetic(),
            Self::Blank => {
                c == '\t' || (c.is_whitespace() && !matches!(c, '\n'..='\r' | '\u{85}' | '\u{a0}' | '\u{2028}' | '\u{2029}'))
            }
            Self::Cntrl => c.is_control(),
            Self::Digit => c.is_ascii_digit(),
            Self::Graph => !c.is_whitespace() && !c.is_control(),
            Self::Lower => c.is_lowercase(),
            Self::Print => !c.is_control(),
            Self::Punct => !c.is_alphanumeric() && !c.is_whitespace() && !c.is_control(),
            Self::Space => c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}'),
            Self::Upper => c.is_uppercase(),
            Self::Xdigit => c.is_ascii_hexdigit(),
            Self::Word => c.is_alphanumeric() || c == '_',
        }
    }
}

/// The small letter of one character, as the C library has it: one character, too.
pub fn small(c: char) -> char {
    let mut letters = c.to_lowercase();
    match (letters.next(), letters.next()) {
        (Some(small), None) => small,
        _ if c == 'İ' => 'i',
        _ => c,
    }
}

/// The capital of one character.
pub fn capital(c: char) -> char {
    let mut letters = c.to_uppercase();
    match (letters.next(), letters.next()) {
        (Some(capital), None) => capital,
        // Greek letters with iota have a capital of their own.
        _ => {
            let offset = match u32::from(c) {
                0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => 8,
                0x1fb3 | 0x1fc3 | 0x1ff3 => 9,
                _ => 0,
            };
            char::from_u32(u32::from(c) + offset).unwrap_or(c)
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Range(char, char),
    Class(Class, bool),
}

/// One character of a text: any of these, or any other.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    pub items: Vec<Item>,
    pub negated: bool,
    /// Capitals and small letters are the same.
    pub folds: bool,
    /// The line feed is none of the others.
    pub excludes_newline: bool,
}

impl Set {
    pub fn one(c: char, folds: bool) -> Self {
        Self { items: vec![Item::Range(c, c)], negated: false, folds, excludes_newline: false }
    }

    pub fn any(excludes_newline: bool) -> Self {
        Self { items: vec![], negated: true, folds: false, excludes_newline }
    }

    fn has(&self, c: char) -> bool {
        self.items.iter().any(|item| match item {
            Item::Range(first, last) => (*first..=*last).contains(&c),
            Item::Class(class, negated) => class.contains(c) != *negated,
        })
    }

    pub fn contains(&self, c: char) -> bool {
        if self.excludes_newline && c == '\n' {
            return false;
        }
        let has = self.has(c) || (self.folds && (self.has(small(c)) || self.has(capital(c))));
        has != self.negated
    }
}
