//! A fitted model as a value: the struct that `…_fit` aggregates return, and the way back from such a struct to the model.
//!
//! All fits return one type, with a field for every parameter of every model, so that one column can hold different models.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, StringArray, StructArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Fields, Float64Type};
use datafusion::common::scalar::ScalarStructBuilder;
use datafusion::common::{Result, ScalarValue};

use crate::covariates::Covariates;
use crate::error::CustomerError;
use crate::models::fitted::{CONVERGED, Fitted, Names};
use crate::models::gamma_gamma::{self, GammaGamma};
use crate::models::prediction::{KINDS, Kind, Predict};
use crate::type_name::type_name;

/// The parameters of all models by their published names.
const PARAMETERS: [&str; 12] = ["r", "alpha", "a", "b", "s", "beta", "p", "q", "gamma", "delta", "c", "k"];
/// What of the models may depend on covariates.
const PROCESSES: [&str; 4] = ["purchase", "dropout", "a", "b"];
/// The field with what covariates do.
const COVARIATES: &str = "covariates";
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
    fields.push(Field::new(COVARIATES, DataType::new_list(covariate_type(), true), true));
    DataType::Struct(Fields::from(fields))
}

/// The type of what a covariate does.
fn covariate_type() -> DataType {
    let doubles = PROCESSES.iter().flat_map(|process| [gamma(process), format!("se_{}", gamma(process))]);
    let fields = doubles.map(|name| Field::new(name, DataType::Float64, true));
    DataType::Struct(std::iter::once(Field::new("name", DataType::Utf8, true)).chain(fields).collect())
}

/// What the coefficients of a process are called.
fn gamma(process: &str) -> String {
    format!("gamma_{process}")
}

/// The list of what the covariates of a fit do; NULL for a fit without them.
fn covariates_value(fit: &Fitted) -> Result<ScalarValue> {
    let item = covariate_type();
    let Some(kind) = KINDS.iter().find(|kind| kind.name == fit.model).filter(|_| !fit.covariates.is_empty()) else {
        return ScalarValue::try_from(&DataType::new_list(item, true));
    };
    let DataType::Struct(fields) = &item else { return ScalarValue::try_from(&DataType::Null) };
    let structs = fit.covariates.iter().map(|covariate| {
        let mut values = vec![ScalarValue::from(covariate.name.as_str())];
        for process in PROCESSES {
            let at = kind.processes.iter().position(|own| own.name == process);
            for numbers in [&covariate.coefficients, &covariate.standard_errors] {
                let number = numbers.as_ref().zip(at).and_then(|(numbers, at)| numbers.get(at).copied());
                values.push(ScalarValue::Float64(number.filter(|number| number.is_finite())));
            }
        }
        let named = fields.iter().zip(values);
        named.fold(ScalarStructBuilder::new(), |builder, (field, value)| builder.with_scalar(Arc::clone(field), value)).build()
    });
    let structs = structs.collect::<Result<Vec<_>>>()?;
    Ok(ScalarValue::List(ScalarValue::new_list_nullable(&structs, &item)))
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
    values.push(covariates_value(fit)?);
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
    let is_list = |there: &DataType| match there {
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            matches!(item.data_type(), DataType::Struct(_) | DataType::Null)
        }
        other => other.is_null(),
    };
    match fields.find(COVARIATES) {
        Some((_, field)) if !is_list(field.data_type()) => {
            refuse(format!("field {COVARIATES} of the model must be a list of structs, not {}", type_name(field.data_type())))
        }
        _ => Ok(()),
    }
}

/// The models in a column of structs, or the one in a constant.
pub struct FittedModels<M> {
    models: Vec<Option<M>>,
}

/// A model of purchases, whose parameters may depend on covariates.
#[derive(Debug)]
pub struct PurchaseModel {
    own: Parameters,
    effects: Effects,
    /// The one model of all customers, where it does not depend on covariates.
    alone: Option<Arc<dyn Predict>>,
}

impl PurchaseModel {
    /// The model of all customers, where it does not depend on covariates.
    pub fn alone(&self) -> Option<(&dyn Predict, &Parameters)> {
        Some((self.alone.as_deref()?, &self.own))
    }

    /// The model of the customer in a row; `None` where a covariate is NULL.
    ///
    /// Errors: 22023 where the model asks for covariates and there are none, 22003 where a parameter is then beyond the doubles, and those
    /// of [`Covariates::named`].
    pub fn of_customer(&self, function: &str, given: Option<&Covariates>, row: usize) -> Result<Option<Arc<dyn Predict>>> {
        if let Some(alone) = &self.alone {
            return Ok(Some(Arc::clone(alone)));
        }
        let Effects { names, coefficients } = &self.effects;
        let Some(given) = given else {
            let error = CustomerError::invalid_value(format!("{function}: the model asks for covariates: {}", names.join(", ")));
            return Err(error.hint("Give a struct with them as the last argument").into());
        };
        let Some(covariates) = given.named(function, names, row)? else { return Ok(None) };
        let Parameters { kind, values } = &self.own;
        let model = kind.of_customer(values, coefficients, &covariates).ok_or_else(|| {
            CustomerError::out_of_range(format!("{function}: value out of range: a parameter for these covariates"))
        })?;
        Ok(Some(model))
    }
}

impl FittedModels<PurchaseModel> {
    /// Reads models of purchases.
    ///
    /// Errors: those of [`FittedModels::of_kinds`], and 42804 or 22023 for a list of covariates that is not that of the model.
    pub fn read(function: &str, array: &ArrayRef) -> Result<Self> {
        let parameters = FittedModels::<Parameters>::read_parameters(function, array)?.models;
        let column = array.as_struct_opt().and_then(|structs| structs.column_by_name(COVARIATES));
        let mut models = Vec::with_capacity(parameters.len());
        for (row, own) in parameters.into_iter().enumerate() {
            let Some(own) = own else {
                models.push(None);
                continue;
            };
            let effects =
                column.map_or_else(|| Ok(Some(Effects::default())), |lists| Effects::read(function, own.kind, lists, row))?;
            let Some(effects) = effects else {
                models.push(None);
                continue;
            };
            let alone = if effects.names.is_empty() { (own.kind.make)(&own.values) } else { None };
            if effects.names.is_empty() && alone.is_none() {
                return Err(not_those(function).into());
            }
            models.push(Some(PurchaseModel { own, effects, alone }));
        }
        Ok(Self { models })
    }
}

/// The covariates that a model asks for, and its coefficients: those of all covariates for each process in turn.
#[derive(Debug, Default)]
struct Effects {
    names: Vec<String>,
    coefficients: Vec<f64>,
}

impl Effects {
    /// Those of one model; `None` where a coefficient is NULL.
    fn read(function: &str, kind: &Kind, lists: &ArrayRef, row: usize) -> Result<Option<Self>> {
        let lists = match lists.data_type() {
            DataType::List(_) => Arc::clone(lists),
            DataType::LargeList(item) | DataType::FixedSizeList(item, _) => cast(lists, &DataType::List(Arc::clone(item)))?,
            _ => return Ok(Some(Self::default())),
        };
        let lists = lists.as_list::<i32>();
        if lists.is_null(row) || lists.value_length(row) == 0 {
            return Ok(Some(Self::default()));
        }
        if kind.processes.is_empty() {
            return Err(CustomerError::invalid_value(format!("{function}: a {} takes no covariates", kind.name)).into());
        }
        let items = lists.value(row);
        let missing = |name: &str| {
            let message = format!("{function}: the covariates of the model have no field {name}");
            CustomerError::wrong_type(message).hint("Give the struct that an aggregate such as pareto_nbd_fit returns")
        };
        let structs = items.as_struct_opt().ok_or_else(|| missing("name"))?;
        let names = text_field(structs, "name")?.ok_or_else(|| missing("name"))?;
        let mut coefficients = Vec::with_capacity(structs.len() * kind.processes.len());
        for process in kind.processes {
            let name = gamma(process.name);
            let column = double_field(structs, &name)?.ok_or_else(|| missing(&name))?;
            coefficients.extend(&column);
        }
        let names: Option<Vec<String>> = names.iter().map(|name| name.map(String::from)).collect();
        let coefficients: Option<Vec<f64>> = coefficients.into_iter().collect();
        if coefficients.iter().flatten().any(|value| !value.is_finite()) {
            return Err(CustomerError::invalid_value(format!("{function}: coefficients of the model must be finite")).into());
        }
        Ok(names.zip(coefficients).map(|(names, coefficients)| Self { names, coefficients }))
    }
}

fn not_those(function: &str) -> CustomerError {
    CustomerError::invalid_value(format!("{function}: the parameters are not those of the model"))
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
        // The models of all rows are one where a fit stands beside the rows that it was made of.
        let structs = &if is_constant(structs) { structs.slice(0, 1) } else { structs.clone() };
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
                Some(values) => Some(make(name, &values).ok_or_else(|| not_those(function))?),
            });
        }
        Ok(Self { models })
    }

    /// The model of all rows, where there is one.
    pub fn only(&self) -> Option<&M> {
        if let [Some(only)] = self.models.as_slice() { Some(only) } else { None }
    }

    /// The model for a row; `None` where there is none that converged.
    pub fn get(&self, row: usize) -> Option<&M> {
        let at = if self.models.len() == 1 { 0 } else { row };
        self.models.get(at)?.as_ref()
    }
}

/// Whether what makes a model is the same in all rows, of which there are two or more.
fn is_constant(structs: &StructArray) -> bool {
    let is_same = |name: &str| {
        let Some(column) = structs.column_by_name(name) else { return true };
        match (column.null_count(), column.data_type()) {
            (nulls, _) if nulls == column.len() => true,
            (0, DataType::Float64) => {
                let numbers = column.as_primitive::<Float64Type>().values();
                numbers.iter().fold(0, |other, number| other | (number.to_bits() ^ numbers[0].to_bits())) == 0
            }
            (0, DataType::Utf8) => {
                let texts = column.as_string::<i32>();
                (1..texts.len()).all(|row| texts.value(row) == texts.value(0))
            }
            _ => false,
        }
    };
    structs.len() > 1 && structs.null_count() == 0 && ["model", "status", COVARIATES].into_iter().chain(PARAMETERS).all(is_same)
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
