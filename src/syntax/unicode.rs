//! Texts and names with characters by their numbers (the manual, 4.1.2.3): `U&"d\0061ta"`, and `UESCAPE '!'` behind either.

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use crate::error::{Error, Result, SqlState};

/// The tokens with the characters that are meant.
///
/// # Errors
/// 42601 for a wrong escape.
pub(super) fn unescaped(tokens: Vec<TokenWithSpan>) -> Result<Vec<TokenWithSpan>> {
    let mut read: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_name = matches!(token.token, Token::Word(Word { quote_style: Some(_), .. })) && is_marked(&read);
        let is_text = matches!(token.token, Token::UnicodeStringLiteral(_));
        if !is_name && !is_text {
            read.push(token);
            continue;
        }
        let (mut blanks, mut escape) = (vec![], None);
        while let Some(blank) = tokens.next_if(|next| matches!(next.token, Token::Whitespace(_))) {
            blanks.push(blank);
        }
        if tokens.next_if(|next| matches!(&next.token, Token::Word(word) if is_word(word, "uescape"))).is_some() {
            let next = tokens.find(|next| !matches!(next.token, Token::Whitespace(_)));
            escape = Some(escape_of(next.map(|next| next.token))?);
        }
        let meant = match token.token {
            Token::Word(Word { value, .. }) => {
                read.truncate(read.len().saturating_sub(2));
                let value = decoded(&value, escape.unwrap_or('\\'))?;
                Token::Word(Word { value, quote_style: Some('"'), keyword: Keyword::NoKeyword })
            }
            // The tokenizer read those with a backslash.
            Token::UnicodeStringLiteral(text) => match escape {
                Some(escape) => Token::UnicodeStringLiteral(decoded(&text, escape)?),
                None => Token::UnicodeStringLiteral(text),
            },
            other => other,
        };
        read.push(TokenWithSpan { token: meant, span: token.span });
        read.extend(blanks);
    }
    Ok(read)
}

fn is_word(word: &Word, text: &str) -> bool {
    word.quote_style.is_none() && word.value.eq_ignore_ascii_case(text)
}

/// Whether `U&` stands before what comes, without a blank.
fn is_marked(read: &[TokenWithSpan]) -> bool {
    matches!(read, [.., TokenWithSpan { token: Token::Word(word), .. }, TokenWithSpan { token: Token::Ampersand, .. }]
        if is_word(word, "u"))
}

fn wrong(message: &str) -> Error {
    Error::new(SqlState::SYNTAX_ERROR, message)
}

fn escape_of(token: Option<Token>) -> Result<char> {
    let Some(Token::SingleQuotedString(text)) = token else {
        return Err(wrong("UESCAPE must be followed by a simple string literal"));
    };
    let mut characters = text.chars();
    let is_escape = |c: &char| !c.is_ascii_hexdigit() && !c.is_whitespace() && !matches!(c, '+' | '\'' | '"');
    match (characters.next().filter(is_escape), characters.next()) {
        (Some(escape), None) => Ok(escape),
        _ => Err(wrong("invalid Unicode escape character")),
    }
}

fn decoded(text: &str, escape: char) -> Result<String> {
    let mut meant = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c != escape {
            meant.push(c);
        } else if rest.next_if_eq(&escape).is_some() {
            meant.push(escape);
        } else {
            let digits = if rest.next_if_eq(&'+').is_some() { 6 } else { 4 };
            let number: String = rest.by_ref().take(digits).collect();
            let code = u32::from_str_radix(&number, 16).ok().filter(|_| number.chars().count() == digits);
            let character = code.and_then(char::from_u32).filter(|c| *c != '\0');
            meant.push(character.ok_or_else(|| wrong("invalid Unicode escape"))?);
        }
    }
    Ok(meant)
}

#[cfg(test)]
mod tests {
    use crate::syntax::parse;

    /// PostgreSQL 15.
    #[test]
    fn characters_may_be_numbers() {
        for (written, meant) in [
            (r#"SELECT U&"d\0061t\+000061""#, Some(r#"SELECT "data""#)),
            (r#"SELECT U&"d!0061ta" UESCAPE '!', 1"#, Some(r#"SELECT "data", 1"#)),
            (r#"SELECT U&"!!""#, Some(r#"SELECT "!!""#)),
            (r#"SELECT u & "x""#, Some(r#"SELECT u & "x""#)),
            (r#"SELECT U&"d!0061ta" UESCAPE '+'"#, None),
            (r#"SELECT U&"\00g1""#, None),
            (r"SELECT U&'d!0061t!+000061' UESCAPE '!'", Some("SELECT U&'data'")),
        ] {
            let read = parse(written).ok().and_then(|statements| statements.first().map(ToString::to_string));
            assert_eq!(read.as_deref(), meant, "{written}");
        }
    }
}
