//! `ROWS FROM (generate_series(1, 3), unnest(list)) AS z(n, l)`, which is read as a call of `rows_from`: the lists side by side, as `unnest` of
//! several puts them.

use datafusion::sql::sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, Ident, TableAlias, TableAliasColumnDef, TableFactor};

use crate::catalog::pg::build::{arguments, function_name, parts, quoted};
use crate::catalog::pg::repeated_name;
use crate::error::{Error, Result};

/// # Errors
/// 0A000 for functions that give no list.
pub fn spelled_out(factor: &mut TableFactor) -> Result<()> {
    let (name, given, alias, with_ordinality) = match factor {
        TableFactor::Table { name, args: Some(arguments), alias, with_ordinality, .. } => {
            (name, &mut arguments.args, alias, *with_ordinality)
        }
        TableFactor::Function { name, args, alias, with_ordinality, .. } => (name, args, alias, *with_ordinality),
        _ => return Ok(()),
    };
    if parts(name).pop().is_none_or(|name| name != "rows_from") {
        return Ok(());
    }
    let lists = given.iter().map(list).collect::<Result<Vec<_>>>()?;
    let first = lists.first().map(|(function, _)| function.clone()).unwrap_or_default();
    let unnamed = || TableAlias { explicit: true, name: Ident::new(first), columns: vec![], at: None };
    let mut alias = alias.take().unwrap_or_else(unnamed);
    if let ([_], []) = (lists.as_slice(), alias.columns.as_slice()) {
        alias.columns.push(TableAliasColumnDef { name: alias.name.clone(), data_type: None });
    }
    // Columns of several that have no name in the list are named as their functions are.
    for place in alias.columns.len()..lists.len() {
        let Some((function, _)) = lists.get(place) else { break };
        let before = lists.iter().take(place).filter(|(other, _)| other == function).count();
        alias.columns.push(TableAliasColumnDef { name: quoted(&repeated_name(function, before + 1)), data_type: None });
    }
    *factor = TableFactor::UNNEST {
        alias: Some(alias),
        array_exprs: lists.into_iter().map(|(_, list)| list).collect(),
        with_offset: false,
        with_offset_alias: None,
        with_ordinality,
    };
    Ok(())
}

/// The name of a function, and the list that it gives.
fn list(argument: &FunctionArg) -> Result<(String, Expr)> {
    let FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Function(function))) = argument else {
        return Err(refused("such a call"));
    };
    let name = function_name(function);
    match (name.as_str(), arguments(function).as_slice()) {
        // A series in an expression is unnested already.
        ("unnest", [series @ Expr::Function(function)]) if function_name(function) == "generate_series" => {
            Ok((function_name(function), (*series).clone()))
        }
        ("unnest", [list]) => Ok((name, (*list).clone())),
        _ => Err(refused(&name)),
    }
}

fn refused(what: &str) -> Error {
    Error::unsupported(format!("ROWS FROM of {what} is not supported"))
        .hint("Write sub-queries with row_number(), and FULL JOIN them by that")
}
