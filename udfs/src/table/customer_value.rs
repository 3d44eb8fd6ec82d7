//! `customer_value`: what a customer is worth, and how certain that is.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, StructArray};
use datafusion::arrow::datatypes::{DataType, Field, Fields, Float64Type};
use datafusion::common::{Result, internal_datafusion_err};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use crate::aggregate::history_fit::Columns;
use crate::args::doubles;
use crate::fitted_model::{FittedModels, Parameters};
use crate::models::customer_value::{Outlook, Outlooks, Terms};
use crate::models::gamma_gamma::{self, GammaGamma};
use crate::models::interval::{NORMAL_975, error_of, moved};
use crate::scalar::prediction::expect_finite;

pub const NAME: &str = "customer_value";

/// The columns of the struct.
pub const FIELDS: [&str; COLUMNS] =
    ["p_alive", "churn_prob", "expected_purchases", "expected_spend", "clv", "clv_low", "clv_high"];
const COLUMNS: usize = 7;

/// The arguments: the model of purchases, its spread, the model of spend, its spread, the mean spend where there is no such model; frequency,
/// recency, age, monetary; the horizon in days, the discount rate of a year, the margin.
pub fn customer_value(arguments: Vec<Expr>) -> Expr {
    function().call(arguments)
}

pub fn function() -> ScalarUDF {
    ScalarUDF::from(CustomerValue { signature: Signature::any(12, Volatility::Immutable), known: Known::default() })
}

#[derive(Debug)]
struct CustomerValue {
    signature: Signature,
    known: Known,
}

/// What earlier batches found, for later ones: customers of all batches share their models and much of what is expected of them. A
/// partition takes one and gives it back, so that none waits for another.
type Known = Mutex<Vec<Models>>;

impl PartialEq for CustomerValue {
    fn eq(&self, other: &Self) -> bool {
        self.signature == other.signature
    }
}

impl Eq for CustomerValue {}

impl Hash for CustomerValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.signature.hash(state);
    }
}

fn fields() -> Fields {
    FIELDS.iter().map(|name| Field::new(*name, DataType::Float64, true)).collect()
}

/// The models that were met: at `last` the one of the row before.
#[derive(Debug, Default)]
struct Models {
    met: Vec<Met>,
    last: usize,
}

/// Models of purchases and of what they are worth, what they are made from, and what they say of customers.
#[derive(Debug)]
struct Met {
    name: &'static str,
    parameters: Vec<f64>,
    spread: Vec<f64>,
    spend: Option<GammaGamma>,
    spend_spread: Vec<f64>,
    terms: Terms,
    outlooks: Option<Outlooks>,
    /// The directions of the uncertainty of the model of spend; `None` where a small step along one leads to spend without limit.
    spend_directions: Option<Vec<Vec<f64>>>,
}

/// More models than this, of so many groups, are not kept.
const MET_MAX: usize = 16;

impl ScalarUDFImpl for CustomerValue {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(fields()))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = args.number_rows;
        let arrays = args.args.iter().map(|arg| arg.to_array(rows)).collect::<Result<Vec<_>>>()?;
        let [fitted, spread, spend, spend_spread, mean, history @ .., monetary, horizon, rate, margin] = arrays.as_slice() else {
            return Err(internal_datafusion_err!("customer_value takes twelve arguments"));
        };
        let models = FittedModels::<Parameters>::read_parameters(self.name(), fitted)?;
        let spends = FittedModels::<GammaGamma>::read_spend(self.name(), spend)?;
        let (mean, monetary) = (doubles(mean)?, doubles(monetary)?);
        let constant = |array: &ArrayRef| Ok::<_, datafusion::error::DataFusionError>(doubles(array)?.iter().flatten().next());
        let horizon_days = constant(horizon)?.unwrap_or_default();
        let terms = Terms { horizon_days, discount_rate: constant(rate)?.unwrap_or_default() };
        let margin = constant(margin)?.unwrap_or_default();
        let (spread, spend_spread) = (Lists::of(spread), Lists::of(spend_spread));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let mut columns: [Vec<Option<f64>>; COLUMNS] = std::array::from_fn(|_| Vec::with_capacity(rows));
        for (row, history) in Columns::new(history)?.rows(self.name()).enumerate() {
            let value = |column: &Float64Array| column.is_valid(row).then(|| column.value(row));
            let values = match (history?, models.get(row)) {
                (Some(history), Some(model)) => {
                    let met = known.of(model, spread.get(row), spends.get(row), spend_spread.get(row), terms);
                    let spend = match met.spend {
                        Some(_) => met.spend(history.frequency, value(&monetary)),
                        None => value(&mean).map(|mean| (mean, None)),
                    };
                    let outlook = met.outlooks.as_mut().map(|outlooks| outlooks.of(history));
                    outlook.map_or([None; COLUMNS], |outlook| in_columns(outlook, spend, margin))
                }
                _ => [None; COLUMNS],
            };
            for (column, value) in columns.iter_mut().zip(values) {
                column.push(expect_finite("clv", value)?);
            }
        }
        self.known.lock().unwrap_or_else(PoisonError::into_inner).push(known);
        let columns = columns.into_iter().map(|column| Arc::new(Float64Array::from(column)) as ArrayRef).collect();
        Ok(ColumnarValue::Array(Arc::new(StructArray::try_new(fields(), columns, None)?)))
    }
}

impl Models {
    fn of(
        &mut self,
        model: &Parameters,
        spread: &[f64],
        spend: Option<&GammaGamma>,
        spend_spread: &[f64],
        terms: Terms,
    ) -> &mut Met {
        let is_it = |met: &Met| {
            met.name == model.kind.name
                && met.parameters == model.values
                && met.spread == spread
                && met.spend.as_ref() == spend
                && met.spend_spread == spend_spread
                && met.terms == terms
        };
        if !self.met.get(self.last).is_some_and(is_it) {
            self.last = self.met.iter().position(is_it).unwrap_or_else(|| {
                if self.met.len() >= MET_MAX {
                    self.met.clear();
                }
                self.met.push(Met::new(model, spread, spend, spend_spread, terms));
                self.met.len() - 1
            });
        }
        &mut self.met[self.last]
    }
}

impl Met {
    fn new(model: &Parameters, spread: &[f64], spend: Option<&GammaGamma>, spend_spread: &[f64], terms: Terms) -> Self {
        let directions = |spread: &[f64], parameters: usize| -> Vec<Vec<f64>> {
            spread.chunks_exact(parameters.max(1)).map(<[f64]>::to_vec).collect()
        };
        let has_mean = |parameters: &Vec<f64>| match **parameters {
            [p, q, gamma] => GammaGamma { p, q, gamma }.expected_spend(0.0, 0.0).is_some(),
            _ => false,
        };
        let along = |spend: &GammaGamma| {
            let directions = directions(spend_spread, gamma_gamma::PARAMETERS.len());
            let moved = moved(&[spend.p, spend.q, spend.gamma], &directions);
            moved.iter().flatten().all(has_mean).then_some(directions)
        };
        Self {
            name: model.kind.name,
            parameters: model.values.clone(),
            spread: spread.to_vec(),
            spend: spend.copied(),
            spend_spread: spend_spread.to_vec(),
            terms,
            outlooks: Outlooks::new(model.kind, &model.values, &directions(spread, model.values.len()), terms),
            spend_directions: spend.map_or_else(|| Some(vec![]), along),
        }
    }

    /// The expected value of a purchase and the standard error of its logarithm.
    fn spend(&self, frequency: f64, monetary: Option<f64>) -> Option<(f64, Option<f64>)> {
        let monetary = if frequency == 0.0 { 0.0 } else { monetary? };
        let model = self.spend.as_ref()?;
        let spend = model.expected_spend(frequency, monetary)?;
        let gradient = model.log_spend_gradient(frequency, monetary);
        let slope = |direction: &Vec<f64>| gradient.iter().zip(direction).map(|(g, v)| g * v).sum();
        let is_amount = spend > 0.0 && spend.is_finite();
        let directions = self.spend_directions.as_ref().filter(|_| is_amount);
        Some((spend, directions.and_then(|directions| error_of(directions.iter().map(|direction| Some(slope(direction)))))))
    }
}

/// In the order of [`FIELDS`]. The two models are fitted to different things, so their errors are independent; that of the product is
/// that of the sum of logarithms.
fn in_columns(outlook: Outlook, spend: Option<(f64, Option<f64>)>, margin: f64) -> [Option<f64>; COLUMNS] {
    let Outlook { p_alive, p_no_purchase, expected_purchases, discounted, error } = outlook;
    let value = spend.map(|(spend, _)| discounted * spend * margin);
    let error = match value {
        Some(0.0) => Some(0.0),
        _ => error.zip(spend.and_then(|(_, error)| error)).map(|(one, other)| (one * one + other * other).sqrt()),
    };
    let bound = |sign: f64| Some(value? * (sign * NORMAL_975 * error?).exp()).filter(|bound| bound.is_finite());
    let spend = spend.map(|(spend, _)| spend);
    [Some(p_alive), Some(p_no_purchase), Some(expected_purchases), spend, value, bound(-1.0), bound(1.0)]
}

/// Lists of numbers, one a row.
struct Lists<'a> {
    offsets: &'a [i32],
    numbers: &'a [f64],
}

impl<'a> Lists<'a> {
    /// Of a column that may be without any.
    fn of(lists: &'a ArrayRef) -> Self {
        let Some(lists) = lists.as_list_opt::<i32>() else { return Self { offsets: &[], numbers: &[] } };
        let numbers = lists.values().as_primitive_opt::<Float64Type>();
        Self { offsets: lists.value_offsets(), numbers: numbers.map_or(&[], |numbers| numbers.values()) }
    }

    /// The numbers of a row; none where there is no list.
    fn get(&self, row: usize) -> &'a [f64] {
        let at = |row: usize| self.offsets.get(row).and_then(|offset| usize::try_from(*offset).ok());
        let range = at(row).zip(at(row + 1)).map(|(from, to)| from..to);
        range.and_then(|range| self.numbers.get(range)).unwrap_or_default()
    }
}
