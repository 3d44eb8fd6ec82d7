//! The catalog tables that a SELECT reads, and the types of their columns as far as they show.

use datafusion::sql::sqlparser::ast::{
    CaseWhen, Expr, Function, FunctionArguments, Ident, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr,
    TableFactor, TableWithJoins, Value,
};

use super::build::{arguments, folded, function_name, parts, type_name};
use crate::catalog::pg::{definitions, types};

/// A table by the name that the SELECT gives it, with its columns' types as in `pg_type`.
#[derive(Clone)]
struct Table {
    name: String,
    /// Of a catalog table.
    oid: Option<u32>,
    columns: Vec<(String, String)>,
}

/// The tables of one SELECT.
#[derive(Default)]
pub struct Scope(Vec<Table>);

impl Scope {
    pub fn of(select: &Select) -> Self {
        let mut scope = Self::default();
        for from in &select.from {
            scope.add_joined(from);
        }
        scope
    }

    fn add_joined(&mut self, from: &TableWithJoins) {
        for factor in std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation)) {
            match factor {
                TableFactor::NestedJoin { table_with_joins, .. } => self.add_joined(table_with_joins),
                factor => self.0.extend(table(factor)),
            }
        }
    }

    /// The type of a column of one of the tables.
    fn column_type(&self, table: Option<&Ident>, column: &Ident) -> Option<String> {
        let column = folded(column);
        let columns = self.named(table).flat_map(|table| &table.columns);
        columns.into_iter().find(|(name, _)| *name == column).map(|(_, type_name)| type_name.clone())
    }

    fn named(&self, name: Option<&Ident>) -> impl Iterator<Item = &Table> {
        let name = name.map(folded);
        self.0.iter().filter(move |table| name.as_ref().is_none_or(|name| *name == table.name))
    }

    /// The OID of the catalog table of that name; without a name, of the only table.
    pub fn table_oid(&self, name: Option<&Ident>) -> Option<u32> {
        match (self.named(name).collect::<Vec<_>>().as_slice(), name) {
            ([table], None) | ([table, ..], Some(_)) => table.oid,
            _ => None,
        }
    }

    /// The type of an expression as far as it shows; text, PostgreSQL's own guess, where it does not.
    pub fn guess(&self, expression: &Expr) -> String {
        self.known(expression).unwrap_or_else(|| "text".to_owned())
    }

    /// The type of an expression, named as in `pg_type`, if it shows.
    pub fn known(&self, expression: &Expr) -> Option<String> {
        let fixed = |name: &str| Some(name.to_owned());
        match expression {
            Expr::Identifier(column) => self.column_type(None, column),
            Expr::CompoundIdentifier(names) => match names.as_slice() {
                [.., table, column] => self.column_type(Some(table), column),
                _ => None,
            },
            Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => self.known(inner),
            Expr::Value(value) => match &value.value {
                Value::Number(digits, _) if digits.parse::<i32>().is_ok() => fixed("int4"),
                Value::Boolean(_) => fixed("bool"),
                _ => None,
            },
            Expr::Cast { data_type, .. } => types::by_name(&type_name(data_type)).map(|entry| entry.name.to_owned()),
            Expr::Case { conditions, else_result, .. } => {
                let results = conditions.iter().map(|CaseWhen { result, .. }| result).chain(else_result.as_deref());
                results.into_iter().find_map(|result| self.known(result))
            }
            Expr::BinaryOp { op, .. } if is_comparison(&op.to_string()) => fixed("bool"),
            Expr::IsNull(_) | Expr::IsNotNull(_) | Expr::Exists { .. } | Expr::InList { .. } | Expr::InSubquery { .. } => {
                fixed("bool")
            }
            Expr::Function(function) => self.returned(function),
            Expr::Subquery(query) => self.first_column(&query.body),
            _ => None,
        }
    }

    fn returned(&self, function: &Function) -> Option<String> {
        let fixed = |name: &str| Some(name.to_owned());
        let argument = || arguments(function).into_iter().find_map(|argument| self.known(argument));
        match (function_name(function).as_str(), &function.args) {
            ("array", FunctionArguments::Subquery(query)) => array_of(&self.first_column(&query.body)?),
            ("array_agg", _) => array_of(&argument()?),
            // There is no `max(name)`: a name is compared as text.
            ("min" | "max", _) => argument().map(|name| if name == "name" { "text".to_owned() } else { name }),
            ("coalesce" | "nullif" | "greatest" | "least", _) => argument(),
            ("acldefault", _) => fixed("_aclitem"),
            ("unnest", _) => {
                let array = types::by_name(&argument()?)?;
                types::by_oid(array.element).map(|element| element.name.to_owned())
            }
            ("json_build_object", _) => Some("json".to_owned()),
            ("count", _) => Some("int8".to_owned()),
            _ => None,
        }
    }

    /// The type of the only column of a sub-query, which sees these tables behind its own.
    fn first_column(&self, body: &SetExpr) -> Option<String> {
        match body {
            SetExpr::Select(select) => match select.projection.first()? {
                SelectItem::UnnamedExpr(item) | SelectItem::ExprWithAlias { expr: item, .. } => {
                    let mut scope = Self::of(select);
                    scope.0.extend(self.0.iter().cloned());
                    scope.known(item)
                }
                _ => None,
            },
            SetExpr::SetOperation { left, .. } => self.first_column(left),
            _ => None,
        }
    }

    /// Names and types of what a select list shows; columns whose type does not show are left out.
    fn shown(&self, items: &[SelectItem]) -> Vec<(String, String)> {
        items.iter().flat_map(|item| self.shown_by(item)).collect()
    }

    fn shown_by(&self, item: &SelectItem) -> Vec<(String, String)> {
        let of = |name: Option<String>, expression: &Expr| name.zip(self.known(expression)).into_iter().collect();
        match item {
            SelectItem::UnnamedExpr(expression @ Expr::Identifier(column)) => of(Some(folded(column)), expression),
            SelectItem::UnnamedExpr(expression @ Expr::CompoundIdentifier(names)) => of(names.last().map(folded), expression),
            SelectItem::ExprWithAlias { expr, alias } => of(Some(folded(alias)), expr),
            SelectItem::Wildcard(_) => self.0.iter().flat_map(|table| table.columns.clone()).collect(),
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                let wanted = parts(name).pop();
                self.0
                    .iter()
                    .filter(|table| Some(&table.name) == wanted.as_ref())
                    .flat_map(|table| table.columns.clone())
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

fn table(factor: &TableFactor) -> Option<Table> {
    match factor {
        TableFactor::Table { name, alias, args: None, .. } => {
            let names = parts(name);
            let [.., schema, table] = names.as_slice() else { return None };
            let definition = definitions::find(schema, table)?;
            let columns = definition.columns.iter().map(|column| (column.name.to_owned(), column.type_name.to_owned())).collect();
            let name = alias.as_ref().map_or_else(|| table.clone(), |alias| folded(&alias.name));
            Some(Table { name, oid: Some(definition.oid), columns })
        }
        TableFactor::Derived { subquery, alias: Some(alias), .. } => {
            Some(Table { name: folded(&alias.name), oid: None, columns: columns_of(&subquery.body) })
        }
        _ => None,
    }
}

fn columns_of(body: &SetExpr) -> Vec<(String, String)> {
    match body {
        SetExpr::Select(select) => Scope::of(select).shown(&select.projection),
        SetExpr::SetOperation { left, .. } => columns_of(left),
        SetExpr::Query(query) => columns_of(&query.body),
        _ => Vec::new(),
    }
}

fn array_of(element: &str) -> Option<String> {
    let element = types::by_name(element)?;
    types::by_oid(element.array).map(|array| array.name.to_owned())
}

fn is_comparison(operator: &str) -> bool {
    matches!(operator, "=" | "<>" | "!=" | "<" | ">" | "<=" | ">=" | "AND" | "OR" | "~" | "!~" | "~~" | "!~~")
}
