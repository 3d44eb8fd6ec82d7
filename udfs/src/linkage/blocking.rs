//! Which pairs of records are compared: those that agree on one of several rules, chosen from the data.
//!
//! A rule is one part of a value, or several: the first letters of a given name with a year of birth. The parts that pairs of one
//! person would agree on are drawn at random, from how often each field is there and how often it is mistyped; rules are taken one
//! after the other, each time the one that finds most of the pairs not yet found for each comparison that it costs.

use std::sync::atomic::{AtomicBool, Ordering};

use super::field::Field;
use super::hash::{mix, stable_hash};
use super::matching::BlockFigures;
use super::values::Values;

/// Records that agree on a rule and are more than this are not compared by it.
pub const BLOCK_MAX: usize = 1_000;
/// Below this many pairs all are compared.
const ALL_PAIRS_MAX: u64 = 600_000;
/// Comparisons of all rules together: this many, and this many for each record.
const BUDGET: u64 = 600_000;
const BUDGET_PER_RECORD: u64 = 5;
/// Records from which it is estimated how many pairs agree on a rule.
const SAMPLE: u32 = 16_384;
const RULES_MAX: usize = 16;
const DRAWS: usize = 4096;

/// A part of a field's values that a rule asks to be equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Whole,
    Sound,
    Start,
    Mailbox,
    Year,
    MonthAndDay,
    Tail,
}

impl Part {
    fn of(field: Field) -> &'static [Self] {
        match field {
            Field::GivenName | Field::FamilyName => &[Self::Whole, Self::Sound, Self::Start],
            Field::BirthDate => &[Self::Whole, Self::Year, Self::MonthAndDay],
            Field::Email => &[Self::Whole, Self::Mailbox, Self::Start],
            Field::NationalId => &[Self::Whole, Self::Start, Self::Tail],
            Field::Postcode | Field::Street | Field::City | Field::Company => &[Self::Whole, Self::Start],
            Field::Phone | Field::HouseNumber | Field::AddressLine => &[Self::Whole],
            _ => &[],
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Sound => " sound",
            Self::Start => " start",
            Self::Mailbox => " mailbox",
            Self::Year => " year",
            Self::MonthAndDay => " day",
            Self::Tail => " end",
        }
    }

    /// Whether values that are mistyped still agree on it, out of 100.
    const fn survives(self) -> u64 {
        match self {
            Self::Whole => 0,
            Self::Sound => 55,
            Self::Start => 60,
            Self::Mailbox => 10,
            Self::Year => 55,
            Self::MonthAndDay | Self::Tail => 50,
        }
    }

    fn write(self, text: &str) -> Option<String> {
        let start = |letters: usize| (text.chars().count() > letters).then(|| text.chars().take(letters).collect::<String>());
        match self {
            Self::Whole => Some(text.to_owned()),
            Self::Sound => Some(crate::text::soundex::soundex(text)).filter(|code| !code.is_empty()),
            Self::Start => start(3),
            Self::Mailbox => text.split_once('@').map(|(mailbox, _)| mailbox.to_owned()),
            Self::Year => text.get(..4).map(str::to_owned),
            Self::MonthAndDay => text.get(5..).map(str::to_owned),
            Self::Tail => text.get(3..).map(str::to_owned),
        }
    }
}

/// How often two records of one person have equal values in a field, and how often one is mistyped, out of 100; the rest are
/// different values.
const fn agreement(field: Field) -> (u64, u64) {
    match field {
        Field::NationalId | Field::BirthDate => (88, 9),
        Field::FamilyName | Field::GivenName => (84, 10),
        Field::Email | Field::Phone => (75, 8),
        Field::Street | Field::AddressLine | Field::Company => (65, 20),
        _ => (80, 10),
    }
}

/// One part of one field, with the class of each value of it.
#[derive(Debug)]
pub struct Partition {
    /// Among the fields of the records.
    pub field: usize,
    pub part: Part,
    /// By the number of the value; 0 where it has no such part.
    classes: Vec<u64>,
    /// Pairs of records in one class.
    pairs: u64,
}

impl Partition {
    fn new(index: usize, values: &Values, part: Part) -> Self {
        let seed = mix(((index as u64) << 8) | part as u64);
        let class = |text: &String| {
            let written = (!text.is_empty()).then(|| part.write(text)).flatten();
            written.map_or(0, |written| (stable_hash([written.as_bytes()]) ^ seed).max(1))
        };
        let classes: Vec<u64> = values.texts.iter().map(class).collect();
        let mut sizes: Vec<(u64, u64)> =
            classes.iter().copied().zip(values.counts.iter().map(|count| u64::from(*count))).collect();
        sizes.sort_unstable();
        let of_class = |group: &[(u64, u64)]| {
            let size: u64 = group.iter().map(|(_, count)| count).sum();
            if group.first().is_some_and(|(class, _)| *class == 0) { 0 } else { size * size.saturating_sub(1) / 2 }
        };
        let pairs = sizes.chunk_by(|left, right| left.0 == right.0).map(of_class).sum();
        Self { field: index, part, classes, pairs }
    }

    fn class(&self, code: u32) -> u64 {
        self.classes.get(code as usize).copied().unwrap_or_default()
    }
}

/// A rule with what it costs.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Among the partitions, in ascending order.
    pub parts: Vec<usize>,
    /// Of its field each bit is set that the rule asks of.
    pub fields: u32,
    /// Pairs that agree on it, as far as it was estimated.
    pub expected: f64,
}

/// All partitions and the rules that were chosen.
#[derive(Debug)]
pub struct Blocking {
    pub partitions: Vec<Partition>,
    pub rules: Vec<Rule>,
    /// All pairs are compared: there is one rule, without parts.
    pub is_exhaustive: bool,
}

impl Blocking {
    /// Chooses rules for these fields of `records` records.
    pub fn choose(fields: &[Values], records: u32) -> Self {
        let n = u64::from(records);
        let all = n * n.saturating_sub(1) / 2;
        if all <= ALL_PAIRS_MAX {
            let rule = Rule { parts: vec![], fields: 0, expected: all as f64 };
            return Self { partitions: vec![], rules: vec![rule], is_exhaustive: true };
        }
        let of_field = |(index, values): (usize, &_)| {
            let values: &Values = values;
            Part::of(values.field).iter().map(move |part| Partition::new(index, values, *part)).collect::<Vec<_>>()
        };
        let partitions: Vec<Partition> = fields.iter().enumerate().flat_map(of_field).collect();
        let drawn = draws(fields, &partitions, records);
        let mut candidates: Vec<(Rule, [u64; DRAWS / 64])> = vec![];
        let budget = BUDGET + BUDGET_PER_RECORD * n;
        let sample = Sample::of(fields, &partitions, records);
        combine(&partitions, all as f64, budget as f64 / 3.0, &mut |mut rule: Rule| {
            rule.expected = sample.pairs(&rule.parts).max(rule.expected);
            if rule.expected > budget as f64 / 3.0 {
                return false;
            }
            let mut found = [u64::MAX; DRAWS / 64];
            for part in &rule.parts {
                found.iter_mut().zip(&drawn[*part]).for_each(|(bits, of_part)| *bits &= of_part);
            }
            candidates.push((rule, found));
            true
        });
        let mut rules: Vec<Rule> = vec![];
        let mut covered = [0_u64; DRAWS / 64];
        let mut spent = 0.0;
        while rules.len() < RULES_MAX {
            let gain = |found: &[u64; DRAWS / 64]| -> u32 {
                found.iter().zip(&covered).map(|(bits, before)| (bits & !before).count_ones()).sum()
            };
            let worth = |rule: &Rule, found: &[u64; DRAWS / 64]| f64::from(gain(found)) / (rule.expected + 0.2 * n as f64);
            let affordable = candidates.iter().enumerate().filter(|(_, (rule, _))| spent + rule.expected <= budget as f64);
            let best = affordable
                .max_by(|(_, (rule, found)), (_, (other, of_other))| worth(rule, found).total_cmp(&worth(other, of_other)));
            let Some((best, _)) = best.filter(|(_, (_, found))| gain(found) >= (DRAWS / 1000) as u32) else { break };
            let (rule, found) = candidates.swap_remove(best);
            spent += rule.expected;
            covered.iter_mut().zip(found).for_each(|(bits, more)| *bits |= more);
            rules.push(rule);
        }
        Self { partitions, rules, is_exhaustive: false }
    }

    pub fn name(&self, rule: &Rule, fields: &[Values]) -> String {
        let part = |part: &usize| {
            let partition = &self.partitions[*part];
            format!("{}{}", fields[partition.field].field.name(), partition.part.name())
        };
        if rule.parts.is_empty() { "all pairs".to_owned() } else { rule.parts.iter().map(part).collect::<Vec<_>>().join(" + ") }
    }

    /// What a rule asks to be equal, as one record has it; none where all pairs are compared.
    pub fn key(&self, rule: &Rule, fields: &[Values], record: u32) -> Option<String> {
        let part = |part: &usize| {
            let partition = self.partitions.get(*part)?;
            let values = fields.get(partition.field)?;
            partition.part.write(values.text(values.of(record).next()?))
        };
        let parts: Option<Vec<String>> = rule.parts.iter().map(part).collect();
        parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join(" + "))
    }

    /// The records of each key of a rule, sorted by the key; a record with several values has several keys.
    pub fn keys(&self, rule: &Rule, fields: &[Values], records: u32) -> Vec<(u64, u32)> {
        let mut keys = Vec::with_capacity(records as usize);
        let mut of_record: Vec<u64> = vec![];
        let mut combined: Vec<u64> = vec![];
        for record in 0..records {
            of_record.clear();
            of_record.push(1);
            for part in &rule.parts {
                let partition = &self.partitions[*part];
                combined.clear();
                let classes = fields[partition.field].of(record).map(|code| partition.class(code)).filter(|class| *class != 0);
                for class in classes {
                    combined.extend(of_record.iter().map(|key| mix(key.rotate_left(23) ^ class)));
                }
                std::mem::swap(&mut of_record, &mut combined);
            }
            keys.extend(of_record.iter().map(|key| (*key, record)));
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The classes of all records in the partitions of the rules, record by record; of several values the first.
    pub fn rows(&self, fields: &[Values], records: u32) -> Rows {
        let mut used: Vec<usize> = self.rules.iter().flat_map(|rule| rule.parts.iter().copied()).collect();
        used.sort_unstable();
        used.dedup();
        let mut classes = vec![0; used.len() * records as usize];
        for (place, part) in used.iter().enumerate() {
            let partition = &self.partitions[*part];
            let values = &fields[partition.field];
            for record in 0..records {
                classes[record as usize * used.len() + place] = values.of(record).next().map_or(0, |code| partition.class(code));
            }
        }
        let places =
            |rule: &Rule| rule.parts.iter().map(|part| used.iter().position(|other| other == part).unwrap_or(0)).collect();
        Rows { width: used.len(), classes, rules: self.rules.iter().map(places).collect() }
    }

    /// Gives each pair that agrees on a rule, and on none before it. `None` when `stop` was set.
    pub fn each_pair(
        &self,
        rule: usize,
        rows: &Rows,
        fields: &[Values],
        records: u32,
        stop: &AtomicBool,
        mut each: impl FnMut(u32, u32),
    ) -> Option<BlockFigures> {
        let mut figures = BlockFigures::default();
        let keys = self.keys(self.rules.get(rule)?, fields, records);
        for block in keys.chunk_by(|left, right| left.0 == right.0) {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let size = block.len() as u64;
            figures.keys += 1;
            if size > figures.largest {
                figures.largest = size;
                figures.largest_content = block.first().map_or(0, |(_, content)| *content);
            }
            if block.len() > BLOCK_MAX && !self.is_exhaustive {
                figures.skipped += 1;
                continue;
            }
            figures.pairs += size * (size - 1) / 2;
            for (at, (_, left)) in block.iter().enumerate() {
                let of_left = rows.of(*left);
                for (_, right) in block.iter().skip(at + 1) {
                    if !rows.agree_before(rule, of_left, rows.of(*right)) {
                        figures.new_pairs += 1;
                        each(*left, *right);
                    }
                }
            }
        }
        Some(figures)
    }
}

/// For each partition, on which of the drawn pairs of one person it agrees.
fn draws(fields: &[Values], partitions: &[Partition], records: u32) -> Vec<[u64; DRAWS / 64]> {
    let mut agreed = vec![[0_u64; DRAWS / 64]; partitions.len()];
    for draw in 0..DRAWS {
        let random = |purpose: u64| mix(mix(draw as u64 + 1) ^ purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let [left, right] = [1, 2].map(|purpose| (random(purpose) % u64::from(records.max(1))) as u32);
        for (index, values) in fields.iter().enumerate() {
            let is_there = values.of(left).next().is_some() && values.of(right).next().is_some();
            let state = random(16 + index as u64) % 100;
            let (equal, mistyped) = agreement(values.field);
            for (place, partition) in partitions.iter().enumerate().filter(|(_, partition)| partition.field == index) {
                let survives = random(1000 + place as u64) % 100 < partition.part.survives();
                let agrees = is_there && (state < equal || (state < equal + mistyped && survives));
                agreed[place][draw / 64] |= u64::from(agrees) << (draw % 64);
            }
        }
    }
    agreed
}

/// All rules of up to three parts whose cost is at most `cost_max`, none of them with parts that it could do without.
fn combine(partitions: &[Partition], all: f64, cost_max: f64, add: &mut impl FnMut(Rule) -> bool) {
    let share = |part: usize| partitions[part].pairs as f64 / all;
    let rule = |parts: Vec<usize>| {
        let fields = parts.iter().fold(0, |bits, part| bits | 1 << partitions[*part].field);
        let expected = all * parts.iter().map(|part| share(*part)).product::<f64>();
        Rule { parts, fields, expected }
    };
    let is_used = |part: usize| partitions[part].pairs > 0;
    let mut cheap: Vec<Vec<usize>> = vec![];
    let mut try_one = |parts: Vec<usize>, cheap: &mut Vec<Vec<usize>>| {
        let is_needed = !cheap.iter().any(|known| known.iter().all(|part| parts.contains(part)));
        let candidate = rule(parts.clone());
        if is_needed && candidate.expected <= cost_max && add(candidate) {
            cheap.push(parts);
        }
    };
    let used: Vec<usize> = (0..partitions.len()).filter(|part| is_used(*part)).collect();
    let apart = |one: usize, other: usize| partitions[one].field != partitions[other].field;
    for first in &used {
        try_one(vec![*first], &mut cheap);
    }
    for (at, first) in used.iter().enumerate() {
        for second in used.iter().skip(at + 1).filter(|second| apart(*first, **second)) {
            try_one(vec![*first, *second], &mut cheap);
        }
    }
    for (at, first) in used.iter().enumerate() {
        for (next, second) in used.iter().enumerate().skip(at + 1).filter(|(_, second)| apart(*first, **second)) {
            for third in used.iter().skip(next + 1).filter(|third| apart(*first, **third) && apart(*second, **third)) {
                try_one(vec![*first, *second, *third], &mut cheap);
            }
        }
    }
}

/// Some records, with their classes in each partition.
struct Sample {
    classes: Vec<Vec<u64>>,
    /// Pairs of all records for each pair of these.
    factor: f64,
}

impl Sample {
    fn of(fields: &[Values], partitions: &[Partition], records: u32) -> Self {
        let step = (records / SAMPLE).max(1) as usize;
        let chosen: Vec<u32> = (0..records).step_by(step).collect();
        let class = |partition: &Partition, record: u32| {
            fields[partition.field].of(record).next().map_or(0, |code| partition.class(code))
        };
        let of_partition = |partition: &Partition| chosen.iter().map(|record| class(partition, *record)).collect();
        let share = f64::from(records) / chosen.len().max(1) as f64;
        Self { classes: partitions.iter().map(of_partition).collect(), factor: share * share }
    }

    /// Pairs of all records that agree on these parts, as far as these records tell.
    fn pairs(&self, parts: &[usize]) -> f64 {
        let [first, others @ ..] = parts else { return 0.0 };
        let mut keys: Vec<u64> = self.classes[*first].clone();
        for part in others {
            for (key, class) in keys.iter_mut().zip(&self.classes[*part]) {
                *key = if *key == 0 || *class == 0 { 0 } else { mix(key.rotate_left(23) ^ class) };
            }
        }
        keys.retain(|key| *key != 0);
        keys.sort_unstable();
        let pairs: usize = keys.chunk_by(|one, other| one == other).map(|block| block.len() * (block.len() - 1) / 2).sum();
        pairs as f64 * self.factor
    }
}

/// The classes of records in the partitions that rules use.
pub struct Rows {
    width: usize,
    classes: Vec<u64>,
    rules: Vec<Vec<usize>>,
}

impl Rows {
    pub fn of(&self, record: u32) -> &[u64] {
        let start = record as usize * self.width;
        self.classes.get(start..start + self.width).unwrap_or_default()
    }

    /// Whether two records agree on one of the first rules.
    pub fn agree_before(&self, rule: usize, left: &[u64], right: &[u64]) -> bool {
        self.rules.iter().take(rule).any(|places| places.iter().all(|place| left[*place] == right[*place] && left[*place] != 0))
    }
}
