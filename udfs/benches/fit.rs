//! Fits and predictions of BG/NBD and MBG/NBD: the CDNOW sample, and a million simulated customers.
//!
//! `cargo bench --bench fit`. With FIT_BENCH_CSV=/some/file.csv the simulated customers are written there, for
//! `benches/peers/lifetimes_fit.py`, which does the same job on the same rows.

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use datafusion_functions_customer::models::beta_geometric::Dropout;
use datafusion_functions_customer::models::beta_geometric_fit::fit;
use datafusion_functions_customer::models::histories::{Histories, History};

const CUSTOMERS: usize = 1_000_000;
const HORIZON_DAYS: f64 = 90.0;
const MODELS: [(&str, Dropout); 2] = [("bgnbd", Dropout::AfterRepeat), ("mbgnbd", Dropout::AfterFirst)];

/// SplitMix64 (Steele, Lea and Flood 2014): enough for a simulation, and no dependency.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((z ^ (z >> 31)) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    /// Marsaglia and Tsang 2000, "A simple method for generating gamma variables".
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let power = self.uniform().powf(1.0 / shape);
            return self.gamma(shape + 1.0) * power;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let normal = (2.0 * self.exponential()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos();
            let v = (1.0 + c * normal).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * normal * normal + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }
}

/// Customers of a BG/NBD world with the published CDNOW parameters, in days, aged 190 to 400 days.
fn simulated() -> Vec<History> {
    let mut random = Random(20_050_101);
    let customer = |_| {
        let rate = random.gamma(0.243) / (4.414 * 7.0);
        let (stay, leave) = (random.gamma(2.426), random.gamma(0.793));
        let dropout = leave / (leave + stay);
        let age = (190.0 + 210.0 * random.uniform()).floor();
        let (mut frequency, mut recency, mut time) = (0.0, 0.0, 0.0);
        loop {
            time += random.exponential() / rate;
            if time > age {
                break;
            }
            // A day with several purchases counts once.
            if time.ceil() > recency {
                frequency += 1.0;
                recency = time.ceil();
            }
            if random.uniform() < dropout {
                break;
            }
        }
        History::new(frequency, recency, age).expect("a simulated history")
    };
    (0..CUSTOMERS).map(customer).collect()
}

fn cdnow() -> Vec<History> {
    let lines = include_str!("../tests/data/cdnow_calibration.csv").lines().skip(1);
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
    if let Some(path) = std::env::var_os("FIT_BENCH_CSV") {
        let mut text = String::new();
        million.iter().for_each(|h| drop(writeln!(text, "{},{},{}", h.frequency, h.recency, h.age)));
        std::fs::write(path, text).expect("FIT_BENCH_CSV can be written");
    }
    let cdnow = cdnow();
    for (name, dropout) in MODELS {
        criterion.bench_function(&format!("{name}_fit, CDNOW"), |b| b.iter(|| fit(dropout, &mut collected(black_box(&cdnow)))));
    }
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
    slow.finish();
}

criterion_group!(benches, fits);
criterion_main!(benches);
