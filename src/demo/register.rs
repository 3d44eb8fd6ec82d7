//! Who got which number: contacts, accounts, orders, calls and surveys of all people, each sorted by time and numbered in that order,
//! as a company's counters do. It is the only thing that grows with the lake: about 0.7 GB for a million customers.

use super::life::{Life, Order};
use super::service::{Call, Survey};
use super::work;
use super::world::World;
use crate::error::Result;

/// People in one job.
pub const PEOPLE_PER_JOB: u64 = 1 << 15;

/// Something of a person at a time: the `number`-th of its kind in the person's life.
#[derive(Clone, Copy, Debug)]
pub struct Entry<T> {
    pub at: u32,
    pub person: u32,
    pub number: u16,
    pub what: T,
}

/// All entries of one kind in the order of time, and the way back from a person to them.
pub struct Ledger<T> {
    pub entries: Vec<Entry<T>>,
    /// Where the places of each person begin in `places`, and their end.
    starts: Vec<u32>,
    /// Position in `entries`, person by person.
    places: Vec<u32>,
}

impl<T: Copy> Ledger<T> {
    /// From entries that are grouped by person, persons ascending.
    fn new(people: u64, mut entries: Vec<Entry<T>>) -> Self {
        let mut starts = vec![0u32; people as usize + 1];
        for entry in &entries {
            if let Some(count) = starts.get_mut(entry.person as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        entries.sort_unstable_by_key(|entry| (entry.at, entry.person, entry.number));
        let mut places = vec![0u32; entries.len()];
        for (place, entry) in entries.iter().enumerate() {
            let start = starts.get(entry.person as usize).copied().unwrap_or_default();
            if let Some(slot) = places.get_mut(start as usize + usize::from(entry.number)) {
                *slot = place as u32;
            }
        }
        Self { entries, starts, places }
    }

    /// Position, in the order of time, of the `number`-th entry of a person.
    pub fn place(&self, person: u64, number: u16) -> Option<u32> {
        let start = *self.starts.get(person as usize)?;
        let end = *self.starts.get(person as usize + 1)?;
        let at = start + u32::from(number);
        if at < end { self.places.get(at as usize).copied() } else { None }
    }
}

pub struct Register {
    pub contacts: Ledger<()>,
    pub accounts: Ledger<()>,
    pub orders: Ledger<Order>,
    pub calls: Ledger<Call>,
    pub surveys: Ledger<Survey>,
}

#[derive(Default)]
struct Entries {
    contacts: Vec<Entry<()>>,
    accounts: Vec<Entry<()>>,
    orders: Vec<Entry<Order>>,
    calls: Vec<Entry<Call>>,
    surveys: Vec<Entry<Survey>>,
}

impl Register {
    /// Lives all lives once.
    pub fn of(world: &World, threads: usize, mut progress: impl FnMut(u64)) -> Result<Self> {
        let jobs = world.people.div_ceil(PEOPLE_PER_JOB);
        let parts = work::run(
            jobs as usize,
            threads,
            |job| Ok(entries_of(world, people_of_job(world, job))),
            |_| progress(PEOPLE_PER_JOB),
        )?;
        let mut all = Entries::default();
        all.orders.reserve_exact(parts.iter().map(|part| part.orders.len()).sum());
        for part in parts {
            all.contacts.extend(part.contacts);
            all.accounts.extend(part.accounts);
            all.orders.extend(part.orders);
            all.calls.extend(part.calls);
            all.surveys.extend(part.surveys);
        }
        Ok(Self {
            contacts: Ledger::new(world.people, all.contacts),
            accounts: Ledger::new(world.people, all.accounts),
            orders: Ledger::new(world.people, all.orders),
            calls: Ledger::new(world.people, all.calls),
            surveys: Ledger::new(world.people, all.surveys),
        })
    }

    pub fn contact_id(&self, person: u64, number: u16) -> Option<String> {
        self.contacts.place(person, number).map(contact_id)
    }

    pub fn customer_id(&self, person: u64, number: u16) -> Option<i64> {
        self.accounts.place(person, number).map(customer_id)
    }

    pub fn order_id(&self, person: u64, number: u16) -> Option<i64> {
        self.orders.place(person, number).map(order_id)
    }

    pub fn call_id(&self, person: u64, number: u16) -> Option<i64> {
        self.calls.place(person, number).map(call_id)
    }
}

pub fn contact_id(place: u32) -> String {
    format!("C-{:06}", u64::from(place) + 101)
}

pub fn customer_id(place: u32) -> i64 {
    i64::from(place) + 100_001
}

pub fn order_id(place: u32) -> i64 {
    i64::from(place) + 1_000_001
}

pub fn call_id(place: u32) -> i64 {
    i64::from(place) + 50_001
}

pub fn people_of_job(world: &World, job: usize) -> std::ops::Range<u64> {
    let first = job as u64 * PEOPLE_PER_JOB;
    first..(first + PEOPLE_PER_JOB).min(world.people)
}

fn entries_of(world: &World, people: std::ops::Range<u64>) -> Entries {
    let mut entries = Entries::default();
    for index in people {
        let life = Life::of(world, index);
        let person = index as u32;
        entries.contacts.extend(numbered(person, life.contacts.iter().map(|at| (*at, ()))));
        entries.accounts.extend(numbered(person, life.accounts.iter().map(|at| (*at, ()))));
        entries.orders.extend(numbered(person, life.orders.iter().map(|order| (order.at, *order))));
        entries.calls.extend(numbered(person, life.calls.iter().map(|call| (call.at, *call))));
        entries.surveys.extend(numbered(person, life.surveys.iter().map(|survey| (survey.sent_at, *survey))));
    }
    entries
}

fn numbered<T>(person: u32, of_life: impl Iterator<Item = (u32, T)>) -> impl Iterator<Item = Entry<T>> {
    of_life.enumerate().map(move |(number, (at, what))| Entry { at, person, number: number as u16, what })
}
