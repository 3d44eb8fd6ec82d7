//! Schema `shop`: accounts as customers typed them, with bigint ids.

use std::ops::Range;
use std::path::Path;

use super::person::Person;
use super::random::{Purpose, Stream};
use super::record::{Care, Record};
use super::register::{Register, customer_id};
use super::table::{TableFile, Written, columns};
use super::world::World;
use crate::error::Result;

columns! {
    Customers => "shop.customers" {
        customer_id: BigInt,
        first_name: Text,
        last_name: Text,
        birth_date: Date,
        email: Text,
        phone: Text,
        street: Text,
        postcode: Text,
        city: Text,
        country: Text,
        payment: Text,
        newsletter: Flag,
        registered_at: Instant,
    }
}

/// People know how they are called, and the form checks that there is an e-mail and an address.
const CARE: Care = Care {
    typing_error: 0.02,
    restyled: 0.05,
    nickname: 0.05,
    names_swapped: 0.006,
    blocked_value: 0.004,
    no_email: 0.0,
    no_phone: 0.42,
    no_birth_date: 0.55,
    no_address: 0.02,
    other_email: 0.15,
};
const PAYMENTS: [&str; 4] = ["card", "wallet", "invoice", "direct debit"];

/// Writes the accounts at some places of the register.
pub fn write(world: &World, register: &Register, lake: &Path, part: usize, places: Range<usize>) -> Result<Written> {
    let mut file = TableFile::<Customers>::create(lake, part)?;
    let first = places.start;
    for (offset, entry) in register.accounts.entries.get(places).unwrap_or_default().iter().enumerate() {
        let person = Person::of(world, u64::from(entry.person));
        let mut stream = Stream::new(world.seed, Purpose::Account, u64::from(entry.person) * 8 + u64::from(entry.number));
        let record = Record::of(&world.names, &person, entry.at, entry.number, CARE, &mut stream);
        let payment = PAYMENTS[stream.weighted(&[0.35, 0.3, 0.25, 0.1])];
        let newsletter = stream.chance(0.5);
        file.add(|row| {
            row.customer_id.push(customer_id((first + offset) as u32));
            row.first_name.push(record.first_name.as_deref());
            row.last_name.push(record.last_name.as_deref());
            row.birth_date.push(record.birth_date);
            row.email.push(record.email.as_deref());
            row.phone.push(record.phone.as_deref());
            row.street.push(record.street.as_deref());
            row.postcode.push(record.postcode.as_deref());
            row.city.push(record.city.as_deref());
            row.country.push(person.country.code());
            row.payment.push(payment);
            row.newsletter.push(newsletter);
            row.registered_at.push(entry.at);
        })?;
    }
    file.finish()
}
