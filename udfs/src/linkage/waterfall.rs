//! How a weight comes about, step by step: from what is known of any two records to what is known of these two.
//!
//! The weight is the logarithm of the odds of one person against all other classes of pairs ([`super::model`]). Against strangers alone it
//! is a sum, as Fellegi and Sunter have it: the prior, log2(m/u) of each field with the rarity of its value, and what the levels say
//! together. What the other classes – people of one household, of one place, of one name – make as likely is taken off after that: with r the
//! odds of each of them against strangers, log2(1 + Σ r) bits, of which each class bears the part that its r is of their sum.

use super::chances::{HOUSEHOLD, NAMESAKES, PERSON, PLACE, STRANGERS};
use super::clusters::{Records, exceeds};
use super::comparer::Comparer;
use super::field::Field;
use super::key::{KEYS, Key};
use super::levels::{EQUAL, EXCHANGED, MISSING, levels};
use super::matching::{self, bits_of, probability_of, rarity};
use super::model::{Model, level_in};
use super::values::Values;

/// One step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// A field, a key, or one of `prior`, `together`, `household`, `place` and `namesakes`.
    pub field: &'static str,
    pub level: Option<&'static str>,
    pub m: Option<f64>,
    pub u: Option<f64>,
    /// Bits, for equal values.
    pub rarity: Option<f64>,
    /// Bits that the step adds.
    pub weight: f64,
    pub running_weight: Option<f64>,
    pub running_probability: Option<f64>,
}

impl Step {
    fn new(field: &'static str, weight: f64) -> Self {
        Self { field, level: None, m: None, u: None, rarity: None, weight, running_weight: None, running_probability: None }
    }
}

/// The steps to the weight of two contents, of which one that says nothing is none. The last ends at exactly that weight.
pub fn waterfall(model: &Model, fields: &[Values], left: Option<u32>, right: Option<u32>) -> Vec<Step> {
    let (pattern, rarities) = compared(model, fields, left, right);
    let rarity = |index: usize| rarities.get(index).copied().unwrap_or_default();
    let of_pattern = model.of_pattern(pattern);
    let (of_classes, weight) = (model.class_bits(&of_pattern, rarity), model.weight_of(&of_pattern, rarity));
    let (m, u) = (model.shares[PERSON], model.shares[STRANGERS]);
    let mut steps = vec![Step { m: Some(m), u: Some(u), ..Step::new("prior", m.log2() - u.log2()) }];
    let mut of_fields: Vec<Step> = (0..fields.len()).filter_map(|index| field_step(model, pattern, index, &rarities)).collect();
    of_fields.sort_by(|one, other| other.weight.total_cmp(&one.weight));
    steps.extend(of_fields);
    steps.push(Step::new("together", model.together.get(&pattern).copied().unwrap_or_default()));
    let classes = [("household", HOUSEHOLD), ("place", PLACE), ("namesakes", NAMESAKES)];
    let odds = classes.map(|(_, class)| (of_classes[class] - of_classes[STRANGERS]).exp2());
    let sum: f64 = odds.iter().sum();
    let taken = weight - (of_classes[PERSON] - of_classes[STRANGERS]);
    for ((name, _), odds) in classes.into_iter().zip(odds) {
        steps.push(Step::new(name, if sum > 0.0 { taken * odds / sum } else { 0.0 }));
    }
    let mut running = 0.0;
    let last = steps.len() - 1;
    for (number, step) in steps.iter_mut().enumerate() {
        // The last step ends at the weight itself, and not at what rounding makes of its parts.
        let next = if number == last { weight } else { running + step.weight };
        (step.running_weight, step.running_probability) = (Some(next), Some(probability_of(next)));
        running = next;
    }
    steps
}

/// The pattern of two contents and the rarity of their equal values.
fn compared(model: &Model, fields: &[Values], left: Option<u32>, right: Option<u32>) -> (u64, Vec<f64>) {
    // As pairs are compared: the smaller content first.
    let Some((left, right)) = left.zip(right).map(|(one, other)| (one.min(other), one.max(other))) else {
        return (0, vec![0.0; fields.len()]);
    };
    let mut pattern = matching::same(fields, left);
    if left != right {
        Comparer::new(fields).patterns(&[(left, right)], |_, found| pattern = found);
    }
    (pattern, (0..fields.len()).map(|index| rarity(model, fields, index, left, right)).collect())
}

fn field_step(model: &Model, pattern: u64, index: usize, rarities: &[f64]) -> Option<Step> {
    let chances = model.fields.get(index)?;
    let level = level_in(pattern, index);
    let mut step = Step { level: Some("missing"), ..Step::new(chances.field.name(), 0.0) };
    if level != MISSING {
        let at = usize::from(level - EQUAL);
        let (m, u) = (*chances.of[PERSON].get(at)?, *chances.of[STRANGERS].get(at)?);
        (step.m, step.u, step.level) = (Some(m), Some(u), levels(chances.field).get(at).copied());
        step.rarity = rarities.get(index).copied().filter(|_| level == EQUAL);
        step.weight = m.log2() - u.log2() + step.rarity.unwrap_or_default();
    } else if chances.field == Field::FamilyName && is_exchanged(model, pattern) {
        step.level = levels(Field::GivenName).get(usize::from(EXCHANGED - EQUAL)).copied();
    }
    Some(step)
}

/// Names that have changed places are counted with the given name.
fn is_exchanged(model: &Model, pattern: u64) -> bool {
    let given = model.fields.iter().position(|chances| chances.field == Field::GivenName);
    given.is_some_and(|index| level_in(pattern, index) == EXCHANGED)
}

/// The keys of two records, the surest first: the first on which they agree counts. Where they agree on none, there is no weight.
pub fn key_steps(records: &Records, slots: &[usize], limit: usize, left: u32, right: u32) -> Vec<Step> {
    let mut keys: Vec<usize> = slots.to_vec();
    keys.dedup();
    let mut steps = vec![];
    let mut counted: Option<f64> = None;
    for (number, key) in keys.into_iter().filter_map(|number| KEYS.get(number).map(|key| (number, key))) {
        let level = key_level(records, slots, limit, (number, key), left, right);
        let weight = if level == AGREES && counted.is_none() { bits_of(key.probability) } else { 0.0 };
        if level == AGREES {
            counted = counted.or(Some(key.probability));
        }
        let step = Step { level: Some(level), running_weight: counted.map(bits_of), ..Step::new(key.name, weight) };
        steps.push(Step { running_probability: counted, ..step });
    }
    steps
}

const AGREES: &str = "agrees";

/// What two records have to do with each other under one key.
fn key_level(
    records: &Records,
    slots: &[usize],
    limit: usize,
    (number, key): (usize, &Key),
    left: u32,
    right: u32,
) -> &'static str {
    let of_key = || slots.iter().zip(&records.keys).filter(|(of, _)| **of == number).map(|(_, hashes)| hashes);
    let of_record = |record: u32| -> Vec<u64> {
        of_key().filter_map(|hashes| hashes.get(record as usize)).copied().filter(|hash| *hash != 0).collect()
    };
    let (ones, others) = (of_record(left), of_record(right));
    if ones.is_empty() || others.is_empty() {
        return "missing";
    }
    let mut level = "different";
    for hash in ones.iter().filter(|hash| others.contains(hash)) {
        let mut group: Vec<(u64, u32)> = of_key()
            .flat_map(|hashes| (0..).zip(hashes))
            .filter(|(_, other)| *other == hash)
            .map(|(record, hash)| (*hash, record))
            .collect();
        group.sort_unstable();
        group.dedup();
        if exceeds(&group, &records.contents, limit) {
            level = "shared by too many";
        } else if key.contradicted_by.is_some() && exceeds(&group, &records.given_names, 1) {
            level = "contradicted by given names";
        } else {
            return AGREES;
        }
    }
    level
}

#[cfg(test)]
mod tests {
    use crate::linkage::parallel::Work;

    use super::*;
    use crate::linkage::chances::{is_name, is_shared};
    use crate::linkage::hash::mix;
    use crate::linkage::matching::{Matched, matched};
    use crate::linkage::people::{People, Told};

    /// Four people to a household, every person twice, the second time with gaps and other letters; two given names are exchanged.
    fn people() -> People {
        let fields = vec![Field::Email, Field::Phone, Field::Street, Field::GivenName, Field::FamilyName, Field::BirthDate];
        let mut told = Told::new(fields);
        for record in 0..2_400_u64 {
            let (person, house, is_second) = (record / 2, record / 8, record % 2 == 1);
            let of = |number: u64, purpose: u64, count: u64| mix(mix(number + 1) ^ mix(purpose)) % count;
            let (given, family) = (format!("given{}", of(person, 1, 60)), format!("family{}", of(house, 2, 80)));
            let is_exchanged = is_second && of(record, 9, 20) == 0;
            let mut texts = [
                format!("m{person}@example.com"),
                format!("2070{:05}", of(house, 3, 90_000)),
                format!("street {}", of(house, 4, 200)),
                if is_exchanged { family.clone() } else { given.clone() },
                if is_exchanged { given } else { family },
                format!("19{:02}-{:02}-{:02}", 30 + of(person, 5, 60), 1 + of(person, 6, 12), 1 + of(person, 7, 28)),
            ];
            for (column, text) in (0..).zip(&mut texts) {
                match of(record, 20 + column, 8) {
                    0 if is_second => text.clear(),
                    1 if is_second && !is_exchanged => text.push('7'),
                    _ => {}
                }
            }
            texts.iter().enumerate().for_each(|(column, text)| told.push(column, text));
        }
        People::new(vec![told], &(1..=2_400).collect::<Vec<u64>>(), 50, &Work::on(1)).unwrap()
    }

    /// The weight by its definition, of probabilities and not of their logarithms.
    fn by_definition(model: &Model, fields: &[Values], pattern: u64, left: u32, right: u32) -> f64 {
        let mut all = model.shares;
        for (index, chances) in model.fields.iter().enumerate() {
            let level = level_in(pattern, index);
            if level == MISSING {
                continue;
            }
            for (class, likelihood) in all.iter_mut().enumerate() {
                *likelihood *= chances.of[class][usize::from(level - EQUAL)];
                let rare = class == PERSON
                    || (class == HOUSEHOLD && is_shared(chances.field))
                    || (class == NAMESAKES && is_name(chances.field));
                if level == EQUAL && rare {
                    *likelihood *= rarity(model, fields, index, left, right).exp2();
                }
            }
        }
        let person = all[PERSON] * model.together.get(&pattern).copied().unwrap_or_default().exp2();
        (person / all[1..].iter().sum::<f64>()).log2()
    }

    fn trained(people: &People) -> Matched {
        matched(people, &[], f64::NEG_INFINITY, None, &Work::on(2)).unwrap()
    }

    #[test]
    fn every_pair_ends_at_its_weight() {
        let people = people();
        let found = trained(&people);
        assert!(found.pairs.len() > 3_000, "{}", found.pairs.len());
        for pair in found.pairs.iter().step_by(found.pairs.len() / 300) {
            let steps = waterfall(&found.model, &people.fields, Some(pair.left), Some(pair.right));
            let last = steps.last().unwrap();
            assert_eq!((last.running_weight, last.running_probability), (Some(pair.weight), Some(pair.probability())));
            assert_eq!(steps, waterfall(&found.model, &people.fields, Some(pair.right), Some(pair.left)));
            let sum: f64 = steps.iter().map(|step| step.weight).sum();
            assert!((sum - pair.weight).abs() < 1e-9, "{sum} {}", pair.weight);
            let expected = by_definition(&found.model, &people.fields, pair.pattern, pair.left, pair.right);
            assert!((expected - pair.weight).abs() < 1e-9, "{expected} {}", pair.weight);
            // Against strangers alone it would be the sum of all steps but the last three, which only take away.
            let (of_strangers, others) = steps.split_at(steps.len() - 3);
            assert!(others.iter().all(|step| step.weight <= 1e-9), "{others:?}");
            assert!(of_strangers.iter().skip(1).take(people.fields.len()).is_sorted_by(|one, other| one.weight >= other.weight));
        }
    }

    /// What the classes take is what they add to the strangers, by hand: with odds of 3 and 1 to strangers log2(1 + 3 + 1) bits, three quarters of them
    /// for the first.
    #[test]
    fn classes_bear_what_they_make_as_likely() {
        let people = people();
        let mut model = trained(&people).model;
        model.shares = [0.1, 0.3, 0.1, 0.0, 0.1];
        let steps = waterfall(&model, &people.fields, None, Some(0));
        let weight = |name: &str| steps.iter().find(|step| step.field == name).unwrap().weight;
        assert!((weight("prior") - 0.0).abs() < 1e-12);
        assert!((weight("household") + 0.75 * 5_f64.log2()).abs() < 1e-12, "{}", weight("household"));
        assert!((weight("place") + 0.25 * 5_f64.log2()).abs() < 1e-12);
        assert!(steps.iter().skip(1).take(6).all(|step| step.level == Some("missing") && step.weight == 0.0));
        assert!((steps.last().unwrap().running_probability.unwrap() - 1.0 / 6.0).abs() < 1e-12);
    }

    #[test]
    fn names_that_have_changed_places_are_named_twice_and_counted_once() {
        let people = people();
        let found = trained(&people);
        let given = people.fields.iter().position(|values| values.field == Field::GivenName).unwrap();
        let pair = found.pairs.iter().find(|pair| level_in(pair.pattern, given) == EXCHANGED).unwrap();
        let steps = waterfall(&found.model, &people.fields, Some(pair.left), Some(pair.right));
        let of = |name: &str| steps.iter().find(|step| step.field == name).unwrap();
        assert_eq!((of("given_name").level, of("family_name").level), (Some("exchanged"), Some("exchanged")));
        assert!(of("given_name").weight > 3.0 && of("family_name").weight == 0.0);
    }

    #[test]
    fn the_first_key_that_agrees_counts() {
        let records = Records {
            ids: (1..=5).collect(),
            contents: (1..=5).collect(),
            given_names: vec![1, 2, 0, 0, 0],
            // An e-mail address, a telephone, and that telephone whoever has it.
            keys: vec![vec![0, 7, 7, 8, 8], vec![9, 9, 3, 0, 3], vec![9, 9, 3, 0, 3]],
        };
        let steps = |left, right| -> Vec<(&str, Option<&str>, String)> {
            let steps = key_steps(&records, &[2, 6, 10], 2, left, right);
            steps
                .into_iter()
                .map(|step| (step.field, step.level, format!("{:.2}", step.running_probability.unwrap_or(f64::NAN))))
                .collect()
        };
        let row = |field, level, probability: &str| (field, Some(level), probability.to_owned());
        assert_eq!(
            steps(0, 1),
            [
                row("email", "missing", "NaN"),
                row("phone", "contradicted by given names", "NaN"),
                row("shared_phone", "agrees", "0.80")
            ]
        );
        assert_eq!(steps(1, 2)[..2], [row("email", "agrees", "0.98"), row("phone", "different", "0.98")]);
        assert_eq!(steps(2, 3)[0], row("email", "different", "NaN"));
        let crowd = key_steps(&records, &[2, 6, 10], 1, 1, 2);
        assert_eq!(crowd[0].level, Some("shared by too many"));
    }
}
