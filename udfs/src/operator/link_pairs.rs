//! Pairs of records as rows, made batch by batch when they are asked for.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray, make_comparator};
use datafusion::arrow::compute::kernels::zip::zip;
use datafusion::arrow::compute::{SortOptions, interleave};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{Result, internal_err};

use crate::linkage::pairs::{RecordPair, RecordPairs};

/// Rows of one batch.
const BATCH_ROWS: usize = 8192;

/// Pairs with who their records are: source and id of all records, in the batches in which they were read.
pub(super) struct PairRows {
    pairs: RecordPairs,
    /// Where the records of each batch begin.
    starts: Vec<usize>,
    sources: Vec<ArrayRef>,
    ids: Vec<ArrayRef>,
    schema: SchemaRef,
}

impl PairRows {
    /// Of batches whose first two columns are source and id.
    pub(super) fn new<'a>(pairs: RecordPairs, batches: impl Iterator<Item = &'a RecordBatch>, schema: SchemaRef) -> Self {
        let (mut starts, mut sources, mut ids, mut start) = (vec![], vec![], vec![], 0);
        for batch in batches {
            if let [source, id, ..] = batch.columns() {
                starts.push(start);
                sources.push(Arc::clone(source));
                ids.push(Arc::clone(id));
                start += batch.num_rows();
            }
        }
        Self { pairs, starts, sources, ids, schema }
    }

    pub(super) fn batches(&self) -> usize {
        self.pairs.pairs.len().div_ceil(BATCH_ROWS)
    }

    /// The rows of one batch: of two records the one with the smaller source and id is left.
    pub(super) fn batch(&self, number: usize) -> Result<RecordBatch> {
        let Some(pairs) = self.pairs.pairs.chunks(BATCH_ROWS).nth(number) else {
            return internal_err!("LinkRecords has no batch {number} of pairs");
        };
        let (one_source, one_id) = self.who(pairs.iter().map(|pair| pair.left))?;
        let (other_source, other_id) = self.who(pairs.iter().map(|pair| pair.right))?;
        let by_source = make_comparator(&one_source, &other_source, SortOptions::default())?;
        let by_id = make_comparator(&one_id, &other_id, SortOptions::default())?;
        let in_order = |row: usize| by_source(row, row).then_with(|| by_id(row, row)).is_le();
        let in_order: BooleanArray = (0..pairs.len()).map(|row| Some(in_order(row))).collect();
        let reason = |pair: &RecordPair| self.pairs.reasons.get(&pair.pattern).filter(|reason| !reason.is_empty());
        let columns = vec![
            zip(&in_order, &one_source, &other_source)?,
            zip(&in_order, &one_id, &other_id)?,
            zip(&in_order, &other_source, &one_source)?,
            zip(&in_order, &other_id, &one_id)?,
            Arc::new(pairs.iter().map(|pair| Some(pair.weight)).collect::<Float64Array>()) as ArrayRef,
            Arc::new(pairs.iter().map(|pair| Some(pair.probability)).collect::<Float64Array>()),
            Arc::new(pairs.iter().map(reason).collect::<StringArray>()),
        ];
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), columns)?)
    }

    /// Source and id of some records.
    pub(super) fn who(&self, records: impl Iterator<Item = u32>) -> Result<(ArrayRef, ArrayRef)> {
        let place = |record: u32| {
            let batch = self.starts.partition_point(|start| *start <= record as usize).saturating_sub(1);
            (batch, record as usize - self.starts.get(batch).copied().unwrap_or_default())
        };
        let places: Vec<(usize, usize)> = records.map(place).collect();
        let of = |columns: &[ArrayRef]| {
            let columns: Vec<&dyn Array> = columns.iter().map(AsRef::as_ref).collect();
            interleave(&columns, &places)
        };
        Ok((of(&self.sources)?, of(&self.ids)?))
    }
}
