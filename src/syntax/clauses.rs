//! Clauses that the parser's grammar lacks, in its words, before there is a tree:
//!
//! | written | read as |
//! |---|---|
//! | `NOT ILIKE ALL (…)` and its like | `!~~* ALL (…)` |
//! | `FETCH FIRST (n) ROWS ONLY` | `LIMIT (n)` |
//! | a `SELECT` of no columns from nowhere | `SELECT FROM (SELECT 1) AS __row` |

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use crate::error::{Error, Result};

/// The tokens with each of these in the other words, at the same place.
///
/// # Errors
/// 0A000 for SEARCH and CYCLE behind a query of WITH RECURSIVE.
pub(super) fn known(tokens: Vec<TokenWithSpan>) -> Result<Vec<TokenWithSpan>> {
    let mut written: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut tokens = Ahead { tokens, at: 0 };
    let (mut depth, mut bounds) = (0_usize, vec![]);
    let mut before: [Option<Token>; 2] = [None, None];
    while let Some(token) = tokens.next() {
        if matches!(token.token, Token::Whitespace(_)) {
            written.push(token);
            continue;
        }
        let write = |token: Token, span| TokenWithSpan { token, span };
        let span = token.span;
        let mut last = None;
        match (keyword(&token.token), tokens.words()) {
            (Some(Keyword::LIKE | Keyword::ILIKE), [Some(Keyword::ANY | Keyword::ALL | Keyword::SOME), _])
                if tokens.nth(1) == Some(&Token::LParen) =>
            {
                let any_case = keyword(&token.token) == Some(Keyword::ILIKE);
                let negated = before[1].as_ref().and_then(keyword) == Some(Keyword::NOT);
                if negated && let Some(not) = written.iter().rposition(|token| keyword(&token.token) == Some(Keyword::NOT)) {
                    written.remove(not);
                }
                let operator = match (negated, any_case) {
                    (false, false) => Token::DoubleTilde,
                    (false, true) => Token::DoubleTildeAsterisk,
                    (true, false) => Token::ExclamationMarkDoubleTilde,
                    (true, true) => Token::ExclamationMarkDoubleTildeAsterisk,
                };
                written.push(write(operator, span));
            }
            (Some(Keyword::FETCH), [Some(Keyword::FIRST | Keyword::NEXT), _]) if tokens.nth(1) == Some(&Token::LParen) => {
                tokens.skip(1);
                bounds.push(depth);
                written.push(write(Token::make_keyword("LIMIT"), span));
            }
            (Some(Keyword::SELECT), _) if begins(&before) && tokens.ends_select() => {
                let row = [Token::make_keyword("FROM"), Token::LParen, Token::make_keyword("SELECT")];
                let row = row.into_iter().chain([Token::Number("1".into(), false), Token::RParen]);
                let row = row.chain([Token::make_keyword("AS"), Token::make_word("__row", None)]);
                written.push(token.clone());
                written.extend(row.map(|token| write(token, span)));
                last = Some(token.token);
            }
            (Some(Keyword::SEARCH), [_, Some(Keyword::FIRST)]) if before[1] == Some(Token::RParen) => {
                return Err(unsupported("SEARCH", "Carry an array of what was passed along, and sort by it"));
            }
            (_, [Some(Keyword::NoKeyword), _]) if is_word(&token.token, "cycle") && before[1] == Some(Token::RParen) => {
                return Err(unsupported("CYCLE", "Carry an array of what was passed along, and test it with <> ALL"));
            }
            _ => {
                match token.token {
                    Token::LParen => depth += 1,
                    Token::RParen => {
                        depth = depth.saturating_sub(1);
                        let is_limit = bounds.last() == Some(&depth);
                        if is_limit && matches!(tokens.words(), [Some(Keyword::ROW | Keyword::ROWS), Some(Keyword::ONLY)]) {
                            tokens.skip(2);
                        }
                        bounds.pop_if(|_| is_limit);
                    }
                    _ => {}
                }
                last = Some(token.token.clone());
                written.push(token);
            }
        }
        before = [before[1].take(), last];
    }
    Ok(written)
}

fn unsupported(clause: &str, hint: &str) -> Error {
    Error::unsupported(format!("the clause {clause} of WITH RECURSIVE is not supported")).hint(hint)
}

/// Whether a query may begin behind these.
fn begins(before: &[Option<Token>; 2]) -> bool {
    match &before[1] {
        None | Some(Token::SemiColon | Token::LParen | Token::RParen) => true,
        Some(token) => {
            matches!(keyword(token), Some(Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT | Keyword::ALL | Keyword::AS))
        }
    }
}

struct Ahead {
    tokens: Vec<TokenWithSpan>,
    at: usize,
}

impl Ahead {
    fn next(&mut self) -> Option<TokenWithSpan> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    /// The tokens to come that are no blanks.
    fn rest(&self) -> impl Iterator<Item = (usize, &Token)> {
        let rest = self.tokens.get(self.at..).unwrap_or_default().iter().zip(self.at..);
        rest.map(|(token, at)| (at, &token.token)).filter(|(_, token)| !matches!(token, Token::Whitespace(_)))
    }

    fn nth(&self, nth: usize) -> Option<&Token> {
        self.rest().nth(nth).map(|(_, token)| token)
    }

    fn words(&self) -> [Option<Keyword>; 2] {
        [0, 1].map(|nth| self.nth(nth).and_then(keyword))
    }

    fn skip(&mut self, count: usize) {
        let last = self.rest().nth(count - 1).map(|(at, _)| at);
        self.at = last.map_or(self.at, |last| last + 1);
    }

    /// Whether what follows is behind a list of results.
    fn ends_select(&self) -> bool {
        use Keyword::{EXCEPT, FETCH, GROUP, HAVING, INTERSECT, LIMIT, OFFSET, ORDER, UNION, WHERE};
        match self.nth(0) {
            None | Some(Token::EOF | Token::SemiColon | Token::RParen) => true,
            Some(token) => matches!(
                keyword(token),
                Some(EXCEPT | FETCH | GROUP | HAVING | INTERSECT | LIMIT | OFFSET | ORDER | UNION | WHERE)
            ),
        }
    }
}

fn keyword(token: &Token) -> Option<Keyword> {
    match token {
        Token::Word(Word { keyword, quote_style: None, .. }) => Some(*keyword),
        _ => None,
    }
}

fn is_word(token: &Token, text: &str) -> bool {
    matches!(token, Token::Word(Word { value, quote_style: None, .. }) if value.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use crate::syntax::parse;

    /// The manual, SELECT and 9.7.1.
    #[test]
    fn clauses_are_in_the_grammars_words() {
        for (written, meant) in [
            ("SELECT a NOT ILIKE ALL (ARRAY['b']), c LIKE SOME (d)", "SELECT a !~~* ALL (ARRAY['b']), c ~~ SOME (d)"),
            ("SELECT a FROM t FETCH NEXT (1 + 2) ROWS ONLY", "SELECT a FROM t LIMIT (1 + 2)"),
            ("SELECT a FROM t OFFSET 2 ROWS FETCH FIRST (1) ROW ONLY", "SELECT a FROM t OFFSET 2 ROWS LIMIT (1)"),
            ("SELECT WHERE true", "SELECT FROM (SELECT 1) AS __row WHERE true"),
            ("SELECT EXISTS (SELECT)", "SELECT EXISTS (SELECT FROM (SELECT 1) AS __row)"),
            ("SELECT (a) cycle, search FROM t", "SELECT (a) AS cycle, search FROM t"),
            ("SELECT (a) cycle FROM (SELECT 1) cycle JOIN u ON true", "SELECT (a) AS cycle FROM (SELECT 1) cycle JOIN u ON true"),
        ] {
            let tree = |text: &str| parse(text).map(|parsed| parsed.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
            assert_eq!(tree(written), tree(meant), "{written}");
        }
    }
}
