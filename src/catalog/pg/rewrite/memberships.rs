//! `ARRAY(WITH RECURSIVE … pg_roles … pg_auth_members …)`, which clients ask of each role: the roles that it is a member of, by way of others
//! too. The planner takes no recursion that depends on the row around it, and the rights know the answer.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Query, Select, SelectItem, SetExpr, SetOperator, TableFactor, TableWithJoins,
};

use super::build::{call, folded, parts};

/// Names of a role and of those that it is a member of, if that is what the query finds:
/// `WITH RECURSIVE r AS (SELECT oid, rolname FROM pg_roles WHERE oid = x UNION ALL SELECT … pg_auth_members …) SELECT rolname FROM r`.
pub fn of(query: &Query) -> Option<Expr> {
    let with = query.with.as_ref().filter(|with| with.recursive)?;
    let ([table], SetExpr::Select(shown)) = (with.cte_tables.as_slice(), query.body.as_ref()) else { return None };
    let SetExpr::SetOperation { op: SetOperator::Union, left, right, .. } = table.query.body.as_ref() else { return None };
    let (SetExpr::Select(first), SetExpr::Select(step)) = (left.as_ref(), right.as_ref()) else { return None };
    let only_names = shown.selection.is_none() && shown.projection.len() == 1 && shown.projection.first().is_some_and(is_name);
    let follows = reads(step, "pg_auth_members") && step.selection.is_none();
    let Some(Expr::BinaryOp { left: column, op: BinaryOperator::Eq, right: role }) = &first.selection else { return None };
    let starts = reads(first, "pg_roles") && last_name(column).as_deref() == Some("oid");
    (only_names && follows && starts).then(|| call("pg_role_memberships", vec![role.as_ref().clone()]))
}

fn is_name(item: &SelectItem) -> bool {
    let (SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. }) = item else { return false };
    last_name(expression).as_deref() == Some("rolname")
}

fn last_name(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Identifier(name) => Some(folded(name)),
        Expr::CompoundIdentifier(names) => names.last().map(folded),
        _ => None,
    }
}

fn reads(select: &Select, table: &str) -> bool {
    let is = |factor: &TableFactor| matches!(factor, TableFactor::Table { name, .. } if parts(name).last().is_some_and(|name| name == table));
    let joined = |from: &TableWithJoins| is(&from.relation) || from.joins.iter().any(|join| is(&join.relation));
    select.from.iter().any(joined)
}
