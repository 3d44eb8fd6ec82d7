//! `to_number(text, pattern)`: a number with as many decimals as were read, where text and pattern are literals; otherwise with as many as
//! the pattern has.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DECIMAL128_MAX_PRECISION, DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use datafusion_functions_customer::type_name::type_name;

use super::to_char::number::NumberPattern;
use super::to_char::reading;
use crate::dialect::failure::failed;
use crate::error::SqlState;

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ToNumber {
    signature: Signature,
}

impl Default for ToNumber {
    fn default() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

fn undefined(types: &[DataType]) -> DataFusionError {
    let types = types.iter().map(type_name).collect::<Vec<_>>().join(", ");
    failed(SqlState::UNDEFINED_FUNCTION, format!("function to_number({types}) does not exist"))
}

impl ScalarUDFImpl for ToNumber {
    fn name(&self) -> &str {
        "to_number"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [text, pattern] if [text, pattern].iter().all(|argument| argument.is_string() || argument.is_null()) => {
                Ok(vec![DataType::Utf8, DataType::Utf8])
            }
            _ => Err(undefined(types)),
        }
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("the type of to_number depends on the pattern")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let literal =
            |place: usize| args.scalar_arguments.get(place).copied().flatten().and_then(|text| text.try_as_str().flatten());
        let decimals = match (literal(0), literal(1)) {
            (Some(text), Some(pattern)) => reading::read(text, pattern)?.map_or(0, |(_, decimals)| decimals),
            (None, Some(pattern)) => NumberPattern::read(pattern)?.decimals,
            _ => {
                return Err(failed(
                    SqlState::FEATURE_NOT_SUPPORTED,
                    "to_number with patterns that are no literals is not supported",
                ));
            }
        };
        let scale = i8::try_from(decimals).ok().filter(|scale| *scale <= 38);
        let scale = scale.ok_or_else(|| failed(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "value overflows numeric format"))?;
        Ok(Arc::new(Field::new(self.name(), DataType::Decimal128(DECIMAL128_MAX_PRECISION, scale), true)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let columns = ColumnarValue::values_to_arrays(&args.args)?;
        let [texts, patterns] = columns.as_slice() else { return internal_err!("to_number takes two arguments") };
        let (texts, patterns) = (texts.as_string::<i32>(), patterns.as_string::<i32>());
        let read = texts.iter().zip(patterns).map(|pair| match pair {
            (Some(text), Some(pattern)) => Ok(reading::read(text, pattern)?.map(|(number, _)| number)),
            _ => Ok(None),
        });
        let numbers: ArrayRef = Arc::new(read.collect::<Result<StringArray>>()?);
        let options = CastOptions { safe: false, ..CastOptions::default() };
        let numbers = cast_with_options(&numbers, args.return_field.data_type(), &options)?;
        match constant && numbers.len() == 1 {
            true => Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&numbers, 0)?)),
            false => Ok(ColumnarValue::Array(numbers)),
        }
    }
}
