//! What is said beside the records: which columns of the small relations say what, and how many values a profile may have.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, cast, lit};

use crate::error::CustomerError;
use crate::linkage::field::Field;
use crate::linkage::person::{Blocked, PersonReader};
use crate::operator::Side;
use crate::options::{Call, Relation};
use crate::type_name::type_name;

/// Plans of what each side says.
pub(super) type Sides = Vec<(Side, LogicalPlan)>;

/// The sides that a call gives, projected to the columns of [`Side`]. `sources` are the names of its relations.
///
/// Errors: 42703 a column that is not there, 42804 one of another type.
pub(super) fn sides(call: &Call, sources: &[String]) -> Result<Sides> {
    let given = Side::ALL.into_iter().filter_map(|side| Some((side, call.relation_option(side.name())?)));
    given.map(|(side, relation)| Ok((side, projected(&Reading { call, side, relation, sources })?))).collect()
}

/// Reads `'birth_date: 1, email: 5'` for records with these columns. Errors: 22023 a field that there is not, or no number.
pub(super) fn limits(call: &Call, columns: &[Field]) -> Result<Vec<(Field, usize)>> {
    let Some(text) = call.text("limits")? else { return Ok(vec![]) };
    let there = PersonReader::new(columns.to_vec(), 0.0, Blocked::default()).told();
    let mut limits = vec![];
    for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let Some((name, limit)) = entry.split_once(':').map(|(name, limit)| (name.trim().to_lowercase(), limit.trim())) else {
            return Err(call.impossible("limits", format!("is a list such as 'birth_date: 1, email: 5', not '{text}'")));
        };
        let Some(field) = Field::named(&name).filter(|field| there.contains(field)) else {
            let mut names: Vec<&str> = there.iter().map(|field| field.name()).collect();
            names.dedup();
            let message = format!(
                "{}: limits names {name}, of which the records say nothing; they have {}",
                call.doc().name,
                names.join(", ")
            );
            return Err(CustomerError::invalid_value(message).suggest(&name, names).into());
        };
        let Some(limit) = limit.parse().ok().filter(|limit| *limit > 0) else {
            return Err(call.impossible("limits", format!("takes a number from 1 on for {name}, not '{limit}'")));
        };
        limits.push((field, limit));
    }
    Ok(limits)
}

struct Reading<'a> {
    call: &'a Call,
    side: Side,
    relation: &'a Relation,
    sources: &'a [String],
}

fn projected(reading: &Reading) -> Result<LogicalPlan> {
    let id = reading.call.text("id")?.unwrap_or_default();
    let columns = match reading.side {
        Side::Previous => {
            let profile = reading.expect("profile_id", "bigint", DataType::is_integer)?;
            vec![reading.source("source")?, reading.id(&["record_id", &id])?, cast(profile, DataType::Int64).alias("profile_id")]
        }
        side => {
            let mut columns = vec![];
            for (source, id) in [("left_source", "left_id"), ("right_source", "right_id")] {
                columns.extend([reading.source(source)?, reading.id(&[id])?]);
            }
            if side == Side::Labels {
                let is_truth = |there: &DataType| *there == DataType::Boolean || there.is_numeric();
                let label = reading.expect("is_match", "boolean, or 1 and 0", is_truth)?;
                // Some engines cast no boolean to a floating-point number, but all to a whole one.
                let is_boolean = label.get_type(reading.relation.plan.schema().as_ref())? == DataType::Boolean;
                let label = if is_boolean { cast(label, DataType::Int32) } else { label };
                columns.push(cast(label, DataType::Float64).alias("is_match"));
            }
            columns
        }
    };
    LogicalPlanBuilder::from(reading.relation.plan.clone()).project(columns)?.build()
}

impl Reading<'_> {
    /// The column of this name, in any case.
    fn find(&self, name: &str) -> Option<Expr> {
        let schema = self.relation.plan.schema();
        let exact = schema.iter().find(|(_, field)| field.name() == name);
        exact.or_else(|| schema.iter().find(|(_, field)| field.name().eq_ignore_ascii_case(name))).map(Expr::from)
    }

    fn there(&self) -> String {
        self.relation.plan.schema().fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>().join(", ")
    }

    fn missing(&self, what: String) -> CustomerError {
        let side = self.side.name();
        let columns = match self.side {
            Side::Previous => "source, record_id and profile_id, as unify_profiles returns them",
            Side::MustLink | Side::CannotLink => "left_source, left_id, right_source and right_id",
            Side::Labels => "left_source, left_id, right_source, right_id and is_match",
        };
        let message = format!("{}: {side} has no column {what}; it has {}", self.call.doc().name, self.there());
        CustomerError::undefined_column(message).hint(format!("{side} takes {columns}"))
    }

    /// The source of a record. It may be left out where there is but one.
    fn source(&self, name: &str) -> Result<Expr> {
        let source = match (self.find(name), self.sources) {
            (Some(column), _) => cast(column, DataType::Utf8),
            (None, [only]) => lit(only.as_str()),
            (None, sources) => {
                let what = format!("{name}, without which the ids of {} relations are not told apart", sources.len());
                return Err(self.missing(what).into());
            }
        };
        Ok(source.alias(name))
    }

    /// A record's id, which becomes text as those of the records do.
    fn id(&self, names: &[&str]) -> Result<Expr> {
        let name = names.first().copied().unwrap_or_default();
        let column = names.iter().find_map(|name| self.find(name)).ok_or_else(|| self.missing(name.to_owned()))?;
        Ok(column.alias(name))
    }

    fn expect(&self, name: &str, expected: &str, test: impl Fn(&DataType) -> bool) -> Result<Expr> {
        let column = self.find(name).ok_or_else(|| self.missing(name.to_owned()))?;
        let there = column.get_type(self.relation.plan.schema().as_ref())?;
        if test(&there) || there == DataType::Null {
            return Ok(column);
        }
        let message =
            format!("{}: {name} of {} must be {expected}, but is {}", self.call.doc().name, self.side.name(), type_name(&there));
        Err(CustomerError::wrong_type(message).into())
    }
}
