//! `calibrated`: a probability of churn made right on average.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::common::{Result, internal_err};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use crate::models::calibration::Calibration;

/// The probability through the points, a list of foretold and true ones in turn; as it is where there are none.
pub fn calibrated(probability: Expr, points: Expr) -> Expr {
    function().call(vec![probability, points])
}

pub fn function() -> ScalarUDF {
    ScalarUDF::from(Calibrated { signature: Signature::any(2, Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Calibrated {
    signature: Signature,
}

impl ScalarUDFImpl for Calibrated {
    fn name(&self) -> &str {
        "calibrated"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [probabilities, points] = args.args.as_slice() else { return internal_err!("calibrated takes two arguments") };
        let (probabilities, points) = (probabilities.to_array(args.number_rows)?, points.to_array(args.number_rows)?);
        let (Some(probabilities), Some(lists)) = (probabilities.as_primitive_opt::<Float64Type>(), points.as_list_opt::<i32>())
        else {
            return internal_err!("calibrated takes a probability and a list");
        };
        let mut calibration = Calibration::default();
        let mut out = Float64Array::builder(args.number_rows);
        for row in 0..args.number_rows {
            let list = lists.is_valid(row).then(|| lists.value(row));
            let numbers = list.as_ref().map_or(&[][..], |list| list.as_primitive::<Float64Type>().values());
            // Customers of one group follow each other and have the same points.
            if !same(&calibration, numbers) {
                let pair = |pair: &[f64]| (pair.first().copied().unwrap_or(0.0), pair.get(1).copied().unwrap_or(0.0));
                calibration = Calibration { points: numbers.chunks_exact(2).map(pair).collect() };
            }
            out.append_option(probabilities.is_valid(row).then(|| calibration.of(probabilities.value(row))));
        }
        Ok(ColumnarValue::Array(Arc::new(out.finish())))
    }
}

fn same(calibration: &Calibration, numbers: &[f64]) -> bool {
    let points = calibration.points.iter().flat_map(|(foretold, happened)| [*foretold, *happened]);
    2 * calibration.points.len() == numbers.len() && points.eq(numbers.iter().copied())
}
