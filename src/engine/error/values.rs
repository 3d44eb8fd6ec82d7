//! Messages without values: what is in quotes, every number and every address may be somebody's data.

/// The message with `…` in the place of each value.
pub fn scrubbed(message: &str) -> String {
    let message = without_quoted(&without_quoted(message, '\''), '"');
    message.split_whitespace().map(without_numbers).collect::<Vec<_>>().join(" ")
}

/// A word without its numbers; those that end a name, as in `Int32`, stay.
fn without_numbers(word: &str) -> String {
    if word.contains('@') {
        return "…".into();
    }
    let (mut text, mut before, mut in_number) = (String::new(), ' ', false);
    for c in word.chars() {
        let continues = in_number && (c.is_alphanumeric() || (".:+-_".contains(c)));
        let begins = c.is_ascii_digit() && !before.is_alphanumeric() && before != '_';
        if begins && !in_number {
            text.push('…');
        }
        in_number = begins || continues;
        if !in_number {
            text.push(c);
        }
        before = c;
    }
    text
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
            ("cannot convert 12345.678 of ann@x.com to Decimal128(5, 2)", "cannot convert … of … to Decimal128(…, …)"),
            ("an open 'quote", "an open …"),
            ("Overflow happened on FACTORIAL(50)", "Overflow happened on FACTORIAL(…)"),
            ("key=123, Some(1.5e-3)\n12:30:00 of column_1", "key=…, Some(…) … of column_1"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(scrubbed(message), without);
        }
    }
}
