//! Models with covariates: what scipy finds, simulated customers, and what must hold whatever the covariates are.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use datafusion_functions_customer::models::beta_geometric::{self, BetaGeometric, Dropout};
use datafusion_functions_customer::models::covariate_fit::{BGNBD, Base, PARETO_NBD, fit};
use datafusion_functions_customer::models::covariates::CovariateHistories;
use datafusion_functions_customer::models::fitted::Fitted;
use datafusion_functions_customer::models::histories::History;
use datafusion_functions_customer::models::pareto_nbd::{self, ParetoNbd};
use datafusion_functions_customer::models::simulation::{Random, customer, customer_of_pareto_nbd};
use proptest::prelude::*;

/// Frequency, recency, age, web, income.
fn rows() -> Vec<[f64; 5]> {
    let lines = include_str!("data/covariate_customers.csv").lines().skip(1);
    lines.map(|line| line.split(',').map(|v| v.parse().unwrap()).collect::<Vec<f64>>().try_into().unwrap()).collect()
}

fn names() -> [String; 2] {
    ["web", "income"].map(String::from)
}

/// The fit to these customers, with other covariates made of web and income.
fn fit_to(base: &Base, rows: &[[f64; 5]], covariates: impl Fn(f64, f64) -> [f64; 2]) -> Fitted {
    let mut customers = CovariateHistories::new(2);
    for [x, t_x, age, web, income] in rows {
        customers.add(&covariates(*web, *income), History::new(*x, *t_x, *age).unwrap(), 1);
    }
    fit(base, &mut customers, &names())
}

/// All estimates, or their errors, coefficients process by process.
fn all(parameters: Option<&Vec<f64>>, coefficients: impl Fn(usize) -> Option<Vec<f64>>) -> Vec<f64> {
    let coefficients = [0, 1].map(|at| coefficients(at).unwrap());
    let by_process = coefficients[0].iter().zip(&coefficients[1]).flat_map(|(web, income)| [*web, *income]);
    parameters.unwrap().iter().copied().chain(by_process).collect()
}

fn estimates(fit: &Fitted) -> Vec<f64> {
    all(fit.parameters.as_ref(), |at| fit.covariates[at].coefficients.clone())
}

fn errors(fit: &Fitted) -> Vec<f64> {
    all(fit.standard_errors.as_ref(), |at| fit.covariates[at].standard_errors.clone())
}

fn expect_close(what: &str, actual: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(actual.len(), expected.len());
    for (actual, expected) in actual.iter().zip(expected) {
        assert!((actual / expected - 1.0).abs() < tolerance, "{what}: {actual} is not {expected}");
    }
}

/// Expected: scipy 1.17.1, by data/covariate_customers.py.
#[test]
fn estimates_and_errors_of_scipy() {
    let bgnbd = fit_to(&BGNBD, &rows(), |web, income| [web, income]);
    assert_eq!(bgnbd.status, "converged");
    assert!((bgnbd.log_likelihood.unwrap() / -12246.002112681816 - 1.0).abs() < 1e-9, "{bgnbd:?}");
    assert!((bgnbd.aic().unwrap() - (20.0 + 2.0 * 12246.002112681816)).abs() < 1e-4);
    let expected =
        [0.38132019, 14.9325036, 1.37468932, 8.73018339, 0.50985624, 0.01726539, -0.3062812, 0.0022094, -0.01089718, 0.00202151];
    expect_close("bgnbd", &estimates(&bgnbd), &expected, 1e-3);
    let expected =
        [0.02002393, 4.02825829, 2.37371988, 17.3872426, 0.10246565, 0.0050491, 0.75895657, 0.028065, 0.90634784, 0.03202442];
    expect_close("errors of bgnbd", &errors(&bgnbd), &expected, 1e-3);

    let pareto = fit_to(&PARETO_NBD, &rows(), |web, income| [web, income]);
    assert_eq!(pareto.status, "converged");
    assert!((pareto.log_likelihood.unwrap() / -12213.729855157171 - 1.0).abs() < 1e-9, "{pareto:?}");
    let expected = [0.75552244, 26.45547974, 1.69700891, 87.71113459, 0.44697158, 0.01500623, -0.20046502, 0.0040765];
    expect_close("pareto_nbd", &estimates(&pareto), &expected, 1e-4);
    let expected = [0.06511828, 5.76195236, 1.15136914, 82.47563253, 0.08018115, 0.00399611, 0.14779432, 0.00699566];
    expect_close("errors of pareto_nbd", &errors(&pareto), &expected, 1e-3);
}

/// Expected: the closed forms of the papers in scipy 1.17.1, by data/covariate_customers.py: P(alive), P(no purchase), expected purchases
/// within 39, and for Pareto/NBD discounted ones at 0.003.
#[test]
fn predictions_of_scipy() {
    let histories = [((0.0, 0.0, 38.0), [1.0, 12.0]), ((2.0, 30.4, 38.9), [0.0, 20.0]), ((7.0, 11.0, 60.0), [1.0, -5.0])];
    let coefficients = [0.5, 0.02, -0.4, 0.01, 0.3, -0.015];
    let bgnbd = [
        [1.0, 0.6053293420052346, 0.6878844538085306],
        [0.9247283921260354, 0.25149018185499455, 1.9647507847382206],
        [0.006097360352088764, 0.9940906772663058, 0.026029980967985825],
    ];
    let pareto = [
        [0.3569576114537898, 0.8794302215176841, 0.20615993701758675, 0.7551876653814135],
        [0.8445416181822113, 0.4105082712753957, 1.5251432446166548, 5.243987232260573],
        [0.0009725574939833115, 0.9991184758004988, 0.003692943549420697, 0.014957363451842665],
    ];
    for (((x, t_x, age), z), (bgnbd, pareto)) in histories.into_iter().zip(bgnbd.into_iter().zip(pareto)) {
        let history = History::new(x, t_x, age).unwrap();
        let model = beta_geometric::BGNBD.of_customer(&[0.8, 14.0, 0.9, 30.0], &coefficients, &z).unwrap();
        let actual = [model.p_alive(history), model.p_no_purchase(history, 39.0), model.expected_purchases(history, 39.0)];
        expect_close("bgnbd", &actual, &bgnbd, 1e-8);
        let model = pareto_nbd::PARETO_NBD.of_customer(&[0.8, 14.0, 0.9, 30.0], &coefficients[..4], &z).unwrap();
        let [alive, none, more] =
            [model.p_alive(history), model.p_no_purchase(history, 39.0), model.expected_purchases(history, 39.0)];
        expect_close("pareto_nbd", &[alive, none, more, model.dert(history, 0.003).unwrap()], &pareto, 1e-8);
    }
    let beyond = pareto_nbd::PARETO_NBD.of_customer(&[0.8, 14.0, 0.9, 30.0], &coefficients[..4], &[1e6, 0.0]);
    assert!(beyond.is_none());
}

/// A customer of a world in which web and income matter for everything.
fn simulated(base: &Base, random: &mut Random) -> [f64; 5] {
    let (age, web, income) = (20.0 + 60.0 * random.uniform(), f64::from(u8::from(random.uniform() < 0.4)), random.normal());
    let effect = |web_effect: f64, income_effect: f64| (web_effect * web + income_effect * income).exp();
    let history = if base.kind.name == "bgnbd" {
        let (alpha, a, b) = (12.0 / effect(0.5, 0.2), 0.8 * effect(-0.4, 0.1), 2.5 * effect(0.3, -0.15));
        customer(&BetaGeometric { dropout: Dropout::AfterRepeat, r: 0.6, alpha, a, b }, age, random)
    } else {
        let (alpha, beta) = (14.0 / effect(0.5, 0.2), 30.0 / effect(-0.4, 0.1));
        customer_of_pareto_nbd(&ParetoNbd { r: 0.8, alpha, s: 0.9, beta }, age, random)
    };
    [history.frequency, history.recency, age, web, income]
}

#[test]
fn fits_find_the_coefficients_that_customers_were_made_from() {
    const SEEDS: u64 = 8;
    for (base, truth) in [
        (&BGNBD, vec![0.6, 12.0, 0.8, 2.5, 0.5, 0.2, -0.4, 0.1, 0.3, -0.15]),
        (&PARETO_NBD, vec![0.8, 14.0, 0.9, 30.0, 0.5, 0.2, -0.4, 0.1]),
    ] {
        let mut within = 0;
        for seed in 0..SEEDS {
            let mut random = Random::new(1_000 + seed);
            let rows: Vec<[f64; 5]> = (0..4_000).map(|_| simulated(base, &mut random)).collect();
            let fit = fit_to(base, &rows, |web, income| [web, income]);
            assert_eq!(fit.status, "converged");
            for ((actual, error), expected) in estimates(&fit).iter().zip(errors(&fit)).zip(&truth) {
                let distance = (actual - expected).abs() / error;
                assert!(distance < 5.0, "seed {seed}: {actual} is {distance} standard errors from {expected}");
                within += usize::from(distance < 1.96);
            }
        }
        let all = (SEEDS as f64) * truth.len() as f64;
        // Estimates of one fit are not independent of each other, so some more may miss than of as many independent ones.
        assert!(within as f64 >= 0.95 * all - 4.5 * (0.95 * 0.05 * all).sqrt(), "{within} of {all}");
    }
}

#[test]
fn the_status_says_what_is_wrong_with_covariates() {
    let status = |base: &Base, of: fn([f64; 5]) -> [f64; 5]| {
        let rows: Vec<[f64; 5]> = rows().into_iter().map(of).collect();
        fit_to(base, &rows, |web, income| [web, income]).status
    };
    for base in [&BGNBD, &PARETO_NBD] {
        assert_eq!(status(base, |[x, t_x, age, web, _]| [x, t_x, age, web, 7.0]), "constant covariate: income");
        assert_eq!(status(base, |[x, t_x, age, web, _]| [x, t_x, age, web, 1.0 - web]), "collinear covariates: web, income");
        assert_eq!(status(base, |[_, _, age, web, income]| [0.0, 0.0, age, web, income]), "no repeat purchases");
        let far = status(base, |[x, t_x, age, web, income]| [x, t_x, age, web, income + 1e6]);
        assert_eq!(far, "covariates far from 0: subtract their means");
        // Nobody of the web purchases again.
        let apart = |[x, t_x, age, web, income]: [f64; 5]| {
            if web == 1.0 { [0.0, 0.0, age, web, income] } else { [x, t_x, age, web, income] }
        };
        assert!(status(base, apart).starts_with("boundary: coefficient of web for "));
        // Everybody has just purchased.
        let there = |[x, _, age, web, income]: [f64; 5]| [x, if x > 0.0 { age } else { 0.0 }, age, web, income];
        assert!(status(base, there).starts_with("no drop-out"), "{}", status(base, there));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn another_unit_of_a_covariate_changes_its_coefficient_alone(
        log_unit in -7.0..7.0_f64, shift in -3.0..3.0_f64, is_bgnbd: bool, seed in 0_u64..1_000,
    ) {
        let base = if is_bgnbd { &BGNBD } else { &PARETO_NBD };
        let mut random = Random::new(seed);
        let rows: Vec<[f64; 5]> = (0..1_500).map(|_| simulated(base, &mut random)).collect();
        let unit = log_unit.exp();
        let fit = fit_to(base, &rows, |web, income| [web, income]);
        let reversed: Vec<[f64; 5]> = rows.iter().rev().copied().collect();
        prop_assert_eq!(&fit, &fit_to(base, &reversed, |web, income| [web, income]));
        let scaled = fit_to(base, &rows, |web, income| [web * unit, income + shift]);
        prop_assert_eq!(&fit.status, &scaled.status);
        prop_assert!((fit.log_likelihood.unwrap() / scaled.log_likelihood.unwrap() - 1.0).abs() < 1e-10);
        if fit.is_converged() {
            for (covariate, (unit, name)) in [(unit, "web"), (1.0, "income")].into_iter().enumerate() {
                let (there, here) = (&fit.covariates[covariate], &scaled.covariates[covariate]);
                let numbers = |c: &datafusion_functions_customer::models::fitted::Covariate| {
                    c.coefficients.iter().flatten().zip(c.standard_errors.iter().flatten()).map(|(v, e)| (*v, *e)).collect::<Vec<_>>()
                };
                for ((value, error), (scaled_value, scaled_error)) in numbers(there).into_iter().zip(numbers(here)) {
                    prop_assert!((value - scaled_value * unit).abs() < 1e-4 * error, "{name}: {value} {scaled_value} {unit}");
                    prop_assert!((error / (scaled_error * unit) - 1.0).abs() < 1e-4, "{name}: {error} {scaled_error} {unit}");
                }
            }
            let (there, here) = (estimates(&fit), estimates(&scaled));
            prop_assert!((there[0] / here[0] - 1.0).abs() < 1e-4, "r {} {}", there[0], here[0]);
        }
    }
}
