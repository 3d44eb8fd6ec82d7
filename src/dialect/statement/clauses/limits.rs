//! LIMIT and OFFSET by a number that is no integer, which is rounded, and by a text.

use datafusion::sql::sqlparser::ast::{Expr, LimitClause, Query, Value};

use crate::catalog::pg::build::{literal, number};
use crate::error::{Error, Result};

pub fn rounded(query: &mut Query) -> Result<()> {
    let Some(LimitClause::LimitOffset { limit, offset, .. }) = &mut query.limit_clause else { return Ok(()) };
    for bound in limit.iter_mut().chain(offset.as_mut().map(|offset| &mut offset.value)) {
        if let Expr::Subquery(_) = bound {
            let error = Error::unsupported("LIMIT and OFFSET by a sub-query are not supported");
            return Err(error.hint("Write row_number() OVER (ORDER BY …) in a sub-query, and compare it"));
        }
        let text = match bound {
            Expr::Value(value) => match &value.value {
                Value::Number(digits, _) if digits.contains('.') => Some(digits.as_str()),
                _ => literal(bound),
            },
            _ => None,
        };
        if let Some(rows) = text.and_then(|text| text.trim().parse::<f64>().ok()) {
            // Beyond the bounds the conversion saturates, and no query has so many rows.
            *bound = number(rows.round() as i64);
        }
    }
    Ok(())
}
