//! Functions of arrays, and of JSON, that catalog queries of clients use.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int32Array, ListArray, StructArray};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::{cast, concat};
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::{ScalarValue, exec_err, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::SystemFunction;
use crate::catalog::pg::rows::Value;

/// `information_schema._pg_expandarray(array)`: each element with its number, as `x` and `n`. It returns a list; the statement's
/// syntax tree unnests it where PostgreSQL returns rows.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ExpandArray {
    signature: Signature,
}

impl ExpandArray {
    pub fn new() -> Self {
        Self { signature: Signature::any(1, Volatility::Immutable) }
    }
}

fn pair(element: &DataType) -> Fields {
    vec![Field::new("x", element.clone(), true), Field::new("n", DataType::Int32, true)].into()
}

impl ScalarUDFImpl for ExpandArray {
    fn name(&self) -> &str {
        "_pg_expandarray"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [DataType::List(element)] => {
                let item = Field::new_list_field(DataType::Struct(pair(element.data_type())), true);
                Ok(DataType::List(Arc::new(item)))
            }
            [other] => plan_err!("_pg_expandarray expects an array, and {other} is there"),
            _ => plan_err!("_pg_expandarray expects one argument, and {} are there", arguments.len()),
        }
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let DataType::List(item) = arguments.return_field.data_type().clone() else {
            return exec_err!("_pg_expandarray returns a list");
        };
        let arrays = ColumnarValue::values_to_arrays(&arguments.args)?;
        let Some(array) = arrays.first() else { return exec_err!("_pg_expandarray expects one argument") };
        let expanded: ArrayRef = Arc::new(expand(array.as_list::<i32>(), item)?);
        Ok(match arguments.number_rows == 1 {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&expanded, 0)?),
            false => ColumnarValue::Array(expanded),
        })
    }
}

fn expand(lists: &ListArray, item: Arc<Field>) -> Result<ListArray> {
    let DataType::Struct(fields) = item.data_type() else { return exec_err!("_pg_expandarray returns a list of pairs") };
    let rows: Vec<ArrayRef> = (0..lists.len()).filter(|row| lists.is_valid(*row)).map(|row| lists.value(row)).collect();
    let lengths = (0..lists.len()).map(|row| if lists.is_valid(row) { lists.value(row).len() } else { 0 });
    let numbers: Int32Array = rows.iter().flat_map(|row| (1..).take(row.len()).map(Some)).collect();
    let values = match rows.is_empty() {
        true => datafusion::arrow::array::new_empty_array(&lists.value_type()),
        false => concat(&rows.iter().map(|row| row.as_ref()).collect::<Vec<_>>())?,
    };
    let values = match fields.first() {
        Some(field) => cast(&values, field.data_type())?,
        None => values,
    };
    let pairs = StructArray::try_new(fields.clone(), vec![values, Arc::new(numbers)], None)?;
    let nulls = NullBuffer::from_iter((0..lists.len()).map(|row| lists.is_valid(row)));
    Ok(ListArray::try_new(Arc::clone(&item), OffsetBuffer::from_lengths(lengths), Arc::new(pairs), Some(nulls))?)
}
