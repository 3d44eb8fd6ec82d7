//! Functions that return rows, in FROM: `json_each(…)`, `regexp_matches(…)`. The engine unnests the list that such a function makes, in the
//! list of results of a sub-query; beside a table whose columns it reads, the sub-query is of that table.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, Ident, JoinConstraint, JoinOperator, Query, Select, SelectItem, SetExpr, Statement,
    TableAlias, TableFactor, TableWithJoins, Value, Visit, VisitMut, Visitor, VisitorMut,
};

use super::functions;
use crate::catalog::pg::build::{all, call, derived, folded, parts, select, text};

/// The columns that a function returns; `None` for one that returns a value.
pub fn columns(function: &str) -> Option<&'static [(&'static str, &'static str)]> {
    functions::returned_columns(function)
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
    let mut moved = Moved::default();
    for from in &mut select.from {
        moved.take_joined(from);
    }
    moved.take_listed(&mut select.from);
    for from in &mut select.from {
        moved.replace(&mut from.relation);
        from.joins.iter_mut().for_each(|join| moved.replace(&mut join.relation));
    }
    if !moved.0.is_empty() {
        let _ = select.visit(&mut moved);
    }
}

/// A function in FROM.
struct Called {
    call: Expr,
    alias: Ident,
    /// Names of its columns in the result, each with the field of the list.
    columns: Vec<(Ident, Option<&'static str>)>,
    numbered: bool,
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
    Some(Called { call, alias: alias_name, columns, numbered, reads_columns: reads.0 })
}

impl Called {
    /// The columns as results of a sub-query: lists that are unnested together.
    fn items(&self, outer: bool) -> Vec<SelectItem> {
        let unnest = if outer { "unnest_outer" } else { "unnest" };
        let last = self.columns.len().saturating_sub(usize::from(self.numbered));
        let item = |(place, (name, field)): (usize, &(Ident, Option<&'static str>))| {
            let list = match field {
                Some(field) => call("rows_column", vec![self.call.clone(), text(field)]),
                None => self.call.clone(),
            };
            let list = if place == last { call("rows_numbers", vec![self.call.clone()]) } else { list };
            SelectItem::ExprWithAlias { expr: call(unnest, vec![list]), alias: name.clone() }
        };
        self.columns.iter().enumerate().map(item).collect()
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

/// What the names of functions in FROM stand for: the table with their columns, and their one column, if it is one.
#[derive(Default)]
struct Moved(BTreeMap<String, (Ident, Option<Ident>)>);

impl Moved {
    fn note(&mut self, called: &Called, table: Ident) {
        let one = match called.columns.as_slice() {
            [(column, _)] => Some(column.clone()),
            _ => None,
        };
        self.0.insert(folded(&called.alias), (table, one));
    }

    /// A function that reads no other table.
    fn replace(&mut self, factor: &mut TableFactor) {
        if let Some(called) = called(factor) {
            self.note(&called, called.alias.clone());
            *factor = derived(select(called.items(false), Vec::new()), called.alias.clone());
        }
    }

    /// `t CROSS JOIN f(t.list)`, first of the joins.
    fn take_joined(&mut self, from: &mut TableWithJoins) {
        while let Some(join) = from.joins.first() {
            let Some(outer) = unconditional(&join.join_operator) else { break };
            let Some(called) = called(&join.relation).filter(|called| called.reads_columns) else { break };
            let Some(relation) = self.beside(&from.relation, &called, outer) else { break };
            from.relation = relation;
            from.joins.remove(0);
        }
    }

    /// `t, f(t.list)`.
    fn take_listed(&mut self, list: &mut Vec<TableWithJoins>) {
        let mut index = 0;
        while let Some([before, next]) = list.get_mut(index..index + 2) {
            let function = called(&next.relation).filter(|called| called.reads_columns && before.joins.is_empty());
            match function.and_then(|called| self.beside(&before.relation, &called, false)) {
                Some(relation) => {
                    *before = TableWithJoins { relation, joins: std::mem::take(&mut next.joins) };
                    list.remove(index + 1);
                }
                None => index += 1,
            }
        }
    }

    /// The table with what the function returns in further columns, under the table's name.
    fn beside(&mut self, table: &TableFactor, called: &Called, outer: bool) -> Option<TableFactor> {
        let name = match table {
            TableFactor::Table { alias: Some(TableAlias { name, .. }), .. }
            | TableFactor::Derived { alias: Some(TableAlias { name, .. }), .. } => name.clone(),
            TableFactor::Table { name, args: None, .. } => name.0.last()?.as_ident()?.clone(),
            _ => return None,
        };
        let mut items = vec![all()];
        items.extend(called.items(outer));
        let mut rows = select(items, vec![TableWithJoins { relation: table.clone(), joins: Vec::new() }]);
        // What an earlier function returned is a column by now.
        let _ = VisitMut::visit(&mut rows, self);
        self.note(called, name.clone());
        Some(derived(rows, name))
    }
}

/// Whether every row is joined, and then whether those without a partner stay.
fn unconditional(operator: &JoinOperator) -> Option<bool> {
    let always = |constraint: &JoinConstraint| match constraint {
        JoinConstraint::On(Expr::Value(value)) => value.value == Value::Boolean(true),
        JoinConstraint::None => true,
        _ => false,
    };
    match operator {
        JoinOperator::CrossJoin(_) => Some(false),
        JoinOperator::Join(on) | JoinOperator::Inner(on) if always(on) => Some(false),
        JoinOperator::Left(on) | JoinOperator::LeftOuter(on) if always(on) => Some(true),
        _ => None,
    }
}

impl VisitorMut for Moved {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        match expression {
            Expr::CompoundIdentifier(names) => {
                if let [alias, _] = names.as_mut_slice()
                    && let Some((table, _)) = self.0.get(&folded(alias))
                {
                    *alias = table.clone();
                }
            }
            // The one column of a function goes by the function's name, too.
            Expr::Identifier(name) => {
                if let Some((table, Some(column))) = self.0.get(&folded(name)) {
                    *expression = Expr::CompoundIdentifier(vec![table.clone(), column.clone()]);
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
