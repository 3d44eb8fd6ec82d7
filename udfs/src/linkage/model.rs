//! What agreement says: how often two records of one person, and two of different people, have each level in each field
//! (Fellegi and Sunter's m and u), and how many pairs are one person.
//!
//! u comes from the frequencies of values and from random pairs, all else from expectation-maximisation over the distinct patterns of
//! levels of the pairs that were compared. Pairs of different people are of four classes, for they are not alike in one way only:
//! people of one household share what a household shares; people of one place have names and addresses of that place, however it makes
//! them alike; namesakes have one name, and e-mail addresses made of it; and strangers agree by chance. What identifies a person, a day
//! of birth or an equal e-mail address, agrees by chance in all four.
//! Sources: I. Fellegi, A. Sunter, JASA 64 (1969); W. Winkler, "Using the EM algorithm for weight computation", 1988.

use std::collections::HashMap;

use super::chances::{CLASSES, Chances, HOUSEHOLD, NAMESAKES, PERSON, PLACE, STRANGERS, is_identity, is_name, is_shared};
use super::field::Field;
use super::levels::{EQUAL, MISSING};
use super::parallel::Work;

/// Fields that a pattern has room for, of four bits each.
pub const FIELDS_MAX: usize = 16;

const ITERATIONS_MAX: usize = 300;
const CONVERGED: f64 = 1e-5;
const TOGETHER_PRIOR: f64 = 5.0;
const TOGETHER_MAX: f64 = 1.0;
/// A labelled pair counts as many that were only compared.
const LABEL_PAIRS: f64 = 5.0;
/// Labels of one pattern that let it say a bit more each.
const LABELS_MAX: f64 = 5.0;

/// The level of a field in a pattern.
pub fn level_in(pattern: u64, field: usize) -> u8 {
    ((pattern >> (4 * field)) & 15) as u8
}

/// A level put into a pattern.
pub fn with_level(pattern: u64, field: usize, level: u8) -> u64 {
    pattern | u64::from(level) << (4 * field)
}

#[derive(Clone, Debug)]
pub struct Model {
    pub fields: Vec<Chances>,
    /// Of all pairs, those of each class.
    pub shares: [f64; CLASSES],
    /// Bits by which a pattern is more or less frequent among pairs of one person than its levels are apart from each other.
    pub together: HashMap<u64, f64>,
    pub iterations: usize,
    pub has_converged: bool,
    /// The records are of companies: nothing but a company has a name.
    of_companies: bool,
}

impl Model {
    /// A model with these u, before training.
    ///
    /// Each field comes with how many records have it.
    pub fn new(fields: &[(Field, f64)], u: Vec<Vec<f64>>) -> Self {
        let is_of_person = |field: Field| (is_name(field) && field != Field::Company) || field == Field::BirthDate;
        let of_companies =
            fields.iter().any(|(field, _)| *field == Field::Company) && !fields.iter().any(|(field, _)| is_of_person(*field));
        let chances = |((field, known), u): (&(Field, f64), Vec<f64>)| match Chances::new(*field, *known, u) {
            chances if of_companies && *field == Field::Company => chances.naming_records(),
            chances => chances,
        };
        let fields = fields.iter().zip(u).map(chances).collect();
        let (shares, together) = ([0.0; CLASSES], HashMap::new());
        Self { fields, shares, together, iterations: 0, has_converged: false, of_companies }
    }

    /// Whether the fields can tell a household from a person.
    fn has_households(&self) -> bool {
        let has = |wanted: &[Field]| self.fields.iter().any(|chances| wanted.contains(&chances.field));
        has(&[Field::Street, Field::Postcode, Field::Phone, Field::HouseNumber])
            && (has(&[Field::GivenName, Field::BirthDate, Field::Email, Field::NationalId]) || self.of_companies)
    }

    /// Whether the fields can tell a place.
    fn has_places(&self) -> bool {
        let is_of_place = |field: Field| matches!(field, Field::City | Field::Postcode | Field::Region | Field::Street);
        self.fields.iter().any(|chances| is_of_place(chances.field))
            && self.fields.iter().any(|chances| is_identity(chances.field))
    }

    /// Whether the fields can tell namesakes.
    fn has_names(&self) -> bool {
        let has = |wanted: fn(Field) -> bool| self.fields.iter().any(|chances| wanted(chances.field));
        has(is_name) && has(is_identity)
    }

    /// The likelihoods of a pattern in each class.
    fn likelihoods(&self, pattern: u64) -> [f64; CLASSES] {
        let mut all = [1.0; CLASSES];
        for (index, chances) in self.fields.iter().enumerate() {
            let level = level_in(pattern, index);
            if level != MISSING {
                let at = usize::from(level - EQUAL);
                all.iter_mut().zip(&chances.of).for_each(|(all, of)| *all *= of[at]);
            }
        }
        all
    }

    fn posteriors(&self, pattern: u64) -> [f64; CLASSES] {
        let mut all = self.likelihoods(pattern);
        all.iter_mut().zip(&self.shares).for_each(|(likelihood, share)| *likelihood *= share);
        let sum: f64 = all.iter().sum();
        all.map(|part| part / sum)
    }

    /// Estimates the classes, and how many of `all` pairs each of them has, from the patterns of the pairs that were compared, which hold
    /// nearly all of one person; and u without what those pairs add to it.
    pub fn train(&mut self, seen: &[(u64, f64)], all: f64, work: &Work) -> Option<()> {
        let compared: f64 = seen.iter().map(|(_, pairs)| pairs).sum();
        let share = |is_there: bool| if is_there { 0.02 * compared / all } else { 0.0 };
        let (is_shared, is_placed, is_named) = (self.has_households(), self.has_places(), self.has_names());
        self.shares = [share(true), share(is_shared), 10.0 * share(is_placed), 10.0 * share(is_named), 0.0];
        self.shares[STRANGERS] = 1.0 - self.shares.iter().sum::<f64>();
        for iteration in 1..=ITERATIONS_MAX {
            work.goes_on()?;
            self.iterations = iteration;
            let mut found = [0.0; CLASSES];
            let mut counts: Vec<[Vec<f64>; 4]> =
                self.fields.iter().map(|of| [(); 4].map(|()| vec![0.0; of.of[PERSON].len()])).collect();
            for (pattern, pairs) in seen {
                let mut posteriors = self.posteriors(*pattern);
                found.iter_mut().zip(posteriors).for_each(|(found, posterior)| *found += pairs * posterior);
                let tells_persons = self.tells_persons(*pattern);
                for (index, chances) in self.fields.iter_mut().enumerate() {
                    if tells_persons && level_in(*pattern, index) == EQUAL {
                        let apart = posteriors[PLACE] + posteriors[NAMESAKES] + posteriors[STRANGERS];
                        chances.count_equal(*pairs, pairs * apart);
                    }
                }
                if !tells_persons {
                    // Nothing here would tell a person from another of the household.
                    posteriors[HOUSEHOLD] = 0.0;
                }
                for (index, counts) in counts.iter_mut().enumerate() {
                    let level = level_in(*pattern, index);
                    if level != MISSING {
                        let at = usize::from(level - EQUAL);
                        counts.iter_mut().zip(posteriors).for_each(|(counts, posterior)| counts[at] += pairs * posterior);
                    }
                }
            }
            let before = self.shares[PERSON];
            self.shares =
                [found[PERSON], found[HOUSEHOLD], found[PLACE], found[NAMESAKES], 0.0].map(|pairs| (pairs / all).max(1e-15));
            self.shares[STRANGERS] = 1.0 - self.shares[..STRANGERS].iter().sum::<f64>();
            let mut change = (self.shares[PERSON] / before - 1.0).abs() / 10.0;
            for (chances, counts) in self.fields.iter_mut().zip(counts) {
                change = change.max(chances.learn(&counts, self.shares[PERSON]));
            }
            if change < CONVERGED {
                self.has_converged = true;
                break;
            }
        }
        Some(())
    }

    /// Whether a pattern has a field in which the people of a household differ.
    fn tells_persons(&self, pattern: u64) -> bool {
        let differs = |field: Field| match field {
            Field::Company => self.of_companies,
            field => matches!(field, Field::GivenName | Field::BirthDate | Field::NationalId),
        };
        self.fields.iter().enumerate().any(|(index, chances)| differs(chances.field) && level_in(pattern, index) != MISSING)
    }

    /// Compares how often each pattern is found with how often its levels would come together by chance. Of the patterns of `labels` it is
    /// known whether a pair was one person: such pairs are chosen, mostly for their doubt, and so teach what their pattern says, but not how
    /// frequent levels are.
    pub fn correlate(&mut self, seen: &[(u64, f64)], labels: &[(u64, bool)]) {
        let mut by_presence: HashMap<u64, f64> = HashMap::new();
        let mut labelled: HashMap<u64, (f64, f64)> = HashMap::new();
        for (pattern, is_match) in labels {
            let (pairs, matches) = labelled.entry(*pattern).or_default();
            *pairs += LABEL_PAIRS;
            *matches += if *is_match { LABEL_PAIRS } else { 0.0 };
        }
        for (pattern, pairs) in seen {
            *by_presence.entry(presence(*pattern)).or_default() += pairs * self.posteriors(*pattern)[PERSON];
        }
        let bits = |(pattern, pairs): &(u64, f64)| {
            let guessed = self.posteriors(*pattern)[PERSON];
            let (labels, matches) = labelled.get(pattern).copied().unwrap_or_default();
            let likely = (pairs * guessed + matches - labels * guessed).max(0.0);
            let expected = by_presence.get(&presence(*pattern)).unwrap_or(&0.0) * self.likelihoods(*pattern)[PERSON];
            // Where it is known, more may be said than what levels alone tell.
            let most = TOGETHER_MAX + (labels / LABEL_PAIRS).min(LABELS_MAX);
            (*pattern, ((likely + TOGETHER_PRIOR) / (expected + TOGETHER_PRIOR)).log2().clamp(-most, most))
        };
        self.together = seen.iter().map(bits).collect();
    }

    /// The bits that a level of a field adds for one person.
    pub fn bits(&self, field: usize, level: u8) -> f64 {
        let at = usize::from(level.saturating_sub(EQUAL));
        let chances =
            self.fields.get(field).and_then(|chances| Some((chances.of[PERSON].get(at)?, chances.of[STRANGERS].get(at)?)));
        if level == MISSING { 0.0 } else { chances.map_or(0.0, |(m, u)| (m / u).log2()) }
    }

    /// The weight of a pattern in bits: the logarithm of the odds that it is one person. `rarities` are the bits by which each
    /// equal value is rarer than equal values are.
    pub fn weight(&self, pattern: u64, rarities: impl Fn(usize) -> f64) -> f64 {
        self.weight_of(&self.of_pattern(pattern), rarities)
    }

    /// What all pairs of a pattern have in common.
    pub fn of_pattern(&self, pattern: u64) -> OfPattern {
        let mut bits = self.shares.map(f64::log2);
        bits[PERSON] += self.together.get(&pattern).copied().unwrap_or_default();
        let (mut equal, mut rarity_max) = (0, 0.0);
        for (index, chances) in self.fields.iter().enumerate() {
            let level = level_in(pattern, index);
            if level == MISSING {
                continue;
            }
            let at = usize::from(level - EQUAL);
            bits.iter_mut().zip(&chances.of).for_each(|(bits, of)| *bits += of[at].log2());
            if level == EQUAL {
                equal |= 1 << index;
                rarity_max += chances.rarity(2).max(0.0);
            }
        }
        let others = bits[HOUSEHOLD..].iter().copied().fold(f64::MIN, f64::max);
        // What is rare in a household or among namesakes speaks for them as well, which only lowers the weight.
        OfPattern { bits, equal, weight_max: bits[PERSON] + rarity_max - others }
    }

    /// The weight of a pair of this pattern.
    pub fn weight_of(&self, pattern: &OfPattern, rarities: impl Fn(usize) -> f64) -> f64 {
        let bits = self.class_bits(pattern, rarities);
        let others: f64 = bits[HOUSEHOLD..].iter().map(|bits| bits.exp2()).sum();
        bits[PERSON] - others.log2()
    }

    /// The logarithm of the likelihood of a pair of this pattern in each class, times the class's share.
    pub fn class_bits(&self, pattern: &OfPattern, rarities: impl Fn(usize) -> f64) -> [f64; CLASSES] {
        let mut bits = pattern.bits;
        for (index, chances) in self.fields.iter().enumerate().filter(|(index, _)| pattern.equal >> index & 1 == 1) {
            let rarity = rarities(index);
            bits[PERSON] += rarity;
            if is_shared(chances.field) {
                bits[HOUSEHOLD] += rarity;
            }
            if is_name(chances.field) {
                bits[NAMESAKES] += rarity;
            }
        }
        bits
    }
}

/// What all pairs of one pattern have in common.
#[derive(Clone, Copy, Debug)]
pub struct OfPattern {
    /// The logarithm of the likelihood in each class, times its share.
    bits: [f64; CLASSES],
    /// One bit for each field with equal values.
    equal: u16,
    /// No pair has a greater weight, however rare its values are.
    pub weight_max: f64,
}

/// One bit for each field that has a level.
fn presence(pattern: u64) -> u64 {
    (0..FIELDS_MAX).filter(|field| level_in(pattern, *field) != MISSING).fold(0, |bits, field| bits | 1 << field)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [Field; 4] = [Field::GivenName, Field::FamilyName, Field::BirthDate, Field::Email];
    const RECORDS: f64 = 10_000.0;
    const ALL: f64 = 1e8;
    const MATCHES: f64 = 2e4;

    /// What pairs of one person and of two have, of which the patterns below are made.
    fn truth() -> Vec<[Vec<f64>; 2]> {
        vec![
            [vec![0.8, 0.01, 0.04, 0.08, 0.02, 0.05], vec![0.01, 0.0001, 0.001, 0.002, 0.004, 0.9829]],
            [vec![0.85, 0.08, 0.02, 0.01, 0.04], vec![0.004, 0.001, 0.002, 0.0001, 0.9929]],
            [vec![0.9, 0.05, 0.02, 0.01, 0.02], vec![0.00005, 0.0012, 0.003, 0.013, 0.98275]],
            [vec![0.7, 0.05, 0.05, 0.02, 0.18], vec![0.0000001, 0.000001, 0.000002, 0.00001, 0.9999869]],
        ]
    }

    /// How many pairs have each pattern, of all pairs; those that nobody would compare are left out.
    fn patterns(truth: &[[Vec<f64>; 2]], missing_email: f64) -> Vec<(u64, f64)> {
        let mut all = vec![(0_u64, MATCHES, ALL - MATCHES)];
        for (field, [m, u]) in truth.iter().enumerate() {
            let mut next = vec![];
            for (pattern, of_person, of_others) in all {
                let is_email = FIELDS[field] == Field::Email;
                let there = if is_email { 1.0 - missing_email } else { 1.0 };
                for (at, (m, u)) in m.iter().zip(u).enumerate() {
                    let level = u8::try_from(at).unwrap() + EQUAL;
                    next.push((with_level(pattern, field, level), of_person * m * there, of_others * u * there));
                }
                if is_email {
                    next.push((pattern, of_person * missing_email, of_others * missing_email));
                }
            }
            all = next;
        }
        let is_compared = |pattern: u64| (0..4).filter(|field| level_in(pattern, *field) == EQUAL).count() >= 1;
        all.into_iter().filter(|(pattern, _, _)| is_compared(*pattern)).map(|(pattern, m, u)| (pattern, m + u)).collect()
    }

    fn trained(truth: &[[Vec<f64>; 2]]) -> Model {
        let observed =
            truth.iter().map(|[m, u]| m.iter().zip(u).map(|(m, u)| (m * MATCHES + u * (ALL - MATCHES)) / ALL).collect());
        let mut model = Model::new(&FIELDS.map(|field| (field, RECORDS)), observed.collect());
        model.train(&patterns(truth, 0.3), ALL, &Work::on(1)).unwrap();
        model
    }

    #[test]
    fn training_finds_what_the_pairs_were_made_of() {
        let truth = truth();
        let model = trained(&truth);
        assert!(model.has_converged, "{} iterations", model.iterations);
        let matches = model.shares[PERSON] * ALL;
        assert!((matches / MATCHES - 1.0).abs() < 0.02, "{matches}");
        for (chances, [m, u]) in model.fields.iter().zip(&truth) {
            for ((found, m), (of_strangers, u)) in chances.of[PERSON].iter().zip(m).zip(chances.of[STRANGERS].iter().zip(u)) {
                assert!((found - m).abs() < 0.015, "{:?}: m {found}, was {m}", chances.field);
                assert!((of_strangers - u).abs() < 0.1 * u + 1e-6, "{:?}: u {of_strangers}, was {u}", chances.field);
            }
        }
    }

    /// Bayes' theorem by hand: everything equal but the e-mail address, which differs.
    #[test]
    fn a_weight_is_the_logarithm_of_the_odds() {
        let truth = truth();
        let model = trained(&truth);
        let pattern = [1, 1, 1, 5].iter().enumerate().fold(0, |pattern, (field, level)| with_level(pattern, field, *level));
        let odds = MATCHES / (ALL - MATCHES) * (0.8 / 0.01) * (0.85 / 0.004) * (0.9 / 0.00005) * (0.18 / 0.9999869);
        assert!((model.weight(pattern, |_| 0.0) - f64::log2(odds)).abs() < 0.4, "{}", model.weight(pattern, |_| 0.0));
        // A value that is a hundred times rarer than equal values are counts as much more.
        let rare = model.weight(pattern, |field| if field == 2 { 100_f64.log2() } else { 0.0 });
        assert!((rare - model.weight(pattern, |_| 0.0) - 100_f64.log2()).abs() < 0.1);
    }

    /// Everything differs but the day of birth, which the model takes for two people: who is shown that such pairs are one person learns it.
    #[test]
    fn labels_teach_what_pairs_alone_do_not() {
        let truth = truth();
        let pattern = [6, 5, 1, 5].iter().enumerate().fold(0, |pattern, (field, level)| with_level(pattern, field, *level));
        let taught = |labels: &[(u64, bool)]| {
            let observed =
                truth.iter().map(|[m, u]| m.iter().zip(u).map(|(m, u)| (m * MATCHES + u * (ALL - MATCHES)) / ALL).collect());
            let mut model = Model::new(&FIELDS.map(|field| (field, RECORDS)), observed.collect());
            model.train(&patterns(&truth, 0.3), ALL, &Work::on(1)).unwrap();
            model.correlate(&patterns(&truth, 0.3), labels);
            model.weight(pattern, |_| 0.0)
        };
        let (untaught, one, other) = (taught(&[]), taught(&[(pattern, true); 30]), taught(&[(pattern, false); 30]));
        assert!(one > untaught + 1.0, "{one} {untaught}");
        assert!(other <= untaught + 0.1, "{other} {untaught}");
    }

    #[test]
    fn what_is_missing_says_nothing() {
        let model = trained(&truth());
        let pattern = with_level(with_level(0, 0, 1), 1, 1);
        let both = model.weight(pattern, |_| 0.0);
        let names = model.bits(0, EQUAL) + model.bits(1, EQUAL);
        let prior = (model.shares[PERSON] / model.shares[STRANGERS]).log2();
        assert!((both - names - prior).abs() < 0.5, "{both} {names} {prior}");
        assert_eq!(model.bits(0, MISSING), 0.0);
    }

    /// Four times as many pairs share family name, street and telephone and nothing else as are one person: a family is not a person.
    #[test]
    fn families_are_not_taken_for_persons() {
        let fields = [Field::GivenName, Field::FamilyName, Field::BirthDate, Field::Street, Field::Phone];
        let person = [1_u8, 1, 1, 1, 1];
        // Of half of them the day of birth is not known.
        let (family, undated) = ([6_u8, 1, 5, 1, 1], [6_u8, 1, 0, 1, 1]);
        let of =
            |levels: [u8; 5]| levels.iter().enumerate().fold(0, |pattern, (field, level)| with_level(pattern, field, *level));
        let u = vec![
            vec![0.01, 0.0001, 0.001, 0.002, 0.004, 0.9829],
            vec![0.004, 0.001, 0.002, 0.0001, 0.9929],
            vec![0.00005, 0.0012, 0.003, 0.013, 0.98275],
            vec![0.0002, 0.002, 0.01, 0.9878],
            vec![0.00001, 0.0001, 0.99989],
        ];
        let mut model = Model::new(&fields.map(|field| (field, RECORDS)), u);
        model
            .train(
                &[(of(person), 2_000.0), (of(family), 4_000.0), (of(undated), 4_000.0), (of([1, 5, 5, 4, 3]), 50_000.0)],
                ALL,
                &Work::on(1),
            )
            .unwrap();
        assert!(model.weight(of(person), |_| 0.0) > 5.0, "{}", model.weight(of(person), |_| 0.0));
        assert!(model.weight(of(undated), |_| 0.0) < -2.0, "{}", model.weight(of(undated), |_| 0.0));
        assert!((model.shares[PERSON] * ALL / 2_000.0 - 1.0).abs() < 0.1, "{:?}", model.shares.map(|share| share * ALL));
    }
}
