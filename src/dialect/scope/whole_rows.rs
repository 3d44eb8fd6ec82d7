//! The name of a table as an expression: its whole row. Here it is counted, asked for NULL, and asked for a column.

use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, OrderBy, Select,
};

use super::columns::{Relation, Source};
use crate::catalog::pg::build::{boolean, call, folded, function_name, parts, quoted};
use crate::dialect::level;
use crate::error::{Error, Result};

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
    let refuse = |expr: &mut Expr| match expr {
        Expr::Identifier(name) if row(name).is_some() => {
            let message = format!("the whole row \"{}\" is not supported as a value", folded(name));
            Err(Error::unsupported(message).hint("Name its columns"))
        }
        _ => Ok(()),
    };
    level::each(select, refuse)?;
    let Some(order_by) = order_by else { return Ok(()) };
    level::each(order_by, change)
}

fn change<'a>(expr: &mut Expr, row: &impl Fn(&Ident) -> Option<&'a Relation>) -> Result<()> {
    let replacement = match expr {
        Expr::IsNull(inner) => tested(inner, row, true),
        Expr::IsNotNull(inner) => tested(inner, row, false),
        Expr::CompoundFieldAccess { root, access_chain } => match (root.as_ref(), access_chain.as_slice()) {
            (Expr::Nested(inner), [AccessExpr::Dot(Expr::Identifier(column))]) => match inner.as_ref() {
                Expr::Identifier(name) if row(name).is_some() => {
                    Some(Expr::CompoundIdentifier(vec![name.clone(), column.clone()]))
                }
                _ => None,
            },
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
    Ok(())
}

fn columns(relation: &Relation) -> Vec<Expr> {
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
