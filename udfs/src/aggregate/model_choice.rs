//! The model of purchases, and of what they are worth, that fits customers: by name, or the one that foretells best.

use std::hash::Hash;
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::scalar::ScalarStructBuilder;
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Expr, Signature};

use super::population::{Population, STATE, list};
use crate::args::anything;
use crate::codec::messages;
use crate::fitted_model::{fitted_type, fitted_value};
use crate::functions;
use crate::models::choice::{CANDIDATES, Choice, calibration, candidate, choose};
use crate::models::compensated::Sum;
use crate::models::fitted::Fitted;
use crate::models::gamma_gamma::{self, Spenders};
use crate::notice::Notices;
use crate::stopped::side_by_side;

/// The struct that describes customers: fields by name.
pub const FITTED: &str = "fitted";
/// Why this model; NULL where it was asked for by name.
pub const REASON: &str = "reason";
/// The uncertainty of its parameters: v_1 … v_n, one after the other, with Σ v_k v_kᵀ = the covariance of their logarithms.
pub const SPREAD: &str = "spread";
/// Foretold and true probabilities of no purchase in turn.
pub const CALIBRATION: &str = "calibration";
/// The model of what purchases are worth, its uncertainty, and the plain mean of repeat purchases.
pub const SPEND: &str = "spend";
pub const SPEND_SPREAD: &str = "spend_spread";
pub const SPEND_MEAN: &str = "spend_mean";
/// Customers with a repeat purchase.
pub const REPEAT_CUSTOMERS: &str = "repeat_customers";

/// What to fit.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelChoice {
    /// The function that speaks.
    pub function: &'static str,
    /// By name; `None` to choose.
    pub model: Option<&'static str>,
    pub calibrate: bool,
    /// Whether the model of what purchases are worth is wanted.
    pub spend: bool,
    /// Where a choice is told.
    pub notices: Option<Notices>,
}

/// The choice as an expression over the columns of [`super::population`].
pub fn model_choice(choice: ModelChoice, columns: Vec<Expr>) -> Expr {
    AggregateUDF::from(Chooser { choice, signature: anything() }).call(columns)
}

pub const NAME: &str = "model_choice";

pub(crate) fn to_message(function: &AggregateUDF) -> Option<messages::ModelChoice> {
    let ModelChoice { function, model, calibrate, spend, notices: _ } = &function.inner().downcast_ref::<Chooser>()?.choice;
    let (function, model) = ((*function).to_owned(), model.map(str::to_owned));
    Some(messages::ModelChoice { function, model, calibrate: *calibrate, spend: *spend })
}

pub(crate) fn of_message(message: messages::ModelChoice) -> Result<AggregateUDF> {
    let messages::ModelChoice { function, model, calibrate, spend } = message;
    let function = functions().iter().find(|doc| doc.name == function).map(|doc| doc.name);
    let Some(function) = function else { return plan_err!("{NAME} cannot be read: it is of no function") };
    let model = model.map(|model| known_model(&model)).transpose()?;
    let choice = ModelChoice { function, model, calibrate, spend, notices: None };
    Ok(AggregateUDF::from(Chooser { choice, signature: anything() }))
}

/// The model of this name.
pub(crate) fn known_model(name: &str) -> Result<&'static str> {
    match CANDIDATES.iter().map(|candidate| candidate.kind.name).find(|known| *known == name) {
        Some(known) => Ok(known),
        None => plan_err!("{NAME} cannot be read: {name} is no model"),
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Chooser {
    choice: ModelChoice,
    signature: Signature,
}

/// The type of the result.
fn fields() -> Vec<(&'static str, DataType)> {
    let list = || DataType::List(Arc::new(Field::new_list_field(DataType::Float64, true)));
    vec![
        (FITTED, fitted_type()),
        (REASON, DataType::Utf8),
        (SPREAD, list()),
        (CALIBRATION, list()),
        (SPEND, fitted_type()),
        (SPEND_SPREAD, list()),
        (SPEND_MEAN, DataType::Float64),
        (REPEAT_CUSTOMERS, DataType::Int64),
    ]
}

impl AggregateUDFImpl for Chooser {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(fields().into_iter().map(|(name, of)| Field::new(name, of, true)).collect()))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(state_fields(args.name))
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Customers { choice: self.choice.clone(), population: Population::default() }))
    }
}

/// The fields of the state of a population.
pub fn state_fields(name: &str) -> Vec<FieldRef> {
    let list = DataType::List(Arc::new(Field::new_list_field(DataType::Float64, true)));
    STATE.iter().map(|part| Arc::new(Field::new(format!("{name}[{part}]"), list.clone(), true))).collect()
}

#[derive(Debug)]
struct Customers {
    choice: ModelChoice,
    population: Population,
}

impl Accumulator for Customers {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.population.update(self.choice.function, values)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.population.merge(states)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(self.population.state())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let [mut known, mut inner] = self.population.take();
        let mut histories = known.outcomes.histories();
        let repeat: u64 = histories.groups().iter().filter(|g| g.history.frequency > 0.0).map(|g| g.customers).sum();
        let asked = self.choice.model.and_then(candidate);
        let fit = || match asked {
            Some(candidate) => ((candidate.fit)(&mut histories, known.log_intervals), None),
            None => {
                let Choice { fitted, reason } = choose(&mut histories, known.log_intervals, &mut inner);
                (fitted, Some(reason))
            }
        };
        let spenders = self.population.spenders();
        let spend = || self.choice.spend.then(|| (gamma_gamma::fit(spenders), spend_mean(spenders)));
        let ((fitted, mut reason), spend) = side_by_side(fit, spend);
        let (spend, mean) = spend.unzip();
        let calibration = if self.choice.calibrate && fitted.is_converged() {
            let found = calibration(fitted.model, &mut inner);
            if found.is_none() {
                let why = format!("not calibrated: {} does not converge on the first part of the time", fitted.model);
                reason = Some(reason.map_or_else(|| why.clone(), |reason| format!("{reason}; {why}")));
            }
            found
        } else {
            None
        };
        if let (Some(notices), Some(reason), true) = (&self.choice.notices, &reason, fitted.is_converged()) {
            notices.say(format!("{} uses {}: {reason}", self.choice.function, fitted.model));
        }
        let points = calibration.map(|c| c.points.iter().flat_map(|(foretold, happened)| [*foretold, *happened]).collect());
        let values = vec![
            fitted_value(&fitted)?,
            ScalarValue::Utf8(reason),
            optional(spread(&fitted))?,
            optional(points)?,
            spend.as_ref().map_or_else(|| ScalarValue::try_from(&fitted_type()), fitted_value)?,
            optional(spend.as_ref().and_then(spread))?,
            ScalarValue::Float64(mean.flatten()),
            ScalarValue::Int64(i64::try_from(repeat).ok()),
        ];
        let named = fields().into_iter().zip(values);
        let add = |builder: ScalarStructBuilder, ((name, of), value)| builder.with_scalar(Field::new(name, of, true), value);
        named.fold(ScalarStructBuilder::new(), add).build()
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.population.heap_bytes()
    }
}

fn spread(fitted: &Fitted) -> Option<Vec<f64>> {
    fitted.spread.as_ref().map(|directions| directions.concat())
}

fn optional(numbers: Option<Vec<f64>>) -> Result<ScalarValue> {
    match numbers {
        Some(numbers) => Ok(list(numbers)),
        None => ScalarValue::try_from(&DataType::List(Arc::new(Field::new_list_field(DataType::Float64, true)))),
    }
}

/// The mean of all repeat purchases that were worth something.
fn spend_mean(spenders: &mut Spenders) -> Option<f64> {
    let groups = spenders.groups();
    let purchases: f64 = groups.iter().map(|g| g.frequency * g.customers as f64).sum();
    let mut total = Sum::default();
    groups.iter().for_each(|g| total.add((g.monetary * g.frequency).min(f64::MAX) * g.customers as f64));
    total.value().filter(|_| purchases > 0.0).map(|total| total / purchases)
}
