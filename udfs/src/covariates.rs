//! Covariates of customers as an argument: a struct of numbers and booleans, matched by the names of its fields.

use std::collections::HashSet;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::common::Result;

use crate::error::CustomerError;
use crate::models::covariates::COVARIATES_MAX;
use crate::type_name::type_name;

/// 42804 unless the type is a struct of numbers and booleans under different names, or NULL for no covariates at all.
pub fn expect_covariates(function: &str, data_type: &DataType) -> Result<()> {
    let refuse = |why: String| Err(CustomerError::wrong_type(format!("{function}: {why}")));
    let fields = match data_type {
        DataType::Null => return Ok(()),
        DataType::Struct(fields) => fields,
        other => {
            let error = refuse(format!("covariates must be a struct of numbers and booleans, not {}", type_name(other)));
            return error.map_err(|error| error.hint("Write named_struct('web', web, 'tenure', tenure)").into());
        }
    };
    if fields.len() > COVARIATES_MAX {
        let message = format!("{function}: there may be {COVARIATES_MAX} covariates at most, not {}", fields.len());
        return Err(CustomerError::limit_exceeded(message).into());
    }
    let mut names = HashSet::new();
    for field in fields {
        let (name, there) = (field.name(), field.data_type());
        if !there.is_numeric() && !matches!(there, DataType::Boolean | DataType::Null) {
            let error = refuse(format!("covariate {name} must be a number or boolean, not {}", type_name(there)));
            let hint = "Give a boolean for each value but one, such as channel = 'web'";
            return error.map_err(|error| error.hint(hint).into());
        }
        if !names.insert(name) {
            return refuse(format!("covariate {name} is there twice")).map_err(Into::into);
        }
    }
    Ok(())
}

/// The names of the covariates; none where the type is not a struct.
pub fn covariate_names(data_type: &DataType) -> Vec<String> {
    match data_type {
        DataType::Struct(fields) => fields.iter().map(|field| field.name().clone()).collect(),
        _ => Vec::new(),
    }
}

/// The covariates of the customers in a batch; false is 0 and true is 1.
pub struct Covariates {
    names: Vec<String>,
    columns: Vec<Float64Array>,
    nulls: Option<NullBuffer>,
}

impl Covariates {
    /// Reads a column of structs; `None` for the constant NULL.
    pub fn read(array: &ArrayRef) -> Result<Option<Self>> {
        let Some(structs) = array.as_struct_opt() else { return Ok(None) };
        let double = |column: &ArrayRef| Ok(cast(column, &DataType::Float64)?.as_primitive::<Float64Type>().clone());
        let columns = structs.columns().iter().map(double).collect::<Result<_>>()?;
        Ok(Some(Self { names: covariate_names(array.data_type()), columns, nulls: structs.nulls().cloned() }))
    }

    /// All covariates of a customer whose model is to be fitted, in the order of the fields.
    ///
    /// Errors: 22004 for a NULL: a customer of whom something is not known cannot be compared; 22023 for NaN and infinities.
    pub fn row(&self, function: &str, row: usize) -> Result<Vec<f64>> {
        let values = self.names.iter().zip(&self.columns).map(|(name, column)| {
            self.value(function, name, column, row)?.ok_or_else(|| {
                let error = CustomerError::null_value(format!("{function}: covariate {name} must not be NULL"));
                error.hint("Leave these customers out, or coalesce it and add a covariate that says it is not known").into()
            })
        });
        values.collect()
    }

    /// The covariates with these names of a customer; `None` where one of them is NULL.
    ///
    /// Errors: 42804 for one that is not there, 22023 for NaN and infinities.
    pub fn named(&self, function: &str, names: &[String], row: usize) -> Result<Option<Vec<f64>>> {
        let values = names.iter().map(|name| {
            let Some((_, column)) = self.names.iter().zip(&self.columns).find(|(own, _)| *own == name) else {
                let message = format!("{function}: the model has a covariate that covariates has not: {name}");
                let known = self.names.iter().map(String::as_str);
                return Err(CustomerError::wrong_type(message).suggest(name, known).into());
            };
            self.value(function, name, column, row)
        });
        values.collect()
    }

    fn value(&self, function: &str, name: &str, column: &Float64Array, row: usize) -> Result<Option<f64>> {
        if column.is_null(row) || self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            return Ok(None);
        }
        match column.value(row) {
            value if value.is_finite() => Ok(Some(value)),
            _ => Err(CustomerError::invalid_value(format!("{function}: covariate {name} must be finite")).into()),
        }
    }
}
