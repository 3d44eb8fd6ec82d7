//! How long arrays are in each dimension, and their elements by subscripts. An array of several dimensions is a list of lists, all of one
//! length; an empty one has no dimensions.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int32Array, StringArray, UInt32Array, new_null_array};
use datafusion::arrow::compute::{cast, concat, take};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int32Type};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use datafusion_functions_customer::type_name::type_name;

use super::element;
use crate::catalog::pg::types::PG_TYPE_KEY;
use crate::dialect::failure::{failed, undefined};

/// As in PostgreSQL.
const DIMENSIONS_MAX: usize = 6;

/// An element of an array, or of a document of JSON, as which it is planned later.
pub const SUBSCRIPT: &str = "array_subscript";

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Asked {
    Length,
    Lower,
    Upper,
    Cardinality,
    Count,
    Bounds,
    Element,
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Dimensions {
    asked: Asked,
    signature: Signature,
}

impl Dimensions {
    pub fn all() -> impl Iterator<Item = Self> {
        let all = [Asked::Length, Asked::Lower, Asked::Upper, Asked::Cardinality, Asked::Count, Asked::Bounds, Asked::Element];
        all.into_iter().map(|asked| Self { asked, signature: Signature::user_defined(Volatility::Immutable) })
    }
}

/// The type of the elements below all dimensions.
pub(super) fn innermost(data_type: &DataType) -> &DataType {
    element(data_type).map_or(data_type, innermost)
}

pub(super) fn depth(data_type: &DataType) -> usize {
    element(data_type).map_or(0, |of| 1 + depth(of))
}

/// The lengths of an array's dimensions, from the outermost.
fn lengths(array: &ArrayRef) -> Vec<usize> {
    let mut lengths = vec![];
    let mut inside = Arc::clone(array);
    loop {
        if inside.is_empty() {
            return vec![];
        }
        lengths.push(inside.len());
        match inside.as_list_opt::<i32>() {
            Some(lists) if lists.is_valid(0) => inside = lists.value(0),
            _ => return lengths,
        }
    }
}

impl ScalarUDFImpl for Dimensions {
    fn name(&self) -> &str {
        match self.asked {
            Asked::Length => "array_length",
            Asked::Lower => "array_lower",
            Asked::Upper => "array_upper",
            Asked::Cardinality => "cardinality",
            Asked::Count => "array_ndims",
            Asked::Bounds => "array_dims",
            Asked::Element => SUBSCRIPT,
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let fits = matches!(
            (self.asked, types),
            (Asked::Cardinality | Asked::Count | Asked::Bounds, [_])
                | (Asked::Length | Asked::Lower | Asked::Upper, [_, _])
                | (Asked::Element, [_, _, ..])
        );
        let Some((array, numbers)) = types.split_first().filter(|_| fits) else { return Err(undefined(self.name(), types)) };
        if self.asked == Asked::Element && numbers.len() > DIMENSIONS_MAX {
            let message = format!("number of array dimensions ({}) exceeds the maximum allowed (6)", numbers.len());
            return Err(failed("54000", message));
        }
        let array = match array {
            DataType::Null => DataType::new_list(DataType::Null, true),
            DataType::List(_) => array.clone(),
            DataType::LargeList(of) | DataType::FixedSizeList(of, _) => DataType::List(Arc::clone(of)),
            document if self.asked == Asked::Element && document.is_string() => document.clone(),
            _ => return Err(undefined(self.name(), types)),
        };
        if !numbers.iter().all(|number| number.is_integer() || number.is_null() || number.is_string()) {
            return Err(undefined(self.name(), types));
        }
        Ok(std::iter::once(array).chain(numbers.iter().map(|_| DataType::Int32)).collect())
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(match (self.asked, types) {
            (Asked::Bounds, _) => DataType::Utf8,
            (Asked::Element, [array, ..]) => innermost(array).clone(),
            _ => DataType::Int32,
        })
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let types: Vec<DataType> = args.arg_fields.iter().map(|field| field.data_type().clone()).collect();
        let document = args.arg_fields.first().filter(|field| self.asked == Asked::Element && field.data_type().is_string());
        match document {
            Some(field) if field.metadata().get(PG_TYPE_KEY).is_some_and(|name| name == "jsonb") => Ok(Arc::clone(field)),
            Some(_) => {
                let name = types.first().map(type_name).unwrap_or_default();
                let message = format!("cannot subscript type {name} because it does not support subscripting");
                Err(failed("42804", message))
            }
            None => Ok(Arc::new(Field::new(self.name(), self.return_type(&types)?, true))),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let count = if constant { 1 } else { args.number_rows };
        let columns = args.args.iter().map(|argument| argument.to_array(count)).collect::<Result<Vec<_>>>()?;
        let Some((arrays, numbers)) = columns.split_first() else { return internal_err!("{} without arguments", self.name()) };
        let numbers = numbers.iter().map(|numbers| cast(numbers, &DataType::Int32)).collect::<Result<Vec<_>, _>>()?;
        let answers = match self.asked {
            Asked::Element => elements(arrays, &numbers)?,
            _ => self.answers(arrays, numbers.first()),
        };
        Ok(match constant {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&answers, 0)?),
            false => ColumnarValue::Array(answers),
        })
    }
}

impl Dimensions {
    fn answers(&self, arrays: &ArrayRef, dimensions: Option<&ArrayRef>) -> ArrayRef {
        let lists = arrays.as_list::<i32>();
        let lengths = |row: usize| lists.is_valid(row).then(|| lengths(&lists.value(row)));
        if self.asked == Asked::Bounds {
            let bounds = |lengths: Vec<usize>| lengths.iter().map(|length| format!("[1:{length}]")).collect::<String>();
            let texts = (0..lists.len()).map(|row| lengths(row).filter(|lengths| !lengths.is_empty()).map(bounds));
            return Arc::new(texts.collect::<StringArray>());
        }
        let answer = |row: usize| -> Option<i32> {
            let lengths = lengths(row)?;
            let number = |number: usize| i32::try_from(number).ok();
            let of_dimension = || {
                let dimension = dimensions?.as_primitive::<Int32Type>();
                let dimension = dimension.is_valid(row).then(|| dimension.value(row))?;
                lengths.get(usize::try_from(dimension).ok()?.checked_sub(1)?).copied()
            };
            match self.asked {
                Asked::Cardinality if lengths.is_empty() => Some(0),
                Asked::Cardinality => number(lengths.iter().product()),
                Asked::Count => number(lengths.len()).filter(|count| *count > 0),
                Asked::Lower => of_dimension().map(|_| 1),
                _ => of_dimension().and_then(number),
            }
        };
        Arc::new((0..lists.len()).map(answer).collect::<Int32Array>())
    }
}

/// The elements with these subscripts; NULL where an array has other dimensions or no such element.
fn elements(arrays: &ArrayRef, subscripts: &[ArrayRef]) -> Result<ArrayRef> {
    let of = innermost(arrays.data_type()).clone();
    if depth(arrays.data_type()) != subscripts.len() || of.is_null() {
        return Ok(new_null_array(&of, arrays.len()));
    }
    let mut inside = Arc::clone(arrays);
    for subscript in subscripts {
        let subscript = subscript.as_primitive::<Int32Type>();
        let lists = inside.as_list::<i32>();
        let offsets = lists.value_offsets();
        let place = |row: usize| -> Option<u32> {
            let number = (lists.is_valid(row) && subscript.is_valid(row)).then(|| subscript.value(row))?;
            let (first, end) = (*offsets.get(row)?, *offsets.get(row + 1)?);
            let place = first.checked_add(number.checked_sub(1)?)?;
            (number > 0 && place < end).then(|| u32::try_from(place).ok()).flatten()
        };
        let places: UInt32Array = (0..lists.len()).map(place).collect();
        // An empty array has no place to take NULL from.
        inside = match lists.values().is_empty() {
            true => concat(&[&new_null_array(lists.values().data_type(), places.len())])?,
            false => take(lists.values(), &places, None)?,
        };
    }
    Ok(inside)
}
