//! VALUES with sub-queries as a SELECT for each row, and `(VALUES …)` behind IN as one for all.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, Ident, Query, SelectItem, SetExpr, SetOperator, SetQuantifier, TableWithJoins, Visit, Visitor,
};

use crate::catalog::pg::build::select;

pub fn spelled_out(query: &mut Query) {
    let SetExpr::Values(values) = query.body.as_ref() else { return };
    let mut asks = Asks;
    if values.rows.visit(&mut asks).is_continue() {
        return;
    }
    let rows = values.rows.iter().map(|row| *select(row.iter().zip(1..).map(named).collect(), Vec::<TableWithJoins>::new()).body);
    let all = rows.reduce(|left, right| SetExpr::SetOperation {
        op: SetOperator::Union,
        set_quantifier: SetQuantifier::All,
        left: Box::new(left),
        right: Box::new(right),
    });
    if let Some(all) = all {
        *query.body = all;
    }
}

fn named((expr, number): (&Expr, usize)) -> SelectItem {
    SelectItem::ExprWithAlias { expr: expr.clone(), alias: Ident::new(format!("column{number}")) }
}

struct Asks;

impl Visitor for Asks {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
}
