//! `EXISTS (SELECT … FROM pg_constraint WHERE … AND a.attnum = ANY (conkey))`, by which tools ask whether a column belongs to a key: the
//! planner joins by equality, so each number of the key becomes a row.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Ident, Query, Select, SetExpr, Statement, TableAlias, TableFactor, VisitorMut,
};

use super::build::parts;
use crate::syntax;

/// A number of the key, in its row.
const MEMBER: &str = "key_member";

pub struct Members;

impl VisitorMut for Members {
    type Break = ();

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if let Expr::Exists { subquery, .. } = expression
            && let SetExpr::Select(select) = subquery.body.as_mut()
        {
            by_rows(select);
        }
        ControlFlow::Continue(())
    }
}

fn by_rows(select: &mut Select) -> Option<()> {
    let [from] = select.from.as_mut_slice() else { return None };
    let TableFactor::Table { name, alias, args: None, .. } = &from.relation else { return None };
    if !from.joins.is_empty() || parts(name) != ["pg_catalog", "pg_constraint"] {
        return None;
    }
    let numbers = member(select.selection.as_mut()?)?;
    let query = numbered(&numbers.value)?;
    let alias = alias.clone().unwrap_or_else(|| TableAlias {
        explicit: false,
        name: Ident::new("pg_constraint"),
        columns: Vec::new(),
        at: None,
    });
    from.relation = TableFactor::Derived { lateral: false, subquery: query, alias: Some(alias), sample: None };
    Some(())
}

/// Puts an equality for `… = ANY (conkey)`, and gives the name of the array.
fn member(condition: &mut Expr) -> Option<Ident> {
    match condition {
        Expr::Nested(inner) => member(inner),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => member(left).or_else(|| member(right)),
        Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } => {
            let array = column(right)?.clone();
            let member = Box::new(Expr::Identifier(Ident::new(MEMBER)));
            *condition = Expr::BinaryOp { left: left.clone(), op: BinaryOperator::Eq, right: member };
            Some(array)
        }
        _ => None,
    }
}

fn column(array: &Expr) -> Option<&Ident> {
    let name = match array {
        Expr::Nested(inner) => return column(inner),
        Expr::Identifier(name) => name,
        Expr::CompoundIdentifier(names) => names.last()?,
        _ => return None,
    };
    matches!(name.value.as_str(), "conkey" | "confkey").then_some(name)
}

/// The keys, each as often as it has columns.
fn numbered(array: &str) -> Option<Box<Query>> {
    let text = format!(
        "SELECT oid, conname, connamespace, contype, conrelid, conindid, confrelid, unnest({array}) AS {MEMBER} FROM pg_catalog.pg_constraint"
    );
    match syntax::parse(&text).ok()?.pop()? {
        Statement::Query(query) => Some(query),
        _ => None,
    }
}
