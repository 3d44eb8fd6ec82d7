//! Integrals of positive functions whose logarithm is concave.
//!
//! What the models ask of drop-out times is of that kind once time is taken in logarithms: one peak, and on both sides of it
//! a fall that does not slow down. So the integral is walked from the peak outwards in steps fitted to the slope, until
//! nothing is left; each step is Gauss and Legendre's rule. All terms are positive, so no digits cancel, which the published
//! forms in hypergeometric functions cannot say.

/// The logarithm of the function at one point, with its slope and the speed at which the slope falls.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// ln f.
    pub log: f64,
    /// (ln f)′.
    pub slope: f64,
    /// −(ln f)″, not negative.
    pub bend: f64,
}

/// Nodes and weights of Gauss and Legendre's rule of eight points, the positive half.
const NODES: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_3),
];
/// Longest step, in the logarithm of time: the singularities of the models are π away from the real axis.
const STEP_MAX: f64 = 0.7;
/// How much the logarithm may change in a step by its slope, and how many standard deviations by its bend, as far as its start can tell.
const CHANGE_MAX: f64 = 2.0;
const DEVIATIONS_MAX: f64 = 1.5;
/// A fall by so much makes room for a step of twice the length: what the rule misses there counts for less.
const FALL_PER_STEP: f64 = 8.0;
/// e^−45 of the peak, a hundredth of the rounding error, is nothing.
const FALL_MAX: f64 = 45.0;
/// More steps than any of the models takes.
const STEPS_MAX: usize = 10_000;

/// ln ∫ f over [`low`, `high`]; `low` may be −∞ where f vanishes there, `high` ∞ likewise. `near` is a finite point within.
pub fn log_integral(low: f64, high: f64, near: f64, shape: impl Fn(f64) -> Shape) -> f64 {
    if low >= high {
        return f64::NEG_INFINITY;
    }
    let peak = peak(low, high, near, &shape);
    let top = shape(peak).log;
    let mut sum = 0.0;
    for (end, sign) in [(low, -1.0), (high, 1.0)] {
        let mut from = peak;
        for _ in 0..STEPS_MAX {
            let left = (end - from) * sign;
            let here = shape(from);
            if left <= 0.0 || here.log - top < -FALL_MAX {
                break;
            }
            let room = 1.0 + (top - here.log).max(0.0) / FALL_PER_STEP;
            let step = (room * step(&here)).min(left);
            let (middle, half) = (from + 0.5 * sign * step, 0.5 * step);
            for (node, weight) in NODES {
                sum += half
                    * weight
                    * ((shape(middle - half * node).log - top).exp() + (shape(middle + half * node).log - top).exp());
            }
            from = if step < left { from + sign * step } else { end };
        }
    }
    top + sum.ln()
}

fn step(here: &Shape) -> f64 {
    STEP_MAX.min(1.0 / (here.slope.abs() / CHANGE_MAX + here.bend.max(0.0).sqrt() / DEVIATIONS_MAX))
}

/// A point near which the slope changes its sign, or the end at which the function is largest.
fn peak(low: f64, high: f64, near: f64, shape: &impl Fn(f64) -> Shape) -> f64 {
    let (mut left, mut right) = (near, near);
    let mut reach = 1.0;
    while left > low && shape(left).slope < 0.0 {
        left = (left - reach).max(low);
        reach *= 2.0;
    }
    let mut reach = 1.0;
    while right < high && shape(right).slope > 0.0 {
        right = (right + reach).min(high);
        reach *= 2.0;
    }
    // Near enough is within one step.
    for _ in 0..200 {
        let here = shape(left);
        if right - left <= step(&here) {
            break;
        }
        let middle = 0.5 * (left + right);
        if shape(middle).slope > 0.0 { left = middle } else { right = middle }
    }
    if shape(left).slope > 0.0 { right } else { left }
}

#[cfg(test)]
mod tests {
    use super::{Shape, log_integral};

    /// ∫ e^(pw) e^(−e^w) dw over the whole line is Γ(p).
    #[test]
    fn the_gamma_function() {
        for (p, expected) in [
            (0.1, 2.252712651734206),
            (0.5, 0.5723649429247001),
            (1.0, 0.0),
            (10.0, 12.801827480081469),
            (1e6, 12815504.569147611),
        ] {
            let shape = |w: f64| Shape { log: p * w - w.exp(), slope: p - w.exp(), bend: w.exp() };
            let actual = log_integral(f64::NEG_INFINITY, f64::INFINITY, 0.0, shape);
            assert!((actual - expected).abs() < 1e-13 * expected.abs().max(1.0), "{p}: {actual} is not {expected}");
        }
    }

    #[test]
    fn a_part_of_an_exponential() {
        for (rate, low, high) in
            [(3.0_f64, 0.0, 2.0), (1e5, -1.0, 4.0), (1e-9, 2.0, 3.0), (-7.0, 0.0, 1.0), (2.0, 1.0, f64::INFINITY)]
        {
            let shape = |w: f64| Shape { log: -rate * w, slope: -rate, bend: 0.0 };
            let expected = -rate * low + (-(-rate * (high - low)).exp_m1() / rate).ln();
            let actual = log_integral(low, high, low, shape);
            assert!((actual - expected).abs() < 1e-12 * expected.abs().max(1.0), "{rate}: {actual} is not {expected}");
        }
        assert_eq!(log_integral(1.0, 1.0, 1.0, |_| Shape { log: 0.0, slope: 0.0, bend: 0.0 }), f64::NEG_INFINITY);
    }
}
