//! Who lives there: people in households, who share an address, a landline and mostly a name.

use super::calendar::{DAYS, SECONDS_PER_DAY};
use super::names::{self, Names};
use super::places::{Address, Country, Phone};
use super::random::{Purpose, Stream};
use super::world::World;

/// One real person, as nobody's database knows them.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub index: u64,
    /// The index of the household's first member.
    pub household: u64,
    pub country: Country,
    pub female: bool,
    pub first_name: &'static str,
    pub last_name: String,
    /// Days since 1970.
    pub birth_date: i32,
    pub email: String,
    /// A second address of their own, or the household's shared one.
    pub other_email: Option<String>,
    pub mobile: Phone,
    pub landline: Phone,
    pub address: Address,
    /// When (seconds since the first day) the household left its former address.
    pub moved: Option<(u32, Address)>,
}

struct Home {
    country: Country,
    address: Address,
    moved: Option<(u32, Address)>,
}

struct Member {
    female: bool,
    first_name: &'static str,
    last_name: String,
    birth_date: i32,
}

/// People in one block of four indices, household by household.
const BLOCK_PATTERNS: [&[u64]; 5] = [&[1, 1, 1, 1], &[2, 1, 1], &[2, 2], &[3, 1], &[4]];
const BLOCK_WEIGHTS: [f64; 5] = [0.34, 0.26, 0.20, 0.12, 0.08];

const DOMAINS: [&str; 9] = [
    "example.com",
    "example.org",
    "example.net",
    "mail.example.com",
    "mail.example.net",
    "web.example.org",
    "post.example.com",
    "inbox.example.net",
    "home.example.org",
];
const WORK_DOMAINS: [&str; 3] = ["work.example.com", "office.example.org", "studio.example.net"];
/// 1 January 1940 and 1 January 2001 as days since 1970: birth dates of the first member of a household.
const OLDEST: i64 = -10_957;
const YOUNGEST_HEAD: i64 = 11_323;
/// 31 December 2006: everybody in the lake is of age at its end.
const YOUNGEST: i64 = 13_513;

impl Person {
    /// Person number `index` of the world; the same arguments give the same person.
    pub fn of(world: &World, index: u64) -> Self {
        let (household, position) = household_of(world, index);
        let (home, mut stream) = home_of(world, household);
        let head = Member::head(&world.names, home.country, &mut stream);
        let mut relatives = Vec::new();
        for _ in 0..position {
            let next = Member::relative(&world.names, home.country, &head, &relatives, &mut stream);
            relatives.push(next);
        }
        let member = relatives.last().unwrap_or(&head);
        let mut own = own_stream(world, index);
        let email = email(world, index, member, &mut own);
        let other_email = match position {
            0 => own.chance(0.28).then(|| work_email(world, index, member, &mut own)),
            _ if own.chance(0.16) => Some(self::email(world, household, &head, &mut own_stream(world, household))),
            _ => own.chance(0.2).then(|| work_email(world, index, member, &mut own)),
        };
        Self {
            index,
            household,
            country: home.country,
            female: member.female,
            first_name: member.first_name,
            last_name: member.last_name.clone(),
            birth_date: member.birth_date,
            email,
            other_email,
            mobile: Phone::of_slot(home.country, 2 * index),
            landline: Phone::of_slot(home.country, 2 * household + 1),
            address: home.address,
            moved: home.moved,
        }
    }

    /// When a person's household moved, without the rest of the person.
    pub fn moved_at(world: &World, index: u64) -> Option<u32> {
        let (household, _) = household_of(world, index);
        home_of(world, household).0.moved.map(|(at, _)| at)
    }

    /// Where they lived at a time.
    pub fn address_at(&self, at: u32) -> &Address {
        match &self.moved {
            Some((moved_at, former)) if at < *moved_at => former,
            _ => &self.address,
        }
    }
}

/// The household of a person and the person's position in it, 0 for the first member.
fn household_of(world: &World, index: u64) -> (u64, u64) {
    let block = index / 4;
    let mut stream = Stream::new(world.seed, Purpose::Household, block);
    let sizes = BLOCK_PATTERNS[stream.weighted(&BLOCK_WEIGHTS)];
    let mut first = block * 4;
    for size in sizes {
        if index < first + size {
            return (first, index - first);
        }
        first += size;
    }
    (index, 0)
}

/// Where a household lives and lived, and the stream that goes on with its members.
fn home_of(world: &World, household: u64) -> (Home, Stream) {
    // Blocks and households draw from one purpose; the offset keeps their keys apart.
    let mut stream = Stream::new(world.seed, Purpose::Household, household + (1 << 40));
    let country = Country::draw(&mut stream);
    let address = Address::draw(country, &mut stream);
    let moved = stream.chance(0.14).then(|| {
        let at = stream.below(u64::from(DAYS * SECONDS_PER_DAY)) as u32;
        (at, Address::draw(country, &mut stream))
    });
    (Home { country, address, moved }, stream)
}

fn own_stream(world: &World, index: u64) -> Stream {
    Stream::new(world.seed, Purpose::Person, index)
}

impl Member {
    fn head(names: &Names, country: Country, stream: &mut Stream) -> Self {
        let female = stream.chance(0.5);
        Self {
            female,
            first_name: names.first_name(country, female, stream),
            last_name: names.last_name(country, stream),
            birth_date: stream.between(OLDEST, YOUNGEST_HEAD) as i32,
        }
    }

    /// A partner for the head, then grown children, none of them with a first name that the household already has.
    fn relative(names: &Names, country: Country, head: &Member, others: &[Member], stream: &mut Stream) -> Self {
        let partner = others.is_empty();
        let female = if partner { head.female != stream.chance(0.95) } else { stream.chance(0.5) };
        let last_name = if stream.chance(if partner { 0.78 } else { 0.93 }) {
            head.last_name.clone()
        } else {
            names.last_name(country, stream)
        };
        let age_gap = if partner { stream.between(-2_200, 2_600) } else { stream.between(8_000, 12_400) };
        // Who would be too young is a grown relative instead: a limit would give many people one birth date.
        let relative_born = stream.between(YOUNGEST - 3_000, YOUNGEST);
        let born = i64::from(head.birth_date) + age_gap;
        let birth_date = if (OLDEST..=YOUNGEST).contains(&born) { born } else { relative_born };
        let first_name = loop {
            let name = names.first_name(country, female, stream);
            if head.first_name != name && others.iter().all(|other| other.first_name != name) {
                break name;
            }
        };
        Self { female, first_name, last_name, birth_date: birth_date as i32 }
    }
}

/// The number in a person's addresses: no two people have the same, so that no two people share an address by chance.
fn address_number(world: &World, index: u64) -> u64 {
    let size = world.people.next_power_of_two().max(1 << 10);
    (index.wrapping_mul(0x9e37_79b1) & (size - 1)) + 10
}

fn email(world: &World, index: u64, member: &Member, stream: &mut Stream) -> String {
    let number = address_number(world, index);
    let (first, last) = (names::ascii(member.first_name), names::ascii(&member.last_name));
    let initial = first.get(..1).unwrap_or_default();
    let domain = stream.pick(&DOMAINS);
    match stream.weighted(&[0.5, 0.2, 0.15, 0.15]) {
        0 => format!("{first}.{last}{number}@{domain}"),
        1 => format!("{initial}.{last}{number}@{domain}"),
        2 => format!("{last}.{first}{number}@{domain}"),
        _ => format!("{first}_{number}@{domain}"),
    }
}

fn work_email(world: &World, index: u64, member: &Member, stream: &mut Stream) -> String {
    let (first, last) = (names::ascii(member.first_name), names::ascii(&member.last_name));
    format!("{first}.{last}.{}@{}", address_number(world, index), stream.pick(&WORK_DOMAINS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{HashMap, HashSet};

    #[test]
    fn households_share_what_households_share() {
        let world = World::new(42, 8_000);
        let people: Vec<Person> = (0..world.people).map(|index| Person::of(&world, index)).collect();
        assert_eq!(people[17], Person::of(&world, 17));
        let mut households: HashMap<u64, Vec<&Person>> = HashMap::new();
        for person in &people {
            households.entry(person.household).or_default().push(person);
        }
        for members in households.values() {
            assert!(members.iter().all(|member| member.landline == members[0].landline && member.address == members[0].address));
            let names: HashSet<&str> = members.iter().map(|member| member.first_name).collect();
            assert_eq!(names.len(), members.len());
        }
        let shared = people.iter().filter(|person| households[&person.household].len() > 1).count() as f64 / people.len() as f64;
        // 0.26 · 2/4 + 0.20 + 0.12 · 3/4 + 0.08 = 0.50 of the people live with somebody else.
        assert!((shared - 0.50).abs() < 0.03, "{shared}");
    }

    /// Limits of the range once gave every grandchild the same birth date, which made strangers look like one person.
    #[test]
    fn no_birth_date_is_much_more_frequent_than_others() {
        let world = World::new(42, 8_000);
        let mut dates: HashMap<i32, u32> = HashMap::new();
        for index in 0..world.people {
            *dates.entry(Person::of(&world, index).birth_date).or_default() += 1;
        }
        assert!(dates.values().all(|people| *people < 10));
    }

    #[test]
    fn nobody_shares_an_address_or_a_mobile_by_chance() {
        let world = World::new(42, 2_000);
        let people: Vec<Person> = (0..world.people).map(|index| Person::of(&world, index)).collect();
        let emails: HashSet<&str> = people.iter().map(|person| person.email.as_str()).collect();
        let mobiles: HashSet<String> = people.iter().map(|person| person.mobile.e164()).collect();
        assert_eq!((emails.len(), mobiles.len()), (people.len(), people.len()));
    }
}
