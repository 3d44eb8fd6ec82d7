//! The physical operator behind [`MergeRecords`](super::MergeRecords).
//!
//! The records of a profile come to one partition. Each partition keeps its rows, brings them into the order of their profiles, and merges
//! some thousand profiles at a time as they are asked for. Nothing is copied but the values that are kept.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, new_null_array};
use datafusion::arrow::compute::{cast, interleave};
use datafusion::arrow::datatypes::{DataType, Int64Type, SchemaRef};
use datafusion::arrow::row::{RowConverter, Rows, SortField};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, exec_datafusion_err, internal_err};
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{Distribution, EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::distribution_requirements::InputDistributionRequirements;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use futures::{StreamExt, TryStreamExt, stream};

use super::link_records_exec::memory_bytes;
use super::merge_records::MergeOptions;
use crate::linkage::normal_form::normal_form;
use crate::linkage::parallel::{StopOnDrop, Work};
use crate::linkage::person::Blocked;
use crate::linkage::survivorship::{Said, Standing, Survivor, survivors};

/// Bytes that a record needs beside its row: its profile, its id in the form that is compared, its place.
const RECORD_BYTES: usize = 80;

#[derive(Debug)]
pub(crate) struct MergeRecordsExec {
    input: Arc<dyn ExecutionPlan>,
    pub(crate) options: Arc<MergeOptions>,
    profile_id: Arc<dyn PhysicalExpr>,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
}

impl MergeRecordsExec {
    pub(crate) fn try_new(
        input: Arc<dyn ExecutionPlan>,
        options: impl Into<Arc<MergeOptions>>,
        schema: SchemaRef,
    ) -> Result<Self> {
        let profile_id = Arc::new(Column::new_with_schema("profile_id", &input.schema())?);
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&schema)),
            Partitioning::UnknownPartitioning(input.properties().partitioning.partition_count()),
            EmissionType::Final,
            Boundedness::Bounded,
        ));
        Ok(Self { input, options: options.into(), profile_id, schema, properties })
    }
}

impl DisplayAs for MergeRecordsExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "MergeRecordsExec: {} columns", self.options.fields.len())
    }
}

impl ExecutionPlan for MergeRecordsExec {
    fn name(&self) -> &str {
        "MergeRecordsExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        InputDistributionRequirements::new(vec![Distribution::KeyPartitioned(vec![Arc::clone(&self.profile_id)])])
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        f(&self.profile_id)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        match <[_; 1]>::try_from(children) {
            Ok([input]) => Ok(Arc::new(Self::try_new(input, Arc::clone(&self.options), Arc::clone(&self.schema))?)),
            Err(_) => internal_err!("MergeRecordsExec takes one input"),
        }
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let input = self.input.execute(partition, Arc::clone(&context))?;
        let reservation = MemoryConsumer::new(format!("MergeRecords[{partition}]")).register(context.memory_pool());
        let (options, schema) = (Arc::clone(&self.options), Arc::clone(&self.schema));
        let profiles_at_once = context.session_config().batch_size();
        let rows = async move {
            let merging = Arc::new(Merging::read(input, options, schema, reservation).await?);
            let starts = merging.starts();
            let chunks: Vec<(usize, usize)> =
                starts.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect();
            let chunks: Vec<Vec<(usize, usize)>> = chunks.chunks(profiles_at_once.max(1)).map(<[_]>::to_vec).collect();
            let stop = StopOnDrop(Work::on(1));
            // A profile may have a million records: no thread that hears clients waits for it.
            let merged = move |profiles: Vec<(usize, usize)>| {
                let (merging, work) = (Arc::clone(&merging), stop.0.clone());
                async move {
                    let merging = SpawnedTask::spawn_blocking(move || merging.merge(&profiles, &work));
                    merging.join_unwind().await.map_err(|e| DataFusionError::ExecutionJoin(Box::new(e)))?
                }
            };
            Ok::<_, DataFusionError>(stream::iter(chunks).then(merged))
        };
        Ok(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), stream::once(rows).try_flatten())))
    }
}

/// A row: its batch, and its place in it.
type Place = (usize, usize);

/// The rows of one partition in the order of their profiles.
struct Merging {
    options: Arc<MergeOptions>,
    schema: SchemaRef,
    blocked: Blocked,
    batches: Vec<RecordBatch>,
    /// What is merged, as text; for each batch and column.
    texts: Vec<Vec<StringArray>>,
    ids: Vec<Rows>,
    /// For each row its profile and place, in the order of the profiles.
    order: Vec<(i64, Place)>,
    standings: Vec<Vec<Standing>>,
    _reservation: MemoryReservation,
}

impl Merging {
    async fn read(
        mut input: SendableRecordBatchStream,
        options: Arc<MergeOptions>,
        schema: SchemaRef,
        reservation: MemoryReservation,
    ) -> Result<Self> {
        let ranks: HashMap<&str, u32> = options.sources.iter().map(String::as_str).zip(0..).collect();
        let merged = 2..2 + options.fields.len();
        let id_type = input.schema().field(1).data_type().clone();
        let converter = RowConverter::new(vec![SortField::new(id_type)])?;
        let (mut batches, mut texts, mut ids, mut order, mut standings) = (vec![], vec![], vec![], vec![], vec![]);
        let profile_column = input.schema().index_of("profile_id")?;
        while let Some(batch) = input.next().await.transpose()? {
            let columns: Vec<&ArrayRef> = batch.columns().iter().collect();
            let (Some(source), Some(id), Some(at), Some(profiles)) =
                (columns.first(), columns.get(1), columns.get(merged.end), columns.get(profile_column))
            else {
                return internal_err!("MergeRecords needs source, record_id, a time and profile_id");
            };
            let of_batch = columns
                .get(merged.clone())
                .unwrap_or_default()
                .iter()
                .map(|column| text_of(column))
                .collect::<Result<Vec<_>>>()?;
            let texts_bytes: usize = of_batch.iter().map(|texts| texts.get_array_memory_size()).sum();
            reservation.try_grow(memory_bytes(&batch)? + texts_bytes + batch.num_rows() * RECORD_BYTES)?;
            let (source, at, profiles) =
                (cast(source, &DataType::Utf8)?, cast(at, &DataType::Int64)?, cast(profiles, &DataType::Int64)?);
            let sources =
                source.as_string::<i32>().iter().map(|name| ranks.get(name.unwrap_or_default()).copied().unwrap_or(u32::MAX));
            let of_rows = sources.zip(at.as_primitive::<Int64Type>()).map(|(source, at)| Standing { at, source });
            standings.push(of_rows.collect::<Vec<_>>());
            order
                .extend(profiles.as_primitive::<Int64Type>().values().iter().copied().zip((0..).map(|row| (batches.len(), row))));
            ids.push(converter.convert_columns(&[Arc::clone(id)])?);
            texts.push(of_batch);
            batches.push(batch);
        }
        order.sort_unstable();
        let blocked = Blocked::new(&options.blocked);
        Ok(Self { options, schema, blocked, batches, texts, ids, order, standings, _reservation: reservation })
    }

    /// Where each profile begins in the order, and the end.
    fn starts(&self) -> Vec<usize> {
        let mut starts = vec![0];
        for profile in self.order.chunk_by(|one, other| one.0 == other.0) {
            starts.push(starts.last().copied().unwrap_or_default() + profile.len());
        }
        starts
    }

    /// One row for each of these profiles, given as where they begin and end. An error when the work was stopped.
    fn merge(&self, profiles: &[(usize, usize)], work: &Work) -> Result<RecordBatch> {
        let width = self.options.fields.len();
        let mut kept: Vec<Vec<Option<Place>>> = vec![Vec::with_capacity(profiles.len()); width];
        let mut conflicts: Vec<Vec<i64>> = vec![Vec::with_capacity(profiles.len()); width];
        let (mut profile_ids, mut records, mut all_conflicts) = (vec![], vec![], vec![]);
        for (start, end) in profiles {
            let rows = self.order.get(*start..*end).unwrap_or_default();
            let places = self.in_precedence(rows);
            let stopped = || exec_datafusion_err!("MergeRecords was stopped");
            let survivors = self.survivors(&places, work).ok_or_else(stopped)?;
            for ((survivor, kept), conflicts) in survivors.iter().zip(&mut kept).zip(&mut conflicts) {
                kept.push(survivor.record.and_then(|record| places.get(record).copied()));
                conflicts.push(i64::try_from(survivor.values.saturating_sub(1)).unwrap_or(i64::MAX));
            }
            let fields = survivors.iter().zip(&self.options.fields);
            let contradicted = fields.filter(|(survivor, field)| field.is_some() && survivor.values > 1);
            all_conflicts.push(i64::try_from(contradicted.count()).unwrap_or(i64::MAX));
            profile_ids.push(rows.first().map_or(0, |(profile, _)| *profile));
            records.push(i64::try_from(rows.len()).unwrap_or(i64::MAX));
        }
        let number = |numbers: Vec<i64>| -> ArrayRef { Arc::new(Int64Array::from(numbers)) };
        let mut columns = vec![number(profile_ids), number(records)];
        for (column, kept) in (2..).zip(&kept) {
            columns.push(self.taken(column, kept)?);
        }
        columns.push(number(all_conflicts));
        if self.options.provenance {
            for (kept, conflicts) in kept.iter().zip(conflicts) {
                columns.extend([self.taken(0, kept)?, self.taken(1, kept)?, number(conflicts)]);
            }
        }
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), columns)?)
    }

    /// The rows of one profile, those first that are believed first; of one time and source by their ids.
    fn in_precedence(&self, rows: &[(i64, Place)]) -> Vec<Place> {
        let mut places: Vec<Place> = rows.iter().map(|(_, place)| *place).collect();
        let id = |(batch, row): &Place| self.ids.get(*batch).map(|ids| ids.row(*row));
        places.sort_by(|one, other| {
            self.standing(*one).precedence().cmp(&self.standing(*other).precedence()).then_with(|| id(one).cmp(&id(other)))
        });
        places
    }

    fn standing(&self, (batch, row): Place) -> Standing {
        let standing = self.standings.get(batch).and_then(|standings| standings.get(row)).copied();
        standing.unwrap_or(Standing { at: None, source: u32::MAX })
    }

    /// For each merged column, which of these rows is kept. `None` when the work was stopped.
    fn survivors(&self, places: &[Place], work: &Work) -> Option<Vec<Survivor>> {
        let standings: Vec<Standing> = places.iter().map(|place| self.standing(*place)).collect();
        let mut all = vec![Survivor::default(); self.options.fields.len()];
        for choice in &self.options.choices {
            let fields: Vec<_> =
                choice.columns.iter().map(|column| self.options.fields.get(*column).copied().flatten()).collect();
            let of_column = |column: &usize| {
                let said = |(step, place): (usize, &Place)| work.goes_on_at(step).map(|()| self.said(*place, *column));
                places.iter().enumerate().map(said).collect::<Option<Vec<_>>>()
            };
            let said: Vec<Vec<Option<Said>>> = choice.columns.iter().map(of_column).collect::<Option<_>>()?;
            work.goes_on()?;
            for (column, survivor) in choice.columns.iter().zip(survivors(choice.rule, &standings, &fields, &said)) {
                if let Some(slot) = all.get_mut(*column) {
                    *slot = survivor;
                }
            }
        }
        Some(all)
    }

    fn said(&self, (batch, row): Place, column: usize) -> Option<Said<'_>> {
        let texts = self.texts.get(batch)?.get(column)?;
        let text = texts.is_valid(row).then(|| texts.value(row))?;
        let form = match self.options.fields.get(column).copied().flatten() {
            Some(field) => normal_form(field, text, self.options.region.as_deref()),
            None => Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned),
        };
        let form = form.filter(|form| !self.blocked.has(form))?;
        Some(Said { text: text.into(), form })
    }

    /// The values of a column in these rows.
    fn taken(&self, column: usize, places: &[Option<Place>]) -> Result<ArrayRef> {
        let mut arrays: Vec<&dyn Array> = self.batches.iter().map(|batch| batch.column(column).as_ref()).collect();
        let Some(first) = arrays.first() else { return internal_err!("MergeRecords has no rows") };
        let none = new_null_array(first.data_type(), 1);
        arrays.push(none.as_ref());
        let missing = (self.batches.len(), 0);
        let places: Vec<Place> = places.iter().map(|place| place.unwrap_or(missing)).collect();
        Ok(interleave(&arrays, &places)?)
    }
}

/// A column as text, whatever it is.
fn text_of(column: &ArrayRef) -> Result<StringArray> {
    if datafusion::arrow::compute::can_cast_types(column.data_type(), &DataType::Utf8) {
        return Ok(cast(column, &DataType::Utf8)?.as_string::<i32>().clone());
    }
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(column.as_ref(), &options)?;
    Ok((0..column.len()).map(|row| column.is_valid(row).then(|| formatter.value(row).to_string())).collect())
}
