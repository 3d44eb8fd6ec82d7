//! Calls with words that the parser's grammar lacks: `trim(trailing FROM s)` trims blanks, `substring(s SIMILAR p ESCAPE e)` is
//! `substring(s FROM p FOR e)`.

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Word};

/// The tokens with such calls in the grammar's words, at the same places.
pub(super) fn calls(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut spelled: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    // The parentheses that are open, and whether each is that of `substring`.
    let mut open: Vec<bool> = vec![];
    let mut last = [None, None];
    for token in tokens {
        if matches!(token.token, Token::Whitespace(_)) {
            spelled.push(token);
            continue;
        }
        let word = keyword(&token.token);
        let within = open.last() == Some(&true);
        match (&token.token, word) {
            (Token::LParen, _) => open.push(last[1] == Some(Keyword::SUBSTRING)),
            (Token::RParen, _) => drop(open.pop()),
            (_, Some(Keyword::FROM)) if is_side(last[1]) && last[0] == Some(Keyword::TRIM) => {
                spelled.push(TokenWithSpan { token: Token::SingleQuotedString(" ".to_owned()), span: token.span });
            }
            _ => {}
        }
        let token = match word {
            Some(Keyword::SIMILAR) if within => TokenWithSpan { token: Token::make_keyword("FROM"), span: token.span },
            Some(Keyword::ESCAPE) if within => TokenWithSpan { token: Token::make_keyword("FOR"), span: token.span },
            _ => token,
        };
        // A parenthesis is no word between two others.
        if !matches!(token.token, Token::LParen) {
            last = [last[1], word];
        }
        spelled.push(token);
    }
    spelled
}

fn is_side(word: Option<Keyword>) -> bool {
    matches!(word, Some(Keyword::LEADING | Keyword::TRAILING | Keyword::BOTH))
}

fn keyword(token: &Token) -> Option<Keyword> {
    match token {
        Token::Word(Word { keyword, quote_style: None, .. }) => Some(*keyword),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
    use datafusion::sql::sqlparser::tokenizer::Tokenizer;

    use super::calls;

    /// The manual, 9.4 and 9.7.2.
    #[test]
    fn calls_are_in_the_grammars_words() {
        for (from, to) in [
            ("trim(trailing from s)", "trim(trailing ' 'FROM s)"),
            ("trim(both 'x' from s)", "trim(both 'x' from s)"),
            ("substring(s similar 'p' escape '#')", "substring(s FROM 'p' FOR '#')"),
            ("a LIKE 'x' ESCAPE '#'", "a LIKE 'x' ESCAPE '#'"),
        ] {
            let tokens = Tokenizer::new(&PostgreSqlDialect {}, from).tokenize_with_location().unwrap();
            let text: String = calls(tokens).iter().map(|token| token.token.to_string()).collect();
            assert_eq!(text.to_lowercase(), to.to_lowercase());
        }
    }
}
