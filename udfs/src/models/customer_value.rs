//! What a customer is worth: the expected purchases of the time to come, discounted.
//!
//! Σ_j (E[X(t_j)] − E[X(t_{j−1})]) · (1 + d)^(−(t_{j−1} + t_j) / 2 / 365.25), times in days, steps of 30 days and what is left; d is the
//! discount rate of a year, and purchases of a step count in its middle. Source: Fader, Hardie and Lee 2005, "RFM and CLV: using iso-value curves
//! for customer base analysis", where the steps are infinitely small.

use std::sync::Arc;

use super::histories::History;
use super::interval::{error_of, moved, slope};
use super::prediction::{Kind, Predict};
use crate::linkage::hash::NumberMap;

const STEP_DAYS: f64 = 30.0;
const DAYS_IN_YEAR: f64 = 365.25;

/// The steps of [`discounted_roughly`].
const ROUGH_STEPS: f64 = 3.0;

/// As [`discounted_purchases`], in three steps where that is fewer: enough for how the value changes with the parameters.
#[must_use]
pub fn discounted_roughly(model: &dyn Predict, history: History, horizon_days: f64, discount_rate: f64) -> f64 {
    in_full(model, history, &Steps::few(Terms { horizon_days, discount_rate }))
}

/// The expected purchases within `horizon_days`, each times what it is worth today.
#[must_use]
pub fn discounted_purchases(model: &dyn Predict, history: History, horizon_days: f64, discount_rate: f64) -> f64 {
    in_full(model, history, &Steps::all(Terms { horizon_days, discount_rate }))
}

fn in_full(model: &dyn Predict, history: History, steps: &Steps) -> f64 {
    let discounted = steps.expected(model, history).1;
    match model.expected_if_there(history.frequency, history.age, &[], &mut vec![]) {
        true => model.p_alive(history) * discounted,
        false => discounted,
    }
}

/// Over how long, and how what comes later is discounted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    pub horizon_days: f64,
    /// Of a year.
    pub discount_rate: f64,
}

/// The steps of the horizon: their ends, and what a purchase within each is worth today.
#[derive(Debug, Clone)]
struct Steps {
    ends: Vec<f64>,
    worth: Vec<f64>,
}

impl Steps {
    fn all(terms: Terms) -> Self {
        Self::new(terms, STEP_DAYS)
    }

    fn few(terms: Terms) -> Self {
        Self::new(terms, f64::max(STEP_DAYS, terms.horizon_days / ROUGH_STEPS))
    }

    fn new(Terms { horizon_days, discount_rate }: Terms, step_days: f64) -> Self {
        let (mut ends, mut worth, mut from) = (vec![], vec![], 0.0);
        while from < horizon_days {
            let to = f64::min(from + step_days, horizon_days);
            ends.push(to);
            worth.push((1.0 + discount_rate).powf(-(from + to) / 2.0 / DAYS_IN_YEAR));
            from = to;
        }
        Self { ends, worth }
    }

    /// The purchases expected up to the end, and the same discounted: without P(alive) where that is a factor of them.
    fn expected(&self, model: &dyn Predict, history: History) -> (f64, f64) {
        let mut expected = Vec::with_capacity(self.ends.len());
        if !model.expected_if_there(history.frequency, history.age, &self.ends, &mut expected) {
            expected.extend(self.ends.iter().map(|end| model.expected_purchases(history, *end)));
        }
        let (mut before, mut sum) = (0.0, 0.0);
        for (expected, worth) in expected.into_iter().zip(&self.worth) {
            sum += (expected - before) * worth;
            before = expected;
        }
        (before, sum)
    }
}

impl Steps {
    /// The derivatives of the logarithm of the discounted purchases of a customer who is there, where the model knows them.
    fn log_gradient(&self, model: &dyn Predict, History { frequency, age, .. }: History) -> Option<[f64; 4]> {
        let gradients = model.expected_if_there_gradients(frequency, age, &self.ends)?;
        let mut expected = Vec::with_capacity(self.ends.len());
        model.expected_if_there(frequency, age, &self.ends, &mut expected);
        let (mut sum, mut gradient) = (0.0, [0.0; 4]);
        // Σ (E_i − E_{i−1}) · worth_i, by what each E_i counts for.
        let next = self.worth.iter().skip(1).copied().chain([0.0]);
        for (((expected, slopes), worth), next) in expected.iter().zip(&gradients).zip(&self.worth).zip(next) {
            sum += expected * (worth - next);
            gradient.iter_mut().zip(slopes).for_each(|(total, slope)| *total += slope * (worth - next));
        }
        (sum > 0.0 && sum.is_finite()).then(|| gradient.map(|slope| slope / sum))
    }
}

/// What is expected of one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    pub p_alive: f64,
    pub p_no_purchase: f64,
    pub expected_purchases: f64,
    /// The expected purchases, each times what it is worth today.
    pub discounted: f64,
    /// The standard error of the logarithm of that; `None` where it is not positive, or has none.
    pub error: Option<f64>,
}

/// What is expected of many customers under one model. In most models it is P(alive) times something that frequency and age alone decide, of
/// which there are few: that is computed once.
#[derive(Debug)]
pub struct Outlooks {
    model: Arc<dyn Predict>,
    /// Whether what lies ahead of a customer who is there depends on frequency and age alone.
    is_shared: bool,
    /// The directions of the uncertainty of the parameters.
    directions: Vec<Vec<f64>>,
    /// The model with parameters that are moved along each direction of their uncertainty, forth and back.
    moved: Vec<[Option<Arc<dyn Predict>>; 2]>,
    horizon_days: f64,
    all: Steps,
    few: Steps,
    /// Where what lies ahead stands among `ahead`.
    known: NumberMap<[u64; 3], usize>,
    ahead: Vec<Ahead>,
    /// As many for each of those as there are directions.
    slopes: Vec<Option<f64>>,
}

/// What is expected within the horizon: of a customer who is still there, or, where the recency matters, of this customer.
#[derive(Debug, Clone, Copy)]
struct Ahead {
    purchases: f64,
    discounted: f64,
}

/// About 10 MB.
const KNOWN_MAX: usize = 65_536;

impl Outlooks {
    /// For the model with these parameters and, in `spread`, the v_k of their uncertainty; `None` where the parameters do not fit together.
    #[must_use]
    pub fn new(kind: &Kind, parameters: &[f64], spread: &[Vec<f64>], terms: Terms) -> Option<Self> {
        let model = (kind.make)(parameters)?;
        let moved = moved(parameters, spread).iter().map(|pair| [(kind.make)(&pair[0]), (kind.make)(&pair[1])]).collect();
        let (all, few) = (Steps::all(terms), Steps::few(terms));
        let is_shared = model.expected_if_there(1.0, 1.0, &[], &mut vec![]);
        Some(Self {
            model,
            is_shared,
            directions: spread.to_vec(),
            moved,
            horizon_days: terms.horizon_days,
            all,
            few,
            known: NumberMap::default(),
            ahead: vec![],
            slopes: vec![],
        })
    }

    /// What is expected of a customer with this history.
    pub fn of(&mut self, history: History) -> Outlook {
        let at = self.look_ahead(history);
        let Self { model, is_shared, directions, moved, horizon_days, ahead, slopes, .. } = self;
        let Ahead { purchases, discounted } = ahead[at];
        let slopes = &slopes[at * directions.len()..][..directions.len()];
        let p_alive = model.p_alive(history);
        let p_no_purchase = model.p_no_purchase(history, *horizon_days);
        // What is without limit is 0 for who has left for certain.
        let there = |value: f64| {
            if !*is_shared {
                value
            } else if p_alive == 0.0 {
                0.0
            } else {
                p_alive * value
            }
        };
        let alive = |model: &Option<Arc<dyn Predict>>| model.as_ref().map(|model| model.p_alive(history));
        let gradient = if *is_shared { model.log_alive_gradient(history) } else { None };
        let slopes = moved.iter().zip(&*directions).zip(slopes).map(|(([forth, back], direction), ahead)| {
            let of_alive = match gradient {
                _ if !*is_shared => 0.0,
                Some(gradient) if p_alive > 0.0 => along(&gradient, direction),
                _ => slope([alive(forth), alive(back)])?,
            };
            Some(of_alive + (*ahead)?)
        });
        let error = error_of(slopes);
        Outlook { p_alive, p_no_purchase, expected_purchases: there(purchases), discounted: there(discounted), error }
    }

    /// Where what lies ahead of a customer with this history stands.
    fn look_ahead(&mut self, history: History) -> usize {
        let recency = if self.is_shared { 0.0 } else { history.recency };
        let key = [history.frequency, history.age, recency].map(f64::to_bits);
        if let Some(at) = self.known.get(&key) {
            return *at;
        }
        if self.ahead.len() >= KNOWN_MAX {
            self.known.clear();
            self.ahead.clear();
            self.slopes.clear();
        }
        let Self { model, directions, moved, few, .. } = &*self;
        let (purchases, discounted) = self.all.expected(model.as_ref(), history);
        let slopes: Vec<Option<f64>> = match few.log_gradient(model.as_ref(), history) {
            Some(gradient) => directions.iter().map(|direction| Some(along(&gradient, direction))).collect(),
            None => {
                let at = |model: &Option<Arc<dyn Predict>>| model.as_ref().map(|model| few.expected(model.as_ref(), history).1);
                moved.iter().map(|[forth, back]| slope([at(forth), at(back)])).collect()
            }
        };
        self.slopes.extend(slopes);
        self.ahead.push(Ahead { purchases, discounted });
        self.known.insert(key, self.ahead.len() - 1);
        self.ahead.len() - 1
    }
}

/// gᵀ v.
fn along(gradient: &[f64; 4], direction: &[f64]) -> f64 {
    gradient.iter().zip(direction).map(|(g, v)| g * v).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::beta_geometric::{BGNBD, MBGNBD};
    use crate::models::interval::log_error;
    use crate::models::pareto_nbd::PARETO_NBD;

    /// The published parameters of CDNOW, weeks made days.
    fn model() -> std::sync::Arc<dyn Predict> {
        (PARETO_NBD.make)(&[0.553, 7.0 * 10.578, 0.606, 7.0 * 11.669]).unwrap()
    }

    /// Expected: the closed form of the same paper for time without end, here 400 years at 15 %, with the rate of continuous discounting.
    #[test]
    fn steps_come_to_the_closed_form() {
        let model = model();
        for (frequency, recency) in [(0.0, 0.0), (2.0, 213.0), (7.0, 245.0), (4.0, 100.0)] {
            let history = History { frequency, recency, age: 272.0 };
            let closed = model.dert(history, 1.15_f64.ln() / DAYS_IN_YEAR).unwrap();
            let steps = discounted_purchases(model.as_ref(), history, 400.0 * DAYS_IN_YEAR, 0.15);
            // A midpoint for 30 days leaves a few parts in 10,000.
            assert!((steps / closed - 1.0).abs() < 5e-4, "{history:?}: {steps} is not {closed}");
        }
    }

    #[test]
    fn without_a_rate_nothing_is_discounted() {
        let (model, history) = (model(), History { frequency: 2.0, recency: 213.0, age: 272.0 });
        let all = discounted_purchases(model.as_ref(), history, 100.0, 0.0);
        assert!((all - model.expected_purchases(history, 100.0)).abs() < 1e-12);
    }

    /// Expected: the value in full, and log_error over it: differences of the whole instead of its parts.
    #[test]
    fn an_outlook_is_the_value_and_its_error() {
        let (spread, parameters) = ([[0.04, 0.03, -0.02, 0.01], [0.0, 0.05, 0.01, -0.03]].map(Vec::from), [0.5, 43.0, 0.8, 2.4]);
        let terms = Terms { horizon_days: 365.0, discount_rate: 0.1 };
        for kind in [&BGNBD, &MBGNBD, &PARETO_NBD] {
            let mut outlooks = Outlooks::new(kind, &parameters, &spread, terms).unwrap();
            let model = (kind.make)(&parameters).unwrap();
            for (frequency, recency) in [(0.0, 0.0), (2.0, 213.0), (7.0, 245.0), (4.0, 100.0), (40.0, 20.0)] {
                let history = History { frequency, recency, age: 272.0 };
                let value = |model: &dyn Predict| discounted_purchases(model, history, 365.0, 0.1);
                let error =
                    log_error(&parameters, &spread, |p| Some(discounted_roughly((kind.make)(p)?.as_ref(), history, 365.0, 0.1)));
                // Twice: the second time much of it is known.
                for _ in 0..2 {
                    let outlook = outlooks.of(history);
                    assert_eq!(outlook.p_alive, model.p_alive(history));
                    assert_eq!(outlook.p_no_purchase, model.p_no_purchase(history, 365.0));
                    assert_eq!(outlook.expected_purchases, model.expected_purchases(history, 365.0));
                    assert!((outlook.discounted / value(model.as_ref()) - 1.0).abs() < 1e-13);
                    let (error, actual) = (error.unwrap(), outlook.error.unwrap());
                    assert!((actual / error - 1.0).abs() < 1e-4, "{history:?}: {actual} is not {error}");
                }
            }
        }
    }
}
