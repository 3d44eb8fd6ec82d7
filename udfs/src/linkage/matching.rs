//! Records are blocked, compared, weighed and brought together: from people to clusters.

use super::blocking::Blocking;
use super::comparer::{Comparer, Two};
use super::field::Field;
use super::hash::{NumberMap, mix};
use super::levels::{EQUAL, MISSING, levels};
use super::model::{Model, OfPattern, level_in, with_level};
use super::parallel::Work;
use super::people::People;
use super::standing::Standing;
use super::values::Values;

/// Pairs of random records from which it is learnt how alike strangers are: at most so many, and so many for each record.
const RANDOM_PAIRS: u64 = 300_000;
const RANDOM_PAIRS_PER_RECORD: u64 = 40;
const RISK_MAX: f64 = 4.0;
/// Pairs within profiles that a thread compares at a time.
const WITHIN_SHARE: usize = 1 << 14;

/// Bytes that [`matched`] and [`clusters`] need for each content: its classes, and the pairs that are compared for it; and on each thread those
/// of its keys, before and after they are sorted.
pub const MATCH_BYTES: usize = 200;
pub const KEY_BYTES: usize = 48;

/// A pair that may be one person.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub left: u32,
    pub right: u32,
    pub pattern: u64,
    /// The logarithm, to the base of two, of the odds that it is one person.
    pub weight: f64,
}

impl Pair {
    pub fn probability(&self) -> f64 {
        probability_of(self.weight)
    }
}

/// Two contents and their pattern.
type Compared = (u32, u32, u64);

/// What a rule found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockFigures {
    pub keys: u64,
    pub pairs: u64,
    /// Pairs that no rule before has.
    pub new_pairs: u64,
    pub largest: u64,
    /// One of the largest block.
    pub largest_content: u32,
    /// Blocks that were too large to compare.
    pub skipped: u64,
}

/// A model with the pairs that it finds likely, and how they were found.
#[derive(Debug)]
pub struct Matched {
    pub blocking: Blocking,
    pub figures: Vec<BlockFigures>,
    pub model: Model,
    pub pairs: Vec<Pair>,
    /// Of all contents.
    pub all_pairs: f64,
    /// The earlier profiles that stand.
    pub standing: Option<Standing>,
}

impl Matched {
    /// The weight from which on pairs are linked.
    pub fn least_weight(&self, threshold: f64) -> f64 {
        match &self.standing {
            None => least_weight(self.pairs.iter().map(|pair| (pair.weight, 1.0)), threshold),
            Some(standing) => {
                let new = self.pairs.iter().filter(|pair| !standing.is_known(pair.left, pair.right));
                least_weight(new.map(|pair| (pair.weight, 1.0)).chain(standing.weights()), threshold)
            }
        }
    }

    /// The pairs by which contents are brought together.
    pub fn links(&self) -> impl Iterator<Item = Pair> + '_ {
        self.pairs.iter().copied().chain(self.standing.iter().flat_map(Standing::links))
    }
}

/// The weight in bits from which on a probability is reached.
pub fn bits_of(probability: f64) -> f64 {
    (probability / (1.0 - probability)).log2()
}

/// The probability that a weight in bits stands for.
pub fn probability_of(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

/// Compares the pairs that the rules of blocking find, and learns from them. Those of a weight of at least `least`
/// are kept. Of `labels`, pairs of contents, it is known whether they are one person. Of `standing` profiles only the pairs within one, and
/// those with other contents. `None` when the work was stopped.
///
/// The outcome does not depend on the number of threads.
pub fn matched(
    people: &People,
    labels: &[([u32; 2], bool)],
    least: f64,
    mut standing: Option<Standing>,
    work: &Work,
) -> Option<Matched> {
    let (fields, n) = (people.fields.as_slice(), people.count());
    work.begins("choosing what to compare");
    let blocking = Blocking::choose(fields, n, work)?;
    let kinds: Vec<(Field, f64)> = fields.iter().map(|values| (values.field, values.known() as f64)).collect();
    let mut model = Model::new(&kinds, strangers(fields, n, work)?);
    if let Some(standing) = &mut standing {
        standing.learn_of(blocking.rules.iter().map(|rule| rule.expected).sum());
    }
    let classes = blocking.classes(fields, n, standing.as_ref(), work)?;
    let shares = blocking.shares();
    let counts = |two: Two| standing.as_ref().map_or(1.0, |standing| standing.counts(two));
    work.begins("comparing pairs");
    let of_share = |number: usize| {
        let mut comparer = Comparer::new(fields);
        let mut compared: Vec<Compared> = vec![];
        let share = (number / shares, number % shares);
        let figures = blocking.each_pair(share, &classes, fields, n, work, |pairs| {
            comparer.patterns(pairs, |(left, right), pattern| compared.push((left, right, pattern)));
        })?;
        Some((figures, compared))
    };
    let found = work.in_parallel(blocking.rules.len() * shares, of_share)?;
    let (mut figures, mut compared): (Vec<BlockFigures>, Vec<Vec<Compared>>) = found.into_iter().unzip();
    if fields.iter().any(|values| values.columns.len() > 1) {
        // Two records that share two addresses were found by each of them.
        let mut seen: NumberMap<(u32, u32), ()> = NumberMap::default();
        for (figures, compared) in figures.iter_mut().zip(&mut compared) {
            work.goes_on()?;
            compared.retain(|(left, right, _)| seen.insert((*left, *right), ()).is_none());
            figures.new_pairs = compared.len() as u64;
        }
    }
    let new_pairs = |of_rule: &[BlockFigures]| of_rule.iter().map(|figures| figures.new_pairs).sum();
    let whole = |of_rule: &[BlockFigures]| of_rule.first().map(|first| BlockFigures { new_pairs: new_pairs(of_rule), ..*first });
    let figures: Vec<BlockFigures> = figures.chunks(shares).filter_map(whole).collect();
    let of_share = |share: usize| {
        let mut of_share: NumberMap<u64, f64> = NumberMap::default();
        compared[share]
            .iter()
            .for_each(|(left, right, pattern)| *of_share.entry(*pattern).or_default() += counts((*left, *right)));
        Some(of_share)
    };
    let mut by_pattern: NumberMap<u64, f64> = NumberMap::default();
    for (pattern, pairs) in work.in_parallel(compared.len(), of_share)?.into_iter().flatten() {
        *by_pattern.entry(pattern).or_default() += pairs;
    }
    // Records that say the same are pairs of one person as well. There may be more of them than pairs of different ones, of which the shares
    // of the classes are: so together they count as no more than one for each of these.
    let repeated = || (0..).zip(&people.sizes).map(|(content, size)| (content, f64::from(size.saturating_sub(1))));
    let counted = (f64::from(n) / repeated().map(|(_, pairs)| pairs).sum::<f64>()).min(1.0);
    for (content, pairs) in repeated().filter(|(_, pairs)| *pairs > 0.0) {
        *by_pattern.entry(same(fields, content)).or_default() += counted * pairs;
    }
    let mut patterns: Vec<(u64, f64)> = by_pattern.into_iter().collect();
    patterns.sort_unstable_by_key(|(pattern, _)| *pattern);
    let all_pairs = f64::from(n) * f64::from(n.saturating_sub(1)) / 2.0;
    let mut labelled = vec![];
    for ([left, right], is_match) in labels {
        Comparer::new(fields).patterns(&[(*left, *right)], |_, pattern| labelled.push((pattern, *is_match)));
    }
    work.begins("learning");
    model.train(&patterns, all_pairs, work)?;
    model.correlate(&patterns, &labelled);
    let patterns: NumberMap<u64, OfPattern> =
        patterns.iter().map(|(pattern, _)| (*pattern, model.of_pattern(*pattern))).collect();
    let likely = |share: usize| {
        let weighed = compared[share].iter().filter_map(|(left, right, pattern)| {
            let of_pattern = patterns.get(pattern).filter(|of_pattern| of_pattern.weight_max >= least)?;
            let weight = model.weight_of(of_pattern, |field| rarity(&model, fields, field, *left, *right));
            (weight >= least).then_some(Pair { left: *left, right: *right, pattern: *pattern, weight })
        });
        Some(weighed.collect::<Vec<_>>())
    };
    work.begins("weighing pairs");
    let mut pairs = work.in_parallel(compared.len(), likely)?.concat();
    if let Some(standing) = &mut standing {
        pairs = standing.taken_out_of(pairs);
        pairs.extend(within(standing, &model, fields, least, work)?);
    }
    Some(Matched { blocking, figures, model, pairs, all_pairs, standing })
}

/// The likely pairs within profiles that stand. `None` when the work was stopped.
fn within(standing: &Standing, model: &Model, fields: &[Values], least: f64, work: &Work) -> Option<Vec<Pair>> {
    let pairs = standing.within();
    let shares: Vec<&[Two]> = pairs.chunks(WITHIN_SHARE).collect();
    let of_share = |share: usize| {
        let (mut comparer, mut found) = (Comparer::new(fields), vec![]);
        let mut patterns: NumberMap<u64, OfPattern> = NumberMap::default();
        comparer.patterns(shares[share], |(left, right), pattern| {
            let of_pattern = patterns.entry(pattern).or_insert_with(|| model.of_pattern(pattern));
            let weight = model.weight_of(of_pattern, |field| rarity(model, fields, field, left, right));
            if weight >= least {
                found.push(Pair { left, right, pattern, weight });
            }
        });
        Some(found)
    };
    Some(work.in_parallel(shares.len(), of_share)?.concat())
}

/// The weight of two records with this pattern, by how rare their equal values are.
pub fn weight(model: &Model, fields: &[Values], pattern: u64, left: u32, right: u32) -> f64 {
    model.weight(pattern, |field| rarity(model, fields, field, left, right))
}

/// The bits by which a value that two records have in common is rarer than equal values are; none where they have none.
pub fn rarity(model: &Model, fields: &[Values], field: usize, left: u32, right: u32) -> f64 {
    let values = &fields[field];
    if let [code] = values.row(left)[values.columns.clone()] {
        return model.fields[field].rarity(values.count(code));
    }
    let equal = values.of(left).find(|code| values.of(right).any(|other| other == *code));
    equal.map_or(0.0, |code| model.fields[field].rarity(values.count(code)))
}

/// The pattern of two records that say exactly the same.
pub fn same(fields: &[Values], content: u32) -> u64 {
    let known = fields.iter().enumerate().filter(|(_, values)| values.of(content).next().is_some());
    known.fold(0, |pattern, (index, _)| with_level(pattern, index, EQUAL))
}

/// How often strangers have each level: equal values from how often each value is there, the others from random pairs.
/// `None` when the work was stopped.
fn strangers(fields: &[Values], records: u32, work: &Work) -> Option<Vec<Vec<f64>>> {
    const CHUNKS: u64 = 8;
    let n = u64::from(records.max(2));
    let draws = RANDOM_PAIRS.min(RANDOM_PAIRS_PER_RECORD * n);
    let of_chunk = |chunk: usize| {
        let mut comparer = Comparer::new(fields);
        let mut counts: Vec<Vec<u64>> = fields.iter().map(|values| vec![0; levels(values.field).len()]).collect();
        let two = |draw: u64| {
            let left = mix(2 * draw + 1) % n;
            (left as u32, ((left + 1 + mix(mix(2 * draw + 2)) % (n - 1)) % n) as u32)
        };
        let pairs: Vec<Two> = (chunk as u64..draws).step_by(CHUNKS as usize).map(two).collect();
        comparer.patterns(&pairs, |_, pattern| {
            for (index, counts) in counts.iter_mut().enumerate() {
                let level = level_in(pattern, index);
                if level != MISSING {
                    counts[usize::from(level - EQUAL)] += 1;
                }
            }
        });
        Some(counts)
    };
    let chunks = work.in_parallel(CHUNKS as usize, of_chunk)?;
    let of_field = |(index, values): (usize, &Values)| {
        let levels = levels(values.field).len();
        let count = |level: usize| chunks.iter().map(|chunk| chunk[index][level]).sum::<u64>() as f64;
        let known = values.known() as f64;
        let equal: f64 = values.counts.iter().map(|count| f64::from(*count) * f64::from(count.saturating_sub(1))).sum();
        let equal = (equal / (known * (known - 1.0)).max(1.0)).max(1e-9);
        let sum: f64 = (1..levels).map(count).sum();
        let other = |level: usize| (count(level) + 0.5) / (sum + 0.5 * (levels as f64 - 1.0)) * (1.0 - equal);
        std::iter::once(equal).chain((1..levels).map(other)).collect()
    };
    Some(fields.iter().enumerate().map(of_field).collect())
}

/// The weight from which on pairs are linked, each of which counts for so many: so that the share `threshold` of the links is expected to be right, and none of them is wrong
/// with more than [`RISK_MAX`] times the probability that a link is. What reaches `threshold` by itself is always linked.
fn least_weight(weights: impl Iterator<Item = (f64, f64)>, threshold: f64) -> f64 {
    let risk = (RISK_MAX * (1.0 - threshold)).min(0.5).max(1.0 - threshold);
    let mut weights: Vec<(f64, f64)> = weights.collect();
    weights.sort_unstable_by(|(one, _), (other, _)| other.total_cmp(one));
    let (mut right, mut all) = (0.0, 0.0);
    let is_wanted = |(weight, pairs): &(f64, f64)| {
        let probability = probability_of(*weight);
        right += probability * pairs;
        all += pairs;
        right >= threshold * all && probability >= 1.0 - risk
    };
    let wanted = weights.iter().map(is_wanted).take_while(|is_wanted| *is_wanted).count();
    let last = wanted.checked_sub(1).and_then(|last| weights.get(last));
    // Weights are compared, not probabilities: near 1 many weights are one probability.
    last.map_or(f64::INFINITY, |(last, _)| *last).min(bits_of(threshold))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::linkage::people::Told;

    fn least(probabilities: &[f64], threshold: f64) -> f64 {
        let weights = probabilities.iter().map(|probability| (bits_of(*probability), 1.0));
        1.0 / (1.0 + (-least_weight(weights, threshold)).exp2())
    }

    #[test]
    fn links_are_right_on_the_whole_and_none_is_a_gamble() {
        let near = |found: f64, expected: f64| (found - expected).abs() < 1e-9;
        // The third would bring the mean to 0.933, below 0.95.
        assert!(near(least(&[0.99, 0.96, 0.85, 0.7], 0.95), 0.95));
        // Ninety-nine sure ones: the mean stays above 0.95 with the last, but it is wrong with more than a fifth.
        let many: Vec<f64> = std::iter::repeat_n(0.999, 99).chain([0.81, 0.79]).collect();
        assert!(near(least(&many, 0.95), 0.81));
        assert!(near(least(&many, 0.999), 0.999));
        // No pair reaches it: the threshold itself.
        assert!(near(least(&[0.6], 0.95), 0.95) && near(least(&[], 0.95), 0.95));
    }

    /// A weight that became a probability and a weight again was a little greater than itself: the least likely of sure links were lost.
    #[test]
    fn the_least_of_the_links_is_one_of_them() {
        for bits in (0..4_000).map(|step| 0.01 * f64::from(step)) {
            assert!(least_weight([(bits, 1.0)].into_iter(), 0.5) <= bits, "{bits}");
        }
    }

    /// Two records may share both of their addresses: that is one pair, found twice.
    #[test]
    fn a_pair_that_shares_several_values_counts_once() {
        let mut told = Told::new(vec![Field::Email, Field::Email, Field::FamilyName]);
        for record in 0..3_000 {
            let texts = [format!("a{}@x.com", record / 2), format!("b{}@x.com", record / 2), format!("n{}", record % 700)];
            texts.iter().enumerate().for_each(|(column, text)| told.push(column, text));
        }
        let people = People::new(vec![told], &(1..=3_000).collect::<Vec<u64>>(), 50, &Work::on(1)).unwrap();
        let found = matched(&people, &[], 0.0, None, &Work::on(2)).unwrap();
        let distinct: BTreeSet<(u32, u32)> = found.pairs.iter().map(|pair| (pair.left, pair.right)).collect();
        assert_eq!(found.pairs.len(), distinct.len());
        assert!(distinct.len() > 1_400, "{}", distinct.len());
    }
}
