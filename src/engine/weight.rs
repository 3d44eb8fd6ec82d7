//! What a plan would cost the optimiser, and a refusal before it pays.
//!
//! The text of a statement bounds neither: views and WITH stand for other queries, nested queries are merged into one expression,
//! and some functions are planned with copies of their arguments.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, LogicalPlan, Operator};

use crate::error::{Error, SqlState};

/// Deepest plan, with the expressions on the way: what the stack of a thread bears.
const DEPTH_MAX: usize = 6_000;
/// Steps of a plan, with those of views and of WITH for each time that they are named.
const STEPS_MAX: usize = 100_000;
/// Further copies of expressions. `coalesce(a, b)` becomes `CASE WHEN a IS NOT NULL THEN a ELSE b END`, so that each such call
/// inside another doubles them.
const COPIES_MAX: usize = 30_000;
/// What a literal may take in one batch of rows, in bytes.
const COPIED_BYTES_MAX: usize = 256 << 20;
/// Sub-queries inside expressions of sub-queries: each level is checked anew by all levels above it.
const SUBQUERIES_MAX: usize = 14;
/// So often the dialect writes the sub-query of an IN that is not in WHERE.
const COPIES_OF_TESTED: usize = 3;

/// Refuses a plan that is too deep or too large: 54001.
pub fn check(plan: &LogicalPlan) -> Result<(), DataFusionError> {
    Weight { steps: 0, copies: 0 }.plan(plan, 0, 0)
}

/// Refuses a plan that copies a long literal into the rows of a batch: 54000. A literal that rows are compared with is not copied.
pub fn check_literals(plan: &LogicalPlan, batch_rows: usize) -> Result<(), DataFusionError> {
    plan.apply_with_subqueries(|node| {
        if matches!(node, LogicalPlan::Values(_)) {
            return Ok(TreeNodeRecursion::Continue);
        }
        let rows = node.inputs().iter().map(|input| input.max_rows().unwrap_or(batch_rows)).max().unwrap_or(1).min(batch_rows);
        node.apply_expressions(|expr| {
            expr.apply(|expr| match expr {
                Expr::BinaryExpr(operation) if operation.op != Operator::StringConcat => {
                    Ok(no_literals(&operation.left, &operation.right))
                }
                Expr::Like(_) | Expr::SimilarTo(_) | Expr::InList(_) => Ok(TreeNodeRecursion::Jump),
                Expr::Literal(value, _) if value.size().saturating_mul(rows) > COPIED_BYTES_MAX => {
                    let message = format!("a literal of {} KB in each of many rows is too long", value.size() >> 10);
                    Err(Error::new(SqlState("54000"), message).into())
                }
                _ => Ok(TreeNodeRecursion::Continue),
            })
        })
    })?;
    Ok(())
}

/// The sides of a comparison are looked at where neither is a literal.
fn no_literals(left: &Expr, right: &Expr) -> TreeNodeRecursion {
    let is_literal = |expr: &Expr| matches!(expr, Expr::Literal(..));
    if is_literal(left) || is_literal(right) { TreeNodeRecursion::Jump } else { TreeNodeRecursion::Continue }
}

struct Weight {
    steps: usize,
    copies: usize,
}

impl Weight {
    fn plan(&mut self, plan: &LogicalPlan, above: usize, subqueries: usize) -> Result<(), DataFusionError> {
        self.steps += 1;
        refuse_if(self.steps > STEPS_MAX, "it has too many steps")?;
        refuse_if(subqueries > SUBQUERIES_MAX, "sub-queries are nested too deeply")?;
        let mut deepest = 0;
        let tests = if matches!(plan, LogicalPlan::Filter(_)) { 1 } else { COPIES_OF_TESTED };
        plan.apply_expressions(|expr| {
            deepest = deepest.max(self.expression(expr, above, subqueries, tests)?);
            Ok(TreeNodeRecursion::Continue)
        })?;
        let below = above + deepest + 1;
        refuse_if(below > DEPTH_MAX, "it is too deep")?;
        if let LogicalPlan::TableScan(scan) = plan
            && let Some(view) = scan.source.get_logical_plan()
        {
            self.plan(&view, below, subqueries)?;
        }
        plan.inputs().into_iter().try_for_each(|input| self.plan(input, below, subqueries))
    }

    /// The depth of an expression, in which a sub-query of IN counts so many times.
    fn expression(&mut self, expr: &Expr, above: usize, subqueries: usize, tests: usize) -> Result<usize, DataFusionError> {
        let mut deepest = 0;
        let mut waiting = vec![(expr, 1, 1_usize)];
        while let Some((expr, depth, copies)) = waiting.pop() {
            deepest = deepest.max(depth);
            // One call or CASE around many operands costs no more than they do; calls around calls do.
            self.copies += copies.saturating_sub(2);
            refuse_if(self.copies > COPIES_MAX, "calls of coalesce or conditions of CASE are nested too deeply")?;
            match expr {
                Expr::ScalarSubquery(query) => self.plan(&query.subquery, above + depth, subqueries + 1)?,
                Expr::Exists(exists) => self.plan(&exists.subquery.subquery, above + depth, subqueries + 1)?,
                Expr::InSubquery(within) => {
                    (0..tests).try_for_each(|_| self.plan(&within.subquery.subquery, above + depth, subqueries + 1))?;
                }
                _ => {}
            }
            let mut child = 0;
            expr.apply_children(|operand| {
                waiting.push((operand, depth + 1, copies.saturating_mul(copied(expr, child))));
                child += 1;
                Ok(TreeNodeRecursion::Continue)
            })?;
        }
        Ok(deepest)
    }
}

/// How often the optimiser writes one operand of an expression.
fn copied(expr: &Expr, child: usize) -> usize {
    match expr {
        Expr::ScalarFunction(call) if ["coalesce", "nvl", "nvl2"].contains(&call.name()) && child + 1 < call.args.len() => 2,
        Expr::Case(case) => {
            let first = usize::from(case.expr.is_some());
            let is_condition =
                child >= first && child < first + 2 * case.when_then_expr.len() && (child - first).is_multiple_of(2);
            if is_condition { 2 } else { 1 }
        }
        Expr::Between(_) if child == 0 => 2,
        Expr::InList(list) if child == 0 && list.list.len() <= 3 => list.list.len().max(1),
        _ => 1,
    }
}

fn refuse_if(too_much: bool, why: &str) -> Result<(), DataFusionError> {
    if !too_much {
        return Ok(());
    }
    let error = Error::new(SqlState::STATEMENT_TOO_COMPLEX, format!("the statement is too complex: {why}"));
    Err(DataFusionError::External(Box::new(error.hint("Keep a part of it with CREATE TEMP TABLE … AS SELECT"))))
}
