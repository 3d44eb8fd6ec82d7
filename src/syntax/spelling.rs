//! Words that PostgreSQL's grammar has and the parser's has not, spelled as the parser knows them, before there is a tree:
//!
//! | written | read as |
//! |---|---|
//! | `TABLE name` | `SELECT * FROM name` |
//! | `FROM ONLY name` | `FROM name`: no table here has children |
//! | `= ANY (VALUES …)`, `UNION ALL (VALUES …)` | `= ANY (SELECT * FROM (VALUES …) AS __values)` |
//! | `ROWS FROM (f(…), g(…))` | `rows_from(f(…), g(…))` |
//! | `ORDER BY a USING >` | `ORDER BY a DESC` |
//! | `EXCLUDE NO OTHERS` | nothing: it is what every frame does |

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use crate::error::{Error, Result, SqlState};

/// The tokens with each of these in the other spelling, at the same place.
///
/// # Errors
/// 0A000 for the frames of windows that leave rows out; 42601 for a word that begins within a number, and for a name without letters.
pub(super) fn spelled_out(tokens: Vec<TokenWithSpan>) -> Result<Vec<TokenWithSpan>> {
    let mut spelling = Spelling::default();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if matches!(token.token, Token::Whitespace(_)) {
            spelling.read.push(token);
            continue;
        }
        if let Token::Number(digits, is_long) = &token.token {
            // `1_000` is not `1 AS _000`, nor is `1L` a number.
            let next = tokens.peek().map(|next| &next.token);
            if *is_long || matches!(next, Some(Token::Word(Word { quote_style: None, .. }))) {
                let message = format!("trailing junk after numeric literal at or near \"{digits}\"");
                return Err(Error::new(SqlState::SYNTAX_ERROR, message));
            }
        }
        match &token.token {
            Token::Word(Word { value, quote_style: Some(_), .. }) if value.is_empty() => return Err(nameless()),
            // `x'1f'` has three signs more than digits.
            Token::HexStringLiteral(digits) if is_number(digits, &token) => {
                let message = "trailing junk after numeric literal at or near \"0x\"";
                return Err(Error::new(SqlState::SYNTAX_ERROR, message));
            }
            _ if word(&token.token) == Some("EXCLUDE") => {
                let words = following(&mut tokens, 2);
                match words.iter().map(|token| word(&token.token)).collect::<Vec<_>>().as_slice() {
                    [Some("NO"), Some("OTHERS")] => continue,
                    [Some("CURRENT"), Some("ROW")] | [Some("GROUP" | "TIES"), _] => return Err(excluded()),
                    _ => {
                        spelling.take(token);
                        words.into_iter().for_each(|token| spelling.take(token));
                    }
                }
            }
            _ => spelling.take(token),
        }
    }
    Ok(spelling.read)
}

/// Whether hexadecimal digits are written as a number, `0x1f`.
fn is_number(digits: &str, token: &TokenWithSpan) -> bool {
    let columns = token.span.end.column.saturating_sub(token.span.start.column);
    token.span.start.line == token.span.end.line && columns == digits.chars().count() as u64 + 2
}

/// The next tokens that are no whitespace.
fn following(tokens: &mut impl Iterator<Item = TokenWithSpan>, count: usize) -> Vec<TokenWithSpan> {
    tokens.filter(|token| !matches!(token.token, Token::Whitespace(_))).take(count).collect()
}

fn excluded() -> Error {
    let error = Error::unsupported("EXCLUDE in the frame of a window is not supported");
    error.hint("Write a sub-query over the other rows, or take the row's own value away from the sum")
}

fn nameless() -> Error {
    Error::new(SqlState::SYNTAX_ERROR, "zero-length delimited identifier")
}

#[derive(Default)]
struct Spelling {
    read: Vec<TokenWithSpan>,
    /// The last two words and signs.
    before: [Option<Token>; 2],
    depth: usize,
    /// At which depth a list of VALUES ends that was put into a SELECT.
    lists: Vec<usize>,
}

impl Spelling {
    fn take(&mut self, token: TokenWithSpan) {
        let span = token.span;
        let write = |token: Token| TokenWithSpan { token, span };
        let before = [self.before[0].as_ref().and_then(keyword), self.before[1].as_ref().and_then(keyword)];
        let opens = matches!(self.before[1], Some(Token::LParen));
        let begins = self.before[1].is_none()
            || opens
            || matches!(self.before[1], Some(Token::SemiColon))
            || matches!(before[1], Some(Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT | Keyword::ALL));
        let select = || [Token::make_keyword("SELECT"), Token::Mul, Token::make_keyword("FROM")];
        let mut shown = Some(token.token.clone());
        match (&token.token, keyword(&token.token)) {
            (_, Some(Keyword::TABLE)) if begins => {
                self.read.extend(select().map(write));
                self.before = [None, Some(token.token)];
                return;
            }
            (_, Some(Keyword::VALUES)) if opens && matches!(before[0], Some(Keyword::ANY | Keyword::ALL | Keyword::SOME)) => {
                self.read.extend(select().into_iter().chain([Token::LParen]).map(write));
                self.lists.push(self.depth);
            }
            (Token::LParen, _) => self.depth += 1,
            (Token::RParen, _) => {
                if self.lists.last() == Some(&self.depth) {
                    self.lists.pop();
                    self.read.extend([Token::RParen, Token::make_keyword("AS"), Token::make_word("__values", None)].map(write));
                }
                self.depth = self.depth.saturating_sub(1);
            }
            (Token::Word(word), _)
                if word.quote_style.is_none()
                    && word.value.eq_ignore_ascii_case("only")
                    && matches!(before[1], Some(Keyword::FROM | Keyword::JOIN)) =>
            {
                return;
            }
            (_, Some(Keyword::FROM))
                if before[1] == Some(Keyword::ROWS)
                    && matches!(before[0], Some(Keyword::FROM | Keyword::JOIN | Keyword::LATERAL)) =>
            {
                let at = self.read.iter().rposition(|token| keyword(&token.token) == Some(Keyword::ROWS));
                if let Some(rows) = at.and_then(|at| self.read.get_mut(at)) {
                    rows.token = Token::make_word("rows_from", None);
                }
                shown = None;
            }
            (Token::Lt | Token::Gt, _) if before[1] == Some(Keyword::USING) => {
                let at = self.read.iter().rposition(|token| keyword(&token.token) == Some(Keyword::USING));
                let word = if token.token == Token::Lt { "ASC" } else { "DESC" };
                if let Some(using) = at.and_then(|at| self.read.get_mut(at)) {
                    using.token = Token::make_keyword(word);
                }
                shown = None;
            }
            _ => {}
        }
        self.before.rotate_left(1);
        self.before[1] = Some(token.token);
        self.read.extend(shown.map(write));
    }
}

fn keyword(token: &Token) -> Option<Keyword> {
    match token {
        Token::Word(Word { keyword, quote_style: None, .. }) => Some(*keyword),
        _ => None,
    }
}

/// A word of these few, in capitals.
fn word(token: &Token) -> Option<&'static str> {
    let Token::Word(Word { value, quote_style: None, .. }) = token else { return None };
    let words = ["EXCLUDE", "NO", "OTHERS", "CURRENT", "ROW", "GROUP", "TIES"];
    words.into_iter().find(|known| value.eq_ignore_ascii_case(known))
}
