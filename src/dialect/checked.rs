//! Sums, differences and products of integers, which are refused where their type cannot hold them: the engine's own wrap around.

use std::fmt::Write as _;

use datafusion::arrow::array::{ArrayRef, Datum, Scalar};
use datafusion::arrow::compute::kernels::numeric::{add, mul, sub};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::error::ArrowError;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, ScalarValue, internal_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, ExprSchemable, Operator, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion_functions_customer::type_name::type_name;

use crate::error::{Error, SqlState};

/// The expression with its arithmetic of integers checked. Both sides of an operator have one type by now.
pub fn arithmetic(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right })
            if matches!(op, Operator::Plus | Operator::Minus | Operator::Multiply)
                && is_integer(&left, schema)
                && is_integer(&right, schema) =>
        {
            Ok(Transformed::yes(checked(*left, op, *right)))
        }
        // Of the least integer there is no opposite.
        Expr::Negative(inner) if is_integer(&inner, schema) => {
            let zero = ScalarValue::new_zero(&inner.get_type(schema)?)?;
            Ok(Transformed::yes(checked(Expr::Literal(zero, None), Operator::Minus, *inner)))
        }
        other => Ok(Transformed::no(other)),
    })
}

fn is_integer(expr: &Expr, schema: &DFSchema) -> bool {
    matches!(expr.get_type(schema), Ok(DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64))
}

fn checked(left: Expr, operator: Operator, right: Expr) -> Expr {
    ScalarUDF::new_from_impl(Checked { operator, signature: Signature::any(2, Volatility::Immutable) }).call(vec![left, right])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Checked {
    operator: Operator,
    signature: Signature,
}

impl ScalarUDFImpl for Checked {
    fn name(&self) -> &str {
        match self.operator {
            Operator::Plus => "+",
            Operator::Minus => "-",
            _ => "*",
        }
    }

    fn display_name(&self, args: &[Expr]) -> Result<String> {
        let mut shown = String::new();
        if let [left, right] = args {
            write!(shown, "({left} {} {right})", self.operator)?;
        }
        Ok(shown)
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match types {
            [left, right] if left == right => Ok(left.clone()),
            _ => internal_err!("the sides of {} are of two types", self.operator),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [left, right] = args.args.as_slice() else { return internal_err!("{} has two sides", self.operator) };
        let (left, right) = (Side::of(left)?, Side::of(right)?);
        let computed = match self.operator {
            Operator::Plus => add(left.datum(), right.datum()),
            Operator::Minus => sub(left.datum(), right.datum()),
            _ => mul(left.datum(), right.datum()),
        };
        let array = computed.map_err(|error| match error {
            ArrowError::ArithmeticOverflow(_) => out_of_range(args.return_field.data_type()),
            other => other.into(),
        })?;
        match (left, right) {
            (Side::Value(_), Side::Value(_)) => Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?)),
            _ => Ok(ColumnarValue::Array(array)),
        }
    }
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
    let message = format!("{} out of range", type_name(data_type));
    DataFusionError::External(Box::new(Error::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, message)))
}
