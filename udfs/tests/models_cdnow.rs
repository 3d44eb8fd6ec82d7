//! The published results on the CDNOW sample: 2,357 customers, weeks, calibration to 1997-09-30, holdout to 1998-06-30.
//!
//! The file holds the sufficient statistics only: purchase days after the first, days from the first to the last, days
//! from the first to the end of the calibration, purchase days in the 39 weeks after it, and how many customers share
//! them. Source: the 1/10 sample of Fader and Hardie 2001, "Forecasting repeat sales at CDNOW", as in lifetimes 0.11.3.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::sync::Arc;

use datafusion_functions_customer::models::beta_geometric::{BetaGeometric, Dropout};
use datafusion_functions_customer::models::beta_geometric_fit::{Fit, FitStatus, fit};
use datafusion_functions_customer::models::cnbd_fit;
use datafusion_functions_customer::models::fitted::Fitted;
use datafusion_functions_customer::models::gamma_gamma::{self, Spenders};
use datafusion_functions_customer::models::histories::{Histories, History};
use datafusion_functions_customer::models::pareto_nbd::PARETO_NBD;
use datafusion_functions_customer::models::pareto_nbd_fit;
use datafusion_functions_customer::models::prediction::Predict;

struct Group {
    history: History,
    holdout: f64,
    customers: u64,
}

fn cdnow(weeks: impl Fn(f64) -> f64) -> Vec<Group> {
    include_str!("../src/models/published/cdnow_calibration.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<f64> = line.split(',').map(|field| field.parse().expect("a number")).collect();
            let history = History::new(fields[0], weeks(fields[1]), weeks(fields[2])).expect("a history");
            Group { history, holdout: fields[3], customers: fields[4] as u64 }
        })
        .collect()
}

fn exact(days: f64) -> f64 {
    days / 7.0
}

/// The published table has weeks with two decimals.
fn rounded(days: f64) -> f64 {
    (days / 7.0 * 100.0).round() / 100.0
}

fn fitted(dropout: Dropout, weeks: impl Fn(f64) -> f64) -> Fit {
    let mut histories = Histories::default();
    cdnow(weeks).iter().for_each(|g| histories.add(g.history, g.customers));
    fit(dropout, &mut histories)
}

/// Checks r, α, a, b relative to their size, and the log-likelihood absolutely.
fn check(fit: &Fit, parameters: [f64; 4], relative: f64, log_likelihood: f64, absolute: f64) {
    assert_eq!((fit.status, fit.customers), (FitStatus::Converged, 2357));
    let estimate = fit.estimate.expect("a converged fit has an estimate");
    let BetaGeometric { r, alpha, a, b, .. } = estimate.model;
    for (actual, expected) in [r, alpha, a, b].into_iter().zip(parameters) {
        assert!((actual - expected).abs() <= relative * expected, "{actual} is not {expected}");
    }
    assert!((estimate.log_likelihood - log_likelihood).abs() <= absolute, "{} is not {log_likelihood}", estimate.log_likelihood);
}

/// Expected: Fader, Hardie and Lee 2005 (.243, 4.414, .793, 2.426; −9582.4), more digits from scipy on the same table.
#[test]
fn bgnbd_as_published() {
    check(&fitted(Dropout::AfterRepeat, rounded), [0.2425930, 4.4135321, 0.7928862, 2.4257533], 1e-6, -9582.4256, 1e-3);
    check(&fitted(Dropout::AfterRepeat, exact), [0.243, 4.414, 0.793, 2.426], 2e-3, -9582.4256, 1e-2);
}

/// Expected: R package BTYDplus 1.2 (.525, 6.183, .891, 1.614); log-likelihood from scipy.
#[test]
fn mbgnbd_as_published() {
    check(&fitted(Dropout::AfterFirst, rounded), [0.525, 6.183, 0.891, 1.614], 1e-3, -9582.1327, 1e-3);
    check(&fitted(Dropout::AfterFirst, exact), [0.525, 6.183, 0.891, 1.614], 1e-3, -9582.1327, 1e-2);
}

/// Expected: scipy 1.17 on the same file: Nelder-Mead's optimum, the inverse of the Hessian by central differences with
/// one step of Richardson's extrapolation.
#[test]
fn standard_errors() {
    for (dropout, expected) in [(Dropout::AfterRepeat, SE_BG), (Dropout::AfterFirst, SE_MBG)] {
        let errors = fitted(dropout, exact).estimate.and_then(|e| e.standard_errors).expect("standard errors");
        for (actual, expected) in errors.into_iter().zip(expected) {
            assert!((actual / expected - 1.0).abs() < 1e-4, "{dropout:?}: {actual} is not {expected}");
        }
    }
}
const SE_BG: [f64; 4] = [0.012557377, 0.378224046, 0.185733762, 0.705413840];
const SE_MBG: [f64; 4] = [0.083268203, 0.695620569, 0.154789951, 0.537495092];

/// Parameters relative to their size, standard errors to four digits, the log-likelihood absolutely.
fn check_fitted(fit: &Fitted, parameters: &[f64], errors: &[f64], log_likelihood: f64) {
    assert_eq!(fit.status, "converged");
    for (actual, expected) in fit.parameters.as_ref().expect("an estimate").iter().zip(parameters) {
        assert!((actual / expected - 1.0).abs() <= 1e-3, "{actual} is not {expected}");
    }
    for (actual, expected) in fit.standard_errors.as_ref().expect("standard errors").iter().zip(errors) {
        assert!((actual / expected - 1.0).abs() < 1e-4, "{actual} is not {expected}");
    }
    let actual = fit.log_likelihood.expect("an estimate");
    assert!((actual - log_likelihood).abs() <= 5e-3, "{actual} is not {log_likelihood}");
}

fn pareto_nbd(weeks: impl Fn(f64) -> f64) -> Fitted {
    let mut histories = Histories::default();
    cdnow(weeks).iter().for_each(|g| histories.add(g.history, g.customers));
    pareto_nbd_fit::fit(&mut histories)
}

/// Expected: Fader, Hardie and Lee 2005 (.553, 10.578, .606, 11.669; −9595.0), more digits and the standard errors from scipy with `hyp2f1`.
#[test]
fn pareto_nbd_as_published() {
    let errors = [0.04762793, 0.84272253, 0.18728135, 6.21111377];
    check_fitted(&pareto_nbd(exact), &[0.553, 10.578, 0.606, 11.669], &errors, -9594.9762);
    check_fitted(&pareto_nbd(rounded), &[0.553, 10.578, 0.606, 11.669], &[], -9594.9739);
}

/// The mean value of repeat purchase days, to which the 946 repeat buyers come down: repeat days, the mean of their sums, customers who share them.
/// Source: as above.
///
/// Expected: Fader and Hardie 2013 (6.25, 3.74, 15.44), the log-likelihood and standard errors from scipy.
#[test]
fn gamma_gamma_as_published() {
    let mut spenders = Spenders::default();
    for line in include_str!("../src/models/published/cdnow_spend.csv").lines().skip(1) {
        let fields: Vec<f64> = line.split(',').map(|field| field.parse().expect("a number")).collect();
        spenders.add(fields[0], fields[1], fields[2] as u64);
    }
    spenders.add(0.0, 0.0, 1411);
    let fit = gamma_gamma::fit(&mut spenders);
    assert_eq!((fit.customers, fit.ignored), (946, 1411));
    check_fitted(&fit, &[6.25, 3.744, 15.44], &[1.1900554, 0.29013308, 4.15942297], -4055.92);
}

/// CDNOW's customers do not purchase more regularly than at random, so that the models with regular purchases are those without.
#[test]
fn regular_purchases_are_not_found_where_there_are_none() {
    // Σ ln Δ over the 2,457 intervals of the sample in weeks: from the orders themselves.
    let log_intervals = 2909.504669;
    let mut histories = Histories::default();
    cdnow(exact).iter().for_each(|g| histories.add(g.history, g.customers));
    for dropout in [Dropout::AfterRepeat, Dropout::AfterFirst] {
        let regular = cnbd_fit::fit(dropout, &mut histories, log_intervals);
        let plain = Fitted::from(&fit(dropout, &mut histories));
        let (regular, plain) = (regular.usable().expect("converged"), plain.usable().expect("converged"));
        assert_eq!(regular[0], 1.0);
        assert!(regular[1..].iter().zip(plain).all(|(left, right)| (left / right - 1.0).abs() < 1e-7), "{regular:?} {plain:?}");
    }
}

/// Expected: lifetimes 0.11.3 and scipy: totals 1653, 1577 and 1666 of 1,882 true ones, mean absolute errors .7855, .7648 and .7545.
#[test]
fn holdout_forecast() {
    let beta_geometric = |dropout| -> Arc<dyn Predict> { Arc::new(fitted(dropout, exact).model().expect("converged")) };
    let pareto_nbd = (PARETO_NBD.make)(pareto_nbd(exact).usable().expect("converged")).expect("a model");
    for (name, model, total, error) in [
        ("bgnbd", beta_geometric(Dropout::AfterRepeat), 1653.0, 0.7855),
        ("mbgnbd", beta_geometric(Dropout::AfterFirst), 1577.0, 0.7648),
        ("pareto_nbd", pareto_nbd, 1666.0, 0.7545),
    ] {
        let (mut predicted, mut actual, mut absolute) = (0.0, 0.0, 0.0);
        for group in cdnow(exact) {
            let customers = group.customers as f64;
            let expected = model.expected_purchases(group.history, 39.0);
            predicted += customers * expected;
            actual += customers * group.holdout;
            absolute += customers * (expected - group.holdout).abs();
        }
        assert_eq!(actual, 1882.0);
        assert!((predicted - total).abs() < 1.0, "{name}: {predicted} is not {total}");
        assert!((absolute / 2357.0 - error).abs() < 1e-4, "{name}: {} is not {error}", absolute / 2357.0);
    }
}
