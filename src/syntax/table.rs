//! `TABLE name` is `SELECT * FROM name`, also where a query stands within another.

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Word};

/// The tokens with each such TABLE in the longer form, at the same place.
pub(super) fn spelled_out(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut spelled = Vec::with_capacity(tokens.len());
    let mut begins = true;
    for token in tokens {
        if matches!(token.token, Token::Whitespace(_)) {
            spelled.push(token);
            continue;
        }
        let is_query = begins && keyword(&token.token) == Some(Keyword::TABLE);
        begins = matches!(token.token, Token::SemiColon | Token::LParen)
            || matches!(keyword(&token.token), Some(Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT | Keyword::ALL));
        if is_query {
            let words = [Token::make_keyword("SELECT"), Token::Mul, Token::make_keyword("FROM")];
            spelled.extend(words.map(|word| TokenWithSpan { token: word, span: token.span }));
        } else {
            spelled.push(token);
        }
    }
    spelled
}

fn keyword(token: &Token) -> Option<Keyword> {
    match token {
        Token::Word(Word { keyword, quote_style: None, .. }) => Some(*keyword),
        _ => None,
    }
}
