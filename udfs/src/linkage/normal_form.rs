//! One value of a column in the form in which equality compares it.

use super::field::Field;
use super::person::{identifier, is_identifier, is_phone, last_digits};
use super::placeholder::is_placeholder;
use crate::text::birth_date::read_birth_date;
use crate::text::email::normalize_email;
use crate::text::name::normalize_name;
use crate::text::phone::{normalize_phone, phone_digits, region};
use crate::text::postcode::normalize_postcode;

/// The value of a text in a column of this field, of a country by its ISO 3166 alpha-2 code. `None` where the text says nothing: it is
/// empty, cannot be read, or stands for "not known". Two spellings of one value have one form.
pub fn normal_form(field: Field, text: &str, country: Option<&str>) -> Option<String> {
    let form = match field {
        Field::Email => normalize_email(text),
        Field::Phone => phone(text, country),
        Field::GivenName | Field::MiddleName | Field::FamilyName | Field::SecondFamilyName => normalize_name(text),
        Field::Name | Field::Street => normalize_name(text),
        Field::City | Field::Region | Field::Company | Field::AddressLine => normalize_name(text),
        Field::Postcode => normalize_postcode(text, country),
        Field::BirthDate => read_birth_date(text).map(|date| format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)),
        Field::BirthYear | Field::BirthMonth | Field::BirthDay => text.trim().parse::<u16>().ok().map(|part| part.to_string()),
        Field::NationalId => Some(identifier(text)).filter(|identifier| is_identifier(identifier)),
        Field::HouseNumber => Some(text.trim().to_lowercase()),
    };
    form.filter(|form| !form.is_empty() && !is_placeholder(field, form))
}

fn phone(text: &str, country: Option<&str>) -> Option<String> {
    let digits = match country {
        Some(country) => phone_digits(&normalize_phone(text, region(country))?)?,
        None => phone_digits(text)?,
    };
    is_phone(&digits).then(|| last_digits(&digits).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_value_have_one_form() {
        for (field, one, other) in [
            (Field::Email, "Ann.Lee@GMail.com", "annlee+shop@googlemail.com"),
            (Field::Phone, "+44 20 7946 0018", "(020) 7946 0018"),
            (Field::FamilyName, "O'Brien", "OBRIEN"),
            (Field::BirthDate, "24.06.1971", "1971-06-24"),
            (Field::BirthMonth, "06", "6"),
            (Field::NationalId, "ab-12 345", "AB12345"),
            (Field::Postcode, "sw1a1aa", "SW1A 1AA"),
            (Field::HouseNumber, " 12A", "12a "),
        ] {
            assert!(normal_form(field, one, None).is_some(), "{one}");
            assert_eq!(normal_form(field, one, None), normal_form(field, other, None), "{one} and {other}");
        }
    }

    #[test]
    fn what_cannot_be_read_or_is_not_known_is_none() {
        for (field, text) in [
            (Field::Email, "none@none.com"),
            (Field::Email, "ann"),
            (Field::Phone, "000-000-0000"),
            (Field::Phone, "12"),
            (Field::BirthDate, "1971-02-30"),
            (Field::FamilyName, "unknown"),
            (Field::HouseNumber, " "),
            (Field::NationalId, "12"),
        ] {
            assert_eq!(normal_form(field, text, None), None, "{text}");
        }
        assert_eq!(normal_form(Field::Phone, "020 7946 0018", Some("GB")).as_deref(), Some("079460018"));
        assert_eq!(normal_form(Field::Phone, "12345678", Some("GB")), None);
    }
}
