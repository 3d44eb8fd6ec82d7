//! How tightly operators bind, as PostgreSQL's grammar (`gram.y`, the manual's 4.1.6) has it and the parser has not: all operators that are
//! no arithmetic or comparison, such as `||`, `~` and `->`, bind alike; a sign binds closer than `^`, and `@` looser than `+`.
//!
//! | level | operators, of which the last bind closest |
//! |---|---|
//! | `OR`, `AND`, `NOT` | |
//! | [`IS`] | `IS …`, `ISNULL`, `NOTNULL` |
//! | [`COMPARISON`] | `<`, `>`, `=`, `<=`, `>=`, `<>` |
//! | [`PATTERN`] | `BETWEEN`, `IN`, `LIKE`, `ILIKE`, `SIMILAR TO` |
//! | [`OTHER`] | all others, before an operand too |
//! | `+`, `*`, `^`, `AT TIME ZONE`, `COLLATE`, [`SIGN`], `[…]`, `::`, `.` | |

use datafusion::sql::sqlparser::ast::{BinaryOperator, DataType, Expr, TypedString, UnaryOperator, Value};
use datafusion::sql::sqlparser::dialect::{Dialect, PostgreSqlDialect, Precedence};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Token, Word};

type Parsed = Result<Expr, ParserError>;

/// No operator.
const NONE: u8 = 0;
const OR: u8 = 10;
const AND: u8 = 20;
const NOT: u8 = 30;
const IS: u8 = 40;
const COMPARISON: u8 = 50;
const PATTERN: u8 = 60;
const OTHER: u8 = 70;
const ADDITIVE: u8 = 80;
const MULTIPLICATIVE: u8 = 90;
const POWER: u8 = 100;
const TIME_ZONE: u8 = 110;
const COLLATE: u8 = 120;
const SIGN: u8 = 125;
const SUBSCRIPT: u8 = 130;
const CAST: u8 = 140;
const PERIOD: u8 = 200;

/// The parser's levels.
pub(super) fn value(precedence: Precedence) -> u8 {
    match precedence {
        Precedence::Period => PERIOD,
        Precedence::DoubleColon => CAST,
        Precedence::AtTz => TIME_ZONE,
        Precedence::MulDivModOp => MULTIPLICATIVE,
        Precedence::PlusMinus => ADDITIVE,
        Precedence::Caret => POWER,
        Precedence::Xor | Precedence::Ampersand | Precedence::Pipe | Precedence::Colon | Precedence::PgOther => OTHER,
        Precedence::Between | Precedence::Like => PATTERN,
        Precedence::Eq => COMPARISON,
        Precedence::Is => IS,
        Precedence::UnaryNot => NOT,
        Precedence::And => AND,
        Precedence::Or => OR,
    }
}

/// The level of the operator that comes next; nought where none does. The words of other databases are no operators.
pub(super) fn next(parser: &Parser) -> u8 {
    match &parser.peek_token_ref().token {
        Token::Word(word) => word_level(word, parser),
        Token::Period => PERIOD,
        Token::DoubleColon => CAST,
        Token::LBracket => SUBSCRIPT,
        Token::Caret => POWER,
        Token::Mul | Token::Div | Token::Mod => MULTIPLICATIVE,
        Token::Plus | Token::Minus => ADDITIVE,
        Token::Eq | Token::Neq | Token::Lt | Token::LtEq | Token::Gt | Token::GtEq => COMPARISON,
        Token::Pipe
        | Token::Ampersand
        | Token::Sharp
        | Token::ShiftLeft
        | Token::ShiftRight
        | Token::StringConcat
        | Token::Tilde
        | Token::TildeAsterisk
        | Token::ExclamationMarkTilde
        | Token::ExclamationMarkTildeAsterisk
        | Token::DoubleTilde
        | Token::DoubleTildeAsterisk
        | Token::ExclamationMarkDoubleTilde
        | Token::ExclamationMarkDoubleTildeAsterisk
        | Token::Arrow
        | Token::LongArrow
        | Token::HashArrow
        | Token::HashLongArrow
        | Token::AtArrow
        | Token::ArrowAt
        | Token::HashMinus
        | Token::AtQuestion
        | Token::AtAt
        | Token::Question
        | Token::QuestionAnd
        | Token::QuestionPipe
        | Token::Overlap
        | Token::CaretAt
        | Token::CustomBinaryOperator(_) => OTHER,
        // Operators of geometry, and of other databases.
        Token::DoubleEq
        | Token::Spaceship
        | Token::AtSign
        | Token::DoubleSharp
        | Token::QuestionMarkDash
        | Token::AmpersandLeftAngleBracket
        | Token::AmpersandRightAngleBracket
        | Token::QuestionMarkDashVerticalBar
        | Token::AmpersandLeftAngleBracketVerticalBar
        | Token::VerticalBarAmpersandRightAngleBracket
        | Token::TwoWayArrow
        | Token::LeftAngleBracketCaret
        | Token::RightAngleBracketCaret
        | Token::QuestionMarkSharp
        | Token::QuestionMarkDoubleVerticalBar
        | Token::TildeEqual
        | Token::ShiftLeftVerticalBar
        | Token::VerticalBarShiftRight => OTHER,
        _ => NONE,
    }
}

fn word_level(word: &Word, parser: &Parser) -> u8 {
    let nth = |n| match &parser.peek_nth_token_ref(n).token {
        Token::Word(word) => word.keyword,
        _ => Keyword::NoKeyword,
    };
    match word.keyword {
        Keyword::OR => OR,
        Keyword::AND => AND,
        Keyword::IS | Keyword::NOTNULL => IS,
        _ if is_null(word) => IS,
        Keyword::NOT if matches!(nth(1), Keyword::IN | Keyword::BETWEEN | Keyword::LIKE | Keyword::ILIKE | Keyword::SIMILAR) => {
            PATTERN
        }
        Keyword::IN | Keyword::BETWEEN | Keyword::OVERLAPS | Keyword::LIKE | Keyword::ILIKE | Keyword::SIMILAR => PATTERN,
        Keyword::OPERATOR => OTHER,
        Keyword::AT if nth(1) == Keyword::TIME && nth(2) == Keyword::ZONE => TIME_ZONE,
        // In the definition of a column it is no operator, which the parser tells its own dialect alone.
        Keyword::COLLATE if PostgreSqlDialect {}.get_next_precedence(parser).is_some() => COLLATE,
        _ => NONE,
    }
}

fn is_null(word: &Word) -> bool {
    word.quote_style.is_none() && word.value.eq_ignore_ascii_case("isnull")
}

/// An operator before its operand.
pub(super) fn prefix(parser: &mut Parser) -> Option<Parsed> {
    if let Some(interval) = interval_of_precision(parser) {
        return Some(Ok(interval));
    }
    let (op, level) = match &parser.peek_token_ref().token {
        Token::Plus => (UnaryOperator::Plus, SIGN),
        Token::Minus => (UnaryOperator::Minus, SIGN),
        Token::AtSign => (UnaryOperator::PGAbs, OTHER),
        Token::PGSquareRoot => (UnaryOperator::PGSquareRoot, OTHER),
        Token::PGCubeRoot => (UnaryOperator::PGCubeRoot, OTHER),
        Token::Tilde => (UnaryOperator::BitwiseNot, OTHER),
        Token::Word(Word { keyword: Keyword::NOT, quote_style: None, .. }) => (UnaryOperator::Not, NOT),
        _ => return None,
    };
    parser.advance_token();
    let operand = parser.parse_subexpr(level);
    Some(operand.map(|operand| match (op, operand) {
        (UnaryOperator::Not, Expr::Exists { subquery, negated: false }) => Expr::Exists { subquery, negated: true },
        (op, operand) => Expr::UnaryOp { op, expr: Box::new(operand) },
    }))
}

/// `interval(2) '1.2345 seconds'`, of which the parser forgets the precision.
fn interval_of_precision(parser: &mut Parser) -> Option<Expr> {
    let [Token::Word(word), Token::LParen, Token::Number(digits, _), Token::RParen, Token::SingleQuotedString(text)] =
        parser.peek_tokens()
    else {
        return None;
    };
    let precision = Some(digits.parse().ok()?).filter(|_| word.keyword == Keyword::INTERVAL && word.quote_style.is_none())?;
    (0..5).for_each(|_| parser.advance_token());
    let data_type = DataType::Interval { fields: None, precision: Some(precision) };
    let value = Value::SingleQuotedString(text).with_empty_span();
    Some(Expr::TypedString(TypedString { data_type, value, uses_odbc_syntax: false }))
}

/// Operators behind or between operands that the parser reads otherwise, or not at all.
pub(super) fn infix(parser: &mut Parser, left: &Expr) -> Option<Parsed> {
    let right = |parser: &mut Parser, level| parser.parse_subexpr(level).map(Box::new);
    if parser.parse_keywords(&[Keyword::IS, Keyword::DISTINCT, Keyword::FROM]) {
        return Some(right(parser, IS).map(|right| Expr::IsDistinctFrom(Box::new(left.clone()), right)));
    }
    if parser.parse_keywords(&[Keyword::IS, Keyword::NOT, Keyword::DISTINCT, Keyword::FROM]) {
        return Some(right(parser, IS).map(|right| Expr::IsNotDistinctFrom(Box::new(left.clone()), right)));
    }
    if parser.parse_keyword(Keyword::COLLATE) {
        let collated = |collation| Expr::Collate { expr: Box::new(left.clone()), collation };
        return Some(parser.parse_object_name(false).map(collated));
    }
    match &parser.peek_token_ref().token {
        Token::Word(word) if is_null(word) => {
            parser.advance_token();
            Some(Ok(Expr::IsNull(Box::new(left.clone()))))
        }
        // An operator of this name, of which there is none, and not the other word for `=` that it is to the parser.
        Token::DoubleEq => {
            parser.advance_token();
            let op = BinaryOperator::Custom("==".into());
            Some(right(parser, OTHER).map(|right| Expr::BinaryOp { left: Box::new(left.clone()), op, right }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::syntax::parse;

    /// The tree in parentheses, as `gram.y` builds it.
    #[test]
    fn operators_bind_as_in_postgres() {
        for (written, meant) in [
            ("a IS DISTINCT FROM b AND c", "(a IS DISTINCT FROM b) AND c"),
            ("a IS NOT DISTINCT FROM b OR c", "(a IS NOT DISTINCT FROM b) OR c"),
            ("a IS DISTINCT FROM b = c", "a IS DISTINCT FROM (b = c)"),
            ("a = b IS DISTINCT FROM c", "(a = b) IS DISTINCT FROM c"),
            ("NOT a IS DISTINCT FROM b", "NOT (a IS DISTINCT FROM b)"),
            ("@ a + b", "@ (a + b)"),
            ("@ a || b", "(@ a) || b"),
            ("~ a + b", "~ (a + b)"),
            ("- a ^ b", "(- a) ^ b"),
            ("- a :: int", "- (a :: int)"),
            ("- a AT TIME ZONE b", "(- a) AT TIME ZONE b"),
            ("a ~ b || c", "(a ~ b) || c"),
            ("a || b ~ c", "(a || b) ~ c"),
            ("a & b | c", "(a & b) | c"),
            ("a | b & c", "(a | b) & c"),
            ("a ~ b = c", "(a ~ b) = c"),
            ("a = b ~ c", "a = (b ~ c)"),
            ("a <> b LIKE c", "a <> (b LIKE c)"),
            ("a LIKE b || c AND d", "(a LIKE (b || c)) AND d"),
            ("a BETWEEN b AND c AND d", "(a BETWEEN b AND c) AND d"),
            ("a BETWEEN b AND c = d", "(a BETWEEN b AND c) = d"),
            ("a ISNULL AND b NOTNULL", "(a IS NULL) AND (b IS NOT NULL)"),
            ("a = b ISNULL", "(a = b) IS NULL"),
            ("NOT EXISTS (SELECT 1) IS NULL", "NOT (EXISTS (SELECT 1) IS NULL)"),
            ("a OPERATOR(pg_catalog.||) b ~ c", "(a OPERATOR(pg_catalog.||) b) ~ c"),
        ] {
            let tree = |text: &str| {
                let tree = format!("{:?}", parse(&format!("SELECT {text}")).unwrap());
                // Parentheses are kept in the tree, and tokens have places.
                tree.replace("Nested(", "(")
            };
            let plain = |text: String| text.replace(|c: char| c == '(' || c == ')' || c.is_ascii_digit(), "");
            assert_eq!(plain(tree(written)), plain(tree(meant)), "{written}");
        }
    }
}
