//! Messages without values: what is in quotes, every number and every address may be somebody's data.

/// The message with `…` in the place of each value.
pub fn scrubbed(message: &str) -> String {
    let message = without_quoted(&without_quoted(message, '\''), '"');
    let words = message.split(' ').map(|word| if is_value(word) { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// From the first quote to the last, because a value may hold quotes. An apostrophe stands behind a letter.
fn without_quoted(message: &str, quote: char) -> String {
    let mut before = ' ';
    let opening = message.char_indices().find(|(_, c)| {
        let opens = *c == quote && !before.is_alphanumeric();
        before = *c;
        opens
    });
    let closing = message.rfind(quote);
    match (opening, closing) {
        (Some((opening, _)), Some(closing)) if opening < closing => {
            format!("{}{quote}…{}", &message[..opening], &message[closing..])
        }
        (Some((opening, _)), _) => format!("{}…", &message[..opening]),
        _ => message.to_string(),
    }
}

fn is_value(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    bare.contains('@') || bare.chars().next().is_some_and(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_and_types_stay() {
        for (message, without) in [
            ("Cannot cast string 'ann@example.com' to value of Int32 type", "Cannot cast string '…' to value of Int32 type"),
            ("it's 'a' and 'b' there", "it's '…' there"),
            ("it's 'O'Neil' there", "it's '…' there"),
            ("invalid syntax for interval: \"ann@x.com\"", "invalid syntax for interval: \"…\""),
            ("cannot convert 12345.678 of ann@x.com to Decimal128(5, 2)", "cannot convert … of … to Decimal128(5, …"),
            ("an open 'quote", "an open …"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(scrubbed(message), without);
        }
    }
}
