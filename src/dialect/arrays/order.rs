//! Comparisons of arrays element by element, where NULL comes after everything else; of two that begin alike, the shorter is less.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::binary::comparison_coercion;
use datafusion::logical_expr::{
    ColumnarValue, Expr, Operator, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::dialect::failure::failed;

/// `left < right` and its like, of arrays.
pub fn compared(left: Expr, op: Operator, right: Expr) -> Expr {
    let signature = Signature::user_defined(Volatility::Immutable);
    ScalarUDF::new_from_impl(Compared { op, signature }).call(vec![left, right])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Compared {
    op: Operator,
    signature: Signature,
}

impl ScalarUDFImpl for Compared {
    fn name(&self) -> &str {
        match self.op {
            Operator::Lt => "array_lt",
            Operator::LtEq => "array_le",
            Operator::Gt => "array_gt",
            _ => "array_ge",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [left, right] => match comparison_coercion(left, right) {
                Some(common) => Ok(vec![common.clone(), common]),
                None => Err(failed("42883", "operator does not exist for arrays of these types")),
            },
            _ => internal_err!("an operator has two sides"),
        }
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let count = if constant { 1 } else { args.number_rows };
        let columns = args.args.iter().map(|argument| argument.to_array(count)).collect::<Result<Vec<_>>>()?;
        let [left, right] = columns.as_slice() else { return internal_err!("an operator has two sides") };
        let last = SortOptions { descending: false, nulls_first: false };
        let converter = RowConverter::new(vec![SortField::new_with_options(left.data_type().clone(), last)])?;
        let (lefts, rights) = (converter.convert_columns(&[Arc::clone(left)])?, converter.convert_columns(&[Arc::clone(right)])?);
        let answer = |row: usize| {
            let ordering = lefts.row(row).cmp(&rights.row(row));
            (left.is_valid(row) && right.is_valid(row)).then_some(match self.op {
                Operator::Lt => ordering.is_lt(),
                Operator::LtEq => ordering.is_le(),
                Operator::Gt => ordering.is_gt(),
                _ => ordering.is_ge(),
            })
        };
        let answers: ArrayRef = Arc::new((0..count).map(answer).collect::<BooleanArray>());
        Ok(match constant {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&answers, 0)?),
            false => ColumnarValue::Array(answers),
        })
    }
}
