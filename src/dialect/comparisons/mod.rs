//! Comparisons of intervals, which go by their length, and of arrays, in which NULL comes last; and what is the greatest or the first by
//! them.
//!
//! Beside them stand [`lists`] of expressions behind IN, [`keys`] of sorts and sets, columns that may hold NaN: [`unpruned`],
//! comparisons of casts that round: [`kept`], and `jsonb` that is compared, sorted and grouped: [`documents`].

pub mod documents;
pub mod kept;
pub mod keys;
pub mod lists;
pub mod unpruned;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::common::tree_node::Transformed;
use datafusion::error::Result;
use datafusion::logical_expr::expr::{Between, InList};
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator, binary_expr};

use crate::dialect::aggregates::intervals;
use crate::dialect::arrays;
use crate::dialect::moments::intervals::length;
use crate::dialect::numbers::maths;

/// The comparison as PostgreSQL means it; any other expression as it is.
pub fn meant(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    Ok(match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if is_comparison(op) => {
            if is_interval(&left, schema) && is_interval(&right, schema) {
                Transformed::yes(binary_expr(length(*left), op, length(*right)))
            } else if is_order(op) && is_list(&left, schema) && is_list(&right, schema) {
                Transformed::yes(arrays::compared(*left, op, *right))
            } else {
                Transformed::no(Expr::BinaryExpr(BinaryExpr { left, op, right }))
            }
        }
        Expr::Between(Between { expr, negated, low, high })
            if [&expr, &low, &high].iter().all(|operand| is_interval(operand, schema)) =>
        {
            let [expr, low, high] = [expr, low, high].map(|operand| Box::new(length(*operand)));
            Transformed::yes(Expr::Between(Between::new(expr, negated, low, high)))
        }
        Expr::InList(InList { expr, list, negated }) if is_interval(&expr, schema) => {
            let list = list.into_iter().map(length).collect();
            Transformed::yes(Expr::InList(InList { expr: Box::new(length(*expr)), list, negated }))
        }
        Expr::ScalarFunction(call) => match call.name() {
            "greatest" | "least" if call.args.iter().all(|argument| is_interval(argument, schema)) => {
                Transformed::yes(intervals::extreme_of(call.name(), call.args.clone()))
            }
            "make_array" => Transformed::no(Expr::ScalarFunction(arrays::rectangular(call)?)),
            "signum" if call.args.iter().all(|argument| is_double(argument, schema)) => {
                Transformed::yes(maths::call("dsign", call.args)?)
            }
            _ => Transformed::no(Expr::ScalarFunction(call)),
        },
        Expr::WindowFunction(mut call) => {
            let mut changed = false;
            for key in &mut call.params.order_by {
                let ordered = ordered(std::mem::take(&mut key.expr), schema);
                changed |= ordered.transformed;
                key.expr = ordered.data;
            }
            Transformed::new_transformed(Expr::WindowFunction(call), changed)
        }
        other => Transformed::no(other),
    })
}

/// Keys of an order, of which intervals go by their length.
pub fn ordered(expr: Expr, schema: &DFSchema) -> Transformed<Expr> {
    if is_interval(&expr, schema) { Transformed::yes(length(expr)) } else { Transformed::no(expr) }
}

fn is_order(op: Operator) -> bool {
    matches!(op, Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq)
}

/// Whether the operator compares, also NULLs.
pub fn is_comparison(op: Operator) -> bool {
    is_order(op) || matches!(op, Operator::Eq | Operator::NotEq | Operator::IsDistinctFrom | Operator::IsNotDistinctFrom)
}

fn is_interval(expr: &Expr, schema: &DFSchema) -> bool {
    matches!(expr.get_type(schema), Ok(DataType::Interval(_)))
}

fn is_list(expr: &Expr, schema: &DFSchema) -> bool {
    matches!(expr.get_type(schema), Ok(DataType::List(_)))
}

/// What the function of `double precision` takes; exact numbers have one of their own.
fn is_double(expr: &Expr, schema: &DFSchema) -> bool {
    expr.get_type(schema).is_ok_and(|data_type| data_type.is_floating() || data_type.is_integer())
}
