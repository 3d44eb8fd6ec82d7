//! Lists of rows, taken apart: one of their columns, and their numbers.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, ListArray, StructArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use crate::dialect::functions::record;

fn list(argument: &ColumnarValue, rows: usize) -> Result<ListArray> {
    let array = argument.to_array(rows)?;
    match array.as_list_opt::<i32>() {
        Some(list) => Ok(list.clone()),
        None => internal_err!("{} is no list of rows", array.data_type()),
    }
}

fn answered(array: ListArray, argument: &ColumnarValue) -> Result<ColumnarValue> {
    Ok(match argument {
        ColumnarValue::Scalar(_) => ColumnarValue::Scalar(ScalarValue::List(Arc::new(array))),
        ColumnarValue::Array(_) => ColumnarValue::Array(Arc::new(array)),
    })
}

/// `row_of('name', value, …)`: a row whose fields keep what is known of their types.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct RowOf {
    signature: Signature,
}

impl Default for RowOf {
    fn default() -> Self {
        Self { signature: Signature::variadic_any(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for RowOf {
    fn name(&self) -> &str {
        "row_of"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("the type of a row depends on its names")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let mut fields = vec![];
        for (name, value) in args.scalar_arguments.iter().zip(args.arg_fields.iter().skip(1)).step_by(2) {
            let Some(name) = name.and_then(|name| name.try_as_str().flatten()) else {
                return internal_err!("a field of a row has no name");
            };
            fields.push(record::field(name, value));
        }
        Ok(Arc::new(Field::new(self.name(), DataType::Struct(fields.into()), true)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let DataType::Struct(fields) = args.return_field.data_type() else { return internal_err!("a row is a struct") };
        let values = args.args.iter().skip(1).step_by(2);
        let columns = values.map(|value| value.to_array(args.number_rows)).collect::<Result<Vec<_>>>()?;
        Ok(ColumnarValue::Array(Arc::new(StructArray::try_new(fields.clone(), columns, None)?)))
    }
}

/// `rows_column(list, 'field')`: one field of each row.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct RowsColumn {
    signature: Signature,
}

impl Default for RowsColumn {
    fn default() -> Self {
        Self { signature: Signature::any(2, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for RowsColumn {
    fn name(&self) -> &str {
        "rows_column"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("the type of rows_column depends on the field")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let name = args.scalar_arguments.get(1).copied().flatten().and_then(|name| name.try_as_str().flatten());
        if let (Some(DataType::List(item)), Some(name)) = (args.arg_fields.first().map(|field| field.data_type()), name)
            && let DataType::Struct(fields) = item.data_type()
            && let Some((_, field)) = fields.find(name)
        {
            let item = field.as_ref().clone().with_name("item");
            return Ok(Arc::new(Field::new(self.name(), DataType::List(Arc::new(item)), true)));
        }
        internal_err!("rows_column takes a list of rows and the name of a field")
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [rows, ColumnarValue::Scalar(name)] = args.args.as_slice() else {
            return internal_err!("rows_column takes a list of rows and the name of a field");
        };
        let of_rows = list(rows, args.number_rows)?;
        let name = name.try_as_str().flatten().unwrap_or_default();
        let column = of_rows.values().as_struct_opt().and_then(|values| values.column_by_name(name)).map(Arc::clone);
        let (Some(column), DataType::List(item)) = (column, args.return_field.data_type()) else {
            return internal_err!("rows without the field {name}");
        };
        let array = ListArray::try_new(Arc::clone(item), of_rows.offsets().clone(), column, of_rows.nulls().cloned())?;
        answered(array, rows)
    }
}

/// `rows_numbers(list)`: the numbers of the elements, from 1.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct RowsNumbers {
    signature: Signature,
}

impl Default for RowsNumbers {
    fn default() -> Self {
        Self { signature: Signature::any(1, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for RowsNumbers {
    fn name(&self) -> &str {
        "rows_numbers"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(Arc::new(Field::new("item", DataType::Int64, true))))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [rows] = args.args.as_slice() else { return internal_err!("rows_numbers takes a list") };
        let of_rows = list(rows, args.number_rows)?;
        let mut numbers = vec![0_i64; of_rows.values().len()];
        for (from, to) in of_rows.offsets().iter().zip(of_rows.offsets().iter().skip(1)) {
            for (place, number) in numbers.iter_mut().enumerate().take(*to as usize).skip(*from as usize) {
                *number = place as i64 + 1 - i64::from(*from);
            }
        }
        let item = Arc::new(Field::new("item", DataType::Int64, true));
        let numbers: ArrayRef = Arc::new(Int64Array::from(numbers));
        answered(ListArray::try_new(item, of_rows.offsets().clone(), numbers, of_rows.nulls().cloned())?, rows)
    }
}
