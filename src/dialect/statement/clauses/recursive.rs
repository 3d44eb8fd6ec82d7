//! WITH RECURSIVE: the planner casts what the recursive term gives to the types of the first rows, and PostgreSQL refuses other types. A
//! call around each column, which changes nothing, keeps the planner's casts apart from the statement's;
//! [`crate::dialect::subqueries::recursion`] looks at them.

use datafusion::sql::sqlparser::ast::{Expr, Query, SelectItem, SetExpr};

use crate::catalog::pg::build::{call, folded, quoted};

pub fn marked(query: &mut Query) {
    let Some(with) = query.with.as_mut().filter(|with| with.recursive) else { return };
    for table in &mut with.cte_tables {
        if let SetExpr::SetOperation { right, .. } = table.query.body.as_mut()
            && let SetExpr::Select(select) = right.as_mut()
        {
            select.projection.iter_mut().for_each(mark);
        }
    }
}

fn mark(item: &mut SelectItem) {
    let (expr, alias) = match &*item {
        SelectItem::ExprWithAlias { expr, alias } => (expr.clone(), alias.clone()),
        SelectItem::UnnamedExpr(expr @ Expr::Identifier(name)) => (expr.clone(), quoted(&folded(name))),
        SelectItem::UnnamedExpr(expr @ Expr::CompoundIdentifier(names)) => {
            let Some(name) = names.last() else { return };
            (expr.clone(), quoted(&folded(name)))
        }
        _ => return,
    };
    *item = SelectItem::ExprWithAlias { expr: call("coalesce", vec![expr]), alias };
}
