//! WITH RECURSIVE: what the recursive term gives has the types of the first rows, or PostgreSQL refuses it. Around each column of both
//! terms stands a call, [`NAME`], that [`crate::dialect::statement::clauses`] put there: of it a `numeric` has as many digits as there
//! are, for each step may give it more, and the planner's casts are told apart from the statement's.
//!
//! [`shared`] is for recursive terms that were made to read the rows of the step before several times.

pub mod shared;

use std::sync::Arc;

use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, SchemaRef};
use datafusion::common::tree_node::{Transformed, TreeNodeRecursion};
use datafusion::common::{ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr::Cast;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, Projection, RecursiveQuery, ReturnFieldArgs,
    ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion_functions_customer::type_name::type_name;

use crate::dialect::numbers::unconstrained::UNCONSTRAINED;
use crate::dialect::statement::clauses::RECURSIVE as NAME;
use crate::error::{Error, SqlState};

/// 42804 where a recursive term has other types than the first rows. It goes by the planner's own casts, before anything reads them
/// as the statement's.
///
/// # Errors
/// That one.
pub fn check(plan: &LogicalPlan) -> Result<()> {
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::RecursiveQuery(query) = node {
            agrees(query)?;
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(())
}

fn agrees(query: &RecursiveQuery) -> Result<()> {
    let LogicalPlan::Projection(Projection { expr, input, .. }) = query.recursive_term.as_ref() else { return Ok(()) };
    for (index, expr) in expr.iter().enumerate() {
        let Expr::Cast(cast) = expr.clone().unalias() else { continue };
        let Expr::ScalarFunction(call) = cast.expr.as_ref() else { continue };
        let ([given], NAME) = (call.args.as_slice(), call.func.name()) else { continue };
        let (first, given) = (cast.field.data_type(), given.get_type(input.schema())?);
        if first.is_decimal() && *first == given {
            continue;
        }
        // Without the digits, where both have none or only one of them has.
        let name = |data_type: &DataType| type_name(data_type);
        let bare = |data_type: &DataType| name(data_type).split('(').next().unwrap_or_default().to_owned();
        let is_declared = first.is_decimal() && *first != UNCONSTRAINED;
        if !is_declared && (bare(first) == bare(&given) || becomes(&given, first)) {
            continue;
        }
        let first = if is_declared { name(first) } else { bare(first) };
        let (table, column, overall) = (&query.name, index + 1, bare(&given));
        let message = format!(
            "recursive query \"{table}\" column {column} has type {first} in non-recursive term but type {overall} overall"
        );
        let hint = "Cast the output of the non-recursive term to the correct type.";
        return Err(Error::new(SqlState::DATATYPE_MISMATCH, message).hint(hint).into());
    }
    Ok(())
}

/// Whether a value is of the other type without a cast that says so.
fn becomes(from: &DataType, to: &DataType) -> bool {
    let rank = |data_type: &DataType| match data_type {
        DataType::Int16 => Some((0, 1)),
        DataType::Int32 => Some((0, 2)),
        DataType::Int64 => Some((0, 3)),
        decimal if decimal.is_decimal() => Some((0, 4)),
        DataType::Float32 => Some((0, 5)),
        DataType::Float64 => Some((0, 6)),
        DataType::Date32 => Some((1, 1)),
        DataType::Timestamp(_, None) => Some((1, 2)),
        DataType::Timestamp(_, Some(_)) => Some((1, 3)),
        _ => None,
    };
    match (rank(from), rank(to)) {
        (Some((kind, from)), Some((other, to))) => kind == other && from <= to,
        _ => from.is_null(),
    }
}

/// The plan in which both terms have the types that the recursive one was planned with.
pub fn aligned(plan: LogicalPlan) -> Result<LogicalPlan> {
    let changed = plan.transform_up_with_subqueries(|node| match node {
        LogicalPlan::RecursiveQuery(query) => {
            let Some(schema) = shared::schema(&query)? else { return Ok(Transformed::no(LogicalPlan::RecursiveQuery(query))) };
            let of = |term: &Arc<LogicalPlan>| -> Result<Arc<LogicalPlan>> { with_types(term, &schema) };
            let (static_term, recursive_term) = (of(&query.static_term)?, of(&query.recursive_term)?);
            let query = RecursiveQuery { static_term, recursive_term: shared::shared(recursive_term, &query.name)?, ..query };
            Ok(Transformed::yes(LogicalPlan::RecursiveQuery(query)))
        }
        other => Ok(Transformed::no(other)),
    })?;
    Ok(changed.data)
}

fn with_types(term: &Arc<LogicalPlan>, schema: &SchemaRef) -> Result<Arc<LogicalPlan>> {
    let wanted = schema.fields().iter().map(|field| field.data_type());
    if term.schema().fields().iter().map(|field| field.data_type()).eq(wanted.clone()) {
        return Ok(Arc::clone(term));
    }
    let columns = term.schema().columns().into_iter().zip(wanted).map(|(column, data_type)| {
        let name = column.name.clone();
        Expr::Cast(Cast::new(Box::new(Expr::Column(column)), data_type.clone())).alias(name)
    });
    let columns = columns.collect::<Vec<_>>();
    Ok(Arc::new(LogicalPlanBuilder::from(term.as_ref().clone()).project(columns)?.build()?))
}

/// The function of the calls around columns of both terms.
pub fn function() -> ScalarUDF {
    ScalarUDF::from(Recursive { signature: Signature::any(1, Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Recursive {
    signature: Signature,
}

fn kept(data_type: &DataType) -> DataType {
    if data_type.is_decimal() { UNCONSTRAINED } else { data_type.clone() }
}

impl ScalarUDFImpl for Recursive {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match types {
            [data_type] => Ok(kept(data_type)),
            _ => internal_err!("it takes a value"),
        }
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let [given] = args.arg_fields else { return internal_err!("it takes a value") };
        let field = Field::new(self.name(), kept(given.data_type()), true);
        let is_number = given.data_type().is_decimal();
        Ok(Arc::new(if is_number { field } else { field.with_metadata(given.metadata().clone()) }))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let wanted = args.return_field.data_type();
        match args.args.into_iter().next() {
            Some(value) if value.data_type() == *wanted => Ok(value),
            Some(ColumnarValue::Array(array)) => Ok(ColumnarValue::Array(cast(&array, wanted)?)),
            Some(ColumnarValue::Scalar(value)) => {
                let array = cast(&value.to_array()?, wanted)?;
                Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?))
            }
            None => internal_err!("it takes a value"),
        }
    }
}
