//! Functions in FROM that read columns of the table before them, as `FROM t, unnest(t.list) AS u(x)`. The planner returns rows from select
//! lists only, so this becomes `FROM (SELECT *, unnest(t.list) AS x FROM t) AS t`, and `u.x` becomes `t.x`.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, Ident, JoinConstraint, JoinOperator, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, TableAlias, TableFactor, TableWithJoins, Visit, VisitMut, Visitor, VisitorMut,
};

use super::build::{all, boolean, call, derived, parts, select};

/// Functions of PostgreSQL that return rows with columns.
const RETURNING_ROWS: &[&str] = &["aclexplode", "_pg_expandarray"];

pub struct Laterals;

impl VisitorMut for Laterals {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        let mut moved = in_body(&mut query.body);
        if let Some(order_by) = &mut query.order_by {
            let _ = order_by.visit(&mut moved);
        }
        ControlFlow::Continue(())
    }
}

/// What a function returns beside a table.
struct Returned {
    call: Expr,
    /// The name that the call has in FROM.
    alias: Ident,
    /// The name of the column; of a function that returns several, the alias.
    column: Ident,
    several: bool,
    /// The table that it is beside now.
    table: Option<Ident>,
}

/// The functions of one SELECT that were moved.
#[derive(Default)]
struct Moved(Vec<Returned>);

fn in_body(body: &mut SetExpr) -> Moved {
    match body {
        SetExpr::Select(select) => in_select(select),
        SetExpr::SetOperation { left, right, .. } => {
            in_body(left);
            in_body(right);
            Moved::default()
        }
        _ => Moved::default(),
    }
}

fn in_select(select: &mut Select) -> Moved {
    let mut moved = Moved::default();
    // `t.*` would show what the function returns too.
    let of_one =
        |item: &SelectItem| matches!(item, SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(_), _));
    if select.projection.iter().any(of_one) {
        return moved;
    }
    for from in &mut select.from {
        moved.take_joined(from);
    }
    moved.take_listed(&mut select.from);
    if !moved.0.is_empty() {
        select.projection.iter_mut().for_each(|item| moved.name_field(item));
        let _ = select.visit(&mut moved);
    }
    moved
}

impl Moved {
    /// `t CROSS JOIN unnest(t.list)`, first of the joins.
    fn take_joined(&mut self, from: &mut TableWithJoins) {
        while let Some(join) = from.joins.first().filter(|join| is_cross(&join.join_operator)) {
            let Some((relation, returned)) = returned(&join.relation).and_then(|next| beside(&from.relation, next)) else {
                break;
            };
            from.relation = relation;
            from.joins.remove(0);
            self.0.push(returned);
        }
    }

    /// `t, unnest(t.list)`.
    fn take_listed(&mut self, list: &mut Vec<TableWithJoins>) {
        let mut index = 0;
        while let Some([before, next]) = list.get_mut(index..index + 2) {
            let next_returned = returned(&next.relation).filter(|_| before.joins.is_empty());
            match next_returned.and_then(|returned| beside(&before.relation, returned)) {
                Some((relation, returned)) => {
                    *before = TableWithJoins { relation, joins: std::mem::take(&mut next.joins) };
                    list.remove(index + 1);
                    self.0.push(returned);
                }
                None => index += 1,
            }
        }
    }

    fn find(&self, alias: &Ident) -> Option<&Returned> {
        self.0.iter().find(|returned| returned.alias == *alias)
    }

    /// `x.field` of what a function returned is named after the field.
    fn name_field(&self, item: &mut SelectItem) {
        if let SelectItem::UnnamedExpr(expression @ Expr::CompoundIdentifier(_)) = item
            && let Expr::CompoundIdentifier(names) = &*expression
            && let [alias, field] = names.as_slice()
            && self.find(alias).is_some()
        {
            *item = SelectItem::ExprWithAlias { alias: field.clone(), expr: expression.clone() };
        }
    }
}

/// The one column of what `unnest` returned is a column of the table that it is beside.
impl VisitorMut for Moved {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if let Expr::CompoundIdentifier(names) = expression
            && let [alias, column] = names.as_mut_slice()
            && let Some(Returned { table: Some(table), .. }) =
                self.find(alias).filter(|returned| !returned.several && returned.column == *column)
        {
            *alias = table.clone();
        }
        ControlFlow::Continue(())
    }
}

fn is_cross(operator: &JoinOperator) -> bool {
    match operator {
        JoinOperator::CrossJoin(_) => true,
        JoinOperator::Join(JoinConstraint::On(condition)) | JoinOperator::Inner(JoinConstraint::On(condition)) => {
            *condition == boolean(true)
        }
        _ => false,
    }
}

/// The call of a function that reads columns.
fn returned(factor: &TableFactor) -> Option<Returned> {
    let (call, alias, several) = match factor {
        TableFactor::UNNEST { alias, array_exprs, with_offset: false, with_ordinality: false, .. } => {
            let [array] = array_exprs.as_slice() else { return None };
            (call("unnest", vec![array.clone()]), alias, false)
        }
        TableFactor::Table { name, alias, args: Some(arguments), with_ordinality: false, .. } => {
            (function(&parts(name).pop()?, &arguments.args)?, alias, true)
        }
        TableFactor::Function { name, alias, args, .. } => (function(&parts(name).pop()?, args)?, alias, true),
        _ => return None,
    };
    let mut columns = Columns(false);
    let _ = call.visit(&mut columns);
    let column = |alias: &TableAlias| alias.columns.first().map_or(&alias.name, |column| &column.name).clone();
    let alias = alias.as_ref().filter(|alias| columns.0 && (!several || alias.columns.is_empty()))?;
    Some(Returned { call, column: column(alias), alias: alias.name.clone(), several, table: None })
}

fn function(name: &str, arguments: &[FunctionArg]) -> Option<Expr> {
    match arguments {
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(list))] if RETURNING_ROWS.contains(&name) => {
            Some(call(name, vec![list.clone()]))
        }
        _ => None,
    }
}

/// Whether an expression reads a column.
struct Columns(bool);

impl Visitor for Columns {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        self.0 |= matches!(expression, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
        ControlFlow::Continue(())
    }
}

/// The table with what the function returns in one more column, under the table's name.
fn beside(table: &TableFactor, returned: Returned) -> Option<(TableFactor, Returned)> {
    let name = match table {
        TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. } => alias.name.clone(),
        TableFactor::Table { name, args: None, .. } => name.0.last()?.as_ident()?.clone(),
        _ => return None,
    };
    let items = vec![all(), SelectItem::ExprWithAlias { expr: returned.call.clone(), alias: returned.column.clone() }];
    let rows = select(items, vec![TableWithJoins { relation: table.clone(), joins: Vec::new() }]);
    Some((derived(rows, name.clone()), Returned { table: Some(name), ..returned }))
}
