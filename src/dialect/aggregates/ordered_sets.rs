//! Aggregates of ordered sets, `percentile_disc(0.5) WITHIN GROUP (ORDER BY x)` and its like: functions of the sorted array of values. And
//! hypothetical rows, `rank(5) WITHIN GROUP (ORDER BY x)`: counts of the rows before them.

use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArgumentList, FunctionArguments, OrderByExpr, OrderByOptions,
};

use crate::catalog::pg::build::{arguments, call, cast, function_name, number};

/// The expression in the planner's words; `None` for all other functions.
pub fn planned(function: &Function) -> Option<Expr> {
    let name = function_name(function);
    match name.as_str() {
        "variance" => return Some(renamed(function, "var_samp")),
        "regr_r2" => return Some(determination(function)),
        "array_agg" | "string_agg" => return sorted_distinct(function),
        _ => {}
    }
    let [key] = function.within_group.as_slice() else { return None };
    if function.over.is_some() {
        return None;
    }
    let given: Vec<Expr> = arguments(function).into_iter().cloned().collect();
    let filter = function.filter.as_deref();
    Some(match (name.as_str(), given.as_slice()) {
        ("percentile_cont", [fraction]) if is_number(fraction) => return None,
        ("percentile_disc" | "percentile_cont", [fraction]) => {
            call(&format!("{name}_of"), vec![sorted(key, filter), fraction.clone()])
        }
        ("mode", []) => call("mode_of", vec![sorted(key, filter)]),
        ("rank", [row]) => plus_one(rows_before(key, row, filter)),
        ("dense_rank", [row]) => plus_one(values_before(key, row, filter)),
        ("percent_rank", [row]) => {
            let of = call("nullif", vec![counted(None, filter), number(0)]);
            let part = divided(rows_before(key, row, filter), of);
            call("coalesce", vec![part, cast(number(0), "float8")])
        }
        ("cume_dist", [row]) => divided(plus_one(counted(Some(before(key, row, true)), filter)), plus_one(counted(None, filter))),
        _ => return None,
    })
}

/// Different values are found by sorting them, and come in that order.
fn sorted_distinct(function: &Function) -> Option<Expr> {
    let mut function = function.clone();
    let FunctionArguments::List(list) = &mut function.args else { return None };
    let is_sorted = list.clauses.iter().any(|clause| matches!(clause, FunctionArgumentClause::OrderBy(_)));
    if list.duplicate_treatment != Some(DuplicateTreatment::Distinct) || is_sorted || function.over.is_some() {
        return None;
    }
    let FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) = list.args.first()? else { return None };
    let options = OrderByOptions { asc: None, nulls_first: None };
    let key = OrderByExpr { expr: value.clone(), options, with_fill: None };
    list.clauses.push(FunctionArgumentClause::OrderBy(vec![key]));
    Some(Expr::Function(function))
}

fn renamed(function: &Function, name: &str) -> Expr {
    let mut function = function.clone();
    if let Expr::Function(Function { name: named, .. }) = call(name, vec![]) {
        function.name = named;
    }
    Expr::Function(function)
}

/// Of equal values every line explains all: PostgreSQL gives 1 where the engine gives NULL.
fn determination(function: &Function) -> Expr {
    let is_zero = binary(renamed(function, "regr_syy"), BinaryOperator::Eq, number(0));
    let varies = binary(renamed(function, "regr_sxx"), BinaryOperator::Gt, number(0));
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: vec![CaseWhen { condition: binary(is_zero, BinaryOperator::And, varies), result: cast(number(1), "float8") }],
        else_result: Some(Box::new(Expr::Function(function.clone()))),
    }
}

/// A fraction that the engine's own function takes.
fn is_number(expression: &Expr) -> bool {
    let digits = expression.to_string();
    digits.parse::<f64>().is_ok_and(|fraction| (0.0..=1.0).contains(&fraction))
}

fn nested(expression: Expr) -> Expr {
    Expr::Nested(Box::new(expression))
}

fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    nested(Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) })
}

fn plus_one(count: Expr) -> Expr {
    binary(count, BinaryOperator::Plus, number(1))
}

fn divided(count: Expr, of: Expr) -> Expr {
    binary(cast(count, "float8"), BinaryOperator::Divide, cast(of, "float8"))
}

fn is_descending(key: &OrderByExpr) -> bool {
    key.options.asc == Some(false)
}

/// All values in order, without NULLs.
fn sorted(key: &OrderByExpr, filter: Option<&Expr>) -> Expr {
    let known = Expr::IsNotNull(Box::new(key.expr.clone()));
    let mut aggregate = call("array_agg", vec![key.expr.clone()]);
    if let Expr::Function(function) = &mut aggregate {
        if let FunctionArguments::List(FunctionArgumentList { clauses, .. }) = &mut function.args {
            clauses.push(FunctionArgumentClause::OrderBy(vec![key.clone()]));
        }
        function.filter = Some(Box::new(both(Some(known), filter)));
    }
    aggregate
}

fn both(one: Option<Expr>, other: Option<&Expr>) -> Expr {
    match (one, other.cloned()) {
        (Some(one), Some(other)) => binary(nested(one), BinaryOperator::And, nested(other)),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => crate::catalog::pg::build::boolean(true),
    }
}

/// Whether a row comes before the hypothetical one, or beside it.
fn before(key: &OrderByExpr, row: &Expr, beside: bool) -> Expr {
    let operator = match (is_descending(key), beside) {
        (false, false) => BinaryOperator::Lt,
        (false, true) => BinaryOperator::LtEq,
        (true, false) => BinaryOperator::Gt,
        (true, true) => BinaryOperator::GtEq,
    };
    let comes = binary(nested(key.expr.clone()), operator, nested(row.clone()));
    match key.options.nulls_first.unwrap_or(is_descending(key)) {
        true => binary(comes, BinaryOperator::Or, Expr::IsNull(Box::new(nested(key.expr.clone())))),
        false => comes,
    }
}

/// `count(*) FILTER (WHERE condition)`.
fn counted(condition: Option<Expr>, filter: Option<&Expr>) -> Expr {
    let mut count = call("count", vec![number(1)]);
    if let Expr::Function(function) = &mut count {
        function.filter = Some(Box::new(both(condition, filter)));
    }
    count
}

fn rows_before(key: &OrderByExpr, row: &Expr, filter: Option<&Expr>) -> Expr {
    counted(Some(before(key, row, false)), filter)
}

/// NULLs, where they come first, are one value.
fn values_before(key: &OrderByExpr, row: &Expr, filter: Option<&Expr>) -> Expr {
    let mut count = call("count", vec![key.expr.clone()]);
    if let Expr::Function(function) = &mut count {
        if let FunctionArguments::List(list) = &mut function.args {
            list.duplicate_treatment = Some(DuplicateTreatment::Distinct);
            list.args = vec![FunctionArg::Unnamed(FunctionArgExpr::Expr(key.expr.clone()))];
        }
        function.filter = Some(Box::new(both(Some(before(key, row, false)), filter)));
    }
    match key.options.nulls_first.unwrap_or(is_descending(key)) {
        true => {
            let nulls = counted(Some(Expr::IsNull(Box::new(nested(key.expr.clone())))), filter);
            binary(count, BinaryOperator::Plus, call("least", vec![nulls, cast(number(1), "int8")]))
        }
        false => count,
    }
}
