//! Types that the planner would lose: what CASE, `coalesce`, `nullif` and aggregates return has the type of their operands, and to the
//! planner a `name` is a text like any other. Where such a type shows in the syntax tree, a cast says it.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Select, SelectItem, Subscript,
    Value, VisitMut, VisitorMut,
};

use super::arrays;
use super::build::{call, cast, folded, function_name, number, type_name};
use super::scope::Scope;
use crate::catalog::pg::REGISTERED;

/// Types that Arrow's type alone tells.
const PLAIN: &[&str] = &["bool", "int2", "int4", "int8", "float4", "float8", "text"];

/// Casts what the select lists of a statement on catalogs compute, and reads array literals beside array columns.
pub struct Types;

impl VisitorMut for Types {
    type Break = ();

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        let scope = Scope::of(select);
        let mut literals = Literals(&scope);
        for item in &mut select.projection {
            let _ = item.visit(&mut literals);
        }
        if let Some(selection) = &mut select.selection {
            let _ = selection.visit(&mut literals);
        }
        for join in select.from.iter_mut().flat_map(|from| &mut from.joins) {
            let _ = join.join_operator.visit(&mut literals);
        }
        for item in &mut select.projection {
            if let SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. } = item
                && loses_type(expression)
                && let Some(type_name) = scope.known(expression)
                && (!PLAIN.contains(&type_name.as_str()) || all_integers(&scope, expression) || is_extreme(expression))
            {
                let inner = std::mem::replace(expression, number(0));
                *expression = cast(inner, &type_name);
            }
        }
        ControlFlow::Continue(())
    }
}

/// A CASE of numbers that are each an `integer`.
fn all_integers(scope: &Scope, expression: &Expr) -> bool {
    match expression {
        Expr::Nested(inner) => all_integers(scope, inner),
        Expr::Case { conditions, else_result, .. } => {
            let mut results = conditions.iter().map(|when| &when.result).chain(else_result.as_deref());
            results.all(|result| all_integers(scope, result))
        }
        Expr::Value(value) if matches!(value.value, Value::Null) => true,
        other => scope.known(other).as_deref() == Some("int4"),
    }
}

/// The least or greatest of a column, whose type may be another one than the column's.
fn is_extreme(expression: &Expr) -> bool {
    matches!(expression, Expr::Function(function) if matches!(function_name(function).as_str(), "min" | "max"))
}

fn loses_type(expression: &Expr) -> bool {
    match expression {
        Expr::Nested(inner) => loses_type(inner),
        Expr::Case { .. } => true,
        Expr::Function(function) => {
            matches!(
                function_name(function).as_str(),
                "array" | "array_agg" | "coalesce" | "nullif" | "greatest" | "least" | "min" | "max"
            )
        }
        _ => false,
    }
}

/// Array literals, elements of vectors, system columns and names of registered objects within the expressions of one select.
struct Literals<'a>(&'a Scope);

impl VisitorMut for Literals<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        match expression {
            // `typreceive::text` is the name of the function.
            Expr::Cast { expr, data_type, .. } if matches!(type_name(data_type).as_str(), "text" | "varchar" | "name") => {
                let column = matches!(expr.as_ref(), Expr::Identifier(_) | Expr::CompoundIdentifier(_));
                let known = self.0.known(expr).filter(|name| column && REGISTERED.contains(&name.as_str()));
                if let Some(registered) = known {
                    *expression = call(&format!("{registered}out"), vec![expr.as_ref().clone()]);
                }
            }
            // `polroles = '{0}'`
            Expr::BinaryOp { left, op: BinaryOperator::Eq | BinaryOperator::NotEq, right } => {
                let (of_left, of_right) = (self.0.known(left), self.0.known(right));
                read_array(of_left, right);
                read_array(of_right, left);
            }
            // `CASE WHEN … THEN names ELSE '{}' END`
            Expr::Case { conditions, else_result, .. } => {
                let known = conditions.iter().find_map(|when| self.0.known(&when.result));
                let results = conditions.iter_mut().map(|when| &mut when.result).chain(else_result.as_deref_mut());
                results.for_each(|result| read_array(known.clone(), result));
            }
            // `coalesce(names, '{}')`
            Expr::Function(function) if function_name(function) == "coalesce" => {
                let known = super::build::arguments(function).into_iter().find_map(|argument| self.0.known(argument));
                for argument in expressions(function) {
                    read_array(known.clone(), argument);
                }
            }
            // The catalog that a row is in.
            Expr::Identifier(column) if folded(column) == "tableoid" => replace(expression, self.0.table_oid(None)),
            Expr::CompoundIdentifier(names) => {
                if let [table, column] = names.as_slice()
                    && folded(column) == "tableoid"
                {
                    let oid = self.0.table_oid(Some(table));
                    replace(expression, oid);
                }
            }
            Expr::CompoundFieldAccess { root, access_chain } => self.count_from_zero(root, access_chain),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

impl Literals<'_> {
    /// `indkey[0]` is the first element: vectors are counted from 0, and the planner counts every list from 1.
    fn count_from_zero(&self, root: &Expr, chain: &mut [AccessExpr]) {
        let mut names = match root {
            Expr::Identifier(name) => vec![name.clone()],
            Expr::CompoundIdentifier(names) => names.clone(),
            _ => return,
        };
        for access in chain {
            match access {
                AccessExpr::Dot(Expr::Identifier(name)) => names.push(name.clone()),
                AccessExpr::Subscript(Subscript::Index { index }) => {
                    let column = match names.as_slice() {
                        [name] => self.0.known(&Expr::Identifier(name.clone())),
                        _ => self.0.known(&Expr::CompoundIdentifier(names)),
                    };
                    if matches!(column.as_deref(), Some("int2vector" | "oidvector")) {
                        let (left, right) = (Box::new(Expr::Nested(Box::new(index.clone()))), Box::new(number(1)));
                        *index = Expr::BinaryOp { left, op: BinaryOperator::Plus, right };
                    }
                    return;
                }
                _ => return,
            }
        }
    }
}

fn replace(tableoid: &mut Expr, oid: Option<u32>) {
    if let Some(oid) = oid {
        *tableoid = cast(number(i64::from(oid)), "oid");
    }
}

fn expressions(function: &mut Function) -> Vec<&mut Expr> {
    match &mut function.args {
        FunctionArguments::List(list) => list
            .args
            .iter_mut()
            .filter_map(|argument| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Some(expression),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// If what stands beside it is an array, a text is one too.
fn read_array(beside: Option<String>, text: &mut Expr) {
    let Some(type_name) = beside.filter(|name| name.starts_with('_')) else { return };
    if let Some(array) = arrays::from_text(text) {
        *text = cast(array, &type_name);
    }
}
