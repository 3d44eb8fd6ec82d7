//! Letters without their marks: the folding under names, so that `Müller`, `MÜLLER` and `Muller` compare equal.

use unicode_normalization::UnicodeNormalization;

/// Appends `text` to `out` in lower case, in compatibility form and without diacritics.
///
/// Marks are removed where they decorate a letter (Latin, Greek, Cyrillic, Hebrew points, Arabic vowel signs) and kept where
/// they are letters in their own right (Indic vowel signs, Japanese voicing marks). Letters that Unicode does not decompose are
/// written out: `ß` ss, `æ` ae, `œ` oe, `ø` o, `đ` `ð` d, `þ` th, `ł` l, `ħ` h, `ı` i, `ŋ` n, `ŧ` t, `ə` a. An umlaut becomes
/// its vowel (`ü` u).
pub fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        out.extend(text.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
        return;
    }
    // Lower-casing after decomposition: a few letters (İ) gain a mark by it, which is why marks are dropped last.
    out.extend(text.nfkd().flat_map(char::to_lowercase).filter(|letter| !is_decoration(*letter)).flat_map(Written::of).nfc());
}

/// `text` folded as by [`fold_into`].
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// One folded letter as one or two characters.
enum Written {
    Letter(Option<char>),
    Letters(std::str::Chars<'static>),
}

impl Written {
    fn of(letter: char) -> Self {
        let letters = match letter {
            'ß' => "ss",
            'æ' => "ae",
            'œ' => "oe",
            'ø' => "o",
            'đ' | 'ð' => "d",
            'þ' => "th",
            'ł' => "l",
            'ħ' => "h",
            'ı' => "i",
            'ŋ' => "n",
            'ŧ' => "t",
            'ə' => "a",
            'ς' => "σ",
            _ => return Self::Letter(Some(letter)),
        };
        Self::Letters(letters.chars())
    }
}

impl Iterator for Written {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self {
            Self::Letter(letter) => letter.take(),
            Self::Letters(letters) => letters.next(),
        }
    }
}

/// Whether a mark only decorates the letter before it.
fn is_decoration(mark: char) -> bool {
    matches!(mark,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0487}'            // combining marks; Cyrillic titlo
        | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}'..='\u{05C7}' // Hebrew points
        | '\u{0610}'..='\u{061A}' | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}' // Arabic vowel signs, tatweel
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// Whether a character is invisible and stands between letters by accident: zero-width spaces and joiners, direction marks,
/// soft hyphens, the byte-order mark, and control characters other than white space.
pub fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
        || (letter.is_control() && !letter.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The Unicode character database (decompositions, case), and the transliteration documented above.
    #[test]
    fn marks_go_and_letters_stay() {
        let cases = [
            ("Müller", "muller"),
            ("MU\u{0308}LLER", "muller"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"),
            ("Ærøskøbing", "aeroskobing"),
            ("Łódź", "lodz"),
            ("Đặng Thị", "dang thi"),
            ("Þórður", "thordur"),
            ("İstanbul", "istanbul"),
            ("ﬁnn", "finn"),
            ("ＡＢＣ", "abc"),
            ("Ἀχιλλεύς", "αχιλλευσ"),
            ("Алёна", "алена"),
            ("مُحَمَّد", "محمد"),
            ("प्रिया", "प्रिया"),
            ("ガ", "ガ"),
            ("김철수", "김철수"),
        ];
        for (text, expected) in cases {
            assert_eq!(fold(text), expected, "{text}");
        }
    }
}
