//! A fit to simulated customers finds the parameters that they were made from.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use datafusion_functions_customer::models::beta_geometric::{BetaGeometric, Dropout};
use datafusion_functions_customer::models::beta_geometric_fit::{FitStatus, fit};
use datafusion_functions_customer::models::histories::Histories;
use datafusion_functions_customer::models::simulation::{Random, customer};

const CUSTOMERS: usize = 20_000;
const SEEDS: u64 = 6;

/// Worlds unlike CDNOW: frequent buyers who stay, rare buyers who leave soon, ages from days to decades.
fn worlds() -> Vec<(BetaGeometric, f64)> {
    let world = |r, alpha, a, b, age| {
        [Dropout::AfterRepeat, Dropout::AfterFirst].map(|dropout| (BetaGeometric { dropout, r, alpha, a, b }, age))
    };
    [world(1.7, 12.0, 0.6, 7.0, 90.0), world(0.5, 300.0, 1.5, 2.0, 3_000.0), world(3.0, 0.04, 1.1, 30.0, 1.0)].concat()
}

#[test]
fn parameters_are_recovered_within_their_standard_errors() {
    let (mut within_two, mut all) = (0, 0);
    for (truth, age_max) in worlds() {
        for seed in 0..SEEDS {
            let mut random = Random::new(seed);
            let mut histories = Histories::default();
            for _ in 0..CUSTOMERS {
                let age = age_max * (0.3 + 0.7 * random.uniform());
                histories.add(customer(&truth, age, &mut random), 1);
            }
            let fit = fit(truth.dropout, &mut histories);
            assert_eq!(fit.status, FitStatus::Converged, "{truth:?}, seed {seed}");
            let estimate = fit.estimate.expect("a converged fit has an estimate");
            let errors = estimate.standard_errors.expect("a converged fit has standard errors");
            let values = |m: BetaGeometric| [m.r, m.alpha, m.a, m.b];
            for ((actual, expected), error) in values(estimate.model).into_iter().zip(values(truth)).zip(errors) {
                let distance = (actual - expected).abs() / error;
                assert!(distance < 4.5, "{truth:?}, seed {seed}: {actual} is {distance} standard errors from {expected}");
                within_two += usize::from(distance < 1.96);
                all += 1;
            }
        }
    }
    // 144 intervals of 95 %: 137 are expected to cover, 127 or fewer once in a thousand such tests.
    assert!(within_two >= 127, "{within_two} of {all} intervals cover the truth");
}
