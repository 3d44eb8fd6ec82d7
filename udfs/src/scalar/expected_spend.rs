//! `expected_spend`: what a purchase of a customer is worth.

use std::sync::Arc;

use datafusion::arrow::array::Float64Array;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::internal_err;
use datafusion::logical_expr::ScalarUDF;

use super::prediction::expect_finite;
use crate::aggregate::gamma_gamma_fit::check_spend;
use crate::args::doubles;
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::fitted_model::FittedModels;

/// p (γ + xz) / (px + q − 1), equation (5) of Fader and Hardie 2013.
pub static DOC: Doc = Doc {
    name: "expected_spend",
    kind: Kind::Scalar,
    topic: "Value and churn",
    summary: "The expected value of a purchase of a customer, between the customer's own mean and that of all customers, by a fitted Gamma-Gamma model.",
    arguments: &[
        Argument::required("gg_model", Takes::Model, "what `gamma_gamma_fit` returned"),
        Argument::required(
            "frequency",
            Takes::Number,
            "purchases that the mean is of; with 0 the result is the mean of all customers",
        ),
        Argument::required("monetary", Takes::Number, "mean value of these purchases; not read where frequency is 0"),
    ],
    returns: &[Column::new("", "double precision", "in the unit of the amounts")],
    notes: "NULL in gives NULL, but for a NULL monetary where frequency is 0; NULL too by a model whose status is not 'converged', and by one with q <= 1, whose mean is infinite. \
            Another model, a negative, NaN or infinite number and a frequency that is not whole are errors, 22023; a model without one of its parameters is 42804, a result \
            beyond the largest double 22003.",
    source: "Fader and Hardie 2013, \"The Gamma-Gamma model of monetary value\", equation (5).",
    example: "SELECT expected_spend(named_struct('model', 'gamma_gamma', 'p', 6.25, 'q', 3.74, 'gamma', 15.44), 2, 24.5);",
};

pub(super) fn function() -> ScalarUDF {
    super::function::function(&DOC, DataType::Float64, |columns| {
        let [models, frequencies, values] = columns.arrays.as_slice() else {
            return internal_err!("{} takes three arguments", DOC.name);
        };
        let models = FittedModels::read_spend(DOC.name, models)?;
        let mut out = Float64Array::builder(columns.rows);
        for (row, (frequency, monetary)) in doubles(frequencies)?.iter().zip(&doubles(values)?).enumerate() {
            let monetary = if frequency == Some(0.0) { Some(monetary.unwrap_or(0.0)) } else { monetary };
            let given = frequency.zip(monetary);
            if let Some((frequency, monetary)) = given {
                check_spend(DOC.name, frequency, monetary)?;
                if monetary < 0.0 {
                    return Err(CustomerError::invalid_value(format!("{}: monetary must not be negative", DOC.name)).into());
                }
            }
            let spend =
                given.zip(models.get(row)).and_then(|((frequency, monetary), model)| model.expected_spend(frequency, monetary));
            out.append_option(expect_finite(DOC.name, spend)?);
        }
        Ok(Arc::new(out.finish()))
    })
}
