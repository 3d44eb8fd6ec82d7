//! Values that stand for "not known" and identify nobody, however many records share them.

use super::field::Field;

const EMAILS: [&str; 22] = [
    "none@none.com",
    "test@test.com",
    "test@test.de",
    "test@test.co.uk",
    "na@na.com",
    "no@no.com",
    "no@email.com",
    "noemail@noemail.com",
    "none@email.com",
    "unknown@unknown.com",
    "null@null.com",
    "a@a.com",
    "a@b.com",
    "aa@aa.com",
    "abc@abc.com",
    "asdf@asdf.com",
    "email@email.com",
    "mail@mail.com",
    "test@example.com",
    "user@example.com",
    "xxx@xxx.com",
    "xx@xx.com",
];

/// Mailboxes that mean nobody at any host.
const MAILBOXES: [&str; 12] = [
    "noreply",
    "no-reply",
    "no.reply",
    "donotreply",
    "do-not-reply",
    "noemail",
    "no-email",
    "nomail",
    "none",
    "unknown",
    "anonymous",
    "null",
];

const NAMES: [&str; 18] = [
    "unknown",
    "test",
    "tester",
    "none",
    "null",
    "na",
    "n a",
    "nn",
    "anonymous",
    "no name",
    "noname",
    "guest",
    "dummy",
    "customer",
    "not available",
    "not provided",
    "unbekannt",
    "first name",
];

/// Dates that programs write where they know none: the first days of their calendars.
const DATES: [&str; 4] = ["1900-01-01", "1901-01-01", "1899-12-30", "1970-01-01"];

/// Whether a normalised value of this field is a placeholder.
pub fn is_placeholder(field: Field, value: &str) -> bool {
    match field {
        Field::Email => EMAILS.contains(&value) || value.split_once('@').is_some_and(|(mailbox, _)| MAILBOXES.contains(&mailbox)),
        Field::Phone => is_counting(value) || is_repetition(value),
        _ if field.is_name_of_person() => NAMES.contains(&value) || is_repetition_of(value, 'x'),
        Field::BirthDate => DATES.contains(&value),
        Field::Postcode => value.chars().all(|letter| matches!(letter, '0' | 'X' | ' ')) || value == "99999",
        Field::NationalId => is_counting(value) || is_repetition(value),
        _ => false,
    }
}

/// 1234567, 0123456789, 987654321 …: seven digits or more, each one more or one less than the last.
fn is_counting(digits: &str) -> bool {
    let steps = |step: u8| {
        digits.as_bytes().windows(2).all(|pair| matches!(pair, [a, b] if (a - b'0' + step) % 10 == b.wrapping_sub(b'0')))
    };
    digits.len() >= 7 && digits.bytes().all(|digit| digit.is_ascii_digit()) && (steps(1) || steps(9))
}

/// 0000000, 999-999-9999: one character only, or in the last seven places.
fn is_repetition(text: &str) -> bool {
    let mut letters = text.chars().rev().take(7);
    letters.next().is_some_and(|last| letters.all(|letter| letter == last))
}

fn is_repetition_of(text: &str, letter: char) -> bool {
    text.chars().count() > 1 && text.chars().all(|other| other == letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_known_and_people_are_not() {
        let cases = [
            (Field::Email, "none@none.com", true),
            (Field::Email, "noreply@shop.example", true),
            (Field::Email, "ann@example.com", false),
            (Field::Phone, "000000000", true),
            (Field::Phone, "123456789", true),
            (Field::Phone, "234567890", true),
            (Field::Phone, "079460018", false),
            (Field::Name, "n a", true),
            (Field::FamilyName, "xx", true),
            (Field::FamilyName, "x", false),
            (Field::GivenName, "ann", false),
            (Field::BirthDate, "1900-01-01", true),
            (Field::BirthDate, "1971-06-24", false),
            (Field::Postcode, "00000", true),
            (Field::Postcode, "12345", false),
            (Field::NationalId, "999999999", true),
            (Field::NationalId, "5271", false),
        ];
        for (field, value, expected) in cases {
            assert_eq!(is_placeholder(field, value), expected, "{value}");
        }
    }
}
