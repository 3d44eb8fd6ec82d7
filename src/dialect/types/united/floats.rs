//! Columns that are `double precision` where one of the numbers that meet in them is; and moments of the session's zone among days.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr_rewriter::coerce_plan_expr_for_schema;
use datafusion::logical_expr::type_coercion::binary::type_union_resolution;
use datafusion::logical_expr::{Expr, ExprSchemable, Join, LogicalPlan, Union, Values};

use super::{is_set_operation, with_casts};
use crate::dialect::numbers::mixed::{cast, is_moment, of_branches, of_operands};

/// A node that brings rows together, with columns that are floating-point numbers where one of those that meet in them is.
pub fn united(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    match node {
        LogicalPlan::Values(values) => meant_values(values),
        LogicalPlan::Union(union) => meant_union(union),
        // Both sides of INTERSECT and EXCEPT.
        LogicalPlan::Join(join) if is_set_operation(&join) => meant_sides(join),
        LogicalPlan::Join(mut join) if !join.on.is_empty() => {
            let Join { left, right, on, .. } = &mut join;
            let mut changed = false;
            for (of_left, of_right) in on {
                let types = [of_left.get_type(left.schema())?, of_right.get_type(right.schema())?];
                if let Some(target) = of_operands(&types) {
                    changed |= cast(of_left, &types[0], &target) | cast(of_right, &types[1], &target);
                }
            }
            let node = LogicalPlan::Join(join);
            Ok(if changed { Transformed::yes(node) } else { Transformed::no(node) })
        }
        other => Ok(Transformed::no(other)),
    }
}

/// The planner has cast the members of a column already: to a decimal, if there is one.
fn meant_values(mut values: Values) -> Result<Transformed<LogicalPlan>> {
    let empty = DFSchema::empty();
    let mut fields = values.schema.iter().map(|(qualifier, field)| (qualifier.cloned(), Arc::clone(field))).collect::<Vec<_>>();
    let mut changed = false;
    for (place, (_, field)) in fields.iter_mut().enumerate() {
        if !field.data_type().is_decimal() && !is_moment(field.data_type()) {
            continue;
        }
        let mut members = Vec::with_capacity(values.values.len());
        for row in &values.values {
            let Some(member) = row.get(place) else { return plan_err!("a row of VALUES is short") };
            members.push(match member {
                Expr::Cast(cast) if cast.field.data_type() == field.data_type() => cast.expr.get_type(&empty)?,
                other => other.get_type(&empty)?,
            });
        }
        let Some(target) = of_branches(&members).or_else(|| of_moments(&members)) else { continue };
        changed = true;
        *field = Arc::new(Field::clone(field).with_data_type(target.clone()));
        for (row, of_member) in values.values.iter_mut().zip(members) {
            let Some(member) = row.get_mut(place) else { return plan_err!("a row of VALUES is short") };
            if let Expr::Cast(cast) = member
                && of_member != *cast.field.data_type()
            {
                *member = std::mem::take(cast.expr.as_mut());
            }
            if of_member != target {
                *member = std::mem::take(member).cast_to(&target, &empty)?;
            }
        }
    }
    if changed {
        values.schema = Arc::new(DFSchema::new_with_metadata(fields, values.schema.metadata().clone())?);
    }
    let node = LogicalPlan::Values(values);
    Ok(if changed { Transformed::yes(node) } else { Transformed::no(node) })
}

fn meant_union(union: Union) -> Result<Transformed<LogicalPlan>> {
    let mut fields = union.schema.iter().map(|(qualifier, field)| (qualifier.cloned(), Arc::clone(field))).collect::<Vec<_>>();
    let mut changed = false;
    for (place, (_, field)) in fields.iter_mut().enumerate() {
        let types = union.inputs.iter().filter_map(|input| input.schema().fields().get(place));
        let types = types.map(|field| field.data_type().clone()).collect::<Vec<_>>();
        // What all inputs have become, or are to become.
        let common = types.first().filter(|first| first.is_floating() && types.iter().all(|other| other == *first));
        if let Some(target) = of_branches(&types).or(common.filter(|common| *common != field.data_type()).cloned()) {
            changed = true;
            *field = Arc::new(Field::clone(field).with_data_type(target));
        }
    }
    if !changed {
        return Ok(Transformed::no(LogicalPlan::Union(union)));
    }
    let schema = Arc::new(DFSchema::new_with_metadata(fields, union.schema.metadata().clone())?);
    // Only the columns that become floating-point numbers: the others are the engine's to bring together.
    let inputs = union.inputs.into_iter().map(|input| {
        let target = input.schema().iter().zip(schema.fields()).map(|((qualifier, field), target)| {
            let data_type = if target.data_type().is_floating() { target.data_type() } else { field.data_type() };
            (qualifier.cloned(), Arc::new(Field::clone(field).with_data_type(data_type.clone())))
        });
        let target = DFSchema::new_with_metadata(target.collect(), input.schema().metadata().clone())?;
        Ok(Arc::new(coerce_plan_expr_for_schema(Arc::unwrap_or_clone(input), &target)?))
    });
    let inputs = inputs.collect::<Result<Vec<_>>>()?;
    Ok(Transformed::yes(LogicalPlan::Union(Union { inputs, schema })))
}

/// The engine compares the sides in one type, and gives the left one as it is.
fn meant_sides(mut join: Join) -> Result<Transformed<LogicalPlan>> {
    let pairs = join.left.schema().fields().iter().zip(join.right.schema().fields());
    let common = pairs.map(|(left, right)| {
        let types = [left.data_type().clone(), right.data_type().clone()];
        let are_numbers = types.iter().all(DataType::is_numeric) && types[0] != types[1];
        are_numbers.then(|| of_branches(&types).or_else(|| type_union_resolution(&types))).flatten()
    });
    let common = common.collect::<Vec<_>>();
    if common.iter().all(Option::is_none) {
        return Ok(Transformed::no(LogicalPlan::Join(join)));
    }
    for side in [&mut join.left, &mut join.right] {
        let target = |place: usize, field: &Field| common.get(place)?.clone().filter(|target| target != field.data_type());
        *side = with_casts(side, target)?;
    }
    Ok(Transformed::yes(LogicalPlan::Join(join)))
}

/// Of branches that are days, clocks and moments of the session's zone: the latter.
fn of_moments(types: &[DataType]) -> Option<DataType> {
    let moment = types.iter().find(|data_type| matches!(data_type, DataType::Timestamp(_, Some(_))))?;
    types.iter().any(|other| is_moment(other) && other != moment).then(|| moment.clone())
}
