//! `customer_value`: what a customer is worth, and how certain that is.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, StructArray};
use datafusion::arrow::datatypes::{DataType, Field, Fields, Float64Type};
use datafusion::common::{Result, internal_datafusion_err};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use crate::aggregate::history_fit::Columns;
use crate::args::doubles;
use crate::fitted_model::{FittedModels, Parameters};
use crate::models::customer_value::{discounted_purchases, discounted_roughly};
use crate::models::gamma_gamma::GammaGamma;
use crate::models::histories::History;
use crate::models::interval::{NORMAL_975, log_error};
use crate::scalar::prediction::expect_finite;

/// The columns of the struct.
pub const FIELDS: [&str; 4] = ["expected_spend", "clv", "clv_low", "clv_high"];

/// The arguments: the model of purchases, its spread, the model of spend, its spread, the mean spend where there is no such model; frequency,
/// recency, age, monetary; the horizon in days, the discount rate of a year, the margin.
pub fn customer_value(arguments: Vec<Expr>) -> Expr {
    function().call(arguments)
}

pub fn function() -> ScalarUDF {
    ScalarUDF::from(CustomerValue { signature: Signature::any(12, Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct CustomerValue {
    signature: Signature,
}

fn fields() -> Fields {
    FIELDS.iter().map(|name| Field::new(*name, DataType::Float64, true)).collect()
}

/// What purchases to come are worth in purchases of today, and the standard error of its logarithm.
type Purchases = (f64, Option<f64>);

/// What all rows share.
struct Terms {
    horizon: f64,
    rate: f64,
    margin: f64,
    /// Customers with equal histories have equal purchases to come.
    known: HashMap<Vec<u64>, Purchases>,
}

impl ScalarUDFImpl for CustomerValue {
    fn name(&self) -> &str {
        "customer_value"
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
        let mut terms = Terms {
            horizon: constant(horizon)?.unwrap_or_default(),
            rate: constant(rate)?.unwrap_or_default(),
            margin: constant(margin)?.unwrap_or_default(),
            known: HashMap::new(),
        };
        let mut columns: [Vec<Option<f64>>; 4] = Default::default();
        for (row, history) in Columns::new(history)?.rows(self.name()).enumerate() {
            let value = |column: &Float64Array| column.is_valid(row).then(|| column.value(row));
            let values = match (history?, models.get(row)) {
                (Some(history), Some(model)) => {
                    let purchases = terms.purchases(model, &numbers(spread, row), history);
                    let spend = match spends.get(row) {
                        Some(spend) => of_model(spend, &numbers(spend_spread, row), history.frequency, value(&monetary)),
                        None => value(&mean).map(|mean| (mean, None)),
                    };
                    terms.value(purchases, spend)
                }
                _ => [None; 4],
            };
            for (column, value) in columns.iter_mut().zip(values) {
                column.push(expect_finite("clv", value)?);
            }
        }
        let columns = columns.into_iter().map(|column| Arc::new(Float64Array::from(column)) as ArrayRef).collect();
        Ok(ColumnarValue::Array(Arc::new(StructArray::try_new(fields(), columns, None)?)))
    }
}

impl Terms {
    fn purchases(&mut self, model: &Parameters, spread: &[f64], history: History) -> Purchases {
        let numbers = model.values.iter().chain([&history.frequency, &history.recency, &history.age]);
        let name = model.kind.name.bytes().map(u64::from);
        let key: Vec<u64> = numbers.map(|number| number.to_bits()).chain(name).collect();
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let (horizon, rate) = (self.horizon, self.rate);
        let roughly = |parameters: &[f64]| {
            (model.kind.make)(parameters).map(|model| discounted_roughly(model.as_ref(), history, horizon, rate))
        };
        let error = log_error(&model.values, &directions(spread, model.values.len()), roughly);
        let value = (model.kind.make)(&model.values).map(|model| discounted_purchases(model.as_ref(), history, horizon, rate));
        let found = (value.unwrap_or(f64::NAN), error);
        self.known.insert(key, found);
        found
    }

    /// The two models are fitted to different things, so their errors are independent; that of the product is that of the sum of logarithms.
    fn value(&self, (purchases, error): Purchases, spend: Option<(f64, Option<f64>)>) -> [Option<f64>; 4] {
        let Some((spend, spend_error)) = spend else { return [None; 4] };
        let value = purchases * spend * self.margin;
        let error = if value == 0.0 { Some(0.0) } else { error.zip(spend_error).map(|(one, other)| one.hypot(other)) };
        let bound = |sign: f64| error.map(|error| value * (sign * NORMAL_975 * error).exp()).filter(|bound| bound.is_finite());
        [Some(spend), Some(value), bound(-1.0), bound(1.0)]
    }
}

/// The expected value of a purchase and the standard error of its logarithm.
fn of_model(model: &GammaGamma, spread: &[f64], frequency: f64, monetary: Option<f64>) -> Option<(f64, Option<f64>)> {
    let monetary = if frequency == 0.0 { 0.0 } else { monetary? };
    let at = |parameters: &[f64]| match *parameters {
        [p, q, gamma] => GammaGamma { p, q, gamma }.expected_spend(frequency, monetary),
        _ => None,
    };
    let parameters = [model.p, model.q, model.gamma];
    at(&parameters).map(|spend| (spend, log_error(&parameters, &directions(spread, parameters.len()), at)))
}

fn directions(spread: &[f64], parameters: usize) -> Vec<Vec<f64>> {
    spread.chunks_exact(parameters.max(1)).map(<[f64]>::to_vec).collect()
}

fn numbers(lists: &ArrayRef, row: usize) -> Vec<f64> {
    match lists.as_list_opt::<i32>() {
        Some(lists) if lists.is_valid(row) => lists.value(row).as_primitive::<Float64Type>().values().to_vec(),
        _ => vec![],
    }
}
