//! Fits and predictions of BG/NBD, MBG/NBD and Pareto/NBD: the CDNOW sample, and a million simulated customers.
//!
//! `cargo bench --workspace --bench fit`. `benches/peers/value.py` compares the same fits through SQL with lifetimes.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use datafusion_functions_customer::models::beta_geometric::{BetaGeometric, Dropout};
use datafusion_functions_customer::models::beta_geometric_fit::fit;
use datafusion_functions_customer::models::histories::{Histories, History};
use datafusion_functions_customer::models::pareto_nbd::PARETO_NBD;
use datafusion_functions_customer::models::pareto_nbd_fit;
use datafusion_functions_customer::models::prediction::Predict;
use datafusion_functions_customer::models::simulation::{Random, customer};

const CUSTOMERS: usize = 1_000_000;
const HORIZON_DAYS: f64 = 90.0;
const MODELS: [(&str, Dropout); 2] = [("bgnbd", Dropout::AfterRepeat), ("mbgnbd", Dropout::AfterFirst)];

/// Customers of a BG/NBD world with the published CDNOW parameters, in days, aged 190 to 400 days.
fn simulated() -> Vec<History> {
    let (dropout, r, alpha, a, b) = (Dropout::AfterRepeat, 0.243, 4.414 * 7.0, 0.793, 2.426);
    let model = BetaGeometric { dropout, r, alpha, a, b };
    let mut random = Random::new(20_050_101);
    let in_days = |_| {
        let age = (190.0 + 210.0 * random.uniform()).floor();
        let history = customer(&model, age, &mut random);
        History { recency: history.recency.ceil(), ..history }
    };
    (0..CUSTOMERS).map(in_days).collect()
}

fn cdnow() -> Vec<History> {
    let lines = include_str!("../src/models/published/cdnow_calibration.csv").lines().skip(1);
    lines
        .flat_map(|line| {
            let fields: Vec<f64> = line.split(',').map(|field| field.parse().expect("a number")).collect();
            let history = History::new(fields[0], fields[1] / 7.0, fields[2] / 7.0).expect("a history");
            vec![history; fields[4] as usize]
        })
        .collect()
}

fn collected(rows: &[History]) -> Histories {
    let mut histories = Histories::default();
    rows.iter().for_each(|row| histories.add(*row, 1));
    histories
}

fn fits(criterion: &mut Criterion) {
    let million = simulated();
    let cdnow = cdnow();
    for (name, dropout) in MODELS {
        criterion.bench_function(&format!("{name}_fit, CDNOW"), |b| b.iter(|| fit(dropout, &mut collected(black_box(&cdnow)))));
    }
    criterion.bench_function("pareto_nbd_fit, CDNOW", |b| b.iter(|| pareto_nbd_fit::fit(&mut collected(black_box(&cdnow)))));
    let mut slow = criterion.benchmark_group("a million customers");
    slow.sample_size(10);
    for (name, dropout) in MODELS {
        slow.bench_function(format!("{name}_fit"), |b| b.iter(|| fit(dropout, &mut collected(black_box(&million)))));
        let model = fit(dropout, &mut collected(&million)).model().expect("converged");
        slow.bench_function(format!("{name}, p_alive"), |b| b.iter(|| million.iter().map(|h| model.p_alive(*h)).sum::<f64>()));
        slow.bench_function(format!("{name}, expected_purchases"), |b| {
            b.iter(|| million.iter().map(|h| model.expected_purchases(*h, HORIZON_DAYS)).sum::<f64>());
        });
    }
    slow.bench_function("pareto_nbd_fit", |b| b.iter(|| pareto_nbd_fit::fit(&mut collected(black_box(&million)))));
    let fitted = pareto_nbd_fit::fit(&mut collected(&million));
    let model = (PARETO_NBD.make)(fitted.usable().expect("converged")).expect("a model");
    slow.bench_function("pareto_nbd, p_no_purchase", |b| {
        b.iter(|| million.iter().map(|h| model.p_no_purchase(*h, HORIZON_DAYS)).sum::<f64>());
    });
    slow.finish();
}

criterion_group!(benches, fits);
criterion_main!(benches);
