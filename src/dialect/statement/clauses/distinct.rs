//! `SELECT DISTINCT upper(s) … ORDER BY upper(s)`: the planner looks for the expression among the columns of FROM, where a position is
//! the result itself.

use datafusion::sql::sqlparser::ast::{Distinct, Expr, OrderBy, OrderByKind, Select, SelectItem};

use super::repeated::normal;
use crate::catalog::pg::build::number;

/// Says the positions of results that are what DISTINCT is sorted by.
pub fn sorted_by_position(select: &Select, order_by: Option<&mut OrderBy>) {
    let Some(OrderBy { kind: OrderByKind::Expressions(sorts), .. }) = order_by else { return };
    if !matches!(select.distinct, Some(Distinct::Distinct)) {
        return;
    }
    let results = select.projection.iter().map_while(|item| match item {
        SelectItem::ExprWithAlias { expr, .. } | SelectItem::UnnamedExpr(expr) => Some(normal(expr)),
        // How many columns it stands for is not known yet.
        _ => None,
    });
    let results: Vec<Expr> = results.collect();
    for sort in sorts {
        if matches!(sort.expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Value(_)) {
            continue;
        }
        let sorted = normal(&sort.expr);
        let place = results.iter().position(|result| *result == sorted);
        if let Some(position) = place.and_then(|place| i64::try_from(place + 1).ok()) {
            sort.expr = number(position);
        }
    }
}
