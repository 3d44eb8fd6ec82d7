//! EXCEPT ALL and INTERSECT ALL: equal rows are told apart by their number, and then it is EXCEPT and INTERSECT of rows and numbers.

use datafusion::sql::sqlparser::ast::{
    Expr, Ident, Query, SelectItem, SetExpr, SetOperator, SetQuantifier, TableAliasColumnDef, TableFactor, TableWithJoins,
    WindowSpec, WindowType,
};

use crate::catalog::pg::build::{call, derived, quoted, select};
use crate::error::{Error, Result};

/// The number of a row among its equals.
const COPY: &str = "__copy";

pub fn without(body: &mut SetExpr, columns: Option<Vec<String>>) -> Result<()> {
    let SetExpr::SetOperation { op: op @ (SetOperator::Except | SetOperator::Intersect), set_quantifier, left, right } = body
    else {
        return Ok(());
    };
    if *set_quantifier != SetQuantifier::All {
        return Ok(());
    }
    let Some(columns) = columns else {
        let error = Error::unsupported(format!("{op} ALL of columns that are not named is not supported"));
        return Err(error.hint("Name the columns"));
    };
    let side = |part: &SetExpr| {
        let query = Query { body: Box::new(part.clone()), ..select(vec![], vec![]) };
        Box::new(SetExpr::Query(Box::new(numbered(query, &columns))))
    };
    let (left, right) = (side(left), side(right));
    let distinct = SetExpr::SetOperation { op: *op, set_quantifier: SetQuantifier::None, left, right };
    let rows = Query { body: Box::new(distinct), ..select(vec![], vec![]) };
    let relation = derived(rows, Ident::new("__rows"));
    *body = *select(named(&columns).collect(), vec![TableWithJoins { relation, joins: vec![] }]).body;
    Ok(())
}

fn named(columns: &[String]) -> impl Iterator<Item = SelectItem> {
    columns.iter().map(|column| SelectItem::UnnamedExpr(Expr::Identifier(quoted(column))))
}

/// `SELECT a, b, row_number() OVER (PARTITION BY a, b) FROM (query) AS rows(a, b)`.
fn numbered(query: Query, columns: &[String]) -> Query {
    let mut relation = derived(query, Ident::new("__rows"));
    if let TableFactor::Derived { alias: Some(alias), .. } = &mut relation {
        alias.columns = columns.iter().map(|column| TableAliasColumnDef { name: quoted(column), data_type: None }).collect();
    }
    let partition_by = columns.iter().map(|column| Expr::Identifier(quoted(column))).collect();
    let number = SelectItem::ExprWithAlias {
        expr: numbering("row_number", WindowSpec { window_name: None, partition_by, order_by: vec![], window_frame: None }),
        alias: Ident::new(COPY),
    };
    select(named(columns).chain([number]).collect(), vec![TableWithJoins { relation, joins: vec![] }])
}

/// A function without arguments over a window.
pub fn numbering(function: &str, window: WindowSpec) -> Expr {
    let mut number = call(function, vec![]);
    if let Expr::Function(function) = &mut number {
        function.over = Some(WindowType::WindowSpec(window));
    }
    number
}
