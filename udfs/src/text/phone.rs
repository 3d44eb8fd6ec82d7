//! Phone numbers as E.164 writes them.
//!
//! The numbering plans are Google's, in the crate `phonenumber`; reading a number is done here by the rules of libphonenumber. The
//! crate's own parser takes a national prefix off twice (`+7 800 123 45 67` loses its 8), knows ASCII digits only and holds a lock round a cache of a hundred
//! patterns, which threads would wait for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use phonenumber::metadata::{DATABASE, Descriptors};
use regex::Regex;
use unicode_normalization::UnicodeNormalization;

/// What libphonenumber reads at most.
const TEXT_CHARS_MAX: usize = 250;
/// Digits of a national number: the shortest in use, and the longest that libphonenumber accepts.
const NATIONAL_DIGITS: std::ops::RangeInclusive<usize> = 2..=17;

/// A country's numbering plan.
pub struct Region {
    country_code: String,
    id: String,
    lengths: Vec<usize>,
    local_lengths: Vec<usize>,
    general: OnceLock<Option<Regex>>,
    general_pattern: String,
    national_prefix: Option<Pattern>,
    transform: Option<String>,
    international_prefix: Option<Pattern>,
}

/// A pattern compiled when it is first used: of 245 countries a query meets a few.
struct Pattern {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn new(source: &str) -> Self {
        Self { source: source.to_owned(), compiled: OnceLock::new() }
    }

    /// `None` only where the metadata held an invalid pattern, which a test excludes.
    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(&format!("(?x)^(?:{})", self.source)).ok()).as_ref()
    }
}

struct Plans {
    by_id: HashMap<String, Region>,
    /// The main region of each country code: the United States for 1, Russia for 7.
    main_region: HashMap<String, String>,
}

static PLANS: LazyLock<Plans> = LazyLock::new(|| {
    let mut plans = Plans { by_id: HashMap::new(), main_region: HashMap::new() };
    // By country code, since the plans that belong to no country share one id.
    for plan in (1..=999_u16).filter_map(|code| DATABASE.by_code(&code)).flatten() {
        let country_code = plan.country_code().to_string();
        let (lengths, local_lengths) = lengths_of(plan.descriptors());
        if plan.is_main_country_for_code() || !plans.main_region.contains_key(&country_code) {
            plans.main_region.insert(country_code.clone(), key_of(plan.id(), &country_code));
        }
        let region = Region {
            id: plan.id().to_owned(),
            lengths,
            local_lengths,
            general: OnceLock::new(),
            general_pattern: plan.descriptors().general().national_number().as_str().to_owned(),
            national_prefix: plan
                .national_prefix_for_parsing()
                .map(|pattern| pattern.as_str())
                .or(plan.national_prefix())
                .map(Pattern::new),
            transform: plan.national_prefix_transform_rule().map(str::to_owned),
            international_prefix: plan.international_prefix().map(|pattern| Pattern::new(pattern.as_str())),
            country_code: country_code.clone(),
        };
        plans.by_id.insert(key_of(plan.id(), &country_code), region);
    }
    plans
});

/// The digits that a country's numbers have, and those of numbers that work only within a town. The plan says so for each kind of number, not for all together.
fn lengths_of(kinds: &Descriptors) -> (Vec<usize>, Vec<usize>) {
    let kinds = [
        kinds.fixed_line(),
        kinds.mobile(),
        kinds.toll_free(),
        kinds.premium_rate(),
        kinds.shared_cost(),
        kinds.personal_number(),
        kinds.voip(),
        kinds.pager(),
        kinds.uan(),
        kinds.voicemail(),
    ];
    let mut lengths: Vec<usize> =
        kinds.iter().flatten().flat_map(|kind| kind.possible_length()).map(|digits| usize::from(*digits)).collect();
    let mut local: Vec<usize> =
        kinds.iter().flatten().flat_map(|kind| kind.possible_local_length()).map(|digits| usize::from(*digits)).collect();
    lengths.sort_unstable();
    lengths.dedup();
    local.retain(|length| !lengths.contains(length));
    (lengths, local)
}

/// The codes that no country owns (+800, +883 …) share the id 001.
fn key_of(id: &str, country_code: &str) -> String {
    if id == "001" { format!("001/{country_code}") } else { id.to_owned() }
}

/// The plan of an ISO 3166 alpha-2 code, in either case; `UK` is taken for GB. `None` for a code that no country has.
pub fn region(code: &str) -> Option<&'static Region> {
    let code = code.trim().to_ascii_uppercase();
    let code = if code == "UK" { "GB" } else { &code };
    PLANS.by_id.get(code).filter(|region| region.id != "001")
}

impl Region {
    fn general(&self) -> Option<&Regex> {
        self.general.get_or_init(|| Regex::new(&format!("(?x)^(?:{})$", self.general_pattern)).ok()).as_ref()
    }

    fn is_general(&self, national: &str) -> bool {
        self.lengths.contains(&national.len()) && self.general().is_some_and(|pattern| pattern.is_match(national))
    }

    /// `national` without the prefix that is dialled only within the country, and with what the plan puts in its place (Argentina's 9).
    fn without_national_prefix(&self, national: &str) -> Option<String> {
        let prefix = self.national_prefix.as_ref()?.regex()?;
        // Most numbers have no prefix, and finding that out is several times cheaper without groups.
        if !prefix.is_match(national) {
            return None;
        }
        let found = prefix.captures(national)?;
        let matched = found.get(0)?;
        if matched.is_empty() {
            return None;
        }
        let last_group = (found.len() > 1).then(|| found.get(found.len() - 1)).flatten();
        let stripped = match (&self.transform, last_group) {
            (Some(rule), Some(_)) => {
                let mut stripped = String::new();
                found.expand(&rule.replace("$1", "${1}").replace("$2", "${2}"), &mut stripped);
                stripped + national.get(matched.end()..)?
            }
            _ => national.get(matched.end()..)?.to_owned(),
        };
        if self.is_general(national) && !self.is_general(&stripped) {
            return None;
        }
        let is_too_short = self.lengths.iter().min().is_some_and(|shortest| stripped.len() < *shortest);
        let fits =
            self.lengths.contains(&stripped.len()) || self.lengths.iter().max().is_some_and(|longest| stripped.len() > *longest);
        (!is_too_short && fits && !self.local_lengths.contains(&stripped.len())).then_some(stripped)
    }
}

/// The number in `text` as E.164 (`+442079460018`), or `None` where there is none that its country's plan makes possible.
///
/// Without a region only a number with a plus sign has a meaning. Possible means: the length is one the plan has; whether the number is assigned
/// is not asked, since plans change faster than software. Letters are dialled as on a keypad (`1-800-FLOWERS`), an extension is left out (E.164
/// has none), digits may be of any script. Of two numbers in one text (`a / b`) the first counts.
/// Source: libphonenumber, whose results are the expected values of the tests.
pub fn normalize_phone(text: &str, region: Option<&'static Region>) -> Option<String> {
    let text = plain(text)?;
    let written = Written::read(&text)?;
    let (region, national) =
        if written.is_international { international(&written.digits)? } else { in_region(&written.digits, region?)? };
    let national = region.without_national_prefix(&national).unwrap_or(national);
    let is_possible = NATIONAL_DIGITS.contains(&national.len()) && region.lengths.contains(&national.len());
    is_possible.then(|| format!("+{}{national}", region.country_code))
}

/// The digits of `text` without country or prefix known, extension left out; what two spellings of one number have in common where no region is known.
pub fn phone_digits(text: &str) -> Option<String> {
    Written::read(&plain(text)?).map(|written| written.digits)
}

/// `text` with its digits in ASCII; `None` where it is too long to be a number.
fn plain(text: &str) -> Option<Cow<'_, str>> {
    if text.len() > TEXT_CHARS_MAX && text.chars().nth(TEXT_CHARS_MAX).is_some() {
        return None;
    }
    if text.is_ascii() {
        return Some(Cow::Borrowed(text));
    }
    Some(Cow::Owned(text.nfkc().map(to_ascii_digit).collect()))
}

/// Splits the digits after a plus sign into a country and its national number.
fn international(digits: &str) -> Option<(&'static Region, String)> {
    (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        let region = PLANS.by_id.get(PLANS.main_region.get(code)?)?;
        Some((region, national.to_owned()))
    })
}

/// Reads digits as dialled in `region`: with its prefix for calls abroad, with its own country code, or national.
fn in_region(digits: &str, region: &'static Region) -> Option<(&'static Region, String)> {
    let abroad = region.international_prefix.as_ref().and_then(Pattern::regex).and_then(|prefix| prefix.find(digits));
    if let Some(rest) = abroad.and_then(|prefix| digits.get(prefix.end()..))
        && !rest.is_empty()
        && !rest.starts_with('0')
    {
        return international(rest);
    }
    if let Some(rest) = digits.strip_prefix(region.country_code.as_str()) {
        let national = region.without_national_prefix(rest).unwrap_or_else(|| rest.to_owned());
        let is_too_long = region.lengths.iter().max().is_some_and(|longest| digits.len() > *longest);
        if (!region.is_general(digits) && region.is_general(&national)) || is_too_long {
            return Some((region, rest.to_owned()));
        }
    }
    Some((region, digits.to_owned()))
}

/// A number as written, reduced to digits.
struct Written {
    is_international: bool,
    digits: String,
}

impl Written {
    /// Finds the number in `text`: from its first digit or plus sign, up to an extension, a second number or what cannot be part of one.
    fn read(text: &str) -> Option<Self> {
        let (text, context) = match text.split_once(";phone-context=") {
            Some((number, context)) => {
                (number, context.split(';').next().filter(|context| context.starts_with('+')).unwrap_or_default())
            }
            None => (text, ""),
        };
        let text = text.split(";isub=").next()?;
        let start = text.find(|letter: char| letter == '+' || letter.is_ascii_digit())?;
        // An e-mail address or an identifier with digits in it is not a phone number; a label before one is.
        let before = text.get(..start)?;
        if before.ends_with(|letter: char| letter.is_alphabetic() || letter == '@' || letter == '_') {
            return None;
        }
        let number = without_extension(first_number(text.get(start..)?));
        let letters = number.chars().filter(char::is_ascii_alphabetic).count();
        let mut digits: String = context.chars().filter(char::is_ascii_digit).collect();
        for letter in number.chars() {
            match letter {
                '0'..='9' => digits.push(letter),
                // Fewer than three letters are a slip or an abbreviation and are not dialled.
                'a'..='z' | 'A'..='Z' if leading_digits(number) < 3 => return None,
                'a'..='z' | 'A'..='Z' if letters >= 3 => digits.extend(keypad_digit(letter)),
                'a'..='z' | 'A'..='Z' => {}
                _ if is_separator(letter) => {}
                _ => return None,
            }
        }
        let is_international = number.starts_with('+') || !context.is_empty();
        // People write +00 49 for +49 and 00 49.
        let digits = if is_international { digits.strip_prefix("00").unwrap_or(&digits).to_owned() } else { digits };
        NATIONAL_DIGITS.contains(&digits.len().min(17)).then_some(Self { is_international, digits })
    }
}

/// The digits that stand before the first letter.
fn leading_digits(number: &str) -> usize {
    number.chars().take_while(|letter| !letter.is_ascii_alphabetic()).filter(char::is_ascii_digit).count()
}

/// Cuts a second number (`530 583 6985 / x302`) and trailing marks off.
fn first_number(text: &str) -> &str {
    let end = text
        .char_indices()
        .find(|(at, letter)| {
            matches!(letter, '/' | '\\') && text.get(at + 1..).is_some_and(|rest| rest.trim_start_matches(' ').starts_with('x'))
        })
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text).trim_end_matches(|letter: char| !letter.is_alphanumeric() && letter != '#')
}

/// Cuts `ext. 12`, `x12`, `;ext=12`, `#12` and their like off the end.
fn without_extension(number: &str) -> &str {
    const LABELS: [&str; 14] =
        [";ext=", "extension", "extensión", "extensio", "extn", "ext", "xtn", "доб", "anexo", "int", "x", "#", "~", ",,"];
    let trimmed = number.trim_end_matches('#');
    let label_end = trimmed.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let extension = trimmed.len() - label_end.len();
    if extension == 0 || extension > 20 {
        return number;
    }
    let labelled = label_end.trim_end_matches([' ', '.', ':', '\t', '-']);
    for label in LABELS {
        let cut = labelled.len().checked_sub(label.len()).and_then(|at| labelled.split_at_checked(at));
        if let Some((before, end)) = cut
            && end.to_lowercase() == label
            && before.chars().filter(char::is_ascii_digit).count() >= 3
        {
            return before.trim_end_matches(|letter: char| !letter.is_ascii_digit());
        }
    }
    number
}

fn is_separator(letter: char) -> bool {
    matches!(letter, '+' | '-' | '(' | ')' | '[' | ']' | '.' | '/' | '~' | '*' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}'
        | '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2053}' | '\u{223C}')
        || letter.is_whitespace()
}

fn keypad_digit(letter: char) -> Option<char> {
    const KEYS: &[u8; 26] = b"22233344455566677778889999";
    u8::try_from(letter.to_ascii_lowercase())
        .ok()
        .and_then(|letter| KEYS.get(usize::from(letter.wrapping_sub(b'a'))))
        .map(|key| char::from(*key))
}

/// The decimal digit of another script in ASCII. Full-width digits are ASCII already, by NFKC.
fn to_ascii_digit(letter: char) -> char {
    /// The zeros of the scripts in daily use: Arabic, Persian, N'Ko, Indic scripts, Thai, Lao, Tibetan, Myanmar, Khmer, Mongolian.
    const ZEROS: [u32; 19] = [
        0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0,
        0x0F20, 0x1040, 0x17E0, 0x1810,
    ];
    if letter.is_ascii() {
        return letter;
    }
    let code = u32::from(letter);
    ZEROS.iter().find_map(|zero| code.checked_sub(*zero).and_then(|digit| char::from_digit(digit, 10))).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn e164(text: &str, code: &str) -> Option<String> {
        normalize_phone(text, region(code))
    }

    /// Google's libphonenumber in its Python port, `phonenumbers` 9.0: `format_number(parse(text, region), E164)` where `is_possible_number_with_reason` is IS_POSSIBLE.
    #[test]
    fn numbers_are_those_of_libphonenumber() {
        let cases = [
            ("020 7946 0018", "GB", Some("+442079460018")),
            ("+44 (0)20 7946 0018", "GB", Some("+442079460018")),
            ("0044 20 7946 0018", "DE", Some("+442079460018")),
            ("(650) 253-0000 ext. 12", "US", Some("+16502530000")),
            ("1-800-FLOWERS", "US", Some("+18003569377")),
            ("011 44 20 7946 0018", "US", Some("+442079460018")),
            ("030/123456", "DE", Some("+4930123456")),
            ("tel:+49-30-123456;ext=9", "US", Some("+4930123456")),
            ("02 3661 8300", "IT", Some("+390236618300")),
            ("8 (800) 123-45-67", "RU", Some("+78001234567")),
            ("+7 800 123-45-67", "RU", Some("+78001234567")),
            ("011 15-2345-6789", "AR", Some("+5491123456789")),
            ("٠٢٠ ٧٩٤٦ ٠٠١٨", "GB", Some("+442079460018")),
            ("０２０７９４６００１８", "gb", Some("+442079460018")),
            ("253-0000", "US", None),
            ("12", "US", None),
            ("hello 12", "US", None),
            ("", "US", None),
            ("+", "US", None),
            ("ann1234567@example.com", "US", None),
            ("😀😀😀", "GB", None),
            ("+999 123456789", "GB", None),
            ("00000000000000000000000000000000", "US", None),
        ];
        for (text, code, expected) in cases {
            assert_eq!(e164(text, code).as_deref(), expected, "{text} in {code}");
        }
    }

    #[test]
    fn without_a_region_only_a_plus_sign_says_where() {
        assert_eq!(normalize_phone("+39 02 3661 8300", None).as_deref(), Some("+390236618300"));
        assert_eq!(normalize_phone("+800 1234 5678", None).as_deref(), Some("+80012345678"));
        assert_eq!(normalize_phone("020 7946 0018", None), None);
        assert!(region("XX").is_none() && region("001").is_none() && region("").is_none() && region("uk").is_some());
    }

    #[test]
    fn every_plan_compiles() {
        for plan in PLANS.by_id.values() {
            let prefixes = [&plan.national_prefix, &plan.international_prefix];
            assert!(plan.general().is_some(), "{}", plan.id);
            assert!(prefixes.into_iter().flatten().all(|prefix| prefix.regex().is_some()), "{}", plan.id);
        }
        assert!(PLANS.by_id.len() > 240);
    }

    #[test]
    fn a_megabyte_is_no_number() {
        assert_eq!(e164(&"1".repeat(1 << 20), "US"), None);
        assert_eq!(e164(&"+".repeat(1 << 20), "US"), None);
    }
}
