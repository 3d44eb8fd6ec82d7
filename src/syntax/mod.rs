//! Text to syntax trees, in time and depth that are bounded by the text's length: no text of a client, and no file of a view, may
//! overflow a stack or keep a core busy.
//!
//! [`depth`] refuses chains that make the tree too deep, before there is a tree; [`dialect`] is PostgreSQL's without the parser's
//! exponential detours, and [`precedence`] how tightly its operators bind; [`expansion`] refuses what WITH would multiply; [`balance`] makes long chains of AND and OR shallow, which the
//! planner takes quadratic time for. [`call_words`], [`clauses`], [`command`], [`maintenance`], [`names`], [`rename`], [`spelling`] and
//! [`unicode`] read what the parser's grammar lacks, [`access`] the statements about who may do what.

pub mod access;
mod balance;
mod between;
mod call_words;
mod clauses;
pub mod command;
pub mod copy_options;
mod depth;
mod dialect;
mod expansion;
pub mod maintenance;
mod names;
mod precedence;
mod redact;
mod rename;
mod spelling;
mod unicode;

use datafusion::sql::sqlparser::ast::{Ident, Reset, ResetStatement, Statement};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use crate::error::{Error, Result, SqlState};
pub use redact::redacted;

/// The parser counts queries and tables as well as expressions; [`dialect::NESTING_MAX`] of these must come first.
const PARSER_NESTING_MAX: usize = 3 * dialect::NESTING_MAX;

/// One statement: as the parser reads it, or one of those that it cannot read.
#[derive(Clone, Debug)]
pub enum Parsed {
    Sql(Box<Statement>),
    Command(command::Command),
    Access(Box<access::AccessStatement>),
}

/// Splits and parses a text: 42601 with the place if it is not SQL, 54001 if it is too deep.
pub fn statements(text: &str) -> Result<Vec<Parsed>> {
    let tokens = Tokenizer::new(&dialect::Postgres::new(0), text).tokenize_with_location();
    let tokens = tokens.map_err(|error| from_parser(&error.into(), text))?;
    let tokens = clauses::known(spelling::spelled_out(unicode::unescaped(tokens)?)?)?;
    let tokens = names::told_apart(call_words::calls(tokens));
    depth::check(&tokens)?;
    let mut dialect = dialect::Postgres::new(tokens.len());
    if tokens.iter().any(|token| matches!(&token.token, Token::Word(word) if word.keyword == Keyword::NATURAL)) {
        dialect = dialect.with_natural_joins();
    }
    let mut parser = Parser::new(&dialect).with_recursion_limit(PARSER_NESTING_MAX).with_tokens_with_locations(tokens);
    let parsed = split(&mut parser, text);
    drop(parser);
    if dialect.refused() {
        return Err(too_deep());
    }
    let mut parsed = parsed?;
    for statement in &mut parsed {
        match statement {
            Parsed::Sql(statement) => {
                expansion::check(statement)?;
                balance::balance(statement);
            }
            Parsed::Command(command) => bound(command)?,
            Parsed::Access(_) => {}
        }
    }
    Ok(parsed)
}

fn split(parser: &mut Parser<'_>, text: &str) -> Result<Vec<Parsed>> {
    let mut parsed = vec![];
    let refused = |error| from_parser(&error, text);
    loop {
        while parser.consume_token(&Token::SemiColon) {}
        if parser.peek_token_ref().token == Token::EOF {
            return Ok(parsed);
        }
        parsed.push(match access::parse(parser, text) {
            Some(statement) => Parsed::Access(Box::new(statement?)),
            None => sql_or_command(parser).map_err(refused)?,
        });
        let next = parser.peek_token();
        if !matches!(next.token, Token::SemiColon | Token::EOF) {
            return parser.expected("end of statement", next).map_err(refused);
        }
    }
}

fn sql_or_command(parser: &mut Parser<'_>) -> std::result::Result<Parsed, ParserError> {
    if let Some(command) = command::parse(parser) {
        return command.map(Parsed::Command);
    }
    // Another word for ROLLBACK, which the parser does not know.
    if command::takes(parser, "abort") {
        let chain = parser.parse_commit_rollback_chain()?;
        return Ok(Parsed::Sql(Box::new(Statement::Rollback { chain, savepoint: None })));
    }
    if let Some(setting) = command::reset(parser) {
        let reset = Reset::ConfigurationParameter(vec![Ident::new(setting)].into());
        return Ok(Parsed::Sql(Box::new(Statement::Reset(ResetStatement { reset }))));
    }
    let mut statement = parser.parse_statement()?;
    command::further_modes(parser, &mut statement)?;
    Ok(Parsed::Sql(Box::new(statement)))
}

/// The query within a command is bound as one by itself is.
fn bound(command: &mut command::Command) -> Result<()> {
    use command::{Command, CopySource};
    let query = match command {
        Command::Declare(declare) => &mut declare.query,
        Command::Copy(copy) => match &mut copy.source {
            CopySource::Query(query) => query,
            CopySource::Table { .. } => return Ok(()),
        },
        Command::Fetch(_) | Command::Close(_) | Command::Maintain(_) => return Ok(()),
    };
    let mut statement = Statement::Query(query.clone());
    expansion::check(&statement)?;
    balance::balance(&mut statement);
    if let Statement::Query(balanced) = statement {
        *query = balanced;
    }
    Ok(())
}

/// As [`statements`], where a command has no place.
pub fn parse(text: &str) -> Result<Vec<Statement>> {
    let only_sql = |parsed| match parsed {
        Parsed::Sql(statement) => Ok(*statement),
        Parsed::Command(_) => Err(Error::unsupported("a command of a session has no place here")),
        Parsed::Access(statement) => Err(Error::new(SqlState::SYNTAX_ERROR, format!("{} is not allowed here", statement.tag()))),
    };
    statements(text)?.into_iter().map(only_sql).collect()
}

fn too_deep() -> Error {
    Error::new(SqlState::STATEMENT_TOO_COMPLEX, "the statement is nested too deeply")
        .hint(format!("Expressions may be nested {} deep", dialect::NESTING_MAX))
}

/// A statement that does not parse: 42601 with the place.
pub fn from_parser(error: &ParserError, sql: &str) -> Error {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message.as_str(),
        ParserError::RecursionLimitExceeded => return too_deep(),
    };
    let (text, place) = match message.rfind(" at Line: ") {
        Some(at) => message.split_at(at),
        None => (message, ""),
    };
    let mut numbers = place.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse::<u64>().ok());
    let position = numbers.next().zip(numbers.next()).and_then(|(line, column)| offset(sql, line, column));
    Error::new(SqlState::SYNTAX_ERROR, format!("syntax error: {text}")).at(position)
}

/// The 1-based position, in characters, of a line and column.
pub fn offset(sql: &str, line: u64, column: u64) -> Option<usize> {
    let line = usize::try_from(line).ok()?.checked_sub(1)?;
    let before: usize = sql.split_inclusive('\n').take(line).map(|l| l.chars().count()).sum();
    Some(before + usize::try_from(column).ok()?)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// The SQLSTATE, or nothing; never a crash, and never more than a moment.
    fn state(sql: &str) -> String {
        let started = Instant::now();
        let state = parse(sql).err().map(|error| error.sqlstate().to_string()).unwrap_or_default();
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}: {:.60}", started.elapsed(), sql);
        state
    }

    fn nested(before: &str, inside: &str, after: &str, times: usize) -> String {
        format!("SELECT {}{inside}{}", before.repeat(times), after.repeat(times))
    }

    #[test]
    fn the_place_of_a_syntax_error_counts_characters() {
        let error = ParserError::ParserError("Expected: an expression, found: FROM at Line: 2, Column: 3".into());
        let error = from_parser(&error, "SELECT 'ü',\n  FROM t");
        assert_eq!((error.sqlstate(), error.position), ("42601", Some(15)));
        assert!(error.message.ends_with("found: FROM"));
    }

    /// The parser reads an argument twice to find out whether it has a name, and ARRAY and CASE twice if the first time fails.
    #[test]
    fn nesting_costs_no_exponential_time() {
        for (before, inside, after) in [
            ("abs(", "1", ")"),
            ("coalesce(", "1", ", 2)"),
            ("ARRAY[", "1", "]"),
            ("CASE WHEN true THEN ", "1", " END"),
            ("CAST(", "1", " AS int)"),
            ("position('a' IN ", "'a'", ")"),
            ("(SELECT ", "1", ")"),
        ] {
            assert_eq!(state(&nested(before, inside, after, 60)), "", "{before}");
            assert_eq!(state(&nested(before, "1 1", after, 6)), "42601", "{before}");
            assert_ne!(state(&nested(before, "1 1", after, 60)), "", "{before}");
            for times in [200, 5_000] {
                assert_eq!(state(&nested(before, inside, after, times)), "54001", "{times} of {before}");
                assert_ne!(state(&nested(before, "1 1", after, times)), "", "{times} of {before}");
            }
        }
        for sql in [nested("NOT ", "true", "", 65_536), nested("- ", "1", "", 10_000), nested("a[", "1", "]", 5_000)] {
            assert_eq!(state(&sql), "54001", "{sql:.30}");
        }
        assert_eq!(state(&"(".repeat(10_000)), "54001");
        let joined = format!("SELECT * FROM {}(SELECT 1) a{}", "(".repeat(40), " CROSS JOIN b)".repeat(40));
        assert_eq!(state(&joined), "");
    }

    /// A chain is one node deeper with each operator. Refused is what the planner's stack does not bear.
    #[test]
    fn chains_are_bounded() {
        let chain = |operand: &str, operator: &str, times: usize| format!("SELECT {operand}{}", operator.repeat(times));
        for (operand, operator) in [
            ("1", "+1"),
            ("'a'", "||'a'"),
            ("1", "::int"),
            ("1", " IS NULL"),
            ("a", "[1]"),
            ("'{}'::int", "[]"),
            ("1", " BETWEEN 1 AND 2"),
            ("limit", " + limit"),
            ("a.limit", "+ a.limit"),
            ("CASE WHEN true THEN 1 END", " + CASE WHEN true THEN 1 END"),
            ("1", " + (1)"),
            ("1", " UNION ALL SELECT 1"),
            ("a", " -> 'b'"),
        ] {
            assert_eq!(state(&chain(operand, operator, 900)), "", "{operator}");
            assert_eq!(state(&chain(operand, operator, 100_000)), "54001", "{operator}");
        }
        for operator in [" OR a = 2", " AND a = 2", " OR a = 2 AND b = 3"] {
            let times = if operator == " AND a = 2" { 3_000 } else { 4_500 };
            assert_eq!(state(&chain("a = 1", operator, times)), "", "{operator}");
            assert_eq!(state(&chain("a = 1", operator, 100_000)), "54001", "{operator}");
        }
        let nested = format!("(a = 1{})", " AND a = 2".repeat(1_000));
        assert_eq!(state(&format!("SELECT {nested} AND {nested} AND {nested} AND {nested}")), "54001");
        assert_eq!(state(&format!("SELECT {nested} OR {nested} OR {nested} OR {nested}")), "");
        // Long, but not deep.
        for (operand, operator) in [("a + 1", ", a + 1"), ("CASE a", " WHEN a + 1 THEN 2"), ("a IN (1", ", 1 + 1")] {
            let end = if operand.starts_with("CASE") { " END" } else { "" };
            let end = if operand.contains('(') { ")" } else { end };
            assert_eq!(state(&format!("{}{end}", chain(operand, operator, 20_000))), "", "{operator}");
        }
        let rows = format!("VALUES {}('2025-01-01'::date + 1)", "('2025-01-01'::date + 1),".repeat(20_000));
        assert_eq!(state(&rows), "");
        assert_eq!(state(&"SELECT 1 + 1;".repeat(20_000)), "");
    }

    #[test]
    fn with_is_bounded_by_what_it_expands_to() {
        let mut with = "WITH t0 AS (SELECT 1 AS a)".to_string();
        let mut states = vec![];
        for i in 0..40 {
            states.push(state(&format!("{with} SELECT * FROM t{i}")));
            with = format!("{with}, t{} AS (SELECT x.a FROM t{i} x, T{i} y)", i + 1);
        }
        assert_eq!((states[10].as_str(), states[39].as_str()), ("", "54001"));
        let chain: String = (1..2_000).map(|i| format!(", t{i} AS (SELECT 1 FROM s.t{})", i - 1)).collect();
        assert_eq!(state(&format!("WITH t0 AS (SELECT 1 AS a){chain} SELECT * FROM t1999")), "");
    }

    #[test]
    fn options_of_table_functions_have_names() {
        let sql = "SELECT * FROM f(t, customer => 'a', bins => 1 + abs(2))";
        assert_eq!(parse(sql).unwrap().remove(0).to_string(), sql);
    }
}
