//! Purchase histories: checked, and grouped into equal ones.
//!
//! Invariant: what [`Histories::groups`] returns depends on which histories were added, and on nothing else: neither
//! the order of the rows nor how partial collections were merged can reach a fit.

use std::cmp::Ordering;

/// What a customer's purchases come down to. Times are in any one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct History {
    /// Repeat purchases (x): a whole number, not negative.
    pub frequency: f64,
    /// Time from the first to the last purchase (t_x): 0 where there is no repeat purchase.
    pub recency: f64,
    /// Time from the first purchase to the end of the observation (T).
    pub age: f64,
}

/// Why three numbers are not a history: the argument at fault and what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    /// The frequency is not a count.
    #[error("frequency must be a whole number, zero or more")]
    Frequency,
    /// The frequency is beyond what is counted exactly.
    #[error("frequency is too large: at most 2^53")]
    FrequencyTooLarge,
    /// The recency is not a duration.
    #[error("recency must be finite and not negative")]
    Recency,
    /// The age is not a duration.
    #[error("age must be finite and not negative")]
    Age,
    /// The last purchase lies after the end of the observation.
    #[error("recency must not be larger than age")]
    RecencyBeyondAge,
    /// A time is not a number of opportunities to purchase.
    #[error("recency and age must be whole numbers, at most 1000000: opportunities to purchase are counted")]
    Opportunities,
    /// There are more purchases than opportunities.
    #[error("frequency must not be larger than recency: there is one purchase at most at each opportunity")]
    FrequencyBeyondRecency,
    /// The first purchase is the only one and yet not the last one.
    #[error("recency must be 0 where frequency is 0")]
    RecencyWithoutRepeat,
}

impl History {
    /// A history of checked numbers.
    ///
    /// # Errors
    /// The first rule of [`HistoryError`] that is broken.
    pub fn new(frequency: f64, recency: f64, age: f64) -> Result<Self, HistoryError> {
        // Negative zero would sort apart from zero.
        let (frequency, recency, age) = (frequency + 0.0, recency + 0.0, age + 0.0);
        if !(0.0..f64::INFINITY).contains(&frequency) || frequency.fract() != 0.0 {
            Err(HistoryError::Frequency)
        } else if frequency > COUNT_MAX {
            Err(HistoryError::FrequencyTooLarge)
        } else if !(0.0..f64::INFINITY).contains(&recency) {
            Err(HistoryError::Recency)
        } else if !(0.0..f64::INFINITY).contains(&age) {
            Err(HistoryError::Age)
        } else if recency > age {
            Err(HistoryError::RecencyBeyondAge)
        } else if frequency == 0.0 && recency > 0.0 {
            Err(HistoryError::RecencyWithoutRepeat)
        } else {
            Ok(Self { frequency, recency, age })
        }
    }

    /// The history, if its times are opportunities to purchase with one purchase at most at each.
    ///
    /// # Errors
    /// The first rule of [`HistoryError`] that is broken.
    pub fn in_opportunities(self) -> Result<Self, HistoryError> {
        if self.recency.fract() != 0.0 || self.age.fract() != 0.0 || self.age > OPPORTUNITIES_MAX {
            Err(HistoryError::Opportunities)
        } else if self.frequency > self.recency {
            Err(HistoryError::FrequencyBeyondRecency)
        } else {
            Ok(self)
        }
    }

    /// By frequency, age and recency.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        self.frequency
            .total_cmp(&other.frequency)
            .then_with(|| self.age.total_cmp(&other.age))
            .then_with(|| self.recency.total_cmp(&other.recency))
    }
}

/// The largest count that a double holds together with all smaller ones.
pub const COUNT_MAX: f64 = 9_007_199_254_740_992.0;

/// The largest number of opportunities to purchase, before and after the end of the observation.
pub const OPPORTUNITIES_MAX: f64 = 1e6;

/// Equal histories, counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HistoryGroup {
    /// The history that these customers share.
    pub history: History,
    /// How many they are.
    pub customers: u64,
}

/// A growing collection of histories in memory that grows with the number of different ones.
#[derive(Debug, Clone, Default)]
pub struct Histories {
    groups: Vec<HistoryGroup>,
    /// So many entries at the front are sorted and all different.
    grouped: usize,
}

/// Entries that may wait before equal ones are merged.
const WAITING_MIN: usize = 32_768;

impl Histories {
    /// Adds `customers` customers with one history.
    pub fn add(&mut self, history: History, customers: u64) {
        self.groups.push(HistoryGroup { history, customers });
        if self.groups.len() - self.grouped >= WAITING_MIN.max(self.grouped) {
            self.group();
        }
    }

    /// The different histories with their counts, by frequency, age and recency.
    pub fn groups(&mut self) -> &[HistoryGroup] {
        self.group();
        &self.groups
    }

    /// Bytes held on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.groups.capacity() * size_of::<HistoryGroup>()
    }

    fn group(&mut self) {
        if self.grouped == self.groups.len() {
            return;
        }
        // Stable, because it finds the sorted runs that merged parts are made of.
        self.groups.sort_by(|left, right| left.history.order(&right.history));
        self.groups.dedup_by(|later, kept| {
            let same = later.history == kept.history;
            if same {
                kept.customers += later.customers;
            }
            same
        });
        self.grouped = self.groups.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_names_the_argument_at_fault() {
        let error = |x, t, age| History::new(x, t, age).expect_err("not a history");
        assert_eq!(error(-1.0, 0.0, 1.0), HistoryError::Frequency);
        assert_eq!(error(1.5, 0.0, 1.0), HistoryError::Frequency);
        assert_eq!(error(f64::NAN, 0.0, 1.0), HistoryError::Frequency);
        assert_eq!(error(f64::INFINITY, 0.0, 1.0), HistoryError::Frequency);
        assert_eq!(error(1e300, 0.0, 1.0), HistoryError::FrequencyTooLarge);
        assert_eq!(error(1.0, -0.1, 1.0), HistoryError::Recency);
        assert_eq!(error(1.0, f64::NAN, 1.0), HistoryError::Recency);
        assert_eq!(error(1.0, 0.0, f64::INFINITY), HistoryError::Age);
        assert_eq!(error(1.0, 2.0, 1.0), HistoryError::RecencyBeyondAge);
        assert_eq!(error(0.0, 0.5, 1.0), HistoryError::RecencyWithoutRepeat);
        assert!(History::new(-0.0, -0.0, 0.0).is_ok_and(|h| h.frequency.is_sign_positive()));
    }

    #[test]
    fn equal_histories_are_counted_once_in_any_order() {
        let all: Vec<History> = (0..100_000_u32)
            .map(|i| {
                let x = f64::from(i * 7919 % 5);
                History { frequency: x, recency: x.min(1.0) * f64::from(i % 13), age: 13.0 + f64::from(i % 17) }
            })
            .collect();
        let (mut forward, mut backward) = (Histories::default(), Histories::default());
        all.iter().for_each(|h| forward.add(*h, 1));
        all.iter().rev().for_each(|h| backward.add(*h, 1));
        assert_eq!(forward.groups(), backward.groups());
        assert_eq!(forward.groups().iter().map(|g| g.customers).sum::<u64>(), 100_000);
        assert!(forward.groups().windows(2).all(|pair| pair[0].history.order(&pair[1].history) == Ordering::Less));
    }
}
