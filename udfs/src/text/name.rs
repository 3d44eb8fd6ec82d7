//! Names of people in the one form that equality can compare.

use super::fold::{fold_into, is_invisible};

/// Longest name that is read, in bytes; what follows is not part of a name.
const NAME_BYTES_MAX: usize = 1024;

/// Forms of address before a name. Those in the first list are never a name by themselves; those in the second may be one.
const TITLES: [&str; 24] = [
    "mr",
    "mrs",
    "ms",
    "mx",
    "dr",
    "prof",
    "professor",
    "rev",
    "reverend",
    "messrs",
    "herr",
    "frau",
    "fraulein",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "mademoiselle",
    "sra",
    "srta",
    "senor",
    "senora",
    "senorita",
    "mister",
];
const TITLES_OR_NAMES: [&str; 10] = ["miss", "sir", "dame", "lady", "lord", "sr", "ing", "dott", "mag", "doctor"];

/// What follows a name without being part of it.
const SUFFIXES: [&str; 20] = [
    "jr", "junior", "sr", "snr", "jnr", "ii", "iii", "iv", "phd", "dphil", "md", "dds", "esq", "esquire", "mba", "msc", "bsc",
    "cpa", "obe", "mbe",
];

/// The name in `text` in lower case, without diacritics (see [`super::fold::fold_into`]), punctuation, titles and suffixes;
/// `None` where no letter is left.
///
/// Words stand apart by one space. An apostrophe joins (`O'Brien` obrien), a hyphen and any other punctuation separates
/// (`Anne-Marie` anne marie). `Family, Given` becomes `given family`. Titles (`Dr`, `Mrs`, `Prof` …) go from the front and
/// suffixes (`Jr`, `III`, `PhD` …) from the end as long as another word is left; a title alone is no name. Scripts other than
/// Latin stay as they are.
pub fn normalize_name(text: &str) -> Option<String> {
    // Most names are one plain word.
    if !text.is_empty() && text.len() <= NAME_BYTES_MAX && text.bytes().all(|letter| letter.is_ascii_alphanumeric()) {
        let has_letter = text.bytes().any(|letter| letter.is_ascii_alphabetic());
        return has_letter.then(|| text.to_ascii_lowercase()).filter(|word| !TITLES.contains(&word.as_str()));
    }
    if let Some(name) = plain_words(text) {
        return Some(name);
    }
    let text = text.get(..text.floor_char_boundary(NAME_BYTES_MAX)).unwrap_or_default();
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    let mut spaced = String::with_capacity(folded.len());
    for letter in folded.chars() {
        match letter {
            '\'' | '’' | '‘' | 'ʼ' | 'ʻ' | '`' | '´' | '.' if joins(&spaced, letter) => {}
            ',' => spaced.push(','),
            _ if is_letter(letter) => spaced.push(letter),
            _ if is_invisible(letter) => {}
            _ => spaced.push(' '),
        }
    }
    let mut parts: Vec<Vec<&str>> = spaced.split(',').map(|part| part.split_whitespace().collect()).collect();
    parts.retain(|words: &Vec<&str>| !words.is_empty());
    while parts.len() > 1 && parts.last().is_some_and(|words| words.iter().all(|word| SUFFIXES.contains(word))) {
        parts.pop();
    }
    let mut words = match parts.as_slice() {
        [family, given] => [given.as_slice(), family.as_slice()].concat(),
        _ => parts.concat(),
    };
    strip_titles(&mut words);
    let has_letter = words.iter().any(|word| word.chars().any(char::is_alphabetic));
    if !has_letter || matches!(words.as_slice(), [word] if TITLES.contains(word)) {
        return None;
    }
    Some(words.join(" "))
}

/// Most other names and streets are several plain words, with one space between them, and none of them is left out.
fn plain_words(text: &str) -> Option<String> {
    let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || letter == b' ';
    if text.len() > NAME_BYTES_MAX || !text.bytes().all(is_plain) || !text.bytes().any(|letter| letter.is_ascii_alphabetic()) {
        return None;
    }
    let name = text.to_ascii_lowercase();
    let (first, last) = (name.split(' ').next()?, name.rsplit(' ').next()?);
    let is_left_out = is_title(first) || SUFFIXES.contains(&last) || first.is_empty() || last.is_empty() || name.contains("  ");
    (!is_left_out).then_some(name)
}

fn is_title(word: &str) -> bool {
    TITLES.contains(&word) || TITLES_OR_NAMES.contains(&word)
}

/// An apostrophe joins the letters round it; a full stop does so only in `Ph.D.`
fn joins(before: &str, letter: char) -> bool {
    letter != '.' || before.rsplit([' ', ',']).next() == Some("ph")
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || is_sign_within_word(letter)
}

/// Marks that are not alphanumeric and yet spell a word: vowel signs and viramas of Indic and South-East Asian scripts.
fn is_sign_within_word(letter: char) -> bool {
    matches!(letter, '\u{0900}'..='\u{0DFF}' | '\u{0E30}'..='\u{0E4E}' | '\u{0EB0}'..='\u{0ECD}' | '\u{0F71}'..='\u{0F84}'
        | '\u{102B}'..='\u{103E}' | '\u{17B4}'..='\u{17D3}' | '\u{3099}' | '\u{309A}')
}

fn strip_titles(words: &mut Vec<&str>) {
    while words.len() > 1 && words.last().is_some_and(|word| SUFFIXES.contains(word)) {
        words.pop();
    }
    let titles = words.iter().take_while(|word| is_title(word)).count().min(words.len().saturating_sub(1));
    words.drain(..titles);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Plain words have a way of their own; a full stop behind them takes the other and says nothing.
        #[test]
        fn plain_words_are_read_as_all_others(text in "(mr|dr|jr|ii|miss|lord|[a-zA-Z0-9]{0,6}| ){0,9}") {
            prop_assert_eq!(normalize_name(&text), normalize_name(&format!("{text}.")), "{}", text);
        }
    }

    /// The rules documented above; the folding of letters is tested in [`super::super::fold`].
    #[test]
    fn one_person_has_one_form() {
        let cases = [
            ("  Dr. Anne-Marie   O'Brien, PhD ", Some("anne marie obrien")),
            ("Herr Prof. Dr. Jürgen Groß", Some("jurgen gross")),
            ("Smith, John", Some("john smith")),
            ("Smith, John, Jr.", Some("john smith")),
            ("John Smith III", Some("john smith")),
            ("JOHN SMITH Ph.D.", Some("john smith")),
            ("J. R. R. Tolkien", Some("j r r tolkien")),
            ("J.R.R. Tolkien", Some("j r r tolkien")),
            ("D’Angelo", Some("dangelo")),
            ("Lord", Some("lord")),
            ("Jr", Some("jr")),
            ("Mr.", None),
            ("Mr Lord", Some("lord")),
            ("Øystein Ålesund", Some("oystein alesund")),
            ("Сергей Иванов", Some("сергеи иванов")),
            ("山田 太郎", Some("山田 太郎")),
            ("山田　太郎", Some("山田 太郎")),
            ("محمد علي", Some("محمد علي")),
            ("प्रिया", Some("प्रिया")),
            ("\u{202B}דוד\u{202C}", Some("דוד")),
            ("Zoë 😀", Some("zoe")),
            ("😀", None),
            ("--", None),
            ("123", None),
            ("12 34-5", None),
            ("Ann 2", Some("ann 2")),
            (",", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(normalize_name(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn long_text_is_cut_at_a_letter() {
        let long = "é".repeat(1 << 19);
        assert_eq!(normalize_name(&long).map(|name| name.len()), Some(NAME_BYTES_MAX / 2));
    }
}
