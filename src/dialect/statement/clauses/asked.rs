//! Rows that are compared with those of a sub-query, `(a, b) = (SELECT c, d …)`, `(a, b) IN (SELECT …)`, `(a, b) < ANY (SELECT …)`, and
//! patterns that come from one, `a LIKE ANY (SELECT …)`: of the rows of a sub-query it is counted for how many the comparison is true, and
//! for how many it is not known.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, Ident, Query, Select, SelectItem, SetExpr, TableAliasColumnDef, TableFactor, TableWithJoins,
    UnaryOperator, Value, Visit, Visitor,
};

use crate::catalog::pg::array_from_text;
use crate::catalog::pg::build::{arguments, boolean, call, derived, function_name, is_aggregate, number, select};
use crate::error::{Error, Result, SqlState};

/// # Errors
/// 42601 for sub-queries with more or fewer columns than the row, 0A000 for rows of aggregates and of other sub-queries.
pub fn compared(expr: &mut Expr) -> Result<()> {
    rows_as_lists(expr);
    let replaced = match expr {
        Expr::BinaryOp { left, op, right } => match (left.as_ref(), right.as_ref()) {
            (Expr::Tuple(members), Expr::Subquery(query)) => one(members, op, query)?,
            _ => None,
        },
        Expr::InSubquery { expr: row, subquery, negated } => match row.as_ref() {
            Expr::Tuple(members) if members.len() > 1 => {
                let found = any(members, &BinaryOperator::Eq, subquery)?;
                Some(if *negated { not(found) } else { found })
            }
            _ => None,
        },
        Expr::AnyOp { left, compare_op, right, .. } => match rows_of(left, compare_op, right) {
            Some((members, query)) => Some(any(&members, compare_op, &query)?),
            None => None,
        },
        Expr::AllOp { left, compare_op, right } => match rows_of(left, compare_op, right) {
            Some((members, query)) => match opposite(compare_op) {
                Some(op) => Some(not(any(&members, &op, &query)?)),
                None => None,
            },
            None => None,
        },
        _ => None,
    };
    if let Some(replaced) = replaced {
        *expr = replaced;
    }
    Ok(())
}

/// `ROW(a, b)`, where it is compared, is `(a, b)`.
fn rows_as_lists(expr: &mut Expr) {
    let list = |expr: &mut Expr| {
        if let Expr::Function(row) = expr
            && function_name(row) == "row"
            && arguments(row).len() > 1
        {
            *expr = Expr::Tuple(arguments(row).into_iter().cloned().collect());
        }
    };
    let is_row = |expr: &Expr| match expr {
        Expr::Function(function) => function_name(function) == "row",
        Expr::Tuple(_) | Expr::Subquery(_) => true,
        _ => false,
    };
    match expr {
        Expr::BinaryOp { left, right, .. } | Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right)
            if is_row(left) && is_row(right) =>
        {
            list(left);
            list(right);
        }
        Expr::InSubquery { expr, .. } => list(expr),
        Expr::AnyOp { left, right, .. } | Expr::AllOp { left, right, .. } if is_row(right) => list(left),
        Expr::InList { expr, list: rows, .. } if is_row(expr) && rows.iter().all(is_row) => {
            list(expr);
            rows.iter_mut().for_each(list);
        }
        _ => {}
    }
}

/// The members of a row and the sub-query that gives others, or a value and that of patterns.
fn rows_of(left: &Expr, op: &BinaryOperator, right: &Expr) -> Option<(Vec<Expr>, Query)> {
    let right = match right {
        Expr::Nested(inner) => inner,
        other => other,
    };
    match (left, right) {
        (Expr::Tuple(members), Expr::Subquery(query)) if members.len() > 1 => Some((members.clone(), query.as_ref().clone())),
        (value, Expr::Subquery(query)) if is_pattern(op) => Some((vec![value.clone()], query.as_ref().clone())),
        // Of an array that is written as one, each element has an operator of its own.
        (_, Expr::Array(_)) => None,
        (value, array) if is_pattern(op) && array_from_text(array).is_none() => {
            let item = SelectItem::UnnamedExpr(call("unnest", vec![array.clone()]));
            Some((vec![value.clone()], select(vec![item], vec![])))
        }
        _ => None,
    }
}

fn is_pattern(op: &BinaryOperator) -> bool {
    use BinaryOperator::{
        PGILikeMatch, PGLikeMatch, PGNotILikeMatch, PGNotLikeMatch, PGRegexIMatch, PGRegexMatch, PGRegexNotIMatch,
        PGRegexNotMatch,
    };
    matches!(op, PGILikeMatch | PGLikeMatch | PGNotILikeMatch | PGNotLikeMatch)
        || matches!(op, PGRegexIMatch | PGRegexMatch | PGRegexNotIMatch | PGRegexNotMatch)
}

/// The operator that is true where this one is false.
fn opposite(op: &BinaryOperator) -> Option<BinaryOperator> {
    use BinaryOperator::{
        Eq, Gt, GtEq, Lt, LtEq, NotEq, PGILikeMatch, PGLikeMatch, PGNotILikeMatch, PGNotLikeMatch, PGRegexIMatch, PGRegexMatch,
        PGRegexNotIMatch, PGRegexNotMatch,
    };
    let pairs = [
        (Eq, NotEq),
        (Lt, GtEq),
        (Gt, LtEq),
        (PGLikeMatch, PGNotLikeMatch),
        (PGILikeMatch, PGNotILikeMatch),
        (PGRegexMatch, PGRegexNotMatch),
        (PGRegexIMatch, PGRegexNotIMatch),
    ];
    pairs.into_iter().find_map(|(one, other)| match op {
        op if *op == one => Some(other),
        op if *op == other => Some(one),
        _ => None,
    })
}

/// A row compared with the only one of a sub-query.
fn one(members: &[Expr], op: &BinaryOperator, query: &Query) -> Result<Option<Expr>> {
    if members.len() < 2 || is_pattern(op) || opposite(op).is_none() {
        return Ok(None);
    }
    let (condition, relation) = against(members, op, query)?;
    Ok(Some(asked(condition, relation)))
}

/// Whether a comparison with any row of a sub-query holds.
fn any(members: &[Expr], op: &BinaryOperator, query: &Query) -> Result<Expr> {
    let (condition, relation) = against(members, op, query)?;
    let condition = Expr::Nested(Box::new(condition));
    let some = |condition: Expr| {
        let counted = call("count", vec![case(vec![(condition, number(1))], None)]);
        binary(counted, BinaryOperator::Gt, number(0))
    };
    let null = Expr::Value(Value::Null.with_empty_span());
    let decided = case(
        vec![(some(condition.clone()), boolean(true)), (some(Expr::IsNull(Box::new(condition))), null)],
        Some(Box::new(boolean(false))),
    );
    Ok(asked(decided, relation))
}

/// The comparison with a row of a sub-query, and the sub-query as a table.
fn against(members: &[Expr], op: &BinaryOperator, query: &Query) -> Result<(Expr, TableFactor)> {
    of_one_length(members.len(), query)?;
    // Within the sub-query an aggregate would be one of its rows.
    if members.iter().any(|member| member.visit(&mut Elsewhere).is_break()) {
        let error = Error::unsupported("aggregates and sub-queries are not compared with the rows of a sub-query");
        return Err(error.hint("Compute them in a sub-query of FROM"));
    }
    let names: Vec<Ident> = (1..=members.len()).map(|number| Ident::new(format!("__member_{number}"))).collect();
    let mut relation = derived(query.clone(), Ident::new("__rows"));
    if let TableFactor::Derived { alias: Some(alias), .. } = &mut relation {
        alias.columns = names.iter().map(|name| TableAliasColumnDef { name: name.clone(), data_type: None }).collect();
    }
    let others = names.into_iter().map(Expr::Identifier).collect::<Vec<_>>();
    let condition = match (members, others.as_slice()) {
        ([value], [other]) => binary(value.clone(), op.clone(), other.clone()),
        _ => binary(Expr::Tuple(members.to_vec()), op.clone(), Expr::Tuple(others)),
    };
    Ok((condition, relation))
}

/// A sub-query has as many columns as what it is compared with, as far as they are written.
fn of_one_length(members: usize, query: &Query) -> Result<()> {
    let Some(columns) = columns(&query.body) else { return Ok(()) };
    match members.cmp(&columns) {
        std::cmp::Ordering::Greater => Err(Error::new(SqlState::SYNTAX_ERROR, "subquery has too few columns")),
        std::cmp::Ordering::Less => Err(Error::new(SqlState::SYNTAX_ERROR, "subquery has too many columns")),
        std::cmp::Ordering::Equal => Ok(()),
    }
}

fn columns(body: &SetExpr) -> Option<usize> {
    let is_one = |item: &SelectItem| matches!(item, SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. });
    match body {
        SetExpr::Select(select) => {
            let Select { projection, .. } = select.as_ref();
            projection.iter().all(is_one).then_some(projection.len())
        }
        SetExpr::SetOperation { left, .. } => columns(left),
        SetExpr::Query(query) => columns(&query.body),
        SetExpr::Values(values) => values.rows.first().map(|row| row.content.len()),
        _ => None,
    }
}

/// Looks for what is not to be computed within another query.
struct Elsewhere;

impl Visitor for Elsewhere {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        ControlFlow::Break(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Function(function) if function.over.is_some() || is_aggregate(&function_name(function)) => {
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        }
    }
}

/// `(SELECT value FROM relation)`.
fn asked(value: Expr, relation: TableFactor) -> Expr {
    let item = SelectItem::ExprWithAlias { expr: value, alias: Ident::new("__holds") };
    Expr::Subquery(Box::new(select(vec![item], vec![TableWithJoins { relation, joins: vec![] }])))
}

fn not(expr: Expr) -> Expr {
    Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(expr) }
}

fn case(branches: Vec<(Expr, Expr)>, otherwise: Option<Box<Expr>>) -> Expr {
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: branches.into_iter().map(|(condition, result)| CaseWhen { condition, result }).collect(),
        else_result: otherwise,
    }
}

fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }
}
