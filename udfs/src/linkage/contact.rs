//! One incoming contact against profiles: which may be that person, and how sure that is, without anything learnt.
//!
//! A profile is looked at where it agrees in one value that few share: an e-mail address, a telephone, an identity number, the whole name or
//! the day of birth. Its odds are those of the surest [key](super::key) on which it agrees, times what the other fields say; both are
//! conventions. Of a million profiles nearly all are passed over by a look at a few letters.

use super::chances::is_shared;
use super::field::Field;
use super::key::KEYS;
use super::levels::{EQUAL, EXCHANGED, MISSING, Side, compare, levels};
use super::normal_form::normal_form;
use super::person::{Blocked, PersonReader};
use super::values::Sketch;

/// The odds of one who has the whole name are even; of one who has the day of birth alone one to nineteen.
const NAME: f64 = 0.5;
const BIRTH_DATE: f64 = 0.05;
/// Profiles that are less likely, each by itself, are none.
const LEAST: f64 = 0.05;
/// So many last digits of a telephone are looked at: before them the zero of a national number may stand or be left out.
const DIGITS: usize = 4;
/// More than that no agreement says: some contacts are given wrongly.
const BITS_MAX: f64 = 13.0;

/// Bits for one person where two values are equal, are similar, and are different. People of one name and day are one nearly always, and
/// who has another given name or day is another nearly always; but people marry, move, and have several addresses and telephones.
const fn bits(field: Field) -> [f64; 3] {
    match field {
        Field::NationalId => [7.0, 3.0, -5.0],
        Field::Email => [6.0, 2.0, -0.5],
        Field::BirthDate => [6.0, 2.0, -5.0],
        Field::Phone => [5.0, 1.5, -0.5],
        Field::FamilyName => [4.0, 1.5, -1.5],
        Field::Street => [4.0, 1.5, -1.0],
        Field::GivenName => [3.0, 1.0, -4.0],
        Field::Postcode => [3.0, 0.5, -1.0],
        Field::Company => [2.0, 0.5, -0.5],
        Field::City | Field::HouseNumber | Field::AddressLine => [1.0, 0.5, -0.5],
        _ => [0.5, 0.0, -0.5],
    }
}

/// A profile that may be the contact.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// That it is the contact and nobody is not.
    pub odds: f64,
    /// The fields that agree, those that say most first.
    pub matched_by: String,
}

/// What is looked for in the columns of profiles.
#[derive(Debug)]
pub struct Contact {
    country: Option<String>,
    columns: Vec<Field>,
    facts: Vec<(Field, String)>,
    keys: Vec<(usize, u64)>,
    reader: PersonReader,
    looks: Vec<Look>,
}

/// A cheap look at some columns: it never says no to a profile that agrees.
#[derive(Debug)]
struct Look {
    columns: Vec<usize>,
    sign: Sign,
}

#[derive(Debug)]
enum Sign {
    /// The end of a mailbox.
    Mailbox(String),
    /// The last digits.
    Digits(String),
    /// The last letters and digits, in upper case.
    Identifier(String),
    /// A day as `1971-06-24`.
    Day(String),
    /// Words that must all be there, in one column or another.
    Words(Vec<Word>),
}

/// A field with what is said of it.
type Fact = (Field, String);
/// A key with the hash of what fills it.
type Key = (usize, u64);

/// What a record with these columns tells: its facts, and the hashes of its keys.
fn read(reader: &mut PersonReader, columns: &[Field], texts: &[Option<&str>], country: Option<&str>) -> (Vec<Fact>, Vec<Key>) {
    let forms: Vec<Option<String>> =
        columns.iter().zip(texts).map(|(field, text)| normal_form(*field, (*text)?, country)).collect();
    let row: Vec<Option<&str>> = forms.iter().map(Option::as_deref).collect();
    let slots: Vec<usize> = reader.slots().collect();
    let mut hashes = vec![vec![]; slots.len()];
    reader.read(&row, &mut hashes);
    let facts = reader.told().into_iter().zip(reader.texts()).filter(|(_, text)| !text.is_empty());
    let facts = facts.map(|(field, text)| (field, text.to_owned())).collect();
    let keys = slots.into_iter().zip(hashes).filter_map(|(slot, hashes)| Some((slot, hashes.first().copied()?)));
    (facts, keys.filter(|(_, hash)| *hash != 0).collect())
}

fn reader(columns: &[Field]) -> PersonReader {
    PersonReader::new(columns.to_vec(), 0.0, Blocked::default())
}

/// Whether a contact of whom these fields are given can be looked for in profiles of which these are known.
pub fn can_identify(given: &[Field], columns: &[Field]) -> bool {
    let told = |columns: &[Field]| reader(columns).told();
    let (given, columns) = (told(given), told(columns));
    let both = |field: &Field| given.contains(field) && columns.contains(field);
    [Field::Email, Field::Phone, Field::NationalId, Field::BirthDate].iter().any(both)
        || [Field::GivenName, Field::FamilyName].iter().all(both)
}

/// Whether a column of this field says something about a contact of whom these are given.
pub fn is_asked(column: Field, given: &[Field]) -> bool {
    let has = |fields: &[Field]| given.iter().any(|field| fields.contains(field));
    match column {
        Field::GivenName | Field::FamilyName | Field::Name => has(&[Field::GivenName, Field::FamilyName, Field::Name]),
        Field::BirthDate | Field::BirthYear | Field::BirthMonth | Field::BirthDay => has(&[Field::BirthDate]),
        other => given.contains(&other),
    }
}

impl Contact {
    /// A contact of whom this is given, to be looked for in profiles with these columns, of a country by its ISO 3166 alpha-2 code.
    pub fn new(given: &[(Field, Option<&str>)], columns: &[Field], country: Option<&str>) -> Self {
        let (fields, texts): (Vec<Field>, Vec<Option<&str>>) = given.iter().copied().unzip();
        let (facts, keys) = read(&mut reader(&fields), &fields, &texts, country);
        let at = |wanted: &[Field]| -> Vec<usize> {
            columns.iter().enumerate().filter(|(_, field)| wanted.contains(field)).map(|(column, _)| column).collect()
        };
        let mut looks = vec![];
        let words = |field: Field| facts.iter().filter(move |(other, _)| *other == field).flat_map(|(_, text)| text.split(' '));
        let names = || words(Field::GivenName).chain(words(Field::FamilyName)).map(Word::new).collect();
        let has_name = [Field::GivenName, Field::FamilyName].iter().all(|field| facts.iter().any(|(other, _)| other == field));
        if has_name {
            let columns = at(&[Field::GivenName, Field::FamilyName, Field::Name]);
            looks.push(Look { columns, sign: Sign::Words(names()) });
        }
        for (field, text) in &facts {
            let sign = match field {
                Field::Email => Sign::Mailbox(text.split('@').next().unwrap_or_default().replace('.', "")),
                Field::Phone => Sign::Digits(text.get(text.len().saturating_sub(DIGITS)..).unwrap_or(text).to_owned()),
                Field::NationalId => Sign::Identifier(text.clone()),
                Field::BirthDate => Sign::Day(text.clone()),
                _ => continue,
            };
            looks.push(Look { columns: at(&[*field]), sign });
        }
        // Days that are in three columns are read.
        let parts = at(&[Field::BirthYear]);
        looks
            .iter_mut()
            .filter(|look| matches!(look.sign, Sign::Day(_)) && look.columns.is_empty())
            .for_each(|look| look.columns.clone_from(&parts));
        Self { country: country.map(str::to_owned), columns: columns.to_vec(), facts, keys, reader: reader(columns), looks }
    }

    /// The day of birth that is given, as `1971-06-24`.
    pub fn birth_date(&self) -> Option<&str> {
        self.facts.iter().find(|(field, _)| *field == Field::BirthDate).map(|(_, text)| text.as_str())
    }

    /// Whether a profile may agree in one value that few share. Cheap; a few that do not agree pass.
    pub fn may_be<'a>(&self, text: impl Fn(usize) -> Option<&'a str>) -> bool {
        self.looks.iter().any(|look| look.sees(&text, &self.columns))
    }

    /// How likely a profile is the contact; `None` where it agrees in nothing that few share, or where too much speaks against it.
    pub fn candidate(&mut self, texts: &[Option<&str>]) -> Option<Candidate> {
        let (facts, keys) = read(&mut self.reader, &self.columns, texts, self.country.as_deref());
        let levels = self.levels(&facts);
        let level = |field: Field| levels.iter().find(|(other, _)| *other == field).map_or(MISSING, |(_, level)| *level);
        let differs = |field: Field| usize::from(level(field)) == super::levels::levels(field).len();
        let is_another = [Field::GivenName, Field::BirthDate, Field::NationalId].into_iter().any(differs);
        let agreed = keys.iter().filter(|key| self.keys.contains(key)).filter_map(|(key, _)| KEYS.get(*key));
        let sound = agreed.filter(|key| key.contradicted_by.is_none_or(|field| !differs(field)));
        let named = [(Field::GivenName, Field::FamilyName)]
            .iter()
            .all(|(given, family)| level(*given) == EXCHANGED || (level(*given) == EQUAL && level(*family) == EQUAL));
        const NAMES: &[Field] = &[Field::Name];
        const DAYS: &[Field] = &[Field::BirthDate];
        let name = named.then_some((NAME, NAMES));
        let day = (level(Field::BirthDate) == EQUAL).then_some((BIRTH_DATE, DAYS));
        let all = sound.map(|key| (key.probability, key.fields)).chain(name).chain(day);
        let (probability, fields) = all.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
        let is_of_key = |field: Field| {
            let is_name = matches!(field, Field::GivenName | Field::FamilyName);
            fields.contains(&field) || (is_name && fields.contains(&Field::Name))
        };
        let mut bits = (probability / (1.0 - probability)).log2();
        for (field, level) in levels.iter().filter(|(field, _)| !is_of_key(*field)) {
            let said = bits_at(*field, *level);
            // What a household shares says nothing for somebody with another given name.
            bits += if is_another && is_shared(*field) { said.min(0.0) } else { said };
        }
        let odds = bits.min(BITS_MAX).exp2();
        (odds / (1.0 + odds) >= LEAST).then(|| Candidate { odds, matched_by: matched_by(&levels) })
    }

    /// The level of each field that both tell; of several values those that are most alike.
    fn levels(&self, facts: &[(Field, String)]) -> Vec<(Field, u8)> {
        let mut found: Vec<(Field, u8)> = vec![];
        for (field, one) in &self.facts {
            for (_, other) in facts.iter().filter(|(of, _)| of == field) {
                let level = if one == other { EQUAL } else { compare(*field, side(*field, one), side(*field, other)) };
                match found.iter_mut().find(|(of, _)| of == field) {
                    Some((_, best)) => *best = (*best).min(level),
                    None => found.push((*field, level)),
                }
            }
        }
        let of =
            |facts: &[(Field, String)], field: Field| facts.iter().find(|(of, _)| *of == field).map(|(_, text)| text.clone());
        let crossed =
            [(Field::GivenName, Field::FamilyName), (Field::FamilyName, Field::GivenName)].iter().all(|(one, other)| {
                let (one, other) = (of(&self.facts, *one), of(facts, *other));
                one.is_some() && one == other
            });
        let is_equal = found.iter().any(|(field, level)| *field == Field::GivenName && *level == EQUAL);
        if crossed && !is_equal {
            found.retain(|(field, _)| *field != Field::FamilyName);
            found.iter_mut().filter(|(field, _)| *field == Field::GivenName).for_each(|(_, level)| *level = EXCHANGED);
        }
        found
    }
}

fn side(field: Field, text: &str) -> Side<'_> {
    Side { text, sketch: Sketch::of(field, text) }
}

fn bits_at(field: Field, level: u8) -> f64 {
    let [equal, similar, different] = bits(field);
    match level {
        MISSING => 0.0,
        EQUAL => equal,
        level if usize::from(level) == levels(field).len() => different,
        _ => similar,
    }
}

/// `email, given_name (one letter)`.
fn matched_by(found: &[(Field, u8)]) -> String {
    let mut agreeing: Vec<(f64, String)> = vec![];
    for (field, level) in found {
        let (bits, of_field) = (bits_at(*field, *level), levels(*field));
        match of_field.get(usize::from(level.saturating_sub(EQUAL))) {
            Some(how) if *level != EQUAL && bits > 0.0 => agreeing.push((bits, format!("{} ({how})", field.name()))),
            _ if *level == EQUAL => agreeing.push((bits, field.name().to_owned())),
            _ => {}
        }
    }
    agreeing.sort_by(|(one, name), (other, of_other)| other.total_cmp(one).then_with(|| name.cmp(of_other)));
    agreeing.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(", ")
}

impl Look {
    fn sees<'a>(&self, text: &impl Fn(usize) -> Option<&'a str>, columns: &[Field]) -> bool {
        let texts = || self.columns.iter().filter_map(|column| text(*column));
        match &self.sign {
            Sign::Words(words) => words.iter().all(|word| texts().any(|text| word.may_be_in(text))),
            Sign::Day(_) if self.columns.iter().any(|column| columns.get(*column) == Some(&Field::BirthYear)) => {
                texts().next().is_some()
            }
            sign => texts().any(|text| !text.is_ascii() || sign.is_in(text)),
        }
    }
}

impl Sign {
    /// Whether a text of ASCII letters may have it.
    fn is_in(&self, text: &str) -> bool {
        match self {
            // Behind a plus sign may be a tag, which is no part of the mailbox.
            Self::Mailbox(mailbox) => text.rsplit_once('@').is_some_and(|(local, _)| {
                let ends = |local: &str| ends_with(local.bytes().filter(|letter| *letter != b'.'), mailbox.bytes());
                ends(local) || local.split_once('+').is_some_and(|(untagged, _)| ends(untagged))
            }),
            // Letters may be dialled or begin an extension.
            Self::Digits(digits) => {
                let is_plain = |letter: u8| !letter.is_ascii_alphabetic() && !matches!(letter, b'#' | b';' | b',');
                !text.bytes().all(is_plain) || ends_with(text.bytes().filter(u8::is_ascii_digit), digits.bytes())
            }
            Self::Identifier(identifier) => ends_with(text.bytes().filter(u8::is_ascii_alphanumeric), identifier.bytes()),
            Self::Day(day) => text == day || text.len() != day.len() || text.as_bytes().get(4) != Some(&b'-'),
            Self::Words(_) => true,
        }
    }
}

/// Whether letters end with others, in any case.
fn ends_with(letters: impl DoubleEndedIterator<Item = u8>, end: impl DoubleEndedIterator<Item = u8>) -> bool {
    let mut letters = letters.rev();
    end.rev().all(|wanted| letters.next().is_some_and(|letter| letter.eq_ignore_ascii_case(&wanted)))
}

/// The letters and digits of a word, looked for in texts as by the shift-and of R. Baeza-Yates and G. Gonnet, A New Approach to Text Searching
/// (1992): a bit for each letter of the word says whether the text so far ends with the word up to it.
#[derive(Debug)]
struct Word {
    /// For each ASCII letter or digit, in any case, where the word has it.
    places: [u64; 128],
    last: u64,
    is_ascii: bool,
}

impl Word {
    fn new(word: &str) -> Self {
        let mut places = [0; 128];
        let letters = word.bytes().filter(u8::is_ascii_alphanumeric).take(63);
        let mut last = 1;
        for letter in letters {
            for case in [letter.to_ascii_lowercase(), letter.to_ascii_uppercase()] {
                places.get_mut(usize::from(case)).into_iter().for_each(|places| *places |= last);
            }
            last <<= 1;
        }
        Self { places, last, is_ascii: word.is_ascii() }
    }

    /// Whether a text may have the word's letters in a row, whatever other signs are between them: `O'Brien` has those of `obrien`. Of a
    /// letter that is not ASCII no more is asked than that it stands for three at most, as `ü` for `ue`, or for none, as an accent.
    fn may_be_in(&self, text: &str) -> bool {
        if !self.is_ascii {
            return !text.is_ascii();
        }
        let mut begun = 1;
        for letter in text.bytes() {
            begun = match letter {
                _ if letter.is_ascii_alphanumeric() => {
                    (begun & self.places.get(usize::from(letter)).copied().unwrap_or_default()) << 1 | 1
                }
                // A letter, at its first byte.
                0xC0.. => begun | begun << 1 | begun << 2 | begun << 3,
                _ => begun,
            };
            // A letter that is not ASCII may have jumped over the last.
            if begun >= self.last {
                return true;
            }
        }
        begun >= self.last
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: [Field; 7] =
        [Field::GivenName, Field::FamilyName, Field::Email, Field::Phone, Field::BirthDate, Field::Postcode, Field::NationalId];
    const ANN: [Option<&str>; 7] = [
        Some("Ann"),
        Some("Lee"),
        Some("Ann.Lee@gmail.com"),
        Some("+44 20 7946 0018"),
        Some("1971-06-24"),
        Some("SW1A 1AA"),
        Some("AB-12345"),
    ];

    fn found(given: &[(Field, &str)], profile: &[Option<&str>]) -> Option<(f64, String)> {
        let given: Vec<(Field, Option<&str>)> = given.iter().map(|(field, text)| (*field, Some(*text))).collect();
        let mut contact = Contact::new(&given, &COLUMNS, None);
        let candidate = contact.candidate(profile);
        let may_be = contact.may_be(|column| profile[column]);
        assert!(may_be || candidate.is_none(), "passed over: {candidate:?}");
        candidate.map(|found| (found.odds / (1.0 + found.odds), found.matched_by))
    }

    fn probability(given: &[(Field, &str)], profile: &[Option<&str>]) -> f64 {
        found(given, profile).map_or(0.0, |(probability, _)| probability)
    }

    #[test]
    fn a_key_alone_has_its_probability() {
        for (given, expected, matched_by) in [
            (vec![(Field::Email, "annlee+news@googlemail.com")], 0.98, "email"),
            (vec![(Field::Phone, "(020) 7946-0018")], 0.95, "phone"),
            (vec![(Field::NationalId, "ab12345")], 0.99, "national_id"),
            (vec![(Field::Name, "Lee, Ann")], 0.5, "family_name, given_name"),
            (vec![(Field::Name, "Dr. Ann Lee"), (Field::BirthDate, "24.6.1971")], 0.96, "birth_date, family_name, given_name"),
            (vec![(Field::GivenName, "Lee"), (Field::FamilyName, "Ann")], 0.5, "given_name (exchanged)"),
        ] {
            let (probability, by) = found(&given, &ANN).unwrap();
            assert!((probability - expected).abs() < 1e-9, "{given:?}: {probability}");
            assert_eq!(by, matched_by);
        }
    }

    #[test]
    fn what_else_agrees_adds_and_what_differs_takes_away() {
        let email = (Field::Email, "ann.lee@gmail.com");
        // log2(0.98 / 0.02) = 5.61 bits, with 3 for the given name, 4 less for another one.
        let by_hand = |bits: f64| 1.0 - 1.0 / (1.0 + (49_f64.log2() + bits).exp2());
        assert!((probability(&[email, (Field::GivenName, "Ann")], &ANN) - by_hand(3.0)).abs() < 1e-9);
        assert!((probability(&[email, (Field::GivenName, "Bo")], &ANN) - by_hand(-4.0)).abs() < 1e-9);
        // A husband of the same address: the family name says nothing.
        let husband = [email, (Field::GivenName, "Bo"), (Field::FamilyName, "Lee"), (Field::Postcode, "SW1A 1AA")];
        assert!((probability(&husband, &ANN) - by_hand(-4.0)).abs() < 1e-9);
        // Another name on a telephone is a family's: 0.80, less 4 bits.
        let phone = probability(&[(Field::Phone, "020 7946 0018"), (Field::GivenName, "Bo")], &ANN);
        assert!((phone - 0.2).abs() < 1e-9, "{phone}");
    }

    #[test]
    fn who_agrees_in_nothing_that_few_share_is_nobody() {
        assert_eq!(found(&[(Field::Email, "bo.lee@gmail.com")], &ANN), None);
        assert_eq!(found(&[(Field::GivenName, "Ann"), (Field::Postcode, "SW1A 1AA")], &ANN), None);
        assert_eq!(found(&[(Field::BirthDate, "1971-06-24"), (Field::Name, "Bo Ek")], &ANN), None);
        assert_eq!(found(&[(Field::Email, "none@none.com")], &[Some("none@none.com"); 7]), None);
        assert_eq!(found(&[(Field::Email, "ann.lee@gmail.com")], &[None; 7]), None);
        let (probability, by) = found(&[(Field::BirthDate, "1971-06-24"), (Field::Name, "Ann Leigh")], &ANN).unwrap();
        assert!(probability < 0.5 && by.starts_with("birth_date, given_name"), "{probability} {by}");
    }

    #[test]
    fn what_cannot_be_looked_for_is_known_before() {
        assert!(can_identify(&[Field::Email], &[Field::Email]) && !can_identify(&[Field::Email], &[Field::Phone]));
        assert!(can_identify(&[Field::Name], &[Field::GivenName, Field::FamilyName]));
        assert!(!can_identify(&[Field::GivenName], &[Field::GivenName, Field::FamilyName]));
        assert!(can_identify(&[Field::BirthDate], &[Field::BirthYear, Field::BirthMonth, Field::BirthDay]));
        assert!(!can_identify(&[Field::City], &[Field::City]));
    }

    #[test]
    fn a_word_may_be_in_a_text_in_any_spelling() {
        for (word, text) in [
            ("obrien", "Pat O'Brien"),
            ("ann", "an n\u{e9}"),
            ("mueller", "MÜLLER"),
            ("muller", "Mu\u{308}ller"),
            ("strasser", "Straßer"),
            ("ann", "Annika"),
        ] {
            assert!(Word::new(word).may_be_in(text), "{word} in {text}");
        }
        for (word, text) in [("lee", "Lea"), ("miller", "Mül"), ("weber", "Müller"), ("ann", "")] {
            assert!(!Word::new(word).may_be_in(text), "{word} in {text}");
        }
        let long = "ab".repeat(500_000);
        assert!(Word::new(&long).may_be_in(&long) && !Word::new(&long).may_be_in("ab"));
    }

    proptest! {
        /// A cheap look passes over nobody whose value is the same in another spelling.
        #[test]
        fn a_look_passes_over_nobody_who_agrees(
            email in "[ <\"]{0,2}[a-cA-C.+]{1,6}@(gmail|googlemail|x)\\.(com|COM)[>. ]{0,2}",
            other in "[a-cA-C.+]{1,6}@(gmail|x)\\.com",
            phone in "[+(]{0,1}[0-3 ()./-]{6,16}(ext 1|x2|)",
            number in "[0-3 -]{7,12}",
            name in "(Dr\\. |)[A-CSÀÉß'. -]{1,6} [a-cséæüß\u{301}\u{308}'-]{1,6}(, [A-C]{1,3}|)",
            same in "[acesu]{1,4} [acesu]{1,4}",
        ) {
            let columns = [Field::Email, Field::Phone, Field::Name];
            let given = [(Field::Email, Some(other.as_str())), (Field::Phone, Some(number.as_str())), (Field::Name, Some(same.as_str()))];
            for one in given {
                let mut contact = Contact::new(&[one], &columns, None);
                let profile = [Some(email.as_str()), Some(phone.as_str()), Some(name.as_str())];
                let candidate = contact.candidate(&profile);
                prop_assert!(candidate.is_none() || contact.may_be(|column| profile[column]), "{one:?} {profile:?}");
            }
        }
    }
}
