//! The text of a path as a tree.

use datafusion::common::Result;
use datafusion::error::DataFusionError;

use crate::dialect::failure::failed;
use crate::dialect::texts::json::document::write_string;
use crate::dialect::texts::patterns::Options;
use crate::error::{Error, SqlState};

/// Deepest nesting of parentheses.
const DEPTH_MAX: usize = 100;

#[derive(Debug)]
pub struct Path {
    pub is_strict: bool,
    pub expr: Expr,
}

#[derive(Debug)]
pub enum Expr {
    /// `$`, `@`, `$name`.
    Root,
    Current,
    Variable(String),
    /// The JSON text of a scalar.
    Literal(String),
    Step(Box<Expr>, Step),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    IsUnknown(Box<Expr>),
    Exists(Box<Expr>),
    StartsWith(Box<Expr>, Box<Expr>),
    Like(Box<Expr>, String, Options),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug)]
pub enum Step {
    Member(String),
    Members,
    /// `.**{from to to}`, in levels below the value.
    Below(u32, u32),
    /// Ranges of places.
    Elements(Vec<(Place, Place)>),
    All,
    Filter(Box<Expr>),
    Type,
    Size,
}

#[derive(Clone, Copy, Debug)]
pub enum Place {
    First(i64),
    /// So many before the last.
    Last(i64),
}

impl Expr {
    /// Whether it is true, false or unknown, and finds no values.
    pub fn is_predicate(&self) -> bool {
        !matches!(self, Self::Root | Self::Current | Self::Variable(_) | Self::Literal(_) | Self::Step(..))
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A name or word without quotes.
    Word(String),
    String(String),
    Number(String),
    /// `$name`
    Variable(String),
    Sign(&'static str),
}

/// Longer ones before those that they begin with.
const SIGNS: [&str; 28] = [
    "**", "&&", "||", "==", "!=", "<>", "<=", ">=", "<", ">", "=", "!", "$", "@", ".", "*", "[", "]", "(", ")", "{", "}", "?",
    ",", "+", "-", "/", "%",
];

fn invalid() -> DataFusionError {
    failed(SqlState::SYNTAX_ERROR, "syntax error in a path of JSON")
}

fn tokens(text: &str) -> Result<Vec<Token>> {
    let (mut tokens, mut rest) = (vec![], text);
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
        let Some(first) = rest.chars().next() else { return Ok(tokens) };
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").ok_or_else(invalid)?.1;
        } else if first == '"' {
            let (string, after) = quoted(rest.get(1..).unwrap_or_default())?;
            tokens.push(Token::String(string));
            rest = after;
        } else if let Some(after) = rest.strip_prefix('$').filter(|after| after.starts_with(|c| c == '"' || is_of_name(c))) {
            let (name, after) = match after.strip_prefix('"') {
                Some(inside) => quoted(inside)?,
                None => name(after),
            };
            tokens.push(Token::Variable(name));
            rest = after;
        } else if first.is_ascii_digit()
            || (first == '.' && rest.get(1..).is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit())))
        {
            let (number, after) = number(rest)?;
            tokens.push(Token::Number(number));
            rest = after;
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push(Token::Sign(sign));
            rest = rest.get(sign.len()..).unwrap_or_default();
        } else if is_of_name(first) {
            let (word, after) = name(rest);
            tokens.push(Token::Word(word));
            rest = after;
        } else {
            return Err(invalid());
        }
    }
}

fn is_of_name(character: char) -> bool {
    !character.is_whitespace() && !"?%$.[]{}()|&!=<>@#,*:-+/\\\"".contains(character)
}

fn name(text: &str) -> (String, &str) {
    let end = text.find(|c| !is_of_name(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    (name.to_owned(), rest)
}

/// A number without the zeros and points that JSON does not have.
fn number(text: &str) -> Result<(String, &str)> {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (whole, mut rest) = text.split_at_checked(digits(text)).ok_or_else(invalid)?;
    let is_led = whole.len() > 1 && whole.starts_with('0');
    let mut number = if whole.is_empty() { "0".to_owned() } else { whole.to_owned() };
    if let Some(after) =
        rest.strip_prefix('.').filter(|after| after.starts_with(|c: char| c.is_ascii_digit()) || !after.starts_with(is_of_name))
    {
        let (decimals, after) = after.split_at_checked(digits(after)).ok_or_else(invalid)?;
        if !decimals.is_empty() {
            number.push('.');
            number.push_str(decimals);
        }
        rest = after;
    }
    if let Some(after) = rest.strip_prefix(['e', 'E']) {
        let unsigned = after.strip_prefix(['+', '-']).unwrap_or(after);
        let (exponent, behind) = unsigned.split_at_checked(digits(unsigned)).ok_or_else(invalid)?;
        let sign = if after.starts_with('-') { "-" } else { "" };
        number = format!("{number}e{sign}{exponent}");
        rest = behind;
        if exponent.is_empty() {
            return Err(invalid());
        }
    }
    if is_led || rest.starts_with(is_of_name) {
        return Err(invalid());
    }
    Ok((number, rest))
}

/// What is between the quotes, the first of which is gone; what follows the second.
fn quoted(text: &str) -> Result<(String, &str)> {
    let mut string = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Ok((string, text.get(at + 1..).unwrap_or_default())),
            '\\' => match characters.next().map(|(_, escaped)| escaped) {
                Some('b') => string.push('\u{8}'),
                Some('f') => string.push('\u{c}'),
                Some('n') => string.push('\n'),
                Some('r') => string.push('\r'),
                Some('t') => string.push('\t'),
                Some('v') => string.push('\u{b}'),
                Some('u' | 'x') => {
                    let error = Error::unsupported("characters by their numbers in paths of JSON are not supported");
                    return Err(error.hint("Write the characters themselves").into());
                }
                Some(other) => string.push(other),
                None => return Err(invalid()),
            },
            other => string.push(other),
        }
    }
    Err(invalid())
}

impl Path {
    /// # Errors
    /// 42601 for what is no path, 22P02 for nothing, and 0A000 for methods and arithmetic.
    pub fn read(text: &str) -> Result<Self> {
        let tokens = tokens(text)?;
        if tokens.is_empty() {
            return Err(failed(SqlState::INVALID_TEXT_REPRESENTATION, "invalid input syntax for type jsonpath"));
        }
        let mut parser = Parser { tokens, at: 0, filters: 0, depth: 0 };
        let is_strict = parser.takes_word("strict");
        if !is_strict {
            parser.takes_word("lax");
        }
        let expr = parser.either()?;
        if parser.at < parser.tokens.len() { Err(invalid()) } else { Ok(Self { is_strict, expr }) }
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// Filters around the token, in which `@` is something.
    filters: usize,
    depth: usize,
}

fn boxed(expr: Expr) -> Box<Expr> {
    Box::new(expr)
}

fn predicate(expr: Expr) -> Result<Box<Expr>> {
    if expr.is_predicate() { Ok(boxed(expr)) } else { Err(invalid()) }
}

fn value(expr: Expr) -> Result<Box<Expr>> {
    if expr.is_predicate() { Err(invalid()) } else { Ok(boxed(expr)) }
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn takes(&mut self, sign: &str) -> bool {
        let there = matches!(self.peek(), Some(Token::Sign(own)) if *own == sign);
        self.at += usize::from(there);
        there
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let there = matches!(self.peek(), Some(Token::Word(own)) if own == word);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, sign: &str) -> Result<()> {
        if self.takes(sign) { Ok(()) } else { Err(invalid()) }
    }

    fn either(&mut self) -> Result<Expr> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(failed(SqlState::STATEMENT_TOO_COMPLEX, "stack depth limit exceeded"));
        }
        let mut left = self.both()?;
        while self.takes("||") {
            left = Expr::Or(predicate(left)?, predicate(self.both()?)?);
        }
        self.depth -= 1;
        Ok(left)
    }

    fn both(&mut self) -> Result<Expr> {
        let mut left = self.compared()?;
        while self.takes("&&") {
            left = Expr::And(predicate(left)?, predicate(self.compared()?)?);
        }
        Ok(left)
    }

    fn compared(&mut self) -> Result<Expr> {
        if self.takes("!") {
            // What is turned stands in parentheses, or is EXISTS.
            return match self.peek() {
                Some(Token::Sign("(")) => Ok(Expr::Not(predicate(self.primary()?)?)),
                Some(Token::Word(word)) if word == "exists" => Ok(Expr::Not(boxed(self.compared()?))),
                _ => Err(invalid()),
            };
        }
        if self.takes_word("exists") {
            self.expect("(")?;
            let inner = value(self.either()?)?;
            self.expect(")")?;
            return Ok(Expr::Exists(inner));
        }
        let left = self.primary()?;
        if left.is_predicate() {
            if self.takes_word("is") {
                return if self.takes_word("unknown") { Ok(Expr::IsUnknown(boxed(left))) } else { Err(invalid()) };
            }
            return Ok(left);
        }
        let comparison = match self.peek() {
            Some(Token::Sign("==" | "=")) => Comparison::Equal,
            Some(Token::Sign("!=" | "<>")) => Comparison::Unequal,
            Some(Token::Sign("<")) => Comparison::Less,
            Some(Token::Sign("<=")) => Comparison::LessOrEqual,
            Some(Token::Sign(">")) => Comparison::Greater,
            Some(Token::Sign(">=")) => Comparison::GreaterOrEqual,
            Some(Token::Sign("+" | "-" | "*" | "/" | "%")) => {
                let error = Error::unsupported("arithmetic in paths of JSON is not supported");
                return Err(error.hint("Take the values with jsonb_path_query(…), and compute with them").into());
            }
            _ => return self.word_behind(left),
        };
        self.at += 1;
        Ok(Expr::Compare(comparison, boxed(left), value(self.primary()?)?))
    }

    /// `starts with` and `like_regex`.
    fn word_behind(&mut self, left: Expr) -> Result<Expr> {
        if self.takes_word("starts") {
            return match (self.takes_word("with"), self.next()) {
                (true, Some(Token::String(start))) => Ok(Expr::StartsWith(boxed(left), boxed(string(&start)))),
                (true, Some(Token::Variable(name))) => Ok(Expr::StartsWith(boxed(left), boxed(Expr::Variable(name)))),
                _ => Err(invalid()),
            };
        }
        if !self.takes_word("like_regex") {
            return Ok(left);
        }
        let Some(Token::String(pattern)) = self.next() else { return Err(invalid()) };
        let mut options = Options::default();
        if self.takes_word("flag") {
            options = match self.next() {
                Some(Token::String(flags)) if flags == "i" => Options::folding(),
                Some(Token::String(flags)) if flags.is_empty() => options,
                Some(Token::String(_)) => {
                    let error = Error::unsupported("flags of like_regex other than i are not supported");
                    return Err(error.hint("Write (?n) and its like before the expression").into());
                }
                _ => return Err(invalid()),
            };
        }
        Ok(Expr::Like(boxed(left), pattern, options))
    }

    /// A value with its steps, or something in parentheses.
    fn primary(&mut self) -> Result<Expr> {
        let mut expr = match self.next().ok_or_else(invalid)? {
            Token::Sign("$") => Expr::Root,
            Token::Sign("@") if self.filters > 0 => Expr::Current,
            Token::Sign("@") => return Err(failed(SqlState::SYNTAX_ERROR, "@ is not allowed in root expressions")),
            Token::Variable(name) => Expr::Variable(name),
            Token::String(text) => string(&text),
            Token::Number(number) => Expr::Literal(number),
            Token::Sign(sign @ ("-" | "+")) => match self.next() {
                Some(Token::Number(number)) if sign == "-" => Expr::Literal(format!("-{number}")),
                Some(Token::Number(number)) => Expr::Literal(number),
                _ => return Err(Error::unsupported("arithmetic in paths of JSON is not supported").into()),
            },
            Token::Word(word) if matches!(word.as_str(), "null" | "true" | "false") => Expr::Literal(word),
            Token::Word(word) if word == "last" => {
                return Err(failed(SqlState::SYNTAX_ERROR, "LAST is allowed only in array subscripts"));
            }
            Token::Sign("(") => {
                let inner = self.either()?;
                self.expect(")")?;
                inner
            }
            _ => return Err(invalid()),
        };
        while !expr.is_predicate()
            && let Some(step) = self.step()?
        {
            expr = Expr::Step(boxed(expr), step);
        }
        Ok(expr)
    }

    fn step(&mut self) -> Result<Option<Step>> {
        if self.takes(".") {
            return self.behind_point().map(Some);
        }
        if self.takes("[") {
            return self.places().map(Some);
        }
        if self.takes("?") {
            self.expect("(")?;
            self.filters += 1;
            let filter = predicate(self.either()?)?;
            self.filters -= 1;
            self.expect(")")?;
            return Ok(Some(Step::Filter(filter)));
        }
        Ok(None)
    }

    fn behind_point(&mut self) -> Result<Step> {
        match self.next().ok_or_else(invalid)? {
            Token::Sign("*") => Ok(Step::Members),
            Token::Sign("**") => self.levels(),
            Token::String(name) => Ok(Step::Member(name)),
            Token::Word(name) if self.takes("(") => {
                self.expect(")")?;
                match name.as_str() {
                    "type" => Ok(Step::Type),
                    "size" => Ok(Step::Size),
                    "double" | "ceiling" | "floor" | "abs" | "keyvalue" | "datetime" => {
                        Err(Error::unsupported(format!("the method {name} of paths of JSON is not supported")).into())
                    }
                    _ => Err(invalid()),
                }
            }
            Token::Word(name) => Ok(Step::Member(name)),
            _ => Err(invalid()),
        }
    }

    fn levels(&mut self) -> Result<Step> {
        if !self.takes("{") {
            return Ok(Step::Below(0, u32::MAX));
        }
        let from = self.level()?;
        let to = if self.takes_word("to") { self.level()? } else { from };
        self.expect("}")?;
        Ok(Step::Below(from, to))
    }

    fn level(&mut self) -> Result<u32> {
        match self.next() {
            Some(Token::Number(number)) => number.parse().map_err(|_| invalid()),
            Some(Token::Word(word)) if word == "last" => Ok(u32::MAX),
            _ => Err(invalid()),
        }
    }

    fn places(&mut self) -> Result<Step> {
        if self.takes("*") {
            self.expect("]")?;
            return Ok(Step::All);
        }
        let mut places = vec![];
        loop {
            let from = self.place()?;
            let to = if self.takes_word("to") { self.place()? } else { from };
            places.push((from, to));
            if self.takes("]") {
                return Ok(Step::Elements(places));
            }
            self.expect(",")?;
        }
    }

    fn place(&mut self) -> Result<Place> {
        if self.takes_word("last") {
            return match self.takes("-") {
                true => self.whole().map(Place::Last),
                false => Ok(Place::Last(0)),
            };
        }
        if self.takes("-") {
            return self.whole().map(|place| Place::First(-place));
        }
        self.whole().map(Place::First)
    }

    /// A number whose decimals are cut off.
    fn whole(&mut self) -> Result<i64> {
        match self.next() {
            Some(Token::Number(number)) => {
                let whole = number.split('.').next().unwrap_or_default();
                whole.parse().map_err(|_| failed("22033", "jsonpath array subscript is out of integer range"))
            }
            None => Err(invalid()),
            Some(Token::Sign("]" | ",")) => Err(invalid()),
            Some(_) => {
                let error = Error::unsupported("places in paths of JSON that are computed are not supported");
                Err(error.hint("Write a number, or last").into())
            }
        }
    }
}

fn string(text: &str) -> Expr {
    let mut written = String::new();
    write_string(text, &mut written);
    Expr::Literal(written)
}
