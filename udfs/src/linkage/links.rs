//! What becomes of each record: its profile, the best link to another record, and what that rests on.

use std::collections::HashMap;

use super::clusters::{Linked, UnionFind};
use super::field::Field;
use super::hash::NumberMap;
use super::joining::{Speakers, clusters};
use super::key::KeySet;
use super::levels::{EQUAL, MISSING, levels};
use super::matching::{self, Matched, Pair, probability_of};
use super::model::{Model, level_in};
use super::pairs::RecordPairs;
use super::parallel::Work;
use super::people::People;
use super::protection::Protection;
use super::rules::Rules;
use super::standing::{BEFORE, STANDING, Standing};

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
#[derive(Clone, Copy, Debug)]
struct Best {
    weight: f64,
    probability: f64,
    pattern: u64,
}

/// The pattern of a pair that is one person because it was said so.
pub const MUST_LINK: u64 = u64::MAX;

/// What such a pair rests on.
pub const SAID: &str = "must_link";

/// Contents that have been brought together.
#[derive(Debug)]
pub struct Joined {
    /// The weight from which on pairs are linked.
    pub least: f64,
    /// The smallest content of each one's cluster.
    pub roots: Vec<u32>,
    best: Vec<Option<Best>>,
}

impl Joined {
    fn new(least: f64, roots: Vec<u32>, people: &People, rules: &Rules) -> Self {
        let mut joined = Self { least, best: vec![None; roots.len()], roots };
        let said = Best { weight: f64::INFINITY, probability: 1.0, pattern: MUST_LINK };
        for record in rules.must_link.iter().flatten() {
            if let Some(content) = people.contents.get(*record as usize).copied().flatten() {
                joined.offer(content, said);
            }
        }
        joined
    }

    fn offer(&mut self, content: u32, link: Best) {
        if let Some(slot) = self.best.get_mut(content as usize)
            && slot.is_none_or(|best| link.weight.total_cmp(&best.weight).then(best.pattern.cmp(&link.pattern)).is_gt())
        {
            *slot = Some(link);
        }
    }

    /// Whether two contents are one person.
    pub fn are_one(&self, left: u32, right: u32) -> bool {
        self.roots.get(left as usize) == self.roots.get(right as usize)
    }

    /// By a model: so that the share `threshold` of the links is expected to be right, under these rules. `None` when the
    /// work was stopped.
    pub fn by_model(people: &People, matched: &Matched, rules: &Rules, threshold: f64, work: &Work) -> Option<Self> {
        let fields = people.fields.as_slice();
        let least = matched.least_weight(threshold);
        let mut sets = clusters(people, matched, least, work)?;
        let roots = if rules.is_empty() {
            (0..people.count()).map(|content| sets.find(content)).collect()
        } else {
            let mut speakers = Speakers::new(people, matched, least);
            let unite = |pair: &Pair, ones: &[u32], others: &[u32]| speakers.unite(pair, ones, others);
            let links: Vec<Pair> = matched.links().collect();
            Protection::new(rules, people).clusters(sets, people.count(), &links, work, unite)?
        };
        let mut joined = Self::new(least, roots, people, rules);
        let link = |weight: f64, pattern: u64| Best { weight, probability: probability_of(weight), pattern };
        work.goes_on()?;
        for pair in &matched.pairs {
            if joined.are_one(pair.left, pair.right) {
                joined.offer(pair.left, link(pair.weight, pair.pattern));
                joined.offer(pair.right, link(pair.weight, pair.pattern));
            }
        }
        for (content, _) in (0..).zip(&people.sizes).filter(|(_, size)| **size > 1) {
            work.goes_on_at(content as usize)?;
            let pattern = matching::same(fields, content);
            let weight = matching::weight(&matched.model, fields, pattern, content, content);
            if weight >= least {
                joined.offer(content, link(weight, pattern));
            }
        }
        joined.offer_before(&matched.standing);
        Some(joined)
    }

    /// What was one profile before, and rests on nothing else, rests on that.
    fn offer_before(&mut self, standing: &Option<Standing>) {
        let before = Best { weight: f64::NEG_INFINITY, probability: f64::NAN, pattern: STANDING };
        for pair in standing.iter().flat_map(Standing::links) {
            if self.are_one(pair.left, pair.right) {
                self.offer(pair.left, before);
                self.offer(pair.right, before);
            }
        }
    }

    /// By the keys on which pairs agree, under these rules, and with the profiles that stand. A content rests on all keys that it agrees on
    /// with others. `None` when the work was stopped.
    pub fn by_keys(
        people: &People,
        found: &RecordPairs,
        standing: &Option<Standing>,
        rules: &Rules,
        work: &Work,
    ) -> Option<Self> {
        let content = |record: u32| people.contents.get(record as usize).copied().flatten();
        let of_contents = found.pairs.iter().filter_map(|pair| {
            let (left, right) = (content(pair.left)?, content(pair.right)?);
            Some(Pair { left, right, pattern: pair.pattern, weight: pair.weight })
        });
        let pairs: Vec<Pair> = of_contents.chain(standing.iter().flat_map(Standing::links)).collect();
        let mut sets = UnionFind::new(people.count());
        pairs.iter().for_each(|pair| sets.union(pair.left, pair.right));
        let roots = Protection::new(rules, people).clusters(sets, people.count(), &pairs, work, |_, _, _| true)?;
        let mut joined = Self::new(f64::NEG_INFINITY, roots, people, rules);
        let mut keys = vec![KeySet::default(); joined.roots.len()];
        for pair in pairs.iter().filter(|pair| pair.pattern != STANDING && joined.are_one(pair.left, pair.right)) {
            for content in [pair.left, pair.right] {
                if let Some(slot) = keys.get_mut(content as usize) {
                    *slot = slot.with(KeySet::of(pair.pattern));
                }
            }
        }
        for (content, keys) in (0..).zip(&keys) {
            if let Some(probability) = keys.probability() {
                joined.offer(content, Best { weight: matching::bits_of(probability), probability, pattern: keys.bits() });
            }
        }
        joined.offer_before(standing);
        Some(joined)
    }

    /// What becomes of the records. `ids` are hashes of who they are; `text` says what a pattern rests on. `None` when the
    /// work was stopped.
    pub fn links(&self, people: &People, ids: &[u64], work: &Work, text: impl Fn(u64) -> String) -> Option<Links> {
        let mut smallest = vec![u64::MAX; self.roots.len()];
        let best = |content: u32| self.best.get(content as usize).copied().flatten();
        let root = |content: u32| self.roots.get(content as usize).copied().unwrap_or(content);
        let linked = |content: &Option<u32>| content.filter(|content| best(*content).is_some());
        for (content, id) in people.contents.iter().zip(ids) {
            if let Some(smallest) = linked(content).and_then(|content| smallest.get_mut(root(content) as usize)) {
                *smallest = (*smallest).min(*id);
            }
        }
        let mut texts = Texts::default();
        let alone = texts.number(String::new());
        let mut by_pattern: NumberMap<u64, u32> = NumberMap::default();
        let mut links = Links::default();
        for (step, (content, id)) in people.contents.iter().zip(ids).enumerate() {
            work.goes_on_at(step)?;
            let content = linked(content);
            let best = content.and_then(best);
            links.profiles.push(content.and_then(|content| smallest.get(root(content) as usize).copied()).unwrap_or(*id));
            links.probabilities.push(best.map_or(f64::NAN, |best| best.probability));
            let mut number = |best: Best| {
                *by_pattern.entry(best.pattern).or_insert_with(|| {
                    texts.number(match best.pattern {
                        MUST_LINK => SAID.to_owned(),
                        STANDING => BEFORE.to_owned(),
                        pattern => text(pattern),
                    })
                })
            };
            links.reasons.push(best.map_or(alone, &mut number));
        }
        links.texts = texts.texts;
        Some(links)
    }
}

/// The fields that agree in a pattern, those that say most first: `email, family_name, given_name (one letter)`.
pub fn reason(model: &Model, pattern: u64) -> String {
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
