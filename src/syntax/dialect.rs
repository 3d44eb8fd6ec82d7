//! PostgreSQL's dialect, with a bound on nesting and on the parser's second attempts.
//!
//! Where the parser does not know what comes, it tries one reading and then another. Each attempt inside an attempt doubles the
//! time: forty calls inside each other would take years. So every expression that begins is counted here.

use std::any::TypeId;
use std::cell::Cell;

use datafusion::sql::sqlparser::ast::{Expr, Statement};
use datafusion::sql::sqlparser::dialect::{Dialect, PostgreSqlDialect, Precedence};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};

use super::precedence;

/// Deepest nesting of expressions.
pub const NESTING_MAX: usize = 128;
/// How often each token may begin an expression, on average, …
const ATTEMPTS_PER_TOKEN: usize = 16;
/// … and how often in a short statement.
const ATTEMPTS_MIN: usize = 200_000;
/// PostgreSQL 15: `SELECT word FROM pg_get_keywords() WHERE NOT barelabel`, without those that the parser never takes for a name.
const WANTS_AS: [Keyword; 21] = [
    Keyword::ARRAY,
    Keyword::CHAR,
    Keyword::CHARACTER,
    Keyword::CREATE,
    Keyword::DAY,
    Keyword::FILTER,
    Keyword::FOR,
    Keyword::GRANT,
    Keyword::HOUR,
    Keyword::MINUTE,
    Keyword::MONTH,
    Keyword::ON,
    Keyword::OVER,
    Keyword::PRECISION,
    Keyword::SECOND,
    Keyword::TO,
    Keyword::VARYING,
    Keyword::WINDOW,
    Keyword::WITHIN,
    Keyword::WITHOUT,
    Keyword::YEAR,
];

/// The dialect for one text.
#[derive(Debug)]
pub struct Postgres {
    attempts_left: Cell<usize>,
    depth: Cell<usize>,
    /// The parser is about to ask again, for the default.
    asked: Cell<bool>,
    refused: Cell<bool>,
    /// Whether `a JOIN b JOIN c ON … ON …` is read, whose second join stands within the first.
    nests_joins: bool,
}

impl Postgres {
    pub fn new(tokens: usize) -> Self {
        let attempts = tokens.saturating_mul(ATTEMPTS_PER_TOKEN).max(ATTEMPTS_MIN);
        Self {
            attempts_left: Cell::new(attempts),
            depth: Cell::new(0),
            asked: Cell::new(false),
            refused: Cell::new(false),
            nests_joins: true,
        }
    }

    /// The same for a text with NATURAL JOIN, behind which the parser would look for a join within it, too.
    pub fn with_natural_joins(self) -> Self {
        Self { nests_joins: false, ..self }
    }

    /// Whether a bound was met. The parser's own answer may then be anything, because it takes an error as a reason to try
    /// another reading.
    pub fn refused(&self) -> bool {
        self.refused.get()
    }

    fn begin(&self) -> Result<(), ParserError> {
        let attempts_left = self.attempts_left.get();
        if self.refused.get() || attempts_left == 0 || self.depth.get() >= NESTING_MAX {
            self.refused.set(true);
            return Err(ParserError::RecursionLimitExceeded);
        }
        self.attempts_left.set(attempts_left - 1);
        Ok(())
    }
}

/// What PostgreSQL's dialect has of its own.
macro_rules! as_postgres {
    ($($method:ident),* $(,)?) => {
        $(fn $method(&self) -> bool { PostgreSqlDialect {}.$method() })*
    };
}

impl Dialect for Postgres {
    fn dialect(&self) -> TypeId {
        TypeId::of::<PostgreSqlDialect>()
    }

    fn parse_prefix(&self, parser: &mut Parser) -> Option<Result<Expr, ParserError>> {
        if self.asked.replace(false) {
            return None;
        }
        if let Err(error) = self.begin() {
            return Some(Err(error));
        }
        self.depth.set(self.depth.get() + 1);
        let parsed = match precedence::prefix(parser) {
            Some(parsed) => parsed,
            None => {
                self.asked.set(true);
                parser.parse_prefix()
            }
        };
        self.depth.set(self.depth.get().saturating_sub(1));
        if let Err(ParserError::RecursionLimitExceeded) = parsed {
            self.refused.set(true);
        }
        Some(parsed)
    }

    fn parse_statement(&self, parser: &mut Parser) -> Option<Result<Statement, ParserError>> {
        super::rename::parse(parser)
    }

    /// `f('label': value)`: no function here has labels, and to look for one the parser reads every argument twice.
    fn supports_named_fn_args_with_expr_name(&self) -> bool {
        false
    }

    fn supports_left_associative_joins_without_parens(&self) -> bool {
        !self.nests_joins
    }

    /// As the standard has it, and never in one line.
    fn supports_string_literal_concatenation_with_newline(&self) -> bool {
        true
    }

    fn identifier_quote_style(&self, identifier: &str) -> Option<char> {
        PostgreSqlDialect {}.identifier_quote_style(identifier)
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        PostgreSqlDialect {}.is_delimited_identifier_start(ch)
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        PostgreSqlDialect {}.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        PostgreSqlDialect {}.is_identifier_part(ch)
    }

    fn is_reserved_for_identifier(&self, keyword: Keyword) -> bool {
        PostgreSqlDialect {}.is_reserved_for_identifier(keyword)
    }

    fn is_custom_operator_part(&self, ch: char) -> bool {
        PostgreSqlDialect {}.is_custom_operator_part(ch)
    }

    /// `SELECT 1 FOR UPDATE` locks rows, and names no column; some words name one behind AS only.
    fn is_column_alias(&self, keyword: &Keyword, parser: &mut Parser) -> bool {
        !WANTS_AS.contains(keyword) && PostgreSqlDialect {}.is_column_alias(keyword, parser)
    }

    fn get_next_precedence(&self, parser: &Parser) -> Option<Result<u8, ParserError>> {
        Some(Ok(precedence::next(parser)))
    }

    fn prec_value(&self, precedence: Precedence) -> u8 {
        precedence::value(precedence)
    }

    fn parse_infix(&self, parser: &mut Parser, left: &Expr, precedence: u8) -> Option<Result<Expr, ParserError>> {
        super::between::parse(parser, left, precedence).or_else(|| precedence::infix(parser, left))
    }

    as_postgres! {
        supports_unicode_string_literal, supports_filter_during_aggregation, supports_group_by_expr, allow_extract_custom,
        allow_extract_single_quotes, supports_create_index_with_clause, supports_explain_with_utility_options,
        supports_listen_notify, supports_bitwise_shift_operators, supports_comment_on,
        supports_load_extension, supports_named_fn_args_with_colon_operator, supports_empty_projections,
        supports_nested_comments, supports_string_escape_constant,
        supports_array_typedef_with_brackets, supports_geometric_types, supports_set_names, supports_alter_column_type_using,
        supports_notnull_operator, supports_interval_options, supports_insert_table_alias,
        supports_create_table_like_parenthesized, supports_select_wildcard_with_alias, supports_comma_separated_trim,
        supports_xml_expressions, supports_comment_optimizer_hint,
    }
}
