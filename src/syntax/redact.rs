//! A statement's text without its literals, for what is kept or logged.

/// No more than this is looked at, in bytes.
const TEXT_BYTES_MAX: usize = 4 << 10;

/// The text with `$1`, `$2`, … in the place of texts and numbers, without comments, and with single spaces. Parameters that it has
/// keep their numbers; those of literals follow.
pub fn redacted(sql: &str) -> String {
    let mut end = sql.len().min(TEXT_BYTES_MAX);
    while !sql.is_char_boundary(end) {
        end -= 1;
    }
    let mut rest = sql.get(..end).unwrap_or_default();
    let mut text = String::with_capacity(rest.len());
    let mut number = parameters(rest);
    while let Some(first) = rest.chars().next() {
        let (length, kind) = token(rest, first, text.chars().next_back());
        let (token, after) = rest.split_at(length.min(rest.len()));
        match kind {
            Kind::Space if text.is_empty() || text.ends_with(' ') => {}
            Kind::Space => text.push(' '),
            Kind::Literal => {
                number += 1;
                text.push_str(&format!("${number}"));
            }
            Kind::Other => text.push_str(token),
        }
        rest = after;
    }
    if end < sql.len() {
        text.push_str(" …");
    }
    text.trim_end_matches([' ', ';']).to_string()
}

enum Kind {
    Space,
    Literal,
    Other,
}

/// The largest number of a parameter, found roughly: one inside a literal only moves the numbers on.
fn parameters(sql: &str) -> usize {
    let numbers = sql.split('$').skip(1).filter_map(|rest| {
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse::<usize>().ok().filter(|number| *number < 65_536)
    });
    numbers.max().unwrap_or(0)
}

/// The length in bytes of the token that begins here, and what it is.
fn token(rest: &str, first: char, before: Option<char>) -> (usize, Kind) {
    let in_name = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$'));
    let prefixed = |marks: &str| marks.contains(first) && !in_name && rest[first.len_utf8()..].starts_with('\'');
    match first {
        c if c.is_whitespace() => (c.len_utf8(), Kind::Space),
        '-' if rest.starts_with("--") => (rest.find('\n').unwrap_or(rest.len()), Kind::Space),
        '/' if rest.starts_with("/*") => (comment(rest), Kind::Space),
        '\'' => (quoted(rest, '\'', false), Kind::Literal),
        '"' => (quoted(rest, '"', false), Kind::Other),
        _ if prefixed("eE") => (1 + quoted(&rest[1..], '\'', true), Kind::Literal),
        _ if prefixed("bBxXnN") => (1 + quoted(&rest[1..], '\'', false), Kind::Literal),
        '$' if !in_name => dollar(rest),
        c if c.is_ascii_digit() && !in_name => (digits(rest), Kind::Literal),
        '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) && !in_name && before != Some('.') => {
            (1 + digits(&rest[1..]), Kind::Literal)
        }
        c if c.is_alphanumeric() || c == '_' => {
            (rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).unwrap_or(rest.len()), Kind::Other)
        }
        c => (c.len_utf8(), Kind::Other),
    }
}

fn comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        let step = match (tail.starts_with("/*"), tail.starts_with("*/")) {
            (true, _) => {
                depth += 1;
                2
            }
            (_, true) => {
                depth -= 1;
                2
            }
            _ => tail.chars().next().map_or(1, char::len_utf8),
        };
        at += step;
        if depth == 0 {
            break;
        }
    }
    at
}

/// From a quote to the one that ends it, or to the end of the text.
fn quoted(rest: &str, quote: char, backslashes: bool) -> usize {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if backslashes && c == '\\' {
            chars.next();
        } else if c == quote {
            match chars.peek() {
                Some((_, next)) if *next == quote => drop(chars.next()),
                _ => return at + c.len_utf8(),
            }
        }
    }
    rest.len()
}

/// A parameter, or a text between marks such as `$a$`.
fn dollar(rest: &str) -> (usize, Kind) {
    let tag = rest[1..].find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len() - 1) + 1;
    if rest[1..].starts_with(|c: char| c.is_ascii_digit()) || !rest[tag..].starts_with('$') {
        return (tag, Kind::Other);
    }
    let mark = &rest[..=tag];
    let end = rest[mark.len()..].find(mark).map_or(rest.len(), |at| at + 2 * mark.len());
    (end, Kind::Literal)
}

fn digits(rest: &str) -> usize {
    let mut before = ' ';
    let end = rest.find(|c: char| {
        let goes_on =
            c.is_ascii_alphanumeric() || matches!(c, '.' | '_') || (matches!(c, '+' | '-') && matches!(before, 'e' | 'E'));
        before = c;
        !goes_on
    });
    end.unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_go_and_names_stay() {
        for (sql, without) in [
            (
                "SELECT  a1, 'ann@x.com' FROM t2 WHERE b = 1.5e-3 AND c IN (1,2);",
                "SELECT a1, $1 FROM t2 WHERE b = $2 AND c IN ($3,$4)",
            ),
            ("SELECT $1, 'it''s', E'a\\'b', $x$ secret $x$", "SELECT $1, $2, $3, $4"),
            ("SELECT \"a'b\" -- ann\n FROM t /* 'x' /* y */ 1 */ ;", "SELECT \"a'b\" FROM t"),
            ("SELECT 'open", "SELECT $1"),
            ("SELECT $$open", "SELECT $1"),
            ("SELECT x'ff', .5, a.b1, 1_000", "SELECT $1, $2, a.b1, $3"),
            ("", ""),
        ] {
            assert_eq!(redacted(sql), without, "{sql}");
        }
        assert!(redacted(&format!("SELECT '{}'", "ä".repeat(5_000))).len() < 100);
    }
}
