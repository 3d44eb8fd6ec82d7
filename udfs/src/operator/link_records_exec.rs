//! The physical operator behind [`LinkRecords`](super::LinkRecords).
//!
//! Every partition of the input is read on its own task into texts and, while they are few, hashes of keys; then a blocking thread
//! connects the records, with threads of its own where pairs are compared, and every partition gives its rows back with the outcome.
//! Memory is reserved for all of it; a query beyond its limit fails before it grows.

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray, StringBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, ScalarValue, Statistics, exec_datafusion_err, exec_err, internal_err};
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
use super::link_records::{LinkOptions, Output, RecordName};
use super::link_report::{block_rows, model_rows, step_rows};
use super::link_sides::{Side, previous_of, read_side};
use crate::error::CustomerError;
use crate::linkage::clusters::{LINK_BYTES_PER_RECORD, Records, link, repeated_ids};
use crate::linkage::hash::{mix, stable_hash};
use crate::linkage::households::{HOUSEHOLD_BYTES, households};
use crate::linkage::links::{LEARN_MIN, LINKS_BYTES, Links, by_keys, by_model};
use crate::linkage::matching::{MATCH_BYTES, least_weight, matched};
use crate::linkage::pairs::{PAIR_BYTES, RecordPairs};
use crate::linkage::people::{People, Told, VALUE_BYTES};
use crate::linkage::person::PersonReader;
use crate::linkage::sides::{Said, Sides};
use crate::linkage::waterfall::{key_steps, waterfall};
use crate::text::uuid::uuid_text;

#[derive(Debug)]
pub(super) struct LinkRecordsExec {
    /// The records, then a plan for each of `sides`.
    inputs: Vec<Arc<dyn ExecutionPlan>>,
    sides: Vec<Side>,
    options: LinkOptions,
    keys: String,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
    outcome: Mutex<Option<SharedOutcome>>,
}

/// Pairs of which the odds are farther from even are no doubtful ones: 1,000 to 1.
const DOUBT_BITS: f64 = 10.0;

type SharedOutcome = Shared<BoxFuture<'static, Result<Arc<Outcome>, Arc<DataFusionError>>>>;

/// What all partitions share once the records are linked.
struct Outcome {
    found: Found,
    partitions: Vec<Mutex<Option<Kept>>>,
    _reservation: MemoryReservation,
}

/// What is returned.
enum Found {
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
struct Read {
    records: Records,
    told: Told,
    kept: Kept,
}

/// One side, with the memory that it takes.
type ReadSide = (Side, Vec<Said>, MemoryReservation);

/// The source and id columns of one partition, and those carried along.
struct Kept {
    batches: Vec<RecordBatch>,
    /// Where its records begin among those of all partitions.
    start: usize,
    _reservation: MemoryReservation,
}

impl LinkRecordsExec {
    pub(super) fn new(
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
        Ok(Self { inputs, sides, options, keys, schema, properties, outcome: Mutex::new(None) })
    }

    fn outcome(&self, context: &Arc<TaskContext>) -> Result<SharedOutcome> {
        let Ok(mut slot) = self.outcome.lock() else { return internal_err!("LinkRecords was poisoned") };
        if let Some(outcome) = slot.as_ref() {
            return Ok(outcome.clone());
        }
        let reader = self.options.reader();
        let mut tasks = vec![];
        let Some((input, sides)) = self.inputs.split_first() else { return internal_err!("LinkRecords has no input") };
        let columns = input.schema().fields().len();
        for (partition, input) in partitions(input, context)?.into_iter().enumerate() {
            let reservation = MemoryConsumer::new(format!("LinkRecords[{partition}]")).register(context.memory_pool());
            let kept = self.options.kept(columns);
            tasks.push(SpawnedTask::spawn(read(input, kept, reader.clone(), reservation)));
        }
        let (function, mut said) = (self.options.output.function(), vec![]);
        for (side, plan) in self.sides.iter().zip(sides) {
            let reservation = MemoryConsumer::new(format!("LinkRecords[{}]", side.name())).register(context.memory_pool());
            let sources = self.options.sources.clone();
            said.push(SpawnedTask::spawn(read_side(*side, function, partitions(plan, context)?, sources, reservation)));
        }
        let reservation = MemoryConsumer::new("LinkRecords").register(context.memory_pool());
        let linking = Linking {
            slots: reader.slots().collect(),
            key_limit: self.options.key_limit,
            threshold: self.options.threshold,
            threads: context.session_config().target_partitions(),
            output: self.options.output,
            pair: self.options.pair.clone(),
            schema: Arc::clone(&self.schema),
            reservation,
        };
        let linking = linking.all(tasks, said);
        let outcome = async move { linking.await.map(Arc::new).map_err(Arc::new) }.boxed().shared();
        *slot = Some(outcome.clone());
        Ok(outcome)
    }
}

/// All partitions of a plan.
fn partitions(plan: &Arc<dyn ExecutionPlan>, context: &Arc<TaskContext>) -> Result<Vec<SendableRecordBatchStream>> {
    let count = plan.properties().partitioning.partition_count();
    (0..count).map(|partition| plan.execute(partition, Arc::clone(context))).collect()
}

/// Reads one partition: keeps source, id and what is carried along, turns everything else into hashes.
async fn read(
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
        let compared: Vec<usize> = (0..batch.num_columns() + 2 - kept.len()).collect();
        let (batch, kept) = (batch.project(&compared)?, batch.project(&kept)?);
        let hashes = batch.num_rows() * Records::bytes_per_record(records.keys.len());
        let (read, before) = (records.len(), told.bytes());
        hash_rows(&batch, &mut reader, &mut records, &mut told)?;
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
    contents >= LEARN_MIN as usize && told.fields.first() != told.fields.last()
}

/// Bytes of the rows themselves: several batches may be slices of one buffer, which must not count for each of them.
pub(super) fn memory_bytes(batch: &RecordBatch) -> Result<usize> {
    let sizes = batch.columns().iter().map(|column| column.to_data().get_slice_memory_size());
    Ok(sizes.sum::<Result<usize, _>>()?)
}

fn hash_rows(batch: &RecordBatch, reader: &mut PersonReader, records: &mut Records, told: &mut Told) -> Result<()> {
    let texts = batch.columns().iter().map(text_of).collect::<Result<Vec<StringArray>>>()?;
    let [sources, ids, fields @ ..] = texts.as_slice() else { return internal_err!("LinkRecords needs source and record_id") };
    let mut row = Vec::with_capacity(fields.len());
    for (index, (source, id)) in sources.iter().zip(ids).enumerate() {
        let source = source.unwrap_or_default();
        let Some(id) = id else {
            let message = format!("unify_profiles: the id of a record of source {source} is NULL; every record needs one");
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
    Ok(cast(column, &DataType::Utf8)?.as_string::<i32>().clone())
}

/// Who a record is.
pub(super) fn record_hash(source: &str, id: &str) -> u64 {
    profile_hash(stable_hash([source.as_bytes(), id.as_bytes()]))
}

/// A profile id is a positive bigint: 63 bits.
fn profile_hash(hash: u64) -> u64 {
    hash >> 1
}

/// Tells the linking thread to stop when the query is dropped.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// How records are linked.
struct Linking {
    slots: Vec<usize>,
    key_limit: usize,
    threshold: f64,
    threads: usize,
    output: Output,
    pair: Option<[RecordName; 2]>,
    schema: SchemaRef,
    reservation: MemoryReservation,
}

impl Linking {
    async fn all(self, tasks: Vec<SpawnedTask<Result<Read>>>, said: Vec<SpawnedTask<Result<ReadSide>>>) -> Result<Outcome> {
        let mut records = Records::with_slots(self.slots.len());
        let (mut partitions, mut told) = (vec![], vec![]);
        for task in tasks {
            let mut read = task.join_unwind().await.map_err(|e| DataFusionError::ExecutionJoin(Box::new(e)))??;
            read.kept.start = records.len();
            records.append(read.records);
            partitions.push(read.kept);
            told.push(read.told);
        }
        let (mut sides, mut reservations) = (Sides::default(), vec![]);
        for task in said {
            let (side, said, reservation) =
                task.join_unwind().await.map_err(|e| DataFusionError::ExecutionJoin(Box::new(e)))??;
            side.put(said, &mut sides);
            reservations.push(reservation);
        }
        if u32::try_from(records.len()).is_err() {
            let message = format!("unify_profiles links up to {} records in one call, not {}", u32::MAX, records.len());
            return Err(CustomerError::limit_exceeded(message).into());
        }
        let stop = Arc::new(AtomicBool::new(false));
        let _stop_on_drop = StopOnDrop(Arc::clone(&stop));
        let linking = SpawnedTask::spawn_blocking(move || {
            separate_ids(&mut records.ids, &partitions)?;
            let found = self.found(&records, told, &partitions, &sides, &stop)?;
            Ok::<_, DataFusionError>((found, partitions, self.reservation))
        });
        let linked = linking.join_unwind().await.map_err(|e| DataFusionError::ExecutionJoin(Box::new(e)))?;
        let (found, partitions, reservation) = linked?;
        let partitions = partitions.into_iter().map(|kept| Mutex::new(Some(kept))).collect();
        Ok(Outcome { found, partitions, _reservation: reservation })
    }

    /// By what a model learns of them, or by keys where they are too few to learn from.
    fn found(&self, records: &Records, told: Vec<Told>, partitions: &[Kept], sides: &Sides, stop: &AtomicBool) -> Result<Found> {
        let pair = self.pair.as_ref().map(|[left, right]| two_records(left, right, partitions)).transpose()?;
        let stopped = || exec_datafusion_err!("LinkRecords was stopped");
        let (columns, texts) = (told.first().map_or(0, |told| told.fields.len()), told.iter().map(Told::bytes).sum::<usize>());
        self.reservation.try_grow(records.len() * (LINKS_BYTES + VALUE_BYTES * columns) + texts)?;
        let people = People::new(told, &records.contents, self.key_limit, self.threads);
        self.reservation.try_grow(people.text_bytes())?;
        if people.count() >= LEARN_MIN && people.fields.len() >= 2 {
            self.reservation.try_grow(people.count() as usize * MATCH_BYTES)?;
            let least = if let Output::Doubtful(_) = self.output { -DOUBT_BITS } else { 0.0 };
            let matched = matched(&people, self.threads, least, stop).ok_or_else(stopped)?;
            return Ok(match self.output {
                Output::Profiles | Output::Households { .. } => {
                    let links = by_model(&people, &matched, &records.ids, self.threshold, self.threads);
                    self.of_links(&people, self.lasting(links, &records.ids, sides)?)?
                }
                Output::Model => Found::Rows(model_rows(&matched, &self.schema)?),
                Output::Blocks => Found::Rows(block_rows(&people, &matched, &self.schema)?),
                Output::Pairs | Output::Doubtful(_) => {
                    self.reservation.try_grow((matched.pairs.len() + records.len()) * PAIR_BYTES)?;
                    let least = if self.output == Output::Pairs { least_weight(&matched.pairs, self.threshold) } else { least };
                    self.pairs(RecordPairs::by_model(&people, &matched, &records.ids, least), records, partitions)
                }
                Output::Steps => {
                    let content = |record: u32| people.contents.get(record as usize).copied().flatten();
                    let [left, right] = pair.unwrap_or_default().map(content);
                    Found::Rows(step_rows(&waterfall(&matched.model, &people.fields, left, right), &self.schema)?)
                }
            });
        }
        if let Output::Model | Output::Blocks = self.output {
            let message = format!(
                "{}: there are {} different records with {} fields; from fewer than {LEARN_MIN}, or from one field, nothing is learnt",
                self.output.function(),
                people.count(),
                people.fields.len()
            );
            let error = CustomerError::invalid_value(message);
            return Err(error.hint("unify_profiles links so few by keys, which matched_by names").into());
        }
        self.reservation.try_grow(records.len() * LINK_BYTES_PER_RECORD)?;
        match (self.output, pair) {
            (Output::Pairs | Output::Doubtful(_), _) => {
                let pairs = RecordPairs::by_keys(records, &self.slots, self.key_limit, |pairs| {
                    if stop.load(Ordering::Relaxed) { Err(stopped()) } else { self.reservation.try_grow(2 * pairs * PAIR_BYTES) }
                });
                Ok(self.pairs(pairs?, records, partitions))
            }
            (_, Some([left, right])) => {
                Ok(Found::Rows(step_rows(&key_steps(records, &self.slots, self.key_limit, left, right), &self.schema)?))
            }
            _ => {
                let links = link(records, &self.slots, self.key_limit, stop).map(by_keys).ok_or_else(stopped)?;
                self.of_links(&people, self.lasting(links, &records.ids, sides)?)
            }
        }
    }

    /// The links with the ids that their profiles had before.
    fn lasting(&self, mut links: Links, ids: &[u64], sides: &Sides) -> Result<Links> {
        if let Some(previous) = previous_of(sides, ids, self.output.function())? {
            let lasting = previous.lasting(&links.profiles);
            for profile in &mut links.profiles {
                *profile = lasting.get(profile).map_or(*profile, |id| id.cast_unsigned());
            }
        }
        Ok(links)
    }

    fn of_links(&self, people: &People, links: Links) -> Result<Found> {
        let Output::Households { limit } = self.output else { return Ok(Found::Links(links)) };
        self.reservation.try_grow(links.profiles.len() * HOUSEHOLD_BYTES)?;
        Ok(Found::Households(households(people, &links.profiles, limit), links))
    }

    fn pairs(&self, pairs: RecordPairs, records: &Records, partitions: &[Kept]) -> Found {
        let pairs = if let Output::Doubtful(n) = self.output { pairs.doubtful(n, &records.ids) } else { pairs };
        let batches = partitions.iter().flat_map(|kept| &kept.batches);
        Found::Pairs(Arc::new(PairRows::new(pairs, batches, Arc::clone(&self.schema))))
    }
}

/// The numbers of two records; 22023 unless both are there.
fn two_records(left: &RecordName, right: &RecordName, partitions: &[Kept]) -> Result<[u32; 2]> {
    let mut found: [Option<usize>; 2] = [None; 2];
    for kept in partitions {
        let mut start = kept.start;
        for batch in &kept.batches {
            let texts = batch.columns().iter().take(2).map(text_of).collect::<Result<Vec<StringArray>>>()?;
            let [sources, ids] = texts.as_slice() else { return internal_err!("LinkRecords needs source and record_id") };
            for (slot, name) in found.iter_mut().zip([left, right]) {
                let is_it = |(source, id): (Option<&str>, Option<&str>)| source == Some(&name.source) && id == Some(&name.id);
                *slot = slot.or(sources.iter().zip(ids).position(is_it).map(|row| start + row));
            }
            start += batch.num_rows();
        }
    }
    let number = |(found, name, option): (Option<usize>, &RecordName, &str)| {
        found.and_then(|record| u32::try_from(record).ok()).ok_or_else(|| {
            CustomerError::invalid_value(format!(
                "explain_match: source {} has no record with the {option} that was given",
                name.source
            ))
        })
    };
    let [of_left, of_right] = found;
    Ok([number((of_left, left, "left_id"))?, number((of_right, right, "right_id"))?])
}

/// Ids that occur twice in a source are an error. Two ids that happen to have one hash get two: the greater is moved, whatever
/// the order of the rows.
fn separate_ids(ids: &mut [u64], partitions: &[Kept]) -> Result<()> {
    let pairs = repeated_ids(ids);
    for (left, right) in &pairs {
        let (left_id, right_id) = (id_of(*left, partitions)?, id_of(*right, partitions)?);
        if left_id == right_id {
            let message = format!(
                "unify_profiles: the ids of source {} are not unique; records repeat an id {} times in all sources together",
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
fn id_of(record: u32, partitions: &[Kept]) -> Result<(String, String)> {
    let record = record as usize;
    let kept = partitions.iter().rev().find(|kept| kept.start <= record);
    let mut row = record - kept.map_or(0, |kept| kept.start);
    for batch in kept.iter().flat_map(|kept| &kept.batches) {
        if row < batch.num_rows() {
            let text =
                |column: usize| Ok::<_, DataFusionError>(ScalarValue::try_from_array(batch.column(column), row)?.to_string());
            return Ok((text(0)?, text(1)?));
        }
        row -= batch.num_rows();
    }
    internal_err!("LinkRecords lost a record")
}

impl DisplayAs for LinkRecordsExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        let LinkOptions { threshold, key_limit, output, .. } = &self.options;
        let function = output.function();
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
            statistics.total_byte_size = Precision::Inexact(n * PAIR_BYTES);
        }
        Ok(Arc::new(statistics))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let outcome = self.outcome(&context)?;
        let schema = Arc::clone(&self.schema);
        let rows = async move {
            let outcome = outcome.await.map_err(DataFusionError::Shared)?;
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
