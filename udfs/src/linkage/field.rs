//! What a column says about a person, recognised by its name.

/// A fact about a person that records can agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    Email,
    Phone,
    GivenName,
    FamilyName,
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

/// A field with the name that `match_on` knows it by, and the column names that mean it.
struct Naming {
    field: Field,
    name: &'static str,
    columns: &'static [&'static str],
}

const NAMINGS: [Naming; 17] = [
    Naming {
        field: Field::Email,
        name: "email",
        columns: &["email", "e_mail", "mail", "email_address", "emailaddress", "e_mail_address", "mail_address"],
    },
    Naming {
        field: Field::Phone,
        name: "phone",
        columns: &[
            "phone",
            "phone_number",
            "phonenumber",
            "phone_no",
            "tel",
            "tel_no",
            "telephone",
            "telephone_number",
            "telephone_no",
            "mobile",
            "mobile_number",
            "mobile_no",
            "mobile_phone",
            "cell",
            "cellphone",
            "cell_phone",
            "cell_number",
            "msisdn",
            "telefon",
            "phone_mobile",
            "phone_home",
            "phone_work",
            "landline",
        ],
    },
    Naming {
        field: Field::GivenName,
        name: "given_name",
        columns: &[
            "given_name",
            "givenname",
            "given",
            "first_name",
            "firstname",
            "first",
            "fname",
            "forename",
            "vorname",
            "prenom",
        ],
    },
    Naming {
        field: Field::FamilyName,
        name: "family_name",
        columns: &[
            "family_name",
            "familyname",
            "last_name",
            "lastname",
            "last",
            "lname",
            "surname",
            "sur_name",
            "nachname",
            "apellido",
            "apellidos",
        ],
    },
    Naming { field: Field::Name, name: "name", columns: &["name", "full_name", "fullname", "complete_name", "display_name"] },
    Naming {
        field: Field::BirthDate,
        name: "birth_date",
        columns: &[
            "birth_date",
            "birthdate",
            "birthday",
            "birth_dt",
            "date_of_birth",
            "dateofbirth",
            "dob",
            "born",
            "born_on",
            "geburtsdatum",
        ],
    },
    Naming { field: Field::BirthYear, name: "birth_year", columns: &["birth_year", "year_of_birth", "yob"] },
    Naming { field: Field::BirthMonth, name: "birth_month", columns: &["birth_month", "month_of_birth"] },
    Naming { field: Field::BirthDay, name: "birth_day", columns: &["birth_day", "day_of_birth"] },
    Naming {
        field: Field::Postcode,
        name: "postcode",
        columns: &["postcode", "post_code", "postal_code", "postalcode", "postal", "zip", "zip_code", "zipcode", "zip5", "plz"],
    },
    Naming {
        field: Field::NationalId,
        name: "national_id",
        columns: &[
            "national_id",
            "ssn",
            "soc_sec_id",
            "soc_sec_no",
            "social_security",
            "social_security_number",
            "social_security_no",
            "nino",
            "national_insurance_number",
            "tax_id",
            "passport_number",
            "passport_no",
        ],
    },
    Naming {
        field: Field::Street,
        name: "street",
        columns: &["street", "street_name", "street_address", "address", "address_1", "address_line_1", "addr", "strasse"],
    },
    Naming {
        field: Field::HouseNumber,
        name: "house_number",
        columns: &["house_number", "street_number", "house_no", "street_no", "hausnummer"],
    },
    Naming { field: Field::City, name: "city", columns: &["city", "town", "suburb", "locality", "place", "ort", "stadt"] },
    Naming { field: Field::Region, name: "region", columns: &["region", "state", "province", "county", "bundesland"] },
    Naming {
        field: Field::Company,
        name: "company",
        columns: &["company", "company_name", "employer", "organisation", "organization", "firma"],
    },
    Naming { field: Field::AddressLine, name: "address_line", columns: &["address_line", "address_2", "address_line_2"] },
];

/// Words before a column's name proper that say whose or which it is: `customer_email`, `home_phone`.
const WHOSE: [&str; 19] = [
    "customer",
    "cust",
    "client",
    "contact",
    "user",
    "person",
    "personal",
    "member",
    "guest",
    "subscriber",
    "patient",
    "primary",
    "main",
    "home",
    "work",
    "private",
    "business",
    "billing",
    "account",
];

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

/// The words of a column's name in lower case.
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
            word.extend(letter.to_lowercase());
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

/// The first of several columns alone (`fname_c1`, `email_1`); `fname_c2` is a second name, not another spelling of the first.
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
            ("fname_c2", None),
            ("id", None),
            ("", None),
        ];
        for (column, expected) in cases {
            assert_eq!(Field::of_column(column), expected, "{column}");
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
