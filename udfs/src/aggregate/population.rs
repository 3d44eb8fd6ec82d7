//! The customers that a choice of models, their value and their backtest are computed from: what is known of each, the same as it was
//! at an earlier split, what came after either, and what purchases were worth. Equal customers are counted once.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::common::{Result, ScalarValue, internal_datafusion_err};

use super::history_fit::list_scalar;
use crate::args::doubles;
use crate::error::CustomerError;
use crate::models::choice::Split;
use crate::models::compensated::Sum;
use crate::models::gamma_gamma::{Spender, Spenders};
use crate::models::histories::History;
use crate::models::outcomes::{Outcome, Outcomes};

/// What describes a customer: frequency, recency, age, what came later within which time, the mean value of purchases – any may be
/// NULL – and the struct of `split_history`, which may be too.
const COLUMNS: usize = 7;

/// Histories with what came after them, and the sum of the logarithms of their times between purchases.
#[derive(Debug, Clone, Default)]
struct Part {
    outcomes: Outcomes,
    log_intervals: Sum,
    duration: f64,
}

impl Part {
    /// Adds a row of: frequency, recency, age, Σ ln Δ, purchases later, time later; false if the first three are not there.
    fn add(&mut self, function: &str, columns: [Option<&Float64Array>; 6], row: usize) -> Result<bool> {
        let [frequency, recency, age, log_intervals, later, duration] =
            columns.map(|column| column.filter(|column| column.is_valid(row)).map(|column| column.value(row)));
        let (Some(frequency), Some(recency), Some(age)) = (frequency, recency, age) else { return Ok(false) };
        let history = History::new(frequency, recency, age)
            .map_err(|error| CustomerError::invalid_value(format!("{function}: {error}")))?;
        self.outcomes.push(Outcome { history, later: later.unwrap_or(0.0), customers: 1 });
        self.log_intervals.add(log_intervals.filter(|sum| sum.is_finite()).unwrap_or(0.0));
        self.duration = self.duration.max(duration.unwrap_or(0.0));
        Ok(true)
    }

    fn take(&mut self) -> Split {
        let Self { outcomes, log_intervals, duration } = std::mem::take(self);
        Split { outcomes, log_intervals: log_intervals.value().unwrap_or(f64::INFINITY), duration }
    }

    fn state(&mut self) -> Vec<ScalarValue> {
        let Sum { high, low, units } = self.log_intervals;
        let flat = |o: &Outcome| [o.history.frequency, o.history.recency, o.history.age, o.later, o.customers as f64];
        let outcomes: Vec<f64> = self.outcomes.groups().iter().flat_map(flat).collect();
        vec![list(outcomes), list(vec![high, low, units, self.duration])]
    }

    fn merge(&mut self, outcomes: &[f64], sums: &[f64]) {
        let outcome = |[frequency, recency, age, later, customers]: &[f64; 5]| {
            let history = History { frequency: *frequency, recency: *recency, age: *age };
            Outcome { history, later: *later, customers: *customers as u64 }
        };
        self.outcomes.extend(outcomes.as_chunks().0.iter().map(outcome));
        if let [high, low, units, duration] = *sums {
            self.log_intervals.merge(Sum { high, low, units });
            self.duration = self.duration.max(duration);
        }
    }
}

/// All customers.
#[derive(Debug, Clone, Default)]
pub struct Population {
    known: Part,
    inner: Part,
    spenders: Spenders,
}

/// The lists of numbers that the state is made of.
pub const STATE: [&str; 6] = ["known", "known_sums", "inner", "inner_sums", "spenders", "ignored"];

impl Population {
    /// Adds rows of [`COLUMNS`].
    pub fn update(&mut self, function: &str, values: &[ArrayRef]) -> Result<()> {
        let Some((earlier, known)) = values.split_last().filter(|_| values.len() == COLUMNS) else {
            return Err(internal_datafusion_err!("{function} takes {COLUMNS} columns"));
        };
        let known = known.iter().map(doubles).collect::<Result<Vec<_>>>()?;
        let earlier = earlier.as_struct_opt().map_or(&[][..], |earlier| earlier.columns());
        let earlier = earlier.iter().map(doubles).collect::<Result<Vec<_>>>()?;
        let (frequency, log_intervals) = (known.first(), earlier.first());
        let inner = std::array::from_fn(|at| earlier.get(at + 1));
        let known_columns = [frequency, known.get(1), known.get(2), log_intervals, known.get(3), known.get(4)];
        let Some(spent) = known.get(5) else { return Ok(()) };
        for row in 0..spent.len() {
            if !self.known.add(function, known_columns, row)? {
                continue;
            }
            self.inner.add(function, inner, row)?;
            let frequency = frequency.map_or(0.0, |column| column.value(row));
            self.spenders.add(frequency, if spent.is_valid(row) { spent.value(row) } else { 0.0 }, 1);
        }
        Ok(())
    }

    /// As lists, in the order of [`STATE`].
    pub fn state(&mut self) -> Vec<ScalarValue> {
        let mut state = self.known.state();
        state.extend(self.inner.state());
        let ignored = self.spenders.ignored as f64;
        let flat = |g: &Spender| [g.frequency, g.monetary, g.customers as f64];
        state.extend([list(self.spenders.groups().iter().flat_map(flat).collect()), list(vec![ignored])]);
        state
    }

    /// Adds what [`Population::state`] gave.
    pub fn merge(&mut self, states: &[ArrayRef]) -> Result<()> {
        for row in 0..states.first().map_or(0, Array::len) {
            let lists = states.iter().map(|s| doubles(&s.as_list::<i32>().value(row))).collect::<Result<Vec<_>>>()?;
            let [known, known_sums, inner, inner_sums, spenders, ignored] = lists.as_slice() else {
                return Err(internal_datafusion_err!("a population has {} lists", STATE.len()));
            };
            self.known.merge(known.values(), known_sums.values());
            self.inner.merge(inner.values(), inner_sums.values());
            let spender = |[frequency, monetary, customers]: &[f64; 3]| Spender {
                frequency: *frequency,
                monetary: *monetary,
                customers: *customers as u64,
            };
            self.spenders.extend(spenders.values().as_chunks().0.iter().map(spender));
            self.spenders.ignored += ignored.values().iter().sum::<f64>() as u64;
        }
        Ok(())
    }

    /// What is known, with what came after it, and the same at the split: both leave the population.
    pub fn take(&mut self) -> [Split; 2] {
        [self.known.take(), self.inner.take()]
    }

    /// What purchases were worth.
    pub fn spenders(&mut self) -> &mut Spenders {
        &mut self.spenders
    }

    pub fn heap_bytes(&self) -> usize {
        self.known.outcomes.heap_bytes() + self.inner.outcomes.heap_bytes() + self.spenders.heap_bytes()
    }
}

/// A list of numbers as a value.
pub fn list(numbers: Vec<f64>) -> ScalarValue {
    list_scalar(std::sync::Arc::new(Float64Array::from(numbers)))
}
