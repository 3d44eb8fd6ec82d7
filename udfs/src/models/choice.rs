//! Which model of purchases to use: the one that foretells best, in the first two thirds of the time observed, what came in the last.
//!
//! Each model is fitted to the histories up to the split; its score is the mean over the customers of ln P(X = the number of purchases
//! after the split), a proper score (Gneiting and Raftery 2007, "Strictly proper scoring rules, prediction, and estimation"). Models that
//! the data do not tell from the best at the level of 5 % are as good as it (Vuong 1989, "Likelihood ratio tests for model selection and
//! non-nested hypotheses"); among them the one with fewer parameters wins, then the one that stands first in [`CANDIDATES`]. The winner
//! is fitted again to all that is known.
//!
//! BG/NBD and BG/CNBD-k are fitted where they are asked for by name, and not chosen: they hold every customer with one purchase for alive.

use std::sync::Arc;

use super::beta_geometric::{BGNBD, Dropout, MBGNBD};
use super::beta_geometric_fit;
use super::calibration::Calibration;
use super::cnbd::{BGCNBD_K, MBGCNBD_K};
use super::cnbd_fit;
use super::fitted::Fitted;
use super::histories::{Histories, History};
use super::interval::NORMAL_975;
use super::outcomes::{Outcome, Outcomes};
use super::pareto_nbd::PARETO_NBD;
use super::pareto_nbd_fit;
use super::prediction::{Kind, Predict};
use crate::linkage::hash::mix;
use crate::stopped::each_at_once;

/// A model of purchases in continuous time, with its fit.
#[derive(Debug)]
pub struct Candidate {
    /// The model.
    pub kind: &'static Kind,
    /// From histories and the sum of the logarithms of the times between purchases.
    pub fit: fn(&mut Histories, f64) -> Fitted,
    /// Whether it may be chosen.
    is_eligible: bool,
}

/// All of them. Pareto/NBD stands before MBG/NBD because its customers may leave at any time, not only when they purchase, and because it has the
/// smaller errors in the published forecasts of CDNOW's holdout: a preference, for where the data at hand have none.
pub static CANDIDATES: [Candidate; 5] = [
    Candidate { kind: &PARETO_NBD, fit: |histories, _| pareto_nbd_fit::fit(histories), is_eligible: true },
    Candidate {
        kind: &MBGNBD,
        fit: |histories, _| Fitted::from(&beta_geometric_fit::fit(Dropout::AfterFirst, histories)),
        is_eligible: true,
    },
    Candidate {
        kind: &BGNBD,
        fit: |histories, _| Fitted::from(&beta_geometric_fit::fit(Dropout::AfterRepeat, histories)),
        is_eligible: false,
    },
    Candidate { kind: &MBGCNBD_K, fit: |histories, sum| cnbd_fit::fit(Dropout::AfterFirst, histories, sum), is_eligible: true },
    Candidate { kind: &BGCNBD_K, fit: |histories, sum| cnbd_fit::fit(Dropout::AfterRepeat, histories, sum), is_eligible: false },
];

/// The model with this name in SQL.
#[must_use]
pub fn candidate(name: &str) -> Option<&'static Candidate> {
    CANDIDATES.iter().find(|candidate| candidate.kind.name == name)
}

/// A fit as a model, where it may be used.
#[must_use]
pub fn model_of(fitted: &Fitted) -> Option<Arc<dyn Predict>> {
    (candidate(fitted.model)?.kind.make)(fitted.usable()?)
}

/// The customers of a choice: what is known of them, and the same as it was at the split.
#[derive(Debug, Clone, Default)]
pub struct Split {
    /// Histories at the split with the purchases after it.
    pub outcomes: Outcomes,
    /// Σ ln Δ of the times between purchases up to the split.
    pub log_intervals: f64,
    /// The time after the split.
    pub duration: f64,
}

/// The chosen model and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Fitted to all that is known.
    pub fitted: Fitted,
    /// In a few words.
    pub reason: String,
}

/// With fewer customers who purchased again there is nothing to choose by.
pub const REPEAT_CUSTOMERS_MIN: u64 = 100;
/// A probability that is 0 by rounding counts as this.
const PROBABILITY_MIN: f64 = 1e-300;
/// Scores that are closer differ by rounding, such as those of MBG/NBD and of MBG/CNBD-k with k = 1, which are one model.
const SCORE_DIFFERENCE_MIN: f64 = 1e-6;
/// Of more different histories a part is chosen by.
const FITTED_MAX: usize = 65_536;

/// Chooses a model and fits it. Equal sets of customers give equal results.
#[must_use]
pub fn choose(histories: &mut Histories, log_intervals: f64, split: &mut Split) -> Choice {
    let again: u64 = histories.groups().iter().filter(|g| g.history.frequency > 0.0).map(|g| g.customers).sum();
    let usual = |histories: &mut Histories, why: String| {
        let fitted = Fitted::from(&beta_geometric_fit::fit(Dropout::AfterFirst, histories));
        Choice { fitted, reason: why }
    };
    if again < REPEAT_CUSTOMERS_MIN {
        return usual(histories, format!("too few to choose by: {again} repeat customers, fewer than {REPEAT_CUSTOMERS_MIN}"));
    }
    let mut scored = scores(split);
    let mut passed_over = vec![];
    while let Some(at) = winner(&scored) {
        let Scored { candidate, .. } = scored[at];
        let fitted = (candidate.fit)(histories, log_intervals);
        if fitted.is_converged() {
            return Choice { fitted, reason: reason(&scored, at, &passed_over) };
        }
        passed_over.push(format!("{} ({})", candidate.kind.name, fitted.status));
        scored.remove(at);
    }
    usual(histories, "no model converges on the first part of the time and on all of it".to_string())
}

/// A model with its score for every group of outcomes.
struct Scored {
    candidate: &'static Candidate,
    values: Vec<f64>,
    weights: Arc<Vec<f64>>,
    mean: f64,
}

fn scores(split: &mut Split) -> Vec<Scored> {
    if split.duration <= 0.0 {
        return vec![];
    }
    let (sample, log_intervals) = sampled(split, FITTED_MAX);
    let mut histories = Histories::default();
    sample.iter().for_each(|group| histories.add(group.history, group.customers));
    let weights: Arc<Vec<f64>> = Arc::new(sample.iter().map(|group| group.customers as f64).collect());
    let score = |candidate: &'static Candidate, mut histories: Histories| {
        let model = model_of(&(candidate.fit)(&mut histories, log_intervals))?;
        let of = |g: &Outcome| model.p_purchases(g.history, split.duration, g.later).max(PROBABILITY_MIN).ln();
        let values: Vec<f64> = sample.iter().map(of).collect();
        let mean = mean_and_error(&values, &weights).0;
        mean.is_finite().then(|| Scored { candidate, values, weights: Arc::clone(&weights), mean })
    };
    let eligible: Vec<&Candidate> = CANDIDATES.iter().filter(|candidate| candidate.is_eligible).collect();
    each_at_once(&eligible, &|candidate| score(candidate, histories.clone())).into_iter().flatten().collect()
}

/// The outcomes of no more than about so many histories, with Σ ln Δ of their part of the purchases. Of neighbours – almost equal in frequency and age –
/// one is taken, by its hash: no share of the customers, and no day of the week, is more in the sample than in the whole.
fn sampled(split: &mut Split, histories_max: usize) -> (Vec<Outcome>, f64) {
    let groups = split.outcomes.groups();
    let histories: Vec<&[Outcome]> = groups.chunk_by(|one, other| one.history == other.history).collect();
    if histories.len() <= histories_max {
        return (groups.to_vec(), split.log_intervals);
    }
    let hash = |outcomes: &&&[Outcome]| {
        let History { frequency, recency, age } = outcomes[0].history;
        [frequency, recency, age].iter().fold(0, |hash, number| mix(hash ^ number.to_bits()))
    };
    let neighbours = histories.chunks(histories.len().div_ceil(histories_max));
    let sample: Vec<Outcome> = neighbours.filter_map(|some| some.iter().min_by_key(hash)).copied().flatten().copied().collect();
    let intervals = |groups: &[Outcome]| groups.iter().map(|g| g.history.frequency * g.customers as f64).sum::<f64>();
    let share = intervals(&sample) / intervals(groups).max(1.0);
    (sample, share * split.log_intervals)
}

/// The mean of weighted values and its standard error.
fn mean_and_error(values: &[f64], weights: &[f64]) -> (f64, f64) {
    let n: f64 = weights.iter().sum();
    let mean = values.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>() / n;
    let squares: f64 = values.iter().zip(weights).map(|(value, weight)| weight * (value - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0).max(1.0) / n).sqrt())
}

/// Where the chosen one stands.
fn winner(scored: &[Scored]) -> Option<usize> {
    let best = scored.iter().max_by(|left, right| left.mean.total_cmp(&right.mean))?;
    let as_good = |other: &Scored| {
        let differences: Vec<f64> = best.values.iter().zip(&other.values).map(|(best, other)| best - other).collect();
        let (mean, error) = mean_and_error(&differences, &best.weights);
        mean <= f64::max(NORMAL_975 * error, SCORE_DIFFERENCE_MIN)
    };
    let tied = scored.iter().enumerate().filter(|(_, other)| as_good(other));
    // The first of several with equally many parameters.
    tied.min_by_key(|(_, other)| other.candidate.kind.parameters.len()).map(|(at, _)| at)
}

fn reason(scored: &[Scored], at: usize, passed_over: &[String]) -> String {
    let shown = |scored: &Scored| format!("{} {:.4}", scored.candidate.kind.name, scored.mean);
    let others: Vec<String> = scored.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, other)| shown(other)).collect();
    let mut text = format!("holdout log-likelihood a customer: {}", shown(&scored[at]));
    if !others.is_empty() {
        text.push_str(&format!("; {}", others.join(", ")));
    }
    if !passed_over.is_empty() {
        text.push_str(&format!("; not converged on all data: {}", passed_over.join(", ")));
    }
    text
}

/// What a model says of no purchase after the split, against what happened: for a model that converges on the histories up to it.
#[must_use]
pub fn calibration(name: &str, split: &mut Split) -> Option<Calibration> {
    if split.duration <= 0.0 {
        return None;
    }
    let model = model_of(&(candidate(name)?.fit)(&mut split.outcomes.histories(), split.log_intervals))?;
    let duration = split.duration;
    let pair = |g: &Outcome| {
        let churned = if g.later == 0.0 { 1.0 } else { 0.0 };
        (model.p_no_purchase(g.history, duration), churned, g.customers as f64)
    };
    Some(Calibration::fit(split.outcomes.groups().iter().map(pair).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::beta_geometric::BetaGeometric;
    use crate::models::cnbd::Cnbd;
    use crate::models::simulation::{Random, customer_of_cnbd};

    /// Customers with regular purchases: each is the third event of a process without memory.
    fn regular() -> Split {
        let of_events = BetaGeometric { dropout: Dropout::AfterFirst, r: 2.0, alpha: 20.0, a: 1.0, b: 6.0 };
        let model = Cnbd { k: 3.0, of_events };
        let (mut random, mut split) = (Random::new(7), Split { duration: 90.0, ..Split::default() });
        for customer in 0..40_000_u32 {
            let (History { frequency, recency, age }, log_intervals) =
                customer_of_cnbd(&model, f64::from(30 + customer % 700), &mut random);
            split.outcomes.push(Outcome {
                history: History { frequency, recency: recency.round(), age },
                later: f64::from(customer / 700 % 8),
                customers: 1,
            });
            split.log_intervals += log_intervals;
        }
        split
    }

    #[test]
    fn a_part_of_the_histories_has_the_shares_of_all() {
        let mut split = regular();
        // Eight outcomes of each of these histories: every eighth would always be the same one.
        for (age, later) in (30..730).flat_map(|age| (0..8).map(move |later| (f64::from(age), f64::from(later)))) {
            let history = History { frequency: 0.0, recency: 0.0, age };
            split.outcomes.push(Outcome { history, later, customers: 10 });
        }
        let all = split.outcomes.groups().to_vec();
        let (part, _) = sampled(&mut split, 3_000);
        let customers = |groups: &[Outcome]| groups.iter().map(|g| g.customers as f64).sum::<f64>();
        let mean = |groups: &[Outcome], of: &dyn Fn(&Outcome) -> f64| {
            groups.iter().map(|g| of(g) * g.customers as f64).sum::<f64>() / customers(groups)
        };
        assert!(customers(&part) < customers(&all) / 4.0);
        let once = |g: &Outcome| if g.history.frequency == 0.0 { 1.0 } else { 0.0 };
        let of: [&dyn Fn(&Outcome) -> f64; 5] =
            [&once, &|g| g.history.frequency, &|g| g.history.age, &|g| g.history.recency, &|g| g.later];
        for (at, of) in of.into_iter().enumerate() {
            let (part, all) = (mean(&part, of), mean(&all, of));
            assert!((part / all - 1.0).abs() < 0.05, "{at}: {part} is not {all}");
        }
        assert_eq!(sampled(&mut split, 1_000_000).0, all);
    }

    #[test]
    fn a_part_of_the_histories_is_as_regular_as_all() {
        let mut split = regular();
        let fit = |(outcomes, log_intervals): (Vec<Outcome>, f64)| {
            let mut histories = Histories::default();
            outcomes.iter().for_each(|g| histories.add(g.history, g.customers));
            cnbd_fit::fit(Dropout::AfterFirst, &mut histories, log_intervals)
        };
        for part in [fit(sampled(&mut split, 3_000)), fit(sampled(&mut split, 1_000_000))] {
            assert_eq!(part.usable().and_then(|parameters| parameters.first().copied()), Some(3.0), "{part:?}");
        }
    }
}
