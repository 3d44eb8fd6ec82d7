//! What a source wrote down about a person: with its own gaps, errors and habits.

use super::errors;
use super::names::Names;
use super::person::Person;
use super::random::Stream;

/// How carefully a source writes. Probabilities for one field of one record.
#[derive(Clone, Copy, Debug)]
pub struct Care {
    /// A typing error in a name, street, city, e-mail or number.
    pub typing_error: f64,
    /// All capitals, all small letters, umlauts written out.
    pub restyled: f64,
    pub nickname: f64,
    /// First and last name in each other's column.
    pub names_swapped: f64,
    /// Values such as none@none.com, entered because the form insists.
    pub blocked_value: f64,
    pub no_email: f64,
    pub no_phone: f64,
    pub no_birth_date: f64,
    pub no_address: f64,
    /// The person's other e-mail instead of the main one.
    pub other_email: f64,
}

/// E-mails and numbers that belong to nobody.
pub const BLOCKED_EMAILS: [&str; 3] = ["none@none.com", "noemail@example.com", "test@example.com"];
pub const BLOCKED_PHONES: [&str; 2] = ["000-000-0000", "0000000"];

#[derive(Clone, Debug, Default)]
pub struct Record {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub birth_date: Option<i32>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub street: Option<String>,
    pub postcode: Option<String>,
    pub city: Option<String>,
}

impl Record {
    /// The record that is made at a time; later records of the same person are the more careless ones.
    pub fn of(names: &Names, person: &Person, at: u32, number: u16, care: Care, stream: &mut Stream) -> Self {
        let care = if number == 0 {
            care
        } else {
            Care { typing_error: care.typing_error * 1.7, nickname: care.nickname * 1.5, ..care }
        };
        let (first_name, last_name) = names_of(names, person, care, stream);
        let birth_date = (!stream.chance(care.no_birth_date)).then_some(person.birth_date);
        let birth_date = birth_date.map(|date| if stream.chance(0.025) { errors::misdate(date, stream) } else { date });
        let (street, postcode, city) = address_of(person, at, care, stream);
        Self {
            first_name: Some(first_name),
            last_name: Some(last_name),
            birth_date,
            email: email_of(person, number, care, stream),
            phone: phone_of(person, care, stream),
            street,
            postcode,
            city,
        }
    }
}

fn names_of(names: &Names, person: &Person, care: Care, stream: &mut Stream) -> (String, String) {
    let mut first = person.first_name;
    if stream.chance(care.nickname) {
        first = names.nickname(first, stream).unwrap_or(first);
    }
    let (first, last) = (written(first, care, stream), written(&person.last_name, care, stream));
    if stream.chance(care.names_swapped) { (last, first) } else { (first, last) }
}

fn written(text: &str, care: Care, stream: &mut Stream) -> String {
    let mut text = if stream.chance(care.typing_error) { errors::misspell(text, stream) } else { text.to_owned() };
    if stream.chance(care.restyled) {
        text = errors::restyle(&text, stream);
    }
    text
}

fn address_of(person: &Person, at: u32, care: Care, stream: &mut Stream) -> (Option<String>, Option<String>, Option<String>) {
    if stream.chance(care.no_address) {
        return (None, None, None);
    }
    let address = person.address_at(at);
    let street = written(&address.street, care, stream);
    let street = if stream.chance(0.2) { errors::abbreviate(&street) } else { street };
    let postcode = if stream.chance(care.typing_error / 2.0) {
        errors::misdial(&address.postcode, stream)
    } else {
        address.postcode.clone()
    };
    let city = written(address.city, care, stream);
    (Some(street), (!stream.chance(0.03)).then_some(postcode), Some(city))
}

fn email_of(person: &Person, number: u16, care: Care, stream: &mut Stream) -> Option<String> {
    if stream.chance(care.no_email) {
        return None;
    }
    if stream.chance(care.blocked_value) {
        return Some(stream.pick(&BLOCKED_EMAILS).to_owned());
    }
    // Somebody who has a record already is most often there again with another address.
    let other_share = if number == 0 { care.other_email } else { 0.5 };
    let email = match &person.other_email {
        Some(other) if stream.chance(other_share) => other,
        _ => &person.email,
    };
    let email = match email.split_once('@') {
        // Only before the @: a domain with an error could be somebody's.
        Some((local, domain)) if stream.chance(care.typing_error) => format!("{}@{domain}", errors::misspell(local, stream)),
        _ => email.clone(),
    };
    match stream.weighted(&[0.92, 0.03, 0.02, 0.03]) {
        1 => Some(email.to_uppercase()),
        2 => Some(format!(" {email}")),
        3 => email.split_once('@').map(|(local, domain)| format!("{local}+shop@{domain}")),
        _ => Some(email),
    }
}

fn phone_of(person: &Person, care: Care, stream: &mut Stream) -> Option<String> {
    if stream.chance(care.no_phone) {
        return None;
    }
    if stream.chance(care.blocked_value) {
        return Some(stream.pick(&BLOCKED_PHONES).to_owned());
    }
    let phone = if stream.chance(0.28) { person.landline } else { person.mobile };
    let text = errors::write_phone(phone, stream);
    Some(if stream.chance(care.typing_error / 2.0) { errors::misdial(&text, stream) } else { text })
}
