//! Sums, differences and products of integers and floating-point numbers, which are refused where their type cannot hold them: the
//! engine's own wrap around, or are infinite.

mod floats;

use std::fmt::Write as _;

use datafusion::arrow::array::{ArrayRef, Datum, Scalar, new_empty_array};
use datafusion::arrow::compute::kernels::numeric::{add, div, mul, sub};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::error::ArrowError;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, ScalarValue, internal_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::interval_arithmetic::Interval;
use datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, ExprSchemable, Operator, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility, binary_expr,
};
use datafusion_functions_customer::type_name::type_name;

use crate::dialect::failure::failed;
use crate::error::SqlState;

/// The expression with its arithmetic of integers checked. Both sides of an operator have one type by now.
pub fn arithmetic(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_down(|expr| match expr {
        Expr::BinaryExpr(binary) if family(binary.op).is_some() => {
            let expr = Expr::BinaryExpr(binary);
            // The engine checks its division of integers, but takes it for exact: of `i / 3 = 2` it would conclude that i is 6, which all of
            // 6, 7 and 8 are not, and neither sort nor group by it.
            let there = expr.get_type(schema)?;
            let is_checked = is_integer(&there) || matches!(there, DataType::Float32 | DataType::Float64);
            Ok(if is_checked { Transformed::yes(checked(expr)) } else { Transformed::no(expr) })
        }
        // Also of NaN, which has one sign.
        Expr::Negative(inner) if matches!(inner.get_type(schema)?, DataType::Float32 | DataType::Float64) => {
            let opposite = Expr::Literal(ScalarValue::new_negative_one(&inner.get_type(schema)?)?, None);
            Ok(Transformed::yes(checked(binary_expr(opposite, Operator::Multiply, *inner))))
        }
        // Of the least integer there is no opposite.
        Expr::Negative(inner) if is_integer(&inner.get_type(schema)?) => {
            let zero = Expr::Literal(ScalarValue::new_zero(&inner.get_type(schema)?)?, None);
            Ok(Transformed::yes(checked(binary_expr(zero, Operator::Minus, *inner))))
        }
        other => Ok(Transformed::no(other)),
    })
}

fn is_integer(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64)
}

/// Operators that stand beside each other in one chain.
#[derive(PartialEq)]
enum Family {
    Additive,
    Multiplicative,
}

fn family(operator: Operator) -> Option<Family> {
    match operator {
        Operator::Plus | Operator::Minus => Some(Family::Additive),
        Operator::Multiply | Operator::Divide => Some(Family::Multiplicative),
        _ => None,
    }
}

/// `a + b - c` as one call: calls within calls would each ask all below them for their types.
fn checked(expr: Expr) -> Expr {
    let (mut operators, mut operands, mut first) = (vec![], vec![], expr);
    loop {
        match first {
            Expr::BinaryExpr(BinaryExpr { left, op, right })
                if family(op).is_some_and(|of| operators.first().is_none_or(|op: &Operator| family(*op) == Some(of))) =>
            {
                operators.push(op);
                operands.push(*right);
                first = *left;
            }
            other => {
                operands.push(other);
                break;
            }
        }
    }
    operators.reverse();
    operands.reverse();
    let signature = Signature::any(operands.len(), Volatility::Immutable);
    ScalarUDF::new_from_impl(Checked { operators, signature }).call(operands)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Checked {
    /// Between the operands, from the left.
    operators: Vec<Operator>,
    signature: Signature,
}

impl ScalarUDFImpl for Checked {
    fn name(&self) -> &str {
        match self.operators.first() {
            Some(Operator::Multiply | Operator::Divide) => "*",
            _ => "+",
        }
    }

    fn display_name(&self, args: &[Expr]) -> Result<String> {
        let (mut shown, mut args) = (String::new(), args.iter());
        if let Some(first) = args.next() {
            write!(shown, "{first}")?;
        }
        for (operator, operand) in self.operators.iter().zip(args) {
            write!(shown, " {operator} {operand}")?;
        }
        Ok(format!("({shown})"))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match types {
            [first, rest @ ..] if rest.iter().all(|other| other == first) => Ok(first.clone()),
            _ => internal_err!("the operands of {} are of several types", self.name()),
        }
    }

    /// Of its type, for functions such as `abs`, whose order depends on it.
    fn evaluate_bounds(&self, operands: &[&Interval]) -> Result<Interval> {
        let known = operands.iter().map(|operand| operand.data_type()).find(|of| !of.is_null());
        Interval::make_unbounded(&known.unwrap_or(DataType::Null))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let data_type = args.return_field.data_type();
        // A branch that no row takes computes nothing.
        if args.number_rows == 0 {
            return Ok(ColumnarValue::Array(new_empty_array(data_type)));
        }
        let mut operands = args.args.into_iter();
        let Some(mut value) = operands.next() else { return internal_err!("{} without operands", self.name()) };
        for (operator, operand) in self.operators.iter().zip(operands) {
            value = computed(&value, *operator, &operand, data_type)?;
        }
        Ok(value)
    }
}

fn computed(left: &ColumnarValue, operator: Operator, right: &ColumnarValue, data_type: &DataType) -> Result<ColumnarValue> {
    let (left, right) = (Side::of(left)?, Side::of(right)?);
    let computed = match operator {
        Operator::Plus => add(left.datum(), right.datum()),
        Operator::Minus => sub(left.datum(), right.datum()),
        Operator::Divide => div(left.datum(), right.datum()),
        _ => mul(left.datum(), right.datum()),
    };
    let array = computed.map_err(|error| match error {
        ArrowError::ArithmeticOverflow(_) => out_of_range(data_type),
        ArrowError::DivideByZero => failed(SqlState::DIVISION_BY_ZERO, "division by zero"),
        other => other.into(),
    })?;
    let array = floats::results(left.datum(), operator, right.datum(), array)?;
    Ok(match (left, right) {
        (Side::Value(_), Side::Value(_)) => ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?),
        _ => ColumnarValue::Array(array),
    })
}

enum Side {
    Column(ArrayRef),
    Value(Scalar<ArrayRef>),
}

impl Side {
    fn of(value: &ColumnarValue) -> Result<Self> {
        Ok(match value {
            ColumnarValue::Array(array) => Self::Column(ArrayRef::clone(array)),
            ColumnarValue::Scalar(value) => Self::Value(value.to_scalar()?),
        })
    }

    fn datum(&self) -> &dyn Datum {
        match self {
            Self::Column(array) => array,
            Self::Value(value) => value,
        }
    }
}

fn out_of_range(data_type: &DataType) -> DataFusionError {
    failed(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, format!("{} out of range", type_name(data_type)))
}
