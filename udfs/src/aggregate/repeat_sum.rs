//! `repeat_sum`: the amounts of all days but the first.

use std::cmp::Ordering;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Field, FieldRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature};

use super::exact_sum::{finite, read_sums, value_of, write_sums};
use crate::args::{anything, check, doubles};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::models::compensated::Sum;

pub static DOC: Doc = Doc {
    name: "repeat_sum",
    kind: Kind::Aggregate,
    topic: "Value and churn",
    summary: "The sum of a customer's amounts on all days but the first: what repeat purchases brought.",
    arguments: &[
        Argument::required("day", Takes::Date, "rows without a day are left out"),
        Argument::required("amount", Takes::Double, "NULL counts 0"),
    ],
    returns: &[Column::new("", "double precision", "0 where there is one day only; NULL for no rows")],
    notes: "To 15 significant digits and the same whatever the order of rows and the number of threads. NaN and infinite amounts are an error, 22023, and so is a sum beyond the largest double, 22003.",
    source: "The numerator of the mean repeat transaction of Fader and Hardie 2013, \"The Gamma-Gamma model of monetary value\"; summed as `exact_sum`.",
    example: "SELECT repeat_sum(day, amount) FROM (VALUES (DATE '2025-01-05', 20.0), (DATE '2025-03-01', 35.0), (DATE '2025-03-09', 0.5)) AS t(day, amount);",
};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct RepeatSum {
    signature: Signature,
}

impl Default for RepeatSum {
    fn default() -> Self {
        Self { signature: anything() }
    }
}

impl AggregateUDFImpl for RepeatSum {
    fn name(&self) -> &str {
        DOC.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        check(&DOC, types)?;
        Ok(DataType::Float64)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let field = |part: &str, data_type| Arc::new(Field::new(format!("{}[{part}]", args.name), data_type, true));
        let sums = ["first_high", "first_low", "first_units", "later_high", "later_low", "later_units"]
            .map(|part| field(part, DataType::Float64));
        Ok([vec![field("first_day", DataType::Date32)], sums.to_vec()].concat())
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(One::default()))
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Groups::default()))
    }
}

/// What one customer spent on the first day so far, and later.
#[derive(Clone, Copy, Debug)]
struct Spending {
    first_day: i32,
    first: Sum,
    later: Sum,
}

impl Spending {
    fn on(day: i32, amount: f64) -> Self {
        let mut first = Sum::default();
        first.add(amount);
        Self { first_day: day, first, later: Sum::default() }
    }

    /// The first day of one part may turn out to be a later day of the whole.
    fn merge(&mut self, other: Self) {
        self.later.merge(other.later);
        match other.first_day.cmp(&self.first_day) {
            Ordering::Greater => self.later.merge(other.first),
            Ordering::Equal => self.first.merge(other.first),
            Ordering::Less => {
                self.later.merge(self.first);
                (self.first_day, self.first) = (other.first_day, other.first);
            }
        }
    }

    fn merge_into(self, slot: &mut Option<Self>) {
        match slot {
            Some(spending) => spending.merge(self),
            None => *slot = Some(self),
        }
    }
}

/// One entry a row; `None` for a row without a day.
fn read_rows(values: &[ArrayRef]) -> Result<Vec<Option<Spending>>> {
    let [days, amounts] = values else { return Ok(vec![]) };
    let (days, amounts) = (cast(days, &DataType::Date32)?, doubles(amounts)?);
    let row = |(day, amount): (Option<i32>, Option<f64>)| {
        day.map(|day| Ok(Spending::on(day, finite(amount.unwrap_or(0.0))?))).transpose()
    };
    days.as_primitive::<Date32Type>().iter().zip(&amounts).map(row).collect()
}

fn read_states(states: &[ArrayRef]) -> Vec<Option<Spending>> {
    let [days, sums @ ..] = states else { return vec![] };
    let (first, later) = sums.split_at(sums.len() / 2);
    let days = days.as_primitive::<Date32Type>().iter();
    let spending = |((day, first), later): ((Option<i32>, Option<Sum>), Option<Sum>)| {
        Some(Spending { first_day: day?, first: first?, later: later? })
    };
    days.zip(read_sums(first)).zip(read_sums(later)).map(spending).collect()
}

fn write_states(customers: &[Option<Spending>]) -> Vec<ArrayRef> {
    let days: Date32Array = customers.iter().map(|spending| spending.map(|s| s.first_day)).collect();
    let mut columns: Vec<ArrayRef> = vec![Arc::new(days)];
    columns.extend(write_sums(customers.iter().map(|spending| spending.map(|s| s.first))));
    columns.extend(write_sums(customers.iter().map(|spending| spending.map(|s| s.later))));
    columns
}

/// The spending of everything.
#[derive(Debug, Default)]
struct One {
    spending: Option<Spending>,
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        read_rows(values)?.into_iter().flatten().for_each(|row| row.merge_into(&mut self.spending));
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        read_states(states).into_iter().flatten().for_each(|part| part.merge_into(&mut self.spending));
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        write_states(&[self.spending]).iter().map(|array| ScalarValue::try_from_array(array, 0)).collect()
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(self.spending.map(|spending| value_of(spending.later)).transpose()?))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}

/// The spending of many customers.
#[derive(Debug, Default)]
struct Groups {
    customers: Vec<Option<Spending>>,
}

impl Groups {
    fn merge(&mut self, parts: Vec<Option<Spending>>, groups: &[usize], filter: Option<&BooleanArray>, total: usize) {
        self.customers.resize(total, None);
        for (row, (part, &group)) in parts.into_iter().zip(groups).enumerate() {
            let wanted = filter.is_none_or(|f| f.is_valid(row) && f.value(row));
            if let (true, Some(part), Some(slot)) = (wanted, part, self.customers.get_mut(group)) {
                part.merge_into(slot);
            }
        }
    }
}

impl GroupsAccumulator for Groups {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.merge(read_rows(values)?, groups, filter, total);
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.merge(read_states(states), groups, None, total);
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let customers = emit_to.take_needed(&mut self.customers);
        let later = customers.into_iter().map(|spending| spending.map(|s| value_of(s.later)).transpose());
        Ok(Arc::new(later.collect::<Result<Float64Array>>()?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(write_states(&emit_to.take_needed(&mut self.customers)))
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let mut rows = read_rows(values)?;
        for (row, spending) in rows.iter_mut().enumerate() {
            if filter.is_some_and(|f| f.is_null(row) || !f.value(row)) {
                *spending = None;
            }
        }
        Ok(write_states(&rows))
    }

    fn size(&self) -> usize {
        self.customers.capacity() * size_of::<Option<Spending>>()
    }
}
