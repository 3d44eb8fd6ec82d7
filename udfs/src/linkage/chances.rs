//! The probabilities of one field's levels, and how they are learnt.

use super::field::Field;
use super::levels::levels;

const LEAST: f64 = 1e-6;
/// Pairs that what is assumed of m counts as.
const ASSUMED_PAIRS: f64 = 10.0;

/// The classes of pairs.
pub const PERSON: usize = 0;
pub const HOUSEHOLD: usize = 1;
pub const PLACE: usize = 2;
pub const NAMESAKES: usize = 3;
pub const STRANGERS: usize = 4;
pub const CLASSES: usize = 5;

/// The probabilities of one field's levels in each class; what is missing has none.
#[derive(Clone, Debug)]
pub struct Chances {
    pub field: Field,
    pub of: [Vec<f64>; CLASSES],
    /// As those of strangers, of all pairs together.
    observed: Vec<f64>,
    /// Records that have a value.
    known: f64,
    /// Of the pairs with equal values, those of one person.
    own: f64,
    /// Pairs with equal values of which more is known, and of them those of people who have nothing to do with each other.
    equal: [f64; 2],
    /// Pairs of one person that the estimate of m rests on.
    pub pairs: f64,
    /// A company that is not where a person works, but what the records are of.
    names_records: bool,
}

/// What the members of a household have in common.
pub const fn is_shared(field: Field) -> bool {
    matches!(
        field,
        Field::FamilyName | Field::Street | Field::HouseNumber | Field::City | Field::Postcode | Field::Region | Field::Phone
    )
}

/// What no place and no name makes alike.
pub const fn is_identity(field: Field) -> bool {
    matches!(field, Field::BirthDate | Field::Email | Field::NationalId | Field::Phone)
}

/// What namesakes have in common.
pub const fn is_name(field: Field) -> bool {
    matches!(field, Field::GivenName | Field::MiddleName | Field::FamilyName | Field::Name | Field::Company)
}

/// Two people of one household who have one day of birth are twins, and those of one given name mostly father and son: a few of a thousand
/// pairs, of which most are parents with children.
const fn alike_at_home(field: Field) -> f64 {
    match field {
        Field::BirthDate => 0.004,
        Field::GivenName => 0.006,
        _ => 0.0,
    }
}

/// A share of one, the rest of the other.
fn mixed(rest: &[f64], of: &[f64], share: f64) -> Vec<f64> {
    rest.iter().zip(of).map(|(rest, of)| (1.0 - share) * rest + share * of).collect()
}

/// At most this share of two records of one person differs in the field: who has another name and another day of birth is another person,
/// whereas people move and change their telephones.
const fn different_max(field: Field) -> f64 {
    match field {
        Field::NationalId => 0.2,
        Field::GivenName | Field::FamilyName => 0.25,
        Field::BirthDate => 0.35,
        _ => 0.6,
    }
}

/// What is assumed of m before any pair is seen: equal in most, and each further level less often.
fn assumed(field: Field) -> Vec<f64> {
    let count = levels(field).len();
    let mut m: Vec<f64> = (0..count).map(|level| if level == 0 { 0.85 } else { 0.15 * 0.5_f64.powi(level as i32) }).collect();
    if let Some(last) = m.last_mut() {
        *last = 0.05;
    }
    normalise(&mut m);
    m
}

fn normalise(chances: &mut [f64]) {
    let sum: f64 = chances.iter().sum();
    chances.iter_mut().for_each(|chance| *chance = (*chance / sum).max(LEAST));
}

impl Chances {
    /// Before training: m as it is assumed, and u as it was observed in a field that `known` records have.
    pub fn new(field: Field, known: f64, mut u: Vec<f64>) -> Self {
        normalise(&mut u);
        let m = assumed(field);
        let household = match field {
            Field::Email => mixed(&u, &m, 0.1),
            field if is_shared(field) => m.clone(),
            field => mixed(&u, &m, alike_at_home(field)),
        };
        let mut place: Vec<f64> =
            if is_identity(field) { u.clone() } else { u.iter().zip(&m).map(|(u, m)| (u * m).sqrt()).collect() };
        normalise(&mut place);
        let namesake = if is_name(field) { m.clone() } else { u.clone() };
        let of = [m, household, place, namesake, u.clone()];
        Self { field, of, observed: u, known, own: 0.0, equal: [0.0; 2], pairs: 0.0, names_records: false }
    }

    /// The same where a company is not where a person works, but what the records are of.
    pub fn naming_records(self) -> Self {
        Self { names_records: true, ..self }
    }

    /// Counts pairs with equal values of which more is known, and those of them that have nothing to do with each other.
    pub fn count_equal(&mut self, pairs: f64, apart: f64) {
        let [all, of_apart] = &mut self.equal;
        *all += pairs;
        *of_apart += apart;
    }

    /// Bits by which equal values of which `count` records have this one are rarer among others than equal values are. The two records
    /// themselves say nothing of that, and of the others as many are the same person's as of all pairs with equal values.
    pub fn rarity(&self, count: u32) -> f64 {
        let by_chance = self.of[STRANGERS].first().copied().unwrap_or(LEAST);
        let others = f64::from(count.saturating_sub(2)) * (1.0 - self.own);
        // One that nobody else has may be one that nobody else was seen to have.
        let unseen = (by_chance * self.known).min(1.0);
        (by_chance * self.known / (others + unseen).max(f64::MIN_POSITIVE)).log2()
    }

    /// Takes m, and what people of one place have, from the counts of pairs at each level, and u from what remains; how far m moved.
    pub fn learn(&mut self, [person, household, place, namesake]: &[Vec<f64>; 4], share: f64) -> f64 {
        let smoothed = |counts: &[f64], before: &[f64]| {
            let mut chances: Vec<f64> = counts.iter().zip(before).map(|(count, before)| count + ASSUMED_PAIRS * before).collect();
            normalise(&mut chances);
            chances
        };
        let mut m = smoothed(person, &assumed(self.field));
        self.pairs = person.iter().sum();
        falling(&mut m, &self.of[STRANGERS]);
        capped(&mut m, if self.names_records { 0.15 } else { different_max(self.field) });
        let change = m.iter().zip(&self.of[PERSON]).map(|(new, old)| (new - old).abs()).fold(0.0, f64::max);
        for ((u, observed), m) in self.of[STRANGERS].iter_mut().zip(&self.observed).zip(&m) {
            *u = ((observed - share * m) / (1.0 - share)).max(0.05 * observed).max(1e-9);
        }
        if let (Some(observed), Some(equal)) = (self.observed.first(), m.first()) {
            self.own = (share * equal / observed).clamp(0.0, 0.98);
        }
        let [known, apart] = std::mem::take(&mut self.equal);
        // All pairs with equal addresses or numbers are compared, unlike those with equal days.
        if matches!(self.field, Field::Email | Field::Phone | Field::NationalId)
            && known > 0.0
            && let (Some(u), Some(observed)) = (self.of[STRANGERS].first_mut(), self.observed.first())
        {
            // Of those who share an address or a number as many are strangers as of those of whom more is known.
            let apart = (apart / known).clamp(0.002, 1.0);
            *u = observed * apart;
            self.own = 1.0 - apart;
        }
        // What is equal is not made alike by a name or a place.
        let made = |counts: &[f64], by_chance: &[f64]| {
            let mut chances = smoothed(counts, by_chance);
            if let ([equal, ..], [rarely, ..]) = (chances.as_mut_slice(), by_chance) {
                *equal = *rarely;
            }
            chances
        };
        let u = self.of[STRANGERS].clone();
        self.of[PLACE] = match self.field {
            Field::Email => made(place, &u),
            _ if self.names_records => made(place, &u),
            identity if is_identity(identity) => u.clone(),
            _ => smoothed(place, &u),
        };
        self.of[NAMESAKES] = match self.field {
            name if is_name(name) => m.clone(),
            Field::Email => made(namesake, &u),
            _ => u,
        };
        self.of[HOUSEHOLD] = match self.field {
            // Some families have one mailbox, or one telephone.
            Field::Email | Field::Phone => smoothed(household, &self.of[STRANGERS].clone()),
            shared if is_shared(shared) => m.clone(),
            field => mixed(&self.of[STRANGERS], &m, alike_at_home(field)),
        };
        self.of[PERSON] = m;
        change
    }
}

/// The last level made no more frequent than that.
fn capped(m: &mut [f64], different_max: f64) {
    let [others @ .., different] = m else { return };
    if *different > different_max {
        let sum: f64 = others.iter().sum();
        others.iter_mut().for_each(|chance| *chance *= (1.0 - different_max) / sum);
        *different = different_max;
    }
}

/// Levels whose m/u does not fall are pooled with the one before.
fn falling(m: &mut [f64], u: &[f64]) {
    let mut pools: Vec<(f64, f64, usize)> = vec![];
    for (m, u) in m.iter().zip(u) {
        pools.push((*m, *u, 1));
        while let [.., before, last] = pools.as_slice()
            && last.0 / last.1 > before.0 / before.1
        {
            let pooled = (before.0 + last.0, before.1 + last.1, before.2 + last.2);
            pools.truncate(pools.len() - 2);
            pools.push(pooled);
        }
    }
    let mut at = 0;
    for (pool_m, pool_u, length) in pools {
        for (m, u) in m.iter_mut().zip(u).skip(at).take(length) {
            *m = (pool_m * u / pool_u).max(LEAST);
        }
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_that_say_more_than_a_surer_one_are_pooled() {
        let mut m = [0.5, 0.1, 0.4];
        falling(&mut m, &[0.1, 0.01, 0.89]);
        assert!((m[0] / 0.1 - m[1] / 0.01).abs() < 1e-9 && (m.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{m:?}");
    }

    #[test]
    fn a_person_seldom_has_two_names() {
        let mut m = [0.1, 0.1, 0.8];
        capped(&mut m, 0.25);
        assert!(
            (m[2] - 0.25).abs() < 1e-12 && (m[0] - m[1]).abs() < 1e-12 && (m.iter().sum::<f64>() - 1.0).abs() < 1e-12,
            "{m:?}"
        );
    }

    /// 1,000 records have the field, and two that share a value by chance do so once in a hundred pairs: such a value has ten records. One
    /// that fifty have beside the two counts as fifty-one, with one that was not seen; one that nobody else has counts as one.
    #[test]
    fn a_frequent_value_says_less_than_a_rare_one() {
        let chances = Chances::new(Field::FamilyName, 1_000.0, vec![0.01, 0.002, 0.001, 0.001, 0.986]);
        assert!((chances.rarity(52) - (10.0_f64 / 51.0).log2()).abs() < 1e-9, "{}", chances.rarity(52));
        assert!((chances.rarity(2) - 10.0_f64.log2()).abs() < 1e-9);
    }
}
