//! Who lives together: profiles with one address, one telephone or one mailbox.
//!
//! Fixed rules, not the model's class of households: the model weighs pairs that may be one person, and people of one household are seldom
//! compared for that.

use super::clusters::UnionFind;
use super::field::Field;
use super::hash::stable_hash;
use super::levels::{Side, compare, levels};
use super::parallel::Work;
use super::people::People;
use super::values::{Sketch, Values};

/// Profiles of one name and postcode whose streets are compared with each other.
const STREETS_MAX: usize = 40;

/// Bytes for each record.
pub const HOUSEHOLD_BYTES: usize = 200;

/// What one record says of where somebody lives.
#[derive(Clone, Debug)]
struct Dwelling {
    /// In the ascending order of the profiles.
    profile: u32,
    /// Hashes of street, number and place: of the postcode, and of the city.
    addresses: [Option<u64>; 2],
    /// Of the second line of the address, such as a flat; 0 where there is none.
    line: u64,
    content: u32,
}

/// For each record the smallest profile of its household. `profiles` are those of the records.
///
/// An address that more profiles than `limit` have is a block of flats, and a number that so many have a firm's: of an address, those of one
/// family name are a household then, as long as they are no more than that. The outcome does not depend on the order of the records. `None` when the work was
/// stopped.
pub fn households(people: &People, profiles: &[u64], limit: usize, work: &Work) -> Option<Vec<u64>> {
    let mut ids: Vec<u64> = profiles.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let place = |id: &u64| ids.binary_search(id).ok().and_then(|place| u32::try_from(place).ok()).unwrap_or_default();
    let homes = Homes { people, work };
    let mut dwellings: Vec<Dwelling> = vec![];
    let mut seen: Vec<(u32, u32)> =
        people.contents.iter().zip(profiles).filter_map(|(content, id)| Some((place(id), (*content)?))).collect();
    seen.sort_unstable();
    seen.dedup();
    for (step, (profile, content)) in seen.into_iter().enumerate() {
        work.goes_on_at(step)?;
        dwellings.push(homes.dwelling(profile, content));
    }
    let mut sets = UnionFind::new(u32::try_from(ids.len()).unwrap_or(u32::MAX));
    homes.join_addresses(&dwellings, limit, &mut sets)?;
    homes.join_streets(&dwellings, limit, &mut sets)?;
    for field in [Field::Phone, Field::Email] {
        homes.join_numbers(&dwellings, field, limit, &mut sets)?;
    }
    Some(profiles.iter().map(|id| ids.get(sets.find(place(id)) as usize).copied().unwrap_or(*id)).collect())
}

struct Homes<'a> {
    people: &'a People,
    work: &'a Work,
}

impl Homes<'_> {
    fn values(&self, field: Field) -> Option<&Values> {
        self.people.fields.iter().find(|values| values.field == field)
    }

    fn texts(&self, field: Field, content: u32) -> impl Iterator<Item = &str> {
        self.values(field).into_iter().flat_map(move |values| values.of(content).map(|code| values.text(code)))
    }

    fn text(&self, field: Field, content: u32) -> &str {
        self.texts(field, content).next().unwrap_or_default()
    }

    fn dwelling(&self, profile: u32, content: u32) -> Dwelling {
        let [street, number, line] =
            [Field::Street, Field::HouseNumber, Field::AddressLine].map(|field| self.text(field, content));
        let has_digit = |text: &str| text.bytes().any(|letter| letter.is_ascii_digit());
        // A street without a number is no house.
        let is_house = !street.is_empty() && (!number.is_empty() || has_digit(street) || has_digit(line));
        let address = |of: Field| {
            let place = self.text(of, content);
            let parts = [street, number, place, of.name()].map(str::as_bytes);
            (is_house && !place.is_empty()).then(|| stable_hash(parts))
        };
        let line = if line.is_empty() { 0 } else { stable_hash([line.as_bytes()]) };
        Dwelling { profile, addresses: [Field::Postcode, Field::City].map(address), line, content }
    }

    /// All of one address, and of a large one those of one family name.
    fn join_addresses(&self, dwellings: &[Dwelling], limit: usize, sets: &mut UnionFind) -> Option<()> {
        let mut all: Vec<(u64, u64, u32)> = vec![];
        let mut named: Vec<(u64, u64, u32)> = vec![];
        for (step, dwelling) in dwellings.iter().enumerate() {
            self.work.goes_on_at(step)?;
            for address in dwelling.addresses.into_iter().flatten() {
                all.push((address, dwelling.line, dwelling.profile));
                for name in self.texts(Field::FamilyName, dwelling.content) {
                    let key = stable_hash([address.to_le_bytes().as_slice(), name.as_bytes()]);
                    named.push((key, dwelling.line, dwelling.profile));
                }
            }
        }
        for entries in [&mut all, &mut named] {
            entries.sort_unstable();
            entries.dedup();
            self.work.goes_on()?;
            for group in entries.chunk_by(|one, other| one.0 == other.0) {
                // Where several flats are known, those who do not tell theirs may live in any.
                let first = group.iter().map(|(_, line, _)| *line).find(|line| *line != 0);
                let has_flats = first.is_some_and(|first| group.iter().any(|(_, line, _)| *line != 0 && *line != first));
                if has_flats {
                    let flats = group.chunk_by(|one, other| one.1 == other.1);
                    flats
                        .filter(|flat| flat.first().is_some_and(|(_, line, _)| *line != 0))
                        .for_each(|flat| join(flat, limit, sets));
                } else {
                    join(group, limit, sets);
                }
            }
        }
        Some(())
    }

    /// Those of one family name and postcode whose streets are alike and have the same numbers in them: one was mistyped.
    fn join_streets(&self, dwellings: &[Dwelling], limit: usize, sets: &mut UnionFind) -> Option<()> {
        let mut named: Vec<(u64, u32, u32)> = vec![];
        for dwelling in dwellings.iter().filter(|dwelling| dwelling.addresses.iter().any(Option::is_some)) {
            let postcode = self.text(Field::Postcode, dwelling.content);
            for name in self.texts(Field::FamilyName, dwelling.content).filter(|_| !postcode.is_empty()) {
                let key = stable_hash([postcode.as_bytes(), name.as_bytes()]);
                named.push((key, dwelling.profile, dwelling.content));
            }
        }
        named.sort_unstable();
        let groups = named.chunk_by(|one, other| one.0 == other.0).filter(|group| group.len() <= STREETS_MAX.max(limit));
        for group in groups {
            self.work.goes_on()?;
            for (at, (_, one, content)) in group.iter().enumerate() {
                self.work.goes_on()?;
                for (_, other, of_other) in group.iter().skip(at + 1).filter(|(_, other, _)| other != one) {
                    if self.is_one_house(*content, *of_other) {
                        sets.union(*one, *other);
                    }
                }
            }
        }
        Some(())
    }

    /// Of equal streets the address itself has told.
    fn is_one_house(&self, one: u32, other: u32) -> bool {
        let digits = |content: u32| {
            let texts = [Field::Street, Field::HouseNumber].map(|field| self.text(field, content));
            texts.concat().chars().filter(char::is_ascii_digit).collect::<String>()
        };
        let differs = |field: Field| self.text(field, one) != self.text(field, other);
        let is_mistyped = differs(Field::Street) && self.is_alike(Field::Street, one, other);
        is_mistyped && !differs(Field::AddressLine) && digits(one) == digits(other)
    }

    /// Equal, or different by no more than a typing error or so.
    fn is_alike(&self, field: Field, one: u32, other: u32) -> bool {
        let side = |text| Side { text, sketch: Sketch::of(field, text) };
        self.texts(field, one).any(|one| {
            self.texts(field, other).any(|other| {
                let is_different = |level: u8| usize::from(level) == levels(field).len();
                one == other || !is_different(compare(field, side(one), side(other)))
            })
        })
    }

    /// Those of one telephone or mailbox, unless both name and place say that they are strangers.
    fn join_numbers(&self, dwellings: &[Dwelling], field: Field, limit: usize, sets: &mut UnionFind) -> Option<()> {
        let Some(values) = self.values(field) else { return Some(()) };
        let mut entries: Vec<(u32, u32, u32)> = vec![];
        for dwelling in dwellings {
            entries.extend(values.of(dwelling.content).map(|code| (code, dwelling.profile, dwelling.content)));
        }
        entries.sort_unstable();
        for group in entries.chunk_by(|one, other| one.0 == other.0) {
            let mut members: Vec<u32> = group.iter().map(|(_, profile, _)| *profile).collect();
            members.dedup();
            if !(2..=limit).contains(&members.len()) {
                continue;
            }
            for (at, (_, one, content)) in group.iter().enumerate() {
                self.work.goes_on()?;
                for (_, other, of_other) in group.iter().skip(at + 1).filter(|(_, other, _)| other != one) {
                    if !self.are_strangers(*content, *of_other) {
                        sets.union(*one, *other);
                    }
                }
            }
        }
        Some(())
    }

    fn are_strangers(&self, one: u32, other: u32) -> bool {
        let known = |field: Field| [one, other].iter().all(|content| self.texts(field, *content).next().is_some());
        let differs = |field: Field| known(field) && !self.is_alike(field, one, other);
        let agrees = |field: Field| known(field) && self.is_alike(field, one, other);
        differs(Field::FamilyName) && !agrees(Field::Postcode) && !agrees(Field::City)
    }
}

/// Brings the profiles of a group together, as long as they are no more than `limit`. The last of each entry is its profile.
fn join(group: &[(u64, u64, u32)], limit: usize, sets: &mut UnionFind) {
    let mut members: Vec<u32> = group.iter().map(|(_, _, profile)| *profile).collect();
    members.sort_unstable();
    members.dedup();
    if let [first, others @ ..] = members.as_slice()
        && members.len() <= limit
    {
        others.iter().for_each(|other| sets.union(*first, *other));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::people::Told;

    const COLUMNS: [Field; 6] =
        [Field::Email, Field::Phone, Field::Postcode, Field::Street, Field::AddressLine, Field::FamilyName];

    /// Each record is a profile of its own, the first with the smallest id.
    fn of(rows: &[[&str; 6]]) -> Vec<u64> {
        let mut told = Told::new(COLUMNS.to_vec());
        for row in rows {
            row.iter().enumerate().for_each(|(column, text)| told.push(column, text));
        }
        let hashes: Vec<u64> = (1..=rows.len() as u64).collect();
        let people = People::new(vec![told], &hashes, 50, &Work::on(1)).unwrap();
        households(&people, &hashes, 4, &Work::on(1)).unwrap()
    }

    #[test]
    fn an_address_a_number_or_a_mailbox_makes_a_household() {
        let found = of(&[
            ["", "", "11111", "high street 4", "", "lee"],
            ["", "", "11111", "high street 4", "", "ek"],
            ["", "", "11111", "hihg street 4", "", "lee"],
            ["", "", "11111", "high street 5", "", "lee"],
            ["", "", "22222", "high street 4", "", "lee"],
            ["a@x", "1234567", "33333", "low road 1", "", "oh"],
            ["a@x", "", "", "", "", ""],
            ["", "1234567", "44444", "low road 2", "", "kim"],
            ["", "1234567", "33333", "", "", "ray"],
        ]);
        assert_eq!(found, [1, 1, 1, 4, 5, 6, 6, 8, 6]);
    }

    #[test]
    fn a_block_of_flats_is_many_households() {
        let names = ["lee", "ek", "oh", "kim", "lee", "ray"];
        let rows = names.map(|name| ["", "", "11111", "high street 4", "", name]);
        assert_eq!(of(&rows), [1, 2, 3, 4, 1, 6]);
        // Five of one name are more than live in one flat; where flats are known, they tell them apart.
        assert_eq!(of(&[["", "", "11111", "high street 4", "", "lee"]; 5].map(|row| row)), [1, 2, 3, 4, 5]);
        let flats = ["1", "2", "1", "2", "", "3"].map(|flat| ["", "", "11111", "high street 4", flat, "lee"]);
        assert_eq!(of(&flats), [1, 2, 1, 2, 5, 6]);
    }

    #[test]
    fn a_street_without_a_number_is_no_house() {
        let rows = [["", "", "11111", "high street", "", "lee"]; 2];
        assert_eq!(of(&rows), [1, 2]);
    }
}
