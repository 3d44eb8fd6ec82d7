//! Purchase histories with what came after them: what models are judged by.

use super::counted::{Counted, Group, bits};
use super::histories::{Histories, History, HistoryGroup};

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

impl Group for Outcome {
    type Key = [u64; 4];

    /// Frequency, age, recency and what came later.
    fn key(&self) -> [u64; 4] {
        let History { frequency, recency, age } = self.history;
        bits([frequency, age, recency, self.later])
    }

    fn customers(&mut self) -> &mut u64 {
        &mut self.customers
    }
}

/// Outcomes, equal ones counted: by frequency, age, recency and what came later.
pub type Outcomes = Counted<Outcome>;

impl Outcomes {
    /// The histories alone.
    pub fn histories(&mut self) -> Histories {
        let mut histories = Histories::default();
        histories.extend(self.groups().iter().map(|group| HistoryGroup { history: group.history, customers: group.customers }));
        histories
    }
}
