//! Random streams whose values never change: xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number generators",
//! 2021), seeded by SplitMix64. The generators of the usual crates promise no stable stream across versions, and a platform's
//! `ln` and `exp` differ in the last bit; both are therefore here, in plain IEEE arithmetic, so that one seed gives one lake anywhere.
//!
//! A stream belongs to a purpose and a key (a person, an order, …), never to a thread: tables can be written in any order and in
//! parallel, and adding a draw for one purpose moves no other.

/// What a stream is drawn for. The number is part of the data's definition: never renumber.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    Household = 1,
    Person = 2,
    Life = 3,
    Campaigns = 4,
    Service = 5,
    Basket = 6,
    Contact = 7,
    Account = 8,
    Visitor = 9,
    Clicks = 10,
    Call = 11,
    Survey = 12,
    Product = 13,
    Agent = 14,
    Send = 15,
    OrderDetail = 16,
}

/// One stream of random numbers.
#[derive(Clone, Debug)]
pub struct Stream {
    state: [u64; 4],
}

fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mix(*state)
}

/// The finaliser of SplitMix64: a bijection of 64 bits in which every input bit moves every output bit.
pub fn mix(value: u64) -> u64 {
    let z = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Stream {
    pub fn new(seed: u64, purpose: Purpose, key: u64) -> Self {
        let mut state = mix(seed.wrapping_add(0x5851_f42d_4c95_7f2d)) ^ mix(key.wrapping_mul(32).wrapping_add(purpose as u64));
        Self { state: std::array::from_fn(|_| splitmix(&mut state)) }
    }

    pub fn next_u64(&mut self) -> u64 {
        let [s0, s1, s2, s3] = self.state;
        let result = s0.wrapping_add(s3).rotate_left(23).wrapping_add(s0);
        let (t2, t3) = (s2 ^ s0, s3 ^ s1);
        self.state = [s0 ^ t3, s1 ^ t2, t2 ^ (s1 << 17), t3.rotate_left(45)];
        result
    }

    /// Uniform on the open interval (0, 1), so that its logarithm exists.
    pub fn unit(&mut self) -> f64 {
        ((self.next_u64() >> 11) as f64 + 0.5) * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform on 0 … n − 1; 0 for n = 0. The bias of the multiplication, n / 2^64, is far below anything visible.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(n)) >> 64) as u64
    }

    /// Uniform on low … high, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as u64) as i64
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One value of a list that is not empty.
    pub fn pick<T: Copy, const N: usize>(&mut self, list: &[T; N]) -> T {
        const { assert!(N > 0) };
        list[self.below(N as u64) as usize]
    }

    /// A word of the list, the first ones more often, as names and streets are distributed.
    pub fn pick_frequent<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let u = self.unit();
        let index = (list.len() as f64 * u * (0.35 + 0.65 * u)) as usize;
        list.get(index).copied().unwrap_or_default()
    }

    /// The index of the weight that was drawn; weights need not add up to one.
    pub fn weighted<const N: usize>(&mut self, weights: &[f64; N]) -> usize {
        let mut rest = self.unit() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            rest -= weight;
            if rest < 0.0 {
                return index;
            }
        }
        N.saturating_sub(1)
    }

    /// Exponential with the given mean.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -ln(self.unit()) * mean
    }

    /// Standard normal, by Marsaglia's polar method: it needs no sine.
    pub fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                return u * (-2.0 * ln(s) / s).sqrt();
            }
        }
    }

    /// Gamma with the given shape and scale (Marsaglia and Tsang 2000; below shape 1 by the boost U^(1/shape)).
    pub fn gamma(&mut self, shape: f64, scale: f64) -> f64 {
        if shape < 1.0 {
            let boost = exp(ln(self.unit()) / shape);
            return self.gamma(shape + 1.0, scale) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let root = 1.0 + c * x;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            if ln(self.unit()) < 0.5 * x * x + d - d * v + d * ln(v) {
                return d * v * scale;
            }
        }
    }

    pub fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (x, y) = (self.gamma(a, 1.0), self.gamma(b, 1.0));
        x / (x + y)
    }
}

/// Natural logarithm of a positive normal number: x = m · 2^e with m near 1, then 2 artanh((m − 1)/(m + 1)) as a series.
pub fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let mut exponent = ((bits >> 52) & 0x7ff) as i64 - 1023;
    let mut mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | (1023 << 52));
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa *= 0.5;
        exponent += 1;
    }
    let f = (mantissa - 1.0) / (mantissa + 1.0);
    let square = f * f;
    let series = (0..11).rev().fold(0.0, |sum, k| sum * square + 1.0 / f64::from(2 * k + 1));
    2.0 * f * series + exponent as f64 * std::f64::consts::LN_2
}

/// The exponential function, 0 below −700 and capped at e^700.
pub fn exp(x: f64) -> f64 {
    if x < -700.0 {
        return 0.0;
    }
    let x = x.min(700.0);
    let k = (x / std::f64::consts::LN_2).round();
    let rest = x - k * std::f64::consts::LN_2;
    let series = (1..=14).rev().fold(1.0, |sum, n| 1.0 + sum * rest / f64::from(n));
    series * f64::from_bits(((k as i64 + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithm_and_exponential_agree_with_the_platform() {
        let mut stream = Stream::new(1, Purpose::Life, 0);
        for _ in 0..20_000 {
            let x = stream.unit() * 40.0 - 20.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-13);
            let y = x.exp();
            assert!((ln(y) - y.ln()).abs() < 1e-13);
        }
        assert_eq!(exp(-800.0), 0.0);
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let n = 200_000;
        let mut stream = Stream::new(7, Purpose::Person, 3);
        let mean = |draw: &mut dyn FnMut() -> f64| (0..n).map(|_| draw()).sum::<f64>() / f64::from(n);
        // Means: shape · scale, a / (a + b), 0, the mean itself; tolerance about four standard errors.
        assert!((mean(&mut || stream.gamma(0.6, 2.0)) - 1.2).abs() < 0.015);
        assert!((mean(&mut || stream.gamma(4.0, 0.5)) - 2.0).abs() < 0.01);
        assert!((mean(&mut || stream.beta(0.8, 2.4)) - 0.25).abs() < 0.003);
        assert!(mean(&mut || stream.normal()).abs() < 0.01);
        assert!((mean(&mut || stream.exponential(3.0)) - 3.0).abs() < 0.03);
    }

    #[test]
    fn streams_of_other_keys_and_purposes_differ() {
        let first = Stream::new(1, Purpose::Person, 5).next_u64();
        assert_eq!(first, Stream::new(1, Purpose::Person, 5).next_u64());
        assert_ne!(first, Stream::new(1, Purpose::Person, 6).next_u64());
        assert_ne!(first, Stream::new(1, Purpose::Life, 5).next_u64());
        assert_ne!(first, Stream::new(2, Purpose::Person, 5).next_u64());
    }
}
