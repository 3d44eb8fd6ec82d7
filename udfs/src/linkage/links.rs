//! What becomes of each record: its profile, the best link to another record, and what that rests on.

use std::collections::HashMap;

use super::clusters::Linked;
use super::field::Field;
use super::hash::NumberMap;
use super::joining::clusters;
use super::levels::{EQUAL, MISSING, levels};
use super::matching::{self, Matched, least_weight, probability_of};
use super::model::{Model, level_in};
use super::people::People;

/// Fewer different records than this teach nothing: they are linked by keys.
pub const LEARN_MIN: u32 = 300;

/// The outcome for each record.
#[derive(Debug, Default)]
pub struct Links {
    /// The smallest id hash of the record's cluster.
    pub profiles: Vec<u64>,
    /// Of the best link to another record of the cluster; NaN for a record that stands alone.
    pub probabilities: Vec<f64>,
    /// What that link rests on: the number of a text.
    pub reasons: Vec<u32>,
    /// The texts, the first of them for records that stand alone.
    pub texts: Vec<String>,
}

/// Bytes of one record.
pub const LINKS_BYTES: usize = 20;

/// Gives each text a number.
#[derive(Default)]
struct Texts {
    texts: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Texts {
    fn number(&mut self, text: String) -> u32 {
        let next = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(text).or_insert_with_key(|text| {
            self.texts.push(text.clone());
            next
        })
    }
}

/// Records that keys have connected.
pub fn by_keys(linked: Linked) -> Links {
    let mut texts = Texts::default();
    texts.number(String::new());
    let probabilities = linked.keys.iter().map(|keys| keys.probability().unwrap_or(f64::NAN)).collect();
    let mut numbers = HashMap::new();
    let reasons = linked.keys.iter().map(|keys| *numbers.entry(*keys).or_insert_with(|| texts.number(keys.names()))).collect();
    Links { profiles: linked.profiles, probabilities, reasons, texts: texts.texts }
}

/// The best link of a content to another, or of its own records to each other.
#[derive(Clone, Copy)]
struct Best {
    weight: f64,
    pattern: u64,
}

/// Records that a model has brought together, so that the share `threshold` of the links is expected to be right. `ids` are hashes of who the records are.
pub fn by_model(people: &People, matched: &Matched, ids: &[u64], threshold: f64, threads: usize) -> Links {
    let fields = people.fields.as_slice();
    let least = least_weight(&matched.pairs, threshold);
    let mut sets = clusters(people, matched, least, threads);
    let roots: Vec<u32> = (0..people.count()).map(|content| sets.find(content)).collect();
    let mut best: Vec<Option<Best>> = vec![None; roots.len()];
    let mut offer = |content: u32, weight: f64, pattern: u64| {
        if let Some(slot) = best.get_mut(content as usize)
            && slot.is_none_or(|best| weight > best.weight)
        {
            *slot = Some(Best { weight, pattern });
        }
    };
    for pair in &matched.pairs {
        if roots.get(pair.left as usize) == roots.get(pair.right as usize) {
            offer(pair.left, pair.weight, pair.pattern);
            offer(pair.right, pair.weight, pair.pattern);
        }
    }
    for (content, _) in (0..).zip(&people.sizes).filter(|(_, size)| **size > 1) {
        let pattern = matching::same(fields, content);
        let weight = matching::weight(&matched.model, fields, pattern, content, content);
        if weight >= least {
            offer(content, weight, pattern);
        }
    }
    let mut smallest = vec![u64::MAX; roots.len()];
    let linked = |content: &Option<u32>| content.filter(|content| best.get(*content as usize).is_some_and(Option::is_some));
    let root = |content: u32| roots.get(content as usize).copied().unwrap_or(content);
    for (content, id) in people.contents.iter().zip(ids) {
        if let Some(smallest) = linked(content).and_then(|content| smallest.get_mut(root(content) as usize)) {
            *smallest = (*smallest).min(*id);
        }
    }
    let mut texts = Texts::default();
    let alone = texts.number(String::new());
    let mut by_pattern: NumberMap<u64, u32> = NumberMap::default();
    let mut links = Links::default();
    for (content, id) in people.contents.iter().zip(ids) {
        let content = linked(content);
        let best = content.and_then(|content| best.get(content as usize).copied().flatten());
        links.profiles.push(content.and_then(|content| smallest.get(root(content) as usize).copied()).unwrap_or(*id));
        links.probabilities.push(best.map_or(f64::NAN, |best| probability_of(best.weight)));
        let mut number =
            |best: Best| *by_pattern.entry(best.pattern).or_insert_with(|| texts.number(reason(&matched.model, best.pattern)));
        links.reasons.push(best.map_or(alone, &mut number));
    }
    links.texts = texts.texts;
    links
}

/// The fields that agree in a pattern, those that say most first: `email, family_name, given_name (one letter)`.
pub(super) fn reason(model: &Model, pattern: u64) -> String {
    let mut agreeing: Vec<(f64, String)> = vec![];
    for (index, chances) in model.fields.iter().enumerate() {
        let (level, of_field) = (level_in(pattern, index), levels(chances.field));
        let bits = model.bits(index, level);
        if level != MISSING && usize::from(level) < of_field.len() && bits > 0.0 {
            agreeing.push((bits, name(chances.field, level, of_field)));
        }
    }
    agreeing.sort_by(|(one, name), (other, of_other)| other.total_cmp(one).then_with(|| name.cmp(of_other)));
    agreeing.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(", ")
}

fn name(field: Field, level: u8, levels: &[&str]) -> String {
    match levels.get(usize::from(level - EQUAL)) {
        Some(how) if level != EQUAL => format!("{} ({how})", field.name()),
        _ => field.name().to_owned(),
    }
}
