//! WITH RECURSIVE: what the recursive term gives has the types of the first rows, or PostgreSQL refuses it.

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, Projection, RecursiveQuery};
use datafusion_functions_customer::type_name::type_name;

use crate::error::{Error, SqlState};

/// 42804 where a recursive term has other types than the first rows. It goes by the planner's own casts, before anything reads them
/// as the statement's: they stand around the calls that [`crate::dialect::statement::clauses`] put there.
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
        if call.func.name() != "coalesce" || call.args.len() != 1 {
            continue;
        }
        let (first, overall) = (cast.field.data_type(), cast.expr.get_type(input.schema())?);
        let (first, overall) = (type_name(first), type_name(&overall));
        if first.split('(').next() != overall.split('(').next() {
            let (name, column) = (&query.name, index + 1);
            let message = format!(
                "recursive query \"{name}\" column {column} has type {first} in non-recursive term but type {overall} overall"
            );
            let hint = "Cast the output of the non-recursive term to the correct type.";
            let error = Error::new(SqlState::DATATYPE_MISMATCH, message).hint(hint);
            return Err(error.into());
        }
    }
    Ok(())
}
