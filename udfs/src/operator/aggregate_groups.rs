//! The accumulators of [`AggregateOver`](super::AggregateOver): one of each aggregate for each group of rows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use datafusion::arrow::compute::{filter, take, take_record_batch};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::cast::as_boolean_array;
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{Result, ScalarValue, internal_datafusion_err, internal_err};
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, MemoryReservation};
use datafusion::logical_expr::Accumulator;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::aggregate::AggregateFunctionExpr;
use futures::future::{BoxFuture, FutureExt};
use futures::{StreamExt, TryStreamExt, stream};

use crate::stopped::{StopOnDrop, scoped};

#[derive(Clone, Debug)]
pub(crate) struct Appended {
    pub aggregate: Arc<AggregateFunctionExpr>,
    pub filter: Option<Arc<dyn PhysicalExpr>>,
}

impl Appended {
    fn update(&self, accumulator: &mut dyn Accumulator, batch: &RecordBatch) -> Result<()> {
        let values = self.aggregate.expressions().into_iter().map(|e| e.evaluate(batch)?.into_array(batch.num_rows()));
        let mut values = values.collect::<Result<Vec<ArrayRef>>>()?;
        if let Some(condition) = &self.filter {
            let mask = condition.evaluate(batch)?.into_array(batch.num_rows())?;
            let mask = as_boolean_array(&mask)?;
            for value in &mut values {
                *value = filter(value, mask)?;
            }
        }
        accumulator.update_batch(&values)
    }
}

/// What tells groups apart.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub expr: Arc<dyn PhysicalExpr>,
    converter: Arc<RowConverter>,
}

impl Key {
    pub fn new(expr: Arc<dyn PhysicalExpr>, input: &datafusion::arrow::datatypes::Schema) -> Result<Self> {
        let converter = Arc::new(RowConverter::new(vec![SortField::new(expr.data_type(input)?)])?);
        Ok(Self { expr, converter })
    }
}

/// What is computed, and for which groups; without a key all rows are one.
#[derive(Clone, Debug)]
pub(crate) struct Aggregation {
    pub key: Option<Key>,
    pub aggregates: Vec<Appended>,
}

impl Aggregation {
    /// Calls `visit` with the place and the key of each row, as bytes that are equal where the keys are (NULL is one).
    fn visit_keys(&self, batch: &RecordBatch, mut visit: impl FnMut(u32, &[u8]) -> Result<()>) -> Result<()> {
        let Some(key) = &self.key else { return visit(0, &[]) };
        let column = key.expr.evaluate(batch)?.into_array(batch.num_rows())?;
        let rows = key.converter.convert_columns(&[column])?;
        (0_u32..).zip(rows.iter()).try_for_each(|(place, row)| visit(place, row.as_ref()))
    }
}

type Numbers = HashMap<Box<[u8]>, usize>;

/// The groups seen so far, numbered in the order in which they came. They do not spill: beyond the memory limit they are an error.
pub(super) struct Groups {
    aggregation: Aggregation,
    numbers: Numbers,
    accumulators: Vec<Vec<Box<dyn Accumulator>>>,
    bytes: usize,
    reservation: MemoryReservation,
}

/// Of a group beside its key and its accumulators: its place in the map, its lists, and the states that are passed on.
const GROUP_BYTES: usize = 256;

/// The groups of a part: key, and the state of each aggregate.
pub(super) type States = Vec<(Box<[u8]>, Vec<Vec<ScalarValue>>)>;

impl Groups {
    pub fn new(aggregation: Aggregation, pool: &Arc<dyn MemoryPool>) -> Self {
        let reservation = MemoryConsumer::new("AggregateOver groups").register(pool);
        Self { aggregation, numbers: HashMap::new(), accumulators: vec![], bytes: 0, reservation }
    }

    fn number(&mut self, key: &[u8]) -> Result<usize> {
        if let Some(number) = self.numbers.get(key) {
            return Ok(*number);
        }
        let number = self.accumulators.len();
        let new = self.aggregation.aggregates.iter().map(|a| a.aggregate.create_accumulator());
        let new = new.collect::<Result<Vec<_>>>()?;
        self.bytes += GROUP_BYTES + key.len() + size(&new);
        self.accumulators.push(new);
        self.numbers.insert(key.into(), number);
        Ok(number)
    }

    /// Adds the rows of a batch, which has some.
    pub fn update(&mut self, batch: &RecordBatch) -> Result<()> {
        self.add(batch)?;
        self.reservation.try_resize(self.bytes)
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let mut places = vec![];
        let aggregation = self.aggregation.clone();
        aggregation.visit_keys(batch, |place, key| {
            places.push((self.number(key)?, place));
            Ok(())
        })?;
        if let ([(number, _)], None) = (places.as_slice(), &aggregation.key) {
            return self.update_group(*number, batch);
        }
        // The rows of a group next to each other, then a slice for each group.
        places.sort_unstable();
        let sorted = take_record_batch(batch, &places.iter().map(|(_, place)| *place).collect::<UInt32Array>())?;
        let mut from = 0;
        for group in places.chunk_by(|(left, _), (right, _)| left == right) {
            if let Some((number, _)) = group.first() {
                self.update_group(*number, &sorted.slice(from, group.len()))?;
            }
            from += group.len();
        }
        Ok(())
    }

    fn update_group(&mut self, number: usize, rows: &RecordBatch) -> Result<()> {
        let Some(accumulators) = self.accumulators.get_mut(number) else { return internal_err!("a group is missing") };
        let before = size(accumulators);
        let mut pairs = self.aggregation.aggregates.iter().zip(accumulators.iter_mut());
        pairs.try_for_each(|(aggregate, accumulator)| aggregate.update(accumulator.as_mut(), rows))?;
        self.bytes = (self.bytes + size(accumulators)).saturating_sub(before);
        Ok(())
    }

    pub fn into_states(mut self) -> Result<States> {
        let mut states = vec![];
        for (key, number) in self.numbers.drain() {
            let Some(accumulators) = self.accumulators.get_mut(number) else { return internal_err!("a group is missing") };
            states.push((number, (key, accumulators.iter_mut().map(|a| a.state()).collect::<Result<Vec<_>>>()?)));
        }
        states.sort_unstable_by_key(|(number, _)| *number);
        Ok(states.into_iter().map(|(_, state)| state).collect())
    }

    pub fn merge(&mut self, states: States) -> Result<()> {
        for (key, states) in states {
            let number = self.number(&key)?;
            let Some(accumulators) = self.accumulators.get_mut(number) else { return internal_err!("a group is missing") };
            let before = size(accumulators);
            for (accumulator, state) in accumulators.iter_mut().zip(states) {
                let state = state.iter().map(|v| v.to_array()).collect::<Result<Vec<_>>>()?;
                accumulator.merge_batch(&state)?;
            }
            self.bytes = (self.bytes + size(accumulators)).saturating_sub(before);
            self.reservation.try_resize(self.bytes)?;
        }
        Ok(())
    }

    /// Evaluates every aggregate of every group, on threads that may take their time.
    pub async fn evaluate(self) -> Result<Results> {
        let Self { aggregation, numbers, accumulators, reservation, .. } = self;
        let count = aggregation.aggregates.len();
        let at_once = std::thread::available_parallelism().map_or(4, usize::from).max(4);
        let evaluations: Vec<_> = accumulators.into_iter().flatten().map(evaluated).collect();
        let values: Vec<ScalarValue> = stream::iter(evaluations).buffered(at_once).try_collect().await?;
        let columns = (0..count).filter(|_| !values.is_empty());
        let columns = columns.map(|i| ScalarValue::iter_to_array(values.iter().skip(i).step_by(count).cloned()));
        let columns = columns.collect::<Result<_>>()?;
        Ok(Results { columns, repeated: Mutex::default(), aggregation, numbers, _reservation: reservation })
    }
}

fn size(accumulators: &[Box<dyn Accumulator>]) -> usize {
    accumulators.iter().map(|accumulator| accumulator.size()).sum()
}

fn evaluated(mut accumulator: Box<dyn Accumulator>) -> BoxFuture<'static, Result<ScalarValue>> {
    let evaluation = async move {
        let stop = StopOnDrop::default();
        let flag = Arc::clone(&stop.0);
        let task = SpawnedTask::spawn_blocking(move || scoped(&flag, || accumulator.evaluate()));
        task.join_unwind().await.map_err(|e| DataFusionError::ExecutionJoin(Box::new(e)))?
    };
    evaluation.boxed()
}

/// What came out: a column for each aggregate, a row for each group.
pub(super) struct Results {
    aggregation: Aggregation,
    numbers: Numbers,
    columns: Vec<ArrayRef>,
    /// Without a key: the columns for as many rows as the longest batch had.
    repeated: Mutex<Vec<ArrayRef>>,
    _reservation: MemoryReservation,
}

impl Results {
    /// The results for the rows of a batch.
    pub fn columns_for(&self, batch: &RecordBatch) -> Result<Vec<ArrayRef>> {
        if self.aggregation.key.is_none() {
            return self.repeated(batch.num_rows());
        }
        let mut places = UInt32Array::builder(batch.num_rows());
        self.aggregation.visit_keys(batch, |_, key| {
            let number = self.numbers.get(key).and_then(|number| u32::try_from(*number).ok());
            places.append_value(number.ok_or_else(|| internal_datafusion_err!("a group is missing"))?);
            Ok(())
        })?;
        let places = places.finish();
        self.columns.iter().map(|column| Ok(take(column, &places, None)?)).collect()
    }

    /// The one result for so many rows.
    fn repeated(&self, rows: usize) -> Result<Vec<ArrayRef>> {
        let mut repeated = self.repeated.lock().unwrap_or_else(PoisonError::into_inner);
        if repeated.first().is_none_or(|column| column.len() < rows) {
            let repeat = |column: &ArrayRef| ScalarValue::try_from_array(column, 0)?.to_array_of_size(rows);
            *repeated = self.columns.iter().map(repeat).collect::<Result<_>>()?;
        }
        Ok(repeated.iter().map(|column| column.slice(0, rows)).collect())
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::Int64Array;
    use datafusion::arrow::datatypes::{DataType, Field, Schema};
    use datafusion::execution::memory_pool::GreedyMemoryPool;
    use datafusion::functions_aggregate::sum::sum_udaf;
    use datafusion::physical_expr::aggregate::AggregateExprBuilder;
    use datafusion::physical_expr::expressions::col;

    use super::*;

    /// The sum of `k` for each `k` of 10,000, with so much memory.
    fn sums(bytes: usize) -> Result<States> {
        let schema = Arc::new(Schema::new(vec![Field::new("k", DataType::Int64, false)]));
        let keys = Int64Array::from_iter_values(0..10_000);
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(keys)])?;
        let sum =
            AggregateExprBuilder::new(sum_udaf(), vec![col("k", &schema)?]).schema(Arc::clone(&schema)).alias("s").build()?;
        let aggregates = vec![Appended { aggregate: Arc::new(sum), filter: None }];
        let aggregation = Aggregation { key: Some(Key::new(col("k", &schema)?, &schema)?), aggregates };
        let pool: Arc<dyn MemoryPool> = Arc::new(GreedyMemoryPool::new(bytes));
        let mut groups = Groups::new(aggregation, &pool);
        groups.update(&batch)?;
        assert!(pool.reserved() > 10_000 * GROUP_BYTES);
        groups.into_states()
    }

    #[test]
    fn groups_beyond_the_memory_are_an_error() {
        assert_eq!(sums(64 << 20).expect("memory enough").len(), 10_000);
        let error = sums(1 << 20).expect_err("not memory enough");
        assert!(matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)), "{error}");
    }
}
