//! Simulated customers: purchases of a world that is exactly as a model says, for tests, benches and intervals.

use std::f64::consts::TAU;

use super::beta_geometric::BetaGeometric;
use super::bgbb::BgBb;
use super::cnbd::Cnbd;
use super::gamma_gamma::GammaGamma;
use super::histories::History;
use super::pareto_nbd::ParetoNbd;

/// A seeded stream of random numbers: SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
/// generators"). Equal seeds give equal streams on every machine and with every version of this crate.
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Uniform between 0 and 1, both excluded.
    pub fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        ((z >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Exponential with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    /// Standard normal, by Box and Muller's method.
    pub fn normal(&mut self) -> f64 {
        (2.0 * self.exponential()).sqrt() * (TAU * self.uniform()).cos()
    }

    /// Gamma with a positive shape and scale 1 (Marsaglia and Tsang 2000, "A simple method for generating gamma
    /// variables").
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let power = self.uniform().powf(1.0 / shape);
            return self.gamma(shape + 1.0) * power;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let normal = self.normal();
            let v = (1.0 + c * normal).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * normal * normal + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// Beta with positive shapes.
    pub fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (left, right) = (self.gamma(a), self.gamma(b));
        left / (left + right)
    }
}

/// A customer of the model's world, observed for `age` after the first purchase, in the model's unit of time.
pub fn customer(model: &BetaGeometric, age: f64, random: &mut Random) -> History {
    let rate = random.gamma(model.r) / model.alpha;
    let dropout = random.beta(model.a, model.b);
    let mut history = History { frequency: 0.0, recency: 0.0, age };
    let mut left = model.dropout.stays(0.0) > 0.0 && random.uniform() < dropout;
    let mut time = 0.0;
    while !left {
        time += random.exponential() / rate;
        if time > age {
            break;
        }
        history.frequency += 1.0;
        history.recency = time;
        left = random.uniform() < dropout;
    }
    history
}

/// A customer of Pareto/NBD's world, observed for `age` after the first purchase.
pub fn customer_of_pareto_nbd(model: &ParetoNbd, age: f64, random: &mut Random) -> History {
    let rate = random.gamma(model.r) / model.alpha;
    let leaves_at = random.exponential() / (random.gamma(model.s) / model.beta);
    let mut history = History { frequency: 0.0, recency: 0.0, age };
    let mut time = random.exponential() / rate;
    while time <= age.min(leaves_at) {
        history.frequency += 1.0;
        history.recency = time;
        time += random.exponential() / rate;
    }
    history
}

/// A customer of the world of BG/BB, observed for a number of opportunities.
pub fn customer_of_bgbb(model: &BgBb, opportunities: u32, random: &mut Random) -> History {
    let (purchase, leave) = (random.beta(model.alpha, model.beta), random.beta(model.gamma, model.delta));
    let mut history = History { frequency: 0.0, recency: 0.0, age: f64::from(opportunities) };
    for opportunity in 1..=opportunities {
        if random.uniform() < leave {
            break;
        }
        if random.uniform() < purchase {
            history.frequency += 1.0;
            history.recency = f64::from(opportunity);
        }
    }
    history
}

/// A customer of the world of CNBD-k, observed for `age` after the first purchase, with the sum of the logarithms of the times between
/// purchases.
pub fn customer_of_cnbd(model: &Cnbd, age: f64, random: &mut Random) -> (History, f64) {
    let BetaGeometric { dropout, r, alpha, a, b } = model.of_events;
    let (rate, leave) = (random.gamma(r) / alpha, random.beta(a, b));
    let mut history = History { frequency: 0.0, recency: 0.0, age };
    let mut log_intervals = 0.0;
    let mut left = dropout.stays(0.0) > 0.0 && random.uniform() < leave;
    while !left {
        let interval = random.gamma(model.k) / rate;
        if history.recency + interval > age {
            break;
        }
        history.frequency += 1.0;
        history.recency += interval;
        log_intervals += interval.ln();
        left = random.uniform() < leave;
    }
    (history, log_intervals)
}

/// The mean value of so many purchases of a customer of the world of Gamma-Gamma.
pub fn mean_spend(model: &GammaGamma, purchases: f64, random: &mut Random) -> f64 {
    let rate = random.gamma(model.q) / model.gamma;
    random.gamma(model.p * purchases) / rate / purchases
}

/// The renewal at which a customer of the world of the beta-discrete-Weibull leaves, if within `renewals`.
pub fn tenure([gamma, delta, c]: [f64; 3], renewals: u32, random: &mut Random) -> (f64, bool) {
    // P(still there at t | θ) = (1 − θ)^(t^c).
    let stays = 1.0 - random.beta(gamma, delta);
    let level = random.uniform();
    let left = (1..=renewals).find(|renewal| stays.powf(f64::from(*renewal).powf(c)) < level);
    (f64::from(left.unwrap_or(renewals)), left.is_some())
}

#[cfg(test)]
mod tests {
    use super::Random;

    /// Expected: the reference implementation of SplitMix64 by Vigna, first outputs of seed 1234567.
    #[test]
    fn the_stream_of_the_reference_implementation() {
        let mut random = Random::new(1_234_567);
        for expected in [6_457_827_717_110_365_317_u64, 3_203_168_211_198_807_973] {
            assert_eq!(random.uniform(), ((expected >> 11) as f64 + 0.5) / (1_u64 << 53) as f64);
        }
    }

    #[test]
    fn moments_of_the_gamma_and_beta_distributions() {
        let mut random = Random::new(7);
        let n = 200_000;
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        for shape in [0.2, 1.0, 7.5] {
            let values: Vec<f64> = (0..n).map(|_| random.gamma(shape)).collect();
            let squares: Vec<f64> = values.iter().map(|v| (v - shape).powi(2)).collect();
            assert!((mean(&values) / shape - 1.0).abs() < 0.02 && (mean(&squares) / shape - 1.0).abs() < 0.05);
        }
        let values: Vec<f64> = (0..n).map(|_| random.beta(0.8, 2.4)).collect();
        assert!((mean(&values) - 0.25).abs() < 0.005);
    }
}
