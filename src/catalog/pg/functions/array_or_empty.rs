//! `array_or_empty`: what `ARRAY(SELECT …)` gives where the sub-query has no row. `coalesce` with an empty array would need both to have
//! one type, down to what the elements' field says of them.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, ListArray, new_empty_array};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::concat;
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{plan_err, utils::take_function_args};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ArrayOrEmpty {
    signature: Signature,
}

impl ArrayOrEmpty {
    pub const NAME: &str = "array_or_empty";

    pub fn new() -> Self {
        Self { signature: Signature::any(1, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for ArrayOrEmpty {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match types {
            [list @ DataType::List(_)] => Ok(list.clone()),
            _ => plan_err!("{} takes an array", Self::NAME),
        }
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs) -> Result<FieldRef> {
        let [array] = take_function_args(Self::NAME, arguments.arg_fields)?;
        self.return_type(&[array.data_type().clone()])?;
        Ok(std::sync::Arc::new(array.as_ref().clone().with_name(Self::NAME).with_nullable(false)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [array] = take_function_args(Self::NAME, arguments.args)?;
        let array = array.into_array(arguments.number_rows)?;
        if array.null_count() == 0 {
            return Ok(ColumnarValue::Array(array));
        }
        let (lists, DataType::List(element)) = (array.as_list::<i32>(), array.data_type()) else {
            return plan_err!("{} takes an array", Self::NAME);
        };
        let rows: Vec<Option<ArrayRef>> = lists.iter().collect();
        let lengths = rows.iter().map(|row| row.as_ref().map_or(0, |row| row.len()));
        let offsets = OffsetBuffer::from_lengths(lengths);
        let parts: Vec<&dyn Array> = rows.iter().flatten().map(AsRef::as_ref).collect();
        let values = if parts.is_empty() { new_empty_array(element.data_type()) } else { concat(&parts)? };
        Ok(ColumnarValue::Array(std::sync::Arc::new(ListArray::try_new(element.clone(), offsets, values, None)?)))
    }
}
