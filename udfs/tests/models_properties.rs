//! What must hold for any customers and any parameters.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use datafusion_functions_customer::models::beta_geometric::{BetaGeometric, Dropout};
use datafusion_functions_customer::models::beta_geometric_fit::{Fit, FitStatus, fit};
use datafusion_functions_customer::models::histories::{Histories, History};
use datafusion_functions_customer::models::prediction::Predict;
use proptest::prelude::*;

fn dropout() -> impl Strategy<Value = Dropout> {
    prop_oneof![Just(Dropout::AfterRepeat), Just(Dropout::AfterFirst)]
}

/// From nearly equal to wildly different customers, in time units from minutes to decades.
fn model() -> impl Strategy<Value = BetaGeometric> {
    let log = -5.0..5.0_f64;
    (dropout(), log.clone(), -8.0..14.0_f64, log.clone(), log).prop_map(|(dropout, r, alpha, a, b)| BetaGeometric {
        dropout,
        r: r.exp(),
        alpha: alpha.exp(),
        a: a.exp(),
        b: b.exp(),
    })
}

fn history() -> impl Strategy<Value = History> {
    let frequency = prop_oneof![Just(0_u32), 1..10_u32, 10..3_000_u32];
    (frequency, prop_oneof![Just(1.0), 0.0..1.0_f64], prop_oneof![Just(0.0), 1e-4..1e7_f64]).prop_map(|(x, part, age)| {
        let recency = if x == 0 { 0.0 } else { part * age };
        History::new(f64::from(x), recency, age).expect("a history")
    })
}

/// Few histories with many equal ones, as calendar days make them.
fn customers() -> impl Strategy<Value = Vec<History>> {
    let one = (prop_oneof![Just(0_u32), 0..12_u32], 0..=20_u32, 0..=20_u32);
    prop::collection::vec(one, 0..120).prop_map(|rows| {
        let history = |(x, first, second): (u32, u32, u32)| {
            let recency = if x == 0 { 0 } else { first.min(second) };
            History::new(f64::from(x), f64::from(recency), f64::from(first.max(second))).expect("a history")
        };
        rows.into_iter().map(history).collect()
    })
}

fn fit_of(dropout: Dropout, rows: impl IntoIterator<Item = History>) -> Fit {
    let mut histories = Histories::default();
    rows.into_iter().for_each(|row| histories.add(row, 1));
    fit(dropout, &mut histories)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn predictions_are_probabilities_and_counts(model in model(), history in history(), share in 0.0..100.0_f64) {
        let horizon = share * (history.age + model.alpha);
        let alive = model.p_alive(history);
        prop_assert!((0.0..=1.0).contains(&alive), "P(alive) {}", alive);
        let none = model.p_no_purchase(history, horizon);
        prop_assert!((0.0..=1.0).contains(&none), "P(no purchase) {}", none);
        prop_assert!(none >= (1.0 - alive) - 1e-12, "who has left does not purchase");
        let count = model.expected_purchases(history, horizon);
        prop_assert!(count.is_finite() && count >= 0.0, "expected purchases {}", count);
        // Markov's inequality: E[X] is at least P(X > 0).
        prop_assert!(count >= (1.0 - none) * (1.0 - 1e-9) - 1e-12, "{} is below {}", count, 1.0 - none);
    }

    #[test]
    fn a_longer_horizon_has_more_purchases(model in model(), history in history(), share in 0.0..10.0_f64, more in 1.0..10.0_f64) {
        let horizon = share * (history.age + model.alpha);
        prop_assert!(model.p_no_purchase(history, more * horizon) <= model.p_no_purchase(history, horizon) + 1e-13);
        let (near, far) = (model.expected_purchases(history, horizon), model.expected_purchases(history, more * horizon));
        prop_assert!(far >= near * (1.0 - 1e-11), "{} is below {}", far, near);
    }

    #[test]
    fn a_later_last_purchase_means_more_likely_there(model in model(), history in history(), later in 0.0..1.0_f64) {
        let room = if history.frequency > 0.0 { history.age - history.recency } else { 0.0 };
        let fresher = History { recency: history.recency + later * room, ..history };
        prop_assert!(model.p_alive(fresher) >= model.p_alive(history) - 1e-13);
        prop_assert!(model.p_no_purchase(fresher, history.age) <= model.p_no_purchase(history, history.age) + 1e-13);
    }

    #[test]
    fn the_unit_of_time_changes_no_prediction(model in model(), history in history(), share in 0.0..10.0_f64, unit in -10.0..10.0_f64) {
        let unit = unit.exp();
        let horizon = share * (history.age + model.alpha);
        let other = BetaGeometric { alpha: model.alpha * unit, ..model };
        let scaled = History { recency: history.recency * unit, age: history.age * unit, ..history };
        let close = |left: f64, right: f64| (left - right).abs() <= 1e-9 * left.abs().max(1e-3);
        prop_assert!(close(model.p_alive(history), other.p_alive(scaled)));
        prop_assert!(close(model.p_no_purchase(history, horizon), other.p_no_purchase(scaled, horizon * unit)));
        prop_assert!(close(model.expected_purchases(history, horizon), other.expected_purchases(scaled, horizon * unit)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_fit_depends_on_the_set_of_customers_only(dropout in dropout(), rows in customers(), seed in any::<u64>()) {
        let whole = fit_of(dropout, rows.iter().copied());
        let mut shuffled = rows.clone();
        let mut state = seed | 1;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            shuffled.swap(i, (state >> 33) as usize % (i + 1));
        }
        prop_assert_eq!(fit_of(dropout, shuffled.iter().copied()), whole);

        let (left, right) = shuffled.split_at(shuffled.len() / 3);
        let mut merged = Histories::default();
        for part in [right, left] {
            let mut partial = Histories::default();
            part.iter().for_each(|row| partial.add(*row, 1));
            partial.groups().iter().for_each(|g| merged.add(g.history, g.customers));
        }
        prop_assert_eq!(fit(dropout, &mut merged), whole);
    }

    #[test]
    fn a_fit_ends_with_numbers_and_a_status(dropout in dropout(), rows in customers()) {
        let fit = fit_of(dropout, rows.iter().copied());
        prop_assert_eq!(fit.customers, rows.len() as u64);
        if let Some(estimate) = fit.estimate {
            let BetaGeometric { r, alpha, a, b, .. } = estimate.model;
            prop_assert!([r, alpha, a, b].iter().all(|p| p.is_finite() && *p > 0.0), "{:?}", estimate);
            prop_assert!(estimate.log_likelihood.is_finite());
        }
        prop_assert!(fit.status != FitStatus::Exhausted, "{:?}", fit);
        if fit.status == FitStatus::Converged {
            let errors = fit.estimate.and_then(|e| e.standard_errors).expect("standard errors");
            prop_assert!(errors.iter().all(|e| e.is_finite() && *e > 0.0), "{:?}", errors);
        }
    }

    #[test]
    fn the_unit_of_time_scales_alpha_only(dropout in dropout(), rows in customers(), unit in -10.0..10.0_f64) {
        let unit = unit.exp();
        let fit = fit_of(dropout, rows.iter().copied());
        let scaled = rows.iter().map(|h| History { recency: h.recency * unit, age: h.age * unit, ..*h });
        let other = fit_of(dropout, scaled);
        prop_assert_eq!(fit.status, other.status);
        if let (FitStatus::Converged, Some(left), Some(right)) = (fit.status, fit.estimate, other.estimate) {
            let close = |left: f64, right: f64| (left - right).abs() <= 1e-5 * left;
            prop_assert!(close(left.model.r, right.model.r) && close(left.model.a, right.model.a) && close(left.model.b, right.model.b), "{:?} {:?}", left, right);
            prop_assert!(close(left.model.alpha * unit, right.model.alpha));
        }
    }
}
