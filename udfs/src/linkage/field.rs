//! What a column says about a person, recognised by its name.

use super::namings::{NAMINGS, NOTHING, WHOSE};
use crate::text::fold::fold_into;

/// A fact about a person that records can agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    Email,
    Phone,
    GivenName,
    /// Further given names, in a column of their own.
    MiddleName,
    FamilyName,
    /// The second of two surnames, in a column of its own.
    SecondFamilyName,
    /// Given and family name in one column.
    Name,
    BirthDate,
    BirthYear,
    BirthMonth,
    BirthDay,
    Postcode,
    NationalId,
    Street,
    HouseNumber,
    City,
    Region,
    Company,
    /// The second line of an address: a building, a floor, an estate.
    AddressLine,
}

impl Field {
    /// The field of that name in `match_on`.
    pub fn named(name: &str) -> Option<Self> {
        NAMINGS.iter().find(|naming| naming.name == name).map(|naming| naming.field)
    }

    /// What a column of this name means: `email`, `customer_email`, `Email2` and `emailAddress` are e-mail addresses,
    /// `email_opt_in` is nothing.
    pub fn of_column(column: &str) -> Option<Self> {
        let words = words_of(column);
        // The number is a part of some names: a second line of an address is no second street.
        Self::of_words(&words).or_else(|| Self::of_words(&without_number(words)))
    }

    fn of_words(words: &[String]) -> Option<Self> {
        let mut words = words;
        loop {
            let name = words.join("_");
            if let Some(naming) = NAMINGS.iter().find(|naming| naming.columns.contains(&name.as_str())) {
                return Some(naming.field);
            }
            match words {
                [whose, rest @ ..] if WHOSE.contains(&whose.as_str()) && !rest.is_empty() => words = rest,
                _ => return None,
            }
        }
    }

    /// Whether it is a name of a person, or a part of one.
    pub const fn is_name_of_person(self) -> bool {
        matches!(self, Self::GivenName | Self::MiddleName | Self::FamilyName | Self::SecondFamilyName | Self::Name)
    }

    pub fn name(self) -> &'static str {
        NAMINGS.iter().find(|naming| naming.field == self).map_or("", |naming| naming.name)
    }

    /// Every field's name, for errors.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMINGS.iter().map(|naming| naming.name)
    }

    /// The field's name with a few of its column names, for the error that nothing was found.
    pub fn looked_for() -> String {
        let shown = NAMINGS.iter().map(|naming| {
            format!("{} ({}, …)", naming.name, naming.columns.iter().take(3).copied().collect::<Vec<_>>().join(", "))
        });
        shown.collect::<Vec<_>>().join("; ")
    }
}

/// Whether the name of a column says nothing of what it holds: `c3`, `col_7`, `value`, `contact`.
pub fn says_nothing(column: &str) -> bool {
    let words = words_of(column);
    let is_nothing = |word: &String| {
        let letters = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
        letters.is_empty() || NOTHING.contains(&letters)
    };
    !words.is_empty() && words.iter().all(is_nothing)
}

/// The words of a column's name in lower case and without accents.
fn words_of(column: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for letter in column.chars() {
        let starts_word = letter.is_uppercase() && was_lower;
        if (starts_word || !letter.is_alphanumeric()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            fold_into(letter.encode_utf8(&mut [0; 4]), word);
        }
        was_lower = letter.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Without a number or a counter such as `c1` at the end.
fn without_number(mut words: Vec<String>) -> Vec<String> {
    if words.len() > 1 && words.last().is_some_and(|word| is_counter(word)) {
        words.pop();
    } else if let Some(last) = words.last_mut() {
        last.truncate(last.trim_end_matches(|letter: char| letter.is_ascii_digit()).len());
    }
    words
}

/// The first of several columns alone (`fname_c1`, `email_1`): a second one is another value, not another spelling of the first.
fn is_counter(word: &str) -> bool {
    word == "c1" || word.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_their_names() {
        let cases = [
            ("email", Some(Field::Email)),
            ("E-Mail", Some(Field::Email)),
            ("customer_email", Some(Field::Email)),
            ("Email2", Some(Field::Email)),
            ("emailAddress", Some(Field::Email)),
            ("homePhone", Some(Field::Phone)),
            ("MOBILE", Some(Field::Phone)),
            ("fname_c1", Some(Field::GivenName)),
            ("FirstName", Some(Field::GivenName)),
            ("surname", Some(Field::FamilyName)),
            ("customer_name", Some(Field::Name)),
            ("dob", Some(Field::BirthDate)),
            ("birth_year", Some(Field::BirthYear)),
            ("zip", Some(Field::Postcode)),
            ("zip5", Some(Field::Postcode)),
            ("soc_sec_id", Some(Field::NationalId)),
            ("email_opt_in", None),
            ("company_name", Some(Field::Company)),
            ("street_name", Some(Field::Street)),
            ("address_1", Some(Field::Street)),
            ("billing_address_2", Some(Field::AddressLine)),
            ("address_3", Some(Field::Street)),
            ("user", None),
            ("contact", None),
            ("fname_c2", Some(Field::MiddleName)),
            ("lname_c2", Some(Field::SecondFamilyName)),
            ("middleName", Some(Field::MiddleName)),
            ("segundo_apellido", Some(Field::SecondFamilyName)),
            ("surname2", Some(Field::SecondFamilyName)),
            ("notes", None),
            ("comment", None),
            ("bemerkung", None),
            ("username", None),
            ("id", None),
            ("", None),
        ];
        for (column, expected) in cases {
            assert_eq!(Field::of_column(column), expected, "{column}");
        }
    }

    /// Given name, family name, full name, birth date, e-mail, telephone, street, house number, postcode, city, identity number,
    /// company, and the parts of a date and of a name, as people of four languages call them.
    #[test]
    fn columns_are_known_in_four_languages() {
        const FIELDS: [Field; 17] = [
            Field::GivenName,
            Field::FamilyName,
            Field::Name,
            Field::BirthDate,
            Field::Email,
            Field::Phone,
            Field::Street,
            Field::HouseNumber,
            Field::Postcode,
            Field::City,
            Field::NationalId,
            Field::Company,
            Field::BirthYear,
            Field::BirthMonth,
            Field::MiddleName,
            Field::Region,
            Field::Phone,
        ];
        let languages = [
            "first_name last_name full_name date_of_birth email phone_number street house_number zip_code city ssn company birth_year \
             birth_month middle_name state mobile",
            "Vorname Nachname Voller_Name Geburtsdatum E-Mail-Adresse Telefonnummer Straße Hausnummer Postleitzahl Wohnort Steuer_ID Firma \
             Geburtsjahr Geburtsmonat Zweiter_Vorname Bundesland Handy_Nr",
            "prénom nom nom_complet date_de_naissance courriel téléphone rue numéro_de_rue code_postal ville numéro_sécurité_sociale \
             entreprise année_de_naissance mois_de_naissance deuxième_prénom région téléphone_portable",
            "nombre apellidos nombre_completo fecha_de_nacimiento correo_electrónico teléfono calle número_de_calle código_postal ciudad dni \
             empresa año_de_nacimiento mes_de_nacimiento segundo_nombre provincia móvil",
        ];
        for language in languages {
            for (column, field) in language.split_whitespace().zip(FIELDS) {
                assert_eq!(Field::of_column(column), Some(field), "{column}");
            }
        }
    }

    #[test]
    fn some_names_say_nothing() {
        for name in ["c3", "col_7", "contact", "value", "Column1", "contact_value", "_1", "Feld 12"] {
            assert!(says_nothing(name) && Field::of_column(name).is_none(), "{name}");
        }
        for name in ["notes", "sales_rep_contact", "created_at", "email", "contact_email", "newsletter", ""] {
            assert!(!says_nothing(name), "{name}");
        }
    }

    #[test]
    fn every_field_is_found_by_its_own_name() {
        for name in Field::names() {
            assert_eq!(Field::named(name).map(Field::name), Some(name));
            assert_eq!(Field::of_column(name), Field::named(name), "{name}");
        }
    }
}
