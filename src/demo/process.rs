//! The purchase process: MBG/NBD (Batislam, Denizel, Filiztekin 2007). A customer buys at a rate λ of their own while alive, and
//! drops out with a probability p of their own after each purchase, the first included. λ ~ Gamma(r, α), p ~ Beta(a, b);
//! amounts are those of the Gamma-Gamma model. Time is business time, in days (see [`super::calendar`]).

use super::random::{Purpose, Stream};
use super::world::World;

/// r, α (days), a and b of the population: what a fit on business time finds again.
pub const R: f64 = 1.1;
pub const ALPHA: f64 = 26.0;
pub const A: f64 = 0.8;
pub const B: f64 = 7.0;
/// Shape of an order's amount, shape and rate (euro) of the customers' own rate: Gamma-Gamma's p, q and γ.
pub const P: f64 = 3.0;
pub const Q: f64 = 4.0;
pub const GAMMA: f64 = 62.0;
/// No customer has more purchases than this; the process reaches it about once in a million customers.
const PURCHASES_MAX: usize = 1_500;

/// What is true of one customer.
#[derive(Clone, Debug)]
pub struct Latent {
    /// Purchases in a business day while alive.
    pub rate: f64,
    /// Probability of dropping out after a purchase.
    pub dropout: f64,
    /// Expected amount of an order, euro.
    pub spend: f64,
    /// Business time of the first purchase.
    pub born: f64,
    /// Business times of all purchases in the lake, the first included.
    pub purchases: Vec<f64>,
    /// Business time of the purchase after which the customer dropped out, unless still alive at the end.
    pub dropped_out: Option<f64>,
}

impl Latent {
    pub fn of(world: &World, person: u64) -> Self {
        let mut stream = Stream::new(world.seed, Purpose::Life, person);
        let end = world.calendar.business_days();
        let rate = stream.gamma(R, 1.0 / ALPHA);
        let dropout = stream.beta(A, B);
        let spend = P / stream.gamma(Q, 1.0 / GAMMA);
        // The company grows: the density of first purchases rises by half over the lake. A fifth were customers from the first days.
        let u = stream.unit();
        let born = if stream.chance(0.2) { 30.0 * u } else { end * u * (1.25 - 0.25 * u) };
        let (mut purchases, mut at, mut dropped_out) = (Vec::new(), born, None);
        while at < end && purchases.len() < PURCHASES_MAX {
            purchases.push(at);
            if stream.chance(dropout) {
                dropped_out = Some(at);
                break;
            }
            at += stream.exponential(1.0 / rate);
        }
        Self { rate, dropout, spend, born, purchases, dropped_out }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Equation numbers of Batislam et al. 2007: P(X(t) = 0) after the first purchase, with drop-out possible at once, is
    /// E[p] + E[1 − p] · E[exp(−λ t)] = a/(a + b) + b/(a + b) · (α/(α + t))^r.
    #[test]
    fn customers_without_a_repeat_purchase_are_as_many_as_the_model_says() {
        let world = World::new(42, 40_000);
        let end = world.calendar.business_days();
        let (mut expected, mut variance, mut actual) = (0.0, 0.0, 0.0);
        for person in (0..world.people).filter(|person| world.is_customer(*person)) {
            let latent = Latent::of(&world, person);
            let t = end - latent.born;
            let none = A / (A + B) + B / (A + B) * (ALPHA / (ALPHA + t)).powf(R);
            expected += none;
            variance += none * (1.0 - none);
            actual += f64::from(u8::from(latent.purchases.len() == 1));
        }
        assert!((actual - expected).abs() < 4.0 * f64::sqrt(variance), "{actual} against {expected}");
    }

    /// E[X(t)] given λ and p: purchases come at rate λ while alive, the customer is alive after the first with probability 1 − p and
    /// leaves at rate λp, so the mean is (1 − p)/p · (1 − exp(−λ p t)).
    #[test]
    fn repeat_purchases_are_as_many_as_the_rates_say() {
        let world = World::new(7, 40_000);
        let end = world.calendar.business_days();
        let (mut expected, mut actual, mut squares) = (0.0, 0.0, 0.0);
        for person in (0..world.people).filter(|person| world.is_customer(*person)) {
            let latent = Latent::of(&world, person);
            let p = latent.dropout;
            let mean = (1.0 - p) / p * (1.0 - (-latent.rate * p * (end - latent.born)).exp());
            let repeats = latent.purchases.len() as f64 - 1.0;
            expected += mean;
            actual += repeats;
            squares += (repeats - mean) * (repeats - mean);
        }
        assert!((actual - expected).abs() < 4.0 * squares.sqrt(), "{actual} against {expected}");
    }

    #[test]
    fn nobody_buys_after_dropping_out() {
        let world = World::new(1, 3_000);
        for person in (0..world.people).filter(|person| world.is_customer(*person)) {
            let latent = Latent::of(&world, person);
            assert!(!latent.purchases.is_empty());
            if let Some(at) = latent.dropped_out {
                assert_eq!(latent.purchases.last(), Some(&at));
            }
        }
    }
}
