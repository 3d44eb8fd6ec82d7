//! Casts as PostgreSQL does them: texts of dates and times in all its forms, and numbers that are rounded.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::expr::{Cast, InList};
use datafusion::logical_expr::{Expr, ExprSchemable, Operator};

use super::literals::{self, DateOrder};
use super::operators::unknown;
use super::rounding::rounded;

/// The expression with such casts within it replaced.
pub fn meant(expr: Expr, schema: &DFSchema, order: DateOrder) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| match expr {
        Expr::Cast(cast) => meant_cast(cast, schema, order),
        Expr::InList(list) => meant_list(list, schema, order),
        other => Ok(Transformed::no(other)),
    })
}

fn meant_cast(cast: Cast, schema: &DFSchema, order: DateOrder) -> Result<Transformed<Expr>> {
    let target = cast.field.data_type().clone();
    if let Some(text) = unknown(&cast.expr) {
        return Ok(match literals::read(text, &target, order)? {
            Some(value) => Transformed::yes(Expr::Cast(Cast { expr: Box::new(value), field: cast.field })),
            None => Transformed::no(Expr::Cast(cast)),
        });
    }
    let has_fraction = |data_type: &DataType| match data_type {
        DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) => *scale > 0,
        other => other.is_floating(),
    };
    let is_target = matches!(target, DataType::Int16 | DataType::Int32 | DataType::Int64);
    if is_target && cast.expr.get_type(schema).is_ok_and(|of| has_fraction(&of)) {
        return Ok(Transformed::yes(rounded(*cast.expr, &target)));
    }
    Ok(Transformed::no(Expr::Cast(cast)))
}

/// `x IN ('t', 'f')`, where the literals have x's type.
fn meant_list(list: InList, schema: &DFSchema, order: DateOrder) -> Result<Transformed<Expr>> {
    let Ok(data_type) = list.expr.get_type(schema) else { return Ok(Transformed::no(Expr::InList(list))) };
    if !literals::has_forms(&data_type) || !list.list.iter().any(|item| unknown(item).is_some()) {
        return Ok(Transformed::no(Expr::InList(list)));
    }
    let items = list.list.into_iter().map(|item| literals::as_other(item, Operator::Eq, &data_type, order));
    let list = InList { list: items.collect::<Result<_>>()?, ..list };
    Ok(Transformed::yes(Expr::InList(list)))
}
