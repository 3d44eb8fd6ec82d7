//! LIMIT and OFFSET by a number that is no integer, which is rounded, and by a text.

use datafusion::sql::sqlparser::ast::{Expr, LimitClause, Query, Value};

use crate::catalog::pg::build::{cast, literal, number};

pub fn rounded(query: &mut Query) {
    let Some(LimitClause::LimitOffset { limit, offset, .. }) = &mut query.limit_clause else { return };
    for bound in limit.iter_mut().chain(offset.as_mut().map(|offset| &mut offset.value)) {
        let text = match bound {
            Expr::Value(value) => match &value.value {
                Value::Number(digits, _) if digits.contains('.') => Some(digits.as_str()),
                _ => literal(bound),
            },
            _ => None,
        };
        let Some(text) = text else { continue };
        *bound = match text.trim().parse::<f64>() {
            // Beyond the bounds the conversion saturates, and no query has so many rows.
            Ok(rows) => number(rows.round() as i64),
            Err(_) => cast(bound.clone(), "int8"),
        };
    }
}
