//! Table functions that take tables, queries and named options: `FROM f(orders, (SELECT …), option => value)`.
//!
//! Two steps, because DataFusion looks up table names before it plans: [`rewrite`] turns bare table names into sub-queries on the
//! syntax tree, and the [`FunctionPlanner`] plans each call into the logical plan that its [`TableFunction`] returns.

use std::collections::{HashMap, HashSet};
use std::fmt::Debug;
use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::common::{DFSchema, Result, plan_err};
use datafusion::logical_expr::planner::{PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning};
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::sql::sqlparser::ast::{
    AccessExpr, Expr as SqlExpr, FunctionArg, FunctionArgExpr, Ident, ObjectName, Query, SelectItem, SetExpr, Statement,
    TableAlias, TableFactor, Value, VisitMut, VisitorMut, WildcardAdditionalOptions,
};
use datafusion::sql::sqlparser::parser::Parser;

use crate::doc::Doc;
use crate::error::CustomerError;
use crate::options::{Call, Relation};

/// A function that changes the grain: it gets relations and options and returns a plan of ordinary operators wherever it can.
pub trait TableFunction: Debug + Send + Sync {
    fn doc(&self) -> &'static Doc;

    /// The plan of one call. Its columns are those of `doc().returns`, in that order.
    fn plan(&self, call: &Call) -> Result<LogicalPlan>;
}

/// Plans every table function of a list; anything else is left to the next planner.
#[derive(Debug)]
pub struct FunctionPlanner {
    functions: HashMap<&'static str, Arc<dyn TableFunction>>,
}

impl FunctionPlanner {
    pub fn new(functions: impl IntoIterator<Item = Arc<dyn TableFunction>>) -> Self {
        Self { functions: functions.into_iter().map(|f| (f.doc().name, f)).collect() }
    }
}

impl RelationPlanner for FunctionPlanner {
    fn plan_relation(&self, factor: TableFactor, context: &mut dyn RelationPlannerContext) -> Result<RelationPlanning> {
        let TableFactor::Table { name, args: Some(args), alias, .. } = &factor else {
            return Ok(RelationPlanning::Original(Box::new(factor)));
        };
        let called = function_name(name).unwrap_or_default();
        let Some(function) = self.functions.get(called.as_str()) else {
            if args.args.iter().any(|arg| !matches!(split(arg), Some((None, expr)) if !matches!(expr, SqlExpr::Subquery(_)))) {
                let message = format!("function {called} does not exist in FROM");
                return Err(CustomerError::undefined_function(message).suggest(&called, self.functions.keys().copied()).into());
            }
            return Ok(RelationPlanning::Original(Box::new(factor)));
        };
        let call = read_call(function.doc(), &args.args, context)?;
        let plan = function.plan(&call)?;
        // Without an alias its name is that of the function.
        let named = || TableAlias { explicit: false, name: Ident::new(called.as_str()), columns: vec![], at: None };
        Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, Some(alias.clone().unwrap_or_else(named))))))
    }
}

/// The function's name in lower case, without the schema that a client may write before it.
fn function_name(name: &ObjectName) -> Option<String> {
    let ident = name.0.last()?.as_ident()?;
    Some(if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() })
}

fn read_call(doc: &'static Doc, args: &[FunctionArg], context: &mut dyn RelationPlannerContext) -> Result<Call> {
    let mut relations = vec![];
    let mut relation_options = HashMap::new();
    let mut values = HashMap::new();
    let mut given = HashSet::new();
    for arg in args {
        let (name, expr) = split(arg).ok_or_else(|| {
            CustomerError::undefined_function(format!("{}: cannot read the argument {arg}", doc.name))
                .hint(format!("Write {}", doc.signature()))
        })?;
        match name {
            None => {
                let position = (relations.len() + 1).to_string();
                if is_null(expr) {
                    let message = format!("{}: relation {position} must not be NULL", doc.name);
                    return Err(CustomerError::null_value(message).hint(format!("Write {}", doc.signature())).into());
                }
                relations.push(plan_relation(doc, expr, &format!("argument {position}"), position, context)?);
            }
            Some(name) if doc.option(&name).is_some_and(|o| o.takes.is_relation()) => {
                if !given.insert(name.clone()) {
                    return Err(CustomerError::undefined_function(format!("{}: {name} is given twice", doc.name)).into());
                }
                // NULL is the default of all of them.
                if !is_null(expr) {
                    let relation = plan_relation(doc, expr, &name, name.clone(), context)?;
                    relation_options.insert(name, relation);
                }
            }
            Some(name) => {
                let value = context.sql_to_expr(expr.clone(), &DFSchema::empty())?;
                values.insert(name.clone(), value);
                if !given.insert(name.clone()) {
                    return Err(CustomerError::undefined_function(format!("{}: {name} is given twice", doc.name)).into());
                }
            }
        }
    }
    Call::new(doc, relations, relation_options, values, context.context_provider().options())
}

/// The option's name, if it has one, and its value.
fn split(arg: &FunctionArg) -> Option<(Option<String>, &SqlExpr)> {
    match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some((None, expr)),
        FunctionArg::Named { name, arg: FunctionArgExpr::Expr(expr), .. } => Some((Some(fold(name)), expr)),
        FunctionArg::ExprNamed { name: SqlExpr::Identifier(name), arg: FunctionArgExpr::Expr(expr), .. } => {
            Some((Some(fold(name)), expr))
        }
        _ => None,
    }
}

fn fold(ident: &Ident) -> String {
    if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() }
}

fn is_null(expr: &SqlExpr) -> bool {
    match expr {
        SqlExpr::Nested(inner) => is_null(inner),
        SqlExpr::Value(value) => value.value == Value::Null,
        _ => false,
    }
}

/// The relation of the argument that messages call `argument`; a query is called `name`.
fn plan_relation(
    doc: &Doc,
    expr: &SqlExpr,
    argument: &str,
    name: String,
    context: &mut dyn RelationPlannerContext,
) -> Result<Relation> {
    if let Some(table) = named_table(expr) {
        let name = table.0.last().and_then(|part| part.as_ident()).map(fold).unwrap_or_default();
        let plan = context.plan(table_factor(table.clone()))?;
        return Ok(Relation { plan, name });
    }
    match expr {
        SqlExpr::Subquery(query) => {
            let factor = TableFactor::Derived { lateral: false, subquery: query.clone(), alias: None, sample: None };
            Ok(Relation { plan: context.plan(factor)?, name })
        }
        other => Err(CustomerError::wrong_type(format!(
            "{}: {argument} must be a table or a query in parentheses, but is {other}",
            doc.name
        ))
        .hint(format!("Write {}", doc.signature()))
        .into()),
    }
}

/// The table behind what [`rewrite`] made of a bare name: `((SELECT * FROM name))`. The doubled parentheses tell it from a
/// query that the user wrote, which counts as a query and goes by its position.
fn named_table(expr: &SqlExpr) -> Option<&ObjectName> {
    let SqlExpr::Nested(inner) = expr else { return None };
    let SqlExpr::Subquery(query) = inner.as_ref() else { return None };
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    match (select.projection.as_slice(), select.from.as_slice(), query.with.is_none() && select.selection.is_none()) {
        ([SelectItem::Wildcard(options)], [from], true) if from.joins.is_empty() && is_plain(options) => match &from.relation {
            TableFactor::Table { name, args: None, alias: None, .. } => Some(name),
            _ => None,
        },
        _ => None,
    }
}

fn is_plain(options: &WildcardAdditionalOptions) -> bool {
    options.to_string().is_empty()
}

fn table_factor(name: ObjectName) -> TableFactor {
    TableFactor::Table {
        name,
        alias: None,
        args: None,
        with_hints: vec![],
        version: None,
        with_ordinality: false,
        partitions: vec![],
        json_path: None,
        sample: None,
        index_hints: vec![],
    }
}

/// Makes a statement plannable: `f(contacts, …)` becomes `f(((SELECT * FROM contacts)), …)`, also for options that are
/// relations, and `(model).r` becomes a field access that DataFusion knows. Calls of other functions are left alone.
pub fn rewrite(statement: &mut Statement, functions: &[&'static Doc]) -> Result<()> {
    match statement.visit(&mut Rewriter { functions }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(message) => plan_err!("{message}"),
    }
}

struct Rewriter<'a> {
    functions: &'a [&'static Doc],
}

impl VisitorMut for Rewriter<'_> {
    type Break = String;

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<String> {
        let TableFactor::Table { name, args: Some(args), .. } = factor else { return ControlFlow::Continue(()) };
        let Some(doc) = function_name(name).and_then(|n| self.functions.iter().find(|doc| doc.name == n)) else {
            return ControlFlow::Continue(());
        };
        for arg in &mut args.args {
            let takes_relation = match split(arg) {
                Some((None, _)) => true,
                Some((Some(name), _)) => doc.option(&name).is_some_and(|o| o.takes.is_relation()),
                None => false,
            };
            if takes_relation && let Err(message) = name_to_query(arg) {
                return ControlFlow::Break(message);
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut SqlExpr) -> ControlFlow<String> {
        if let SqlExpr::CompoundFieldAccess { access_chain, .. } = expr {
            for access in access_chain {
                if let AccessExpr::Dot(SqlExpr::Identifier(field)) = access {
                    *access = AccessExpr::Dot(SqlExpr::Value(Value::SingleQuotedString(fold(field)).into()));
                }
            }
        }
        ControlFlow::Continue(())
    }
}

fn name_to_query(arg: &mut FunctionArg) -> Result<(), String> {
    let expr = match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))
        | FunctionArg::Named { arg: FunctionArgExpr::Expr(expr), .. }
        | FunctionArg::ExprNamed { arg: FunctionArgExpr::Expr(expr), .. } => expr,
        _ => return Ok(()),
    };
    let parts = match expr {
        SqlExpr::Identifier(name) => vec![name.clone()],
        SqlExpr::CompoundIdentifier(names) => names.clone(),
        _ => return Ok(()),
    };
    *expr = SqlExpr::Nested(Box::new(SqlExpr::Subquery(Box::new(select_all(ObjectName::from(parts))?))));
    Ok(())
}

/// Parsed, not built by hand: the syntax tree of a SELECT has dozens of fields that change with the parser's version.
fn select_all(table: ObjectName) -> Result<Query, String> {
    let dialect = datafusion::sql::sqlparser::dialect::PostgreSqlDialect {};
    let sql = format!("SELECT * FROM {table}");
    let query = Parser::new(&dialect).try_with_sql(&sql).and_then(|mut parser| parser.parse_query());
    query.map(|query| *query).map_err(|error| error.to_string())
}

/// The column of a relation that an option names, as an expression, or 42703 with what is there.
pub(crate) fn column(doc: &Doc, option: &str, name: &str, relation: &Relation) -> Result<Expr> {
    let schema = relation.plan.schema();
    let find = |matches: &dyn Fn(&str) -> bool| {
        schema.iter().filter(|(_, field)| matches(field.name())).map(Expr::from).collect::<Vec<_>>()
    };
    let mut found = find(&|field| field == name);
    if found.is_empty() {
        found = find(&|field| field == name.to_lowercase());
    }
    match (found.len(), found.pop()) {
        (1, Some(column)) => Ok(column),
        (0, _) | (_, None) => {
            let there: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
            let error = CustomerError::undefined_column(format!(
                "{}: {option} names the column \"{name}\", which is not in relation {}; it has {}",
                doc.name,
                relation.name,
                there.join(", ")
            ));
            Err(error.suggest(name, there).into())
        }
        _ => Err(CustomerError::undefined_column(format!(
            "{}: {option} names the column \"{name}\", which occurs more than once in relation {}",
            doc.name, relation.name
        ))
        .into()),
    }
}
