//! The groups of [`DenseGroups`](super::DenseGroups): numbered by an array at the keys' places, with what has been aggregated of each.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type, SchemaRef};
use datafusion::common::{Result, internal_err};
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::aggregates::{AggregateExec, aggregate_expressions};

use super::dense_groups::Range;

/// The groups in the order of their first rows, and what has been aggregated of each.
pub(super) struct Table {
    pub(super) range: Range,
    /// One more than the number of the group of each key of the range; 0 where there is none yet.
    pub(super) slots: Vec<u32>,
    /// Groups of keys outside of the range.
    strays: HashMap<i64, usize>,
    null_group: Option<usize>,
    keys: Vec<i64>,
    key: Arc<dyn PhysicalExpr>,
    aggregates: Vec<Aggregate>,
    /// Of the batch at hand, the group of each row.
    groups: Vec<usize>,
    schema: SchemaRef,
    pub(super) batch_rows: usize,
}

struct Aggregate {
    accumulator: Box<dyn GroupsAccumulator>,
    arguments: Vec<Arc<dyn PhysicalExpr>>,
    filter: Option<Arc<dyn PhysicalExpr>>,
}

impl Table {
    pub(super) fn new(aggregate: &AggregateExec, range: Range, batch_rows: usize) -> Result<Self> {
        let [(key, _)] = aggregate.group_expr().expr() else { return internal_err!("DenseGroups groups by one key") };
        let arguments = aggregate_expressions(aggregate.aggr_expr(), aggregate.mode(), 1)?;
        let aggregates = aggregate.aggr_expr().iter().zip(arguments).zip(aggregate.filter_expr());
        let aggregates = aggregates.map(|((function, arguments), filter)| {
            Ok(Aggregate { accumulator: function.create_groups_accumulator()?, arguments, filter: filter.clone() })
        });
        Ok(Self {
            range,
            slots: vec![],
            strays: HashMap::new(),
            null_group: None,
            keys: vec![],
            key: Arc::clone(key),
            aggregates: aggregates.collect::<Result<_>>()?,
            groups: vec![],
            schema: aggregate.schema(),
            batch_rows,
        })
    }

    pub(super) fn update(&mut self, batch: &RecordBatch) -> Result<()> {
        let keys = self.key.evaluate(batch)?.into_array(batch.num_rows())?;
        self.find_groups(&integers(&keys)?);
        let groups = self.keys.len();
        for Aggregate { accumulator, arguments, filter } in &mut self.aggregates {
            let evaluate = |e: &Arc<dyn PhysicalExpr>| e.evaluate(batch)?.into_array(batch.num_rows());
            let values = arguments.iter().map(evaluate).collect::<Result<Vec<_>>>()?;
            let filter = filter.as_ref().map(evaluate).transpose()?;
            let filter: Option<&BooleanArray> = filter.as_ref().map(|filter| filter.as_boolean());
            accumulator.update_batch(&values, &self.groups, filter, groups)?;
        }
        Ok(())
    }

    /// Numbers the rows' groups; a key that is new gets the next number.
    fn find_groups(&mut self, keys: &Int64Array) {
        self.slots.resize(self.range.width, 0);
        self.groups.clear();
        self.groups.reserve(keys.len());
        if keys.null_count() == 0 {
            for &key in keys.values() {
                let group = self.group_of(key);
                self.groups.push(group);
            }
            return;
        }
        for key in keys {
            let group = match key {
                Some(key) => self.group_of(key),
                None => *self.null_group.get_or_insert_with(|| next_group(&mut self.keys, 0)),
            };
            self.groups.push(group);
        }
    }

    #[inline]
    fn group_of(&mut self, key: i64) -> usize {
        // A key before the first wraps around to far behind the last.
        let place = usize::try_from(key.wrapping_sub(self.range.first) as u64);
        match place.ok().and_then(|place| self.slots.get_mut(place)) {
            Some(slot) => {
                if *slot == 0 {
                    *slot = next_group(&mut self.keys, key) as u32 + 1;
                }
                *slot as usize - 1
            }
            None => *self.strays.entry(key).or_insert_with(|| next_group(&mut self.keys, key)),
        }
    }

    pub(super) fn size(&self) -> usize {
        let accumulators: usize = self.aggregates.iter().map(|a| a.accumulator.size()).sum();
        let strays = self.strays.capacity() * size_of::<(i64, usize)>();
        let numbers = self.slots.capacity() * size_of::<u32>() + self.keys.capacity() * size_of::<i64>();
        accumulators + strays + numbers + self.groups.capacity() * size_of::<usize>()
    }

    /// The keys and states of all groups, and an empty table; `None` if there are no groups.
    pub(super) fn take(&mut self) -> Result<Option<RecordBatch>> {
        let keys = std::mem::take(&mut self.keys);
        let null_group = self.null_group.take();
        self.slots.fill(0);
        self.strays = HashMap::new();
        if keys.is_empty() {
            return Ok(None);
        }
        let valid = null_group.map(|null| (0..keys.len()).map(|group| group != null).collect::<Vec<_>>().into());
        let keys: ArrayRef = Arc::new(Int64Array::new(keys.into(), valid));
        let mut columns = vec![from_integers(&keys, self.schema.field(0).data_type())?];
        for aggregate in &mut self.aggregates {
            columns.extend(aggregate.accumulator.state(EmitTo::All)?);
        }
        Ok(Some(RecordBatch::try_new(Arc::clone(&self.schema), columns)?))
    }
}

fn next_group(keys: &mut Vec<i64>, key: i64) -> usize {
    keys.push(key);
    keys.len() - 1
}

fn integers(keys: &ArrayRef) -> Result<Int64Array> {
    let keys = match keys.data_type() {
        DataType::Date32 => cast(keys, &DataType::Int32)?,
        _ => Arc::clone(keys),
    };
    Ok(cast(&keys, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

pub(super) fn from_integers(keys: &ArrayRef, data_type: &DataType) -> Result<ArrayRef> {
    match data_type {
        DataType::Date32 => Ok(cast(&cast(keys, &DataType::Int32)?, data_type)?),
        _ => Ok(cast(keys, data_type)?),
    }
}
