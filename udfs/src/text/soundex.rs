//! Soundex as PostgreSQL's `fuzzystrmatch` computes it.

/// The digit of each letter from A to Z; 0 for vowels and H, W, Y.
const DIGITS: &[u8; 26] = b"01230120022455012623010202";

/// The four-character Soundex code of `text`; empty where there is no ASCII letter.
///
/// The first letter is kept; each following letter gives its digit unless the character just before it has the same one; zeros
/// fill up to four. This is the rule of PostgreSQL, which differs from that of the US National Archives: there H and W between
/// two letters of one digit are passed over (`Ashcraft` A261), here they separate (A226). Letters outside ASCII count as
/// punctuation: fold the text first where they matter.
/// Source: PostgreSQL 15, `contrib/fuzzystrmatch`, whose results are the expected values of the tests.
pub fn soundex(text: &str) -> String {
    let mut code = String::with_capacity(4);
    let mut previous = None;
    for letter in text.bytes() {
        let digit = digit_of(letter);
        if code.is_empty() {
            if digit.is_some() {
                code.push(char::from(letter.to_ascii_uppercase()));
            }
        } else if digit != previous
            && let Some(digit) = digit
            && digit != '0'
        {
            code.push(digit);
            if code.len() == 4 {
                break;
            }
        }
        previous = digit;
    }
    while !code.is_empty() && code.len() < 4 {
        code.push('0');
    }
    code
}

fn digit_of(letter: u8) -> Option<char> {
    let index = letter.to_ascii_uppercase().wrapping_sub(b'A');
    DIGITS.get(usize::from(index)).map(|digit| char::from(*digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT soundex(…)` of `fuzzystrmatch`.
    #[test]
    fn codes_are_those_of_postgresql() {
        let cases = [
            ("Robert", "R163"),
            ("Rupert", "R163"),
            ("Rubin", "R150"),
            ("Ashcraft", "A226"),
            ("Ashcroft", "A226"),
            ("Tymczak", "T522"),
            ("Pfister", "P236"),
            ("Honeyman", "H555"),
            ("Anne", "A500"),
            ("Andrew", "A536"),
            ("Margaret", "M626"),
            ("", ""),
            ("123", ""),
            ("  lee", "L000"),
            ("O'Hara", "O600"),
            ("Müller", "M460"),
            ("bfitchshoe", "B322"),
            (" aymhn", "A550"),
            ("😀", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(soundex(text), expected, "{text}");
        }
    }
}
