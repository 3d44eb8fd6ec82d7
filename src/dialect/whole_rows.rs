//! Rows of a table as arguments: `row_to_json(t)`, `json_agg(t)`. The planner has no name for a whole row, so its columns are listed.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::common::TableReference;
use datafusion::logical_expr::TableSource;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, TableAlias, TableFactor, VisitMut, VisitorMut,
};

use crate::catalog::pg::build::{call, folded, function_name, parts, text};
use crate::catalog::pg::output_name;

/// Functions that take rows.
const OF_ROWS: &[&str] = &[
    "row_to_json",
    "to_json",
    "to_jsonb",
    "json_agg_element",
    "json_agg_member",
    "json_build_object",
    "jsonb_build_object",
    "json_build_array",
    "jsonb_build_array",
];

type Tables = HashMap<TableReference, Arc<dyn TableSource>>;

/// Puts lists of columns in the place of rows. A name that is a column, too, means the column.
pub fn expand(statement: &mut Statement, tables: &Tables) {
    let Statement::Statement(statement) = statement else { return };
    let _ = statement.visit(&mut WholeRows { tables, queries: vec![], selects: vec![] });
}

struct WholeRows<'a> {
    tables: &'a Tables,
    /// Names that WITH defines, of each query around, with their columns.
    queries: Vec<Vec<(String, Vec<String>)>>,
    /// Names in FROM with their columns, of each select around.
    selects: Vec<Vec<(String, Vec<String>)>>,
}

impl VisitorMut for WholeRows<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        self.queries.push(vec![]);
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            let columns = renamed(&cte.alias, self.of_query(&cte.query));
            if let Some(defined) = self.queries.last_mut() {
                defined.push((folded(&cte.alias.name), columns));
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.queries.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        let names = self.of_from(select);
        self.selects.push(names);
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, _: &mut Select) -> ControlFlow<()> {
        self.selects.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if let Expr::Function(function) = expression
            && OF_ROWS.contains(&function_name(function).as_str())
            && let FunctionArguments::List(list) = &mut function.args
        {
            list.args.iter_mut().for_each(|argument| self.expand(argument));
        }
        ControlFlow::Continue(())
    }
}

impl WholeRows<'_> {
    fn expand(&self, argument: &mut FunctionArg) {
        let FunctionArg::Unnamed(argument) = argument else { return };
        let row = match argument {
            FunctionArgExpr::Expr(Expr::Identifier(name)) => self.row(name),
            FunctionArgExpr::QualifiedWildcard(name) => match name.0.as_slice() {
                [name] => name.as_ident().and_then(|name| self.row(name)),
                _ => None,
            },
            FunctionArgExpr::Expr(Expr::Tuple(values)) => Some(anonymous(values)),
            FunctionArgExpr::Expr(Expr::Function(row)) if function_name(row) == "row" => {
                let values = crate::catalog::pg::build::arguments(row).into_iter().cloned().collect::<Vec<_>>();
                Some(anonymous(&values))
            }
            _ => None,
        };
        if let Some(row) = row {
            *argument = FunctionArgExpr::Expr(row);
        }
    }

    fn row(&self, name: &Ident) -> Option<Expr> {
        let wanted = folded(name);
        for names in self.selects.iter().rev() {
            if names.iter().any(|(_, columns)| columns.contains(&wanted)) {
                return None;
            }
            if let Some((_, columns)) = names.iter().find(|(name, _)| *name == wanted) {
                let column = |column: &String| {
                    let value = Expr::CompoundIdentifier(vec![name.clone(), Ident::with_quote('"', column)]);
                    [text(output_name(column)), value]
                };
                return (!columns.is_empty()).then(|| call("named_struct", columns.iter().flat_map(column).collect()));
            }
        }
        None
    }

    fn of_from(&self, select: &Select) -> Vec<(String, Vec<String>)> {
        let factors = select
            .from
            .iter()
            .flat_map(|from| std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation)));
        factors.filter_map(|factor| self.of_factor(factor)).collect()
    }

    fn of_factor(&self, factor: &TableFactor) -> Option<(String, Vec<String>)> {
        match factor {
            TableFactor::Table { name, alias, args: None, .. } => {
                let columns = self.of_table(name);
                match alias {
                    Some(alias) => Some((folded(&alias.name), renamed(alias, columns))),
                    None => Some((parts(name).pop()?, columns)),
                }
            }
            TableFactor::Derived { subquery, alias: Some(alias), .. } => {
                Some((folded(&alias.name), renamed(alias, self.of_query(subquery))))
            }
            _ => None,
        }
    }

    fn of_table(&self, name: &ObjectName) -> Vec<String> {
        let parts = parts(name);
        if let [name] = parts.as_slice()
            && let Some((_, columns)) = self.queries.iter().rev().flatten().find(|(defined, _)| defined == name)
        {
            return columns.clone();
        }
        let is_it = |table: &TableReference| match parts.as_slice() {
            [name] => table.schema().is_none() && table.table() == name,
            [.., schema, name] => table.schema() == Some(schema) && table.table() == name,
            [] => false,
        };
        let source = self.tables.iter().find(|(table, _)| is_it(table));
        source.map(|(_, source)| source.schema().fields().iter().map(|field| field.name().clone()).collect()).unwrap_or_default()
    }

    fn of_query(&self, query: &Query) -> Vec<String> {
        self.of_body(&query.body)
    }

    fn of_body(&self, body: &SetExpr) -> Vec<String> {
        match body {
            SetExpr::Select(select) => self.of_items(select),
            SetExpr::SetOperation { left, .. } => self.of_body(left),
            SetExpr::Query(query) => self.of_query(query),
            SetExpr::Values(values) => {
                let count = values.rows.first().map_or(0, |row| row.len());
                (1..=count).map(|number| format!("column{number}")).collect()
            }
            _ => vec![],
        }
    }

    fn of_items(&self, select: &Select) -> Vec<String> {
        let names = self.of_from(select);
        let item = |item: &SelectItem| match item {
            SelectItem::ExprWithAlias { alias, .. } => vec![folded(alias)],
            SelectItem::UnnamedExpr(Expr::Identifier(column)) => vec![folded(column)],
            SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) => names.last().map(folded).into_iter().collect(),
            SelectItem::Wildcard(_) => names.iter().flat_map(|(_, columns)| columns.clone()).collect(),
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(of), _) => {
                let wanted = parts(of).pop();
                let found = names.iter().find(|(name, _)| Some(name) == wanted.as_ref());
                found.map(|(_, columns)| columns.clone()).unwrap_or_default()
            }
            _ => vec![],
        };
        select.projection.iter().flat_map(item).collect()
    }
}

/// The columns as an alias names them.
fn renamed(alias: &TableAlias, mut columns: Vec<String>) -> Vec<String> {
    for (column, own) in columns.iter_mut().zip(&alias.columns) {
        *column = folded(&own.name);
    }
    columns
}

/// `ROW(a, b)`, whose fields are f1 and f2.
fn anonymous(values: &[Expr]) -> Expr {
    let field = |(place, value): (usize, &Expr)| [text(&format!("f{}", place + 1)), value.clone()];
    call("named_struct", values.iter().enumerate().flat_map(field).collect())
}
