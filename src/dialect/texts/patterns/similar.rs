//! Patterns of SIMILAR TO and `SUBSTRING(… SIMILAR …)`, as regular expressions (`similar_escape` of PostgreSQL).

use datafusion::common::Result;

use crate::dialect::failure::failed;
use crate::error::SqlState;

/// `escape`: the character that takes its meaning from the next, a backslash if none is given, and none if it is empty.
///
/// # Errors
/// 22019 for an escape of several characters, 2201B for more than two separators.
pub fn expression(pattern: &str, escape: Option<&str>) -> Result<String> {
    let mut characters = escape.unwrap_or("\\").chars();
    let escape = characters.next();
    if characters.next().is_some() {
        return Err(failed(SqlState("22019"), "invalid escape string"));
    }
    // The whole, or the part between the separators, which is captured.
    let mut out = String::from("^(?:");
    let (mut escaped, mut separators, mut in_bracket) = (false, 0, false);
    for c in pattern.chars() {
        if escaped && c == '"' && !in_bracket {
            separators += 1;
            match separators {
                1 => out.push_str("){1,1}?("),
                2 => out.push_str("){1,1}(?:"),
                _ => {
                    let message = "SQL regular expression may not contain more than two escape-double-quote separators";
                    return Err(failed(SqlState("2200C"), message));
                }
            }
            escaped = false;
        } else if escaped {
            out.push('\\');
            out.push(c);
            escaped = false;
        } else if Some(c) == escape {
            escaped = true;
        } else {
            write(c, in_bracket, &mut out);
            in_bracket = if in_bracket { c != ']' } else { c == '[' };
        }
    }
    out.push_str(")$");
    Ok(out)
}

/// A character that is not escaped.
fn write(c: char, in_bracket: bool, out: &mut String) {
    match c {
        '\\' => out.push_str("\\\\"),
        c if in_bracket => out.push(c),
        '%' => out.push_str(".*"),
        '_' => out.push('.'),
        '(' => out.push_str("(?:"),
        '.' | '^' | '$' => {
            out.push('\\');
            out.push(c);
        }
        c => out.push(c),
    }
}
