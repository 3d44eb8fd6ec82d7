//! Differences of moments, as `timestamp_mi` computes them: days of 24 hours and the rest as time. The engine has them as time alone.

use std::sync::Arc;

use cilake_wire::values::datetime::DAY_MICROS;
use datafusion::arrow::array::{ArrayRef, AsArray, IntervalMonthDayNanoArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, IntervalMonthDayNano, IntervalUnit, TimeUnit, TimestampMicrosecondType};
use datafusion::common::{ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use crate::dialect::failure::failed;

/// `later - earlier`, both of which are moments of one kind.
pub fn difference(later: Expr, earlier: Expr) -> Expr {
    let signature = Signature::user_defined(Volatility::Immutable);
    ScalarUDF::new_from_impl(Difference { signature }).call(vec![later, earlier])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Difference {
    signature: Signature,
}

impl ScalarUDFImpl for Difference {
    fn name(&self) -> &str {
        "timestamp_mi"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        // Where one side has a zone, the other is read in it.
        let zone = types.iter().find_map(|data_type| match data_type {
            DataType::Timestamp(_, Some(zone)) => Some(Arc::clone(zone)),
            _ => None,
        });
        Ok(vec![DataType::Timestamp(TimeUnit::Microsecond, zone); types.len()])
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Interval(IntervalUnit::MonthDayNano))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let count = if constant { 1 } else { args.number_rows };
        let micros = DataType::Timestamp(TimeUnit::Microsecond, None);
        let arrays = args.args.iter().map(|argument| {
            let array = argument.to_array(count)?;
            match array.data_type() {
                // The moment, and not what a clock shows.
                DataType::Timestamp(_, Some(_)) => Ok(cast(&cast(&array, &DataType::Int64)?, &micros)?),
                _ => Ok(cast(&array, &micros)?),
            }
        });
        let arrays = arrays.collect::<Result<Vec<_>>>()?;
        let [later, earlier] = arrays.as_slice() else { return internal_err!("a difference has two sides") };
        let pairs =
            later.as_primitive::<TimestampMicrosecondType>().iter().zip(earlier.as_primitive::<TimestampMicrosecondType>());
        let differences =
            pairs.map(|(later, earlier)| later.zip(earlier).map(|(later, earlier)| between(later, earlier)).transpose());
        let array: ArrayRef = Arc::new(differences.collect::<Result<IntervalMonthDayNanoArray>>()?);
        Ok(match constant {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?),
            false => ColumnarValue::Array(array),
        })
    }
}

fn between(later: i64, earlier: i64) -> Result<IntervalMonthDayNano> {
    let out_of_range = || failed("22008", "interval out of range");
    let micros = later.checked_sub(earlier).ok_or_else(out_of_range)?;
    let days = i32::try_from(micros / DAY_MICROS).map_err(|_| out_of_range())?;
    Ok(IntervalMonthDayNano::new(0, days, micros % DAY_MICROS * 1_000))
}
