//! Arrays written as text, `'{a,b}'`, and `ARRAY(SELECT …)`.

use cilake_wire::values::quoting::parse_uuid;
use datafusion::sql::sqlparser::ast::{
    Array, BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArgumentList,
    FunctionArguments, GroupByExpr, Ident, LambdaFunction, LambdaFunctionParameter, LambdaSyntax, ObjectName,
    OneOrManyWithParens, OrderByKind, Query, Select, SelectItem, SetExpr, TableFactor,
};

use super::build::{call, literal, text};
use super::gathered;

/// The elements of `'{a,"b c",NULL}'`; None if the text is no array of one dimension.
pub fn elements(literal: &str) -> Option<Vec<Option<String>>> {
    let body = literal.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut elements = Vec::new();
    let mut current = String::new();
    let (mut quoted, mut was_quoted) = (false, false);
    let mut characters = body.chars();
    let mut push = |current: &mut String, was_quoted: &mut bool| {
        let value = std::mem::take(current);
        let value = if *was_quoted { value } else { value.trim().to_owned() };
        let null = !*was_quoted && value.eq_ignore_ascii_case("null");
        *was_quoted = false;
        elements.push((!null).then_some(value));
    };
    if body.trim().is_empty() {
        return Some(Vec::new());
    }
    while let Some(character) = characters.next() {
        match character {
            '\\' => current.extend(characters.next()),
            '"' => {
                quoted = !quoted;
                was_quoted = true;
            }
            '{' | '}' if !quoted => return None,
            ',' if !quoted => push(&mut current, &mut was_quoted),
            character => current.push(character),
        }
    }
    push(&mut current, &mut was_quoted);
    Some(elements)
}

/// The rows of `'{{1,2},{3,4}}'`, each with its braces; None if the text is no array of several dimensions.
fn rows(literal: &str) -> Option<Vec<String>> {
    let body = literal.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
    if !body.starts_with('{') {
        return None;
    }
    let (mut rows, mut row, mut depth, mut quoted, mut escaped) = (vec![], String::new(), 0_usize, false, false);
    for character in body.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted => depth = depth.checked_sub(1)?,
            ',' if !quoted && depth == 0 => {
                rows.push(std::mem::take(&mut row));
                continue;
            }
            _ => {}
        }
        row.push(character);
    }
    rows.push(row);
    (depth == 0).then_some(rows)
}

/// `'{a,b}'` as `['a', 'b']`, whose elements take the type that their use asks for; those of `ARRAY['a', 'b']` are texts.
pub fn from_text(expression: &Expr) -> Option<Expr> {
    let text = literal(expression)?;
    if let Some(rows) = rows(text) {
        let elem = rows.iter().map(|row| from_text(&self::text(row))).collect::<Option<Vec<_>>>()?;
        return Some(Expr::Array(Array { elem, named: false }));
    }
    let elements = elements(text)?;
    let null = || Expr::Value(datafusion::sql::sqlparser::ast::Value::Null.with_empty_span());
    let elem = elements.into_iter().map(|element| element.map_or_else(null, |element| self::text(&element))).collect();
    Some(Expr::Array(Array { elem, named: false }))
}

/// The elements of an array of nothing but UUIDs, `'{a0ee…,b0ee…}'`, for `IN`: the planner's `ANY` compares them as texts only.
pub fn of_uuids(expression: &Expr) -> Option<Vec<Expr>> {
    let uuid = |element: Option<String>| element.filter(|element| parse_uuid(element).is_some()).map(|element| text(&element));
    let uuids: Vec<Expr> = elements(literal(expression)?)?.into_iter().map(uuid).collect::<Option<_>>()?;
    (!uuids.is_empty()).then_some(uuids)
}

/// `ARRAY(SELECT f(x) FROM unnest(a) x)` is `array_transform(a, x -> f(x))`; any other `ARRAY(SELECT …)` is a scalar sub-query with
/// `array_agg`, and an empty array where that finds no row.
pub fn from_query(query: &Query) -> Option<Expr> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let [SelectItem::UnnamedExpr(item) | SelectItem::ExprWithAlias { expr: item, .. }] = select.projection.as_slice() else {
        return None;
    };
    if let Some((array, element)) = only_unnest(select).filter(|_| query.order_by.is_none() && gathered::is_plain(query, select))
    {
        // Of NULL it is an empty array too.
        let transformed = call("array_transform", vec![array, lambda(element, item.clone())]);
        return Some(call("coalesce", vec![transformed, call("make_array", Vec::new())]));
    }
    if let Some(roles) = names_of_roles(select, item).or_else(|| super::memberships::of(query)) {
        return Some(roles);
    }
    if !gathered::is_plain(query, select) {
        let [item] = select.projection.as_slice() else { return None };
        let gathered = gathered::from_rows(query, select, item)?;
        return Some(call("array_or_empty", vec![Expr::Subquery(Box::new(gathered))]));
    }
    let mut aggregate = call("array_agg", vec![item.clone()]);
    if let (Some(order_by), Expr::Function(Function { args: FunctionArguments::List(FunctionArgumentList { clauses, .. }), .. })) =
        (&query.order_by, &mut aggregate)
        && let OrderByKind::Expressions(keys) = &order_by.kind
    {
        let keys = keys.iter().cloned().map(|mut key| {
            if matches!(&key.expr, Expr::Value(_)) {
                key.expr = item.clone();
            }
            key
        });
        clauses.push(FunctionArgumentClause::OrderBy(keys.collect()));
    }
    let mut query = query.clone();
    query.order_by = None;
    if let SetExpr::Select(select) = query.body.as_mut() {
        select.projection = vec![SelectItem::UnnamedExpr(aggregate)];
    }
    Some(call("array_or_empty", vec![Expr::Subquery(Box::new(query))]))
}

/// Gives the empty array that stands for no row the type of the others: an array of names says that its elements are names.
pub fn type_empty(array: &mut Expr, type_name: &str) {
    let Expr::Function(function) = array else { return };
    if super::build::function_name(function) != "coalesce" {
        return;
    }
    let FunctionArguments::List(list) = &mut function.args else { return };
    if let Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(last))) = list.args.last_mut()
        && matches!(last, Expr::Function(inner) if super::build::function_name(inner) == "make_array" && super::build::arguments(inner).is_empty())
    {
        *last = super::build::cast(call("make_array", Vec::new()), type_name);
    }
}

fn only_unnest(select: &Select) -> Option<(Expr, Ident)> {
    let [from] = select.from.as_slice() else { return None };
    let TableFactor::UNNEST { alias: Some(alias), array_exprs, with_ordinality: false, .. } = &from.relation else { return None };
    let plain_group = matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
    let plain = from.joins.is_empty() && select.selection.is_none() && select.distinct.is_none() && plain_group;
    let [array] = array_exprs.as_slice() else { return None };
    let element = alias.columns.first().map_or(&alias.name, |column| &column.name);
    plain.then(|| (array.clone(), element.clone()))
}

/// `ARRAY(SELECT rolname FROM pg_roles WHERE oid = ANY (a) …)`, which psql asks of policies: the names of the roles of an array of the
/// outer query, which the planner cannot join. In the order of names.
fn names_of_roles(select: &Select, item: &Expr) -> Option<Expr> {
    let [from] = select.from.as_slice() else { return None };
    let TableFactor::Table { name, args: None, .. } = &from.relation else { return None };
    let Some(Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. }) = &select.selection else { return None };
    let is = |expr: &Expr, column: &str| matches!(expr, Expr::Identifier(ident) if ident.value == column);
    let reads_roles = super::build::parts(name).last().is_some_and(|table| table == "pg_roles") && from.joins.is_empty();
    if !reads_roles || !is(item, "rolname") || !is(left, "oid") || matches!(right.as_ref(), Expr::Subquery(_)) {
        return None;
    }
    let role = Ident::new("role");
    let name = call("pg_get_userbyid", vec![Expr::Identifier(role.clone())]);
    let names = call("array_transform", vec![right.as_ref().clone(), lambda(role, name)]);
    Some(call("array_sort", vec![names]))
}

/// `(SELECT array_agg(attname ORDER BY i) FROM (SELECT unnest(k.conkey) AS attnum, … AS i) x JOIN pg_attribute … WHERE attrelid =
/// k.conrelid)`: the names of the columns of a key of the outer query, by whose numbers the planner cannot join.
pub fn names_of_key(query: &Query) -> Option<Expr> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let ([SelectItem::UnnamedExpr(item) | SelectItem::ExprWithAlias { expr: item, .. }], [from]) =
        (select.projection.as_slice(), select.from.as_slice())
    else {
        return None;
    };
    let (TableFactor::Derived { subquery: numbered, .. }, [join]) = (&from.relation, from.joins.as_slice()) else { return None };
    let TableFactor::Table { name, args: None, .. } = &join.relation else { return None };
    if !aggregates_names(item) || super::build::parts(name).last().is_none_or(|table| table != "pg_attribute") {
        return None;
    }
    let SetExpr::Select(numbered) = numbered.body.as_ref() else { return None };
    let numbers = match numbered.projection.first()? {
        SelectItem::ExprWithAlias { expr: Expr::Function(function), .. } if super::build::function_name(function) == "unnest" => {
            match super::build::arguments(function).as_slice() {
                [Expr::Identifier(column)] => column.value.as_str(),
                [Expr::CompoundIdentifier(names)] => names.last()?.value.as_str(),
                _ => return None,
            }
        }
        _ => return None,
    };
    let Some(Expr::BinaryOp { left, op: BinaryOperator::Eq, right }) = &select.selection else { return None };
    let (Expr::CompoundIdentifier(of_column), Expr::CompoundIdentifier(of_key)) = (left.as_ref(), right.as_ref()) else {
        return None;
    };
    let ([_, attrelid], [key, relation]) = (of_column.as_slice(), of_key.as_slice()) else { return None };
    let referred = match (attrelid.value.as_str(), relation.value.as_str(), numbers) {
        ("attrelid", "conrelid", "conkey") => false,
        ("attrelid", "confrelid", "confkey") => true,
        _ => return None,
    };
    let oid = Expr::CompoundIdentifier(vec![key.clone(), Ident::new("oid")]);
    Some(call("constraint_columns", vec![oid, super::build::boolean(referred)]))
}

/// `array_agg(attname …)`, perhaps with its type.
fn aggregates_names(item: &Expr) -> bool {
    match item {
        Expr::Cast { expr, .. } => aggregates_names(expr),
        Expr::Function(function) => {
            super::build::function_name(function) == "array_agg"
                && matches!(super::build::arguments(function).as_slice(), [Expr::Identifier(name)] if name.value == "attname")
        }
        _ => false,
    }
}

fn lambda(parameter: Ident, body: Expr) -> Expr {
    Expr::Lambda(LambdaFunction {
        params: OneOrManyWithParens::One(LambdaFunctionParameter { name: parameter, data_type: None }),
        body: Box::new(body),
        syntax: LambdaSyntax::Arrow,
    })
}

/// Functions that return rows where PostgreSQL's select list has them: the planner unnests a list.
pub fn returning_rows(function: &Function) -> Option<Expr> {
    let arguments: Vec<Expr> = super::build::arguments(function).into_iter().cloned().collect();
    let list = match (super::build::function_name(function).as_str(), arguments.as_slice()) {
        (name @ ("_pg_expandarray" | "aclexplode"), [array]) => call(name, vec![array.clone()]),
        ("generate_subscripts", [array, dimension]) => {
            let last = call("array_upper", vec![array.clone(), dimension.clone()]);
            call("generate_series", vec![super::build::number(1), last])
        }
        ("generate_series", [_, _] | [_, _, _]) => call("generate_series", arguments),
        // No table has partitions.
        ("pg_partition_ancestors", [_]) => super::build::cast(call("make_array", Vec::new()), "_regclass"),
        _ => return None,
    };
    Some(call("unnest", vec![list]))
}

/// Whether a call is `unnest(_pg_expandarray(…))` or its like already.
pub fn is_unnested(function: &Function) -> bool {
    super::build::function_name(function) == "unnest"
        && matches!(&function.args, FunctionArguments::List(list)
            if list.args.iter().any(|argument| matches!(argument, FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Function(inner)))
                if matches!(super::build::function_name(inner).as_str(), "_pg_expandarray" | "aclexplode"))))
}

/// The name of `ARRAY` in `ARRAY(SELECT …)`.
pub fn is_array_query(name: &ObjectName) -> bool {
    super::build::parts(name) == ["array"]
}

#[cfg(test)]
mod tests {
    use super::elements;

    /// PostgreSQL 15: `SELECT '…'::text[]`.
    #[test]
    fn array_literals_are_read_as_postgres_reads_them() {
        let texts =
            |literal: &str| elements(literal).map(|list| list.into_iter().map(|e| e.unwrap_or("∅".into())).collect::<Vec<_>>());
        assert_eq!(texts("{a, b}").unwrap(), ["a", "b"]);
        assert_eq!(texts(r#"{"a,b",NULL,"NULL","x\"y"}"#).unwrap(), ["a,b", "∅", "NULL", "x\"y"]);
        assert_eq!(texts("{}").unwrap(), Vec::<String>::new());
        assert!(texts("{{1},{2}}").is_none() && texts("a").is_none());
    }
}
