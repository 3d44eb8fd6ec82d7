//! `MergeRecords`: one row for each profile, with the values that rules choose among those of its records. The logical operator and its
//! planner; `merge_records_exec` does the work.
//!
//! An operator, because a rule chooses a record for each column, and what it chooses may be of any type: all columns are merged in one
//! pass over the records, where aggregates would count the values of each column apart.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field as ArrowField, Schema};
use datafusion::catalog::Session;
use datafusion::common::{DFSchema, DFSchemaRef, Result, internal_err};
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{Expr, Extension, LogicalPlan, UserDefinedLogicalNode, UserDefinedLogicalNodeCore};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{ExtensionPlanner, PhysicalPlanner};

use super::merge_records_exec::MergeRecordsExec;
use crate::linkage::field::Field;
use crate::linkage::survivorship::Rule;

/// Columns whose values are taken together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Choice {
    pub rule: Rule,
    /// Among the merged columns.
    pub columns: Vec<usize>,
}

/// How records are merged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MergeOptions {
    /// What the merged columns are called in the result.
    pub names: Vec<String>,
    /// What each merged column says, where it is known.
    pub fields: Vec<Option<Field>>,
    /// Each merged column is in one of them.
    pub choices: Vec<Choice>,
    /// The sources, the first of them the first to be believed.
    pub sources: Vec<String>,
    /// ISO 3166 alpha-2 code of the country whose national numbers and postcodes these are.
    pub region: Option<String>,
    /// Values that count as missing.
    pub blocked: Vec<String>,
    /// Whether each column is followed by where its value comes from.
    pub provenance: bool,
}

impl MergeOptions {
    /// profile_id, records, the merged columns, conflicts, and for each merged column its source, record id and conflicts.
    fn columns(&self, input: &[Arc<ArrowField>]) -> Option<Vec<ArrowField>> {
        let record_id = input.get(1)?;
        let merged = input.get(2..2 + self.names.len())?.iter().zip(&self.names);
        let merged: Vec<ArrowField> =
            merged.map(|(field, name)| field.as_ref().clone().with_name(name).with_nullable(true)).collect();
        let number = |name: &str| ArrowField::new(name, DataType::Int64, false);
        let mut columns = vec![number("profile_id"), number("records")];
        columns.extend(merged.iter().cloned());
        columns.push(number("conflicts"));
        for field in merged.iter().filter(|_| self.provenance) {
            let name = |what: &str| format!("{}_{what}", field.name());
            columns.push(ArrowField::new(name("source"), DataType::Utf8, true));
            columns.push(ArrowField::new(name("record_id"), record_id.data_type().clone(), true));
            columns.push(number(&name("conflicts")));
        }
        Some(columns)
    }
}

/// Merges the records of `input`: source (text), record_id, one column for each of `options.fields`, the time of the record, and somewhere
/// behind them profile_id (bigint).
pub fn merge_records(input: LogicalPlan, options: MergeOptions) -> Result<LogicalPlan> {
    Ok(LogicalPlan::Extension(Extension { node: Arc::new(MergeRecords::try_new(input, options)?) }))
}

/// The logical operator.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MergeRecords {
    input: LogicalPlan,
    pub(crate) options: MergeOptions,
    schema: DFSchemaRef,
}

impl MergeRecords {
    pub(crate) fn try_new(input: LogicalPlan, options: MergeOptions) -> Result<Self> {
        let Some(columns) = options.columns(input.schema().fields()) else {
            return internal_err!("MergeRecords needs the columns source, record_id and what is merged");
        };
        let schema = Arc::new(DFSchema::try_from(Schema::new(columns))?);
        Ok(Self { input, options, schema })
    }
}

impl PartialOrd for MergeRecords {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (&self.input, &self.options).partial_cmp(&(&other.input, &other.options))
    }
}

impl UserDefinedLogicalNodeCore for MergeRecords {
    fn name(&self) -> &str {
        "MergeRecords"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        vec![]
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "MergeRecords: {} columns", self.options.fields.len())
    }

    fn with_exprs_and_inputs(&self, _: Vec<Expr>, mut inputs: Vec<LogicalPlan>) -> Result<Self> {
        match (inputs.pop(), inputs.is_empty()) {
            (Some(input), true) => Self::try_new(input, self.options.clone()),
            _ => internal_err!("MergeRecords takes one input"),
        }
    }
}

/// Makes the physical operator of a [`MergeRecords`].
#[derive(Debug)]
pub struct MergeRecordsPlanner;

#[async_trait]
impl ExtensionPlanner for MergeRecordsPlanner {
    async fn plan_extension(
        &self,
        _planner: &dyn PhysicalPlanner,
        node: &dyn UserDefinedLogicalNode,
        _logical_inputs: &[&LogicalPlan],
        physical_inputs: &[Arc<dyn ExecutionPlan>],
        _state: &dyn Session,
        _context: &PhysicalPlanningContext,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        let Some(node) = node.as_any().downcast_ref::<MergeRecords>() else { return Ok(None) };
        let [input] = physical_inputs else { return internal_err!("MergeRecords takes one input") };
        let schema = Arc::new(node.schema.as_arrow().clone());
        Ok(Some(Arc::new(MergeRecordsExec::try_new(Arc::clone(input), node.options.clone(), schema)?)))
    }
}
