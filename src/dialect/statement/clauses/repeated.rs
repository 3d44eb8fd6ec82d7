//! Aggregates that differ in a cast only, as in `sum(a), sum(a::int8)`: the planner's names for them leave casts out and would be the
//! same. Around the cast goes a call that changes nothing but the name. `count(1)` is `count(*)`.

use std::collections::BTreeMap;

use datafusion::sql::sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, FunctionArguments, OrderBy, Select, Value};

use crate::catalog::pg::build::{call, function_name};
use crate::dialect::statement::level;
use crate::error::Result;

pub fn told_apart(select: &mut Select, order_by: Option<&mut OrderBy>) -> Result<()> {
    let mut order_by = order_by;
    // What the planner calls a call, and how often it stands for another one.
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut note = |expr: &mut Expr| {
        if let Expr::Function(function) = expr
            && let FunctionArguments::List(list) = &mut function.args
            && let [FunctionArg::Unnamed(argument)] = list.args.as_mut_slice()
        {
            if let FunctionArgExpr::Expr(Expr::Value(value)) = argument
                && matches!(value.value, Value::Number(..))
                && list.duplicate_treatment.is_none()
                && function_name_of(&function.name) == "count"
            {
                *argument = FunctionArgExpr::Wildcard;
            }
            if let FunctionArgExpr::Expr(argument) = argument {
                let known = named.entry(format!("{} {}", function.name, without_casts(argument))).or_default();
                let written = argument.to_string();
                if !known.contains(&written) {
                    known.push(written);
                }
            }
        }
        Ok(())
    };
    level::each(select, &mut note)?;
    if let Some(order_by) = order_by.as_deref_mut() {
        level::each(order_by, &mut note)?;
    }
    if named.values().all(|written| written.len() < 2) {
        return Ok(());
    }
    let tell = |expr: &mut Expr| {
        if let Expr::Function(function) = expr
            && let name = function_name(function)
            && name != "coalesce"
            && let FunctionArguments::List(list) = &mut function.args
            && let [FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))] = list.args.as_mut_slice()
            && matches!(argument, Expr::Cast { .. })
            && named
                .get(&format!("{} {}", function.name, without_casts(argument)))
                .is_some_and(|written| written.len() > 1 && written.contains(&argument.to_string()))
        {
            *argument = call("coalesce", vec![argument.clone()]);
        }
        Ok(())
    };
    level::each(select, tell)?;
    order_by.map_or(Ok(()), |order_by| level::each(order_by, tell))
}

fn function_name_of(name: &datafusion::sql::sqlparser::ast::ObjectName) -> String {
    crate::catalog::pg::build::parts(name).pop().unwrap_or_default()
}

fn without_casts(expr: &Expr) -> String {
    match expr {
        Expr::Cast { expr, .. } | Expr::Nested(expr) => without_casts(expr),
        other => other.to_string(),
    }
}
