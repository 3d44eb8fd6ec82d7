//! Customers with covariates: what is known of each beside the purchases and does not change with time.
//!
//! Invariant: as with [`super::histories`], what a fit sees depends on which customers were added, and not on their order or on
//! how partial collections were merged.

use std::cmp::Ordering;

use super::histories::{History, HistoryGroup};
use super::trust_region::Spectrum;

/// The most covariates of one fit.
pub const COVARIATES_MAX: usize = 16;

/// Equal customers, counted: one flat row each of the covariates, frequency, age, recency and how many they are.
#[derive(Debug, Clone)]
pub struct CovariateHistories {
    covariates: usize,
    values: Vec<f64>,
    /// So many values at the front are sorted and all different.
    grouped: usize,
}

/// Numbers of a row behind the covariates.
const HISTORY: usize = 4;
/// Rows that may wait before equal ones are merged.
const WAITING_MIN: usize = 32_768;

/// Customers who share their covariates.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The covariates.
    pub covariates: Vec<f64>,
    /// Their histories, by frequency, age and recency.
    pub groups: Vec<HistoryGroup>,
}

impl CovariateHistories {
    /// No customer yet; each will have so many covariates.
    #[must_use]
    pub fn new(covariates: usize) -> Self {
        Self { covariates, values: Vec::new(), grouped: 0 }
    }

    /// How many covariates a customer has.
    #[must_use]
    pub fn covariates(&self) -> usize {
        self.covariates
    }

    /// Adds `customers` customers with one history and finite covariates.
    pub fn add(&mut self, covariates: &[f64], history: History, customers: u64) {
        debug_assert_eq!(covariates.len(), self.covariates);
        // Negative zero would sort apart from zero.
        self.values.extend(covariates.iter().map(|value| value + 0.0));
        self.values.extend([history.frequency, history.age, history.recency, customers as f64]);
        if self.values.len() - self.grouped >= (WAITING_MIN * self.width()).max(self.grouped) {
            self.group();
        }
    }

    /// All rows one after the other, to be merged elsewhere.
    pub fn rows(&mut self) -> &[f64] {
        self.group();
        &self.values
    }

    /// Adds the rows of another collection.
    pub fn merge(&mut self, rows: &[f64]) {
        self.values.extend_from_slice(rows);
        self.group();
    }

    /// The customers by their covariates.
    #[must_use]
    pub fn cells(&mut self) -> Vec<Cell> {
        self.group();
        let covariates = self.covariates;
        let group = |row: &[f64]| match row.get(covariates..) {
            Some(&[frequency, age, recency, customers]) => {
                Some(HistoryGroup { history: History { frequency, recency, age }, customers: customers as u64 })
            }
            _ => None,
        };
        let rows: Vec<&[f64]> = self.values.chunks_exact(self.width()).collect();
        rows.chunk_by(|left, right| left.get(..covariates) == right.get(..covariates))
            .map(|rows| Cell {
                covariates: rows.first().and_then(|row| row.get(..covariates)).unwrap_or_default().to_vec(),
                groups: rows.iter().filter_map(|row| group(row)).collect(),
            })
            .collect()
    }

    /// Bytes held on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.values.capacity() * size_of::<f64>()
    }

    fn width(&self) -> usize {
        self.covariates + HISTORY
    }

    fn group(&mut self) {
        if self.grouped == self.values.len() {
            return;
        }
        let (width, last) = (self.width(), self.width() - 1);
        let mut rows: Vec<&[f64]> = self.values.chunks_exact(width).collect();
        rows.sort_unstable_by(|left, right| order(left, right, last));
        let mut grouped: Vec<f64> = Vec::with_capacity(self.values.len());
        for equal in rows.chunk_by(|left, right| order(left, right, last).is_eq()) {
            let customers: f64 = equal.iter().filter_map(|row| row.get(last)).sum();
            grouped.extend(equal.first().and_then(|row| row.get(..last)).unwrap_or_default());
            grouped.push(customers);
        }
        grouped.shrink_to(2 * grouped.len());
        self.grouped = grouped.len();
        self.values = grouped;
    }
}

fn order(left: &[f64], right: &[f64], numbers: usize) -> Ordering {
    let pairs = left.iter().zip(right).take(numbers);
    pairs.map(|(left, right)| left.total_cmp(right)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Mean and standard deviation of each covariate: fits run on (z − mean) / deviation.
#[derive(Debug, Clone)]
pub struct Scale {
    /// The means over the customers.
    pub means: Vec<f64>,
    /// The standard deviations.
    pub deviations: Vec<f64>,
    /// Largest less smallest value, in standard deviations.
    pub ranges: Vec<f64>,
}

/// Why coefficients of these covariates cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// All customers have the same value of this one.
    Constant(usize),
    /// One of these follows from the others.
    Collinear(Vec<usize>),
}

/// A standard deviation below this part of the largest value is rounding.
const DEVIATION_MIN: f64 = 1e-13;
/// An eigenvalue of the correlations below this says that the covariates are collinear.
const EIGENVALUE_MIN: f64 = 1e-9;
/// A covariate takes part in a linear relation where it has at least this weight in it.
const WEIGHT_MIN: f64 = 1e-3;

impl Scale {
    /// The scale of these customers.
    ///
    /// # Errors
    /// Covariates whose effects cannot be told apart.
    pub fn of(cells: &[Cell], covariates: usize) -> Result<Self, Unusable> {
        let weights: Vec<f64> = cells.iter().map(|cell| cell.groups.iter().map(|g| g.customers as f64).sum()).collect();
        let customers: f64 = weights.iter().sum();
        let mut scale = Self { means: vec![], deviations: vec![], ranges: vec![] };
        for at in 0..covariates {
            let column = || cells.iter().filter_map(|cell| cell.covariates.get(at).copied());
            let largest = column().fold(0.0, |most, value| f64::max(most, value.abs()));
            if largest == 0.0 {
                return Err(Unusable::Constant(at));
            }
            // In parts of the largest value no square overflows.
            let mean = column().zip(&weights).map(|(value, n)| n * (value / largest)).sum::<f64>() / customers;
            let square = column().zip(&weights).map(|(value, n)| n * (value / largest - mean).powi(2)).sum::<f64>() / customers;
            if square.sqrt() < DEVIATION_MIN {
                return Err(Unusable::Constant(at));
            }
            let deviation = square.sqrt() * largest;
            let (low, high) = column().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
            scale.means.push(mean * largest);
            scale.deviations.push(deviation);
            scale.ranges.push(high / deviation - low / deviation);
        }
        scale.expect_independent(cells, &weights, customers)?;
        Ok(scale)
    }

    /// The covariates of a cell on this scale.
    #[must_use]
    pub fn apply(&self, covariates: &[f64]) -> Vec<f64> {
        let scaled = covariates.iter().zip(&self.means).zip(&self.deviations);
        scaled.map(|((value, mean), deviation)| value / deviation - mean / deviation).collect()
    }

    fn expect_independent(&self, cells: &[Cell], weights: &[f64], customers: f64) -> Result<(), Unusable> {
        // Where there are fewer covariates than the matrix has room for, the rest are independent of all.
        let mut correlations = [[0.0; COVARIATES_MAX]; COVARIATES_MAX];
        (0..COVARIATES_MAX).for_each(|i| correlations[i][i] = if i < self.means.len() { 0.0 } else { 1.0 });
        for (cell, n) in cells.iter().zip(weights) {
            let scaled = self.apply(&cell.covariates);
            for (row, left) in correlations.iter_mut().zip(&scaled) {
                row.iter_mut().zip(&scaled).for_each(|(sum, right)| *sum += n * left * right / customers);
            }
        }
        let spectrum = Spectrum::new(&correlations);
        let singular = spectrum.values.iter().zip(&spectrum.vectors).find(|(value, _)| **value < EIGENVALUE_MIN);
        let Some((_, weights)) = singular else { return Ok(()) };
        let involved = weights.iter().enumerate().filter(|(_, weight)| weight.abs() > WEIGHT_MIN).map(|(at, _)| at);
        Err(Unusable::Collinear(involved.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some_customers(order: impl Iterator<Item = u32>) -> CovariateHistories {
        let mut customers = CovariateHistories::new(2);
        for i in order {
            let x = f64::from(i * 7919 % 5);
            let history = History { frequency: x, recency: x.min(1.0) * f64::from(i % 13), age: 13.0 + f64::from(i % 17) };
            customers.add(&[f64::from(i % 3), f64::from(i % 2) - 0.5], history, 1);
        }
        customers
    }

    #[test]
    fn equal_customers_are_counted_once_in_any_order() {
        let (mut forward, mut backward) = (some_customers(0..100_000), some_customers((0..100_000).rev()));
        let mut merged = some_customers(70_000..100_000);
        merged.merge(some_customers(0..70_000).rows());
        assert_eq!(forward.rows(), backward.rows());
        assert_eq!(forward.rows(), merged.rows());
        let cells = forward.cells();
        assert_eq!(cells.len(), 6);
        assert_eq!(cells.iter().flat_map(|cell| &cell.groups).map(|g| g.customers).sum::<u64>(), 100_000);
    }

    #[test]
    fn covariates_that_cannot_be_told_apart_are_named() {
        let scale = |rows: &[[f64; 3]]| {
            let mut customers = CovariateHistories::new(3);
            rows.iter().for_each(|row| customers.add(row, History { frequency: 0.0, recency: 0.0, age: 1.0 }, 1));
            Scale::of(&customers.cells(), 3)
        };
        assert_eq!(scale(&[[0.0, 2.0, 1.0], [1.0, 2.0, 0.0], [3.0, 2.0, 4.0]]).err(), Some(Unusable::Constant(1)));
        let dependent = [[0.0, 3.0, 1.0], [1.0, 1.0, 0.0], [0.0, 0.5, 0.0], [1.0, 7.0, 0.0], [0.0, 9.0, 1.0]];
        assert_eq!(scale(&dependent).err(), None);
        let complement = [[0.0, 3.0, 1.0], [1.0, 1.0, 0.0], [0.0, 0.5, 1.0], [1.0, 7.0, 0.0], [0.0, 9.0, 1.0]];
        assert_eq!(scale(&complement).err(), Some(Unusable::Collinear(vec![0, 2])));
        let large = [[1e300, 3.0, 1.0], [-1e300, 1.0, 0.0], [5e299, 0.5, 1.0], [0.0, 7.0, 3.0]];
        assert!(scale(&large).is_ok_and(|scale| scale.deviations.iter().all(|d| d.is_finite())));
    }
}
