//! Pieces of syntax tree.

use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    CastKind, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, GroupByExpr,
    Ident, ObjectName, ObjectNamePart, Query, Select, SelectFlavor, SelectItem, SetExpr, TableAlias, TableFactor, TableWithJoins,
    Value, WildcardAdditionalOptions,
};

/// `name(arguments)`.
pub fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    Expr::Function(Function {
        name: ObjectName::from(vec![Ident::new(name)]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args: arguments.into_iter().map(|argument| FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))).collect(),
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

pub fn text(text: &str) -> Expr {
    Expr::Value(Value::SingleQuotedString(text.to_owned()).with_empty_span())
}

pub fn number(number: i64) -> Expr {
    Expr::Value(Value::Number(number.to_string(), false).with_empty_span())
}

pub fn boolean(value: bool) -> Expr {
    Expr::Value(Value::Boolean(value).with_empty_span())
}

/// `CAST(expression AS type)`, with the type named as in `pg_type`.
pub fn cast(expression: Expr, type_name: &str) -> Expr {
    Expr::Cast { kind: CastKind::Cast, expr: Box::new(expression), data_type: data_type(type_name), array: false, format: None }
}

/// `CAST(NULL AS type)`.
pub fn null(type_name: &str) -> Expr {
    cast(Expr::Value(Value::Null.with_empty_span()), type_name)
}

/// `SELECT items FROM from`.
pub fn select(items: Vec<SelectItem>, from: Vec<TableWithJoins>) -> Query {
    let select = Select {
        select_token: AttachedToken::empty(),
        optimizer_hints: Vec::new(),
        distinct: None,
        select_modifiers: None,
        top: None,
        top_before_distinct: false,
        projection: items,
        exclude: None,
        into: None,
        from,
        lateral_views: Vec::new(),
        prewhere: None,
        selection: None,
        connect_by: Vec::new(),
        group_by: GroupByExpr::Expressions(Vec::new(), Vec::new()),
        cluster_by: Vec::new(),
        distribute_by: Vec::new(),
        sort_by: Vec::new(),
        having: None,
        named_window: Vec::new(),
        qualify: None,
        window_before_qualify: false,
        value_table_mode: None,
        flavor: SelectFlavor::Standard,
    };
    Query {
        with: None,
        body: Box::new(SetExpr::Select(Box::new(select))),
        order_by: None,
        limit_clause: None,
        fetch: None,
        locks: Vec::new(),
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators: Vec::new(),
    }
}

/// `*`.
pub fn all() -> SelectItem {
    SelectItem::Wildcard(WildcardAdditionalOptions::default())
}

/// `(query) AS name`.
pub fn derived(query: Query, name: Ident) -> TableFactor {
    let alias = TableAlias { explicit: true, name, columns: Vec::new(), at: None };
    TableFactor::Derived { lateral: false, subquery: Box::new(query), alias: Some(alias), sample: None }
}

fn data_type(type_name: &str) -> DataType {
    match type_name {
        "text" => DataType::Text,
        "bool" => DataType::Boolean,
        "int4" => DataType::Int(None),
        "int8" => DataType::BigInt(None),
        other => DataType::Custom(ObjectName::from(vec![Ident::new(other)]), Vec::new()),
    }
}

/// The parts of a name, small where they are not quoted.
pub fn parts(name: &ObjectName) -> Vec<String> {
    name.0.iter().filter_map(ObjectNamePart::as_ident).map(folded).collect()
}

/// An identifier as PostgreSQL reads it.
pub fn folded(identifier: &Ident) -> String {
    if identifier.quote_style.is_some() { identifier.value.clone() } else { identifier.value.to_lowercase() }
}

/// An identifier that means this name, whatever its letters.
pub fn quoted(name: &str) -> Ident {
    Ident::with_quote('"', name)
}

/// The last part of a function's name.
pub fn function_name(function: &Function) -> String {
    parts(&function.name).pop().unwrap_or_default()
}

/// PostgreSQL's aggregates, with a blank on each side.
const AGGREGATES: &str = " array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp every json_agg \
    json_object_agg jsonb_agg jsonb_object_agg max min mode percentile_cont percentile_disc regr_avgx regr_avgy regr_count \
    regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp string_agg sum var_pop var_samp \
    variance ";

/// Whether PostgreSQL has an aggregate of the name.
pub fn is_aggregate(name: &str) -> bool {
    AGGREGATES.contains(&format!(" {name} "))
}

/// The arguments of a call that are plain expressions.
pub fn arguments(function: &Function) -> Vec<&Expr> {
    match &function.args {
        FunctionArguments::List(list) => list
            .args
            .iter()
            .filter_map(|argument| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) => Some(argument),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The name of a type as in `pg_type`, or close to it: `regclass`, `text`, `int4`.
pub fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Custom(name, _) => parts(name).pop().unwrap_or_default(),
        DataType::Regclass => "regclass".to_owned(),
        DataType::Interval { .. } => "interval".to_owned(),
        other => {
            let written = other.to_string().to_lowercase();
            crate::catalog::pg::types::parse_type(&written).map_or(written, |entry| entry.name.to_owned())
        }
    }
}

/// The text of a string literal.
pub fn literal(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text) => Some(text),
            _ => None,
        },
        Expr::Nested(inner) => literal(inner),
        _ => None,
    }
}
