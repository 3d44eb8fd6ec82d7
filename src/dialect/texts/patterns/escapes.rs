//! Escapes and bracket expressions.

use std::rc::Rc;

use datafusion::common::Result;

use super::characters::{Class, Item, Set};
use super::invalid;
use super::parse::{Assert, Atom, Node, Parser, Part};
use super::syntax::Flavour;

impl Parser {
    pub(super) fn escape(&mut self) -> Result<Atom> {
        let folds = self.options.folds;
        let plain = |set: Set| Atom::Plain(Part::plain(Node::Set(Rc::new(set)), 0));
        let assert = |assert: Assert| Atom::Constraint(Node::Assert(assert));
        let Some(c) = self.rest.next() else { return Err(invalid("invalid escape \\ sequence")) };
        if self.options.flavour != Flavour::Advanced || !c.is_ascii_alphanumeric() {
            return Ok(plain(Set::one(c, folds)));
        }
        Ok(match c {
            'A' => assert(Assert::Start),
            'Z' => assert(Assert::End),
            'm' => assert(Assert::WordStart),
            'M' => assert(Assert::WordEnd),
            'y' => assert(Assert::WordEdge),
            'Y' => assert(Assert::NoWordEdge),
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => {
                let excludes_newline = self.options.stops_at_newline && matches!(c, 'D' | 'W');
                let (class, negated) = shorthand(c);
                plain(Set { items: vec![Item::Class(class, false)], negated, folds: false, excludes_newline })
            }
            '1'..='9' => return self.reference(c),
            c => {
                let character = self.character(c)?;
                plain(Set::one(character, folds))
            }
        })
    }

    /// `\1`, or a character by its octal number.
    fn reference(&mut self, first: char) -> Result<Atom> {
        let mut number = first.to_digit(10).unwrap_or(0) as usize;
        if let Some(next) = self.rest.peek().and_then(|c| c.to_digit(10)) {
            let longer = number * 10 + next as usize;
            if longer <= self.groups.len() {
                self.rest.next();
                number = longer;
            } else if first <= '7' && self.rest.peek().is_some_and(|c| c.is_digit(8)) {
                let character = self.octal(first)?;
                return Ok(Atom::Plain(Part::plain(self.set(Set::one(character, self.options.folds)), 0)));
            }
        }
        match self.groups.get(number - 1) {
            Some(Some(node)) => Ok(Atom::Back(number, node.clone())),
            _ => Err(invalid("invalid backreference number")),
        }
    }

    fn octal(&mut self, first: char) -> Result<char> {
        let mut code = first.to_digit(8).unwrap_or(0);
        for _ in 0..2 {
            match self.rest.peek().and_then(|c| c.to_digit(8)) {
                Some(digit) => code = code * 8 + digit,
                None => break,
            }
            self.rest.next();
        }
        char::from_u32(code).ok_or_else(|| invalid("invalid escape \\ sequence"))
    }

    /// The character that an escape with a letter stands for.
    fn character(&mut self, letter: char) -> Result<char> {
        let wrong = || invalid("invalid escape \\ sequence");
        Ok(match letter {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'B' => '\\',
            'c' => {
                let c = self.rest.next().ok_or_else(wrong)?;
                char::from_u32(u32::from(c) & 0x1f).ok_or_else(wrong)?
            }
            'e' => '\u{1b}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            'u' => self.hexadecimal(4, 4)?,
            'U' => self.hexadecimal(8, 8)?,
            'x' => self.hexadecimal(1, 255)?,
            '0' => self.octal('0')?,
            _ => return Err(wrong()),
        })
    }

    fn hexadecimal(&mut self, least: usize, most: usize) -> Result<char> {
        let (mut code, mut digits) = (0_u32, 0);
        while let Some(digit) = self.rest.peek().and_then(|c| c.to_digit(16)).filter(|_| digits < most) {
            code = code.checked_mul(16).map_or(u32::MAX, |code| code.saturating_add(digit));
            digits += 1;
            self.rest.next();
        }
        let character = if digits < least { None } else { char::from_u32(code) };
        character.ok_or_else(|| invalid("invalid escape \\ sequence"))
    }

    pub(super) fn bracket(&mut self) -> Result<Atom> {
        for (word, assert) in [("[:<:]]", Assert::WordStart), ("[:>:]]", Assert::WordEnd)] {
            if self.rest.clone().take(word.len()).eq(word.chars()) {
                self.rest.by_ref().nth(word.len() - 1);
                return Ok(Atom::Constraint(Node::Assert(assert)));
            }
        }
        let negated = self.eat('^');
        let mut items = vec![];
        let mut first = true;
        loop {
            let Some(c) = self.rest.next() else { return Err(invalid("brackets [] not balanced")) };
            if c == ']' && !first {
                break;
            }
            first = false;
            let Some(start) = self.element(c, &mut items)? else { continue };
            let mut ahead = self.rest.clone();
            if ahead.next() == Some('-') && ahead.peek().is_some_and(|c| *c != ']') {
                self.rest.next();
                let Some(c) = self.rest.next() else { return Err(invalid("brackets [] not balanced")) };
                let Some(end) = self.element(c, &mut items)? else { return Err(invalid("invalid character range")) };
                if end < start {
                    return Err(invalid("invalid character range"));
                }
                items.push(Item::Range(start, end));
            } else {
                items.push(Item::Range(start, start));
            }
        }
        let excludes_newline = negated && self.options.stops_at_newline;
        let set = Set { items, negated, folds: self.options.folds, excludes_newline };
        Ok(Atom::Plain(Part::plain(self.set(set), 0)))
    }

    /// One character of a bracket expression, or none where a class was added to the items.
    fn element(&mut self, c: char, items: &mut Vec<Item>) -> Result<Option<char>> {
        match c {
            '[' if matches!(self.rest.peek(), Some(':' | '.' | '=')) => {
                let kind = self.rest.next().unwrap_or(':');
                let mut name = String::new();
                loop {
                    match self.rest.next() {
                        Some(c) if c == kind && self.rest.peek() == Some(&']') => break,
                        Some(c) => name.push(c),
                        None => return Err(invalid("brackets [] not balanced")),
                    }
                }
                self.rest.next();
                if kind == ':' {
                    let class = Class::named(&name).ok_or_else(|| invalid("invalid character class"))?;
                    // Of letters that are the same when small, neither is the other's class.
                    let class =
                        if self.options.folds && matches!(class, Class::Lower | Class::Upper) { Class::Alpha } else { class };
                    items.push(Item::Class(class, false));
                    return Ok(None);
                }
                let mut characters = name.chars();
                match (characters.next(), characters.next()) {
                    (Some(c), None) => Ok(Some(c)),
                    _ => Err(invalid("invalid collating element")),
                }
            }
            '\\' if self.options.flavour == Flavour::Advanced => {
                let Some(c) = self.rest.next() else { return Err(invalid("invalid escape \\ sequence")) };
                match c {
                    'd' | 's' | 'w' | 'D' | 'S' | 'W' => {
                        let (class, negated) = shorthand(c);
                        items.push(Item::Class(class, negated));
                        Ok(None)
                    }
                    c if c.is_ascii_digit() && c != '0' => self.octal(c).map(Some),
                    c if c.is_ascii_alphanumeric() => self.character(c).map(Some),
                    c => Ok(Some(c)),
                }
            }
            c => Ok(Some(c)),
        }
    }
}

fn shorthand(letter: char) -> (Class, bool) {
    let class = match letter.to_ascii_lowercase() {
        'd' => Class::Digit,
        's' => Class::Space,
        _ => Class::Word,
    };
    (class, letter.is_ascii_uppercase())
}
