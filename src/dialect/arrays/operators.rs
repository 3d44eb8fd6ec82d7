//! Operators of arrays, and subscripts: `a || b`, `a @> b`, `a && b`, `a[1]`, `a[2:3]`.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::functions_nested::expr_fn::make_array;
use datafusion::logical_expr::expr::{Cast, ScalarFunction};
use datafusion::logical_expr::{Expr, ExprSchemable, lit};
use datafusion::sql::sqlparser::ast::{AccessExpr, BinaryOperator, Expr as Syntax, Subscript};

use super::dimensions::depth;
use super::{call, element};
use crate::catalog::pg::{array_elements, build};
use crate::dialect::failure::failed;
use crate::dialect::types::operators::unknown;

/// The expression of an operator of which one side is an array; `None` for all others.
pub fn planned(op: &BinaryOperator, left: &Expr, right: &Expr, schema: &DFSchema) -> Result<Option<Expr>> {
    let is_ours = matches!(
        op,
        BinaryOperator::StringConcat | BinaryOperator::AtArrow | BinaryOperator::ArrowAt | BinaryOperator::PGOverlap
    );
    // Long chains of other operators are not asked for their types here.
    if !is_ours {
        return Ok(None);
    }
    let (Ok(of_left), Ok(of_right)) = (left.get_type(schema), right.get_type(schema)) else { return Ok(None) };
    if element(&of_left).is_none() && element(&of_right).is_none() {
        return Ok(None);
    }
    let (left, right) = (read(left, &of_left, &of_right)?, read(right, &of_right, &of_left)?);
    let depths = (depth(&left.get_type(schema)?), depth(&right.get_type(schema)?));
    let name = match (op, depths) {
        (BinaryOperator::AtArrow, _) => "arraycontains",
        (BinaryOperator::ArrowAt, _) => "arraycontained",
        (BinaryOperator::PGOverlap, _) => "arrayoverlap",
        (_, (left, right)) if left == right => "array_cat",
        (_, (left, right)) if left > right => "array_append",
        _ => "array_prepend",
    };
    // NULL is an array as well as an element; as an array it adds nothing.
    let name =
        if of_left.is_null() || of_right.is_null() { if name.starts_with("array_") { "array_cat" } else { name } } else { name };
    call(name, vec![left, right]).map(Some)
}

/// A literal beside an array is an array.
fn read(expr: &Expr, own: &DataType, other: &DataType) -> Result<Expr> {
    let Some(text) = unknown(expr).filter(|_| element(own).is_none() && element(other).is_some()) else {
        return Ok(expr.clone());
    };
    let elements = array_elements(text).ok_or_else(|| failed("22P02", "malformed array literal"))?;
    let value = |element: Option<String>| element.map_or(Expr::Literal(ScalarValue::Utf8(None), None), lit);
    let array = make_array(elements.into_iter().map(value).collect());
    Ok(Expr::Cast(Cast::new(Box::new(array), other.clone())))
}

/// `ARRAY[[1, 2], [3, 4]]`, of which all rows have one length.
///
/// # Errors
/// 2202E where they have not.
pub fn rectangular(array: ScalarFunction) -> Result<ScalarFunction> {
    let length = |row: &Expr| match row {
        Expr::ScalarFunction(row) if row.name() == array.name() => Some(row.args.len()),
        _ => None,
    };
    let mut lengths = array.args.iter().filter_map(length);
    let first = lengths.next();
    if lengths.any(|length| Some(length) != first) {
        let message = "multidimensional arrays must have array expressions with matching dimensions";
        return Err(failed("2202E", message));
    }
    Ok(array)
}

/// `a[1][2]` and `a[2:3]` as calls; `None` for fields of rows.
pub fn accessed(root: &Syntax, chain: &[AccessExpr]) -> Option<Syntax> {
    if let [AccessExpr::Subscript(Subscript::Slice { lower_bound, upper_bound, stride: None })] = chain {
        return Some(match (lower_bound, upper_bound) {
            (None, None) => root.clone(),
            (Some(first), None) => build::call("array_slice_from", vec![root.clone(), first.clone()]),
            (None, Some(last)) => build::call("array_slice_to", vec![root.clone(), last.clone()]),
            (Some(first), Some(last)) => build::call("array_slice", vec![root.clone(), first.clone(), last.clone()]),
        });
    }
    let subscript = |access: &AccessExpr| match access {
        AccessExpr::Subscript(Subscript::Index { index }) if build::literal(index).is_none() => Some(index.clone()),
        _ => None,
    };
    let subscripts = chain.iter().map(subscript).collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())?;
    Some(build::call(super::SUBSCRIPT, std::iter::once(root.clone()).chain(subscripts).collect()))
}
