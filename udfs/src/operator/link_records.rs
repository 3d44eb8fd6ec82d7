//! `LinkRecords`: finds the records that are one person. The logical operator and its planner; `link_records_exec` does the work.
//!
//! An operator, because connected components are no join: a chain of n records would take n of them.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field as ArrowField, Schema};
use datafusion::catalog::Session;
use datafusion::common::{DFSchema, DFSchemaRef, Result, internal_err};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{Expr, Extension, LogicalPlan, UserDefinedLogicalNode, UserDefinedLogicalNodeCore};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{ExtensionPlanner, PhysicalPlanner};

use super::link_records_exec::LinkRecordsExec;
use super::link_sides::Side;
use crate::error::CustomerError;
use crate::linkage::field::Field;
use crate::linkage::key::KEYS;
use crate::linkage::person::{Blocked, PersonReader};

/// What the operator returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Output {
    /// The profile of each record: source, record_id, profile_id (bigint), match_probability (double precision, NULL for a singleton) and
    /// matched_by (text).
    Profiles,
    /// The household of each record: source, record_id, household_id and profile_id (bigint). An address or a number that more profiles
    /// than `limit` have makes none.
    Households { limit: usize },
    /// What was learnt: field, level (text), m, u, weight and pairs (double precision).
    Model,
    /// How pairs were chosen: rule (text), keys, pairs, new_pairs (bigint), largest_block_key (text), largest_block_rows and
    /// skipped_blocks (bigint).
    Blocks,
    /// Pairs that are linked: left_source, left_id, right_source, right_id, match_weight, match_probability (double precision) and
    /// matched_by (text).
    Pairs,
    /// As many of the doubtful pairs, with the same columns.
    Doubtful(usize),
    /// How the weight of one pair comes about: step (integer), field, level (text), m, u, term_frequency_adjustment, weight, running_weight
    /// and running_probability (double precision).
    Steps,
    /// What became of earlier profiles: profile_id (bigint), change (text), from_profile_ids (bigint[]) and reason (text).
    Changes,
    /// Links that were not made: left_source, left_id, right_source, right_id, left_profile_id, right_profile_id (bigint), match_probability
    /// (double precision), matched_by and reason (text).
    Refused,
}

impl Output {
    /// The columns, for records with these of who they are.
    fn columns(self, source: &ArrowField, record_id: &ArrowField) -> Vec<ArrowField> {
        let column = |name: &str, data_type: DataType| ArrowField::new(name, data_type, true);
        match self {
            Self::Profiles => vec![
                source.clone(),
                record_id.clone(),
                ArrowField::new("profile_id", DataType::Int64, false),
                column("match_probability", DataType::Float64),
                column("matched_by", DataType::Utf8),
            ],
            Self::Households { .. } => {
                let ids = ["household_id", "profile_id"].map(|name| ArrowField::new(name, DataType::Int64, false));
                [source.clone(), record_id.clone()].into_iter().chain(ids).collect()
            }
            Self::Model => {
                let texts = ["field", "level"].map(|name| column(name, DataType::Utf8));
                let numbers = ["m", "u", "weight", "pairs"].map(|name| column(name, DataType::Float64));
                texts.into_iter().chain(numbers).collect()
            }
            Self::Blocks => vec![
                column("rule", DataType::Utf8),
                column("keys", DataType::Int64),
                column("pairs", DataType::Int64),
                column("new_pairs", DataType::Int64),
                column("largest_block_key", DataType::Utf8),
                column("largest_block_rows", DataType::Int64),
                column("skipped_blocks", DataType::Int64),
            ],
            Self::Pairs | Self::Doubtful(_) => {
                let who = [source.clone().with_name("left_source"), record_id.clone().with_name("left_id")];
                let whom = [source.clone().with_name("right_source"), record_id.clone().with_name("right_id")];
                let numbers = ["match_weight", "match_probability"].map(|name| column(name, DataType::Float64));
                who.into_iter().chain(whom).chain(numbers).chain([column("matched_by", DataType::Utf8)]).collect()
            }
            Self::Changes => {
                let ids = DataType::List(Arc::new(ArrowField::new("item", DataType::Int64, true)));
                vec![
                    ArrowField::new("profile_id", DataType::Int64, false),
                    column("change", DataType::Utf8),
                    column("from_profile_ids", ids),
                    column("reason", DataType::Utf8),
                ]
            }
            Self::Refused => {
                let who = [source.clone().with_name("left_source"), record_id.clone().with_name("left_id")];
                let whom = [source.clone().with_name("right_source"), record_id.clone().with_name("right_id")];
                let ids = ["left_profile_id", "right_profile_id"].map(|name| column(name, DataType::Int64));
                let probability = column("match_probability", DataType::Float64);
                let texts = ["matched_by", "reason"].map(|name| column(name, DataType::Utf8));
                who.into_iter().chain(whom).chain(ids).chain([probability]).chain(texts).collect()
            }
            Self::Steps => {
                let texts = ["field", "level"].map(|name| column(name, DataType::Utf8));
                let numbers = ["m", "u", "term_frequency_adjustment", "weight", "running_weight", "running_probability"];
                let numbers = numbers.map(|name| column(name, DataType::Float64));
                [column("step", DataType::Int32)].into_iter().chain(texts).chain(numbers).collect()
            }
        }
    }
}

/// Who a record is: the name of its source, and its id as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordName {
    pub source: String,
    pub id: String,
}

/// What links records, and what does not.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkOptions {
    /// What the columns of the input after source and record_id say, in their order; all are text.
    pub fields: Vec<Field>,
    /// Keys of a lower probability are not used.
    pub threshold: f64,
    /// A value that more different records share links none of them.
    pub key_limit: usize,
    /// Values that link nobody, beside the placeholders that are known.
    pub blocked: Vec<String>,
    /// The names of the sources.
    pub sources: Vec<String>,
    /// Of these fields a profile has at most so many different values.
    pub limits: Vec<(Field, usize)>,
    /// Whether a source has each person once.
    pub one_per_source: bool,
    /// Whether the profiles of an earlier result stand, and only new records are compared.
    pub incremental: bool,
    pub output: Output,
    /// The function that was called, for errors and plans.
    pub function: &'static str,
    /// The two records of [`Output::Steps`].
    pub pair: Option<[RecordName; 2]>,
    /// What to say where columns are known by what they hold alone, and nothing of it makes a key.
    pub no_key: Option<String>,
}

/// 22023, with the names of the fields that are there.
pub fn no_key_error(function: &str, found: &str, rest: &str) -> DataFusionError {
    let found = if found.is_empty() { "no column".to_owned() } else { format!("only {found}") };
    let hint = "Say what columns mean with match_on, such as match_on => 'email: contact, birth_date: born'";
    CustomerError::invalid_value(format!("{function}: {found} {rest}")).hint(hint).into()
}

impl LinkOptions {
    /// The places of the columns that are given back: source, record_id, and those behind the ones that are compared.
    pub(super) fn kept(&self, columns: usize) -> Vec<usize> {
        [0, 1].into_iter().chain(2 + self.fields.len()..columns).collect()
    }

    pub(super) fn reader(&self) -> PersonReader {
        PersonReader::of_records(self.fields.clone(), self.threshold, Blocked::new(&self.blocked))
    }

    /// The names of the keys that these columns make.
    pub(crate) fn keys(&self) -> Vec<&'static str> {
        let reader = self.reader();
        let mut slots: Vec<usize> = reader.slots().collect();
        slots.dedup();
        slots.into_iter().filter_map(|key| KEYS.get(key)).map(|key| key.name).collect()
    }
}

/// Links the records of `input`: source (text), record_id (any type), then one text column for each of `options.fields`, then columns
/// that profiles and households carry along behind record_id. `sides` have the columns of each [`Side`]. The result is `options.output`.
pub fn link_records(input: LogicalPlan, sides: Vec<(Side, LogicalPlan)>, options: LinkOptions) -> Result<LogicalPlan> {
    Ok(LogicalPlan::Extension(Extension { node: Arc::new(LinkRecords::try_new(input, sides, options)?) }))
}

/// The logical operator.
#[derive(Clone, Debug)]
pub struct LinkRecords {
    input: LogicalPlan,
    pub(crate) sides: Vec<(Side, LogicalPlan)>,
    pub(crate) options: LinkOptions,
    schema: DFSchemaRef,
}

impl LinkRecords {
    pub(crate) fn try_new(input: LogicalPlan, sides: Vec<(Side, LogicalPlan)>, options: LinkOptions) -> Result<Self> {
        let fields = input.schema().fields();
        let (Some(source), Some(record_id)) = (fields.first(), fields.get(1)) else {
            return internal_err!("LinkRecords needs the columns source and record_id");
        };
        let mut columns = options.output.columns(source, record_id);
        if matches!(options.output, Output::Profiles | Output::Households { .. }) {
            let carried = fields.iter().skip(2 + options.fields.len()).map(|field| field.as_ref().clone());
            columns.splice(2..2, carried);
        }
        let schema = Schema::new(columns);
        let schema = Arc::new(DFSchema::try_from(schema)?);
        Ok(Self { input, sides, options, schema })
    }
}

impl PartialEq for LinkRecords {
    fn eq(&self, other: &Self) -> bool {
        self.input == other.input && self.sides == other.sides && self.options == other.options
    }
}

impl Eq for LinkRecords {}

impl Hash for LinkRecords {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.input.hash(state);
        self.sides.hash(state);
        self.options.fields.hash(state);
        self.options.threshold.to_bits().hash(state);
        self.options.key_limit.hash(state);
        self.options.blocked.hash(state);
        self.options.sources.hash(state);
        self.options.limits.hash(state);
        self.options.one_per_source.hash(state);
        self.options.incremental.hash(state);
        self.options.output.hash(state);
        self.options.pair.hash(state);
    }
}

impl PartialOrd for LinkRecords {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (&self.input, &self.sides).partial_cmp(&(&other.input, &other.sides)) {
            Some(Ordering::Equal) if self.options == other.options => Some(Ordering::Equal),
            Some(Ordering::Equal) => None,
            unequal => unequal,
        }
    }
}

impl UserDefinedLogicalNodeCore for LinkRecords {
    fn name(&self) -> &str {
        "LinkRecords"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        std::iter::once(&self.input).chain(self.sides.iter().map(|(_, plan)| plan)).collect()
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        vec![]
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let LinkOptions { threshold, key_limit, .. } = &self.options;
        write!(
            f,
            "LinkRecords: {}, keys=[{}], threshold={threshold}, key_limit={key_limit}",
            self.options.function,
            self.options.keys().join(", ")
        )?;
        self.sides.iter().try_for_each(|(side, _)| write!(f, ", {}", side.name()))
    }

    fn with_exprs_and_inputs(&self, _: Vec<Expr>, inputs: Vec<LogicalPlan>) -> Result<Self> {
        let mut inputs = inputs.into_iter();
        match inputs.next() {
            Some(input) if inputs.len() == self.sides.len() => {
                let sides = self.sides.iter().map(|(side, _)| *side).zip(inputs).collect();
                Self::try_new(input, sides, self.options.clone())
            }
            _ => internal_err!("LinkRecords takes one input and {} sides", self.sides.len()),
        }
    }
}

/// Makes the physical operator of a [`LinkRecords`].
#[derive(Debug)]
pub struct LinkRecordsPlanner;

#[async_trait]
impl ExtensionPlanner for LinkRecordsPlanner {
    async fn plan_extension(
        &self,
        _planner: &dyn PhysicalPlanner,
        node: &dyn UserDefinedLogicalNode,
        _logical_inputs: &[&LogicalPlan],
        physical_inputs: &[Arc<dyn ExecutionPlan>],
        _state: &dyn Session,
        _context: &PhysicalPlanningContext,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        let Some(node) = node.as_any().downcast_ref::<LinkRecords>() else { return Ok(None) };
        let schema = Arc::new(node.schema.as_arrow().clone());
        let sides = node.sides.iter().map(|(side, _)| *side).collect();
        let exec =
            LinkRecordsExec::new(physical_inputs.to_vec(), sides, node.options.clone(), node.options.keys().join(", "), schema)?;
        Ok(Some(Arc::new(exec)))
    }
}
