//! Purchase histories with what came after them: what models are judged by.

use std::cmp::Ordering;

use super::histories::{Histories, History};

/// Customers with one history and one number of purchases after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// What was known.
    pub history: History,
    /// Purchases after the end of the observation, within a time that all customers share.
    pub later: f64,
    /// How many customers.
    pub customers: u64,
}

impl Outcome {
    fn order(&self, other: &Self) -> Ordering {
        self.history.order(&other.history).then_with(|| self.later.total_cmp(&other.later))
    }
}

/// A growing collection, in memory that grows with the number of different ones. What it returns does not depend on the order of
/// what was added.
#[derive(Debug, Clone, Default)]
pub struct Outcomes {
    groups: Vec<Outcome>,
    /// So many entries at the front are sorted and all different.
    grouped: usize,
}

/// Entries that may wait before equal ones are merged.
const WAITING_MIN: usize = 32_768;

impl Outcomes {
    /// Adds customers.
    pub fn add(&mut self, outcome: Outcome) {
        self.groups.push(outcome);
        if self.groups.len() - self.grouped >= WAITING_MIN.max(self.grouped) {
            self.group();
        }
    }

    /// The different ones with their counts, in one order.
    pub fn groups(&mut self) -> &[Outcome] {
        self.group();
        &self.groups
    }

    /// The histories alone.
    pub fn histories(&mut self) -> Histories {
        let mut histories = Histories::default();
        self.groups().iter().for_each(|group| histories.add(group.history, group.customers));
        histories
    }

    /// Bytes held on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.groups.capacity() * size_of::<Outcome>()
    }

    fn group(&mut self) {
        if self.grouped == self.groups.len() {
            return;
        }
        // Stable, because it finds the sorted runs that merged parts are made of.
        self.groups.sort_by(Outcome::order);
        self.groups.dedup_by(|later, kept| {
            let same = later.order(kept) == Ordering::Equal;
            if same {
                kept.customers += later.customers;
            }
            same
        });
        self.grouped = self.groups.len();
    }
}
