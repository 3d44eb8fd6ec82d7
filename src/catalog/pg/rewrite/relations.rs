//! Names of catalog tables: `pg_type` alone means `pg_catalog.pg_type`, since PostgreSQL looks there first. And functions that return
//! rows, which the planner knows without a schema.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::Visitor;
use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, Ident, ObjectName, Query, Statement, TableAlias, TableAliasColumnDef, TableFactor, Visit,
    VisitorMut,
};

use super::build::{cast, folded, function_name, number, parts};
use crate::catalog::pg::definitions;

#[derive(Default)]
pub struct Relations {
    /// Names that the statement gives to queries of its own.
    own: BTreeSet<String>,
    pub found: bool,
}

impl Relations {
    pub fn of(statement: &Statement) -> Self {
        let mut names = CommonTables::default();
        let _ = statement.visit(&mut names);
        Self { own: names.0, found: false }
    }
}

/// Collects the names after WITH.
#[derive(Default)]
struct CommonTables(BTreeSet<String>);

impl Visitor for CommonTables {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        for table in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.0.insert(folded(&table.alias.name));
        }
        ControlFlow::Continue(())
    }
}

impl VisitorMut for Relations {
    type Break = ();

    fn pre_visit_relation(&mut self, relation: &mut ObjectName) -> ControlFlow<()> {
        match parts(relation).as_slice() {
            [name] if !self.own.contains(name) && definitions::find("pg_catalog", name).is_some() => {
                *relation = ObjectName::from(vec![Ident::new("pg_catalog"), Ident::new(name.clone())]);
                self.found = true;
            }
            [.., schema, name] if definitions::find(schema, name).is_some() => self.found = true,
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        let (name, is_call) = match factor {
            TableFactor::Table { name, args, .. } => (name, args.is_some()),
            TableFactor::Function { name, .. } => (name, true),
            _ => {
                name_unnested(factor);
                return ControlFlow::Continue(());
            }
        };
        if is_call
            && let [schema, function] = parts(name).as_slice()
            && schema == "pg_catalog"
        {
            *name = ObjectName::from(vec![Ident::new(function.clone())]);
        }
        if let TableFactor::Table { name, args: Some(arguments), .. } = factor
            && parts(name) == ["generate_series"]
        {
            for argument in &mut arguments.args {
                if let FunctionArg::Unnamed(FunctionArgExpr::Expr(bound)) = argument {
                    widen(bound);
                }
            }
        }
        if let Some(unnest) = as_unnest(factor) {
            *factor = unnest;
        }
        name_unnested(factor);
        as_table(factor);
        ControlFlow::Continue(())
    }
}

/// The planner's series counts in `bigint` only; PostgreSQL's takes the `integer` of an array's bounds too.
fn widen(bound: &mut Expr) {
    if let Expr::Function(function) = bound
        && function_name(function).starts_with("array_")
    {
        let inner = std::mem::replace(bound, number(0));
        *bound = cast(inner, "int8");
    }
}

/// What `unnest` returns has one column, of the name that the call is given.
fn name_unnested(factor: &mut TableFactor) {
    if let TableFactor::UNNEST { alias, array_exprs, with_offset: false, with_ordinality: false, .. } = factor
        && array_exprs.len() == 1
    {
        let unnamed = || TableAlias { explicit: false, name: Ident::new("unnest"), columns: Vec::new(), at: None };
        let alias = alias.get_or_insert_with(unnamed);
        if alias.columns.is_empty() {
            alias.columns.push(TableAliasColumnDef { name: alias.name.clone(), data_type: None });
        }
    }
}

/// Functions whose rows are those of a table of the catalogs.
const TABLES: &[(&str, &str)] = &[
    ("pg_available_extensions", "pg_available_extensions"),
    ("pg_show_all_settings", "pg_settings"),
    ("pg_timezone_names", "pg_timezone_names"),
];

fn as_table(factor: &mut TableFactor) {
    let TableFactor::Table { name, alias, args: args @ Some(_), .. } = factor else { return };
    let names = parts(name);
    let [function] = names.as_slice() else { return };
    if let Some((_, table)) = TABLES.iter().find(|(known, _)| known == function)
        && args.as_ref().is_some_and(|arguments| arguments.args.is_empty())
    {
        *args = None;
        let named = || TableAlias { explicit: false, name: Ident::new(function.clone()), columns: Vec::new(), at: None };
        alias.get_or_insert_with(named);
        *name = ObjectName::from(vec![Ident::new("pg_catalog"), Ident::new(*table)]);
    }
}

/// `unnest(array)` called by a qualified name is parsed as any function.
fn as_unnest(factor: &TableFactor) -> Option<TableFactor> {
    let TableFactor::Table { name, alias, args: Some(arguments), with_ordinality, .. } = factor else { return None };
    if parts(name) != ["unnest"] {
        return None;
    }
    let arrays: Option<Vec<Expr>> = arguments
        .args
        .iter()
        .map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(array)) => Some(array.clone()),
            _ => None,
        })
        .collect();
    Some(TableFactor::UNNEST {
        alias: alias.clone(),
        array_exprs: arrays?,
        with_offset: false,
        with_offset_alias: None,
        with_ordinality: *with_ordinality,
    })
}
