//! The catalog tables that a SELECT names, and the types of their columns.

use datafusion::sql::sqlparser::ast::{CaseWhen, Expr, Function, Ident, Select, SelectItem, SetExpr, TableFactor};

use super::build::{folded, function_name, parts, type_name};
use crate::catalog::pg::definitions::{self, Definition};

/// Tables by the name that the SELECT gives them.
#[derive(Default)]
pub struct Scope(Vec<(String, &'static Definition)>);

impl Scope {
    pub fn of(select: &Select) -> Self {
        let factors = select.from.iter().flat_map(|from| std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation)));
        Self(factors.filter_map(table).collect())
    }

    /// The type, named as in `pg_type`, of a column of one of the tables.
    pub fn column_type(&self, expression: &Expr) -> Option<&'static str> {
        let (table, column): (Option<&Ident>, &Ident) = match expression {
            Expr::Identifier(column) => (None, column),
            Expr::CompoundIdentifier(names) => match names.as_slice() {
                [.., table, column] => (Some(table), column),
                _ => return None,
            },
            Expr::Nested(inner) => return self.column_type(inner),
            _ => return None,
        };
        let (table, column) = (table.map(folded), folded(column));
        let tables = self.0.iter().filter(|(name, _)| table.as_ref().is_none_or(|table| table == name));
        tables.flat_map(|(_, definition)| &definition.columns).find(|definition| definition.name == column).map(|found| found.type_name)
    }

    /// The type of an expression as far as it shows; text, PostgreSQL's own guess, where it does not.
    pub fn guess(&self, expression: &Expr) -> &'static str {
        self.known(expression).unwrap_or("text")
    }

    fn known(&self, expression: &Expr) -> Option<&'static str> {
        match expression {
            Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => self.known(inner),
            Expr::Cast { data_type, .. } => crate::catalog::pg::types::by_name(&type_name(data_type)).map(|entry| entry.name),
            Expr::Case { conditions, else_result, .. } => {
                let results = conditions.iter().map(|CaseWhen { result, .. }| result).chain(else_result.as_deref());
                results.into_iter().find_map(|result| self.known(result))
            }
            Expr::BinaryOp { op, .. } if is_comparison(&op.to_string()) => Some("bool"),
            Expr::IsNull(_) | Expr::IsNotNull(_) | Expr::Exists { .. } | Expr::InList { .. } | Expr::InSubquery { .. } => Some("bool"),
            Expr::Function(function) => returned(function),
            Expr::Subquery(query) => match query.body.as_ref() {
                SetExpr::Select(select) => match select.projection.first()? {
                    SelectItem::UnnamedExpr(item) | SelectItem::ExprWithAlias { expr: item, .. } => Self::of(select).known(item),
                    _ => None,
                },
                _ => None,
            },
            column => self.column_type(column),
        }
    }
}

fn table(factor: &TableFactor) -> Option<(String, &'static Definition)> {
    let TableFactor::Table { name, alias, args: None, .. } = factor else { return None };
    let names = parts(name);
    let [.., schema, table] = names.as_slice() else { return None };
    let definition = definitions::find(schema, table)?;
    Some((alias.as_ref().map_or_else(|| table.clone(), |alias| folded(&alias.name)), definition))
}

fn is_comparison(operator: &str) -> bool {
    matches!(operator, "=" | "<>" | "!=" | "<" | ">" | "<=" | ">=" | "AND" | "OR" | "~" | "!~" | "~~" | "!~~")
}

fn returned(function: &Function) -> Option<&'static str> {
    match function_name(function).as_str() {
        "json_build_object" => Some("json"),
        "array" => Some("_text"),
        "count" => Some("int8"),
        _ => None,
    }
}
