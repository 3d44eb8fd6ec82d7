//! Whole numbers in a statement: `integer` where they fit, `bigint` where they do not. The planner makes every one a `bigint`.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    CastKind, DataType, Expr, FunctionArg, FunctionArgExpr, GroupByExpr, LimitClause, NamedWindowDefinition, NamedWindowExpr,
    OrderByKind, Query, Select, Statement, TableFactor, UnaryOperator, Value, VisitMut, VisitorMut, WindowFrameBound, WindowSpec,
    WindowType,
};

use crate::catalog::pg::build;

/// Gives the whole numbers of a statement their type. Where a number is a place in a list, a count of rows or an argument of a table
/// function, it stays a mere number.
pub fn typed(statement: &mut Statement) {
    let _ = statement.visit(&mut Integers);
}

struct Integers;

impl VisitorMut for Integers {
    type Break = ();

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        match expression {
            Expr::Value(_) if digits(expression).is_some_and(|digits| digits.parse::<i32>().is_ok()) => {
                *expression = integer(std::mem::replace(expression, build::number(0)));
            }
            // The type that a cast asks for is read from the number itself.
            Expr::Cast { expr, .. } => plain(expr),
            Expr::Tuple(members) => members.iter_mut().for_each(plain),
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => {
                plain(expr);
                // Of two signs nothing is left.
                if let Expr::UnaryOp { op: UnaryOperator::Minus, expr: inner } = expr.as_ref()
                    && let Some(digits) = digits(inner)
                {
                    let is_integer = digits.parse::<i32>().is_ok();
                    let number = inner.as_ref().clone();
                    *expression = if is_integer { integer(number) } else { number };
                    return ControlFlow::Continue(());
                }
                // The sign belongs to the number: the least integer has no opposite.
                if digits(expr).is_some_and(|digits| format!("-{digits}").parse::<i32>().is_ok()) {
                    *expression = integer(std::mem::replace(expression, build::number(0)));
                }
            }
            Expr::Interval(interval) => plain(&mut interval.value),
            Expr::Function(function) => {
                if let Some(WindowType::WindowSpec(window)) = &mut function.over {
                    plain_frame(window);
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        if let Some(order) = &mut query.order_by
            && let OrderByKind::Expressions(keys) = &mut order.kind
        {
            keys.iter_mut().for_each(|key| plain(&mut key.expr));
        }
        if let Some(LimitClause::LimitOffset { limit, offset, .. }) = &mut query.limit_clause {
            limit.iter_mut().for_each(plain);
            offset.iter_mut().for_each(|offset| plain(&mut offset.value));
        }
        if let Some(fetch) = &mut query.fetch {
            fetch.quantity.iter_mut().for_each(plain);
        }
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        if let GroupByExpr::Expressions(keys, _) = &mut select.group_by {
            for key in keys {
                match key {
                    Expr::Rollup(sets) | Expr::Cube(sets) | Expr::GroupingSets(sets) => sets.iter_mut().flatten().for_each(plain),
                    Expr::Tuple(keys) => keys.iter_mut().for_each(plain),
                    key => plain(key),
                }
            }
        }
        for NamedWindowDefinition(_, definition) in &mut select.named_window {
            if let NamedWindowExpr::WindowSpec(window) = definition {
                plain_frame(window);
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        let arguments = match factor {
            TableFactor::Table { args: Some(arguments), .. } => &mut arguments.args,
            TableFactor::Function { args, .. } => args,
            _ => return ControlFlow::Continue(()),
        };
        for argument in arguments {
            let (FunctionArg::Unnamed(value) | FunctionArg::Named { arg: value, .. } | FunctionArg::ExprNamed { arg: value, .. }) =
                argument;
            if let FunctionArgExpr::Expr(expr) = value {
                plain(expr);
            }
        }
        ControlFlow::Continue(())
    }
}

fn plain_frame(window: &mut WindowSpec) {
    let Some(frame) = &mut window.window_frame else { return };
    for bound in std::iter::once(&mut frame.start_bound).chain(&mut frame.end_bound) {
        if let WindowFrameBound::Preceding(Some(rows)) | WindowFrameBound::Following(Some(rows)) = bound {
            plain(rows);
        }
    }
}

fn integer(number: Expr) -> Expr {
    let data_type = DataType::Int4(None);
    Expr::Cast { kind: CastKind::Cast, expr: Box::new(number), data_type, array: false, format: None }
}

/// The number that was given the type of an integer.
fn number(expression: &mut Expr) -> Option<&mut Expr> {
    let Expr::Cast { expr, data_type: DataType::Int4(None), .. } = expression else { return None };
    let unsigned = match expr.as_ref() {
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => expr,
        _ => &*expr,
    };
    digits(unsigned).is_some().then_some(expr)
}

fn digits(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, _) => Some(digits),
            _ => None,
        },
        _ => None,
    }
}

/// Takes the type from a number again.
fn plain(expression: &mut Expr) {
    if let Some(number) = number(expression) {
        let number = std::mem::replace(number, build::number(0));
        *expression = number;
    }
}
