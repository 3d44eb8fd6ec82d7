//! Which pairs of records are compared: those that agree on one of several rules, chosen from the data.
//!
//! A rule is one part of a value, or several: the first letters of a given name with a year of birth. The parts that pairs of one
//! person would agree on are drawn at random, from how often each field is there and how often it is mistyped; rules are taken one
//! after the other, each time the one that finds most of the pairs not yet found for each comparison that it costs.

use super::comparer::Two;
use super::hash::mix;
use super::matching::BlockFigures;
use super::order::sorted;
use super::parallel::Work;
use super::parts::{Part, Partition, agreement};
use super::standing::Standing;
use super::values::Values;

/// Records that agree on a rule and are more than this are not compared by it.
pub const BLOCK_MAX: usize = 1_000;
/// Below this many pairs all are compared.
const ALL_PAIRS_MAX: u64 = 600_000;
const ALL_PAIRS_SHARES: usize = 16;
/// Comparisons of all rules together: this many, and this many for each record.
const BUDGET: u64 = 600_000;
const BUDGET_PER_RECORD: u64 = 3;
/// Records from which it is estimated how many pairs agree on a rule.
const SAMPLE: u32 = 65_536;
const RULES_MAX: usize = 16;
const PARTS_MAX: usize = 3;
const DRAWS: usize = 4096;
/// Records whose classes are written at a time.
const CLASSES_SHARE: u32 = 1 << 16;
/// Pairs that are given at a time.
const BATCH: usize = 512;

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
    /// Chooses rules for these fields of `records` records. `None` when the work was stopped.
    pub fn choose(fields: &[Values], records: u32, work: &Work) -> Option<Self> {
        let n = u64::from(records);
        let all = n * n.saturating_sub(1) / 2;
        if all <= ALL_PAIRS_MAX {
            let rule = Rule { parts: vec![], expected: all as f64 };
            return Some(Self { partitions: vec![], rules: vec![rule], is_exhaustive: true });
        }
        let parts: Vec<(usize, Part)> = fields
            .iter()
            .enumerate()
            .flat_map(|(index, values)| Part::of(values.field).iter().map(move |part| (index, *part)))
            .collect();
        let partitions = work.in_parallel(parts.len(), |number| {
            let (index, part) = parts[number];
            Partition::new(index, &fields[index], part, work)
        })?;
        let drawn = draws(fields, &partitions, records);
        let budget = BUDGET + BUDGET_PER_RECORD * n;
        let affordable = affordable(fields, &partitions, records, budget as f64 / 3.0, work)?;
        let found = |rule: &Rule| {
            let mut found = [u64::MAX; DRAWS / 64];
            for part in &rule.parts {
                found.iter_mut().zip(&drawn[*part]).for_each(|(bits, of_part)| *bits &= of_part);
            }
            found
        };
        let mut candidates: Vec<(Rule, [u64; DRAWS / 64])> =
            affordable.into_iter().map(|rule| (rule.clone(), found(&rule))).collect();
        let mut rules: Vec<Rule> = vec![];
        let mut covered = [0_u64; DRAWS / 64];
        let mut spent = 0.0;
        while rules.len() < RULES_MAX {
            work.goes_on()?;
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
        Some(Self { partitions, rules, is_exhaustive: false })
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
            Some(partition.part.write(values.text(values.of(record).next()?))?.into_owned())
        };
        let parts: Option<Vec<String>> = rule.parts.iter().map(part).collect();
        parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join(" + "))
    }

    /// The records of each key of a rule, those of one key together in ascending order; a record with several values has several keys.
    /// `None` when the work was stopped.
    pub fn keys(&self, rule: &Rule, fields: &[Values], records: u32, work: &Work) -> Option<Vec<(u64, u32)>> {
        let mut keys = Vec::with_capacity(records as usize);
        let mut of_record: Vec<u64> = vec![];
        let mut combined: Vec<u64> = vec![];
        for record in 0..records {
            work.goes_on_at(record as usize)?;
            of_record.clear();
            of_record.push(1);
            for part in &rule.parts {
                let partition = &self.partitions[*part];
                combined.clear();
                let classes = fields[partition.field].of(record).map(|code| partition.class(code)).filter(|class| *class != 0);
                for class in classes {
                    combined.extend(of_record.iter().map(|key| with_class(*key, class)));
                }
                std::mem::swap(&mut of_record, &mut combined);
            }
            keys.extend(of_record.iter().map(|key| (*key, record)));
        }
        work.goes_on()?;
        let mut keys = sorted(&keys);
        keys.dedup();
        Some(keys)
    }

    /// The classes of all records in the partitions of the rules, record by record; of several values the first. `None` when the work was
    /// stopped.
    pub fn classes<'a>(
        &self,
        fields: &[Values],
        records: u32,
        standing: Option<&'a Standing>,
        work: &Work,
    ) -> Option<Classes<'a>> {
        let mut used: Vec<usize> = self.rules.iter().flat_map(|rule| rule.parts.iter().copied()).collect();
        used.sort_unstable();
        used.dedup();
        let of_share = |share: usize| {
            let share = share as u32;
            let records = share * CLASSES_SHARE..records.min((share + 1) * CLASSES_SHARE);
            let classes = records.flat_map(|record| used.iter().map(move |part| (record, part)));
            Some(classes.map(|(record, part)| self.partitions[*part].class_of(fields, record)).collect::<Vec<u32>>())
        };
        let classes = work.in_parallel(records.div_ceil(CLASSES_SHARE) as usize, of_share)?.concat();
        let bit = |part: &usize| used.iter().position(|other| other == part).map_or(0, |at| 1 << at);
        let bits = |rule: &Rule| rule.parts.iter().map(bit).fold(0, |bits, bit| bits | bit);
        Some(Classes { width: used.len(), classes, rules: self.rules.iter().map(bits).collect(), standing })
    }

    /// Into how many shares the pairs of a rule are cut, for threads to take: all pairs together are one rule.
    pub fn shares(&self) -> usize {
        if self.is_exhaustive { ALL_PAIRS_SHARES } else { 1 }
    }

    /// Gives the pairs of one share that agree on a rule, and on none before it, some at a time. `None` when the work was stopped.
    pub fn each_pair(
        &self,
        (rule, share): (usize, usize),
        classes: &Classes,
        fields: &[Values],
        records: u32,
        work: &Work,
        mut each: impl FnMut(&[Two]),
    ) -> Option<BlockFigures> {
        let mut figures = BlockFigures::default();
        let shares = self.shares();
        let keys = self.keys(self.rules.get(rule)?, fields, records, work)?;
        let mut batch: Vec<Two> = Vec::with_capacity(BATCH);
        let mut give = |batch: &mut Vec<Two>| {
            let mut new_pairs = 0;
            for at in 0..batch.len() {
                let (left, right) = batch[at];
                batch[new_pairs] = (left, right);
                new_pairs += usize::from(classes.are_compared(left, right) && !classes.agree_before(rule, left, right));
            }
            batch.truncate(new_pairs);
            each(batch);
            batch.clear();
            new_pairs as u64
        };
        for (step, block) in keys.chunk_by(|left, right| left.0 == right.0).enumerate() {
            work.goes_on_at(step)?;
            let size = block.len() as u64;
            figures.keys += 1;
            let first = block.first().map_or(0, |(_, content)| *content);
            if size > figures.largest || (size == figures.largest && first < figures.largest_content) {
                (figures.largest, figures.largest_content) = (size, first);
            }
            if block.len() > BLOCK_MAX && !self.is_exhaustive {
                figures.skipped += 1;
                continue;
            }
            figures.pairs += size * (size - 1) / 2;
            for (at, (_, left)) in block.iter().enumerate().skip(share).step_by(shares) {
                for (_, right) in block.iter().skip(at + 1) {
                    batch.push((*left, *right));
                    if batch.len() == BATCH {
                        figures.new_pairs += give(&mut batch);
                    }
                }
                work.goes_on()?;
            }
        }
        figures.new_pairs += give(&mut batch);
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

/// A key that asks for one more class.
fn with_class(key: u64, class: u32) -> u64 {
    mix(key.rotate_left(23) ^ u64::from(class))
}

/// All rules of up to three parts of different fields whose cost is at most `cost_max`, none of them with parts that it could do without.
/// `None` when the work was stopped.
fn affordable(fields: &[Values], partitions: &[Partition], records: u32, cost_max: f64, work: &Work) -> Option<Vec<Rule>> {
    let all = f64::from(records) * f64::from(records.saturating_sub(1)) / 2.0;
    let sample = Sample::of(fields, partitions, records);
    let mut rules: Vec<Rule> = vec![];
    let mut sets: Vec<Vec<usize>> = vec![vec![]];
    for _ in 0..PARTS_MAX {
        let longer = |set: &Vec<usize>| -> Vec<Vec<usize>> {
            let first = set.last().map_or(0, |last| last + 1);
            let is_apart = |part: &usize| set.iter().all(|other| partitions[*other].field != partitions[*part].field);
            let next = (first..partitions.len()).filter(|part| partitions[*part].pairs > 0).filter(is_apart);
            next.map(|part| [set.as_slice(), &[part]].concat()).collect()
        };
        sets = sets.iter().flat_map(longer).collect();
        let is_needed = |set: &&Vec<usize>| !rules.iter().any(|rule| rule.parts.iter().all(|part| set.contains(part)));
        let by_chance = |set: &[usize]| all * set.iter().map(|part| partitions[*part].pairs as f64 / all).product::<f64>();
        let tried: Vec<&Vec<usize>> = sets.iter().filter(is_needed).filter(|set| by_chance(set) <= cost_max).collect();
        let rule = |number: usize| {
            let parts = tried[number].clone();
            let expected = sample.pairs(&parts).max(by_chance(&parts));
            Some(Rule { parts, expected })
        };
        let found = work.in_parallel(tried.len(), rule)?;
        rules.extend(found.into_iter().filter(|rule| rule.expected <= cost_max));
    }
    Some(rules)
}

/// Some records, with their classes in each partition.
struct Sample {
    classes: Vec<Vec<u32>>,
    /// Pairs of all records for each pair of these.
    factor: f64,
}

impl Sample {
    fn of(fields: &[Values], partitions: &[Partition], records: u32) -> Self {
        let step = (records / SAMPLE).max(1) as usize;
        let chosen: Vec<u32> = (0..records).step_by(step).collect();
        let of_partition = |partition: &Partition| chosen.iter().map(|record| partition.class_of(fields, *record)).collect();
        let share = f64::from(records) / chosen.len().max(1) as f64;
        Self { classes: partitions.iter().map(of_partition).collect(), factor: share * share }
    }

    /// Pairs of all records that agree on these parts, as far as these records tell.
    fn pairs(&self, parts: &[usize]) -> f64 {
        let mut keys = vec![1_u64; self.classes.first().map_or(0, Vec::len)];
        for part in parts {
            for (key, class) in keys.iter_mut().zip(&self.classes[*part]) {
                *key = if *key == 0 || *class == 0 { 0 } else { with_class(*key, *class) };
            }
        }
        keys.retain(|key| *key != 0);
        keys.sort_unstable();
        let pairs: usize = keys.chunk_by(|one, other| one == other).map(|block| block.len() * (block.len() - 1) / 2).sum();
        pairs as f64 * self.factor
    }
}

/// The classes of records in the partitions that rules use.
pub struct Classes<'a> {
    width: usize,
    classes: Vec<u32>,
    /// For each rule a bit for each class that it asks to be equal.
    rules: Vec<u64>,
    standing: Option<&'a Standing>,
}

impl Classes<'_> {
    /// Whether it is not known yet what two records are to each other.
    fn are_compared(&self, left: u32, right: u32) -> bool {
        self.standing.is_none_or(|standing| standing.counts((left, right)) > 0.0)
    }

    fn of(&self, record: u32) -> &[u32] {
        let start = record as usize * self.width;
        self.classes.get(start..start + self.width).unwrap_or_default()
    }

    /// Whether two records agree on one of the first rules.
    fn agree_before(&self, rule: usize, left: u32, right: u32) -> bool {
        let mut equal = 0_u64;
        for (at, (one, other)) in self.of(left).iter().zip(self.of(right)).enumerate() {
            equal |= u64::from((one == other) & (*one != 0)) << at;
        }
        self.rules.iter().take(rule).fold(false, |agree, asked| agree | (equal & asked == *asked))
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
        People::new(vec![told], &hashes, 50, &Work::on(1)).unwrap()
    }

    fn pairs(people: &People, blocking: &Blocking) -> Vec<(u32, u32)> {
        let classes = blocking.classes(&people.fields, people.count(), None, &Work::on(2)).unwrap();
        let mut pairs = vec![];
        for task in 0..blocking.rules.len() * blocking.shares() {
            let share = (task / blocking.shares(), task % blocking.shares());
            let found = blocking.each_pair(share, &classes, &people.fields, people.count(), &Work::on(1), |batch| {
                pairs.extend(batch.iter().map(|(left, right)| (*left.min(right), *left.max(right))));
            });
            assert!(found.is_some());
        }
        pairs
    }

    #[test]
    fn few_records_are_all_compared_once() {
        let people = people(200);
        let pairs = pairs(&people, &Blocking::choose(&people.fields, people.count(), &Work::on(1)).unwrap());
        assert_eq!(pairs.len(), 200 * 199 / 2);
        assert_eq!(pairs.iter().collect::<BTreeSet<_>>().len(), pairs.len());
    }

    #[test]
    fn every_pair_that_agrees_on_a_rule_is_compared_once_and_no_other() {
        let people = people(3_000);
        let blocking = Blocking::choose(&people.fields, people.count(), &Work::on(2)).unwrap();
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
        let people = People::new(vec![told], &(1..=3_000).collect::<Vec<u64>>(), 50, &Work::on(1)).unwrap();
        let mut blocking = Blocking::choose(&people.fields, people.count(), &Work::on(1)).unwrap();
        let whole = |partition: &Partition| partition.field == 0 && partition.part == Part::Whole;
        let part = blocking.partitions.iter().position(whole).unwrap();
        blocking.rules = vec![Rule { parts: vec![part], expected: 0.0 }];
        let classes = blocking.classes(&people.fields, people.count(), None, &Work::on(2)).unwrap();
        let figures = blocking.each_pair((0, 0), &classes, &people.fields, people.count(), &Work::on(1), |_| ()).unwrap();
        assert_eq!((figures.skipped, figures.largest, figures.pairs), (1, 2_900, 100 * 99 / 2));
        assert_eq!(blocking.key(&blocking.rules[0], &people.fields, figures.largest_content).as_deref(), Some("smith"));
    }

    #[test]
    fn it_stops_when_told() {
        let people = people(200);
        let blocking = Blocking::choose(&people.fields, people.count(), &Work::on(1)).unwrap();
        let classes = blocking.classes(&people.fields, people.count(), None, &Work::on(2)).unwrap();
        let work = Work::on(1);
        work.stop();
        assert!(blocking.each_pair((0, 0), &classes, &people.fields, people.count(), &work, |_| ()).is_none());
    }
}
