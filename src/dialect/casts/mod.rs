//! Casts as PostgreSQL does them: texts of dates and times in all its forms, and numbers that are rounded.
//!
//! | module | what |
//! |---|---|
//! | [`castable`] | which types are cast to which |
//! | [`literals`], [`reading`] | texts as values: literals as they are planned, columns as rows are computed |
//! | [`text_input`], [`float_text`] | texts as numbers, with their range, and as arrays |
//! | [`texts`], [`number_text`], [`as_text`] | values as texts |
//! | [`rounding`], [`floats`] | between numbers |
//! | [`uuids`] | of UUIDs |

pub mod as_text;
mod castable;
mod float_text;
pub mod floats;
pub mod literals;
pub mod number_text;
mod reading;
pub mod rounding;
mod text_input;
pub mod texts;
pub mod uuids;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::expr::{Cast, InList};
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator, binary_expr, lit};
use datafusion_functions_customer::type_name::type_name;

use crate::dialect::aggregates::{exact, shifted};
use crate::dialect::failure::failed;
use crate::dialect::functions::{same, signatures, written};
use crate::dialect::moments::calendar::clock_as;
use crate::dialect::moments::clocks;
use crate::dialect::numbers::decimals::wide_enough;
use crate::dialect::numbers::quotient::{has_decimals, quotient_of};
use crate::dialect::numbers::{bits, derived, mixed, places, powers, signs, unconstrained};
use crate::dialect::types::operators::unknown;
use crate::dialect::types::{agreement, chains};
use crate::dialect::{arrays, comparisons};
use literals::DateOrder;
use reading::{is_moment, is_read, read};
use rounding::rounded;

/// The expression with such casts within it replaced.
pub fn meant(expr: Expr, schema: &DFSchema, order: DateOrder) -> Result<Transformed<Expr>> {
    let of_one = |expr| meant_one(expr, schema, order);
    expr.transform_down_up(
        |expr| match chains::is_long(&expr) {
            true => {
                let chain = chains::followed(expr, schema, |operand| operand.transform_up(of_one), of_one)?;
                Ok(Transformed::new(chain.data, true, TreeNodeRecursion::Jump))
            }
            false => Ok(Transformed::no(expr)),
        },
        of_one,
    )
}

fn meant_one(expr: Expr, schema: &DFSchema, order: DateOrder) -> Result<Transformed<Expr>> {
    let step = match expr {
        Expr::Cast(cast) => meant_cast(cast, schema, order),
        Expr::InList(list) => meant_list(list, schema, order),
        Expr::ScalarFunction(call) => {
            let within = written::unnamed(&call);
            Ok(within.map_or_else(|| Transformed::no(Expr::ScalarFunction(call)), Transformed::yes))
        }
        Expr::WindowFunction(mut function) => {
            let other = shifted::meant(&function);
            let changes = other.is_some();
            function.fun = other.unwrap_or_else(|| function.fun.clone());
            Ok(Transformed::new_transformed(Expr::WindowFunction(function), changes))
        }
        Expr::Negative(operand) => signs::check_minus(&operand, schema).map(|()| Transformed::no(Expr::Negative(operand))),
        Expr::Case(case) => uuids::case(case, schema, order),
        Expr::Between(between) => uuids::between(between, schema, order),
        Expr::BinaryExpr(binary) if matches!(binary.op, Operator::IsDistinctFrom | Operator::IsNotDistinctFrom) => {
            meant_distinct(binary, schema, order)
        }
        other => Ok(Transformed::no(other)),
    };
    step?
        .transform_data(|expr| comparisons::meant(expr, schema))?
        .transform_data(|expr| agreement::meant(expr, schema, order))?
        .transform_data(|expr| called(expr, schema))?
        .transform_data(|expr| mixed::meant(expr, schema))?
        .transform_data(|expr| match expr {
            Expr::BinaryExpr(BinaryExpr { left, op: Operator::Divide, right }) => Ok(meant_quotient(*left, *right, schema)),
            Expr::BinaryExpr(binary) => Ok(meant_binary(binary, schema)),
            Expr::ScalarFunction(call) if powers::is_one(&call) => powers::meant(call, schema),
            Expr::ScalarFunction(call) => places::meant(call, schema),
            other => exact::meant(other, schema),
        })?
        .transform_data(|expr| derived::meant(expr, schema))
}

/// A call, if PostgreSQL has such a function.
fn called(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    match &expr {
        Expr::ScalarFunction(call) => signatures::check(call.name(), &call.args, schema)?,
        Expr::AggregateFunction(call) => signatures::check(call.func.name(), &call.params.args, schema)?,
        Expr::WindowFunction(call) => signatures::check(call.fun.name(), &call.params.args, schema)?,
        _ => {}
    }
    Ok(Transformed::no(expr))
}

/// Casts that the planner itself has made: literals of the type of an argument, and moments beside clocks.
pub fn argument(expr: Expr, schema: &DFSchema, order: DateOrder) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| match expr {
        Expr::Cast(cast) => {
            match unknown(&cast.expr).map(|text| literals::read(text, cast.field.data_type(), order)).transpose()? {
                Some(Some(value)) => Ok(Transformed::yes(Expr::Cast(Cast { expr: Box::new(value), field: cast.field }))),
                _ => {
                    let of = cast.expr.get_type(schema);
                    let moved = of.ok().and_then(|of| clocks::moved(&cast.expr, &of, cast.field.data_type()));
                    Ok(moved.map_or_else(|| Transformed::no(Expr::Cast(cast)), Transformed::yes))
                }
            }
        }
        other => Ok(Transformed::no(other)),
    })
}

fn meant_cast(cast: Cast, schema: &DFSchema, order: DateOrder) -> Result<Transformed<Expr>> {
    let target = cast.field.data_type().clone();
    // A small number, as the statement has it: what asks for a literal finds one.
    if let Expr::Literal(ScalarValue::Int64(Some(number)), _) = cast.expr.as_ref()
        && target == DataType::Int32
        && let Ok(number) = i32::try_from(*number)
    {
        return Ok(Transformed::yes(lit(number)));
    }
    if let Some(number) = unconstrained::meant(&cast, schema)? {
        return Ok(Transformed::yes(number));
    }
    if let Some(text) = unknown(&cast.expr) {
        return Ok(match literals::read(text, &target, order)? {
            Some(value) => Transformed::yes(Expr::Cast(Cast { expr: Box::new(value), field: cast.field })),
            None => Transformed::no(Expr::Cast(cast)),
        });
    }
    if let Ok(of) = cast.expr.get_type(schema) {
        if !castable::has_cast(&cast.expr, &of, &cast.field, schema) {
            let message = format!("cannot cast type {} to {}", type_name(&of), type_name(&target));
            return Err(failed("42846", message));
        }
        if of.is_string() && is_read(&target) {
            let value = read(*cast.expr, &target, order);
            // The field of an array says of which type its elements are.
            return Ok(Transformed::yes(match is_moment(&target) || target.is_floating() {
                true => value,
                false => Expr::Cast(Cast { expr: Box::new(value), field: cast.field }),
            }));
        }
        let is_clock = |data_type: &DataType| matches!(data_type, DataType::Time64(_));
        let is_length = |data_type: &DataType| matches!(data_type, DataType::Interval(_));
        if ((is_clock(&of) && is_length(&target)) || (is_length(&of) && is_clock(&target)))
            && let Some(converted) = clock_as(cast.expr.as_ref().clone(), &target)
        {
            return Ok(Transformed::yes(converted));
        }
        if let Some(of_array) = arrays::cast(&cast.expr, &of, &target) {
            return Ok(Transformed::yes(of_array));
        }
        if let Some(moved) = clocks::moved(&cast.expr, &of, &target) {
            return Ok(Transformed::yes(moved));
        }
    }
    let has_fraction = |data_type: &DataType| match data_type {
        DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) => *scale > 0 || target == DataType::Float32,
        other => other.is_floating(),
    };
    let is_target = matches!(target, DataType::Int16 | DataType::Int32 | DataType::Int64 | DataType::Float32);
    if is_target && cast.expr.get_type(schema).is_ok_and(|of| of != target && has_fraction(&of)) {
        return Ok(Transformed::yes(rounded(*cast.expr, &target)));
    }
    Ok(Transformed::no(Expr::Cast(cast)))
}

fn meant_quotient(left: Expr, right: Expr, schema: &DFSchema) -> Transformed<Expr> {
    match (left.get_type(schema), right.get_type(schema)) {
        (Ok(of_left), Ok(of_right)) if has_decimals(&of_left, &of_right) => Transformed::yes(quotient_of(left, right)),
        _ => Transformed::no(binary_expr(left, Operator::Divide, right)),
    }
}

fn meant_binary(binary: BinaryExpr, schema: &DFSchema) -> Transformed<Expr> {
    if matches!(binary.op, Operator::And | Operator::Or) {
        return Transformed::no(Expr::BinaryExpr(binary));
    }
    let types = (binary.left.get_type(schema), binary.right.get_type(schema));
    let (Ok(of_left), Ok(of_right)) = types else { return Transformed::no(Expr::BinaryExpr(binary)) };
    if let Some(shifted) = bits::shifted(&binary, &of_left) {
        return Transformed::yes(shifted);
    }
    // The engine takes a remainder of 1 for 0 where the number is never NULL, as if it was whole.
    if binary.op == Operator::Modulo
        && of_left.is_decimal()
        && matches!(binary.right.as_ref(), Expr::Literal(..))
        && !matches!(binary.left.as_ref(), Expr::Literal(..))
        && !binary.left.nullable(schema).unwrap_or(true)
    {
        let left = same::nullable(*binary.left);
        return Transformed::yes(binary_expr(left, Operator::Modulo, *binary.right));
    }
    match wide_enough(&binary, &of_left, &of_right) {
        Some((left, right)) => Transformed::yes(binary_expr(left, binary.op, right)),
        None => Transformed::no(Expr::BinaryExpr(binary)),
    }
}

/// `x IS DISTINCT FROM 't'`, where the literal has x's type.
fn meant_distinct(binary: BinaryExpr, schema: &DFSchema, order: DateOrder) -> Result<Transformed<Expr>> {
    let types = (binary.left.get_type(schema), binary.right.get_type(schema));
    let (Ok(of_left), Ok(of_right)) = types else { return Ok(Transformed::no(Expr::BinaryExpr(binary))) };
    let read = |expr: Box<Expr>, other: &DataType| literals::as_other(*expr, Operator::Eq, other, order);
    let (left, right) = (read(binary.left, &of_right)?, read(binary.right, &of_left)?);
    Ok(Transformed::yes(binary_expr(left, binary.op, right)))
}

/// `x IN ('t', 'f')`, where the literals have x's type.
fn meant_list(list: InList, schema: &DFSchema, order: DateOrder) -> Result<Transformed<Expr>> {
    let Ok(data_type) = list.expr.get_type(schema) else { return Ok(Transformed::no(Expr::InList(list))) };
    if !literals::has_forms(&data_type) || !list.list.iter().any(|item| unknown(item).is_some()) {
        return Ok(Transformed::no(Expr::InList(list)));
    }
    let items = list.list.into_iter().map(|item| literals::as_other(item, Operator::Eq, &data_type, order));
    let list = InList { list: items.collect::<Result<_>>()?, ..list };
    Ok(Transformed::yes(Expr::InList(list)))
}
