//! Literals in quotes among the columns that are brought together, which have the type of the others; and types that do not go together.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, JoinType, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::expr::Alias;
use datafusion::logical_expr::type_coercion::binary::type_union_resolution;
use datafusion::logical_expr::{Expr, LogicalPlan, Projection, Union};

use super::{is_set_operation, with_casts};
use crate::dialect::casts::literals::DateOrder;
use crate::dialect::numbers::mixed::of_branches;
use crate::dialect::types::agreement::{Operand, common, is_literal, is_moved, take_type};

/// Queries that are brought together, of which literals in quotes have the type of the other's columns.
///
/// # Errors
/// 42804 where the types do not go together; those of literals.
pub fn united(node: LogicalPlan, order: DateOrder) -> Result<Transformed<LogicalPlan>> {
    match node {
        LogicalPlan::Union(Union { mut inputs, schema }) => {
            let mut changed = false;
            let mut fields =
                schema.iter().map(|(qualifier, field)| (qualifier.cloned(), FieldRef::clone(field))).collect::<Vec<_>>();
            for (place, (_, field)) in fields.iter_mut().enumerate() {
                let operands = inputs.iter().filter_map(|input| column(input, place)).collect::<Vec<_>>();
                if let Some(data_type) = of_others(&operands) {
                    *field = FieldRef::new(Field::clone(field).with_data_type(data_type));
                }
                let common = match common("UNION", &operands)? {
                    Some(common) => common,
                    // Literals alone are texts, before a third query is brought together with two.
                    None if operands.iter().all(|operand| operand.is_unknown) => {
                        *field = FieldRef::new(Field::clone(field).with_data_type(DataType::Utf8));
                        FieldRef::clone(field)
                    }
                    None => continue,
                };
                for (input, operand) in inputs.iter_mut().zip(&operands) {
                    changed |= retyped(input, place, &common, order)?;
                    if is_moved(operand, &common) {
                        *input = with_casts(input, |at, _| (at == place).then(|| common.data_type().clone()))?;
                        changed = true;
                    }
                }
            }
            let schema = Arc::new(DFSchema::new_with_metadata(fields, schema.metadata().clone())?);
            let node = LogicalPlan::Union(Union { inputs, schema });
            Ok(if changed { Transformed::yes(node.recompute_schema()?) } else { Transformed::no(node) })
        }
        LogicalPlan::Join(join) if is_set_operation(&join) => {
            for place in 0..join.left.schema().fields().len() {
                let operands = [column(&join.left, place), column(&join.right, place)].into_iter().flatten().collect::<Vec<_>>();
                common(if join.join_type == JoinType::LeftAnti { "EXCEPT" } else { "INTERSECT" }, &operands)?;
            }
            Ok(Transformed::no(LogicalPlan::Join(join)))
        }
        other => Ok(Transformed::no(other)),
    }
}

/// The type of a column whose first query has a literal, of which the planner took the type: it is what the column says to a third query.
fn of_others(operands: &[Operand]) -> Option<DataType> {
    operands.first().filter(|first| first.is_unknown)?;
    let known = operands.iter().filter(|operand| !operand.is_unknown).map(|operand| operand.field.data_type().clone());
    let known = known.collect::<Vec<_>>();
    of_branches(&known).or_else(|| type_union_resolution(&known))
}

fn column(plan: &LogicalPlan, place: usize) -> Option<Operand> {
    let field = FieldRef::clone(plan.schema().fields().get(place)?);
    Some(Operand { is_unknown: is_literal_column(plan, place) || field.data_type().is_null(), field })
}

fn is_literal_column(plan: &LogicalPlan, place: usize) -> bool {
    match plan {
        LogicalPlan::Projection(projection) => projection.expr.get(place).is_some_and(is_literal),
        LogicalPlan::Distinct(distinct) => is_literal_column(distinct.input(), place),
        _ => false,
    }
}

/// A column that is a literal as one of the type.
fn retyped(plan: &mut Arc<LogicalPlan>, place: usize, field: &Field, order: DateOrder) -> Result<bool> {
    let LogicalPlan::Projection(projection) = plan.as_ref() else { return Ok(false) };
    let mut exprs = projection.expr.clone();
    let Some(expr) = exprs.get_mut(place).filter(|expr| is_literal(expr)) else { return Ok(false) };
    let name = projection.schema.field(place).name().clone();
    let mut literal = std::mem::replace(expr, Expr::Literal(ScalarValue::Null, None));
    while let Expr::Alias(Alias { expr: inner, .. }) = literal {
        literal = *inner;
    }
    let changed = match literal {
        Expr::Literal(ScalarValue::Null, _) => {
            literal = Expr::Literal(ScalarValue::try_from(field.data_type())?, None);
            true
        }
        _ => take_type(&mut literal, field, order)?,
    };
    *expr = literal.alias(name);
    *plan = Arc::new(LogicalPlan::Projection(Projection::try_new(exprs, Arc::clone(&projection.input))?));
    Ok(changed)
}
