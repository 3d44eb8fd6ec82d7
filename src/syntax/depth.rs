//! An upper bound of the depth of a syntax tree, from the tokens alone.
//!
//! `a + b + c` is a tree of two levels, and one of a million terms a million levels deep, of which each clone, print and drop
//! overflows the stack. Nesting is bounded by the parser; what is counted here are operators between two commas or keywords.

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::error::{Error, Result, SqlState};

/// Operators in a row. The planner takes some KB of stack for each, and time that grows with their square.
pub const OPERATORS_MAX: usize = 1_000;
/// AND and OR in a row, which are [balanced](super::balance) before they are planned.
pub const CONDITIONS_MAX: usize = 10_000;
/// AND in a row: the optimiser undoes the balance of these.
pub const CONJUNCTIONS_MAX: usize = 3_000;
/// UNION, EXCEPT and INTERSECT in a row.
pub const SET_OPERATIONS_MAX: usize = 1_000;
/// Joins before the condition of the first of them, within which the others stand.
pub const JOINS_MAX: usize = 100;

/// Refuses what would be too deep: 54001.
pub fn check(tokens: &[TokenWithSpan]) -> Result<()> {
    let mut levels = Levels { open: vec![], now: Level::default(), operand_follows: true };
    let mut tokens = tokens.iter().map(|token| &token.token).filter(|token| !matches!(token, Token::Whitespace(_)));
    let mut after_period = false;
    tokens.try_for_each(|token| {
        let read = levels.read(token, after_period);
        after_period = matches!(token, Token::Period);
        read
    })
}

/// What was counted between two brackets, or between CASE and END.
#[derive(Clone, Copy, Default)]
struct Level {
    operators: usize,
    conditions: usize,
    conjunctions: usize,
    set_operations: usize,
    /// JOINs whose ON or USING is still to come.
    joins: usize,
    /// The deepest that was before the last comma or keyword.
    operators_max: usize,
    conditions_max: usize,
    conjunctions_max: usize,
    /// BETWEENs whose AND is still to come.
    betweens: usize,
    is_case: bool,
}

struct Levels {
    open: Vec<Level>,
    now: Level,
    /// After an operator, where a keyword is the name of a column.
    operand_follows: bool,
}

impl Levels {
    fn read(&mut self, token: &Token, after_period: bool) -> Result<()> {
        let operand_follows = std::mem::replace(&mut self.operand_follows, false);
        match token {
            Token::Word(word) if after_period || word.quote_style.is_some() => {}
            Token::Word(word) => return self.keyword(word.keyword, operand_follows),
            Token::LParen => self.enter(false),
            Token::LBracket => {
                // A subscript, or an array of the type before it.
                self.now.operators += 1;
                self.enter(false);
            }
            Token::RParen | Token::RBracket => {
                while self.now.is_case && !self.open.is_empty() {
                    self.leave();
                }
                self.leave();
            }
            Token::Comma => self.now.next_item(),
            Token::SemiColon => *self = Self { open: vec![], now: Level::default(), operand_follows: true },
            Token::EOF | Token::Period | Token::Number(..) | Token::Placeholder(_) => {}
            token if is_text(token) => {}
            _ => {
                self.now.operators += 1;
                self.operand_follows = true;
            }
        }
        self.now.check()
    }

    fn keyword(&mut self, keyword: Keyword, operand_follows: bool) -> Result<()> {
        let now = &mut self.now;
        match keyword {
            Keyword::CASE => self.enter(true),
            Keyword::END if now.is_case => self.leave(),
            _ if operand_follows => {}
            Keyword::AND if now.betweens > 0 => now.betweens -= 1,
            Keyword::AND | Keyword::OR => {
                now.conditions += 1;
                now.conjunctions_max = now.conjunctions_max.max(now.conjunctions);
                now.conjunctions = if keyword == Keyword::AND { now.conjunctions + 1 } else { 0 };
                now.operators_max = now.operators_max.max(now.operators);
                now.operators = 0;
                self.operand_follows = true;
            }
            Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT | Keyword::MINUS => {
                now.next_item();
                now.set_operations += 1;
            }
            Keyword::BETWEEN => {
                now.operators += 1;
                now.betweens += 1;
                self.operand_follows = true;
            }
            Keyword::IS
            | Keyword::NOTNULL
            | Keyword::IN
            | Keyword::LIKE
            | Keyword::ILIKE
            | Keyword::SIMILAR
            | Keyword::RLIKE
            | Keyword::REGEXP
            | Keyword::MATCH
            | Keyword::MEMBER
            | Keyword::OVERLAPS
            | Keyword::COLLATE
            | Keyword::DIV
            | Keyword::XOR
            | Keyword::OPERATOR
            | Keyword::AT => now.operators += 1,
            Keyword::WHEN | Keyword::THEN | Keyword::ELSE if now.is_case => now.next_item(),
            Keyword::SELECT
            | Keyword::FROM
            | Keyword::WHERE
            | Keyword::HAVING
            | Keyword::GROUP
            | Keyword::ORDER
            | Keyword::LIMIT
            | Keyword::OFFSET
            | Keyword::AS
            | Keyword::VALUES => now.next_item(),
            Keyword::JOIN => {
                now.next_item();
                now.joins += 1;
            }
            // Of a CROSS JOIN no condition follows.
            Keyword::ON | Keyword::USING | Keyword::CROSS | Keyword::NATURAL => {
                now.next_item();
                now.joins = now.joins.saturating_sub(1);
            }
            _ => {}
        }
        self.now.check()
    }

    fn enter(&mut self, is_case: bool) {
        self.open.push(self.now);
        self.now = Level { is_case, ..Level::default() };
        self.operand_follows = !is_case;
    }

    /// What was inside is an operand of what is outside.
    fn leave(&mut self) {
        let mut inside = self.now;
        inside.next_item();
        // A bracket that nothing opened: the parser refuses it.
        let Some(outside) = self.open.pop() else { return };
        self.now = outside;
        self.now.operators = outside.operators.max(inside.operators_max + 1);
        self.now.conditions = outside.conditions.max(inside.conditions_max);
        // The optimiser makes one list of nested ones.
        self.now.conjunctions = outside.conjunctions + inside.conjunctions_max;
        self.now.set_operations = outside.set_operations.max(inside.set_operations);
    }
}

impl Level {
    fn next_item(&mut self) {
        self.operators_max = self.operators_max.max(self.operators);
        self.conditions_max = self.conditions_max.max(self.conditions);
        self.conjunctions_max = self.conjunctions_max.max(self.conjunctions);
        (self.operators, self.conditions, self.conjunctions, self.betweens) = (0, 0, 0, 0);
    }

    fn check(&self) -> Result<()> {
        let (what, max) = match self {
            _ if self.operators > OPERATORS_MAX => ("operators", OPERATORS_MAX),
            _ if self.joins > JOINS_MAX => ("joins", JOINS_MAX),
            _ if self.conditions > CONDITIONS_MAX => ("conditions", CONDITIONS_MAX),
            _ if self.conjunctions > CONJUNCTIONS_MAX => ("conditions", CONJUNCTIONS_MAX),
            _ if self.set_operations > SET_OPERATIONS_MAX => ("set operations", SET_OPERATIONS_MAX),
            _ => return Ok(()),
        };
        let error = Error::new(SqlState::STATEMENT_TOO_COMPLEX, format!("the statement has more than {max} {what} in a row"));
        Err(error.hint("Write a long list of values as IN (…), a long list of rows as VALUES, or split the statement"))
    }
}

fn is_text(token: &Token) -> bool {
    matches!(
        token,
        Token::SingleQuotedString(_)
            | Token::DoubleQuotedString(_)
            | Token::DollarQuotedString(_)
            | Token::EscapedStringLiteral(_)
            | Token::UnicodeStringLiteral(_)
            | Token::NationalStringLiteral(_)
            | Token::SingleQuotedByteStringLiteral(_)
            | Token::HexStringLiteral(_)
    )
}
