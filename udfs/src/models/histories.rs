//! Purchase histories: checked, and grouped into equal ones.

use super::counted::{Counted, Group, bits};

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
    #[inline]
    pub fn new(frequency: f64, recency: f64, age: f64) -> Result<Self, HistoryError> {
        // Negative zero would sort apart from zero.
        let (frequency, recency, age) = (frequency + 0.0, recency + 0.0, age + 0.0);
        if !(0.0..f64::INFINITY).contains(&frequency) {
            Err(HistoryError::Frequency)
        } else if frequency > COUNT_MAX {
            Err(HistoryError::FrequencyTooLarge)
        } else if frequency as i64 as f64 != frequency {
            Err(HistoryError::Frequency)
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
}

/// Histories as columns of one length.
#[derive(Debug, Clone, Copy)]
pub struct HistoryColumns<'a> {
    /// See [`History::frequency`].
    pub frequency: &'a [f64],
    /// See [`History::recency`].
    pub recency: &'a [f64],
    /// See [`History::age`].
    pub age: &'a [f64],
}

impl HistoryColumns<'_> {
    /// The histories, as they stand.
    pub fn iter(&self) -> impl Iterator<Item = History> {
        let columns = self.frequency.iter().zip(self.recency).zip(self.age);
        columns.map(|((frequency, recency), age)| History { frequency: *frequency, recency: *recency, age: *age })
    }

    /// Whether every one follows the rules of [`HistoryError`], and no frequency is beyond 2^51.
    #[must_use]
    pub fn are_valid(&self) -> bool {
        // Without a branch, for many at a time. What is added and taken away again rounds to a whole number.
        self.iter().fold(true, |valid, History { frequency, recency, age }| {
            let is_count = (frequency >= 0.0)
                & (frequency <= COUNT_MAX / 4.0)
                & ((frequency + COUNT_MAX / 2.0) - COUNT_MAX / 2.0 == frequency);
            let is_time = (recency >= 0.0) & (recency <= age) & (age < f64::INFINITY);
            valid & is_count & is_time & ((frequency > 0.0) | (recency == 0.0))
        })
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

impl Group for HistoryGroup {
    type Key = [u64; 3];

    /// Frequency, age and recency.
    fn key(&self) -> [u64; 3] {
        let History { frequency, recency, age } = self.history;
        bits([frequency, age, recency])
    }

    fn customers(&mut self) -> &mut u64 {
        &mut self.customers
    }
}

/// Histories, equal ones counted: by frequency, age and recency.
pub type Histories = Counted<HistoryGroup>;

impl Histories {
    /// Adds `customers` customers with one history.
    pub fn add(&mut self, history: History, customers: u64) {
        self.push(HistoryGroup { history, customers });
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
        let all: Vec<History> = (0..300_000_u32)
            .map(|i| {
                let x = f64::from(i * 7919 % 5);
                History { frequency: x, recency: x.min(1.0) * f64::from(i % 13), age: 13.0 + f64::from(i % 17) }
            })
            .collect();
        let (mut forward, mut backward) = (Histories::default(), Histories::default());
        all.iter().for_each(|h| forward.add(*h, 1));
        all.iter().rev().for_each(|h| backward.add(*h, 1));
        assert_eq!(forward.groups(), backward.groups());
        assert_eq!(forward.groups().iter().map(|g| g.customers).sum::<u64>(), 300_000);
        assert!(forward.groups().windows(2).all(|pair| pair[0].key() < pair[1].key()));
    }
}
