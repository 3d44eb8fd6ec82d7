//! What must hold for every model of purchases, whatever the customers and the parameters are.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::sync::Arc;

use datafusion_functions_customer::models::beta_geometric::Dropout;
use datafusion_functions_customer::models::fitted::Fitted;
use datafusion_functions_customer::models::gamma_gamma::{self, GammaGamma, Spenders};
use datafusion_functions_customer::models::histories::{Histories, History};
use datafusion_functions_customer::models::prediction::{KINDS, Kind, Predict};
use datafusion_functions_customer::models::tenures::{Tenures, fit_bdw, fit_sbg};
use datafusion_functions_customer::models::{bgbb_fit, cnbd_fit, pareto_nbd_fit};
use proptest::prelude::*;

/// A model with parameters from nearly equal to wildly different customers, in time units from minutes to decades, and those of the same model where
/// the unit of time is `unit` times as small.
fn kind() -> impl Strategy<Value = &'static Kind> {
    (0..KINDS.len()).prop_map(|at| KINDS[at])
}

fn made(kind: &Kind, logs: &[f64; 6], unit: f64) -> Arc<dyn Predict> {
    let is_discrete = kind.name == "bgbb";
    let parameter = |(name, log): (&&str, &f64)| match *name {
        "k" => 1.0 + (log.abs() * 2.0).floor().min(11.0),
        // Rates are in units of time.
        "alpha" | "beta" if !is_discrete => (2.0 * log).exp() * unit,
        _ => log.exp(),
    };
    let parameters: Vec<f64> = kind.parameters.iter().zip(logs).map(parameter).collect();
    (kind.make)(&parameters).expect("parameters of the model")
}

fn logs() -> impl Strategy<Value = [f64; 6]> {
    prop::array::uniform6(-5.0..5.0_f64)
}

/// A history in whole units, which suits all models: x, t_x, T and a horizon.
fn ahead() -> impl Strategy<Value = (History, f64)> {
    let frequency = prop_oneof![Just(0_u32), 1..10_u32, Just(250), 10..3_000_u32];
    let more = prop_oneof![Just(0_u32), 0..30_u32, 0..3_000_u32];
    (frequency, more.clone(), more.clone(), more).prop_map(|(x, idle, rest, horizon)| {
        let recency = if x == 0 { 0 } else { x + idle };
        let history = History::new(f64::from(x), f64::from(recency), f64::from(recency + rest)).expect("a history");
        (history, f64::from(horizon))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn predictions_are_probabilities_and_counts(kind in kind(), logs in logs(), (history, horizon) in ahead(), n in 0_u32..400) {
        let model = made(kind, &logs, 1.0);
        let alive = model.p_alive(history);
        prop_assert!((0.0..=1.0).contains(&alive), "P(alive) {alive}");
        let none = model.p_no_purchase(history, horizon);
        prop_assert!((0.0..=1.0).contains(&none), "P(no purchase) {none}");
        let count = model.p_purchases(history, horizon, f64::from(n));
        prop_assert!((0.0..=1.0).contains(&count), "P({n} purchases) {count}");
        prop_assert_eq!(model.p_purchases(history, horizon, 0.0), none);
        prop_assert!(none + model.p_purchases(history, horizon, 1.0) <= 1.0 + 1e-9);
        let expected = model.expected_purchases(history, horizon);
        prop_assert!(expected.is_finite() && expected >= 0.0, "expected purchases {expected}");
        // Markov's inequality: E[X] is at least P(X > 0).
        prop_assert!(expected >= (1.0 - none) * (1.0 - 1e-7) - 1e-11, "{expected} is below {}", 1.0 - none);
        prop_assert!(model.expected_purchases_new(horizon).is_finite());
        if let Some(dert) = model.dert(history, 1e-3) {
            prop_assert!(dert.is_finite() && dert >= 0.0, "DERT {dert}");
            prop_assert!(model.dert(history, 1e-2).expect("the same model") <= dert * (1.0 + 1e-9));
        }
    }

    #[test]
    fn a_longer_horizon_has_more_purchases(kind in kind(), logs in logs(), (history, horizon) in ahead(), more in 1_u32..1_000) {
        let model = made(kind, &logs, 1.0);
        let later = horizon + f64::from(more);
        prop_assert!(model.p_no_purchase(history, later) <= model.p_no_purchase(history, horizon) + 1e-11);
        let (near, far) = (model.expected_purchases(history, horizon), model.expected_purchases(history, later));
        prop_assert!(far >= near * (1.0 - 1e-7), "{far} is below {near}");
    }

    #[test]
    fn a_later_last_purchase_means_more_likely_there(kind in kind(), logs in logs(), (history, _) in ahead(), later in 0.0..1.0_f64) {
        // With regular purchases it is who is overdue that has left, and k purchases on one day are overdue at once.
        let model = made(kind, &logs, 1.0);
        let room = if history.frequency > 0.0 { history.age - history.recency } else { 0.0 };
        let fresher = History { recency: history.recency + (later * room).floor(), ..history };
        prop_assert!(model.p_alive(fresher) >= model.p_alive(history) - 1e-11);
    }

    #[test]
    fn the_probabilities_of_all_counts_add_up(kind in kind(), logs in logs(), (history, _) in ahead(), horizon in 0_u32..12) {
        let model = made(kind, &logs, 1.0);
        let horizon = f64::from(horizon);
        let expected = model.expected_purchases(history, horizon);
        prop_assume!(expected < 20.0);
        let (mut total, mut mean) = (0.0, 0.0);
        for n in 0..400_u32 {
            let p = model.p_purchases(history, horizon, f64::from(n));
            total += p;
            mean += f64::from(n) * p;
        }
        prop_assert!(total <= 1.0 + 1e-7, "{total}");
        prop_assert!(mean <= expected * (1.0 + 1e-6) + 1e-9, "{mean} is not {expected}");
        // What is beyond 400 purchases is not seen where rates are that different.
        if total > 1.0 - 1e-12 {
            prop_assert!((mean - expected).abs() <= 1e-5 * expected + 1e-6, "{mean} is not {expected}");
        }
    }

    #[test]
    fn the_unit_of_time_changes_no_prediction(kind in kind(), logs in logs(), (history, horizon) in ahead(), unit in -10.0..10.0_f64) {
        prop_assume!(kind.name != "bgbb");
        let unit = unit.exp();
        let (model, other) = (made(kind, &logs, 1.0), made(kind, &logs, unit));
        let scaled = History { recency: history.recency * unit, age: history.age * unit, ..history };
        let close = |left: f64, right: f64| (left - right).abs() <= 1e-8 * left.abs().max(1e-3);
        prop_assert!(close(model.p_alive(history), other.p_alive(scaled)));
        prop_assert!(close(model.p_no_purchase(history, horizon), other.p_no_purchase(scaled, horizon * unit)));
        prop_assert!(close(model.p_purchases(history, horizon, 2.0), other.p_purchases(scaled, horizon * unit, 2.0)));
        prop_assert!(close(model.expected_purchases(history, horizon), other.expected_purchases(scaled, horizon * unit)));
        if let Some((left, right)) = model.dert(history, 0.01).zip(other.dert(scaled, 0.01 / unit)) {
            prop_assert!(close(left, right), "{left} {right}");
        }
    }

    #[test]
    fn a_spend_lies_between_the_own_mean_and_that_of_all(p in -5.0..8.0_f64, q in -5.0..8.0_f64, gamma in -9.0..16.0_f64, x in 0_u32..3_000, z in 0.0..1e6_f64) {
        let model = GammaGamma { p: p.exp(), q: 1.0 + q.exp(), gamma: gamma.exp() };
        let all = model.expected_spend(0.0, 0.0).expect("q > 1");
        let spend = model.expected_spend(f64::from(x), z).expect("q > 1");
        prop_assert!(spend >= all.min(z) * (1.0 - 1e-12) && spend <= all.max(z) * (1.0 + 1e-12), "{spend} is not between {all} and {z}");
        let without_mean = GammaGamma { q: 0.99, ..model };
        prop_assert!(without_mean.expected_spend(1.0, 5.0).is_none());
    }
}

/// Few histories with many equal ones, as calendar days make them, in opportunities too.
fn customers() -> impl Strategy<Value = Vec<History>> {
    prop::collection::vec((prop_oneof![Just(0_u32), 0..12_u32], 0..=8_u32, 0..=8_u32), 0..120).prop_map(|rows| {
        let history = |(x, idle, rest): (u32, u32, u32)| {
            let recency = if x == 0 { 0 } else { x + idle };
            History::new(f64::from(x), f64::from(recency), f64::from(recency + rest)).expect("a history")
        };
        rows.into_iter().map(history).collect()
    })
}

type Fit = fn(&mut Histories) -> Fitted;

const FITS: [Fit; 4] = [
    pareto_nbd_fit::fit,
    bgbb_fit::fit,
    |histories| cnbd_fit::fit(Dropout::AfterRepeat, histories, 60.0),
    |histories| cnbd_fit::fit(Dropout::AfterFirst, histories, 60.0),
];

fn collected(rows: impl IntoIterator<Item = History>) -> Histories {
    let mut histories = Histories::default();
    rows.into_iter().for_each(|row| histories.add(row, 1));
    histories
}

/// Numbers where there is an estimate, and a status that says what they are worth.
fn sound(fit: &Fitted) -> Result<(), TestCaseError> {
    if let Some(parameters) = &fit.parameters {
        prop_assert!(parameters.iter().all(|p| p.is_finite() && *p > 0.0), "{fit:?}");
        prop_assert!(fit.log_likelihood.is_some_and(f64::is_finite));
    }
    prop_assert!(fit.status != "iterations exhausted", "{fit:?}");
    if fit.is_converged() {
        let errors = fit.standard_errors.as_ref().expect("standard errors");
        prop_assert!(
            errors.iter().zip(fit.names).all(|(error, name)| *name == "k" || (error.is_finite() && *error > 0.0)),
            "{fit:?}"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_fit_depends_on_the_set_of_customers_only(rows in customers()) {
        for fit in FITS {
            let whole = fit(&mut collected(rows.iter().copied()));
            sound(&whole)?;
            prop_assert_eq!(whole.customers, rows.len() as u64);
            let (left, right) = rows.split_at(rows.len() / 3);
            let mut merged = Histories::default();
            for part in [right, left] {
                collected(part.iter().rev().copied()).groups().iter().for_each(|g| merged.add(g.history, g.customers));
            }
            // NaN, the error that k has not, is not equal to itself.
            prop_assert_eq!(format!("{:?}", fit(&mut merged)), format!("{whole:?}"));
        }
    }

    #[test]
    fn the_unit_of_time_scales_rates_only(rows in customers(), unit in -10.0..10.0_f64) {
        let unit = unit.exp();
        let fit = pareto_nbd_fit::fit(&mut collected(rows.iter().copied()));
        let scaled = rows.iter().map(|h| History { recency: h.recency * unit, age: h.age * unit, ..*h });
        let other = pareto_nbd_fit::fit(&mut collected(scaled));
        // Which of two parameters is called the one that has no limit may change with a rounding error.
        prop_assert_eq!(fit.is_converged(), other.is_converged(), "{} {}", fit.status, other.status);
        if let (Some([r, alpha, s, beta]), Some([r_2, alpha_2, s_2, beta_2])) = (fit.usable(), other.usable()) {
            for (left, right) in [(*r, *r_2), (alpha * unit, *alpha_2), (*s, *s_2), (beta * unit, *beta_2)] {
                prop_assert!((left - right).abs() <= 1e-4 * left, "{fit:?} {other:?}");
            }
        }
    }

    #[test]
    fn a_fit_of_amounts_depends_on_the_set_of_customers_only(rows in prop::collection::vec((0_u32..9, 0_u32..2_000), 0..200), unit in -10.0..10.0_f64) {
        let fit_of = |rows: &mut dyn Iterator<Item = &(u32, u32)>, unit: f64| {
            let mut spenders = Spenders::default();
            rows.for_each(|(x, cents)| spenders.add(f64::from(*x), f64::from(*cents) / 100.0 * unit, 1));
            gamma_gamma::fit(&mut spenders)
        };
        let whole = fit_of(&mut rows.iter(), 1.0);
        sound(&whole)?;
        prop_assert_eq!(&fit_of(&mut rows.iter().rev(), 1.0), &whole);
        prop_assert_eq!(whole.customers + whole.ignored, rows.len() as u64);
        let other = fit_of(&mut rows.iter(), unit.exp());
        prop_assert_eq!(other.is_converged(), whole.is_converged(), "{} {}", whole.status, other.status);
        if let (Some([p, q, gamma]), Some([p_2, q_2, gamma_2])) = (whole.usable(), other.usable()) {
            for (left, right) in [(*p, *p_2), (*q, *q_2), (gamma * unit.exp(), *gamma_2)] {
                prop_assert!((left - right).abs() <= 1e-4 * left, "{whole:?} {other:?}");
            }
        }
    }

    #[test]
    fn a_fit_of_tenures_ends_with_numbers_and_a_status(rows in prop::collection::vec((1_u32..30, any::<bool>(), 0_u64..500), 0..40)) {
        let fit_of = |rows: &mut dyn Iterator<Item = &(u32, bool, u64)>| {
            let mut tenures = Tenures::default();
            rows.for_each(|(tenure, churned, n)| tenures.add(f64::from(*tenure), *churned, *n).expect("a tenure"));
            [fit_sbg(&tenures), fit_bdw(&tenures)]
        };
        let whole = fit_of(&mut rows.iter());
        whole.iter().try_for_each(sound)?;
        prop_assert_eq!(fit_of(&mut rows.iter().rev()), whole);
    }
}
