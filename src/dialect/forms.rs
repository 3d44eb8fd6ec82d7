//! Clauses and types that have another word in the planner's grammar: FETCH FIRST, `float`, `'\xff'::bytea`, comparisons of rows.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    CastKind, DataType, ExactNumberInfo, Expr, FunctionArg, FunctionArgExpr, LimitClause, Query, Statement, TableFactor,
    TypedString, Value, VisitMut, VisitorMut,
};

use super::{calls, exponents, returned, rows};
use crate::catalog::pg::build::{call, number};

/// Rewrites a statement, once; its columns have their names already.
pub fn rewrite(statement: &mut Statement) {
    let _ = statement.visit(&mut calls::Calls);
    returned::rewrite(statement);
    let _ = statement.visit(&mut Forms);
}

struct Forms;

impl VisitorMut for Forms {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        if let Some(fetch) = query.fetch.take_if(|fetch| !fetch.with_ties && !fetch.percent) {
            let one = || Expr::Value(Value::Number("1".into(), false).with_empty_span());
            let rows = fetch.quantity.unwrap_or_else(one);
            match &mut query.limit_clause {
                Some(LimitClause::LimitOffset { limit, .. }) => *limit = Some(rows),
                other => *other = Some(LimitClause::LimitOffset { limit: Some(rows), offset: None, limit_by: vec![] }),
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, args: Some(arguments), .. } = factor
            && name
                .0
                .last()
                .and_then(|part| part.as_ident())
                .is_some_and(|name| name.value.eq_ignore_ascii_case("generate_series"))
        {
            series(&mut arguments.args);
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        match expression {
            Expr::Cast { expr, data_type, kind: CastKind::Cast | CastKind::DoubleColon, .. } => {
                *data_type = float(data_type);
                exponents::as_float(expr, data_type);
                if *data_type == DataType::Bytea
                    && let Some(bytes) = quoted(expr).and_then(hexadecimal)
                {
                    *expression = bytes;
                }
            }
            Expr::TypedString(TypedString { data_type: DataType::Bytea, value, .. }) => {
                if let Some(bytes) = value.value.clone().into_string().as_deref().and_then(hexadecimal) {
                    *expression = bytes;
                }
            }
            Expr::AtTimeZone { timestamp, time_zone } => {
                let taken = |expr: &mut Box<Expr>| std::mem::replace(expr.as_mut(), number(0));
                let arguments = vec![taken(time_zone), taken(timestamp)];
                *expression = call("timezone", arguments);
            }
            Expr::Interval(interval) if interval.leading_field.is_none() => {
                if let Some(text) = quoted(&interval.value).and_then(with_units) {
                    *interval.value = Expr::Value(Value::SingleQuotedString(text).with_empty_span());
                }
            }
            Expr::Value(_) => exponents::write_out(expression),
            other => {
                if let Some(compared) = rows::compared(other) {
                    *other = compared;
                }
            }
        }
        ControlFlow::Continue(())
    }
}

/// `float` has double precision, unless it asks for 24 bits or fewer.
fn float(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Float(ExactNumberInfo::Precision(bits)) if *bits <= 24 => DataType::Real,
        DataType::Float(_) => DataType::DoublePrecision,
        other => other.clone(),
    }
}

/// `'\xff'` as bytes.
fn hexadecimal(text: &str) -> Option<Expr> {
    let digits = text.trim().strip_prefix("\\x")?;
    let well_formed = digits.len().is_multiple_of(2) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    well_formed.then(|| Expr::Value(Value::HexStringLiteral(digits.to_owned()).with_empty_span()))
}

/// `1 day 02:30:00` as `1 day 2 hours 30 minutes 0 seconds`, since the engine takes either form but not both in one text.
fn with_units(text: &str) -> Option<String> {
    let (before, clock) = text.trim().rsplit_once(' ')?;
    let (sign, digits) = match clock.strip_prefix(['-', '+']) {
        Some(digits) => (if clock.starts_with('-') { "-" } else { "" }, digits),
        None => ("", clock),
    };
    let mut parts = digits.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next().unwrap_or("0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let well_formed = parts.next().is_none() && [hours, minutes, seconds].into_iter().all(is_number);
    well_formed.then(|| format!("{before} {sign}{hours} hours {sign}{minutes} minutes {sign}{seconds} seconds"))
}

/// `generate_series(date '…', '2024-02-01', '1 day')`: the literals are of the type of the first, and the last is an interval.
fn series(arguments: &mut [FunctionArg]) {
    let expressions = arguments.iter_mut().filter_map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
        _ => None,
    });
    let [first, last, step @ ..] = &mut expressions.collect::<Vec<_>>()[..] else { return };
    let data_type = match &**first {
        Expr::Cast { data_type, .. } | Expr::TypedString(TypedString { data_type, .. }) => data_type.clone(),
        _ => return,
    };
    if !matches!(data_type, DataType::Date | DataType::Timestamp(..)) {
        return;
    }
    read_as(last, data_type);
    if let [step] = step {
        read_as(step, DataType::Interval { fields: None, precision: None });
    }
}

/// Casts a literal in quotes.
fn read_as(expression: &mut Expr, data_type: DataType) {
    if quoted(expression).is_some() {
        let inner = std::mem::replace(expression, number(0));
        *expression = Expr::Cast { kind: CastKind::Cast, expr: Box::new(inner), data_type, array: false, format: None };
    }
}

fn quoted(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text) => Some(text),
            _ => None,
        },
        Expr::Nested(inner) => quoted(inner),
        _ => None,
    }
}
