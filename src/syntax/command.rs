//! Commands of PostgreSQL that the parser's own grammar lacks or knows only in part: cursors and COPY.

use datafusion::sql::sqlparser::ast::{Ident, ObjectName, Query, Set, Statement};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{IsOptional, Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::Token;

use super::copy_options::{self, CopyOptions};
use super::maintenance::{self, Maintenance};

#[derive(Clone, Debug)]
pub enum Command {
    Declare(Declare),
    Fetch(Fetch),
    /// CLOSE of one cursor, or of all.
    Close(Option<String>),
    Copy(Box<Copy>),
    Maintain(Maintenance),
}

/// DECLARE … CURSOR FOR.
#[derive(Clone, Debug)]
pub struct Declare {
    pub name: String,
    pub query: Box<Query>,
    pub binary: bool,
    /// `None` where the statement does not say.
    pub scroll: Option<bool>,
    /// It says both SCROLL and NO SCROLL.
    pub both: bool,
    pub hold: bool,
}

/// FETCH, or MOVE, which shows nothing.
#[derive(Clone, Debug)]
pub struct Fetch {
    pub cursor: String,
    pub direction: Direction,
    pub moves: bool,
}

/// Which rows; a count of `None` is ALL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Forward(Option<u64>),
    Backward(Option<u64>),
    /// The row with this number; from the end if it is negative.
    Absolute(i64),
    /// The row so many rows from here.
    Relative(i64),
}

#[derive(Clone, Debug)]
pub struct Copy {
    pub source: CopySource,
    /// COPY … FROM.
    pub from: bool,
    pub target: CopyTarget,
    pub options: CopyOptions,
}

#[derive(Clone, Debug)]
pub enum CopySource {
    Table { name: ObjectName, columns: Vec<Ident> },
    Query(Box<Query>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyTarget {
    /// STDIN or STDOUT.
    Client,
    File,
    Program,
}

/// The command that begins here, if it is one of these.
pub(super) fn parse(parser: &mut Parser) -> Option<Result<Command, ParserError>> {
    if let Some(maintenance) = maintenance::parse(parser) {
        return Some(maintenance.map(Command::Maintain));
    }
    let word = match &parser.peek_token_ref().token {
        Token::Word(word) if word.quote_style.is_none() => word.value.to_ascii_lowercase(),
        _ => return None,
    };
    let parse: fn(&mut Parser) -> Result<Command, ParserError> = match word.as_str() {
        "declare" => declare,
        "fetch" => |parser| fetch(parser, false),
        "move" => |parser| fetch(parser, true),
        "close" => close,
        "copy" => copy,
        _ => return None,
    };
    parser.next_token();
    Some(parse(parser))
}

/// Takes the word if it comes next.
pub(super) fn takes(parser: &mut Parser, wanted: &str) -> bool {
    let there = is_word(&parser.peek_token_ref().token, wanted);
    if there {
        parser.next_token();
    }
    there
}

pub(super) fn is_word(token: &Token, wanted: &str) -> bool {
    matches!(token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(wanted))
}

/// The setting of a RESET that names it by several words, which the parser does not know.
pub(super) fn reset(parser: &mut Parser) -> Option<&'static str> {
    const NAMED: [(&str, &str, &str); 2] = [("session", "authorization", "session_authorization"), ("time", "zone", "TimeZone")];
    let word = |place: usize, wanted: &str| is_word(&parser.peek_nth_token_ref(place).token, wanted);
    let named = NAMED.iter().find(|(first, second, _)| word(0, "reset") && word(1, first) && word(2, second));
    let (.., setting) = named?;
    (0..3).for_each(|_| parser.advance_token());
    Some(setting)
}

/// An identifier, folded as PostgreSQL does.
pub(super) fn name(parser: &mut Parser) -> Result<String, ParserError> {
    let ident = parser.parse_identifier()?;
    Ok(if ident.quote_style.is_some() { ident.value } else { ident.value.to_lowercase() })
}

/// The modes of a transaction from DEFERRABLE on, which the parser does not know. It has no effect: nothing here waits for others.
pub(super) fn further_modes(parser: &mut Parser, statement: &mut Statement) -> Result<(), ParserError> {
    let (Statement::StartTransaction { modes, .. } | Statement::Set(Set::SetTransaction { modes, .. })) = statement else {
        return Ok(());
    };
    loop {
        let comma = parser.consume_token(&Token::Comma);
        let not = takes(parser, "not");
        if takes(parser, "deferrable") {
            continue;
        }
        let more = parser.parse_transaction_modes()?;
        if more.is_empty() {
            return if comma || not { parser.expected("transaction mode", parser.peek_token()) } else { Ok(()) };
        }
        modes.extend(more);
    }
}

fn declare(parser: &mut Parser) -> Result<Command, ParserError> {
    let name = name(parser)?;
    let (mut binary, mut scroll, mut both) = (false, None, false);
    while !takes(parser, "cursor") {
        if takes(parser, "binary") {
            binary = true;
        } else if takes(parser, "scroll") {
            both |= scroll == Some(false);
            scroll = Some(true);
        } else if takes(parser, "no") {
            if !takes(parser, "scroll") {
                return parser.expected("SCROLL", parser.peek_token());
            }
            both |= scroll == Some(true);
            scroll = Some(false);
        } else if !takes(parser, "insensitive") && !takes(parser, "asensitive") {
            return parser.expected("CURSOR", parser.peek_token());
        }
    }
    let hold = takes(parser, "with");
    if (hold || takes(parser, "without")) && !takes(parser, "hold") {
        return parser.expected("HOLD", parser.peek_token());
    }
    parser.expect_keyword(Keyword::FOR)?;
    Ok(Command::Declare(Declare { name, query: parser.parse_query()?, binary, scroll, both, hold }))
}

fn fetch(parser: &mut Parser, moves: bool) -> Result<Command, ParserError> {
    // A word at the end is a name, even if it could be a direction.
    let alone = matches!(parser.peek_nth_token(1).token, Token::EOF | Token::SemiColon);
    let direction = if alone { Direction::Forward(Some(1)) } else { direction(parser)? };
    let _ = takes(parser, "from") || takes(parser, "in");
    Ok(Command::Fetch(Fetch { cursor: name(parser)?, direction, moves }))
}

fn direction(parser: &mut Parser) -> Result<Direction, ParserError> {
    use Direction::{Absolute, Backward, Forward, Relative};
    for (word, direction) in [
        ("next", Forward(Some(1))),
        ("prior", Backward(Some(1))),
        ("first", Absolute(1)),
        ("last", Absolute(-1)),
        ("all", Forward(None)),
    ] {
        if takes(parser, word) {
            return Ok(direction);
        }
    }
    if takes(parser, "absolute") {
        return Ok(Absolute(signed(parser)?));
    }
    if takes(parser, "relative") {
        return Ok(Relative(signed(parser)?));
    }
    let forward = takes(parser, "forward");
    let backward = !forward && takes(parser, "backward");
    let count = if (forward || backward) && takes(parser, "all") {
        None
    } else if matches!(parser.peek_token_ref().token, Token::Number(..) | Token::Minus | Token::Plus) {
        Some(signed(parser)?)
    } else {
        Some(1)
    };
    let turned = count.is_some_and(|count| count < 0);
    let count = count.map(i64::unsigned_abs);
    Ok(if backward != turned { Backward(count) } else { Forward(count) })
}

fn signed(parser: &mut Parser) -> Result<i64, ParserError> {
    let negative = parser.consume_token(&Token::Minus);
    if !negative {
        let _ = parser.consume_token(&Token::Plus);
    }
    let token = parser.next_token();
    let number = match &token.token {
        Token::Number(digits, _) => digits.parse::<i32>().ok().map(i64::from),
        _ => None,
    };
    match number {
        Some(number) => Ok(if negative { -number } else { number }),
        None => parser.expected("an integer", token),
    }
}

fn close(parser: &mut Parser) -> Result<Command, ParserError> {
    Ok(Command::Close(if takes(parser, "all") { None } else { Some(name(parser)?) }))
}

fn copy(parser: &mut Parser) -> Result<Command, ParserError> {
    let binary = is_word(&parser.peek_token_ref().token, "binary")
        && !matches!(parser.peek_nth_token(1).token, Token::Period | Token::LParen)
        && !["from", "to"].iter().any(|word| is_word(&parser.peek_nth_token(1).token, word))
        && takes(parser, "binary");
    let source = if parser.consume_token(&Token::LParen) {
        let query = parser.parse_query()?;
        parser.expect_token(&Token::RParen)?;
        CopySource::Query(query)
    } else {
        let name = parser.parse_object_name(false)?;
        CopySource::Table { name, columns: parser.parse_parenthesized_column_list(IsOptional::Optional, false)? }
    };
    let from = takes(parser, "from");
    if !from && !takes(parser, "to") || from && matches!(source, CopySource::Query(_)) {
        return parser.expected(if from { "TO" } else { "FROM or TO" }, parser.peek_token());
    }
    let target = if takes(parser, "stdin") || takes(parser, "stdout") {
        CopyTarget::Client
    } else {
        let program = takes(parser, "program");
        parser.parse_literal_string()?;
        if program { CopyTarget::Program } else { CopyTarget::File }
    };
    let options = copy_options::parse(parser, binary)?;
    Ok(Command::Copy(Box::new(Copy { source, from, target, options })))
}

#[cfg(test)]
mod tests {
    use super::super::{Parsed, statements};
    use super::*;

    fn command(sql: &str) -> Command {
        match statements(sql).unwrap().remove(0) {
            Parsed::Command(command) => command,
            other => panic!("{other:?}"),
        }
    }

    /// The forms of the manual's page on FETCH.
    #[test]
    fn directions() {
        use Direction::{Absolute, Backward, Forward, Relative};
        for (sql, direction) in [
            ("FETCH c", Forward(Some(1))),
            ("FETCH next", Forward(Some(1))),
            ("FETCH NEXT FROM c", Forward(Some(1))),
            ("FETCH PRIOR IN c", Backward(Some(1))),
            ("FETCH FIRST c", Absolute(1)),
            ("FETCH LAST FROM c", Absolute(-1)),
            ("FETCH ABSOLUTE -3 FROM c", Absolute(-3)),
            ("FETCH RELATIVE 2 FROM c", Relative(2)),
            ("FETCH 5 FROM c", Forward(Some(5))),
            ("FETCH -5 FROM c", Backward(Some(5))),
            ("FETCH ALL FROM c", Forward(None)),
            ("FETCH FORWARD FROM c", Forward(Some(1))),
            ("FETCH FORWARD 0 FROM c", Forward(Some(0))),
            ("FETCH FORWARD ALL FROM c", Forward(None)),
            ("MOVE BACKWARD 7 IN c", Backward(Some(7))),
            ("MOVE BACKWARD -7 IN c", Forward(Some(7))),
            ("MOVE BACKWARD ALL IN c", Backward(None)),
        ] {
            let Command::Fetch(fetch) = command(sql) else { panic!("{sql}") };
            assert_eq!((fetch.direction, fetch.moves), (direction, sql.starts_with("MOVE")), "{sql}");
        }
    }

    #[test]
    fn cursors_and_copies_among_other_statements() {
        let parsed = statements("SELECT 1; DECLARE \"C\" NO SCROLL CURSOR WITH HOLD FOR SELECT 2; CLOSE ALL;").unwrap();
        assert!(
            matches!(&parsed[..], [Parsed::Sql(_), Parsed::Command(Command::Declare(d)), Parsed::Command(Command::Close(None))]
            if d.name == "C" && d.scroll == Some(false) && d.hold)
        );
        assert!(statements("DECLARE c CURSOR FOR SELECT 1 SELECT 2").is_err());
        assert!(matches!(command("COPY t (a, b) FROM STDIN"), Command::Copy(copy) if copy.from));
        assert!(matches!(command("COPY (SELECT 1) TO '/tmp/x'"), Command::Copy(copy) if copy.target == CopyTarget::File));
        assert!(statements("COPY (SELECT 1) FROM STDIN").is_err());
    }
}
