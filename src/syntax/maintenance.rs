//! Commands that maintain what is stored, or wait for it, and that have nothing to do here: ANALYZE, VACUUM, CHECKPOINT,
//! SET CONSTRAINTS.

use datafusion::sql::sqlparser::ast::ObjectName;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{IsOptional, Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::Token;

use super::command::{is_word, takes};

#[derive(Clone, Debug)]
pub enum Maintenance {
    /// The tables that it names.
    Analyze(Vec<ObjectName>),
    /// The tables that it names.
    Vacuum(Vec<ObjectName>),
    Checkpoint,
    SetConstraints,
}

/// The command that begins here, if it is one of these.
pub(super) fn parse(parser: &mut Parser) -> Option<Result<Maintenance, ParserError>> {
    if is_word(&parser.peek_token_ref().token, "set") {
        if !is_word(&parser.peek_nth_token(1).token, "constraints") {
            return None;
        }
        parser.next_token();
        parser.next_token();
        return Some(constraints(parser));
    }
    if takes(parser, "analyze") || takes(parser, "analyse") {
        return Some(options(parser, &["verbose"]).and_then(|()| tables(parser)).map(Maintenance::Analyze));
    }
    if takes(parser, "vacuum") {
        let words = ["full", "freeze", "verbose", "analyze", "analyse"];
        return Some(options(parser, &words).and_then(|()| tables(parser)).map(Maintenance::Vacuum));
    }
    takes(parser, "checkpoint").then_some(Ok(Maintenance::Checkpoint))
}

/// Options in parentheses, or these words.
fn options(parser: &mut Parser, words: &[&str]) -> Result<(), ParserError> {
    if parser.consume_token(&Token::LParen) {
        parser.parse_comma_separated(|parser| {
            parser.parse_identifier()?;
            if !matches!(parser.peek_token_ref().token, Token::Comma | Token::RParen) {
                parser.next_token();
            }
            Ok(())
        })?;
        return parser.expect_token(&Token::RParen).map(drop);
    }
    while words.iter().any(|word| takes(parser, word)) {}
    Ok(())
}

fn tables(parser: &mut Parser) -> Result<Vec<ObjectName>, ParserError> {
    if matches!(parser.peek_token_ref().token, Token::SemiColon | Token::EOF) {
        return Ok(vec![]);
    }
    parser.parse_comma_separated(|parser| {
        let name = parser.parse_object_name(false)?;
        parser.parse_parenthesized_column_list(IsOptional::Optional, false)?;
        Ok(name)
    })
}

fn constraints(parser: &mut Parser) -> Result<Maintenance, ParserError> {
    if !parser.parse_keyword(Keyword::ALL) {
        parser.parse_comma_separated(|parser| parser.parse_object_name(false))?;
    }
    if !takes(parser, "deferred") && !takes(parser, "immediate") {
        return parser.expected("DEFERRED or IMMEDIATE", parser.peek_token());
    }
    Ok(Maintenance::SetConstraints)
}

#[cfg(test)]
mod tests {
    use super::super::command::Command;
    use super::super::{Parsed, statements};
    use super::*;

    /// The forms of the manual's pages on these commands.
    #[test]
    fn commands_and_their_tables() {
        for (sql, tables) in [
            ("ANALYZE", 0),
            ("ANALYZE VERBOSE sales.orders", 1),
            ("ANALYZE (VERBOSE, SKIP_LOCKED off) a (x, y), b", 2),
            ("VACUUM", 0),
            ("VACUUM FULL VERBOSE ANALYZE a", 1),
            ("VACUUM (ANALYZE, PARALLEL 2) a, b, c", 3),
        ] {
            match statements(sql).unwrap().remove(0) {
                Parsed::Command(Command::Maintain(Maintenance::Analyze(names) | Maintenance::Vacuum(names))) => {
                    assert_eq!(names.len(), tables, "{sql}");
                }
                other => panic!("{sql}: {other:?}"),
            }
        }
        for sql in ["CHECKPOINT", "SET CONSTRAINTS ALL DEFERRED", "SET CONSTRAINTS a, s.b IMMEDIATE"] {
            assert!(matches!(statements(sql).unwrap().remove(0), Parsed::Command(Command::Maintain(_))), "{sql}");
        }
        for sql in ["SET CONSTRAINTS ALL", "VACUUM (", "ANALYZE a b", "CHECKPOINT now"] {
            assert!(statements(sql).is_err(), "{sql}");
        }
    }
}
