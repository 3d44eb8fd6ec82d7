//! The published results on the CDNOW sample: 2,357 customers, weeks, calibration to 1997-09-30, holdout to 1998-06-30.
//!
//! The file holds the sufficient statistics only: purchase days after the first, days from the first to the last, days
//! from the first to the end of the calibration, purchase days in the 39 weeks after it, and how many customers share
//! them. Source: the 1/10 sample of Fader and Hardie 2001, "Forecasting repeat sales at CDNOW", as in lifetimes 0.11.3.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use datafusion_functions_customer::models::beta_geometric::{BetaGeometric, Dropout};
use datafusion_functions_customer::models::beta_geometric_fit::{Fit, FitStatus, fit};
use datafusion_functions_customer::models::histories::{Histories, History};

struct Group {
    history: History,
    holdout: f64,
    customers: u64,
}

fn cdnow(weeks: impl Fn(f64) -> f64) -> Vec<Group> {
    include_str!("data/cdnow_calibration.csv")
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

/// Expected: lifetimes 0.11.3 and scipy: totals 1653 and 1577 of 1,882 true ones, mean absolute errors .7855 and .7648.
#[test]
fn holdout_forecast() {
    for (dropout, total, error) in [(Dropout::AfterRepeat, 1653.0, 0.7855), (Dropout::AfterFirst, 1577.0, 0.7648)] {
        let model = fitted(dropout, exact).model().expect("converged");
        let (mut predicted, mut actual, mut absolute) = (0.0, 0.0, 0.0);
        for group in cdnow(exact) {
            let customers = group.customers as f64;
            let expected = model.expected_purchases(group.history, 39.0);
            predicted += customers * expected;
            actual += customers * group.holdout;
            absolute += customers * (expected - group.holdout).abs();
        }
        assert_eq!(actual, 1882.0);
        assert!((predicted - total).abs() < 1.0, "{dropout:?}: {predicted} is not {total}");
        assert!((absolute / 2357.0 - error).abs() < 1e-4, "{dropout:?}: {} is not {error}", absolute / 2357.0);
    }
}
