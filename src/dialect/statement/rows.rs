//! Comparisons of rows, `(a, b) < (c, d)` and `(a, b) IN ((1, 2), (3, 4))`, as comparisons of their members: that is how the standard
//! defines them, NULLs included (PostgreSQL's manual, 9.24.5).

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, UnaryOperator};

use crate::catalog::pg::build::{arguments, function_name};

/// The comparison member by member; `None` if the expression is no comparison of rows of one length.
pub fn compared(expression: &Expr) -> Option<Expr> {
    match expression {
        Expr::BinaryOp { left, op, right } => pair(left, op, right),
        Expr::IsNull(row) => tested(row, Expr::IsNull),
        Expr::IsNotNull(row) => tested(row, Expr::IsNotNull),
        Expr::IsDistinctFrom(left, right) => {
            let (left, right) = members(left, right)?;
            let distinct = |(left, right): (&Expr, &Expr)| Expr::IsDistinctFrom(Box::new(left.clone()), Box::new(right.clone()));
            joined(left.iter().zip(right).map(distinct).collect(), &BinaryOperator::Or)
        }
        Expr::IsNotDistinctFrom(left, right) => {
            let (left, right) = members(left, right)?;
            let same = |(left, right): (&Expr, &Expr)| Expr::IsNotDistinctFrom(Box::new(left.clone()), Box::new(right.clone()));
            joined(left.iter().zip(right).map(same).collect(), &BinaryOperator::And)
        }
        Expr::InList { expr, list, negated } => {
            let each = list.iter().map(|row| pair(expr, &BinaryOperator::Eq, row)).collect::<Option<Vec<_>>>()?;
            let found = joined(each, &BinaryOperator::Or)?;
            Some(if *negated { Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(found) } } else { found })
        }
        _ => None,
    }
}

/// A row is NULL if all its members are, and not NULL if none is.
fn tested(row: &Expr, test: impl Fn(Box<Expr>) -> Expr) -> Option<Expr> {
    match row {
        Expr::Nested(inner) => tested(inner, test),
        Expr::Tuple(members) => {
            joined(members.iter().map(|member| test(Box::new(member.clone()))).collect(), &BinaryOperator::And)
        }
        Expr::Function(row) if function_name(row) == "row" => {
            joined(arguments(row).into_iter().map(|member| test(Box::new(member.clone()))).collect(), &BinaryOperator::And)
        }
        _ => None,
    }
}

fn pair(left: &Expr, operator: &BinaryOperator, right: &Expr) -> Option<Expr> {
    let (left, right) = members(left, right)?;
    let each = |operator: &BinaryOperator| left.iter().zip(right).map(|(left, right)| binary(left, operator, right)).collect();
    match operator {
        BinaryOperator::Eq => joined(each(&BinaryOperator::Eq), &BinaryOperator::And),
        BinaryOperator::NotEq => joined(each(&BinaryOperator::NotEq), &BinaryOperator::Or),
        BinaryOperator::Lt | BinaryOperator::LtEq => ordered(left, &BinaryOperator::Lt, operator, right),
        BinaryOperator::Gt | BinaryOperator::GtEq => ordered(left, &BinaryOperator::Gt, operator, right),
        _ => None,
    }
}

/// The first members that differ decide, and the last pair if none before does.
fn ordered(left: &[Expr], strict: &BinaryOperator, last: &BinaryOperator, right: &[Expr]) -> Option<Expr> {
    let mut pairs = left.iter().zip(right).rev();
    let (least_left, least_right) = pairs.next()?;
    let least = binary(least_left, last, least_right);
    Some(pairs.fold(least, |below, (left, right)| {
        let same = Expr::Nested(Box::new(binary(left, &BinaryOperator::Eq, right)));
        let tied = Expr::Nested(Box::new(binary(&same, &BinaryOperator::And, &Expr::Nested(Box::new(below)))));
        binary(&binary(left, strict, right), &BinaryOperator::Or, &tied)
    }))
    .map(|expr| Expr::Nested(Box::new(expr)))
}

fn members<'a>(left: &'a Expr, right: &'a Expr) -> Option<(&'a [Expr], &'a [Expr])> {
    match (left, right) {
        (Expr::Tuple(left), Expr::Tuple(right)) if left.len() == right.len() && left.len() > 1 => Some((left, right)),
        _ => None,
    }
}

fn binary(left: &Expr, op: &BinaryOperator, right: &Expr) -> Expr {
    Expr::BinaryOp { left: Box::new(left.clone()), op: op.clone(), right: Box::new(right.clone()) }
}

/// All of them with one operator between, as a tree that is no deeper than it must be.
fn joined(mut each: Vec<Expr>, operator: &BinaryOperator) -> Option<Expr> {
    match each.len() {
        0 => None,
        1 => each.pop().map(|expr| Expr::Nested(Box::new(expr))),
        many => {
            let right = joined(each.split_off(many / 2), operator)?;
            Some(Expr::Nested(Box::new(binary(&joined(each, operator)?, operator, &right))))
        }
    }
}
