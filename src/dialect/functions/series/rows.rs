//! Functions that return rows, among the tables of a statement: `generate_series(1, 3) AS n`, `unnest(a, b) WITH ORDINALITY`.

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, Ident, ObjectName, TableAlias, TableAliasColumnDef, TableFactor, TableFunctionArgs,
    UnaryOperator, Value,
};

use crate::catalog::pg::build::{self, call, number};
use crate::catalog::pg::repeated_name;

/// The table in the planner's words; `None` where they are the same.
pub fn returning_rows(factor: &TableFactor) -> Option<TableFactor> {
    match factor {
        TableFactor::Table { name, args: Some(arguments), alias, with_ordinality, .. } => {
            let name = build::parts(name);
            let argument = |argument: &FunctionArg| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.clone()),
                _ => None,
            };
            let arguments = arguments.args.iter().map(argument).collect::<Option<Vec<_>>>()?;
            match (name.as_slice(), arguments.as_slice()) {
                ([name], [_, _] | [_, _, _]) if name == "generate_series" => series(arguments, alias.as_ref(), *with_ordinality),
                ([name], [array, dimension]) if name == "generate_subscripts" => {
                    let last = call("array_upper", vec![array.clone(), dimension.clone()]);
                    let numbers = call("generate_series", vec![build::cast(number(1), "int4"), last]);
                    Some(unnested(vec![numbers], name, alias.as_ref(), *with_ordinality))
                }
                _ => None,
            }
        }
        TableFactor::UNNEST { alias, array_exprs, with_offset: false, with_ordinality, .. } => {
            let named = alias.as_ref().is_some_and(|alias| !alias.columns.is_empty());
            // What is named already is made by this.
            if named && !with_ordinality {
                return None;
            }
            Some(unnested(array_exprs.clone(), "unnest", alias.as_ref(), *with_ordinality))
        }
        _ => None,
    }
}

/// One row for each element; with ordinality, beside its number.
fn unnested(mut arrays: Vec<Expr>, function: &str, alias: Option<&TableAlias>, with_ordinality: bool) -> TableFactor {
    let count = arrays.len();
    let mut alias = alias.cloned().unwrap_or_else(|| named(function));
    // One column is named as the table is, several as the function.
    for place in alias.columns.len()..count {
        let name = if count == 1 { alias.name.clone() } else { Ident::new(function) };
        let name = if place == 0 { name } else { build::quoted(&repeated_name(&name.value, place + 1)) };
        alias.columns.push(column(name));
    }
    if with_ordinality {
        let lengths = arrays.iter().map(|array| call("cardinality", vec![array.clone()])).collect();
        let last = build::cast(call("greatest", lengths), "int8");
        arrays.push(call("generate_series", vec![build::cast(number(1), "int8"), last]));
        if alias.columns.len() == count {
            alias.columns.push(column(Ident::new("ordinality")));
        }
    }
    TableFactor::UNNEST {
        alias: Some(alias),
        array_exprs: arrays,
        with_offset: false,
        with_offset_alias: None,
        with_ordinality: false,
    }
}

fn named(function: &str) -> TableAlias {
    TableAlias { explicit: true, name: Ident::new(function), columns: vec![], at: None }
}

fn column(name: Ident) -> TableAliasColumnDef {
    TableAliasColumnDef { name, data_type: None }
}

/// Whole numbers are rows of the engine's own tables, which need not hold them all at once; all else is an array.
fn series(arguments: Vec<Expr>, alias: Option<&TableAlias>, with_ordinality: bool) -> Option<TableFactor> {
    let types = arguments.iter().map(whole).collect::<Option<Vec<_>>>().filter(|_| !with_ordinality);
    let Some(types) = types else {
        let numbers = call("generate_series", arguments);
        return Some(unnested(vec![numbers], "generate_series", alias, with_ordinality));
    };
    let table = if types.contains(&true) { "bigint_series" } else { "integer_series" };
    let mut alias = alias.cloned().unwrap_or_else(|| named("generate_series"));
    if alias.columns.is_empty() {
        alias.columns.push(column(alias.name.clone()));
    }
    let args = arguments.into_iter().map(|expr| FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))).collect();
    Some(TableFactor::Table {
        name: ObjectName::from(vec![Ident::new(table)]),
        alias: Some(alias),
        args: Some(TableFunctionArgs { args, settings: None }),
        with_hints: vec![],
        version: None,
        with_ordinality: false,
        partitions: vec![],
        json_path: None,
        sample: None,
        index_hints: vec![],
    })
}

/// Whether a whole number that the statement has is a `bigint`; `None` for all else.
fn whole(expression: &Expr) -> Option<bool> {
    match expression {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, _) => digits.parse::<i64>().ok().map(|number| i32::try_from(number).is_err()),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus, expr } | Expr::Nested(expr) => whole(expr),
        Expr::Cast { expr, data_type, .. } => {
            whole(expr)?;
            match build::type_name(data_type).as_str() {
                "int8" | "bigint" => Some(true),
                "int4" | "int" | "integer" | "int2" | "smallint" => Some(false),
                _ => None,
            }
        }
        _ => None,
    }
}
