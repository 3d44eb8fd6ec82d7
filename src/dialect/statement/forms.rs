//! Clauses and types that have another word in the planner's grammar: FETCH FIRST, `float`, `'\xff'::bytea`, comparisons of rows.

use std::ops::ControlFlow;

use cilake_wire::decode::read_interval;
use datafusion::arrow::datatypes::IntervalMonthDayNano;
use datafusion::sql::sqlparser::ast::{
    ArrayElemTypeDef, BinaryOperator, CastKind, DataType, DateTimeField, ExactNumberInfo, Expr, Function, FunctionArg,
    FunctionArgExpr, FunctionArguments, Ident, Interval, LimitClause, ObjectName, Query, Statement, TableFactor, TimezoneInfo,
    TypedString, UnaryOperator, Value, VisitMut, VisitorMut,
};

use super::{calls, exponents, returned, rows};
use crate::catalog::pg::build::{self, call, number};
use crate::dialect::aggregates::ordered_sets;
use crate::dialect::arrays::{self, quantified};
use crate::dialect::casts::as_text;
use crate::dialect::functions::series::returning_rows;
use crate::dialect::moments::{intervals, overlaps};
use crate::dialect::numbers::{bits, signs};

/// Rewrites a statement, once; its columns have their names already.
///
/// # Errors
/// 0A000 for arrays of texts with a length.
pub fn rewrite(statement: &mut Statement) -> crate::error::Result<()> {
    if let ControlFlow::Break(error) = statement.visit(&mut calls::Calls) {
        return Err(error);
    }
    returned::rewrite(statement);
    let _ = statement.visit(&mut Forms);
    Ok(())
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
        if let Some(rows) = returning_rows(factor) {
            *factor = rows;
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        match expression {
            Expr::Cast { expr, data_type, kind: CastKind::Cast | CastKind::DoubleColon, .. } => {
                *data_type = float(data_type);
                exponents::as_float(expr, data_type);
                if let Some(cut) = with_fields(expr, data_type) {
                    *expression = cut;
                    return ControlFlow::Continue(());
                }
                if let Some(digits) = in_microseconds(data_type) {
                    *expression = call("timestamp_scale", vec![std::mem::replace(expression, number(0)), digits]);
                    return ControlFlow::Continue(());
                }
                if *data_type == DataType::Bytea
                    && let Some(bytes) = quoted(expr).and_then(hexadecimal)
                {
                    *expression = bytes;
                }
            }
            Expr::TypedString(typed) => {
                if let Some(value) = of_type(typed) {
                    *expression = value;
                }
            }
            Expr::AtTimeZone { timestamp, time_zone } => {
                let taken = |expr: &mut Box<Expr>| std::mem::replace(expr.as_mut(), number(0));
                let arguments = vec![taken(time_zone), taken(timestamp)];
                *expression = call("timezone", arguments);
            }
            Expr::Interval(interval) => in_one_form(interval),
            Expr::Value(_) => exponents::write_out(expression),
            Expr::CompoundFieldAccess { root, access_chain } => {
                if let Some(accessed) = arrays::accessed(root, access_chain) {
                    *expression = accessed;
                }
            }
            Expr::UnaryOp { op, expr } => {
                if let Some(computed) = computed(*op, expr) {
                    *expression = computed;
                }
            }
            Expr::Function(function) => {
                calendar_calls(function);
                as_text::told(function);
                if let Some(planned) = clock(function).or_else(|| ordered_sets::planned(function)).or_else(|| nowhere(function)) {
                    *expression = planned;
                }
            }
            // The one word of the clock that the parser takes for a column.
            Expr::Identifier(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("localtime") => {
                *expression = as_type(call("now", vec![]), DataType::Time(None, TimezoneInfo::None));
            }
            other => {
                let planned = quantified::planned(other).or_else(|| overlaps::planned(other));
                if let Some(compared) = planned.or_else(|| rows::compared(other)) {
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

/// Timestamps have microseconds here as in PostgreSQL, and so all its years; to the planner, those without a precision have nanoseconds.
/// Gives the digits of one that asks for fewer.
fn in_microseconds(data_type: &mut DataType) -> Option<Expr> {
    match data_type {
        DataType::Timestamp(digits, _) => {
            let asked = digits.replace(6).filter(|digits| *digits < 6)?;
            Some(number(i64::try_from(asked).unwrap_or(6)))
        }
        DataType::Time(digits, _) => Some(number(i64::try_from(digits.take()?).unwrap_or(6))),
        DataType::Array(ArrayElemTypeDef::SquareBracket(element, _)) => {
            in_microseconds(element);
            None
        }
        _ => None,
    }
}

fn as_type(expr: Expr, data_type: DataType) -> Expr {
    Expr::Cast { kind: CastKind::Cast, expr: Box::new(expr), data_type, array: false, format: None }
}

/// Words of the clock, with as many digits of the second as they ask for.
fn clock(function: &Function) -> Option<Expr> {
    let now = |zone| as_type(call("now", vec![]), DataType::Timestamp(Some(6), zone));
    let moment = match build::function_name(function).as_str() {
        "now" | "current_timestamp" => now(TimezoneInfo::Tz),
        "localtimestamp" => now(TimezoneInfo::None),
        "localtime" => as_type(call("now", vec![]), DataType::Time(None, TimezoneInfo::None)),
        _ => return None,
    };
    Some(match build::arguments(function).as_slice() {
        // A word takes them, and a function does not.
        [_] if build::function_name(function) == "now" => return None,
        [digits] => call("timestamp_scale", vec![moment, (*digits).clone()]),
        _ => moment,
    })
}

/// `lag(x, NULL)`, which is NULL of the type of `x`, and to the engine the row itself.
fn nowhere(function: &Function) -> Option<Expr> {
    let is_null = |expr: &Expr| match expr {
        Expr::Value(value) => value.value == Value::Null,
        Expr::Cast { expr, .. } => matches!(expr.as_ref(), Expr::Value(value) if value.value == Value::Null),
        _ => false,
    };
    let given = build::arguments(function);
    let [value, offset, ..] = given.as_slice() else { return None };
    if !matches!(build::function_name(function).as_str(), "lag" | "lead") || !is_null(offset) {
        return None;
    }
    Some(call("nullif", vec![(*value).clone(), (*value).clone()]))
}

/// `'\xff'` as bytes.
fn hexadecimal(text: &str) -> Option<Expr> {
    let digits = text.trim().strip_prefix("\\x")?;
    let well_formed = digits.len().is_multiple_of(2) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    well_formed.then(|| Expr::Value(Value::HexStringLiteral(digits.to_owned()).with_empty_span()))
}

/// A literal behind its type, in the planner's words.
fn of_type(typed: &mut TypedString) -> Option<Expr> {
    let text = typed.value.value.clone().into_string();
    match &mut typed.data_type {
        DataType::Bytea => hexadecimal(&text?),
        DataType::Interval { fields: None, precision: Some(digits) } => {
            let mut interval = Interval {
                value: Box::new(Expr::Value(Value::SingleQuotedString(text?).with_empty_span())),
                leading_field: None,
                leading_precision: None,
                last_field: None,
                fractional_seconds_precision: Some(*digits),
            };
            in_one_form(&mut interval);
            Some(Expr::Interval(interval))
        }
        other => {
            let digits = in_microseconds(other)?;
            Some(call("timestamp_scale", vec![Expr::TypedString(typed.clone()), digits]))
        }
    }
}

/// A cast to `interval day to minute` or `interval(2)`: of a literal the fields say what a mere number is.
fn with_fields(expr: &Expr, data_type: &DataType) -> Option<Expr> {
    let DataType::Interval { fields, precision } = data_type else { return None };
    if fields.is_none() && precision.is_none() {
        return None;
    }
    let named = fields.as_ref().map(|fields| fields.to_string().to_lowercase()).unwrap_or_default();
    let (first, last) = named.split_once(" to ").map_or((named.as_str(), None), |(first, last)| (first, Some(last)));
    if quoted(expr).is_some() {
        let mut interval = Interval {
            value: Box::new(expr.clone()),
            leading_field: field(first),
            leading_precision: None,
            last_field: last.and_then(field),
            fractional_seconds_precision: *precision,
        };
        in_one_form(&mut interval);
        return Some(Expr::Interval(interval));
    }
    let whole = as_type(expr.clone(), DataType::Interval { fields: None, precision: None });
    let digits = number(precision.and_then(|digits| i64::try_from(digits).ok()).unwrap_or(6));
    Some(call("interval_cut", vec![whole, build::text(last.unwrap_or(first)), digits]))
}

fn field(name: &str) -> Option<DateTimeField> {
    Some(match name {
        "year" => DateTimeField::Year,
        "month" => DateTimeField::Month,
        "day" => DateTimeField::Day,
        "hour" => DateTimeField::Hour,
        "minute" => DateTimeField::Minute,
        "second" => DateTimeField::Second,
        _ => return None,
    })
}

/// An interval without fields and digits behind it.
fn in_one_form(interval: &mut Interval) {
    if let Some(text) = quoted(&interval.value).and_then(|text| with_units(text, interval)) {
        *interval.value = Expr::Value(Value::SingleQuotedString(text).with_empty_span());
        (interval.leading_field, interval.last_field) = (None, None);
        (interval.leading_precision, interval.fractional_seconds_precision) = (None, None);
    }
}

/// The interval in the one form that the engine reads as PostgreSQL does; fields behind the literal say what a mere number is, and cut.
fn with_units(text: &str, fields: &Interval) -> Option<String> {
    let named = |field: &Option<DateTimeField>| field.as_ref().map(|field| field.to_string().to_lowercase());
    let (leading, last) = (named(&fields.leading_field), named(&fields.last_field));
    let unit = match (leading.as_deref(), last.as_deref()) {
        (Some("minute"), Some("second")) => Some("minute to second"),
        (leading, last) => last.or(leading),
    };
    let read = read_interval(text, unit).ok()?;
    // Digits of the second: `second(1)` has them where others have those of the number.
    let digits = fields.fractional_seconds_precision.or(fields.leading_precision).and_then(|digits| i64::try_from(digits).ok());
    // The engine keeps nanoseconds in as many bits.
    let read = IntervalMonthDayNano::new(read.months, read.days, read.micros.checked_mul(1_000)?);
    let IntervalMonthDayNano { months, days, nanoseconds } =
        intervals::cut(read, last.as_deref().or(leading.as_deref()), digits)?;
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let micros = nanoseconds.unsigned_abs() / 1_000;
    Some(format!("{months} months {days} days {sign}{}.{:06} seconds", micros / 1_000_000, micros % 1_000_000))
}

/// Operators before a number that are functions to the planner.
fn computed(op: UnaryOperator, operand: &Expr) -> Option<Expr> {
    let function = match op {
        // Of `double precision` only, which the function is not.
        UnaryOperator::PGSquareRoot => return Some(call("sqrt", vec![as_type(operand.clone(), DataType::DoublePrecision)])),
        UnaryOperator::PGCubeRoot => "cbrt",
        UnaryOperator::PGAbs => "abs",
        UnaryOperator::Plus => return Some(signs::plus(operand)),
        // The planner would turn the first part of the literal alone.
        UnaryOperator::Minus if matches!(operand, Expr::Interval(_)) => {
            let (left, right) = (Box::new(operand.clone()), Box::new(number(-1)));
            return Some(Expr::Nested(Box::new(Expr::BinaryOp { left, op: BinaryOperator::Multiply, right })));
        }
        UnaryOperator::BitwiseNot => bits::NOT,
        _ => return None,
    };
    Some(call(function, vec![operand.clone()]))
}

/// Arguments of `make_interval`, which are mostly given by name, and are zero where they are not given.
const INTERVAL_PARTS: [&str; 7] = ["years", "months", "weeks", "days", "hours", "mins", "secs"];

/// Functions with another name, or with names of their arguments.
fn calendar_calls(function: &mut Function) {
    match build::function_name(function).as_str() {
        "transaction_timestamp" | "statement_timestamp" if build::arguments(function).is_empty() => {
            function.name = ObjectName::from(vec![Ident::new("now")])
        }
        "ceiling" => function.name = ObjectName::from(vec![Ident::new("ceil")]),
        "make_interval" => {
            let FunctionArguments::List(list) = &mut function.args else { return };
            let mut parts: Vec<Expr> = INTERVAL_PARTS.iter().map(|_| number(0)).collect();
            for (place, argument) in list.args.iter().enumerate() {
                let (place, value) = match argument {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => (Some(place), value),
                    FunctionArg::Named { name, arg: FunctionArgExpr::Expr(value), .. } => {
                        (INTERVAL_PARTS.iter().position(|part| name.value.eq_ignore_ascii_case(part)), value)
                    }
                    _ => return,
                };
                let Some(part) = place.and_then(|place| parts.get_mut(place)) else { return };
                *part = value.clone();
            }
            list.args = parts.into_iter().map(|part| FunctionArg::Unnamed(FunctionArgExpr::Expr(part))).collect();
        }
        _ => {}
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
