//! The name of a table as an expression: its whole row. Here it is counted, asked for NULL, asked for a column, made JSON of, and a value.

use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, CaseWhen, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, OrderBy, Select,
    SelectItem, Subscript, UnaryOperator,
};

use super::columns::{Relation, Source};
use crate::catalog::pg::build::{arguments, boolean, call, folded, function_name, literal, parts, quoted, text};
use crate::catalog::pg::output_name;
use crate::dialect::statement::level;
use crate::error::Result;

pub fn replaced(select: &mut Select, order_by: Option<&mut OrderBy>, sources: &[Source]) -> Result<()> {
    let relations = || sources.iter().flat_map(|source| &source.relations);
    // Where columns are not known, a name may be one of them.
    if relations().any(|relation| relation.columns.is_none()) {
        return Ok(());
    }
    let is_column = |name: &str| relations().any(|relation| relation.columns.iter().flatten().any(|column| column == name));
    let row = |name: &Ident| {
        let written = folded(name);
        if is_column(&written) {
            return None;
        }
        relations().find(|relation| relation.name.as_ref().is_some_and(|name| folded(name) == written))
    };
    let change = |expr: &mut Expr| change(expr, &row);
    level::each(select, change)?;
    for item in &mut select.projection {
        if let SelectItem::UnnamedExpr(Expr::Identifier(name)) = item
            && let Some(relation) = row(name)
        {
            *item = SelectItem::ExprWithAlias { expr: value(relation), alias: quoted(&folded(name)) };
        }
    }
    let as_value = |expr: &mut Expr| {
        if let Expr::Identifier(name) = expr
            && let Some(relation) = row(name)
        {
            *expr = value(relation);
        }
        Ok(())
    };
    level::each(select, as_value)?;
    let Some(order_by) = order_by else { return Ok(()) };
    level::each(order_by, change)
}

/// The row as a value; NULL where it is not there, beside another table.
fn value(relation: &Relation) -> Expr {
    let row = call("row_of", named(relation));
    if !relation.is_outer {
        return row;
    }
    let none = columns(relation).into_iter().map(|column| Expr::IsNull(Box::new(column)));
    let none = none.reduce(|one, other| binary(one, BinaryOperator::And, other)).unwrap_or_else(|| boolean(false));
    let none = Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(Expr::Nested(Box::new(none))) };
    let there = CaseWhen { condition: none, result: row };
    let token = AttachedToken::empty;
    Expr::Case { case_token: token(), end_token: token(), operand: None, conditions: vec![there], else_result: None }
}

fn change<'a>(expr: &mut Expr, row: &impl Fn(&Ident) -> Option<&'a Relation>) -> Result<()> {
    let replacement = match expr {
        Expr::IsNull(inner) => tested(inner, row, true),
        Expr::IsNotNull(inner) => tested(inner, row, false),
        Expr::CompoundFieldAccess { root, access_chain } => match (within(root), access_chain.as_slice()) {
            (Expr::Identifier(name), [AccessExpr::Subscript(Subscript::Index { index })]) if row(name).is_some() => {
                literal(index).map(|column| Expr::CompoundIdentifier(vec![name.clone(), quoted(column)]))
            }
            _ => None,
        },
        Expr::Function(function) if function_name(function) == "count" => {
            let FunctionArguments::List(list) = &mut function.args else { return Ok(()) };
            let relation = match list.args.as_slice() {
                [FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Identifier(name)))] => row(name),
                [FunctionArg::Unnamed(FunctionArgExpr::QualifiedWildcard(name))] => {
                    parts(name).pop().and_then(|name| row(&quoted(&name)))
                }
                _ => None,
            };
            if let (Some(relation), None) = (relation, list.duplicate_treatment) {
                list.args = vec![FunctionArg::Unnamed(counted(relation))];
            }
            None
        }
        _ => None,
    };
    if let Some(replacement) = replacement {
        *expr = replacement;
    }
    if let Expr::Function(function) = expr
        && function_name(function) == "row"
        && let FunctionArguments::List(list) = &mut function.args
    {
        list.args = std::mem::take(&mut list.args).into_iter().flat_map(|argument| members(argument, row)).collect();
    }
    if let Expr::Function(function) = expr
        && OF_ROWS.contains(&function_name(function).as_str())
        && let FunctionArguments::List(list) = &mut function.args
    {
        list.args.iter_mut().for_each(|argument| list_fields(argument, row));
    }
    Ok(())
}

/// `ROW(t.*)` has the columns of `t`.
fn members<'a>(argument: FunctionArg, row: &impl Fn(&Ident) -> Option<&'a Relation>) -> Vec<FunctionArg> {
    let FunctionArg::Unnamed(FunctionArgExpr::QualifiedWildcard(name)) = &argument else { return vec![argument] };
    match parts(name).pop().and_then(|name| row(&quoted(&name))) {
        Some(relation) => {
            columns(relation).into_iter().map(|column| FunctionArg::Unnamed(FunctionArgExpr::Expr(column))).collect()
        }
        None => vec![argument],
    }
}

/// Functions that take rows.
const OF_ROWS: &[&str] = &[
    "array_to_json",
    "json_agg_element",
    "json_agg_member",
    "json_build_array",
    "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "row_sampled",
    "row_to_json",
    "to_json",
    "to_jsonb",
];

/// A row as an argument: its fields by their names.
fn list_fields<'a>(argument: &mut FunctionArg, row: &impl Fn(&Ident) -> Option<&'a Relation>) {
    let FunctionArg::Unnamed(argument) = argument else { return };
    // The fields of ROW(a, b) are f1 and f2.
    let numbered = |values: &[Expr]| {
        let field = |(place, value): (usize, &Expr)| [text(&format!("f{}", place + 1)), value.clone()];
        values.iter().enumerate().flat_map(field).collect::<Vec<_>>()
    };
    let fields = match argument {
        FunctionArgExpr::Expr(Expr::Identifier(name)) => row(name).map(named),
        FunctionArgExpr::QualifiedWildcard(name) => parts(name).pop().and_then(|name| row(&quoted(&name))).map(named),
        FunctionArgExpr::Expr(Expr::Tuple(values)) => Some(numbered(values)),
        FunctionArgExpr::Expr(Expr::Function(row)) if function_name(row) == "row" => {
            Some(numbered(&arguments(row).into_iter().cloned().collect::<Vec<_>>()))
        }
        _ => None,
    };
    if let Some(fields) = fields.filter(|fields| !fields.is_empty()) {
        *argument = FunctionArgExpr::Expr(call("row_of", fields));
    }
}

/// The columns of a row, each behind its name.
fn named(relation: &Relation) -> Vec<Expr> {
    let names = relation.columns.iter().flatten().map(|name| text(output_name(name)));
    names.zip(columns(relation)).flat_map(|(name, column)| [name, column]).collect()
}

fn within(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner) => within(inner),
        other => other,
    }
}

/// The columns of a row, under the name of their table.
pub fn columns(relation: &Relation) -> Vec<Expr> {
    let name = relation.name.clone();
    let read = |column: &String| Expr::CompoundIdentifier(name.iter().cloned().chain([quoted(column)]).collect());
    relation.columns.iter().flatten().map(read).collect()
}

/// `row IS NULL` is true where all its columns are NULL, `row IS NOT NULL` where none is.
fn tested<'a>(inner: &Expr, row: &impl Fn(&Ident) -> Option<&'a Relation>, is_null: bool) -> Option<Expr> {
    let Expr::Identifier(name) = inner else { return None };
    let test = |column| if is_null { Expr::IsNull(Box::new(column)) } else { Expr::IsNotNull(Box::new(column)) };
    let tests = columns(row(name)?).into_iter().map(test);
    let all = tests.reduce(|one, other| binary(one, BinaryOperator::And, other)).unwrap_or_else(|| boolean(true));
    Some(Expr::Nested(Box::new(all)))
}

/// What counts a row that is there. Beside another table a row that is not there has nothing but NULLs.
fn counted(relation: &Relation) -> FunctionArgExpr {
    if !relation.is_outer {
        return FunctionArgExpr::Wildcard;
    }
    let tests = columns(relation).into_iter().map(|column| Expr::IsNotNull(Box::new(column)));
    let any = tests.reduce(|one, other| binary(one, BinaryOperator::Or, other)).unwrap_or_else(|| boolean(false));
    FunctionArgExpr::Expr(call("nullif", vec![any, boolean(false)]))
}

fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }
}
