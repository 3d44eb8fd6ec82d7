//! Calls in the planner's words: aggregates of JSON, and functions that return rows in a list of results.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    ArrayElemTypeDef, BinaryOperator, CastKind, CharacterLength, DataType, DuplicateTreatment, Expr, Function, FunctionArg,
    FunctionArgExpr, FunctionArgumentClause, FunctionArgumentList, FunctionArguments, Ident, ObjectName, OrderByExpr,
    OrderByOptions, Query, Select, SelectItem, SetExpr, TrimWhereField, TypedString, UnaryOperator, Value, VisitorMut,
};

use super::{returned, type_calls};
use crate::catalog::pg::build::{arguments, boolean, call, cast, function_name, number, text};
use crate::dialect::arrays;
use crate::dialect::functions::beside;
use crate::error::{Error, Result};

pub struct Calls;

impl VisitorMut for Calls {
    type Break = Error;

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<Error> {
        type_calls::meant(expression);
        match spelled(expression) {
            Ok(Some(called)) => *expression = called,
            Ok(None) => {}
            Err(error) => return ControlFlow::Break(error),
        }
        if let Expr::Function(function) = expression {
            let name = function_name(function);
            if let Some(replaced) = aggregated(&name, function) {
                *expression = replaced;
            } else if let Some(columns) = returned::columns(&name) {
                let list = std::mem::replace(expression, boolean(true));
                *expression = unnested(list, columns);
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<Error> {
        for item in &select.projection {
            if let SelectItem::UnnamedExpr(Expr::Function(function))
            | SelectItem::ExprWithAlias { expr: Expr::Function(function), .. } = item
                && let name = function_name(function)
                && returned::columns(&name).is_some_and(|columns| columns.len() > 1)
            {
                let error = Error::unsupported(format!("rows of {name} are not supported as values"));
                return ControlFlow::Break(error.hint(format!("Write SELECT * FROM {name}(…)")));
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<Error> {
        if let SetExpr::Values(values) = query.body.as_mut() {
            let columns = values.rows.first().map_or(0, |row| row.len());
            for column in 0..columns {
                let cells = values.rows.iter_mut().filter_map(|row| row.get_mut(column));
                let mut cells = cells.collect::<Vec<_>>();
                if let Some(json) = cells.iter().find_map(|cell| json_type(cell)) {
                    cells.iter_mut().filter(|cell| json_type(cell).is_none()).for_each(|cell| read_as(cell, &json));
                }
            }
            beside::marked(values);
        }
        ControlFlow::Continue(())
    }
}

/// Forms that have words in the place of commas.
///
/// # Errors
/// 0A000 for arrays of texts with a length.
fn spelled(expression: &mut Expr) -> Result<Option<Expr>> {
    let taken = |expr: &mut Box<Expr>| std::mem::replace(expr.as_mut(), boolean(true));
    Ok(Some(match expression {
        Expr::Value(value) => match &value.value {
            Value::UnicodeStringLiteral(written) => text(written),
            Value::SingleQuotedByteStringLiteral(digits) => bits("b", digits),
            Value::HexStringLiteral(digits) => bits("x", digits),
            _ => return Ok(None),
        },
        Expr::AnyOp { left, compare_op, right, .. } => return Ok(each_of(left, compare_op, right, BinaryOperator::Or)),
        Expr::AllOp { left, compare_op, right } => return Ok(each_of(left, compare_op, right, BinaryOperator::And)),
        Expr::SimilarTo { negated, expr, pattern, escape_char } => {
            let mut arguments = vec![taken(expr), taken(pattern)];
            arguments.extend(escape_char.take().map(Expr::Value));
            let similar = call("similar_to", arguments);
            if *negated { Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(similar) } } else { similar }
        }
        Expr::Substring { expr, substring_from, substring_for, shorthand, .. } => {
            let mut arguments = vec![taken(expr)];
            let (from, length) = (substring_from.as_mut().map(taken), substring_for.as_mut().map(taken));
            // From the beginning, where only a length is given.
            arguments.extend(from.or_else(|| length.is_some().then(|| number(1))));
            arguments.extend(length);
            call(if *shorthand { "substr" } else { "substring" }, arguments)
        }
        Expr::Position { expr, r#in } => call("position", vec![taken(expr), taken(r#in)]),
        Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
            let mut arguments = vec![taken(expr), taken(overlay_what), taken(overlay_from)];
            arguments.extend(overlay_for.as_mut().map(taken));
            call("overlay", arguments)
        }
        Expr::Trim { expr, trim_where, trim_what, trim_characters } => {
            let name = match trim_where {
                Some(TrimWhereField::Leading) => "ltrim",
                Some(TrimWhereField::Trailing) => "rtrim",
                _ => "btrim",
            };
            let mut arguments = vec![taken(expr)];
            arguments.extend(trim_what.as_mut().map(taken));
            arguments.extend(trim_characters.take().into_iter().flatten());
            call(name, arguments)
        }
        Expr::IsNormalized { expr, form, negated } => {
            let form = form.map_or_else(|| "NFC".to_owned(), |form| form.to_string());
            let normalized = call("is_normalized", vec![taken(expr), text(&form)]);
            if *negated { Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(normalized) } } else { normalized }
        }
        Expr::Cast { expr, data_type, kind: CastKind::Cast | CastKind::DoubleColon, .. } => {
            if is_array_of_width(data_type) {
                let error = Error::unsupported("arrays of texts with a length are not supported");
                return Err(error.hint("Cast to text[], and cut the elements"));
            }
            let Some((name, width)) = width(data_type) else { return Ok(None) };
            let is_text = matches!(name, "bpchar_of" | "varchar_of");
            let mut arguments = vec![if is_text { cast(taken(expr), "text") } else { taken(expr) }];
            arguments.extend(width.map(|width| number(i64::try_from(width).unwrap_or(i64::MAX))));
            call(name, arguments)
        }
        Expr::TypedString(TypedString { data_type, value, .. }) => {
            let Some((name, width)) = width(data_type) else { return Ok(None) };
            // Before a literal, and only there, `char` has no length of its own.
            let width = match data_type {
                DataType::Char(None) | DataType::Character(None) => {
                    Some(value.value.clone().into_string().map_or(1, |text| text.chars().count().max(1) as u64))
                }
                DataType::Bit(None) => value.value.clone().into_string().map(|text| digits(&text)),
                _ => width,
            };
            let mut arguments = vec![cast(Expr::Value(value.clone()), "text")];
            arguments.extend(width.map(|width| number(i64::try_from(width).unwrap_or(i64::MAX))));
            call(name, arguments)
        }
        // A literal has no type of its own.
        Expr::Function(function) if function_name(function) == "pg_typeof" => match arguments(function).as_slice() {
            [Expr::Value(value)] if value.value.clone().into_string().is_some() => call("regtypein", vec![text("unknown")]),
            _ => return Ok(None),
        },
        Expr::Function(function) if function_name(function) == "width_bucket" => match arguments(function).as_slice() {
            [value, bounds] => call(arrays::BUCKET, vec![(*value).clone(), (*bounds).clone()]),
            _ => return Ok(None),
        },
        // The form is a word.
        Expr::Function(function) if function_name(function) == "normalize" => match arguments(function).as_slice() {
            [of, Expr::Identifier(form)] => call("normalize", vec![(*of).clone(), text(&form.value)]),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

/// `text LIKE ANY (ARRAY[…])`, which the planner knows of comparisons only: one operator for each element.
fn each_of(left: &Expr, op: &BinaryOperator, right: &Expr, junction: BinaryOperator) -> Option<Expr> {
    let is_pattern = matches!(
        op,
        BinaryOperator::PGRegexMatch
            | BinaryOperator::PGRegexIMatch
            | BinaryOperator::PGRegexNotMatch
            | BinaryOperator::PGRegexNotIMatch
            | BinaryOperator::PGLikeMatch
            | BinaryOperator::PGILikeMatch
            | BinaryOperator::PGNotLikeMatch
            | BinaryOperator::PGNotILikeMatch
    );
    let right = match right {
        Expr::Nested(inner) => inner,
        other => other,
    };
    // A literal is an array of texts.
    let read = crate::catalog::pg::array_from_text(right).filter(|_| is_pattern);
    let Expr::Array(array) = read.as_ref().unwrap_or(right) else { return None };
    let operation = |left: Expr, op: BinaryOperator, right: Expr| {
        Expr::Nested(Box::new(Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }))
    };
    let operations = array.elem.iter().map(|element| operation(left.clone(), op.clone(), element.clone()));
    let all = operations.reduce(|one, other| operation(one, junction.clone(), other));
    all.filter(|_| is_pattern)
}

/// Whether a type is of arrays of texts with a width.
fn is_array_of_width(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Array(ArrayElemTypeDef::SquareBracket(element, _))
        if width(element).is_some_and(|(_, width)| width.is_some()))
}

/// A literal of bits, by its letter.
fn bits(letter: &str, written: &str) -> Expr {
    let written = format!("{letter}{written}");
    let length = i64::try_from(digits(&written)).unwrap_or(i64::MAX);
    call("bit_of", vec![text(&written), number(length)])
}

/// How many bits are written.
fn digits(text: &str) -> u64 {
    let digits = text.trim_start_matches(['b', 'B', 'x', 'X']).chars().count() as u64;
    if text.starts_with(['x', 'X']) { digits * 4 } else { digits }
}

/// The function of a cast to a type of texts, or of strings of bits, that have a width.
fn width(data_type: &DataType) -> Option<(&'static str, Option<u64>)> {
    let of_length = |length: &Option<CharacterLength>| match length {
        Some(CharacterLength::IntegerLength { length, .. }) => Some(*length),
        _ => None,
    };
    Some(match data_type {
        DataType::Char(length) | DataType::Character(length) => ("bpchar_of", Some(of_length(length).unwrap_or(1))),
        DataType::Bit(length) => ("bit_of", Some(length.unwrap_or(1))),
        DataType::VarBit(length) | DataType::BitVarying(length) => ("varbit_of", *length),
        DataType::Varchar(length) | DataType::CharacterVarying(length) | DataType::CharVarying(length) => {
            ("varchar_of", of_length(length))
        }
        _ => return None,
    })
}

/// A list unnested; the planner forgets that its elements are JSON.
pub fn unnested(list: Expr, columns: &[(&str, &str)]) -> Expr {
    let row = call("unnest", vec![list]);
    match columns {
        [(_, json @ ("json" | "jsonb"))] => call(&format!("{json}_typed"), vec![row]),
        _ => row,
    }
}

/// The type of a cast to JSON.
fn json_type(expr: &Expr) -> Option<DataType> {
    match expr {
        Expr::Cast { data_type: data_type @ (DataType::JSON | DataType::JSONB), .. } => Some(data_type.clone()),
        Expr::TypedString(TypedString { data_type: data_type @ (DataType::JSON | DataType::JSONB), .. }) => {
            Some(data_type.clone())
        }
        Expr::Nested(inner) => json_type(inner),
        _ => None,
    }
}

/// Casts a cell of VALUES to the type of the column's others.
fn read_as(cell: &mut Expr, data_type: &DataType) {
    let expr = Box::new(std::mem::replace(cell, boolean(true)));
    *cell = Expr::Cast { kind: CastKind::Cast, expr, data_type: data_type.clone(), array: false, format: None };
}

/// `json_agg(x ORDER BY y)`: the elements are aggregated to an array, of which the document is made.
fn aggregated(name: &str, function: &Function) -> Option<Expr> {
    let (element, whole) = match name {
        "json_agg" => ("json_agg_element", "json_agg_array"),
        "jsonb_agg" => ("json_agg_element", "jsonb_agg_array"),
        "json_object_agg" => ("json_agg_member", "json_agg_object"),
        "jsonb_object_agg" => ("json_agg_member", "jsonb_agg_object"),
        _ => return None,
    };
    let given: Vec<Expr> = arguments(function).into_iter().cloned().collect();
    let FunctionArguments::List(list) = &function.args else { return None };
    // Each of several equal values once, in their order.
    if list.duplicate_treatment == Some(DuplicateTreatment::Distinct)
        && let [value] = given.as_slice()
        && element == "json_agg_element"
    {
        let whole = if name == "jsonb_agg" { "to_jsonb" } else { "json_agg_distinct" };
        return Some(call(whole, vec![distinct(function, list, value)]));
    }
    let elements = FunctionArg::Unnamed(FunctionArgExpr::Expr(call(element, given)));
    let aggregate = Function {
        name: ObjectName::from(vec![Ident::new("array_agg")]),
        args: FunctionArguments::List(FunctionArgumentList { args: vec![elements], ..list.clone() }),
        ..function.clone()
    };
    Some(call(whole, vec![Expr::Function(aggregate)]))
}

/// `array_agg(DISTINCT value ORDER BY value)`.
fn distinct(function: &Function, list: &FunctionArgumentList, value: &Expr) -> Expr {
    let mut list = list.clone();
    if list.clauses.is_empty() {
        let options = OrderByOptions { asc: None, nulls_first: None };
        let key = OrderByExpr { expr: value.clone(), options, with_fill: None };
        list.clauses.push(FunctionArgumentClause::OrderBy(vec![key]));
    }
    Expr::Function(Function {
        name: ObjectName::from(vec![Ident::new("array_agg")]),
        args: FunctionArguments::List(list),
        ..function.clone()
    })
}
