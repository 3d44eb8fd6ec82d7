//! Long chains of sums and products, `a + b - c + …`: what is asked of an operator's types is asked of all below it, which for a
//! thousand operands are a million questions. Here a chain is followed from its first operand, with the type of what is done so far.

use datafusion::arrow::datatypes::FieldRef;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr::Placeholder;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator, binary_expr};

/// Operators from which on a chain is long.
const LONG: usize = 16;

/// Stands for what is done of a chain.
const DONE: &str = "$done";

/// Whether the expression is the end of a long chain.
pub fn is_long(expr: &Expr) -> bool {
    let (mut length, mut expr) = (0, expr);
    while let Expr::BinaryExpr(BinaryExpr { left, op: Operator::Plus | Operator::Minus | Operator::Multiply, .. }) = expr {
        (length, expr) = (length + 1, left);
        if length >= LONG {
            return true;
        }
    }
    false
}

/// The chain with its operands changed by `operand`, and each of its operators by `operator`.
pub fn followed(
    expr: Expr,
    schema: &DFSchema,
    operand: impl Fn(Expr) -> Result<Transformed<Expr>>,
    operator: impl Fn(Expr) -> Result<Transformed<Expr>>,
) -> Result<Transformed<Expr>> {
    let (mut rest, mut first) = (vec![], expr);
    loop {
        match first {
            Expr::BinaryExpr(BinaryExpr { left, op: op @ (Operator::Plus | Operator::Minus | Operator::Multiply), right }) => {
                rest.push((op, *right));
                first = *left;
            }
            other => {
                first = other;
                break;
            }
        }
    }
    let mut done = operand(first)?.data;
    let (_, mut field) = done.to_field(schema)?;
    for (op, right) in rest.into_iter().rev() {
        let step = operator(binary_expr(stand_in(&field), op, operand(right)?.data))?.data;
        (_, field) = step.to_field(schema)?;
        done = filled(step, done)?;
    }
    Ok(Transformed::yes(done))
}

fn stand_in(field: &FieldRef) -> Expr {
    Expr::Placeholder(Placeholder::new_with_field(DONE.to_owned(), Some(FieldRef::clone(field))))
}

/// The step with what is done in its place.
fn filled(step: Expr, done: Expr) -> Result<Expr> {
    let mut done = Some(done);
    let step = step.transform_down(|expr| match &expr {
        Expr::Placeholder(Placeholder { id, .. }) if id == DONE => match done.take() {
            Some(done) => Ok(Transformed::new(done, true, TreeNodeRecursion::Stop)),
            None => internal_err!("an operand stands twice in a chain"),
        },
        _ => Ok(Transformed::no(expr)),
    })?;
    Ok(step.data)
}
