//! How well models foretold what came: one row for each, as a list.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, StringArray, StructArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Expr, Signature};

use super::history_fit::list_scalar;
use super::model_choice::{known_model, state_fields};
use super::population::Population;
use crate::args::anything;
use crate::codec::messages;
use crate::error::CustomerError;
use crate::models::backtest::{NAIVE, Quality, naive, of_model, quality};
use crate::models::choice::{Choice, Split, candidate, choose, model_of};
use crate::models::fitted::Fitted;

/// The numbers of a row, in order, between the model's name and the reason.
pub const NUMBERS: [&str; 12] = [
    "log_likelihood",
    "aic",
    "mae",
    "rmse",
    "bias",
    "total_predicted",
    "total_actual",
    "correlation",
    "mean_churn_predicted",
    "mean_churn_actual",
    "brier",
    "auc",
];
/// The name of the choice.
pub const AUTO: &str = "auto";

/// The backtest of these models, or of [`AUTO`], as an expression over the columns of [`super::population`]; the naive forecasts come last.
pub fn model_backtest(models: Vec<&'static str>, columns: Vec<Expr>) -> Expr {
    AggregateUDF::from(Backtest { models, signature: anything() }).call(columns)
}

pub const NAME: &str = "model_backtest";

pub(crate) fn to_message(function: &AggregateUDF) -> Option<messages::ModelBacktest> {
    let models = &function.inner().downcast_ref::<Backtest>()?.models;
    Some(messages::ModelBacktest { models: models.iter().map(|model| (*model).to_owned()).collect() })
}

pub(crate) fn of_message(message: messages::ModelBacktest) -> Result<AggregateUDF> {
    let known = |model: &String| if model == AUTO { Ok(AUTO) } else { known_model(model) };
    let models = message.models.iter().map(known).collect::<Result<_>>()?;
    Ok(AggregateUDF::from(Backtest { models, signature: anything() }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Backtest {
    models: Vec<&'static str>,
    signature: Signature,
}

fn fields() -> Fields {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let mut fields = vec![text("model")];
    fields.extend(NUMBERS.map(|name| Field::new(name, DataType::Float64, true)));
    fields.push(text("model_reason"));
    Fields::from(fields)
}

impl AggregateUDFImpl for Backtest {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(Arc::new(Field::new_list_field(DataType::Struct(fields()), true))))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(state_fields(args.name))
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Customers { models: self.models.clone(), population: Population::default() }))
    }
}

#[derive(Debug)]
struct Customers {
    models: Vec<&'static str>,
    population: Population,
}

/// One row of the result.
struct Row {
    model: &'static str,
    fitted: Option<Fitted>,
    quality: Option<Quality>,
    reason: Cow<'static, str>,
}

impl Accumulator for Customers {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.population.update("clv_backtest", values)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.population.merge(states)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(self.population.state())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let [mut known, mut inner] = self.population.take();
        if !known.outcomes.groups().is_empty() && known.duration <= 0.0 {
            let message = "clv_backtest: calibration_end must be earlier than as_of, or than the last purchase: what comes between is what is foretold";
            return Err(CustomerError::invalid_value(message).into());
        }
        let mut rows: Vec<Row> = vec![];
        for name in &self.models {
            rows.push(row_of(name, &mut known, &mut inner));
        }
        let duration = known.duration;
        let outcomes = known.outcomes.groups();
        rows.extend(NAIVE.map(|(model, what)| {
            let quality = quality(outcomes, &naive(model, outcomes, duration));
            Row { model, fitted: None, quality, reason: Cow::Borrowed(what) }
        }));
        list_of(&rows)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.population.heap_bytes()
    }
}

fn row_of(model: &'static str, known: &mut Split, inner: &mut Split) -> Row {
    let mut histories = known.outcomes.histories();
    let (fitted, reason) = match candidate(model) {
        Some(candidate) => {
            let fitted = (candidate.fit)(&mut histories, known.log_intervals);
            let reason = fitted.status.clone();
            (fitted, reason)
        }
        None => {
            let Choice { fitted, reason } = choose(&mut histories, known.log_intervals, inner);
            let status = if fitted.is_converged() { String::new() } else { format!(", {}", fitted.status) };
            let reason = Cow::Owned(format!("{}{status}: {reason}", fitted.model));
            (fitted, reason)
        }
    };
    let outcomes = known.outcomes.groups();
    let quality = model_of(&fitted).and_then(|model| quality(outcomes, &of_model(model.as_ref(), outcomes, known.duration)));
    Row { model, fitted: Some(fitted), quality, reason }
}

fn list_of(rows: &[Row]) -> Result<ScalarValue> {
    let number = |of: fn(&Quality) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(|row| row.quality.as_ref().and_then(of)).collect::<Float64Array>())
    };
    let of_fit = |of: fn(&Fitted) -> Option<f64>| -> ArrayRef {
        let converged = |row: &Row| row.fitted.as_ref().filter(|fitted| fitted.is_converged()).and_then(of);
        Arc::new(rows.iter().map(converged).collect::<Float64Array>())
    };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(rows.iter().map(|row| Some(row.model)).collect::<StringArray>()),
        of_fit(|fitted| fitted.log_likelihood),
        of_fit(Fitted::aic),
        number(|q| Some(q.mae)),
        number(|q| Some(q.rmse)),
        number(|q| Some(q.bias)),
        number(|q| Some(q.total_predicted)),
        number(|q| Some(q.total_actual)),
        number(|q| q.correlation),
        number(|q| Some(q.mean_churn_predicted)),
        number(|q| Some(q.mean_churn_actual)),
        number(|q| Some(q.brier)),
        number(|q| q.auc),
        Arc::new(rows.iter().map(|row| Some(row.reason.as_ref())).collect::<StringArray>()),
    ];
    Ok(list_scalar(Arc::new(StructArray::try_new(fields(), columns, None)?)))
}
