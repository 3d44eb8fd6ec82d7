//! Columns of texts as dates, times and intervals, and what [`text_input`] reads, in the forms of PostgreSQL's manual; literals are read
//! when they are planned.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, IntervalMonthDayNanoArray, StringArray};
use datafusion::arrow::compute::{CastOptions, cast, cast_with_options};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use super::literals::{DateOrder, canonical, interval};
use super::text_input;

/// Whether texts are read as this type here.
pub fn is_read(target: &DataType) -> bool {
    is_moment(target) || text_input::is_read(target)
}

/// Whether a type is one of dates and times.
pub fn is_moment(target: &DataType) -> bool {
    matches!(target, DataType::Date32 | DataType::Timestamp(..) | DataType::Time64(_) | DataType::Interval(_))
}

/// `expr::target` for a text that only the rows have.
pub fn read(expr: Expr, target: &DataType, order: DateOrder) -> Expr {
    let signature = Signature::any(1, Volatility::Immutable);
    ScalarUDF::new_from_impl(Read { target: target.clone(), order, signature }).call(vec![expr])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Read {
    target: DataType,
    order: DateOrder,
    signature: Signature,
}

impl ScalarUDFImpl for Read {
    fn name(&self) -> &str {
        match self.target {
            DataType::Float32 => "float4in",
            DataType::Float64 => "float8in",
            DataType::Date32 => "date",
            DataType::Time64(_) => "time",
            DataType::Interval(_) => "interval",
            DataType::Timestamp(_, None) => "timestamp",
            DataType::Timestamp(..) => "timestamptz",
            _ => "input",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.target.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [value] = args.args.as_slice() else { return internal_err!("a cast has one argument") };
        let texts = cast(
            &value.to_array(if matches!(value, ColumnarValue::Scalar(_)) { 1 } else { args.number_rows })?,
            &DataType::Utf8,
        )?;
        let read = text_input::read(texts.as_string::<i32>(), &self.target, self.order)?;
        Ok(match value {
            ColumnarValue::Scalar(_) => ColumnarValue::Scalar(ScalarValue::try_from_array(&read, 0)?),
            ColumnarValue::Array(_) => ColumnarValue::Array(read),
        })
    }
}

/// The texts as dates, times or intervals.
///
/// # Errors
/// Those of the literals.
pub fn moments(texts: &StringArray, target: &DataType, order: DateOrder) -> Result<ArrayRef> {
    if matches!(target, DataType::Interval(_)) {
        let intervals = texts.iter().map(|text| text.map(interval).transpose());
        return Ok(Arc::new(intervals.collect::<Result<IntervalMonthDayNanoArray>>()?));
    }
    let canonical = texts.iter().map(|text| text.map(|text| canonical(text, target, order)).transpose());
    let canonical: ArrayRef = Arc::new(canonical.collect::<Result<StringArray>>()?);
    let options = CastOptions { safe: false, ..CastOptions::default() };
    Ok(cast_with_options(&canonical, target, &options)?)
}
