//! A fitted model as a value: the struct that `…_fit` aggregates return, and the way back from such a struct to the model.
//!
//! All fits return one type, with a field for every parameter of every model, so that one column can hold different models.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, StringArray, StructArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Fields, Float64Type};
use datafusion::common::scalar::ScalarStructBuilder;
use datafusion::common::{Result, ScalarValue};

use crate::error::CustomerError;
use crate::models::fitted::{CONVERGED, Fitted, Names};
use crate::models::gamma_gamma::{self, GammaGamma};
use crate::models::prediction::{KINDS, Kind, Predict};
use crate::type_name::type_name;

/// The parameters of all models by their published names.
const PARAMETERS: [&str; 12] = ["r", "alpha", "a", "b", "s", "beta", "p", "q", "gamma", "delta", "c", "k"];
/// What stands in `unit`: parameters are in the unit in which times and amounts were given.
const UNIT: &str = "as given";

/// The type of a fitted model.
pub fn fitted_type() -> DataType {
    let double = |name: &str| Field::new(name, DataType::Float64, true);
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let count = |name: &str| Field::new(name, DataType::Int64, true);
    let mut fields = vec![text("model"), text("unit")];
    fields.extend(PARAMETERS.map(double));
    fields.extend(PARAMETERS.map(|name| double(&format!("se_{name}"))));
    fields.extend([double("log_likelihood"), double("aic"), count("customers"), count("ignored"), text("status")]);
    DataType::Struct(Fields::from(fields))
}

/// The struct of a fit. What could not be estimated, and what the model has not, is NULL, never NaN.
pub fn fitted_value(fit: &Fitted) -> Result<ScalarValue> {
    let DataType::Struct(fields) = fitted_type() else { return ScalarValue::try_from(&DataType::Null) };
    let position = |name: &str| fit.names.iter().position(|own| *own == name);
    let of = |values: &Option<Vec<f64>>, name: &str| {
        let value = values.as_ref().zip(position(name)).and_then(|(values, at)| values.get(at).copied());
        ScalarValue::Float64(value.filter(|value| value.is_finite()))
    };
    let count = |customers: u64| ScalarValue::Int64(i64::try_from(customers).ok());
    let mut values = vec![ScalarValue::from(fit.model), ScalarValue::from(UNIT)];
    values.extend(PARAMETERS.map(|name| of(&fit.parameters, name)));
    values.extend(PARAMETERS.map(|name| of(&fit.standard_errors, name)));
    values.push(ScalarValue::Float64(fit.log_likelihood));
    values.push(ScalarValue::Float64(fit.aic()));
    values.extend([count(fit.customers), count(fit.ignored), ScalarValue::from(fit.status.as_ref())]);
    let named = fields.iter().zip(values);
    named.fold(ScalarStructBuilder::new(), |builder, (field, value)| builder.with_scalar(Arc::clone(field), value)).build()
}

/// 42804 unless the type is that of a model: a struct with a name, and numbers for those parameters that it has.
pub fn expect_model(function: &str, data_type: &DataType) -> Result<()> {
    let refuse = |why: String| {
        let error = CustomerError::wrong_type(format!("{function}: {why}"));
        Err(error.hint("Give the struct that an aggregate such as mbgnbd_fit returns").into())
    };
    let fields = match data_type {
        DataType::Null => return Ok(()),
        DataType::Struct(fields) if fields.find("model").is_some() => fields,
        other => return refuse(format!("model must be a fitted model, not {}", type_name(other))),
    };
    for (name, expected) in [("model", "text"), ("status", "text")].into_iter().chain(PARAMETERS.map(|name| (name, "a number"))) {
        let Some((_, field)) = fields.find(name) else { continue };
        let there = field.data_type();
        if !there.is_null() && !(if expected == "text" { there.is_string() } else { there.is_numeric() }) {
            return refuse(format!("field {name} of the model must be {expected}, not {}", type_name(there)));
        }
    }
    Ok(())
}

/// The models in a column of structs, or the one in a constant.
pub struct FittedModels<M> {
    models: Vec<Option<M>>,
}

impl FittedModels<Arc<dyn Predict>> {
    /// Reads models of purchases.
    ///
    /// Errors: those of [`FittedModels::of_kinds`].
    pub fn read(function: &str, array: &ArrayRef) -> Result<Self> {
        let names: Vec<Names> = KINDS.iter().map(|kind| kind.names()).collect();
        Self::of_kinds(function, array, &names, |name, parameters| {
            KINDS.iter().find(|kind| kind.name == name).and_then(|kind| (kind.make)(parameters))
        })
    }
}

/// A model of purchases as its parameters, in the order of their names.
#[derive(Debug, Clone)]
pub struct Parameters {
    pub kind: &'static Kind,
    pub values: Vec<f64>,
}

impl FittedModels<Parameters> {
    /// Reads the parameters of models of purchases.
    ///
    /// Errors: those of [`FittedModels::of_kinds`].
    pub fn read_parameters(function: &str, array: &ArrayRef) -> Result<Self> {
        let names: Vec<Names> = KINDS.iter().map(|kind| kind.names()).collect();
        Self::of_kinds(function, array, &names, |name, values| {
            let kind = KINDS.iter().find(|kind| kind.name == name)?;
            Some(Parameters { kind, values: values.to_vec() })
        })
    }
}

impl FittedModels<GammaGamma> {
    /// Reads models of the value of purchases.
    ///
    /// Errors: those of [`FittedModels::of_kinds`].
    pub fn read_spend(function: &str, array: &ArrayRef) -> Result<Self> {
        Self::of_kinds(function, array, &[gamma_gamma::NAMES], |_, parameters| {
            let [p, q, gamma] = *parameters else { return None };
            Some(GammaGamma { p, q, gamma })
        })
    }
}

impl<M> FittedModels<M> {
    /// Reads an array of one struct (a constant) or of one a row.
    ///
    /// Errors: 22023 for a model that is not of these kinds, or a parameter that cannot be; 42804 for a parameter that is missing.
    fn of_kinds(function: &str, array: &ArrayRef, kinds: &[Names], make: impl Fn(&str, &[f64]) -> Option<M>) -> Result<Self> {
        let Some(structs) = array.as_struct_opt() else {
            return Ok(Self { models: (0..array.len()).map(|_| None).collect() });
        };
        let names = text_field(structs, "model")?;
        let statuses = text_field(structs, "status")?;
        let parameters = PARAMETERS.iter().map(|name| double_field(structs, name)).collect::<Result<Vec<_>>>()?;
        let mut models = Vec::with_capacity(structs.len());
        for row in 0..structs.len() {
            let name = names.as_ref().filter(|n| structs.is_valid(row) && n.is_valid(row)).map(|n| n.value(row));
            let failed = statuses.as_ref().is_some_and(|s| s.is_null(row) || s.value(row) != CONVERGED);
            let Some(name) = name else {
                models.push(None);
                continue;
            };
            let own = expected(function, name, kinds)?;
            let values = values(function, own, &parameters, row)?;
            models.push(match values.filter(|_| !failed) {
                None => None,
                Some(values) => {
                    let refused =
                        || CustomerError::invalid_value(format!("{function}: the parameters are not those of the model"));
                    Some(make(name, &values).ok_or_else(refused)?)
                }
            });
        }
        Ok(Self { models })
    }

    /// The model for a row; `None` where there is none that converged.
    pub fn get(&self, row: usize) -> Option<&M> {
        let at = if self.models.len() == 1 { 0 } else { row };
        self.models.get(at)?.as_ref()
    }
}

/// The parameters of the model with this name.
fn expected(function: &str, name: &str, kinds: &[Names]) -> Result<&'static [&'static str]> {
    if let Some((_, parameters)) = kinds.iter().find(|(known, _)| *known == name) {
        return Ok(parameters);
    }
    // What is there may come from a column, so it is not repeated.
    let known: Vec<&str> = kinds.iter().map(|(known, _)| *known).collect();
    let message = format!("{function}: field model of the model must be one of {}", known.join(", "));
    Err(CustomerError::invalid_value(message).suggest(name, known).into())
}

/// The parameters in the order of their names; `None` where one of them is NULL.
fn values(function: &str, names: &[&str], columns: &[Option<Float64Array>], row: usize) -> Result<Option<Vec<f64>>> {
    let mut values = Vec::with_capacity(names.len());
    for name in names {
        let column = PARAMETERS.iter().position(|known| known == name).and_then(|at| columns.get(at));
        let Some(Some(column)) = column else {
            let error = CustomerError::wrong_type(format!("{function}: the model has no field {name}"));
            return Err(error.hint("Give the struct that an aggregate such as mbgnbd_fit returns").into());
        };
        match column.is_valid(row).then(|| column.value(row)) {
            None => return Ok(None),
            Some(given) if given > 0.0 && given.is_finite() => values.push(given),
            Some(_) => {
                let message = format!("{function}: {name} of the model must be positive and finite");
                return Err(CustomerError::invalid_value(message).into());
            }
        }
    }
    Ok(Some(values))
}

fn text_field(structs: &StructArray, name: &str) -> Result<Option<StringArray>> {
    let text = |column: &ArrayRef| Ok(cast(column, &DataType::Utf8)?.as_string::<i32>().clone());
    structs.column_by_name(name).map(text).transpose()
}

fn double_field(structs: &StructArray, name: &str) -> Result<Option<Float64Array>> {
    let double = |column: &ArrayRef| Ok(cast(column, &DataType::Float64)?.as_primitive::<Float64Type>().clone());
    structs.column_by_name(name).map(double).transpose()
}
