//! The physical operator behind [`LinkRecords`](super::LinkRecords).
//!
//! Every partition of the input is read on its own task into texts and, while they are few, hashes of keys; then a blocking thread
//! connects the records, with threads of its own where pairs are compared, and every partition gives its rows back with the outcome.
//! Memory is reserved for all of it; a query beyond its limit fails before it grows.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray, StringBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, Statistics, exec_err, internal_err};
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::statistics::StatisticsArgs;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use futures::future::{BoxFuture, FutureExt, Shared};
use futures::{StreamExt, TryStreamExt, stream};

use super::link_pairs::PairRows;
use super::link_records::{LinkOptions, Output};
use super::link_sides::{Side, read_side};
use super::linking::{Linking, stopped};
use super::yield_once::yield_once;
use crate::error::CustomerError;
use crate::linkage::clusters::{Records, repeated_ids};
use crate::linkage::hash::{mix, stable_hash};
use crate::linkage::links::{LEARN_MIN, Links};
use crate::linkage::pairs::PAIR_BYTES;
use crate::linkage::parallel::{Progress, StopOnDrop, Work};
use crate::linkage::people::Told;
use crate::linkage::person::PersonReader;
use crate::linkage::sides::Said;
use crate::text::uuid::uuid_text;

#[derive(Debug)]
pub(crate) struct LinkRecordsExec {
    /// The records, then a plan for each of `sides`.
    inputs: Vec<Arc<dyn ExecutionPlan>>,
    pub(crate) sides: Vec<Side>,
    pub(crate) options: LinkOptions,
    keys: String,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
    outcome: Mutex<Option<SharedOutcome>>,
    progress: Arc<Progress>,
}

type SharedOutcome = Shared<BoxFuture<'static, Result<Arc<Outcome>, Arc<DataFusionError>>>>;

/// What all partitions share once the records are linked.
pub(super) struct Outcome {
    pub(super) found: Found,
    pub(super) partitions: Vec<Mutex<Option<Kept>>>,
    pub(super) _reservation: MemoryReservation,
}

/// What is returned.
pub(super) enum Found {
    /// To each partition the links of its records.
    Links(Links),
    /// To each partition the households of its records, with their profiles.
    Households(Vec<u64>, Links),
    /// Rows of no partition, which the first one returns.
    Rows(RecordBatch),
    /// The same of pairs.
    Pairs(Arc<PairRows>),
}

/// One partition: its records as hashes, what they say, and who they are.
pub(super) struct Read {
    pub(super) records: Records,
    pub(super) told: Told,
    pub(super) kept: Kept,
}

/// One side, with the memory that it takes.
pub(super) type ReadSide = (Side, Vec<Said>, MemoryReservation);

/// The source and id columns of one partition, and those carried along.
pub(super) struct Kept {
    pub(super) batches: Vec<RecordBatch>,
    /// Where its records begin among those of all partitions.
    pub(super) start: usize,
    _reservation: MemoryReservation,
}

impl LinkRecordsExec {
    pub(crate) fn new(
        inputs: Vec<Arc<dyn ExecutionPlan>>,
        sides: Vec<Side>,
        options: LinkOptions,
        keys: String,
        schema: SchemaRef,
    ) -> Result<Self> {
        let (Some(input), true) = (inputs.first(), inputs.len() == sides.len() + 1) else {
            return internal_err!("LinkRecordsExec takes one input and {} sides", sides.len());
        };
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&schema)),
            datafusion::physical_expr::Partitioning::UnknownPartitioning(input.properties().partitioning.partition_count()),
            EmissionType::Final,
            Boundedness::Bounded,
        ));
        Ok(Self { inputs, sides, options, keys, schema, properties, outcome: Mutex::new(None), progress: Arc::default() })
    }

    fn outcome(&self, context: &Arc<TaskContext>) -> Result<SharedOutcome> {
        let Ok(mut slot) = self.outcome.lock() else { return internal_err!("LinkRecords was poisoned") };
        if let Some(outcome) = slot.as_ref() {
            return Ok(outcome.clone());
        }
        let reader = self.options.reader();
        let work = Work::on(context.session_config().target_partitions()).telling(&self.progress);
        work.begins("reading records");
        let mut tasks = vec![];
        let Some((input, sides)) = self.inputs.split_first() else { return internal_err!("LinkRecords has no input") };
        let columns = input.schema().fields().len();
        for (partition, input) in partitions(input, context)?.into_iter().enumerate() {
            let reservation = MemoryConsumer::new(format!("LinkRecords[{partition}]")).register(context.memory_pool());
            let kept = self.options.kept(columns);
            tasks.push(SpawnedTask::spawn(read(self.options.function, work.clone(), input, kept, reader.clone(), reservation)));
        }
        let (function, mut said) = (self.options.function, vec![]);
        for (side, plan) in self.sides.iter().zip(sides) {
            let reservation = MemoryConsumer::new(format!("LinkRecords[{}]", side.name())).register(context.memory_pool());
            let sources = self.options.sources.clone();
            said.push(SpawnedTask::spawn(read_side(*side, function, partitions(plan, context)?, sources, reservation)));
        }
        let reservation = MemoryConsumer::new("LinkRecords").register(context.memory_pool());
        let linking = Linking {
            options: self.options.clone(),
            slots: reader.slots().collect(),
            work: work.clone(),
            schema: Arc::clone(&self.schema),
            reservation,
        };
        let (linking, stop) = (linking.all(tasks, said), StopOnDrop(work));
        let outcome = async move {
            let _stop_on_drop = stop;
            linking.await.map(Arc::new).map_err(Arc::new)
        };
        let outcome = outcome.boxed().shared();
        *slot = Some(outcome.clone());
        Ok(outcome)
    }
}

/// How far the linking of records in a plan has come; `None` where none are linked.
pub fn progress(plan: &Arc<dyn ExecutionPlan>) -> Option<String> {
    match plan.downcast_ref::<LinkRecordsExec>() {
        Some(linking) => Some(format!("{}: {}", linking.options.function, linking.progress)),
        None => plan.children().into_iter().find_map(progress),
    }
}

/// All partitions of a plan.
fn partitions(plan: &Arc<dyn ExecutionPlan>, context: &Arc<TaskContext>) -> Result<Vec<SendableRecordBatchStream>> {
    let count = plan.properties().partitioning.partition_count();
    (0..count).map(|partition| plan.execute(partition, Arc::clone(context))).collect()
}

/// Reads one partition: keeps source, id and what is carried along, turns everything else into hashes.
async fn read(
    function: &'static str,
    work: Work,
    mut input: SendableRecordBatchStream,
    kept: Vec<usize>,
    mut reader: PersonReader,
    reservation: MemoryReservation,
) -> Result<Read> {
    let mut told = Told::new(reader.told());
    let mut records = Records::with_slots(reader.slots().len());
    let mut contents: HashSet<u64> = HashSet::new();
    let mut batches = vec![];
    while let Some(batch) = input.next().await.transpose()? {
        // A task is stopped where it waits, and this one waits for nothing as long as there are rows.
        work.goes_on().ok_or_else(stopped)?;
        let compared: Vec<usize> = (0..batch.num_columns() + 2 - kept.len()).collect();
        let (batch, kept) = (batch.project(&compared)?, batch.project(&kept)?);
        let hashes = batch.num_rows() * Records::bytes_per_record(records.keys.len());
        let (read, before) = (records.len(), told.bytes());
        hash_rows(function, &batch, &mut reader, &mut records, &mut told)?;
        reservation.try_grow(memory_bytes(&kept)? + hashes + told.bytes() - before)?;
        batches.push(kept);
        if !records.keys.is_empty() {
            contents.extend(records.contents.iter().skip(read).filter(|hash| **hash != 0));
            if learns(contents.len(), &told) {
                // Keys are for few records.
                (records.keys, contents) = (vec![], HashSet::new());
            }
        }
    }
    Ok(Read { records, told, kept: Kept { batches, start: 0, _reservation: reservation } })
}

/// Whether so many different records are enough to learn from.
fn learns(contents: usize, told: &Told) -> bool {
    contents >= LEARN_MIN as usize && told.says_enough()
}

/// Bytes of the rows themselves: several batches may be slices of one buffer, which must not count for each of them.
pub(super) fn memory_bytes(batch: &RecordBatch) -> Result<usize> {
    let sizes = batch.columns().iter().map(|column| column.to_data().get_slice_memory_size());
    Ok(sizes.sum::<Result<usize, _>>()?)
}

fn hash_rows(
    function: &str,
    batch: &RecordBatch,
    reader: &mut PersonReader,
    records: &mut Records,
    told: &mut Told,
) -> Result<()> {
    let texts = batch.columns().iter().map(text_of).collect::<Result<Vec<StringArray>>>()?;
    let [sources, ids, fields @ ..] = texts.as_slice() else { return internal_err!("LinkRecords needs source and record_id") };
    let mut row = Vec::with_capacity(fields.len());
    for (index, (source, id)) in sources.iter().zip(ids).enumerate() {
        let source = source.unwrap_or_default();
        let Some(id) = id else {
            let message = format!("{function}: the id of a record of source {source} is NULL; every record needs one");
            return Err(CustomerError::invalid_value(message)
                .hint("Leave such records out, or give another column with id =>")
                .into());
        };
        row.clear();
        row.extend(fields.iter().map(|field| field.is_valid(index).then(|| field.value(index))));
        records.ids.push(record_hash(source, id));
        let hashes = reader.read(&row, &mut records.keys);
        reader.texts().enumerate().for_each(|(column, text)| told.push(column, text));
        records.contents.push(hashes.content);
        records.given_names.push(hashes.given_name);
    }
    Ok(())
}

/// The text by which a source or an id is known.
pub(super) fn text_of(column: &ArrayRef) -> Result<StringArray> {
    if let Some(uuids) = column.as_fixed_size_binary_opt() {
        return Ok(uuids.iter().map(|uuid| uuid.map(uuid_text)).collect());
    }
    // Bytes need not be a text in UTF-8.
    if matches!(column.data_type(), DataType::Binary | DataType::LargeBinary | DataType::BinaryView) {
        let bytes = cast(column, &DataType::LargeBinary)?;
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        return Ok(bytes.as_binary::<i64>().iter().map(|bytes| bytes.map(hex)).collect());
    }
    let texts = cast(column, &DataType::Utf8)?.as_string::<i32>().clone();
    if column.data_type().is_floating() {
        // Which equals 0, and is the same id.
        return Ok(texts.iter().map(|text| text.map(|text| if text == "-0.0" { "0.0" } else { text })).collect());
    }
    Ok(texts)
}

/// Who a record is.
pub(super) fn record_hash(source: &str, id: &str) -> u64 {
    profile_hash(stable_hash([source.as_bytes(), id.as_bytes()]))
}

/// A profile id is a positive bigint: 63 bits.
fn profile_hash(hash: u64) -> u64 {
    hash >> 1
}

/// Ids that occur twice in a source are an error. Two ids that happen to have one hash get two: the greater is moved, whatever
/// the order of the rows.
pub(super) fn separate_ids(function: &str, ids: &mut [u64], partitions: &[Kept]) -> Result<()> {
    let pairs = repeated_ids(ids);
    for (left, right) in &pairs {
        let (left_id, right_id) = (id_of(*left, partitions)?, id_of(*right, partitions)?);
        if left_id == right_id {
            let message = format!(
                "{function}: the ids of source {} are not unique; records repeat an id {} times in all sources together",
                left_id.0,
                pairs.len()
            );
            let hint = "Give the column that tells records apart with id =>, or one record for each id";
            return Err(CustomerError::invalid_value(message).hint(hint).into());
        }
        let greater = if left_id > right_id { left } else { right };
        if let Some(id) = ids.get_mut(*greater as usize) {
            *id = profile_hash(mix(id.wrapping_add(1)));
        }
    }
    Ok(())
}

/// The source and id of a record, as text.
pub(super) fn id_of(record: u32, partitions: &[Kept]) -> Result<(String, String)> {
    let record = record as usize;
    let kept = partitions.iter().rev().find(|kept| kept.start <= record);
    let mut row = record - kept.map_or(0, |kept| kept.start);
    for batch in kept.iter().flat_map(|kept| &kept.batches) {
        if row < batch.num_rows() {
            let text =
                |column: usize| Ok::<_, DataFusionError>(text_of(&batch.column(column).slice(row, 1))?.value(0).to_owned());
            return Ok((text(0)?, text(1)?));
        }
        row -= batch.num_rows();
    }
    internal_err!("LinkRecords lost a record")
}

impl DisplayAs for LinkRecordsExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        let LinkOptions { threshold, key_limit, function, .. } = &self.options;
        write!(f, "LinkRecordsExec: {function}, keys=[{}], threshold={threshold}, key_limit={key_limit}", self.keys)?;
        self.sides.iter().try_for_each(|side| write!(f, ", {}", side.name()))
    }
}

impl ExecutionPlan for LinkRecordsExec {
    fn name(&self) -> &str {
        "LinkRecordsExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        self.inputs.iter().collect()
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let (options, schema) = (self.options.clone(), Arc::clone(&self.schema));
        Ok(Arc::new(Self::new(children, self.sides.clone(), options, self.keys.clone(), schema)?))
    }

    /// Doubtful pairs are few: a join with the records holds them, and not the records, in memory.
    fn statistics_from_inputs(&self, _inputs: &[Arc<Statistics>], _args: &StatisticsArgs) -> Result<Arc<Statistics>> {
        let mut statistics = Statistics::new_unknown(&self.schema);
        if let Output::Doubtful(n) = self.options.output {
            statistics.num_rows = Precision::Inexact(n);
            statistics.total_byte_size = Precision::Inexact(n.saturating_mul(PAIR_BYTES));
        }
        Ok(Arc::new(statistics))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let outcome = self.outcome(&context)?;
        let schema = Arc::clone(&self.schema);
        let rows = async move {
            let outcome = outcome.await.map_err(DataFusionError::Shared)?;
            yield_once().await;
            give_back(outcome, partition, schema)
        };
        Ok(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), stream::once(rows).try_flatten())))
    }
}

fn give_back(
    outcome: Arc<Outcome>,
    partition: usize,
    schema: SchemaRef,
) -> Result<stream::BoxStream<'static, Result<RecordBatch>>> {
    if let Found::Pairs(pairs) = &outcome.found {
        let (pairs, batches) = (Arc::clone(pairs), if partition == 0 { pairs.batches() } else { 0 });
        return Ok(stream::iter((0..batches).map(move |number| pairs.batch(number))).boxed());
    }
    let kept = outcome.partitions.get(partition).and_then(|slot| slot.lock().ok()?.take());
    let Some(Kept { batches, start, _reservation: reservation }) = kept else {
        return exec_err!("LinkRecords: partition {partition} was asked for twice");
    };
    if let Found::Rows(rows) = &outcome.found {
        let rows = (partition == 0).then(|| Ok(rows.clone()));
        return Ok(stream::iter(rows).boxed());
    }
    let mut start = start;
    let rows = batches.into_iter().map(move |batch| {
        reservation.shrink(memory_bytes(&batch)?.min(reservation.size()));
        let (from, to) = (start, start + batch.num_rows());
        start = to;
        match &outcome.found {
            Found::Links(links) => append(&batch, links, from..to, &schema),
            Found::Households(households, links) => append_ids(&batch, [households, &links.profiles], from..to, &schema),
            _ => internal_err!("LinkRecords has no profiles"),
        }
    });
    Ok(stream::iter(rows).boxed())
}

/// The rows with further columns of ids.
fn append_ids(batch: &RecordBatch, ids: [&[u64]; 2], rows: std::ops::Range<usize>, schema: &SchemaRef) -> Result<RecordBatch> {
    let mut columns = batch.columns().to_vec();
    for ids in ids {
        let Some(ids) = ids.get(rows.clone()) else { return internal_err!("LinkRecords lost a record") };
        columns.push(Arc::new(ids.iter().map(|id| i64::try_from(*id).ok()).collect::<Int64Array>()));
    }
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

fn append(batch: &RecordBatch, links: &Links, rows: std::ops::Range<usize>, schema: &SchemaRef) -> Result<RecordBatch> {
    let found = (links.profiles.get(rows.clone()), links.probabilities.get(rows.clone()), links.reasons.get(rows));
    let (Some(profiles), Some(probabilities), Some(reasons)) = found else {
        return internal_err!("LinkRecords lost a record");
    };
    let profile_ids: Int64Array = profiles.iter().map(|id| Some(id.cast_signed())).collect();
    let probabilities: Float64Array = probabilities.iter().map(|p| Some(*p).filter(|p| !p.is_nan())).collect();
    let mut matched_by = StringBuilder::new();
    for reason in reasons {
        matched_by.append_option(links.texts.get(*reason as usize).filter(|text| !text.is_empty()));
    }
    let mut columns = batch.columns().to_vec();
    columns.extend([Arc::new(profile_ids) as ArrayRef, Arc::new(probabilities), Arc::new(matched_by.finish())]);
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}
