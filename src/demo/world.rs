//! What all tables of one lake share: the seed, the size, the calendar, the names, the products and the agents.

use super::agents::Agent;
use super::calendar::Calendar;
use super::names::Names;
use super::products::Product;

pub struct World {
    pub seed: u64,
    /// People who bought at least once, and one prospect for every four of them.
    pub people: u64,
    pub calendar: Calendar,
    pub names: Names,
    pub products: Vec<Product>,
    pub agents: Vec<Agent>,
}

impl World {
    pub fn new(seed: u64, customers: u64) -> Self {
        let products = Product::all(seed);
        let agents = Agent::all(seed, customers);
        Self { seed, people: customers + customers / 4, calendar: Calendar::new(), names: Names::new(), products, agents }
    }

    /// Every fifth person has only looked so far.
    pub fn is_customer(&self, person: u64) -> bool {
        person % 5 != 4
    }
}
