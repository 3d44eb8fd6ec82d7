//! Schema `crm`: contacts as clerks and fairs made them, with text ids.

use std::ops::Range;
use std::path::Path;

use super::calendar::END;
use super::person::Person;
use super::random::{Purpose, Stream};
use super::record::{Care, Record};
use super::register::{Register, contact_id};
use super::table::{TableFile, Written, columns};
use super::world::World;
use crate::error::Result;

columns! {
    Contacts => "crm.contacts" {
        contact_id: Text,
        salutation: Text,
        first_name: Text,
        last_name: Text,
        birth_date: Date,
        email: Text,
        phone: Text,
        street: Text,
        postcode: Text,
        city: Text,
        country: Text,
        origin: Text,
        newsletter: Flag,
        created_at: Time,
        updated_at: Time,
    }
}

const CARE: Care = Care {
    typing_error: 0.045,
    restyled: 0.04,
    nickname: 0.07,
    names_swapped: 0.012,
    blocked_value: 0.015,
    no_email: 0.16,
    no_phone: 0.24,
    no_birth_date: 0.38,
    no_address: 0.14,
    other_email: 0.25,
};
const ORIGINS: [&str; 5] = ["shop feed", "call", "fair", "web form", "import 2022"];

/// Writes the contacts at some places of the register.
pub fn write(world: &World, register: &Register, lake: &Path, part: usize, places: Range<usize>) -> Result<Written> {
    let mut file = TableFile::<Contacts>::create(lake, part)?;
    let first = places.start;
    for (offset, entry) in register.contacts.entries.get(places).unwrap_or_default().iter().enumerate() {
        let person = Person::of(world, u64::from(entry.person));
        let mut stream = Stream::new(world.seed, Purpose::Contact, u64::from(entry.person) * 8 + u64::from(entry.number));
        let record = Record::of(&world.names, &person, entry.at, entry.number, CARE, &mut stream);
        let salutation = if person.female { "Ms" } else { "Mr" };
        let salutation = (!stream.chance(0.1)).then_some(salutation);
        let country = (!stream.chance(0.02)).then_some(person.country.code());
        let origin = ORIGINS[stream.weighted(&[0.45, 0.2, 0.1, 0.2, 0.05])];
        let newsletter = stream.chance(0.62);
        let updated_at = entry.at + stream.below(u64::from(END - entry.at)) as u32;
        file.add(|row| {
            row.contact_id.push(contact_id((first + offset) as u32).as_str());
            row.salutation.push(salutation);
            row.first_name.push(record.first_name.as_deref());
            row.last_name.push(record.last_name.as_deref());
            row.birth_date.push(record.birth_date);
            row.email.push(record.email.as_deref());
            row.phone.push(record.phone.as_deref());
            row.street.push(record.street.as_deref());
            row.postcode.push(record.postcode.as_deref());
            row.city.push(record.city.as_deref());
            row.country.push(country);
            row.origin.push(origin);
            row.newsletter.push(newsletter);
            row.created_at.push(entry.at);
            row.updated_at.push(updated_at);
        })?;
    }
    file.finish()
}
