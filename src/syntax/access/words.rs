//! Words of a statement one after the other. Errors are PostgreSQL's, without any literal of the statement.

use datafusion::sql::sqlparser::ast::{Expr, ObjectName};
use datafusion::sql::sqlparser::parser::Parser;
use datafusion::sql::sqlparser::tokenizer::Token;

use super::RoleName;
use crate::error::{Error, Result, SqlState};
use crate::syntax::{from_parser, offset};

/// How far [`Words::has_ahead`] looks.
const AHEAD_MAX: usize = 16;

pub struct Words<'a, 'b> {
    parser: &'a mut Parser<'b>,
    text: &'a str,
}

impl<'a, 'b> Words<'a, 'b> {
    pub fn new(parser: &'a mut Parser<'b>, text: &'a str) -> Self {
        Self { parser, text }
    }

    /// The word there in capitals, if it is one without quotes.
    pub fn peek(&self, ahead: usize) -> Option<String> {
        match self.parser.peek_nth_token(ahead).token {
            Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_uppercase()),
            _ => None,
        }
    }

    /// Whether these words come before the statement ends.
    pub fn has_ahead(&self, wanted: &[&str]) -> bool {
        (0..AHEAD_MAX).any(|at| wanted.iter().enumerate().all(|(i, word)| self.peek(at + i).as_deref() == Some(*word)))
    }

    /// Takes the words if they come next.
    pub fn take(&mut self, wanted: &[&str]) -> bool {
        let there = wanted.iter().enumerate().all(|(i, word)| self.peek(i).as_deref() == Some(*word));
        if there {
            wanted.iter().for_each(|_| drop(self.parser.next_token()));
        }
        there
    }

    pub fn expect(&mut self, wanted: &[&str]) -> Result<()> {
        if self.take(wanted) { Ok(()) } else { self.unexpected() }
    }

    /// Takes one word without quotes, in capitals.
    pub fn word(&mut self) -> Result<String> {
        match self.peek(0) {
            Some(word) => {
                self.parser.next_token();
                Ok(word)
            }
            None => self.unexpected(),
        }
    }

    pub fn symbol(&mut self, symbol: &Token) -> bool {
        self.parser.consume_token(symbol)
    }

    /// An identifier as PostgreSQL folds it.
    pub fn name(&mut self) -> Result<String> {
        match self.parser.peek_token().token {
            Token::Word(word) => {
                self.parser.next_token();
                Ok(if word.quote_style.is_some() { word.value } else { word.value.to_lowercase() })
            }
            _ => self.unexpected(),
        }
    }

    /// A name of a role, or a word for one.
    pub fn role(&mut self) -> Result<RoleName> {
        let word = self.peek(0).unwrap_or_default();
        let name = self.name()?;
        Ok(match word.as_str() {
            "CURRENT_USER" | "CURRENT_ROLE" => RoleName::CurrentUser,
            "SESSION_USER" => RoleName::SessionUser,
            "PUBLIC" => RoleName::Public,
            _ => RoleName::Named(name),
        })
    }

    pub fn object(&mut self) -> Result<ObjectName> {
        if !matches!(self.parser.peek_token().token, Token::Word(_)) {
            return self.unexpected();
        }
        self.parser.parse_object_name(false).map_err(|error| from_parser(&error, self.text))
    }

    /// A text in quotes.
    pub fn literal(&mut self) -> Result<String> {
        match self.parser.peek_token().token {
            Token::SingleQuotedString(text) | Token::EscapedStringLiteral(text) | Token::UnicodeStringLiteral(text) => {
                self.parser.next_token();
                Ok(text)
            }
            Token::DollarQuotedString(text) => {
                self.parser.next_token();
                Ok(text.value)
            }
            _ => self.unexpected(),
        }
    }

    /// A whole number, which may be negative.
    pub fn integer(&mut self) -> Result<i32> {
        let negative = self.symbol(&Token::Minus);
        match self.parser.peek_token().token {
            Token::Number(digits, _) => {
                let Ok(number) = digits.parse::<i32>() else { return self.unexpected() };
                self.parser.next_token();
                Ok(if negative { -number } else { number })
            }
            _ => self.unexpected(),
        }
    }

    /// What stands for the value of a setting: words, texts and numbers, separated by commas.
    pub fn value(&mut self) -> Result<String> {
        self.list(|words| match words.parser.peek_token().token {
            Token::Number(digits, _) => {
                words.parser.next_token();
                Ok(digits)
            }
            Token::Word(_) => words.name(),
            _ => words.literal(),
        })
        .map(|values| values.join(", "))
    }

    /// An expression in parentheses.
    pub fn condition(&mut self) -> Result<Expr> {
        if !self.symbol(&Token::LParen) {
            return self.unexpected();
        }
        let condition = self.parser.parse_expr().map_err(|error| from_parser(&error, self.text))?;
        if self.symbol(&Token::RParen) { Ok(condition) } else { self.unexpected() }
    }

    pub fn list<T>(&mut self, one: impl Fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let mut all = vec![one(self)?];
        while self.symbol(&Token::Comma) {
            all.push(one(self)?);
        }
        Ok(all)
    }

    /// The statement must end here.
    pub fn end(&self) -> Result<()> {
        match self.parser.peek_token().token {
            Token::EOF | Token::SemiColon => Ok(()),
            _ => self.unexpected(),
        }
    }

    pub fn unexpected<T>(&self) -> Result<T> {
        let found = self.parser.peek_token();
        let message = match &found.token {
            Token::EOF => "syntax error at end of input".to_string(),
            // What stands in quotes may be a password.
            Token::Word(word) if word.quote_style.is_none() => format!("syntax error at or near \"{}\"", word.value),
            Token::Comma | Token::SemiColon | Token::LParen | Token::RParen | Token::Period | Token::Eq => {
                format!("syntax error at or near \"{}\"", found.token)
            }
            _ => "syntax error at or near a literal".to_string(),
        };
        let start = found.span.start;
        Err(Error::new(SqlState::SYNTAX_ERROR, message).at(offset(self.text, start.line, start.column)))
    }
}
