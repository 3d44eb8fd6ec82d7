//! Schema `truth`: what nobody's database knows. Who is who, who has left, what campaigns changed, why people really called.

use std::path::Path;

use super::life::Life;
use super::marketing;
use super::person::Person;
use super::register::Register;
use super::table::{TableFile, Written, columns};
use super::web;
use super::world::World;
use crate::error::Result;

columns! {
    People => "truth.people" {
        person_id: BigInt,
        household_id: BigInt,
        first_name: Text,
        last_name: Text,
        birth_date: Date,
        email: Text,
        other_email: Text,
        mobile: Text,
        landline: Text,
        street: Text,
        postcode: Text,
        city: Text,
        country: Text,
        moved_at: Time,
        susceptibility: Text,
    }
}

columns! {
    Identities => "truth.identities" {
        source: Text,
        record_id: Text,
        person_id: BigInt,
    }
}

columns! {
    Customers => "truth.customers" {
        person_id: BigInt,
        purchases_per_day: Real,
        dropout_probability: Real,
        expected_order_value: Real,
        first_purchase_at: Instant,
        purchases: Int,
        dropped_out: Flag,
        dropped_out_at: Instant,
    }
}

columns! {
    Orders => "truth.orders" {
        order_id: BigInt,
        person_id: BigInt,
        campaign_id: Int,
    }
}

columns! {
    Treatments => "truth.treatments" {
        campaign_id: Int,
        person_id: BigInt,
        contact_id: Text,
        arm: Text,
        buys_if_treated: Flag,
        buys_if_not: Flag,
        effect: Real,
    }
}

columns! {
    Calls => "truth.calls" {
        call_id: BigInt,
        person_id: BigInt,
        reason: Text,
        resolved: Flag,
        repeats_call_id: BigInt,
    }
}

columns! {
    Agents => "truth.agents" {
        agent_id: Text,
        skill: Real,
    }
}

/// The number of a person in every table of `truth`.
pub fn person_id(index: u64) -> i64 {
    index as i64 + 1
}

/// The truth about a range of people.
pub struct Files {
    people: TableFile<People>,
    identities: TableFile<Identities>,
    customers: TableFile<Customers>,
    orders: TableFile<Orders>,
    treatments: TableFile<Treatments>,
    calls: TableFile<Calls>,
}

impl Files {
    pub fn create(lake: &Path, part: usize) -> Result<Self> {
        Ok(Self {
            people: TableFile::create(lake, part)?,
            identities: TableFile::create(lake, part)?,
            customers: TableFile::create(lake, part)?,
            orders: TableFile::create(lake, part)?,
            treatments: TableFile::create(lake, part)?,
            calls: TableFile::create(lake, part)?,
        })
    }

    pub fn add(&mut self, world: &World, register: &Register, person: &Person, life: &Life) -> Result<()> {
        self.add_person(person, life)?;
        self.add_identities(world, register, person, life)?;
        self.add_customer(world, person, life)?;
        self.add_events(register, person, life)
    }

    fn add_person(&mut self, person: &Person, life: &Life) -> Result<()> {
        self.people.add(|row| {
            row.person_id.push(person_id(person.index));
            row.household_id.push(person_id(person.household));
            row.first_name.push(person.first_name);
            row.last_name.push(person.last_name.as_str());
            row.birth_date.push(person.birth_date);
            row.email.push(person.email.as_str());
            row.other_email.push(person.other_email.as_deref());
            row.mobile.push(person.mobile.e164().as_str());
            row.landline.push(person.landline.e164().as_str());
            row.street.push(person.address.street.as_str());
            row.postcode.push(person.address.postcode.as_str());
            row.city.push(person.address.city);
            row.country.push(person.country.code());
            row.moved_at.push(person.moved.as_ref().map(|(at, _)| *at));
            row.susceptibility.push(life.susceptibility.name());
        })
    }

    fn add_identities(&mut self, world: &World, register: &Register, person: &Person, life: &Life) -> Result<()> {
        let id = person_id(person.index);
        let mut identity = |source: &str, record_id: &str| {
            self.identities.add(|row| {
                row.source.push(source);
                row.record_id.push(record_id);
                row.person_id.push(id);
            })
        };
        for contact in (0..life.contacts.len()).filter_map(|number| register.contact_id(person.index, number as u16)) {
            identity("crm.contacts", &contact)?;
        }
        for customer in (0..life.accounts.len()).filter_map(|number| register.customer_id(person.index, number as u16)) {
            identity("shop.customers", &customer.to_string())?;
        }
        for number in 0..life.visitors {
            identity("web.visitors", &web::visitor_id(world, person.index, number))?;
        }
        Ok(())
    }

    fn add_customer(&mut self, world: &World, person: &Person, life: &Life) -> Result<()> {
        let Some(latent) = &life.latent else { return Ok(()) };
        self.customers.add(|row| {
            row.person_id.push(person_id(person.index));
            row.purchases_per_day.push(latent.rate);
            row.dropout_probability.push(latent.dropout);
            row.expected_order_value.push(latent.spend);
            row.first_purchase_at.push(world.calendar.at(latent.born));
            row.purchases.push(latent.purchases.len() as i32);
            row.dropped_out.push(latent.dropped_out.is_some());
            row.dropped_out_at.push(latent.dropped_out.map(|at| world.calendar.at(at)));
        })
    }

    fn add_events(&mut self, register: &Register, person: &Person, life: &Life) -> Result<()> {
        let id = person_id(person.index);
        for (number, order) in life.orders.iter().enumerate() {
            self.orders.add(|row| {
                row.order_id.push(register.order_id(person.index, number as u16));
                row.person_id.push(id);
                row.campaign_id.push(order.campaign.map(|campaign| i32::from(campaign) + 1));
            })?;
        }
        let contact_id = register.contact_id(person.index, 0);
        for treatment in &life.treatments {
            self.treatments.add(|row| {
                row.campaign_id.push(i32::from(treatment.campaign) + 1);
                row.person_id.push(id);
                row.contact_id.push(contact_id.as_deref());
                row.arm.push(marketing::arm(treatment));
                row.buys_if_treated.push(treatment.buys_if_treated);
                row.buys_if_not.push(treatment.buys_if_not);
                row.effect.push(treatment.effect);
            })?;
        }
        for (number, call) in life.calls.iter().enumerate() {
            self.calls.add(|row| {
                row.call_id.push(register.call_id(person.index, number as u16));
                row.person_id.push(id);
                row.reason.push(call.reason.name());
                row.resolved.push(call.resolved);
                row.repeats_call_id.push(call.previous.and_then(|previous| register.call_id(person.index, previous)));
            })?;
        }
        Ok(())
    }

    pub fn finish(self) -> Result<Vec<Written>> {
        Ok(vec![
            self.people.finish()?,
            self.identities.finish()?,
            self.customers.finish()?,
            self.orders.finish()?,
            self.treatments.finish()?,
            self.calls.finish()?,
        ])
    }
}

pub fn write_agents(world: &World, lake: &Path) -> Result<Written> {
    let mut file = TableFile::<Agents>::create(lake, 0)?;
    for agent in &world.agents {
        file.add(|row| {
            row.agent_id.push(agent.id.as_str());
            row.skill.push(agent.skill);
        })?;
    }
    file.finish()
}
