//! Words that are keywords to the parser and names to PostgreSQL: `FROM sales top`, `SELECT minus FROM t`. They are names where what
//! stands beside them cannot stand beside the keyword.

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Word};

/// Words of clauses behind a table or a result, of other databases or of other statements.
const OF_CLAUSES: [Keyword; 25] = [
    Keyword::ANTI,
    Keyword::ASOF,
    Keyword::CLUSTER,
    Keyword::CONNECT,
    Keyword::DISTRIBUTE,
    Keyword::EXCLUDE,
    Keyword::EXPLAIN,
    Keyword::FORMAT,
    Keyword::GLOBAL,
    Keyword::MATCH_RECOGNIZE,
    Keyword::MINUS,
    Keyword::OPEN,
    Keyword::OUTPUT,
    Keyword::PARTITION,
    Keyword::PIVOT,
    Keyword::PREWHERE,
    Keyword::QUALIFY,
    Keyword::SAMPLE,
    Keyword::SEMI,
    Keyword::SET,
    Keyword::SETTINGS,
    Keyword::SORT,
    Keyword::START,
    Keyword::UNPIVOT,
    Keyword::VIEW,
];

/// Of these, words of joins.
const OF_JOINS: [Keyword; 4] = [Keyword::ANTI, Keyword::ASOF, Keyword::GLOBAL, Keyword::SEMI];

/// Words before parentheses.
const OF_CALLS: [Keyword; 4] = [Keyword::CUBE, Keyword::EXISTS, Keyword::ROLLUP, Keyword::TRIM];

/// What follows the name of a table or of a result.
const BEHIND_NAMES: [Keyword; 13] = [
    Keyword::EXCEPT,
    Keyword::FETCH,
    Keyword::FROM,
    Keyword::GROUP,
    Keyword::HAVING,
    Keyword::INTERSECT,
    Keyword::LIMIT,
    Keyword::OFFSET,
    Keyword::ON,
    Keyword::ORDER,
    Keyword::UNION,
    Keyword::USING,
    Keyword::WHERE,
];

const JOINS: [Keyword; 7] =
    [Keyword::CROSS, Keyword::FULL, Keyword::INNER, Keyword::JOIN, Keyword::LEFT, Keyword::NATURAL, Keyword::RIGHT];

/// The tokens, in which such words are no keywords where they are names.
pub(super) fn told_apart(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let is_written = |token: &TokenWithSpan| !matches!(token.token, Token::Whitespace(_));
    let places: Vec<usize> = (0..tokens.len()).filter(|place| tokens.get(*place).is_some_and(is_written)).collect();
    let names: Vec<usize> = (0..places.len()).filter(|nth| is_name(&tokens, &places, *nth)).collect();
    for nth in names {
        if let Some(token) = places.get(nth).and_then(|place| tokens.get_mut(*place))
            && let Token::Word(word) = &mut token.token
        {
            word.keyword = Keyword::NoKeyword;
        }
    }
    tokens
}

fn is_name(tokens: &[TokenWithSpan], places: &[usize], nth: usize) -> bool {
    let at = |nth: usize| places.get(nth).and_then(|place| tokens.get(*place)).map(|token| &token.token);
    let Some(word) = at(nth).and_then(keyword) else { return false };
    let (before, behind) = (nth.checked_sub(1).and_then(at), at(nth + 1));
    let is_qualified = before == Some(&Token::Period) || behind == Some(&Token::Period);
    let (word_before, word_behind) = (before.and_then(keyword), behind.and_then(keyword));
    if word == Keyword::TOP {
        let begins = matches!(word_before, Some(Keyword::SELECT | Keyword::DISTINCT | Keyword::ALL));
        return !(begins && matches!(behind, Some(Token::Number(..) | Token::LParen)));
    }
    if OF_CALLS.contains(&word) {
        let belongs = matches!(word_before, Some(Keyword::IF | Keyword::NOT | Keyword::WITH));
        return behind != Some(&Token::LParen) && !belongs;
    }
    if !OF_CLAUSES.contains(&word) {
        return false;
    }
    let begins = matches!(before, None | Some(Token::SemiColon));
    let ends = match word_behind {
        Some(behind) if JOINS.contains(&behind) => !OF_JOINS.contains(&word),
        Some(behind) => BEHIND_NAMES.contains(&behind),
        None => matches!(behind, None | Some(Token::EOF | Token::SemiColon | Token::Comma | Token::RParen)),
    };
    is_qualified || (ends && !begins)
}

fn keyword(token: &Token) -> Option<Keyword> {
    match token {
        Token::Word(Word { keyword, quote_style: None, .. }) => Some(*keyword),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::syntax::parse;

    /// PostgreSQL 15 takes the first ones, and refuses the others.
    #[test]
    fn words_of_other_databases_are_names() {
        for (statement, is_taken) in [
            ("SELECT top.a FROM t top", true),
            ("SELECT top, 1 minus FROM t qualify WHERE qualify.a = 1", true),
            ("SELECT s.x FROM (SELECT 1 AS x) sort JOIN t format ON true", true),
            ("SELECT exists, trim FROM t WHERE exists = 1", true),
            ("SELECT a FROM t GROUP BY ROLLUP (a), CUBE (a)", true),
            ("SELECT EXISTS (SELECT 1), trim('a')", true),
            ("DROP TABLE IF EXISTS t", true),
            ("SELECT 1 FROM t SORT BY a b", false),
            ("SELECT 1 MINUS SELECT 2 3", false),
        ] {
            assert_eq!(parse(statement).is_ok(), is_taken, "{statement}");
        }
    }
}
