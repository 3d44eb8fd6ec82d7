//! What customers of the CDNOW sample are worth on 1997-09-30, with the uncertainty of the parameters.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use datafusion_functions_customer::models::beta_geometric::BGNBD;
use datafusion_functions_customer::models::choice::candidate;
use datafusion_functions_customer::models::customer_value::{discounted_purchases, discounted_roughly};
use datafusion_functions_customer::models::gamma_gamma::{self, GammaGamma};
use datafusion_functions_customer::models::histories::{Histories, History};
use datafusion_functions_customer::models::interval::log_error;
use datafusion_functions_customer::models::published::{cdnow, cdnow_spend};

/// Expected: scipy 1.17 on the same data: Nelder-Mead's optimum of both likelihoods, the inverse of the Hessian in the logarithms of the parameters by
/// central differences with one step of Richardson's extrapolation, gradients by central differences; E[X(t)] with `hyp2f1`; 365 days, 10 % a year.
#[test]
fn value_and_its_error() {
    let mut histories = Histories::default();
    cdnow(|days| days).iter().for_each(|c| histories.add(c.history, c.customers as u64));
    let purchases = (candidate("bgnbd").unwrap().fit)(&mut histories, 0.0);
    let spend = gamma_gamma::fit(&mut cdnow_spend());
    for (frequency, recency, monetary, expected) in [
        (2.0, 213.0, 22.345, [1.4951097657627823, 24.653918377501967, 0.041134987971761613, 0.02080041097589818]),
        (7.0, 206.0, 73.74142857142859, [4.0310999514006385, 71.46470600082849, 0.10135139458313326, 0.008355705058642783]),
        (0.0, 0.0, 0.0, [0.2411677098486787, 35.170370942944814, 0.04655749555802978, 0.026239012053814702]),
        (1.0, 12.0, 11.77, [0.2494171121770857, 18.910017660100245, 0.10449235549868859, 0.07040326041863701]),
    ] {
        let history = History { frequency, recency, age: 272.0 };
        let discounted = |parameters: &[f64]| Some(discounted_purchases((BGNBD.make)(parameters)?.as_ref(), history, 365.0, 0.1));
        let of_purchase = |parameters: &[f64]| {
            let [p, q, gamma] = *parameters else { return None };
            GammaGamma { p, q, gamma }.expected_spend(frequency, monetary)
        };
        let (one, other) = (purchases.usable().expect("converged"), spend.usable().expect("converged"));
        let actual = [
            discounted(one).unwrap(),
            of_purchase(other).unwrap(),
            log_error(one, purchases.spread.as_ref().unwrap(), discounted).unwrap(),
            log_error(other, spend.spread.as_ref().unwrap(), of_purchase).unwrap(),
        ];
        // Three steps instead of thirteen change a standard error by less than a hundredth of it.
        let roughly = |parameters: &[f64]| Some(discounted_roughly((BGNBD.make)(parameters)?.as_ref(), history, 365.0, 0.1));
        let rough = log_error(one, purchases.spread.as_ref().unwrap(), roughly).unwrap();
        assert!((rough / expected[2] - 1.0).abs() < 1e-2, "{history:?}: {rough} is not {}", expected[2]);
        for (actual, expected) in actual.into_iter().zip(expected) {
            assert!((actual / expected - 1.0).abs() < 1e-4, "{history:?}: {actual} is not {expected}");
        }
    }
}

/// The directions are those of the standard errors: Σ v_k v_kᵀ has their squares on its diagonal.
#[test]
fn spread_and_standard_errors_agree() {
    let mut histories = Histories::default();
    cdnow(|days| days).iter().for_each(|c| histories.add(c.history, c.customers as u64));
    for name in ["bgnbd", "mbgnbd", "pareto_nbd", "mbgcnbd_k"] {
        let fit = (candidate(name).unwrap().fit)(&mut histories, 0.0);
        let (parameters, errors) = (fit.parameters.unwrap(), fit.standard_errors.unwrap());
        let spread = fit.spread.unwrap();
        for (i, (parameter, error)) in parameters.iter().zip(&errors).enumerate() {
            let found = spread.iter().map(|v| v[i] * v[i]).sum::<f64>().sqrt() * parameter;
            // k is a whole number and has no error.
            assert!(
                (found - error).abs() < 1e-9 * parameter || (error.is_nan() && found == 0.0),
                "{name}: {found} is not {error}"
            );
        }
    }
}
