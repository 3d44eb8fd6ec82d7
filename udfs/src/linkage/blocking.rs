//! Which pairs of records are compared: those that agree on one of several rules, chosen from the data.
//!
//! A rule is one part of a value, or several: the first letters of a given name with a year of birth. The parts that pairs of one
//! person would agree on are drawn at random, from how often each field is there and how often it is mistyped; rules are taken one
//! after the other, each time the one that finds most of the pairs not yet found for each comparison that it costs.

use std::sync::atomic::{AtomicBool, Ordering};

use super::hash::mix;
use super::matching::BlockFigures;
use super::parallel::in_parallel;
use super::parts::{Part, Partition, agreement};
use super::values::Values;

/// Records that agree on a rule and are more than this are not compared by it.
pub const BLOCK_MAX: usize = 1_000;
/// Below this many pairs all are compared.
const ALL_PAIRS_MAX: u64 = 600_000;
const ALL_PAIRS_SHARES: usize = 16;
/// Comparisons of all rules together: this many, and this many for each record.
const BUDGET: u64 = 600_000;
const BUDGET_PER_RECORD: u64 = 5;
/// Records from which it is estimated how many pairs agree on a rule.
const SAMPLE: u32 = 16_384;
const RULES_MAX: usize = 16;
const DRAWS: usize = 4096;

/// A rule with what it costs.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Among the partitions, in ascending order.
    pub parts: Vec<usize>,
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
    /// Chooses rules for these fields of `records` records, on some threads.
    pub fn choose(fields: &[Values], records: u32, threads: usize) -> Self {
        let n = u64::from(records);
        let all = n * n.saturating_sub(1) / 2;
        if all <= ALL_PAIRS_MAX {
            let rule = Rule { parts: vec![], expected: all as f64 };
            return Self { partitions: vec![], rules: vec![rule], is_exhaustive: true };
        }
        let parts: Vec<(usize, Part)> = fields
            .iter()
            .enumerate()
            .flat_map(|(index, values)| Part::of(values.field).iter().map(move |part| (index, *part)))
            .collect();
        let partitions = in_parallel(parts.len(), threads, |number| {
            let (index, part) = parts[number];
            Partition::new(index, &fields[index], part)
        });
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

    /// Into how many shares the pairs of a rule are cut, for threads to take: all pairs together are one rule.
    pub fn shares(&self) -> usize {
        if self.is_exhaustive { ALL_PAIRS_SHARES } else { 1 }
    }

    /// Gives each pair of one share that agrees on a rule, and on none before it. `None` when `stop` was set.
    pub fn each_pair(
        &self,
        (rule, share): (usize, usize),
        rows: &Rows,
        fields: &[Values],
        records: u32,
        stop: &AtomicBool,
        mut each: impl FnMut(u32, u32),
    ) -> Option<BlockFigures> {
        let mut figures = BlockFigures::default();
        let shares = self.shares();
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
            for (at, (_, left)) in block.iter().enumerate().skip(share).step_by(shares) {
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
        let expected = all * parts.iter().map(|part| share(*part)).product::<f64>();
        Rule { parts, expected }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::linkage::field::Field;
    use crate::linkage::people::{People, Told};

    /// Every third record is the one before it with another letter in its name; years and towns repeat.
    fn people(n: u32) -> People {
        let mut told = Told::new(vec![Field::Email, Field::FamilyName, Field::BirthDate, Field::City]);
        for record in 0..n {
            let person = record - u32::from(record % 3 == 2);
            let name = format!("{}name{}", if record % 3 == 2 { "x" } else { "" }, person % 400);
            let texts = [
                if record % 5 == 0 { String::new() } else { format!("p{person}@example.com") },
                name,
                format!("19{:02}-{:02}-{:02}", person % 60 + 10, person % 12 + 1, person % 28 + 1),
                format!("town{}", person % 7),
            ];
            texts.iter().enumerate().for_each(|(column, text)| told.push(column, text));
        }
        let hashes: Vec<u64> = (1..=u64::from(n)).collect();
        People::new(vec![told], &hashes, 50, 1)
    }

    fn pairs(people: &People, blocking: &Blocking) -> Vec<(u32, u32)> {
        let rows = blocking.rows(&people.fields, people.count());
        let stop = AtomicBool::new(false);
        let mut pairs = vec![];
        for task in 0..blocking.rules.len() * blocking.shares() {
            let share = (task / blocking.shares(), task % blocking.shares());
            let found = blocking.each_pair(share, &rows, &people.fields, people.count(), &stop, |left, right| {
                pairs.push((left.min(right), left.max(right)));
            });
            assert!(found.is_some());
        }
        pairs
    }

    #[test]
    fn few_records_are_all_compared_once() {
        let people = people(200);
        let pairs = pairs(&people, &Blocking::choose(&people.fields, people.count(), 1));
        assert_eq!(pairs.len(), 200 * 199 / 2);
        assert_eq!(pairs.iter().collect::<BTreeSet<_>>().len(), pairs.len());
    }

    #[test]
    fn every_pair_that_agrees_on_a_rule_is_compared_once_and_no_other() {
        let people = people(3_000);
        let blocking = Blocking::choose(&people.fields, people.count(), 2);
        assert!(!blocking.is_exhaustive && !blocking.rules.is_empty());
        let found = pairs(&people, &blocking);
        let distinct: BTreeSet<_> = found.iter().copied().collect();
        assert_eq!(distinct.len(), found.len());
        let class = |record: u32, part: usize| {
            let partition = &blocking.partitions[part];
            people.fields[partition.field].of(record).next().map(|code| partition.class(code)).filter(|class| *class != 0)
        };
        let agree = |left: u32, right: u32| {
            let of_rule = |rule: &Rule| {
                rule.parts.iter().all(|part| class(left, *part).is_some_and(|own| class(right, *part) == Some(own)))
            };
            blocking.rules.iter().any(of_rule)
        };
        let expected: BTreeSet<_> = (0..people.count())
            .flat_map(|left| (left + 1..people.count()).map(move |right| (left, right)))
            .filter(|(l, r)| agree(*l, *r))
            .collect();
        assert_eq!(distinct, expected);
        assert!(found.len() < 100_000, "{}", found.len());
    }

    #[test]
    fn a_crowd_with_one_value_is_not_compared() {
        let mut told = Told::new(vec![Field::FamilyName, Field::City]);
        for record in 0..3_000 {
            told.push(0, if record < 2_900 { "smith" } else { "lee" });
            told.push(1, &format!("town{record}"));
        }
        let people = People::new(vec![told], &(1..=3_000).collect::<Vec<u64>>(), 50, 1);
        let mut blocking = Blocking::choose(&people.fields, people.count(), 1);
        let whole = |partition: &Partition| partition.field == 0 && partition.part == Part::Whole;
        let part = blocking.partitions.iter().position(whole).unwrap();
        blocking.rules = vec![Rule { parts: vec![part], expected: 0.0 }];
        let rows = blocking.rows(&people.fields, people.count());
        let figures =
            blocking.each_pair((0, 0), &rows, &people.fields, people.count(), &AtomicBool::new(false), |_, _| ()).unwrap();
        assert_eq!((figures.skipped, figures.largest, figures.pairs), (1, 2_900, 100 * 99 / 2));
        assert_eq!(blocking.key(&blocking.rules[0], &people.fields, figures.largest_content).as_deref(), Some("smith"));
    }

    #[test]
    fn it_stops_when_told() {
        let people = people(200);
        let blocking = Blocking::choose(&people.fields, people.count(), 1);
        let rows = blocking.rows(&people.fields, people.count());
        assert!(blocking.each_pair((0, 0), &rows, &people.fields, people.count(), &AtomicBool::new(true), |_, _| ()).is_none());
    }
}
