//! Keys by which windows, sorts and sets of distinct values go. To PostgreSQL a floating-point nought with a sign is the one without, and
//! one NaN is as another; the engine takes the bits of a number: there a key stands for it, of which equal numbers have one. And an order
//! by a comparison with a function is one that the engine does not find fulfilled after it sorted, unless it is told the function's type.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::compute::unary;
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr::{AggregateFunctionParams, InList, Sort, WindowFunctionParams};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, LogicalPlan, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::dialect::functions::same;

/// The expression with such keys in its windows, aggregates and lists.
pub fn keyed(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| {
        Ok(match expr {
            Expr::WindowFunction(mut call) => {
                let WindowFunctionParams { partition_by, order_by, .. } = &mut call.params;
                let changed = keys(partition_by, schema)? | keys(of(order_by), schema)?;
                Transformed::new_transformed(Expr::WindowFunction(call), changed)
            }
            Expr::AggregateFunction(mut call) => {
                let AggregateFunctionParams { args, distinct, order_by, .. } = &mut call.params;
                let changed = keys(of(order_by), schema)? | (*distinct && keys(args, schema)?);
                Transformed::new_transformed(Expr::AggregateFunction(call), changed)
            }
            Expr::InList(InList { expr, list, negated }) => {
                both(list).update_data(|list| Expr::InList(InList { expr, list, negated }))
            }
            other => Transformed::no(other),
        })
    })
}

/// A sort with such keys. The last one orders no rows that it leaves equal.
pub fn sorted(node: LogicalPlan) -> Result<LogicalPlan> {
    let LogicalPlan::Sort(mut sort) = node else { return Ok(node) };
    let schema = sort.input.schema();
    if let [earlier @ .., last] = sort.expr.as_mut_slice() {
        keys(of(earlier), schema)?;
        told(&mut last.expr, schema)?;
    }
    Ok(LogicalPlan::Sort(sort))
}

fn of(order: &mut [Sort]) -> impl Iterator<Item = &mut Expr> {
    order.iter_mut().map(|sort| &mut sort.expr)
}

/// Puts the keys in the places of the expressions.
fn keys<'a>(exprs: impl IntoIterator<Item = &'a mut Expr>, schema: &DFSchema) -> Result<bool> {
    let mut changed = false;
    for expr in exprs {
        changed |= told(expr, schema)?;
        if matches!(expr.get_type(schema)?, DataType::Float32 | DataType::Float64) {
            let key = ScalarUDF::from(Key { signature: Signature::any(1, Volatility::Immutable) });
            *expr = key.call(vec![std::mem::take(expr)]);
            changed = true;
        }
    }
    Ok(changed)
}

/// A condition with the types of its functions told.
fn told(expr: &mut Expr, schema: &DFSchema) -> Result<bool> {
    if matches!(expr, Expr::ScalarFunction(_)) || expr.get_type(schema)? != DataType::Boolean {
        return Ok(false);
    }
    let told = std::mem::take(expr).transform_up(|expr| {
        Ok(match &expr {
            Expr::ScalarFunction(_) => Transformed::yes(same::bounded(expr.get_type(schema)?, expr)),
            _ => Transformed::no(expr),
        })
    })?;
    *expr = told.data;
    Ok(told.transformed)
}

/// A list that is looked up by the bits of its numbers: with one nought it has the other.
pub fn both(mut list: Vec<Expr>) -> Transformed<Vec<Expr>> {
    let other = list.iter().find_map(other_nought);
    let changed = other.is_some();
    list.extend(other.map(|nought| Expr::Literal(nought, None)));
    Transformed::new_transformed(list, changed)
}

/// The nought of the other sign, of a constant nought.
fn other_nought(expr: &Expr) -> Option<ScalarValue> {
    let value = match expr {
        Expr::Literal(value, _) => value.clone(),
        Expr::Cast(cast) => match cast.expr.as_ref() {
            Expr::Literal(value, _) => value.cast_to(cast.field.data_type()).ok()?,
            _ => return None,
        },
        _ => return None,
    };
    match value {
        ScalarValue::Float64(Some(number)) if number == 0.0 => Some(ScalarValue::Float64(Some(-number))),
        ScalarValue::Float32(Some(number)) if number == 0.0 => Some(ScalarValue::Float32(Some(-number))),
        _ => None,
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    signature: Signature,
}

impl ScalarUDFImpl for Key {
    fn name(&self) -> &str {
        "key"
    }

    fn display_name(&self, args: &[Expr]) -> Result<String> {
        Ok(args.first().map(ToString::to_string).unwrap_or_default())
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match types {
            [data_type] => Ok(data_type.clone()),
            _ => internal_err!("it takes one argument"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.as_slice() {
            [ColumnarValue::Array(numbers)] => Ok(ColumnarValue::Array(one_of_equals(numbers))),
            [ColumnarValue::Scalar(number)] => {
                let keys = one_of_equals(&number.to_array()?);
                ScalarValue::try_from_array(&keys, 0).map(ColumnarValue::Scalar)
            }
            _ => internal_err!("it takes one argument"),
        }
    }
}

/// The numbers with one nought and one NaN.
pub fn one_of_equals(numbers: &ArrayRef) -> ArrayRef {
    match numbers.data_type() {
        DataType::Float64 => Arc::new(unary::<_, _, Float64Type>(numbers.as_primitive::<Float64Type>(), |number| {
            if number.is_nan() { f64::NAN } else { number + 0.0 }
        })),
        DataType::Float32 => Arc::new(unary::<_, _, Float32Type>(numbers.as_primitive::<Float32Type>(), |number| {
            if number.is_nan() { f32::NAN } else { number + 0.0 }
        })),
        _ => Arc::clone(numbers),
    }
}
