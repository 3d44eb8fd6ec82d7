//! Long chains of AND and of OR as balanced trees: `((a OR b) OR c) OR d` becomes `(a OR b) OR (c OR d)`.
//!
//! It means the same, in the same order. The planner finds the type of each node by walking to its leaves, and so takes time that
//! grows with the square of a chain's length. Chains of arithmetic stay: in a computer `(a + b) + c` is not `a + (b + c)`.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, Statement, Value, VisitMut, VisitorMut};

/// Shorter chains stay as they are written.
const OPERANDS_MIN: usize = 32;

/// Balances the chains of a statement.
pub fn balance(statement: &mut Statement) {
    let _ = statement.visit(&mut Chains);
}

struct Chains;

impl VisitorMut for Chains {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::BinaryOp { op: op @ (BinaryOperator::And | BinaryOperator::Or), .. } = expr {
            let op = op.clone();
            if is_long(expr, &op) {
                let chain = std::mem::replace(expr, Expr::Value(Value::Null.with_empty_span()));
                let operands = operands(chain, &op);
                let count = operands.len();
                if let Some(balanced) = tree(&mut operands.into_iter(), count, &op) {
                    *expr = balanced;
                }
            }
        }
        ControlFlow::Continue(())
    }
}

fn is_long(mut expr: &Expr, chained: &BinaryOperator) -> bool {
    for _ in 1..OPERANDS_MIN {
        match expr {
            Expr::BinaryOp { left, op, .. } if op == chained => expr = left,
            _ => return false,
        }
    }
    true
}

fn operands(mut expr: Expr, chained: &BinaryOperator) -> Vec<Expr> {
    let mut operands = vec![];
    loop {
        match expr {
            Expr::BinaryOp { left, op, right } if op == *chained => {
                operands.push(*right);
                expr = *left;
            }
            first => {
                operands.push(first);
                operands.reverse();
                return operands;
            }
        }
    }
}

fn tree(operands: &mut impl Iterator<Item = Expr>, count: usize, op: &BinaryOperator) -> Option<Expr> {
    if count < 2 {
        return operands.next();
    }
    let (left, right) = (tree(operands, count / 2, op)?, tree(operands, count - count / 2, op)?);
    Some(Expr::BinaryOp { left: Box::new(left), op: op.clone(), right: Box::new(right) })
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
    use datafusion::sql::sqlparser::parser::Parser;

    use super::*;

    #[test]
    fn a_long_chain_keeps_its_order_and_loses_its_depth() {
        let sql = format!("SELECT 0{}", (1..1000).map(|i| format!(" OR {i} AND true")).collect::<String>());
        let mut statement = Parser::parse_sql(&PostgreSqlDialect {}, &sql).unwrap().remove(0);
        balance(&mut statement);
        assert_eq!(statement.to_string(), sql);
        struct Depth(usize, usize);
        impl VisitorMut for Depth {
            type Break = ();
            fn pre_visit_expr(&mut self, _: &mut Expr) -> ControlFlow<()> {
                self.0 += 1;
                self.1 = self.1.max(self.0);
                ControlFlow::Continue(())
            }
            fn post_visit_expr(&mut self, _: &mut Expr) -> ControlFlow<()> {
                self.0 -= 1;
                ControlFlow::Continue(())
            }
        }
        let mut depth = Depth(0, 0);
        let _ = statement.visit(&mut depth);
        assert!(depth.1 <= 13, "{}", depth.1);
    }
}
