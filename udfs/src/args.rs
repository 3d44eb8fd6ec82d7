//! Arguments of scalar, aggregate and window functions: checked against the documentation, read in every width and encoding.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, StringArray, StringBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::common::{Result, ScalarValue, exec_datafusion_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, Signature, TypeSignature, Volatility};

use crate::covariates::expect_covariates;
use crate::doc::{Default, Doc, Takes};
use crate::error::CustomerError;
use crate::fitted_model::expect_model;
use crate::type_name::type_name;

/// The signature that every function declares: anything, so that [`check`] refuses what does not fit, in one way.
pub fn anything() -> Signature {
    Signature::one_of(vec![TypeSignature::Nullary, TypeSignature::VariadicAny], Volatility::Immutable)
}

/// Whether the arguments are those of the documentation.
///
/// Errors: 42883 for another number of arguments, or another type where one type of SQL is asked for; 42804, naming the
/// argument, where any number, time or model would do.
pub fn check(doc: &Doc, types: &[DataType]) -> Result<()> {
    let all: Vec<Takes> = doc.arguments.iter().map(|argument| argument.takes).collect();
    let required = doc.arguments.iter().filter(|argument| argument.default == Default::Required).count();
    let forms: Vec<&[Takes]> = (required..=all.len()).filter_map(|count| all.get(..count)).collect();
    check_forms(doc.name, &forms, types)?;
    for (argument, there) in doc.arguments.iter().zip(types) {
        match argument.takes {
            Takes::Model => expect_model(doc.name, there)?,
            Takes::Covariates => expect_covariates(doc.name, there)?,
            takes if !accepts(takes, there) => {
                let (name, there) = (takes.name(), type_name(there));
                let message = format!("{}: {} must be a {name}, not {there}", doc.name, argument.name);
                return Err(CustomerError::wrong_type(message).into());
            }
            _ => {}
        }
    }
    Ok(())
}

/// 42883 unless the arguments fit one of the forms, as far as these ask for types of SQL.
pub fn check_forms(function: &str, forms: &[&[Takes]], types: &[DataType]) -> Result<()> {
    let fits = |form: &[Takes]| {
        form.len() == types.len() && form.iter().zip(types).all(|(takes, there)| !is_type(*takes) || accepts(*takes, there))
    };
    if forms.iter().any(|form| fits(form)) {
        return Ok(());
    }
    let list = |names: Vec<String>| format!("({})", names.join(", "));
    let forms = forms.iter().map(|form| list(form.iter().map(|takes| takes.name().to_string()).collect()));
    let forms = forms.collect::<Vec<_>>().join(" or ");
    let there = list(types.iter().map(type_name).collect());
    Err(CustomerError::undefined_function(format!("{function} takes {forms}, not {there}")).into())
}

/// Whether an argument asks for one type of SQL, and not for any of a kind.
fn is_type(takes: Takes) -> bool {
    matches!(takes, Takes::Text | Takes::Integer | Takes::Double | Takes::Date)
}

fn accepts(takes: Takes, there: &DataType) -> bool {
    let is_date = matches!(there, DataType::Date32 | DataType::Date64);
    let is_time = is_date || matches!(there, DataType::Timestamp(_, _));
    match (takes, there) {
        (_, DataType::Null) => true,
        (Takes::Text, DataType::Dictionary(_, values)) => values.is_string(),
        (Takes::Text, _) => there.is_string(),
        (Takes::Integer, _) => there.is_integer(),
        (Takes::Double | Takes::Number, _) => there.is_numeric(),
        (Takes::Date, _) => is_date,
        (Takes::Boolean, _) => *there == DataType::Boolean,
        (Takes::Time, _) => is_time,
        (Takes::Measure, _) => is_time || there.is_numeric(),
        _ => true,
    }
}

/// A column as double precision.
pub fn doubles(column: &ArrayRef) -> Result<Float64Array> {
    Ok(cast(column, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
}

/// Whether a column of this type may say yes and no.
pub fn is_truth(data_type: &DataType) -> bool {
    match data_type {
        DataType::Null | DataType::Boolean => true,
        DataType::Dictionary(_, values) => is_truth(values),
        other => other.is_numeric() || other.is_string(),
    }
}

/// A column that says yes and no, in one of the ways of [`is_truth`].
///
/// Errors: 22023, naming the argument, for a number but 1 and 0, and for a text that PostgreSQL does not read as boolean.
pub fn truths(function: &str, argument: &str, values: &ArrayRef) -> Result<BooleanArray> {
    if let DataType::Dictionary(_, plain) = values.data_type() {
        return truths(function, argument, &cast(values, plain)?);
    }
    let refuse = || CustomerError::invalid_value(format!("{function}: {argument} must be boolean, 1 and 0, or 'yes' and 'no'"));
    let is_neither = |number: f64| number != 0.0 && number != 1.0;
    if values.data_type().is_numeric() && doubles(values)?.iter().flatten().any(is_neither) {
        return Err(refuse().into());
    }
    let truths = cast(values, &DataType::Boolean)?.as_boolean().clone();
    if truths.null_count() > values.logical_null_count() { Err(refuse().into()) } else { Ok(truths) }
}

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

    /// The result in the shape in which the arguments came.
    pub fn finish(&self, array: ArrayRef) -> Result<ColumnarValue> {
        if self.constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?));
        }
        Ok(ColumnarValue::Array(array))
    }
}

/// text → text; NULL gives NULL, and the kernel may give NULL too.
pub fn map_text(columns: &Columns, kernel: impl Fn(&str) -> Option<String>) -> Result<ArrayRef> {
    let input = columns.text(0)?;
    let mut out = StringBuilder::with_capacity(input.len(), input.value_data().len());
    for value in &input {
        out.append_option(value.and_then(&kernel));
    }
    Ok(Arc::new(out.finish()))
}

/// (text [, region]) → text; a NULL text gives NULL, a NULL region is none.
pub fn map_text_in_region<R>(
    columns: &Columns,
    read_region: impl Fn(&str) -> Result<R>,
    kernel: impl Fn(&str, Option<R>) -> Option<String>,
) -> Result<ArrayRef> {
    if columns.arrays.len() < 2 {
        return map_text(columns, |text| kernel(text, None));
    }
    let (input, regions) = (columns.text(0)?, columns.text(1)?);
    let mut out = StringBuilder::with_capacity(input.len(), input.value_data().len());
    for (text, region) in input.iter().zip(&regions) {
        let region = region.map(&read_region).transpose()?;
        out.append_option(text.and_then(|text| kernel(text, region)));
    }
    Ok(Arc::new(out.finish()))
}

/// (text, text) → a number type; NULL in either gives NULL.
pub fn map_two_texts<T, A>(columns: &Columns, kernel: impl Fn(&str, &str) -> Result<T>) -> Result<ArrayRef>
where
    A: Array + FromIterator<Option<T>> + 'static,
{
    let (left, right) = (columns.text(0)?, columns.text(1)?);
    let values = left.iter().zip(&right).map(|pair| match pair {
        (Some(a), Some(b)) => kernel(a, b).map(Some),
        _ => Ok(None),
    });
    let array: A = values.collect::<Result<_>>()?;
    Ok(Arc::new(array))
}
