//! Names of result columns, by the rules of PostgreSQL's parser (`FigureColname`): a function gives its name, a cast its operand's or
//! its type's, anything else `?column?`.
//!
//! The planner refuses two columns of one name and PostgreSQL does not, so a repeated name gets a mark, which [`output_name`] takes away.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, Expr, Ident, Query, Select, SelectItem, SetExpr, Statement, Value, Visit, VisitMut, Visitor,
    VisitorMut,
};

use super::build::{folded, function_name, type_name};

/// Between a repeated name and its number: a character that no identifier of a client has.
const MARK: char = '\u{1}';

/// The name of a result column as the client must see it.
pub fn output_name(field: &str) -> &str {
    field.split(MARK).next().unwrap_or(field)
}

/// The name of the column that is the so-manieth of its name.
pub fn repeated_name(name: &str, count: usize) -> String {
    if count > 1 { marked(name, count) } else { name.to_owned() }
}

fn marked(name: &str, count: usize) -> String {
    format!("{name}{MARK}{count}")
}

/// Gives each unnamed column of each select of a statement its name.
pub fn name_columns(statement: &mut Statement) {
    let _ = statement.visit(&mut Names);
}

struct Names;

impl VisitorMut for Names {
    type Break = ();

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        let mut inputs = Inputs::default();
        if let Some(order_by) = &query.order_by {
            let _ = order_by.visit(&mut inputs);
        }
        name_body(&mut query.body, &inputs);
        ControlFlow::Continue(())
    }
}

/// Columns by which a query is sorted: those that name their table, and those that do not.
#[derive(Default)]
struct Inputs {
    qualified: BTreeSet<String>,
    bare: BTreeSet<String>,
}

impl Visitor for Inputs {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        match expression {
            Expr::Identifier(column) => self.bare.insert(folded(column)),
            Expr::CompoundIdentifier(names) => names.last().is_some_and(|column| self.qualified.insert(folded(column))),
            _ => false,
        };
        ControlFlow::Continue(())
    }
}

impl Inputs {
    /// The planner adds the columns that it sorts by to those of the result, and cannot tell `c.oid` from a result column `oid`.
    fn collides(&self, name: &str) -> bool {
        self.qualified.contains(name) && !self.bare.contains(name)
    }
}

fn name_body(body: &mut SetExpr, inputs: &Inputs) {
    match body {
        SetExpr::Select(select) => name_select(select, inputs),
        SetExpr::SetOperation { left, right, .. } => {
            name_body(left, inputs);
            name_body(right, inputs);
        }
        _ => {}
    }
}

fn name_select(select: &mut Select, inputs: &Inputs) {
    let wildcard =
        select.projection.iter().any(|item| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)));
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for item in &mut select.projection {
        let (name, is_column) = match item {
            SelectItem::UnnamedExpr(expression) => match expression {
                Expr::Identifier(column) => (folded(column), !is_system_column(column)),
                Expr::CompoundIdentifier(names) => {
                    (names.last().map(folded).unwrap_or_default(), !names.last().is_some_and(is_system_column))
                }
                other => (figure(other).map_or_else(|| "?column?".to_owned(), |(name, _)| name), false),
            },
            SelectItem::ExprWithAlias { alias, .. } => (folded(alias), false),
            _ => continue,
        };
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        // A column beside `*` is repeated by it.
        let repeated = *count > 1 || (wildcard && is_column) || (!is_column && inputs.collides(&name));
        if is_column && !repeated {
            continue;
        }
        let name = if repeated { marked(&name, *count) } else { name };
        rename(item, &name);
    }
}

/// Columns that no table here has: [`super::expressions`] puts a value in their place.
fn is_system_column(column: &Ident) -> bool {
    matches!(folded(column).as_str(), "tableoid" | "xmin")
}

fn rename(item: &mut SelectItem, name: &str) {
    match item {
        SelectItem::UnnamedExpr(expression) => {
            let expr = std::mem::replace(expression, Expr::Value(Value::Null.with_empty_span()));
            *item = SelectItem::ExprWithAlias { expr, alias: identifier(name) };
        }
        SelectItem::ExprWithAlias { alias, .. } if folded(alias) != name => *alias = identifier(name),
        _ => {}
    }
}

fn identifier(name: &str) -> Ident {
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    // `user`, `array` and `case` would not parse without quotes; the statement is planned from this tree and may be printed.
    if plain && !name.is_empty() { Ident::new(name) } else { Ident::with_quote('"', name) }
}

/// How well a name describes a column: a cast takes the name of what it casts unless that is only a guess.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strength {
    Guess,
    Good,
}

fn figure(expression: &Expr) -> Option<(String, Strength)> {
    let good = |name: &str| Some((name.to_owned(), Strength::Good));
    match expression {
        Expr::Identifier(column) => Some((folded(column), Strength::Good)),
        Expr::CompoundIdentifier(names) => names.last().map(|name| (folded(name), Strength::Good)),
        Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => figure(inner),
        Expr::Function(function) => Some((function_name(function), Strength::Good)),
        Expr::Cast { expr, data_type, .. } => match figure(expr) {
            Some((name, Strength::Good)) => Some((name, Strength::Good)),
            _ => Some((cast_name(&type_name(data_type)), Strength::Guess)),
        },
        Expr::TypedString(typed) => Some((type_name(&typed.data_type), Strength::Guess)),
        Expr::Interval(_) => Some(("interval".to_owned(), Strength::Guess)),
        Expr::Case { else_result, .. } => match else_result.as_deref().and_then(figure) {
            Some((name, Strength::Good)) => Some((name, Strength::Good)),
            _ => Some(("case".to_owned(), Strength::Guess)),
        },
        Expr::CompoundFieldAccess { root, access_chain } => accessed(root, access_chain),
        Expr::Array(_) => good("array"),
        Expr::Tuple(_) => good("row"),
        Expr::Exists { negated: false, .. } => good("exists"),
        Expr::Subquery(query) => subquery(query),
        Expr::Extract { .. } => good("extract"),
        Expr::IsNormalized { negated: false, .. } => good("is_normalized"),
        Expr::Ceil { .. } => good("ceil"),
        Expr::Floor { .. } => good("floor"),
        Expr::Position { .. } => good("position"),
        Expr::Substring { shorthand, .. } => good(if *shorthand { "substr" } else { "substring" }),
        Expr::Overlay { .. } => good("overlay"),
        Expr::Trim { trim_where, .. } => good(match trim_where.map(|side| side.to_string()).as_deref() {
            Some("LEADING") => "ltrim",
            Some("TRAILING") => "rtrim",
            _ => "btrim",
        }),
        Expr::AtTimeZone { .. } => good("timezone"),
        Expr::BinaryOp { op: BinaryOperator::Overlaps, .. } => good("overlaps"),
        _ => None,
    }
}

/// `integer` gives `int4`.
fn cast_name(type_name: &str) -> String {
    let element = type_name.strip_suffix("[]").unwrap_or(type_name);
    crate::catalog::pg::types::parse_type(element).map_or(element, |entry| entry.name).trim_start_matches('_').to_owned()
}

fn accessed(root: &Expr, chain: &[AccessExpr]) -> Option<(String, Strength)> {
    let field = chain.iter().rev().find_map(|access| match access {
        AccessExpr::Dot(Expr::Identifier(field)) => Some(folded(field)),
        _ => None,
    });
    match field {
        Some(field) => Some((field, Strength::Good)),
        None => figure(root),
    }
}

fn subquery(query: &Query) -> Option<(String, Strength)> {
    of_body(&query.body)
}

fn of_body(body: &SetExpr) -> Option<(String, Strength)> {
    match body {
        SetExpr::Query(query) => of_body(&query.body),
        // The names of a set operation are those of its first query.
        SetExpr::SetOperation { left, .. } => of_body(left),
        SetExpr::Select(select) => match select.projection.first()? {
            SelectItem::UnnamedExpr(expression) => figure(expression),
            SelectItem::ExprWithAlias { alias, .. } => Some((output_name(&folded(alias)).to_owned(), Strength::Good)),
            _ => None,
        },
        _ => None,
    }
}
