//! The frame of the predictions: `(model, frequency, recency, age [, …])` → double precision.

use std::cell::RefCell;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, Float64Array};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, internal_datafusion_err};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::memo::Memo;
use super::{dert, expected_purchases, p_alive, p_no_purchase, p_purchases};
use crate::args::{anything, check, doubles};
use crate::covariates::Covariates;
use crate::doc::{Argument, Doc, Takes};
use crate::error::CustomerError;
use crate::fitted_model::{FittedModels, Parameters, PurchaseModel};
use crate::models::histories::{COUNT_MAX, History, HistoryColumns, OPPORTUNITIES_MAX};
use crate::models::prediction::Predict;

pub const MODEL: Argument = Argument::required(
    "model",
    Takes::Model,
    "what an aggregate such as `mbgnbd_fit` returned, also where a column holds different ones",
);
pub const FREQUENCY: Argument = Argument::required("frequency", Takes::Number, "repeat purchases");
pub const RECENCY: Argument = Argument::required("recency", Takes::Number, "time from the first to the last purchase");
pub const AGE: Argument =
    Argument::required("age", Takes::Number, "time from the first purchase to now, in the unit that the model was fitted in");
pub const HORIZON: Argument = Argument::required("horizon", Takes::Number, "time from now on, in the same unit; zero or more");

pub const COVARIATES: Argument = Argument::optional(
    "covariates",
    Takes::Covariates,
    "NULL",
    "a struct with the covariates that the model was fitted with, by name; others in it, and all of them for a model without any, do not matter",
);

/// What a prediction says of NULLs and errors.
pub const NOTES: &str = "NULL in gives NULL, and so does a model whose status is not 'converged'. A model that the function does not know, a negative, NaN \
                         or infinite number, a frequency that is not whole and a recency beyond the age are errors, 22023, and so \
                         are times that are not whole for BG/BB, which counts opportunities; a model without one of \
                         its parameters, and covariates without one of the model's, is 42804; a model with covariates where none are given is 22023, a result beyond the largest double 22003. A struct built by hand from published parameters will \
                         do: `named_struct('model', 'bgnbd', 'r', 0.243, 'alpha', 4.414, 'a', 0.793, 'b', 2.426)`.";

/// What is predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Predicted {
    Alive,
    NoPurchase,
    Purchases,
    Count,
    Discounted,
}

impl Predicted {
    fn doc(self) -> &'static Doc {
        match self {
            Self::Alive => &p_alive::DOC,
            Self::NoPurchase => &p_no_purchase::DOC,
            Self::Purchases => &expected_purchases::DOC,
            Self::Count => &p_purchases::DOC,
            Self::Discounted => &dert::DOC,
        }
    }

    /// What the arguments after the history are: a horizon in most cases.
    fn check(self, function: &str, more: &[f64]) -> Result<()> {
        let refuse = |why: &str| Err(CustomerError::invalid_value(format!("{function}: {why}")).into());
        match (self, more) {
            (Self::Discounted, [rate]) if !(*rate > 0.0 && rate.is_finite()) => {
                refuse("discount_rate must be positive and finite")
            }
            (Self::Discounted, _) => Ok(()),
            (Self::Count, [_, n]) if !(0.0..=COUNT_MAX).contains(n) || n.fract() != 0.0 => {
                refuse("n must be a whole number, zero or more")
            }
            (_, [horizon, ..]) => check_horizon(function, *horizon),
            _ => Ok(()),
        }
    }

    /// Of numbers as they were given, with what is known of them.
    fn of(
        self,
        model: &dyn Predict,
        [frequency, recency, age, ..]: Given,
        more: &[f64],
        ahead: Option<&mut Memo<3>>,
    ) -> Result<f64> {
        let function = self.doc().name;
        self.check(function, more)?;
        let history = History::new(frequency, recency, age)
            .map_err(|error| CustomerError::invalid_value(format!("{function}: {error}")))?;
        let history = in_time_of(function, model, history, if self == Self::Discounted { None } else { more.first() })?;
        let predicted = match (self, more) {
            (Self::NoPurchase, [horizon]) => model.p_no_purchase(history, *horizon),
            (Self::Purchases, [horizon]) => match ahead {
                Some(ahead) => expected(model, model.p_alive(history), history, *horizon, ahead),
                None => model.expected_purchases(history, *horizon),
            },
            (Self::Count, [horizon, n]) => model.p_purchases(history, *horizon, *n),
            (Self::Discounted, [rate]) => model.dert(history, *rate).ok_or_else(|| {
                let error = CustomerError::unsupported(format!("{function} has no closed form for this model"));
                error.hint("Fit pareto_nbd_fit or bgbb_fit, or discount expected_purchases over steps of the horizon")
            })?,
            _ => model.p_alive(history),
        };
        finite(function, predicted)
    }
}

/// Frequency, recency, age, and up to two numbers more.
type Given = [f64; 5];

/// The expected number of purchases, which in most models is P(alive) times something that frequency and age decide.
fn expected(model: &dyn Predict, p_alive: f64, history: History, horizon: f64, ahead: &mut Memo<3>) -> f64 {
    let History { frequency, age, .. } = history;
    if p_alive == 0.0 {
        return 0.0;
    }
    let if_there = ahead.get_or_compute([frequency, age, horizon], || {
        let mut counts = vec![];
        model.expected_if_there(frequency, age, &[horizon], &mut counts);
        counts.first().copied().ok_or(())
    });
    if_there.map_or_else(|()| model.expected_purchases(history, horizon), |count| p_alive * count)
}

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::new(Known { of: None, predictions: Memo::new(12), ahead: Memo::new(14) });
}

/// What this thread knows of the model that it predicted by last.
struct Known {
    of: Option<(Predicted, Parameters)>,
    predictions: Memo<5>,
    ahead: Memo<3>,
}

impl Known {
    /// Knows nothing more if what is predicted now is something else.
    fn only_of(&mut self, predicted: Predicted, parameters: &Parameters) {
        let is_same = |(known, of): &(Predicted, Parameters)| {
            *known == predicted && of.kind.name == parameters.kind.name && of.values == parameters.values
        };
        if !self.of.as_ref().is_some_and(is_same) {
            self.of = Some((predicted, parameters.clone()));
            self.predictions.clear();
            self.ahead.clear();
        }
    }
}

/// 22023 where a model of opportunities meets a history, or a horizon, that is not a number of them.
pub(crate) fn in_time_of(function: &str, model: &dyn Predict, history: History, horizon: Option<&f64>) -> Result<History> {
    if !model.is_discrete() {
        return Ok(history);
    }
    if horizon.is_some_and(|horizon| horizon.fract() != 0.0 || *horizon > OPPORTUNITIES_MAX) {
        let message = format!("{function}: horizon must be a whole number of opportunities, at most {OPPORTUNITIES_MAX}");
        return Err(CustomerError::invalid_value(message).into());
    }
    history.in_opportunities().map_err(|error| CustomerError::invalid_value(format!("{function}: {error}")).into())
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
        let mut numbers = numbers.iter().map(|number| number.to_array(rows)).collect::<Result<Vec<ArrayRef>>>()?;
        // Covariates are the last of all arguments there can be.
        let covariates = if args.args.len() == self.predicted.doc().arguments.len() { numbers.pop() } else { None };
        let covariates = covariates.as_ref().map(Covariates::read).transpose()?.flatten();
        let predictions = self.rows(&models, &numbers, covariates.as_ref(), rows)?;
        if constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&predictions, 0)?));
        }
        Ok(ColumnarValue::Array(Arc::new(predictions)))
    }
}

impl Prediction {
    fn rows(
        &self,
        models: &FittedModels<PurchaseModel>,
        numbers: &[ArrayRef],
        covariates: Option<&Covariates>,
        rows: usize,
    ) -> Result<Float64Array> {
        let columns = numbers.iter().map(doubles).collect::<Result<Vec<_>>>()?;
        let nulls = columns.iter().fold(None, |nulls, column| NullBuffer::union(nulls.as_ref(), column.nulls()));
        let slices: Vec<&[f64]> = columns.iter().map(|column| column.values().as_ref()).collect();
        let more = columns.len().saturating_sub(3);
        let given = |row: usize| {
            let mut given: Given = [0.0; 5];
            given.iter_mut().zip(&slices).for_each(|(number, column)| *number = column.get(row).copied().unwrap_or_default());
            given
        };
        let is_null = |row: usize| nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
        let Some((model, parameters)) = models.only().and_then(PurchaseModel::alone) else {
            let mut out = Float64Array::builder(rows);
            for row in 0..rows {
                let model = if is_null(row) { None } else { models.get(row) };
                let model = model.map(|model| model.of_customer(self.name(), covariates, row)).transpose()?.flatten();
                let given = given(row);
                let more = given.get(3..3 + more).unwrap_or_default();
                out.append_option(model.map(|model| self.predicted.of(model.as_ref(), given, more, None)).transpose()?);
            }
            return Ok(out.finish());
        };
        let mut out = vec![0.0; rows];
        KNOWN.with_borrow_mut(|known| -> Result<()> {
            known.only_of(self.predicted, parameters);
            let Known { predictions, ahead, .. } = known;
            if self.at_once(model, &slices, ahead, &mut out) {
                return Ok(());
            }
            for (row, out) in out.iter_mut().enumerate().filter(|(row, _)| !is_null(*row)) {
                let given = given(row);
                let more = given.get(3..3 + more).unwrap_or_default();
                *out = predictions.get_or_compute(given, || self.predicted.of(model, given, more, Some(&mut *ahead)))?;
            }
            Ok(())
        })?;
        Ok(Float64Array::new(out.into(), nulls))
    }

    /// All rows at once, if that is the shorter way and every row has a prediction.
    fn at_once(&self, model: &dyn Predict, columns: &[&[f64]], ahead: &mut Memo<3>, out: &mut [f64]) -> bool {
        let [frequency, recency, age, more @ ..] = columns else { return false };
        let histories = HistoryColumns { frequency, recency, age };
        let are_durations = |horizons: &[f64]| horizons.iter().all(|horizon| is_duration(*horizon));
        match (self.predicted, more) {
            (Predicted::Alive, []) => histories.are_valid() && model.p_alive_of_all(&histories, out),
            (Predicted::Purchases, [horizons]) => {
                if !(are_durations(horizons) && histories.are_valid() && model.p_alive_of_all(&histories, out)) {
                    return false;
                }
                for ((out, history), horizon) in out.iter_mut().zip(histories.iter()).zip(*horizons) {
                    *out = expected(model, *out, history, *horizon, ahead);
                }
                out.iter().all(|count| count.is_finite())
            }
            _ => false,
        }
    }
}

/// 22023 unless the horizon is a duration.
pub(crate) fn check_horizon(function: &str, horizon: f64) -> Result<()> {
    if is_duration(horizon) {
        return Ok(());
    }
    Err(CustomerError::invalid_value(format!("{function}: horizon must be finite and not negative")).into())
}

fn is_duration(horizon: f64) -> bool {
    (0.0..f64::INFINITY).contains(&horizon)
}

/// 22003 for a prediction that is larger than the largest double.
pub(crate) fn expect_finite(function: &str, predicted: Option<f64>) -> Result<Option<f64>> {
    predicted.map(|predicted| finite(function, predicted)).transpose()
}

fn finite(function: &str, predicted: f64) -> Result<f64> {
    if predicted.is_finite() {
        return Ok(predicted);
    }
    Err(CustomerError::out_of_range(format!("{function}: value out of range: overflow")).into())
}
