//! Clauses, operators and words of other databases, which the parser and the planner take and PostgreSQL does not; and chains of operators
//! that PostgreSQL does not read without parentheses.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, DataType, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArgumentList, FunctionArguments, GroupByExpr, Ident, JoinConstraint, JoinOperator, ObjectName, Query, Select,
    SetExpr, SetOperator, SetQuantifier, TableAlias, TableFactor, TableSampleKind, Value,
};
use datafusion_functions_customer::doc::Kind;

use crate::catalog::pg::build::{function_name, parts};
use crate::dialect::functions::callable::is_callable;
use crate::error::{Error, Result, SqlState};

fn syntax(what: &str, hint: &str) -> Error {
    Error::new(SqlState::SYNTAX_ERROR, format!("syntax error: {what}")).hint(hint)
}

fn refuse(is_there: bool, what: &str, hint: &str) -> Result<()> {
    if is_there { Err(syntax(what, hint)) } else { Ok(()) }
}

/// Clauses of one SELECT.
///
/// # Errors
/// 42601 for those that PostgreSQL has not.
pub fn select(select: &Select) -> Result<()> {
    refuse(select.qualify.is_some(), "QUALIFY", "Filter the window's result in a query around this one")?;
    refuse(select.top.is_some(), "TOP", "Write LIMIT at the end")?;
    let is_hive = !select.cluster_by.is_empty() || !select.distribute_by.is_empty() || !select.sort_by.is_empty();
    refuse(is_hive, "CLUSTER BY, DISTRIBUTE BY and SORT BY", "Write ORDER BY")?;
    refuse(!select.lateral_views.is_empty(), "LATERAL VIEW", "Write CROSS JOIN LATERAL unnest(…)")?;
    let groups_all = matches!(&select.group_by, GroupByExpr::All(_));
    refuse(groups_all, "GROUP BY ALL without a list", "Name the columns that are grouped by")?;
    for join in select.from.iter().flat_map(|table| &table.joins) {
        refuse(join.global, "GLOBAL JOIN", "Write JOIN")?;
        joined(&join.join_operator)?;
    }
    Ok(())
}

fn joined(operator: &JoinOperator) -> Result<()> {
    use JoinOperator::{CrossJoin, FullOuter, Inner, Join, Left, LeftOuter, Right, RightOuter};
    match operator {
        Join(_) | Inner(_) | Left(_) | LeftOuter(_) | Right(_) | RightOuter(_) | FullOuter(_) => Ok(()),
        CrossJoin(constraint) => refuse(*constraint != JoinConstraint::None, "a condition of CROSS JOIN", "Write JOIN … ON …"),
        _ => Err(syntax(
            "a join that is neither INNER, LEFT, RIGHT, FULL nor CROSS",
            "Write WHERE [NOT] EXISTS for a semi join or an anti join, and CROSS JOIN LATERAL for APPLY",
        )),
    }
}

/// Clauses of a whole query.
///
/// # Errors
/// 42601 for those that PostgreSQL has not, 42P01 for a lock of a table that is not there.
pub fn query(query: &Query) -> Result<()> {
    body(&query.body)?;
    let SetExpr::Select(select) = query.body.as_ref() else { return Ok(()) };
    let factors = || {
        select.from.iter().flat_map(|table| [&table.relation].into_iter().chain(table.joins.iter().map(|join| &join.relation)))
    };
    for lock in &query.locks {
        if let Some(of) = &lock.of
            && !factors().any(|factor| named(factor).is_none_or(|name| name == parts(of).join(".")))
        {
            let message = format!("relation \"{of}\" in FOR {} clause not found in FROM clause", lock.lock_type);
            return Err(Error::new(SqlState::UNDEFINED_TABLE, message));
        }
    }
    Ok(())
}

fn body(set: &SetExpr) -> Result<()> {
    match set {
        SetExpr::SetOperation { op, set_quantifier, left, right } => {
            use SetQuantifier::{AllByName, ByName, DistinctByName};
            refuse(*op == SetOperator::Minus, "MINUS", "Write EXCEPT")?;
            let is_by_name = matches!(set_quantifier, ByName | AllByName | DistinctByName);
            refuse(is_by_name, "BY NAME", "Put the columns of both queries in one order")?;
            body(left)?;
            body(right)
        }
        SetExpr::Values(values) => refuse(values.explicit_row || values.value_keyword, "ROW in VALUES", "Write VALUES (…), (…)"),
        _ => Ok(()),
    }
}

/// The name by which a query's other clauses know what is in FROM; a join in parentheses may have any.
fn named(factor: &TableFactor) -> Option<String> {
    let name = |ident: &Ident| parts(&ObjectName::from(vec![ident.clone()])).concat();
    match factor {
        TableFactor::Table { alias: Some(alias), .. }
        | TableFactor::Derived { alias: Some(alias), .. }
        | TableFactor::Function { alias: Some(alias), .. }
        | TableFactor::UNNEST { alias: Some(alias), .. } => Some(name(&alias.name)),
        TableFactor::Table { name, alias: None, .. } => parts(name).pop(),
        _ => None,
    }
}

/// Words behind what is in FROM.
///
/// # Errors
/// 42601 for those that PostgreSQL has not.
pub fn factor(factor: &TableFactor) -> Result<()> {
    let is_text = |ident: &Ident| ident.quote_style == Some('\'');
    let is_named = |alias: &Option<TableAlias>| alias.as_ref().is_some_and(|alias| is_text(&alias.name));
    let in_quotes = "Names stand in double quotes, or in none";
    match factor {
        TableFactor::Table { name, alias, with_hints, sample, .. } => {
            let has_text = name.0.iter().filter_map(|part| part.as_ident()).any(is_text) || is_named(alias);
            refuse(has_text, "a string in place of a name", in_quotes)?;
            refuse(!with_hints.is_empty(), "WITH (…) behind a table", "Leave the hints out")?;
            let (Some(TableSampleKind::BeforeTableAlias(sample)) | Some(TableSampleKind::AfterTableAlias(sample))) = sample
            else {
                return Ok(());
            };
            let has_unit = sample.quantity.as_ref().is_some_and(|quantity| quantity.unit.is_some());
            refuse(has_unit, "a unit in TABLESAMPLE", "Write the percentage alone")
        }
        TableFactor::Derived { alias, .. } => refuse(is_named(alias), "a string in place of a name", in_quotes),
        _ => Ok(()),
    }
}

/// Operators, literals and types; `brackets` are arrays to come that stand within another, and need no word before them.
///
/// # Errors
/// 42601 and, for operators and types that nobody has, 42883 and 42704.
pub fn expression(expr: &Expr, brackets: &mut usize) -> Result<()> {
    match expr {
        Expr::BinaryOp { op: op @ (BinaryOperator::Custom(_) | BinaryOperator::Spaceship), .. } => {
            let hint = match op {
                BinaryOperator::Spaceship => "Write IS NOT DISTINCT FROM",
                _ => "No operator matches the given name and argument types. You might need to add explicit type casts.",
            };
            Err(Error::new(SqlState::UNDEFINED_FUNCTION, format!("operator does not exist: {op}")).hint(hint))
        }
        Expr::Array(array) => {
            if !array.named {
                let Some(left) = brackets.checked_sub(1) else {
                    return Err(syntax("an array in brackets alone", "Write ARRAY[…]"));
                };
                *brackets = left;
            } else {
                *brackets += within(&array.elem);
            }
            Ok(())
        }
        Expr::Interval(interval) => {
            let is_text = matches!(interval.value.as_ref(), Expr::Value(value) if is_string(&value.value));
            refuse(!is_text, "an interval that is no string", "Write interval '1 day', or 2 * interval '1 day'")
        }
        Expr::Like { pattern, escape_char, .. } | Expr::ILike { pattern, escape_char, .. } => {
            let escape = escape_char.as_ref().map(|escape| escape.value.to_string());
            ends_well(pattern, escape.as_deref().map_or("\\", |escape| escape.trim_matches('\'')))?;
            chained(expr)
        }
        Expr::Cast { data_type, .. } => cast(data_type),
        Expr::TypedString(typed) => cast(&typed.data_type),
        Expr::Function(function) => called(function),
        other => chained(other),
    }
}

/// Behind an escape, a pattern goes on.
fn ends_well(pattern: &Expr, escape: &str) -> Result<()> {
    let Expr::Value(value) = pattern else { return Ok(()) };
    let (Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text)) = &value.value else { return Ok(()) };
    let mut rest = text.as_str();
    let mut escapes = 0;
    while let Some(before) = rest.strip_suffix(escape).filter(|_| !escape.is_empty()) {
        (rest, escapes) = (before, escapes + 1);
    }
    match escapes % 2 {
        0 => Ok(()),
        _ => Err(Error::new(SqlState("22025"), "LIKE pattern must not end with escape character")),
    }
}

fn is_string(value: &Value) -> bool {
    use Value::{DollarQuotedString, EscapedStringLiteral, SingleQuotedString, UnicodeStringLiteral};
    matches!(value, SingleQuotedString(_) | EscapedStringLiteral(_) | DollarQuotedString(_) | UnicodeStringLiteral(_))
}

/// The arrays in brackets within another, all of whose elements are such.
fn within(elements: &[Expr]) -> usize {
    let bare = |element: &Expr| match element {
        Expr::Array(array) if !array.named => Some(1 + within(&array.elem)),
        _ => None,
    };
    elements.iter().map(bare).sum::<Option<usize>>().unwrap_or(0)
}

fn cast(data_type: &DataType) -> Result<()> {
    use DataType::{
        BigInt, BigIntUnsigned, Double, DoubleUnsigned, Int, Int2Unsigned, Int4Unsigned, Int8Unsigned, IntUnsigned, Integer,
        IntegerUnsigned, SmallInt, SmallIntUnsigned, String, TinyInt, TinyIntUnsigned,
    };
    let instead = match data_type {
        Int(Some(_)) | Integer(Some(_)) | BigInt(Some(_)) | SmallInt(Some(_)) => {
            return Err(syntax("a length of a whole number's type", "Leave the length out"));
        }
        TinyInt(_) | TinyIntUnsigned(_) | SmallIntUnsigned(_) | Int2Unsigned(_) => "smallint or integer",
        IntUnsigned(_) | IntegerUnsigned(_) | Int4Unsigned(_) | Int8Unsigned(_) | BigIntUnsigned(_) => "bigint or numeric",
        Double(_) | DoubleUnsigned(_) => "double precision",
        String(_) => "text",
        DataType::Array(_) => return element(data_type),
        _ => return Ok(()),
    };
    let name = data_type.to_string().to_lowercase();
    Err(Error::new(SqlState("42704"), format!("type \"{name}\" does not exist")).hint(format!("Write {instead}")))
}

fn element(array: &DataType) -> Result<()> {
    use datafusion::sql::sqlparser::ast::ArrayElemTypeDef::SquareBracket;
    match array {
        DataType::Array(SquareBracket(element, _)) => cast(element),
        _ => Ok(()),
    }
}

/// Functions of PostgreSQL that summarise rows.
const SUMMARIES: [&str; 57] = [
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "covar_pop",
    "covar_samp",
    "cume_dist",
    "dense_rank",
    "every",
    "first_value",
    "json_agg",
    "json_object_agg",
    "jsonb_agg",
    "jsonb_object_agg",
    "lag",
    "last_value",
    "lead",
    "max",
    "min",
    "mode",
    "nth_value",
    "ntile",
    "percent_rank",
    "percentile_cont",
    "percentile_disc",
    "range_agg",
    "range_intersect_agg",
    "rank",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "regr_sxx",
    "regr_sxy",
    "regr_syy",
    "row_number",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "var_pop",
    "var_samp",
    "variance",
    "xmlagg",
    "grouping",
    "any",
    "all",
    "some",
    "array",
];

/// Words of the clock, which take no parentheses but around digits.
const CLOCKS: [&str; 5] = ["current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"];

fn called(function: &Function) -> Result<()> {
    let FunctionArguments::List(list) = &function.args else { return Ok(()) };
    let (name, FunctionArgumentList { duplicate_treatment, args, clauses }) = (function_name(function), list);
    let is_distinct = *duplicate_treatment == Some(DuplicateTreatment::Distinct);
    let is_star = |argument: &FunctionArg| matches!(argument, FunctionArg::Unnamed(FunctionArgExpr::Wildcard));
    let has_star = args.iter().any(is_star);
    refuse(
        has_star && (is_distinct || args.len() > 1),
        "* beside other words of a call",
        "Count the rows of a sub-query instead",
    )?;
    if is_distinct && args.iter().any(|argument| matches!(argument, FunctionArg::Unnamed(FunctionArgExpr::QualifiedWildcard(_))))
    {
        let error = Error::unsupported("DISTINCT of whole rows in a call is not supported");
        return Err(error.hint("Write SELECT count(*) FROM (SELECT DISTINCT * FROM …) AS rows"));
    }
    let is_clock = CLOCKS.contains(&name.as_str()) && (args.is_empty() || name == "current_date");
    refuse(is_clock, "parentheses behind a word of the clock", "Leave the parentheses out")?;
    let is_position = name == "position" && function.name.0.len() == 1;
    refuse(is_position, "a comma in position", "Write position(… IN …)")?;
    for clause in clauses {
        use FunctionArgumentClause::{Having, Limit, OnOverflow, Separator};
        let is_foreign = matches!(clause, Having(_) | Limit(_) | OnOverflow(_) | Separator(_));
        refuse(is_foreign, "LIMIT, HAVING, SEPARATOR or ON OVERFLOW in a call", "Aggregate the rows of a sub-query")?;
    }
    if !function.within_group.is_empty() {
        refuse(is_distinct, "DISTINCT with WITHIN GROUP", "Take the different values in a sub-query")?;
        if function.over.is_some() {
            let message = format!("OVER is not supported for ordered-set aggregate {name}");
            return Err(Error::unsupported(message).hint("Compute it in a sub-query, and join that"));
        }
    } else if name == "mode" || (matches!(name.as_str(), "percentile_cont" | "percentile_disc") && args.len() == 2) {
        let message = format!("WITHIN GROUP is required for ordered-set aggregate {name}");
        return Err(Error::new(SqlState::WRONG_OBJECT_TYPE, message));
    }
    summarises(function, &name, is_distinct, clauses)
}

/// Only what summarises rows says of which, and in which order.
fn summarises(function: &Function, name: &str, is_distinct: bool, clauses: &[FunctionArgumentClause]) -> Result<()> {
    let word = if is_distinct {
        "DISTINCT"
    } else if clauses.iter().any(|clause| matches!(clause, FunctionArgumentClause::OrderBy(_))) {
        "ORDER BY"
    } else if function.filter.is_some() {
        "FILTER"
    } else if function.over.is_some() {
        "OVER"
    } else if !function.within_group.is_empty() {
        "WITHIN GROUP"
    } else {
        return Ok(());
    };
    let is_documented = || {
        let mut documented = datafusion_functions_customer::functions().iter().filter(|doc| doc.name == name);
        documented.any(|doc| matches!(doc.kind, Kind::Aggregate | Kind::Window))
    };
    if SUMMARIES.contains(&name) || is_documented() || !is_callable(name) {
        return Ok(());
    }
    let is_not = if word == "OVER" { "a window function nor an aggregate function" } else { "an aggregate function" };
    Err(Error::new(SqlState::WRONG_OBJECT_TYPE, format!("{word} specified, but {name} is not {is_not}")))
}

/// `a < b < c`: of operators that do not associate, the one behind another would be read as over its result.
fn chained(expr: &Expr) -> Result<()> {
    let is_chain = match expr {
        Expr::BinaryOp { left, op, .. } | Expr::AnyOp { left, compare_op: op, .. } | Expr::AllOp { left, compare_op: op, .. } => {
            is_comparison(op) && matches!(left.as_ref(), Expr::BinaryOp { op, .. } if is_comparison(op))
        }
        Expr::Like { expr, .. }
        | Expr::ILike { expr, .. }
        | Expr::SimilarTo { expr, .. }
        | Expr::Between { expr, .. }
        | Expr::InList { expr, .. }
        | Expr::InSubquery { expr, .. } => {
            matches!(expr.as_ref(), Expr::Like { .. } | Expr::ILike { .. } | Expr::SimilarTo { .. } | Expr::Between { .. })
        }
        Expr::IsNull(expr)
        | Expr::IsNotNull(expr)
        | Expr::IsTrue(expr)
        | Expr::IsNotTrue(expr)
        | Expr::IsFalse(expr)
        | Expr::IsNotFalse(expr)
        | Expr::IsUnknown(expr)
        | Expr::IsNotUnknown(expr)
        | Expr::IsDistinctFrom(expr, _)
        | Expr::IsNotDistinctFrom(expr, _) => {
            matches!(expr.as_ref(), Expr::IsDistinctFrom(..) | Expr::IsNotDistinctFrom(..))
        }
        _ => false,
    };
    refuse(is_chain, "an operator behind another that it does not associate with", "Put one of the two into parentheses")
}

fn is_comparison(operator: &BinaryOperator) -> bool {
    use BinaryOperator::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
    matches!(operator, Eq | NotEq | Lt | LtEq | Gt | GtEq)
}
