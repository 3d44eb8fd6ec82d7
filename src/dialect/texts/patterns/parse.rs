//! The tree of a regular expression. Parts in which nothing is captured and that prefer the same stay together: of them the whole is as
//! long or as short as it can be, and of the others each, from the left.

use std::iter::Peekable;
use std::rc::Rc;
use std::vec::IntoIter;

use datafusion::common::Result;

use super::characters::Set;
use super::invalid;
use super::syntax::{Flavour, Options};

/// What texts an expression matches.
#[derive(Clone, Debug)]
pub enum Node {
    Set(Rc<Set>),
    Concat(Vec<Node>),
    Alternate(Vec<Node>),
    Repeat(Box<Node>, u32, Option<u32>),
    Assert(Assert),
    /// An expression ahead of or behind a place; whether it must not match.
    Look(Box<Node>, bool, bool),
    /// What a pair of parentheses matched: whatever they may match, as far as a text decides.
    Back(Box<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assert {
    Start,
    End,
    LineStart,
    LineEnd,
    WordStart,
    WordEnd,
    WordEdge,
    NoWordEdge,
}

impl Node {
    pub fn empty() -> Self {
        Self::Concat(vec![])
    }
}

pub const LONGER: u8 = 1;
pub const SHORTER: u8 = 2;
const MIXED: u8 = 4;
const CAPTURES: u8 = 8;
const REFERS: u8 = 16;

/// What is passed on to a whole of what its part is.
fn up(flags: u8) -> u8 {
    (flags & (MIXED | CAPTURES | REFERS)) | (((flags << 2) & (flags << 1)) & MIXED)
}

fn is_messy(flags: u8) -> bool {
    flags & (MIXED | CAPTURES | REFERS) != 0
}

fn preference(flags: u8) -> u8 {
    flags & (LONGER | SHORTER)
}

fn combined(first: u8, second: u8) -> u8 {
    up(first | second) | if preference(first) != 0 { preference(first) } else { preference(second) }
}

/// How a part is taken apart.
#[derive(Clone, Debug)]
pub enum Shape {
    Plain,
    Pair(Box<Part>, Box<Part>),
    Either(Vec<Part>),
    Times(Box<Part>, u32, Option<u32>),
    /// What the parentheses of this number matched, so many times.
    Back(usize, u32, Option<u32>),
}

#[derive(Clone, Debug)]
pub struct Part {
    pub shape: Shape,
    pub flags: u8,
    /// The parentheses that it is in.
    pub group: Option<usize>,
    pub node: Node,
}

impl Part {
    pub(super) fn plain(node: Node, flags: u8) -> Self {
        Self { shape: Shape::Plain, flags, group: None, node }
    }

    fn pair(first: Self, second: Self, flags: u8) -> Self {
        let node = Node::Concat(vec![first.node.clone(), second.node.clone()]);
        Self { shape: Shape::Pair(Box::new(first), Box::new(second)), flags, group: None, node }
    }

    pub fn is_short(&self) -> bool {
        self.flags & SHORTER != 0
    }
}

pub struct Parsed {
    pub whole: Part,
    pub groups: usize,
    /// Capitals and small letters are the same.
    pub folds: bool,
}

/// Most often that a quantifier repeats.
const REPEATS_MAX: u32 = 255;
/// Deepest nesting of parentheses.
const DEPTH_MAX: usize = 100;
/// Most parts of a branch that are taken apart one by one.
const PARTS_MAX: usize = 200;

pub fn parsed(text: &str, mut options: Options) -> Result<Parsed> {
    let rest = options.with_own(text)?;
    let characters = rest.chars().collect::<Vec<_>>();
    if options.flavour == Flavour::Literal {
        let sets = characters.into_iter().map(|c| Node::Set(Rc::new(Set::one(c, options.folds))));
        return Ok(Parsed { whole: Part::plain(Node::Concat(sets.collect()), 0), groups: 0, folds: options.folds });
    }
    if options.flavour == Flavour::Basic {
        return Err(crate::dialect::failure::failed(
            crate::error::SqlState::FEATURE_NOT_SUPPORTED,
            "basic regular expressions (option \"b\") are not supported",
        ));
    }
    let mut parser = Parser { rest: characters.into_iter().peekable(), options, groups: vec![], depth: 0, parts: 0 };
    let whole = parser.alternatives(false)?;
    if parser.rest.next().is_some() {
        return Err(invalid("parentheses () not balanced"));
    }
    Ok(Parsed { whole, groups: parser.groups.len(), folds: options.folds })
}

pub(super) struct Parser {
    pub(super) rest: Peekable<IntoIter<char>>,
    pub(super) options: Options,
    /// What each pair of parentheses matches; none while it is open.
    pub(super) groups: Vec<Option<Node>>,
    depth: usize,
    /// Parts that are taken apart, of all branches.
    parts: usize,
}

/// What an expression is made of between its quantifiers.
pub(super) enum Atom {
    Constraint(Node),
    Plain(Part),
    /// In parentheses that capture.
    Group(Part),
    Back(usize, Node),
}

impl Parser {
    pub(super) fn set(&self, set: Set) -> Node {
        Node::Set(Rc::new(set))
    }

    pub(super) fn eat(&mut self, c: char) -> bool {
        self.rest.next_if_eq(&c).is_some()
    }

    /// Blanks and comments between parts.
    fn skip(&mut self) {
        loop {
            if self.options.expanded {
                while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
                if self.eat('#') {
                    while self.rest.next_if(|c| *c != '\n').is_some() {}
                    continue;
                }
            }
            let mut ahead = self.rest.clone();
            if self.options.flavour != Flavour::Advanced
                || !(ahead.next() == Some('(') && ahead.next() == Some('?') && ahead.next() == Some('#'))
            {
                return;
            }
            while self.rest.next_if(|c| *c != ')').is_some() {}
            self.rest.next();
        }
    }

    fn alternatives(&mut self, constraint: bool) -> Result<Part> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(invalid("regular expression is too complex"));
        }
        let mut branches = vec![self.branch(constraint)?];
        while self.eat('|') {
            branches.push(self.branch(constraint)?);
        }
        self.depth -= 1;
        if branches.len() == 1
            && let Some(only) = branches.pop()
        {
            return Ok(only);
        }
        let flags = branches.iter().fold(LONGER, |flags, branch| flags | up(flags | branch.flags));
        let node = Node::Alternate(branches.iter().map(|branch| branch.node.clone()).collect());
        let shape = if is_messy(flags) { Shape::Either(branches) } else { Shape::Plain };
        Ok(Part { shape, flags, group: None, node })
    }

    fn ends(&mut self) -> bool {
        self.skip();
        matches!(self.rest.peek(), None | Some('|')) || (self.depth > 1 && self.rest.peek() == Some(&')'))
    }

    fn branch(&mut self, constraint: bool) -> Result<Part> {
        let (mut parts, mut flags) = (vec![], 0);
        while !self.ends() {
            let atom = match self.atom(constraint)? {
                Atom::Constraint(node) => {
                    self.skip();
                    if self.quantifier()?.is_some() {
                        return Err(invalid("quantifier operand invalid"));
                    }
                    parts.push(node);
                    continue;
                }
                other => other,
            };
            self.skip();
            let (least, most, prefers) = self.quantifier()?.unwrap_or((1, Some(1), 0));
            if most == Some(0) {
                continue;
            }
            let repeats = !(least == 1 && most == Some(1));
            let of_atom = match &atom {
                Atom::Plain(part) | Atom::Group(part) => part.flags,
                _ => 0,
            };
            let sum = flags | prefers | of_atom;
            if let Atom::Plain(part) = &atom
                && !is_messy(up(sum))
            {
                let node = part.node.clone();
                parts.push(if repeats { Node::Repeat(Box::new(node), least, most) } else { node });
                flags = sum;
                continue;
            }
            let quantified = quantified(atom, least, most, prefers);
            let own = combined(prefers, quantified.flags);
            self.parts += 1;
            if self.parts > PARTS_MAX {
                return Err(invalid("regular expression is too complex"));
            }
            let rest = if self.ends() { None } else { Some(self.branch(constraint)?) };
            let prefix = Part::plain(Node::Concat(parts), flags);
            return Ok(strung(prefix, quantified, own, rest));
        }
        Ok(Part::plain(Node::Concat(parts), flags))
    }

    /// Least, most and what it prefers.
    fn quantifier(&mut self) -> Result<Option<(u32, Option<u32>, u8)>> {
        let (least, most) = match self.rest.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                let mut ahead = self.rest.clone();
                ahead.next();
                if !ahead.peek().is_some_and(char::is_ascii_digit) {
                    return Ok(None);
                }
                self.rest.next();
                return self.bounds().map(Some);
            }
            _ => return Ok(None),
        };
        self.rest.next();
        let prefers = self.preferred();
        self.only_one()?;
        Ok(Some((least, most, prefers)))
    }

    fn preferred(&mut self) -> u8 {
        if self.options.flavour == Flavour::Advanced && self.eat('?') { SHORTER } else { LONGER }
    }

    fn only_one(&mut self) -> Result<()> {
        match self.rest.peek() {
            Some('*' | '+' | '?') => Err(invalid("quantifier operand invalid")),
            _ => Ok(()),
        }
    }

    /// `m}`, `m,}` or `m,n}`.
    fn bounds(&mut self) -> Result<(u32, Option<u32>, u8)> {
        let least = self.count()?;
        let has_comma = self.eat(',');
        let most = match self.rest.peek() {
            _ if !has_comma => Some(least),
            Some(c) if c.is_ascii_digit() => Some(self.count()?),
            _ => None,
        };
        if !self.eat('}') {
            return Err(invalid("invalid repetition count(s)"));
        }
        if most.is_some_and(|most| most < least) {
            return Err(invalid("invalid repetition count(s)"));
        }
        let prefers = self.preferred();
        self.only_one()?;
        // Of a fixed number the operand says what is preferred.
        Ok((least, most, if has_comma { prefers } else { 0 }))
    }

    fn count(&mut self) -> Result<u32> {
        let mut number = 0_u32;
        while let Some(digit) = self.rest.peek().and_then(|c| c.to_digit(10)) {
            self.rest.next();
            number = number.saturating_mul(10).saturating_add(digit);
        }
        if number > REPEATS_MAX { Err(invalid("invalid repetition count(s)")) } else { Ok(number) }
    }

    fn atom(&mut self, constraint: bool) -> Result<Atom> {
        let folds = self.options.folds;
        let plain = |set: Set| Atom::Plain(Part::plain(Node::Set(Rc::new(set)), 0));
        let Some(c) = self.rest.next() else { return Err(invalid("premature end")) };
        Ok(match c {
            '(' => return self.parenthesis(constraint),
            '^' => Atom::Constraint(Node::Assert(if self.options.lines { Assert::LineStart } else { Assert::Start })),
            '$' => Atom::Constraint(Node::Assert(if self.options.lines { Assert::LineEnd } else { Assert::End })),
            '.' => plain(Set::any(self.options.stops_at_newline)),
            '[' => return self.bracket(),
            '\\' => return self.escape(),
            '*' | '+' | '?' => return Err(invalid("quantifier operand invalid")),
            '{' if self.rest.peek().is_some_and(char::is_ascii_digit) => return Err(invalid("quantifier operand invalid")),
            ')' if self.options.flavour == Flavour::Advanced => return Err(invalid("parentheses () not balanced")),
            c => plain(Set::one(c, folds)),
        })
    }

    fn parenthesis(&mut self, constraint: bool) -> Result<Atom> {
        let close = |parser: &mut Self| {
            if parser.eat(')') { Ok(()) } else { Err(invalid("parentheses () not balanced")) }
        };
        let mut ahead = self.rest.clone();
        if self.options.flavour == Flavour::Advanced && ahead.next() == Some('?') {
            let kind = ahead.next();
            let behind = kind == Some('<');
            let sign = if behind { ahead.next() } else { kind };
            match (behind, sign) {
                (false, Some(':')) => {
                    self.rest = ahead;
                    let part = self.alternatives(constraint)?;
                    close(self)?;
                    return Ok(Atom::Plain(part));
                }
                (_, Some(sign @ ('=' | '!'))) => {
                    self.rest = ahead;
                    let part = self.alternatives(true)?;
                    close(self)?;
                    return Ok(Atom::Constraint(Node::Look(Box::new(part.node), behind, sign == '!')));
                }
                _ => return Err(invalid("quantifier operand invalid")),
            }
        }
        if constraint {
            // Within a constraint nothing is captured.
            let part = self.alternatives(true)?;
            close(self)?;
            return Ok(Atom::Plain(part));
        }
        self.groups.push(None);
        let number = self.groups.len();
        let part = self.alternatives(false)?;
        close(self)?;
        if let Some(group) = self.groups.get_mut(number - 1) {
            *group = Some(part.node.clone());
        }
        // A part is in one pair of parentheses.
        let part = match part.group {
            None => part,
            Some(_) => {
                let flags = part.flags;
                Part::pair(part, Part::plain(Node::empty(), 0), flags)
            }
        };
        let flags = part.flags | CAPTURES;
        Ok(Atom::Group(Part { group: Some(number), flags, ..part }))
    }
}

/// An atom with its quantifier.
fn quantified(atom: Atom, least: u32, most: Option<u32>, prefers: u8) -> Part {
    let part = match atom {
        Atom::Back(number, node) => {
            let back = Node::Back(Box::new(node));
            let node = if least == 1 && most == Some(1) { back } else { Node::Repeat(Box::new(back), least, most) };
            return Part { shape: Shape::Back(number, least, most), flags: REFERS | prefers, group: None, node };
        }
        Atom::Plain(part) | Atom::Group(part) => part,
        Atom::Constraint(node) => return Part::plain(node, 0),
    };
    let own = part.flags & (LONGER | SHORTER | MIXED);
    if least == 1 && most == Some(1) && (prefers == 0 || own == 0 || prefers == own) {
        return part;
    }
    let flags = combined(prefers, part.flags);
    let repeated = |least: u32, most: Option<u32>| Node::Repeat(Box::new(part.node.clone()), least, most);
    if part.flags & (CAPTURES | REFERS) == 0 {
        return Part::plain(repeated(least, most), flags);
    }
    if least > 0 && part.flags & REFERS == 0 {
        // Only what the last one captures is kept.
        let before = Part::plain(repeated(least - 1, most.map(|most| most - 1)), preference(flags));
        return Part::pair(before, part, flags);
    }
    let node = repeated(least, most);
    Part { shape: Shape::Times(Box::new(part), least, most), flags, group: None, node }
}

/// What came before, an atom, and what follows. `own` is what atom and quantifier prefer together.
fn strung(prefix: Part, quantified: Part, own: u8, rest: Option<Part>) -> Part {
    let second = match rest {
        None => quantified,
        Some(rest) => {
            let flags = own | combined(own, rest.flags);
            let is_plain = matches!(quantified.shape, Shape::Plain) && matches!(rest.shape, Shape::Plain);
            if is_plain && !is_messy(up(quantified.flags | rest.flags)) && quantified.group.is_none() && rest.group.is_none() {
                let flags = combined(quantified.flags, rest.flags);
                Part::plain(Node::Concat(vec![quantified.node, rest.node]), flags)
            } else {
                Part::pair(quantified, rest, flags)
            }
        }
    };
    match &prefix.node {
        Node::Concat(parts) if parts.is_empty() => second,
        _ => {
            let flags = prefix.flags | combined(prefix.flags, second.flags);
            Part::pair(prefix, second, flags)
        }
    }
}
