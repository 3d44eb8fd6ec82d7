//! `x BETWEEN SYMMETRIC a AND b`, whose bounds stand in any order, and BETWEEN ASYMMETRIC, which is BETWEEN.

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};

/// The condition behind an operand; `None` if no such words follow.
pub fn parse(parser: &mut Parser, operand: &Expr, precedence: u8) -> Option<Result<Expr, ParserError>> {
    let kinds = [Keyword::SYMMETRIC, Keyword::ASYMMETRIC];
    let words = |negated: bool, kind| match negated {
        true => vec![Keyword::NOT, Keyword::BETWEEN, kind],
        false => vec![Keyword::BETWEEN, kind],
    };
    let (negated, kind) = kinds
        .into_iter()
        .flat_map(|kind| [(false, kind), (true, kind)])
        .find(|(negated, kind)| parser.parse_keywords(&words(*negated, *kind)))?;
    Some(bounds(parser, precedence).map(|(low, high)| {
        let between = |low: &Expr, high: &Expr| Expr::Between {
            expr: Box::new(operand.clone()),
            negated,
            low: Box::new(low.clone()),
            high: Box::new(high.clone()),
        };
        let one = between(&low, &high);
        if kind == Keyword::ASYMMETRIC {
            return one;
        }
        let op = if negated { BinaryOperator::And } else { BinaryOperator::Or };
        let either = Expr::BinaryOp { left: Box::new(one), op, right: Box::new(between(&high, &low)) };
        Expr::Nested(Box::new(either))
    }))
}

fn bounds(parser: &mut Parser, precedence: u8) -> Result<(Expr, Expr), ParserError> {
    let low = parser.parse_subexpr(precedence)?;
    parser.expect_keyword(Keyword::AND)?;
    Ok((low, parser.parse_subexpr(precedence)?))
}
