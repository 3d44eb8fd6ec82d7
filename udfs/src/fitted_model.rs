//! A fitted model as a value: the struct that `…_fit` aggregates return, and the way back from such a struct to the model.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, StringArray, StructArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Fields, Float64Type};
use datafusion::common::scalar::ScalarStructBuilder;
use datafusion::common::{Result, ScalarValue};

use crate::error::CustomerError;
use crate::models::beta_geometric::{BetaGeometric, Dropout};
use crate::models::beta_geometric_fit::Fit;
use crate::type_name::type_name;

/// The parameters of BG/NBD and MBG/NBD by their published names.
const BETA_GEOMETRIC: [&str; 4] = ["r", "alpha", "a", "b"];
/// The models that predictions know, by the name in the struct.
const KNOWN: [Dropout; 2] = [Dropout::AfterRepeat, Dropout::AfterFirst];
/// The status of a model that predictions use.
const CONVERGED: &str = "converged";
/// What stands in `unit`: parameters are in the unit in which recency and age were given.
const UNIT: &str = "as given";

/// The type of a fitted BG/NBD or MBG/NBD model.
pub fn beta_geometric_type() -> DataType {
    let double = |name: &str| Field::new(name, DataType::Float64, true);
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let mut fields = vec![text("model"), text("unit")];
    fields.extend(BETA_GEOMETRIC.map(double));
    fields.extend(BETA_GEOMETRIC.map(|name| double(&format!("se_{name}"))));
    fields.extend([double("log_likelihood"), double("aic"), Field::new("customers", DataType::Int64, true), text("status")]);
    DataType::Struct(Fields::from(fields))
}

/// The struct of a fit. What could not be estimated is NULL, never NaN.
pub fn beta_geometric_value(fit: &Fit) -> Result<ScalarValue> {
    let DataType::Struct(fields) = beta_geometric_type() else { return ScalarValue::try_from(&DataType::Null) };
    let estimate = fit.estimate;
    let parameters = estimate.map(|e| [e.model.r, e.model.alpha, e.model.a, e.model.b]);
    let errors = estimate.and_then(|e| e.standard_errors);
    let doubles = |values: Option<[f64; 4]>| (0..BETA_GEOMETRIC.len()).map(move |i| values.and_then(|v| v.get(i).copied()));
    let mut values = vec![ScalarValue::from(fit.dropout.model_name()), ScalarValue::from(UNIT)];
    values.extend(doubles(parameters).chain(doubles(errors)).map(ScalarValue::Float64));
    values.push(ScalarValue::Float64(estimate.map(|e| e.log_likelihood)));
    values.push(ScalarValue::Float64(estimate.map(|e| e.aic())));
    values.push(ScalarValue::Int64(i64::try_from(fit.customers).ok()));
    values.push(ScalarValue::from(fit.status.text()));
    let named = fields.iter().zip(values);
    named.fold(ScalarStructBuilder::new(), |builder, (field, value)| builder.with_scalar(Arc::clone(field), value)).build()
}

/// 42804 unless the type is that of a model: a struct with the name of its model and every parameter.
pub fn expect_model(function: &str, data_type: &DataType) -> Result<()> {
    let refuse = |why: String| {
        let error = CustomerError::wrong_type(format!("{function}: {why}"));
        Err(error.hint("Give the struct that mbgnbd_fit or bgnbd_fit returns").into())
    };
    let fields = match data_type {
        DataType::Null => return Ok(()),
        DataType::Struct(fields) if fields.find("model").is_some() => fields,
        other => return refuse(format!("model must be a fitted model, not {}", type_name(other))),
    };
    let field_type = |name: &str| fields.find(name).map(|(_, field)| field.data_type());
    for (name, expected) in
        [("model", "text"), ("status", "text")].into_iter().chain(BETA_GEOMETRIC.map(|name| (name, "a number")))
    {
        match field_type(name) {
            None if name == "status" => {}
            None => return refuse(format!("the model has no field {name}")),
            Some(there) if there.is_null() || (if expected == "text" { there.is_string() } else { there.is_numeric() }) => {}
            Some(there) => return refuse(format!("field {name} of the model must be {expected}, not {}", type_name(there))),
        }
    }
    Ok(())
}

/// The models in a column of structs, or the one in a constant.
pub struct FittedModels {
    models: Vec<Option<BetaGeometric>>,
}

impl FittedModels {
    /// Reads an array of one struct (a constant) or of one a row.
    ///
    /// Errors: 22023 for a model that no prediction knows, or a parameter that cannot be.
    pub fn read(function: &str, array: &ArrayRef) -> Result<Self> {
        let Some(structs) = array.as_struct_opt() else { return Ok(Self { models: vec![None; array.len()] }) };
        let names = text_field(structs, "model")?;
        let statuses = text_field(structs, "status")?;
        let parameters = BETA_GEOMETRIC.map(|name| double_field(structs, name));
        let [r, alpha, a, b] = parameters;
        let parameters = [r?, alpha?, a?, b?];
        let mut models = Vec::with_capacity(structs.len());
        for row in 0..structs.len() {
            let name = names.as_ref().filter(|n| structs.is_valid(row) && n.is_valid(row)).map(|n| n.value(row));
            let failed = statuses.as_ref().is_some_and(|s| s.is_null(row) || s.value(row) != CONVERGED);
            models.push(match name {
                Some(name) => one(function, name, &parameters, row)?.filter(|_| !failed),
                None => None,
            });
        }
        Ok(Self { models })
    }

    /// The model for a row; `None` where there is none that converged.
    pub fn get(&self, row: usize) -> Option<&BetaGeometric> {
        let at = if self.models.len() == 1 { 0 } else { row };
        self.models.get(at)?.as_ref()
    }
}

fn one(function: &str, name: &str, parameters: &[Option<Float64Array>; 4], row: usize) -> Result<Option<BetaGeometric>> {
    let Some(dropout) = KNOWN.into_iter().find(|dropout| dropout.model_name() == name) else {
        // What is there may come from a column, so it is not repeated.
        let known = KNOWN.map(Dropout::model_name);
        let message = format!("{function}: field model of the model must be one of {}", known.join(", "));
        return Err(CustomerError::invalid_value(message).suggest(name, known).into());
    };
    let mut values = [0.0; 4];
    for ((value, parameter), name) in values.iter_mut().zip(parameters).zip(BETA_GEOMETRIC) {
        match parameter.as_ref().filter(|p| p.is_valid(row)).map(|p| p.value(row)) {
            None => return Ok(None),
            Some(given) if given > 0.0 && given.is_finite() => *value = given,
            Some(_) => {
                let message = format!("{function}: {name} of the model must be positive and finite");
                return Err(CustomerError::invalid_value(message).into());
            }
        }
    }
    let [r, alpha, a, b] = values;
    Ok(Some(BetaGeometric { dropout, r, alpha, a, b }))
}

fn text_field(structs: &StructArray, name: &str) -> Result<Option<StringArray>> {
    let text = |column: &ArrayRef| Ok(cast(column, &DataType::Utf8)?.as_string::<i32>().clone());
    structs.column_by_name(name).map(text).transpose()
}

fn double_field(structs: &StructArray, name: &str) -> Result<Option<Float64Array>> {
    let double = |column: &ArrayRef| Ok(cast(column, &DataType::Float64)?.as_primitive::<Float64Type>().clone());
    structs.column_by_name(name).map(double).transpose()
}
