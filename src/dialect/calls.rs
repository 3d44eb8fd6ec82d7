//! Calls in the planner's words: aggregates of JSON, and functions that return rows in a list of results.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident, ObjectName, VisitorMut,
};

use super::returned;
use crate::catalog::pg::build::{arguments, boolean, call, function_name};

pub struct Calls;

impl VisitorMut for Calls {
    type Break = ();

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if let Expr::Function(function) = expression {
            let name = function_name(function);
            if let Some(replaced) = aggregated(&name, function) {
                *expression = replaced;
            } else if returned::columns(&name).is_some() && function.over.is_none() {
                let list = std::mem::replace(expression, boolean(true));
                *expression = call("unnest", vec![list]);
            }
        }
        ControlFlow::Continue(())
    }
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
    let elements = FunctionArg::Unnamed(FunctionArgExpr::Expr(call(element, given)));
    let aggregate = Function {
        name: ObjectName::from(vec![Ident::new("array_agg")]),
        args: FunctionArguments::List(FunctionArgumentList { args: vec![elements], ..list.clone() }),
        ..function.clone()
    };
    Some(call(whole, vec![Expr::Function(aggregate)]))
}
