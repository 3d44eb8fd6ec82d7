//! Functions in FROM. A series has one column, of the function's or the alias's name. Where its bounds are columns of the tables before
//! it, and WITH ORDINALITY, it is a sub-query: `LATERAL (SELECT unnest(generate_series(1, t.n)) AS g)`. So is a function of one value.

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, Ident, Query, SelectItem, TableAlias, TableAliasColumnDef, TableFactor,
    TableFunctionArgs, Visit, Visitor,
};
use std::ops::ControlFlow;

use crate::catalog::pg::build::{call, cast, number, parts, select};

/// Functions of one value that are asked for as tables.
const SCALARS: &[&str] = &[
    "abs",
    "age",
    "ceil",
    "coalesce",
    "concat",
    "concat_ws",
    "current_database",
    "current_date",
    "current_schema",
    "current_setting",
    "date_part",
    "date_trunc",
    "floor",
    "greatest",
    "initcap",
    "least",
    "left",
    "length",
    "lower",
    "lpad",
    "ltrim",
    "md5",
    "now",
    "nullif",
    "replace",
    "reverse",
    "right",
    "round",
    "rpad",
    "rtrim",
    "split_part",
    "substr",
    "to_char",
    "trim",
    "trunc",
    "upper",
    "version",
];

pub fn spelled_out(factor: &mut TableFactor) {
    let replaced = match factor {
        TableFactor::UNNEST { alias, array_exprs, with_ordinality, with_offset: false, .. } => {
            let [array] = array_exprs.as_slice() else { return };
            let reads = reads_columns(array);
            if !(*with_ordinality || reads && alias.is_some()) {
                return;
            }
            lateral(array.clone(), "unnest", alias.clone(), *with_ordinality)
        }
        TableFactor::Function { name, args, alias, with_ordinality: true, .. }
            if parts(name).pop().is_some_and(|name| name == "unnest") =>
        {
            let Some(arguments) = plain(args) else { return };
            let [array] = arguments.as_slice() else { return };
            lateral(array.clone(), "unnest", alias.clone(), true)
        }
        TableFactor::Function { name, args, alias, with_ordinality, .. }
            if parts(name).pop().is_some_and(|name| name == "generate_series" || SCALARS.contains(&name.as_str())) =>
        {
            // LATERAL before a function says nothing that it does not mean without.
            let arguments = Some(TableFunctionArgs { args: std::mem::take(args), settings: None });
            *factor = TableFactor::Table {
                name: name.clone(),
                alias: alias.take(),
                args: arguments,
                with_hints: vec![],
                version: None,
                with_ordinality: *with_ordinality,
                partitions: vec![],
                json_path: None,
                sample: None,
                index_hints: vec![],
            };
            return spelled_out(factor);
        }
        TableFactor::Table { name, alias, args: Some(arguments), with_ordinality, .. } => {
            let Some(function) = parts(name).pop() else { return };
            let Some(values) = plain(&arguments.args) else { return };
            match (function.as_str(), values.as_slice()) {
                ("generate_series", [_, _] | [_, _, _]) if *with_ordinality || values.iter().any(reads_columns) => {
                    lateral(call("generate_series", values), "generate_series", alias.clone(), *with_ordinality)
                }
                ("generate_series", _) => {
                    name_column(alias, &function);
                    return;
                }
                (scalar, _) if SCALARS.contains(&scalar) && !*with_ordinality => {
                    let mut named = alias.clone();
                    name_column(&mut named, scalar);
                    of_value(call(scalar, values), named)
                }
                _ => return,
            }
        }
        _ => return,
    };
    *factor = replaced;
}

fn plain(arguments: &[FunctionArg]) -> Option<Vec<Expr>> {
    let plain = |argument: &FunctionArg| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.clone()),
        _ => None,
    };
    arguments.iter().map(plain).collect()
}

/// The column has the name of the alias, or of the function.
fn name_column(alias: &mut Option<TableAlias>, function: &str) {
    let unnamed = || TableAlias { explicit: false, name: Ident::new(function), columns: Vec::new(), at: None };
    let alias = alias.get_or_insert_with(unnamed);
    if alias.columns.is_empty() {
        alias.columns.push(TableAliasColumnDef { name: alias.name.clone(), data_type: None });
    }
}

/// `LATERAL (SELECT unnest(list) AS name, unnest(generate_series(1, cardinality(list))) AS ordinality)`.
fn lateral(list: Expr, function: &str, mut alias: Option<TableAlias>, with_ordinality: bool) -> TableFactor {
    name_column(&mut alias, function);
    let named = |expr: Expr, name: Ident| SelectItem::ExprWithAlias { expr, alias: name };
    let mut items = vec![named(call("unnest", vec![list.clone()]), Ident::new("element"))];
    if with_ordinality {
        let numbers = call("generate_series", vec![cast(number(1), "int8"), call("cardinality", vec![list])]);
        items.push(named(call("unnest", vec![numbers]), Ident::new("ordinality")));
        if let Some(alias) = alias.as_mut().filter(|alias| alias.columns.len() == 1) {
            alias.columns.push(TableAliasColumnDef { name: Ident::new("ordinality"), data_type: None });
        }
    }
    of_query(select(items, vec![]), alias)
}

fn of_value(value: Expr, alias: Option<TableAlias>) -> TableFactor {
    let item = SelectItem::ExprWithAlias { expr: value, alias: Ident::new("value") };
    of_query(select(vec![item], vec![]), alias)
}

fn of_query(query: Query, alias: Option<TableAlias>) -> TableFactor {
    TableFactor::Derived { lateral: true, subquery: Box::new(query), alias, sample: None }
}

/// Whether an expression reads a column, rather than literals and settings only.
fn reads_columns(expr: &Expr) -> bool {
    struct Columns;
    impl Visitor for Columns {
        type Break = ();

        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            match expr {
                Expr::Identifier(_) | Expr::CompoundIdentifier(_) => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        }
    }
    expr.visit(&mut Columns).is_break()
}
