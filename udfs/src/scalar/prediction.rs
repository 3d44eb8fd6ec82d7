//! The frame of the predictions: `(model, frequency, recency, age [, horizon])` → double precision.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, Float64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, internal_datafusion_err};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::{expected_purchases, p_alive, p_no_purchase};
use crate::aggregate::history_fit;
use crate::args::{anything, check, doubles};
use crate::doc::{Argument, Doc, Takes};
use crate::error::CustomerError;
use crate::fitted_model::FittedModels;
use crate::models::beta_geometric::BetaGeometric;
use crate::models::histories::History;

pub const MODEL: Argument = Argument::required(
    "model",
    Takes::Model,
    "what `mbgnbd_fit` or `bgnbd_fit` returned, also where a column holds different ones",
);
pub const FREQUENCY: Argument = Argument::required("frequency", Takes::Number, "repeat purchases");
pub const RECENCY: Argument = Argument::required("recency", Takes::Number, "time from the first to the last purchase");
pub const AGE: Argument =
    Argument::required("age", Takes::Number, "time from the first purchase to now, in the unit that the model was fitted in");
pub const HORIZON: Argument = Argument::required("horizon", Takes::Number, "time from now on, in the same unit; zero or more");

/// What a prediction says of NULLs and errors.
pub const NOTES: &str = "NULL in gives NULL, and so does a model whose status is not 'converged'. A model that the function does not know, a negative, NaN \
                         or infinite number, a frequency that is not whole and a recency beyond the age are errors, 22023; a model without one of \
                         its parameters is 42804, a result beyond the largest double 22003. A struct built by hand from published parameters will \
                         do: `named_struct('model', 'bgnbd', 'r', 0.243, 'alpha', 4.414, 'a', 0.793, 'b', 2.426)`.";

/// What is predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Predicted {
    Alive,
    NoPurchase,
    Purchases,
}

impl Predicted {
    fn doc(self) -> &'static Doc {
        match self {
            Self::Alive => &p_alive::DOC,
            Self::NoPurchase => &p_no_purchase::DOC,
            Self::Purchases => &expected_purchases::DOC,
        }
    }

    fn of(self, model: &BetaGeometric, history: History, horizon: f64) -> f64 {
        match self {
            Self::Alive => model.p_alive(history),
            Self::NoPurchase => model.p_no_purchase(history, horizon),
            Self::Purchases => model.expected_purchases(history, horizon),
        }
    }
}

/// A prediction as a scalar function.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Prediction {
    predicted: Predicted,
    signature: Signature,
}

impl Prediction {
    pub fn function(predicted: Predicted) -> ScalarUDF {
        ScalarUDF::from(Self { predicted, signature: anything() })
    }
}

/// A prediction as an expression.
pub(crate) fn predict(predicted: Predicted, arguments: Vec<Expr>) -> Expr {
    Prediction::function(predicted).call(arguments)
}

impl ScalarUDFImpl for Prediction {
    fn name(&self) -> &str {
        self.predicted.doc().name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        check(self.predicted.doc(), types)?;
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [model, numbers @ ..] = args.args.as_slice() else {
            return Err(internal_datafusion_err!("{} takes a model first", self.name()));
        };
        let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { args.number_rows };
        // A constant model is read once, not once a row.
        let models = match model {
            ColumnarValue::Scalar(model) => FittedModels::read(self.name(), &model.to_array()?)?,
            ColumnarValue::Array(models) => FittedModels::read(self.name(), models)?,
        };
        let numbers = numbers.iter().map(|number| number.to_array(rows)).collect::<Result<Vec<ArrayRef>>>()?;
        let predictions = self.rows(&models, &numbers, rows)?;
        if constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&predictions, 0)?));
        }
        Ok(ColumnarValue::Array(Arc::new(predictions)))
    }
}

impl Prediction {
    fn rows(&self, models: &FittedModels, numbers: &[ArrayRef], rows: usize) -> Result<Float64Array> {
        let horizons = numbers.get(3).map(doubles).transpose()?;
        let mut out = Float64Array::builder(rows);
        for (row, history) in history_fit::Columns::new(numbers)?.rows(self.name()).enumerate() {
            let horizon = match &horizons {
                None => Some(0.0),
                Some(horizons) => horizons.is_valid(row).then(|| horizons.value(row)),
            };
            if let Some(horizon) = horizon {
                check_horizon(self.name(), horizon)?;
            }
            let known = history?.zip(horizon).zip(models.get(row));
            let predicted = known.map(|((history, horizon), model)| self.predicted.of(model, history, horizon));
            out.append_option(expect_finite(self.name(), predicted)?);
        }
        Ok(out.finish())
    }
}

/// 22023 unless the horizon is a duration.
pub(crate) fn check_horizon(function: &str, horizon: f64) -> Result<()> {
    if (0.0..f64::INFINITY).contains(&horizon) {
        return Ok(());
    }
    Err(CustomerError::invalid_value(format!("{function}: horizon must be finite and not negative")).into())
}

/// 22003 for a prediction that is larger than the largest double.
pub(crate) fn expect_finite(function: &str, predicted: Option<f64>) -> Result<Option<f64>> {
    match predicted {
        Some(value) if !value.is_finite() => {
            Err(CustomerError::out_of_range(format!("{function}: value out of range: overflow")).into())
        }
        _ => Ok(predicted),
    }
}
