//! Functions that return rows, in FROM: `json_each(…)`, `regexp_matches(…)`. The engine unnests the list that such a function makes, in the
//! list of results of a sub-query.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, Ident, Query, Select, SelectItem, SetExpr, Statement, TableAlias, TableFactor, Visit,
    VisitMut, Visitor, VisitorMut,
};

use super::calls::unnested;
use crate::catalog::pg::build::{call, folded, parts, select, text};
use crate::dialect::texts;

/// The columns that a function returns; `None` for one that returns a value.
pub fn columns(function: &str) -> Option<&'static [(&'static str, &'static str)]> {
    texts::returned_columns(function)
}

/// Rewrites a statement, once.
pub fn rewrite(statement: &mut Statement) {
    let _ = statement.visit(&mut Froms);
}

struct Froms;

impl VisitorMut for Froms {
    type Break = ();

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        in_body(&mut query.body);
        ControlFlow::Continue(())
    }
}

fn in_body(body: &mut SetExpr) {
    match body {
        SetExpr::Select(select) => in_select(select),
        SetExpr::SetOperation { left, right, .. } => {
            in_body(left);
            in_body(right);
        }
        _ => {}
    }
}

fn in_select(select: &mut Select) {
    let mut columns = Columns::default();
    for from in &mut select.from {
        columns.replace(&mut from.relation);
        from.joins.iter_mut().for_each(|join| columns.replace(&mut join.relation));
    }
    if !columns.0.is_empty() {
        for item in &mut select.projection {
            // The result has the function's name, and not the column's.
            if let SelectItem::UnnamedExpr(Expr::Identifier(name)) = item
                && columns.0.contains_key(&folded(name))
            {
                *item = SelectItem::ExprWithAlias { alias: name.clone(), expr: Expr::Identifier(name.clone()) };
            }
        }
        let _ = VisitMut::visit(select, &mut columns);
    }
}

/// A function in FROM.
struct Called {
    call: Expr,
    alias: Ident,
    /// Names of its columns in the result, each with the field of the list.
    columns: Vec<(Ident, Option<&'static str>)>,
    types: &'static [(&'static str, &'static str)],
    reads_columns: bool,
}

fn called(factor: &TableFactor) -> Option<Called> {
    let (name, alias, arguments, numbered) = match factor {
        TableFactor::Table { name, alias, args: Some(arguments), with_ordinality, .. } => {
            (name, alias, &arguments.args, *with_ordinality)
        }
        TableFactor::Function { name, alias, args, with_ordinality, .. } => (name, alias, args, *with_ordinality),
        _ => return None,
    };
    let name = parts(name).pop()?;
    let fields = columns(&name)?;
    let arguments = arguments.iter().map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.clone()),
        _ => None,
    });
    let call = call(&name, arguments.collect::<Option<Vec<_>>>()?);
    let mut reads = Reads(false);
    let _ = call.visit(&mut reads);
    let alias_name = alias.as_ref().map_or_else(|| Ident::new(&name), |alias| alias.name.clone());
    let given = alias.as_ref().map(|alias| alias.columns.as_slice()).unwrap_or_default();
    let mut named = fields.iter().map(|(field, _)| match fields {
        // A column without a name of its own has that of the function in FROM.
        [_] if *field == name => (alias_name.clone(), None),
        [_] => (Ident::new(*field), None),
        _ => (Ident::new(*field), Some(*field)),
    });
    let mut columns: Vec<_> = named.by_ref().collect();
    if numbered {
        columns.push((Ident::new("ordinality"), None));
    }
    for (column, own) in columns.iter_mut().zip(given) {
        column.0 = own.name.clone();
    }
    Some(Called { call, alias: alias_name, columns, types: fields, reads_columns: reads.0 })
}

impl Called {
    /// The columns as results of a sub-query: lists that are unnested together.
    fn items(&self) -> Vec<SelectItem> {
        let item = |(place, (name, field)): (usize, &(Ident, Option<&'static str>))| {
            let list = match field {
                Some(field) => call("rows_column", vec![self.call.clone(), text(field)]),
                None => self.call.clone(),
            };
            let list = if place == self.types.len() { call("rows_numbers", vec![self.call.clone()]) } else { list };
            let of_type = self.types.get(place..=place).unwrap_or_default();
            SelectItem::ExprWithAlias { expr: unnested(list, of_type), alias: name.clone() }
        };
        self.columns.iter().enumerate().map(item).collect()
    }
}

/// What the names of functions in FROM stand for: their one column.
#[derive(Default)]
struct Columns(BTreeMap<String, Ident>);

impl Columns {
    fn replace(&mut self, factor: &mut TableFactor) {
        let Some(called) = called(factor) else { return };
        if let [(column, _)] = called.columns.as_slice() {
            self.0.insert(folded(&called.alias), column.clone());
        }
        let alias = TableAlias { explicit: true, name: called.alias.clone(), columns: Vec::new(), at: None };
        let subquery = Box::new(select(called.items(), Vec::new()));
        *factor = TableFactor::Derived { lateral: called.reads_columns, subquery, alias: Some(alias), sample: None };
    }
}

impl VisitorMut for Columns {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if let Expr::Identifier(name) = expression
            && let Some(column) = self.0.get(&folded(name))
        {
            *expression = Expr::CompoundIdentifier(vec![name.clone(), column.clone()]);
        }
        ControlFlow::Continue(())
    }
}

/// Whether an expression reads a column.
struct Reads(bool);

impl Visitor for Reads {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        self.0 |= matches!(expression, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
        ControlFlow::Continue(())
    }
}
