//! Fits of every model to simulated customers find the parameters that they were made from.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use datafusion_functions_customer::models::beta_geometric::{BetaGeometric, Dropout};
use datafusion_functions_customer::models::bgbb::BgBb;
use datafusion_functions_customer::models::cnbd::Cnbd;
use datafusion_functions_customer::models::fitted::Fitted;
use datafusion_functions_customer::models::gamma_gamma::{self, GammaGamma, Spenders};
use datafusion_functions_customer::models::histories::Histories;
use datafusion_functions_customer::models::pareto_nbd::ParetoNbd;
use datafusion_functions_customer::models::simulation::{
    Random, customer_of_bgbb, customer_of_cnbd, customer_of_pareto_nbd, mean_spend, tenure,
};
use datafusion_functions_customer::models::tenures::{Tenures, fit_bdw, fit_sbg};
use datafusion_functions_customer::models::{bgbb_fit, cnbd_fit, pareto_nbd_fit};

const CUSTOMERS: usize = 12_000;
const SEEDS: u64 = 6;

/// How many 95 % intervals cover the truth, and of how many.
#[derive(Default)]
struct Coverage {
    within: usize,
    all: usize,
}

impl Coverage {
    fn add(&mut self, fit: &Fitted, truth: &[f64]) {
        assert_eq!(fit.status, "converged", "{fit:?}");
        let (parameters, errors) = fit.parameters.as_ref().zip(fit.standard_errors.as_ref()).expect("an estimate");
        for (((actual, error), expected), name) in parameters.iter().zip(errors).zip(truth).zip(fit.names) {
            if *name == "k" {
                assert_eq!(actual, expected, "{fit:?}");
                continue;
            }
            let distance = (actual - expected).abs() / error;
            assert!(distance < 4.5, "{name}: {actual} is {distance} standard errors from {expected} in {fit:?}");
            self.within += usize::from(distance < 1.96);
            self.all += 1;
        }
    }

    /// Fewer are covered once in thousands of such tests; seeds are fixed.
    fn check(&self) {
        let (all, within) = (self.all as f64, self.within as f64);
        assert!(within >= 0.95 * all - 3.3 * (0.95 * 0.05 * all).sqrt() - 1.0, "{within} of {all}");
    }
}

#[test]
fn pareto_nbd() {
    let mut coverage = Coverage::default();
    for (r, alpha, s, beta, age) in [(0.9, 12.0, 0.7, 40.0, 90.0), (3.0, 0.04, 1.5, 0.4, 1.0), (0.5, 900.0, 0.4, 300.0, 9_000.0)]
    {
        for seed in 0..SEEDS {
            let (mut random, mut histories) = (Random::new(seed), Histories::default());
            for _ in 0..CUSTOMERS {
                let age = age * (0.3 + 0.7 * random.uniform());
                histories.add(customer_of_pareto_nbd(&ParetoNbd { r, alpha, s, beta }, age, &mut random), 1);
            }
            coverage.add(&pareto_nbd_fit::fit(&mut histories), &[r, alpha, s, beta]);
        }
    }
    coverage.check();
}

#[test]
fn bgbb() {
    let mut coverage = Coverage::default();
    for (alpha, beta, gamma, delta, most) in [(1.2, 0.8, 0.7, 2.8, 9), (0.5, 4.0, 1.5, 20.0, 40)] {
        for seed in 0..SEEDS {
            let (mut random, mut histories) = (Random::new(seed), Histories::default());
            for _ in 0..CUSTOMERS {
                let opportunities = 3 + (random.uniform() * f64::from(most)) as u32;
                histories.add(customer_of_bgbb(&BgBb { alpha, beta, gamma, delta }, opportunities, &mut random), 1);
            }
            coverage.add(&bgbb_fit::fit(&mut histories), &[alpha, beta, gamma, delta]);
        }
    }
    coverage.check();
}

#[test]
fn cnbd_k() {
    let mut coverage = Coverage::default();
    for (dropout, k, r, alpha, a, b) in
        [(Dropout::AfterRepeat, 2.0, 0.9, 6.0, 0.8, 3.0), (Dropout::AfterFirst, 4.0, 1.5, 3.0, 0.6, 5.0)]
    {
        for seed in 0..SEEDS {
            let (mut random, mut histories, mut log_intervals) = (Random::new(seed), Histories::default(), 0.0);
            let truth = Cnbd { k, of_events: BetaGeometric { dropout, r, alpha, a, b } };
            for _ in 0..CUSTOMERS {
                let (history, logs) = customer_of_cnbd(&truth, 25.0 + 25.0 * random.uniform(), &mut random);
                histories.add(history, 1);
                log_intervals += logs;
            }
            coverage.add(&cnbd_fit::fit(dropout, &mut histories, log_intervals), &[k, r, alpha, a, b]);
        }
    }
    coverage.check();
}

#[test]
fn gamma_gamma() {
    let mut coverage = Coverage::default();
    for (p, q, gamma) in [(6.0, 3.7, 15.0), (0.8, 2.2, 900.0)] {
        for seed in 0..SEEDS {
            let (mut random, mut spenders) = (Random::new(seed), Spenders::default());
            for _ in 0..CUSTOMERS {
                let purchases = (-3.0 * random.uniform().ln()).floor();
                let mean = if purchases > 0.0 { mean_spend(&GammaGamma { p, q, gamma }, purchases, &mut random) } else { 0.0 };
                spenders.add(purchases, mean, 1);
            }
            coverage.add(&gamma_gamma::fit(&mut spenders), &[p, q, gamma]);
        }
    }
    coverage.check();
}

#[test]
fn renewals() {
    let mut coverage = Coverage::default();
    for (gamma, delta, c) in [(0.7, 1.2, 1.0), (1.5, 9.0, 1.4)] {
        for seed in 0..SEEDS {
            let (mut random, mut tenures) = (Random::new(seed), Tenures::default());
            for _ in 0..CUSTOMERS {
                let (tenure, churned) = tenure([gamma, delta, c], 12, &mut random);
                tenures.add(tenure, churned, 1).expect("a tenure");
            }
            coverage.add(&fit_bdw(&tenures), &[gamma, delta, c]);
            if c == 1.0 {
                coverage.add(&fit_sbg(&tenures), &[gamma, delta]);
            }
        }
    }
    coverage.check();
}
