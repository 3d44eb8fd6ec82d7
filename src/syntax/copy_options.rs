//! The options of COPY, in the form with parentheses and in the one before it.

use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::Token;

use super::command::{name, takes};
use crate::error::{Error, Result, SqlState};

/// What a COPY asks for, as it is written.
#[derive(Clone, Debug, Default)]
pub struct CopyOptions {
    given: Vec<(String, Given)>,
}

#[derive(Clone, Debug)]
enum Given {
    /// A text or a word; `None` where there is none.
    Text(Option<String>),
    /// `*`, which is every column.
    All,
    Columns(Vec<String>),
}

/// What a COPY does, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopySettings {
    pub format: CopyKind,
    pub delimiter: u8,
    pub null: String,
    pub header: CopyHeader,
    pub quote: u8,
    pub escape: u8,
    pub force_quote: CopyColumns,
    pub force_not_null: CopyColumns,
    pub force_null: CopyColumns,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyKind {
    Text,
    Csv,
    Binary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyHeader {
    None,
    Present,
    Match,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopyColumns {
    None,
    All,
    Named(Vec<String>),
}

pub(super) fn parse(parser: &mut Parser, binary: bool) -> Result<CopyOptions, ParserError> {
    let mut options = CopyOptions::default();
    let mut give = |name: &str, value: Given| options.given.push((name.to_string(), value));
    let word = |word: &str| Given::Text(Some(word.to_string()));
    if binary {
        give("format", word("binary"));
    }
    if takes(parser, "using") && !takes(parser, "delimiters") {
        return parser.expected("DELIMITERS", parser.peek_token());
    }
    let _ = takes(parser, "with");
    if parser.consume_token(&Token::LParen) {
        loop {
            let option = name(parser)?;
            give(&option, value(parser)?);
            if !parser.consume_token(&Token::Comma) {
                break;
            }
        }
        parser.expect_token(&Token::RParen)?;
        return Ok(options);
    }
    loop {
        if takes(parser, "binary") {
            give("format", word("binary"));
        } else if takes(parser, "csv") {
            give("format", word("csv"));
        } else if takes(parser, "freeze") {
            give("freeze", Given::Text(None));
        } else if takes(parser, "header") {
            give("header", Given::Text(None));
        } else if takes(parser, "force") {
            let option = match (takes(parser, "quote"), takes(parser, "not"), takes(parser, "null")) {
                (true, ..) => "force_quote",
                (_, true, _) => "force_not_null",
                _ => "force_null",
            };
            give(option, columns(parser)?);
        } else if let Some(option) =
            ["delimiter", "null", "quote", "escape", "encoding"].into_iter().find(|option| takes(parser, option))
        {
            let _ = takes(parser, "as");
            give(option, Given::Text(Some(parser.parse_literal_string()?)));
        } else {
            return Ok(options);
        }
    }
}

fn value(parser: &mut Parser) -> Result<Given, ParserError> {
    match &parser.peek_token_ref().token {
        Token::Mul | Token::LParen => columns(parser),
        Token::Comma | Token::RParen => Ok(Given::Text(None)),
        Token::Number(digits, _) => {
            let digits = digits.clone();
            parser.next_token();
            Ok(Given::Text(Some(digits)))
        }
        Token::Word(word) if word.quote_style.is_none() => {
            let word = word.value.to_lowercase();
            parser.next_token();
            Ok(Given::Text(Some(word)))
        }
        _ => Ok(Given::Text(Some(parser.parse_literal_string()?))),
    }
}

fn columns(parser: &mut Parser) -> Result<Given, ParserError> {
    if parser.consume_token(&Token::Mul) {
        return Ok(Given::All);
    }
    let in_parentheses = parser.consume_token(&Token::LParen);
    let names = parser.parse_comma_separated(name)?;
    if in_parentheses {
        parser.expect_token(&Token::RParen)?;
    }
    Ok(Given::Columns(names))
}

impl CopyOptions {
    /// Checks the options as PostgreSQL 15 does, with its messages.
    pub fn check(&self, from: bool) -> Result<CopySettings> {
        let syntax = |message: String| Error::new(SqlState::SYNTAX_ERROR, message);
        for (index, (name, _)) in self.given.iter().enumerate() {
            const KNOWN: [&str; 11] = [
                "format",
                "freeze",
                "delimiter",
                "null",
                "header",
                "quote",
                "escape",
                "force_quote",
                "force_not_null",
                "force_null",
                "encoding",
            ];
            if !KNOWN.contains(&name.as_str()) {
                return Err(syntax(format!("option \"{name}\" not recognized")));
            }
            if self.given.iter().take(index).any(|(before, _)| before == name) {
                return Err(syntax("conflicting or redundant options".into()));
            }
        }
        let format = match self.text("format")?.as_deref() {
            None | Some("text") => CopyKind::Text,
            Some("csv") => CopyKind::Csv,
            Some("binary") => CopyKind::Binary,
            Some(other) => return Err(invalid(format!("COPY format \"{other}\" not recognized"))),
        };
        if let Some(encoding) = self.text("encoding")?
            && !matches!(encoding.to_uppercase().replace(['-', '_'], "").as_str(), "UTF8" | "UNICODE" | "SQLASCII")
        {
            return Err(Error::unsupported("COPY is in UTF8 only").hint("Leave ENCODING out"));
        }
        let settings = self.resolve(format, from)?;
        check_characters(&settings)?;
        Ok(settings)
    }

    fn resolve(&self, format: CopyKind, from: bool) -> Result<CopySettings> {
        let csv = format == CopyKind::Csv;
        let only_in_csv = |name: &str, shown: &str| match self.find(name) {
            Some(_) if !csv => Err(Error::unsupported(format!("COPY {shown} available only in CSV mode"))),
            _ => Ok(()),
        };
        for (name, shown) in [
            ("quote", "quote"),
            ("escape", "escape"),
            ("force_quote", "force quote"),
            ("force_not_null", "force not null"),
            ("force_null", "force null"),
        ] {
            only_in_csv(name, shown)?;
        }
        let refuse_in_binary = |name: &str, state| match self.find(name) {
            Some(_) if format == CopyKind::Binary => {
                Err(Error::new(state, format!("cannot specify {} in BINARY mode", name.to_uppercase())))
            }
            _ => Ok(()),
        };
        refuse_in_binary("delimiter", SqlState::SYNTAX_ERROR)?;
        refuse_in_binary("null", SqlState::SYNTAX_ERROR)?;
        let header = self.header(from)?;
        if header != CopyHeader::None {
            refuse_in_binary("header", SqlState::FEATURE_NOT_SUPPORTED)?;
        }
        let wrong_way = |name: &str, shown: &str, way: &str| match self.find(name) {
            Some(_) => Err(Error::unsupported(format!("COPY {shown} only available using COPY {way}"))),
            None => Ok(()),
        };
        if from {
            wrong_way("force_quote", "force quote", "TO")?;
        } else {
            wrong_way("force_not_null", "force not null", "FROM")?;
            wrong_way("force_null", "force null", "FROM")?;
        }
        let quote = self.byte("quote")?.unwrap_or(b'"');
        Ok(CopySettings {
            format,
            delimiter: self.byte("delimiter")?.unwrap_or(if csv { b',' } else { b'\t' }),
            null: self.text("null")?.unwrap_or_else(|| if csv { String::new() } else { "\\N".into() }),
            header,
            quote,
            escape: self.byte("escape")?.unwrap_or(quote),
            force_quote: self.columns("force_quote")?,
            force_not_null: self.columns("force_not_null")?,
            force_null: self.columns("force_null")?,
        })
    }

    fn find(&self, name: &str) -> Option<&Given> {
        self.given.iter().find(|(given, _)| given == name).map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> Result<Option<String>> {
        match self.find(name) {
            None => Ok(None),
            Some(Given::Text(Some(text))) => Ok(Some(text.clone())),
            Some(_) => Err(Error::new(SqlState::SYNTAX_ERROR, format!("{name} requires a parameter"))),
        }
    }

    fn byte(&self, name: &str) -> Result<Option<u8>> {
        match self.text(name)?.as_deref().map(str::as_bytes) {
            None => Ok(None),
            Some([byte]) => Ok(Some(*byte)),
            Some(_) => Err(Error::unsupported(format!("COPY {name} must be a single one-byte character"))),
        }
    }

    fn columns(&self, name: &str) -> Result<CopyColumns> {
        match self.find(name) {
            None => Ok(CopyColumns::None),
            Some(Given::All) => Ok(CopyColumns::All),
            Some(Given::Columns(names)) => Ok(CopyColumns::Named(names.clone())),
            Some(Given::Text(_)) => {
                let message = format!("argument to option \"{name}\" must be a list of column names");
                Err(invalid(message))
            }
        }
    }

    fn header(&self, from: bool) -> Result<CopyHeader> {
        match self.find("header") {
            None => Ok(CopyHeader::None),
            Some(Given::Text(text)) => match text.as_deref().map(str::to_lowercase).as_deref() {
                None | Some("true" | "on" | "1") => Ok(CopyHeader::Present),
                Some("false" | "off" | "0") => Ok(CopyHeader::None),
                Some("match") if from => Ok(CopyHeader::Match),
                Some("match") => Err(Error::unsupported("cannot use \"match\" with HEADER in COPY TO")),
                Some(_) => Err(header_value()),
            },
            Some(_) => Err(header_value()),
        }
    }
}

fn header_value() -> Error {
    Error::new(SqlState::SYNTAX_ERROR, "header requires a Boolean value or \"match\"")
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(SqlState::INVALID_PARAMETER_VALUE, message)
}

/// Characters that would make the data ambiguous.
fn check_characters(settings: &CopySettings) -> Result<()> {
    let CopySettings { format, delimiter, null, quote, .. } = settings;
    if *format == CopyKind::Binary {
        return Ok(());
    }
    if matches!(delimiter, b'\r' | b'\n') {
        return Err(invalid("COPY delimiter cannot be newline or carriage return"));
    }
    if null.contains(['\r', '\n']) {
        return Err(invalid("COPY null representation cannot use newline or carriage return"));
    }
    if *format == CopyKind::Text
        && (matches!(delimiter, b'\\' | b'.') || delimiter.is_ascii_lowercase() || delimiter.is_ascii_digit())
    {
        return Err(invalid(format!("COPY delimiter cannot be \"{}\"", char::from(*delimiter))));
    }
    if *format == CopyKind::Csv && delimiter == quote {
        return Err(invalid("COPY delimiter and quote must be different"));
    }
    if null.as_bytes().contains(delimiter) {
        return Err(invalid("COPY delimiter must not appear in the NULL specification"));
    }
    if *format == CopyKind::Csv && null.as_bytes().contains(quote) {
        return Err(invalid("CSV quote character must not appear in the NULL specification"));
    }
    Ok(())
}
