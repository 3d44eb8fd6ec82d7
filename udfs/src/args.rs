//! Arguments of scalar functions: text in every encoding, numbers of every width, constants and NULLs, handled once.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, StringArray, StringBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::common::{Result, ScalarValue, exec_datafusion_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs};

/// The arguments as arrays of one length, and whether the result may shrink to one value because all of them are constants.
pub struct Columns {
    pub arrays: Vec<ArrayRef>,
    pub rows: usize,
    constant: bool,
}

impl Columns {
    pub fn new(args: &ScalarFunctionArgs) -> Result<Self> {
        let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { args.number_rows };
        let arrays = args.args.iter().map(|arg| arg.to_array(rows)).collect::<Result<Vec<_>>>()?;
        Ok(Self { arrays, rows, constant })
    }

    fn get(&self, i: usize) -> Result<&ArrayRef> {
        self.arrays.get(i).ok_or_else(|| exec_datafusion_err!("argument {} is missing", i + 1))
    }

    /// Argument `i` as text: Utf8, LargeUtf8, Utf8View or a dictionary of them.
    pub fn text(&self, i: usize) -> Result<StringArray> {
        Ok(cast(self.get(i)?, &DataType::Utf8)?.as_string::<i32>().clone())
    }

    /// Argument `i` as double precision.
    pub fn double(&self, i: usize) -> Result<Float64Array> {
        Ok(cast(self.get(i)?, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
    }

    /// The result in the shape in which the arguments came.
    pub fn finish(&self, array: ArrayRef) -> Result<ColumnarValue> {
        if self.constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?));
        }
        Ok(ColumnarValue::Array(array))
    }
}

/// text → text; NULL gives NULL, and the kernel may give NULL too.
pub fn map_text(args: &ScalarFunctionArgs, kernel: impl Fn(&str) -> Option<String>) -> Result<ColumnarValue> {
    let columns = Columns::new(args)?;
    let input = columns.text(0)?;
    let mut out = StringBuilder::with_capacity(input.len(), input.value_data().len());
    for value in &input {
        out.append_option(value.and_then(&kernel));
    }
    columns.finish(Arc::new(out.finish()))
}

/// (text, text) → a number type; NULL in either gives NULL.
pub fn map_two_texts<T, A>(args: &ScalarFunctionArgs, kernel: impl Fn(&str, &str) -> Result<T>) -> Result<ColumnarValue>
where
    A: Array + FromIterator<Option<T>> + 'static,
{
    let columns = Columns::new(args)?;
    let (left, right) = (columns.text(0)?, columns.text(1)?);
    let values = left.iter().zip(&right).map(|pair| match pair {
        (Some(a), Some(b)) => kernel(a, b).map(Some),
        _ => Ok(None),
    });
    let array: A = values.collect::<Result<_>>()?;
    columns.finish(Arc::new(array))
}
