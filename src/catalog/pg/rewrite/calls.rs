//! Functions of PostgreSQL that the planner knows by another name, or as an operator.

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, Function, Ident};

use super::build::{arguments, call, cast, function_name, number, type_name};

/// PostgreSQL's name, and the planner's for the same.
const RENAMED: &[(&str, &str)] = &[("sign", "signum"), ("every", "bool_and")];

/// The number of the transaction that wrote a row: everything is of one.
const TRANSACTION: i64 = 1;

/// The call in the planner's words, if it has others.
pub fn in_other_words(function: &mut Function) -> Option<Expr> {
    let name = function_name(function);
    if let Some((_, renamed)) = RENAMED.iter().find(|(known, _)| *known == name) {
        function.name = vec![Ident::new(*renamed)].into();
        return None;
    }
    let given: Vec<Expr> = arguments(function).into_iter().cloned().collect();
    Some(match (name.as_str(), given.as_slice()) {
        ("mod", [a, b]) => remainder(a, b),
        ("gen_random_uuid", []) => cast(call("uuid", vec![]), "uuid"),
        ("bpchar", [text]) => cast(text.clone(), "bpchar"),
        ("timezone", [zone, moment]) => {
            Expr::AtTimeZone { timestamp: Box::new(nested(moment)), time_zone: Box::new(zone.clone()) }
        }
        ("age", [Expr::Cast { data_type, .. }]) if type_name(data_type) == "xid" => cast(number(TRANSACTION), "int4"),
        ("age", [moment]) => call("age", vec![call("current_date", vec![]), moment.clone()]),
        _ => return None,
    })
}

/// `xmin`, which every table of the catalogs has and `*` does not show.
pub fn system_column(names: &[Ident]) -> Option<Expr> {
    let column = names.last().filter(|column| column.quote_style.is_none())?;
    column.value.eq_ignore_ascii_case("xmin").then(|| cast(number(TRANSACTION), "xid"))
}

fn remainder(a: &Expr, b: &Expr) -> Expr {
    operation(nested(a), BinaryOperator::Modulo, nested(b))
}

fn nested(expression: &Expr) -> Expr {
    Expr::Nested(Box::new(expression.clone()))
}

fn operation(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    Expr::Nested(Box::new(Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }))
}
